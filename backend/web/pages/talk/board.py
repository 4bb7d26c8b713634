"""The board of barriers of a cycle, and what a person follows in it."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import boards_seen, crumbs_of, cycle_seen, tabs
from backend.web.pages.ideas.frame import idea_url, is_on, places_of
from backend.web.pages.talk.rows import thread_rows
from backend.web.paging import page_of
from games.ideas.models import Idea
from games.permissions import allows, visible
from games.talk.models import Follow, Thread
from games.talk.queries import board_first, followed_by, follows, with_counts

PAGE: Final = 30


@never_cache
@require_safe
def barriers_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Barriers and questions of the teams: what is open first. `mine` shows those of one's own teams."""
    found, access = cycle_seen(request, cycle), access_of(request)
    if not allows(access, "cycle.barriers", found):
        raise Http404
    mine = request.GET.get("mine") == "1"
    rows = visible(access, "thread.view", Thread.objects.filter(cycle=found, idea__isnull=True))
    rows = rows.filter(group__in=access.groups_with()) if mine else rows
    page = page_of(request, board_first(with_counts(rows)), PAGE)
    shown = thread_rows(page)
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Barriers")),
        "tabs": tabs(found, "ideas", main=boards_seen(access, found).first(), access=access),
        "page": page,
        "open": [one for one in shown if one["open"]],
        "answered": [one for one in shown if not one["open"]],
        "mine": mine,
        "filters": bool(access.groups),
        "query": "mine=1" if mine else "",
        "writes": is_on(found) and bool(places_of(access, found)),
    }
    return render(request, "talk/barriers.html", context)


@never_cache
@signed_in
@require_safe
def following_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What is new in what this person follows, and what that is."""
    found, access = cycle_seen(request, cycle), access_of(request)
    if found.pk not in access.member_of:
        raise Http404
    seen = visible(access, "thread.view", Thread.objects.filter(cycle=found))
    page = page_of(request, follows(with_counts(seen), followed_by(found, access.persons)), PAGE)
    ideas = visible(access, "idea.view", Idea.objects.filter(cycle=found, follows__person__in=sorted(access.persons)))
    groups = visible(access, "follow.view", Follow.objects.filter(cycle=found, group__isnull=False)).select_related("group")
    named: list[dict[str, Any]] = [
        {"title": one.title, "url": idea_url(one)}
        for one in ideas.select_related("cycle").distinct().order_by("-shared_at")[:PAGE]
    ]
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("What I follow")),
        "page": page,
        "rows": thread_rows(page),
        "ideas": named,
        "groups": [one.group for one in groups.order_by("group__name")[:PAGE]],
    }
    return render(request, "talk/following.html", context)
