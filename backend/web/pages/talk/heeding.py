"""An idea or a group is followed, thanked, cheered; an idea is reported."""

from typing import Any

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, me, require, seen, signed_in
from backend.web.pages.ideas.frame import idea_seen, idea_url
from games.groups.models import Group
from games.ideas.models import Idea
from games.permissions import Access
from games.talk import actions
from games.talk.models import Follow, Thanks


def told_of_group(access: Access) -> dict[str, Any]:
    """What the statement of a group asks besides: whether this person follows it, cheered it, and how many did."""
    mine, all_ = sorted(access.persons), Thanks.objects.filter(to_group=OuterRef("pk"))
    counted = all_.order_by().values("to_group").annotate(count=Count("pk")).values("count")
    return {
        "followed": Exists(Follow.objects.filter(group=OuterRef("pk"), person__in=mine)),
        "cheered": Exists(all_.filter(person__in=mine)),
        "cheers_count": Coalesce(Subquery(counted), 0),
    }


def _heed(request: HttpRequest, what: Idea | Group) -> None:
    by = me(request)
    match request.POST.get("do"):
        case "follow":
            attempt(request, lambda: actions.follow(what=what, by=by), _("You hear what comes of it."))
        case "unfollow":
            attempt(request, lambda: actions.unfollow(what=what, by=by), _("You hear of it no more."))
        case "thank":
            attempt(request, lambda: actions.thank(what=what, by=by), _("You said thank you."))
        case "thank-back":
            attempt(request, lambda: actions.thank_back(what=what, by=by), _("Taken back."))
        case _:
            raise Http404


@signed_in
@require_POST
def heed_idea(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Follow an idea, thank for it, or take that back."""
    idea = idea_seen(request, cycle, number)
    require(request, "idea.heed", idea)
    _heed(request, idea)
    return redirect(f"{idea_url(idea)}#talk")


@signed_in
@require_POST
def report_idea(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Ask the organizers to look at an idea."""
    idea = idea_seen(request, cycle, number)
    require(request, "idea.heed", idea)
    why = request.POST.get("why", "")
    attempt(
        request,
        lambda: actions.report(what=idea, why=why, by=me(request)),
        _("Reported. The organizers look at it; its team does not learn who reported."),
    )
    return redirect(idea_url(idea))


@signed_in
@require_POST
def heed_group(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Follow a group, cheer it, or take that back."""
    found = seen(request, "group.view", Group.objects.select_related("cycle"), cycle__key=cycle, key=group)
    require(request, "group.heed", found)
    _heed(request, found)
    return redirect(reverse("group", args=[found.cycle.key, found.key]))
