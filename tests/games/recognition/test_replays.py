"""Boards of the past and why groups moved: from the ledger, the clock, or what was published; nothing that is covered now is told."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.cycles.actions import add_design
from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.judging.models import Sheet
from games.recognition.actions import read_journal, replay_points, swap_points
from games.recognition.queries.moments import points_at, points_now
from games.recognition.queries.points import point_facts
from games.recognition.queries.replays import From, board_at
from games.recognition.queries.whys import why
from games.results.queries.planning import sides_of
from games.rounds.models import Round
from leaderboards.actions import publish, refresh
from leaderboards.engine import numbers
from leaderboards.engine.numbers import total
from leaderboards.models import Board, Snapshot
from tests.cast import Cast, actor
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.results import Played, judge_final, water
from tests.games.recognition.test_points import RULES, START, happen
from tests.games.results.test_freeze import board as frozen_board
from worker.steps import recompute_now, settle_now

pytestmark = pytest.mark.django_db
__all__ = ["frozen_board"]
SPEC = {"key": "busy", "source": "points", "ranked": "enrolled"}


@pytest.fixture
def busy() -> Board:
    """Red earns 10, then blue 13, then red 10 more; the board is published after the second and after the third act."""
    cycle = CycleFactory.create(design=small_design(rules=RULES, boards=[SPEC]))
    red, blue = (GroupFactory.create(cycle=cycle, key=key, name=key.title()) for key in ("red", "blue"))
    board = Board.objects.create(
        scope=cycle.pk,
        key="busy",
        number=1,
        name="Busy",
        live=True,
        spec=SPEC,
    )
    acts = [("submission.received", "submission:1", red, 1), ("submission.received", "submission:2", blue, 2)]
    acts += [("sheet.finalized", "sheet:1", blue, 3)]
    happen(cycle, *acts)
    _publish(cycle, board)
    happen(cycle, ("submission.received", "submission:3", red, 4))
    _publish(cycle, board)
    return board


def _publish(cycle: Cycle, board: Board) -> Snapshot:
    while read_journal(cycle):
        pass
    read = points_now(cycle)
    rows = sides_of(cycle, points=read.points).whole.board("busy").rows
    refresh(board, "public", rows, now=now())
    Board.objects.filter(pk=board.pk).update(as_of=read.seal)
    made = publish(board, design_number=cycle.design_number, now=now())
    assert made is not None
    return made


def shown(rows: Any) -> list[tuple[str, str, str]]:
    return [(row["place"], row["group"], row["score"]) for row in rows]


# --- As it was ------------------------------------------------------------------------------------------------------------------------


def test_a_board_of_points_is_computed_up_to_any_seal(busy: Board) -> None:
    expected = {
        0: [("1", "blue", "0"), ("1", "red", "0")],
        1: [("1", "red", "10"), ("2", "blue", "0")],
        2: [("1", "blue", "10"), ("1", "red", "10")],
        3: [("1", "blue", "13"), ("2", "red", "10")],
        4: [("1", "red", "20"), ("2", "blue", "13")],
        99: [("1", "red", "20"), ("2", "blue", "13")],
    }
    for seal, rows in expected.items():
        found = board_at(busy, now(), seal=seal)
        assert (found.source, sorted(shown(found.rows))) == (From.LEDGER, sorted(rows)), seal
    answer = actor("visitor-like").api.get(f"/api/v1/boards/{busy.pk}/at", {"when": (START + timedelta(hours=3)).isoformat()})
    assert (answer.status_code, answer.json()["seal"], shown(answer.json()["rows"])[0]) == (200, 3, ("1", "blue", "13"))


def test_the_whole_ledger_is_the_totals(busy: Board) -> None:
    cycle = Cycle.objects.get(pk=busy.scope)
    assert points_at(cycle, 10**6) == point_facts(cycle)


def test_a_judged_board_of_the_past_is_what_was_published_by_then(org: Any, played: Played) -> None:
    board = played.board("call")
    address = f"/api/v1/boards/{board.pk}/at"
    before = now()
    assert org.api.get(address, {"when": before.isoformat()}).json()["source"] == "nothing"
    settle_now(Round.objects.get(pk=played.rounds["call"].pk), by=None)
    found = org.api.get(address).json()
    assert (found["source"], found["number"], len(found["rows"])) == ("published", 1, 6)
    assert org.api.get(address, {"when": before.isoformat()}).json()["rows"] == []
    assert org.api.get(address, {"seal": "x"}).status_code == 422
    for odd in ("yesterday", "2027-05-01T12:00:00", "0001-01-01T00:00:00+14:00"):
        assert org.api.get(address, {"when": odd}).status_code == 422


def test_a_contest_is_told_minute_by_minute_and_never_past_its_freeze(frozen_board: Board) -> None:
    begun = Round.objects.get(cycle_id=frozen_board.scope).opens_at
    assert begun is not None
    Board.objects.filter(pk=frozen_board.pk).update(live=True)
    address = f"/api/v1/boards/{frozen_board.pk}/at"
    someone = actor("someone")

    organizer = actor("organizer")
    held = {"person": organizer.person, "role": "organizer", "capabilities": ["organize"]}
    MembershipFactory(group=None, cycle=Cycle.objects.get(pk=frozen_board.scope), **held)

    def at(minute: int, side: str = "public") -> list[tuple[str, str, list[str], int]]:
        asked = {"when": (begun + timedelta(minutes=minute)).isoformat(), "side": side}
        answer = (someone if side == "public" else organizer).api.get(address, asked).json()
        assert answer["source"] == "clock"
        return [(row["place"], row["group"], row["keys"], row["pending"]) for row in answer["rows"]]

    assert {keys[0] for _, _, keys, _ in at(5)} == {"0"}
    assert at(11)[0] == ("1", "red", ["1", "10"], 0)
    assert at(90) == [("1", "red", ["1", "10"], 0), ("2", "blue", ["0", "0"], 2)], "what the freeze covers stays covered"
    settle_now(Round.objects.get(cycle_id=frozen_board.scope), by=None)
    frozen_board.refresh_from_db()
    assert at(90)[0] == ("1", "red", ["1", "10"], 0), "what was covered then stays covered"
    assert at(90, "restricted")[0] == ("1", "blue", ["2", "170"], 0)
    assert at(400)[0] == ("1", "blue", ["2", "170"], 0), "it was published by then"


# --- Why ------------------------------------------------------------------------------------------------------------------------------


def test_who_keeps_the_name_back_now_is_not_named_by_what_was_asked_for_before(busy: Board) -> None:
    """Though the board of now did not move: whoever asked a minute ago left an answer."""
    when = now() - timedelta(minutes=5)
    Cycle.objects.filter(pk=busy.scope).update(created_at=when - timedelta(days=9))
    Group.objects.filter(cycle=busy.scope).update(created_at=when - timedelta(days=9))
    names = [[row["name"] for row in board_at(busy, when, seal=2).rows] for _ in range(2)]
    assert names[0] == names[1]
    assert "Blue" in names[0]
    Group.objects.filter(cycle=busy.scope, key="blue").update(rank_hidden=True, unnamed="unnamed-x")
    assert "Blue" not in [row["name"] for row in board_at(busy, when, seal=2).rows]


def test_why_a_team_moved_on_a_board_of_points_act_by_act(busy: Board) -> None:
    answer = actor("someone").api.get(f"/api/v1/boards/{busy.pk}/why", {"group": "red"})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["was"]["rank"], said["now"]["rank"], said["change"]) == (2, 1, "10")
    assert [(one["kind"], one["key"], one["change"], one["seal"]) for one in said["parts"]] == [("points", "entry", "10", 4)]
    assert [(one["group"], one["before"], one["after"]) for one in said["we_passed"]] == [("blue", "13", "13")]
    assert said["acts"] == [], "what its journal says is for the team"
    other = actor("other").api.get(f"/api/v1/boards/{busy.pk}/why", {"group": "blue"}).json()
    assert (other["change"], other["parts"], [one["group"] for one in other["passed_us"]]) == ("0", [], ["red"])


def test_why_is_told_by_the_rules_of_then_and_names_what_other_rules_gave(busy: Board) -> None:
    """Red 10, 20; then an entry is worth 7 in force for all that was done, and red hands in once more: 21."""
    cycle, red = Cycle.objects.get(pk=busy.scope), Group.objects.get(cycle_id=busy.scope, key="red")
    add_design(cycle, small_design(rules=[RULES[0] | {"points": 7}, RULES[1]], boards=[SPEC]), by=None)
    cycle.refresh_from_db()
    swap_points(cycle, generation=replay_points(cycle).generation, by=None)
    client, address = actor("someone").api, f"/api/v1/boards/{busy.pk}/why"

    def parts(before: int, after: int) -> tuple[str, list[tuple[str, str, str]]]:
        said = client.get(address, {"group": "red", "from": before, "to": after}).json()
        return said["change"], [(one["kind"], one["key"], one["change"]) for one in said["parts"]]

    assert parts(1, 2) == ("10", [("points", "entry", "10")]), "what counted then"
    happen(cycle, ("submission.received", "submission:4", red, 5))
    _publish(cycle, busy)
    assert parts(2, 3) == ("1", [("rules", "", "-6"), ("points", "entry", "7")])
    assert parts(1, 3) == ("11", [("rules", "", "-3"), ("points", "entry", "7"), ("points", "entry", "7")])


def test_the_team_reads_its_own_journal_with_it(busy: Board) -> None:
    red = Group.objects.get(cycle_id=busy.scope, key="red")
    member = actor("member")
    MembershipFactory(group=red, cycle_id=busy.scope, person=member.person)
    first, last = Snapshot.objects.filter(board=busy).order_by("number")
    found = why(Cycle.objects.get(pk=busy.scope), first, last, {"red"}, group="red")
    assert found is not None
    assert found.acts == (), "it was done long before either version"
    answer = member.api.get(f"/api/v1/boards/{busy.pk}/why", {"group": "red", "from": 1, "to": 2})
    assert answer.status_code == 200


def test_why_on_a_judged_board_adds_up_round_by_round(org: Any, played: Played) -> None:
    settle_now(Round.objects.get(pk=played.rounds["call"].pk), by=None)
    judge_final(played)
    settle_now(Round.objects.get(pk=played.rounds["final"].pk), by=None)
    board = played.board("result")
    first, last = Snapshot.objects.filter(board=board).order_by("number")
    both = {row["entry"] for row in first.rows} & {row["entry"] for row in last.rows}
    assert both
    for key in both:
        said = org.api.get(f"/api/v1/boards/{board.pk}/why", {"group": key}).json()
        parts = [numbers.parse(one["change"]) for one in said["parts"]]
        assert total(parts) == numbers.parse(said["change"]), key
        crossed = len(said["passed_us"]) + len(said["came"]) - len(said["we_passed"]) - len(said["left"])
        assert crossed == said["now"]["rank"] - said["was"]["rank"], key
        assert {one["kind"] for one in said["parts"]} <= {"round"}, key


def test_why_takes_the_same_statements_for_many(busy: Board) -> None:
    client = actor("someone").api
    address = f"/api/v1/boards/{busy.pk}/why"
    with CaptureQueriesContext(connection) as few:
        client.get(address, {"group": "red"})
    cycle = Cycle.objects.get(pk=busy.scope)
    for number in range(30):
        GroupFactory.create(cycle=cycle, key=f"more-{number}", name=f"More {number}")
    _publish(cycle, busy)
    with CaptureQueriesContext(connection) as many:
        client.get(address, {"group": "red"})
    assert len(many) == len(few) <= 12


def test_the_page_takes_no_more_than_twelve_where_rules_were_swapped_and_the_team_reads_its_journal(busy: Board) -> None:
    cycle, red, member = Cycle.objects.get(pk=busy.scope), Group.objects.get(cycle_id=busy.scope, key="red"), actor("member")
    Cycle.objects.filter(pk=cycle.pk).update(public=True)
    MembershipFactory(group=red, cycle_id=busy.scope, person=member.person)
    add_design(cycle, small_design(rules=[RULES[0] | {"points": 7}, RULES[1]], boards=[SPEC]), by=None)
    cycle.refresh_from_db()
    swap_points(cycle, generation=replay_points(cycle).generation, by=None)
    happen(cycle, ("submission.received", "submission:4", red, 5))
    _publish(cycle, busy)
    for client in (member.client, actor("someone").client):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(f"/cycles/{cycle.key}/boards/{busy.key}/why/?group=red").content.decode()
        assert "Other rules" in page
        assert len(asked) <= 12, [one["sql"][:150] for one in asked.captured_queries]


def test_the_journal_of_a_team_tells_of_sheets_whose_round_is_out(org: Any, played: Played) -> None:
    settle_now(Round.objects.get(pk=played.rounds["call"].pk), by=None)
    judge_final(played)
    delta, brook = played.groups["delta"], played.groups["brook"]
    ours, theirs = (Sheet.objects.filter(group=one, challenge__key="prototype").order_by("pk")[0] for one in (delta, brook))
    done = [
        ("sheet.finalized", f"sheet:{ours.pk}"),
        ("sheet.finalized", f"sheet:{theirs.pk}"),
        ("sheet.corrected", "sheet:999999"),
    ]
    for seal, (kind, subject) in enumerate([*done, ("submission.received", "submission:7")], 1000):
        JournalEntry.objects.create(kind=kind, subject=subject, cycle_id=played.cycle.pk, group_id=delta.pk, at=now(), seal=seal)
    settle_now(Round.objects.get(pk=played.rounds["final"].pk), by=None)
    address = f"/api/v1/boards/{played.board('result').pk}/why"
    told = [(one["seal"], one["kind"]) for one in org.api.get(address, {"group": "delta"}).json()["acts"]]
    assert told == [(1000, "sheet.finalized"), (1003, "submission.received")], "no sheet of another team, none that is not there"
    assert org.api.get(address, {"group": "brook"}).json()["acts"] == []
    Round.objects.filter(pk=played.rounds["final"].pk).update(published_at=None)
    told = [one["seal"] for one in org.api.get(address, {"group": "delta"}).json()["acts"]]
    assert told == [1003], "its round is not out"


# --- Receipts -------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def played() -> Played:
    return water()


@pytest.fixture
def org(played: Played) -> Any:
    someone = actor("organizer")
    MembershipFactory(group=None, cycle=played.cycle, person=someone.person, role="organizer", capabilities=["organize"])
    return someone


@pytest.mark.outsider("snapshot-receipt")
def test_whoever_sees_a_version_has_the_receipt_of_every_row_and_nobody_else(cast: Cast, played: Played) -> None:
    settle_now(Round.objects.get(pk=played.rounds["call"].pk), by=None)
    snapshot = Snapshot.objects.get(board__scope=played.cycle.pk, board__key="call")
    address = f"/api/v1/snapshots/{snapshot.pk}/receipt"
    for row in snapshot.rows:
        answer = cast.visitor.api.get(address, {"group": row["entry"]})
        assert answer.status_code == 200
        assert answer.json()["leaf"] == row
    assert cast.visitor.api.get(address, {"group": "nobody"}).status_code == 404
    assert cast.visitor.api.get(address, {"group": row["entry"], "line": "1"}).status_code == 404
    assert cast.visitor.api.get(address, {"group": row["entry"], "line": "x"}).status_code == 422
    Cycle.objects.filter(pk=played.cycle.pk).update(public=False)
    hidden = cast.visitor.api.get(address, {"group": row["entry"]})
    absent = cast.visitor.api.get("/api/v1/snapshots/999999/receipt", {"group": row["entry"]})
    assert (hidden.status_code, hidden.json()) == (absent.status_code, absent.json())


def test_a_receipt_of_the_restricted_side_is_for_organizers_alone(cast: Cast, org: Any, played: Played) -> None:
    recompute_now(played.cycle)
    board = played.board("call")
    made = publish(board, "restricted", design_number=1, now=now())
    assert made is not None
    address = f"/api/v1/snapshots/{made.pk}/receipt"
    key = made.rows[0]["entry"]
    assert org.api.get(address, {"group": key}).json()["statement"]["audience"] == "restricted"
    for outsider in (cast.visitor, cast.eve):
        assert outsider.api.get(address, {"group": key}).status_code == 404
    assert cast.visitor.api.get(f"/api/v1/boards/{board.pk}/why", {"group": key}).status_code == 404
    assert cast.visitor.api.get(f"/api/v1/boards/{board.pk}/at").json()["rows"] == []
