"""Reads of appeals: what a group asked and what was answered, when it may ask, whom it may ask about."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from games.challenges.models import Challenge
from games.changes.models import Appeal, ChangeSet
from games.changes.rules import AppealState, ChangeSetState, Window, window_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.rounds.models import Entrant, Round


def appeal_days(round_: Round) -> int | None:
    """How many days after publication the round's own rules give; None: no appeals. Usually costs no statement."""
    spec = design_of(round_.cycle, round_.design_number).round(round_.key)
    return spec.appeal_days if spec is not None else None


def appeal_window(round_: Round) -> Window | None:
    """When appeals about the round are, or were, taken; None before publication, and where there are none."""
    return window_of(round_.published_at, appeal_days(round_))


def appeals_of(cycle: Cycle) -> QuerySet[Appeal]:
    """Every appeal of a cycle, open ones first, the oldest of these first, with all that a list shows of them: one statement."""
    rows = Appeal.objects.filter(round__cycle=cycle).select_related("round", "challenge", "group", "person", "answered_by")
    live = ChangeSet.objects.filter(appeal=OuterRef("pk")).exclude(state=ChangeSetState.CANCELLED.value)
    rows = rows.annotate(is_open=Q(state=AppealState.OPEN.value), corrected=Exists(live))
    return rows.order_by("-is_open", "at", "pk")


def appeals_by(group: Group) -> QuerySet[Appeal]:
    """What a group has appealed, the newest first."""
    return Appeal.objects.filter(group=group).select_related("round", "challenge", "person").order_by("-at", "-pk")


def took_part(round_: Round, group: Group) -> bool:
    """Whether the group was in the round: on its list, or, where there is none, in the cycle. Who was disqualified was in it."""
    listed = Entrant.objects.filter(round=round_)
    return not listed.exists() or listed.filter(group=group).exists()


@dataclass(frozen=True, slots=True)
class Occasion:
    """A round that a group may appeal about, or could: until when, and about which tasks."""

    round: Round
    window: Window
    open: bool
    challenges: list[Challenge] = field(default_factory=list)


def occasions(group: Group, rounds: Iterable[Round], now: datetime) -> list[Occasion]:
    """Of these published rounds (with their cycle) those about which the group may, or might once, appeal. Two statements."""
    windows = {one.pk: (one, window) for one in rounds if (window := appeal_window(one)) is not None}
    if not windows:
        return []
    out = _left_out(group, windows)
    tasks = Challenge.objects.filter(round__in=windows, division__in=["", group.division]).order_by("round__number", "number")
    by_round: dict[int, list[Challenge]] = {}
    for task in tasks:
        by_round.setdefault(task.round_id, []).append(task)
    return [
        Occasion(round_, window, window.holds(now), by_round.get(pk, []))
        for pk, (round_, window) in windows.items()
        if pk not in out
    ]


def _left_out(group: Group, rounds: Collection[int]) -> set[int]:
    """Rounds with a list on which the group does not stand."""
    listed = Entrant.objects.filter(round__in=rounds).order_by().values("round_id")
    mine = listed.annotate(mine=Count("pk", filter=Q(group=group))).values_list("round_id", "mine")
    return {pk for pk, there in mine if not there}
