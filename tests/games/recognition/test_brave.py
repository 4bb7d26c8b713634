"""A failure told with its lesson earns a badge, from the act of sharing to the worker's pulse."""

from typing import Any

import pytest

from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas import actions
from games.ideas.rules import Telling
from games.recognition.models import EarnedBadge
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from worker import pulse

pytestmark = pytest.mark.django_db
BRAVE: dict[str, Any] = {"key": "brave", "event": "idea.shared", "where": {"kind": "failure-story"}}


def tell(cycle: Cycle, group: Group, cast: Cast, kind: str) -> None:
    told = Telling(title="The second box", kind=kind, summary="Nobody filled it.")
    actions.share_idea(cycle=cycle, group=group, told=told, by=cast.ada.user, audience="teams")


def test_a_failure_story_makes_its_team_brave(cast: Cast) -> None:
    cycle = CycleFactory.create(design=small_design(badges=[BRAVE]), state="running")
    red = GroupFactory.create(cycle=cycle)
    MembershipFactory(group=red, cycle=cycle, person=cast.ada.person, role="captain", capabilities=["captain", "submit"])
    tell(cycle, red, cast, "concept")
    pulse.pulse()
    assert not EarnedBadge.objects.exists()
    tell(cycle, red, cast, "failure-story")
    pulse.pulse()
    assert [(one.badge, one.group_id) for one in EarnedBadge.objects.all()] == [("brave", red.pk)]
