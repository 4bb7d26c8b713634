"""A group asks another for help; the other accepts or declines with words. Whether the two may read of each other the edge asks."""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Max

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.groups.rules import GroupState
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.actions.measuring import person_of
from games.peers.models import PeerAsk, PeerOptOut
from games.peers.rules import OPEN_ASKS, Match, PeerRefused, PeerState, cleaned
from leaderboards.engine.language import gettext as _

OPEN = frozenset({CycleState.ENROLLING.value, CycleState.RUNNING.value, CycleState.PAUSED.value, CycleState.AWARDING.value})
STANDS = (PeerState.ASKED.value, PeerState.ACCEPTED.value)


@transaction.atomic
def ask(group: Group, *, other: Group, words: str, found: Collection[Match], by: Any) -> PeerAsk:
    """Ask `other`, one of the peers `found` for the group, with what it wants to learn.

    Raises PeerInvalid without words, PeerRefused when `other` is none of them, stands aside, was asked already, or too many asks wait.
    """
    cycle = locked(group.cycle)
    said = cleaned(words, "words", empty=_("Say what you want to learn from them."))
    _check_open(cycle, group, other)
    match = next((one for one in found if one.group == other.pk), None)
    if match is None or PeerOptOut.objects.filter(group=other).exists():
        raise PeerRefused(_("This team is not among the peers found for you now."))
    if PeerAsk.objects.filter(asker=group, asked=other, state__in=STANDS).exists():
        raise PeerRefused(_("You have asked them already."))
    if PeerAsk.objects.filter(asker=group, state=PeerState.ASKED.value).count() >= OPEN_ASKS:
        message = _("{open_asks} asks of yours wait for an answer: give them time, or take one back.", open_asks=OPEN_ASKS)
        raise PeerRefused(message)
    number = (PeerAsk.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0) + 1
    made = PeerAsk.objects.create(
        cycle=cycle,
        number=number,
        asker=group,
        asked=other,
        challenge_id=match.task,
        reason=match.reason[:300],
        words=said,
        asked_at=db_now(),
        by=person_of(cycle, by, group),
    )
    _journal(Kind.PEER_ASKED, made, group.pk, by=by)
    return made


def _check_open(cycle: Cycle, *groups: Group) -> None:
    if not design_of(cycle).peers:
        raise PeerRefused(_("The rules of this cycle match no peers."))
    if cycle.state not in OPEN:
        message = _("The cycle is {state}.", state=cycle.state)
        raise PeerRefused(message)
    for one in groups:
        if one.cycle_id != cycle.pk or one.state != GroupState.ACTIVE.value:
            raise PeerRefused(_("The team does not take part."))


@transaction.atomic
def answer(ask: PeerAsk, *, accept: bool, words: str = "", by: Any) -> PeerAsk:
    """The asked group accepts, or declines; words are welcome, of whoever declines too. Raises PeerRefused when it is settled."""
    row = _open(ask)
    row.answer = cleaned(words, "answer")
    row.state = (PeerState.ACCEPTED if accept else PeerState.DECLINED).value
    row.answered_at, row.answered_by = db_now(), person_of(row.cycle, by, row.asked)
    row.save(update_fields=["answer", "state", "answered_at", "answered_by"])
    _journal(Kind.PEER_ANSWERED, row, row.asked_id, by=by)
    return row


@transaction.atomic
def withdraw(ask: PeerAsk, *, by: Any) -> PeerAsk:
    """The asking group takes it back. Raises PeerRefused when it is settled."""
    row = _open(ask)
    row.state, row.answered_at = PeerState.WITHDRAWN.value, db_now()
    row.save(update_fields=["state", "answered_at"])
    _journal(Kind.PEER_WITHDRAWN, row, row.asker_id, by=by)
    return row


def _open(ask: PeerAsk) -> PeerAsk:
    row = PeerAsk.objects.select_for_update(of=("self",)).select_related("cycle", "asker", "asked").get(pk=ask.pk)
    if row.state != PeerState.ASKED.value:
        message = _("It is {state} already.", state=row.state)
        raise PeerRefused(message)
    return row


@transaction.atomic
def choose(group: Group, *, aside: bool, by: Any) -> bool:
    """The group stands aside (it is not found by others, nor asked), or comes back. Returns whether anything changed."""
    if aside:
        changed = PeerOptOut.objects.get_or_create(group=group, defaults={"at": db_now()})[1]
    else:
        changed = bool(PeerOptOut.objects.filter(group=group).delete()[0])
    if changed:
        payload = {"aside": aside}
        record(Kind.PEER_CHOSE, cycle_id=group.cycle_id, by=by, group_id=group.pk, subject=f"group:{group.pk}", payload=payload)
    return changed


def _journal(kind: Kind, ask: PeerAsk, group: int, *, by: Any) -> None:
    payload = {"ask": ask.number, "state": ask.state}
    record(kind, cycle_id=ask.cycle_id, by=by, group_id=group, subject=f"peer_ask:{ask.pk}", payload=payload)
