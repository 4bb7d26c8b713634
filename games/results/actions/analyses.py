"""What panels' marks tell beside the result, worked out where results are and kept: see `leaderboards.engine.severity.analysis`."""

from collections.abc import Mapping
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
from leaderboards.engine.analysing import board_digest, board_tables, board_ties, digest, panel_tables
from leaderboards.engine.facts import Facts
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.severity.analysis import PanelTable, analyse
from leaderboards.engine.spec import Format, board_rounds
from leaderboards.engine.weighing import Place as Unit

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
    """Analyse every rubric panel whose marks are not those of its kept analysis, and boards that add up several. Writes nothing.

    Needs numpy: not in a web process.
    """
    tables = {(one.round, one.challenge, one.panel): one for one in panel_tables(design, found, outcome)}
    if not tables:
        return Analyses(db_now())
    ids = {(one.round.key, one.key): one.pk for one in Challenge.objects.filter(round__cycle=cycle).select_related("round")}
    known = PanelAnalysis.objects.filter(challenge__round__cycle=cycle)
    rows = known.values_list("challenge_id", "panel", "digest", "body__boards")
    kept = {(challenge, panel): (name, boards or {}) for challenge, panel, name, boards in rows}
    names = {unit: digest(table) for unit, table in tables.items()}
    boards = _boards(design, outcome, tables, names, {key: one for _, told in kept.values() for key, one in told.items()})
    new: dict[Place, tuple[dict[str, Any], str]] = {}
    there: set[Place] = set()
    for unit, table in tables.items():
        place = (ids[unit[:2]], unit[2])
        there.add(place)
        name, carried = kept.get(place, ("", {}))
        if name != names[unit]:
            new[place] = (_body(table, names[unit]) | _carried(boards.get(unit)), names[unit])
        elif carried != boards.get(unit, {}):
            body = known.values_list("body", flat=True).get(challenge_id=place[0], panel=place[1])
            new[place] = ({key: one for key, one in body.items() if key != "boards"} | _carried(boards.get(unit)), name)
    return Analyses(db_now(), new, frozenset(there))


def _boards(
    design: Design,
    outcome: Outcome,
    tables: Mapping[Unit, PanelTable],
    names: Mapping[Unit, str],
    kept: Mapping[str, dict[str, Any]],
) -> dict[Unit, dict[str, Any]]:
    """Ties of boards that add up several panels, by board, under the panel that carries them: the last of its last round.

    So what everybody may read of them follows the publication of that round, like all the rest. Those of the same marks stay as they are.
    """
    found: dict[Unit, dict[str, Any]] = {}
    order = {one.key: number for number, one in enumerate(design.rounds)}
    for board, told in board_tables(design, outcome):
        counted = {one.key for one in board_rounds(design, board)}
        units = [unit for unit in tables if unit[0] in counted and (board.challenges is None or unit[1] in board.challenges)]
        if units:
            name = board_digest(told, names)
            known = kept.get(board.id, {})
            ties = known if known.get("digest") == name else {**board_ties(told, tables), "digest": name}
            found.setdefault(max(units, key=lambda unit: (order[unit[0]], unit)), {})[board.id] = ties
    return found


def _carried(boards: dict[str, Any] | None) -> dict[str, Any]:
    return {"boards": boards} if boards else {}


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
