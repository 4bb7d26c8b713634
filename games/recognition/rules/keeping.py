"""Which rules of points have to read the journal again when rules change, and which keep what they gave. Pure.

No rule looks at what another gave, so each can be read alone. Credit alone looks further: at ideas as they are now, and at the largest
award of a team. So rules that flow, and those of the same acts, are always read again.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from json import dumps
from typing import Final

from games.playbooks.schema import Design, PointRule
from games.recognition.rules.carried import HEAD_START, POINTS

MEANING: Final = 2
"""What acts do to points (rules/acts.py, rules/points.py). Raise it when that changes: then every rule is read again once."""
SHOWN_ONLY: Final = frozenset({"key", "name", "summary"})
MOST: Final = 8
"""Rows of so many earlier generations are looked up at most; after that everything is read anew."""
CARRIED: Final = (POINTS, HEAD_START)

type Kept = Mapping[int, frozenset[str]]
"""Generation -> the rules whose rows there count in a later one too."""


def readings(design: Design) -> dict[str, str]:
    """Key of a rule -> how it reads the journal: the same text, the same points. Without those that are always read again."""
    if not design.rules or not design.recognition.points:
        return {}
    flowing = {rule.event for rule in design.rules if rule.flows}
    found = {rule.key: _reading(rule, design.cycle.timezone) for rule in design.rules if rule.event not in flowing}
    return found | dict.fromkeys(CARRIED, str(MEANING))


def _reading(rule: PointRule, zone: str) -> str:
    says = rule.model_dump(mode="json", exclude=set(SHOWN_ONLY), exclude_defaults=True)
    return sha256(dumps([MEANING, zone, says], sort_keys=True).encode()).hexdigest()[:32]


def same(before: Mapping[str, str], now: Mapping[str, str]) -> dict[str, str]:
    """The rules that read as before, and how."""
    return {key: how for key, how in now.items() if before.get(key) == how}


def kept_on(shown: int, kept: Kept, rules: Iterable[str]) -> dict[int, frozenset[str]]:
    """What a generation after the shown one keeps where it is: of these rules the rows of the shown one, and those that it keeps itself."""
    wanted = frozenset(rules)
    found = {number: those & wanted for number, those in {**kept, shown: wanted}.items()}
    found = {number: those for number, those in found.items() if those}
    return found if len(found) <= MOST else {}


def written(kept: Kept) -> str:
    """As it is stored: a line for each, between two ends of lines, so that one can be looked for in the database."""
    lines = [f"{number}:{rule}\n" for number in sorted(kept) for rule in sorted(kept[number])]
    return "\n" + "".join(lines) if lines else ""


def read(text: str) -> dict[int, frozenset[str]]:
    """The way back from `written`."""
    found: dict[int, set[str]] = {}
    for line in text.split():
        number, _, rule = line.partition(":")
        found.setdefault(int(number), set()).add(rule)
    return {number: frozenset(rules) for number, rules in found.items()}
