"""What was recognized beside points and the game, and how a cycle looked back: it goes out and comes in as it was, for organizers alone."""

import hashlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils.timezone import now

from games.bundles.actions.exporting import bundle_for, export_cycle, export_files
from games.bundles.actions.importing import import_path
from games.bundles.audience import Audience
from games.bundles.queries import bundle_of
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.bundles.verify import verify
from games.coaching.models import Booking, Slot
from games.cycles.models import Cycle
from games.ideas.models import Idea
from games.journal.actions import seal_pending
from games.learning.models import ChangeTest
from games.progression.models import Carried
from games.recognition.actions import decline, deliver, give_grant, read_journal, revoke
from games.recognition.actions import verify as verify_grant
from games.recognition.actions.rebuilding import rebuild_wins
from games.recognition.actions.watching import raise_flags
from games.recognition.models import Cheer, Exchange, Grant, GrantSession, LearningWeek, Points, WatchFlag, Win, WinProgress
from games.recognition.queries import sessions_used
from games.recognition.queries.acts import ledger_for
from games.recognition.queries.editions import Edition
from games.retrospectives.actions import ask, look_back, publish, say
from games.retrospectives.models import Adoption, Proposal, Retrospective
from leaderboards.models import Board
from tests.cast import actor
from tests.factories.changes import Told, told
from tests.factories.groups import MembershipFactory
from tests.games.bundles.conftest import Build
from tests.games.bundles.test_shared import FILES, HEAD, ONE

pytestmark = pytest.mark.django_db
TABLES = (
    *("wins", "cheers", "progress", "weeks", "exchanges", "flags", "grants", "carried"),
    *("retrospective", "proposals", "adoptions", "points", "bookings"),
)
AWARDS: list[dict[str, Any]] = [
    {"key": "money", "kind": "money", "pass_on": True, "amounts": [500000, 250000]},
    {"key": "gold", "places": [1, 1]},
    {"key": "talk", "kind": "coaching", "sessions": 2, "places": [1, 1]},
    {"key": "lunch", "kind": "celebration", "places": [2, 2]},
]
SLIP = b"Eaten on 3 May."
RULES: list[dict[str, Any]] = [
    {"key": "help", "event": "post.helped", "points": 8, "ratio": "0.5", "partner_ratio": "0.25", "cap_week": 60}
]
MONDAY = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def story() -> Told:
    """A cycle that is over, with one of everything: prizes declined, given and taken back, wins, flags, a look back that organizers keep."""
    found = told(awards=AWARDS, rules=RULES)
    cycle, groups = Cycle.objects.get(pk=found.played.cycle.pk), found.played.groups
    aqua, brook = groups["aqua"], groups["brook"]
    seal_pending()
    while read_journal(cycle):
        pass
    idea = Idea.objects.create(
        cycle=cycle, number=1, kind="tactic", title="Sieve", group=aqua, audience="everybody", shared_at=now()
    )
    secret = Idea.objects.create(cycle=cycle, number=2, kind="tactic", title="Own", group=aqua, audience="own", shared_at=now())
    test = ChangeTest.objects.create(cycle=cycle, number=1, group=brook, title="A sieve", state="planned")
    board = Board.objects.get(scope=cycle.pk, key="call")
    common: dict[str, Any] = {"cycle": cycle, "seal": 7, "at": now()}
    seen = Win.objects.create(group=aqua, kind="adopted", key="idea:1", idea=idea, test=test, partner=brook, **common)
    kept = Win.objects.create(group=aqua, kind="built_upon", key="idea:2", idea=secret, **common)
    cheers(brook, seen, kept)
    Win.objects.create(group=brook, kind="comeback", key="round:", reached=1, before=3, board=board, **common)
    WinProgress.objects.update_or_create(cycle=cycle, group=brook, what="tests", defaults={"state": {"count": 2, "row": 1}})
    LearningWeek.objects.create(cycle=cycle, group=aqua, week=MONDAY.date(), acts=4, adoptions=1)
    Exchange.objects.create(cycle=cycle, giver=aqua, receiver=brook, kind="thanks", count=9)
    flags(cycle, aqua.pk, brook.pk, by=found.org.person)
    Carried.objects.create(cycle=cycle, group=brook, kind="commitment", key="test:4", name="A sieve", test=test, at=now())
    Points.objects.create(
        rule="help", group=aqua, partner=brook.pk, day=MONDAY.date(), repeats=3, amount=0, design_number=1, **common
    )
    decline(verify_grant(prize("money", "aqua"), by=None), by=None, reason="Our statutes forbid it.")
    give_grant(verify_grant(prize("talk", "aqua"), by=None), by=None)
    revoke(verify_grant(prize("gold", "aqua"), by=None), by=None, reason="A slip.")
    lunch = give_grant(verify_grant(prize("lunch", "brook"), by=None), by=None)
    deliver(lunch, by=None, file=ContentFile(SLIP, name="slip.txt"))
    session(cycle, aqua)
    ask(cycle)
    assert look_back(Retrospective.objects.get(cycle=cycle).pk)
    say(cycle, "aim", 'Further,\n"than" hoped.', by=found.org.user)
    retrospective = Retrospective.objects.get(cycle=cycle)
    Proposal.objects.create(
        retrospective=retrospective, number=90, section="suggestions", code="suggestion", about="1", change=[]
    )
    Proposal.objects.create(
        retrospective=retrospective,
        number=91,
        section="rules",
        code="rule_unused",
        about="quiet",
        change=[{"path": "rules", "value": []}],
    )
    Adoption.objects.create(cycle=cycle, idea=idea, way="test", prediction="Clearer.", at=now())
    return found


def prize(award: str, group: str) -> Grant:
    return Grant.objects.get(award=award, group__key=group)


def cheers(group: Any, *wins: Win) -> None:
    """Of a member, and of somebody who has no place in the cycle any more."""
    member, gone = actor("bea").person, actor("gone").person
    MembershipFactory(cycle=group.cycle, group=group, person=member, role="member", capabilities=["submit"])
    for win in wins:
        Cheer.objects.create(win=win, person=member, group=group, at=now())
        Cheer.objects.create(win=win, person=gone, at=now())


def flags(cycle: Cycle, one: int, other: int, *, by: Any) -> None:
    """A pair that somebody looked at, and motion that nobody did."""
    at = now()
    facts = {"exchanges": 9, "there": 9, "back": 0, "share": 100, "giver": one}
    settled = {"state": "dismissed", "reason": "Neighbours.", "settled_at": at, "by": by}
    pair = WatchFlag.objects.create(
        cycle=cycle, number=1, kind="pair", key=f"{one}-{other}", facts=facts, found_at=at, seen_at=at, **settled
    )
    pair.groups.set([one, other])
    week = MONDAY.date().isoformat()
    motion = WatchFlag.objects.create(
        cycle=cycle, number=2, kind="motion", key=f"{one}:{week}", facts={"week": week}, found_at=at, seen_at=at
    )
    motion.groups.set([one])


def session(cycle: Cycle, group: Any) -> None:
    """One that is booked from the prize."""
    expert = actor("xenia").person
    MembershipFactory(cycle=cycle, group=None, person=expert, role="follower", capabilities=["advise"])
    begins = now() + timedelta(days=30)
    slot = Slot.objects.create(
        cycle=cycle, number=1, expert=expert, starts_at=begins, ends_at=begins + timedelta(minutes=20), taken=1, offered_at=now()
    )
    booking = Booking.objects.create(cycle=cycle, slot=slot, group=group, question="How?", counts=False, booked_at=now())
    GrantSession.objects.create(grant=prize("talk", "aqua"), booking=booking)


def copied(told_: Told, tmp_path: Path) -> tuple[Cycle, Cycle]:
    cycle = Cycle.objects.get(pk=told_.played.cycle.pk)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    return cycle, copy


def test_it_goes_out_and_comes_in_as_it_was(story: Told, tmp_path: Path) -> None:
    cycle, copy = copied(story, tmp_path)
    read = read_bundle(tmp_path / "out.zip").tables
    before, after = (bundle_for(one, Audience.ORGANIZERS).tables for one in (cycle, copy))
    for name in TABLES:
        assert getattr(before, name).rows, name
        assert getattr(after, name) == getattr(before, name) == getattr(read, name), name
    assert verify(bundle_of(copy)).differences == ()
    assert {row.key for row in after.wins.rows} == {"idea:1", "round:"}, (
        "an idea that a team keeps to itself stays, and its win with it"
    )
    assert [(row.key, row.person, row.team) for row in after.cheers.rows] == [("idea:1", "bea", "brook")], (
        "and the cheers for it; so does who has no place in the cycle"
    )


def test_the_proof_of_a_delivery_comes_along(story: Told, tmp_path: Path) -> None:
    cycle, copy = copied(story, tmp_path)
    lunch = Grant.objects.get(cycle=copy, award="lunch")
    assert (lunch.state, lunch.proof, lunch.proof_name) == ("delivered", "", "slip.txt")
    assert lunch.proof_file.read() == SLIP
    assert lunch.proof_file.name != Grant.objects.get(cycle=cycle, award="lunch").proof_file.name
    out = export_files(cycle, files=False)
    assert not any(name.startswith("files/") for name in out)
    assert b"slip.txt" not in out["grants.csv"]


def test_a_proof_that_is_no_longer_stored_is_left_out(story: Told, tmp_path: Path) -> None:
    lunch = Grant.objects.get(cycle=story.played.cycle.pk, award="lunch")
    lunch.proof_file.storage.delete(lunch.proof_file.name)
    __, copy = copied(story, tmp_path)
    assert (Grant.objects.get(cycle=copy, award="lunch").state, Grant.objects.get(cycle=copy, award="lunch").proof_name) == (
        *("delivered", ""),
    )


def test_what_came_in_goes_on_from_there(story: Told, tmp_path: Path) -> None:
    """States of grants and what is left of prizes, the day's caps, flags that somebody settled: as if nothing had moved."""
    _, copy = copied(story, tmp_path)
    states = {(one.award, one.group.key): one.state for one in Grant.objects.filter(cycle=copy) if one.group}
    assert states["money", "aqua"] == "declined"
    assert (states["talk", "aqua"], states["gold", "aqua"]) == ("granted", "revoked")
    coaching = Grant.objects.get(cycle=copy, award="talk")
    assert sessions_used([coaching.pk]) == {coaching.pk: 1}
    group, other = (copy.groups.get(key=key) for key in ("aqua", "brook"))
    point = Points.objects.get(cycle=copy, rule="help")
    assert (point.partner, point.day, point.repeats, point.amount, point.seal < 0) == (other.pk, MONDAY.date(), 3, 0, True)
    assert ledger_for(copy, Edition(1), bundle_of(copy).design, []).sums == {}
    pair, motion = WatchFlag.objects.filter(cycle=copy).order_by("number")
    assert pair.key == "-".join(map(str, sorted((group.pk, other.pk))))
    assert (pair.state, pair.reason, pair.by and pair.by.key, motion.by) == ("dismissed", "Neighbours.", "org", None)
    assert (pair.facts["giver"], motion.key) == (group.pk, f"{group.pk}:{MONDAY.date().isoformat()}")
    assert raise_flags(copy, now=MONDAY) == [], "what somebody looked at stays settled"
    wins = list(Win.objects.filter(cycle=copy).values_list("pk", flat=True))
    assert rebuild_wins(copy) == len(wins) == 2
    assert LearningWeek.objects.filter(cycle=copy, acts=4).exists(), "no journal tells of it here, and it stays"


@pytest.mark.parametrize("audience", ["public", "judges"])
def test_only_organizers_get_it(story: Told, audience: str) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    files = dict(export_files(cycle, audience=audience))
    assert not {f"{name}.csv" for name in TABLES if name != "points"} & set(files)
    assert b"partner" not in files["points.csv"].splitlines()[0]
    assert b"repeats" not in files["points.csv"].splitlines()[0]


def test_a_retrospective_that_was_published_is_for_everybody_without_suggestions(story: Told, tmp_path: Path) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    publish(cycle, by=story.org.user)
    for audience in ("public", "judges"):
        export_cycle(cycle, tmp_path / audience, audience=audience)
        tables = read_bundle(tmp_path / audience).tables
        assert tables.retrospective == bundle_of(cycle).tables.retrospective
        assert {row.section for row in tables.proposals.rows} >= {"rules"}
        assert "suggestions" not in {row.section for row in tables.proposals.rows}
        assert not tables.adoptions.rows


IDEAS = {"ideas.csv": HEAD + ONE, "idea_versions.csv": "idea,number,title,at\n1,1,T,2026-03-01T00:00:00Z\n"}
DAY = "2026-03-01T10:00:00Z"
WINS = "group,kind,key,at,idea,board\n"
CHEERS = "group,kind,key,person,at,team\n"
PROVEN = "award,group,state,file,file_name\n"
SHA = hashlib.sha256(SLIP).hexdigest()
FLAGS = "number,kind,groups,facts,found,seen,state\n"
GRANTS = "award,group,state\n"
SECTIONS = "section,data,made,asked\n"
PROPOSALS = "number,section,code,state,change\n"
GONE = f'aim,"{{""a"": 1}}",{DAY},{DAY}\n'


@pytest.mark.parametrize(
    ("files", "column", "words"),
    [
        ({"wins.csv": WINS + f"z,adopted,k,{DAY},,\n"}, "group", "not in groups.csv"),
        ({"wins.csv": WINS + f"a,adopted,k,{DAY},7,\n"}, "idea", "not in ideas.csv"),
        ({"wins.csv": WINS + f"a,comeback,k,{DAY},,nowhere\n"}, "board", "not a board; known: r"),
        ({"wins.csv": WINS + f"a,won,k,{DAY},,\n"}, "kind", "expected first_test"),
        ({"wins.csv": WINS + f"a,adopted,k,{DAY},,\na,adopted,k,{DAY},,\n"}, "key", "twice"),
        ({"cheers.csv": CHEERS + f"a,adopted,k,p,{DAY},\n"}, "key", "no such win"),
        ({"wins.csv": WINS + f"a,comeback,k,{DAY},,\n", "cheers.csv": CHEERS + f"a,comeback,k,p,{DAY},a\n"}, "team", "to others"),
        ({"cheers.csv": CHEERS + f"a,adopted,k,p,{DAY},\n"}, "person", "not in people.csv"),
        ({"progress.csv": "group,what,state\na,tests,[]\n"}, "state", "a JSON object"),
        ({"weeks.csv": "group,week,acts\na,2027-03-02,1\n"}, "week", "a Monday"),
        ({"exchanges.csv": "giver,receiver,kind,count\na,a,thanks,1\n"}, "receiver", "itself"),
        ({"flags.csv": FLAGS + f"1,ring,a|b,{{}},{DAY},{DAY},open\n"}, "groups", "3 to 6 groups"),
        ({"flags.csv": FLAGS + f"1,motion,a,{{}},{DAY},{DAY},open\n"}, "facts", "its week"),
        ({"flags.csv": FLAGS + f"1,pair,a|b,{{}},{DAY},{DAY},acted\n"}, "settled", "a time and a reason"),
        (
            {"flags.csv": FLAGS.replace("state", "state,by") + f"1,pair,a|b,{{}},{DAY},{DAY},open,org\n"},
            "by",
            "where a flag is settled",
        ),
        ({"grants.csv": PROVEN + f"gold,a,delivered,{'0' * 64},slip.txt\n"}, "file", "there is no files/0000"),
        ({"grants.csv": PROVEN + "gold,a,delivered,,slip.txt\n"}, "file_name", "or neither"),
        (
            {"grants.csv": PROVEN + f"gold,a,delivered,{SHA},slip.exe\n", f"files/{SHA}": SLIP.decode()},
            "file_name",
            "not taken here",
        ),
        ({"grants.csv": GRANTS + "gold,a,granted\ngold,a,declined\n"}, "award", "twice"),
        ({"grants.csv": GRANTS + "gold,,granted\n"}, "group", "expected a group"),
        ({"carried.csv": f"group,kind,at,test\na,badge,{DAY},4\n"}, "test", "not in change_tests.csv"),
        ({"retrospective.csv": SECTIONS + GONE + GONE}, "section", "twice"),
        ({"retrospective.csv": SECTIONS + f"aim,{{,{DAY},{DAY}\n"}, "data", "expected JSON"),
        ({"proposals.csv": PROPOSALS + "1,rules,c,open,[]\n"}, "number", "retrospective.csv beside it"),
        ({"retrospective.csv": SECTIONS + GONE, "proposals.csv": PROPOSALS + "1,rules,c,taken,[]\n"}, "decided", "a time"),
        ({"retrospective.csv": SECTIONS + GONE, "proposals.csv": PROPOSALS + "1,rules,c,open,[1]\n"}, "change", "list of tables"),
        ({"adoptions.csv": f"idea,way,at\n4,start,{DAY}\n"}, "idea", "not in ideas.csv"),
        (IDEAS | {"adoptions.csv": f"idea,way,at\n1,test,{DAY}\n"}, "prediction", "is empty"),
    ],
)
def test_faults_are_named_with_row_and_column(build: Build, files: dict[str, str], column: str, words: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        import_path(build(FILES | files))
    told_ = [str(one) for one in refused.value.problems]
    assert any(f"column {column}" in one and words in one for one in told_), told_


def test_a_win_at_a_try_that_is_not_there_is_refused(build: Build) -> None:
    rules = FILES["cycle.toml"].replace("challenges = [", 'challenges = [{ key = "run", format = "measured" }, ')
    wins = f"group,kind,key,at,round,challenge,attempt\na,personal_best,k,{DAY},one,run,3\n"
    with pytest.raises(BundleRefused, match='"a" has no try 3 at "run" there'):
        import_path(
            build(FILES | {"cycle.toml": rules, "marks.csv": "challenge,group,judge,value\nc,a,j,70\n", "wins.csv": wins})
        )
