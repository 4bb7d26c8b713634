"""Results in the database: compute once, write the scores and the standings that changed."""

from collections.abc import Callable, Sequence
from datetime import datetime
from fractions import Fraction
from typing import Any, Final

from django.db import transaction

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.queries import withheld
from games.journal.actions import announce, record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.results.actions.analyses import panel_analyses, store_panel_analyses
from games.results.actions.looking import ask_for_looks
from games.results.actions.pairs import pair_analyses, store_pair_analyses
from games.results.models import ChallengeScore
from games.results.queries import boards_of, published_rounds
from games.results.queries.planning import Sides, finished_boards, sides_of
from games.results.rules import without_names
from leaderboards.actions import Delta, refresh
from leaderboards.bulk import insert_many
from leaderboards.engine import facts, numbers
from leaderboards.engine.outcome import Cell, Folded, Outcome, StepTaken
from leaderboards.queries import AUDIENCES, PUBLIC

BATCH: Final = 1000
COMPUTED: Final = ("status", "score", "values", "explanation")

type Progress = Callable[[str, float], None]
"""Told what is being done and how far it is, 0 to 1."""


def recompute_now(cycle: Cycle, progress: Progress | None = None, *, points: Sequence[facts.Points] = ()) -> Outcome:
    """Scores and standings of a cycle, at once and without a worker. The same facts again change nothing."""
    tell = progress or (lambda _what, _share: None)
    tell("computing", 0.0)
    sides, pairs = sides_of(cycle, points=points), pair_analyses(cycle)
    analyses = panel_analyses(cycle, design_of(cycle), sides.found, sides.whole)
    tell("storing", 0.6)
    with transaction.atomic():
        store_scores(cycle, sides.whole)
        store_pair_analyses(pairs)
        store_panel_analyses(cycle, analyses)
        ask_for_looks(cycle, analyses)
        refresh_boards(cycle, sides)
    tell("done", 1.0)
    return sides.whole


# --- Scores ---------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def store_scores(cycle: Cycle, outcome: Outcome) -> int:
    """Write the scores that are new or different, remove those that are no more. Returns how many rows changed."""
    challenges = {
        (one.round.key, one.key): one.pk for one in Challenge.objects.filter(round__cycle=cycle).select_related("round")
    }
    groups = dict(Group.objects.filter(cycle=cycle).values_list("key", "pk"))
    there = {
        (row.challenge_id, row.group_id): row
        for row in ChallengeScore.objects.filter(challenge__round__cycle=cycle).iterator(BATCH)
    }
    new, changed = [], []
    for (round_key, key, group), cell in outcome.cells.items():
        place = (challenges[round_key, key], groups[group])
        columns, row = _columns(cell), there.pop(place, None)
        if row is None:
            new.append(ChallengeScore(challenge_id=place[0], group_id=place[1], **columns))
        elif any(getattr(row, name) != value for name, value in columns.items()):
            for name, value in columns.items():
                setattr(row, name, value)
            changed.append(row)
    insert_many(new)
    ChallengeScore.objects.bulk_update(changed, COMPUTED, batch_size=BATCH)
    ChallengeScore.objects.filter(pk__in=[row.pk for row in there.values()]).delete()
    return len(new) + len(changed) + len(there)


def _columns(cell: Cell) -> dict[str, Any]:
    return {
        "status": cell.unscored.value if cell.unscored else "scored",
        "score": _text(cell.score) or "",
        "values": {name: _text(value) for name, value in cell.values.items()},
        "explanation": {
            "panels": [_fold(fold) for fold in cell.folds],
            "steps": [_step(step) for step in cell.steps],
            "full": cell.full,
            "pending": cell.pending,
        },
    }


def _text(value: Fraction | None) -> str | None:
    return None if value is None else numbers.text(value)


def _fold(fold: Folded) -> dict[str, Any]:
    """A panel's work. Marks are [judge, given, used, fate]: short, for there are many."""
    return {
        "panel": fold.panel,
        "criterion": fold.criterion,
        "centre": _text(fold.centre),
        "value": _text(fold.value),
        "weighted": _text(fold.weighted),
        "marks": [[one.judge, _text(one.given), _text(one.used), one.fate.value] for one in fold.marks],
    }


def _step(step: StepTaken) -> dict[str, Any]:
    return {"verb": step.verb, "by": step.by, "amount": _text(step.amount), "after": _text(step.after)}


# --- Standings ------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def refresh_boards(cycle: Cycle, sides: Sides, *, publishing: str = "", now: datetime | None = None) -> list[Delta]:
    """Bring both sides of every board up to date and tell what changed; boards that are kept as sorted sets follow by themselves.

    Who keeps the name to themselves is not named on the public side, so neither in live messages nor in what is published from it.
    The public side of a board with a freeze stays frozen until every round it counts is published; `publishing` is the key of a
    round that is being published now.
    """
    now = now or db_now()
    unnamed = withheld(cycle)
    open_to_all = finished_boards(design_of(cycle), published_rounds(cycle) | {publishing})
    deltas, boards = [], list(boards_of(cycle))
    for board in boards:
        if board.key not in sides.whole.boards or board.sorted_set:
            continue
        for audience in AUDIENCES:
            frozen = audience == PUBLIC and board.key not in open_to_all
            outcome = sides.public if audience == PUBLIC else sides.whole
            rows = outcome.board(board.key, frozen=frozen).rows
            delta = refresh(board, audience, without_names(rows, unnamed) if audience == PUBLIC else rows, now=now)
            if delta is not None:
                deltas.append(delta)
                _tell(cycle, delta, now)
    stale = [board.pk for board in boards if board.as_of != sides.as_of and not board.sorted_set]
    if stale:
        boards_of(cycle).filter(pk__in=stale).update(as_of=sides.as_of)
    return deltas


def _tell(cycle: Cycle, delta: Delta, now: datetime) -> None:
    """Whoever watches is told. The restricted side is not written down: the seals of all that comes later would count how often it moved."""
    payload = {
        "board": delta.key,
        "audience": delta.audience,
        "from": delta.since,
        "version": delta.version,
        "rows": len(delta.changed),
        "gone": list(delta.gone),
    }
    subject = f"board:{delta.board_id}"
    if delta.audience == PUBLIC:
        record(Kind.STANDINGS_CHANGED, cycle_id=cycle.pk, subject=subject, payload=payload)
    else:
        announce(JournalEntry(kind=Kind.STANDINGS_CHANGED.value, cycle_id=cycle.pk, subject=subject, payload=payload, at=now))
