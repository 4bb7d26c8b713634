"""Reads of challenges: the spec parsed, and what an entrant may see of it."""

from functools import lru_cache
from typing import Any, Final

import orjson
from django.db.models import QuerySet

from games.challenges.models import Challenge
from games.challenges.text import rendered
from games.cycles.models import Cycle
from games.playbooks.schema import ChallengeDesign, QuizAnswer
from games.rounds.models import Round
from leaderboards.engine.numbers import text

KEPT: Final = 300
"""About 10 kB each."""


@lru_cache(maxsize=KEPT)
def _parsed(spec: bytes) -> ChallengeDesign:
    return ChallengeDesign.model_validate(orjson.loads(spec))


def spec_of(challenge: Challenge) -> ChallengeDesign:
    """The rules of the task, answers included: for scoring and organizers. Parsed once per content."""
    return _parsed(orjson.dumps(challenge.spec))


def challenges_of(round_: Round) -> QuerySet[Challenge]:
    """The tasks of a round in order."""
    return Challenge.objects.filter(round=round_).select_related("round__cycle").order_by("number", "pk")


def challenges_in(cycle: Cycle) -> QuerySet[Challenge]:
    """The tasks of a cycle, in order of rounds."""
    return Challenge.objects.filter(round__cycle=cycle).select_related("round__cycle").order_by("round__number", "number", "pk")


def brief_of(challenge: Challenge) -> str:
    """The brief as safe HTML."""
    return rendered(spec_of(challenge).brief)


def for_entrants(challenge: Challenge) -> dict[str, Any]:
    """The task as everybody who may see it reads it: form, rubric, limits, brief as HTML. A quiz shows its questions.

    Never the answers, never the words of hints.
    """
    spec = spec_of(challenge)
    found = spec.model_dump(mode="json", exclude={"answer", "brief", "hints"}, exclude_defaults=True)
    found |= {
        "key": spec.key,
        "name": spec.title,
        "format": spec.format.value,
        "brief": spec.brief,
        "brief_html": rendered(spec.brief),
    }
    found["form"] = [field.model_dump(mode="json") for field in spec.form]
    found["criteria"] = [one.model_dump(mode="json", exclude_defaults=True) | {"name": one.title} for one in spec.criteria]
    if spec.hints:
        found["hints"] = [{"key": one.key, "name": one.title, "cost": text(one.cost)} for one in spec.hints]
    if isinstance(spec.answer, QuizAnswer):
        found["questions"] = [
            {"key": one.key, "name": one.name, "choices": list(one.choices), "many": len(one.correct) > 1}
            for one in spec.answer.questions
        ]
    if spec.answer is not None:
        found["answer_kind"] = spec.answer.kind
    return found
