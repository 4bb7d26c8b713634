"""What publishing a round would bring, computed as the settle run computes it; nothing is written.

`preview` is the whole; `missing` and `stamp` are cheap reads beside it: what is not in yet, and whether a kept preview is still true.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, Max, Q, Subquery, Sum

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.queries import withheld
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.judging.models import Sheet
from games.judging.queries.ballots import states_of
from games.judging.queries.feedback import Owed
from games.judging.rules import OPEN_SHEETS, SheetState
from games.playbooks.schema import Design
from games.results.queries.boards import published_rounds
from games.results.queries.planning import (
    Sides,
    boards_to_publish,
    finished_boards,
    planned,
    sides_of,
    state_digest,
    undecided_cuts,
)
from games.results.queries.ties import CutTie, open_ties
from games.results.rules import AwardPlan, Change, CutLine, Plan, changes_between, line_of
from games.rounds.models import Round
from games.submissions.models import Attempt
from leaderboards.actions import stored_rows
from leaderboards.engine import facts
from leaderboards.engine.outcome import Outcome, Unscored
from leaderboards.engine.spec import LIVE_FORMATS
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC, RowData, row_data

NO_ENTRY: Final = "no_entry"
LACKING: Final = (Unscored.NO_MARKS, Unscored.QUORUM, Unscored.FIELD)


@dataclass(frozen=True, slots=True)
class PreviewBoard:
    """A board as it would be published. `before`: number of the version it is compared with, 0 if it is the first.

    `hidden`: groups that everybody else will read without their name; here they have it, for those who decide.
    """

    key: str
    name: str
    audience: str
    live: bool
    before: int
    rows: list[RowData]
    changes: list[Change]
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Lacking:
    """A group without a score in a task, and why: a value of `Unscored`, or "no_entry" where nothing was handed in."""

    challenge: str
    group: str
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Everything that publishing would show. `digest` is what a settle run is given: it publishes this state or nothing.

    `entrants`: round → groups, for the rounds whose field is settled by it; `names`: key of a group → its name; `owed`: the words that were
    promised and that nobody has written; `close`: ties across a line that the marks leave open, and that nobody has talked about to the end.
    """

    round: str
    digest: str
    first: bool
    boards: list[PreviewBoard]
    cuts: list[CutLine]
    entrants: dict[str, list[str]]
    awards: list[AwardPlan]
    lacking: list[Lacking]
    problems: list[str]
    names: dict[str, str]
    owed: tuple[Owed, ...] = ()
    close: tuple[CutTie, ...] = ()

    @property
    def undecided(self) -> list[CutLine]:
        """Cuts that wait for a decision: until then nothing can be published."""
        return [cut for cut in self.cuts if cut.undecided]

    def board(self, key: str) -> PreviewBoard | None:
        """The board with this key; the first without one."""
        return next((one for one in self.boards if not key or one.key == key), None)


def preview(round_: Round, *, points: Sequence[facts.Points] = (), targets: Collection[str] | None = None) -> Preview:
    """What publishing `round_` now would bring. About fifteen statements, whatever the size.

    `points` come from whoever keeps them; `targets` are the rounds whose field is settled by it (None: all to come).
    """
    cycle: Cycle = round_.cycle
    design, out = design_of(cycle), published_rounds(cycle)
    shown = out | {round_.key}
    sides = sides_of(cycle, points=points, publishing=round_.key)
    plan = planned(design, sides.public, shown)
    return Preview(
        round=round_.key,
        digest=state_digest(cycle.design_number, sides.known, plan, shown),
        first=round_.key not in out,
        boards=list(preview_boards(cycle, design, boards_to_publish(cycle, round_.key), sides.public, shown)),
        cuts=_cuts(design, sides.public, shown, targets),
        entrants={key: groups for key, groups in plan["entrants"].items() if targets is None or key in targets},
        awards=plan["awards"],
        lacking=_lacking(design, sides, round_.key),
        problems=_problems(plan),
        names={one.key: one.name or one.key for one in sides.known.groups},
        close=tuple(one for one in open_ties(cycle) if one.round == round_.key and not one.exact),
    )


def preview_boards(
    cycle: Cycle, design: Design, among: Iterable[Board], outcome: Outcome, shown: Collection[str]
) -> Iterator[PreviewBoard]:
    """These boards as they would be published from `outcome` when the rounds `shown` are out. Three statements."""
    boards = [one for one in among if one.key in outcome.boards]
    last, done, unnamed = _last(boards), finished_boards(design, shown), withheld(cycle)
    for board in boards:
        columns = stored_rows(outcome.board(board.key, frozen=board.key not in done).rows)
        before = last.get(board.pk)
        places = {(row["entry"], row["line"]): row["place"] for row in before.rows} if before else {}
        written = [
            {**row, "entry": entry, "line": line, "previous_place": places.get((unnamed.get(entry, entry), line), "")}
            for (entry, line), row in columns.items()
        ]
        rows = [row_data(row) for row in sorted(written, key=lambda row: (row["bracket"], row["rank"]))]
        yield PreviewBoard(
            key=board.key,
            name=board.name,
            audience=board.audience,
            live=board.live,
            before=before.number if before else 0,
            rows=rows,
            changes=changes_between(before.rows, rows, unnamed) if before else [],
            hidden=frozenset(row["group"] for row in rows if row["group"] in unnamed),
        )


def _last(boards: Sequence[Board]) -> dict[int, Snapshot]:
    """The last published state of each board, in two statements."""
    latest = (
        Snapshot.objects.filter(board__in=boards, audience=PUBLIC).order_by("board").values("board").annotate(last=Max("number"))
    )
    wanted = Q(pk__in=())
    for row in latest:
        wanted |= Q(board=row["board"], number=row["last"])
    return {one.board_id: one for one in Snapshot.objects.filter(wanted, audience=PUBLIC)}


def _cuts(design: Design, outcome: Outcome, shown: Collection[str], targets: Collection[str] | None) -> list[CutLine]:
    waiting = {(cut.board, cut.to) for cut in undecided_cuts(design, outcome, shown)}
    found = []
    for spec in design.cuts:
        cut = next((one for one in outcome.cuts if (one.board, one.to) == (spec.board, spec.to)), None)
        if cut is None or spec.to in shown or (targets is not None and spec.to not in targets):
            continue
        rows = outcome.boards[cut.board].rows if cut.board in outcome.boards else ()
        found.append(line_of(spec, cut, rows, undecided=(cut.board, cut.to) in waiting))
    return found


def _lacking(design: Design, sides: Sides, key: str) -> list[Lacking]:
    """Who of the round gets no score, because something is still to be done, or because nothing was handed in."""
    entered = {(one.challenge, one.group) for one in sides.known.submissions if one.round == key and one.status == "submitted"}
    asked = {one.key for one in design.challenges if one.in_round(key) and one.form}
    found = []
    for cell in sides.whole.cells.values():
        if cell.round == key and cell.unscored in LACKING:
            without = cell.challenge in asked and (cell.challenge, cell.group) not in entered
            found.append(Lacking(cell.challenge, cell.group, NO_ENTRY if without else str(cell.unscored)))
    return sorted(found, key=lambda one: (one.challenge, one.group))


def _problems(plan: Plan) -> list[str]:
    return list(dict.fromkeys(plan["problems"]))


# --- Beside it ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Missing:
    """What is not in yet: judge → open sheets; attempts without verdict; flags that nobody answered."""

    judges: dict[str, int]
    pending: int
    flags: int
    state: str

    @property
    def open_sheets(self) -> int:
        """Sheets given out that are not final."""
        return sum(self.judges.values())


def missing(round_: Round) -> Missing:
    """What of a round is not in yet. One statement for sheets, one for attempts, one for votes, each only where there may be any."""
    tasks = [one for one in design_of(round_.cycle).challenges if one.in_round(round_.key)]
    formats = {one.format for one in tasks}
    voting = states_of(round_) if any(panel.who == "audience" for one in tasks for panel in one.judges_panels) else ()
    judges = _by_judge(round_) if formats - LIVE_FORMATS else []
    counted = {"all": Count("pk"), "pending": Count("pk", filter=Q(verdict=""))}
    tries = Attempt.objects.filter(challenge__round=round_).aggregate(**counted) if formats & LIVE_FORMATS else {}
    return Missing(
        judges={row["judge__name"]: row["open"] for row in judges if row["open"]},
        pending=tries.get("pending", 0),
        flags=sum(row["flags"] for row in judges),
        state=repr(([list(row.values()) for row in judges], tries, voting)),
    )


def _by_judge(round_: Round) -> list[dict[str, Any]]:
    open_ = Q(state__in=[state.value for state in OPEN_SHEETS])
    rows: Any = (
        Sheet.objects.filter(challenge__round=round_).values("judge__name", "judge_id").order_by("judge__name", "judge_id")
    )
    rows = rows.annotate(
        open=Count("pk", filter=open_),
        final=Count("pk", filter=Q(state=SheetState.FINAL.value)),
        flags=Count("pk", filter=~Q(flag="") & Q(flag_answered_at__isnull=True)),
        saves=Sum("revision"),
        last=Max("final_at"),
    )
    return list(rows)


def stamp(round_: Round, found: Missing) -> str:
    """Changes when a preview made before may no longer be true. One statement: groups by row, and beside them how many acts there are.

    Points and live attempts of other rounds go on meanwhile: who keeps a preview by this keeps it for a short while where they count.
    """
    acts = JournalEntry.objects.filter(cycle_id=round_.cycle_id).exclude(kind=Kind.STANDINGS_CHANGED.value).order_by()
    counted = acts.values("cycle_id").annotate(count=Count("pk"), last=Max("pk"))
    groups = Group.objects.filter(cycle_id=round_.cycle_id).order_by("pk")
    groups = groups.annotate(acts=Subquery(counted.values("count")), last=Subquery(counted.values("last")))
    rows = groups.values_list("key", "name", "division", "state", "columns", "rank_hidden", "acts", "last")
    told = repr((round_.cycle.design_number, round_.published_at, list(rows), found.state))
    return hashlib.sha256(told.encode(errors="surrogatepass")).hexdigest()[:32]
