"""From cycle to cycle: what teams bring along from the one before, and how the cycles of a series add up."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Annotated, Final, Literal

from pydantic import Field

from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Aggregate, Number, Spec, Switch

MOST_DAYS: Final = 36_500
Most = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]


class Carry(Spec):
    """What comes along from the cycle before. Said here, in the rules of the cycle that takes it in, so that everybody can read it."""

    teams: Switch = Field(default=True, description="active teams come along with their members")
    judges: Switch = Field(default=True, description="judges and those who look on come along")
    points: Number | None = Field(default=None, description="share of the points of a team there that it begins with, like 0.5")
    half_life: Number | None = Field(default=None, description="days after which only half of these points are left")
    handicap: Number | None = Field(
        default=None, description="head start: a share of the points that a team was behind the first there"
    )
    handicap_most: Most | None = Field(default=None, description="the largest head start, in points")
    badges: Switch = Field(default=False, description="badges earned there are shown here, as earned there")
    commitments: Switch = Field(
        default=False, description="what a team took from a study and never tried, and its open tests, become planned tests here"
    )

    def faults(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Shares beyond the whole, and settings that hang on another one."""
        for name in ("points", "handicap"):
            share = getattr(self, name)
            if share is not None and not 0 < share <= 1:
                yield (name,), _("expected a share above 0, at most 1")
        yield from _days(self.half_life, "half_life")
        for name, needs in (("half_life", "points"), ("handicap_most", "handicap")):
            if getattr(self, name) is not None and getattr(self, needs) is None:
                yield (name,), _("it says nothing without {needs}", needs=needs)
        asked = [name for name in ("points", "handicap", "badges", "commitments") if getattr(self, name)]
        if asked and not self.teams:
            yield ("teams",), _("{asked} come along only with their teams", asked=asked[0])


class Season(Spec):
    """How the cycles of a series add up. The newest cycle that says it decides."""

    by: Literal["score", "place", "field", "rating"] = Field(
        default="score",
        description="what of each main board counts: the score; the place; a place weighed by the number of teams and their size; or how it moves a rating",
    )
    combine: Aggregate = Aggregate.SUM
    best: Annotated[int, Field(strict=True, ge=1, le=1000)] | None = Field(
        default=None, description="only so many best cycles of a team count"
    )
    points: tuple[Number, ...] | None = Field(default=None, description="points for places 1, 2, ...")
    half_life: Number | None = Field(default=None, description="days after which a cycle counts half")

    def faults(self) -> Iterator[tuple[tuple[str | int, ...], str]]:
        """Half-lives without an end, and points where there are no places."""
        yield from _days(self.half_life, "half_life")
        if self.half_life is not None and self.by == "place" and self.points is None:
            yield ("half_life",), _("a place that fades would look better with time: give points for places")
        if self.points is not None and self.by == "field":
            yield ("points",), _('by = "field" gives points itself')
        if self.by == "rating":
            given = {"points": self.points, "best": self.best, "half_life": self.half_life}
            asked = [name for name, value in given.items() if value is not None]
            asked += ["combine"] if self.combine is not Aggregate.SUM else []
            yield from (
                ((name,), _("a rating follows from all cycles, one after the other: it has no such setting")) for name in asked
            )
        if self.points is not None and any(one < 0 for one in self.points):
            yield ("points",), _("expected points of at least 0")


def _days(value: Fraction | None, name: str) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if value is not None and not 0 < value <= MOST_DAYS:
        yield (name,), _("expected days above 0, at most {most_days:,}", most_days=MOST_DAYS)
