"""Checks of stands.csv and pitches.csv: a table is one group's, nobody speaks in two places at once, a room holds one pitch."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from games.bundles.places import Places
from games.bundles.rows import PitchRow, StandRow
from games.judging.rules.hall import HIGHEST
from games.judging.rules.pitching import MINUTES, is_time
from leaderboards.engine.language import gettext as _

type Refuse = Callable[[str, str], None]
type Rows = Iterable[tuple[Any, Refuse]]


def check_stands(places: Places, rows: Rows) -> None:
    """Name everything wrong with the tables in the hall."""
    numbers: set[tuple[str, int]] = set()
    groups: set[tuple[str, str]] = set()
    for row, refuse in rows:
        _check_place(places, row, refuse)
        if row.table > HIGHEST:
            refuse("table", _("expected a number from 1 to {highest}", highest=HIGHEST))
        if (row.round, row.table) in numbers:
            refuse("table", _('{table} is there twice in round "{round}"', table=row.table, round=row.round))
        if (row.round, row.group) in groups:
            refuse("group", _('"{group}" has two tables in round "{round}"', group=row.group, round=row.round))
        numbers.add((row.round, row.table))
        groups.add((row.round, row.group))


def check_pitches(places: Places, rows: Rows) -> None:
    """Name everything wrong with the pitches."""
    seen: set[tuple[str, str, str]] = set()
    sound: list[tuple[PitchRow, Refuse]] = []
    for row, refuse in rows:
        there = _check_place(places, row, refuse)
        if there and row.panel not in (known := _panels(places, row.round)):
            refuse(
                "panel",
                _(
                    '"{panel}" is no panel of round "{round}"; known: {names}',
                    panel=row.panel,
                    round=row.round,
                    names=", ".join(known) or _("none"),
                ),
            )
        if not row.room:
            refuse("room", _("is empty; expected where they speak"))
        if row.minutes > MINUTES:
            refuse("minutes", _("a pitch takes 1 to {minutes} minutes", minutes=MINUTES))
        if (row.round, row.group, row.panel) in seen:
            refuse(
                "panel",
                _(
                    '"{group}" pitches twice before "{panel}" in round "{round}"',
                    group=row.group,
                    panel=row.panel,
                    round=row.round,
                ),
            )
        seen.add((row.round, row.group, row.panel))
        if is_time(row.at):
            sound.append((row, refuse))
        else:
            refuse("at", _("expected a day of these years"))
    _check_overlaps(sound)


def _check_place(places: Places, row: StandRow | PitchRow, refuse: Refuse) -> bool:
    """Whether the round is there."""
    if row.group not in places.groups:
        refuse("group", places.no_group(row.group))
    if row.round not in places.rounds:
        refuse("round", places.no_round(row.round))
    return row.round in places.rounds


def _panels(places: Places, of_round: str) -> list[str]:
    """Panels before which one can speak."""
    tasks = [task for (at, __), task in places.tasks.items() if at == of_round]
    return list(dict.fromkeys(panel.key for task in tasks for panel in task.judges_panels if panel.who != "audience"))


def _check_overlaps(rows: Iterable[tuple[PitchRow, Refuse]]) -> None:
    """In order of time: whoever begins before the last one in the same room, or of the same group, is over."""
    last: dict[tuple[str, str, str], PitchRow] = {}
    for row, refuse in sorted(rows, key=lambda one: one[0].at):
        for column in ("room", "group"):
            place = (row.round, column, getattr(row, column))
            before = last.get(place)
            if before is not None and before.at + timedelta(minutes=before.minutes) > row.at:
                refuse(
                    "at",
                    _(
                        '"{place}" is taken by the pitch of "{group}" at {at}',
                        place=place[2],
                        group=before.group,
                        at=before.at.isoformat(),
                    ),
                )
            if before is None or row.at + timedelta(minutes=row.minutes) > before.at + timedelta(minutes=before.minutes):
                last[place] = row
