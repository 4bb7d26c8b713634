"""Reads of the hall: the tables of a round with who is there, where a judge still has something to do, a group's own table."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from games.groups.models import Group
from games.judging.models import Panelist, Pitch, Sheet, Stand, Vote
from games.judging.queries.deciding import judgeable
from games.judging.queries.desk import OPEN
from games.judging.queries.pairs import SHOWN, TOLD
from games.judging.rules import SheetState
from games.judging.rules.hall import Option
from games.organizations.models import Person
from games.rounds.models import Round
from games.rounds.queries import entrants_of


def stands_of(round_: Round) -> QuerySet[Stand]:
    """The tables of a round by number, with group and who is there."""
    return Stand.objects.filter(round=round_).select_related("group", "busy_with").order_by("number")


def without_table(round_: Round) -> QuerySet[Group]:
    """Groups of the round that have no table yet, by name."""
    taken = Stand.objects.filter(round=round_, group=OuterRef("pk"))
    return entrants_of(round_).exclude(Exists(taken)).order_by("name", "pk")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as organizers see it. `seen` of `wanted` judges are done with it; `judge`: who is there now, until when."""

    stand: Stand
    seen: int
    wanted: int
    judge: Person | None
    until: datetime | None

    @property
    def state(self) -> str:
        """absent, busy, done, waiting, or idle where nobody is to come."""
        if self.stand.absent_at is not None:
            return "absent"
        if self.judge is not None:
            return "busy"
        if not self.wanted:
            return "idle"
        return "done" if self.seen >= self.wanted else "waiting"


def tables_in(round_: Round, now: datetime) -> list[Table]:
    """Every table with how often it was seen. Three statements."""
    stands = list(stands_of(round_))
    final, wanted = _sheets_in(round_)
    votes = _votes_in(round_)
    found = []
    for one in stands:
        busy = one.busy_until is not None and one.busy_until > now
        judges, said = final.get(one.group_id, 0), votes.get(one.group_id, 0)
        found.append(
            Table(
                stand=one,
                seen=judges + said,
                wanted=wanted.get(one.group_id, 0) + said,
                judge=one.busy_with if busy else None,
                until=one.busy_until if busy else None,
            )
        )
    return found


def _sheets_in(round_: Round) -> tuple[dict[int, int], dict[int, int]]:
    """Group → judges who are done with it, and judges who have it. One statement."""
    rows: Any = Sheet.objects.filter(challenge__round=round_).exclude(state=SheetState.RECUSED.value).order_by()
    open_ = Count("pk", filter=Q(state__in=OPEN))
    final: dict[int, int] = {}
    wanted: dict[int, int] = {}
    for group, _judge, left in rows.values_list("group_id", "judge_id").annotate(left=open_):
        wanted[group] = wanted.get(group, 0) + 1
        final[group] = final.get(group, 0) + (not left)
    return final, wanted


def _votes_in(round_: Round) -> dict[int, int]:
    """Group → how many comparisons it was in. One statement."""
    found: dict[int, int] = {}
    rows = Vote.objects.filter(TOLD, challenge__round=round_).order_by()
    for a, b, count in rows.values_list("a_id", "b_id").annotate(count=Count("pk")):
        found[a] = found.get(a, 0) + count
        found[b] = found.get(b, 0) + count
    return found


# --- A judge in the hall ----------------------------------------------------------------------------------------------------------------


def sheets_in_hall(persons: Collection[int]) -> QuerySet[Sheet]:
    """Open sheets of these persons on groups that have a table in the round of the sheet; never on their own group or in conflict."""
    table = Stand.objects.filter(round=OuterRef("challenge__round_id"), group=OuterRef("group_id"))
    return judgeable(Sheet.objects.filter(Exists(table), judge__in=sorted(persons), state__in=OPEN))


def pairs_in_hall(persons: Collection[int]) -> QuerySet[Vote]:
    """Pairs that these persons are asked about."""
    return Vote.objects.filter(SHOWN, judge__in=sorted(persons), undone_at__isnull=True)


def to_visit(persons: Collection[int]) -> Q:
    """Tables at which these persons still have something to do: a condition on tables."""
    sheets = sheets_in_hall(persons).filter(challenge__round=OuterRef("round_id"), group=OuterRef("group_id"))
    pairs = pairs_in_hall(persons).filter(
        Q(a=OuterRef("group_id")) | Q(b=OuterRef("group_id")), challenge__round=OuterRef("round_id")
    )
    return Q(Exists(sheets)) | Q(Exists(pairs))


def halls_of(persons: Collection[int]) -> QuerySet[Round]:
    """Rounds in whose hall these persons have something to do, or a table that is theirs, what is due first comes first."""
    if not persons:
        return Round.objects.none()
    mine = Q(busy_with__in=sorted(persons))
    stands = Stand.objects.filter(to_visit(persons) | mine, round=OuterRef("pk"))
    return Round.objects.filter(Exists(stands)).select_related("cycle").order_by("judging_closes_at", "cycle_id", "number")


def options_for(round_: Round, persons: Collection[int]) -> list[Option]:
    """Every table of the round at which these persons have something to do. Three statements."""
    stands = Stand.objects.filter(to_visit(persons), round=round_).order_by("number")
    final, _ = _sheets_in(round_)
    votes = _votes_in(round_)
    mine = set(persons)
    return [
        Option(
            one.pk,
            one.number,
            final.get(one.group_id, 0) + votes.get(one.group_id, 0),
            one.absent_at is not None,
            one.busy_until if one.busy_with_id not in mine else None,
        )
        for one in stands
    ]


def last_table(round_: Round, persons: Collection[int]) -> Stand | None:
    """Where these persons are, or were last."""
    mine = stands_of(round_).filter(busy_with__in=sorted(persons), busy_until__isnull=False)
    return mine.order_by("-busy_until", "-pk").first()


def reached_from(round_: int, group: int, persons: Collection[int], now: datetime) -> bool:
    """Whether these persons came to an entry from the hall: its table is where they are, or were last, not longer than an hour ago."""
    mine = Stand.objects.filter(round=round_, busy_with__in=sorted(persons), busy_until__gt=now - OVER)
    return bool(persons) and mine.order_by("-busy_until", "-pk").values_list("group_id", flat=True).first() == group


def todo_at(stand: Stand, persons: Collection[int]) -> list[Sheet]:
    """The open sheets of these persons on the group of a table, in the order of tasks."""
    mine = sheets_in_hall(persons).filter(challenge__round=stand.round_id, group=stand.group_id)
    return list(mine.select_related("challenge").order_by("challenge__number", "pk"))


def judge_in(round_: Round, persons: Collection[int]) -> Person | None:
    """As whom somebody judges in the round: the person of their sheets or pairs there, or of their place on a panel."""
    here = {"challenge__round": round_}
    sheets = Sheet.objects.filter(**here, judge=OuterRef("pk"))
    votes = Vote.objects.filter(**here, judge=OuterRef("pk"))
    seats = Panelist.objects.filter(**here, person=OuterRef("pk"), left_at__isnull=True)
    judging = Q(Exists(sheets)) | Q(Exists(votes)) | Q(Exists(seats))
    return Person.objects.filter(judging, pk__in=sorted(persons)).order_by("pk").first()


TABLE = ("pk", "number", "location", "absent_at")
PITCH = ("room", "starts_at", "minutes")
OVER = timedelta(hours=1)
"""So long a pitch that began is still the next."""


def with_own_hall(rounds: QuerySet[Round], group: Group, now: datetime) -> QuerySet[Round, Any]:
    """Annotate a group's own table (`table_number` …), its next pitch (`pitch_room` …; after the last one the last), and how many there are."""
    table = Stand.objects.filter(round=OuterRef("pk"), group=group)
    pitches = Pitch.objects.filter(round=OuterRef("pk"), group=group).order_by("starts_at")
    coming = pitches.filter(starts_at__gte=now - OVER)
    count: Any = pitches.order_by().values("group").annotate(count=Count("pk")).values("count")
    last = pitches.order_by("-starts_at")
    return rounds.annotate(
        **{f"table_{name}": Subquery(table.values(name)[:1]) for name in TABLE},
        **{f"pitch_{name}": Coalesce(Subquery(coming.values(name)[:1]), Subquery(last.values(name)[:1])) for name in PITCH},
        pitches_count=Coalesce(Subquery(count), 0),
    )
