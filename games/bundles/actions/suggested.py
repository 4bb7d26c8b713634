"""What people suggested to the rules, brought in as it was decided. Nothing is applied anew: the rules came with the Design."""

from typing import Final

from games.bundles.actions.landing import Landing
from games.bundles.suggested import rows_in
from games.suggestions.models import Suggestion

BATCH: Final = 1000


def load_suggestions(landing: Landing) -> None:
    """Suggestions without their authors."""
    Suggestion.objects.bulk_create(
        [
            Suggestion(
                cycle=landing.cycle,
                number=row.number,
                group_id=landing.groups[row.group] if row.group else None,
                named=bool(row.group),
                title=row.title,
                why=row.why,
                change=rows_in(row.change),
                diff=rows_in(row.diff),
                ruling=rows_in(row.ruling),
                state=row.state,
                at=row.at or landing.now,
                answer=row.answer,
                decided_at=row.decided,
                applied_at=row.applied,
                design_number=row.version or None,
            )
            for row in landing.bundle.tables.suggestions.rows
        ],
        batch_size=BATCH,
    )
