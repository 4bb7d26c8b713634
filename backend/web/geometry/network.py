"""Who is joined with whom: names around a circle, a curve for each pair, the thicker the more flowed along it."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin
from typing import Final, NamedTuple

WIDTH: Final = 720
ROOM: Final = 190
"""What names take on the left and on the right."""
LEAST: Final = 120
"""The smallest radius."""
STEP: Final = 26
"""So far apart stand two neighbours on the circle at least."""
MOST_RADIUS: Final = (WIDTH - 2 * ROOM) // 2
MARGIN: Final = 34
THIN, THICK = 2.0, 9.0
_STRAIGHT: Final = 0.2


class Node(NamedTuple):
    """Somebody: `number` in the order given, where the dot is, where the name begins and how it is set ("", "is-left", "is-middle")."""

    number: int
    x: float
    y: float
    name_x: float
    name_y: float
    side: str


class Curve(NamedTuple):
    """A pair: the path, its width, the numbers of both and how much flowed."""

    path: str
    width: float
    one: int
    other: int
    size: int


@dataclass(frozen=True, slots=True)
class Network:
    """Dots and curves in a box of `width` × `height`."""

    nodes: tuple[Node, ...]
    curves: tuple[Curve, ...]
    height: int
    width: int = WIDTH


def network(count: int, pairs: Sequence[tuple[int, int, int]]) -> Network:
    """Lay out `count` dots and the pairs (one, other, flowed >= 0) between them. The first dot stands on top, the others clockwise."""
    around = max(LEAST, STEP * count / (2 * pi))
    wide, high = min(around, MOST_RADIUS), around
    middle_x, middle_y = WIDTH / 2, high + MARGIN
    nodes = []
    for number in range(count):
        turn = 2 * pi * number / count
        x, y = middle_x + wide * sin(turn), middle_y - high * cos(turn)
        nodes.append(_named(number, x, y, sin(turn), cos(turn)))
    most = max((size for _, _, size in pairs), default=0)
    curves = tuple(
        Curve(_path(nodes[one], nodes[other], middle_x, middle_y), _width(size, most), one, other, size)
        for one, other, size in pairs
    )
    return Network(tuple(nodes), curves, height=round(2 * (high + MARGIN)))


def _named(number: int, x: float, y: float, right: float, up: float) -> Node:
    """A dot with its name outside the circle."""
    x, y = round(x, 1), round(y, 1)
    if abs(right) < _STRAIGHT:
        return Node(number, x, y, x, y - 18 if up > 0 else y + 18, "is-middle")
    return Node(number, x, y, x + 14 if right > 0 else x - 14, y, "" if right > 0 else "is-left")


def _width(size: int, most: int) -> float:
    return round(THIN + (THICK - THIN) * size / most, 1) if most else THIN


def _path(one: Node, other: Node, x: float, y: float) -> str:
    """A curve that leans towards the middle."""
    bend_x, bend_y = round(((one.x + other.x) / 2 + x) / 2, 1), round(((one.y + other.y) / 2 + y) / 2, 1)
    return f"M{one.x} {one.y}Q{bend_x} {bend_y} {other.x} {other.y}"
