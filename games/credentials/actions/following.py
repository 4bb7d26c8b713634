"""What follows from an award: given, its credential is asked for; taken back or declined, its credentials are taken back."""

from typing import Final

from games.credentials.actions.asking import ask
from games.credentials.actions.ending import revoke
from games.credentials.queries import GIVEN, without_credential, without_ground
from games.credentials.rules import AskedTwice, SourceKind
from games.recognition.models import Grant
from games.recognition.rules import GrantState

GROUND_GONE: Final = "The award was taken back."
DECLINED: Final = "The award was declined by whoever it was given to."
"""Why an award was taken back or declined was written for those concerned; strangers are told that it was."""


def follow_grant(grant_id: int) -> None:
    """A grant moved: whoever it was given to gets a credential; what rests on one that was taken back or declined is taken back."""
    grant = without_credential().filter(pk=grant_id).select_related("group", "cycle").first()
    if grant is not None:
        _for_grant(grant)
    moved = Grant.objects.filter(pk=grant_id).exclude(state__in=GIVEN).first()
    if moved is not None and moved.group_id is not None:
        for row in without_ground().filter(cycle=moved.cycle_id, key=moved.award, group=moved.group_id):
            revoke(row, by=None, reason=DECLINED if moved.state == GrantState.DECLINED.value else GROUND_GONE)


def _for_grant(grant: Grant) -> None:
    assert grant.group is not None, "asked only for what a group won"
    try:
        ask(grant.group, source=SourceKind.GRANT, key=grant.award, title=grant.name, by=None, grant=grant, name=grant.group.name)
    except AskedTwice:
        return  # another worker was faster


def catch_up(most: int = 500) -> int:
    """Ask for what a lost reaction forgot, take back what has no ground any more. Returns how many rows it touched. Safe at any time."""
    missing = list(without_credential().select_related("group", "cycle")[:most])
    for grant in missing:
        _for_grant(grant)
    gone = list(without_ground()[:most])
    for row in gone:
        revoke(row, by=None, reason=GROUND_GONE)
    return len(missing) + len(gone)
