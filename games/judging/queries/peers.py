"""Teams that judge teams: who sits for which team, who has done their share, and which pairs would judge each other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import F

from games.challenges.models import Challenge
from games.judging.models import Panelist, Sheet
from games.judging.queries.deciding import playing
from games.judging.rules import SheetState
from games.submissions.queries import rules_of
from leaderboards.engine.spec import Panel

PEERS = "peers"


def who_judges(challenge: Challenge, panel: str) -> str:
    """Who sits on a panel: judges, peers or audience."""
    return next((one.who for one in rules_of(challenge)[1].judges_panels if one.key == panel), "judges")


def groups_of_peers(challenge: Challenge, panel: str) -> dict[int, int]:
    """Person → their team, of every peer on the panel who still plays. One statement."""
    seats = Panelist.objects.filter(challenge=challenge, panel=panel, peer=True)
    rows = playing(challenge.round.cycle_id).filter(person__in=seats.values("person_id")).order_by("-pk")
    return {person: group for person, group in rows.values_list("person_id", "group_id") if group is not None}


class Team(NamedTuple):
    """A team with a seat on a panel of peers."""

    id: int
    key: str
    name: str


@dataclass(slots=True)
class Share:
    """What a team has done of the judging it owes: its seats, sheets given out, final ones, and those given back with a reason."""

    group: Team
    seats: int = 0
    given: int = 0
    final: int = 0
    recused: int = 0

    @property
    def left(self) -> int:
        """Sheets still open."""
        return self.given - self.final

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.left == 0


@dataclass(slots=True)
class Peers:
    """A panel on which teams judge teams. `mutual`: teams that judge each other, which no plan gives out."""

    challenge: Challenge
    panel: Panel
    shares: list[Share] = field(default_factory=list)
    mutual: list[tuple[Team, Team]] = field(default_factory=list)


def peers_among(challenges: Iterable[Challenge]) -> list[Peers]:
    """The panels of peers of these tasks with each team's share: who is furthest behind first. Two statements, none without such panels."""
    found = [Peers(one, panel) for one in challenges for panel in rules_of(one)[1].judges_panels if panel.who == PEERS]
    if not found:
        return []
    seats, sheets = _seats(found), _sheets(found)
    for one in found:
        place = (one.challenge.pk, one.panel.key)
        one.shares, one.mutual = _shares(seats.get(place, {}), sheets.get(place, []))
    return found


type Place = tuple[int, str]
type Row = tuple[int, int, str]
"""Of a sheet: who marks, whom, its state."""


def _seats(panels: Iterable[Peers]) -> dict[Place, dict[int, Team]]:
    """(task, panel) → person → their team, of every peer who still plays. One statement."""
    there = "person__memberships__"
    here = {f"{there}cycle": F("challenge__round__cycle"), f"{there}group__isnull": False, f"{there}until__isnull": True}
    rows: Any = Panelist.objects.filter(challenge__in={one.challenge.pk for one in panels}, peer=True, **here)
    named = rows.order_by(f"-{there}pk").values_list(
        "challenge_id", "panel", "person_id", *(f"{there}group__{name}" for name in Team._fields)
    )
    found: dict[Place, dict[int, Team]] = {}
    for task, panel, person, *team in named:
        found.setdefault((task, panel), {})[person] = Team(*team)
    return found


def _sheets(panels: Iterable[Peers]) -> dict[Place, list[Row]]:
    """(task, panel) → its sheets. One statement."""
    found: dict[Place, list[Row]] = {}
    rows = Sheet.objects.filter(challenge__in={one.challenge.pk for one in panels}).order_by()
    for task, panel, judge, group, state in rows.values_list("challenge_id", "panel", "judge_id", "group_id", "state"):
        found.setdefault((task, panel), []).append((judge, group, state))
    return found


def _shares(seats: Mapping[int, Team], sheets: Iterable[Row]) -> tuple[list[Share], list[tuple[Team, Team]]]:
    found = {team: Share(team) for team in seats.values()}
    for team in seats.values():
        found[team].seats += 1
    by_id = {team.id: team for team in found}
    judged: set[tuple[int, int]] = set()
    for judge, group, state in sheets:
        if judge not in seats:
            continue
        share = found[seats[judge]]
        if state == SheetState.RECUSED.value:
            share.recused += 1
            continue
        share.given += 1
        share.final += state == SheetState.FINAL.value
        judged.add((share.group.id, group))
    mutual = [(by_id[a], by_id[b]) for a, b in sorted(judged) if a < b and (b, a) in judged]
    return sorted(found.values(), key=lambda one: (-one.left, one.group.name, one.group.id)), mutual


def shares(challenge: Challenge, panel: str) -> list[Share]:
    """Every team on a panel of peers with its share: who is furthest behind first. Two statements."""
    return next((one.shares for one in peers_among([challenge]) if one.panel.key == panel), [])
