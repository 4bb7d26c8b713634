"""What panels' marks tell beside the result, worked out where results are and kept: see `leaderboards.engine.severity.analysis`."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.journal.queries import db_now
from games.playbooks.schema import Design
from games.results.actions.showing import show_first
from games.results.models import PanelAnalysis
from leaderboards.engine.analysing import digest, panel_tables
from leaderboards.engine.facts import Facts
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.severity.analysis import PanelTable, analyse
from leaderboards.engine.spec import Format

BATCH: Final = 200
SEEDED: Final = 8  # hexadecimal digits of the digest that seed the draws: the same marks, the same chances

type Place = tuple[int, str]
"""(id of a challenge, key of a panel)"""


@dataclass(frozen=True, slots=True)
class Analyses:
    """What is new, by challenge and panel: (body, digest); and all that there is, so that the rest can go."""

    at: datetime
    new: dict[Place, tuple[dict[str, Any], str]] = field(default_factory=dict)
    there: frozenset[Place] = frozenset()


def panel_analyses(cycle: Cycle, design: Design, found: Facts, outcome: Outcome) -> Analyses:
    """Analyse every rubric panel whose marks are not those of its kept analysis. Writes nothing. Needs numpy: not in a web process."""
    tables = {(one.round, one.challenge, one.panel): one for one in panel_tables(design, found, outcome)}
    if not tables:
        return Analyses(db_now())
    ids = {(one.round.key, one.key): one.pk for one in Challenge.objects.filter(round__cycle=cycle).select_related("round")}
    known = PanelAnalysis.objects.filter(challenge__round__cycle=cycle).values_list("challenge_id", "panel", "digest")
    kept = {(challenge, panel): name for challenge, panel, name in known}
    new: dict[Place, tuple[dict[str, Any], str]] = {}
    there: set[Place] = set()
    for (round_key, challenge, panel), table in tables.items():
        place = (ids[round_key, challenge], panel)
        there.add(place)
        name = digest(table)
        if kept.get(place) != name:
            new[place] = (_body(table, name), name)
    return Analyses(db_now(), new, frozenset(there))


def _body(table: PanelTable, name: str) -> dict[str, Any]:
    return analyse(table, seed=int(name[:SEEDED], 16))


@transaction.atomic
def store_panel_analyses(cycle: Cycle, found: Analyses) -> int:
    """Keep what is new, and forget panels of rubrics that have no marks any more. Returns how many rows changed."""
    rubrics = PanelAnalysis.objects.filter(challenge__round__cycle=cycle).exclude(challenge__format=Format.PAIRWISE.value)
    gone = [
        pk for pk, challenge, panel in rubrics.values_list("pk", "challenge_id", "panel") if (challenge, panel) not in found.there
    ]
    if gone:
        PanelAnalysis.objects.filter(pk__in=gone).delete()
    rows = [
        PanelAnalysis(challenge_id=challenge, panel=panel, body=body, digest=name, computed_at=found.at)
        for (challenge, panel), (body, name) in found.new.items()
    ]
    PanelAnalysis.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["challenge", "panel"],
        update_fields=["body", "digest", "computed_at"],
        batch_size=BATCH,
    )
    if found.new:
        show_first(cycle)
    return len(gone) + len(found.new)
