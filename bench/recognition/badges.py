"""What one more act costs the game (badges, quests, weeks) after a million acts, beside the same act after ten thousand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import now

from bench.contests import begun
from bench.copying import in_bulk
from bench.harness import SECONDS, Pair, Race, Stage, watched
from bench.recognition.replay import take_seals
from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.playbooks.schema import Design
from games.recognition.actions.game import read_game
from games.recognition.models import Tally
from games.recognition.queries.acts import acts_of

SHORT: Final = {"tiny": 60, "quick": 1_000}
LONG: Final = {"tiny": 600, "quick": 50_000}
FEW: Final = 10_000
MANY: Final = 1_000_000
NEW: Final = 200
GAME: Final = {
    "badges": [
        {"key": "steady", "event": "submission.received", "count": 1_000_000},
        {"key": "often", "event": "submission.received", "of": "days", "count": 1_000_000},
        {"key": "streak", "streak": 50},
    ],
    "quests": [{"key": "q", "steps": [{"key": "a", "event": "submission.received"}, {"key": "b", "event": "idea.shared"}]}],
    "streak": {},
}
ENTRIES: Final = """
INSERT INTO games_journalentry (kind, cycle_id, group_id, subject, payload, channel, at, seal, previous_hash, hash)
SELECT 'submission.received', %(cycle)s, (%(ids)s::bigint[])[1 + n %% %(groups)s], 'submission:' || (%(first)s + n),
    '{"round": "round", "challenge": "task1"}', 'web', %(at)s, %(first)s + n, '', ''
FROM generate_series(0, %(count)s - 1) n
"""
MARKS: Final = """
INSERT INTO games_tallymark (tally_id, value)
SELECT (%(ids)s::bigint[])[1 + n %% %(groups)s], 'submission:' || (%(first)s + n) FROM generate_series(0, %(count)s - 1) n
"""


@dataclass(slots=True)
class Played:
    """A cycle with so many acts behind it, all of them counted."""

    cycle: Cycle
    groups: Sequence[Group]
    acts: int
    design: Design
    seen: list[int] = field(default_factory=lambda: [0])


def played(key: str, acts: int, groups: int) -> Played:
    """A journal, tallies and marks as they stand after so many entries handed in, by so many groups."""
    contest = begun(key, tasks=1, criteria=2, groups=groups, judges=1)
    cycle, first = contest.cycle, take_seals(acts)
    _fill(cycle, contest.groups, first, acts, at=now() - timedelta(days=2))
    when = now() - timedelta(days=1)
    kept = [
        Tally(cycle=cycle, key=name, group=group, number=acts // groups, since=when, last_at=when)
        for group in contest.groups
        for name in ("badge:steady", "badge:often", "quest:q:a")
    ]
    tallies = {(one.key, one.group_id): one.pk for one in Tally.objects.bulk_create(kept, batch_size=1000)}
    with in_bulk() as cursor:
        for name in ("badge:steady", "quest:q:a"):
            ids = [tallies[name, group.pk] for group in contest.groups]
            cursor.execute(MARKS, {"ids": ids, "groups": groups, "first": first, "count": acts})
        for table in ("games_journalentry", "games_tally", "games_tallymark"):
            cursor.execute(f"ANALYZE {table}")
    return Played(cycle, contest.groups, acts, Design.model_validate(contest.design.data() | GAME))


def _fill(cycle: Cycle, groups: Sequence[Group], first: int, count: int, *, at: datetime) -> None:
    """Entries handed in, by one group after the other; written by the database, which is quicker than we could tell it."""
    ids = [one.pk for one in groups]
    with in_bulk() as cursor:
        cursor.execute(ENTRIES, {"cycle": cycle.pk, "ids": ids, "groups": len(ids), "first": first, "count": count, "at": at})


def _more(told: Played) -> float:
    """Seconds for some new acts: what the game needs to count them. They are stored before, and stay."""
    first = take_seals(NEW)
    _fill(told.cycle, told.groups, first, NEW, at=now())
    entries = list(JournalEntry.objects.filter(cycle_id=told.cycle.pk, seal__gte=first).order_by("seal"))
    acts = acts_of(told.cycle, entries, told.design)
    with watched() as watch:
        read_game(told.cycle, told.design, entries, acts, [])
    told.seen[0] += len(entries)
    return watch.seconds / len(entries)


@contextmanager
def counting(stage: Stage) -> Iterator[Pair]:
    """The same new acts after a long journal and after a short one."""
    few, many = SHORT.get(stage.sizes.name, FEW), LONG.get(stage.sizes.name, MANY)
    groups = max(few // 50, 4)
    short, long = played("game-short", few, groups), played("game-long", many, groups)
    _more(short)
    _more(long)
    yield Pair(lambda: _more(long), lambda: _more(short), lambda: (f"{NEW} acts after {long.acts}, and after {short.acts}",))


ROWS: Final = (
    Race(
        "badges",
        "one act for badges, quests and weeks after 1,000,000 acts; limit: after 10,000",
        SECONDS,
        counting,
        0.77,
    ),
)
