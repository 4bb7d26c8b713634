"""How the groups of a joint idea share its credit: 10,000 basis points together, and nobody's share shrinks but by their own hand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from games.challenges.models import Challenge
from games.groups.models import Group
from games.ideas.models import CreditShare, Idea
from games.ideas.queries.standing import groups_acting, shares_of
from games.ideas.rules import IdeaInvalid, check_split
from games.journal.actions import record
from games.journal.rules import Kind
from games.partnerships.queries import credit_of
from leaderboards.engine.language import gettext as _


@transaction.atomic
def split_credit(*, idea: Idea, shares: Mapping[int, int], by: Any) -> dict[int, int]:
    """Divide the credit: group → basis points. Raises IdeaInvalid unless they are whole, IdeaRefused where a group would lose without its word."""
    row = Idea.objects.select_for_update(of=("self",), no_key=True).select_related("cycle").get(pk=idea.pk)
    known = set(Group.objects.filter(cycle=row.cycle_id, pk__in=list(shares)).values_list("pk", flat=True))
    if known != set(shares):
        raise IdeaInvalid(_("A team is of another cycle."), where="shares")
    check_split(shares_of(row), shares, groups_acting(row.cycle, by))
    return set_shares(row, shares, by=by)


def set_shares(row: Idea, shares: Mapping[int, int], *, by: Any) -> dict[int, int]:
    """Write a checked division down. The evidence of the idea is read again by whoever listens: tests of who is credited say nothing."""
    CreditShare.objects.filter(idea=row).exclude(group__in=list(shares)).delete()
    for group, points in sorted(shares.items()):
        CreditShare.objects.update_or_create(idea=row, group_id=group, defaults={"basis_points": points})
    record(
        Kind.IDEA_CREDITED,
        cycle_id=row.cycle_id,
        by=by,
        group_id=row.group_id,
        subject=f"idea:{row.pk}",
        payload={"idea": row.number, "shares": {str(group): points for group, points in sorted(shares.items())}},
    )
    return dict(shares)


def credit_by_agreement(idea: Idea, group: Group | None, *, at: datetime, challenge: Challenge | None = None) -> None:
    """Write down whose a new idea is, where `group` made it (at `at`) together with others: by the split of a merger, or of a joint entry.

    What a team made alone has no shares: all of it is the team's. Two statements then.
    """
    parts = credit_of(group, at=at, challenge=challenge) if group is not None else {}
    if len(parts) > 1:
        CreditShare.objects.bulk_create(
            [CreditShare(idea=idea, group_id=pk, basis_points=points) for pk, points in parts.items()]
        )
