"""Ballots of an audience, from the marks of its panels. The voters are people whom nobody knows."""

from games.bundles.actions.landing import Landing
from games.bundles.voters import AUDIENCE, by_criterion
from games.judging.models import Ballot

BATCH = 1000


def load_ballots(landing: Landing) -> None:
    """One ballot for each vote; all count."""
    whos = by_criterion(landing.design)
    if not any(AUDIENCE in each.values() for each in whos.values()):
        return
    rows = [
        Ballot(
            challenge_id=landing.challenges[row.round, row.challenge],
            panel=landing.tasks[row.round, row.challenge].panel_of(criterion),
            person=landing.people[row.judge],
            group_id=landing.groups[row.group],
        )
        for row in landing.bundle.tables.marks.rows
        if whos.get((row.round, row.challenge), {}).get(row.criterion) == AUDIENCE
        for criterion in landing.tasks[row.round, row.challenge].marked_criteria
        if criterion.key == row.criterion
    ]
    Ballot.objects.bulk_create(rows, batch_size=BATCH)
