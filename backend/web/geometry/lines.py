"""Values over time as lines: axis marks, steps, end labels that do not lie on each other."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

from backend.web.geometry.bump import GAP, LOUDNESS, Tone, shortened

MARGIN = 48
FOOT = 34
HEAD = 14
LABEL = 22


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round marks (1, 2 or 5 times a power of ten) that cover low to high, at most about `most` of them."""
    if high <= low:
        high = low + 1
    rough = (high - low) / max(most - 1, 1)
    power = 10 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return [round(number * step, 10) for number in range(first, last + 1)]


def spread(wanted: Sequence[float], *, gap: float, low: float, high: float) -> list[float]:
    """Move positions as little as needed so that neighbours are `gap` apart and all lie from low to high.

    The order is kept. Where there is not room for all, they are spread evenly.
    """
    count = len(wanted)
    if count == 0:
        return []
    if (count - 1) * gap >= high - low:
        gap = (high - low) / max(count - 1, 1)
    order = sorted(range(count), key=lambda number: wanted[number])
    placed: list[float] = []
    for number in order:
        floor_ = placed[-1] + gap if placed else low
        placed.append(max(wanted[number], floor_))
    ceiling = high
    for index in range(count - 1, -1, -1):
        placed[index] = min(placed[index], ceiling)
        ceiling = placed[index] - gap
    found = [0.0] * count
    for index, number in enumerate(order):
        found[number] = placed[index]
    return found


@dataclass(frozen=True, slots=True)
class Series:
    """One group's values: (x, value), in order of x. A value holds until the next one."""

    key: str
    name: str
    points: tuple[tuple[float, float], ...]
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark of an axis."""

    at: int
    text: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """One line, its end and its label."""

    key: str
    name: str
    tone: Tone
    path: str
    end_x: int
    end_y: int
    label_x: int
    label_y: int
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """The whole picture, ready to be written."""

    width: int
    height: int
    left: int
    right: int
    bottom: int
    across: tuple[Mark, ...]
    up: tuple[Mark, ...]
    lines: tuple[Drawn, ...]


def line_chart(
    series: Sequence[Series],
    *,
    until: float | None = None,
    width: int = 960,
    height: int = 360,
    right: int = 190,
    low_is_better: bool = False,
) -> Chart:
    """Steps over time. With `low_is_better` less is drawn higher, so that up is always good. `until` is where time ends."""
    drawn = [one for one in series if one.points]
    xs = [x for one in drawn for x, _ in one.points]
    values = [value for one in drawn for _, value in one.points]
    x_marks = ticks(min(xs, default=0), max([*xs, *([until] if until is not None else [])], default=1), 8)
    y_marks = ticks(min(values, default=0), max(values, default=1), 6)
    last = max([*xs, *([until] if until is not None else [])], default=x_marks[-1])
    area = _Area(
        x_marks[0],
        max(last, x_marks[0] + 1e-9),
        y_marks[0],
        y_marks[-1],
        MARGIN,
        width - right,
        HEAD,
        height - FOOT,
        low_is_better,
    )
    lines = _drawn(drawn, area, last, right)
    across = tuple(Mark(area.x(one), _number(one)) for one in x_marks if one <= last)
    up = tuple(Mark(area.y(one), _number(one)) for one in y_marks)
    return Chart(width, height, MARGIN, width - right, height - FOOT, across, up, tuple(lines))


@dataclass(frozen=True, slots=True)
class _Area:
    """The rectangle in which lines are drawn, in values and in positions."""

    x_low: float
    x_high: float
    y_low: float
    y_high: float
    left: int
    right: int
    top: int
    bottom: int
    turned: bool

    def x(self, value: float) -> int:
        return round(self.left + (value - self.x_low) / (self.x_high - self.x_low) * (self.right - self.left))

    def y(self, value: float) -> int:
        share = (value - self.y_low) / ((self.y_high - self.y_low) or 1)
        return round(self.top + (share if self.turned else 1 - share) * (self.bottom - self.top))


def _drawn(series: Sequence[Series], area: _Area, last: float, right: int) -> list[Drawn]:
    ends = [area.y(one.points[-1][1]) for one in series]
    at = spread(ends, gap=LABEL, low=area.top, high=area.bottom)
    found = [
        Drawn(
            key=one.key,
            name=one.name,
            tone=one.tone,
            path=_steps(one.points, area, last),
            end_x=area.x(last),
            end_y=end,
            label_x=area.x(last) + GAP,
            label_y=round(label),
            label=shortened(one.name, right - GAP),
        )
        for one, end, label in zip(series, ends, at, strict=True)
    ]
    return sorted(found, key=lambda one: LOUDNESS[one.tone])


def _steps(points: Sequence[tuple[float, float]], area: _Area, last: float) -> str:
    """Level until the next value, then straight up or down."""
    x, value = points[0]
    path = f"M{area.x(x)} {area.y(value)}"
    for x, value in points[1:]:
        path += f"H{area.x(x)}V{area.y(value)}"
    return f"{path}H{area.x(last)}"


def _number(value: float) -> str:
    return f"{value:,.10f}".rstrip("0").rstrip(".")
