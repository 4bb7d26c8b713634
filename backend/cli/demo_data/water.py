"""Clean water: an edition that was played to its awards, and the one launched from it, which is open for entries."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from backend.cli.demo_data.building import claim, entries, groups, imported, marks, members, spread, widened
from backend.cli.demo_data.commons import STUDY_AFTER_CALL, commons_laid
from backend.cli.demo_data.content import content, slug
from backend.cli.demo_data.learned import NOW, WATER, measured
from backend.cli.demo_data.together import together
from games.bundles.bundle import Bundle
from games.bundles.rows import DecisionRow, MarkRow, PersonRow
from games.bundles.tables import Table, Tables
from games.cycles.actions import record_decision
from games.cycles.models import Cycle
from games.cycles.rules import DecisionKind
from games.groups.actions import appoint, register
from games.groups.actions.members import add_member, held_group
from games.groups.models import Group
from games.groups.rules import Consent
from games.journal.queries import db_now
from games.judging.actions import add_panelist, assign_all
from games.judging.models import Mark
from games.organizations.actions import create_organization, person_for
from games.organizations.models import Organization, Person
from games.progression import actions as progression
from games.progression.actions import prepared
from games.results.actions import publish_boards, recompute_now
from games.submissions.actions import open_entry, save_draft, submit

DAYS_OPEN = 9
CUTS = [
    {"board": "shortlist", "to": "build", "first": 5, "ties": "include", "wildcards": 1},
    {"board": "finalists", "to": "final", "first": 3, "ties": "include", "wildcards": 1},
]
CONCEPT = {"problem": 4, "impact": 4, "novelty": 4, "feasibility": 4}
PROTOTYPE = {"evidence": 4, "craft": 4, "learning": 4}
PITCH = {"promise": 4, "answers": 4}
MISCOUNT = "The audience's ballots for Night Shift had been read from the wrong column of the form."
GUESTS = tuple(f"guest-{number}" for number in range(1, 7))


@transaction.atomic
def load(people: Mapping[str, Any]) -> Cycle:
    """Play the past edition, launch the next from it, let teams come in. Returns the open one."""
    now = db_now()
    start = (now - timedelta(days=DAYS_OPEN)).replace(hour=9, minute=0, second=0, microsecond=0)
    house = create_organization("Hillside Water Board", by=None)
    before = _past(start - timedelta(days=364), people, house)
    claim("judith-okafor", house, people["judith"], now)
    _corrected(before, people["olga"])
    measured(before, WATER, start - timedelta(days=364), people["olga"])
    commons_laid(before, "past", start - timedelta(days=364), people)
    year = {"name": f"Clean Water Challenge {start.year}", "aim": {"date": (start + timedelta(days=365)).date().isoformat()}}
    after = progression.next_cycle(
        before,
        by=people["olga"],
        start=start,
        changes={"aim": year["aim"]},
        carry={"judges"},
        key=f"clean-water-{start.year}",
        name=str(year["name"]),
    )
    progression.settle_round_states()
    after.refresh_from_db()
    _teams(after, people, house)
    measured(after, NOW, start, people["olga"])
    for cycle in (before, after):
        appoint(cycle, person_for(people["sam"]), role="sponsor", by=people["olga"])
    commons_laid(after, "now", start, people)
    together(after, start, people, house)
    return after


# --- The edition before -----------------------------------------------------------------------------------------------------------------


def _past(start: datetime, people: Mapping[str, Any], house: Organization) -> Cycle:
    told = content()
    aim = {**told["water"]["aim"], "date": (start + timedelta(days=365)).date().isoformat()}
    year = start.year if start.year < db_now().year else db_now().year - 1
    design = prepared(
        "innovation-competition",
        key=f"clean-water-{year}",
        name=f"{told['water']['name']} {year}",
        start=start,
        series="clean-water",
        changes={
            "cycle": {"summary": told["water"]["summary"]},
            "aim": aim,
            "checks": told["water"]["checks"],
            "brand": told["water"]["brand"],
            "cuts": CUTS,
            **STUDY_AFTER_CALL,
        },
    )
    teams = told["past"]
    jurors = [slug(one["name"]) for one in told["jurors"]]
    staff = [PersonRow(slug(one["name"]), one["name"], "judge") for one in told["jurors"]]
    staff += [PersonRow(key, f"Guest {key.rpartition('-')[2]}", "judge") for key in GUESTS]
    tables = Tables(
        groups=groups(teams),
        people=Table(staff + members(teams)),
        submissions=widened(_entries(teams, start)),
        marks=Table(_marks(teams, jurors), ("feedback",)),
        decisions=Table([_pilot(start)]),
    )
    return imported(Bundle(design, tables), by=people["olga"], organization=house)


def _corrected(cycle: Cycle, by: Any) -> None:
    """Ballots of the audience had been read wrongly: a second publication, with its reason. Places change, no award does."""
    ballots = Mark.objects.filter(sheet__challenge__round__cycle=cycle, sheet__judge__key__in=GUESTS, criterion="appeal")
    for ballot in ballots.filter(sheet__group__key="night-shift").select_related("sheet__judge"):
        ballot.value = (ballot.value or 0) + (30_000 if ballot.sheet.judge.key == GUESTS[-1] else 20_000)
        ballot.save(update_fields=["value"])
    record_decision(cycle, DecisionKind.OVERRIDE, by=by, reason=MISCOUNT, round="final", board="favourite", public=True)
    recompute_now(cycle)
    publish_boards(cycle, "final", now=db_now(), reason=MISCOUNT, by=by)


def _pilot(start: datetime) -> DecisionRow:
    reason = "Three of five pilot schools asked for it, and the drums can be mended in the village."
    return DecisionRow(start + timedelta(days=95), "award", "", "", "gravity-drum", "", "pilot", reason, "The sponsor")


def _entries(teams: list[dict[str, Any]], start: datetime) -> list[Any]:
    concept = [
        (team["key"], spread(start, number), {"title": team["title"], "summary": team["summary"], "idea": team["summary"]})
        for number, team in enumerate(teams)
    ]
    built = [
        (team["key"], spread(start + timedelta(days=50), number), {"summary": team["prototype"], "log": team["prototype"]})
        for number, team in enumerate(teams)
        if team["prototype"]
    ]
    shown = [
        (team["key"], start + timedelta(days=92, hours=number), {"ask": team["ask"]})
        for number, team in enumerate(teams)
        if team["ask"]
    ]
    return entries(("call", "concept"), concept) + entries(("build", "prototype"), built) + entries(("final", "pitch"), shown)


def _marks(teams: list[dict[str, Any]], jurors: list[str]) -> list[MarkRow]:
    found: list[MarkRow] = []
    for team in teams:
        found += marks(("call", "concept"), team, jurors, CONCEPT, team["feedback"])
        if team["prototype"]:
            found += marks(
                ("build", "prototype"),
                team,
                jurors,
                PROTOTYPE,
                "What you changed because of a result is the best part of your log.",
            )
        if team["ask"]:
            found += marks(("final", "pitch"), team, jurors, PITCH, "Clear, and honest about what is not known yet.")
            liked = {**team, "strength": team["audience"] * 4 / 10}
            found += marks(("final", "pitch"), liked, list(GUESTS), {"appeal": 10})
    return found


# --- The edition that is open -----------------------------------------------------------------------------------------------------------


def _teams(cycle: Cycle, people: Mapping[str, Any], house: Organization) -> None:
    """Teams register, some hand in, one is still writing; the jury sits down."""
    concept = cycle.rounds.get(key="call").challenges.get(key="concept")
    for team in content()["teams"]:
        user = people.get(team.get("captain", ""))
        person = person_for(user) if user else _unclaimed(team["people"][0], house)
        group = _registered(cycle, team, person, user)
        for name in team["people"][0 if user else 1 :]:
            add_member(held_group(group), _unclaimed(name, house), by=user)
        answers = {key: team[key] for key in ("title", "summary", "who", "idea", "estimate", "new", "test") if key in team}
        if team["state"] != "none":
            entry = open_entry(challenge=concept, group=group, by=user)
            save_draft(submission=entry, data=answers, by=user, check_base=False)
            if team["state"] == "submitted":
                submit(submission=entry, by=user, person=person)
    for juror in content()["jurors"]:
        known = Person.objects.filter(organization=house, key=slug(juror["name"])).first()
        if known is not None:
            add_panelist(challenge=concept, panel="jury", person=known, by=people["olga"])
    assign_all(challenge=concept, by=people["olga"])


def _registered(cycle: Cycle, team: Mapping[str, Any], person: Person, user: Any) -> Group:
    answers = {"country": team["country"], "background": team["background"], "employees": "No"}
    consent = Consent(terms_version="1", licence_version="1", age_confirmed=True)
    return register(cycle, by=user, person=person, name=team["name"], answers=answers, consent=consent).group


def _unclaimed(name: str, house: Organization) -> Person:
    return Person.objects.get_or_create(organization=house, key=slug(name), defaults={"name": name})[0]
