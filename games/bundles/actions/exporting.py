"""A cycle, or a whole series, becomes a folder or a zip again, with as much in it as its readers may have."""

from collections.abc import Callable
from pathlib import Path

from django.utils.crypto import salted_hmac

from games.bundles.actions.placing import place_files
from games.bundles.audience import Audience, Known, narrowed
from games.bundles.bundle import Bundle
from games.bundles.queries import (
    blind_labels,
    bundle_of,
    check_room,
    contents_of,
    decided_in_public,
    entrants_by_round,
    with_proofs,
)
from games.bundles.tables import Table
from games.bundles.writer import files_of, series_files
from games.cycles.models import Cycle, Series
from games.cycles.queries import cycles_of, design_of, public_design
from games.errors import Conflict
from games.journal.queries import db_now
from games.playbooks.schema import CycleSpec
from games.progression.drafting import begun_rounds
from games.results.queries.facts import one_moment
from leaderboards.engine.language import gettext as _

type Progress = Callable[[str, int, int], None]
SALT = "ludus.bundle"


def _nobody(_label: str, _done: int, _of: int) -> None:
    """Nobody looks."""


def bundle_for(cycle: Cycle, audience: Audience, *, files: bool = True) -> Bundle:
    """The cycle as this audience may have it, read at one moment; without `files` of the files of entries their digests only. Raises FilesTooLarge."""
    found = _read(cycle, audience)
    contents = contents_of(cycle, {row.digest for row in found.tables.files.rows}) if files else {}
    there = found.tables.files
    found.tables.files = Table([row for row in there.rows if row.digest in contents], there.extra)
    if files and audience is Audience.ORGANIZERS:
        found.tables.grants, proofs = with_proofs(cycle, found.tables.grants)
        contents |= proofs
        check_room([len(one) for one in contents.values()])
    found.files = contents
    return found


def _read(cycle: Cycle, audience: Audience) -> Bundle:
    with one_moment():
        whole = bundle_of(cycle)
        if audience is Audience.ORGANIZERS:
            return whole
        seed = salted_hmac(SALT, str(cycle.pk), algorithm="sha256").digest()
        rules = public_design(design_of(cycle), frozenset(begun_rounds(cycle, db_now())))
        shown = decided_in_public(cycle)
        known = Known(
            rules,
            seed,
            blind_labels(cycle),
            entrants_by_round(cycle),
            lambda row: (row.kind, row.round, row.board, row.group) in shown,
        )
        return narrowed(whole, audience, known)


def export_files(cycle: Cycle, *, audience: Audience | str = Audience.ORGANIZERS, files: bool = True) -> dict[str, bytes]:
    """The files of a bundle by name. Always the same for the same cycle and audience."""
    return files_of(bundle_for(cycle, Audience(audience), files=files))


def export_cycle(
    cycle: Cycle,
    target: str | Path,
    *,
    audience: Audience | str = Audience.ORGANIZERS,
    files: bool = True,
    progress: Progress | None = None,
) -> Path:
    """Write a cycle to `target`: a zip if it ends in .zip, else a folder. Raises Conflict if something is there already."""
    tell = progress or _nobody
    place = _free(Path(target))
    tell(cycle.name, 0, 2)
    written = export_files(cycle, audience=audience, files=files)
    tell(cycle.name, 1, 2)
    place_files(written, place)
    tell(cycle.name, 2, 2)
    return place


def export_series(
    series: Series,
    target: str | Path,
    *,
    audience: Audience | str = Audience.ORGANIZERS,
    files: bool = True,
    progress: Progress | None = None,
) -> Path:
    """Write all cycles of a series with their series.toml."""
    tell = progress or _nobody
    place = _free(Path(target))
    cycles = list(cycles_of(series))
    bundles = []
    for number, cycle in enumerate(cycles):
        tell(cycle.name, number, len(cycles))
        bundles.append(bundle_for(cycle, Audience(audience), files=files))
    place_files(series_files(CycleSpec(key=series.key, name=series.name, summary=series.summary), bundles), place)
    tell(series.name, len(cycles), len(cycles))
    return place


def _free(place: Path) -> Path:
    if place.is_file() or (place.is_dir() and any(place.iterdir())):
        message = _("{place} is there already: name a new folder, or a new file that ends in .zip.", place=place)
        raise Conflict(message, where="path")
    return place
