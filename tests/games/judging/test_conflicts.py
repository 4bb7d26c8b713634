"""Conflicts of interest: declared by judges, teams and organizers, found by the system, upheld or lifted; one place decides."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from games.cycles.models import Cycle
from games.cycles.rules import ReasonMissing
from games.groups.models import Group, Membership
from games.ideas.actions import Citation, share_idea
from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.conflicts import barred, found_in, standing_final
from games.judging.models import Concern, ConflictOfInterest, Sheet
from games.judging.rules import AssignmentRefused, ConflictKind, ConflictRefused, ConflictSource, NotOnPanel
from games.judging.rules.conflicts import TEAM, Found, Judging, Playing, binding, found_between
from games.organizations.models import Organization
from tests.factories.cycles import CycleFactory
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.ideas import telling
from tests.factories.judging import MARKS, People, judge, locked_scene, people, sheet_for
from tests.factories.submissions import Scene, person

API = "/api/v1"


# --- What is found, purely --------------------------------------------------------------------------------------------------------------


def humans(*numbers: int) -> set[tuple[str, int]]:
    return {("person", number) for number in numbers}


def test_who_was_in_a_team_with_somebody_is_no_judge_of_theirs():
    judges = [Judging(1, ("person", 1), was_in={70: False}), Judging(2, ("person", 2), was_in={70: True})]
    group = Playing(5, humans=humans(9), ever=humans(9))
    found = found_between(judges, [group], shared={70: humans(1, 2, 9)})
    assert found == [Found(1, 5, ConflictKind.TEAMMATE, "70"), Found(2, 5, ConflictKind.MENTOR, "70")]


def test_a_group_that_continues_the_judges_own_is_theirs_too():
    judges = [Judging(1, ("person", 1), was_in={70: False})]
    assert found_between(judges, [Playing(5, before=[70])], shared={}) == [Found(1, 5, ConflictKind.TEAMMATE, "70")]


def test_the_same_organization_is_compared_without_case_and_spaces_and_the_host_binds_nobody():
    assert binding([" River  Board ", "independent", "", "The Host"], host="the host") == {"river board": "River  Board"}
    judges = [Judging(1, ("person", 1), organizations=binding(["RIVER BOARD"], host=""))]
    group = Playing(5, organizations=binding(["River Board"], host=""))
    assert found_between(judges, [group], shared={}) == [Found(1, 5, ConflictKind.ORGANIZATION, "River Board")]


def test_a_crowd_is_no_team():
    judges = [Judging(1, ("person", 1), was_in={70: False})]
    crowd = humans(*range(1, TEAM + 2))
    assert found_between(judges, [Playing(5, humans=humans(9))], shared={70: crowd}) == []
    assert found_between(judges, [Playing(5, humans=humans(9))], shared={70: crowd - humans(30)}) != []


def test_the_own_group_is_no_conflict_but_barred_anyway():
    judges = [Judging(1, ("person", 1), was_in={5: False})]
    assert found_between(judges, [Playing(5, humans=humans(1, 2), ever=humans(1, 2))], shared={5: humans(1, 2)}) == []


# --- What is found in the rows ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def call(db: None) -> Scene:
    return locked_scene(groups=3)


def past_team(*members: Any) -> Group:
    """They were in a team, in a cycle before."""
    team = GroupFactory.create(name="Old Herons", cycle=CycleFactory.create(name="Water 2024"))
    for one in members:
        MembershipFactory.create(group=team, person=one, until=now() - timedelta(days=300))
    return team


def test_what_nobody_declared_is_found_once(call: Scene, django_assert_max_num_queries):
    judith, marek, noor = judge(call), judge(call, "Marek"), judge(call, "Noor")
    first, second, third = call.groups
    mate = MembershipFactory.create(group=first).person
    past_team(judith, mate)
    Membership.objects.filter(person=marek, cycle=call.cycle).update(affiliation="River Board")
    MembershipFactory.create(group=second, affiliation="river board")
    coached = past_team(MembershipFactory.create(group=third).person)
    MembershipFactory.create(group=coached, person=noor, role="mentor", capabilities=["follow"])
    with django_assert_max_num_queries(8):
        assert len(found_in(call.cycle)) == 3
    assert actions.find_conflicts(cycle=call.cycle) == 3
    assert actions.find_conflicts(cycle=call.cycle) == 0
    found = {(one.person.name, one.group.key): (one.kind, one.source, one.reason) for one in ConflictOfInterest.objects.all()}
    assert found == {
        ("Judith", "team-1"): (
            "teammate",
            "system",
            "Was in “Old Herons” (Water 2024) with a member of this team, or this team continues it.",
        ),
        ("Marek", "team-2"): ("organization", "system", "river board"),
        ("Noor", "team-3"): ("mentor", "system", "Followed “Old Herons” (Water 2024), in which a member of this team was."),
    }


@pytest.mark.parametrize(("kind", "tied"), [("builds-on", True), ("adapts", True), ("answers", False), ("rejects", False)])
def test_who_built_upon_each_others_idea_do_not_judge_each_other(call: Scene, kind: str, tied: bool):
    first, second, third = call.groups
    mine, theirs = judge(call, "Mine"), judge(call, "Theirs")
    MembershipFactory.create(group=first, person=mine)
    MembershipFactory.create(group=second, person=theirs)
    Cycle.objects.filter(pk=call.cycle.pk).update(state="running")
    told = {"cycle": Cycle.objects.get(pk=call.cycle.pk), "by": None, "audience": "teams"}
    source = share_idea(group=first, told=telling(), **told)
    share_idea(group=second, told=telling("Sieve with two saris"), sources=[Citation(source, kind, "Colours run.")], **told)
    share_idea(group=third, told=telling("Something else"), **told)
    found = {(one.person, one.group, one.kind) for one in found_in(call.cycle)}
    both = {(mine.pk, second.pk, ConflictKind.BUILT_UPON), (theirs.pk, first.pk, ConflictKind.BUILT_UPON)}
    assert found == (both if tied else set())
    assert actions.find_conflicts(cycle=call.cycle) == len(found)
    assert all("built on an idea" in one.reason for one in ConflictOfInterest.objects.all())


def test_the_same_human_under_another_name_is_found(call: Scene):
    from tests.cast import actor

    someone = actor("judith")
    other = judge(call, "J.", user=someone.user, organization=None, claimed_at=now())
    past_team(someone.person, MembershipFactory.create(group=call.group).person)
    [found] = found_in(call.cycle)
    assert (found.person, found.group, found.kind) == (other.pk, call.group.pk, ConflictKind.TEAMMATE)


def test_who_belongs_to_the_host_is_in_no_conflict_for_it(call: Scene):
    host = Organization.objects.create(key="host", name="The Host")
    call.cycle.organization = host
    call.cycle.save(update_fields=["organization"])
    judge(call, organization=host)
    call.group.organization = host
    call.group.save(update_fields=["organization"])
    assert found_in(call.cycle) == []
    other = Organization.objects.create(key="board", name="River Board")
    Group.objects.filter(pk=call.group.pk).update(organization=other)
    judge(call, "Marek", organization=other)
    assert [one.where for one in found_in(call.cycle)] == ["River Board"]


def test_who_left_the_team_binds_nobody_to_it(call: Scene):
    judith = judge(call)
    gone = MembershipFactory.create(group=call.group, until=now()).person
    past_team(judith, gone)
    assert found_in(call.cycle) == []


# --- Declared, upheld, lifted -------------------------------------------------------------------------------------------------------------


def test_a_lifted_conflict_counts_nowhere_and_is_not_found_again(call: Scene):
    judith = judge(call)
    past_team(judith, MembershipFactory.create(group=call.group).person)
    actions.find_conflicts(cycle=call.cycle)
    conflict = ConflictOfInterest.objects.get()
    wanted = [actions.Wanted(call.challenge, call.group, judith)]
    with pytest.raises(AssignmentRefused, match="conflict of interest"):
        actions.assign(cycle=call.cycle, wanted=wanted, by=None)
    with pytest.raises(ReasonMissing):
        actions.lift_conflict(conflict=conflict, reason=" ", by=None)
    actions.lift_conflict(conflict=conflict, reason="Six years ago, and never met.", by=None)
    with pytest.raises(ConflictRefused):
        actions.lift_conflict(conflict=conflict, reason="again", by=None)
    assert actions.find_conflicts(cycle=call.cycle) == 0
    assert barred([call.group.pk], [judith]) == {}
    sheet = sheet_for(call, judith)
    actions.finalize(sheet=sheet, by=None, marks=MARKS)
    assert [one.payload["change"] for one in JournalEntry.objects.filter(kind="conflict.changed")] == ["found", "lifted"]


def test_what_is_declared_again_after_it_was_lifted_holds_again(call: Scene):
    judith = judge(call)
    sheet = sheet_for(call, judith)
    conflict = actions.declare_conflict(person=judith, group=call.group, by=None, source=ConflictSource.SYSTEM)
    actions.lift_conflict(conflict=conflict, reason="no", by=None)
    actions.declare_conflict(person=judith, group=call.group, by=None, source=ConflictSource.SYSTEM)
    assert ConflictOfInterest.objects.get().lifted_at is not None
    actions.reopen(sheet=sheet, by=None, reason="lifted")
    actions.say_too_close(person=judith, group=call.group, reason="My brother joined them.", by=None)
    again = ConflictOfInterest.objects.get()
    assert (again.lifted_at, again.source, again.reason) == (None, "judge", "My brother joined them.")
    sheet.refresh_from_db()
    assert sheet.state == "recused"


@pytest.mark.parametrize(
    ("source", "state"), [("judge", "recused"), ("organizer", "recused"), ("team", "final"), ("system", "final")]
)
def test_what_a_team_says_or_the_system_finds_takes_no_final_sheet_out_before_an_organizer_says_so(call: Scene, source, state):
    judith = judge(call)
    begun, final = sheet_for(call, judith, call.groups[0]), sheet_for(call, judith, call.groups[1])
    actions.finalize(sheet=final, by=None, marks=MARKS)
    actions.save_sheet(sheet=begun, by=None, marks=MARKS)
    for group in call.groups[:2]:
        actions.declare_conflict(person=judith, group=group, by=None, reason="x", source=ConflictSource(source))
    begun.refresh_from_db()
    final.refresh_from_db()
    assert (begun.state, final.state) == ("recused", state)
    conflict = ConflictOfInterest.objects.get(group=final.group)
    assert standing_final([conflict]) == ({conflict.pk: 1} if state == "final" else {})
    actions.uphold_conflict(conflict=conflict, by=None)
    final.refresh_from_db()
    assert final.state == "recused"
    actions.lift_conflict(conflict=conflict, reason="no", by=None)
    with pytest.raises(ConflictRefused):
        actions.uphold_conflict(conflict=conflict, by=None)


def test_sheets_of_a_published_round_are_corrected_in_the_open_not_here(call: Scene):
    judith = judge(call)
    sheet = sheet_for(call, judith)
    actions.finalize(sheet=sheet, by=None, marks=MARKS)
    call.round.published_at = now()
    call.round.save(update_fields=["published_at"])
    actions.declare_conflict(person=judith, group=call.group, by=None)
    sheet.refresh_from_db()
    assert sheet.state == "final"


def test_only_who_judges_can_be_too_close(call: Scene):
    with pytest.raises(NotOnPanel):
        actions.say_too_close(person=person("Eve"), group=call.group, reason="x", by=None)


def test_what_a_team_says_in_words_is_settled_by_naming_who_is_meant(call: Scene):
    judith, marek = judge(call), judge(call, "Marek")
    with pytest.raises(ReasonMissing):
        actions.raise_concern(group=call.group, words=" ", by=None)
    first = actions.raise_concern(group=call.group, words="Whoever works for the river board.", by=None)
    second = actions.raise_concern(group=call.group, words="We dislike severe judges.", by=None)
    actions.settle_concern(concern=first, judges=[judith, marek], answer="Two of them.", by=None)
    assert set(ConflictOfInterest.objects.values_list("person__name", "source", "reason")) == {
        ("Judith", "organizer", "Whoever works for the river board."),
        ("Marek", "organizer", "Whoever works for the river board."),
    }
    with pytest.raises(ConflictRefused):
        actions.settle_concern(concern=first, judges=[], answer="x", by=None)
    with pytest.raises(ReasonMissing):
        actions.settle_concern(concern=second, judges=[], answer="", by=None)
    actions.settle_concern(concern=second, judges=[], answer="That is no conflict.", by=None)
    assert Concern.objects.filter(settled_at=None).count() == 0


# --- Over the API -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def who(call: Scene) -> People:
    return people(call)


def test_a_judge_says_of_themselves_that_they_are_too_close(call: Scene, who: People):
    sheet = sheet_for(call, who.judith.person)
    path = f"{API}/cycles/{call.cycle.pk}/too-close"
    assert who.judith.api.post(path, {"group": "team-1"}).status_code == 422
    assert who.judith.api.post(path, {"group": "team-9", "reason": "x"}).status_code == 422
    said = who.judith.api.post(path, {"group": "team-1", "reason": "My brother."})
    assert (said.status_code, said.json()["said_by"], said.json()["reason"]) == (201, "judge", "My brother.")
    sheet.refresh_from_db()
    assert sheet.state == "recused"
    assert who.ada.api.post(path, {"group": "team-1", "reason": "x"}).status_code == 404


def test_words_of_a_team_are_for_the_organizers_and_itself(call: Scene, who: People):
    said = who.ada.api.post(f"{API}/groups/{call.group.pk}/concerns", {"words": "Judith taught us."})
    assert said.status_code == 201
    assert Concern.objects.get().person == who.ada.person
    assert [one["words"] for one in who.ada.api.get(f"{API}/concerns").json()["results"]] == ["Judith taught us."]
    assert who.judith.api.get(f"{API}/concerns").json()["results"] == []
    path = f"{API}/concerns/{said.json()['id']}/settle"
    assert who.ada.api.post(path, {"answer": "no"}).status_code == 403
    assert who.org.api.post(path, {"judges": [who.ada.person.pk]}).status_code == 422
    assert who.org.api.post(path, {"judges": [who.judith.person.pk]}).status_code == 200
    found = {name: getattr(who, name).api.get(f"{API}/conflicts").json()["results"] for name in ("org", "judith", "ada", "ben")}
    assert [one["reason"] for one in found["org"]] == ["Judith taught us."]
    assert [(one["reason"], one["said_by"]) for one in found["judith"]] == [("", "")]
    assert found["ada"] == found["ben"] == []  # who was meant is the organizers' to know


@pytest.mark.django_db
def test_a_team_objects_to_a_judge_only_where_judges_are_known():
    hidden = locked_scene(groups=2)
    who = people(hidden)
    body = {"judge": who.judith.person.pk, "reason": "She taught us."}
    assert who.ada.api.post(f"{API}/groups/{hidden.group.pk}/objections", body).status_code == 422


@pytest.mark.django_db
def test_a_team_objects_to_a_judge_once():
    call = locked_scene(groups=2, rounds=[{"key": "call", "judges_named": True}])
    who = people(call)
    body = {"judge": who.judith.person.pk, "reason": "She taught us."}
    path = f"{API}/groups/{call.group.pk}/objections"
    assert who.ada.api.post(path, body | {"judge": who.ada.person.pk}).status_code == 422
    assert who.ada.api.post(path, body).status_code == 201
    conflict = ConflictOfInterest.objects.get()
    assert conflict.source == "team"
    assert who.org.api.post(f"{API}/conflicts/{conflict.pk}/uphold").status_code == 200
    who.org.api.post(f"{API}/conflicts/{conflict.pk}/lift", {"reason": "Only one lecture."})
    assert who.ada.api.post(path, body).json()["code"] == "conflict_refused"


def test_an_organizer_has_conflicts_looked_for(call: Scene, who: People):
    past_team(who.judith.person, who.ada.person)
    assert who.org.api.post(f"{API}/cycles/{call.cycle.pk}/find-conflicts").json() == {"new": 1}
    assert len(who.org.api.get(f"{API}/conflicts", {"kind": "teammate", "lifted": False}).json()["results"]) == 1
    assert who.org.api.get(f"{API}/conflicts", {"lifted": True}).json()["results"] == []


@pytest.mark.outsider(
    "conflict-lift",
    "conflict-uphold",
    "concern-list",
    "concern-settle",
    "team-conflict-objections",
    "team-conflict-concerns",
    "judge-conflict-too-close",
    "judge-conflict-find-conflicts",
)
def test_eve_is_refused(call: Scene, who: People):
    conflict = ConflictOfInterest.objects.create(person=who.judith.person, group=call.group, source="team")
    concern = Concern.objects.create(group=call.group, words="Judith taught us.")
    group, cycle = f"{API}/groups/{call.group.pk}", f"{API}/cycles/{call.cycle.pk}"
    for outsider in (who.eve, who.ben):
        api = outsider.api
        for listed in ("conflicts", "concerns"):
            assert api.get(f"{API}/{listed}").json()["results"] == []
        answers = [
            api.post(f"{API}/conflicts/{conflict.pk}/lift", {"reason": "x"}),
            api.post(f"{API}/conflicts/{conflict.pk}/uphold"),
            api.post(f"{API}/concerns/{concern.pk}/settle", {"answer": "x"}),
            api.post(f"{group}/objections", {"judge": who.judith.person.pk, "reason": "x"}),
            api.post(f"{cycle}/too-close", {"group": "team-1", "reason": "x"}),
        ]
        assert [one.status_code for one in answers] == [404] * len(answers)
        refused = [api.post(f"{group}/concerns", {"words": "x"}), api.post(f"{cycle}/find-conflicts")]
        assert {one.status_code for one in refused} <= {403, 404}
    assert Sheet.objects.count() == 0
