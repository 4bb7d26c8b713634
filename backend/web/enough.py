"""How many judges are enough: what a design gives in places, worked out by a worker, in plain words. For drafts and desks alike."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.web.plans import shown
from games.cycles.models import Cycle
from worker import desk as work
from worker.desk import LEAST, MOST_ENTRIES, MOST_JUDGES

USUAL_ENTRIES: Final = 60
USUAL_JUDGES: Final = 12
DIGITS: Final = 6


def wished(asked: Mapping[str, str], *, entries: int, judges: int) -> tuple[dict[str, Any], dict[str, str]]:
    """The numbers of the form (as typed where they are wrong), and what is wrong with each. Nothing asked: what is known."""
    bounds = {"entries": (LEAST, MOST_ENTRIES, entries), "judges": (LEAST, MOST_JUDGES, judges)}
    numbers: dict[str, Any] = {}
    faults: dict[str, str] = {}
    for name, (least, most, known) in bounds.items():
        typed = asked.get(name, "").strip()
        numbers[name] = typed or max(least, min(most, known))
        if not typed:
            continue
        if typed.isascii() and typed.isdigit() and len(typed) <= DIGITS and least <= int(typed) <= most:
            numbers[name] = int(typed)
        else:
            faults[name] = _("Expected %(least)d to %(most)d.") % {"least": least, "most": most}
    return numbers, faults


def checked(cycle: Cycle, asked: Mapping[str, str], *, entries: int, judges: int, fresh: bool = False) -> dict[str, Any]:
    """What both pages show: the form, and how far the job is or the table that came of it."""
    numbers, faults = wished(asked, entries=entries or USUAL_ENTRIES, judges=judges or USUAL_JUDGES)
    context: dict[str, Any] = {"numbers": numbers, "faults": faults, "most_entries": MOST_ENTRIES, "most_judges": MOST_JUDGES}
    if faults:
        return context
    job = work.precision_of(cycle, numbers["entries"], numbers["judges"], fresh=fresh)
    if job.state != "done":
        return context | {"job": job}
    rows, best = job.result["rows"], job.result["enough"]
    return context | {"rows": [_row(one, best) for one in rows], "said": _said(rows, best, numbers["entries"])}


def _row(precision: Mapping[str, Any], best: int) -> dict[str, Any]:
    return {
        "each": precision["per_entry"],
        "load": precision["load"],
        "mean": shown(precision["mean"]),
        "most": shown(precision["most"]),
        "first": round(100 * precision["first"]),
        "enough": precision["per_entry"] == best,
    }


def _said(rows: list[Mapping[str, Any]], best: int, entries: int) -> str:
    row = next(one for one in rows if one["per_entry"] == best)
    text = ngettext(
        "%(entries)d entries, %(each)d judge each: an entry comes out %(mean)s places from where it deserves to be on average, nine of ten"
        " within %(most)s. More judges for each entry bring little beyond that.",
        "%(entries)d entries, %(each)d judges each: an entry comes out %(mean)s places from where it deserves to be on average, nine of"
        " ten within %(most)s. More judges for each entry bring little beyond that.",
        best,
    )
    return text % {"entries": entries, "each": best, "mean": shown(row["mean"]), "most": shown(row["most"])}
