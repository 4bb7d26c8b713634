"""From the retrospective to the next cycle: what was taken, what comes along and what that gives each team, seen before anything begins."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import me, refuse, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.launching.choosing import proposed_start
from backend.web.pages.retrospective.forms import AdoptForm, NextForm
from backend.web.pages.retrospective.frame import retrospective_seen, told_proposals
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.errors import GameError
from games.ideas.models import Idea
from games.permissions import allows, visible
from games.playbooks.schema import DesignRefused, parse_design
from games.playbooks.schema.succession import Carry
from games.progression.carrying import Coming, what_comes_along
from games.retrospectives import actions
from games.retrospectives.actions.beginning import changed, taken_of
from games.retrospectives.models import Adoption, Retrospective
from games.retrospectives.queries import winning_ideas
from games.retrospectives.rules import AdoptionWay

SHOWN: Final = 100


@never_cache
@signed_in
def next_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Begin the next cycle from what this one learned; `do`=look shows first what each team would bring along."""
    found = organized(request, cycle)
    row = retrospective_seen(request, found, "retrospective.write")
    if not allows(access_of(request), "cycle.follow_up", found):
        raise Http404
    design, taken = design_of(found), taken_of(row)
    data, _stuck = changed(row, taken)
    carry = _start_carry(data, design.carry)
    form = NextForm(request.POST or None, initial=NextForm.first(carry, proposed_start()))
    coming: Coming | None = None
    if request.method == "POST" and form.is_valid():
        start = form.cleaned_data["start"]
        if request.POST.get("do") != "look":
            begun = _begun(request, row, form, start)
            if begun is not None:
                return begun
        else:
            coming = _look(form, found, start, data)
    elif request.method != "POST":
        coming = what_comes_along(found, carry, proposed_start())
    draft = row.next_draft if row.next_draft is not None and row.next_draft.state == CycleState.DRAFT.value else None
    context: dict[str, Any] = {
        "row": row,
        "form": form,
        "taken": told_proposals(taken, design.data()),
        "teams": _teams(coming) if coming is not None else [],
        "looked": coming is not None,
        "days": int(coming.days) if coming is not None else 0,
        "draft": draft,
        "gives_points": bool(design.rules),
    }
    return desk_page(request, "retrospective/next.html", found, "retrospective", context, title=_("The next cycle"))


def _start_carry(data: Mapping[str, Any], carry: Carry) -> Carry:
    """What the form begins with: as the rules say, with what was taken of it."""
    try:
        return Carry.model_validate(data.get("carry") or {})
    except ValueError:
        return carry


def _look(form: NextForm, cycle: Cycle, start: datetime, data: Mapping[str, Any]) -> Coming | None:
    """What each team would bring along under what was typed; None with the fault at its field."""
    try:
        design = parse_design({**data, "carry": form.carry()}, start=start, file="")
    except DesignRefused as refused:
        _refuse(form, refused)
        return None
    return what_comes_along(cycle, design.carry, start)


def _refuse(form: NextForm, refused: DesignRefused) -> None:
    for one in refused.problems:
        name = one.where.rpartition(".")[2]
        form.add_error(name if one.where.startswith("carry.") and name in form.fields else None, one.message)


def _begun(request: HttpRequest, row: Retrospective, form: NextForm, start: datetime) -> HttpResponse | None:
    try:
        draft, stuck = actions.begin_next(row.cycle, by=me(request), start=start, carry=form.carry())
    except DesignRefused as refused:
        _refuse(form, refused)
        return None
    except GameError as refusal:
        refuse(form, refusal)
        return None
    messages.success(request, _("The next cycle is drafted from what this one learned. Nothing holds before you launch it."))
    if stuck:
        said = ngettext("%(count)d proposal does not fit into the rules by itself: change them by hand.", "%(count)d proposals do not fit into the rules by themselves: change them by hand.", len(stuck))  # fmt: skip
        messages.warning(request, said % {"count": len(stuck)})
    return redirect("draft-step", draft.pk, "name")


def _teams(coming: Coming) -> list[dict[str, Any]]:
    """Team by team what it would bring; those with most points first."""
    rows: list[dict[str, Any]] = [
        {
            "name": one.name,
            "begun": coming.beginnings.get(one.pk),
            "badges": [name for _key, name in coming.badges.get(one.pk, ())],
            "tries": len(coming.commitments.get(one.pk, ())),
        }
        for one in coming.teams
    ]
    rows.sort(key=lambda one: (-(one["begun"].whole if one["begun"] else 0), one["name"]))
    return rows[:SHOWN]


@never_cache
@signed_in
def adopt_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Decide what becomes of an idea of those who came first."""
    found, access = organized(request, cycle), access_of(request)
    idea: Idea | None = visible(access, "idea.view", winning_ideas(found).filter(number=number)).first()
    if idea is None or Adoption.objects.filter(idea=idea).exists():
        raise Http404
    idea.cycle = found
    form = AdoptForm(request.POST or None, initial={"way": AdoptionWay.TEST.value})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        words = {name: data[name] for name in ("reason", "prediction", "playbook")}
        try:
            row = actions.adopt(idea, AdoptionWay(data["way"]), by=me(request), **words)
        except GameError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Decided. The record of decisions says so, for everybody to read."))
            if row.draft is not None:
                return redirect("draft-step", row.draft.pk, "name")
            return redirect(f"{reverse('desk-retrospective', args=[found.key])}#winner")
    context = {"idea": idea, "form": form}
    title = _("The winner's idea goes on")
    return desk_page(request, "retrospective/adopt.html", found, "retrospective", context, title=title)
