"""How others do it, on the page of a task: what was told to help with it, for the step one is at first."""

from typing import Any, Final

from django.http import HttpRequest

from backend.api.permissions import access_of
from backend.web.pages.ideas.frame import GRADES, KINDS, idea_url, whose
from games.challenges.models import Challenge
from games.ideas.models import Idea
from games.ideas.queries import helping, steps_of
from games.ideas.rules import LINE
from games.permissions import visible

SHOWN: Final = 6


def how_others(request: HttpRequest, task: Challenge) -> dict[str, Any] | None:
    """Cards and the steps they are about, the chosen one (`?step=`) marked; None where nothing helps yet. One statement."""
    step = " ".join(request.GET.get("step", "").replace("\0", "").split())[:LINE]
    found = helping(visible(access_of(request), "idea.view", Idea.objects.all()), task, step=step)
    if not found:
        return None
    steps = [{"label": one, "chosen": one.casefold() == step.casefold()} for one in steps_of(found)]
    return {"cards": [_card(one) for one in found[:SHOWN]], "steps": steps, "asked": any(one["chosen"] for one in steps)}


def _card(one: Idea) -> dict[str, Any]:
    told = [whose(one), one.step, f"{one.grade}: {GRADES[one.grade]}" if one.grade in GRADES else ""]
    return {
        "eyebrow": KINDS[one.kind],
        "title": one.title,
        "url": idea_url(one),
        "text": one.summary,
        "foot": " · ".join(word for word in told if word),
    }
