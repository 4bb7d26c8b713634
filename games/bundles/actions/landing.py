"""Where the rows of a bundle land: the ids behind its keys."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from typing import Self

from games.bundles.bundle import Bundle
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.organizations.models import Person
from games.playbooks.schema import ChallengeDesign, Design

type Unit = tuple[str, str]
"""(round, challenge)."""


@dataclass(slots=True)
class Landing:
    """One import on its way. `versions`: (round, challenge, group, number of the version, 0 for the one that counts) → id.
    `uploads`: (round, challenge, group, number of the entry) → (field, digest) → id. `appeals`, `bookings`: number → id.
    """

    cycle: Cycle
    bundle: Bundle
    now: datetime
    challenges: dict[Unit, int]
    tasks: dict[Unit, ChallengeDesign]
    opens: dict[str, datetime | None]
    groups: dict[str, int] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    versions: dict[tuple[str, str, str, int], int] = field(default_factory=dict)
    uploads: dict[tuple[str, str, str, int], dict[tuple[str, str], int]] = field(default_factory=dict)
    appeals: dict[int, int] = field(default_factory=dict)
    bookings: dict[int, int] = field(default_factory=dict)

    @classmethod
    def on(cls, cycle: Cycle, bundle: Bundle, now: datetime) -> Self:
        """Begin on a cycle whose rounds and challenges are there."""
        rows = Challenge.objects.filter(round__cycle=cycle).values_list("round__key", "key", "pk")
        challenges = {(round_key, key): pk for round_key, key, pk in rows}
        tasks = {unit: task for unit in challenges if (task := bundle.design.challenge(*unit)) is not None}
        return cls(cycle, bundle, now, challenges, tasks, {one.key: one.opens for one in bundle.design.rounds})

    @property
    def design(self) -> Design:
        """The rules."""
        return self.bundle.design

    def scaler(self) -> Callable[[Fraction], int]:
        """A number × 10^mark_decimals. That nothing is lost was checked when the bundle was read."""
        scale: int = 10**self.design.mark_decimals

        def scaled(value: Fraction) -> int:
            numerator, denominator = value.as_integer_ratio()
            return numerator * scale // denominator

        return scaled
