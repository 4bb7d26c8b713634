"""The disagreement queue of a cycle: entries that deserve another look before their round is published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Any

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.judging.models import Sheet
from games.judging.rules import SheetState
from games.playbooks.schema import Design
from games.results.doubts import Doubt, Judged, Line, doubts
from games.results.models import PanelAnalysis
from leaderboards.engine.numbers import parse
from leaderboards.engine.spec import board_rounds, expand_boards


@dataclass(frozen=True, slots=True)
class Doubted:
    """A doubtful entry with what is known of it. `values`: the entry of the analysis as it was kept; `sheet`: one of its final sheets."""

    doubt: Doubt
    judged: Judged
    group: Group
    values: Mapping[str, Any]
    sheet: int | None


@dataclass(frozen=True, slots=True)
class PanelDoubts:
    """The doubtful entries of one panel, the most doubtful first; `whole`: how many entries were judged."""

    challenge: Challenge
    panel: str
    entries: tuple[Doubted, ...]
    whole: int


def doubtful(cycle: Cycle) -> list[PanelDoubts]:
    """Panel by panel of the rounds that are not published yet, those that were analysed. Four statements, whatever the number."""
    rows = PanelAnalysis.objects.filter(challenge__round__cycle=cycle, challenge__round__published_at=None)
    analyses = list(
        rows.select_related("challenge__round__cycle").order_by("challenge__round__number", "challenge__number", "panel")
    )
    if not analyses:
        return []
    groups = {one.key: one for one in Group.objects.filter(cycle=cycle)}
    places = ("challenge_id", "panel", "group_id", "pk")
    final = Sheet.objects.filter(challenge__in=[one.challenge_id for one in analyses], state=SheetState.FINAL.value)
    sheets = {(task, panel, group): pk for task, panel, group, pk in final.order_by("-pk").values_list(*places)}
    return [_of_panel(one, design_of(cycle), groups, sheets) for one in analyses]


def _of_panel(
    row: PanelAnalysis, design: Design, groups: Mapping[str, Group], sheets: Mapping[tuple[int, str, int], int]
) -> PanelDoubts:
    values = {one["group"]: one for one in row.body.get("entries", ()) if one["group"] in groups and one.get("place") is not None}
    judged = {key: _judged(one) for key, one in values.items()}
    lines = lines_of(design, row.challenge.round.key, row.challenge.key, len(judged))
    found = doubts(list(judged.values()), lines)
    entries = [
        Doubted(
            one,
            judged[one.group],
            groups[one.group],
            values[one.group],
            sheets.get((row.challenge_id, row.panel, groups[one.group].pk)),
        )
        for one in found
    ]
    return PanelDoubts(row.challenge, row.panel, tuple(entries), len(judged))


def _judged(one: Mapping[str, Any]) -> Judged:
    spread = one.get("spread")
    return Judged(
        group=one["group"],
        sheets=int(one.get("n", 0)),
        place=int(one["place"]),
        low=int(one.get("low") or one["place"]),
        high=int(one.get("high") or one["place"]),
        spread=None if spread in {None, ""} else parse(str(spread)),
        tied_with=tuple(one.get("tied_with", ())),
    )


def lines_of(design: Design, round_key: str, challenge_key: str, count: int) -> list[Line]:
    """Where places in a task divide those who go on, or win: only where a board counts this round, and in it this task, alone."""
    tasks = [one.key for one in design.challenges if one.in_round(round_key)]
    if tasks != [challenge_key]:
        return []
    alone = {one.id for one in expand_boards(design) if [each.key for each in board_rounds(design, one)] == [round_key]}
    rounds = {one.key: one.name or one.key for one in design.rounds}
    found = [Line(after, rounds[cut.to]) for cut in design.cuts if cut.board in alone for after in _after(cut, count)]
    found += [
        Line(int(one.places[1]), one.title)
        for one in design.awards
        if one.board in alone and one.places and one.places[1] < count
    ]
    return _once(found)


def _after(cut: Any, count: int) -> Iterable[int]:
    if isinstance(cut.first, int) and 0 < cut.first < count:
        yield cut.first
    elif cut.share is not None:
        after = ceil(Fraction(cut.share) * count)
        if 0 < after < count:
            yield after


def _once(lines: Iterable[Line]) -> list[Line]:
    """One line for each place: who goes on comes before who wins."""
    found: dict[int, Line] = {}
    for one in lines:
        found.setdefault(one.after, one)
    return [found[after] for after in sorted(found)]
