"""Competitions of any size, judged, as rows of the database."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.utils.timezone import now

from bench.copying import copy_in
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.judging.models import Panelist, Sheet
from games.judging.rules import SheetState
from games.organizations.models import Person
from games.playbooks.schema import Design, parse_design
from games.progression.actions import apply_design
from games.rounds.models import Round
from games.submissions.models import Submission, Version
from leaderboards.models import Board

SCALE: Final = 10_000
TOP: Final = 10
SEED: Final = 20261121


@dataclass(frozen=True, slots=True)
class Contest:
    """One round with tasks that every group entered and every judge marked."""

    cycle: Cycle
    design: Design
    round: Round
    tasks: Sequence[Challenge]
    groups: Sequence[Group]
    judges: Sequence[Person]
    board: Board


def rules(key: str, *, tasks: int, criteria: int) -> Design:
    """The rules: a panel drops its highest and lowest mark, the mean is rounded to two decimals, tasks add up."""
    judged = [{"key": f"c{number}", "weight": number, "min": 1, "max": TOP, "step": "0.5"} for number in range(1, criteria + 1)]
    panel = {"key": "jury", "drop_high": 1, "drop_low": 1, "decimals": 2}
    written: dict[str, Any] = {
        "format": 1,
        "cycle": {"key": key, "name": f"Bench {key}"},
        "rounds": [{"key": "call", "name": "Call", "visibility": "full"}],
        "challenges": [
            {
                "key": f"task{number}",
                "form": [{"key": "title", "required": True, "max_length": 200}],
                "criteria": judged,
                "panels": [panel],
                "combine": "mean",
                "decimals": 3,
            }
            for number in range(1, tasks + 1)
        ],
        "boards": [{"key": "result", "order": ["score", "c1", "c2"]}],
        "awards": [{"key": "gold", "places": [1, 1]}],
    }
    return parse_design(written)


def begun(
    key: str,
    *,
    tasks: int,
    criteria: int,
    groups: int,
    judges: int,
    closed: bool = True,
    design: Design | None = None,
    main: str = "result",
) -> Contest:
    """A running cycle with groups and a panel; its round is open, or over. `design`: other rules, of one round, whose board is `main`."""
    design = design or rules(key, tasks=tasks, criteria=criteria)
    cycle = Cycle.objects.create(key=key, name=f"Bench {key}", state=CycleState.RUNNING.value)
    apply_design(cycle, design, by=None)
    moment = now()
    ends = moment - timedelta(hours=1) if closed else moment + timedelta(days=1)
    Round.objects.filter(cycle=cycle).update(
        opens_at=moment - timedelta(days=9), closes_at=ends, opened_at=moment - timedelta(days=9)
    )
    units = list(Challenge.objects.filter(round__cycle=cycle).select_related("round__cycle"))
    names = [Group(cycle=cycle, key=f"g{number:05}", name=f"Group {number:05}") for number in range(groups)]
    people = Person.objects.bulk_create(Person(key=f"{key}-j{number}", name=f"Judge {number}") for number in range(judges))
    Panelist.objects.bulk_create(Panelist(challenge=unit, panel="jury", person=one) for unit in units for one in people)
    made = Group.objects.bulk_create(names)
    board = Board.objects.get(scope=cycle.pk, key=main)
    return Contest(cycle, design, Round.objects.get(cycle=cycle), units, made, people, board)


def judged(key: str, *, tasks: int, criteria: int, groups: int, judges: int) -> Contest:
    """The whole of it: each group entered each task, each judge gave a final sheet."""
    contest = begun(key, tasks=tasks, criteria=criteria, groups=groups, judges=judges)
    enter(contest)
    mark(contest)
    return contest


def enter(contest: Contest, *, state: str = "locked") -> list[Submission]:
    """An entry of every group in every task, handed in once."""
    moment = now() - timedelta(days=2)
    wanted = [
        Submission(challenge=task, group=group, state=state, submitted_at=moment, draft={"title": "Water"}, draft_saved_at=moment)
        for task in contest.tasks
        for group in contest.groups
    ]
    entries = Submission.objects.bulk_create(wanted, batch_size=2000)
    versions = Version.objects.bulk_create(
        (Version(submission=one, number=1, data={"title": "Water"}, digest="0" * 64, at=moment) for one in entries),
        batch_size=2000,
    )
    for entry, version in zip(entries, versions, strict=True):
        entry.pinned = version
    Submission.objects.bulk_update(entries, ["pinned"], batch_size=1000)
    return entries


def assign(contest: Contest, state: SheetState) -> list[Sheet]:
    """A sheet of every judge on every entry."""
    moment = now()
    return Sheet.objects.bulk_create(
        (
            Sheet(
                challenge=task,
                group=group,
                panel="jury",
                judge=judge,
                state=state.value,
                design_number=1,
                assigned_at=moment,
                final_at=moment if state is SheetState.FINAL else None,
            )
            for task in contest.tasks
            for group in contest.groups
            for judge in contest.judges
        ),
        batch_size=2000,
    )


def mark(contest: Contest) -> int:
    """Every sheet final, with a mark on every criterion. Returns how many marks."""
    sheets = assign(contest, SheetState.FINAL)
    chance = random.Random(SEED)
    keys = [criterion.key for criterion in contest.design.challenges[0].criteria]
    half = SCALE // 2
    rows = ((sheet.pk, key, chance.randint(2, 2 * TOP) * half, "", "") for sheet in sheets for key in keys)
    copy_in("games_mark", ("sheet_id", "criterion", "value", "state", "comment"), rows)
    return len(sheets) * len(keys)
