"""What the pages of a cycle share, and the plain ones: its rules in words, who takes part, what was decided."""

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.keeping_words import retention_rules
from backend.web.learning_words import learning_rules
from backend.web.pages.retrospective.words import succession_rules
from backend.web.paging import kept, page_of
from games.challenges.models import Challenge
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of, glass_broken
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.recognition.rules.asked import game_rules
from games.recognition.rules.game import game_of
from games.recognition.rules.words import points_rules
from leaderboards.engine.words import scoring_rules
from leaderboards.models import Board

OVER: Final = {CycleState.CLOSED.value, CycleState.CANCELLED.value}
PAGE: Final = 60
TOP: Final = 5


def cycle_seen(request: HttpRequest, key: str) -> Cycle:
    """The cycle, if this person may see it; else 404."""
    return seen(request, "cycle.view", Cycle.objects.select_related("series", "organization"), key=key)


def crumbs_of(cycle: Cycle, *more: tuple[str, str] | str) -> list[dict[str, str]]:
    """The way to a page of a cycle."""
    series = [(shapes.series_name(cycle.series), reverse("series", args=[cycle.series.key]))] if cycle.series else []
    own = (cycle.name, shapes.cycle_url(cycle)) if more else cycle.name
    return shapes.crumbs((_("Cycles"), reverse("cycles")), *series, own, *more)


def tabs(cycle: Cycle, current: str, *, main: Board | None, access: Access) -> list[dict[str, Any]]:
    """The parts of a cycle."""
    parts = [("cycle", _("Overview"), reverse("cycle", args=[cycle.key]))]
    if main is not None:
        parts.append(("board", _("Board"), reverse("board", args=[cycle.key, main.key])))
    parts.append(("groups", _("Teams"), reverse("groups", args=[cycle.key])))
    if any(one.form for one in design_of(cycle).challenges):
        parts.append(("entries", _("Entries"), reverse("entries", args=[cycle.key])))
    parts += [
        ("ideas", _("Ideas"), reverse("ideas", args=[cycle.key])),
        *([("wins", _("Wins"), reverse("wins", args=[cycle.key]))] if design_of(cycle).recognition.wins else []),
        *([("game", _("Game"), reverse("game", args=[cycle.key]))] if game_of(design_of(cycle)).on else []),
        ("rules", _("Rules"), reverse("rules", args=[cycle.key])),
        ("decisions", _("Decisions"), reverse("decisions", args=[cycle.key])),
    ]
    if Capability.ADVISE in access.cycles.get(cycle.pk, frozenset()):
        parts.append(("hours", _("Office hours"), reverse("office-hours", args=[cycle.key])))
    if Capability.FOLLOW in access.cycles.get(cycle.pk, frozenset()):
        parts.append(("sponsor", _("Sponsor's desk"), reverse("sponsor-desk", args=[cycle.key])))
    if access.organizes(cycle.pk):
        parts.append(("desk", _("Organizer's desk"), reverse("cycle-desk", args=[cycle.key])))
    return [{"label": label, "url": url, "current": key == current} for key, label, url in parts]


def boards_seen(access: Access, cycle: Cycle) -> QuerySet[Board]:
    """The boards of a cycle that this person may see, the main one first."""
    return visible(access, "board.view", Board.objects.filter(scope=cycle.pk)).order_by("number")


@require_safe
def rules_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The rules in words, made from the same Design that the scorer computes with."""
    found = cycle_seen(request, cycle)
    access, design = access_of(request), design_of(found)
    told = _told(design, access, found)
    context = {
        "cycle": found,
        "design": design,
        "crumbs": crumbs_of(found, _("Rules")),
        "tabs": tabs(found, "rules", main=boards_seen(access, found).first(), access=access),
        "headings": [
            *({"title": title, "rules": rules} for title, rules in scoring_rules(told).items()),
            {"title": _("Points for what you do"), "rules": points_rules(told)},
            {"title": _("Game"), "rules": game_rules(told)},
            {"title": _("Learning from each other"), "rules": [] if found.imported else learning_rules(told)},
            {"title": _("From cycle to cycle"), "rules": succession_rules(design)},
            {"title": _("What is kept"), "rules": retention_rules(design)},
        ],
        "checks": _checks(design),
    }
    return render(request, "cycles/rules.html", context)


def _told(design: Any, access: Access, cycle: Cycle) -> Any:
    """The Design with the names of tasks that have not been shown yet left out."""
    open_ = set(visible(access, "challenge.view", Challenge.objects.filter(round__cycle=cycle)).values_list("key", flat=True))
    tasks = tuple(
        one if one.key in open_ else one.model_copy(update={"name": _("Challenge %(number)d") % {"number": number}})
        for number, one in enumerate(design.challenges, start=1)
    )
    return design.model_copy(update={"challenges": tasks})


def _checks(design: Any) -> list[dict[str, Any]]:
    """The three questions asked before a launch, each answered or openly waived."""
    names = {"will": _("Shared aims and will"), "offer": _("A simple, attractive offer"), "networks": _("Networks that carry it")}
    found = []
    for key, name in names.items():
        value = getattr(design.checks, key)
        waived = getattr(value, "waived", None)
        if value is not None:
            found.append({"name": name, "value": _("Waived: %(reason)s") % {"reason": waived} if waived else value})
    return found


@require_safe
def groups_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Who takes part; `q` searches names."""
    found = cycle_seen(request, cycle)
    access, query = access_of(request), request.GET.get("q", "").replace("\0", "").strip()
    rows = visible(access, "group.view", Group.objects.filter(cycle=found)).select_related("organization").order_by("name", "pk")
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(key__iexact=query))
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Teams")),
        "tabs": tabs(found, "groups", main=boards_seen(access, found).first(), access=access),
        "page": page_of(request, rows, PAGE),
        "query": query,
        "kept": kept(request),
    }
    return render(request, "cycles/groups.html", context)


@require_safe
def decisions_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What was decided, by whom and why, the newest first."""
    found = cycle_seen(request, cycle)
    access = access_of(request)
    rows = visible(access, "decision.view", Decision.objects.filter(cycle=found)).order_by("-number")
    page = page_of(request, rows, PAGE)
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Decisions")),
        "tabs": tabs(found, "decisions", main=boards_seen(access, found).first(), access=access),
        "page": page,
        "names": names_of(found, page.object_list),
        "glass": visible(access, "decision.revoke", glass_broken(access.now).filter(cycle=found)),
    }
    return render(request, "cycles/decisions.html", context)


def names_of(cycle: Cycle, decisions: Iterable[Decision]) -> dict[str, str]:
    """Key of a group -> its name, for the groups that these decisions are about."""
    keys = {key for one in decisions for key in (one.group, one.other) if key}
    return dict(Group.objects.filter(cycle=cycle, key__in=keys).values_list("key", "name"))
