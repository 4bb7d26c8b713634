"""Old formats of a Design, brought to the present one step at a time. Each step takes and returns plain data."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from games.errors import Problem
from leaderboards.engine.language import gettext as _

PRESENT: Final = 1
Table = dict[str, Any]


def _from_0(old: Mapping[str, Any]) -> Table:
    """Format 0 (drafts before the first release): the name of the cycle stood in `title`, `[cycle]` had only a key, boards were `rankings`."""
    found = dict(old)
    cycle = dict(found.get("cycle", {}))
    if "title" in found:
        cycle["name"] = found.pop("title")
    if "rankings" in found:
        found["boards"] = found.pop("rankings")
    return {**found, "cycle": cycle, "format": 1}


UPGRADERS: Final[Mapping[int, Callable[[Mapping[str, Any]], Table]]] = {0: _from_0}


def upgraded(written: Mapping[str, Any]) -> tuple[Table, list[Problem]]:
    """The data in the present format, or what is wrong with its format."""
    found = dict(written)
    if "format" not in found:
        return found, [Problem("format", _("missing key; the present format is {present}", present=PRESENT))]
    if not isinstance(found["format"], int) or isinstance(found["format"], bool):
        return found, [Problem("format", _("expected a whole number, found {found!r}", found=found["format"]))]
    while found["format"] in UPGRADERS:
        found = UPGRADERS[found["format"]](found)
    if found["format"] != PRESENT:
        return found, [
            Problem(
                "format", _("format {found} is not known; expected {present} or older", found=found["format"], present=PRESENT)
            )
        ]
    return found, []
