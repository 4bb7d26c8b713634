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

_SHARES: Final = {
    Fraction(1, 2): "half",
    Fraction(1, 3): "a third",
    Fraction(2, 3): "two thirds",
    Fraction(1, 4): "a quarter",
    Fraction(3, 4): "three quarters",
    Fraction(1, 5): "a fifth",
    Fraction(1, 10): "a tenth",
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
        given = f"{self.title}: {_points(self.points)} for {self.act}"
        tail = f" They are taken back if {self.lost}." if self.lost and self.points > 0 else ""
        return "; ".join([given, *self.limits]) + "." + tail


def rule_words(rule: PointRule, design: Design) -> RuleWords:
    """A rule of this Design in words."""
    earning = EARNS.get(rule.event)
    return RuleWords(
        rule.key,
        rule.title,
        rule.points,
        earning.words if earning is not None else rule.event,
        rule.summary,
        tuple(_limits(rule, design)),
        earning.lost if earning is not None else "",
    )


def points_rules(design: Design) -> list[str]:
    """All of them, one sentence each, for the rules page; first what holds for every one."""
    if not design.rules or not design.recognition.points:
        return []
    return [
        "Points are for what you do. They are apart from what judges give, and never decide a place on a judged board.",
        *(rule_words(rule, design).sentence for rule in design.rules),
        *credit_rules(design),
    ]


def _limits(rule: PointRule, design: Design) -> list[str]:
    found = []
    if rule.ratio is not None:
        first = ", ".join(map(str, whole(worths(rule.points, rule.ratio, [Fraction(1)] * _SHOWN))))
        found.append(f"each further one of a day counts {_share(rule.ratio)} of the one before ({first}, …)")
    if rule.partner_ratio is not None:
        found.append(
            f"from number {FREE + 1} with the same other team on, each counts {_share(rule.partner_ratio)} of the one before"
        )
    caps = ((rule.cap_day, "a day"), (rule.cap_week, "a week, Monday to Sunday"), (rule.cap_cycle, "in all"))
    found += [f"at most {most} {span}" for most, span in caps if most is not None]
    if rule.pause is not None:
        found.append(f"at least {_span(rule.pause)} lie between two that count")
    if rule.receiver is Receiver.PERSON:
        found.append("limits hold for each person; the team gets the points")
    found += _scope("in", rule.rounds, {one.key: one.title for one in design.rounds})
    found += _scope("for", rule.challenges, {one.key: one.title for one in design.challenges})
    earning = EARNS.get(rule.event)
    if earning is not None and earning.to_others:
        found.append("one's own team counts too" if rule.own_group else "only what another team does counts, not one's own")
    return found


def _scope(word: str, keys: Sequence[str] | None, names: dict[str, str]) -> list[str]:
    if keys is None:
        return []
    return [f"only {word} " + ", ".join(names.get(key, key) for key in keys)]


def _points(number: int) -> str:
    return f"{number} point" if abs(number) == 1 else f"{number} points"


def _share(ratio: Fraction) -> str:
    percent = ratio * 100
    return _SHARES.get(ratio) or (f"{percent} %" if percent.denominator == 1 else f"{float(percent):.2f} %")


def _span(minutes: int) -> str:
    if minutes % _DAY == 0:
        return "a day" if minutes == _DAY else f"{minutes // _DAY} days"
    if minutes % _HOUR == 0:
        return "an hour" if minutes == _HOUR else f"{minutes // _HOUR} hours"
    return "a minute" if minutes == 1 else f"{minutes} minutes"
