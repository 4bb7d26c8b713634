"""What comes late, is taken back or falls under changed rules: points are read from there on, and end where reading everything ends."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum
from hypothesis import given, settings
from hypothesis import strategies as st

from games.cycles.actions import add_design
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.queries import sealed
from games.playbooks.schema import PointRule
from games.recognition.actions import reading, rebuild_totals, replay_points, swap_points
from games.recognition.models import Points, PointsCursor, PointsTotal
from games.recognition.queries import points_of
from games.recognition.queries.acts import acts_of
from games.recognition.queries.editions import Edition, shown_of
from games.recognition.rules.points import Act, Award, Ledger, points_for
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory
from tests.games.recognition.keeping import rows_of, tried
from tests.games.recognition.test_points import happen, score_all, sums, totals

pytestmark = pytest.mark.django_db
ENTRY: dict[str, Any] = {"key": "entry", "event": "submission.received"}
HELP: dict[str, Any] = {"key": "help", "event": "post.helped"}
THANKS: dict[str, Any] = {"key": "thanks", "event": "thanks.given", "points": 4}
RULES: tuple[list[dict[str, Any]], ...] = (
    [ENTRY | {"points": 10, "cap_day": 25, "cap_cycle": 60}, HELP | {"points": 8, "partner_ratio": "0.25", "cap_week": 30}],
    [ENTRY | {"points": 7, "cap_week": 30}, THANKS, HELP | {"points": 5, "ratio": "0.5", "cap_day": 9}],
    [ENTRY | {"points": 9, "ratio": "0.5"}, HELP | {"points": 3, "pause": 120}],
    [THANKS | {"cap_day": 6}],
    [],
)
DONE: dict[str, tuple[str, str, dict[str, Any]]] = {
    "entered": ("submission.received", "submission", {}),
    "withdrawn": ("submission.withdrawn", "submission", {}),
    "helped": ("post.helped", "post", {}),
    "help taken back": ("help.withdrawn", "post", {}),
    "thanked": ("thanks.given", "post", {"held": True}),
    "thanks taken back": ("thanks.given", "post", {"held": False}),
    "hidden": ("ruling.made", "post", {"verdict": "hidden"}),
    "shown": ("ruling.answered", "post", {"upheld": True}),
}
KINDS = {kind for kind, *_ in DONE.values()}
ACTS = st.tuples(st.sampled_from(sorted(DONE)), st.integers(1, 4), st.integers(0, 1), st.integers(-200, 200))
"""What was done, what it is about, whose it is, and when it was done: hours, whatever the order in which they come in."""
PARTS = st.lists(st.tuples(st.integers(0, len(RULES) - 1), st.lists(ACTS, max_size=8)), min_size=1, max_size=4)


def journal(cycle: Cycle, groups: Sequence[Group], acts: Sequence[tuple[str, int, int, int]]) -> None:
    for done, about, whose, hours in acts:
        kind, noun, payload = DONE[done]
        happen(cycle, (kind, f"{noun}:{about}", groups[whose], hours), payload=payload | {"asker": groups[1 - whose].pk})


def from_the_beginning(parts: Sequence[tuple[Sequence[PointRule], Sequence[Act]]]) -> list[Award]:
    """Everything in memory: at each change of rules a new ledger is told all that was given before, and what is held and what is hidden."""
    told: list[tuple[Award, str]] = []
    before = Ledger(())
    for rules, acts in parts:
        ledger = Ledger(tuple(rules))
        for award, cause in told:
            ledger.note(award, cause)
        ledger.held, ledger.away = before.held, before.away
        before = ledger
        for act in acts:
            told += [(award, act.kind if award.reverses is not None else "") for award in ledger.read(act)]
    return [award for award, _ in told]


def cells(awards: Sequence[Award]) -> list[tuple[Any, ...]]:
    return sorted((one.seal, one.rule, one.group, one.amount, one.day, one.reverses is not None) for one in awards)


def written(cycle: Cycle, edition: Edition) -> list[tuple[Any, ...]]:
    rows = edition.rows(cycle)
    return sorted((one.seal, one.rule, one.group_id, one.amount, one.day, one.reverses_id is not None) for one in rows)


@settings(max_examples=15)
@given(parts=PARTS, batch=st.integers(1, 5))
def test_reading_on_ends_where_reading_everything_ends(
    parts: list[tuple[int, list[tuple[str, int, int, int]]]], batch: int
) -> None:
    """Late entries, reversals and changes of rules in any order, read on in any portions; and the same replayed under the last rules."""
    cycle = CycleFactory.create(design=small_design(rules=RULES[parts[0][0]]))
    groups = [GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)]
    told, seal = [], 0
    for number, acts in parts:
        add_design(cycle, small_design(rules=RULES[number]), by=None)
        cycle.refresh_from_db()
        journal(cycle, groups, acts)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reading, "BATCH", batch)
            score_all(cycle)
        design, entries = design_of(cycle), list(sealed(cycle.pk, after=seal).filter(kind__in=KINDS))
        told.append((design.rules, acts_of(cycle, entries, design)))
        seal = entries[-1].seal if entries else seal
        assert totals(cycle) == sums(cycle)
    assert written(cycle, shown_of(cycle)) == cells(from_the_beginning(told))
    kept = totals(cycle)
    rebuild_totals(cycle)
    assert totals(cycle) == kept
    preview = replay_points(cycle)
    everything = points_for(design_of(cycle).rules, [act for _, acts in told for act in acts])
    assert written(cycle, tried(cycle)) == cells(everything)
    swap_points(cycle, generation=preview.generation, by=None)
    rows = points_of(cycle).order_by().values_list("group_id").annotate(total=Sum("amount"))
    assert totals(cycle, preview.generation) == dict(rows)


def test_help_that_is_taken_back_and_given_again_in_one_portion_counts_again() -> None:
    """By a rule that does not ask how often two teams met: nobody had counted it, and it came to once less than never."""
    cycle = CycleFactory.create(design=small_design(rules=[HELP | {"points": 5}]))
    groups = [GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)]
    journal(cycle, groups, [("helped", 1, 0, 0)])
    score_all(cycle)
    journal(cycle, groups, [("help taken back", 1, 0, 1), ("helped", 1, 0, 2)])
    score_all(cycle)
    assert totals(cycle) == sums(cycle) == {groups[0].pk: 5}
    assert set(Points.objects.filter(cycle=cycle).values_list("repeats", flat=True)) == {0}


@pytest.mark.parametrize("batch", [1, 2000])
def test_what_was_taken_back_while_it_was_hidden_does_not_come_back(batch: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thanks and help under a post, one of each taken back while it cannot be seen: the others return with it, and a replay says the same."""
    monkeypatch.setattr(reading, "BATCH", batch)
    cycle = CycleFactory.create(design=small_design(rules=[THANKS, HELP | {"points": 5}]))
    groups = [GroupFactory.create(cycle=cycle) for _ in range(3)]

    def do(done: str, asker: int = 1) -> None:
        kind, noun, payload = DONE[done]
        happen(cycle, (kind, f"{noun}:1", groups[0], 0), payload=payload | {"asker": groups[asker].pk})

    for asker in (1, 2):
        do("thanked", asker)
    do("helped")
    do("hidden")
    score_all(cycle)
    assert totals(cycle) == {groups[0].pk: 0}
    do("thanks taken back", 2)
    do("help taken back")
    do("hidden")
    do("shown")
    score_all(cycle)
    assert totals(cycle) == sums(cycle) == {groups[0].pk: 4}
    PointsCursor.objects.filter(cycle=cycle).update(steady={})
    assert replay_points(cycle).changes == {}
    do("thanks taken back", 1)
    score_all(cycle)
    assert totals(cycle) == {groups[0].pk: 0}


@pytest.mark.parametrize(
    "rules", [[], [THANKS], [{"key": "entry", "event": "idea.shared", "points": 1}]], ids=["none", "others", "for another act"]
)
def test_what_a_rule_gave_goes_with_its_act_though_an_amendment_removed_the_rule(rules: list[dict[str, Any]]) -> None:
    cycle = CycleFactory.create(design=small_design(rules=[ENTRY | {"points": 10}]))
    groups = [GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)]
    journal(cycle, groups, [("entered", 1, 0, 0), ("entered", 2, 1, 0)])
    score_all(cycle)
    add_design(cycle, small_design(rules=rules), by=None)
    cycle.refresh_from_db()
    journal(cycle, groups, [("withdrawn", 1, 0, 1), ("entered", 3, 0, 1)])
    score_all(cycle)
    assert totals(cycle) == sums(cycle) == {groups[0].pk: 0, groups[1].pk: 10}, (
        "what stands stays, until all is read under these rules"
    )
    replay_points(cycle)
    assert rows_of(cycle, tried(cycle)) == []


# --- What is read for it --------------------------------------------------------------------------------------------------------------


@contextmanager
def rows_read() -> Iterator[list[int]]:
    """How many rows each SELECT on the journal and on points gives back."""
    found: list[int] = []

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT") and ("games_journalentry" in sql or "games_points" in sql) and "count(*)" not in sql:
            with connection.cursor() as cursor:
                cursor.execute(f"SELECT count(*) FROM ({sql}) AS asked", params)
                found.append(cursor.fetchone()[0])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        yield found


@pytest.mark.parametrize(
    "late",
    [
        ("submission.received", "submission:900", -100),
        ("submission.withdrawn", "submission:1", 500),
        ("submission.received", "submission:1", 500),
        ("help.withdrawn", "post:2", -1),
    ],
    ids=["a late entry", "a reversal of the first act", "the same once more", "a reversal dated back"],
)
def test_what_lies_before_is_not_read_again(late: tuple[str, str, int]) -> None:
    """However long the journal is: as many statements, and as many rows."""
    seen = []
    for length in (10, 100):
        cycle = CycleFactory.create(design=small_design(rules=RULES[0]))
        groups = [GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)]
        acts = [("entered", 1, 0, 0), ("helped", 2, 0, 1)]
        acts += [("entered", about, 1, 2) for about in range(3, length)]
        journal(cycle, groups, acts)
        score_all(cycle)
        kind, subject, hours = late
        happen(cycle, (kind, subject, groups[0], hours), payload={"asker": groups[1].pk})
        with rows_read() as rows:
            score_all(cycle)
        seen.append(rows)
        assert totals(cycle) == sums(cycle)
        assert PointsTotal.objects.filter(cycle=cycle).count() == 2
        assert PointsCursor.objects.get(cycle=cycle).seal == sealed(cycle.pk).last().seal  # type: ignore[union-attr]
    assert seen[0] == seen[1]
    assert sum(seen[1]) < 30, seen
