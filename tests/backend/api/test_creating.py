"""What creates is done once, however often it is sent with the same key: every POST of the API that answers 201 or 202."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.timezone import now

from backend.accounts.models import User
from games.bundles.writer import zipped
from games.coaching import actions as coaching
from games.coaching.rules import Span
from games.cycles.actions import add_design
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.ideas.models import Idea
from games.judging import actions as judging
from games.judging.actions import finalize
from games.judging.actions.feedback import ask_judge
from games.judging.models import Deliberation, Panelist, Sheet
from games.learning.actions import record_observation
from games.peers.models import PeerAsk
from games.playbooks.rules import Capability
from games.playbooks.schema.cycle import OfficeHours, Role
from games.playbooks.schema.tasks import StudyDesign
from games.progression.actions.timing import waive_looks
from games.recognition.models import Grant
from games.results.models import ChallengeScore
from games.retrospectives import actions as looking
from games.rounds.models import Extension, Round
from games.submissions.models import Version
from games.talk.models import Post
from tests.cast import Actor
from tests.factories.changes import told
from tests.factories.credentials import given
from tests.factories.cycles import CycleFactory, small, small_design
from tests.factories.groups import MembershipFactory
from tests.factories.house import House, full_house
from tests.factories.judging import MARKS, sheet_for
from tests.factories.peers import matching, of_school, published
from tests.factories.results import water
from tests.factories.retrospectives import published as came_first
from tests.factories.submissions import ESSAY, Scene, entry, move, scene
from worker.steps import recompute_now

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"
SCHEMA = Path(__file__).parents[3] / "backend" / "api" / "schema.yml"
FLAG: dict[str, Any] = {"key": "flag", "format": "automatic", "answer": {"kind": "flag", "values": ["ludus"]}}
SHARES = 6
NOT_KEPT = {"/tokens"}  # its answer is a secret
type Asked = tuple[Actor, str, dict[str, Any]]


@dataclass(frozen=True)
class Making:
    """What is made (a model to count), and who asks where with which body. A body with a file goes as a form."""

    model: str
    asked: Callable[[House], Asked]


def _by(who: str, path: str, body: dict[str, Any]) -> Callable[[House], Asked]:
    """A request about the open competition of the house."""

    def asked(house: House) -> Asked:
        call = house.open
        ids = {"cycle": call.cycle.pk, "group": call.groups[0].pk, "round": call.round.pk}
        return house.people[who], path.format(**ids), body

    return asked


def _launched(house: House) -> Asked:
    return (
        house.people["org"],
        "/cycles",
        {"design": small(cycle={"key": "launched", "name": "Launched"}), "start": now().isoformat()},
    )


def _registered(house: House) -> Asked:
    Cycle.objects.filter(pk=house.open.cycle.pk).update(state="enrolling")
    return house.people["eve"], f"/cycles/{house.open.cycle.pk}/register", {"name": "Late Herons"}


def _appealed(house: House) -> Asked:
    story = told("call")
    body = {"round": story.round("call").pk, "text": "Please look again."}
    return story.ada, f"/groups/{story.played.groups['aqua'].pk}/appeals", body


def _followed(house: House) -> Asked:
    who, path, first = _launched(house)
    made = sent(who, path, first).json()["id"]
    body = {"key": "launched-2", "name": "Again", "start": (now() + timedelta(days=90)).isoformat()}
    return who, f"/cycles/{made}/next", body


def _looked_back_on(house: House) -> Asked:
    who, cycle = house.people["org"], house.open.cycle
    looking.look_back(looking.ask(cycle).pk)
    who.user.may_launch = True
    who.user.save(update_fields=["may_launch"])
    return who, f"/cycles/{cycle.pk}/look-back/next", {"start": (now() + timedelta(days=90)).isoformat()}


def _won(house: House) -> Asked:
    cycle, group = house.open.cycle, house.open.groups[0]
    idea = Idea.objects.create(
        cycle=cycle, number=9_001, kind="tactic", title="Sieve", group=group, audience="everybody", shared_at=now()
    )
    came_first(cycle, group.key)
    body = {"idea": idea.pk, "way": "neither", "reason": "Let it rest."}
    return house.people["org"], f"/cycles/{cycle.pk}/look-back/adopt", body


def _drafted(house: House) -> Asked:
    return (
        house.people["org"],
        "/drafts",
        {"design": small(cycle={"key": "written", "name": "Written"}), "start": now().isoformat()},
    )


def _of_draft(verb: str) -> Callable[[House], Asked]:
    """A request about a draft that is begun first."""

    def asked(house: House) -> Asked:
        who, path, body = _drafted(house)
        return who, f"/drafts/{sent(who, path, body).json()['id']}/{verb}", {}

    return asked


def _amended(house: House) -> Asked:
    body = {"changes": {"cycle": {"summary": "With more words."}}, "reason": "People asked."}
    return house.people["org"], f"/cycles/{house.open.cycle.pk}/amend", body


def _seat(house: House) -> Asked:
    fresh = MembershipFactory.create(cycle=house.open.cycle, group=None, role="judge", capabilities=["judge"])
    body = {"challenge": house.open.challenge.pk, "person": fresh.person_id, "panel": "jury"}
    return house.people["org"], f"/cycles/{house.open.cycle.pk}/panelists", body


def _assigned(house: House) -> Asked:
    judith = house.people["judith"].person
    Panelist.objects.get_or_create(challenge=house.open.challenge, panel="jury", person=judith)
    fresh = Group.objects.create(cycle=house.open.cycle, key="fresh", name="Fresh")
    entry(house.open, fresh)
    return house.people["org"], f"/cycles/{house.open.cycle.pk}/assignments", {"challenge": house.open.challenge.pk}


def _brought(house: House) -> Asked:
    """A sheet that waits for judith, judged on paper."""
    made = _contest(house, ESSAY)
    entry(made, made.group)
    move(made.round, closes=-1)
    Panelist.objects.create(challenge=made.challenge, panel="jury", person=house.people["judith"].person)
    judging.assign_all(challenge=made.challenge, panel="jury", by=None)
    key = house.people["judith"].person.key
    rows = [f"{made.group.key},{key},{criterion},4\n" for criterion in ("impact", "novelty")]
    table = "group,judge,criterion,value\n" + "".join(rows)
    return house.people["org"], f"/challenges/{made.challenge.pk}/scores", {"csv": table}


def _conflict(house: House) -> Asked:
    body = {"person": house.people["judith"].person.pk, "group": "team-3", "reason": "A cousin."}
    return house.people["org"], f"/cycles/{house.open.cycle.pk}/conflicts", body


def _known(house: House) -> Scene:
    """A competition that names its judges to the teams, judged by four."""
    made = scene(ESSAY, groups=2, rounds=[{"key": "call", "judges_named": True}])
    roles = [("ada", made.group, ["captain", "submit"]), ("judith", None, ["judge"]), ("org", None, ["organize"])]
    for name, group, held in roles:
        MembershipFactory.create(cycle=made.cycle, group=group, person=house.people[name].person, role=name, capabilities=held)
    others = [
        MembershipFactory.create(cycle=made.cycle, group=None, role="judge", capabilities=["judge"]).person for _ in range(3)
    ]
    for someone in (house.people["judith"].person, *others):
        Panelist.objects.create(challenge=made.challenge, panel="jury", person=someone)
    for group in made.groups:
        entry(made, group)
    return made


def _objected(house: House) -> Asked:
    body = {"judge": house.people["judith"].person.pk, "reason": "She taught us."}
    return house.people["ada"], f"/groups/{_known(house).group.pk}/objections", body


def _planned(house: House) -> Asked:
    return house.people["org"], f"/challenges/{_known(house).challenge.pk}/plans", {"per_entry": 2}


def _third(house: House) -> Asked:
    body = {"panel": "jury", "group": "team-1"}
    return house.people["org"], f"/challenges/{_known(house).challenge.pk}/third-reader", body


def _more_time(house: House) -> Asked:
    fresh = Group.objects.create(cycle=house.open.cycle, key="fresh", name="Fresh")
    body = {"group": fresh.pk, "until": "2099-01-01T00:00:00Z", "reason": "illness"}
    return house.people["org"], f"/rounds/{house.open.round.pk}/extend", body


def _published(house: House) -> Asked:
    Extension.objects.all().delete()
    move(house.open.round, closes=-1)
    waive_looks(house.open.round, by=house.people["org"].user, reason="What waits for a look is not what is tried here.")
    return house.people["org"], f"/rounds/{house.open.round.pk}/publish", {"reason": "It is time."}


def _contest(house: House, *tasks: dict[str, Any], groups: int = 2) -> Scene:
    """A second competition, in which ada plays, judith judges and org organizes."""
    made = scene(*tasks, groups=groups)
    roles = [("ada", made.group, ["captain", "submit"]), ("judith", None, ["judge"]), ("org", None, ["organize"])]
    for name, group, held in roles:
        MembershipFactory.create(cycle=made.cycle, group=group, person=house.people[name].person, role=name, capabilities=held)
    return made


def _begun(house: House) -> Asked:
    made = _contest(house, ESSAY)
    return house.people["ada"], f"/groups/{made.group.pk}/submissions", {"challenge": made.challenge.pk}


def _tried(house: House) -> Asked:
    made = _contest(house, FLAG)
    return house.people["ada"], f"/groups/{made.group.pk}/attempts", {"challenge": made.challenge.pk, "answer": "no"}


def _recorded(house: House) -> Asked:
    made = _contest(house, {"key": "sums", "format": "attempts"})
    body = {"round": "call", "challenge": "sums", "group": "team-1", "verdict": "AC"}
    return house.people["org"], f"/cycles/{made.cycle.pk}/attempts", body


def _voted(house: House) -> Asked:
    made = _contest(house, {**ESSAY, "format": "pairwise", "criteria": []})
    for group in made.groups:
        entry(made, group)
    move(made.round, closes=-1)
    Panelist.objects.create(challenge=made.challenge, panel="jury", person=house.people["judith"].person)
    body = {"a": made.groups[0].pk, "b": made.groups[1].pk, "outcome": "a"}
    return house.people["judith"], f"/challenges/{made.challenge.pk}/votes", body


def _compares(house: House) -> Scene:
    """A task compared in pairs, three entries, judith seated."""
    made = _contest(house, {**ESSAY, "format": "pairwise", "criteria": []}, groups=3)
    for group in made.groups:
        entry(made, group)
    move(made.round, closes=-1)
    Panelist.objects.create(challenge=made.challenge, panel="jury", person=house.people["judith"].person)
    return made


def _shown(house: House) -> Asked:
    return house.people["judith"], f"/challenges/{_compares(house).challenge.pk}/pairs", {}


def _listed(house: House) -> Asked:
    return house.people["judith"], f"/challenges/{_compares(house).challenge.pk}/lists", {"size": 3}


def _taken_back(house: House) -> Asked:
    made = _compares(house)
    a, b = made.groups[:2]
    judging.vote(challenge=made.challenge, person=house.people["judith"].person, a=a, b=b, outcome="a", by=None)
    return house.people["judith"], f"/challenges/{made.challenge.pk}/votes/undo", {}


def _deliberated(house: House) -> Asked:
    final = Sheet.objects.filter(challenge__round__cycle=house.played.cycle, state="final").earliest("pk")
    return house.people["org"], f"/sheets/{final.pk}/deliberate", {"why": "They are far apart."}


def _tied(house: House) -> Asked:
    played, org = (
        water(cuts=[{"board": "call", "to": "final", "first": 2, "ties": "decide", "wildcards": 1}]),
        house.people["org"],
    )
    MembershipFactory(cycle=played.cycle, group=None, person=org.person, role="organizer", capabilities=["organize"])
    recompute_now(played.cycle)
    return org, f"/rounds/{played.rounds['call'].pk}/ties", {"board": "call", "to": "final", "why": "Level at the line."}


def _calibrated(house: House) -> Asked:
    body = {"challenge": house.open.challenge.pk, "panel": "jury", "anchors": ["team-1", "team-2"]}
    return house.people["org"], f"/cycles/{house.open.cycle.pk}/calibrations", body


def _said_in_calibration(house: House) -> Asked:
    who, path, body = _calibrated(house)
    made = sent(who, path, body).json()["id"]
    sent(who, f"/calibrations/{made}/discuss", {})
    return house.people["judith"], f"/calibrations/{made}/remarks", {"text": "I looked for numbers."}


def _remarked(house: House) -> Asked:
    return house.people["org"], f"/deliberations/{Deliberation.objects.earliest('pk').pk}/remarks", {"text": "Well."}


def _read_by_the_team(house: House) -> tuple[Scene, Sheet]:
    """A final sheet of judith on the entry of ada's team, its round published; the team hands in once more after that."""
    made = _contest(house, ESSAY)
    entry(made, made.group)
    move(made.round, closes=-1)
    sheet = sheet_for(made, house.people["judith"].person)
    finalize(sheet=sheet, by=None, marks=MARKS, comment="Bold.")
    Round.objects.filter(pk=made.round.pk).update(published_at=now(), visibility="full")
    return made, sheet


def _said(verb: str) -> Callable[[House], Asked]:
    """What a team says to a sheet, or what its judge answers."""

    def asked(house: House) -> Asked:
        made, sheet = _read_by_the_team(house)
        body: dict[str, Any] = {"text": "Which households?"}
        if verb == "question/answer":
            ask_judge(sheet=Sheet.objects.select_related("challenge__round__cycle").get(pk=sheet.pk), by=None, text="Which?")
        if verb == "uses":
            version = Version.objects.filter(submission__group=made.group).latest("pk")
            Version.objects.filter(pk=version.pk).update(at=now() + timedelta(minutes=1))
            body["version"] = version.pk
        return house.people["judith" if verb == "question/answer" else "ada"], f"/sheets/{sheet.pk}/{verb}", body

    return asked


CROWD: dict[str, Any] = {
    **ESSAY,
    "criteria": [{"key": "impact", "min": 1, "max": 5}, {"key": "liked", "panel": "crowd", "optional": True}],
    "panels": [{"key": "jury"}, {"key": "crowd", "who": "audience", "combine": "sum"}],
}
PEERS: dict[str, Any] = {
    **ESSAY,
    "criteria": [{"key": "impact", "min": 1, "max": 5}, {"key": "fair", "min": 0, "max": 10, "panel": "teams", "optional": True}],
    "panels": [{"key": "jury"}, {"key": "teams", "who": "peers"}],
}


def _balloted(house: House) -> Asked:
    made = _contest(house, CROWD)
    for group in made.groups:
        entry(made, group)
    move(made.round, closes=-1)
    Round.objects.filter(pk=made.round.pk).update(visibility="full")
    User.objects.update(email_confirmed_at=now(), date_joined=now() - timedelta(days=3))
    eve = house.people["eve"]
    eve.user.refresh_from_db()
    path = f"/challenges/{made.challenge.pk}"
    shown = eve.api.get(f"{ROOT}{path}/voting").json()
    return eve, f"{path}/ballots", {"choice": shown["entries"][0]["choice"]}


def _seated(house: House) -> Asked:
    made = _contest(house, PEERS)
    for group in made.groups:
        entry(made, group)
    move(made.round, closes=-1)
    return house.people["org"], f"/challenges/{made.challenge.pk}/peers/seats", {}


def _entry(house: House) -> int:
    return int(house.open.challenge.submissions.get(group=house.open.groups[0]).pk)


def _version(house: House) -> Asked:
    return house.people["ada"], f"/submissions/{_entry(house)}/versions", {"data": {"title": "On rivers"}}


def _uploaded(house: House) -> Asked:
    file = partial(SimpleUploadedFile, "paper.pdf", b"%PDF-1.4\n%%EOF\n")
    return house.people["ada"], f"/submissions/{_entry(house)}/uploads", {"field": "paper", "file": file}


def _imported(house: House) -> Asked:
    rules = (
        b'format = 1\ncycle = { key = "came" }\nrounds = [{ key = "r" }]\n[[challenges]]\nkey = "c"\ncriteria = [{ key = "m" }]\n'
    )
    content = zipped({"cycle.toml": rules + b'[[boards]]\nkey = "b"\n', "groups.csv": b"group\na\n"})
    return house.people["org"], "/bundles", {"file": partial(SimpleUploadedFile, "bundle.zip", content)}


def _joined(house: House) -> Asked:
    Group.objects.filter(pk=house.open.groups[1].pk).update(invite_code="B1VEB1VEB1")
    return house.people["eve"], "/groups/join", {"code": "B1VEB1VEB1"}


IDEA: dict[str, Any] = {"kind": "tactic", "title": "Go upstream", "summary": "Ask who lives there."}


def _told_anew(house: House) -> Asked:
    who, path, body = _by("ada", "/groups/{group}/ideas", IDEA)(house)
    return who, f"/ideas/{sent(who, path, body).json()['id']}/versions", {"title": "Go further upstream", "summary": "Ask again."}


MEASURED: dict[str, Any] = {"value": "12.5", "period": "2026-03-01", "note": "Counted at the gauge."}


def _of_a_cycle_with_an_aim(verb: str) -> Callable[[House], Asked]:
    """A value that is measured, or (correct) one that was told wrong."""

    def asked(house: House) -> Asked:
        org, aim = house.people["org"], {"measure": "Households", "baseline": 0, "target": 900, "unit": "households"}
        cycle = CycleFactory.create(state="running", design=small_design(aim=aim))
        MembershipFactory.create(cycle=cycle, group=None, person=org.person, role="organizer", capabilities=["organize"])
        if verb == "record":
            return org, f"/cycles/{cycle.pk}/observations", MEASURED
        told_ = record_observation(cycle=cycle, value="1", period=date(2026, 3, 1), note="A guess.", by=org.user)
        return org, f"/observations/{told_.pk}/correct", {"value": "2", "note": "Counted."}

    return asked


BARRIER: dict[str, Any] = {"kind": "barrier", "title": "No cloth", "text": "Where do you get yours?"}
WHY: dict[str, Any] = {"why": "It names a patient."}


def _of_a_post(who: str, path: str, body: dict[str, Any]) -> Callable[[House], Asked]:
    """A request about a barrier that ada posted (`thread`), what she said in it (`post`), an idea of hers (`idea`)."""

    def asked(house: House) -> Asked:
        ada, address, first = _by("ada", "/groups/{group}/threads", BARRIER)(house)
        thread = sent(ada, address, first).json()["id"]
        ids = {"thread": thread, "post": Post.objects.get(thread=thread).pk}
        if "{idea}" in path:
            ids["idea"] = sent(*_by("ada", "/groups/{group}/ideas", IDEA)(house)).json()["id"]
        return house.people[who], path.format(**ids), body

    return asked


def _taken(house: House) -> Asked:
    """The round that is on is followed by a study, which is on too."""
    call = house.open
    rules, today = design_of(call.cycle), now()
    study = StudyDesign(begins=today - timedelta(days=1), ends=today + timedelta(days=1))
    rounds = tuple(one.model_copy(update={"study": study}) if one.key == call.round.key else one for one in rules.rounds)
    add_design(call.cycle, rules.model_copy(update={"rounds": rounds}), by=None)
    return house.people["ada"], f"/groups/{call.groups[0].pk}/taken", {"round": call.round.pk, "text": "Fire the clay"}


def _merging(house: House) -> Asked:
    """Two ideas of ada's team."""
    call, told = house.open, {"kind": "tactic", "title": "The same", "group": house.open.groups[0], "shared_at": now()}
    one, other = (Idea.objects.create(cycle=call.cycle, number=number, **told) for number in (101, 102))
    shares = [{"group": call.groups[0].pk, "basis_points": 10_000}]
    return house.people["ada"], f"/ideas/{one.pk}/merge", {"into": other.pk, "shares": shares}


def _splitting(house: House) -> Asked:
    told = {"kind": "tactic", "title": "Whole", "group": house.open.groups[0], "shared_at": now()}
    whole = Idea.objects.create(cycle=house.open.cycle, number=103, **told)
    parts = [{"title": title, "summary": "A part."} for title in ("One", "Two")]
    return house.people["ada"], f"/ideas/{whole.pk}/split", {"parts": parts}


def _joined_forces(house: House) -> Asked:
    call = house.open
    parts = [{"group": one.pk, "basis_points": 5_000} for one in call.groups[:2]]
    body = {"kind": "joint", "challenge": call.challenge.pk, "lead": call.groups[0].pk, "partners": parts}
    return house.people["ada"], f"/groups/{call.groups[0].pk}/partnerships", body


def _of_office_hours(path: str, body: dict[str, Any]) -> Callable[[House], Asked]:
    """The rules have office hours; org is an expert too and offers one, booked by ada where `path` is about a booking."""

    def asked(house: House) -> Asked:
        call, cycle = house.open, Cycle.objects.get(pk=house.open.cycle.pk)
        rules = design_of(cycle)
        expert = Role(key="expert", capabilities=(Capability.ADVISE,))
        hours = {"roles": (*rules.roles, expert), "office_hours": OfficeHours()}
        add_design(cycle, rules.model_copy(update=hours), by=None)
        org = house.people["org"]
        MembershipFactory(cycle=cycle, group=None, person=org.person, role="expert", capabilities=["advise"])
        at = now() + timedelta(days=4)
        ids, told = {"cycle": cycle.pk}, {**body}
        if "{cycle}" in path:
            told["times"] = [{"starts_at": at.isoformat(), "minutes": 20}]
            return org, path.format(**ids), told
        [slot] = coaching.offer(cycle, expert=org.person, spans=[Span(at, at + timedelta(minutes=20))], by=org.user)
        if "{grant}" in path:
            won = {"award": "talk", "kind": "coaching", "name": "A talk", "state": "granted", "sessions": 2}
            grant = Grant.objects.create(cycle=cycle, group_id=call.groups[0].pk, **won)
            return house.people["ada"], path.format(grant=grant.pk), told | {"slot": slot.pk}
        if "{slot}" in path:
            return house.people["ada"], path.format(slot=slot.pk), told | {"group": call.groups[0].pk}
        ada = house.people["ada"].user
        booking = coaching.book(slot, group=Group.objects.get(pk=call.groups[0].pk), question="How?", by=ada)
        return org, path.format(booking=booking.pk), told

    return asked


def _of_peers(house: House) -> Asked:
    """Two teams of two schools in one task on a published board: the second climbs."""
    call, cycle = house.open, Cycle.objects.get(pk=house.open.cycle.pk)
    matching(cycle)
    PeerAsk.objects.filter(cycle=cycle).delete()
    one, other = (of_school(Group.objects.get(pk=each.pk), f"school-{each.pk}") for each in call.groups[:2])
    published(cycle, "climbed", [one.key, other.key], [other.key, one.key])
    Round.objects.filter(pk=call.round.pk).update(published_at=now(), visibility="scores")
    for group in (one, other):
        ChallengeScore.objects.create(challenge=call.challenge, group=group, status="scored", score="3")
    return house.people["ada"], f"/groups/{one.pk}/peer-asks", {"group": other.pk, "words": "How did you climb?"}


def _of_credentials(house: House) -> Asked:
    """An award in the hands of ada's team, for a certificate in her name."""
    call = house.open
    given(Group.objects.get(pk=call.groups[0].pk))
    return house.people["ada"], f"/groups/{call.groups[0].pk}/credentials", {"source": "grant", "key": "gold", "name": "Ada"}


CREATING: dict[str, Making] = {
    "/groups/{id}/credentials": Making("games.Credential", _of_credentials),
    "/cycles/{id}/slots": Making("games.Slot", _of_office_hours("/cycles/{cycle}/slots", {})),
    "/slots/{id}/bookings": Making("games.Booking", _of_office_hours("/slots/{slot}/bookings", {"question": "How?"})),
    "/grants/{id}/book": Making("games.Booking", _of_office_hours("/grants/{grant}/book", {"question": "How?"})),
    "/bookings/{id}/notes": Making("games.SessionNote", _of_office_hours("/bookings/{booking}/notes", {"text": "So."})),
    "/groups/{id}/peer-asks": Making("games.PeerAsk", _of_peers),
    "/organizations": Making("games.Organization", _by("org", "/organizations", {"name": "Herons"})),
    "/playbooks": Making("games.Playbook", _by("org", "/playbooks", {"design": small(playbook={"key": "walks"})})),
    "/bundles": Making("games.Cycle", _imported),
    "/cycles": Making("games.Cycle", _launched),
    "/cycles/{id}/next": Making("games.Cycle", _followed),
    "/cycles/{id}/amend": Making("games.Design", _amended),
    "/cycles/{id}/register": Making("games.Group", _registered),
    "/cycles/{id}/invite": Making(
        "games.Invitation", _by("org", "/cycles/{cycle}/invite", {"email": "new@example.org", "role": "judge"})
    ),
    "/cycles/{id}/guests": Making(
        "games.Invitation", _by("org", "/cycles/{cycle}/guests", {"people": "new@example.org", "role": "judge"})
    ),
    "/cycles/{id}/announcements": Making(
        "games.Announcement", _by("org", "/cycles/{cycle}/announcements", {"title": "Doors open at nine"})
    ),
    "/cycles/{id}/panelists": Making("games.Panelist", _seat),
    "/cycles/{id}/change-sets": Making(
        "games.ChangeSet", _by("org", "/cycles/{cycle}/change-sets", {"reason": "A slip of the pen."})
    ),
    "/cycles/{id}/conflicts": Making("games.ConflictOfInterest", _conflict),
    "/cycles/{id}/too-close": Making(
        "games.ConflictOfInterest", _by("judith", "/cycles/{cycle}/too-close", {"group": "team-3", "reason": "A cousin."})
    ),
    "/groups/{id}/objections": Making("games.ConflictOfInterest", _objected),
    "/groups/{id}/concerns": Making("games.Concern", _by("ada", "/groups/{group}/concerns", {"words": "Judith taught us."})),
    "/challenges/{id}/plans": Making("games.AssignmentPlan", _planned),
    "/challenges/{id}/third-reader": Making("games.AssignmentPlan", _third),
    "/challenges/{id}/scores": Making("games.Mark", _brought),
    "/cycles/{id}/assignments": Making("games.Sheet", _assigned),
    "/cycles/{id}/attempts": Making("games.Attempt", _recorded),
    "/cycles/{id}/decisions": Making(
        "games.Decision",
        _by(
            "org",
            "/cycles/{cycle}/decisions",
            {"kind": "stop", "group": "team-1", "round": "call", "reason": "They moved away."},
        ),
    ),
    "/cycles/{id}/safe-room/stories": Making(
        "games.Idea",
        _by("org", "/cycles/{cycle}/safe-room/stories", {"title": "Too late", "parts": {"went_wrong": "Nobody looked."}}),
    ),
    "/cycles/{id}/break-glass": Making("games.Decision", _by("org", "/cycles/{cycle}/break-glass", {"reason": "A complaint."})),
    "/drafts": Making("games.Draft", _drafted),
    "/drafts/{id}/launch": Making("games.Design", _of_draft("launch")),
    "/drafts/{id}/rehearsal": Making("games.Rehearsal", _of_draft("rehearsal")),
    "/groups/join": Making("games.Membership", _joined),
    "/groups/{id}/appeals": Making("games.Appeal", _appealed),
    "/groups/{id}/ideas": Making("games.Idea", _by("ada", "/groups/{group}/ideas", IDEA)),
    "/cycles/{id}/ideas": Making("games.Idea", _by("org", "/cycles/{cycle}/ideas", IDEA)),
    "/cycles/{id}/suggestions": Making(
        "games.Suggestion", _by("ada", "/cycles/{cycle}/suggestions", {"title": "More time", "why": "The rains."})
    ),
    "/cycles/{id}/look-back": Making("games.Retrospective", _by("org", "/cycles/{cycle}/look-back", {})),
    "/cycles/{id}/look-back/next": Making("games.Draft", _looked_back_on),
    "/cycles/{id}/look-back/adopt": Making("games.Adoption", _won),
    "/groups/{id}/idea-drafts": Making(
        "games.IdeaDraft", _by("ada", "/groups/{group}/idea-drafts", {"content": {"title": "Sieve"}})
    ),
    "/cycles/{id}/idea-drafts": Making(
        "games.IdeaDraft", _by("org", "/cycles/{cycle}/idea-drafts", {"content": {"title": "Sieve"}})
    ),
    "/groups/{id}/taken": Making("games.Taken", _taken),
    "/groups/{id}/threads": Making("games.Thread", _by("ada", "/groups/{group}/threads", BARRIER)),
    "/cycles/{id}/threads": Making("games.Thread", _by("org", "/cycles/{cycle}/threads", BARRIER)),
    "/threads/{id}/posts": Making("games.Post", _of_a_post("org", "/threads/{thread}/posts", {"text": "From the tailor."})),
    "/posts/{id}/correct": Making("games.Post", _of_a_post("ada", "/posts/{post}/correct", {"text": "No clean cloth."})),
    "/posts/{id}/report": Making("games.Report", _of_a_post("org", "/posts/{post}/report", WHY)),
    "/ideas/{id}/report": Making("games.Report", _of_a_post("org", "/ideas/{idea}/report", WHY)),
    "/posts/{id}/hide": Making("games.Ruling", _of_a_post("org", "/posts/{post}/hide", WHY)),
    "/posts/{id}/leave": Making("games.Ruling", _of_a_post("org", "/posts/{post}/leave", WHY)),
    "/ideas/{id}/versions": Making("games.IdeaVersion", _told_anew),
    "/groups/{id}/change-tests": Making(
        "games.ChangeTest", _by("ada", "/groups/{group}/change-tests", {"title": "Ask first", "prediction": "More come."})
    ),
    "/cycles/{id}/observations": Making("games.Observation", _of_a_cycle_with_an_aim("record")),
    "/observations/{id}/correct": Making("games.Observation", _of_a_cycle_with_an_aim("correct")),
    "/ideas/{id}/merge": Making("games.IdeaMerger", _merging),
    "/ideas/{id}/split": Making("games.Idea", _splitting),
    "/groups/{id}/partnerships": Making("games.Partnership", _joined_forces),
    "/groups/{id}/ask": Making("games.JoinRequest", _by("eve", "/groups/{group}/ask", {"message": "May I?"})),
    "/groups/{id}/invite": Making("games.Membership", _by("ada", "/groups/{group}/invite", {"email": "new@example.org"})),
    "/groups/{id}/submissions": Making("games.Submission", _begun),
    "/groups/{id}/attempts": Making("games.Attempt", _tried),
    "/submissions/{id}/versions": Making("games.Version", _version),
    "/submissions/{id}/uploads": Making("games.Upload", _uploaded),
    "/cycles/{id}/calibrations": Making("games.Calibration", _calibrated),
    "/calibrations/{id}/remarks": Making("games.Remark", _said_in_calibration),
    "/sheets/{id}/deliberate": Making("games.Deliberation", _deliberated),
    "/rounds/{id}/ties": Making("games.Deliberation", _tied),
    **{
        f"/sheets/{{id}}/{verb}": Making("games.FeedbackReply", _said(verb))
        for verb in ("thanks", "question", "question/answer", "uses")
    },
    "/challenges/{id}/ballots": Making("games.Ballot", _balloted),
    "/challenges/{id}/peers/seats": Making("games.Panelist", _seated),
    "/deliberations/{id}/remarks": Making("games.Remark", _remarked),
    "/challenges/{id}/votes": Making("games.Vote", _voted),
    "/challenges/{id}/pairs": Making("games.Vote", _shown),
    "/challenges/{id}/lists": Making("games.RankedList", _listed),
    "/challenges/{id}/votes/undo": Making("games.Vote", _taken_back),
    "/rounds/{id}/extend": Making("games.Extension", _more_time),
    "/rounds/{id}/publish": Making("games.RecomputeRun", _published),
    "/runs": Making("games.RecomputeRun", lambda h: (h.people["org"], "/runs", {"cycle": h.open.cycle.pk})),
    "/desk/users/{id}/send-reset": Making(
        "games.Message", lambda h: (h.people["org"], f"/desk/users/{h.people['ada'].user.pk}/send-reset", {})
    ),
}


def test_every_post_that_creates_is_tried_here() -> None:
    paths = yaml.safe_load(SCHEMA.read_text())["paths"]
    creating = {path for path, verbs in paths.items() if {"201", "202"} & set(verbs.get("post", {}).get("responses", ()))}
    assert {path.removeprefix(ROOT) for path in creating} - NOT_KEPT == set(CREATING)


@pytest.fixture
def house() -> House:
    return full_house()


def sent(who: Actor, path: str, body: dict[str, Any]) -> Any:
    """The request with the key, its files made anew: a file is read once."""
    made = {name: value() if callable(value) else value for name, value in body.items()}
    kind = "multipart" if "file" in body else "json"
    return who.api.post(ROOT + path, made, format=kind, headers={"Idempotency-Key": "k-1"})


@pytest.mark.parametrize("share", range(SHARES))
def test_the_same_request_with_the_same_key_creates_once(house: House, share: int) -> None:
    """Of each share of the addresses one after the other, everything as it was before each: the house takes longer to build than to try."""
    for path in list(CREATING)[share::SHARES]:
        with transaction.atomic():
            who, address, body = CREATING[path].asked(house)
            rows = apps.get_model(CREATING[path].model)._default_manager
            before = rows.count()
            first = sent(who, address, body)
            assert first.status_code in {201, 202}, (path, first.json())
            after = rows.count()
            assert after > before, path
            again = sent(who, address, body)
            assert (again.status_code, again.content) == (first.status_code, first.content), path
            assert again.headers["Idempotency-Replayed"] == "true", path
            assert rows.count() == after, path
            other = sent(who, address, body | {"reason": "another body"})
            assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused"), path
            transaction.set_rollback(True)
