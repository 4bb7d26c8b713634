"""An idea is shown to more people, or taken out of sight by organizers; an entry becomes one that is talked about and tested."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, id_in, me, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import cycle_seen
from backend.web.pages.ideas.frame import idea_seen, places_of
from games.groups.models import Group
from games.ideas import actions
from games.ideas.actions.sharing import check_open
from games.ideas.models import Idea
from games.ideas.rules import DerivationKind
from games.permissions import visible
from games.submissions.models import Submission


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


@signed_in
@require_POST
def of_entry(request: HttpRequest, cycle: str, entry: int) -> HttpResponse:
    """The idea that stands for a published entry, made when the first wants to ask about it or test it."""
    found = cycle_seen(request, cycle)
    rows = Submission.objects.filter(challenge__round__cycle=found, challenge__round__published_at__isnull=False)
    row = seen(request, "submission.view", rows.select_related("group"), pk=entry)
    if not places_of(access_of(request), found):
        raise PermissionDenied

    def name() -> None:
        check_open(found, None)
        actions.name_entry(row, by=me(request), kind=DerivationKind.ANSWERS.value)

    attempt(request, name, _("Ask about it below, or test it."))
    idea = Idea.objects.filter(submission=row).first()
    return redirect("idea", cycle, idea.number) if idea is not None else redirect("group", cycle, row.group.key)
