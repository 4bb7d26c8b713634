"""What of a board this person may see, read in few statements: the board and its sisters, the side, the page, a contest's cells."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from django.db.models import Case, F, QuerySet, Subquery, Value, When
from django.http import Http404, HttpRequest

from backend.api.permissions import access_of
from backend.web.board_shapes import AROUND, GAP, Seen, order_words, sort_is_low
from backend.web.distances import to_next
from backend.web.pages.cycle import OVER, boards_seen
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.queries import stand_in, withheld
from games.groups.rules import is_unnamed
from games.permissions import SCORES_SHOWN, Access
from games.playbooks.schema import Design
from games.results.queries import Shown, shown_around, shown_of
from games.results.queries.alike import Alike, alike_on
from games.results.queries.behind import with_waiting
from games.results.queries.contest import Task, grid_of, tasks_tried
from games.results.queries.history import places_of
from games.results.queries.pages import Asked, BoardPage, board_page
from games.rounds.models import Round
from games.rounds.queries import rounds_of
from leaderboards import ready
from leaderboards.engine.spec import BoardSpec, board_rounds
from leaderboards.engine.words.boards import find_board
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC, RESTRICTED, RowData

REACH: Final = 5
NAMED: Final = "-"


@dataclass(frozen=True, slots=True)
class Place:
    """A board of a cycle, its sisters, the side that this person looks at.

    `own`: the key of the person's group, then what public results call it, if it keeps its name to itself.
    """

    cycle: Cycle
    board: Board
    boards: list[Board]
    shown: Shown
    access: Access
    own: tuple[str, ...]

    @property
    def mine(self) -> str:
        """The key under which the person's group most likely stands on this side; empty if there is none."""
        return (self.own[0] if self.shown.side == RESTRICTED else self.own[-1]) if self.own else ""


def place_of(request: HttpRequest, cycle: Cycle, key: str) -> Place:
    """The board, or 404 if this person may not see it. One statement; another for a board that shows what was published."""
    access = access_of(request)
    boards = list(with_waiting(_with_own(boards_seen(access, cycle), access, cycle)))
    board = next((one for one in boards if one.key == key), None)
    if board is None:
        raise Http404
    side = request.GET.get("side", "") or ("published" if cycle.state in OVER else "")
    wanted = side if side in {RESTRICTED, "published"} else ""
    shown = shown_of(board, organizes=access.reads(cycle.pk), side=wanted)
    return Place(cycle, board, boards, shown, access, _own_keys(cycle, board))


def _with_own(boards: QuerySet[Board], access: Access, cycle: Cycle) -> QuerySet[Board]:
    """Each board with the key of the group in which the person plays, so that it costs no statement of its own."""
    mine = access.groups_with()
    if not mine:
        return boards
    own = Group.objects.filter(pk__in=mine, cycle=cycle).order_by("pk")
    hidden = own.annotate(stands=Case(When(rank_hidden=True, then=F("unnamed")), default=Value(NAMED)))
    return boards.annotate(own=Subquery(own.values("key")[:1]), stands=Subquery(hidden.values("stands")[:1]))


def _own_keys(cycle: Cycle, board: Board) -> tuple[str, ...]:
    """The keys under which the person's group may stand on this board."""
    key, stands = getattr(board, "own", None), getattr(board, "stands", NAMED)
    if not key:
        return ()
    return (key,) if stands == NAMED else (key, stands or stand_in(cycle.pk, key))


def seen_alike(place: Place, *, whose: bool) -> str | None:
    """As whom this person is shown rows: all who have the same view are shown the same. `whose`: where it matters whose group is among them."""
    view = place.access.view(place.cycle.pk)
    return view if view is None or not whose or not place.own else view + _digest(*place.own)


def page_alike(place: Place) -> str | None:
    """The same of a whole page, with the parts of the cycle that only some are led to, but for what is the person's own."""
    view = place.access.view(place.cycle.pk)
    if view is None or place.access.user_id is None:
        return view
    side = ready.ORGANIZERS if view.startswith(ready.ORGANIZERS) else "p"
    return side + _digest(view, *sorted(place.access.cycles.get(place.cycle.pk, ())), "", *place.own)


def _digest(*told: str) -> str:
    return sha256("\0".join(told).encode()).hexdigest()[:24]


def real_keys(place: Place, rows: Iterable[RowData]) -> dict[str, str]:
    """Key of a row -> key of its group: not the same where a group keeps its name to itself. At most one statement."""
    keys = [row["group"] for row in rows]
    real = {there: key for key, there in withheld(place.cycle).items()} if any(is_unnamed(key) for key in keys) else {}
    return {key: real.get(key, key) for key in keys}


def number_in(text: str | None) -> int:
    """A page number; 1 for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 7 else 1  # noqa: PLR2004 pages are counted in thousands


def spec_of(place: Place, snapshot: Snapshot | None = None) -> tuple[Design, BoardSpec]:
    """The rules that what is shown was computed under, and what they say of this board."""
    stored = snapshot or place.shown.snapshot
    design = design_of(place.cycle, stored.design_number if stored else None)
    return design, find_board(design, place.board.key) or BoardSpec(key=place.board.key)


def clocks_of(place: Place, spec: BoardSpec, tasks: tuple[Task, ...]) -> list[Round]:
    """The rounds with their times, where a freeze or a contest makes them matter; else nothing, at no cost."""
    return list(rounds_of(place.cycle, place.access.now)) if tasks or spec.freeze is not None else []


def page_seen(request: HttpRequest, place: Place, *, versions: list[Snapshot] | None = None, past: bool = False) -> Seen:
    """The page of the board that is asked for, with movement, neighbours, and cells of a contest."""
    design, spec = spec_of(place)
    group, view, sort = (request.GET.get(name, "")[:100] for name in ("group", "view", "sort"))
    found = tasks_tried(design, spec) if not past else ()
    rounds = clocks_of(place, spec, found)
    asked = Asked(
        bracket=request.GET.get("bracket"),
        page=number_in(request.GET.get("page")),
        find=group,
        own=place.own,
        sort=sort,
        low=sort_is_low(spec, sort),
    )
    part = _around(place, (group,) if group else place.own, order_words(design, spec)) if view == AROUND else None
    seen = Seen(
        place.cycle,
        design,
        spec,
        place.shown,
        part or board_page(place.shown, asked),
        rounds=rounds,
        past=past,
        sort=sort if part is None else "",
        view=AROUND if part is not None else "",
        group=_middle(part, group) if part is not None else group,
        alike=Alike() if past else alike_on(place.shown, open_to=SCORES_SHOWN, cycle=place.cycle),
    )
    keys = {row["group"] for row in seen.part.rows} | {*place.own}
    return _with_grid(place, replace(seen, **_since(place, keys, versions)), found)


def _middle(part: BoardPage, group: str) -> str:
    return group or (part.own["group"] if part.own is not None else "")


def _around(place: Place, keys: Sequence[str], steps: list[str]) -> BoardPage | None:
    """The neighbourhood of a group as a page of its own, each row with its distance to the next place; None if it is not there."""
    rows = next((found for key in reversed(keys) if (found := shown_around(place.shown, key, REACH))), [])
    if not rows:
        return None
    for row, gap in zip(rows, to_next(rows, steps), strict=True):
        row["values"] = {**row["values"], GAP: gap or None}
    own = next((row for row in rows if row["group"] in place.own), None)
    return BoardPage(rows, rows[0]["bracket"], [rows[0]["bracket"]], 1, 1, len(rows), own)


def _since(place: Place, keys: Collection[str], versions: list[Snapshot] | None) -> dict[str, Any]:
    """What movement of these live rows is told from: the state published last, if there is one."""
    if place.shown.source != "live":
        return {}
    last = versions[0] if versions else None
    if versions is None:
        last = Snapshot.objects.filter(board=place.board, audience=PUBLIC).defer("rows").order_by("-number").first()
    return {} if last is None else {"since": last, "before": places_of(last, keys)}


def _with_grid(place: Place, seen: Seen, tasks: tuple[Task, ...]) -> Seen:
    """The cells of the tasks whose rounds have begun, if what they tell may be told."""
    begun = {one.key for one in seen.rounds if one.state != "planned"}
    told = tuple(one for one in tasks if one.round in begun)
    if not told or not may_tell(place, seen.design, seen.spec, seen.rounds):
        return seen
    real = real_keys(place, seen.part.rows)
    hidden = frozen(place, seen.design, seen.spec, seen.rounds)
    found = grid_of(place.cycle, seen.design, seen.spec, frozenset(real.values()), frozen=hidden)
    return replace(seen, tasks=told, grid={key: found.get(group, {}) for key, group in real.items()})


def may_tell(place: Place, design: Design, spec: BoardSpec, rounds: Sequence[Round]) -> bool:
    """Cells tell what the board tells while it is live; after that what the rounds show."""
    if place.shown.source == "live":
        return True
    counted = {one.key for one in board_rounds(design, spec)}
    return all(one.published_at is not None and one.visibility in SCORES_SHOWN for one in rounds if one.key in counted)


def frozen(place: Place, design: Design, spec: BoardSpec, rounds: Sequence[Round]) -> bool:
    """Whether the freeze hides something from this side: a round that counts is not published yet."""
    if spec.freeze is None or place.shown.side != PUBLIC:
        return False
    counted = {one.key for one in board_rounds(design, spec)}
    return any(one.published_at is None for one in rounds if one.key in counted)
