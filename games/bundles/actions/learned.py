"""What was measured and tried, brought in as it was told: open tests go on where they land."""

from collections.abc import Collection
from typing import Any, Final

from games.bundles.actions.landing import Landing
from games.bundles.learned_rows import ReadingRow
from games.bundles.rules import BundleRefused
from games.errors import Problem
from games.ideas.models import Idea
from games.learning.models import ChangeTest, Observation, Reading, Taken
from games.learning.queries import evidence_of
from games.learning.rules.measuring import in_millionths
from games.rounds.models import Round
from games.submissions.models import Submission
from leaderboards.engine.language import gettext as _

BATCH: Final = 1000


def load_observations(landing: Landing) -> None:
    """Measured values, also those that were replaced."""
    Observation.objects.bulk_create(
        [
            Observation(
                cycle=landing.cycle,
                measure=row.measure,
                group_id=landing.groups[row.group] if row.group else None,
                period=row.period,
                value=in_millionths(row.value),
                note=row.note,
                at=row.at or landing.now,
                replaced_at=row.replaced,
            )
            for row in landing.bundle.tables.observations.rows
        ],
        batch_size=BATCH,
    )


def _not_there(row: ReadingRow) -> Problem:
    text = _('reading {number}: "{of}" has no entry {entry} there', number=row.number, of=row.of, entry=row.entry)
    return Problem("readings.csv", text)


def load_studies(landing: Landing) -> None:
    """What was given to read, and what was taken from it. Raises BundleRefused for an entry that is not there."""
    tables, readings = landing.bundle.tables, landing.bundle.tables.readings.rows
    if not readings and not tables.taken.rows:
        return
    rounds = dict(Round.objects.filter(cycle=landing.cycle).values_list("key", "pk"))
    ideas = dict(Idea.objects.filter(cycle=landing.cycle).values_list("number", "pk"))
    found = Submission.objects.filter(challenge__round__cycle=landing.cycle)
    entries: dict[tuple[Any, ...], int] = {
        tuple(place): pk for pk, *place in found.values_list("pk", "challenge", "group", "number")
    }
    made = {}
    for row in readings:
        place = (landing.challenges.get((row.round, row.challenge)), landing.groups.get(row.of), row.entry)
        entry = entries.get(place) if row.entry else None
        if not row.idea and entry is None:
            raise BundleRefused([_not_there(row)])
        held = {"submission_id": entry, "idea_id": ideas.get(row.idea), "read_at": row.read}
        made[row.number] = Reading(round_id=rounds[row.round], group_id=landing.groups[row.group], **held)
    Reading.objects.bulk_create(made.values(), batch_size=BATCH)
    Taken.objects.bulk_create(
        [
            Taken(
                cycle=landing.cycle,
                number=row.number,
                round_id=rounds[row.round],
                group_id=landing.groups[row.group],
                reading=made.get(row.reading),
                text=row.text,
                prediction=row.prediction,
                at=row.at or landing.now,
            )
            for row in tables.taken.rows
        ],
        batch_size=BATCH,
    )


def load_tests(landing: Landing) -> None:
    """Tests of change, after the ideas they test and what was taken from a study."""
    rows = landing.bundle.tables.change_tests.rows
    if not rows:
        return
    rounds = dict(Round.objects.filter(cycle=landing.cycle).values_list("key", "pk"))
    ideas = dict(Idea.objects.filter(cycle=landing.cycle).values_list("number", "pk"))
    taken = dict(Taken.objects.filter(cycle=landing.cycle).values_list("number", "pk"))
    made = ChangeTest.objects.bulk_create(
        [
            ChangeTest(
                cycle=landing.cycle,
                number=row.number,
                group_id=landing.groups[row.group],
                idea_id=ideas.get(row.idea),
                taken_id=taken.get(row.taken),
                round_id=rounds.get(row.round),
                title=row.title,
                prediction=row.prediction,
                done=row.done,
                data=row.data,
                learned=row.learned,
                state=row.state,
                act=row.act,
                began_at=row.began,
                acted_at=row.acted,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    for one, row in zip(made, rows, strict=True):
        one.created_at = row.at or landing.now
    ChangeTest.objects.bulk_update(made, ["created_at"], batch_size=BATCH)
    _grade({one.idea_id for one in made if one.idea_id is not None})


def _grade(ideas: Collection[int]) -> None:
    """The evidence for the ideas that were tested, read from the tests that came in."""
    rows = list(Idea.objects.filter(pk__in=ideas))
    found = evidence_of(rows)
    for one in rows:
        one.grade = found[one.pk].grade
    Idea.objects.bulk_update(rows, ["grade"], batch_size=BATCH)
