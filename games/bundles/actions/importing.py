"""A bundle becomes a cycle: everything or nothing, in one transaction and in few, large statements."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from django.db import IntegrityError, transaction
from pydantic import ValidationError

from games.bundles.actions.ballots import load_ballots
from games.bundles.actions.corrections import load_appeals, load_changes
from games.bundles.actions.game import load_game
from games.bundles.actions.hall import load_hall
from games.bundles.actions.helped import load_hours, load_peers
from games.bundles.actions.judged import load_assignments, load_conflicts, load_marks, load_votes
from games.bundles.actions.kept import load_points
from games.bundles.actions.landing import Landing
from games.bundles.actions.learned import load_observations, load_studies, load_tests
from games.bundles.actions.looked_back import load_adoptions, load_retrospective
from games.bundles.actions.partners import load_partners
from games.bundles.actions.people import load_groups, load_people, organization_for
from games.bundles.actions.pour import looked_at
from games.bundles.actions.results import settle_imported
from games.bundles.actions.shared import load_ideas
from games.bundles.actions.suggested import load_suggestions
from games.bundles.actions.talk import load_replies
from games.bundles.actions.talked import load_talk
from games.bundles.actions.won import load_carried, load_watch, load_wins
from games.bundles.actions.work import load_attempts, load_decisions, load_official, load_submissions
from games.bundles.bundle import Bundle
from games.bundles.reading import Read, read_path
from games.cycles.models import Cycle, Series
from games.errors import Invalid
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Mark, Sheet
from games.organizations.models import Organization
from games.playbooks.schema import CycleSpec, Design
from games.progression.actions import apply_design
from games.progression.actions.launch import make_organizer, series_joined
from games.progression.rules import CycleKeyTaken
from games.submissions.models import Attempt, Submission, Version
from leaderboards.engine.language import gettext as _

type Progress = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and of how many."""
MANY: Final = 100
STEPS: Final[tuple[Callable[[Landing], None], ...]] = (
    *(load_groups, load_people, load_submissions, load_marks, load_ballots, load_attempts, load_votes),
    *(
        load_assignments,
        load_conflicts,
        load_replies,
        load_appeals,
        load_changes,
        load_hall,
        load_partners,
        load_ideas,
        load_observations,
        load_studies,
        load_tests,
        load_hours,
        load_peers,
        load_suggestions,
        load_talk,
        load_decisions,
        load_official,
        load_points,
        load_game,
        load_wins,
        load_watch,
        load_carried,
        load_retrospective,
        load_adoptions,
    ),
)


def import_path(
    path: str | Path,
    *,
    fmt: str | None = None,
    by: Any = None,
    organization: Organization | None = None,
    key: str | None = None,
    progress: Progress | None = None,
) -> list[Cycle]:
    """Import the cycle, or the series of cycles, at `path` (a folder, a zip, a feed). Raises BundleRefused, CycleKeyTaken, SeriesTaken."""
    return import_read(read_path(path, fmt), by=by, organization=organization, key=key, progress=progress)


@transaction.atomic
def import_read(
    read: Read,
    *,
    by: Any = None,
    organization: Organization | None = None,
    key: str | None = None,
    progress: Progress | None = None,
) -> list[Cycle]:
    """Import what was read: one cycle, or all cycles of a series, each the successor of the one before."""
    tell = progress or _nobody
    if read.series is None:
        tell("importing", 0, 1)
        cycle = import_bundle(read.bundles[0], by=by, organization=organization, key=key, progress=progress)
        return [cycle]
    if key is not None:
        message = _("This is a series of {count} cycles: they keep their keys.", count=len(read.bundles))
        raise Invalid(message, where="key")
    house = organization or organization_for(read.bundles[0].design, by=by)
    _begun(read.series, house, by=by)
    cycles: list[Cycle] = []
    for number, bundle in enumerate(read.bundles):
        tell(bundle.design.cycle.title, number, len(read.bundles))
        cycles.append(import_bundle(bundle, by=by, organization=house, predecessor=cycles[-1] if cycles else None))
    tell(read.series.title, len(read.bundles), len(read.bundles))
    return cycles


def _nobody(_label: str, _done: int, _of: int) -> None:
    """Nobody looks."""


@transaction.atomic
def import_bundle(
    bundle: Bundle,
    *,
    by: Any = None,
    organization: Organization | None = None,
    key: str | None = None,
    predecessor: Cycle | None = None,
    results: bool = True,
    progress: Progress | None = None,
) -> Cycle:
    """Bring a bundle that was read (and so checked) into the database as a new cycle, under `key` or its own.

    Rounds that are over are closed and published, with results, snapshots, awards and who went on. People are unclaimed, keyed in
    `organization` (default: one named after the series or the cycle). `results=False` stores only. Journalled as one entry.
    Raises CycleKeyTaken, SeriesTaken, Invalid for a key that is none.
    """
    tell = progress or _nobody
    design = _named(bundle.design, key)
    house = organization or organization_for(design, by=by)
    cycle = _created(design, house, by=by, predecessor=predecessor)
    apply_design(cycle, design, by=by)
    landing = Landing.on(cycle, Bundle(design, bundle.tables, files=bundle.files), db_now())
    for number, step in enumerate(STEPS):
        tell(cycle.name, number, len(STEPS) + 1)
        step(landing)
    if by is not None:
        make_organizer(cycle, design, by)
    if sum(len(table.rows) for __, table in bundle.tables.named()) >= MANY:
        looked_at(Group, Submission, Version, Sheet, Mark, Attempt)
    settle_imported(landing, results=results)
    payload = {name: len(table.rows) for name, table in bundle.tables.named() if table.rows}
    record(Kind.CYCLE_IMPORTED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload, channel="import")
    tell(cycle.name, len(STEPS) + 1, len(STEPS) + 1)
    return cycle


def _named(design: Design, key: str | None) -> Design:
    """The rules under another key."""
    if key is None or key == design.cycle.key:
        return design
    try:
        cycle = CycleSpec.model_validate({**design.cycle.model_dump(), "key": key})
    except ValidationError:
        message = _('"{key}" is no key for a cycle; expected letters, digits, - and _, at most 64.', key=key)
        raise Invalid(message, where="key") from None
    return design.model_copy(update={"cycle": cycle})


def _created(design: Design, house: Organization, *, by: Any, predecessor: Cycle | None) -> Cycle:
    spec, info = design.cycle, design.playbook
    try:
        with transaction.atomic():
            return Cycle.objects.create(
                key=spec.key,
                name=spec.title,
                series=series_joined(spec.series, by=by, organization=house),
                organization=house,
                predecessor=predecessor,
                playbook=f"{info.key}@{info.version}" if info else "",
                imported=True,
                created_by=by,
            )
    except IntegrityError:
        message = _(
            'There is a cycle with the key "{spec}" already. Import it under another key: --as {spec}-copy', spec=spec.key
        )
        raise CycleKeyTaken(message, where="cycle.key") from None


def _begun(told: CycleSpec, house: Organization, *, by: Any) -> None:
    """The series itself; one that is there keeps its words."""
    new = not Series.objects.filter(key=told.key).exists()
    found = series_joined(told.key, by=by, organization=house, name=told.title)
    if new and found is not None:
        Series.objects.filter(pk=found.pk).update(summary=told.summary)
