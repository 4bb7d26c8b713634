"""A preview says what publishing brings, and what is published is what was previewed, or nothing."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.bundles.actions import import_path
from games.cycles.actions import revoke_decision
from games.cycles.rules import DecisionKind
from games.errors import GameError
from games.groups.actions import set_rank_hidden
from games.groups.rules import UNNAMED
from games.judging.models import Mark, Sheet
from games.progression.actions import decide
from games.recognition.models import Grant
from games.results.queries.preview import NO_ENTRY, Preview, missing, stamp
from games.results.rules import changes_between
from games.rounds.models import Entrant, Round
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLISHED, broken_snapshots, latest
from tests.factories.results import MEDALS, MONEY, PLACES_CALL, SCORES_CALL, Played, judge_final, water
from worker.desk import preview_of
from worker.steps import settle_now

pytestmark = pytest.mark.django_db
EXAMPLES = Path(__file__).parents[3] / "examples"
DECIDED = {"board": "call", "to": "final", "first": 2, "ties": "decide", "wildcards": 1}


def fresh(round_: Round) -> Round:
    return Round.objects.select_related("cycle").get(pk=round_.pk)


def shown(found: Preview, key: str) -> list[dict[str, object]]:
    """The rows of a previewed board, as a snapshot keeps them."""
    board = found.board(key)
    assert board is not None
    return [{name: row["group"] if name == "entry" else row[name] for name in PUBLISHED} for row in board.rows]  # type: ignore[literal-required]


def published_as_previewed(round_: Round, reason: str = "") -> Preview:
    """Preview, publish exactly that, compare everything."""
    found = preview_of(fresh(round_))
    settle_now(fresh(round_), by=None, reason=reason, expected=found.digest)
    cycle = round_.cycle
    for board in found.boards:
        snapshot = latest(Board.objects.get(scope=cycle.pk, key=board.key))
        assert snapshot is not None
        assert [row for row in snapshot.rows if row["name"] != UNNAMED] == [
            row for row in shown(found, board.key) if row["entry"] not in board.hidden
        ], board.key
        assert sum(row["name"] == UNNAMED for row in snapshot.rows) == len(board.hidden)
    for key, groups in found.entrants.items():
        assert set(Entrant.objects.filter(round__cycle=cycle, round__key=key).values_list("group__key", flat=True)) >= set(groups)
    for plan in found.awards:
        grants = Grant.objects.filter(cycle=cycle, award=plan["key"], group__isnull=False)
        assert {(one.group.key, one.place, one.amount_cents or 0) for one in grants if one.group} == {
            (one["group"], one["place"], one["cents"]) for one in plan["winners"]
        }
    return found


# --- The same -------------------------------------------------------------------------------------------------------------------------


def test_what_is_published_is_what_was_previewed_round_after_round() -> None:
    played = water()
    call = published_as_previewed(played.rounds["call"])
    assert {row["group"]: row["place"] for row in call.boards[-1].rows} == PLACES_CALL
    assert {row["group"]: row["score"] for row in call.boards[-1].rows} == SCORES_CALL
    assert call.entrants == {"final": ["aqua", "brook", "delta", "estuary"]}
    assert call.awards == []
    judge_final(played)
    final = published_as_previewed(played.rounds["final"])
    won = {plan["key"]: {one["group"] for one in plan["winners"]} for plan in final.awards if plan["key"] != "money"}
    assert won == MEDALS
    assert {one["group"]: one["cents"] for plan in final.awards if plan["key"] == "money" for one in plan["winners"]} == MONEY


def test_a_preview_writes_nothing_and_asks_as_much_for_many_groups_as_for_few() -> None:
    counts = []
    for more in (0, 40):
        played = water()
        for number in range(more):
            played.cycle.groups.create(key=f"g{number}", name=f"Group {number}")
        round_ = fresh(played.rounds["call"])
        preview_of(round_)
        with CaptureQueriesContext(connection) as asked:
            preview_of(round_)
        assert not [one["sql"] for one in asked if one["sql"].lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
        counts.append(len(asked))
    assert counts[0] == counts[1]


@pytest.mark.parametrize("name", ["chopin-2025", "skating-worlds-2017"])
def test_real_competitions_are_published_as_previewed(name: str) -> None:
    """Imported ones are out already: they are taken back to where their juries had marked and nothing was published."""
    [cycle, *_] = import_path(EXAMPLES / name)
    officially = {board.key: state.rows for board in Board.objects.filter(scope=cycle.pk) if (state := latest(board)) is not None}
    assert officially
    QuerySet(Snapshot).filter(board__scope=cycle.pk).delete()
    Grant.objects.filter(cycle=cycle).delete()
    Entrant.objects.filter(round__cycle=cycle).delete()
    cycle.rounds.update(published_at=None, closes_at=now() - timedelta(hours=1), opens_at=now() - timedelta(days=1))
    for round_ in Round.objects.filter(cycle=cycle).order_by("number"):
        published_as_previewed(round_)
    for board in Board.objects.filter(scope=cycle.pk):
        state = latest(board)
        assert state is not None
        assert state.rows == officially[board.key]
        assert broken_snapshots(board) == []


# --- Or nothing -----------------------------------------------------------------------------------------------------------------------


def a_mark(played: Played) -> None:
    mark = Mark.objects.filter(sheet__challenge=played.challenges["concept"], sheet__group=played.groups["cloud"]).first()
    assert mark is not None
    Mark.objects.filter(pk=mark.pk).update(value=10_000)


def a_decision(played: Played) -> None:
    decide(played.cycle, DecisionKind.STOP, by=None, reason="Left.", group="brook", round="final")


def a_group(played: Played) -> None:
    played.cycle.groups.create(key="late", name="Late")


def a_name(played: Played) -> None:
    played.cycle.groups.filter(key="aqua").update(name="Aquarius")


@pytest.mark.parametrize("changed", [a_mark, a_decision, a_group, a_name])
def test_nothing_is_published_when_something_has_changed_since_the_preview(changed) -> None:  # type: ignore[no-untyped-def]
    played = water()
    round_ = played.rounds["call"]
    found = preview_of(fresh(round_))
    changed(played)
    with pytest.raises(GameError, match="Something has changed since the preview"):
        settle_now(fresh(round_), by=None, expected=found.digest)
    assert not Snapshot.objects.exists()
    assert fresh(round_).published_at is None
    published_as_previewed(round_)


def test_what_goes_on_in_a_later_round_does_not_stop_a_publication() -> None:
    played = water()
    found = preview_of(fresh(played.rounds["call"]))
    judge_final(played)
    settle_now(fresh(played.rounds["call"]), by=None, expected=found.digest)
    assert Snapshot.objects.filter(board__key="call").count() == 1


def test_the_stamp_changes_with_every_kind_of_act() -> None:
    played = water()
    round_ = fresh(played.rounds["call"])
    stamps = [stamp(round_, missing(round_))]
    assert stamp(round_, missing(round_)) == stamps[0]
    for change in (a_decision, a_group, a_name):
        change(played)
        stamps.append(stamp(round_, missing(round_)))
    Sheet.objects.filter(challenge__round=round_, group=played.groups["cloud"]).first()
    played.sheet("concept", "cloud", "audience", 5, {"impact": 3})
    stamps.append(stamp(round_, missing(round_)))
    assert len(set(stamps)) == len(stamps)


# --- Ties, departures -----------------------------------------------------------------------------------------------------------------


def test_a_tie_at_the_cut_is_named_and_says_how_many_may_pass() -> None:
    included = preview_of(fresh(water().rounds["call"])).cuts[0]
    assert (included.edge, included.undecided, included.through) == (["brook", "delta"], [], ["aqua", "brook", "delta"])
    played = water(cuts=[DECIDED])
    found = preview_of(fresh(played.rounds["call"]))
    assert [(cut.undecided, cut.slots) for cut in found.undecided] == [(["brook", "delta"], 1)]
    decide(played.cycle, DecisionKind.ADVANCE, by=None, reason="Drawn by lot.", group="delta", round="final", board="call")
    after = preview_of(fresh(played.rounds["call"]))
    assert (after.undecided, after.entrants["final"]) == ([], ["aqua", "delta", "estuary"])
    published_as_previewed(played.rounds["call"])


def test_departures_are_seen_at_once_and_gone_when_taken_back() -> None:
    played = water()
    round_ = played.rounds["call"]
    before = preview_of(fresh(round_))
    stop = decide(played.cycle, DecisionKind.STOP, by=None, reason="Moved away.", group="aqua", round="final")
    invite = decide(played.cycle, DecisionKind.ADVANCE, by=None, reason="Host of the final.", group="fjord", round="final")
    equal = decide(played.cycle, DecisionKind.EQUAL, by=None, reason="By the jury.", group="cloud", board="call", other="estuary")
    changed = preview_of(fresh(round_))
    assert changed.entrants["final"] == ["brook", "delta", "estuary", "fjord"]
    board = changed.board("call")
    assert board is not None
    assert {row["place"] for row in board.rows if row["group"] in {"cloud", "estuary"}} == {"4"}
    for decision in (stop, invite, equal):
        revoke_decision(decision, by=None, reason="A mistake.")
    again = preview_of(fresh(round_))
    assert (again.entrants, again.boards, again.digest) == (before.entrants, before.boards, before.digest)


# --- A correction ---------------------------------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_version_with_its_reason_and_says_what_it_changes() -> None:
    played = water()
    round_ = played.rounds["call"]
    published_as_previewed(round_)
    same = preview_of(fresh(round_))
    assert (same.first, [board.changes for board in same.boards], same.boards[-1].before) == (False, [[], []], 1)
    a_mark(played)
    found = preview_of(fresh(round_))
    [change] = [one for one in found.boards[-1].changes if one.group == "cloud"]
    assert change.before is not None
    assert change.after is not None
    assert (change.before[1], change.after[1] != change.before[1]) == ("55.83", True)
    published_as_previewed(round_, reason="A mark was typed wrong.")
    states = list(Snapshot.objects.filter(board__key="call").order_by("number"))
    assert [(one.number, one.reason) for one in states] == [(1, ""), (2, "A mark was typed wrong.")]
    assert broken_snapshots(states[0].board) == []


def test_changes_name_who_came_who_went_and_what_is_different() -> None:
    def row(entry: str, place: str, score: str) -> dict[str, object]:
        return {
            "entry": entry,
            "group": entry,
            "line": 0,
            "name": entry.title(),
            "bracket": "",
            "place": place,
            "score": score,
            "status": "ranked",
        }

    before = [row("aqua", "1", "9"), row("brook", "2", "8"), row("cloud", "3", "7")]
    after = [row("aqua", "1", "9"), row("delta", "2", "8.5"), row("brook", "3", "8")]
    told = {one.group: (one.before and one.before[0], one.after and one.after[0]) for one in changes_between(before, after)}
    assert told == {"delta": (None, "2"), "brook": ("2", "3"), "cloud": ("3", None)}


def test_who_keeps_the_name_to_themselves_is_named_to_organizers_and_compared_all_the_same() -> None:
    played = water()
    round_ = played.rounds["call"]
    set_rank_hidden(played.groups["aqua"], hidden=True, by=None)
    found = published_as_previewed(round_)
    assert [(board.hidden, board.rows[0]["name"]) for board in found.boards] == [({"aqua"}, "Aqua"), ({"aqua"}, "Aqua")]
    again = preview_of(fresh(round_))
    assert [board.changes for board in again.boards] == [[], []]
    assert again.boards[-1].rows[0]["movement"] == 0


# --- What is missing ------------------------------------------------------------------------------------------------------------------


def test_what_lacks_marks_and_whose_sheets_are_open_is_told() -> None:
    played = water()
    round_ = fresh(played.rounds["call"])
    played.sheet("concept", "aqua", "jury", 5, {}, state="draft")
    played.sheet("concept", "brook", "jury", 5, {}, state="assigned")
    Sheet.objects.filter(group=played.groups["brook"], state="assigned").update(flag="Is this theirs?")
    beside = missing(round_)
    assert (beside.judges, beside.open_sheets, beside.flags) == ({"Judge 5": 2}, 2, 1)
    lacking = {(one.group, one.why) for one in preview_of(round_).lacking}
    assert lacking == {("fjord", "quorum")}


def test_nothing_handed_in_is_told_apart_from_marks_that_lack() -> None:
    played = water()
    for key in ("cloud", "delta"):
        Sheet.objects.filter(challenge=played.challenges["concept"], group=played.groups[key]).delete()
    assert ("cloud", "no_marks") in {(one.group, one.why) for one in preview_of(fresh(played.rounds["call"])).lacking}
    assert NO_ENTRY not in {one.why for one in preview_of(fresh(played.rounds["call"])).lacking}  # this task takes no entries
