"""An aim as a bar: where it began, where it stands, where it shall be."""

from dataclasses import dataclass
from fractions import Fraction

from leaderboards.engine.language import gettext as _

WIDTH = 1000


@dataclass(frozen=True, slots=True)
class Meter:
    """An aim as a bar. Positions run from 0 to 1000; texts are ready to show. `reached` is the share of the way, 1 = at the target."""

    name: str
    baseline: str
    now: str
    target: str
    start: int
    end: int
    position: int
    reached: Fraction
    summary: str

    @property
    def fill_from(self) -> int:
        """Left end of the filled part."""
        return min(self.start, self.position)

    @property
    def fill_width(self) -> int:
        """Length of the filled part."""
        return abs(self.position - self.start)


def meter(name: str, *, baseline: Fraction, now: Fraction, target: Fraction, unit: str = "") -> Meter:
    """Place baseline, value of now and target on one rail, baseline on the left, that grows when the value leaves the way between them.

    A target below the baseline (less is better) is drawn the same way: forward is always to the right.
    """
    way = target - baseline
    forward = -1 if way < 0 else 1
    along, goal = (now - baseline) * forward, abs(way)
    low, high = min(along, Fraction(0)), max(along, goal)
    span = high - low or Fraction(1)

    def place(value: Fraction) -> int:
        return round((value - low) / span * WIDTH)

    reached = along / goal if goal else Fraction(int(along >= 0))
    texts = [_shown(value, unit) for value in (baseline, now, target)]
    return Meter(
        name=name,
        baseline=texts[0],
        now=texts[1],
        target=texts[2],
        start=place(Fraction(0)),
        end=place(goal),
        position=place(along),
        reached=reached,
        summary=_(
            "{name}: {texts} now, from {texts2} on the way to {texts3} ({reached} % of the way)",
            name=name,
            texts=texts[1],
            texts2=texts[0],
            texts3=texts[2],
            reached=round(reached * 100),
        ),
    )


def _shown(value: Fraction, unit: str) -> str:
    """At most two decimals, the unit behind a thin gap."""
    number = f"{float(round(value, 2)):,.2f}".rstrip("0").rstrip(".")
    return f"{number} {unit}".rstrip()
