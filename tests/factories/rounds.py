"""Rounds, extensions and entrants for tests."""

from datetime import UTC, datetime

import factory

from games.rounds.models import Entrant, Extension, Round
from tests.factories.cycles import CycleFactory


class RoundFactory(factory.django.DjangoModelFactory[Round]):
    """Open during the whole of 2027 unless told otherwise."""

    class Meta:
        model = Round

    cycle = factory.SubFactory(CycleFactory)
    key = factory.Sequence(lambda n: f"round-{n}")
    number = factory.Sequence(lambda n: n + 1)
    name = factory.LazyAttribute(lambda one: one.key.title())
    design_number = 1
    opens_at = datetime(2027, 1, 1, tzinfo=UTC)
    closes_at = datetime(2028, 1, 1, tzinfo=UTC)


class ExtensionFactory(factory.django.DjangoModelFactory[Extension]):
    class Meta:
        model = Extension

    until = datetime(2028, 1, 2, tzinfo=UTC)
    reason = "illness"


class EntrantFactory(factory.django.DjangoModelFactory[Entrant]):
    class Meta:
        model = Entrant

    via = "cut"
    at = datetime(2027, 1, 1, tzinfo=UTC)
