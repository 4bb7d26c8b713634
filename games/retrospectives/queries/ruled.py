"""Which rules of points moved behaviour: what each gave, to how many teams, and whether more was done after it changed than before."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from django.db.models import Count, Q, Sum

from games.cycles.models import Cycle
from games.cycles.models import Design as DesignRow
from games.groups.models import Group
from games.groups.rules import GroupState
from games.journal.models import JournalEntry
from games.playbooks.schema import Design
from games.recognition.models import PointsTotal
from games.recognition.queries.points import generation_shown, points_of
from leaderboards.engine import numbers

WEEK: Final = timedelta(days=7)
DAY: Final = 86_400
TENTH: Final = 10


def rules(cycle: Cycle, design: Design, now: datetime) -> dict[str, Any]:
    """Each rule with what it gave (`points`, to so many `teams`), how often its act was done, and acts a team and week before and after
    it changed in the cycle (empty: it never did, or there was no time). `top`: what the best tenth of the teams holds, in percent.

    Statements: four, and one for each rule that changed.
    """
    if not design.rules:
        return {"rows": [], "total": 0, "top": ""}
    given = {
        rule: (amount, teams)
        for rule, amount, teams in points_of(cycle)
        .order_by()
        .values_list("rule")
        .annotate(given=Sum("amount"), teams=Count("group", distinct=True, filter=Q(amount__gt=0)))
    }
    kinds = {one.event for one in design.rules}
    acts = dict(
        JournalEntry.objects.filter(cycle_id=cycle.pk, kind__in=kinds).order_by().values_list("kind").annotate(number=Count("pk"))
    )
    teams = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).count()
    begun, changed = _changes(cycle)
    over = min(cycle.ends_at or now, now)
    rows = []
    for one in design.rules:
        amount, got = given.get(one.key, (0, 0))
        row = {"key": one.key, "name": one.name or one.key, "event": one.event, "points": amount, "teams": got}
        row |= {"acts": acts.get(one.event, 0), "before": "", "after": "", "changed": ""}
        at = changed.get(one.key)
        if at is not None and begun is not None and begun < at < over and teams:
            row |= {"changed": at.isoformat()} | _around(cycle, one.event, (begun, at, over), teams)
        rows.append(row)
    named = {one.key: one.name or one.key for one in design.rules}
    rows += [_beside(key, *given[key], named) for key in sorted(given.keys() - named.keys())]
    return {"rows": rows, "total": sum(amount for amount, _ in given.values()), "top": _top(cycle)}


def _beside(key: str, amount: int, teams: int, named: dict[str, str]) -> dict[str, Any]:
    """Points that no act earned by itself: credit that a rule passed on, and what was brought from the cycle before."""
    name = named.get(key.rpartition(".")[0], key)
    row = {"key": key, "name": name, "event": "", "points": amount, "teams": teams, "acts": 0}
    return row | {"before": "", "after": "", "changed": ""}


def _changes(cycle: Cycle) -> tuple[datetime | None, dict[str, datetime]]:
    """When the rules began, and rule → when it came in or changed last after that."""
    begun: datetime | None = None
    held: dict[str, Any] = {}
    found: dict[str, datetime] = {}
    for at, told in DesignRow.objects.filter(cycle=cycle).order_by("number").values_list("created_at", "data__rules"):
        now = {str(one.get("key")): one for one in told or ()}
        if begun is None:
            begun = at
        else:
            found |= {key: at for key, one in now.items() if held.get(key) != one}
        held = now
    return begun, found


def _around(cycle: Cycle, event: str, times: tuple[datetime, datetime, datetime], teams: int) -> dict[str, str]:
    begun, at, over = times
    rows: dict[str, int] = JournalEntry.objects.filter(cycle_id=cycle.pk, kind=event, at__lt=over).aggregate(
        before=Count("pk", filter=Q(at__lt=at)), after=Count("pk", filter=Q(at__gte=at))
    )
    return {"before": _rate(rows["before"], at - begun, teams), "after": _rate(rows["after"], over - at, teams)}


def _rate(count: int, span: timedelta, teams: int) -> str:
    """Acts of a team in a week; at least a day is looked at, so that one act in an hour is no flood."""
    weeks = Fraction(max(int(span.total_seconds()), DAY), int(WEEK.total_seconds()))
    return numbers.fixed(Fraction(count, teams) / weeks, 2)


def _top(cycle: Cycle) -> str:
    """Percent of all points that the best tenth of the teams holds, rounded down; empty without points."""
    rows = PointsTotal.objects.filter(cycle=cycle, generation=generation_shown(cycle), amount__gt=0)
    amounts = sorted(rows.values_list("amount", flat=True), reverse=True)
    if not amounts:
        return ""
    most = amounts[: -(-len(amounts) // TENTH)]
    return str(sum(most) * 100 // sum(amounts))
