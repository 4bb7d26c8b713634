"""Ideas to test, and tests of change on their way, made by the game's own acts."""

from typing import Any

from django.utils.timezone import now

from games.groups.models import Group
from games.ideas.models import Idea
from games.learning import actions
from games.learning.models import ChangeTest
from games.learning.rules import Act


def an_idea(group: Group | None, **values: Any) -> Idea:
    """An idea of a group, shared with every team."""
    cycle = values.pop("cycle", None) or (group.cycle if group else None)
    number = Idea.objects.filter(cycle=cycle).count() + 1
    told = {"kind": "tactic", "title": f"Idea {number}", "audience": "teams", "shared_at": now()}
    return Idea.objects.create(cycle=cycle, number=number, group=group, **told | values)


def planned(group: Group, idea: Idea | None = None, *, by: Any = None, **values: Any) -> ChangeTest:
    """A test that is planned."""
    words = {"title": "Boil it first", "prediction": "Half as many are ill."}
    return actions.plan_test(group=group, idea=idea, by=by, **words | values)


def studied(group: Group, idea: Idea | None = None, *, by: Any = None, **values: Any) -> ChangeTest:
    """A test that is done and studied."""
    test = actions.do_test(planned(group, idea, by=by, **values), done="Boiled it for a week.", by=by)
    return actions.study_test(test, data="3 ill instead of 7.", learned="Fuel is the hard part.", by=by)


def finished(group: Group, idea: Idea | None = None, act: Act = Act.ADOPT, *, by: Any = None, **values: Any) -> ChangeTest:
    """A test that is acted on."""
    return actions.act_on_test(studied(group, idea, by=by, **values), act=act, by=by)
