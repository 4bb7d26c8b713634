"""The pure rule that turns acts into points."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Final

from games.errors import Conflict
from games.journal.rules import Kind
from games.playbooks.schema.points import PointRule, Receiver


class NoPreview(Conflict):
    """There is no replay of the points that could be shown."""

    code = "no_preview"


REVERSES: Final[dict[str, frozenset[str]]] = {
    Kind.SUBMISSION_WITHDRAWN: frozenset({Kind.SUBMISSION_RECEIVED}),
    Kind.SUBMISSION_DISQUALIFIED: frozenset({Kind.SUBMISSION_RECEIVED}),
    Kind.SHEET_REOPENED: frozenset({Kind.SHEET_FINALIZED}),
    Kind.HELP_WITHDRAWN: frozenset({Kind.POST_HELPED}),
    Kind.BARRIER_REOPENED: frozenset({Kind.BARRIER_SOLVED}),
}
"""An act of the first kind takes back what acts of the second earned for the same subject."""

ON_A_GROUP: Final = frozenset({Kind.SHEET_FINALIZED, Kind.VOTE_CAST})
"""Acts done to the group named in the entry, not by it: one's own group is left out unless the rule says otherwise."""

EARNS_NOTHING: Final = frozenset({Kind.POINTS_CHANGED, Kind.STANDINGS_CHANGED})
"""What the computer records about itself. A rule on it would feed itself."""


@dataclass(frozen=True, slots=True)
class Act:
    """A sealed journal entry as the rules see it. `day` is in the cycle's time zone; `own`: the actor belongs to the group named."""

    seal: int
    kind: str
    subject: str
    at: datetime
    day: date
    group: int | None
    person: int | None = None
    persons_group: int | None = None
    own: bool = False
    round: str = ""
    challenge: str = ""


@dataclass(frozen=True, slots=True)
class Award:
    """Points given (or, with `reverses`, taken back) by one rule for one act. `day` is the day whose cap they count for."""

    seal: int
    rule: str
    event: str
    subject: str
    group: int | None
    person: int | None
    amount: int
    at: datetime
    day: date
    reverses: "Award | None" = None

    @property
    def receiver(self) -> str:
        """Who the caps are for."""
        return f"person:{self.person}" if self.person is not None else f"group:{self.group}"


@dataclass(slots=True)
class Ledger:
    """What was given so far, as far as rules ask for it. Reading the same acts in the same order always gives the same awards."""

    rules: tuple[PointRule, ...]
    days: dict[tuple[str, str, date], int] = field(default_factory=dict)
    sums: dict[tuple[str, str], int] = field(default_factory=dict)
    held: dict[str, dict[tuple[str, int | None], Award]] = field(default_factory=dict)

    def note(self, award: Award) -> None:
        """Remember an award or a reversal."""
        receiver = award.receiver
        self.days[award.rule, receiver, award.day] = self.days.get((award.rule, receiver, award.day), 0) + award.amount
        self.sums[award.rule, receiver] = self.sums.get((award.rule, receiver), 0) + award.amount
        if award.subject:
            held = self.held.setdefault(award.subject, {})
            if award.reverses is None:
                held[award.rule, award.group] = award
            else:
                held.pop((award.rule, award.group), None)

    def read(self, act: Act) -> list[Award]:
        """The awards of one act: first what it takes back, then what it earns."""
        if act.kind in EARNS_NOTHING:
            return []
        taken = REVERSES.get(act.kind, frozenset())
        awards = [self._reversal(act, one) for one in self.held.get(act.subject, {}).values() if one.event in taken]
        for award in awards:
            self.note(award)
        for rule in self.rules:
            earned = self._earned(rule, act)
            if earned is not None:
                self.note(earned)
                awards.append(earned)
        return awards

    def _reversal(self, act: Act, one: Award) -> Award:
        return Award(
            act.seal, one.rule, one.event, one.subject, one.group, one.person, -one.amount, act.at, one.day, reverses=one
        )

    def _earned(self, rule: PointRule, act: Act) -> Award | None:
        if not _applies(rule, act):
            return None
        by_person = rule.receiver is Receiver.PERSON
        group = act.persons_group if by_person else act.group
        person = act.person if by_person else None
        if (person if by_person else group) is None or (rule.key, group) in self.held.get(act.subject, {}):
            return None
        award = Award(act.seal, rule.key, act.kind, act.subject, group, person, rule.points, act.at, act.day)
        amount = self._capped(rule, award)
        if amount == 0:
            return None
        return replace(award, amount=amount)

    def _capped(self, rule: PointRule, award: Award) -> int:
        """What the caps leave of the amount. Caps limit what is given, not what a rule takes."""
        amount = rule.points
        if amount > 0 and rule.cap_day is not None:
            amount = min(amount, rule.cap_day - self.days.get((rule.key, award.receiver, award.day), 0))
        if amount > 0 and rule.cap_cycle is not None:
            amount = min(amount, rule.cap_cycle - self.sums.get((rule.key, award.receiver), 0))
        return amount if rule.points < 0 else max(amount, 0)


def _applies(rule: PointRule, act: Act) -> bool:
    if rule.event != act.kind or (act.own and act.kind in ON_A_GROUP and not rule.own_group):
        return False
    return (rule.rounds is None or act.round in rule.rounds) and (rule.challenges is None or act.challenge in rule.challenges)


def points_for(rules: Iterable[PointRule], acts: Iterable[Act]) -> list[Award]:
    """All awards of a whole journal, from the beginning, in sealed order."""
    ledger = Ledger(tuple(rules))
    return [award for act in acts for award in ledger.read(act)]
