"""Who joined forces, brought in as it was agreed: people, results and credit came with the other tables."""

from collections import defaultdict
from typing import Final

from games.bundles.actions.landing import Landing
from games.bundles.partner_rows import PartnerRow
from games.groups.models import Group
from games.groups.rules import GroupState
from games.partnerships.models import Partner, Partnership
from games.partnerships.rules import PartnershipKind, PartnershipState

BATCH: Final = 1000


def load_partners(landing: Landing) -> None:
    """Partnerships with their teams; who was merged is so again, into the team that goes on today. Who proposed stays unknown."""
    found: defaultdict[int, list[PartnerRow]] = defaultdict(list)
    for row in landing.bundle.tables.partners.rows:
        found[row.number].append(row)
    made = Partnership.objects.bulk_create(
        [_partnership(landing, found[number][0]) for number in sorted(found)], batch_size=BATCH
    )
    Partner.objects.bulk_create(
        [
            Partner(
                partnership=one,
                group_id=landing.groups[row.group],
                basis_points=row.basis_points,
                answer=row.answer,
                answered_at=row.answered,
            )
            for one in made
            for row in found[one.number]
        ],
        batch_size=BATCH,
    )
    _merge(landing, sorted(found.values(), key=lambda rows: (rows[0].settled or landing.now, rows[0].number)))


def _partnership(landing: Landing, row: PartnerRow) -> Partnership:
    return Partnership(
        cycle=landing.cycle,
        number=row.number,
        kind=row.kind,
        state=row.state,
        lead_id=landing.groups[row.lead],
        challenge_id=landing.challenges[row.round, row.challenge] if row.challenge else None,
        name=row.name,
        note=row.note,
        proposed_at=row.proposed or landing.now,
        settled_at=row.settled,
    )


def _merge(landing: Landing, together: list[list[PartnerRow]]) -> None:
    """In the order in which it was agreed: a team that went into one that was merged later goes on there."""
    agreed = [rows for rows in together if (rows[0].kind, rows[0].state) == (PartnershipKind.MERGER, PartnershipState.AGREED)]
    for rows in agreed:
        lead = landing.groups[rows[0].lead]
        gone = [landing.groups[row.group] for row in rows if row.group != row.lead]
        Group.objects.filter(merged_into__in=gone).update(merged_into=lead)
        Group.objects.filter(pk__in=gone).update(merged_into=lead, state=GroupState.MERGED.value)
