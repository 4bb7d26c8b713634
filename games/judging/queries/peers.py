"""Teams that judge teams: who sits for which team, who has done their share, and which pairs would judge each other."""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from games.challenges.models import Challenge
from games.groups.models import Group
from games.judging.models import Panelist, Sheet
from games.judging.queries.deciding import playing
from games.judging.rules import OPEN_SHEETS, SheetState
from games.submissions.queries import rules_of

PEERS = "peers"


def who_judges(challenge: Challenge, panel: str) -> str:
    """Who sits on a panel: judges, peers or audience."""
    return next((one.who for one in rules_of(challenge)[1].judges_panels if one.key == panel), "judges")


def groups_of_peers(challenge: Challenge, panel: str) -> dict[int, int]:
    """Person → their team, of every peer on the panel who still plays. One statement."""
    seats = Panelist.objects.filter(challenge=challenge, panel=panel, peer=True)
    rows = playing(challenge.round.cycle_id).filter(person__in=seats.values("person_id")).order_by("-pk")
    return {person: group for person, group in rows.values_list("person_id", "group_id") if group is not None}


@dataclass(frozen=True, slots=True)
class Share:
    """What a team has done of the judging it owes: sheets given out, final ones, and those given back with a reason."""

    group: Group
    given: int
    final: int
    recused: int

    @property
    def left(self) -> int:
        """Sheets still open."""
        return self.given - self.final

    @property
    def done(self) -> bool:
        """Whether nothing is left."""
        return self.left == 0


def shares(challenge: Challenge, panel: str) -> list[Share]:
    """Every team on a panel of peers with its share: who is furthest behind first. Three statements."""
    groups = groups_of_peers(challenge, panel)
    counts: Any = Sheet.objects.filter(challenge=challenge, panel=panel, judge__in=groups).order_by().values("judge_id")
    rows = counts.annotate(
        open=Count("pk", filter=Q(state__in=[one.value for one in OPEN_SHEETS])),
        final=Count("pk", filter=Q(state=SheetState.FINAL.value)),
        recused=Count("pk", filter=Q(state=SheetState.RECUSED.value)),
    )
    given, final, recused = Counter[int](), Counter[int](), Counter[int]()
    for row in rows:
        group = groups[row["judge_id"]]
        given[group] += row["open"] + row["final"]
        final[group] += row["final"]
        recused[group] += row["recused"]
    named = Group.objects.filter(pk__in=set(groups.values())).order_by("name", "pk")
    found = [Share(one, given[one.pk], final[one.pk], recused[one.pk]) for one in named]
    return sorted(found, key=lambda one: (-one.left, one.group.name))
