"""Standings over the cycles of a series: the engine ranks them, each cycle being a round and its main board what counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from typing import Any, Final, Literal

from django.db.models import Count, F

from games.cycles.models import Cycle, Design, Series
from games.cycles.queries import cycles_of
from games.cycles.rules import CycleState
from games.errors import Invalid
from games.groups.models import Group, Membership
from games.groups.rules import UNNAMED, is_unnamed
from games.playbooks.schema.succession import Season
from games.progression.counting import Counted, Published, counted_of, published_of, rated_cycles
from leaderboards.computing import compute
from leaderboards.engine import facts, numbers
from leaderboards.engine.language import gettext as _
from leaderboards.engine.outcome import Row
from leaderboards.engine.season import field_points
from leaderboards.engine.spec import Aggregate, BoardSpec, ChallengeSpec, Missing, Ranked, RoundSpec, Scoring
from leaderboards.models import Board
from leaderboards.queries import PUBLIC

BOARD = "series"
TASK = "result"
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class SeriesRule:
    """How cycles add up: by `score` or by `place` of their main board, by what a place is worth in its `field` (`field_points`), or by
    how much it moves a `rating` (`leaderboards.engine.rating`).

    Then as on a board: sum or mean, best n, points by place, half-life in days. `declared`: the rules of a cycle say so.
    """

    by: Literal["score", "place", "field", "rating"] = "score"
    combine: Aggregate = Aggregate.SUM
    best: int | None = None
    points: tuple[Fraction, ...] | None = None
    missing: Missing = Missing.SKIP
    half_life: Fraction | None = None
    declared: bool = False


@dataclass(frozen=True, slots=True)
class SeriesRow:
    """A team through its cycles. `groups`: id of the cycle → id of its group there; `results`: id of the cycle → what counted."""

    place: str
    name: str
    score: str
    groups: Mapping[int, int]
    results: Mapping[int, str]


@dataclass(slots=True)
class _Teams:
    """Groups of several cycles that are the same team, under the id of the first of them."""

    roots: dict[tuple[int, str], int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    groups: dict[int, dict[int, int]] = field(default_factory=dict)

    def follow(self, cycle: int, key: str) -> int | None:
        """The team of a published key. One that keeps its name to itself in this cycle counts, for itself alone (under an id below 0), since
        nobody is to know which it was before.
        """
        root = self.roots.get((cycle, key))
        if root is None and is_unnamed(key):
            root = -int.from_bytes(sha256(f"{cycle} {key}".encode()).digest()[:7])
        return root

    def marks(self) -> dict[int, str]:
        """By cycle a text that is another one when one of its groups is followed otherwise."""
        marks: defaultdict[int, Any] = defaultdict(sha256)
        for (cycle, key), root in sorted(self.roots.items()):
            marks[cycle].update(f"{key} {root}\n".encode())
        return {cycle: one.hexdigest() for cycle, one in marks.items()}


def declared_rule(cycles: Sequence[Cycle]) -> SeriesRule:
    """The rule that the newest of these cycles with a season in its rules declares; without one the sum of the scores. One statement."""
    rows = Design.objects.filter(cycle__in=cycles, number=F("cycle__design_number"), data__has_key="season")
    said = dict(rows.values_list("cycle_id", "data__season"))
    newest = next((one.pk for one in reversed(cycles) if one.pk in said), None)
    return SeriesRule() if newest is None else rule_of(Season.model_validate(said[newest]))


def rule_of(season: Season) -> SeriesRule:
    """What the rules of a cycle say of its series."""
    return SeriesRule(season.by, season.combine, season.best, season.points, Missing.SKIP, season.half_life, declared=True)


def counted_cycles(series: Series) -> list[Cycle]:
    """The public cycles of a series that were launched, the first first."""
    return list(cycles_of(series).filter(public=True, rehearsal=False).exclude(state=CycleState.DRAFT.value))


def series_standings(series: Series, rule: SeriesRule | None = None) -> list[SeriesRow]:
    """The standings over the public cycles of a series, from the last published state of each main board. A team is followed by its predecessors.

    `rule`: how cycles add up (default: as the newest cycle declares). Five statements, six by field, whatever the number of cycles; and one
    for the published states that were never asked for before.
    Raises Invalid when scores cannot be added up (in one cycle more is better, in another less), and for a rating that is to be more.
    """
    cycles = counted_cycles(series)
    rule = rule or declared_rule(cycles)
    boards = {one.scope: one for one in Board.objects.filter(scope__in=[one.pk for one in cycles], number=1, audience=PUBLIC)}
    published = published_of(list(boards.values()), {one.pk: one.ends_at for one in cycles})
    cycles = [one for one in cycles if one.pk in published]
    if not cycles:
        return []
    teams = _teams(cycles)
    if rule.by == "rating":
        if rule.points is not None or rule.best is not None or rule.half_life is not None or rule.combine is not Aggregate.SUM:
            raise Invalid(
                _("A rating follows from all cycles, one after the other: nothing else can be asked of it."), where="by"
            )
        results = _moves(published, teams)
    else:
        results = _results(counted_of(published, "score" if rule.by == "score" else "place"), teams)
    if rule.by == "field":
        results = _worth(results, published, teams)
    low = rule.by == "place" or (rule.by == "score" and _low([boards[one.pk] for one in cycles]))
    scoring = _scoring(cycles, rule, published, low=low)
    found = facts.Facts(
        groups=tuple(facts.Group(f"g{root}", teams.names.get(root, UNNAMED)) for root in sorted({root for _, root in results})),
        attempts=facts.Attempts(
            facts.Attempt(f"c{cycle}", TASK, f"g{root}", 0, "AC", numbers.parse(text)) for (cycle, root), text in results.items()
        ),
    )
    return [_row(one, teams, results) for one in compute(scoring, found).boards[BOARD].rows]


def _worth(
    results: Mapping[tuple[int, int], str], published: Mapping[int, Published], teams: _Teams
) -> dict[tuple[int, int], str]:
    """What each place is worth in its field: the teams that had a place there, their size, the days until the last cycle. One statement."""
    latest = max(one.at for one in published.values())
    fields = {cycle: sum(1 for one, __ in results if one == cycle) for cycle in published}
    groups = [pk for held in teams.groups.values() for pk in held.values()]
    rows = Membership.objects.filter(group__in=groups, until__isnull=True).order_by().values_list("group_id")
    sizes = dict(rows.annotate(number=Count("pk")))
    found = {}
    for (cycle, root), place in results.items():
        group = teams.groups.get(root, {}).get(cycle)
        days = Fraction(int((latest - published[cycle].at).total_seconds()), DAY)
        worth = field_points(numbers.parse(place), fields[cycle], size=max(sizes.get(group, 1), 1), days=max(days, Fraction(0)))
        found[cycle, root] = numbers.text(worth)
    return found


def _moves(published: Mapping[int, Published], teams: _Teams) -> dict[tuple[int, int], str]:
    """By how much each cycle moved the cautious rating of a team, which begins at 0: they add up to what it is now."""
    rated = rated_cycles(published, teams.follow, teams.marks())
    return {(cycle, int(team)): numbers.text(one.moved) for cycle, steps in rated.items() for team, one in steps.items()}


def _teams(cycles: Sequence[Cycle]) -> _Teams:
    teams, root_of = _Teams(), dict[int, int]()
    groups = Group.objects.filter(cycle__in=cycles).order_by("pk").values_list("pk", "cycle_id", "key", "name", "predecessor_id")
    for pk, cycle, key, name, predecessor in groups:
        root = root_of[pk] = root_of.get(predecessor, pk)
        teams.roots[cycle, key] = root
        teams.names[root] = name
        teams.groups.setdefault(root, {})[cycle] = pk
    return teams


def _results(counted: Mapping[int, Counted], teams: _Teams) -> dict[tuple[int, int], str]:
    """(cycle, team) → what counts, as number text."""
    found = (((cycle, teams.follow(cycle, key)), text) for cycle, rows in counted.items() for key, text in rows.items())
    return {(cycle, root): text for (cycle, root), text in found if root is not None}


def _low(boards: Sequence[Board]) -> bool:
    lows = {"low" in board.spec.get("order", ["score"])[0].split()[1:] for board in boards}
    if len(lows) > 1:
        message = _("In one cycle more is better, in another less: their scores cannot be added up. Count places instead.")
        raise Invalid(message, where="by")
    return lows.pop()


def _scoring(cycles: Sequence[Cycle], rule: SeriesRule, published: Mapping[int, Published], *, low: bool) -> Scoring:
    task = ChallengeSpec.model_validate({"key": TASK, "format": "measured", "better": "low" if low else "high", "keep": "latest"})
    falling = low and rule.points is None
    if falling and rule.half_life is not None:
        message = _("Where less is better, what fades would look better with time: give points for places.")
        raise Invalid(message, where="half_life")
    board = BoardSpec(
        key=BOARD,
        combine=rule.combine,
        best=rule.best,
        points=rule.points,
        missing=rule.missing,
        half_life=rule.half_life,
        ranked=Ranked.ANY,
        order=("score low" if falling else "score",),
    )
    return Scoring(
        rounds=tuple(RoundSpec(key=f"c{one.pk}", closes=published[one.pk].at) for one in cycles),
        challenges=(task,),
        boards=(board,),
    )


def _row(row: Row, teams: _Teams, results: Mapping[tuple[int, int], str]) -> SeriesRow:
    root = int(row.group[1:])
    return SeriesRow(
        place="" if row.place is None else numbers.text(row.place),
        name=row.name,
        score="" if row.score is None else numbers.text(row.score),
        groups=teams.groups.get(root, {}),
        results={cycle: text for (cycle, team), text in results.items() if team == root},
    )
