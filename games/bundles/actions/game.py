"""The game as a bundle brings it: what was earned stays earned, and what was counted goes on from there."""

from collections.abc import Iterable
from datetime import date

from games.bundles.actions.landing import Landing
from games.bundles.earned_rows import GameRow
from games.recognition.models import EarnedBadge, GoalReached, GroupWeek, QuestFinished, Tally

BATCH = 500
BROUGHT = -1
"""The number of the act that earned it: before every act here."""


def load_game(landing: Landing) -> None:
    """Write what game.csv holds. No journal tells of it here, so each row says itself that it was brought."""
    rows = landing.bundle.tables.game.rows
    EarnedBadge.objects.bulk_create((_badge(landing, one) for one in _of(rows, "badge")), batch_size=BATCH)
    QuestFinished.objects.bulk_create(
        (
            QuestFinished(cycle=landing.cycle, quest=one.key, group_id=landing.groups[one.group], seal=BROUGHT, at=one.at)
            for one in _of(rows, "quest")
        ),
        batch_size=BATCH,
    )
    GoalReached.objects.bulk_create(
        GoalReached(cycle=landing.cycle, goal=one.key, groups=one.number, seal=BROUGHT, at=one.at) for one in _of(rows, "goal")
    )
    Tally.objects.bulk_create((_tally(landing, one) for one in _of(rows, "tally")), batch_size=BATCH)
    GroupWeek.objects.bulk_create((_week(landing, one) for one in _of(rows, "week")), batch_size=BATCH)


def _of(rows: Iterable[GameRow], kind: str) -> Iterable[GameRow]:
    return (one for one in rows if one.kind == kind)


def _badge(landing: Landing, row: GameRow) -> EarnedBadge:
    return EarnedBadge(
        cycle=landing.cycle,
        badge=row.key,
        group_id=landing.groups.get(row.group),
        person=landing.people.get(row.person),
        reached=row.number,
        design_number=landing.cycle.design_number,
        seal=BROUGHT,
        at=row.at,
    )


def _tally(landing: Landing, row: GameRow) -> Tally:
    return Tally(
        cycle=landing.cycle,
        key=row.key,
        group_id=landing.groups.get(row.group),
        person=landing.people.get(row.person),
        number=row.number,
        brought=row.number,
        since=row.at,
        last_at=row.last or row.at,
    )


def _week(landing: Landing, row: GameRow) -> GroupWeek:
    return GroupWeek(
        cycle=landing.cycle,
        group_id=landing.groups[row.group],
        week=date.fromisoformat(row.key),
        acts=row.number,
        early=row.early,
        points=row.points,
        brought_acts=row.number,
        brought_early=row.early,
        brought_points=row.points,
    )
