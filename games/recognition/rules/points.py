"""The pure rule that turns acts into points."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Final

from games.errors import Conflict
from games.journal.rules import Kind
from games.playbooks.schema.points import PointRule, Receiver
from games.recognition.rules.acts import EARNS_NOTHING, FOR_GOOD, ON_A_GROUP, RESTORED, REVERSES, Act, Effect
from games.recognition.rules.carried import carried
from games.recognition.rules.shrinking import weight_of

__all__ = ["Act", "Award", "Ledger", "NoPreview", "points_for", "shrinks", "week_of"]

type Key = tuple[str, int | None, int | None]
"""What is given once for a subject: rule, group, and the other team where there is one."""
type Place = tuple[str, str, date]
"""Rule, receiver, day."""


type Exact = tuple[Fraction, Fraction]
"""What the acts of a day are worth together, and what the next one would be worth of the base."""
_NOTHING: Final[Exact] = (Fraction(0), Fraction(1))


class NoPreview(Conflict):
    """There is no replay of the points that could be shown."""

    code = "no_preview"


@dataclass(slots=True)
class Award:
    """Points given (or, with `reverses`, taken back) by one rule for one act. `day` is the day whose caps they count for.

    `repeats`: how often the same `partner` had counted for the rule before, where the rule asks. `pk`: the row it is written in, once it is. An amount of 0 is an act
    that counted when so little was left that the next ones begin from there.
    """

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
    partner: int | None = None
    repeats: int = 0
    pk: int | None = field(default=None, compare=False)

    @property
    def receiver(self) -> str:
        """Who the caps are for."""
        return f"person:{self.person}" if self.person is not None else f"group:{self.group}"

    @property
    def key(self) -> Key:
        """What is held once for the subject."""
        return self.rule, self.group, self.partner


@dataclass(slots=True)
class Ledger:
    """What was given so far, as far as rules ask for it. Reading the same acts in the same order always gives the same awards."""

    rules: tuple[PointRule, ...]
    days: dict[Place, int] = field(default_factory=dict)
    weeks: dict[Place, int] = field(default_factory=dict)
    sums: dict[tuple[str, str], int] = field(default_factory=dict)
    held: dict[str, dict[Key, Award]] = field(default_factory=dict)
    away: dict[str, dict[Key, tuple[Award, str]]] = field(default_factory=dict)
    met: dict[tuple[str, str, int], int] = field(default_factory=dict)
    standing: defaultdict[Place, list[Award]] = field(default_factory=lambda: defaultdict(list))
    lasts: dict[tuple[str, str], datetime] = field(default_factory=dict)
    by_event: dict[str, list[PointRule]] = field(default_factory=dict)
    by_key: dict[str, PointRule] = field(default_factory=dict)
    exact: dict[Place, Exact] = field(default_factory=dict)
    steps: dict[tuple[str, Exact, Fraction], Exact] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Rules by what they are asked for."""
        for rule in self.rules:
            self.by_event.setdefault(rule.event, []).append(rule)
            self.by_key[rule.key] = rule

    def note(self, award: Award, cause: str = "") -> None:
        """Remember an award or a reversal; `cause`: the kind of act that took it back."""
        receiver, rule = award.receiver, self.by_key.get(award.rule)
        place, whole = (award.rule, receiver, award.day), (award.rule, receiver)
        self.days[place] = self.days.get(place, 0) + award.amount
        self.sums[whole] = self.sums.get(whole, 0) + award.amount
        if rule is not None and rule.cap_week is not None:
            week = (award.rule, receiver, week_of(award.day))
            self.weeks[week] = self.weeks.get(week, 0) + award.amount
        given = award.reverses is None
        if award.partner is not None:
            met = (award.rule, receiver, award.partner)
            self.met[met] = self.met.get(met, 0) + (1 if given else -1)
        if given and rule is not None and rule.pause is not None:
            self.lasts[whole] = max(award.at, self.lasts.get(whole, award.at))
        if rule is not None and shrinks(rule):
            self.stand(place, award, rule)
        if award.subject:
            self.hold(award, cause)

    def stand(self, place: Place, award: Award, rule: PointRule) -> None:
        """Which acts of the day stand, in order, and what they are worth together, exactly."""
        if award.reverses is None:
            self.standing[place].append(award)
            self.exact[place] = self._with(place, rule, award.repeats)
        else:
            rest = [one for one in self.standing[place] if one != award.reverses]
            self.standing[place] = []
            self.exact.pop(place, None)
            for one in rest:
                self.stand(place, one, rule)

    def hold(self, award: Award, cause: str = "") -> None:
        """Remember what is held for its subject, or what was taken back from it, and by what kind of act."""
        if award.reverses is None:
            held, away = self.held.get(award.subject), self.away.get(award.subject)
            if held is None:
                held = self.held[award.subject] = {}
            held[award.key] = award
            if away is not None:
                away.pop(award.key, None)
        else:
            self.held.get(award.subject, {}).pop(award.key, None)
            self.away.setdefault(award.subject, {})[award.key] = (award.reverses, cause)

    def read(self, act: Act) -> list[Award]:
        """The awards of one act: first what it takes back, then what it gives back or earns."""
        if act.kind in EARNS_NOTHING or act.effect is Effect.NOTHING:
            return []
        if act.kind == Kind.POINTS_CARRIED:  # what the rules of the cycle let a team bring along was worked out at its launch
            brought = carried(act.subject)
            return [Award(act.seal, key, act.kind, act.subject, act.group, None, much, act.at, act.day) for key, much in brought]
        awards = self._taken(act)
        for award in awards:
            self.note(award, act.kind)
        if act.effect is Effect.RESTORES:
            awards += self._restored(act)
        elif act.effect is Effect.DOES:
            for rule in self.by_event.get(act.kind, ()):
                earned = self._earned(rule, act)
                if earned is not None:
                    self.note(earned)
                    awards.append(earned)
        return awards

    def _taken(self, act: Act) -> list[Award]:
        if act.effect is Effect.RESTORES:
            return []
        self.lose(act)
        taken = [one for one in self.held.get(act.subject, {}).values() if _takes(act, one)]
        return [replace(one, seal=act.seal, amount=-one.amount, at=act.at, reverses=one, pk=None) for one in taken]

    def lose(self, act: Act) -> None:
        """What was hidden, and is taken back by this act meanwhile, does not come back with what is shown again."""
        away = self.away.get(act.subject)
        if away and act.kind in FOR_GOOD and act.effect in {Effect.DOES, Effect.UNDOES}:
            for key in [key for key, (one, _) in away.items() if _takes(act, one)]:
                del away[key]

    def _restored(self, act: Act) -> list[Award]:
        """What such an act took is given again, as it was, for the day it was earned on."""
        causes = RESTORED.get(act.kind, frozenset())
        gone = [one for one, cause in self.away.get(act.subject, {}).values() if cause in causes]
        again = [replace(one, seal=act.seal, at=act.at, reverses=None, pk=None) for one in gone]
        for award in again:
            self.note(award)
        return again

    def _earned(self, rule: PointRule, act: Act) -> Award | None:
        if not _applies(rule, act):
            return None
        by_person = rule.receiver is Receiver.PERSON
        group = act.persons_group if by_person else act.group
        person = act.person if by_person else None
        partner = act.partner if act.kind in ON_A_GROUP and not by_person else None
        if (person if by_person else group) is None or (rule.key, group, partner) in self.held.get(act.subject, ()):
            return None
        award = Award(act.seal, rule.key, act.kind, act.subject, group, person, rule.points, act.at, act.day, partner=partner)
        receiver = award.receiver
        if partner is not None and rule.partner_ratio is not None:  # else nobody has counted how often they met
            award.repeats = self.met.get((rule.key, receiver, partner), 0)
        if rule.pause is not None and self._too_soon(rule, receiver, act.at):
            return None
        award.amount = self._worth(rule, award, receiver)
        if award.amount == 0:
            return award if shrinks(rule) else None
        award.amount = self._capped(rule, award, receiver)
        return award if award.amount else None

    def _too_soon(self, rule: PointRule, receiver: str, at: datetime) -> bool:
        last = self.lasts.get((rule.key, receiver))
        return last is not None and at - last < timedelta(minutes=rule.pause or 0)

    def _worth(self, rule: PointRule, award: Award, receiver: str) -> int:
        """Before caps: what the acts of the day that stand are worth with this one, rounded down, less what was given for them."""
        if not shrinks(rule):
            return rule.points
        place = (rule.key, receiver, award.day)
        total, _ = self._with(place, rule, award.repeats)
        return min(max(floor(total) - self.days.get(place, 0), 0), rule.points)

    def _with(self, place: Place, rule: PointRule, repeats: int) -> Exact:
        """The exact worth of the day with one act more, and what the act after it would be worth of the base."""
        before = self.exact.get(place, _NOTHING)
        weight = weight_of(rule.partner_ratio, repeats)
        known = (rule.key, before, weight)
        after = self.steps.get(known)
        if after is None:
            total, power = before
            after = (total + rule.points * weight * power, power if rule.ratio is None else power * rule.ratio)
            self.steps[known] = after
        return after

    def _capped(self, rule: PointRule, award: Award, receiver: str) -> int:
        """What the caps leave of the amount. Caps limit what is given, not what a rule takes."""
        amount = award.amount
        if amount < 0:
            return amount
        if rule.cap_day is not None:
            amount = min(amount, rule.cap_day - self.days.get((rule.key, receiver, award.day), 0))
        if rule.cap_week is not None:
            amount = min(amount, rule.cap_week - self.weeks.get((rule.key, receiver, week_of(award.day)), 0))
        if rule.cap_cycle is not None:
            amount = min(amount, rule.cap_cycle - self.sums.get((rule.key, receiver), 0))
        return max(amount, 0)


def _takes(act: Act, award: Award) -> bool:
    """Whether an act takes an award for the same subject back; of many who did the same only what was theirs."""
    if act.effect is Effect.UNDOES:
        return award.event == act.kind and not (act.kind in ON_A_GROUP and award.partner != act.partner)
    return award.event in REVERSES.get(act.kind, frozenset())


def shrinks(rule: PointRule) -> bool:
    """Whether later acts are worth less than the first."""
    return rule.ratio is not None or rule.partner_ratio is not None


def week_of(day: date) -> date:
    """The Monday of its week."""
    return day - timedelta(days=day.weekday())


def _applies(rule: PointRule, act: Act) -> bool:
    if rule.event != act.kind or (act.own and not rule.own_group and act.kind in ON_A_GROUP):
        return False
    return (rule.rounds is None or act.round in rule.rounds) and (rule.challenges is None or act.challenge in rule.challenges)


def points_for(rules: Iterable[PointRule], acts: Iterable[Act]) -> list[Award]:
    """All awards of a whole journal, from the beginning, in sealed order."""
    ledger = Ledger(tuple(rules))
    return [award for act in acts for award in ledger.read(act)]
