"""Other rules of points over a million entries of the journal, beside a bare SELECT of the same entries."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import accumulate
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.utils.timezone import now

from bench.contests import begun, rules
from bench.copying import in_bulk
from bench.harness import Pair, Race, Stage, watched
from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.journal.models import Sealer
from games.organizations.models import Person
from games.playbooks.schema import PointRule
from games.recognition.actions import read_on, try_points
from games.recognition.models import Points, PointsCursor, PointsTotal

SIZES: Final = {"tiny": 600, "quick": 50_000}
WHOLE: Final = 1_000_000
GROUPS: Final = 1000
DAYS: Final = 60
SEED: Final = 0.20261122
CHUNK: Final = 20_000
OFTEN: Final = {
    "post.said": 25, "submission.received": 20, "post.helped": 14, "idea.shared": 10, "test.acted": 9, "follow.changed": 10,
    "thanks.given": 8, "idea.hidden": 1, "help.withdrawn": 1, "round.opened": 2,
}  # fmt: skip
"""Of a hundred entries: two thirds may earn, the others are read by no rule or take something back."""
RULES: Final = (
    {"key": "report", "event": "submission.received", "points": 10, "cap_day": 10, "cap_cycle": 300},
    {"key": "help", "event": "post.helped", "points": 8, "ratio": "0.5", "partner_ratio": "0.25", "cap_week": 60},
    {"key": "share", "event": "idea.shared", "points": 10, "ratio": "0.5", "cap_day": 15},
    {"key": "test", "event": "test.acted", "points": 20, "cap_week": 60, "pause": 60},
    {"key": "thanks", "event": "thanks.given", "points": 1, "cap_day": 5},
)
ENTRIES: Final = """
WITH dice AS MATERIALIZED (
    SELECT n, 1 + width_bucket(100 * random(), %(upto)s::float8[]) AS kind, 1 + floor(%(groups)s * random())::int AS receiver,
        1 + floor(%(groups)s * random())::int AS actor, floor(200 * random())::int AS back
    FROM generate_series(0, %(count)s - 1) n
), told AS (
    SELECT n, (%(kinds)s::text[])[kind] AS kind, (%(ids)s::bigint[])[receiver] AS receiver, (%(ids)s::bigint[])[actor] AS asker,
        (%(actors)s::uuid[])[actor] AS actor, back
    FROM dice
)
INSERT INTO games_journalentry
    (kind, cycle_id, actor, group_id, subject, payload, channel, at, seal, previous_hash, hash)
SELECT kind, %(cycle)s, actor, receiver,
    CASE kind WHEN 'help.withdrawn' THEN 'post' ELSE split_part(kind, '.', 1) END || ':'
        || CASE WHEN kind IN ('idea.hidden', 'help.withdrawn') THEN greatest(n - back, 0) ELSE n END,
    CASE WHEN kind LIKE 'post.%%' OR kind = 'help.withdrawn' THEN jsonb_build_object('asker', asker)
        ELSE '{"round": "round", "challenge": "task1"}'::jsonb END,
    'web', %(begins)s + n * (%(span)s::interval / %(count)s), %(first)s + n, '', ''
FROM told ORDER BY n
"""
BARE: Final = (
    "SELECT seal, kind, actor, group_id, subject, payload, at FROM games_journalentry WHERE cycle_id = %s AND seal IS NOT NULL "
    "ORDER BY seal"
)


@dataclass(frozen=True, slots=True)
class Story:
    """A cycle with a long journal, all of it read once."""

    cycle: Cycle
    entries: int
    rules: Sequence[PointRule]


def story(stage: Stage) -> Story:
    """The long one."""
    return told("replayed", SIZES.get(stage.sizes.name, WHOLE))


def told(key: str, count: int) -> Story:
    """So many sealed entries of sixty days, by a thousand teams."""
    given = [PointRule.model_validate(one) for one in RULES]
    design = rules(key, tasks=1, criteria=2).model_copy(update={"rules": tuple(given)})
    contest = begun(key, tasks=1, criteria=2, groups=min(GROUPS, max(count // 50, 4)), judges=1, design=design)
    first = take_seals(count)
    actors = _people(contest.cycle, contest.groups)
    _fill(contest.cycle, contest.groups, actors, first, count)
    PointsCursor.objects.update_or_create(cycle=contest.cycle, defaults={"seal": first + count - 1})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE games_journalentry")
    return Story(contest.cycle, count, given)


def take_seals(number: int) -> int:
    """So many seals after the last one of every journal, for entries that are written as they would be sealed; the first of them."""
    first = (Sealer.objects.filter(name="journal").values_list("seal", flat=True).first() or 0) + 1
    Sealer.objects.update_or_create(name="journal", defaults={"seal": first + number - 1})
    return first


def _people(cycle: Cycle, groups: Sequence[Group]) -> list[Any]:
    """A member of each group, who acts for it; their pseudonyms."""
    users = get_user_model().objects.bulk_create(
        get_user_model()(email=f"{cycle.key}-{number}@example.org", password="!") for number in range(len(groups))
    )
    people = Person.objects.bulk_create(
        Person(key=f"{cycle.key}-{n}", name=f"Member {n}", user=user) for n, user in enumerate(users)
    )
    since = now() - timedelta(days=DAYS + 2)
    Membership.objects.bulk_create(
        Membership(cycle=cycle, group=group, person=person, role="member", since=since)
        for group, person in zip(groups, people, strict=True)
    )
    return [user.pseudonym for user in users]


def _fill(cycle: Cycle, groups: Sequence[Group], actors: Sequence[Any], first: int, count: int) -> None:
    """The entries, drawn and written by the database: a million in Python would take longer than what is measured."""
    drawn: dict[str, Any] = {
        "upto": list(accumulate(OFTEN.values()))[:-1],
        "kinds": list(OFTEN),
        "ids": [one.pk for one in groups],
        "groups": len(groups),
        "actors": actors,
    }
    span = timedelta(days=DAYS)
    placed: dict[str, Any] = {
        "cycle": cycle.pk,
        "count": count,
        "first": first,
        "begins": now() - span - timedelta(days=1),
        "span": span,
    }
    with in_bulk() as cursor:
        cursor.execute("SELECT setseed(%s)", [SEED])
        cursor.execute(ENTRIES, drawn | placed)


@contextmanager
def replaying(stage: Stage) -> Iterator[Pair]:
    """From asking for other rules to the totals that they give; the limit fetches the same entries, and does nothing with them."""
    long = stage.once(story)
    given: list[int] = []

    def ours() -> float:
        forget(long.cycle)
        with watched() as watch:
            generation = read_under(long.cycle, long.rules)
        given.append(Points.objects.filter(cycle=long.cycle, generation=generation).count())
        return long.entries / watch.seconds

    def limit() -> float:
        with watched() as watch, transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(BARE, [long.cycle.pk])
            fetched = sum(len(rows) for rows in iter(lambda: cursor.fetchmany(CHUNK), []))
        if fetched < long.entries:
            message = f"{fetched} of {long.entries} entries"
            raise RuntimeError(message)
        return long.entries / watch.seconds

    yield Pair(ours, limit, lambda: (f"{long.entries} entries, {given[-1]} points given or taken back",))


def read_under(cycle: Cycle, given: Sequence[PointRule]) -> int:
    """Try these rules and read to the end, as far as has to be. The generation."""
    generation = try_points(cycle, by=None, rules=given).preview_generation or 0
    if not read_on(cycle, generation=generation):
        message = "the replay did not reach its end"
        raise RuntimeError(message)
    return generation


def forget(cycle: Cycle, *, after: int = 0) -> None:
    """Generations of the run before. Nothing points to their rows but each other, and they go together."""
    with in_bulk() as cursor:
        for model in (Points, PointsTotal):
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE cycle_id = %s AND generation > %s", [cycle.pk, after])
        cursor.execute(f"ANALYZE {Points._meta.db_table}")


ROWS: Final = (
    Race(
        "replay",
        "other rules of points over 1,000,000 entries of the journal; limit: a bare SELECT of them",
        "/s",
        replaying,
        0.1,
    ),
)
