"""Coming into a cycle and going: places, the waiting list, names, forms."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.timezone import now

from games.cycles.actions import add_design
from games.cycles.models import Cycle, Decision
from games.cycles.rules import ReasonMissing
from games.groups import actions
from games.groups.models import Group, Registration
from games.groups.queries import place_on_list
from games.groups.rules import (
    Consent,
    CycleFull,
    DoorClosed,
    GroupRefused,
    GroupState,
    NameTaken,
    NotEligible,
    RegistrationRefused,
)
from games.journal.models import JournalEntry
from tests.cast import Actor, actor
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, RegistrationFactory
from tests.factories.rounds import RoundFactory
from tests.races import at_once

pytestmark = pytest.mark.django_db


def enrolling(**registration: Any) -> Cycle:
    return CycleFactory(state="enrolling", design=small_design(registration=registration))


def enter(cycle: Cycle, who: Actor, name: str, **values: Any) -> Registration:
    return actions.register(cycle, by=who.user, person=who.person, name=name, **values)


def states(cycle: Cycle) -> list[tuple[str, str, str]]:
    rows = Registration.objects.filter(group__cycle=cycle).order_by("pk")
    return list(rows.values_list("group__name", "group__state", "state"))


def test_whoever_registers_a_team_is_its_captain_and_may_submit():
    cycle, ada = enrolling(), actor("ada")
    group = enter(cycle, ada, " Red  Herons ").group
    assert (group.name, group.key, group.state) == ("Red Herons", "red-herons", "active")
    assert len(group.invite_code) == 10
    (membership,) = group.memberships.all()
    assert (membership.person, membership.role, membership.capabilities) == (ada.person, "captain", ["captain", "submit"])


def test_a_registration_is_in_the_journal_without_names():
    cycle, ada = enrolling(), actor("ada")
    registration = enter(cycle, ada, "Red Herons")
    entries = list(JournalEntry.objects.order_by("pk"))
    assert [one.kind for one in entries] == ["member.joined", "group.registered", "group.settled"]
    assert entries[2].subject == f"registration:{registration.pk}"
    assert entries[2].payload == {"state": "accepted", "group": "red-herons"}
    assert {one.actor for one in entries} == {ada.user.pseudonym}


def test_before_it_opens_nobody_registers():
    cycle = enrolling(opens=(now() + timedelta(hours=1)).isoformat())
    with pytest.raises(DoorClosed, match="Registration opens on"):
        enter(cycle, actor("ada"), "Red Herons")
    assert not Group.objects.exists()


def test_every_fault_is_told_at_once_with_its_field():
    cycle = enrolling(
        divisions=[{"key": "open"}, {"key": "school"}],
        terms={"version": "3", "text": "Be fair."},
        form=[{"key": "city", "required": True}, {"key": "size", "type": "number", "max": 5}],
    )
    with pytest.raises(RegistrationRefused) as refusal:
        enter(cycle, actor("ada"), "R", division="space", answers={"size": 6, "colour": "red"})
    assert {(one.where, one.code) for one in refusal.value.problems} == {
        ("name", "invalid"),
        ("division", "invalid"),
        ("terms_version", "required"),
        ("answers.city", "required"),
        ("answers.size", "invalid"),
        ("answers.colour", "unknown"),
    }


def test_what_was_accepted_is_kept_with_its_version():
    cycle = enrolling(terms={"version": "3", "text": "Be fair."}, licence={"version": "CC BY 4.0", "text": "Reuse."}, min_age=16)
    kept = enter(cycle, actor("ada"), "Red Herons", consent=Consent("3", "CC BY 4.0", age_confirmed=True))
    assert (kept.terms_version, kept.licence_version, kept.age_confirmed) == ("3", "CC BY 4.0", True)


def test_who_may_not_take_part_is_told_the_rule():
    rule = {"field": "kind", "among": ["student"], "message": "Only students take part (rule 2)."}
    cycle = enrolling(form=[{"key": "kind"}], eligibility=[rule])
    with pytest.raises(NotEligible, match=r"Only students take part \(rule 2\)\.") as refusal:
        enter(cycle, actor("ada"), "Red Herons", answers={"kind": "teacher"})
    assert refusal.value.problems[0].where == "answers.kind"
    assert enter(cycle, actor("ben"), "Red Herons", answers={"kind": "student"}).answers == {"kind": "student"}


@pytest.mark.parametrize("twin", ["red herons", "RED HERONS", "Red  Herons", "Ｒed Herons"])
def test_two_teams_of_a_division_never_share_a_name(twin):
    cycle = enrolling()
    enter(cycle, actor("ada"), "Red Herons")
    with pytest.raises(NameTaken):
        enter(cycle, actor("ben"), twin)


def test_an_imported_team_keeps_its_name_for_itself_too():
    cycle = enrolling()
    GroupFactory(cycle=cycle, key="t-07", name="Red Herons")
    with pytest.raises(NameTaken):
        enter(cycle, actor("ada"), "red herons")


def test_in_another_division_the_name_is_free_and_the_key_differs():
    cycle = enrolling(divisions=[{"key": "open"}, {"key": "school"}])
    first = enter(cycle, actor("ada"), "Herons", division="open").group
    second = enter(cycle, actor("ben"), "Herons", division="school").group
    assert (first.key, second.key) == ("herons", "herons-2")


def test_nobody_is_in_two_teams_of_a_cycle():
    cycle, ada = enrolling(), actor("ada")
    enter(cycle, ada, "Red Herons")
    with pytest.raises(GroupRefused, match='Ada is in the team "Red Herons"'):
        enter(cycle, ada, "Blue Herons")


def test_beyond_the_capacity_teams_wait_in_order_and_move_up_when_a_place_is_free():
    cycle = enrolling(capacity=1)
    ada, ben, eve = actor("ada"), actor("ben"), actor("eve")
    first, second, third = (enter(cycle, who, name) for who, name in ((ada, "Red"), (ben, "Blue"), (eve, "Green")))
    assert [place_on_list(one) for one in (first, second, third)] == [0, 1, 2]
    actions.withdraw_group(first.group, by=ada.user)
    assert states(cycle) == [
        ("Red", "withdrawn", "withdrawn"),
        ("Blue", "active", "accepted"),
        ("Green", "pending", "waiting"),
    ]
    third.refresh_from_db()
    assert place_on_list(third) == 1


def test_a_waiting_team_that_gives_up_frees_no_place():
    cycle = enrolling(capacity=1)
    ada, ben, eve = actor("ada"), actor("ben"), actor("eve")
    enter(cycle, ada, "Red")
    waiting = enter(cycle, ben, "Blue")
    enter(cycle, eve, "Green")
    actions.withdraw_group(waiting.group, by=ben.user)
    assert [state for _, _, state in states(cycle)] == ["accepted", "withdrawn", "waiting"]
    assert not Decision.objects.exists()


def test_without_a_waiting_list_a_full_cycle_says_so_and_keeps_nothing():
    cycle = enrolling(capacity=1, waiting_list=False)
    enter(cycle, actor("ada"), "Red")
    with pytest.raises(CycleFull):
        enter(cycle, actor("ben"), "Blue")
    assert Group.objects.count() == 1


def test_when_an_amendment_raises_the_capacity_the_list_moves_up():
    cycle = enrolling(capacity=1)
    for name in ("ada", "ben", "eve"):
        enter(cycle, actor(name), f"Team of {name}")
    add_design(cycle, small_design(registration={"capacity": 2}), by=None)
    assert actions.fill_places(cycle) == 1
    assert [state for _, _, state in states(cycle)] == ["accepted", "accepted", "waiting"]
    assert actions.fill_places(cycle) == 0


def test_once_the_cycle_runs_and_the_door_is_shut_nobody_moves_up():
    cycle = enrolling(capacity=1)
    ada, ben = actor("ada"), actor("ben")
    first = enter(cycle, ada, "Red")
    enter(cycle, ben, "Blue")
    cycle.state = "running"
    cycle.save(update_fields=["state"])
    actions.withdraw_group(first.group, by=ada.user)
    assert [state for _, _, state in states(cycle)] == ["withdrawn", "waiting"]


def test_organizers_accept_and_refuse_with_a_reason():
    cycle, org = enrolling(approval=True, capacity=1), actor("org")
    red, blue, green = (enter(cycle, actor(name), name) for name in ("red", "blue", "green"))
    assert red.group.state == "pending"
    actions.settle(red, accept=True, by=org.user)
    actions.settle(blue, accept=True, by=org.user)
    with pytest.raises(ReasonMissing):
        actions.settle(green, accept=False, by=org.user)
    actions.settle(green, accept=False, by=org.user, reason="Section 4: the host's own staff.")
    assert [state for _, _, state in states(cycle)] == ["accepted", "waiting", "refused"]
    green.refresh_from_db()
    assert green.reason == "Section 4: the host's own staff."
    with pytest.raises(GroupRefused, match="refused already"):
        actions.settle(green, accept=True, by=org.user)


def test_leaving_the_cycle_is_a_decision_that_leaves_what_is_published_alone():
    cycle, ada = enrolling(), actor("ada")
    RoundFactory(cycle=cycle, key="call", number=1, published_at=now())
    RoundFactory(cycle=cycle, key="build", number=2)
    RoundFactory(cycle=cycle, key="final", number=3)
    group = enter(cycle, ada, "Red Herons").group
    actions.withdraw_group(group, by=ada.user, reason="Exams.")
    decision = Decision.objects.get()
    assert (decision.kind, decision.round, decision.group, decision.reason) == ("withdraw", "build", "red-herons", "Exams.")
    with pytest.raises(GroupRefused, match="withdrawn already"):
        actions.withdraw_group(group, by=ada.user)


def carried_over(name: str = "ada", **rules: Any) -> tuple[Actor, Registration]:
    """A team come over from the cycle before, whose terms have changed since."""
    ada = actor(name)
    cycle = enrolling(terms={"version": "2", "text": "Be fair."}, **rules)
    group = actions.create_group(cycle, by=None, captain=ada.person, name="Red Herons", state=GroupState.PENDING)
    return ada, RegistrationFactory(group=group, state="pending", reason="The terms have changed.")


def test_nobody_accepts_new_terms_in_place_of_the_captain():
    ada, registration = carried_over()
    with pytest.raises(GroupRefused, match="only its captain"):
        actions.settle(registration, accept=True, by=None)
    with pytest.raises(RegistrationRefused, match="read and accept version 2"):
        actions.complete(registration, by=ada.user, person=ada.person, consent=Consent("1"))
    done = actions.complete(registration, by=ada.user, person=ada.person, consent=Consent("2"))
    assert (done.state, done.terms_version, done.reason, done.group.state) == ("accepted", "2", "", "active")
    with pytest.raises(GroupRefused, match="accepted already"):
        actions.complete(registration, by=ada.user, person=ada.person, consent=Consent("2"))


def test_a_completed_registration_waits_where_all_places_are_taken_or_organizers_approve():
    ada, registration = carried_over(capacity=1)
    enter(registration.group.cycle, actor("ben"), "Blue", consent=Consent("2"))
    assert actions.complete(registration, by=ada.user, person=ada.person, consent=Consent("2")).state == "waiting"
    eve, other = carried_over("eve", approval=True)
    done = actions.complete(other, by=eve.user, person=eve.person, consent=Consent("2"))
    assert (done.state, done.reason) == ("pending", "")
    assert actions.settle(done, accept=True, by=None).state == "accepted"


def test_a_team_whose_division_is_gone_chooses_another_where_its_name_is_free():
    ada, registration = carried_over(divisions=[{"key": "open"}, {"key": "school"}])
    enter(registration.group.cycle, actor("ben"), "RED herons", division="open", consent=Consent("2"))
    with pytest.raises(NameTaken):
        actions.complete(registration, by=ada.user, person=ada.person, division="open", consent=Consent("2"))
    done = actions.complete(registration, by=ada.user, person=ada.person, division="school", consent=Consent("2"))
    assert (done.group.division, done.state) == ("school", "accepted")


@pytest.mark.django_db(transaction=True)
def test_registrations_at_the_same_moment_never_take_more_places_than_there_are():
    cycle = enrolling(capacity=2)
    people = [actor(f"racer-{number}") for number in range(6)]
    outcomes = at_once([lambda who=who: enter(cycle, who, who.name) for who in people])
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    taken = sorted(state for _, _, state in states(cycle))
    assert taken == ["accepted"] * 2 + ["waiting"] * 4


@pytest.mark.django_db(transaction=True)
def test_of_equal_names_at_the_same_moment_one_wins_and_the_others_are_told():
    cycle = enrolling()
    people = [actor(f"racer-{number}") for number in range(4)]
    outcomes = at_once([lambda who=who: enter(cycle, who, "Herons") for who in people])
    assert sorted(type(one).__name__ for one in outcomes) == ["NameTaken"] * 3 + ["Registration"]


@pytest.mark.django_db(transaction=True)
def test_withdrawals_at_the_same_moment_move_up_exactly_as_many():
    cycle = enrolling(capacity=2)
    people = [actor(f"racer-{number}") for number in range(5)]
    teams = [enter(cycle, who, who.name).group for who in people]
    outcomes = at_once([lambda team=team: actions.withdraw_group(team, by=None) for team in teams[:2]])
    assert [one for one in outcomes if isinstance(one, Exception)] == []
    assert [state for _, _, state in states(cycle)] == ["withdrawn", "withdrawn", "accepted", "accepted", "waiting"]


# --- Files ----------------------------------------------------------------------------------------------------------------------------

PROOF = {"form": [{"key": "proof", "name": "Proof", "type": "file", "required": True, "types": ["pdf", "txt"], "max_bytes": 200}]}


def paper(text: bytes = b"We are a school.", name: str = "proof.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text)


def test_a_question_is_answered_by_a_file_that_is_kept_with_the_registration():
    made = enter(enrolling(**PROOF), actor("ada"), "Red Herons", files={"proof": paper()})
    (kept,) = made.files.all()
    made.refresh_from_db()
    assert made.answers == {"proof": kept.pk}
    assert (kept.name, kept.size, kept.content_type) == ("proof.txt", 16, "text/plain")
    assert kept.file.open().read() == b"We are a school."


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({}, "an answer is needed"),
        ({"proof": paper(b"x" * 201)}, "larger than the 200 bytes"),
        ({"proof": paper(b"MZ\0\0", "proof.exe")}, "not taken here"),
        ({"proof": paper(b"\x89PNG\r\n\x1a\n\0\0", "proof.pdf")}, "the content is"),
        ({"proof": paper(), "other": paper()}, "not a file of the form"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_beside_its_question(files, words):
    cycle = enrolling(**PROOF)
    with pytest.raises(RegistrationRefused, match=words) as refused:
        enter(cycle, actor("ada"), "Red Herons", files=files)
    assert len(refused.value.problems) == 1
    assert not Group.objects.filter(cycle=cycle).exists()


def test_nobody_refers_to_a_file_of_another_registration():
    cycle = enrolling(**PROOF)
    taken = enter(cycle, actor("ada"), "Red Herons", files={"proof": paper()}).files.get()
    with pytest.raises(RegistrationRefused, match="uploaded for this field"):
        enter(cycle, actor("ben"), "Blue Herons", answers={"proof": taken.pk})


def test_answering_anew_keeps_the_file_or_replaces_it(django_capture_on_commit_callbacks):
    cycle, ada = enrolling(**PROOF, approval=True), actor("ada")
    made = enter(cycle, ada, "Red Herons", files={"proof": paper()})
    made.refresh_from_db()
    first = made.files.get()
    same = actions.complete(made, by=ada.user, person=ada.person, answers=made.answers)
    assert same.files.get() == first
    with django_capture_on_commit_callbacks(execute=True):
        actions.complete(made, by=ada.user, person=ada.person, files={"proof": paper(b"Newer.")})
    second = made.files.get()
    made.refresh_from_db()
    assert (made.answers, second.file.open().read()) == ({"proof": second.pk}, b"Newer.")
    assert not default_storage.exists(first.file.name)


def test_a_captain_asks_that_public_boards_do_not_name_the_team():
    group, ada = enter(enrolling(), actor("ada"), "Red Herons").group, None
    assert actions.set_rank_hidden(group, hidden=True, by=ada).rank_hidden
    assert Group.objects.get(pk=group.pk).rank_hidden
    assert not actions.set_rank_hidden(group, hidden=False, by=ada).rank_hidden
