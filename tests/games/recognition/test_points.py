"""Points in three stages: the journal in any portions gives the same points, and totals always equal the sum."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db.models import Max, Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.models import JournalEntry, Sealer
from games.journal.queries import sealed
from games.recognition.actions import read_journal, reading, rebuild_totals, replay_points, swap_points
from games.recognition.models import Points, PointsCursor, PointsTotal
from games.recognition.queries import point_facts, totals_of
from games.recognition.queries.acts import acts_of
from games.recognition.rules import NoPreview, points_for
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory

pytestmark = pytest.mark.django_db
START = datetime(2027, 3, 1, 20, tzinfo=UTC)
RULES: list[dict[str, Any]] = [
    {"key": "entry", "event": "submission.received", "points": 10, "cap_day": 25, "cap_cycle": 60},
    {"key": "marked", "event": "sheet.finalized", "points": 3},
]


def cycle_with(rules: list[dict[str, Any]] = RULES) -> Cycle:
    return CycleFactory.create(design=small_design(rules=rules))


def happen(cycle: Cycle, *acts: tuple[str, str, Group | None, int], **more: Any) -> None:
    """Sealed acts: (kind, subject, group, hours after START)."""
    last = JournalEntry.objects.aggregate(last=Max("seal"))["last"] or 0
    JournalEntry.objects.bulk_create(
        JournalEntry(
            kind=kind,
            subject=subject,
            cycle_id=cycle.pk,
            group_id=group.pk if group else None,
            at=START + timedelta(hours=hours),
            seal=last + number,
            **more,
        )
        for number, (kind, subject, group, hours) in enumerate(acts, 1)
    )
    Sealer.objects.update_or_create(
        name="journal", defaults={"seal": last + len(acts)}
    )  # what is sealed later goes on from there


def score_all(cycle: Cycle) -> None:
    while read_journal(cycle):
        pass


def totals(cycle: Cycle, generation: int = 1) -> dict[int, int]:
    return dict(PointsTotal.objects.filter(cycle=cycle, generation=generation).values_list("group_id", "amount"))


def sums(cycle: Cycle, generation: int = 1) -> dict[int, int]:
    rows = Points.objects.filter(cycle=cycle, generation=generation, group__isnull=False).values_list("group_id")
    return dict(rows.annotate(total=Sum("amount")))


KINDS = ("submission.received", "submission.withdrawn", "sheet.finalized", "sheet.reopened", "round.opened")
ACTS = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(1, 4), st.integers(0, 1), st.integers(0, 60)), max_size=25)


@settings(max_examples=20)
@given(acts=ACTS, batch=st.integers(1, 7))
def test_totals_equal_the_sum_and_portions_do_not_matter(acts: list[tuple[str, int, int, int]], batch: int) -> None:
    cycle = cycle_with()
    groups = [GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)]
    hours = 0
    for kind, number, group, later in acts:
        hours += later
        happen(cycle, (kind, f"{kind.partition('.')[0]}:{number}", groups[group], hours))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "BATCH", batch)
        score_all(cycle)
    assert totals(cycle) == sums(cycle)
    expected = points_for(design_of(cycle).rules, acts_of(cycle, list(sealed(cycle.pk).filter(kind__in=KINDS)), design_of(cycle)))
    written = Points.objects.filter(cycle=cycle).order_by("seal", "pk").values_list("seal", "rule", "group_id", "amount")
    assert sorted(written) == sorted((one.seal, one.rule, one.group, one.amount) for one in expected)
    kept = totals(cycle)
    rebuild_totals(cycle)
    assert totals(cycle) == kept
    assert replay_points(cycle).changes == {}


def test_reading_again_gives_nothing_twice() -> None:
    cycle = cycle_with()
    group = GroupFactory.create(cycle=cycle)
    happen(cycle, ("submission.received", "submission:1", group, 0))
    score_all(cycle)
    score_all(cycle)
    assert totals(cycle) == {group.pk: 10}
    assert Points.objects.count() == 1


def test_days_are_those_of_the_cycles_time_zone() -> None:
    """23:30 and 00:30 in Berlin are two days there, though one in UTC."""
    cycle = cycle_with([RULES[0] | {"cap_day": 10}])
    group = GroupFactory.create(cycle=cycle)
    happen(cycle, ("submission.received", "submission:1", group, 2), ("submission.received", "submission:2", group, 3))
    score_all(cycle)
    assert totals(cycle) == {group.pk: 20}


def test_giving_points_is_journalled_and_earns_nothing_itself() -> None:
    cycle = cycle_with()
    group = GroupFactory.create(cycle=cycle)
    happen(cycle, ("submission.received", "submission:1", group, 0))
    score_all(cycle)
    entry = JournalEntry.objects.get(kind="points.changed")
    assert entry.payload["groups"] == [group.pk]


def test_a_judges_act_on_their_own_group_earns_nothing(cast: Cast) -> None:
    cycle = CycleFactory.create(design=small_design(rules=RULES))
    cast.red.cycle = cycle
    cast.red.save()
    cast.ada.person.memberships.update(cycle=cycle)
    happen(cycle, ("sheet.finalized", "sheet:1", cast.red, 0), actor=cast.ada.user.pseudonym)
    happen(cycle, ("sheet.finalized", "sheet:2", cast.red, 0), actor=cast.judith.user.pseudonym)
    score_all(cycle)
    assert totals(cycle) == {cast.red.pk: 3}


def test_an_act_without_group_counts_for_the_one_group_of_who_did_it(cast: Cast) -> None:
    cycle = CycleFactory.create(design=small_design(rules=[{"key": "join", "event": "suggestion.made", "points": 5}]))
    cast.red.cycle = cycle
    cast.red.save()
    cast.ada.person.memberships.update(cycle=cycle)
    happen(cycle, ("suggestion.made", "suggestion:1", None, 0), actor=cast.ada.user.pseudonym)
    score_all(cycle)
    assert totals(cycle) == {cast.red.pk: 5}


# --- Other rules ----------------------------------------------------------------------------------------------------------------------


def test_other_rules_are_previewed_then_swapped_and_old_points_stay() -> None:
    cycle = cycle_with()
    group = GroupFactory.create(cycle=cycle)
    happen(cycle, ("submission.received", "submission:1", group, 0))
    score_all(cycle)
    from games.cycles.actions import add_design

    add_design(cycle, small_design(rules=[RULES[0] | {"points": 20}]), by=None)
    preview = replay_points(cycle)
    assert preview.changes == {group.pk: (10, 20)}
    assert [row.amount for row in totals_of(cycle)] == [10], "not shown yet"
    happen(cycle, ("submission.received", "submission:2", group, 1))
    score_all(cycle)
    swap_points(cycle, generation=preview.generation, by=None)
    assert {row.group_id: row.amount for row in totals_of(cycle)} == {group.pk: 25}, (
        "what came meanwhile is in, capped by the day"
    )
    assert Points.objects.filter(cycle=cycle, generation=1).count() == 2
    assert [(one.group, int(one.amount)) for one in point_facts(cycle)] == [(group.key, 25)]


def test_only_the_latest_preview_can_be_swapped() -> None:
    cycle = cycle_with()
    happen(cycle, ("submission.received", "submission:1", GroupFactory.create(cycle=cycle), 0))
    score_all(cycle)
    first, second = replay_points(cycle), replay_points(cycle)
    assert second.generation >= first.generation
    with pytest.raises(NoPreview):
        swap_points(cycle, generation=second.generation + 1, by=None)
    swap_points(cycle, generation=second.generation, by=None)
    assert PointsCursor.objects.get(cycle=cycle).generation == second.generation
    with pytest.raises(NoPreview):
        swap_points(cycle, generation=second.generation, by=None)
