"""Very many marks at once: final sheets as if each judge had made them final, or nothing at all."""

from collections.abc import Callable
from typing import Any

import pytest

from bench.contests import Contest, assign, begun, enter
from bench.people import judges
from games.bundles.actions.scores import ScoreRow, import_scores
from games.errors import GameError
from games.journal.models import JournalEntry
from games.judging.actions import finalize, save_sheet
from games.judging.models import ConflictOfInterest, Mark, Sheet
from games.judging.rules import Given, MarksRefused, SheetState
from games.results.actions import recompute_now
from games.results.models import ChallengeScore

pytestmark = pytest.mark.django_db


@pytest.fixture
def contest() -> Contest:
    made = begun("paper", tasks=1, criteria=2, groups=3, judges=2)
    enter(made)
    judges(made)
    assign(made, SheetState.ASSIGNED)
    return made


def value_of(group: int, judge: int, criterion: int) -> str:
    return str(2 + (group * 5 + judge * 3 + criterion) % 8)


def rows_of(contest: Contest) -> list[ScoreRow]:
    return [
        ScoreRow(group.key, judge.key, f"c{criterion}", value_of(g, j, criterion))
        for g, group in enumerate(contest.groups)
        for j, judge in enumerate(contest.judges)
        for criterion in (1, 2)
    ]


def bring(contest: Contest, rows: list[ScoreRow]) -> int:
    return import_scores(challenge=contest.tasks[0], panel="jury", rows=rows, by=None)


def stored(contest: Contest) -> list[tuple[Any, ...]]:
    cells = ("group__key", "judge__key", "state", "version_id", "design_number", "revision", "marks__criterion", "marks__value")
    return sorted(Sheet.objects.filter(challenge__in=contest.tasks).values_list(*cells), key=repr)


def test_they_are_as_if_each_judge_had_made_them_final(contest: Contest) -> None:
    other = begun("screen", tasks=1, criteria=2, groups=3, judges=2)
    enter(other)
    judges(other)
    assign(other, SheetState.ASSIGNED)
    for g, group in enumerate(other.groups):
        for j, judge in enumerate(other.judges):
            sheet = Sheet.objects.get(challenge=other.tasks[0], group=group, judge=judge)
            finalize(sheet=sheet, by=None, marks=[Given(f"c{c}", value_of(g, j, c)) for c in (1, 2)])
    assert bring(contest, rows_of(contest)) == 6
    ours, theirs = stored(contest), stored(other)
    assert [(row[0], row[2], *row[4:]) for row in ours] == [(row[0], row[2], *row[4:]) for row in theirs]
    assert all(row[3] for row in ours), "each names the version that was judged"
    told = JournalEntry.objects.filter(kind="sheet.finalized", cycle_id=contest.cycle.pk)
    assert {one.channel for one in told} == {"import"}
    assert {(one.group_id, one.subject) for one in told} == {
        (pk, f"sheet:{sheet}") for sheet, pk in Sheet.objects.filter(challenge__in=contest.tasks).values_list("pk", "group_id")
    }
    assert set(told.first().payload) == {"round", "challenge", "panel", "design", "judge", "version_id"}  # type: ignore[union-attr]
    for one in (contest, other):
        recompute_now(one.cycle)
    scores = [
        list(ChallengeScore.objects.filter(challenge__in=one.tasks).order_by("group__key").values_list("group__key", "score"))
        for one in (contest, other)
    ]
    assert scores[0] == scores[1]


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda rows: [rows[0]._replace(value="11"), *rows[1:]], "row 1, column value"),
        (lambda rows: [rows[0]._replace(value="x"), *rows[1:]], "row 1, column value"),
        (lambda rows: [rows[0]._replace(criterion="c9"), *rows[1:]], "row 1, column criterion"),
        (lambda rows: [rows[0]._replace(group="nobody"), *rows[1:]], "row 1, column group"),
        (lambda rows: [rows[0]._replace(judge="nobody"), *rows[1:]], "row 1, column judge"),
        (lambda rows: [*rows, rows[0]], "row 13, column criterion"),
        (lambda rows: rows[1:], "row 1, column criterion"),
        (lambda rows: [], "row 1"),
    ],
)
def test_one_fault_and_nothing_is_written(
    contest: Contest, change: Callable[[list[ScoreRow]], list[ScoreRow]], word: str
) -> None:
    with pytest.raises(MarksRefused) as refused:
        bring(contest, change(rows_of(contest)))
    assert refused.value.where == word
    assert not Mark.objects.exists()
    assert not Sheet.objects.exclude(state="assigned").exists()
    assert not JournalEntry.objects.filter(kind="sheet.finalized").exists()


def test_a_sheet_that_was_begun_is_filled_anew_and_stays_as_it_was_after_a_fault(contest: Contest) -> None:
    sheet = Sheet.objects.get(challenge=contest.tasks[0], group=contest.groups[0], judge=contest.judges[0])
    save_sheet(sheet=sheet, by=None, marks=[Given("c1", "9")])
    assert value_of(0, 0, 1) != "9"
    rows = rows_of(contest)
    with pytest.raises(MarksRefused) as refused:
        bring(contest, [*rows, rows[-1]])
    assert (refused.value.where, len(refused.value.problems)) == ("row 13, column criterion", 1)
    assert [(one.sheet_id, one.criterion) for one in Mark.objects.all()] == [(sheet.pk, "c1")], "its mark, and nobody else's"
    before = Mark.objects.get().value
    bring(contest, rows[::2] + rows[1::2])  # rows of one sheet need not follow each other
    assert Mark.objects.filter(sheet=sheet).count() == 2
    assert Mark.objects.get(sheet=sheet, criterion="c1").value != before
    assert Mark.objects.count() == len(rows)


def test_a_final_sheet_is_not_touched_again(contest: Contest) -> None:
    bring(contest, rows_of(contest))
    with pytest.raises(MarksRefused):
        bring(contest, rows_of(contest))


def test_a_judge_in_conflict_marks_nothing_on_paper_either(contest: Contest) -> None:
    ConflictOfInterest.objects.create(person=contest.judges[0], group=contest.groups[0])
    with pytest.raises(MarksRefused):
        bring(contest, rows_of(contest))


def test_nobody_marks_on_paper_while_nobody_may_mark(contest: Contest) -> None:
    type(contest.cycle).objects.filter(pk=contest.cycle.pk).update(state="closed")
    contest.tasks[0].round.cycle.refresh_from_db()
    with pytest.raises(GameError):
        bring(contest, rows_of(contest))
    assert not Mark.objects.exists()


def test_statements_do_not_grow_with_the_sheets(contest: Contest, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(20):
        bring(contest, rows_of(contest))
