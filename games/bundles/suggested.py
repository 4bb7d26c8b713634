"""suggestions.csv: what people would change in the rules, read and checked. Whose it was and who supports it stays behind."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from games.bundles.places import Places
from games.bundles.suggested_rows import SuggestionRow
from games.suggestions.rules import SuggestionInvalid, SuggestionState, cleaned_change
from leaderboards.engine.language import gettext as _

type Refuse = Callable[[str, str], None]


def rows_in(cell: str) -> list[dict[str, Any]]:
    """A list of tables written as JSON; none for an empty cell. Raises ValueError."""
    found = json.loads(cell) if cell else []
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        message = _("expected a list of tables, as JSON")
        raise ValueError(message)
    return found


def check_suggestions(places: Places, rows: Iterable[tuple[SuggestionRow, Refuse]]) -> None:
    """Name everything wrong with the suggestions."""
    seen: set[int] = set()
    for row, refuse in rows:
        if row.number in seen:
            refuse("number", _("{number} is there twice", number=row.number))
        seen.add(row.number)
        if row.group and row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        for name in ("change", "diff", "ruling"):
            _check_change(row, name, refuse)
        ruled = row.state == SuggestionState.ACCEPTED.value and row.applied is not None
        if bool(row.version) != ruled or (row.applied is not None) != ruled:
            refuse("version", _("expected with a time in applied, for one that is accepted, or neither"))


def _check_change(row: SuggestionRow, name: str, refuse: Refuse) -> None:
    try:
        found = rows_in(getattr(row, name))
        if name != "diff":
            cleaned_change(found)
        elif any({"path", "before", "after"} - one.keys() for one in found):
            refuse(name, _("expected path, before and after in each"))
    except (ValueError, SuggestionInvalid) as fault:
        refuse(name, str(fault))
