"""How a score came about, for reading: each panel's marks with what became of them, values, steps of adjustment. Pure shapes."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.templatetags.ludus import shown
from games.playbooks.schema import ChallengeDesign
from leaderboards.engine import numbers

FATES: Final = {
    "counted": gettext_lazy("counted"),
    "adjusted": gettext_lazy("without the judge's severity"),
    "pulled": gettext_lazy("pulled to the others"),
    "clipped": gettext_lazy("without the judge's severity, then pulled to the others"),
    "dropped": gettext_lazy("left out: highest or lowest"),
    "recused": gettext_lazy("did not judge this entry"),
    "absent": gettext_lazy("no mark"),
    "not_marked": gettext_lazy("not marked"),
    "incomplete": gettext_lazy("sheet incomplete, does not count"),
}
ADJUSTED: Final = frozenset({"adjusted", "clipped"})
INSTEAD: Final = ADJUSTED | {"pulled"}
READ: Final = 2  # decimals
UNSCORED: Final = {
    "no_marks": gettext_lazy("No marks yet."),
    "quorum": gettext_lazy("Too few marks for a score."),
    "field": gettext_lazy("A number that the score needs is missing."),
    "no_attempt": gettext_lazy("Nothing tried yet."),
    "withdrawn": gettext_lazy("Withdrawn."),
    "disqualified": gettext_lazy("Disqualified."),
}
UNCOMPARED: Final = {
    "no_marks": gettext_lazy("Compared with nobody yet."),
    "quorum": gettext_lazy("Compared too rarely for a score."),
}
VERBS: Final = {"plus": gettext_lazy("plus"), "minus": gettext_lazy("minus"), "times": gettext_lazy("times")}


def explained(
    spec: ChallengeDesign, explanation: Mapping[str, Any], *, status: str, values: Mapping[str, str | None] | None = None
) -> dict[str, Any]:
    """A cell's explanation: {panels: [{title, rows: [{name, marks, centre, value, weighted}]}], pairs, steps: [words], why, fates}.

    `values`: of the cell; in pairs they tell how often it was compared, what it won, how strong that makes it.
    """
    in_pairs = spec.format.value == "pairwise"
    titles = {one.key: one.title for one in spec.judges_panels}
    criteria = {one.key: one.title for one in spec.marked_criteria}
    panels: dict[str, dict[str, Any]] = {}
    fates: dict[str, str] = {}
    for fold in explanation.get("panels", ()):
        panel = panels.setdefault(fold["panel"], {"title": titles.get(fold["panel"], fold["panel"]), "rows": []})
        marks = [_mark(mark) for mark in fold["marks"]]
        fates |= {mark["fate"]: mark["words"] for mark in marks if mark["fate"] != "counted"}
        computed = any(mark["fate"] in ADJUSTED for mark in marks)
        figures = {name: _read(fold[name]) if computed else fold[name] for name in ("centre", "value", "weighted")}
        row = {"name": criteria.get(fold["criterion"]) or _("Whole sheet"), "marks": marks, **figures}
        panel["rows"].append(row | {"weighted": None} if fold["weighted"] == fold["value"] else row)
    for panel in panels.values():
        panel["weighted"] = any(row["weighted"] is not None for row in panel["rows"])
    return {
        "panels": list(panels.values()),
        "pairs": _compared(spec, values or {}) if in_pairs else [],
        "steps": _steps(spec, explanation.get("steps", ())),
        "why": (UNCOMPARED if in_pairs else {}).get(status) or UNSCORED.get(status, ""),
        "fates": [{"fate": fate, "words": words} for fate, words in sorted(fates.items())],
    }


def _mark(mark: Sequence[Any]) -> dict[str, Any]:
    _judge, given, used, fate = mark
    return {"given": given, "used": _used(used, fate), "fate": fate, "words": FATES.get(fate, fate)}


def _used(used: str | None, fate: str) -> str | None:
    """What counted instead of the mark."""
    if used is None or fate not in INSTEAD:
        return None
    return _read(used) if fate in ADJUSTED else used


def _read(value: str | None) -> str | None:
    """A number that statistics gave: exact to six decimals, read with two."""
    return None if value is None else numbers.fixed(numbers.parse(value), READ)


def _steps(spec: ChallengeDesign, steps: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each adjustment in words: plus Elements 34.09, that makes 63.86."""
    fields = {one.key: one.title for one in spec.fields}
    return [
        _("%(verb)s %(name)s %(amount)s makes %(after)s")
        % {
            "verb": VERBS.get(one["verb"], one["verb"]),
            "name": fields.get(one["by"], "") if one["by"] in fields else "",
            "amount": shown(one["amount"]),
            "after": shown(one["after"]),
        }
        for one in steps
    ]


def _compared(spec: ChallengeDesign, values: Mapping[str, str | None]) -> list[str]:
    """A score from comparisons in sentences: how many and how many won, what follows from against whom."""
    compared, won = values.get("compared") or "", values.get("won") or ""
    if not compared or not won:
        return []
    found = [
        _("Compared %(compared)s times, won %(won)s: too close is half a win, a list put in order counts once.")
        % {"compared": _short(compared), "won": _short(won)}
    ]
    strength, expected = values.get("strength"), values.get("expected")
    if spec.scale is not None and expected:
        found.append(
            _("By all comparisons together it would win %(expected)s of %(scale)s against all others: that is the score.")
            % {"expected": _short(expected), "scale": shown_number(spec.scale)}
        )
    if strength:
        found.append(
            _(
                "Its strength is %(strength)s, where 0 is the middle of all: to win against a strong entry counts more than against a weak one."
            )
            % {"strength": _read(strength)}
            if spec.reference is None
            else _("Its strength is %(strength)s, counted from %(reference)s.")
            % {"strength": _read(strength), "reference": spec.reference}
        )
    return found


def _short(value: str) -> str:
    """A number with two decimals at most: 7, 4.5, 71.36."""
    read = numbers.fixed(numbers.parse(value), READ)
    return read.rstrip("0").rstrip(".") if "." in read else read


def rubric(spec: ChallengeDesign) -> list[dict[str, Any]]:
    """The criteria as judges and teams read them: what is looked at, bounds, weight, what the marks mean."""
    return [
        {
            "name": one.title,
            "summary": one.summary,
            "panel": next((panel.title for panel in spec.judges_panels if panel.key == spec.panel_of(one)), ""),
            "range": _range(one),
            "weight": shown_number(one.weight) if one.weight != 1 else "",
            "optional": one.optional,
            "levels": [{"value": shown_number(level.value), "text": level.text} for level in one.levels],
        }
        for one in spec.criteria
    ]


def _range(one: Any) -> str:
    if one.values is not None:
        return ", ".join(shown_number(value) for value in one.values)
    if one.min is None or one.max is None:
        return ""
    bounds = f"{shown_number(one.min)} – {shown_number(one.max)}"
    return _("%(bounds)s, steps of %(step)s") % {"bounds": bounds, "step": shown_number(one.step)} if one.step else bounds


def shown_number(value: Any) -> str:
    """An exact number as people write it."""
    return "" if value is None else numbers.text(value)


def clock(milliseconds: int) -> str:
    """A time since the opening: 3:07:12."""
    seconds = milliseconds // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"
