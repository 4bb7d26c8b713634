"""Peers take their seats: on a panel of peers every team that entered is judged by members of other teams."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from games.challenges.models import Challenge
from games.groups.models import Membership
from games.journal.actions import record
from games.journal.rules import Kind
from games.judging.models import Panelist
from games.judging.queries.deciding import playing
from games.judging.queries.peers import PEERS, groups_of_peers, who_judges
from games.judging.rules import AssignmentRefused
from games.judging.seating import entries_to_mark
from games.playbooks.rules import Capability
from leaderboards.engine.language import gettext as _


@transaction.atomic
def seat_peers(*, challenge: Challenge, panel: str, by: Any, everybody: bool = False) -> list[Panelist]:
    """Put the captain of every team that entered on a panel of peers (`everybody`: all members who may submit). Twice is once.

    A team without a captain sends whoever may submit. Who judges what is then planned as on any panel: nobody their own team, no two teams
    each other. Returns the new seats. Raises AssignmentRefused for a panel that is not of peers, or where nobody entered.
    """
    if who_judges(challenge, panel) != PEERS:
        msg = _('"{panel}" of "{challenge}" is no panel of peers.', panel=panel, challenge=challenge.key)
        raise AssignmentRefused(msg, where="panel")
    entered = [one.pk for one in entries_to_mark(challenge)]
    rows = playing(challenge.round.cycle_id).filter(group__in=entered).select_related("person").order_by("pk")
    wanted = _senders(rows, everybody=everybody)
    if not wanted:
        raise AssignmentRefused(_("Nobody has entered yet: peers are seated once entries are in."), where="panel")
    there = set(Panelist.objects.filter(challenge=challenge, panel=panel).values_list("person_id", flat=True))
    seats = [
        Panelist(challenge=challenge, panel=panel, person=one.person, peer=True) for one in wanted if one.person_id not in there
    ]
    made = Panelist.objects.bulk_create(seats)
    for seat in made:
        _journal(challenge, seat, by=by)
    return made


def _senders(rows: Iterable[Membership], *, everybody: bool) -> list[Membership]:
    """Whom each team sends: its captain, else the first who may submit; with `everybody` all of them. A person sits once."""
    teams: dict[int, list[Membership]] = {}
    for one in rows:
        if one.group_id is not None and {Capability.CAPTAIN.value, Capability.SUBMIT.value} & set(one.capabilities):
            teams.setdefault(one.group_id, []).append(one)
    found: dict[int, Membership] = {}
    for members in teams.values():
        captains = [one for one in members if Capability.CAPTAIN.value in one.capabilities]
        for one in members if everybody else (captains or members)[:1]:
            found.setdefault(one.person_id, one)
    return list(found.values())


def _journal(challenge: Challenge, seat: Panelist, *, by: Any) -> None:
    payload = {
        "round": challenge.round.key,
        "challenge": challenge.key,
        "panel": seat.panel,
        "judge": seat.person_id,
        "change": "joined",
        "peer": True,
    }
    record(Kind.PANEL_CHANGED, cycle_id=challenge.round.cycle_id, by=by, subject=f"person:{seat.person_id}", payload=payload)


def reciprocal(
    challenge: Challenge, panel: str, pairs: Iterable[tuple[int, int]], there: Iterable[tuple[int, int]]
) -> set[tuple[int, int]]:
    """Those of the new (group, peer) pairs that would make two teams judge each other, with what is given out already."""
    groups = groups_of_peers(challenge, panel)
    new, judged = list(pairs), set()
    for group, peer in (*there, *new):
        if peer in groups:
            judged.add((groups[peer], group))
    others = [(group, peer) for group, peer in new if peer in groups and groups[peer] != group]
    return {(group, peer) for group, peer in others if (group, groups[peer]) in judged}
