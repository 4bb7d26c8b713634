"""At the launch of the next cycle: teams begin with what its rules let them bring along. Written once, and journalled."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Max

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.models import ChangeTest
from games.progression.carrying import Coming, Commitment, what_comes_along
from games.progression.models import Carried
from games.progression.rules import begins
from games.progression.succeeding import CarriedKind
from games.recognition.rules.carried import subject_of_carried


def bring_along(cycle: Cycle, after: Cycle, teams: Mapping[int, Group], *, by: Any) -> list[Carried]:
    """What the rules of `after` let the teams of `cycle` bring along. `teams`: id of a team there → the team here.

    Points are not written here: the journal says that they were brought, and the rule of points reads it.
    """
    design, now = design_of(after), db_now()
    coming = what_comes_along(cycle, design.carry, begins(design) or now)
    rows = list(_rows(coming, after, teams, now))
    if not rows:
        return []
    _as_tests(rows, coming, after, teams)
    made = Carried.objects.bulk_create(rows, batch_size=500)
    counts = {kind.value: sum(one.kind == kind.value for one in made) for kind in CarriedKind}
    payload = {"from": cycle.pk, **counts}
    record(Kind.THINGS_CARRIED, cycle_id=after.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload)
    if design.rules:
        _journal_points(coming, after, teams, by=by)
    return made


def _rows(coming: Coming, after: Cycle, teams: Mapping[int, Group], now: datetime) -> Iterator[Carried]:
    for old, new in teams.items():
        begun = coming.beginnings.get(old)
        if begun is not None and begun.points:
            yield Carried(cycle=after, group=new, kind=CarriedKind.POINTS.value, was=begun.was, amount=begun.points, at=now)
        if begun is not None and begun.handicap:
            yield Carried(cycle=after, group=new, kind=CarriedKind.HANDICAP.value, was=begun.was, amount=begun.handicap, at=now)
        for key, name in coming.badges.get(old, ()):
            yield Carried(cycle=after, group=new, kind=CarriedKind.BADGE.value, key=key, name=name[:300], at=now)
        for one in coming.commitments.get(old, ()):
            yield Carried(cycle=after, group=new, kind=CarriedKind.COMMITMENT.value, key=one.key, name=one.title, at=now)


def _as_tests(rows: list[Carried], coming: Coming, after: Cycle, teams: Mapping[int, Group]) -> None:
    """Each commitment becomes a planned test of its team."""
    said: dict[tuple[int, str], Commitment] = {
        (teams[old].pk, one.key): one for old, held in coming.commitments.items() if old in teams for one in held
    }
    wanted = [one for one in rows if one.kind == CarriedKind.COMMITMENT.value]
    first = (ChangeTest.objects.filter(cycle=after).aggregate(last=Max("number"))["last"] or 0) + 1
    tests = ChangeTest.objects.bulk_create(
        (
            ChangeTest(
                cycle=after,
                number=number,
                group_id=one.group_id,
                title=one.name[:200],
                prediction=said[one.group_id, one.key].prediction,
            )
            for number, one in enumerate(wanted, first)
        ),
        batch_size=500,
    )
    for one, test in zip(wanted, tests, strict=True):
        one.test = test


def _journal_points(coming: Coming, after: Cycle, teams: Mapping[int, Group], *, by: Any) -> None:
    """One entry for each team that begins with points: what is left of its own, and its head start."""
    for old, new in teams.items():
        begun = coming.beginnings.get(old)
        if begun is not None and begun.whole:
            payload = {"points": begun.points, "handicap": begun.handicap, "was": begun.was}
            record(
                Kind.POINTS_CARRIED,
                cycle_id=after.pk,
                by=by,
                group_id=new.pk,
                subject=subject_of_carried(begun.points, begun.handicap),
                payload=payload,
            )
