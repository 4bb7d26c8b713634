"""Appeals: a group asks to look at its result again, within the window; an organizer answers, or the group takes it back."""

from typing import Any, Final

from django.db import IntegrityError, transaction

from games.challenges.models import Challenge
from games.changes.models import Appeal, ChangeSet
from games.changes.queries.appeals import appeal_days, took_part
from games.changes.rules import AppealInvalid, AppealRefused, AppealState, ChangeSetState, check_window
from games.cycles.actions import locked, record_decision
from games.cycles.rules import CycleState, DecisionKind
from games.groups.models import Group, Membership
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Person
from games.rounds.models import Round
from leaderboards.engine.language import gettext as _

WORDS: Final = 5000  # characters


@transaction.atomic
def make_appeal(*, round: Round, group: Group, text: str, by: Any, challenge: Challenge | None = None) -> Appeal:  # noqa: A002 the word of the game
    """A group asks to look at its result in a round, or in one task of it, again. One at a time.

    Whether `by` may speak for the group the edge asks. Raises AppealsNotTaken and AppealsClosed (with both times), AppealInvalid for
    empty words or a task of another round, AppealRefused while another one is open or if the group was not in the round.
    """
    said = _words(text, "text", _("Say what you would like to be looked at again, and why."))
    cycle = locked(round.cycle)
    held = Round.objects.get(pk=round.pk)
    held.cycle = cycle
    if cycle.state == CycleState.CANCELLED:
        raise AppealRefused(_("The cycle is cancelled: nothing in it changes any more."))
    check_window(held.name or held.key, held.published_at, appeal_days(held), db_now())
    _check_group(held, group, challenge)
    if Appeal.objects.filter(round=held, group=group, state=AppealState.OPEN.value).exists():
        raise AppealRefused(
            _("An appeal of this team about this round is open already: it is answered first, or you take it back.")
        )
    try:
        with transaction.atomic():
            appeal = Appeal.objects.create(
                round=held, challenge=challenge, group=group, person=_person(group, by), text=said, state=AppealState.OPEN.value
            )
    except IntegrityError:  # sent twice at the same moment
        raise AppealRefused(_("An appeal of this team about this round is open already.")) from None
    _journal(Kind.APPEAL_MADE, appeal, by=by)
    return appeal


def _check_group(round_: Round, group: Group, challenge: Challenge | None) -> None:
    if group.cycle_id != round_.cycle_id:
        raise AppealInvalid(_("The team is of another cycle."), where="group")
    if challenge is not None and challenge.round_id != round_.pk:
        raise AppealInvalid(_("The task is of another round."), where="challenge")
    if challenge is not None and challenge.division and challenge.division != group.division:
        raise AppealInvalid(_("The task is of another division."), where="challenge")
    if not took_part(round_, group):
        message = _(
            '"{group}" was not in the round "{round}": an appeal is about a round you were in.',
            group=group.name,
            round=round_.name,
        )
        raise AppealRefused(message)


def _words(text: str, where: str, needed: str) -> str:
    said = text.strip()
    if not said:
        raise AppealInvalid(needed, where=where)
    if len(said) > WORDS:
        message = _("At most {words} characters.", words=WORDS)
        raise AppealInvalid(message, where=where)
    return said


def _person(group: Group, by: Any) -> Person | None:
    """As whom of the group the user acts."""
    if getattr(by, "pk", None) is None:
        return None
    held = Membership.objects.filter(group=group, person__user=by, until__isnull=True).select_related("person").order_by("pk")
    found = held.first()
    return found.person if found is not None else None


def _journal(kind: Kind, appeal: Appeal, *, by: Any) -> None:
    """The act without its words."""
    task = appeal.challenge.key if appeal.challenge else ""
    payload = {"round": appeal.round.key, "challenge": task, "state": appeal.state}
    record(
        kind,
        cycle_id=appeal.round.cycle_id,
        by=by,
        group_id=appeal.group_id,
        subject=f"appeal:{appeal.pk}",
        payload=payload,
    )


def _open(appeal: Appeal) -> Appeal:
    """The appeal, locked and fresh. Raises AppealRefused unless it is open."""
    held = Appeal.objects.select_for_update(of=("self",), no_key=True).select_related("round__cycle", "challenge", "group")
    row = held.get(pk=appeal.pk)
    if row.state != AppealState.OPEN.value:
        message = _("The appeal is {state} already.", state=row.state)
        raise AppealRefused(message)
    return row


@transaction.atomic
def withdraw_appeal(appeal: Appeal, *, by: Any) -> Appeal:
    """The group takes its appeal back, as long as nobody answered. It stays in the record."""
    row = _open(appeal)
    row.state, row.answered_at = AppealState.WITHDRAWN.value, db_now()
    row.save(update_fields=["state", "answered_at"])
    _journal(Kind.APPEAL_ANSWERED, row, by=by)
    return row


@transaction.atomic
def answer_appeal(
    appeal: Appeal, *, upheld: bool, answer: str, by: Any, change_set: ChangeSet | None = None, person: Person | None = None
) -> Appeal:
    """Answer an appeal: upheld by a correction that is prepared or applied, or rejected; the words go to the group and into the record.

    `change_set` is linked to it; without one, a correction that was prepared from the appeal counts. Raises AppealInvalid without words,
    AppealRefused if it was answered before, or upheld without a correction.
    """
    said = _words(answer, "answer", _("Say why: the team reads it."))
    locked(appeal.round.cycle)
    row = _open(appeal)
    if upheld:
        _link(row, change_set)
    state = AppealState.UPHELD if upheld else AppealState.REJECTED
    row.state, row.answer, row.answered_by, row.answered_at = state.value, said, person or _organizer(row, by), db_now()
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    about = f'"{row.round.key}"' + (f', "{row.challenge.key}"' if row.challenge else "")
    record_decision(
        row.round.cycle,
        DecisionKind.APPEAL,
        by=by,
        reason=said,
        round=row.round.key,
        group=row.group.key,
        value=state.value,
        question=f"Is the appeal about {about} right?",
        options=(AppealState.UPHELD.value, AppealState.REJECTED.value),
    )
    _journal(Kind.APPEAL_ANSWERED, row, by=by)
    return row


def _link(appeal: Appeal, change_set: ChangeSet | None) -> None:
    """What makes the appeal right: a correction that lives."""
    if change_set is not None:
        if change_set.cycle_id != appeal.round.cycle_id:
            raise AppealInvalid(_("The correction is of another cycle."), where="change_set")
        ChangeSet.objects.filter(pk=change_set.pk, appeal__isnull=True).update(appeal=appeal)
    live = ChangeSet.objects.filter(appeal=appeal).exclude(state=ChangeSetState.CANCELLED.value)
    if not live.exists():
        raise AppealRefused(_("An appeal is upheld by a correction: prepare one first, then answer."), where="change_set")


def _organizer(appeal: Appeal, by: Any) -> Person | None:
    """As whom the organizer acts."""
    if getattr(by, "pk", None) is None:
        return None
    held = Membership.objects.filter(cycle=appeal.round.cycle_id, group__isnull=True, person__user=by, until__isnull=True)
    found = held.select_related("person").order_by("pk").first()
    return found.person if found is not None else None
