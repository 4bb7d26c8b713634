"""A scene with one open round for tests of entries: a cycle, its Design, a challenge, groups. Times are around the database's now."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group
from games.organizations.models import Person
from games.playbooks.schema import Design, parse_design
from games.rounds.models import Round
from games.submissions import actions
from games.submissions.models import Submission, Version
from tests.factories.cycles import CycleFactory
from tests.factories.kept import kept

ESSAY: dict[str, Any] = {
    "key": "essay",
    "form": [
        {"key": "title", "required": True, "max_length": 80},
        {"key": "cost", "type": "number", "min": 0},
        {"key": "paper", "type": "file", "types": ["pdf", "txt"], "max_bytes": 2000},
    ],
    "fields": [{"key": "cost", "min": 0}, {"key": "late_days", "min": 0, "default": 0}],
    "criteria": [
        {"key": "impact", "min": 1, "max": 5, "step": 1},
        {"key": "novelty", "min": 1, "max": 5, "step": "0.5"},
        {"key": "style", "min": 0, "max": 10, "optional": True},
    ],
}


@dataclass(slots=True)
class Scene:
    """What a test of entries needs: `round` is open, `group` takes part."""

    design: Design
    cycle: Cycle
    round: Round
    challenge: Challenge
    group: Group
    groups: list[Group] = field(default_factory=list)


def design_with(*challenges: dict[str, Any], **changes: Any) -> Design:
    """A Design with the round `call` and these challenges."""
    written = {
        "format": 1,
        "cycle": {"key": "writing", "name": "Writing"},
        "rounds": [{"key": "call"}],
        "challenges": list(challenges),
        "boards": [{"key": "result"}],
    }
    return parse_design(written | changes)


@kept
def scene(*challenges: dict[str, Any], opens: int = -3600, closes: int | None = 3600, groups: int = 1, **changes: Any) -> Scene:
    """Rows for a Design with these challenges (default: an essay). `opens` and `closes` in seconds from now."""
    design = design_with(*(challenges or (ESSAY,)), **changes)
    cycle = CycleFactory.create(design=design, design_number=1)
    now = timezone.now()
    round_ = Round.objects.create(
        cycle=cycle,
        key="call",
        number=1,
        name="Call",
        design_number=1,
        opens_at=now + timedelta(seconds=opens),
        closes_at=None if closes is None else now + timedelta(seconds=closes),
    )
    made = [
        Challenge.objects.create(
            round=round_,
            key=spec.key,
            number=number,
            name=spec.title,
            format=spec.format.value,
            division=spec.division or "",
            spec=spec.model_dump(mode="json", exclude_defaults=True),
        )
        for number, spec in enumerate(design.challenges, start=1)
    ]
    teams = [Group.objects.create(cycle=cycle, key=f"team-{n}", name=f"Team {n}") for n in range(1, groups + 1)]
    return Scene(design=design, cycle=cycle, round=round_, challenge=made[0], group=teams[0], groups=teams)


def move(round_: Round, *, closes: int | None = None, opens: int | None = None, now: datetime | None = None) -> None:
    """Set the round's times, in seconds from now."""
    now = now or timezone.now()
    if opens is not None:
        round_.opens_at = now + timedelta(seconds=opens)
    if closes is not None:
        round_.closes_at = now + timedelta(seconds=closes)
    round_.save(update_fields=["opens_at", "closes_at"])


def person(name: str = "Ada", **fields: Any) -> Person:
    """Somebody without an account."""
    number = Person.objects.count() + 1
    return Person.objects.create(key=fields.pop("key", f"{name.lower()}-{number}"), name=name, **fields)


def entry(
    scene: Scene, group: Group | None = None, challenge: Challenge | None = None, **data: Any
) -> tuple[Submission, Version]:
    """An entry handed in."""
    submission = actions.open_entry(challenge=challenge or scene.challenge, group=group or scene.group, by=None)
    version = actions.submit(submission=submission, by=None, data=data or {"title": "On water"})
    submission.refresh_from_db()
    return submission, version


def without_designs(statements: CaptureQueriesContext) -> list[str]:
    """The statements sent, without reads of the Design: outside of a test's transaction it is kept in the process."""
    sent = [str(one["sql"]) for one in statements]
    return [sql for sql in sent if sql.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")) and 'FROM "games_design"' not in sql]
