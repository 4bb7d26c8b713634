"""What a table leaves unsaid: the only round, challenge or criterion there is, and times counted from the opening of a round."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from games.bundles.rows import AttemptRow, DecisionRow, MarkRow, RoundRow, SubmissionRow
from games.bundles.rules import Faults
from games.bundles.tables import Table, Tables
from games.playbooks.schema import Design
from leaderboards.engine.language import gettext as _

STEPS: Final = ("opened", "passed", "extended", "locked", "closed", "published")
PLACED: Final = ("submissions", "marks", "attempts", "votes", "replies", "files")
Refuse = Callable[[str, str], None]


class Settler:
    """Fills tables of one Design, remembering what each round holds."""

    def __init__(self, design: Design) -> None:
        self.rounds = [one.key for one in design.rounds]
        self.opens = {one.key: one.opens for one in design.rounds}
        self.placed: dict[tuple[str, str], tuple[str, str]] = {}
        self.zone = ZoneInfo(design.cycle.timezone) if design.cycle.timezone else None
        self.challenges = {key: [task.key for task in design.challenges if task.in_round(key)] for key in self.rounds}
        self.criteria = {
            (key, task.key): [criterion.key for criterion in task.marked_criteria]
            for key in self.rounds
            for task in design.challenges
            if task.in_round(key)
        }

    def settle(self, tables: Tables, faults: dict[str, Faults]) -> None:
        """Fill all tables in place; rows that cannot be settled are named and left out."""
        for name in PLACED:
            self._each(getattr(tables, name), faults[name], self._placed)
        self._each(tables.submissions, faults["submissions"], self._timed)
        self._each(tables.decisions, faults["decisions"], self._timed)
        self._each(tables.attempts, faults["attempts"], self._counted)
        self._each(tables.rounds, faults["rounds"], self._steps)

    def _each(self, table: Table[Any], faults: Faults, change: Callable[[Any, Refuse], Any]) -> None:
        rows = table.rows
        settled = [
            change(row, lambda column, message, place=place: faults.add(message, row=table.number(place), column=column))  # type: ignore[misc]
            for place, row in enumerate(rows)
        ]
        kept = [place for place, row in enumerate(settled) if row is not None]
        table.numbers = [table.number(place) or 0 for place in kept] if table.numbers and len(kept) < len(rows) else table.numbers
        table.rows = [settled[place] for place in kept] if len(kept) < len(rows) else settled

    def _placed(self, row: Any, refuse: Refuse) -> Any:
        """Each of these rows begins with its round and its challenge; most leave unsaid what others did."""
        said = (row[0], row[1])
        place = self.placed.get(said) or self._place(*said, refuse)
        if place is None:
            return None
        self.placed[said] = place
        if isinstance(row, MarkRow) and not row.criterion:
            return self._judged(row, place, refuse)
        return row if place == said else row._make(place + row[2:])

    def _place(self, of_round: str, challenge: str, refuse: Refuse) -> tuple[str, str] | None:
        """The round and the challenge that are meant."""
        if not of_round:
            if len(self.rounds) != 1:
                names = ", ".join(self.rounds)
                refuse("round", _("is empty, but the cycle has {count} rounds: {names}", count=len(self.rounds), names=names))
                return None
            of_round = self.rounds[0]
        if not challenge:
            known = self.challenges.get(of_round, [])
            if len(known) != 1:
                names = ", ".join(known) or _("none")
                text = _(
                    'is empty, but round "{round}" has {count} challenges: {names}', round=of_round, count=len(known), names=names
                )
                refuse("challenge", text)
                return None
            challenge = known[0]
        return of_round, challenge

    def _judged(self, row: MarkRow, place: tuple[str, str], refuse: Refuse) -> MarkRow | None:
        """A mark that names no criterion."""
        known = self.criteria.get(place, [])
        if len(known) != 1:
            names = ", ".join(known) or _("none")
            text = _(
                'is empty, but challenge "{challenge}" has {count} criteria: {names}',
                challenge=place[1],
                count=len(known),
                names=names,
            )
            refuse("criterion", text)
            return None
        return row._replace(round=place[0], challenge=place[1], criterion=known[0])

    def _timed(self, row: SubmissionRow | DecisionRow, refuse: Refuse) -> SubmissionRow | DecisionRow | None:
        if row.at is None or row.at.tzinfo is not None:
            return row
        zoned = self._zoned(row.at, refuse)
        return None if zoned is None else row._replace(at=zoned)

    def _steps(self, row: RoundRow, refuse: Refuse) -> RoundRow | None:
        """Every time of a round's row, with its offset."""
        for name in STEPS:
            at: datetime | None = getattr(row, name)
            zoned = None if at is None else self._zoned(at, refuse, name)
            if at is not None and zoned is None:
                return None
            row = row._replace(**{name: zoned})  # type: ignore[arg-type] # each name in STEPS is a time
        return row

    def _zoned(self, at: datetime, refuse: Refuse, column: str = "at") -> datetime | None:
        if at.tzinfo is not None:
            return at
        if self.zone is None:
            refuse(column, _("{at} has no offset; add one (Z or +02:00) or give cycle.timezone", at=at.isoformat()))
            return None
        return at.replace(tzinfo=self.zone)

    def _counted(self, row: AttemptRow, refuse: Refuse) -> AttemptRow | None:
        if isinstance(row.at, int):
            return row
        at, opens = self._zoned(row.at, refuse), self.opens.get(row.round)
        if at is None:
            return None
        if opens is None:
            refuse("at", _('is a time, but round "{round}" has no time of opening to count from', round=row.round))
            return None
        since = at - opens
        milliseconds = round(since.total_seconds() * 1000)
        if milliseconds < 0:
            refuse(
                "at",
                _('{at} is before round "{round}" opens {opens}', at=at.isoformat(), round=row.round, opens=opens.isoformat()),
            )
            return None
        return row._replace(at=milliseconds)
