"""Which rows of points make up a generation: its own, and those of earlier ones whose rules read the journal as before."""

from types import MappingProxyType
from typing import Any, NamedTuple

from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, Concat, StrIndex

from games.cycles.models import Cycle
from games.recognition.models import Points, PointsCursor
from games.recognition.rules.keeping import Kept, read


class Edition(NamedTuple):
    """A generation of points by its number, and what it leaves where it was written first."""

    number: int
    kept: Kept = MappingProxyType({})

    @property
    def among(self) -> Q:
        """Which rows of its cycle are in it."""
        wanted = Q(generation=self.number)
        for number, rules in self.kept.items():
            wanted |= Q(generation=number, rule__in=sorted(rules))
        return wanted

    def rows(self, cycle: Cycle) -> QuerySet[Points]:
        """Every award and reversal in it."""
        return Points.objects.filter(self.among, cycle=cycle)


def shown_of(cycle: Cycle) -> Edition:
    """The generation that counts. One statement."""
    found = PointsCursor.objects.filter(cycle=cycle).values_list("generation", "kept").first()
    return Edition(1) if found is None else Edition(found[0], read(found[1]))


def shown_by(cursor: PointsCursor) -> Edition:
    """The generation that counts, by a cursor at hand."""
    return Edition(cursor.generation, read(cursor.kept))


def previewed_by(cursor: PointsCursor) -> Edition:
    """The generation that is tried."""
    return Edition(cursor.preview_generation or 0, read(cursor.preview_kept))


def number_shown() -> Coalesce:
    """The number of the generation that counts, in a statement about rows of any cycle."""
    cursor = PointsCursor.objects.filter(cycle_id=OuterRef("cycle_id")).values("generation")
    return Coalesce(Subquery(cursor), 1)


def shown_anywhere() -> QuerySet[Points]:
    """Points that count, of every cycle."""
    line: Concat | Any = Concat(
        Value("\n"),
        Cast(OuterRef("generation"), CharField()),
        Value(":"),
        OuterRef("rule"),
        Value("\n"),
        output_field=CharField(),
    )
    keeping = PointsCursor.objects.filter(cycle_id=OuterRef("cycle_id")).exclude(kept="")
    kept = Exists(keeping.annotate(found=StrIndex(F("kept"), line)).filter(found__gt=0))
    return Points.objects.filter(Q(generation=number_shown()) | kept)
