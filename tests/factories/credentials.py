"""An award that was given on published standings, and its credential made as a worker makes it."""

from typing import Any

from django.utils.timezone import now

from games.credentials import actions
from games.credentials.models import Credential
from games.credentials.queries import grounds_of
from games.cycles.models import Cycle
from games.groups.models import Group
from games.recognition.models import Grant
from leaderboards.models import Board, Snapshot

DIGEST = "ab" * 32


def standings(cycle: Cycle) -> Snapshot:
    """The published state of the board "result"."""
    board, _ = Board.objects.get_or_create(scope=cycle.pk, key="result", defaults={"number": 1, "name": "Result"})
    found = Snapshot.objects.filter(board=board, number=1).first()
    values: dict[str, Any] = {"design_number": 1, "rows": [], "digest": DIGEST, "published_at": now()}
    return found or Snapshot.objects.create(board=board, number=1, **values)


def given(group: Group, award: str = "gold", **values: Any) -> Grant:
    """An award in the hands of a group."""
    standings(group.cycle)
    said: dict[str, Any] = {"kind": "medal", "name": "Gold", "state": "granted", "place": "1", "board": "result", "snapshot": 1}
    return Grant.objects.create(cycle=group.cycle, award=award, group=group, **(said | values))


def issued(grant: Grant) -> Credential:
    """The group's credential for an award, issued."""
    actions.follow_grant(grant.pk)
    row = Credential.objects.get(cycle=grant.cycle, key=grant.award, group=grant.group, person__isnull=True)
    assert actions.issue(row.pk)
    row.refresh_from_db()
    return row


def own(grant: Grant, someone: Any, name: str = "Ada Lovelace", **values: Any) -> Credential:
    """A member's own, issued."""
    assert grant.group is not None
    ground = next(one for one in grounds_of([grant.group.pk], [someone.person.pk]) if one.key == grant.award)
    row = actions.ask_for_oneself(ground, persons=[someone.person.pk], name=name, by=someone.user, **values)
    assert actions.issue(row.pk)
    row.refresh_from_db()
    return row
