"""What every page of the workspace has: the team, which only its members open, and the tabs."""

from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from backend.api.permissions import access_of
from backend.web.pages.cycle import crumbs_of
from games.cycles.queries import design_of
from games.groups.models import Group
from games.judging.seating import MARKED
from games.learning.queries import asks_for_tests, asks_to_study
from games.permissions import visible
from games.recognition.rules.game import game_of

WITH_CYCLE = ("cycle__series", "cycle__organization", "organization", "registration")


def team_seen(request: HttpRequest, cycle: str, group: str) -> Group:
    """The team, for its members; for everybody else there is no such page."""
    rows = Group.objects.select_related(*WITH_CYCLE).filter(cycle__key=cycle, key=group)
    found = visible(access_of(request), "group.member", rows).first()
    if found is None:
        raise Http404
    return found


def team_tabs(group: Group, current: str) -> list[dict[str, Any]]:
    """The parts of a workspace; points where there is something to earn by acting."""
    design, address = design_of(group.cycle), [group.cycle.key, group.key]
    parts = [("team", _("Overview")), ("team-feedback", _("Marks and feedback")), ("team-standing", _("Where we stand"))]
    if design.rules or design.badges or current == "team-points":
        parts.append(("team-points", _("Points and awards") if design.awards else _("Points")))
    if game_of(design).on:
        parts.append(("team-game", _("Game")))
    if design.awards:
        parts.append(("team-won", _("Prizes")))
    if asks_to_study(design) or current == "team-study":
        parts.append(("team-study", _("Study")))
    if asks_for_tests(design) or current == "team-tests":
        parts.append(("team-tests", _("Tests of change")))
    if design.recognition.wins:
        parts.append(("team-wins", _("Wins and learning")))
    if design.office_hours is not None or current == "team-hours":
        parts.append(("team-hours", _("Office hours")))
    if design.peers or current == "team-peers":
        parts.append(("team-peers", _("Peers")))
    if any(one.appeal_days for one in design.rounds):
        parts.append(("team-appeals", _("Appeals")))
    if any(one.judges_panels for one in design.challenges if one.format.value in MARKED):
        parts.append(("team-judges", _("Judges")))
    parts.append(("team-partners", _("Partners")))
    parts.append(("team-people", _("Team")))
    shown = [{"label": label, "url": reverse(name, args=address), "current": name == current} for name, label in parts]
    ideas = {"label": _("Ideas"), "url": f"{reverse('ideas', args=address[:1])}?team={quote(group.key)}", "current": False}
    return [*shown[:-1], ideas, shown[-1]]


def framed(request: HttpRequest, group: Group, current: str, label: str = "") -> dict[str, Any]:
    """The context every page begins with."""
    team = (group.name, reverse("team", args=[group.cycle.key, group.key]))
    return {
        "group": group,
        "cycle": group.cycle,
        "now": access_of(request).now,
        "tabs": team_tabs(group, current),
        "crumbs": crumbs_of(group.cycle, team, label) if label else crumbs_of(group.cycle, group.name),
    }
