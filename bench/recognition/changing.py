"""After a long journal one rule of points changes, or one act comes late: what is read again, beside reading all of it, in the same run."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from typing import Final

from bench.harness import SECONDS, Pair, Race, Stage, seconds_of
from bench.recognition.replay import DAYS, Story, forget, read_under, take_seals, told
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.playbooks.schema import PointRule
from games.recognition.actions import read_journal, swap_points
from games.recognition.models import PointsCursor
from games.recognition.queries import points_of

SIZES: Final = {"tiny": 600, "quick": 20_000, "full": 1_000_000}
COUNT: Final = 50_000
CHANGES: Final = "report"
"""The rule whose acts are the most of all: a fifth of the journal, a quarter of what is read by any rule."""


def shown(stage: Stage) -> Story:
    """A journal read under the rules in force."""
    made = told("changed", SIZES.get(stage.sizes.name, COUNT))
    swap_points(made.cycle, generation=read_under(made.cycle, made.rules), by=None)
    return made


def changed(rules: Sequence[PointRule]) -> list[PointRule]:
    """One of them gives less."""
    return [one.model_copy(update={"points": one.points - 1}) if one.key == CHANGES else one for one in rules]


def one_rule(made: Story) -> float:
    """Seconds from asking for the changed rule to all totals."""
    return seconds_of(lambda: read_under(made.cycle, changed(made.rules)))


def one_act(made: Story) -> float:
    """Seconds of reading an idea of the day before all others, which the journal gets last."""
    seal, before = take_seals(1), points_of(made.cycle).count()
    groups = Group.objects.filter(cycle=made.cycle).order_by("pk")
    JournalEntry.objects.create(
        kind="idea.shared",
        cycle_id=made.cycle.pk,
        group_id=groups[seal % len(groups)].pk,  # each time another: none has had all that a day gives
        subject=f"idea:{seal}",
        payload={"round": "round", "challenge": "task1"},
        at=db_now() - timedelta(days=DAYS + 2),
        seal=seal,
    )
    seconds = seconds_of(lambda: read_journal(made.cycle))
    if PointsCursor.objects.get(cycle=made.cycle).seal != seal or points_of(made.cycle).count() != before + 1:
        message = "the late act was not read"
        raise RuntimeError(message)
    return seconds


def _beside_all(stage: Stage, work: Callable[[Story], float]) -> Iterator[Pair]:
    made = stage.once(shown)
    cursor = PointsCursor.objects.filter(cycle=made.cycle)
    now = cursor.get()

    def fresh(steady: dict[str, str]) -> None:
        forget(made.cycle, after=now.generation)
        cursor.update(steady=steady)

    def ours() -> float:
        fresh(now.steady)
        return work(made)

    def limit() -> float:
        fresh({})
        return one_rule(made)

    yield Pair(ours, limit, lambda: (f"{made.entries:,} entries, {points_of(made.cycle).count():,} points given or taken back",))


def beside_all(work: Callable[[Story], float]) -> Callable[[Stage], AbstractContextManager[Pair]]:
    """The limit forgets how the rules in force read the journal: every rule is read again."""
    return contextmanager(partial(_beside_all, work=work))


LIMIT: Final = "limit: all five rules read again"
ROWS: Final = (
    Race("replay-rule", f"one of five rules of points changed after 50,000 entries; {LIMIT}", SECONDS, beside_all(one_rule), 2),
    Race(
        "replay-late", f"an act of the day before the first comes after 50,000 entries; {LIMIT}", SECONDS, beside_all(one_act), 20
    ),
)
