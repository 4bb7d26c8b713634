"""Who should not judge us: said of a judge where judges are known, or in words; and what the organizers answered."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.entering.shared import me_in
from backend.web.pages.workspace.frame import framed, team_seen
from games.groups.models import Group
from games.judging import actions
from games.judging.models import Concern, ConflictOfInterest
from games.judging.rules import ConflictSource
from games.judging.seating import judges_known
from games.permissions import allows, visible


@never_cache
@signed_in
def judges_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """What we said about our judges and what became of it; a place to say more."""
    found = team_seen(request, cycle, group)
    if request.method == "POST":
        return _said(request, found)
    return _page(request, found)


def _page(request: HttpRequest, group: Group, *, words: str = "", error: str = "", status: int = 200) -> HttpResponse:
    access = access_of(request)
    said = visible(access, "conflict.view", ConflictOfInterest.objects.filter(group=group, source=ConflictSource.TEAM.value))
    raised = visible(access, "concern.view", Concern.objects.filter(group=group))
    context = framed(request, group, "team-judges", _("Judges")) | {
        "known": judges_known(group.cycle),
        "said": list(said.select_related("person").order_by("pk")),
        "raised": list(raised.order_by("pk")),
        "may_say": allows(access, "group.submit", group),
        "words": words,
        "error": error,
    }
    return render(request, "workspace/judges.html", context, status=status)


def _said(request: HttpRequest, group: Group) -> HttpResponse:
    """One thing said: of a known judge, or in words."""
    mine = seen(request, "group.submit", Group.objects.select_related("cycle__organization"), pk=group.pk)
    by, words = me(request), request.POST.get("words", "")
    match request.POST.get("do"):
        case "judge":
            judge = next((one for one in judges_known(mine.cycle) if str(one.pk) == request.POST.get("judge")), None)
            if judge is None:
                messages.error(request, _("Choose a judge."))
            else:
                done = _("%(name)s does not judge you, unless the organizers find no conflict.") % {"name": judge.name}
                reason = request.POST.get("reason", "")
                attempt(request, lambda: actions.object_to(group=mine, person=judge, reason=reason, by=by), done)
        case "words" if not words.strip():
            return _page(request, group, error=_("Name a person or an organization, and why."), status=422)
        case "words":
            person = me_in(access_of(request), mine)
            done = _("The organizers have your words. You read their answer here.")
            attempt(request, lambda: actions.raise_concern(group=mine, words=words, by=by, person=person), done)
        case _:
            raise Http404
    return redirect("team-judges", group.cycle.key, group.key)
