"""Numbers of a retrospective as people read them: a few figures and tables for each section; the page and the file say the same."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from backend.web.pages.retrospective.words import FUNNEL, TITLES, number_words, percent
from games.retrospectives.rules import SECTIONS

type Data = Mapping[str, Any]
WIDE: Final = 1000
"""The longest bar, in units of its drawing."""


@dataclass(slots=True)
class Table:
    """A table: which columns hold numbers is said with their labels."""

    caption: str
    columns: list[dict[str, Any]]
    rows: list[dict[str, Any]]


@dataclass(slots=True)
class Section:
    """A part of a retrospective. `stats`: [{label, value}]; `bars`: [{label, count, share, width}]; `empty`: what is said without numbers."""

    key: str
    title: str
    stats: list[dict[str, str]] = field(default_factory=list)
    bars: list[dict[str, Any]] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    empty: str = ""

    @property
    def tells(self) -> bool:
        """Whether there is anything to see."""
        return bool(self.stats or self.bars or self.tables)


def sections_of(data: Data) -> list[Section]:
    """Every section of what was written (`told_by_data`), in order."""
    tellers = {
        "aim": _aim,
        "people": _people,
        "rounds": _rounds,
        "judging": _judging,
        "ideas": _ideas,
        "learning": _learning,
        "rules": _rules,
        "prizes": _prizes,
        "suggestions": _suggestions,
    }
    found = []
    for key in SECTIONS:
        section = Section(key, str(TITLES[key]))
        tellers[key](section, data.get(key) or {})
        found.append(section)
    return found


def _stat(label: str, value: Any) -> dict[str, str]:
    return {"label": label, "value": number_words(value)}


def _aim(section: Section, data: Data) -> None:
    if not data:
        section.empty = _("This cycle set itself no aim that can be measured.")
        return
    unit = data.get("unit", "")
    stats = [(_("began at"), data["baseline"]), (_("aim"), data["target"]), (_("measured last"), data["latest"] or _("never"))]
    section.stats = [_stat(label, f"{value} {unit}".strip() if value != _("never") else value) for label, value in stats]


def _people(section: Section, data: Data) -> None:
    funnel = data.get("funnel", [])
    most = max((int(one["count"]) for one in funnel), default=0)
    section.bars = [
        {
            "label": str(FUNNEL[one["key"]]),
            "count": int(one["count"]),
            "share": percent(int(one["count"]), most),
            "width": int(one["count"]) * WIDE // most if most else 0,
        }
        for one in funnel
    ]
    section.stats = [
        _stat(_("people in teams"), data.get("people", 0)),
        _stat(_("of them signed in"), data.get("claimed", 0)),
        _stat(_("organizations"), data.get("organizations", 0)),
        _stat(_("teams that shared an idea"), data.get("sharing", 0)),
        _stat(_("teams that tested a change"), data.get("testing", 0)),
        _stat(_("teams that withdrew"), data.get("withdrawn", 0)),
    ]


def _columns(first: str, *others: str) -> list[dict[str, Any]]:
    return [{"label": first, "number": False}, *({"label": one, "number": True} for one in others)]


def _rounds(section: Section, data: Any) -> None:
    if not data:
        section.empty = _("There were no rounds.")
        return
    labels = (_("could enter"), _("did"), _("entries"), _("in the last day"), _("had more time"))
    rows = [
        {"cells": [one["name"], *(number_words(one[name]) for name in ("field", "active", "entries", "late", "extended"))]}
        for one in data
    ]
    section.tables = [Table(section.title, _columns(_("Round"), *labels), rows)]


def _judging(section: Section, data: Any) -> None:
    if not data:
        section.empty = _("Nothing was judged by sheets.")
        return
    labels = (_("judges"), _("sheets done"), _("not done"), _("agreement"), _("reliability"), _("hours to a sheet"))
    names = ("judges", "final", "open", "alpha", "reliability", "hours")
    rows = [{"cells": [one["name"], *(number_words(one[name]) or "–" for name in names)]} for one in data]
    section.tables = [Table(section.title, _columns(_("Round"), *labels), rows)]


def _ideas(section: Section, data: Data) -> None:
    if not int(data.get("shared", 0)):
        section.empty = _("Nobody shared an idea.")
        return
    section.stats = [
        _stat(_("ideas shared"), data["shared"]),
        _stat(_("by teams"), data["teams"]),
        _stat(_("others built on"), data["sources"]),
        _stat(_("tried elsewhere"), data["tried"]),
        _stat(_("adoptions elsewhere"), data["adopted"]),
        _stat(_("days to the first reuse"), data["days"] or "–"),
        _stat(_("failures told"), data["failures"]),
    ]


def _learning(section: Section, data: Data) -> None:
    if not int(data.get("planned", 0)):
        section.empty = _("No test of a change was recorded.")
        return
    section.stats = [
        _stat(_("tests finished"), data["finished"]),
        _stat(_("of planned"), data["planned"]),
        _stat(_("tests a team and week"), data["tempo"]),
        _stat(_("adopted"), data["adopt"]),
        _stat(_("adapted"), data["adapt"]),
        _stat(_("abandoned"), data["abandon"]),
    ]
    weekly = [int(one) for one in data.get("weekly", [])]
    most = max(weekly, default=0)
    if most:
        section.bars = [
            {"label": _("week %(number)d") % {"number": number}, "count": one, "share": "", "width": one * WIDE // most}
            for number, one in enumerate(weekly, 1)
        ]


def _rules(section: Section, data: Data) -> None:
    if not data.get("rows"):
        section.empty = _("This cycle gave no points for acts.")
        return
    labels = (_("points"), _("teams"), _("acts"), _("a week before"), _("a week after"))
    rows = []
    for one in data["rows"]:
        cells = [number_words(one[name]) for name in ("points", "teams", "acts")]
        rows.append({"cells": [_rule_name(one), *cells, one["before"] or "–", one["after"] or "–"]})
    section.tables = [Table(section.title, _columns(_("Rule"), *labels), rows)]
    section.stats = [_stat(_("points in all"), data["total"])]
    if data.get("top"):
        section.stats.append(_stat(_("held by the best tenth"), f"{data['top']} %"))


def _rule_name(row: Data) -> str:
    """The name of a rule; of points that no act earned by itself, where they came from."""
    kinds = {"carry.points": _("Brought along"), "carry.handicap": _("Head start")}
    if row["key"] in kinds:
        return kinds[row["key"]]
    return _("%(name)s: credit passed on") % {"name": row["name"]} if str(row["key"]).endswith(".credit") else str(row["name"])


def _prizes(section: Section, data: Data) -> None:
    if not any(int(data.get(name, 0)) for name in ("granted", "delivered", "declined", "verified", "nominated")):
        section.empty = _("Nothing was awarded.")
        return
    section.stats = [
        _stat(_("given"), int(data["granted"]) + int(data["delivered"])),
        _stat(_("of them delivered"), data["delivered"]),
        _stat(_("declined"), data["declined"]),
        _stat(_("money given"), f"{int(data['given_cents']) / 100:,.2f}"),
    ]


def _suggestions(section: Section, data: Data) -> None:
    made = sum(int(data.get(name, 0)) for name in ("open", "accepted", "declined", "withdrawn"))
    if not made:
        section.empty = _("Nobody suggested a change of the rules.")
        return
    section.stats = [
        _stat(_("made"), made),
        _stat(_("became a rule"), data["rules_now"]),
        _stat(_("declined"), data["declined"]),
        _stat(_("still open"), data["open"]),
        _stat(_("times supported"), data["support"]),
    ]


def as_text(name: str, made: datetime | None, sections: list[Section], words: Mapping[str, str], proposed: list[str]) -> str:
    """The same as Markdown, to be read anywhere."""
    when = date_format(made, "j F Y") if made is not None else ""
    lines = [f"# {name}: {_('looking back')}", "", when, ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        lines += [section.empty, ""] if not section.tells else []
        lines += [f"- {one['label']}: {one['count']:,} {one['share']}".rstrip() for one in section.bars]
        lines += [f"- {one['label']}: {one['value']}" for one in section.stats]
        for table in section.tables:
            heads = [str(one["label"]) for one in table.columns]
            lines += ["", f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
            lines += [f"| {' | '.join(_cell(one) for one in row['cells'])} |" for row in table.rows]
        if words.get(section.key):
            lines += ["", *(f"> {line}" for line in words[section.key].splitlines())]
        lines.append("")
    if proposed:
        lines += [f"## {_('What to change')}", "", *(f"- {one}" for one in proposed), ""]
    return "\n".join(lines)


def _cell(value: str) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")
