"""An expo in the middle of being compared in pairs: forty stands, eight judges, a hundred and fifty comparisons. Invented, the same on every machine."""

import random
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from math import exp
from pathlib import Path
from typing import Any, Final

from django.db import transaction

from backend.cli.demo_data.building import claim, entries, groups, imported, members, widened
from backend.cli.demo_data.content import slug
from games.bundles.bundle import Bundle
from games.bundles.rows import AssignmentRow, PersonRow, VoteRow
from games.bundles.tables import Table, Tables
from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.queries import db_now
from games.judging.models import Stand
from games.organizations.actions import create_organization
from games.playbooks.schema import Design
from games.progression.actions import prepared
from games.rounds.models import Round
from leaderboards.engine.pairwise.choosing import Candidate, next_pair

SEED: Final = 20260815
VOTES: Final = 150
JUDITH: Final = 8  # of them: she has just begun
ROW: Final = 10  # tables
FIRST_CAPTAINS: Final = {"Toaster Clinic": "ada", "Radio Again": "ben"}


@transaction.atomic
def load(people: Mapping[str, Any]) -> Cycle:
    """The fair, its doors open since this morning. Olga organizes, Judith judges, Ada and Ben have a stand."""
    now = db_now()
    start = (now - timedelta(days=15)).replace(hour=7, minute=0, second=0, microsecond=0)
    told = tomllib.loads((Path(__file__).parent / "fair.toml").read_text(encoding="utf-8"))
    words, stands = told["words"], told["stands"]
    house = create_organization("Tram Depot", by=None)
    teams = [{"key": slug(name), "name": name, "people": (), "captain": FIRST_CAPTAINS.get(name)} for name in stands]
    judges = {slug(name): name for name in words["judges"]}
    tables = Tables(
        groups=groups(teams),
        people=Table([*(PersonRow(key, name, "judge") for key, name in judges.items()), *members(teams)]),
        submissions=widened(
            entries(
                ("hall", "stand"),
                [
                    (slug(name), start + timedelta(days=number % 13, hours=number % 9), {"summary": summary})
                    for number, (name, summary) in enumerate(stands.items())
                ],
            )
        ),
        assignments=Table([AssignmentRow("hall", "stand", "", key, "jury") for key in judges]),
        votes=Table(_votes([str(team["key"]) for team in teams], list(judges), now)),
    )
    cycle = imported(Bundle(_design(start, words), tables), by=people["olga"], organization=house)
    claim(next(iter(judges)), house, people["judith"], now)
    for name in FIRST_CAPTAINS.values():
        claim(f"{name}-player", house, people[name], now)
    _tables(cycle)
    return cycle


def _design(start: datetime, words: Mapping[str, Any]) -> Design:
    """The playbook of the library, with more time in the hall: a demo may be looked at for days."""
    rounds = [
        {"key": "hall", "closes": "+14d12:00", "judging_closes": "+19d17:00"},
        {"key": "stage", "opens": "+19d18:00", "closes": "+19d20:00", "judging_closes": "+19d21:00"},
    ]
    return prepared(
        "expo-in-pairs",
        key=f"repair-fair-{start.year}",
        name=f"{words['name']} {start.year}",
        start=start,
        changes={
            "cycle": {"summary": words["summary"], "ends": "+21d"},
            "aim": {**words["aim"], "date": (start + timedelta(days=200)).date().isoformat()},
            "checks": words["checks"],
            "rounds": rounds,
        },
    )


def _votes(stands: list[str], judges: list[str], now: datetime) -> list[VoteRow]:
    """Comparisons as they are asked here, answered by what is true in this hall, with doubt."""
    chance = random.Random(SEED)
    truth = {number: chance.gauss(0, 1.3) for number in range(len(stands))}
    views = dict.fromkeys(truth, 0)
    met: dict[str, set[frozenset[int]]] = {judge: set() for judge in judges}
    last: dict[str, tuple[int, ...]] = dict.fromkeys(judges, ())
    turns = [judges[0]] * JUDITH + [judges[1 + number % (len(judges) - 1)] for number in range(VOTES - JUDITH)]
    chance.shuffle(turns)
    found = []
    for number, judge in enumerate(turns):
        there = [Candidate(key, views[key], chance.randrange(10**6)) for key in truth]
        pair = next_pair(there, before=last[judge], met=met[judge], dice=chance.random)
        if pair is None:
            continue
        met[judge].add(frozenset(pair))
        last[judge] = pair
        for key in pair:
            views[key] += 1
        better = 1 / (1 + exp(truth[pair[1]] - truth[pair[0]]))
        outcome = "tie" if abs(better - 0.5) < 0.08 and chance.random() < 0.5 else "a" if chance.random() < better else "b"  # noqa: PLR2004 -- a hair's breadth, a coin
        at = now - timedelta(minutes=2 * (len(turns) - number))
        found.append(VoteRow("hall", "stand", judge, stands[pair[0]], stands[pair[1]], outcome, at=at))
    return found


def _tables(cycle: Cycle) -> None:
    """Every stand has its number, in rows of ten."""
    hall = Round.objects.get(cycle=cycle, key="hall")
    rows = Group.objects.filter(cycle=cycle).order_by("pk")
    Stand.objects.bulk_create(
        [
            Stand(round=hall, group=group, number=number, location=f"Row {'ABCD'[(number - 1) // ROW]}")
            for number, group in enumerate(rows, 1)
        ]
    )
