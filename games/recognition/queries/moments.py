"""Points as they were: the ledger up to a seal, or up to a moment. What was read up to a seal never changes while its rules stay."""

from collections.abc import Collection, Mapping
from datetime import datetime
from fractions import Fraction
from functools import reduce
from operator import or_
from typing import Any, NamedTuple

from django.db.models import Min, QuerySet, Sum

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.recognition.models import Points, PointsCursor
from games.recognition.queries.crediting import paid_back, sums_of, worked_on
from games.recognition.queries.editions import Edition, shown_of
from games.recognition.queries.points import points_of
from games.recognition.rules.keeping import read
from leaderboards.engine import facts
from leaderboards.models import Snapshot


class Read(NamedTuple):
    """Points as the engine takes them, with the seal up to which the journal was read for them."""

    points: tuple[facts.Points, ...]
    seal: int


def read_until(cycle: Cycle) -> int:
    """The seal up to which points have read the journal of a cycle; 0 before they began."""
    return PointsCursor.objects.filter(cycle=cycle).values_list("seal", flat=True).first() or 0


def points_now(cycle: Cycle) -> Read:
    """Everything that was read, and up to where: one moment even while others go on reading."""
    seal = read_until(cycle)
    return Read(points_at(cycle, seal), seal)


def points_at(cycle: Cycle, seal: int, *, edition: Edition | None = None) -> tuple[facts.Points, ...]:
    """What each group had earned by the acts up to a seal, by the rules shown now, or those of another generation.

    Three statements; five where points flow back to ideas.
    """
    shown = shown_of(cycle) if edition is None else edition
    rows = shown.rows(cycle).filter(seal__lte=seal)
    flows = any(rule.flows for rule in design_of(cycle).rules)
    came, built = (sums_of(paid_back(rows)), sums_of(worked_on(rows))) if flows else ({}, {})
    sums = dict(rows.filter(group__isnull=False).order_by().values_list("group_id").annotate(amount=Sum("amount")))
    keys = Group.objects.filter(pk__in=sums).order_by("key").values_list("pk", "key")
    return tuple(facts.Points(key, Fraction(sums[pk]), Fraction(came.get(pk, 0)), Fraction(built.get(pk, 0))) for pk, key in keys)


def points_published(cycle: Cycle) -> tuple[facts.Points, ...]:
    """The points that boards of points counted when they were published last, by the rules of then; today's where none was. Ten statements at most."""
    public = Snapshot.objects.filter(board__scope=cycle.pk, audience="public", as_of__isnull=False)
    last = public.order_by("-published_at", "-pk").values_list("as_of", "published_at").first()
    if last is None:
        return points_now(cycle).points
    return points_at(cycle, last[0] or 0, edition=edition_at(cycle, last[1]))


def edition_at(cycle: Cycle, when: datetime) -> Edition:
    """Which generation of points was shown at a moment. Two statements at most."""
    return editions_at(cycle, when)[0]


def editions_at(cycle: Cycle, *moments: datetime) -> list[Edition]:
    """Which generation of points was shown at each moment: later ones were swapped in by an entry that says so. Two statements at most."""
    entries = JournalEntry.objects.filter(cycle_id=cycle.pk, kind=Kind.POINTS_CHANGED.value, payload__swapped=True)
    swaps = list(entries.order_by("pk").values_list("at", "payload"))
    if not swaps:
        return [shown_of(cycle)] * len(moments)
    return [_edition(next((said for at, said in reversed(swaps) if at <= when), None)) for when in moments]


def _edition(swap: Mapping[str, Any] | None) -> Edition:
    """By the entry that tells of the swap; the first one before any."""
    return Edition(1) if swap is None else Edition(int(swap["generation"]), read("\n".join(swap.get("kept", ()))))


def seal_at(cycle: Cycle, when: datetime) -> int:
    """The seal up to which the acts that earned points were done by then: the one before the first that came later. Two statements."""
    later = points_of(cycle).filter(at__gt=when).order_by().aggregate(first=Min("seal"))["first"]
    return read_until(cycle) if later is None else max(0, later - 1)


def earned_between(cycle: Cycle, edition: Edition, after: int, until: int, groups: Collection[str]) -> QuerySet[Points]:
    """The points of the acts after one seal, up to another, by the rules of a generation; of some groups, by key."""
    return edition.rows(cycle).filter(seal__gt=after, seal__lte=until, group__key__in=groups)


def earned_by(cycle: Cycle, editions: Collection[Edition], until: int, groups: Collection[str]) -> QuerySet[Points]:
    """The points of all acts up to a seal, by the rules of any of these generations; of some groups, by key."""
    among = reduce(or_, (one.among for one in editions))
    return Points.objects.filter(among, cycle=cycle, seal__lte=until, group__key__in=groups)
