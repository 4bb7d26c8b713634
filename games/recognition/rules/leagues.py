"""Leagues: small boards of groups that are about as active. Pure."""

from collections.abc import Mapping
from itertools import pairwise


def leagues(before: Mapping[int, int], size: int) -> tuple[tuple[int, ...], ...]:
    """The groups in boards of at most `size`, as even as they come: those that did the most before this week together, and so on.

    `before`: group → points in the weeks before. Groups that did nothing are not in: a league is for those who play.
    """
    order = sorted((group for group, points in before.items() if points > 0), key=lambda group: (-before[group], group))
    boards = -(-len(order) // size)
    cuts = [len(order) * number // boards for number in range(boards + 1)] if boards else []
    return tuple(tuple(order[begin:end]) for begin, end in pairwise(cuts))


def placed(board: tuple[int, ...], now: Mapping[int, int]) -> tuple[tuple[int, int, int], ...]:
    """The board of this week, the best first, as (place, group, points of this week); equals share a place, the next is left out."""
    order = sorted(board, key=lambda group: (-now.get(group, 0), group))
    points = [now.get(group, 0) for group in order]
    return tuple((points.index(value) + 1, group, value) for group, value in zip(order, points, strict=True))
