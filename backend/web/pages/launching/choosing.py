"""Where a cycle begins: a playbook is chosen, a draft is gone on with, the next cycle is begun from the last."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import me, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.launching.tables_tasks import FORMATS
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.errors import GameError
from games.permissions import visible
from games.playbooks.queries import SAMPLE_START, Preset, presets
from games.playbooks.rules import Capability
from games.progression import actions
from games.progression.actions.succession import JUDGES, TEAMS
from games.progression.drafting import drafts_in
from games.progression.rules import begins, ends

HOUR: Final = 9
AHEAD: Final = timedelta(days=14)


@never_cache
@signed_in
def launch(request: HttpRequest) -> HttpResponse:
    """Choose a playbook, or go on with a draft."""
    require(request, "cycle.launch")
    if request.method == "POST":
        return _begin(request)
    mine = visible(access_of(request), "cycle.organize", Cycle.objects.filter(rehearsal=False))
    context = {
        "playbooks": [_card(one) for one in presets()],
        "drafts": [_draft_card(one) for one in drafts_in(mine)],
        "start": proposed_start().strftime("%Y-%m-%d"),
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), _("Launch")),
    }
    return render(request, "launch/choose.html", context)


def proposed_start() -> datetime:
    """A Monday two weeks ahead, at nine: what dates are counted from unless another day is chosen."""
    day = now() + AHEAD
    return (day + timedelta(days=-day.weekday() % 7)).replace(hour=HOUR, minute=0, second=0, microsecond=0)


def _begin(request: HttpRequest) -> HttpResponse:
    name = request.POST.get("name", "").strip()[:300]
    try:
        day = datetime.fromisoformat(request.POST.get("start", ""))
        start = day.replace(hour=HOUR, tzinfo=proposed_start().tzinfo) if day.tzinfo is None else day
    except ValueError:
        start = proposed_start()
    try:
        cycle = actions.draft_cycle(request.POST.get("playbook", ""), by=me(request), name=name, start=start)
    except GameError as refusal:
        messages.error(request, refusal.message)
        return redirect("launch")
    messages.success(request, _("A draft is made: every date is proposed, nobody sees it but you."))
    return redirect("draft-step", cycle.pk, "name")


def _card(found: Preset) -> dict[str, Any]:
    """A playbook as somebody chooses it: what it is for, how long, who is needed, what it does."""
    try:
        design = found.sample()
    except GameError:  # posted under an older vocabulary
        return {"key": found.key, "name": found.name, "summary": found.summary, "broken": True}
    first, last = begins(design) or SAMPLE_START, ends(design)
    days = (last - first).days if last else 0
    weeks = round(days / 7)
    long = (
        ngettext("about %(count)d week", "about %(count)d weeks", weeks) % {"count": weeks}
        if weeks
        else ngettext("%(count)d day", "%(count)d days", max(days, 1)) % {"count": max(days, 1)}
    )
    words = dict(FORMATS)
    return {
        "key": found.label if found.source == "posted" else found.key,
        "name": found.name,
        "summary": found.summary,
        "posted": found.source == "posted",
        "source": design.playbook.source if design.playbook else "",
        "long": long,
        "rounds": [one.title for one in design.rounds],
        "needed": [one.title for one in design.roles if set(one.capabilities) & {Capability.ORGANIZE, Capability.JUDGE}],
        "roles": [{"name": one.name or one.key, "summary": one.summary} for one in design.roles],
        "formats": [words[one] for one in sorted({task.format.value for task in design.challenges}) if one in words],
        "awards": [one.title for one in design.awards],
        "team": _team(design.registration.min_members, design.registration.max_members),
    }


def _team(least: int, most: int | None) -> str:
    if most == 1:
        return _("alone")
    if most is None:
        return _("teams of %(least)d or more") % {"least": least}
    return _("teams of %(least)d to %(most)d") % {"least": least, "most": most}


def _draft_card(draft: Any) -> dict[str, Any]:
    amends = draft.cycle.state != CycleState.DRAFT.value
    return {
        "name": draft.cycle.name,
        "url": reverse("draft", args=[draft.cycle_id]),
        "saved_at": draft.saved_at,
        "kind": _("amendment") if amends else _("draft"),
    }


# --- From a cycle that is there ---------------------------------------------------------------------------------------------------------


@signed_in
@require_POST
def begin_next(request: HttpRequest, cycle: str) -> HttpResponse:
    """Begin to write the next cycle from this one; teams and judges come along at the launch, if wanted."""
    found = seen(request, "cycle.follow_up", Cycle.objects.select_related("series", "organization"), key=cycle)
    carry = {one for one in (TEAMS, JUDGES) if one in request.POST.getlist("carry")}
    try:
        after = actions.draft_next(found, by=me(request), start=proposed_start(), carry=carry)
    except GameError as refusal:
        messages.error(request, refusal.message)
        return redirect("cycle-desk", cycle)
    messages.success(request, _("A draft of the next cycle is made from the rules of this one."))
    return redirect("draft-step", after.pk, "name")


@signed_in
@require_POST
def begin_amendment(request: HttpRequest, cycle: str) -> HttpResponse:
    """Begin to change the rules of a cycle that is launched; they hold once that is decided, with a reason."""
    found = seen(request, "cycle.organize", Cycle.objects.all(), key=cycle)
    try:
        draft = actions.draft_amendment(found, by=me(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
        return redirect("cycle-desk", cycle)
    return redirect("draft-step", draft.cycle_id, "rounds")
