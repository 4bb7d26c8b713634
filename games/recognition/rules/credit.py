"""Credit for those who were built upon: what a flowing rule gives is passed on along what came from what, in whole points, under caps."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Final

from games.journal.rules import Kind
from games.playbooks.schema.credit import CREDIT, CreditSpec
from games.recognition.rules.acts import Act, Effect
from games.recognition.rules.points import Award, Ledger
from leaderboards.engine.credit import Links, Owners, Share, Terms, credit, ways_between, whole

BEYOND: Final = 1 << 62
"""From here on keys of works are acts that are not about an idea of their own, such as a test of somebody's idea: newer than every idea."""


@dataclass(frozen=True, slots=True)
class Line:
    """What came to one idea: `exact` before rounding and caps, along `ways` (ideas between, newest first)."""

    to: int
    depth: int
    exact: Fraction
    ways: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Because:
    """Why a group gets credit: from which award, about which idea (None: about none of the builder's own), and for which of its ideas."""

    award: Award
    of: int | None
    exact: Fraction
    uncapped: int
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """Whole points that go to a group, or (below 0) that its sources take from a builder where credit is not minted."""

    group: int
    amount: int
    because: Because | None


@dataclass(slots=True)
class CreditBook:
    """What came from what, as far as the acts at hand ask for it, and what every group was credited with so far.

    `why`: what was credited now, each with its reason; None for what was given back, which has the reason it had.
    `works`: subject of an act -> the work it is about. `largest`: a group's largest award of its own. `received`, `pairs`: credit so far.
    `beside`: awards that are not read now since their rules did not change, as (seal, group, amount), the last one first.
    """

    spec: CreditSpec
    flowing: frozenset[str] = frozenset()
    works: dict[str, int] = field(default_factory=dict)
    links: Mapping[int, Links] = field(default_factory=dict)
    owners: Mapping[int, Owners[int]] = field(default_factory=dict)
    largest: dict[int, int] = field(default_factory=dict)
    received: dict[int, int] = field(default_factory=dict)
    pairs: dict[tuple[int, int], int] = field(default_factory=dict)
    builders: dict[tuple[int, str], int] = field(default_factory=dict)
    why: list[tuple[Award, Because | None]] = field(default_factory=list)
    beside: list[tuple[int, int, int]] = field(default_factory=list)

    @property
    def terms(self) -> Terms:
        """The rules of the engine."""
        return Terms(self.spec.share, self.spec.depth, self.spec.minted)

    def reach(self, seal: int) -> None:
        """Remember what was given beside before this act."""
        while self.beside and self.beside[-1][0] < seal:
            _, group, amount = self.beside.pop()
            self.largest[group] = max(self.largest.get(group, 0), amount)

    def note(self, award: Award) -> None:
        """Remember an award or a reversal, own or credited."""
        if award.group is None:
            return
        rule = award.rule.removesuffix(CREDIT)
        if rule == award.rule:
            if award.reverses is None:
                self.largest[award.group] = max(self.largest.get(award.group, 0), award.amount)
                self.builders[award.seal, rule] = award.group
            return
        builder = self.builders.get(((award.reverses or award).seal, rule))
        if builder is not None and builder != award.group:
            self.received[award.group] = self.received.get(award.group, 0) + award.amount
            self.pairs[builder, award.group] = self.pairs.get((builder, award.group), 0) + award.amount

    def flow(self, award: Award) -> list[Flow]:
        """What goes on from an award: whole points whose sum is the exact sum rounded down, less what the caps hold back."""
        start = self.works.get(award.subject)
        if award.rule not in self.flowing or start is None or award.group is None or award.amount <= 0:
            return []
        builders = {award.group, *self.owners.get(start, ())}
        shares = credit(start, Fraction(award.amount), self.links, self.owners, terms=self.terms, builders=builders)
        by_group: dict[int, list[Share[int]]] = {}
        for one in shares:
            by_group.setdefault(one.owner, []).append(one)
        exact = {group: sum((one.amount for one in parts), Fraction(0)) for group, parts in by_group.items()}
        flows = []
        for group, amount in whole(exact).items():
            kept = self._capped(award.group, group, amount)
            if kept > 0:
                lines = tuple(self._line(start, one, builders) for one in by_group[group])
                of = start if start < BEYOND else None
                because = Because(award, of, exact[group], amount, lines)
                flows.append(Flow(group, kept, because))
        if flows and not self.spec.minted:
            flows.append(Flow(award.group, -sum(one.amount for one in flows), None))
        return flows

    def _capped(self, builder: int, group: int, amount: int) -> int:
        """What the caps leave: so many times the receiver's own largest award, in all and from one team."""
        own = self.largest.get(group, 0)
        for times, had in (
            (self.spec.cap_receiver, self.received.get(group, 0)),
            (self.spec.cap_pair, self.pairs.get((builder, group), 0)),
        ):
            if times:
                amount = min(amount, int(times * own) - had)
        return amount

    def _line(self, start: int, one: Share[int], builders: set[int]) -> Line:
        ways = ways_between(start, one.work, self.links, self.owners, terms=self.terms, builders=builders)
        return Line(one.work, one.depth, one.amount, tuple(ways))


def read_on(ledger: Ledger, book: CreditBook, act: Act) -> list[Award]:
    """The awards of one act with the credit that flows on from them. What is given back brings its own credit back.

    An idea that others came to see later (`idea.widened`) is credited for then: what it earned flows on from there.
    """
    awards = []
    book.reach(act.seal)
    for award in ledger.read(act):
        book.note(award)
        awards.append(award)
        if award.rule.endswith(CREDIT) and award.reverses is None and award.amount > 0:
            book.why.append((award, None))
        if act.effect is Effect.DOES and award.reverses is None:
            awards += _flowed(ledger, book, award, act)
    if act.kind == Kind.IDEA_WIDENED:
        held = ledger.held.get(act.subject, {})
        credited = {one.rule for one in held.values()}
        for award in list(held.values()):
            if award.rule + CREDIT not in credited:
                awards += _flowed(ledger, book, award, act)
    return awards


def _flowed(ledger: Ledger, book: CreditBook, award: Award, act: Act) -> list[Award]:
    if award.group is not None:
        book.builders[act.seal, award.rule] = award.group
    flowed = []
    for flow in book.flow(award):
        one = replace(
            award,
            seal=act.seal,
            rule=award.rule + CREDIT,
            group=flow.group,
            person=None,
            amount=flow.amount,
            at=act.at,
            day=act.day,
            partner=award.partner if award.partner is not None else award.group,
            repeats=0,
            pk=None,
        )
        ledger.note(one)
        book.note(one)
        if flow.because is not None:
            book.why.append((one, flow.because))
        flowed.append(one)
    return flowed
