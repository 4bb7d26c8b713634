"""A competition that was judged: the invented example of the bundle, whose scores, places, cut and awards are known by hand.

Six groups; in "call" three jurors mark three criteria, two go on and a tie takes a third along, one more comes by wildcard; in "final"
a jury and an audience mark. Both rounds are over by the clock; nothing is computed yet.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from games.challenges.models import Challenge
from games.cycles.actions import record_decision
from games.cycles.models import Cycle
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.judging.models import Mark, Sheet
from games.organizations.models import Person
from games.playbooks.schema import Design, parse_design
from games.progression.actions import apply_design
from games.rounds.models import Round
from leaderboards.models import Board
from tests.factories.cycles import CycleFactory, named_as
from tests.factories.kept import kept

SCALE = 10_000
WATER: dict[str, Any] = {
    "format": 1,
    "cycle": {"key": "clean-water", "name": "Clean Water Challenge", "currency": "EUR"},
    "rounds": [
        {"key": "call", "name": "Sealed call", "visibility": "scores"},
        {"key": "final", "name": "Pitch", "visibility": "full"},
    ],
    "boards": [
        {
            "key": "result",
            "weights": {"call": "0.3", "final": "0.7"},
            "decimals": 2,
            "order": ["score", "final.jury", "final.appeal"],
        },
        {"key": "call", "rounds": ["call"], "order": ["score", "impact"]},
        {"key": "favourite", "rounds": ["final"], "order": ["appeal"]},
    ],
    "cuts": [{"board": "call", "to": "final", "first": 2, "ties": "include", "wildcards": 1}],
    "awards": [
        {"key": "gold", "set": "medals", "places": [1, 1]},
        {"key": "silver", "set": "medals", "places": [2, 2]},
        {"key": "finalist", "set": "medals", "kind": "certificate", "at_least": 50},
        {"key": "money", "kind": "money", "amounts": [500000, 250000, 100000], "ties": "split"},
        {"key": "audience-favourite", "kind": "badge", "board": "favourite", "places": [1, 1]},
    ],
    "challenges": [
        {
            "key": "concept",
            "rounds": ["call"],
            "combine": "mean",
            "scale": 100,
            "decimals": 2,
            "criteria": [
                {"key": "impact", "weight": 40, "min": 1, "max": 5, "step": 1},
                {"key": "novelty", "weight": 30, "min": 1, "max": 5, "step": 1},
                {"key": "feasibility", "weight": 30, "min": 1, "max": 5, "step": 1},
            ],
            "panels": [{"key": "jury", "quorum": 3}],
        },
        {
            "key": "prototype",
            "rounds": ["final"],
            "combine": "mean",
            "scale": 100,
            "decimals": 2,
            "criteria": [
                {"key": "evidence", "panel": "jury", "weight": 50, "min": 1, "max": 5, "step": 1},
                {"key": "craft", "panel": "jury", "weight": 30, "min": 1, "max": 5, "step": 1},
                {"key": "appeal", "panel": "audience", "weight": 20, "min": 0, "max": 10, "step": 1},
            ],
            "panels": [{"key": "jury", "per": "sheet", "quorum": 3}, {"key": "audience", "quorum": 5}],
            "fields": [{"key": "late_days", "min": 0, "default": 0}],
            "adjust": [{"minus": "late_days"}],
        },
    ],
}
CALL = {
    "aqua": "543 554 444",
    "brook": "444 444 345",
    "cloud": "333 433 343",
    "delta": "345 344 544",
    "estuary": "222 333 232",
    "fjord": "535 551",
}
FINAL = {
    "aqua": ("54 44 45", "6 7 8 6 7"),
    "brook": ("45 44 45", "9 8 10 9 8"),
    "delta": ("55 44 54", "5 6 7 6 6"),
    "estuary": ("34 33 43", "10 9 9 10 9"),
}
PLACES_CALL = {"aqua": "1", "brook": "2", "delta": "2", "cloud": "4", "estuary": "5", "fjord": ""}
SCORES_CALL = {"aqua": "81.67", "brook": "74.17", "delta": "74.17", "cloud": "55.83", "estuary": "35.83", "fjord": ""}
SCORES_RESULT = {"aqua": "80.69", "brook": "80.07", "delta": "78.83", "estuary": "56.58"}
MEDALS = {"gold": {"aqua"}, "silver": {"brook"}, "finalist": {"delta", "estuary"}, "audience-favourite": {"estuary"}}
MONEY = {"aqua": 500000, "brook": 250000, "delta": 100000}


@dataclass(slots=True)
class Played:
    """The rows of the story."""

    cycle: Cycle
    design: Design
    groups: dict[str, Group]
    judges: list[Person]
    rounds: dict[str, Round]
    challenges: dict[str, Challenge]
    boards: dict[str, Board] = field(default_factory=dict)

    def board(self, key: str) -> Board:
        """The board as it is now."""
        return Board.objects.get(scope=self.cycle.pk, key=key)

    def sheet(
        self, challenge: str, group: str, panel: str, judge: int, marks: dict[str, int | None], state: str = "final"
    ) -> Sheet:
        """A judge's sheet with these marks (None: no value)."""
        row = Sheet.objects.create(
            challenge=self.challenges[challenge],
            group=self.groups[group],
            panel=panel,
            judge=self.judges[judge],
            state=state,
            design_number=1,
        )
        Mark.objects.bulk_create(
            Mark(sheet=row, criterion=key, value=None if value is None else value * SCALE) for key, value in marks.items()
        )
        return row


@kept
def water(**changes: Any) -> Played:
    """The whole competition, judged; the rounds ended ten and five days ago."""
    moment = now()
    written = WATER | changes
    design = parse_design(written)
    cycle = CycleFactory.create()
    apply_design(cycle, named_as(cycle, design), by=None)
    rounds = {one.key: one for one in Round.objects.filter(cycle=cycle)}
    for key, days in (("call", 10), ("final", 5)):
        rounds[key].opens_at, rounds[key].closes_at = moment - timedelta(days=days + 4), moment - timedelta(days=days)
        rounds[key].save(update_fields=["opens_at", "closes_at"])
    played = Played(
        cycle=cycle,
        design=design,
        groups={key: Group.objects.create(cycle=cycle, key=key, name=key.title()) for key in CALL},
        judges=[Person.objects.create(key=f"judge-{number}", name=f"Judge {number}") for number in range(8)],
        rounds=rounds,
        challenges={one.key: one for one in Challenge.objects.filter(round__cycle=cycle)},
    )
    _judge_call(played)
    return played


def _judge_call(played: Played) -> None:
    for group, sheets in CALL.items():
        for judge, marks in enumerate(sheets.split()):
            values = dict(zip(("impact", "novelty", "feasibility"), (int(sign) for sign in marks), strict=True))
            played.sheet("concept", group, "jury", judge, values)
    played.sheet("concept", "fjord", "jury", 2, {}, state="recused")
    kind, reason = DecisionKind.ADVANCE, "The jury's wildcard."
    record_decision(played.cycle, kind, by=None, round="final", board="call", group="estuary", reason=reason)


def judge_final(played: Played) -> None:
    """The marks of the final; delta handed in two days late."""
    from games.submissions.models import Submission, Version

    for group, (jury, audience) in FINAL.items():
        for judge, marks in enumerate(jury.split()):
            played.sheet("prototype", group, "jury", judge, {"evidence": int(marks[0]), "craft": int(marks[1])})
        for judge, mark in enumerate(audience.split(), 3):
            played.sheet("prototype", group, "audience", judge, {"appeal": int(mark)})
    entry = Submission.objects.create(challenge=played.challenges["prototype"], group=played.groups["delta"], state="locked")
    version = Version.objects.create(submission=entry, number=1, digest="0" * 64, at=now(), fields={"late_days": 2 * SCALE})
    Submission.objects.filter(pk=entry.pk).update(pinned=version)


def scores(played: Played, board: str, audience: str = "public") -> dict[str, str]:
    """Group → score on a board, as it stands."""
    return dict(played.board(board).standings.filter(audience=audience).values_list("entry", "score"))
