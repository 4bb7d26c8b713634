"""Who judges what, planned: what is asked, what the facts are, what a worker makes of it, and applying it as one act."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import Q
from django.utils.timezone import now

from games.errors import GameError
from games.groups.models import Membership
from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.actions.planning import GIVE_UP, claim_plan, finish_plan, plans_due, tell_plan
from games.judging.models import AssignmentPlan, Panelist, Sheet
from games.judging.planning import facts_of, gaps_of
from games.judging.rules import AssignmentRefused, PlanRefused, PlanStale, PlanState
from games.judging.rules.plans import Aim, Asked, block_of, check_asked, usual_each
from games.judging.rules.seats import Details
from games.organizations.models import Person
from leaderboards.engine.planning import words_of
from tests.factories.groups import MembershipFactory
from tests.factories.judging import MARKS, judge, locked_scene, sheet_for
from tests.factories.submissions import ESSAY, Scene, entry, scene
from worker.planning import work_out

pytestmark = pytest.mark.django_db
NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eli", "Fay")
TOPICS: dict[str, Any] = {
    **ESSAY,
    "form": [
        {"key": "title"},
        {"key": "about", "type": "choice", "choices": ["water", "air", "soil"], "many": True},
        {"key": "tongue", "type": "choice", "choices": ["en", "fr"]},
    ],
    "fields": [],
    "topics": "about",
    "language": "tongue",
}


def seated(call: Scene, count: int, **values: Any) -> list[Person]:
    """So many judges on the panel."""
    found = [judge(call, name) for name in NAMES[:count]]
    for one in found:
        actions.add_panelist(challenge=call.challenge, panel="jury", person=one, by=None)
    Panelist.objects.filter(person__in=found).update(**values)
    return found


def planned(call: Scene, **asked: Any) -> AssignmentPlan:
    """Asked for, and worked out."""
    wanted = actions.ask_plan(challenge=call.challenge, asked=Asked(**asked), by=None)
    found = work_out(wanted.pk)
    assert found is not None
    return found


def live() -> dict[int, Counter[Any]]:
    """Sheets that are not given back, by group and by judge."""
    pairs = Sheet.objects.filter(~Q(state="recused")).values_list("group_id", "judge_id")
    return {number: Counter(pair[number] for pair in pairs) for number in (0, 1)}


# --- What is asked --------------------------------------------------------------------------------------------------------------------------


def test_what_is_asked_comes_back_from_json():
    asked = Asked(Aim.THIRD, per_entry=4, group=7, at_once=True)
    assert Asked.of(asked.data()) == asked
    assert Asked.of({}) == Asked()


@pytest.mark.parametrize(
    ("asked", "judges", "entries", "where"),
    [
        (Asked(per_entry=4), 3, 5, "per_entry"),
        (Asked(per_entry=0), 3, 5, "per_entry"),
        (Asked(), 0, 5, "panel"),
        (Asked(), 3, 0, "panel"),
        (Asked(max_load=0), 3, 5, "max_load"),
        (Asked(anchors=11), 3, 5, "anchors"),
        (Asked(seed=-1), 3, 5, "seed"),
    ],
)
def test_what_no_plan_can_come_from_is_refused_by_name(asked, judges, entries, where):
    with pytest.raises(AssignmentRefused) as refused:
        check_asked(asked, judges=judges, entries=entries)
    assert refused.value.where == where


def test_gaps_are_filled_as_most_entries_were_given():
    assert usual_each([3, 3, 2, 0, 0, 0]) == 3
    assert usual_each([2, 2, 3, 3]) == 3
    assert usual_each([]) == 1


# --- A plan ---------------------------------------------------------------------------------------------------------------------------------


def test_a_plan_is_even_keeps_what_is_out_and_respects_who_must_not():
    call = locked_scene(groups=12)
    judges = seated(call, 4)
    kept = sheet_for(call, judges[0], call.groups[0])
    actions.declare_conflict(person=judges[1], group=call.groups[1], by=None, reason="A cousin.")
    MembershipFactory(group=call.groups[2], person=judges[2])
    plan = planned(call, per_entry=2)
    assert plan.state == "ready"
    assert plan.found["kept"] == 1
    assert plan.found["barred"] == {"own": 1, "conflict": 1, "given_back": 0}
    assert plan.found["coverage"] == {"2": 12}
    assert plan.found["components"] == 1
    assert plan.found["precision"]["per_entry"] == 2
    assert Sheet.objects.count() == 1  # nothing counts before it is applied
    actions.apply_plan(plan=plan, by=None)
    assert set(live()[0].values()) == {2}
    assert set(live()[1].values()) == {6}
    assert Sheet.objects.filter(pk=kept.pk).exists()
    assert not Sheet.objects.filter(judge=judges[1], group=call.groups[1]).exists()
    told = JournalEntry.objects.get(kind="plan.applied")
    assert (told.payload["given"], told.payload["taken"]) == (23, 0)
    with pytest.raises(PlanRefused):
        actions.apply_plan(plan=plan, by=None)


def test_a_plan_matches_what_entries_are_about_and_in_which_language_they_are():
    call = scene(TOPICS, groups=6)
    for number, group in enumerate(call.groups):
        entry(call, group, title="x", about=["water"] if number < 3 else ["air"], tongue="fr" if number == 0 else "en")
    call.round.closes_at = now() - timedelta(seconds=1)
    call.round.save(update_fields=["closes_at"])
    water, air, english = seated(call, 3)
    Panelist.objects.filter(person=water).update(topics=["water"], languages=["fr", "en"])
    Panelist.objects.filter(person=air).update(topics=["air"], languages=["en"])
    Panelist.objects.filter(person=english).update(topics=["soil"], languages=["en"])
    facts = facts_of(call.challenge, "jury")
    assert facts.about[call.groups[0].pk].language == "fr"
    plan = planned(call, per_entry=1, link=False)
    pairs = {tuple(pair) for pair in plan.found["give"]}
    assert (call.groups[0].pk, water.pk) in pairs
    assert all(judge != water.pk for group, judge in pairs if group in {one.pk for one in call.groups[3:]})
    both = planned(call, per_entry=2)
    assert both.state == "infeasible"
    assert both.found["blocks"][0]["limit"] == "language"
    names = {f"g{call.groups[0].pk}": "Team 1", f"j{water.pk}": "Ada"}
    said = words_of(block_of(both.found["blocks"][0]), names)
    assert said.startswith("Team 1 can only be judged by Ada; 2 are asked. Barred: 2 by language.")
    assert planned(call, per_entry=2, language=False).state == "ready"
    partly = planned(call, per_entry=2, partly=True)
    assert (partly.state, partly.found["short"]) == ("ready", [call.groups[0].pk])


def test_loads_have_limits_and_what_is_in_the_way_is_named():
    call = locked_scene(groups=6)
    judges = seated(call, 3, max_load=3)
    plan = planned(call, per_entry=2)
    assert plan.state == "infeasible"
    assert plan.found["blocks"][0]["limit"] == "loads"
    assert set(plan.found["blocks"][0]["judges"]) == {f"j{one.pk}" for one in judges}
    assert planned(call, per_entry=1).state == "ready"
    assert planned(call, per_entry=1, max_load=1).state == "infeasible"


def test_the_same_seed_gives_the_same_plan_and_anchors_go_to_everybody():
    call = locked_scene(groups=8)
    seated(call, 4)
    first, again = planned(call, per_entry=2, seed=5, anchors=1), planned(call, per_entry=2, seed=5, anchors=1)
    assert first.found["give"] == again.found["give"]
    assert first.found["coverage"] == {"2": 7, "4": 1}


# --- What changed meanwhile ------------------------------------------------------------------------------------------------------------------


def changes(call: Scene, judges: list[Person]) -> Iterator[Any]:
    yield lambda: sheet_for(call, judges[0], call.groups[0])
    yield lambda: actions.declare_conflict(person=judges[0], group=call.groups[3], by=None)
    yield lambda: actions.leave_panel(panelist=Panelist.objects.get(person=judges[2]), by=None)
    yield lambda: actions.describe_panelist(panelist=Panelist.objects.get(person=judges[1]), details=Details(max_load=9), by=None)
    yield lambda: actions.add_panelist(challenge=call.challenge, panel="jury", person=judge(call, "Gus"), by=None)
    yield lambda: Membership.objects.filter(person=judges[1]).update(until=now())


@pytest.mark.parametrize("number", range(6))
def test_a_plan_is_not_applied_when_the_facts_have_changed(number):
    call = locked_scene(groups=4)
    judges = seated(call, 3)
    plan = planned(call, per_entry=2)
    list(changes(call, judges))[number]()
    before = Sheet.objects.count()
    with pytest.raises(PlanStale):
        actions.apply_plan(plan=plan, by=None)
    assert Sheet.objects.count() == before


def test_a_sheet_that_moves_on_does_not_make_a_plan_stale():
    call = locked_scene(groups=4)
    judges = seated(call, 3)
    sheet = sheet_for(call, judges[0], call.groups[0])
    plan = planned(call, per_entry=2)
    actions.finalize(sheet=sheet, by=None, marks=MARKS)
    assert actions.apply_plan(plan=plan, by=None).state == "applied"
    sheet.refresh_from_db()
    assert sheet.state == "final"


# --- Gaps, a third reader ---------------------------------------------------------------------------------------------------------------------


def test_after_a_recusal_only_what_is_open_is_dealt_anew():
    call = locked_scene(groups=6)
    judges = seated(call, 4)
    actions.apply_plan(plan=planned(call, per_entry=2), by=None)
    before = set(Sheet.objects.values_list("group_id", "judge_id"))
    given_back = Sheet.objects.filter(judge=judges[0]).select_related("challenge__round", "group", "judge").order_by("pk")[0]
    actions.declare_conflict(person=judges[0], group=given_back.group, by=None, reason="A cousin.")
    plan = actions.fill_gaps(challenge=call.challenge, by=None)
    assert work_out(plan.pk).state == "applied"
    new = set(Sheet.objects.values_list("group_id", "judge_id")) - before
    assert len(new) == 1
    assert next(iter(new))[0] == given_back.group_id
    assert set(live()[0].values()) == {2}


def test_who_drops_out_keeps_what_is_final_and_the_rest_goes_to_others():
    call = locked_scene(groups=6)
    judges = seated(call, 4)
    actions.apply_plan(plan=planned(call, per_entry=2), by=None)
    first, second, third = Sheet.objects.filter(judge=judges[0]).order_by("pk")
    actions.finalize(sheet=first, by=None, marks=MARKS)
    actions.save_sheet(sheet=second, by=None, marks=MARKS)
    seat = actions.leave_panel(panelist=Panelist.objects.get(person=judges[0]), by=None)
    assert seat.left_at is not None
    with pytest.raises(AssignmentRefused, match="has left the panel"):
        sheet_for(call, judges[0], call.groups[0])
    plan = work_out(actions.fill_gaps(challenge=call.challenge, by=None).pk)
    assert (plan.state, len(plan.found["give"]), len(plan.found["take"])) == ("applied", 2, 2)
    assert set(Sheet.objects.filter(judge=judges[0]).values_list("pk", "state")) == {(first.pk, "final"), (second.pk, "recused")}
    assert not Sheet.objects.filter(pk=third.pk).exists()
    assert set(live()[0].values()) == {2}
    actions.rejoin_panel(panelist=seat, by=None)
    assert planned(call, per_entry=2).found["give"] == []


def test_gaps_that_nobody_can_fill_are_told():
    call = locked_scene(groups=2)
    judges = seated(call, 2)
    actions.apply_plan(plan=planned(call, per_entry=2), by=None)
    actions.declare_conflict(person=judges[0], group=call.group, by=None)
    assert gaps_of(facts_of(call.challenge, "jury")).per_entry == 2
    plan = work_out(actions.fill_gaps(challenge=call.challenge, by=None).pk)
    assert (plan.state, plan.found["give"], plan.found["short"]) == ("applied", [], [call.group.pk])


def test_a_third_reader_is_whoever_fits_and_has_least():
    call = locked_scene(groups=4)
    seated(call, 4)
    actions.apply_plan(plan=planned(call, per_entry=2), by=None)
    before = set(Sheet.objects.values_list("group_id", "judge_id"))
    plan = work_out(actions.ask_third_reader(challenge=call.challenge, panel="jury", group=call.group, by=None).pk)
    assert plan.state == "applied"
    [(group, reader)] = set(Sheet.objects.values_list("group_id", "judge_id")) - before
    assert group == call.group.pk
    assert live()[0][group] == 3
    assert live()[1][reader] == 3
    for _ in range(2):
        last = work_out(actions.ask_third_reader(challenge=call.challenge, panel="jury", group=call.group, by=None).pk)
    assert last.state == "infeasible"
    outside = locked_scene()
    with pytest.raises(AssignmentRefused, match="no entry of this team"):
        actions.ask_third_reader(challenge=outside.challenge, panel="jury", group=call.group, by=None)


# --- The worker -------------------------------------------------------------------------------------------------------------------------------


def test_a_plan_is_taken_once_and_again_when_the_worker_died():
    call = locked_scene(groups=3)
    seated(call, 3)
    plan = actions.ask_plan(challenge=call.challenge, asked=Asked(per_entry=2), by=None)
    assert plans_due(now()) == [plan.pk]
    held = claim_plan(plan.pk)
    assert held is not None
    assert claim_plan(plan.pk) is None
    assert plans_due(now()) == []
    assert work_out(plan.pk) is None
    assert tell_plan(held, "Dealing", 40)
    AssignmentPlan.objects.filter(pk=plan.pk).update(lease_until=now() - timedelta(seconds=1))
    assert plans_due(now()) == [plan.pk]
    assert not finish_plan(held, PlanState.READY)  # whoever lost the lease writes nothing
    assert work_out(plan.pk).state == "ready"


def test_what_nobody_could_work_out_is_given_up():
    call = locked_scene(groups=3)
    seated(call, 3)
    plan = actions.ask_plan(challenge=call.challenge, asked=Asked(per_entry=2), by=None)
    AssignmentPlan.objects.filter(pk=plan.pk).update(asked_at=now() - GIVE_UP - timedelta(minutes=1))
    assert plans_due(now()) == []
    plan.refresh_from_db()
    assert plan.state == "failed"


def test_a_dropped_plan_is_not_worked_out_and_the_last_wish_counts():
    call = locked_scene(groups=3)
    seated(call, 3)
    first = actions.ask_plan(challenge=call.challenge, asked=Asked(per_entry=2), by=None)
    second = actions.ask_plan(challenge=call.challenge, asked=Asked(per_entry=1), by=None)
    first.refresh_from_db()
    assert first.state == "dropped"
    actions.drop_plan(plan=second, by=None)
    assert work_out(second.pk) is None
    with pytest.raises(PlanRefused):
        actions.drop_plan(plan=second, by=None)
    assert JournalEntry.objects.filter(kind="plan.asked").count() == 2


def test_a_plan_that_breaks_says_so(monkeypatch):
    call = locked_scene(groups=3)
    seated(call, 3)

    def broken(*_told: object, **_more: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("worker.planning.plan", broken)
    plan = planned(call, per_entry=2)
    assert (plan.state, plan.says) == ("failed", "Something broke on our side. Please ask again.")

    def refusing(*_told: object, **_more: object) -> None:
        raise GameError("Not now.")

    monkeypatch.setattr("worker.planning.plan", refusing)
    assert planned(call, per_entry=2).says == "Not now."


def test_what_is_to_be_applied_at_once_is_worked_out_again_when_the_facts_change(monkeypatch):
    call = locked_scene(groups=4)
    judges = seated(call, 3)
    real, late = actions.apply_plan, []

    def applied(**told: Any) -> Any:
        if not late:
            late.append(sheet_for(call, judges[0], call.groups[0]))
        return real(**told)

    monkeypatch.setattr("worker.planning.actions.apply_plan", applied)
    plan = planned(call, per_entry=2, at_once=True)
    assert plan.state == "applied"
    assert set(live()[0].values()) == {2}


def test_conflicts_are_looked_for_before_every_plan():
    call = locked_scene(groups=3)
    judges = seated(call, 3)
    Membership.objects.filter(person=judges[0]).update(affiliation="River Board")
    MembershipFactory(group=call.group, affiliation="River Board")
    plan = planned(call, per_entry=2)
    assert plan.found["barred"]["conflict"] == 1


def test_the_facts_take_as_many_statements_for_many_as_for_few(django_assert_max_num_queries):
    call = locked_scene(groups=30)
    seated(call, 6)
    with django_assert_max_num_queries(10):
        facts_of(call.challenge, "jury")
