"""How many judges are enough, on the organizer's desk: with the groups and judges that are there."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.web.enough import checked
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.ways import ways
from games.groups.models import Group
from games.groups.rules import GroupState
from games.judging.queries import judges_in
from worker import desk as work


@never_cache
@signed_in
@require_safe
def enough_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The same table as in the launch form."""
    found = organized(request, cycle)
    groups = Group.objects.filter(cycle=found, state=GroupState.ACTIVE.value).count()
    judges = judges_in(found).values("person_id").distinct().count()
    context = checked(found, request.GET.dict(), entries=groups, judges=judges, fresh=request.GET.get("fresh") == "1")
    context |= {"ways": ways(found, "panels")}
    title = _("How many judges are enough")
    return desk_page(
        request, "desk/enough.html", found, "judging", context, title=title, status=422 if context["faults"] else 200
    )


@never_cache
@signed_in
@require_safe
def enough_progress(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """How far it is; when it is over, the page is asked for again."""
    found = organized(request, cycle)
    job = work.look(key, found)
    if job is None or job.work != "precision":
        raise Http404
    answer = render(request, "components/enough_progress.html", {"cycle": found, "job": job})
    if job.over:
        answer["HX-Refresh"] = "true"
    return answer
