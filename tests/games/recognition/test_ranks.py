"""Very large boards of points: the sorted set, the rows the database writes, and the engine say the same; whatever is lost comes back."""

from collections.abc import Iterator, Mapping
from threading import Thread
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisAway

from games.cycles.actions import record_decision
from games.cycles.models import Cycle
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.groups.rules import GroupState
from games.journal.actions import record, seal_pending
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.progression.actions import apply_design
from games.recognition.actions import (
    choose_sets,
    follow_ranks,
    keep_up_ranks,
    read_journal,
    rebuild_totals,
    replay_points,
    swap_points,
    write_standings,
)
from games.recognition.models import PointsTotal
from games.recognition.queries import point_facts
from games.recognition.queries.from_totals import FromTotals
from games.recognition.queries.ranks import source_of
from games.recognition.rules.ranks import by_points_alone
from games.results.actions import recompute_now
from games.results.queries import Shown
from games.results.queries.pages import Asked, board_page
from leaderboards import ranked
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED, around, changed_since, found_rows, live_rows, place_of, rows_of, standings
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory

pytestmark = [pytest.mark.django_db, pytest.mark.skipif(not settings.HAS_REDIS, reason="sets need Redis")]
RULES = [
    {"key": "entry", "event": "submission.received", "points": 10},
    {"key": "marked", "event": "sheet.finalized", "points": 3},
]
POINTS: dict[str, Any] = {"key": "activity", "name": "Taking part", "source": "points", "ranked": "enrolled", "rounds": []}
SHOWN = ("rank", "place", "group", "name", "bracket", "score", "keys", "values", "status", "pending")


@pytest.fixture(autouse=True)
def _a_few_are_many(settings: Any) -> None:
    settings.LEADERBOARD_SETS_FROM = 3


def season(groups: int = 5, *, within: str | None = None) -> Cycle:
    board = POINTS | ({"within": within} if within else {})
    cycle = CycleFactory.create()
    apply_design(cycle, small_design(rules=RULES, boards=[board]), by=None)
    for number in range(groups):
        GroupFactory.create(cycle=cycle, key=f"g{number:02}", name=f"Group {number}", division="odd" if number % 2 else "even")
    cycle.refresh_from_db()
    return cycle


def board_of(cycle: Cycle) -> Board:
    return Board.objects.get(scope=cycle.pk, key="activity")


def earn(cycle: Cycle, *groups: int, kind: str = "submission.received") -> None:
    """Each of these groups (by number) does something new, sealed and read."""
    keys = {one.key: one for one in Group.objects.filter(cycle=cycle)}
    for number in groups:
        count = JournalEntry.objects.count()
        record(Kind(kind), cycle_id=cycle.pk, group_id=keys[f"g{number:02}"].pk, subject=f"submission:{count}")
    read(cycle)


def read(cycle: Cycle) -> None:
    while seal_pending():
        pass
    while read_journal(cycle):
        pass


def cells(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in SHOWN)


def shown(cycle: Cycle, side: str = PUBLIC) -> list[tuple[Any, ...]]:
    return [cells(row) for row in live_rows(board_of(cycle), side, stop=100)]


def by_engine(cycle: Cycle, side: str = PUBLIC) -> list[tuple[Any, ...]]:
    """What the engine gives for the same facts, written as rows of a board that is not kept as a set."""
    Board.objects.filter(scope=cycle.pk).update(sorted_set=False)
    recompute_now(cycle, points=point_facts(cycle))
    rows = [cells(row) for row in rows_of(standings(board_of(cycle), side))]
    Board.objects.filter(scope=cycle.pk).update(sorted_set=True)
    return rows


def written(cycle: Cycle, side: str = PUBLIC) -> list[tuple[Any, ...]]:
    return [cells(row) for row in rows_of(standings(board_of(cycle), side))]


def from_totals(cycle: Cycle, side: str = PUBLIC) -> list[tuple[Any, ...]]:
    """The same rows where the set is lost."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranked, "_run", away)
        return shown(cycle, side)


def away(*_: object) -> None:
    raise RedisAway


def empty_redis() -> None:
    one = ranked.client()
    if keys := list(one.scan_iter(f"{settings.PREFIX}*")):
        one.delete(*keys)


def agree(cycle: Cycle) -> None:
    """The set, the totals, the rows and the engine say the same of both sides."""
    write_standings(cycle)
    for side in (PUBLIC, RESTRICTED):
        found = shown(cycle, side)
        assert written(cycle, side) == found
        assert from_totals(cycle, side) == found
        assert by_engine(cycle, side) == found


def test_a_large_board_of_points_is_kept_as_a_set_that_says_what_the_engine_says() -> None:
    cycle = season()
    assert [one.key for one in choose_sets(cycle)] == ["activity"]
    earn(cycle, 3, 3, 1, 4)
    assert follow_ranks(cycle) == 1
    assert [(row[0], row[1], row[2], row[5]) for row in shown(cycle)] == [
        (1, "1", "g03", "20"),
        (2, "2", "g01", "10"),
        (3, "2", "g04", "10"),
        (4, "4", "g00", "0"),
        (5, "4", "g02", "0"),
    ]
    agree(cycle)


def test_only_what_changed_is_put_and_told() -> None:
    cycle = season()
    choose_sets(cycle)
    earn(cycle, 3)
    follow_ranks(cycle)
    before = board_of(cycle)
    earn(cycle, 1, 1)
    assert follow_ranks(cycle) == 1
    after = board_of(cycle)
    assert (after.version, after.restricted_version) == (before.version + 1, before.restricted_version + 1)
    for side, since in ((PUBLIC, before.version), (RESTRICTED, before.restricted_version)):
        assert [(row["group"], row["place"]) for row in changed_since(after, side, since)] == [("g01", "1")]
    told = JournalEntry.objects.filter(kind="standings.changed").order_by("-pk")[:2]
    assert {one.payload["audience"]: (one.payload["from"], one.payload["version"]) for one in told} == {
        "public": (before.version, after.version),
        "restricted": (before.restricted_version, after.restricted_version),
    }
    assert follow_ranks(cycle) == 0, "nothing happened since"


def test_place_neighbours_and_search_are_read_from_the_set() -> None:
    cycle = season(9)
    choose_sets(cycle)
    earn(cycle, 5, 5, 2)
    follow_ranks(cycle)
    write_standings(cycle)
    board = board_of(cycle)
    assert place_of(board, "g02") == ("", 2, "2")
    assert [row["group"] for row in around(board, "g02", reach=1)] == ["g05", "g02", "g00"]
    assert [(row["group"], row["score"]) for row in found_rows(board, "group 5")] == [("g05", "20")]
    assert place_of(board, "nobody") is None
    assert around(board, "nobody") == []
    totals = FromTotals(board)
    assert [row.key for row in totals.around(PUBLIC, "g02", 1)] == ["g05", "g02", "g00"]
    assert totals.around(PUBLIC, "nobody", 1) == []


@pytest.mark.parametrize("spare", [0, 1, 100])
def test_the_top_without_its_set_is_what_sorting_everybody_gives(spare: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cycle = season(9)
    choose_sets(cycle)
    earn(cycle, 7, 7, 7, 7, 5, 5, 4, 4, 3, 3, 3, 2, 1)  # two share the second place, two the fourth; two have nothing
    Group.objects.filter(cycle=cycle, key="g07").update(state=GroupState.PENDING.value)  # who has most does not take part
    monkeypatch.setattr("games.recognition.queries.from_totals.SPARE", spare)
    totals = FromTotals(board_of(cycle))
    everybody = totals.page(PUBLIC, "", 0, 50)
    assert [(one.key, one.place) for one in everybody] == [
        *(("g03", 1), ("g04", 2), ("g05", 2), ("g01", 4), ("g02", 4)),
        *(("g00", 6), ("g06", 6), ("g08", 6)),
    ]
    for start in range(9):
        for stop in range(start, 10):
            assert totals.page(PUBLIC, "", start, stop) == everybody[start:stop], (start, stop)
    with CaptureQueriesContext(connection) as asked:
        totals.page(PUBLIC, "", 0, 3)
    assert ["AS MATERIALIZED" in one["sql"] for one in asked if "games_pointstotal" in one["sql"]] == [True], (
        "not everybody is sorted"
    )


def test_brackets_are_ranked_apart() -> None:
    cycle = season(7, within="division")
    choose_sets(cycle)
    earn(cycle, 1, 5, 5, 4)
    follow_ranks(cycle)
    assert [row[2] for row in shown(cycle)] == ["g04", "g00", "g02", "g06", "g05", "g01", "g03"]
    assert [row["group"] for row in live_rows(board_of(cycle), bracket="odd", start=1, stop=2)] == ["g01"]
    assert [row["group"] for row in live_rows(board_of(cycle), start=3, stop=5)] == ["g06", "g05"]
    agree(cycle)


def test_who_left_has_no_place_and_who_hides_has_no_name() -> None:
    cycle = season(6)
    Group.objects.filter(cycle=cycle, key="g02").update(rank_hidden=True, unnamed="unnamed-abc")
    for key, kind in (("g03", DecisionKind.WITHDRAW), ("g01", DecisionKind.DISQUALIFY)):
        record_decision(cycle, kind, by=None, group=key, reason="so it is")
    choose_sets(cycle)
    earn(cycle, 1, 2, 3, 4, 4)
    follow_ranks(cycle)
    board = board_of(cycle)
    assert [(row[1], row[2]) for row in shown(cycle)] == [
        ("1", "g04"),
        ("2", "unnamed-abc"),
        ("3", "g00"),
        ("3", "g05"),
        ("", "g03"),
        ("", "g01"),
    ]
    assert place_of(board, "g02") is None, "everybody knows it by another key"
    assert place_of(board, "unnamed-abc") == ("", 2, "2")
    assert place_of(board, "g02", RESTRICTED) == ("", 2, "2")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranked, "_run", away)
        assert place_of(board, "g02") is None
        assert place_of(board, "unnamed-abc") == ("", 2, "2")
    agree(cycle)


def test_who_comes_and_goes_while_the_set_is_there() -> None:
    cycle = season()
    choose_sets(cycle)
    earn(cycle, 1)
    follow_ranks(cycle)
    new = GroupFactory.create(cycle=cycle, key="g09", name="Newcomers")
    record(Kind.GROUP_SETTLED, cycle_id=cycle.pk, group_id=new.pk, payload={"state": "accepted"})
    read(cycle)
    follow_ranks(cycle)
    assert "g09" in [row[2] for row in shown(cycle)]
    Group.objects.filter(pk=new.pk).update(state="pending")
    record(Kind.GROUP_SETTLED, cycle_id=cycle.pk, group_id=new.pk, payload={"state": "refused"})
    read(cycle)
    follow_ranks(cycle)
    assert "g09" not in [row[2] for row in shown(cycle)]
    record_decision(cycle, DecisionKind.WITHDRAW, by=None, group="g01", reason="They moved away.")
    read(cycle)
    follow_ranks(cycle)
    agree(cycle)


def test_a_lost_set_is_noticed_read_around_and_filled_again() -> None:
    cycle = season()
    choose_sets(cycle)
    earn(cycle, 1, 2, 2)
    follow_ranks(cycle)
    whole = shown(cycle)
    version = board_of(cycle).version
    empty_redis()
    assert shown(cycle) == whole, "from the totals"
    assert ranked.state(board_of(cycle).pk) is None
    keep_up_ranks()
    assert ranked.state(board_of(cycle).pk) is not None
    assert board_of(cycle).version > version
    assert shown(cycle) == whole


@pytest.mark.parametrize("part", ["z:", "info"])
def test_a_set_of_which_a_part_is_lost_is_no_set(part: str) -> None:
    cycle = season()
    choose_sets(cycle)
    earn(cycle, 1)
    follow_ranks(cycle)
    whole = shown(cycle)
    one = ranked.client()
    for key in one.scan_iter(f"{settings.PREFIX}ranks:*"):
        if f":{part}" in key:
            one.delete(key)
    assert ranked.state(board_of(cycle).pk) is None
    assert shown(cycle) == whole
    follow_ranks(cycle)
    assert shown(cycle) == whole
    assert ranked.state(board_of(cycle).pk) is not None


def test_redis_that_is_emptied_while_the_set_is_filled_leaves_no_half_of_it() -> None:
    cycle = season()
    choose_sets(cycle)
    earn(cycle, 1)
    board = board_of(cycle)

    def members() -> Iterator[ranked.Member]:
        yield ranked.Member("g00", 1, "Group 0")
        empty_redis()
        yield ranked.Member("g01", 1, "Group 1")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ranked, "CHUNK", 1)
        assert not ranked.build(board.pk, members(), at="1:1:1", version=1, values={}, unnamed={})
    assert ranked.state(board.pk) is None
    keep_up_ranks()
    agree(cycle)


def test_only_one_fills_a_set_at_a_time_and_who_died_is_waited_out() -> None:
    cycle = season()
    choose_sets(cycle)
    earn(cycle, 1)
    one, key = ranked.client(), f"{settings.PREFIX}ranks:{{{board_of(cycle).pk}}}:building"
    one.set(key, "somebody")
    assert follow_ranks(cycle) == 0
    one.delete(key)
    assert follow_ranks(cycle) == 1


def test_an_older_state_never_overwrites_a_newer_one() -> None:
    cycle = season()
    choose_sets(cycle)
    earn(cycle, 1)
    follow_ranks(cycle)
    board = board_of(cycle)
    old = source_of(cycle, board)
    earn(cycle, 1)
    follow_ranks(cycle)
    late = ranked.apply(board.pk, [ranked.Member("g01", 10, "Group 1")], since=old.at, until="1:1:99999", version=99)
    assert late is ranked.Applied.REFUSED
    assert next(row for row in shown(cycle) if row[2] == "g01")[5] == "20"


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_leave_what_one_would() -> None:
    cycle = season(8)
    choose_sets(cycle)
    earn(cycle, 1)
    follow_ranks(cycle)
    for number in range(4):
        earn(cycle, number, 7 - number, 5)

        def follow() -> None:
            try:
                follow_ranks(cycle)
            finally:
                connection.close()

        workers = [Thread(target=follow) for _ in range(2)]
        for one in workers:
            one.start()
        for one in workers:
            one.join()
    follow_ranks(cycle)
    assert ranked.state(board_of(cycle).pk).version == board_of(cycle).version  # type: ignore[union-attr]
    agree(cycle)


def test_other_rules_of_points_fill_the_set_anew() -> None:
    cycle = season()
    choose_sets(cycle)
    earn(cycle, 1, 2)
    follow_ranks(cycle)
    apply_design(cycle, small_design(rules=[RULES[0] | {"points": 7}], boards=[POINTS]), by=None)
    cycle.refresh_from_db()
    swap_points(cycle, generation=replay_points(cycle).generation, by=None)
    read(cycle)
    follow_ranks(cycle)
    assert [row[5] for row in shown(cycle)][:2] == ["7", "7"]
    agree(cycle)


@hypothesis_settings(max_examples=10)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["submission.received", "submission.withdrawn", "sheet.finalized"]),
            st.integers(0, 4),
            st.integers(1, 3),
            st.sampled_from(["", "", "follow", "lose", "rebuild", "write"]),
        ),
        max_size=12,
    )
)
def test_whatever_happens_in_between_all_ways_agree(steps: list[tuple[str, int, int, str]]) -> None:
    cycle = season()
    choose_sets(cycle)
    groups = list(Group.objects.filter(cycle=cycle).order_by("key"))
    for kind, group, subject, then in steps:
        noun = kind.partition(".")[0]
        record(Kind(kind), cycle_id=cycle.pk, group_id=groups[group].pk, subject=f"{noun}:{subject}")
        read(cycle)
        match then:
            case "follow":
                follow_ranks(cycle)
            case "lose":
                empty_redis()
            case "rebuild":
                before = set(PointsTotal.objects.values_list("group", "amount", "last_at", "seal"))
                rebuild_totals(cycle)
                assert set(PointsTotal.objects.values_list("group", "amount", "last_at", "seal")) == before
            case "write":
                write_standings(cycle)
            case _:
                pass
    follow_ranks(cycle)
    agree(cycle)


@pytest.mark.parametrize(
    "other",
    [
        {"source": "rounds"},
        {"ranked": "last"},
        {"places": "1223"},
        {"decimals": 1},
        {"within": "school"},
        {"freeze": "4:00:00", "rounds": ["call"]},
        {"rounds": ["call"]},
    ],
)
def test_a_board_that_asks_for_more_is_not_kept_as_a_set(other: dict[str, Any]) -> None:
    assert by_points_alone(small_design(rules=RULES, boards=[POINTS | other])) == {}


def test_a_tie_that_is_decided_by_hand_ends_it() -> None:
    cycle = season()
    choose_sets(cycle)
    earn(cycle, 1, 2)
    follow_ranks(cycle)
    record_decision(cycle, DecisionKind.BREAK, by=None, board="activity", group="g01", value="1", reason="They were first.")
    record_decision(cycle, DecisionKind.BREAK, by=None, board="activity", group="g02", value="2", reason="They were second.")
    assert choose_sets(cycle) == []


def test_few_groups_need_no_set() -> None:
    cycle = season(2)
    assert choose_sets(cycle) == []


def test_numbers_too_large_to_be_exact_are_refused() -> None:
    with pytest.raises(OverflowError):
        ranked.apply(1, [ranked.Member("g", 2**51, "G")], since="", until="", version=1)


def test_the_largest_numbers_stay_exact() -> None:
    members = [ranked.Member(f"g{n}", 2**51 - 1 - n, "G") for n in range(3)]
    assert ranked.build(7, members, at="a", version=1, values={}, unnamed={})
    found = ranked.page(7, PUBLIC, "", 0, 10)
    assert found is not None
    assert [(row.place, row.amount) for row in found[1]] == [(n + 1, 2**51 - 1 - n) for n in range(3)]


def test_the_page_of_a_board_comes_from_the_set_without_a_statement(django_assert_num_queries: Any) -> None:
    cycle = season(7, within="division")
    choose_sets(cycle)
    earn(cycle, 1, 5, 5, 4)
    follow_ranks(cycle)
    board = board_of(cycle)
    with django_assert_num_queries(0):
        page = board_page(Shown(board, "live"), Asked(find="g01", own=("g04",)))
    assert ([row["group"] for row in page.rows], page.bracket, page.brackets) == (["g05", "g01", "g03"], "odd", ["even", "odd"])
    assert (page.page, page.pages, page.total, page.own) == (1, 1, 3, None)
    page = board_page(Shown(board, "live"), Asked(own=("g04",)))
    assert page.own is not None
    assert (page.bracket, page.own["place"], page.total) == ("even", "1", 4)
