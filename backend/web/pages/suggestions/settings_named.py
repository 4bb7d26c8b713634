"""Settings of a cycle as people choose them: by the words of the form of the rules, not by their path; and what was typed as a value."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from backend.web.pages.launching.parts import Kind
from backend.web.pages.launching.words import LABELS, place_words
from games.cycles.models import Cycle
from games.cycles.queries import design_of, public_design
from games.progression.drafting import begun_rounds
from games.suggestions.rules import value_at

PLAIN: Final = frozenset(
    {Kind.TEXT, Kind.LONG, Kind.MARKDOWN, Kind.NUMBER, Kind.WHOLE, Kind.SWITCH, Kind.CHOICE, Kind.TIME, Kind.DAY, Kind.ZONE}
)
WORDS: Final = frozenset({Kind.TEXT, Kind.LONG, Kind.MARKDOWN, Kind.CHOICE, Kind.TIME, Kind.DAY, Kind.ZONE})
FIXED: Final = frozenset({"cycle.key", "cycle.series", "cycle.starts", "cycle.source", "cycle.licence", "rounds.key"})
TRUTH: Final = {"yes": True, "no": False, "true": True, "false": False}

type Choices = list[tuple[str, list[tuple[str, str]]]]


def public_data(cycle: Cycle, opened: frozenset[str]) -> dict[str, Any]:
    """The rules as everybody may read them."""
    return public_design(design_of(cycle), opened)


def settings_of(cycle: Cycle, now: Any) -> Choices:
    """What can be named with one value: of the cycle, and of each round and its criteria that have not begun. Grouped, in words."""
    begun = frozenset(begun_rounds(cycle, now))
    data = public_data(cycle, begun)
    groups: Choices = []
    for table, title in (("cycle", _("The cycle")), ("aim", _("Aim")), ("registration", _("Registration"))):
        groups.append((title, [(path, str(LABELS[path].label)) for path in _plain(table)]))
    for one in data.get("rounds", ()):
        if one["key"] not in begun:
            paths = [(f'rounds["{one["key"]}"].{path.partition(".")[2]}', str(LABELS[path].label)) for path in _plain("rounds")]
            groups.append((_("Round “%(name)s”") % {"name": one.get("name") or one["key"]}, paths))
    weights = list(_weights(data, begun))
    return [(title, paths) for title, paths in [*groups, (_("What counts how much"), weights)] if paths]


def _plain(table: str) -> Iterator[str]:
    for path, field in LABELS.items():
        if path.startswith(f"{table}.") and path.count(".") == 1 and field.kind in PLAIN and path not in FIXED:
            yield path


def _weights(data: Mapping[str, Any], begun: frozenset[str]) -> Iterator[tuple[str, str]]:
    every = [one["key"] for one in data.get("rounds", ())]
    for task in data.get("challenges", ()):
        if not begun.isdisjoint(task.get("rounds", every)) or not task.get("name"):
            continue
        for one in task.get("criteria", ()):
            path = f'challenges["{task["key"]}"].criteria["{one["key"]}"].weight'
            yield path, place_words(path, data)


def value_typed(text: str, path: str, data: Mapping[str, Any]) -> Any:
    """What was typed as a value, by what the setting holds: words stay words; yes, no, numbers and lists become that; nothing is None."""
    said = text.strip()
    if not said:
        return None
    label = LABELS.get(_generic(path))
    if isinstance(value_at(data, path), str) or (label is not None and label.kind in WORDS):
        return said
    if said.casefold() in TRUTH:
        return TRUTH[said.casefold()]
    try:
        return json.loads(said)
    except ValueError:
        return said


def _generic(path: str) -> str:
    """rounds["final"].opens → rounds.opens."""
    return ".".join(part.partition("[")[0] for part in path.split("."))
