"""Tests of change in the shapes that pages take: badges, the four steps, bars of the last weeks, what is said of an idea."""

from typing import Any, Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.web.shapes import badge
from games.groups.models import Group
from games.ideas.models import Idea
from games.learning.models import ChangeTest
from games.learning.queries import Rhythm, evidence_of, idea_tests, spread_of
from games.learning.rules import Act, ChangeState
from games.permissions import Access, visible
from leaderboards.engine import numbers

STATES: Final = {
    ChangeState.PLANNED: ("planned", gettext_lazy("planned")),
    ChangeState.DOING: ("open", gettext_lazy("being done")),
    ChangeState.STUDIED: ("judging", gettext_lazy("to decide")),
}
ACTS: Final = {
    Act.ADOPT: ("published", gettext_lazy("adopted")),
    Act.ADAPT: ("judging", gettext_lazy("adapted")),
    Act.ABANDON: ("closed", gettext_lazy("abandoned")),
}
STEPS: Final = (
    (ChangeState.PLANNED, gettext_lazy("Plan"), (("prediction", gettext_lazy("We expected")),)),
    (ChangeState.DOING, gettext_lazy("Do"), (("done", gettext_lazy("We did")),)),
    (ChangeState.STUDIED, gettext_lazy("Study"), (("data", gettext_lazy("We saw")), ("learned", gettext_lazy("We learned")))),
    (ChangeState.ACTED, gettext_lazy("Act"), ()),
)
TALL: Final = 40
WIDE: Final = 14
GAP: Final = 4
IDEAS: Final = 200
SOME: Final = 12


def test_shape(test: ChangeTest, url: str) -> dict[str, Any]:
    """A test in a list or on top of its page."""
    return {
        "one": test,
        "url": url,
        "badge": badge(ACTS[Act(test.act)] if test.act else STATES[ChangeState(test.state)]),
        "step": list(ChangeState).index(ChangeState(test.state)) + 1,
        "idea_url": reverse("idea", args=[test.cycle.key, test.idea.number]) if test.idea else "",
    }


def steps(test: ChangeTest) -> list[dict[str, Any]]:
    """The four steps: what was told in each, whether it is taken, and which comes next."""
    held = list(ChangeState).index(ChangeState(test.state))
    times = {ChangeState.PLANNED: test.created_at, ChangeState.DOING: test.began_at, ChangeState.ACTED: test.acted_at}
    return [
        {
            "key": state.value,
            "name": name,
            "taken": number <= held,
            "next": number == held + 1,
            "told": [(label, getattr(test, part)) for part, label in parts] if number <= held else [],
            "at": times.get(state) if number <= held else None,
        }
        for number, (state, name, parts) in enumerate(STEPS)
    ]


def rhythm_shape(rhythm: Rhythm | None) -> dict[str, Any]:
    """How often a team tests: number, words and bars."""
    if rhythm is None:
        return {"tempo": "0", "days": "", "share": "", "last": None, "bars": [], "words": ""}
    days, share = ("" if one is None else numbers.text(numbers.rounded(one, 1)) for one in (rhythm.days, rhythm.share_days))
    told = ", ".join(str(one) for one in rhythm.weeks)
    return {
        "tempo": numbers.text(numbers.rounded(rhythm.tempo, 1)),
        "days": days,
        "share": share,
        "last": rhythm.last,
        "bars": bars(rhythm.weeks),
        "words": _("Finished tests in each of the last eight weeks, this week last: %(counts)s.") % {"counts": told},
    }


def bars(counts: tuple[int, ...]) -> list[dict[str, int]]:
    """A bar for each week; a week without a test keeps its foot."""
    most = max(*counts, 2)
    heights = [round((TALL - 2) * one / most) + 2 for one in counts]
    return [{"x": place * (WIDE + GAP), "y": TALL - one, "height": one, "width": WIDE} for place, one in enumerate(heights)]


def idea_choices(access: Access, group: Group, *, asked: int = 0) -> list[tuple[str, str]]:
    """What a team may test: its own change, or an idea it may read; newest first, the one that was asked for always among them."""
    rows = visible(access, "idea.view", Idea.objects.filter(cycle=group.cycle, merged_into__isnull=True))
    found = list(rows.order_by("-shared_at", "-pk").values_list("number", "title")[:IDEAS])
    if asked and asked not in {number for number, _title in found}:
        found += list(rows.filter(number=asked).values_list("number", "title"))
    return [("", str(_("Our own change"))), *((str(number), title) for number, title in found)]


def evidence_shape(access: Access, idea: Idea) -> dict[str, Any]:
    """What tests say of an idea, for its page: grade with reasons, spread, and the finished tests that the person may read."""
    rows = visible(access, "change_test.view", idea_tests(idea)).filter(state=ChangeState.ACTED.value)
    found = list(rows.select_related("cycle", "idea")[:SOME])
    return {
        "evidence": evidence_of([idea])[idea.pk],
        "spread": spread_of([idea.pk]).get(idea.pk, 0),
        "tests": [test_shape(one, reverse("test", args=[one.cycle.key, one.number])) for one in found],
    }
