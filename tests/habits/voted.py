"""A round that others than a jury decide: an audience votes, teams judge teams, judges compare in pairs and walk through a hall.

Three teams have handed in. vera gave her vote to "scarlet", and it looked odd; cora, captain of the third team, judged "scarlet" as a peer;
judith compares in pairs and has a seat on the jury; joe judges in this cycle and has no seat; val's address is not confirmed.
"""

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils.timezone import now

from games.cycles.models import Series
from games.cycles.queries import committed
from games.groups.models import Group
from games.judging import actions
from games.judging.actions import ballots as voting
from games.judging.actions.hall import place_tables
from games.judging.actions.peers import seat_peers
from games.judging.models import AssignmentPlan, Ballot, Pitch, Sheet
from games.judging.rules import Given
from games.judging.rules.hall import Placed
from games.organizations.models import Organization
from games.playbooks.schema import parse_design
from games.progression.actions import apply_design
from games.submissions import actions as entering
from tests.cast import actor
from tests.factories.cycles import CycleFactory
from tests.factories.groups import MembershipFactory
from tests.factories.submissions import move
from tests.habits.judged import Mode, Scene
from worker.pulse import pulse
from worker.steps import recompute_now, settle_now

NAMES = {
    "ada": "Ada Quillfeather",
    "ben": "Ben Tarrow",
    "cora": "Cora Wendelin",
    "vera": "Vera Maplethorpe",
    "val": "Val Unwin",
    "judith": "Judith Okonjo",
    "joe": "Joe Farquhar",
    "org": "Olga Ferrante",
    "eve": "Eve Marchetti",
    "root": "Root Vandermeer",
}
TEAMS = (
    ("scarlet-ibises", "Scarlet Ibises", "ada"),
    ("azure-terns", "Azure Terns", "ben"),
    ("teal-herons", "Teal Herons", "cora"),
)
STAND: dict[str, Any] = {
    "key": "stand",
    "form": [{"key": "title", "required": True}, {"key": "crew", "blind": "hidden"}],
    "criteria": [
        {"key": "impact", "min": 0, "max": 10, "panel": "jury", "optional": True},
        {"key": "liked", "panel": "crowd", "optional": True},
        {"key": "fair", "min": 0, "max": 10, "step": "0.01", "panel": "teams", "optional": True},
    ],
    "panels": [
        {"key": "jury"},
        {"key": "crowd", "who": "audience", "ballots": 2, "combine": "sum"},
        {"key": "teams", "who": "peers"},
    ],
}
DUEL: dict[str, Any] = {"key": "duel", "format": "pairwise", "form": [{"key": "title", "required": True}]}
DOT = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    b"\x00\x00\x00\nIDATx\x9cc\x00\x01\x00\x00\x05\x00\x01\r\n-\xb4\x00\x00\x00\x00IEND\xaeB`\x82"
)


def voted(mode: Mode) -> Scene:
    """The whole scene; blind, so that a vote for a number tells whose it is nowhere."""
    who = {name: actor(name, is_superuser=name == "root", email_confirmed_at=None if name == "val" else now()) for name in NAMES}
    for name, whole in NAMES.items():
        type(who[name].user)._default_manager.filter(pk=who[name].user.pk).update(name=whole)
        type(who[name].person)._default_manager.filter(pk=who[name].person.pk).update(name=whole)
        who[name].person.name = whole
    found = Scene(mode, who)
    _cycle(found)
    _entries(found)
    _peers(found)
    _pairs(found)
    _audience(found)
    _hall(found)
    recompute_now(found.rows["cycle"])
    if mode.published:
        voting.close_voting(challenge=found.rows["task"], by=who["org"].user, reason="The evening is over.")
        settle_now(found.rows["round"], by=who["org"].user)
    pulse()
    committed(found.rows["cycle"].pk, 1)
    return found


def _cycle(found: Scene) -> None:
    mode = found.mode
    rules = {"blind": mode.blind, "others_marks": mode.others, "judges_named": mode.named, "visibility": "full"}
    series = Series.objects.create(key="spring", name="Spring fairs")
    cycle = CycleFactory.create(key="fair", name="Spring fair", state="running", embeddable=True, series=series)
    cycle.logo.save("dot.png", ContentFile(DOT))
    design = {
        "format": 1,
        "cycle": {"key": "fair", "name": "Spring fair"},
        "rounds": [{"key": "expo", "name": "Expo", **rules}],
        "challenges": [STAND, DUEL],
        "boards": [{"key": "result"}],
    }
    apply_design(cycle, parse_design(design), by=None)
    round_ = cycle.rounds.get()
    move(round_, opens=-7200, closes=3600)
    tasks = {one.key: one for one in round_.challenges.all()}
    for one in tasks.values():
        one.round = round_
    found.rows |= {"cycle": cycle, "round": round_, "task": tasks["stand"], "duel": tasks["duel"]}
    for key, name, captain in TEAMS:
        group = Group.objects.create(cycle=cycle, key=key, name=name, invite_code=f"CODE{key[:4].upper()}88")
        found.rows[captain] = group
        held = ["captain", "submit"]
        MembershipFactory(cycle=cycle, group=group, person=found.who[captain].person, role="captain", capabilities=held)
    found.rows["red"] = found.rows["ada"]
    found.rows["red"].organization = Organization.objects.create(key="waterworks", name="Vermilion Waterworks")
    found.rows["red"].save(update_fields=["organization"])
    for name in ("judith", "joe"):
        MembershipFactory(cycle=cycle, group=None, person=found.who[name].person, role="judge", capabilities=["judge"])
    MembershipFactory(cycle=cycle, group=None, person=found.who["org"].person, role="organizer", capabilities=["organize"])


def _entries(found: Scene) -> None:
    for task in ("task", "duel"):
        for key, _name, captain in TEAMS:
            by, person = found.who[captain].user, found.who[captain].person
            entry = entering.open_entry(challenge=found.rows[task], group=found.rows[captain], by=by, person=person)
            data = {"title": f"{key}-titleword"} | ({"crew": f"{captain}crewword"} if task == "task" else {})
            entering.submit(submission=entry, by=by, person=person, data=data, note=f"{captain}changeword")
    move(found.rows["round"], closes=-60)
    found.needles |= {"hidden answer": "adacrewword", "note of the team": "adachangeword"}
    found.entry = ("adacrewword",)


def _peers(found: Scene) -> None:
    task, cora = found.rows["task"], found.who["cora"]
    seat_peers(challenge=task, panel="teams", by=None)
    actions.assign(cycle=found.rows["cycle"], wanted=[actions.Wanted(task, found.rows["red"], cora.person, "teams")], by=None)
    sheet = Sheet.objects.select_related("challenge__round__cycle", "judge", "group").get(panel="teams")
    marks = [Given("fair", "7.31", comment="peerremarkword")]
    actions.finalize(sheet=sheet, by=cora.user, marks=marks, comment="peercommentword", note="peernoteword")
    found.needles |= {
        "peer's mark": "7.31",
        "peer's comment": "peercommentword",
        "peer's remark": "peerremarkword",
        "peer's own note": "peernoteword",
        "peer's name": NAMES["cora"],
    }


def _pairs(found: Scene) -> None:
    judith = found.who["judith"]
    actions.add_panelist(challenge=found.rows["task"], panel="jury", person=judith.person, by=None)
    actions.add_panelist(challenge=found.rows["duel"], panel="jury", person=judith.person, by=None)
    pair = actions.ask_pair(challenge=found.rows["duel"], person=judith.person, by=judith.user)
    assert pair is not None
    actions.answer(pair=pair, outcome="a", by=judith.user)
    found.needles |= {"judge's name": NAMES["judith"]}
    plan = AssignmentPlan.objects.create(
        challenge=found.rows["task"], panel="jury", state="running", says="planwaitsword", percent=3
    )
    found.rows["plan"] = plan
    found.needles["plan"] = plan.says


def _audience(found: Scene) -> None:
    vera, org = found.who["vera"], found.who["org"]
    type(vera.user)._default_manager.filter(pk=vera.user.pk).update(date_joined=now() - timedelta(days=30))
    ballot = voting.cast(challenge=found.rows["task"], group=found.rows["red"], by=vera.user)
    Ballot.objects.filter(pk=ballot.pk).update(flag="ballotflagword")
    other = voting.cast(challenge=found.rows["task"], group=found.rows["ben"], by=found.who["eve"].user)
    Ballot.objects.filter(pk=other.pk).update(flag="many")
    other.refresh_from_db()
    voting.refuse_ballot(ballot=other, by=org.user, reason="refusedvoteword")
    found.needles |= {
        "voter's name": NAMES["vera"],
        "flag of a ballot": "ballotflagword",
        "why a vote was refused": "refusedvoteword",
    }


def _hall(found: Scene) -> None:
    placed = [Placed(key, location=f"{captain}-tableword") for key, _name, captain in TEAMS]
    place_tables(round_=found.rows["round"], wanted=placed, by=None)
    Pitch.objects.create(
        round=found.rows["round"], group=found.rows["red"], panel="jury", room="pitchroomword", starts_at=now(), minutes=9
    )
    found.needles |= {"table": "ada-tableword", "room of a pitch": "pitchroomword"}
