"""Scenes for tests of comparing in pairs: entries handed in, judges seated."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from games.challenges.models import Challenge
from games.groups.models import Group
from games.groups.rules import GroupState
from games.judging import actions
from games.judging.models import Vote
from games.organizations.models import Person
from games.submissions.models import Submission, Version
from tests.factories.judging import judge, locked_scene
from tests.factories.submissions import ESSAY, Scene

STAND: dict[str, Any] = {**ESSAY, "key": "stand", "format": "pairwise", "criteria": [], "fields": []}
LIVE: dict[str, Any] = {"key": "stand", "format": "pairwise"}
"""Compared as it happens: nothing is handed in."""


def expo(groups: int = 4, spec: dict[str, Any] | None = None, **changes: Any) -> Scene:
    """Some entries, to be compared."""
    return locked_scene(STAND if spec is None else spec, groups=groups, **changes)


def seated(call: Scene, name: str = "Judith", **fields: Any) -> Person:
    """A judge on the panel of the task."""
    someone = judge(call, name, **fields)
    actions.add_panelist(challenge=call.challenge, panel="jury", person=someone, by=None)
    return someone


def many(call: Scene, count: int) -> list[Group]:
    """So many further groups with an entry each, in a few statements."""
    return stands(call.challenge, [f"Stand {number:04}" for number in range(count)], {"title": "x"})


def stands(challenge: Challenge, names: Sequence[str], data: dict[str, Any]) -> list[Group]:
    """A group of each name in the cycle of the task, with the same entry each."""
    cycle = challenge.round.cycle
    groups = Group.objects.bulk_create(
        [
            Group(cycle=cycle, key=name.lower().replace(" ", "-"), name=name, kind="team", state=GroupState.ACTIVE.value)
            for name in names
        ]
    )
    entries = Submission.objects.bulk_create(
        [Submission(challenge=challenge, group=one, number=1, state="locked") for one in groups]
    )
    versions = Version.objects.bulk_create([Version(submission=one, number=1, data=data, at=timezone.now()) for one in entries])
    for one, version in zip(entries, versions, strict=True):
        one.pinned = version
    Submission.objects.bulk_update(entries, ["pinned"])
    return groups


def turn(call: Scene, someone: Person, outcome: str = "a") -> Vote | None:
    """One pair asked and answered; None if there is none."""
    pair = actions.ask_pair(challenge=call.challenge, person=someone, by=None)
    return None if pair is None else actions.answer(pair=pair, outcome=outcome, by=None)
