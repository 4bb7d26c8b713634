"""A programming contest, over since an hour, its last hour still covered: what the ceremony opens. Invented, the same on every machine."""

import random
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from backend.cli.demo_data.building import claim, groups, imported, members
from backend.cli.demo_data.content import slug
from games.bundles.bundle import Bundle
from games.bundles.rows import AttemptRow, RoundRow
from games.bundles.tables import Table, Tables
from games.cycles.models import Cycle
from games.journal.queries import db_now
from games.organizations.actions import create_organization
from games.playbooks.schema import Design
from games.progression.actions import prepared

SEED: Final = 20260704
MINUTE_MS: Final = 60_000
LENGTH: Final = timedelta(hours=5)
# How likely a team of middling strength solves each problem, and the minute at which the strongest do.
PROBLEMS: Final = {
    "A": (97, 9),
    "B": (80, 34),
    "C": (66, 58),
    "D": (90, 21),
    "E": (45, 96),
    "F": (30, 150),
    "G": (56, 77),
    "H": (12, 210),
    "I": (22, 176),
}
EASY: Final = 30
LATE: Final = 0.3  # of what is not easy, this share is solved in the covered hour: a ceremony needs suspense
TEAMS: Final = (
    *("Null Pointers", "The Off-By-Ones", "Recursive Llamas", "Heap of Trouble", "Byte Me Gently", "Segfault Sisters"),
    *("Binary Badgers", "Tabs and Spaces", "Stack Underdogs", "The Race Conditions", "Lazy Propagators", "Greedy Goats"),
    *("Dijkstra's Dogs", "Infinite Loopers", "Merge Conflict", "Prime Suspects", "The Cache Misses", "Modulo Nine"),
    *("Quicksort of Funny", "Silent Overflows", "Bubble Sorters", "Rubber Ducks", "Undefined Behaviour", "Hello Worlds"),
)


@transaction.atomic
def load(people: Mapping[str, Any]) -> Cycle:
    """The contest, judged and not published. Ada's team is in it, Olga organizes it."""
    now = db_now()
    start = now - LENGTH - timedelta(hours=1)
    design = _design(start)
    house = create_organization("District Computer Clubs", by=None)
    teams = [{"key": slug(name), "name": name, "people": ()} for name in TEAMS]
    teams[2] |= {"captain": "ada"}
    tables = Tables(
        groups=groups(teams),
        people=Table(members(teams)),
        attempts=Table(_attempts([str(team["key"]) for team in teams])),
        rounds=Table([RoundRow("night", opened=start, locked=start + LENGTH)]),
    )
    cycle = imported(Bundle(design, tables), by=people["olga"], organization=house)
    claim("ada-player", house, people["ada"], now)
    return cycle


def _design(start: datetime) -> Design:
    written = tomllib.loads((Path(__file__).parent / "contest.toml").read_text(encoding="utf-8"), parse_float=Fraction)
    written["aim"]["date"] = (start + timedelta(days=120)).date().isoformat()
    return prepared(written, key=f"night-of-code-{start.year}", name=f"Night of Code {start.year}", start=start)


def _attempts(teams: list[str]) -> list[AttemptRow]:
    """Each team has a strength; a problem is solved around a minute that follows from both, after some rejections."""
    chance = random.Random(SEED)
    found = []
    for number, team in enumerate(chance.sample(teams, len(teams))):
        strength = 1.28 - number * 0.036
        for problem, (likely, minute) in PROBLEMS.items():
            solved = chance.random() * 100 < likely * strength
            late = minute > EASY and chance.random() < LATE
            at = chance.uniform(241, 298) if late else minute * (2.1 - strength) * chance.uniform(0.85, 1.5) + 1.5 * number
            tries = chance.choice((0, 0, 0, 1, 1, 2)) + (0 if solved else 1 + (chance.random() < strength / 2))
            for wrong in range(tries):
                earlier = at - (tries - wrong) * chance.uniform(4, 13)
                if 3 < earlier < 300:  # noqa: PLR2004 -- minutes of the contest
                    verdict = chance.choice(("WA", "WA", "TLE", "RTE", "CE"))
                    found.append(AttemptRow("night", problem, team, int(earlier * MINUTE_MS), verdict))
            if solved and at < 300:  # noqa: PLR2004 -- minutes of the contest
                found.append(AttemptRow("night", problem, team, int(at * MINUTE_MS), "AC"))
    return found
