"""How ideas went from team to team, and how often teams tried something."""

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from statistics import median
from typing import Any, Final

from django.db.models import Count, F, Min, Q

from games.cycles.models import Cycle
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import Derivation, Idea
from games.ideas.rules import DerivationKind, IdeaKind
from games.learning.models import ChangeTest, Taken
from games.learning.rules import Act, ChangeState
from leaderboards.engine import numbers

DAY: Final = 86_400
WEEK: Final = timedelta(days=7)
MOST_WEEKS: Final = 104


def ideas(cycle: Cycle) -> dict[str, Any]:
    """Shared, by how many teams, told failures; built on by other teams, adopted by them, days to that. Four statements."""
    told: dict[str, int] = Idea.objects.filter(cycle=cycle).aggregate(
        shared=Count("pk"),
        teams=Count("group", distinct=True),
        failures=Count("pk", filter=Q(kind=IdeaKind.FAILURE_STORY.value)),
    )
    between = (
        Derivation.objects.filter(target__cycle=cycle)
        .exclude(kind=DerivationKind.REJECTS.value)
        .filter(Q(source__group__isnull=True) | Q(target__group__isnull=True) | ~Q(source__group=F("target__group")))
    )
    flow: dict[str, int] = between.aggregate(links=Count("pk"), sources=Count("source", distinct=True))
    first = (
        between.order_by()
        .values_list("source__shared_at")
        .annotate(first=Min("target__shared_at"))
        .values_list("source__shared_at", "first")
    )
    days = [Fraction(int((then - at).total_seconds()), DAY) for at, then in first if then >= at]
    elsewhere = ChangeTest.objects.filter(cycle=cycle, idea__isnull=False).filter(
        Q(idea__group__isnull=True) | ~Q(group=F("idea__group"))
    )
    tests: dict[str, int] = elsewhere.aggregate(
        tried=Count("idea", distinct=True), adopted=Count("pk", filter=Q(act=Act.ADOPT.value))
    )
    return {**told, **flow, **tests, "days": numbers.fixed(median(days), 1) if days else ""}


def learning(cycle: Cycle, now: datetime) -> dict[str, Any]:
    """Tests planned, done, finished and how they ended; tests a team and week; what was taken from studies, and tried. Four statements."""
    rows = list(ChangeTest.objects.filter(cycle=cycle).values_list("state", "act", "group_id", "created_at", "acted_at"))
    ended = Counter(act for _, act, *_ in rows if act)
    taken: dict[str, int] = Taken.objects.filter(cycle=cycle).aggregate(
        all=Count("pk", distinct=True), tried=Count("pk", distinct=True, filter=Q(change_tests__isnull=False))
    )
    teams = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).count()
    begins = cycle.starts_at or min((one[3] for one in rows), default=now)
    over = min(cycle.ends_at or now, now)
    weeks = max(1, -(-int((over - begins).total_seconds()) // int(WEEK.total_seconds())))
    finished = [one[4] for one in rows if one[4] is not None]
    return {
        "planned": len(rows),
        "done": sum(state != ChangeState.PLANNED.value for state, *_ in rows),
        "finished": len(finished),
        "teams": len({one[2] for one in rows}),
        "of": teams,
        **{act.value: ended[act.value] for act in Act},
        "weeks": weeks,
        "tempo": numbers.fixed(Fraction(len(finished), teams * weeks), 2) if teams else "",
        "weekly": _weekly(finished, begins, min(weeks, MOST_WEEKS)),
        "taken": taken["all"],
        "taken_tried": taken["tried"],
    }


def _weekly(moments: list[datetime], begins: datetime, weeks: int) -> list[int]:
    """So many in each week from the beginning; what lies outside counts for the nearest."""
    found = [0] * weeks
    for one in moments:
        found[min(max((one - begins) // WEEK, 0), weeks - 1)] += 1
    return found
