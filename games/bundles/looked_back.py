"""Checks of retrospective.csv, proposals.csv and adoptions.csv, and what of them everybody may have."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from games.bundles.suggested import rows_in
from games.bundles.tables import Table, Tables
from games.retrospectives.rules import AdoptionWay, ProposalState
from leaderboards.engine.language import gettext as _

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
            refuse("idea", _("{idea} is not in ideas.csv", idea=row.idea))
        if row.idea in seen:
            refuse("idea", _("what becomes of idea {idea} is there twice", idea=row.idea))
        seen.add(row.idea)
        if row.way == AdoptionWay.TEST and not row.prediction:
            refuse("prediction", _("is empty; expected what others will see when they try it"))


def _check_sections(rows: Rows) -> bool:
    seen: set[str] = set()
    heads = set()
    for row, refuse in rows:
        if row.section in seen:
            refuse("section", _('"{section}" is there twice', section=row.section))
        seen.add(row.section)
        heads.add((row.made, row.asked, row.design, row.published))
        if len(heads) > 1:
            refuse("made", _("expected made, asked, design and published as in the other rows"))
        if bool(row.words) != (row.said is not None):
            refuse("said", _("expected a time where there are words, and there alone"))
    return bool(seen)


def _check_proposals(written: bool, rows: Rows) -> None:  # noqa: FBT001 whether there is a retrospective
    seen: set[int] = set()
    known: set[tuple[str, str]] = set()
    for row, refuse in rows:
        if not written:
            refuse("number", _("expected retrospective.csv beside it"))
        if row.number in seen:
            refuse("number", _("{number} is there twice", number=row.number))
        seen.add(row.number)
        if (row.code, row.about) in known:
            refuse("code", _('"{code}" about "{about}" is there twice', code=row.code, about=row.about))
        known.add((row.code, row.about))
        try:
            rows_in(row.change)
        except ValueError as fault:
            refuse("change", str(fault))
        if (row.state == ProposalState.OPEN) == (row.decided is not None):
            refuse("decided", _("expected a time where it was decided, and there alone"))


def public_look_back(tables: Tables) -> dict[str, Table[Any]]:
    """For everybody: a retrospective that was published, and what it proposes but for suggestions."""
    if not any(row.published for row in tables.retrospective.rows):
        return {}
    proposals = [row for row in tables.proposals.rows if row.section != INSIDE]
    return {"retrospective": tables.retrospective, "proposals": Table(proposals, tables.proposals.extra)}
