"""Scenes for tests of judging: an entry handed in, the round locked, a judge with a sheet."""

from typing import Any

from django.utils import timezone

from games.groups.models import Group, Membership
from games.judging import actions
from games.judging.models import Sheet
from games.judging.rules import Given
from games.organizations.models import Person
from tests.factories.submissions import Scene, entry, move, person, scene

MARKS = (Given("impact", 4), Given("novelty", "3.5"))


def judge(call: Scene, name: str = "Judith", **fields: Any) -> Person:
    """Somebody who judges in the cycle."""
    someone = person(name, **fields)
    Membership.objects.create(cycle=call.cycle, person=someone, role="judge", capabilities=["judge"], since=timezone.now())
    return someone


def sheet_for(call: Scene, someone: Person, group: Group | None = None, panel: str = "jury") -> Sheet:
    """An assigned sheet."""
    wanted = actions.Wanted(call.challenge, group or call.group, someone, panel)
    actions.assign(cycle=call.cycle, wanted=[wanted], by=None)
    return Sheet.objects.select_related("challenge__round__cycle", "group", "judge").get(
        challenge=call.challenge, group=group or call.group, panel=panel, judge=someone
    )


def locked_scene(*challenges: dict[str, Any], groups: int = 1, **changes: Any) -> Scene:
    """A round whose deadline has passed, with an entry of each group."""
    call = scene(*challenges, groups=groups, **changes)
    if call.design.challenges[0].form:
        for group in call.groups:
            entry(call, group)
    move(call.round, closes=-1)
    return call
