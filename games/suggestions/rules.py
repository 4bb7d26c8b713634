"""Words and states of suggestions, and how a named place in the rules becomes a change of them. Pure."""

import json
import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from games.errors import Conflict, Invalid, TooMany
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext


class SuggestionState(StrEnum):
    """open → accepted, declined or withdrawn. What is accepted waits for the gate."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class SuggestionInvalid(Invalid):
    """What was written cannot be taken as it is."""

    code = "suggestion_invalid"


class SuggestionRefused(Conflict):
    """The state of things does not allow it: it is decided, it is one's own, the cycle is over, a round is open."""

    code = "suggestion_refused"


class TooManySuggestions(TooMany):
    """So many were made today that others shall have their turn."""

    code = "too_many_suggestions"


TITLE: Final = 200
WORDS: Final = 5_000
PATH: Final = 300
VALUE: Final = 20_000
MOST_CHANGES: Final = 10
"""So many settings one suggestion changes at most."""
DAY: Final = timedelta(days=1)
SUGGESTIONS_A_DAY: Final = 5
_STEP: Final = re.compile(r'([A-Za-z_][\w-]*)|\["([^"\]]+)"\]')
_PATH: Final = re.compile(r'[A-Za-z_]\w*(?:\["[^"\]]+"\]|\.[A-Za-z_][\w-]*)*')
MISSING: Final = object()
UNSAID: Final = {"panels": "jury"}
"""Keys that rows of a table have where the rules say none."""


def cleaned_title(title: str) -> str:
    """The title in one line. Raises SuggestionInvalid when it says nothing or too much."""
    return _fits(" ".join(title.split()), TITLE, "title", _("Say in one line what should change."))


def cleaned_words(words: str, *, where: str, empty: str) -> str:
    """The words without blanks around them. Raises SuggestionInvalid when they say nothing or too much."""
    return _fits(words.replace("\r\n", "\n").strip(), WORDS, where, empty)


def _fits(text: str, most: int, where: str, empty: str) -> str:
    if not text:
        raise SuggestionInvalid(empty, where=where)
    if len(text) > most:
        message = _("At most {most:,} characters: this has {count:,}.", most=most, count=len(text))
        raise SuggestionInvalid(message, where=where)
    if "\0" in text:
        raise SuggestionInvalid(_("No null character, please."), where=where)
    return text


def check_pace(times: Sequence[datetime], now: datetime) -> None:
    """Refuse more than so many suggestions of one person within a day. `times`: of those of the last day. Raises TooManySuggestions."""
    if len(times) < SUGGESTIONS_A_DAY:
        return
    left = (DAY - (now - min(times))).total_seconds()
    hours = max(1, -(-int(left) // 3600))
    said = f"{hours} {ngettext('hour', 'hours', hours)}"
    message = _(
        "That is {suggestions_a_day} within a day. Others shall have their turn: go on in {said}.",
        suggestions_a_day=SUGGESTIONS_A_DAY,
        said=said,
    )
    raise TooManySuggestions(message, retry_after=left)


# --- A named place in the rules -------------------------------------------------------------------------------------------------------


def cleaned_change(change: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The settings to be changed as [{path, value}]. Raises SuggestionInvalid for a path that names no place."""
    if len(change) > MOST_CHANGES:
        message = _("At most {most_changes} settings in one suggestion.", most_changes=MOST_CHANGES)
        raise SuggestionInvalid(message, where="change")
    found = []
    for one in change:
        path = str(one.get("path", "")).strip()
        if not _PATH.fullmatch(path) or len(path) > PATH:
            message = _(
                '"{path}" names no setting. A setting is named like cycle.summary or rounds["final"].appeal_days.', path=path[:80]
            )
            raise SuggestionInvalid(message, where="path")
        found.append({"path": path, "value": _checked(one.get("value"))})
    return found


def _checked(value: Any) -> Any:
    """A value that a database keeps. Raises SuggestionInvalid for one that is too long, is no JSON, or holds a null character."""
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise SuggestionInvalid(_("Expected a value as JSON tells it."), where="value") from None
    if len(text) > VALUE:
        message = _("At most {value:,} characters: this has {count:,}.", value=VALUE, count=len(text))
        raise SuggestionInvalid(message, where="value")
    if "\\u0000" in text:
        raise SuggestionInvalid(_("No null character, please."), where="value")
    return value


def steps_of(path: str) -> list[tuple[str, bool]]:
    """The steps of a path as (name, whether it is the key of a table): rounds["final"].opens → rounds, "final", opens."""
    return [(match[1], False) if match[1] else (match[2], True) for match in _STEP.finditer(path)]


def value_at(data: Any, path: str) -> Any:
    """What stands at a place in the rules; `MISSING` when nothing does."""
    here, table = data, ""
    for name, key in steps_of(path):
        if key:
            here = next((row for row in (here if isinstance(here, list) else []) if is_row(row, table, name)), MISSING)
        else:
            here, table = (here.get(name, MISSING) if isinstance(here, Mapping) else MISSING), name
        if here is MISSING:
            return MISSING
    return here


def is_row(row: Any, table: str, key: str) -> bool:
    """Whether this row of a table of the rules has the key, which rules leave out where it is the usual one."""
    return isinstance(row, Mapping) and row.get("key", UNSAID.get(table)) == key


def rewritten(data: Mapping[str, Any], change: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The rules with these settings; a value of None takes the setting (or the row of a table) away. The later wins."""
    found: dict[str, Any] = deepcopy(dict(data))
    for one in change:
        _set(found, steps_of(str(one["path"])), deepcopy(one["value"]))
    return found


def _set(table: dict[str, Any], steps: Sequence[tuple[str, bool]], value: Any) -> None:
    (name, __), *rest = steps
    if not rest:
        if value is None:
            table.pop(name, None)
        else:
            table[name] = value
    elif rest[0][1]:
        rows = table.get(name)
        if not isinstance(rows, list):
            table[name] = rows = []
        _set_row(rows, rest, value, table=name)
    else:
        inner = table.get(name)
        if not isinstance(inner, dict):
            table[name] = inner = {}
        _set(inner, rest, value)


def _set_row(rows: list[Any], steps: Sequence[tuple[str, bool]], value: Any, *, table: str) -> None:
    """Into a table with keys: a row with another key comes last."""
    (key, __), *rest = steps
    row = next((one for one in rows if is_row(one, table, key)), None)
    if not rest and value is None:
        rows[:] = [one for one in rows if one is not row]
        return
    if row is None:
        row = {"key": key}
        rows.append(row)
    if rest:
        _set(row, rest, value)
    elif isinstance(value, Mapping):
        row.update(value)


def unreadable(paths: Sequence[str], whole: Any, public: Any) -> list[str]:
    """The places that hold more than everybody may read: a suggestion must not sound out an answer by guessing it."""
    return [path for path in paths if value_at(whole, path) != value_at(public, path)]
