"""A thread is opened: about an idea (who will be asked stands beside it), or a barrier on the board."""

from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import me, refuse, require, signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import crumbs_of, cycle_seen
from backend.web.pages.ideas.frame import Place, frame, idea_seen, idea_url
from backend.web.pages.talk.frame import OpeningForm, place_of
from backend.web.pages.talk.rows import thread_url
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups.models import Group
from games.ideas.models import Idea
from games.learning.models import ChangeTest
from games.learning.rules import Act, ChangeState
from games.permissions import Access, visible
from games.talk import actions
from games.talk.models import Thread
from games.talk.queries import adopters_of, reply_hours
from games.talk.rules import ThreadKind


@never_cache
@signed_in
def open_on_idea(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Talk about an idea: say something, ask a question, ask somebody who did it."""
    idea = idea_seen(request, cycle, number)
    place, places = place_of(request, idea.cycle)
    if place is None or idea.hidden_at is not None:
        raise PermissionDenied
    access = access_of(request)
    adopters = adopters_of(idea, but=place.group)
    kinds = [
        (ThreadKind.QUESTION.value, _("A question: you accept the answer that helps")),
        (ThreadKind.TALK.value, _("Something to say")),
    ]
    if adopters:
        kinds.insert(0, (ThreadKind.ASK.value, _("Ask somebody who did it")))
    context = frame(request, idea.cycle, (idea.title, idea_url(idea)), _("Talk about it")) | {
        "idea": idea,
        "back": idea_url(idea),
        **_asked(access, idea, adopters),
    }
    return _opened(request, idea.cycle, idea, place, places, kinds, context)


@never_cache
@signed_in
def open_barrier(request: HttpRequest, cycle: str) -> HttpResponse:
    """A barrier is posted: what holds a team up."""
    found = cycle_seen(request, cycle)
    require(request, "cycle.barriers", found)
    place, places = place_of(request, found)
    if place is None:
        raise PermissionDenied
    kinds = [
        (ThreadKind.BARRIER.value, _("A barrier: something holds us up. We mark what helps")),
        (ThreadKind.QUESTION.value, _("A question: we accept one answer")),
    ]
    board = reverse("barriers", args=[found.key])
    way = crumbs_of(found, (_("Barriers"), board), _("Post a barrier"))
    return _opened(request, found, None, place, places, kinds, {"cycle": found, "crumbs": way, "back": board})


def _opened(
    request: HttpRequest,
    cycle: Cycle,
    idea: Idea | None,
    place: Place,
    places: list[Place],
    kinds: list[tuple[str, Any]],
    context: dict[str, Any],
) -> HttpResponse:
    form = OpeningForm(request.POST or None, kinds=kinds, initial={"kind": request.GET.get("kind", kinds[0][0])})
    if request.method == "POST" and form.is_valid():
        made = _made(request, cycle, idea, place, form)
        if made is not None:
            return redirect(thread_url(made))
    return render(
        request, "talk/open.html", context | {"form": form, "place": place, "places": places if len(places) > 1 else []}
    )


def _made(request: HttpRequest, cycle: Cycle, idea: Idea | None, place: Place, form: OpeningForm) -> Thread | None:
    try:
        return actions.open_thread(cycle=cycle, idea=idea, by=me(request), group=place.group, **form.cleaned_data)
    except GameError as refusal:
        refuse(form, refusal)
        return None


def _asked(access: Access, idea: Idea, adopters: list[Group]) -> dict[str, Any]:
    """Who would be asked, by name where this person may see that they adopted it, and by when."""
    if not adopters:
        return {"asked": [], "unnamed": 0}
    done = ChangeTest.objects.filter(idea=idea, state=ChangeState.ACTED.value, act=Act.ADOPT.value)
    known = set(visible(access, "change_test.view", done).values_list("group", flat=True))
    named = [one.name for one in adopters if one.pk in known]
    hours = reply_hours(idea.cycle)
    return {
        "asked": named,
        "unnamed": len(adopters) - len(named),
        "until": access.now + timedelta(days=design_of(idea.cycle).reply_days),
        "median": round(hours) if hours is not None else None,
    }
