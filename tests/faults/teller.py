"""Looks at a house from beside it: reads commands as lines of JSON, answers each with one. It has a connection of its own.

`python -m tests.faults.teller`: see `COMMANDS`.
"""

import json
import os
import sys
from collections import Counter
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection, connections, transaction  # noqa: E402
from django.utils.timezone import now  # noqa: E402

from backend.accounts.models import ApiToken, User  # noqa: E402
from backend.accounts.rules import digest_of  # noqa: E402
from bench.contests import begun  # noqa: E402
from games.cycles.models import Cycle  # noqa: E402
from games.cycles.queries import design_of  # noqa: E402
from games.groups.models import Membership  # noqa: E402
from games.journal.models import JournalEntry, Sealer  # noqa: E402
from games.journal.queries import broken_links, sealed  # noqa: E402
from games.organizations.models import Person  # noqa: E402
from games.playbooks.schema import parse_design  # noqa: E402
from games.recognition.models import Points, PointsCursor, PointsTotal  # noqa: E402
from games.recognition.queries.acts import acts_of  # noqa: E402
from games.recognition.rules.points import points_for  # noqa: E402
from games.results.models import ChallengeScore, RecomputeRun  # noqa: E402
from games.results.rules import OPEN  # noqa: E402
from games.submissions.models import Attempt  # noqa: E402
from leaderboards.models import Board, Standing  # noqa: E402
from worker.steps import recompute_now  # noqa: E402

SECRET = "ludus_only-this-house-knows"
SHOWN = ("entry", "line", "bracket", "rank", "place", "score", "keys", "values", "status", "pending")
TASK = {"format": "attempts", "penalty": 20, "accepted": ["AC"], "ignored": ["CE"]}
SEASON = {"key": "season", "source": "points", "ranked": "enrolled", "rounds": []}


def design(key: str) -> dict[str, Any]:
    """Three tasks that are tried, a live board, points for each try, and two boards of the points: one may be kept as a sorted set."""
    return {
        "format": 1,
        "cycle": {"key": key, "name": f"House {key}"},
        "rounds": [{"key": "call", "name": "Call", "visibility": "full"}],
        "challenges": [{"key": one, **TASK} for one in ("a", "b", "c")],
        "boards": [{"key": "result", "order": ["solved high", "penalty low"]}, {"key": "activity", "source": "points"}, SEASON],
        "rules": [{"key": "tried", "event": "attempt.judged", "points": 3}],
    }


def migrate() -> None:
    """Every table."""
    if os.environ.get("FAULTS_SYNC"):
        settings.MIGRATION_MODULES = {one.label: None for one in apps.get_app_configs()}
        call_command("migrate", verbosity=0, run_syncdb=True)
        return
    call_command("migrate", verbosity=0)


def seed(key: str, groups: int) -> dict[str, Any]:
    """A contest under way, and an organizer with a token."""
    contest = begun(key, tasks=3, criteria=1, groups=groups, judges=0, closed=False, design=parse_design(design(key)))
    user, _ = User.objects.get_or_create(email="org@example.org", defaults={"name": "Org", "password": "!"})
    person, _ = Person.objects.get_or_create(key="org", defaults={"name": "Org", "user": user})
    Membership.objects.create(cycle=contest.cycle, person=person, role="organizer", capabilities=["organize"], since=now())
    token = {"user": user, "name": "house", "hint": SECRET[:12], "expires_at": now() + timedelta(days=1)}
    ApiToken.objects.get_or_create(digest=digest_of(SECRET), defaults=token)
    recompute_now(contest.cycle)
    boards = dict(Board.objects.filter(scope=contest.cycle.pk).values_list("key", "pk"))
    return {
        "cycle": contest.cycle.pk,
        "key": key,
        "boards": boards,
        "live": list(Board.objects.filter(scope=contest.cycle.pk, live=True).values_list("key", flat=True)),
        "groups": [one.key for one in contest.groups],
        "token": SECRET,
    }


def waiting(cycle: int) -> dict[str, int]:
    """What is still to be done; nothing in it is above 0 when everything was counted."""
    last = JournalEntry.objects.filter(seal__isnull=False).order_by("-seal").values_list("seal", flat=True).first() or 0
    read = dict(Sealer.objects.values_list("name", "seal")).get("reactions", 0)
    cursor = PointsCursor.objects.filter(cycle=cycle).values_list("seal", flat=True).first() or 0
    return {
        "unsealed": JournalEntry.objects.filter(seal__isnull=True).count(),
        "unread": last - read,
        "uncounted": sealed(cycle, after=cursor).filter(kind="attempt.judged").count(),
        "runs": RecomputeRun.objects.filter(cycle=cycle, state__in=OPEN).count(),
        "failed": RecomputeRun.objects.filter(cycle=cycle, state="failed").count(),
    }


def runs(cycle: int) -> list[list[str]]:
    """The last runs, for messages of tests."""
    rows = RecomputeRun.objects.filter(cycle=cycle).order_by("-pk")[:5]
    return [
        [str(one) for one in row]
        for row in rows.values_list("pk", "state", "step", "tries", "lease_until", "not_before", "error")
    ]


def shown(cycle: int) -> dict[str, Any]:
    """What the boards and the totals say."""
    rows = Standing.objects.filter(board__scope=cycle).order_by("board__key", "audience", "bracket", "rank")
    totals = PointsTotal.objects.filter(cycle=cycle).values_list("group__key", "amount")
    return {
        "rows": [list(row) for row in rows.values_list("board__key", "audience", *SHOWN)],
        "totals": sorted([list(one) for one in totals if one[1]]),
        "scores": sorted(
            [list(one) for one in ChallengeScore.objects.filter(challenge__round__cycle=cycle).values_list(
                "challenge__key", "group__key", "score", "status"
            )]
        ),
    }  # fmt: skip


def rebuilt(cycle: int) -> dict[str, Any]:
    """The same from nothing: the boards from the attempts, the totals from the journal. What was there stays."""
    one = Cycle.objects.get(pk=cycle)
    rules = design_of(one)
    sums: Counter[int] = Counter()
    for award in points_for(rules.rules, acts_of(one, list(sealed(cycle)), rules)):
        sums[award.group or 0] += award.amount
    keys = dict(one.groups.values_list("pk", "key"))
    with transaction.atomic():
        Standing.objects.filter(board__scope=cycle).delete()
        ChallengeScore.objects.filter(challenge__round__cycle=cycle).delete()
        Board.objects.filter(scope=cycle).update(sorted_set=False)  # the engine computes these, too
        recompute_now(one)
        found = shown(cycle)
        transaction.set_rollback(True)
    return found | {"totals": sorted([keys[group], amount] for group, amount in sums.items() if amount)}


def sets(cycle: int) -> list[str]:
    """Boards that are kept as sorted sets by now."""
    return list(Board.objects.filter(scope=cycle, sorted_set=True).values_list("key", flat=True))


def stored(cycle: int) -> dict[str, Any]:
    """The answers of all attempts, the acts in the journal, and whether its chain holds."""
    attempts = Attempt.objects.filter(challenge__round__cycle=cycle)
    acts = JournalEntry.objects.filter(cycle_id=cycle, kind="attempt.judged")
    points = Points.objects.filter(cycle=cycle, rule="tried")
    return {
        "answers": sorted(attempts.values_list("answer", flat=True)),
        "judged": sorted(int(one.partition(":")[2]) for one in acts.values_list("subject", flat=True)),
        "attempts": sorted(attempts.values_list("pk", flat=True)),
        "pointed": sorted(int(one.partition(":")[2]) for one in points.values_list("subject", flat=True)),
        "broken": list(broken_links()),
    }


def versions(cycle: int) -> dict[str, list[int]]:
    """Both versions of each board."""
    rows = Board.objects.filter(scope=cycle).values_list("key", "version", "restricted_version")
    return {key: list(two) for key, *two in rows}


def database_time() -> float:
    """The database's clock, in seconds since 1970."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        return float(cursor.fetchone()[0])


def attempt_times(cycle: int) -> list[float]:
    """When each attempt was written down, in seconds since 1970."""
    return [one.timestamp() for one in Attempt.objects.filter(challenge__round__cycle=cycle).values_list("at", flat=True)]


COMMANDS = {
    one.__name__: one
    for one in (migrate, seed, waiting, runs, shown, rebuilt, sets, stored, versions, database_time, attempt_times)
}  # fmt: skip


def main() -> None:
    """Until standard input ends. An error is an answer too: the database may be away."""
    for line in sys.stdin:
        name, arguments = json.loads(line)
        try:
            answer = {"is": COMMANDS[name](*arguments)}
        except Exception as error:  # noqa: BLE001 it is told, and the next command may work
            connections.close_all()
            answer = {"error": f"{type(error).__name__}: {error}"}
        sys.stdout.write(json.dumps(answer, default=str) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
