"""The organizers look back: ask for it, read it, say something to each part, weigh what is proposed, publish it."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import me, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.retrospective.frame import paged, parts_of
from backend.web.pages.retrospective.words import WAYS
from games.cycles.models import Cycle
from games.errors import GameError
from games.permissions import allows, visible
from games.retrospectives import actions
from games.retrospectives.models import Adoption, Proposal, Retrospective
from games.retrospectives.queries import winning_ideas
from games.retrospectives.rules import RetroState

DIGITS: Final = 9
ANCHOR: Final = {"say": "part-", "take": "proposal-", "leave": "proposal-", "reconsider": "proposal-"}


@never_cache
@signed_in
@require_safe
def retrospective_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """The whole of it, with what organizers do."""
    found, access = organized(request, cycle), access_of(request)
    row = Retrospective.objects.filter(cycle=found).select_related("next_draft").first()
    if row is not None:
        row.cycle = found
    written = row is not None and row.made_at is not None
    winners = visible(access, "idea.view", winning_ideas(found)) if written else []
    decided = {one.idea_id: one for one in Adoption.objects.filter(cycle=found).select_related("draft")} if written else {}
    context: dict[str, Any] = {
        "row": row,
        "parts": paged(request, parts_of(request, row)) if row is not None and written else [],
        "asked": row is not None and row.state == RetroState.WANTED.value,
        "failed": row is not None and row.state == RetroState.FAILED.value,
        "follows": allows(access, "cycle.follow_up", found),
        "winners": [
            {"idea": one, "adoption": decided.get(one.pk), "way": str(WAYS[decided[one.pk].way]) if one.pk in decided else ""}
            for one in winners
        ],
        "public": reverse("retrospective", args=[found.key]),
    }
    return desk_page(request, "retrospective/desk.html", found, "retrospective", context)


@signed_in
@require_POST
def retrospective_do(request: HttpRequest, cycle: str) -> HttpResponse:
    """One of the things organizers do with it; back to where they did it."""
    found = organized(request, cycle)
    do, about = request.POST.get("do", ""), request.POST.get("about", "")
    act, done = _act(request, found, do, about)
    where = f"{'' if do == 'say' else f'?proposal={about}'}#{ANCHOR[do]}{about}" if do in ANCHOR else ""
    try:
        act()
    except GameError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, done)
    return redirect(f"{reverse('desk-retrospective', args=[found.key])}{where}")


def _act(request: HttpRequest, cycle: Cycle, do: str, about: str) -> tuple[Callable[[], object], str]:
    """What is to be done, and what is said when it is. Raises Http404 for anything else."""
    by, text = me(request), request.POST.get("text", "")
    whole: dict[str, tuple[Callable[[], object], str]] = {
        "ask": (lambda: actions.ask(cycle, by=by), _("It is being written. Look again in a moment.")),
        "publish": (lambda: actions.publish(cycle, by=by), _("Everybody who may see the cycle can read it now.")),
        "unpublish": (lambda: actions.unpublish(cycle, by=by), _("Only organizers read it again.")),
        "say": (lambda: actions.say(cycle, about, text, by=by), _("Your words are kept.")),
    }
    if do in whole:
        return whole[do]
    rows = Proposal.objects.filter(
        retrospective__cycle=cycle, number=int(about) if about.isdecimal() and len(about) <= DIGITS else 0
    )
    proposal = visible(access_of(request), "proposal.decide", rows).first()
    if proposal is None:
        raise Http404
    each: dict[str, tuple[Callable[[], object], str]] = {
        "take": (lambda: actions.take(proposal, by=by, reason=text), _("It goes into the next cycle.")),
        "leave": (lambda: actions.leave(proposal, by=by, reason=text), _("It is left as it is, with your reason.")),
        "reconsider": (lambda: actions.reconsider(proposal, by=by), _("It is open again.")),
    }
    if do not in each:
        raise Http404
    return each[do]
