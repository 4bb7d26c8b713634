"""Rules of points in words, made from the same data that gives the points. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from games.playbooks.schema import Design
from games.playbooks.schema.earning import EARNS
from games.playbooks.schema.points import PointRule, Receiver
from games.recognition.rules.credit_words import credit_rules
from games.recognition.rules.shrinking import FREE, whole, worths
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop, ngettext

_SHARES: Final = {
    Fraction(1, 2): gettext_noop("half"),
    Fraction(1, 3): gettext_noop("a third"),
    Fraction(2, 3): gettext_noop("two thirds"),
    Fraction(1, 4): gettext_noop("a quarter"),
    Fraction(3, 4): gettext_noop("three quarters"),
    Fraction(1, 5): gettext_noop("a fifth"),
    Fraction(1, 10): gettext_noop("a tenth"),
}
_SHOWN: Final = 4
_DAY: Final = 1440
_HOUR: Final = 60


@dataclass(frozen=True, slots=True)
class RuleWords:
    """A rule as people read it. `limits`: each a part of a sentence; `lost`: when its points are taken back."""

    key: str
    title: str
    points: int
    act: str
    summary: str
    limits: tuple[str, ...]
    lost: str

    @property
    def sentence(self) -> str:
        """All of it in one line: what it gives, up to where, and when it is lost."""
        given = _("{title}: {count} for {act}", title=self.title, count=_points(self.points), act=self.act)
        tail = _(" They are taken back if {lost}.", lost=self.lost) if self.lost and self.points > 0 else ""
        return "; ".join([given, *self.limits]) + "." + tail


def rule_words(rule: PointRule, design: Design) -> RuleWords:
    """A rule of this Design in words."""
    earning = EARNS.get(rule.event)
    return RuleWords(
        rule.key,
        rule.title,
        rule.points,
        _(earning.words) if earning is not None else rule.event,
        rule.summary,
        tuple(_limits(rule, design)),
        _(earning.lost) if earning is not None and earning.lost else "",
    )


def points_rules(design: Design) -> list[str]:
    """All of them, one sentence each, for the rules page; first what holds for every one."""
    if not design.rules or not design.recognition.points:
        return []
    return [
        _("Points are for what you do. They are apart from what judges give, and never decide a place on a judged board."),
        *(rule_words(rule, design).sentence for rule in design.rules),
        *credit_rules(design),
    ]


def _limits(rule: PointRule, design: Design) -> list[str]:
    found = []
    if rule.ratio is not None:
        first = ", ".join(map(str, whole(worths(rule.points, rule.ratio, [Fraction(1)] * _SHOWN))))
        found.append(
            _("each further one of a day counts {share} of the one before ({first}, …)", share=_share(rule.ratio), first=first)
        )
    if rule.partner_ratio is not None:
        found.append(
            _(
                "from number {free} with the same other team on, each counts {share} of the one before",
                free=FREE + 1,
                share=_share(rule.partner_ratio),
            )
        )
    caps = ((rule.cap_day, _("a day")), (rule.cap_week, _("a week, Monday to Sunday")), (rule.cap_cycle, _("in all")))
    found += [_("at most {most} {span}", most=most, span=span) for most, span in caps if most is not None]
    if rule.pause is not None:
        found.append(_("at least {span} lie between two that count", span=_span(rule.pause)))
    if rule.receiver is Receiver.PERSON:
        found.append(_("limits hold for each person; the team gets the points"))
    found += _scope(gettext_noop("only in {names}"), rule.rounds, {one.key: one.title for one in design.rounds})
    found += _scope(gettext_noop("only for {names}"), rule.challenges, {one.key: one.title for one in design.challenges})
    earning = EARNS.get(rule.event)
    if earning is not None and earning.to_others:
        found.append(_("one's own team counts too") if rule.own_group else _("only what another team does counts, not one's own"))
    return found


def _scope(words: str, keys: Sequence[str] | None, names: dict[str, str]) -> list[str]:
    if keys is None:
        return []
    return [_(words, names=", ".join(names.get(key, key) for key in keys))]


def _points(number: int) -> str:
    return ngettext("{number} point", "{number} points", abs(number), number=number)


def _share(ratio: Fraction) -> str:
    percent = ratio * 100
    if ratio in _SHARES:
        return _(_SHARES[ratio])
    return f"{percent} %" if percent.denominator == 1 else f"{float(percent):.2f} %"


def _span(minutes: int) -> str:
    if minutes % _DAY == 0:
        return _("a day") if minutes == _DAY else _("{minutes} days", minutes=minutes // _DAY)
    if minutes % _HOUR == 0:
        return _("an hour") if minutes == _HOUR else _("{minutes} hours", minutes=minutes // _HOUR)
    return ngettext("a minute", "{minutes} minutes", minutes, minutes=minutes)
