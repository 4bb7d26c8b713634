"""Two teams become one between rounds: members move, history stays, the lead stands in the next round."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from games.cycles.models import Decision
from games.groups.actions import invite_member
from games.groups.models import Group, JoinRequest, Membership
from games.groups.queries import members
from games.groups.rules import NameTaken
from games.journal.models import JournalEntry
from games.judging.actions import declare_conflict
from games.judging.conflicts import barred
from games.learning.models import ChangeTest
from games.organizations.models import Invitation
from games.partnerships import actions
from games.partnerships.models import Partner, Partnership
from games.partnerships.rules import PartnershipInvalid, PartnershipRefused
from games.permissions import allows, visible
from games.results.queries import facts_of
from games.rounds.models import Entrant
from games.rounds.queries import may_enter
from games.submissions.models import Submission
from tests.cast import Cast, actor
from tests.factories.cycles import CycleFactory
from tests.factories.groups import GroupFactory, JoinRequestFactory, MembershipFactory
from tests.factories.partnerships import between_rounds, merged, proposed, split

pytestmark = pytest.mark.django_db


def test_one_proposes_the_other_agrees_and_they_are_one_team(cast: Cast):
    between_rounds(cast)
    made = proposed(cast, name="All Herons")
    assert (made.number, made.state, list(made.partners.values_list("answer", flat=True))) == (1, "proposed", ["agreed", "asked"])
    done = actions.answer(partnership=made, group=cast.blue, agree=True, by=cast.ben.user)
    red, blue = Group.objects.get(key="red"), Group.objects.get(key="blue")
    assert (done.state, red.name, red.state, blue.state, blue.merged_into, blue.invite_code) == (
        *("agreed", "All Herons", "active", "merged", red),
        "",
    )
    assert [(one.person.name, one.capabilities) for one in members(red)] == [("Ada", ["captain", "submit"]), ("Ben", ["submit"])]
    kinds = list(JournalEntry.objects.filter(kind__startswith="partnership.").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["partnership.proposed", "partnership.answered", "partnership.settled"]
    assert JournalEntry.objects.filter(kind="group.merged", group_id=blue.pk).count() == 1


def test_what_the_merged_team_did_stays_under_its_name_and_readable_by_its_members(cast: Cast):
    entry = Submission.objects.create(challenge=cast.concept, group=cast.blue, state="submitted", submitted_at=now())
    test = ChangeTest.objects.create(cycle=cast.cycle, number=1, group=cast.blue, title="Sieve", prediction="Clean")
    between_rounds(cast)
    merged(cast)
    entry.refresh_from_db()
    assert entry.group.name == "Blue Herons"
    assert allows(cast.ben.access, "submission.view", entry)
    assert allows(cast.ben.access, "group.member", cast.blue)
    assert allows(cast.ben.access, "change_test.view", test)
    assert not visible(cast.eve.access, "submission.view", Submission.objects.all()).exists()
    facts = facts_of(cast.cycle)
    assert {one.key for one in facts.groups} == {"red", "blue"}
    assert [(one.kind, one.round, one.group) for one in facts.decisions] == [("stop", "final", "blue")]


def test_the_lead_stands_in_the_next_round_where_only_the_other_was_sent_on(cast: Cast):
    between_rounds(cast, cast.blue)
    assert not may_enter(cast.final, cast.red)
    merged(cast)
    assert may_enter(cast.final, cast.red)
    assert not may_enter(cast.final, cast.blue)
    assert list(Entrant.objects.values_list("group__key", "via")) == [("red", "invited")]
    decided = Decision.objects.order_by("number").values_list("kind", "round", "group")
    assert list(decided) == [("advance", "final", "red"), ("stop", "final", "blue")]


def test_a_conflict_with_a_part_is_one_with_the_whole(cast: Cast):
    between_rounds(cast)
    declare_conflict(person=cast.judith.person, group=cast.blue, by=cast.org.user, reason="Her brother")
    assert barred([cast.red.pk], [cast.judith.person]) == {}
    merged(cast)
    found = barred([cast.red.pk], [cast.judith.person])
    assert found[cast.red.pk, cast.judith.person.pk].reason == "Her brother"
    sheet = cast.assign(cast.judith, cast.red, cast.prototype)
    from games.judging.models import Sheet
    from games.judging.queries import in_conflict, own_group

    assert not Sheet.objects.filter(pk=sheet.pk).exclude(in_conflict()).exists()
    mentor = actor("mentor")
    MembershipFactory(group=cast.blue, cycle=cast.cycle, person=mentor.person, until=now())
    other = cast.assign(mentor, cast.red, cast.prototype)
    assert Sheet.objects.filter(own_group(), pk=other.pk).exists()


def test_invitations_and_requests_of_the_merged_team_end(cast: Cast):
    between_rounds(cast)
    waiting, invitation, _ = invite_member(cast.blue, by=cast.ben.user, email="zoe@example.org")
    asked = JoinRequestFactory(group=cast.blue, person=cast.eve.person)
    merged(cast)
    assert Invitation.objects.get(pk=invitation.pk).expires_at <= now()
    assert Membership.objects.get(pk=waiting.pk).until is not None
    assert JoinRequest.objects.get(pk=asked.pk).state == "refused"
    assert not members(cast.red).filter(person=waiting.person).exists()


def test_while_a_round_is_open_or_judged_nobody_merges(cast: Cast):
    with pytest.raises(PartnershipRefused, match="is open"):
        proposed(cast)
    cast.call.locked_at = now() - timedelta(minutes=1)
    cast.call.save()
    with pytest.raises(PartnershipRefused, match="is being judged"):
        proposed(cast)


def test_it_is_asked_again_when_the_last_one_agrees(cast: Cast):
    between_rounds(cast)
    made = proposed(cast)
    cast.final.opened_at = cast.final.passed_at = now() - timedelta(minutes=1)
    cast.final.save()
    with pytest.raises(PartnershipRefused, match="Teams merge between rounds"):
        actions.answer(partnership=made, group=cast.blue, agree=True, by=cast.ben.user)
    assert Partnership.objects.get().state == "proposed"
    assert Partner.objects.get(group=cast.blue).answer == "asked"


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"mergers": False}, "do not merge in this cycle"),
        ({"mergers_until": "2026-01-01T00:00:00Z"}, "Teams could merge until 1 January 2026"),
        ({"max_members": 1}, "Together you are 2: a team has at most 1 members"),
    ],
)
def test_the_rules_of_the_cycle_hold(cast: Cast, rules, words):
    between_rounds(cast, registration=rules)
    cast.cycle.refresh_from_db()
    with pytest.raises(PartnershipRefused, match=words):
        proposed(cast)


def test_only_teams_that_take_part_in_one_cycle_and_division_merge(cast: Cast):
    between_rounds(cast)
    far = GroupFactory(cycle=CycleFactory())
    with pytest.raises(PartnershipInvalid, match="of one cycle"):
        proposed(cast, shares={cast.red.pk: 5_000, far.pk: 5_000})
    Group.objects.filter(pk=cast.blue.pk).update(division="adults")
    with pytest.raises(PartnershipRefused, match="different divisions"):
        proposed(cast)
    Group.objects.filter(pk=cast.blue.pk).update(division="", state="withdrawn")
    with pytest.raises(PartnershipRefused, match="does not take part"):
        proposed(cast)
    with pytest.raises(PartnershipInvalid, match="Your own team"):
        proposed(cast, group=far)
    with pytest.raises(PartnershipInvalid, match="no such team"):
        proposed(cast, shares={cast.red.pk: 5_000, 999_999: 5_000})


def test_before_it_is_known_who_goes_on_nobody_merges(cast: Cast):
    between_rounds(cast)
    Entrant.objects.all().delete()
    with pytest.raises(PartnershipRefused, match="not settled yet"):
        proposed(cast)


def test_a_name_that_another_team_bears_is_refused(cast: Cast):
    between_rounds(cast)
    with pytest.raises(NameTaken):
        proposed(cast, name="blue herons")


def test_one_that_declines_ends_it_and_it_can_be_proposed_anew(cast: Cast):
    between_rounds(cast)
    made = proposed(cast)
    with pytest.raises(PartnershipRefused, match="such a proposal"):
        proposed(cast)
    done = actions.answer(partnership=made, group=cast.blue, agree=False, by=cast.ben.user)
    assert done.state == "declined"
    with pytest.raises(PartnershipRefused, match="declined already"):
        actions.answer(partnership=made, group=cast.blue, agree=True, by=cast.ben.user)
    assert proposed(cast).number == 2


def test_a_team_answers_once_and_either_side_withdraws(cast: Cast):
    between_rounds(cast)
    green = GroupFactory(cycle=cast.cycle, key="green")
    three = {cast.red.pk: 3_334, cast.blue.pk: 3_333, green.pk: 3_333}
    made = proposed(cast, shares=three)
    actions.answer(partnership=made, group=cast.blue, agree=True, by=cast.ben.user)
    assert Partnership.objects.get().state == "proposed"
    with pytest.raises(PartnershipRefused, match="answered before"):
        actions.answer(partnership=made, group=cast.blue, agree=True, by=cast.ben.user)
    assert actions.withdraw(partnership=made, group=cast.blue, by=cast.ben.user).state == "withdrawn"
    again = proposed(cast, shares=three)
    actions.answer(partnership=again, group=cast.blue, agree=True, by=cast.ben.user)
    actions.answer(partnership=again, group=green, agree=True, by=None)
    assert set(Group.objects.filter(merged_into=cast.red).values_list("key", flat=True)) == {"blue", "green"}
    with pytest.raises(PartnershipRefused, match="stay one"):
        actions.withdraw(partnership=again, group=cast.red, by=cast.ada.user)


def test_other_proposals_to_a_team_that_is_gone_end(cast: Cast):
    between_rounds(cast)
    green = GroupFactory(cycle=cast.cycle, key="green")
    other = proposed(cast, group=green, lead=green, shares={green.pk: 5_000, cast.blue.pk: 5_000})
    merged(cast)
    assert Partnership.objects.get(pk=other.pk).state == "withdrawn"


def test_a_team_that_is_merged_on_takes_its_history_along(cast: Cast):
    between_rounds(cast)
    merged(cast)
    green = GroupFactory(cycle=cast.cycle, key="green")
    carl = actor("carl")
    MembershipFactory(group=green, cycle=cast.cycle, person=carl.person, role="captain", capabilities=["captain", "submit"])
    on = proposed(cast, lead=green, shares={cast.red.pk: 5_000, green.pk: 5_000})
    actions.answer(partnership=on, group=green, agree=True, by=carl.user)
    assert set(Group.objects.filter(merged_into=green).values_list("key", flat=True)) == {"red", "blue"}
    assert [one.person.name for one in members(green)] == ["Carl", "Ada", "Ben"]


def test_a_split_that_is_not_whole_is_never_kept(cast: Cast):
    between_rounds(cast)
    with pytest.raises(PartnershipInvalid):
        proposed(cast, shares=split(cast) | {cast.red.pk: 5_999})
    assert not Partnership.objects.exists()
