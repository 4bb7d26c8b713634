"""Small wins in pages: the feed of a cycle, cheers, and a team's own page with its wins and its weeks of activity beside learning."""

from typing import Any, Final

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import boards_seen, crumbs_of, cycle_seen, tabs
from backend.web.pages.workspace.frame import framed, team_seen
from backend.web.paging import page_of, place_of
from backend.web.win_words import motion_shape, weeks_shape, win_shape
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.ideas.models import Idea
from games.learning.models import ChangeTest
from games.permissions import Access, visible
from games.recognition.actions.cheering import cheer_back, cheer_win
from games.recognition.models import Win
from games.recognition.queries.watching import motion_of, weeks_of
from games.recognition.queries.wins import wins_of, with_story

PAGE: Final = 30
OWN: Final = 12


def told(access: Access, rows: QuerySet[Win], user: Any) -> QuerySet[Any]:
    """Those of `rows` that the person may see, with what a list shows. One statement."""
    tests = visible(access, "change_test.view", ChangeTest.objects.all())
    ideas = visible(access, "idea.view", Idea.objects.all())
    return with_story(visible(access, "win.view", rows), user, tests=tests, ideas=ideas)


def _on(cycle: Cycle) -> Cycle:
    """The cycle, where its rules tell small wins; else there is no such page."""
    if not design_of(cycle).recognition.wins:
        raise Http404
    return cycle


def _cheers(access: Access, cycle: Cycle) -> frozenset[int] | None:
    """Groups that the person does not cheer, being in them; None: they cheer nobody here, having no place."""
    return frozenset(access.groups) if cycle.pk in access.member_of else None


@never_cache
@require_safe
def wins_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What teams of the cycle can be glad of, the newest first."""
    found, access = _on(cycle_seen(request, cycle)), access_of(request)
    own = _cheers(access, found)
    page = page_of(request, told(access, wins_of(found), request.user), PAGE)
    main = boards_seen(access, found).first()
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Small wins")),
        "tabs": tabs(found, "wins", main=main, access=access),
        "rows": [win_shape(one, cheers=own is not None and one.group_id not in own) for one in page],
        "page": page,
    }
    return render(request, "wins/cycle.html", context)


@signed_in
@require_POST
def cheer(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Cheer a win of another team, or take the cheer back."""
    found = _on(cycle_seen(request, cycle))
    win = seen(request, "win.cheer", Win.objects.select_related("cycle"), pk=pk, cycle=found)
    acts = {"cheer": (cheer_win, _("They will be glad to see it.")), "back": (cheer_back, _("Your cheer is taken back."))}
    if (wanted := request.POST.get("do", "")) not in acts:
        raise Http404
    act, done = acts[wanted]
    attempt(request, lambda: act(win=win, by=me(request)), done)
    page = request.POST.get("page", "")
    query = f"?page={page}" if page.isdecimal() else ""
    return redirect(f"{reverse('wins', args=[found.key])}{query}#win-{win.pk}")


@never_cache
@signed_in
@require_safe
def team_wins_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """What the team can be glad of, and its activity beside what it learned by."""
    found = team_seen(request, cycle, group)
    _on(found.cycle)
    access = access_of(request)
    rows = told(access, wins_of(found.cycle, group=found), request.user)
    page = page_of(request, rows, OWN, holding=place_of(request, "win", rows.values_list("pk", flat=True)))
    context = (
        framed(request, found, "team-wins", _("Wins and learning"))
        | learning_of(found, access)
        | {"rows": [win_shape(one) for one in page], "page": page}
    )
    return render(request, "wins/team.html", context)


def learning_of(group: Group, access: Access) -> dict[str, Any]:
    """The weeks of a group as bars and a table, and motion without learning, if there is any. One statement."""
    weeks = weeks_of(group.cycle, access.now, groups=[group.pk]).get(group.pk, ())
    chart = weeks_shape(weeks, title=_("Week by week")) if weeks else None
    return {"chart": chart, "motion": motion_shape(motion_of(weeks))}
