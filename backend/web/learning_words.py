"""How teams learn from each other, in words: the same for visitors, for the preview of a launch, and beside its form."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from games.playbooks.schema import Design
from games.progression.rules import zone_of

PARTS: Final[dict[str, Any]] = {
    "steps": gettext_lazy("steps"),
    "time": gettext_lazy("time it takes"),
    "cost": gettext_lazy("what it costs"),
    "people": gettext_lazy("who it takes"),
    "went_wrong": gettext_lazy("what went wrong"),
    "ask": gettext_lazy("whom to ask"),
}


def moment(value: datetime | None, design: Design) -> str:
    """Tue 2 March 2027, 09:00, on the clock of the cycle."""
    return value.astimezone(zone_of(design)).strftime("%a %-d %B %Y, %H:%M") if value else ""


def study_words(design: Design, one: Any) -> list[str]:
    """When the work of others is studied after a round."""
    if one.study is None:
        return []
    times = {"begins": moment(one.study.begins, design), "ends": moment(one.study.ends, design), "count": one.study.reads}
    return [_("Teams study each other's work from %(begins)s until %(ends)s: %(count)d each, as far as there are.") % times]


def learning_rules(design: Design) -> list[str]:
    """Studies, what an idea has to tell, who is asked, office hours, peers, mergers, entries of several organizations."""
    told = [f"{one.title}: {said}" for one in design.rounds for said in study_words(design, one)]
    asked = [str(PARTS[part]) for part in design.sharing.required]
    told += [_("No idea is whole that does not tell: %(parts)s.") % {"parts": ", ".join(asked)}] if asked else []
    days = ngettext("%(count)d day", "%(count)d days", design.reply_days) % {"count": design.reply_days}
    told.append(_("Who adopted an idea is hoped to reply within %(days)s to a team that asks how it is done.") % {"days": days})
    return [*told, *_together(design)]


def _together(design: Design) -> Iterator[str]:
    hours, door = design.office_hours, design.registration
    if hours is not None:
        each = _("in each round") if hours.per == "round" else _("in the whole cycle")
        count = {"count": hours.quota, "each": each, "hours": hours.cancel_hours}
        yield (
            _(
                "Every team books at most %(count)d office hours with experts %(each)s; one is given back until %(hours)d hours before."
            )
            % count
        )
    if design.peers:
        yield _("Teams find peers of other organizations that do better at the same task, by what is published, and ask them.")
    if not door.mergers:
        yield _("Teams do not merge.")
    elif door.mergers_until is not None:
        yield _("Two teams may become one between rounds, until %(until)s, with an agreed split of credit.") % {
            "until": moment(door.mergers_until, design)
        }
    elif len(design.rounds) > 1:
        yield _("Two teams may become one between rounds, until the last one begins, with an agreed split of credit.")
    for task in design.challenges:
        if task.organizations > 1:
            yield _("%(task)s: at least %(count)d organizations stand behind an entry; teams hand in together.") % {
                "task": task.title,
                "count": task.organizations,
            }
