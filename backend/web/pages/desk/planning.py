"""Plans of who judges what on the organizer's desk: asked for, waited for, looked at, given out or dropped."""

from collections.abc import Mapping
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.web.pages.desk.paneling import badge_of, panel_context, task_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.paging import page_of
from backend.web.plans import alternatives, facts_in_words, names_in, precision_in_words, respected_in_words
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import GameError
from games.groups.models import Group
from games.judging import actions
from games.judging.models import AssignmentPlan, Panelist, Sheet
from games.judging.rules import PlanState, SheetState
from games.judging.rules.plans import Aim, Asked, block_of, judge_key
from leaderboards.engine.planning import words_of

PAGE: Final = 40
BLOCKS: Final = 8
OPEN: Final = (PlanState.WAITING.value, PlanState.RUNNING.value)
DIGITS: Final = 9


@signed_in
@require_POST
def ask_plan(request: HttpRequest, cycle: str, pk: int, panel: str) -> HttpResponse:
    """Have it worked out who judges what on this panel; or fill the gaps at once."""
    found = organized(request, cycle)
    task = task_of(found, pk, panel)
    by = me(request)
    try:
        if request.POST.get("do") == "fill":
            plan = actions.fill_gaps(challenge=task, panel=panel, by=by)
        else:
            plan = actions.ask_plan(challenge=task, panel=panel, asked=asked_in(request.POST), by=by)
    except GameError as refusal:
        return _refused(request, found, task, panel, refusal)
    return redirect("desk-plan", found.key, plan.pk)


def asked_in(form: Mapping[str, str]) -> Asked:
    """What a form asks for. A number that is none is out of every range, and refused by its name."""

    def number(name: str) -> int:
        text = form.get(name, "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS else -1

    whole = bool(form.get("whole"))  # the whole form, with its boxes: one that is not ticked is off
    return Asked(
        per_entry=number("per_entry"),
        max_load=number("max_load") if form.get("max_load", "").strip() else None,
        anchors=number("anchors") if form.get("anchors", "").strip() else 0,
        seed=number("seed") if form.get("seed", "").strip() else 0,
        link=bool(form.get("link")) or not whole,
        fairest=bool(form.get("fairest")),
        language=bool(form.get("must_read")) or not whole,
        partly=bool(form.get("partly")),
    )


def _refused(request: HttpRequest, cycle: Cycle, task: Challenge, panel: str, refusal: GameError) -> HttpResponse:
    """The panel's page again, with what was typed and what is wrong with it."""
    if not request.POST.get("whole"):
        messages.error(request, refusal.message)
        return redirect("desk-panel", cycle.key, task.pk, panel)
    faults = {one.where: one.message for one in refusal.problems} or {refusal.where: refusal.message}
    context = panel_context(request, cycle, task, panel) | {"faults": faults, "typed": request.POST.dict()}
    return desk_page(request, "desk/panel.html", cycle, "judging", context, title=task.name, status=422)


def _plan(request: HttpRequest, cycle: Cycle, pk: int, permission: str = "plan.view") -> AssignmentPlan:
    rows = AssignmentPlan.objects.filter(challenge__round__cycle=cycle).select_related("challenge__round__cycle")
    return seen(request, permission, rows, pk=pk)


@never_cache
@signed_in
@require_safe
def plan_page(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """A plan before it counts: how far it is, or loads, coverage, how judges are linked, what is expected; or what is in the way."""
    found = organized(request, cycle)
    plan = _plan(request, found, pk)
    asked = Asked.of(plan.asked)
    context: dict[str, Any] = {
        "plan": plan,
        "task": plan.challenge,
        "asked": asked,
        "wished": asked_in_words(asked),
        "back": reverse("desk-panel", args=[found.key, plan.challenge_id, plan.panel]),
        "waits": plan.state in OPEN,
        "plan_badge": badge_of(plan),
    }
    if plan.state == PlanState.INFEASIBLE.value:
        context |= _in_the_way(plan, asked)
    elif plan.found:
        context |= _looked_at(request, plan)
    return desk_page(request, "desk/plan.html", found, "judging", context, title=_title(asked))


def _title(asked: Asked) -> str:
    return {Aim.DEAL: _("Who judges what"), Aim.GAPS: _("Filling the gaps"), Aim.THIRD: _("One more judge")}[asked.aim]


def asked_in_words(asked: Asked) -> list[str]:
    """What was asked, in a few words each."""
    if asked.aim is Aim.THIRD:
        return [_("one judge more for one entry")]
    said = ngettext("%(count)d judge for each entry", "%(count)d judges for each entry", asked.per_entry)
    found = [said % {"count": asked.per_entry}]
    if asked.max_load is not None:
        found.append(_("at most %(count)d sheets each") % {"count": asked.max_load})
    if asked.anchors:
        words = ngettext("%(count)d entry marked by everybody", "%(count)d entries marked by everybody", asked.anchors)
        found.append(words % {"count": asked.anchors})
    if not asked.language:
        found.append(_("whatever the language"))
    if asked.fairest:
        found.append(_("the worst match first"))
    if asked.partly:
        found.append(_("as many as can be"))
    return found


def _in_the_way(plan: AssignmentPlan, asked: Asked) -> dict[str, Any]:
    """What blocks, in words with names, and what else could be asked."""
    names = names_in(plan)
    blocks = plan.found.get("blocks", [])
    return {
        "blocks": [words_of(block_of(one), names) for one in blocks[:BLOCKS]],
        "more_blocks": max(0, len(blocks) - BLOCKS),
        "alternatives": alternatives(asked, blocks),
    }


def _looked_at(request: HttpRequest, plan: AssignmentPlan) -> dict[str, Any]:
    """Numbers, loads and a page of entries."""
    found = plan.found
    names = names_in(plan)
    entries, page = _entries(request, plan, names)
    return {
        "stats": facts_in_words(found),
        "said": precision_in_words(found),
        "respected": respected_in_words(found),
        "loads": _loads(plan, names),
        "rows": entries,
        "page": page,
        "nothing": not found.get("give"),
        "short": [name for pk in found.get("short", []) if (name := names.get(f"g{pk}"))],
        "take": len(found.get("take", [])),
        "notes": found.get("notes", []),
        "bridges": len(found.get("bridges", [])),
        "stale": plan.state == PlanState.READY.value and request.GET.get("stale") == "1",
    }


def _loads(plan: AssignmentPlan, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Judge by judge: sheets after the plan, how many of them are new, and the limit. The most first."""
    new: dict[int, int] = {}
    for _group, judge in plan.found.get("give", []):
        new[judge] = new.get(judge, 0) + 1
    seats = Panelist.objects.filter(challenge=plan.challenge_id, panel=plan.panel)
    limits = dict(seats.values_list("person_id", "max_load"))
    loads = {int(judge): count for judge, count in plan.found.get("loads", {}).items()}
    most = max([*loads.values(), 1])
    rows = [
        {
            "name": names.get(judge_key(judge), ""),
            "load": count,
            "new": new.get(judge, 0),
            "limit": limits.get(judge),
            "most": most,
        }
        for judge, count in loads.items()
    ]
    return sorted(rows, key=lambda row: (-row["load"], row["name"]))


def _entries(request: HttpRequest, plan: AssignmentPlan, names: Mapping[str, str]) -> tuple[list[dict[str, Any]], Any]:
    """A page of the entries that get somebody new, by name, with who has them already."""
    given: dict[int, list[int]] = {}
    for group, judge in plan.found.get("give", []):
        given.setdefault(group, []).append(judge)
    ordered = sorted(given, key=lambda pk: (names.get(f"g{pk}", "").casefold(), pk))
    page = page_of(request, ordered, PAGE)
    shown = list(page.object_list)
    has: dict[int, list[str]] = {}
    sheets = Sheet.objects.filter(challenge=plan.challenge_id, panel=plan.panel, group__in=shown)
    for group, judge in sheets.exclude(state=SheetState.RECUSED.value).values_list("group_id", "judge_id"):
        if judge not in given[group]:
            has.setdefault(group, []).append(names.get(judge_key(judge), ""))
    rows = [
        {
            "name": names.get(f"g{pk}", ""),
            "new": sorted(names.get(judge_key(one), "") for one in given[pk]),
            "has": sorted(has.get(pk, [])),
            "bridge": pk in plan.found.get("bridges", []),
        }
        for pk in shown
    ]
    return rows, page


@never_cache
@signed_in
@require_safe
def plan_progress(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """How far a plan is: asked for by its page every second; when it is over, the page is asked for again."""
    found = organized(request, cycle)
    plan = _plan(request, found, pk)
    answer = render(request, "desk/plan_progress.html", {"cycle": found, "plan": plan, "waits": plan.state in OPEN})
    if plan.state not in OPEN:
        answer["HX-Refresh"] = "true"
    return answer


@signed_in
@require_POST
def settle_plan(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Give the sheets out as planned, or drop the plan."""
    found = organized(request, cycle)
    plan = _plan(request, found, pk, "plan.settle")
    match request.POST.get("do"):
        case "apply":
            done = _("The sheets are given out as planned.")
            if not attempt(request, lambda: actions.apply_plan(plan=plan, by=me(request)), done):
                return redirect(f"{reverse('desk-plan', args=[found.key, plan.pk])}?stale=1")
        case "drop":
            attempt(
                request, lambda: actions.drop_plan(plan=plan, by=me(request)), _("The plan is dropped; nothing was given out.")
            )
        case "again":
            return _again(request, found, plan)
        case _:
            raise Http404
    return redirect("desk-panel", found.key, plan.challenge_id, plan.panel)


def _again(request: HttpRequest, cycle: Cycle, plan: AssignmentPlan) -> HttpResponse:
    """The same wish once more, with the facts as they are now."""
    asked, by = Asked.of(plan.asked), me(request)
    fresh: list[AssignmentPlan] = []

    def act() -> None:
        if asked.aim is Aim.GAPS:
            fresh.append(actions.fill_gaps(challenge=plan.challenge, panel=plan.panel, by=by, at_once=asked.at_once))
        elif asked.aim is Aim.THIRD:
            group = Group.objects.get(pk=asked.group or 0)
            fresh.append(actions.ask_third_reader(challenge=plan.challenge, panel=plan.panel, group=group, by=by))
        else:
            fresh.append(actions.ask_plan(challenge=plan.challenge, panel=plan.panel, asked=asked, by=by))

    attempt(request, act, _("It is worked out anew."))
    return redirect("desk-plan", cycle.key, (fresh or [plan])[0].pk)
