"""Small filters that templates cannot do without."""

from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from django import template
from django.forms import BoundField, CheckboxInput, FileField
from django.utils.translation import gettext_lazy

from games.groups.rules import is_unnamed
from games.learning.models import Observation
from games.learning.rules import number_of
from leaderboards.engine import numbers

# What stands under a name whose row has no place; board.js has the same words from the table's data attributes.
STATUS_WORDS: Final = {
    "unscored": gettext_lazy("not scored yet"),
    "withdrawn": gettext_lazy("withdrew"),
    "disqualified": gettext_lazy("disqualified"),
}
SHOWN_DECIMALS: Final = 4
DECIDED: Final = {
    "advance": gettext_lazy("Goes on"),
    "stop": gettext_lazy("Stops here"),
    "withdraw": gettext_lazy("Withdraws"),
    "disqualify": gettext_lazy("Disqualified"),
    "equal": gettext_lazy("Set equal"),
    "break": gettext_lazy("Tie broken"),
    "award": gettext_lazy("Award"),
    "forgo": gettext_lazy("Passed to the next"),
    "launch": gettext_lazy("Launched"),
    "amend": gettext_lazy("Rules amended"),
    "state": gettext_lazy("State changed"),
    "gate": gettext_lazy("Gate decided"),
    "extend": gettext_lazy("More time"),
    "reopen": gettext_lazy("Opened again"),
    "publish": gettext_lazy("Published"),
    "waive": gettext_lazy("Waived"),
    "override": gettext_lazy("Done by hand"),
    "role": gettext_lazy("Role given"),
    "break_glass": gettext_lazy("Opened to the owner of this site"),
    "change_set": gettext_lazy("Corrected"),
    "appeal": gettext_lazy("Appeal answered"),
}

register = template.Library()


@register.filter
def zipped[A, B](left: Iterable[A] | None, right: Iterable[B] | None) -> list[tuple[A, B]]:
    """Two lists side by side: columns and the cells under them."""
    return list(zip(left or (), right or (), strict=False))


@register.filter
def magnitude(value: int) -> int:
    """A number without its sign."""
    return abs(value)


@register.filter
def is_checkbox(field: BoundField) -> bool:
    """Whether the label belongs behind the control."""
    return isinstance(field.field.widget, CheckboxInput)


@register.filter
def is_file(field: BoundField) -> bool:
    """Whether a file answers the question."""
    return isinstance(field.field, FileField)


@register.filter
def item(values: Mapping[str, Any] | None, key: str) -> Any:
    """What a mapping holds under a key, nothing if it does not."""
    return (values or {}).get(key)


@register.filter
def measured_value(one: Observation) -> str:
    """The number of an observation, as text."""
    return numbers.text(number_of(one.value))


@register.filter
def shown(value: Any) -> str:
    """A number text for reading: "21.82" as it is, "1/3" as 0.3333, several joined, nothing as a dash."""
    if value is None or value == "":
        return "–"
    if isinstance(value, list | tuple):
        return ", ".join(shown(one) for one in value)
    text = str(value)
    return numbers.fixed(numbers.parse(text), SHOWN_DECIMALS) if "/" in text else text


@register.filter
def aligned(value: Any, decimals: Any) -> str:
    """`shown`, with so many decimals: 21 beside 22.93 is 21.00, 275/3 is 91.67. board.js does the same."""
    wanted = int(decimals or 0)
    if wanted and isinstance(value, str) and "/" in value:
        return numbers.fixed(numbers.parse(value), wanted)
    text = shown(value)
    if not wanted or not text.lstrip("-").replace(".", "", 1).isdigit():
        return text
    whole, _, part = text.partition(".")
    return f"{whole}.{part.ljust(wanted, '0')}"


@register.filter
def status_words(status: str) -> str:
    """Why a row has no place, in words; nothing for a row that has one."""
    return str(STATUS_WORDS.get(status, ""))


@register.filter
def decided(kind: str) -> str:
    """The kind of a decision, in words."""
    return str(DECIDED.get(kind, kind))


@register.filter
def unnamed(key: str) -> bool:
    """Whether a row's key stands for a group that keeps its name to itself: no page is behind it."""
    return is_unnamed(key)


@register.filter
def with_key(address: str, key: str) -> str:
    """The address of one group: the "~" of `address` becomes its key."""
    return address.replace("~", quote(key, safe=""))
