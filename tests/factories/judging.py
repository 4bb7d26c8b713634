"""Scenes for tests of judging: an entry handed in, the round locked, a judge with a sheet."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from games.groups.models import Group, Membership
from games.judging import actions
from games.judging.models import Sheet
from games.judging.rules import Given
from games.organizations.models import Person
from tests.cast import Actor, actor
from tests.factories.accounts import SECRET, ApiTokenFactory
from tests.factories.groups import MembershipFactory
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


@dataclass(frozen=True)
class People:
    """Ada and Ben captain the first two groups, Judith judges, Org organizes, Eve is outside."""

    ada: Actor
    ben: Actor
    judith: Actor
    org: Actor
    eve: Actor


def people(call: Scene) -> People:
    """The cast, over a scene of entries."""
    found = People(*(actor(name) for name in ("ada", "ben", "judith", "org", "eve")))
    for captain, group in zip((found.ada, found.ben), call.groups, strict=False):
        held = ["captain", "submit"]
        MembershipFactory.create(cycle=call.cycle, group=group, person=captain.person, role="captain", capabilities=held)
    for someone, role, capability in ((found.judith, "judge", "judge"), (found.org, "organizer", "organize")):
        MembershipFactory.create(cycle=call.cycle, group=None, person=someone.person, role=role, capabilities=[capability])
    return found


def bearer(someone: Actor, secret: str = SECRET) -> dict[str, Any]:
    """Headers of a request with a token, for Django's test client."""
    ApiTokenFactory.create(user=someone.user, secret=secret)
    return {"HTTP_AUTHORIZATION": f"Bearer {secret}"}
