"""Two ideas become one, when the teams of both agree: what was said, tried and built on each stays where it is, and is told of the one that goes on."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from games.cycles.actions import locked
from games.groups.models import Group
from games.ideas.actions.crediting import set_shares
from games.ideas.actions.sharing import check_open
from games.ideas.models import Derivation, Idea, IdeaMerger
from games.ideas.queries.standing import acting_in, shares_of
from games.ideas.rules import Audience, DerivationKind, IdeaInvalid, IdeaRefused, MergeState, check_split
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from leaderboards.engine.language import gettext as _


@transaction.atomic
def ask_merge(*, source: Idea, into: Idea, shares: Mapping[int, int], group: Group, by: Any) -> IdeaMerger:
    """`group`, whose idea one of them is, asks that `source` goes into `into`, whose credit is divided anew (group → basis points).

    The other team answers; two ideas of one team are one at once. Whether `by` sees both, and speaks for the group, the edge asks.
    Raises IdeaInvalid for shares that are not whole, IdeaRefused for ideas that cannot be merged.
    """
    cycle = locked(source.cycle)
    rows = {one.pk: one for one in Idea.objects.select_related("cycle", "group").filter(pk__in=[source.pk, into.pk])}
    first, second = rows[source.pk], rows[into.pk]
    check_open(cycle, group)
    _check(first, second, shares, group)
    made = IdeaMerger.objects.create(
        source=first, into=second, group=group, shares=_kept(shares), by=acting_in(cycle, group, by), asked_at=db_now()
    )
    if first.group_id == second.group_id:
        return _conclude(made, by=by)
    other = second.group_id if first.group_id == group.pk else first.group_id
    _journal(Kind.IDEA_MERGE_ASKED, made, other, by=by)
    return made


def _kept(shares: Mapping[int, int]) -> dict[str, int]:
    return {str(group): points for group, points in sorted(shares.items())}


def _check(source: Idea, into: Idea, shares: Mapping[int, int], group: Group) -> None:
    if source.pk == into.pk or source.cycle_id != into.cycle_id:
        raise IdeaInvalid(_("Two different ideas of one cycle become one."), where="other")
    for one in (source, into):
        if one.merged_into_id is not None:
            message = _('"{title}" went into another idea already.', title=one.title)
            raise IdeaRefused(message, where="other")
        if one.submission_id is not None or one.attempt_id is not None:
            raise IdeaRefused(
                _("What stands for an entry stays what it is: share an idea of your own that builds on it."), where="other"
            )
        if one.group_id is None or one.hidden_at is not None:
            raise IdeaRefused(_("Only ideas of teams that are in sight become one."), where="other")
    teams = {source.group_id, into.group_id}
    if len(teams) > 1:
        _check_open_to_each_other(source, into)
    if group.pk not in teams:
        raise IdeaInvalid(_("One of the two is an idea of your own team."), where="other")
    known = set(Group.objects.filter(cycle=into.cycle_id, pk__in=list(shares)).values_list("pk", flat=True))
    if known != set(shares):
        raise IdeaInvalid(_("A team is of another cycle."), where="shares")
    if not teams <= set(shares):
        raise IdeaInvalid(_("Both teams keep a part of the credit."), where="shares")
    check_split(shares_of(into), shares, [pk for pk in teams if pk is not None])
    if IdeaMerger.objects.filter(source=source, state=MergeState.ASKED.value).exists():
        raise IdeaRefused(_("It was asked already whether this idea goes into another."), where="other")


def _check_open_to_each_other(first: Idea, second: Idea) -> None:
    """Each team reads what it is asked about."""
    for one, other in ((first, second), (second, first)):
        named = one.audience == Audience.GROUPS.value and one.readers.filter(pk__in=[other.group_id]).exists()
        if one.audience not in {Audience.TEAMS.value, Audience.EVERYBODY.value} and not named:
            message = _('"{title}" is not for the other team to read yet: let them read it first.', title=one.title)
            raise IdeaRefused(message, where="other")


def _held(merger: IdeaMerger) -> IdeaMerger:
    locked(merger.source.cycle)
    rows = IdeaMerger.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("source__cycle", "source__group", "into__group", "group").get(pk=merger.pk)
    if row.state != MergeState.ASKED.value:
        message = _("This was {state} already.", state=row.state)
        raise IdeaRefused(message)
    return row


@transaction.atomic
def answer_merge(*, merger: IdeaMerger, agree: bool, by: Any) -> IdeaMerger:
    """The other team agrees, and the two are one; or declines. Whether `by` speaks for that team the edge asks. Raises IdeaRefused."""
    row = _held(merger)
    if not agree:
        return _settled(row, MergeState.DECLINED)
    shares = {int(group): points for group, points in row.shares.items()}
    check_split(shares_of(row.into), shares, [pk for pk in (row.source.group_id, row.into.group_id) if pk is not None])
    if row.source.merged_into_id is not None or row.into.merged_into_id is not None:
        raise IdeaRefused(_("One of them went into another idea meanwhile."))
    return _conclude(row, by=by)


@transaction.atomic
def withdraw_merge(*, merger: IdeaMerger, by: Any) -> IdeaMerger:
    """The team that asked takes it back. Raises IdeaRefused when it was answered."""
    del by  # nothing came of it: nothing is journalled
    return _settled(_held(merger), MergeState.WITHDRAWN)


def _settled(row: IdeaMerger, state: MergeState) -> IdeaMerger:
    row.state, row.settled_at = state.value, db_now()
    row.save(update_fields=["state", "settled_at"])
    return row


def _conclude(row: IdeaMerger, *, by: Any) -> IdeaMerger:
    """The older of the two is a source of the newer one, when it is that which goes on: time has one direction."""
    source, into = row.source, row.into
    Idea.objects.filter(pk=source.pk).update(merged_into=into)
    Idea.objects.filter(merged_into=source).update(merged_into=into)
    if source.pk < into.pk:
        defaults = {"kind": DerivationKind.MERGES.value, "at": db_now()}
        Derivation.objects.get_or_create(source=source, target=into, defaults=defaults)
    set_shares(into, {int(group): points for group, points in row.shares.items()}, by=by)
    _settled(row, MergeState.AGREED)
    _journal(Kind.IDEA_MERGED, row, source.group_id, by=by)
    return row


def _journal(kind: Kind, row: IdeaMerger, group: int | None, *, by: Any) -> None:
    record(
        kind,
        cycle_id=row.source.cycle_id,
        by=by,
        group_id=group,
        subject=f"idea_merger:{row.pk}",
        payload={"idea": row.source.number, "into": row.into.number},
    )
