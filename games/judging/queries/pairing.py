"""How far comparing in pairs is, for organizers: what each judge said, how often each entry was seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import isqrt
from typing import Any

from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.judging.models import PairEntry, Panelist, Stand, Vote
from games.judging.queries.pairs import counted, entries_in

PAIRWISE = "pairwise"


@dataclass(slots=True)
class JudgeAt:
    """How far a judge is: verdicts on pairs (of these too close), lists put in order, pairs and lists skipped; `done` in comparisons.

    `seat`: None for who has none (any more); what they said counts all the same.
    """

    person: int
    name: str
    seat: Panelist | None = None
    pairs: int = 0
    ties: int = 0
    lists: int = 0
    skipped: int = 0
    done: int = 0
    last: datetime | None = None

    @property
    def here(self) -> bool:
        """Whether they may vote."""
        return self.seat is not None and self.seat.left_at is None


@dataclass(frozen=True, slots=True)
class EntryAt:
    """How often an entry was shown, and compared: a list counts once. `table`: where it stands in the hall."""

    group: int
    key: str
    name: str
    views: int
    votes: int
    table: int | None


def pairs_tasks(cycle: Cycle) -> QuerySet[Challenge, Any]:
    """The tasks of a cycle that are judged in pairs, in order."""
    rows = Challenge.objects.filter(round__cycle=cycle, format=PAIRWISE).select_related("round__cycle")
    return rows.order_by("round__number", "number", "pk")


@dataclass(frozen=True, slots=True)
class PairsTable:
    """A task judged in pairs, in short: who may vote, how often somebody said something."""

    challenge: Challenge
    judges: int
    said: int


def pairs_tables(cycle: Cycle) -> list[PairsTable]:
    """All of a cycle. One statement."""
    seats = Panelist.objects.filter(challenge=OuterRef("pk"), left_at__isnull=True)
    told = counted(Vote.objects.filter(challenge=OuterRef("pk"), ranking__isnull=True)).exclude(outcome="")
    rows = pairs_tasks(cycle).annotate(n_judges=_many(seats, Count("pk")), n_said=_many(told, Sum("count")))
    return [PairsTable(one, one.n_judges, one.n_said) for one in rows]


def _many(rows: QuerySet[Any], how_many: Any) -> Coalesce:
    return Coalesce(Subquery(rows.order_by().values("challenge").annotate(n=how_many).values("n")), 0)


def judges_at(challenge: Challenge) -> list[JudgeAt]:
    """Everybody with a seat or a verdict, by name, who may vote first. Two statements."""
    found: dict[int, JudgeAt] = {}
    for seat in Panelist.objects.filter(challenge=challenge).select_related("person").order_by("pk"):
        found[seat.person_id] = JudgeAt(seat.person_id, seat.person.name, seat)
    for row in _said(challenge):
        judge = found.setdefault(row["judge_id"], JudgeAt(row["judge_id"], row["judge__name"]))
        told, skipped = row["told"] or 0, row["skipped"]
        judge.last = max(filter(None, (judge.last, row["last"])), default=None)
        if row["ranking_id"] is None:
            judge.pairs += told
            judge.ties += row["ties"] or 0
            judge.skipped += skipped
            judge.done += told
        elif told:
            judge.lists += 1
            judge.done += size_of_list(told) // 2
        else:
            judge.skipped += 1
    return sorted(found.values(), key=lambda one: (not one.here, one.name.casefold(), one.person))


def _said(challenge: Challenge) -> Iterator[dict[str, Any]]:
    rows: Any = counted(Vote.objects.filter(challenge=challenge)).order_by()
    told = ~Q(outcome="")
    yield from rows.values("judge_id", "judge__name", "ranking_id").annotate(
        told=Sum("count", filter=told),
        ties=Sum("count", filter=Q(outcome="tie")),
        skipped=Count("pk", filter=~told),
        last=Max("at"),
    )


def size_of_list(pairs: int) -> int:
    """How many entries a list has that implies so many pairs; one that lost some is the size of what is left, rounded up."""
    size = (1 + isqrt(8 * pairs + 1)) // 2
    return size if size * (size - 1) // 2 == pairs else size + 1


def entries_at(challenge: Challenge) -> list[EntryAt]:
    """Every entry that can be compared, the fewest comparisons first. One statement."""
    known = PairEntry.objects.filter(challenge=challenge, group=OuterRef("pk"))
    stand = Stand.objects.filter(round=challenge.round_id, group=OuterRef("pk"))
    rows = entries_in(challenge).annotate(
        n_views=Coalesce(Subquery(known.values("views")[:1]), 0),
        n_votes=Coalesce(Subquery(known.values("votes")[:1]), 0),
        table=Subquery(stand.values("number")[:1]),
    )
    rows = rows.order_by("n_votes", "n_views", "name", "pk")
    return [EntryAt(*row) for row in rows.values_list("pk", "key", "name", "n_views", "n_votes", "table")]
