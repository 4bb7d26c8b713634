"""The competition of `water`, published, with people in it: ada captains aqua, ben brook, judith is its first judge, org organizes, eve is outside."""

from dataclasses import dataclass
from typing import Any

from django.test import Client

from games.cycles.models import Cycle
from games.judging.models import Sheet
from games.rounds.models import Round
from leaderboards.models import Board, Snapshot
from leaderboards.queries import latest
from tests.cast import Actor, actor
from tests.factories.groups import MembershipFactory
from tests.factories.kept import kept
from tests.factories.results import WATER, Played, judge_final, water
from worker.steps import settle_now

DAYS = 5
APPEALING = [{**WATER["rounds"][0], "appeal_days": DAYS}, {**WATER["rounds"][1], "appeal_days": DAYS}]


@dataclass(frozen=True, slots=True)
class Told:
    """The played competition and its people."""

    played: Played
    ada: Actor
    ben: Actor
    judith: Actor
    org: Actor
    eve: Actor

    def round(self, key: str) -> Round:
        """The round as it is now."""
        return Round.objects.select_related("cycle").get(cycle=self.played.cycle, key=key)

    def sheet(self, group: str, judge: int = 0, challenge: str = "concept") -> Sheet:
        """A judge's sheet."""
        return Sheet.objects.select_related("challenge__round__cycle", "group", "judge").get(
            challenge=self.played.challenges[challenge], group=self.played.groups[group], judge=self.played.judges[judge]
        )

    def visitor_page(self, path: str) -> Any:
        """What somebody who is not signed in is answered."""
        return Client().get(path)

    def places(self, board: str = "call") -> dict[str, str]:
        """Group → place, as published last."""
        return {row["entry"]: row["place"] for row in self.snapshot(board).rows}

    def snapshot(self, board: str = "call") -> Snapshot:
        """The last published state of a board."""
        found = latest(Board.objects.get(scope=self.played.cycle.pk, key=board))
        assert found is not None, f"{board} is not published"
        return found


@kept
def told(*publish: str, **changes: Any) -> Told:
    """Everything judged; the rounds named are published (default: both)."""
    played = water(**({"rounds": APPEALING} | changes))
    more = Cycle.objects.count() - 1  # a second story has people of its own
    people = {name: actor(f"{name}{more or ''}") for name in ("ada", "ben", "judith", "org", "eve")}
    for name, key in (("ada", "aqua"), ("ben", "brook")):
        held = ["captain", "submit"]
        MembershipFactory.create(
            cycle=played.cycle, group=played.groups[key], person=people[name].person, role="captain", capabilities=held
        )
    for name, role, capability in (("judith", "judge", "judge"), ("org", "organizer", "organize")):
        MembershipFactory.create(cycle=played.cycle, group=None, person=people[name].person, role=role, capabilities=[capability])
    Sheet.objects.filter(judge=played.judges[0]).update(judge=people["judith"].person)
    played.judges[0] = people["judith"].person
    for judge in played.judges[1:]:
        MembershipFactory.create(cycle=played.cycle, group=None, person=judge, role="judge", capabilities=["judge"])
    wanted = publish or ("call", "final")
    for key in wanted:
        if key == "final":
            judge_final(played)
        settle_now(played.rounds[key], by=people["org"].user)
    return Told(played, **people)
