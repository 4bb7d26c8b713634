"""A gamification season in its third week: the warm-up is published, week 1 is being judged, week 2 is open."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from backend.cli.demo_data.building import claim, entries, groups, imported, marks, members, picture, reopen_sheets, widened
from backend.cli.demo_data.commons import STUDY_AFTER_WARMUP, commons_laid
from backend.cli.demo_data.content import content
from backend.cli.demo_data.given import counted, remember_given
from backend.cli.demo_data.learned import season_learned
from backend.cli.demo_data.peering import peer_rows
from games.bundles.bundle import Bundle
from games.bundles.rows import AttemptRow, FileRow, MarkRow, PersonRow
from games.bundles.tables import Table, Tables
from games.cycles.models import Cycle
from games.ideas.models import Idea
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Sheet
from games.organizations.actions import create_organization
from games.playbooks.schema import Design
from games.progression.actions import prepared
from games.submissions.models import Attempt, Submission

WEEK = timedelta(days=7)
QUEST = {"clear": 3, "honest": 3, "counted": 3}
REFEREES = ("judith-okafor", "samira-novak")
JUDGES = (PersonRow(REFEREES[0], "Judith Okafor", "judge"), PersonRow(REFEREES[1], "Samira Novak", "judge"))
TO_MARK = ("paper-cranes", "corridor-c", "the-night-desk")


@transaction.atomic
def load(people: Mapping[str, Any]) -> Cycle:
    """The season, two weeks and a day old."""
    now = db_now()
    start = (now - timedelta(days=15)).replace(hour=7, minute=0, second=0, microsecond=0)
    players, design = content()["players"], _design(start)
    house = create_organization("Nurses' Exchange", by=None)
    pictures = {team["key"]: _counted(number) for number, team in enumerate(players)}
    tables = Tables(
        groups=groups(players),
        people=Table([*JUDGES, *members(players)]),
        submissions=widened(_reports(players, start, pictures)),
        attempts=Table(_tries(players), ("answer",)),
        peers=peer_rows(start),
        **counted(now),
        files=Table(
            [FileRow("week1", "quest", team, 1, "picture", _digest(one), "counted.png") for team, one in pictures.items()]
        ),
        marks=Table(_marked(players), ("feedback",)),
    )
    bundle = Bundle(design, tables, files={_digest(one): one for one in pictures.values()})
    cycle = imported(bundle, by=people["olga"], organization=house)
    for key, name in ((REFEREES[0], "judith"), ("ada-player", "ada"), ("ben-player", "ben")):
        claim(key, house, people[name], now)
    reopen_sheets(Sheet.objects.filter(challenge__round__cycle=cycle, group__key__in=TO_MARK, judge__key=REFEREES[0]))
    _remember(cycle)
    season_learned(cycle, start, people["olga"])
    commons_laid(cycle, "season", start, people)
    _told(cycle)
    remember_given(cycle)
    return cycle


def _marked(players: list[dict[str, Any]]) -> list[MarkRow]:
    said = "Counted, and told as it was."
    return [
        row
        for team in players
        for row in marks(("week1", "quest"), {**team, "strength": 1 + team["quiz"]}, list(REFEREES), QUEST, said)
    ]


def _design(start: datetime) -> Design:
    """The playbook of the library with this season's words."""
    told = content()["season"]
    return prepared(
        "gamification-season",
        key=f"small-improvements-{start.year}",
        name=f"{told['name']} {start.year}",
        start=start,
        series="small-improvements",
        changes={
            "cycle": {"summary": told["summary"]},
            "aim": {**told["aim"], "date": (start + timedelta(days=120)).date().isoformat()},
            "checks": told["checks"],
            "peers": True,
            **STUDY_AFTER_WARMUP,
        },
    )


def _counted(number: int) -> bytes:
    """What a team counted on seven days."""
    return picture((37 * number + 23 * day) % 70 + 30 for day in range(7))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _reports(players: list[dict[str, Any]], start: datetime, pictures: Mapping[str, bytes]) -> list[Any]:
    """One report of week 1 from each team, with what they drew of their counting."""
    rows = [
        (
            team["key"],
            start + WEEK + timedelta(days=2 + number % 4, hours=3 * number),
            {
                "title": team["title"],
                "expected": "We expected to find the reason in one day.",
                "happened": team["happened"],
                "learned": team["learned"],
                "picture": _digest(pictures[team["key"]]),
            },
        )
        for number, team in enumerate(players)
    ]
    return entries(("week1", "quest"), rows)


def _tries(players: list[dict[str, Any]]) -> list[AttemptRow]:
    """The quiz of the warm-up, and some puzzles."""
    hour, found = 3_600_000, []
    for number, team in enumerate(players):
        answer = json.dumps({"failed": "As much as one that worked"})
        found.append(AttemptRow("warmup", "rules", team["key"], (20 + 7 * number) * hour, "AC", team["quiz"], (answer,)))
        if number % 2 == 0:
            found.append(AttemptRow("week1", "puzzle", team["key"], (5 + 9 * number) * hour, "WA", None, ("4",)))
        if team["quiz"] > 1:
            found.append(AttemptRow("week1", "puzzle", team["key"], (6 + 11 * number) * hour, "AC", None, ("8",)))
    return found


def _remember(cycle: Cycle) -> None:
    """What these teams did stands in the journal at its own time, so that it earns the points it would have earned."""
    for entry in Submission.objects.filter(challenge__round__cycle=cycle).select_related("challenge__round", "pinned"):
        payload = {"round": entry.challenge.round.key, "challenge": entry.challenge.key, "submission": entry.number}
        at = entry.pinned.at if entry.pinned else None
        record(
            Kind.SUBMISSION_RECEIVED,
            cycle_id=cycle.pk,
            group_id=entry.group_id,
            subject=f"submission:{entry.pk}",
            payload=payload,
            at=at,
        )
    for one in Attempt.objects.filter(challenge__round__cycle=cycle).select_related("challenge__round"):
        payload = {"round": one.challenge.round.key, "challenge": one.challenge.key, "number": one.number, "verdict": one.verdict}
        record(
            Kind.ATTEMPT_JUDGED, cycle_id=cycle.pk, group_id=one.group_id, subject=f"attempt:{one.pk}", payload=payload, at=one.at
        )


def _told(cycle: Cycle) -> None:
    """The same for what they shared: it earns, and those they built on are credited."""
    for idea in Idea.objects.filter(cycle=cycle, group__isnull=False, safe=False).order_by("shared_at", "pk"):
        payload = {"idea": idea.number, "kind": idea.kind, "version": 1}
        subject = f"idea:{idea.pk}"
        record(Kind.IDEA_SHARED, cycle_id=cycle.pk, group_id=idea.group_id, subject=subject, payload=payload, at=idea.shared_at)
