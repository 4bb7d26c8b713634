"""Places over time as crossing lines (a bump chart): who stood where after each publication or round.

Every column keeps the order of those who are drawn, one slot each, so neither lines nor labels ever lie on each other;
the number inside a stop is the true place.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

SLOT = 34
TOP = 44
RADIUS = 12
LETTER = 8.0  # width of a letter of a label, on average
GAP = 20


class Tone(StrEnum):
    """How loud a line is: one's own team, the first few, or in the background."""

    MINE = "mine"
    TOP = "top"
    QUIET = "quiet"


LOUDNESS = {Tone.QUIET: 0, Tone.TOP: 1, Tone.MINE: 2}


@dataclass(frozen=True, slots=True)
class Run:
    """What is known of one group: per column its order (1 = first; None: not there) and the place as it is shown."""

    key: str
    name: str
    ranks: tuple[int | None, ...]
    places: tuple[str, ...]
    tone: Tone = Tone.QUIET


@dataclass(frozen=True, slots=True)
class Stop:
    """One place on the way."""

    x: int
    y: int
    place: str


@dataclass(frozen=True, slots=True)
class Label:
    """A name beside the first or last stop of a line."""

    x: int
    y: int
    text: str
    anchor: str


@dataclass(frozen=True, slots=True)
class Line:
    """One group's way. `path` is SVG; it breaks where the group was not on the board."""

    key: str
    name: str
    tone: Tone
    path: str
    stops: tuple[Stop, ...]
    labels: tuple[Label, ...]
    words: str


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column."""

    x: int
    text: str


@dataclass(frozen=True, slots=True)
class Bump:
    """The whole picture; lines stand in the order of painting, the loudest last."""

    width: int
    height: int
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    baseline: int


def bump(
    runs: Sequence[Run], heads: Sequence[str], *, width: int = 960, left: int = 190, right: int = 190, drop: str = "–"
) -> Bump:
    """Place the lines. `left` and `right` are the margins for names; 0 leaves that side without names. `drop`: no place."""
    count = len(heads)
    xs = _columns(count, width, left or RADIUS + 6, right or RADIUS + 6)
    slots = [_slots(runs, column) for column in range(count)]
    deepest = max((len(one) for one in slots), default=0)
    height = TOP + max(deepest, 1) * SLOT
    lines = [
        _line(run, xs, slots, left=left, right=right, drop=drop) for run in runs if any(rank is not None for rank in run.ranks)
    ]
    lines.sort(key=lambda one: LOUDNESS[one.tone])
    apart = xs[1] - xs[0] if count > 1 else width
    columns = tuple(Column(x, shortened(text, apart * 1.15)) for x, text in zip(xs, heads, strict=True))
    return Bump(width, height, columns, tuple(lines), TOP - SLOT // 2 - 4)


def _columns(count: int, width: int, left: int, right: int) -> list[int]:
    """Where the columns stand: evenly between the margins; a single one in the middle."""
    inner = width - left - right
    if count == 1:
        return [left + inner // 2]
    return [left + round(inner * number / (count - 1)) for number in range(count)]


def _slots(runs: Sequence[Run], column: int) -> Mapping[str, int]:
    """The slot of each group in one column, from 0: by rank, equal ranks in the order given."""
    present = [run for run in runs if run.ranks[column] is not None]
    ordered = sorted(present, key=lambda run: run.ranks[column] or 0)
    return {run.key: number for number, run in enumerate(ordered)}


def _line(run: Run, xs: Sequence[int], slots: Sequence[Mapping[str, int]], *, left: int, right: int, drop: str) -> Line:
    stops: list[Stop | None] = [
        Stop(x, TOP + here[run.key] * SLOT, place) if run.key in here else None
        for x, here, place in zip(xs, slots, run.places, strict=True)
    ]
    there = [one for one in stops if one is not None]
    labels = []
    if left and stops[0] is not None:
        labels.append(Label(stops[0].x - GAP, stops[0].y, shortened(run.name, left - GAP), "end"))
    end = next((number for number in range(len(stops) - 1, -1, -1) if stops[number] is not None), 0)
    last = stops[end]
    if right and last is not None and (end == len(stops) - 1 or _free(run.key, end, slots)):
        room = xs[-1] + right - last.x - GAP
        labels.append(
            Label(last.x + GAP, last.y, shortened(run.name, room if end == len(stops) - 1 else min(room, right)), "start")
        )
    words = ", ".join(place or drop for place in run.places)
    return Line(run.key, run.name, run.tone, _path(stops), tuple(there), tuple(labels), words)


def _free(key: str, end: int, slots: Sequence[Mapping[str, int]]) -> bool:
    """Whether nothing passes to the right of a line that ends early: all later columns are shorter than its slot."""
    return all(len(later) <= slots[end][key] for later in slots[end + 1 :])


def _path(stops: Iterable[Stop | None]) -> str:
    """Level at every stop, so that a place is read where it was held."""
    parts: list[str] = []
    before: Stop | None = None
    for stop in stops:
        if stop is not None:
            if before is None:
                parts.append(f"M{stop.x} {stop.y}")
            else:
                bend = (stop.x - before.x) // 2
                parts.append(f"C{before.x + bend} {before.y} {stop.x - bend} {stop.y} {stop.x} {stop.y}")
        before = stop
    return "".join(parts)


def shortened(name: str, room: float) -> str:
    """A name that fits into so much room, cut at its end with an ellipsis."""
    most = max(int(room / LETTER), 3)
    return name if len(name) <= most else f"{name[: most - 1].rstrip()}…"
