"""Plans of who judges what, in words: numbers, how judges are linked, how sure places will be, what was respected, what else to ask."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.groups.models import Group
from games.judging.models import AssignmentPlan
from games.judging.rules.plans import Asked, entry_key, id_of, judge_key
from games.organizations.models import Person
from leaderboards.engine.planning.problem import LINKED


def names_in(plan: AssignmentPlan) -> dict[str, str]:
    """Key of an entry or a judge in the plan → name. Two statements."""
    found = plan.found
    blocks = found.get("blocks", [])
    groups = {group for group, _judge in found.get("give", [])} | set(found.get("short", []))
    judges = {judge for _group, judge in found.get("give", [])} | {int(one) for one in found.get("loads", {})}
    groups |= {id_of(one) for block in blocks for one in block["entries"]}
    judges |= {id_of(one) for block in blocks for one in block["judges"]}
    sheets = plan.challenge.sheets.filter(panel=plan.panel).values_list("judge_id")
    names = {entry_key(pk): name for pk, name in Group.objects.filter(pk__in=groups).values_list("pk", "name")}
    people = Person.objects.filter(pk__in=judges)
    if found.get("give"):
        people = people | Person.objects.filter(pk__in=sheets)
    return names | {judge_key(pk): name for pk, name in people.values_list("pk", "name").distinct()}


def facts_in_words(found: Mapping[str, Any]) -> list[dict[str, str]]:
    """A few numbers that matter, as components/stats.html takes them."""
    loads = [count for count in found.get("loads", {}).values() if count]
    coverage = found.get("coverage", {})
    new = len(found.get("give", []))
    return [
        {"value": str(new), "label": ngettext("new sheet", "new sheets", new)},
        {"value": _span([int(one) for one in coverage]), "label": _("judges for each entry")},
        {"value": _span(loads), "label": _("sheets for each judge")},
    ]


def _span(numbers: Sequence[int]) -> str:
    if not numbers:
        return "0"
    least, most = min(numbers), max(numbers)
    return str(least) if least == most else f"{least}–{most}"


def linked_in_words(components: int, lambda2: float) -> str:
    """How judges are linked by shared entries, and what that means."""
    if components > 1:
        return _(
            "The judges fall into %(count)d groups that share no entry. A strict group cannot be told from one with weak entries:"
            " only entries of the same group can be compared."
        ) % {"count": components}
    if lambda2 >= LINKED:
        return _("The judges are well linked: through entries they share, a strict judge can be told from weak entries.")
    return _(
        "The judges are linked, but thinly: how strict somebody is can only be told roughly. One judge more for each entry, or a few"
        " entries that everybody marks, would help."
    )


def precision_in_words(found: Mapping[str, Any]) -> list[str]:
    """How judges are linked, and how far from their true place entries will come out."""
    said = []
    if "components" in found and found.get("pairs"):
        said.append(linked_in_words(found["components"], found["lambda2"]))
    if precision := found.get("precision"):
        said.append(places_in_words(precision))
    return said


def places_in_words(precision: Mapping[str, Any]) -> str:
    """What a design gives, in places."""
    return _(
        "Expect an entry to come out %(mean)s places from where it deserves to be on average, nine of ten within %(most)s. The best"
        " entry comes first in %(first)s of 100 such rounds."
    ) % {"mean": shown(precision["mean"]), "most": shown(precision["most"]), "first": round(100 * precision["first"])}


def shown(number: float) -> str:
    """A number of places: one decimal below ten, whole above."""
    digits = 0 if number >= 10 or float(number).is_integer() else 1  # noqa: PLR2004 two digits say enough
    return number_format(number, digits)


def respected_in_words(found: Mapping[str, Any]) -> list[str]:
    """What no pair of the plan goes against."""
    barred = found.get("barred", {})
    own, conflict, back = (barred.get(name, 0) for name in ("own", "conflict", "given_back"))
    said = []
    if conflict:
        words = ngettext("%(count)d conflict of interest is kept.", "%(count)d conflicts of interest are kept.", conflict)
        said.append(words % {"count": conflict})
    if own:
        words = ngettext("%(count)d judge does not get the own team.", "%(count)d judges do not get their own team.", own)
        said.append(words % {"count": own})
    if back:
        words = ngettext("%(count)d sheet that was given back stays so.", "%(count)d sheets that were given back stay so.", back)
        said.append(words % {"count": back})
    if kept := found.get("kept"):
        words = ngettext("%(count)d sheet that is out stays as it is.", "%(count)d sheets that are out stay as they are.", kept)
        said.append(words % {"count": kept})
    return said


def alternatives(asked: Asked, blocks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What else could be asked instead of what cannot be: {label, asked}, the gentlest first."""
    limits = {one["limit"] for one in blocks}
    found: list[tuple[str, Asked]] = []
    if limits & {"judges", "conflicts", "language"}:
        found.append((_("As many judges as can be, where there are not enough"), replace(asked, partly=True)))
    if "language" in limits:
        found.append((_("Whatever the language"), replace(asked, language=False)))
    if asked.max_load is not None and "loads" in limits:
        found.append((_("Without the limit of %(count)d sheets") % {"count": asked.max_load}, replace(asked, max_load=None)))
    if asked.per_entry > 1:
        words = ngettext("Only %(count)d judge for each entry", "Only %(count)d judges for each entry", asked.per_entry - 1)
        found.append((words % {"count": asked.per_entry - 1}, replace(asked, per_entry=asked.per_entry - 1)))
    return [{"label": label, "asked": one} for label, one in found]
