"""From the facts to what publishing a round brings: both sides computed, awards, cuts, and the digest by which that state is known again."""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import orjson

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.playbooks.schema import Design
from games.results.queries.boards import boards_of, published_rounds
from games.results.queries.facts import facts_of
from games.results.rules import AwardPlan, CutPlan, PassPlan, Plan, TieUndecided, WinnerPlan, known_facts
from leaderboards.computing import compute
from leaderboards.engine import facts, numbers
from leaderboards.engine.language import gettext as _
from leaderboards.engine.outcome import AwardResult, CutResult, Outcome
from leaderboards.engine.spec import Source, board_rounds, expand_boards
from leaderboards.models import Board

BETWEEN: Final = b"\x1e"


@dataclass(frozen=True, slots=True)
class Sides:
    """What was computed: from everything, `found`, as organizers see it, and from what everybody may know by now, which is `known`.

    `as_of`: the seal up to which the journal was read for the points among them; None where nobody said.
    """

    whole: Outcome
    public: Outcome
    known: facts.Facts = field(default_factory=facts.Facts)
    found: facts.Facts = field(default_factory=facts.Facts)
    as_of: int | None = None


def sides_of(cycle: Cycle, *, points: Sequence[facts.Points] = (), publishing: str = "", as_of: int | None = None) -> Sides:
    """Read the facts of a cycle and compute everything, under its present rules. Writes nothing.

    `publishing` is the key of a round that is being published now. The public side knows nothing of a round that is not published,
    but for what is shown as it happens: a board over two rounds would tell the marks of the second with those of the first.
    """
    design, found = design_of(cycle), facts_of(cycle, points=points)
    whole = compute(design, found)
    known = known_facts(design, found, published_rounds(cycle) | {publishing})
    return Sides(whole, whole if known == found else compute(design, known), known, found, as_of)


# --- What follows from it -------------------------------------------------------------------------------------------------------------


def boards_to_publish(cycle: Cycle, *round_keys: str) -> list[Board]:
    """The boards that count one of these rounds, and those of points and credit."""
    design = design_of(cycle)
    keys = {
        spec.id
        for spec in expand_boards(design)
        if spec.source is not Source.ROUNDS or any(one.key in round_keys for one in board_rounds(design, spec))
    }
    return [board for board in boards_of(cycle) if board.key in keys]


def finished_boards(design: Design, shown: Collection[str]) -> set[str]:
    """The boards all of whose rounds are among `shown`: nothing of them is frozen any more, and their awards are given."""
    return {spec.id for spec in expand_boards(design) if {one.key for one in board_rounds(design, spec)} <= set(shown)}


def undecided_cuts(design: Design, outcome: Outcome, shown: Collection[str]) -> list[CutResult]:
    """The cuts that rest on rounds which are out, or about to be, and fall into a tie that waits for a decision."""
    done = finished_boards(design, shown)
    return [cut for cut in outcome.cuts if cut.to not in shown and cut.undecided and cut.board in done]


def plan_of(cycle: Cycle, outcome: Outcome, *, publishing: str) -> Plan:
    """What publishing this round brings: awards of boards whose rounds are all out then, and who enters the rounds to come.

    Raises TieUndecided when a cut that rests on this round still waits for a decision.
    """
    design, shown = design_of(cycle), published_rounds(cycle) | {publishing}
    for cut in undecided_cuts(design, outcome, shown):
        groups = ", ".join(cut.undecided)
        message = _('The cut to "{to}" falls into a tie of {groups}: decide who goes on, then publish.', to=cut.to, groups=groups)
        raise TieUndecided(message, where=f'cut to "{cut.to}"')
    return planned(design, outcome, shown)


def planned(design: Design, outcome: Outcome, shown: Collection[str]) -> Plan:
    """The plan when the rounds `shown` are out, whether or not a tie still waits."""
    done = finished_boards(design, shown)
    cuts = [cut for cut in outcome.cuts if cut.to not in shown]
    return Plan(
        awards=[_award(design, award) for award in outcome.awards if _board_of(design, award) in done],
        cuts=[CutPlan(board=cut.board, to=cut.to, through=list(cut.through), wildcards=list(cut.wildcards)) for cut in cuts],
        entrants={key: list(groups) for key, groups in outcome.entrants.items() if key not in shown},
        problems=[str(problem) for problem in outcome.problems],
    )


def _board_of(design: Design, award: AwardResult) -> str:
    spec = next(one for one in design.awards if one.key == award.key)
    return spec.board or next((board.id for board in expand_boards(design)), "")


def _award(design: Design, award: AwardResult) -> AwardPlan:
    return AwardPlan(
        key=award.key,
        board=_board_of(design, award),
        budget=award.budget,
        unallocated=award.unallocated,
        winners=[WinnerPlan(group=one.group, place=_text(one.place), cents=one.cents) for one in award.winners],
        passed=[PassPlan(group=one.group, place=_text(one.place), why=one.why.value) for one in award.passed],
    )


def _text(value: Fraction | None) -> str:
    return "" if value is None else numbers.text(value)


# --- Known again ----------------------------------------------------------------------------------------------------------------------


def state_digest(design_number: int, known: facts.Facts, plan: Plan, rounds: Collection[str]) -> str:
    """SHA-256 over everything that publishing rests on: the rules' number, what was done in `rounds`, all decisions, and the plan.

    What goes on meanwhile in other rounds, and points, which always move, count only where they change who wins or goes on.
    """
    digest = hashlib.sha256(f"design {design_number}".encode())
    for rows in _told(known, rounds):
        for line in sorted(repr(row) for row in rows):
            digest.update(line.encode(errors="surrogatepass") + BETWEEN)
        digest.update(BETWEEN)
    digest.update(orjson.dumps([plan["awards"], plan["cuts"], plan["entrants"]], option=orjson.OPT_SORT_KEYS))
    return digest.hexdigest()


def _told(known: facts.Facts, rounds: Collection[str]) -> Iterator[Iterable[object]]:
    yield known.groups
    yield known.decisions
    for rows in (known.submissions, known.marks, known.attempts, known.votes):
        yield (row for row in rows if row.round in rounds)
