"""What may change in a running cycle, how the next cycle's times and key follow. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from games.cycles.rules import changes
from games.errors import Conflict, Invalid, Problem
from games.playbooks.schema import Design
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext
from leaderboards.engine.spec import BoardSpec, board_rounds, expand_boards
from leaderboards.engine.spec.scoring import Source

WORDS: Final = frozenset({"name", "summary", "brief", "aim", "help"})
"""Keys that hold words for people; they may be mended while a round runs."""
BY_KEY: Final = frozenset({"weights", "first"})
"""Tables whose keys are keys of other tables, not names of settings."""
TIMES: Final = frozenset({"opens", "closes", "judging_closes", "starts", "begins", "ends", "date"})
_NUMBERED: Final = re.compile(r"(.*?)(\d+)", re.ASCII)


class LaunchRefused(Invalid):
    """The cycle cannot be launched as it is; `problems` names every missing item."""

    code = "launch_refused"

    def __init__(self, problems: list[Problem]) -> None:
        missing = ngettext("1 thing is", "{count} things are", len(problems), count=len(problems))
        listed = "; ".join(str(one) for one in problems)
        super().__init__(
            _("{missing} missing or wrong: {listed}", missing=missing, listed=listed), where=problems[0].where, problems=problems
        )


class CycleKeyTaken(Conflict):
    """Another cycle has this key."""

    code = "cycle_key_taken"


class SeriesTaken(Conflict):
    """The series is somebody else's."""

    code = "series_taken"


class AmendRefused(Conflict):
    """The change would alter what has begun; `problems` says what and why."""

    code = "amend_refused"

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(str(one) for one in problems), where=problems[0].where, problems=problems)


class NothingChanged(Invalid):
    """The amendment leaves the rules as they are."""

    code = "nothing_changed"


class DraftMoved(Conflict):
    """Somebody saved the draft in between: on another device, or another organizer."""

    code = "draft_moved"


class DraftRefused(Conflict):
    """The cycle is in a state in which its rules are not written like this."""

    code = "draft_refused"


class CutUndecided(Conflict):
    """Equal places stand across the line of a cut, and the Design says that a decision settles them."""

    code = "cut_undecided"


class RoundUnfinished(Conflict):
    """Something that was promised is still to be done before the round, or the cycle, is closed or published."""

    code = "round_unfinished"


def scoring_of(data: Any) -> Any:
    """The data without words for people: what is left decides results."""
    if isinstance(data, Mapping):
        kept = {name: value for name, value in data.items() if name not in WORDS or not isinstance(value, str)}
        return {name: value if name in BY_KEY else scoring_of(value) for name, value in kept.items()}
    return [scoring_of(one) for one in data] if isinstance(data, list) else data


def frozen_problems(before: Design, after: Design, begun: Collection[str]) -> list[Problem]:
    """Why `after` cannot replace `before` once the rounds `begun` have opened. Words may change; what decides results may not."""
    if not begun:
        return []
    found = [*_numbers(before, after), *_rounds(before, after, begun), *_challenges(before, after, begun)]
    return [*found, *_boards(before, after, begun), *_cuts(before, after, begun)]


def _numbers(before: Design, after: Design) -> Iterator[Problem]:
    for name in ("rounding", "mark_decimals"):
        if getattr(before.cycle, name) != getattr(after.cycle, name):
            yield Problem(f"cycle.{name}", _("a round has begun under the other number rule"))


def _rounds(before: Design, after: Design, begun: Collection[str]) -> Iterator[Problem]:
    for one in before.rounds:
        if one.key not in begun:
            continue
        other = after.round(one.key)
        path = f'rounds["{one.key}"]'
        if other is None:
            yield Problem(path, _("it has begun and cannot be taken away; close it instead"))
            continue
        for change in changes(scoring_of(dumped(one)), scoring_of(dumped(other)), path):
            more = _("; extend it instead") if change["path"].endswith(".closes") else ""
            text = _('round "{key}" has begun under the rule {rule}{more}', key=one.key, rule=change["before"], more=more)
            yield Problem(change["path"], text)


def _challenges(before: Design, after: Design, begun: Collection[str]) -> Iterator[Problem]:
    for key in begun:
        old, new = _set_in(before, key), _set_in(after, key)
        for change in changes(old, new, f'rounds["{key}"].challenges'):
            what = _("this would change how its entries are scored")
            if ".panels" in change["path"]:
                what = _("how its judges' marks become a result is settled")
            text = _('round "{key}" has begun; {what}, and only a change set may correct it', key=key, what=what)
            yield Problem(change["path"], text)


def _set_in(design: Design, round_key: str) -> dict[str, Any]:
    """How each task of a round is scored, by key."""
    tasks = [one for one in design.challenges if one.in_round(round_key)]
    return {one.key: scoring_of({name: value for name, value in dumped(one).items() if name != "rounds"}) for one in tasks}


def _boards(before: Design, after: Design, begun: Collection[str]) -> Iterator[Problem]:
    others = {board.id: board for board in expand_boards(after)}
    boards = expand_boards(before)
    if boards and next(iter(others), None) != boards[0].id:
        yield Problem("boards", _('board "{boards}" is the main result, and a round has begun for it', boards=boards[0].id))
    for board in boards:
        counted = [one.key for one in board_rounds(before, board) if one.key in begun]
        other = others.get(board.id)
        if not counted or board.source is not Source.ROUNDS:
            continue
        old, new = _ranking(before, board), None if other is None else _ranking(after, other)
        for change in changes(old, new, f'boards["{board.id}"]'):
            yield Problem(change["path"], _('it ranks round "{counted}", which has begun', counted=counted[0]))


def _ranking(design: Design, board: BoardSpec) -> Any:
    rounds = [one.key for one in board_rounds(design, board)] if board.rounds is not None or board.weights is not None else None
    return {**scoring_of(dumped(board)), "rounds": rounds}


def _cuts(before: Design, after: Design, begun: Collection[str]) -> Iterator[Problem]:
    for key in begun:
        old = [dumped(cut) for cut in before.cuts if cut.to == key]
        if changes(old, [dumped(cut) for cut in after.cuts if cut.to == key]):
            yield Problem(f'cuts to "{key}"', _('round "{key}" has begun: who entered it is settled', key=key))


def dumped(spec: Any) -> dict[str, Any]:
    """One table of the Design as JSON data, defaults left out."""
    data: dict[str, Any] = spec.model_dump(mode="json", exclude_defaults=True)
    return data


def last_round(design: Design, board_key: str) -> str:
    """The round whose end settles a board; empty for a board that is not there or ranks points."""
    board = next((one for one in expand_boards(design) if one.id == board_key), None)
    rounds = board_rounds(design, board) if board is not None and board.source is Source.ROUNDS else ()
    return rounds[-1].key if rounds else ""


def decided_after(design: Design, round_key: str) -> list[str]:
    """The rounds whose field is settled when `round_key` is: those that a cut from its boards leads into, and the next if it goes on as it was."""
    fed: dict[str, list[str]] = {}
    for cut in design.cuts:
        fed.setdefault(cut.to, []).append(last_round(design, cut.board))
    order = [one.key for one in design.rounds]
    following = order[order.index(round_key) + 1 :]
    found = [key for key in following if key in fed and _latest(order, fed[key]) == round_key]
    if following and following[0] not in fed and any(key in fed for key in order[: order.index(round_key) + 1]):
        found.insert(0, following[0])
    return found


def _latest(order: list[str], keys: Collection[str]) -> str:
    return max((key for key in keys if key in order), key=order.index, default="")


def zone_of(design: Design) -> tzinfo:
    """The time zone of a cycle, UTC by default."""
    return ZoneInfo(design.cycle.timezone) if design.cycle.timezone else UTC


def zone_named(data: Any) -> tzinfo:
    """The time zone that written rules name, as far as they can be read: else UTC."""
    table = data.get("cycle") if isinstance(data, Mapping) else None
    name = table.get("timezone") if isinstance(table, Mapping) else None
    try:
        return ZoneInfo(name) if isinstance(name, str) and name else UTC
    except (KeyError, ValueError, OSError):
        return UTC


def raw_start(data: Any) -> datetime | None:
    """When written rules would begin, as far as they can be read: the start of the cycle, else the first opening."""
    zone = zone_named(data)
    table = data.get("cycle")
    found = _read_time(table.get("starts") if isinstance(table, Mapping) else None, zone)
    rounds = [one for one in data.get("rounds") or () if isinstance(one, Mapping)] if isinstance(data.get("rounds"), list) else []
    opens = [time for time in (_read_time(one.get("opens"), zone) for one in rounds) if time is not None]
    return found or min(opens, default=None)


def _read_time(value: Any, zone: tzinfo) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found if found is None or found.tzinfo is not None else found.replace(tzinfo=zone)


def moment(value: datetime | date | None, zone: tzinfo) -> datetime | None:
    """A day as its first moment in the zone; a moment as it is."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime(value.year, value.month, value.day, tzinfo=zone)


def begins(design: Design) -> datetime | None:
    """When a cycle starts: as written, else when its first round opens."""
    opens = [one.opens for one in design.rounds if one.opens is not None]
    return moment(design.cycle.starts, zone_of(design)) or (min(opens) if opens else None)


def ends(design: Design) -> datetime | None:
    """When a cycle ends: as written, else when its last round closes."""
    closes = [one.closes for one in design.rounds if one.closes is not None]
    return moment(design.cycle.ends, zone_of(design)) or (max(closes) if closes else None)


def shifted(data: Any, by: timedelta, zone: tzinfo) -> Any:
    """Design data with every time moved by so many days of the wall clock: nine o'clock stays nine o'clock."""
    if isinstance(data, Mapping):
        return {name: _moved(value, by, zone) if name in TIMES else shifted(value, by, zone) for name, value in data.items()}
    return [shifted(one, by, zone) for one in data] if isinstance(data, list) else data


def _moved(value: Any, by: timedelta, zone: tzinfo) -> Any:
    if not isinstance(value, str):
        return value
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        return value
    if len(value) == len("2027-01-31"):
        return (found + by).date().isoformat()
    local = (found if found.tzinfo is None else found.astimezone(zone)).replace(tzinfo=None) + by
    return local.replace(tzinfo=zone).isoformat()


def next_key(key: str) -> str:
    """The key of the cycle after: season-1 → season-2, water → water-2."""
    return _next(key, "-")


def next_name(name: str) -> str:
    """The name of the cycle after: Season 1 → Season 2, Clean water → Clean water 2."""
    return _next(name, " ")


def _next(text: str, between: str) -> str:
    match = _NUMBERED.fullmatch(text)
    return f"{match[1]}{int(match[2]) + 1}" if match else f"{text}{between}2"
