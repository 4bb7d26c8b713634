"""Teams judge teams: who sits for which team, never their own and no two each other, marked like any sheet, named when they are behind."""

from typing import Any

import pytest

from games.groups.models import Membership
from games.judging import actions
from games.judging.actions.peers import reciprocal, seat_peers
from games.judging.models import Panelist, Sheet
from games.judging.planning import facts_of, problem_of
from games.judging.queries.peers import groups_of_peers, shares
from games.judging.queries.replies import judge_named_to_team
from games.judging.rules import AssignmentRefused, Given, NotOnPanel
from games.judging.rules.plans import Asked
from games.permissions import access_for, allows
from leaderboards.engine.planning import Plan, plan
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.judging import judge, locked_scene, people, sheet_for
from tests.factories.submissions import ESSAY, Scene

pytestmark = pytest.mark.django_db
FAIR: dict[str, Any] = {
    **ESSAY,
    "criteria": [{"key": "impact", "min": 1, "max": 5}, {"key": "fair", "min": 0, "max": 10, "panel": "teams", "optional": True}],
    "panels": [{"key": "jury"}, {"key": "teams", "who": "peers"}],
}


@pytest.fixture
def call() -> Scene:
    """Five teams, each with a captain and a member."""
    made = locked_scene(FAIR, groups=5)
    for group in made.groups:
        for role, capabilities in (("captain", ["captain", "submit"]), ("member", ["submit"])):
            someone = actor(f"{role}-{group.key}")
            MembershipFactory.create(cycle=made.cycle, group=group, person=someone.person, role=role, capabilities=capabilities)
    return made


def peer(call: Scene, number: int) -> Any:
    return Membership.objects.get(group=call.groups[number], role="captain").person


def wanted(call: Scene, *pairs: tuple[int, int]) -> list[actions.Wanted]:
    """(judged team, peer's team) by number."""
    return [actions.Wanted(call.challenge, call.groups[group], peer(call, own), "teams") for group, own in pairs]


def test_every_team_sends_its_captain_or_everybody(call: Scene) -> None:
    made = seat_peers(challenge=call.challenge, panel="teams", by=None)
    assert len(made) == 5
    assert {one.peer for one in made} == {True}
    assert seat_peers(challenge=call.challenge, panel="teams", by=None) == []
    assert len(seat_peers(challenge=call.challenge, panel="teams", by=None, everybody=True)) == 5
    assert set(groups_of_peers(call.challenge, "teams").values()) == {one.pk for one in call.groups}


def test_a_team_without_a_captain_sends_a_member_and_one_without_an_entry_nobody(call: Scene) -> None:
    Membership.objects.get(group=call.groups[0], role="captain").delete()
    call.challenge.submissions.filter(group=call.groups[1]).update(state="withdrawn")
    seat_peers(challenge=call.challenge, panel="teams", by=None)
    sent = {group: person for person, group in groups_of_peers(call.challenge, "teams").items()}
    assert call.groups[1].pk not in sent
    assert Membership.objects.get(person=sent[call.groups[0].pk]).role == "member"


def test_peers_sit_on_panels_of_peers_alone_and_judges_elsewhere(call: Scene) -> None:
    with pytest.raises(AssignmentRefused, match="no panel of peers"):
        seat_peers(challenge=call.challenge, panel="jury", by=None)
    with pytest.raises(AssignmentRefused, match="teams judge teams"):
        actions.add_panelist(challenge=call.challenge, panel="teams", person=judge(call), by=None)
    with pytest.raises(AssignmentRefused, match="is no peer on the panel"):
        sheet_for(call, judge(call, "Bert"), call.groups[0], panel="teams")
    with pytest.raises(AssignmentRefused, match="does not judge in this cycle"):
        actions.assign(cycle=call.cycle, wanted=[one._replace(panel="jury") for one in wanted(call, (0, 1))], by=None)


def test_nobody_judges_their_own_team_and_no_two_teams_each_other(call: Scene) -> None:
    seat_peers(challenge=call.challenge, panel="teams", by=None)
    with pytest.raises(AssignmentRefused, match="their own team"):
        actions.assign(cycle=call.cycle, wanted=wanted(call, (0, 0)), by=None)
    actions.assign(cycle=call.cycle, wanted=wanted(call, (0, 1), (1, 2)), by=None)
    for pairs in (((1, 0),), ((3, 4), (4, 3))):
        with pytest.raises(AssignmentRefused, match="no two teams judge each other"):
            actions.assign(cycle=call.cycle, wanted=wanted(call, *pairs), by=None)
    assert Sheet.objects.filter(panel="teams").count() == 2
    new = [(call.groups[1].pk, peer(call, 0).pk)]
    assert reciprocal(call.challenge, "teams", new, [(call.groups[0].pk, peer(call, 1).pk)]) == set(new)


def test_a_plan_of_peers_has_no_mirrored_pairs(call: Scene) -> None:
    seat_peers(challenge=call.challenge, panel="teams", by=None)
    facts = facts_of(call.challenge, "teams")
    problem, short = problem_of(facts, Asked(per_entry=2))
    assert (problem.peers, short) == (True, [])
    assert all(one.group for one in problem.judges)
    found = plan(problem)
    assert isinstance(found, Plan)
    own = {one.key: one.group for one in problem.judges}
    judged = {(own[judge_], entry) for entry, judge_ in found.pairs}
    assert len(found.pairs) == 10
    assert not {(b, a) for a, b in judged} & judged
    assert not any(a == b for a, b in judged)


def test_a_peer_marks_like_any_judge_and_only_as_long_as_they_play(call: Scene) -> None:
    seat_peers(challenge=call.challenge, panel="teams", by=None)
    actions.assign(cycle=call.cycle, wanted=wanted(call, (0, 1), (2, 1)), by=None)
    sheet, other = Sheet.objects.filter(panel="teams").select_related("challenge__round__cycle", "judge").order_by("pk")
    someone = Membership.objects.get(group=call.groups[1], role="captain")
    user = someone.person.user
    assert user is not None
    assert allows(access_for(user), "sheet.mark", sheet)
    assert not allows(access_for(people_of(call, 2)), "sheet.mark", sheet)
    done = actions.finalize(sheet=sheet, by=None, marks=[Given("fair", 7)], comment="Fair enough.")
    assert done.state == "final"
    someone.until = done.final_at
    someone.save(update_fields=["until"])
    assert not allows(access_for(user), "sheet.mark", other)
    with pytest.raises(NotOnPanel, match="does not judge"):
        actions.finalize(sheet=other, by=None, marks=[Given("fair", 7)])


def people_of(call: Scene, number: int) -> Any:
    return peer(call, number).user


def test_peers_are_never_named_to_the_judged_team(call: Scene) -> None:
    named = locked_scene(FAIR, groups=2, rounds=[{"key": "call", "judges_named": True}])
    Panelist.objects.create(challenge=named.challenge, panel="teams", person=peer(call, 0), peer=True)
    sheet = Sheet.objects.create(
        challenge=named.challenge, group=named.groups[0], panel="teams", judge=peer(call, 0), state="final"
    )
    jury = Sheet.objects.create(
        challenge=named.challenge, group=named.groups[0], panel="jury", judge=peer(call, 1), state="final"
    )
    named.round.published_at = named.round.opens_at
    named.round.save(update_fields=["published_at"])
    both = Sheet.objects.select_related("challenge__round__cycle").in_bulk([sheet.pk, jury.pk])
    assert [judge_named_to_team(both[one.pk]) for one in (sheet, jury)] == [False, True]


def test_who_has_not_done_their_share_stands_first(call: Scene) -> None:
    seat_peers(challenge=call.challenge, panel="teams", by=None)
    actions.assign(cycle=call.cycle, wanted=wanted(call, (0, 1), (2, 1), (3, 2)), by=None)
    first = Sheet.objects.get(group=call.groups[3])
    actions.finalize(sheet=first, by=None, marks=[Given("fair", 7)])
    found = {one.group.key: (one.given, one.final, one.left) for one in shares(call.challenge, "teams")}
    assert found["team-2"] == (2, 0, 2)
    assert found["team-3"] == (1, 1, 0)
    assert shares(call.challenge, "teams")[0].group.id == call.groups[1].pk
    assert people(call).eve.person.pk not in groups_of_peers(call.challenge, "teams")
