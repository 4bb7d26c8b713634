"""Checks of retrospective.csv, proposals.csv and adoptions.csv, and what of them everybody may have."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from games.bundles.suggested import rows_in
from games.bundles.tables import Table, Tables
from games.retrospectives.rules import AdoptionWay, ProposalState

type Refuse = Callable[[str, str], None]
type Rows = Iterable[tuple[Any, Refuse]]
NAMES: Final = ("retrospective", "proposals", "adoptions")
INSIDE: Final = "suggestions"
"""Proposals of this section are told with the suggestion that they come from, and no further."""


def check_looked_back(ideas: Collection[int], rows: Mapping[str, Rows]) -> None:
    """Name everything wrong. `ideas`: the numbers of those that are there; `rows`: each table by its name."""
    written = _check_sections(rows["retrospective"])
    _check_proposals(written, rows["proposals"])
    seen: set[int] = set()
    for row, refuse in rows["adoptions"]:
        if row.idea not in ideas:
            refuse("idea", f"{row.idea} is not in ideas.csv")
        if row.idea in seen:
            refuse("idea", f"what becomes of idea {row.idea} is there twice")
        seen.add(row.idea)
        if row.way == AdoptionWay.TEST and not row.prediction:
            refuse("prediction", "is empty; expected what others will see when they try it")


def _check_sections(rows: Rows) -> bool:
    seen: set[str] = set()
    heads = set()
    for row, refuse in rows:
        if row.section in seen:
            refuse("section", f'"{row.section}" is there twice')
        seen.add(row.section)
        heads.add((row.made, row.asked, row.design, row.published))
        if len(heads) > 1:
            refuse("made", "expected made, asked, design and published as in the other rows")
        if bool(row.words) != (row.said is not None):
            refuse("said", "expected a time where there are words, and there alone")
    return bool(seen)


def _check_proposals(written: bool, rows: Rows) -> None:  # noqa: FBT001 whether there is a retrospective
    seen: set[int] = set()
    known: set[tuple[str, str]] = set()
    for row, refuse in rows:
        if not written:
            refuse("number", "expected retrospective.csv beside it")
        if row.number in seen:
            refuse("number", f"{row.number} is there twice")
        seen.add(row.number)
        if (row.code, row.about) in known:
            refuse("code", f'"{row.code}" about "{row.about}" is there twice')
        known.add((row.code, row.about))
        try:
            rows_in(row.change)
        except ValueError as fault:
            refuse("change", str(fault))
        if (row.state == ProposalState.OPEN) == (row.decided is not None):
            refuse("decided", "expected a time where it was decided, and there alone")


def public_look_back(tables: Tables) -> dict[str, Table[Any]]:
    """For everybody: a retrospective that was published, and what it proposes but for suggestions."""
    if not any(row.published for row in tables.retrospective.rows):
        return {}
    proposals = [row for row in tables.proposals.rows if row.section != INSIDE]
    return {"retrospective": tables.retrospective, "proposals": Table(proposals, tables.proposals.extra)}
