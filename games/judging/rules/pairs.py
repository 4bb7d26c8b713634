"""Decisions about comparing in pairs: which verdicts there are, how long a list may be, why a pair can no longer be answered. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from games.errors import Conflict
from games.judging.rules.states import Outcome, VoteRefused
from leaderboards.engine.language import gettext as _

SHORTEST_LIST: Final = 3
LONGEST_LIST: Final = 6
USUAL_LIST: Final = 4
ENOUGH: Final = 10  # comparisons of each entry


class PairGone(Conflict):
    """The pair is not waiting for this answer: answered before, taken back, or one of the entries is out."""

    code = "pair_gone"


class NothingToUndo(Conflict):
    """This judge has given no verdict here that still counts."""

    code = "nothing_to_undo"


def check_outcome(outcome: str) -> None:
    """Refuse what is no verdict."""
    if outcome not in set(Outcome):
        msg = _('expected "a", "b", "tie" or empty, found "{outcome}"', outcome=outcome[:20])
        raise VoteRefused(msg, where="outcome")


def check_size(size: int) -> None:
    """Refuse a list too short to say more than a pair, or too long to keep in mind."""
    if not SHORTEST_LIST <= size <= LONGEST_LIST:
        msg = _("A list has {shortest_list} to {longest_list} entries.", shortest_list=SHORTEST_LIST, longest_list=LONGEST_LIST)
        raise VoteRefused(msg, where="size")


def check_order(given: Sequence[int], asked: Collection[int]) -> None:
    """Refuse an order that is not one of the entries asked about, each once."""
    if sorted(given) != sorted(asked):
        raise VoteRefused(_("Put each entry of the list in its place, once."), where="order")


def order_of(numbers: Sequence[int], shown: Sequence[int]) -> list[int]:
    """The entries in the order of their numbers, from 1, as they were shown. Refuses a number that none has."""
    if any(not 1 <= number <= len(shown) for number in numbers):
        msg = _("The entries are numbered from 1 to {count}.", count=len(shown))
        raise VoteRefused(msg, where="order")
    return [shown[number - 1] for number in numbers]


def outcome_in(order: Sequence[int], a: int, b: int) -> Outcome:
    """What a list, best first, says about one of its pairs."""
    return Outcome.A if order.index(a) < order.index(b) else Outcome.B


@dataclass(frozen=True, slots=True)
class Share:
    """A judge's part of the work: so many comparisons done, so many asked of each judge that all entries are compared often enough."""

    done: int
    skipped: int
    asked: int

    @property
    def left(self) -> int:
        """What is still asked; 0 where more is a gift."""
        return max(0, self.asked - self.done)

    @property
    def percent(self) -> int:
        """For a progress bar."""
        return min(100, round(100 * self.done / self.asked)) if self.asked else 0


def share_of(entries: int, judges: int, *, done: int, skipped: int) -> Share:
    """Each entry ten times, each comparison has two entries, shared by the judges; nobody can be asked for more pairs than there are."""
    pairs = entries * (entries - 1) // 2
    fair = -(-entries * ENOUGH // (2 * max(1, judges)))
    return Share(done, skipped, min(pairs, fair))
