"""Checks of partners.csv: the parts of each partnership are whole, its rows agree, and who was merged went into one team."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from games.bundles.partner_rows import PartnerRow
from games.bundles.places import Places
from games.partnerships.rules import AnswerState, PartnershipInvalid, PartnershipKind, PartnershipState, check_parts
from leaderboards.engine.language import gettext as _

type Refuse = Callable[[str, str], None]
SAME = ("kind", "state", "lead", "proposed", "settled", "round", "challenge", "name", "note")


def check_partners(places: Places, rows: Iterable[tuple[Any, Refuse]]) -> None:
    """Name everything wrong with who joined forces."""
    found: defaultdict[int, list[tuple[PartnerRow, Refuse]]] = defaultdict(list)
    for row, refuse in rows:
        found[row.number].append((row, refuse))
        _check_row(row, places, refuse)
    merged: set[str] = set()
    for together in found.values():
        _check_whole(together)
        _check_merged(together, merged)


def _check_row(row: PartnerRow, places: Places, refuse: Refuse) -> None:
    for column in ("lead", "group"):
        key = getattr(row, column)
        if key not in places.groups:
            refuse(column, places.no_group(key))
    if (row.kind == PartnershipKind.JOINT.value) != bool(row.challenge):
        refuse("challenge", _("expected the task of a joint entry, and there alone"))
    elif row.challenge:
        places.challenge(row.round, row.challenge, refuse)
    if (row.settled is None) != (row.state == PartnershipState.PROPOSED.value):
        refuse("settled", _("expected a time unless it is only proposed"))
    if row.state == PartnershipState.AGREED.value and row.answer != AnswerState.AGREED.value:
        refuse("answer", _("expected agreed of every team where the state is agreed"))


def _check_whole(together: list[tuple[PartnerRow, Refuse]]) -> None:
    first = together[0][0]
    keys = [row.group for row, __ in together]
    row, refuse = together[-1]
    if len(set(keys)) < len(keys):
        refuse("group", _("a team is there twice in {number}", number=row.number))
        return
    for one, refuse_one in together[1:]:
        for column in SAME:
            if getattr(one, column) != getattr(first, column):
                refuse_one(column, _("differs from the first row of {number}", number=one.number))
    ids = {key: place for place, key in enumerate(keys)}
    try:
        check_parts(ids.get(first.lead, -1), {ids[one.group]: one.basis_points for one, __ in together})
    except PartnershipInvalid as fault:
        refuse("lead" if fault.where == "lead" else "basis_points", f"{row.number}: {fault.message}")


def _check_merged(together: list[tuple[PartnerRow, Refuse]], merged: set[str]) -> None:
    for row, refuse in together:
        if (row.kind, row.state) == ("merger", "agreed") and row.group != row.lead:
            if row.group in merged:
                refuse("group", _('"{group}" went into another team already', group=row.group))
            merged.add(row.group)
