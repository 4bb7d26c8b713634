"""What a ceremony has to tell: the covered hour of a contest, and what was won; before publication for organizers, afterwards for all."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.playbooks.schema import Design
from games.results.queries.boards import published_rounds
from games.results.queries.facts import facts_of
from games.results.queries.planning import planned
from games.results.rules import AwardPlan, known_facts
from games.rounds.models import Round
from games.rounds.rules import RoundState
from leaderboards.actions import stored_rows
from leaderboards.computing import compute, reveal
from leaderboards.engine import facts
from leaderboards.engine.outcome import BoardResult
from leaderboards.engine.reveal import Reveal
from leaderboards.engine.spec import BoardSpec, expand_boards


@dataclass(frozen=True, slots=True)
class Curtain:
    """What is behind the curtain. `waiting`: the round whose publication the ceremony precedes, None when everything is out.

    `reveal`: how the main board is opened, where something was held back; `names`: key of a group → name.
    """

    waiting: Round | None
    board: BoardSpec
    result: BoardResult
    reveal: Reveal | None
    awards: list[AwardPlan]
    names: Mapping[str, str]


def ceremony_round(rounds: Sequence[Round]) -> Round | None:
    """The one round that stands between the cycle and its whole result: over, not published, all others published. `rounds` with their state."""
    waiting = [one for one in rounds if one.published_at is None]
    over = {RoundState.LOCKED.value, RoundState.CLOSED.value}
    return waiting[0] if len(waiting) == 1 and waiting[0].state in over else None


def is_published(curtain: Curtain, published: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the main board as computed today is what was published (rows of its snapshot), so that opening it tells nothing else.

    An attempt judged anew counts only with the next publication. Names are left out: who keeps it back may have decided so since.
    """
    before = Counter(_standing(row) for row in published)
    return before == Counter(_standing(row) for row in stored_rows(curtain.result.rows).values())


def _standing(row: Mapping[str, Any]) -> str:
    return repr([row[name] for name in ("place", "score", "keys", "values", "status", "pending")])


def curtain_of(cycle: Cycle, waiting: Round | None, *, points: Sequence[facts.Points] = ()) -> Curtain | None:
    """Compute what the ceremony tells, with `waiting` counted as published; None for a cycle without a board. Writes nothing."""
    design: Design = design_of(cycle)
    spec = next(iter(expand_boards(design)), None)
    if spec is None:
        return None
    shown = published_rounds(cycle) | ({waiting.key} if waiting else set())
    known = known_facts(design, facts_of(cycle, points=points), shown)
    outcome = compute(design, known)
    opened = reveal(design, known, spec.id)
    return Curtain(
        waiting=waiting,
        board=spec,
        result=outcome.boards[spec.id],
        reveal=opened if opened is not None and any(step.challenge for step in opened.steps) else None,
        awards=planned(design, outcome, shown)["awards"],
        names={one.key: one.name or one.key for one in known.groups},
    )
