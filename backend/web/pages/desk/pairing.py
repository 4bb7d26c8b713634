"""A task judged in pairs on the organizer's desk: how far it is, whether enough is compared, who may vote, what was seen too rarely."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import attempt, id_in, me, seen, signed_in
from backend.web.pages import comparisons
from backend.web.pages.comparisons import FLAGS, SEEN, holds
from backend.web.pages.desk.live import fragment
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.ways import ways
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.judging import actions
from games.judging.models import Panelist
from games.judging.queries.pairing import EntryAt, JudgeAt, entries_at, judges_at, pairs_tasks
from games.judging.queries.pairs import counted
from games.judging.rules.pairs import ENOUGH, share_of
from games.judging.seating import judges_of
from games.organizations.models import Person
from games.results.models import PanelAnalysis
from games.results.queries.facts import judge_keys
from games.submissions.queries import rules_of
from leaderboards.engine import numbers

RARE: Final = 12  # entries shown
PERCENT: Final = 100


@never_cache
@signed_in
def pairs_desk(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """All of it; with `?part=live` the part that changes by itself. A POST gives a seat, or takes it back."""
    found = organized(request, cycle)
    task = pairs_tasks(found).filter(pk=pk).first()
    if task is None:
        raise Http404
    if request.method == "POST":
        return _act(request, found, task)
    judges, entries = judges_at(task), entries_at(task)
    context = _seen(found, task, judges, entries)
    if request.GET.get("part") == "live":
        return fragment(request, "desk/pairing_live.html", context)
    seated = {one.person for one in judges if one.here}
    context |= {
        "ways": ways(found, "panels"),
        "others": [one for one in judges_of(found) if one.pk not in seated],
        "live": f"{reverse('desk-pairs', args=[found.key, task.pk])}?part=live",
    }
    return desk_page(request, "desk/pairing.html", found, "judging", context, title=task.name)


def _seen(cycle: Cycle, task: Challenge, judges: Sequence[JudgeAt], entries: Sequence[EntryAt]) -> dict[str, Any]:
    kept = PanelAnalysis.objects.filter(challenge=task).first()
    body: dict[str, Any] = kept.body if kept is not None else {}
    done, here = sum(one.done for one in judges), sum(one.here for one in judges)
    share = share_of(len(entries), here, done=0, skipped=0).asked
    about = len(entries) * ENOUGH // 2
    keys = judge_keys(cycle)
    told = {one["judge"]: one for one in body.get("judges", ())}
    rare = [one for one in entries if one.votes < ENOUGH]
    return {
        "cycle": cycle,
        "task": task,
        "stats": [
            {"value": done, "label": ngettext("comparison", "comparisons", done)},
            {"value": len(entries), "label": ngettext("entry", "entries", len(entries))},
            {"value": here, "label": ngettext("judge may vote", "judges may vote", here)},
        ],
        "done": done,
        "about": max(about, 1),
        "percent": min(PERCENT, PERCENT * done // max(about, 1)),
        "advice": advice(body, judges=here, entries=len(entries), over=task.round.published_at is not None),
        "computed_at": kept.computed_at if kept is not None else None,
        "lines": _lines(body, entries),
        "linked": linked(body),
        "steps": comparisons.steps(Counter(one.votes for one in entries)),
        "rare": rare[:RARE],
        "more_rare": max(0, len(rare) - RARE),
        "whole": len(entries),
        "least": SEEN,
        "judges": [_judge(one, share, told.get(keys.get(one.person, ""), {})) for one in judges],
    }


# --- In words ---------------------------------------------------------------------------------------------------------------------------


def advice(body: Mapping[str, Any], *, judges: int, entries: int, over: bool = False) -> dict[str, Any]:
    """Whether to go on comparing: a badge, a sentence, what else to know. `body`: of the kept analysis, empty without one.

    `over`: results are published.
    """
    pairs: Mapping[str, Any] = body.get("pairs", {})
    if over:
        words = _("The results are published: nobody is asked any more.")
        return {"state": "published", "label": _("published"), "words": words, "more": []}
    if not pairs.get("verdicts"):
        return _nothing(judges, entries)
    least, to_go = int(float(pairs["least"])), int(pairs["to_go"])
    said = {
        "reliable": lambda: (
            _("You may stop: every entry was compared at least %(least)d times, and the order holds.") % {"least": least}
        ),
        "decided": lambda: _("You may stop: each line that matters is decided, with nine chances in ten or more."),
        "apart": lambda: _("Go on: there are entries that no comparison links, so nobody can say which of them is better."),
        "few": lambda: _to_go(to_go),
        "unsure": lambda: _("Every entry was compared ten times, and the order does not hold well yet. More comparisons help."),
    }
    words = said.get(pairs["reason"], lambda: "")()
    stop = bool(pairs["stop"])
    label = _("enough is compared") if stop else _("go on")
    return {"state": "published" if stop else "judging", "label": label, "words": words, "more": _more(body, pairs)}


def _to_go(count: int) -> str:
    said = ngettext(
        "Go on: about %(count)d more comparison until every entry was compared ten times.",
        "Go on: about %(count)d more comparisons until every entry was compared ten times.",
        count,
    )
    return said % {"count": count}


def _nothing(judges: int, entries: int) -> dict[str, Any]:
    if entries < 2:  # noqa: PLR2004 a pair
        words = _("There is nothing to compare before two entries are in.")
    elif not judges:
        words = _("Nobody may vote yet: give judges a seat below.")
    else:
        words = _("Nothing is compared yet. Judges find their pairs on their desks, once entries can no longer change.")
    return {"state": "planned", "label": _("not begun"), "words": words, "more": []}


def _more(body: Mapping[str, Any], pairs: Mapping[str, Any]) -> list[str]:
    """How well the order holds, and whether what is missing comes in time."""
    found = []
    if body.get("reliability"):
        found.append(holds(numbers.parse(body["reliability"]), pairs["reliability_by"]))
    if pairs["in_time"] is not None:
        found.append(
            _("At the pace of the last half hour this is done before judging closes.")
            if pairs["in_time"]
            else _("At the pace of the last half hour this is not done before judging closes: more judges, or more time.")
        )
    return found


def linked(body: Mapping[str, Any]) -> str:
    """Whether all entries hang together, in words; empty before the first comparison."""
    pairs: Mapping[str, Any] = body.get("pairs", {})
    return comparisons.linked(pairs.get("parts", [])) if pairs.get("verdicts") else ""


def _lines(body: Mapping[str, Any], entries: Sequence[EntryAt]) -> list[dict[str, Any]]:
    """The lines between places that prizes and cuts draw: who stands above and below, how likely that is right."""
    found = body.get("pairs", {}).get("boundaries", ())
    names = {one.key: one.name for one in entries}
    return [
        {
            "place": one["place"],
            "next": one["place"] + 1,
            "above": names.get(one["above"], one["above"]),
            "below": names.get(one["below"], one["below"]),
            "percent": round(PERCENT * float(one["chance"])) if one["chance"] else None,
            "decided": one["decided"],
        }
        for one in found
    ]


def _judge(one: JudgeAt, share: int, told: Mapping[str, Any]) -> dict[str, Any]:
    agreement = told.get("agreement")
    return {
        "one": one,
        "share": max(share, 1),
        "agreement": round(PERCENT * float(agreement)) if agreement else None,
        "flags": [FLAGS[flag] for flag in told.get("flags", ()) if flag in FLAGS],
    }


# --- Seats ------------------------------------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, cycle: Cycle, task: Challenge) -> HttpResponse:
    """Give a judge a seat, or all; take one back: what was said stays, and counts."""
    match request.POST.get("do"):
        case "add":
            person = next((one for one in judges_of(cycle) if str(one.pk) == request.POST.get("person")), None)
            if person is None:
                messages.error(request, _("Choose a judge."))
            else:
                done = _("%(name)s may vote.") % {"name": person.name}
                attempt(request, lambda: _seat(task, [person], me(request)), done)
        case "add_all":
            judges = judges_of(cycle)
            done = ngettext("%(count)d judge may vote.", "%(count)d judges may vote.", len(judges)) % {"count": len(judges)}
            attempt(request, lambda: _seat(task, judges, me(request)), done)
        case "take":
            _take(request, task)
        case _:
            raise Http404
    return redirect(f"{reverse('desk-pairs', args=[cycle.key, task.pk])}#judges")


def _seat(task: Challenge, people: Sequence[Person], by: Any) -> None:
    panel = rules_of(task)[1].judges_panels[0].key
    for one in people:
        actions.add_panelist(challenge=task, panel=panel, person=one, by=by)


def _take(request: HttpRequest, task: Challenge) -> None:
    """A seat that was used is left; one that was not goes."""
    rows = Panelist.objects.filter(challenge=task).select_related("person", "challenge__round__cycle")
    seat = seen(request, "panelist.change", rows, pk=id_in(request.POST.get("seat", "")))
    used = counted(task.votes.filter(judge=seat.person_id)).exists()
    act = actions.leave_panel if used else actions.remove_panelist
    name = {"name": seat.person.name}
    done = _("%(name)s no longer votes. What they said counts.") % name if used else _("%(name)s no longer votes.") % name
    attempt(request, lambda: act(panelist=seat, by=me(request)), done)
