"""A cycle: its aim, its rounds on a timeline, its boards, its awards, who takes part, its rules in words, its decisions."""

from collections.abc import Iterable
from typing import Any, Final

import orjson
from django.core.paginator import Paginator
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from backend.web import shapes
from games.challenges.models import Challenge
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of, glass_broken
from games.cycles.rules import CycleState
from games.groups.models import Group, Membership
from games.groups.queries import door_of
from games.groups.rules import GroupState
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.recognition.models import Grant
from games.results.models import ExternalResult
from games.results.queries import shown_of, shown_page
from games.rounds.models import Round
from games.rounds.queries import rounds_of
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
    parts += [
        ("groups", _("Groups"), reverse("groups", args=[cycle.key])),
        ("rules", _("Rules"), reverse("rules", args=[cycle.key])),
        ("decisions", _("Decisions"), reverse("decisions", args=[cycle.key])),
    ]
    if Capability.FOLLOW in access.cycles.get(cycle.pk, frozenset()):
        parts.append(("sponsor", _("Sponsor's desk"), reverse("sponsor-desk", args=[cycle.key])))
    if access.organizes(cycle.pk):
        parts.append(("desk", _("Organizer's desk"), reverse("cycle-desk", args=[cycle.key])))
    return [{"label": label, "url": url, "current": key == current} for key, label, url in parts]


def boards_seen(access: Access, cycle: Cycle) -> QuerySet[Board]:
    """The boards of a cycle that this person may see, the main one first."""
    return visible(access, "board.view", Board.objects.filter(scope=cycle.pk)).order_by("number")


@require_safe
def cycle_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Everything about a cycle at one glance, and what to do next."""
    found = cycle_seen(request, cycle)
    access, design = access_of(request), design_of(found)
    rounds = list(rounds_of(found, access.now))
    boards = list(boards_seen(access, found))
    grants = visible(access, "grant.view", Grant.objects.filter(cycle=found)).select_related("group").order_by("award", "pk")
    context = {
        "cycle": found,
        "design": design,
        "badge": shapes.cycle_badge(found),
        "crumbs": crumbs_of(found),
        "tabs": tabs(found, "cycle", main=boards[0] if boards else None, access=access),
        "step": next_step(request, found, rounds, access),
        "now": access.now,
        "stops": shapes.stops(found, rounds),
        "meter": shapes.aim_meter(design),
        "aim_by": shapes.moment(design.aim.date),
        "boards": boards,
        "preview": _preview(access, found, boards[0]) if boards else None,
        "awards": shapes.awards(found, design, grants),
        "stats": _stats(found, rounds),
        "facts": _facts(found),
        "external": ExternalResult.objects.filter(cycle=found).exists(),
        "starts": shapes.moment(design.cycle.starts),
        "ends": shapes.moment(design.cycle.ends),
    }
    return render(request, "cycles/cycle.html", context)


def _preview(access: Access, cycle: Cycle, board: Board) -> dict[str, Any] | None:
    """The head of the main board, as it is shown to this person."""
    shown = shown_of(board, organizes=access.reads(cycle.pk), side="published")
    if shown.source == "none" and board.live:
        shown = shown_of(board, organizes=False)
    rows = orjson.loads(shown_page(shown)[1])["rows"]
    placed = [row for row in rows if row["place"]][:TOP]
    return {"board": board, "rows": placed, "decimals": shapes.decimals_in(row["score"] for row in placed)} if placed else None


def _stats(cycle: Cycle, rounds: list[Round]) -> list[dict[str, Any]]:
    """A few numbers that matter, in two statements."""
    groups = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).count()
    people = Membership.objects.filter(cycle=cycle, until__isnull=True).aggregate(
        members=Count("person", distinct=True, filter=Q(group__isnull=False)),
        judges=Count(
            "person", distinct=True, filter=Q(group__isnull=True, capabilities__icontains=f'"{Capability.JUDGE.value}"')
        ),
    )
    over = sum(1 for one in rounds if one.published_at)
    found = [
        (groups, _("groups")),
        (people["members"], _("people in them")),
        (people["judges"], _("judges")),
        (_("%(over)d of %(all)d") % {"over": over, "all": len(rounds)}, _("rounds published")),
    ]
    return [{"value": value, "label": label} for value, label in found if value]


def _facts(cycle: Cycle) -> list[dict[str, Any]]:
    """Where a cycle comes from and under what terms."""
    design = design_of(cycle)
    found: list[dict[str, Any]] = []
    if organizer := shapes.organizer(cycle):
        found.append({"name": _("Organizer"), "value": organizer})
    if design.playbook:
        found.append(
            {"name": _("Playbook"), "value": f"{design.playbook.name or design.playbook.key}, {design.playbook.version}"}
        )
    rules = _("Design %(number)d") % {"number": cycle.design_number}
    found.append({"name": _("Rules"), "value": rules, "url": reverse("rules", args=[cycle.key])})
    if design.cycle.timezone:
        found.append({"name": _("Time zone"), "value": design.cycle.timezone})
    if design.cycle.licence:
        found.append({"name": _("Licence of the data"), "value": design.cycle.licence})
    if design.cycle.source:
        found.append({"name": _("Source of the data"), "value": design.cycle.source})
    return found


# --- What to do next ------------------------------------------------------------------------------------------------------------------


def next_step(request: HttpRequest, cycle: Cycle, rounds: list[Round], access: Access) -> dict[str, Any] | None:
    """The one thing to do next here, depending on who looks; nothing for a cycle that is over."""
    if cycle.state in OVER:
        return None
    deadline = shapes.next_deadline(rounds, access.now)
    until = deadline[1] if deadline else None
    if access.organizes(cycle.pk):
        url = reverse("cycle-desk", args=[cycle.key])
        return _step(_("You organize this cycle"), _("Who waits, what is late, what to publish."), url, _("To the desk"), until)
    if Capability.JUDGE in access.cycles.get(cycle.pk, frozenset()):
        return _step(_("You judge here"), _("Your sheets, in the order to mark them."), reverse("queue"), _("To my sheets"), None)
    team = Group.objects.filter(pk__in=access.groups_with(), cycle=cycle).first() if access.groups else None
    if team is not None:
        return _team_step(cycle, team, deadline, until)
    return _outside_step(request, cycle, access)


def _team_step(cycle: Cycle, team: Group, deadline: tuple[Round, Any, str] | None, until: Any) -> dict[str, Any]:
    if deadline and deadline[0].state == "open":
        url = reverse("round", args=[cycle.key, deadline[0].key])
        title = _("%(round)s is open for %(team)s") % {"round": deadline[0].name, "team": team.name}
        return _step(title, _("The last version handed in counts."), url, _("To the challenges"), until)
    url = reverse("team", args=[cycle.key, team.key])
    return _step(_("You play in %(team)s") % {"team": team.name}, "", url, _("To the team"), until)


def _outside_step(request: HttpRequest, cycle: Cycle, access: Access) -> dict[str, Any] | None:
    door = door_of(cycle, access.now)
    if not door.open:
        return None
    url = reverse("register-team", args=[cycle.key])
    if not request.user.is_authenticated:
        url = f"{reverse('sign-in')}?next={url}"
    return _step(_("Take part"), _("Registration is open."), url, _("Register a team"), door.closes)


def _step(title: str, text: str, url: str, action: str, until: Any) -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "action": action, "until": until}


# --- Rules, groups, decisions ---------------------------------------------------------------------------------------------------------


@require_safe
def rules_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The rules in words, made from the same Design that the scorer computes with."""
    found = cycle_seen(request, cycle)
    access, design = access_of(request), design_of(found)
    context = {
        "cycle": found,
        "design": design,
        "crumbs": crumbs_of(found, _("Rules")),
        "tabs": tabs(found, "rules", main=boards_seen(access, found).first(), access=access),
        "headings": [{"title": title, "rules": rules} for title, rules in scoring_rules(_told(design, access, found)).items()],
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
    access, query = access_of(request), request.GET.get("q", "").strip()
    rows = visible(access, "group.view", Group.objects.filter(cycle=found)).select_related("organization").order_by("name", "pk")
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(key__iexact=query))
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Groups")),
        "tabs": tabs(found, "groups", main=boards_seen(access, found).first(), access=access),
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "query": query,
    }
    return render(request, "cycles/groups.html", context)


@require_safe
def decisions_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What was decided, by whom and why, the newest first."""
    found = cycle_seen(request, cycle)
    access = access_of(request)
    rows = visible(access, "decision.view", Decision.objects.filter(cycle=found)).order_by("-number")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
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
