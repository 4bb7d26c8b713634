"""Challenges for tests."""

import factory

from games.challenges.models import Challenge
from tests.factories.rounds import RoundFactory


class ChallengeFactory(factory.django.DjangoModelFactory[Challenge]):
    """A rubric with one criterion, 1 to 5, unless `spec` says otherwise."""

    class Meta:
        model = Challenge

    round = factory.SubFactory(RoundFactory)
    key = factory.Sequence(lambda n: f"task-{n}")
    number = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda one: one.key.title())
    format = "rubric"
    spec = factory.LazyAttribute(lambda one: {"key": one.key, "criteria": [{"key": "impact", "min": 1, "max": 5, "step": 1}]})
