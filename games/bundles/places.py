"""What the rows of tables point at: rounds, challenges, groups. Looked up once, refused in the same words everywhere."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Final

from games.bundles.bundle import Bundle
from games.playbooks.schema import ChallengeDesign
from leaderboards.engine.checks.problem import nearest
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.language import gettext as _
from leaderboards.engine.numbers import text
from leaderboards.engine.spec import expand_boards

LARGEST: Final = 2**63 - 1
LEAVING: Final = frozenset({DecisionKind.STOP.value, DecisionKind.WITHDRAW.value})
Refuse = Callable[[str, str], None]


class Places:
    """Rounds, challenges, boards and groups of a bundle by key, and from which round on a group is out."""

    def __init__(self, bundle: Bundle) -> None:
        design, groups = bundle.design, bundle.tables.groups
        self.rounds = {one.key: number for number, one in enumerate(design.rounds)}
        self.groups: Mapping[str, str] = _divisions(bundle)
        self.scale = 10**design.mark_decimals
        self.mark_decimals = design.mark_decimals
        self.tasks: dict[tuple[str, str], ChallengeDesign] = {
            (key, task.key): task for key in self.rounds for task in design.challenges if task.in_round(key)
        }
        self.has_divisions = "division" in groups.extra
        self.out: dict[str, int] = {}
        for row in bundle.tables.decisions.rows:
            if row.kind in LEAVING:
                number = self.rounds.get(row.round, 0 if not row.round else len(self.rounds))
                self.out[row.group] = min(number, self.out.get(row.group, number))
        self.order = tuple(self.rounds)
        self.boards = tuple(one.id for one in expand_boards(design))

    def no_round(self, key: str) -> str:
        """Why it is no round."""
        return _('"{key}" is not a round; known: {names}', key=key, names=", ".join(self.rounds))

    def no_group(self, key: str) -> str:
        """Why it is no group, with a guess."""
        return _('"{key}" is not in groups.csv{nearest}', key=key, nearest=nearest(key, list(self.groups)))

    def challenge(self, round_key: str, key: str, refuse: Refuse) -> ChallengeDesign | None:
        """The challenge as it is set in the round, or None after saying why there is none."""
        found = self.tasks.get((round_key, key))
        if found is None and round_key not in self.rounds:
            refuse("round", self.no_round(round_key))
        elif found is None:
            known = ", ".join(task for at, task in self.tasks if at == round_key) or _("none")
            refuse(
                "challenge",
                _('"{key}" is not a challenge of round "{round_key}"; known: {known}', key=key, round_key=round_key, known=known),
            )
        return found

    def entry(self, round_key: str, key: str, group: str, refuse: Refuse) -> ChallengeDesign | None:
        """The challenge, if the group may have an entry in it."""
        found = self.challenge(round_key, key, refuse)
        if group not in self.groups:
            refuse("group", self.no_group(group))
            return None
        if found is None:
            return None
        if found.division is not None and self.has_divisions and found.division != self.groups[group]:
            refuse(
                "group",
                _(
                    '"{group}" is of division "{groups}", but "{key}" is for "{division}"',
                    group=group,
                    groups=self.groups[group],
                    key=key,
                    division=found.division,
                ),
            )
        if self.out.get(group, len(self.order)) <= self.rounds[round_key]:
            since = self.order[self.out[group]]
            refuse(
                "group",
                _(
                    '"{group}" is out from round "{since}" on (decisions.csv) but has an entry in "{round_key}"',
                    group=group,
                    since=since,
                    round_key=round_key,
                ),
            )
        return found

    def bounds(self, value: Fraction, low: Fraction | None, high: Fraction | None) -> str:
        """What is wrong with a value outside its bounds; empty if nothing."""
        if (low is None or value >= low) and (high is None or value <= high):
            return ""
        if low is None:
            return _("is above {text}", text=text(high)) if high is not None else ""
        return (
            _("is outside {text} to {text2}", text=text(low), text2=text(high))
            if high is not None
            else _("is below {text}", text=text(low))
        )

    def decimals(self, value: Fraction) -> str:
        """What is wrong with a value that cannot be stored exactly; empty if nothing."""
        scaled = value * self.scale
        if abs(scaled) > LARGEST:
            return _(
                "is too large to be kept with {mark_decimals} decimals (mark_decimals of the cycle)",
                mark_decimals=self.mark_decimals,
            )
        if scaled.denominator == 1:
            return ""
        return _(
            "has more than {mark_decimals} decimals, which is what mark_decimals of the cycle allows",
            mark_decimals=self.mark_decimals,
        )


def _divisions(bundle: Bundle) -> Mapping[str, str]:
    groups = bundle.tables.groups
    place = groups.extra.index("division") if "division" in groups.extra else None
    return {row.group: row.extra[place] if place is not None else "" for row in groups.rows}
