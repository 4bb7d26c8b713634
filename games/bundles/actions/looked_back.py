"""How a cycle looked back on itself, brought in as it was written: nothing is worked out anew."""

import json
from typing import Final

from games.bundles.actions.landing import Landing
from games.bundles.suggested import rows_in
from games.ideas.models import Idea
from games.retrospectives.models import Adoption, Proposal, Retrospective, RetroWords
from games.retrospectives.rules import RetroState

BATCH: Final = 1000


def load_retrospective(landing: Landing) -> None:
    """The sections with what was said to them, and what they propose. Who said and decided it stays unknown."""
    tables = landing.bundle.tables
    rows = tables.retrospective.rows
    if not rows:
        return
    head = rows[0]
    made = Retrospective.objects.create(
        cycle=landing.cycle,
        state=RetroState.READY.value,
        data={row.section: json.loads(row.data) for row in rows if row.data},
        design_number=head.design,
        asked_at=head.asked,
        made_at=head.made,
        published_at=head.published,
    )
    words = [
        RetroWords(retrospective=made, section=one.section, text=one.words, at=one.said or head.made) for one in rows if one.words
    ]
    RetroWords.objects.bulk_create(words, batch_size=BATCH)
    Proposal.objects.bulk_create(
        [
            Proposal(
                retrospective=made,
                number=row.number,
                section=row.section,
                code=row.code,
                about=row.about,
                facts=json.loads(row.facts),
                change=rows_in(row.change),
                state=row.state,
                reason=row.reason,
                decided_at=row.decided,
            )
            for row in tables.proposals.rows
        ],
        batch_size=BATCH,
    )


def load_adoptions(landing: Landing) -> None:
    """What becomes of the ideas of who won. The cycles begun from them are cycles of their own."""
    rows = landing.bundle.tables.adoptions.rows
    ideas = dict(Idea.objects.filter(cycle=landing.cycle).values_list("number", "pk")) if rows else {}
    Adoption.objects.bulk_create(
        [
            Adoption(
                cycle=landing.cycle,
                idea_id=ideas[row.idea],
                way=row.way,
                prediction=row.prediction,
                playbook=row.playbook,
                at=row.at,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
