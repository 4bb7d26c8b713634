"""What corrections move: who is in the rounds that follow, and what was won. Places are compared by `results.rules.changes_between`. Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from games.changes.rules.corrections import Kept
from games.recognition.rules import GrantState
from games.results.rules import AwardPlan
from games.rounds.rules import RoundState
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.outcome import Outcome

ACTED_ON: Final = frozenset({GrantState.VERIFIED, GrantState.GRANTED, GrantState.DELIVERED, GrantState.DECLINED})
"""States of a grant that people gave it: a recomputation leaves it alone."""
TAKEN_BACK: Final = ACTED_ON - {GrantState.DECLINED}
"""Of these, those that a correction takes back and gives anew."""

type Entrants = Mapping[str, Sequence[str]]
"""Key of a round → keys of the groups in it."""


@dataclass(frozen=True, slots=True)
class Field:
    """A round whose field is settled by results that are out: its state, and what moves in it.

    A round to come follows: `joins`, `leaves`. Once it has begun nobody is taken out of it (`stays`), and once it takes no more entries
    nobody is added (`late`): both by decisions that go with the correction.
    """

    round: str
    state: str
    joins: tuple[str, ...] = ()
    leaves: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    late: tuple[str, ...] = ()

    @property
    def moved(self) -> frozenset[str]:
        """Everybody for whom something is different, or would be."""
        return frozenset((*self.joins, *self.leaves, *self.stays, *self.late))


def with_fields_kept(
    compute: Callable[[Sequence[Kept]], Outcome],
    before: Entrants,
    states: Mapping[str, RoundState],
    *,
    out: Collection[str] = (),
    back: Collection[str] = (),
) -> tuple[Outcome, tuple[Kept, ...]]:
    """The outcome with the decisions that keep the fields of rounds that have begun, and these decisions.

    `compute` gives the outcome under such decisions. `states`: the rounds whose fields count, in order of time. Groups that the
    correction itself puts `out` are not kept, and those that it brings `back` are let in.
    """
    kept: list[Kept] = []
    outcome = compute(kept)
    for key, state in states.items():
        if state is RoundState.PLANNED:
            continue
        more = _kept(key, state, before.get(key, ()), outcome.entrants.get(key, ()), out=out, back=back)
        if more:
            kept += more
            outcome = compute(kept)
    return outcome, tuple(kept)


def _kept(
    key: str, state: RoundState, before: Sequence[str], after: Sequence[str], *, out: Collection[str], back: Collection[str]
) -> list[Kept]:
    stays = [group for group in before if group not in after and group not in out]
    late = [] if state is RoundState.OPEN else [group for group in after if group not in before and group not in back]
    return [
        *(Kept(DecisionKind.ADVANCE.value, key, group) for group in stays),
        *(Kept(DecisionKind.STOP.value, key, group) for group in late),
    ]


def field_moves(before: Entrants, after: Entrants, states: Mapping[str, RoundState], kept: Iterable[Kept]) -> list[Field]:
    """What is different in each of these rounds; those in which nothing is are left out."""
    decided = list(kept)
    found = []
    for key, state in states.items():
        was, now = before.get(key, ()), after.get(key, ())
        field = Field(
            key,
            state.value,
            joins=tuple(group for group in now if group not in was),
            leaves=tuple(group for group in was if group not in now),
            stays=tuple(one.group for one in decided if one.round == key and one.kind == DecisionKind.ADVANCE.value),
            late=tuple(one.group for one in decided if one.round == key and one.kind == DecisionKind.STOP.value),
        )
        if field.moved:
            found.append(field)
    return found


# --- Awards ---------------------------------------------------------------------------------------------------------------------------


class Held(NamedTuple):
    """A grant as it stands: place as number text, whole cents or none."""

    pk: int
    award: str
    group: str
    state: str
    place: str
    cents: int | None


class Won(NamedTuple):
    """Place and cents of an award."""

    place: str
    cents: int | None


@dataclass(frozen=True, slots=True)
class AwardMove:
    """An award that moves for one group. `grant`: what stands now, 0 if nothing does; `before` and `after` are None where it is not won."""

    award: str
    group: str
    grant: int
    state: str
    before: Won | None
    after: Won | None

    @property
    def acted_on(self) -> bool:
        """Whether people have acted on it: then it moves only by what they choose."""
        return self.state in ACTED_ON

    @property
    def to_take_back(self) -> bool:
        """Whether the correction takes it back, and gives it anew where it is still won."""
        return self.state in TAKEN_BACK


def award_moves(held: Iterable[Held], plans: Iterable[AwardPlan]) -> list[AwardMove]:
    """What nominating these plans over these grants moves, in order of the plans. As `recognition.actions.nominate` does it."""
    there = {(one.award, one.group): one for one in held}
    found = []
    for plan in plans:
        for winner in plan["winners"]:
            won = Won(winner["place"], winner["cents"] if plan["budget"] else None)
            one = there.pop((plan["key"], winner["group"]), None)
            if one is None:
                found.append(AwardMove(plan["key"], winner["group"], 0, "", None, won))
            elif (one.place, one.cents) != won:
                found.append(AwardMove(one.award, one.group, one.pk, one.state, Won(one.place, one.cents), won))
        gone = [one for one in there.values() if one.award == plan["key"] and one.state != GrantState.DECLINED]
        found += [AwardMove(one.award, one.group, one.pk, one.state, Won(one.place, one.cents), None) for one in gone]
    return found


def rest_moves(unallocated: Mapping[str, int], plans: Iterable[AwardPlan]) -> dict[str, tuple[int, int]]:
    """Award → (cents that nobody has won now, and then), where that is different."""
    found = {plan["key"]: (unallocated.get(plan["key"], 0), plan["unallocated"]) for plan in plans}
    return {key: (was, now) for key, (was, now) in found.items() if was != now}
