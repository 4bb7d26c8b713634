"""An idea is shown to more people, or taken out of sight by organizers."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, id_in, me, require, signed_in
from backend.api.permissions import access_of
from backend.web.pages.ideas.frame import idea_seen
from games.groups.models import Group
from games.ideas import actions
from games.permissions import visible


@signed_in
@require_POST
def widen(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """More people may read it from now on."""
    idea = idea_seen(request, cycle, number)
    require(request, "idea.widen", idea)
    wanted = {id_in(one) for one in request.POST.getlist("readers")}
    readers = list(visible(access_of(request), "group.view", Group.objects.filter(cycle=idea.cycle, pk__in=wanted)))
    audience = request.POST.get("audience", "")
    attempt(
        request,
        lambda: actions.widen(idea=idea, audience=audience, by=me(request), readers=readers),
        _("More people can read it now."),
    )
    return redirect("idea", cycle, number)


@signed_in
@require_POST
def hide(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Organizers take it out of sight, with a reason, or show it again."""
    idea = idea_seen(request, cycle, number)
    require(request, "idea.moderate", idea)
    match request.POST.get("do"):
        case "hide":
            why = request.POST.get("why", "")
            attempt(
                request, lambda: actions.hide(idea=idea, why=why, by=me(request)), _("Only its team and organizers see it now.")
            )
        case "show":
            attempt(
                request,
                lambda: actions.show_again(idea=idea, by=me(request)),
                _("Whoever could read it before can read it again."),
            )
        case _:
            raise Http404
    return redirect("idea", cycle, number)
