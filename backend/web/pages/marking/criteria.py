"""What a sheet asks for, as its form shows it: marks to choose among where there are few, a field to type where there are many."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from backend.web.explained import shown_number
from games.judging.rules import Given, MarkState
from games.playbooks.schema import ChallengeDesign
from leaderboards.engine.spec import Criterion, Incomplete

MOST: Final = 21  # marks up to which each is a stone of its own
ABSENT: Final = MarkState.ABSENT.value


def values_of(one: Criterion) -> list[Fraction]:
    """Every value a mark may have, if they can be counted and are few."""
    if one.values is not None:
        return list(one.values) if len(one.values) <= MOST else []
    if not one.step or one.min is None or one.max is None:
        return []
    count = int((one.max - one.min) / one.step) + 1
    return [one.min + number * one.step for number in range(count)] if 1 < count <= MOST else []


def options_of(spec: ChallengeDesign, one: Criterion) -> list[dict[str, str]]:
    """The marks to choose among: {value, label, text}; empty where a mark is typed. The last may say that there is none."""
    levels = {level.value: level.text for level in getattr(one, "levels", ())}
    found = [{"value": (shown := shown_number(value)), "label": shown, "text": levels.get(value, "")} for value in values_of(one)]
    if found and one.not_marked is not None and one.not_marked not in values_of(one):
        found.append({"value": shown_number(one.not_marked), "label": _("not marked"), "text": ""})
    if found and spec.incomplete is Incomplete.USE:
        found.append({"value": ABSENT, "label": _("no mark"), "text": ""})
    return found


def shape(spec: ChallengeDesign, one: Criterion, typed: Mapping[str, str], faults: Mapping[str, str]) -> dict[str, Any]:
    """A criterion as components/sheet_form.html takes it. `typed`: field → text."""
    value = typed.get(f"mark-{one.key}", "")
    options = options_of(spec, one)
    strange = bool(value) and value not in {option["value"] for option in options}
    return {
        "key": one.key,
        "name": one.title,
        "says": getattr(one, "summary", ""),
        "value": value,
        "remark": typed.get(f"remark-{one.key}", ""),
        "least": shown_number(one.min),
        "most": shown_number(one.max),
        "step": shown_number(one.step),
        "values": "" if one.values is None else ", ".join(shown_number(value) for value in one.values),
        "not_marked": shown_number(one.not_marked),
        "weight": "" if one.weight == 1 else shown_number(one.weight),
        "optional": one.optional,
        "error": faults.get(one.key, ""),
        "options": [] if strange else options,
        "worded": any(option["text"] for option in options),
        "levels": [{"value": shown_number(level.value), "text": level.text} for level in getattr(one, "levels", ())],
    }


def given_in(keys: list[str], typed: Mapping[str, str]) -> list[Given]:
    """The marks of a form that was sent: `mark-KEY` and `remark-KEY`. An empty mark is none; a comma is a point."""
    return [_given(key, typed.get(f"mark-{key}", "").strip(), typed.get(f"remark-{key}", "")) for key in keys]


def _given(key: str, text: str, remark: str) -> Given:
    if text == ABSENT:
        return Given(key, None, ABSENT, remark)
    return Given(key, text.replace(",", ".") or None, comment=remark)
