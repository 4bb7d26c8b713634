"""A board as it was is the board that was shown: after a long random walk through the real acts, every moment of it, both sides."""

import os
from collections.abc import Sequence
from datetime import datetime, timedelta
from time import sleep
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from games.groups.actions.members import set_rank_hidden
from games.journal.actions import seal_pending
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.judging import actions as judging
from games.judging.models import PastSheet
from games.judging.rules import Given
from games.progression.actions import amend
from games.recognition.queries import replays
from games.recognition.queries.replays import board_at
from games.results.queries import facts_of
from games.results.queries.facts_then import Past, facts_at
from games.rounds.models import Round
from games.submissions import actions as submissions
from leaderboards.engine.facts import Points
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED, RowData
from tests.cast import actor
from tests.factories.changes import Told, told
from tests.factories.cycles import rules_kept
from tests.factories.walk import Walk

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(300)]
GROUPS = ("registered", "accepted", "brought_in", "left", "decided", "revoked", "amended")
ENTRIES = ("entry", "version", "version", "pinned", "taken_back", "restored", "disqualified", "reinstated", "late")
TRIES = ("tried", "tried", "ran", "judged", "rejudged", "compared", "compared", "undone")
SHEETS = ("marked", "marked", "marked", "drafted", "reopened", "recused", "too_close", "weighed")
BALLOTS = ("balloted", "balloted", "balloted", "unballoted", "looked_at")
AFTER = ("corrected", "taken_out", "weighed", "reopened", "disqualified", "reinstated", "rejudged", "merged", "left", *GROUPS)
WAY = (
    (ENTRIES, 8),
    (BALLOTS, 3),
    (["balloted"], 3),
    ((*GROUPS, *TRIES), 9),
    (["locked"], 1),
    (["marked"], 5),
    (["disqualified"], 2),
    (["reinstated"], 2),
    (SHEETS, 6),
    (["voting_over"], 1),
    (["published"], 5),
    (["corrected"], 2),
    (AFTER, 6),
)
"""Which acts, and how many of them."""
SEEDS = 40 if os.environ.get("LUDUS_TEST_PROFILE") == "thorough" else 2


def cells(rows: list[RowData]) -> list[dict[str, Any]]:
    """What is shown of a row; where it stood before is no part of how it was."""
    return [{key: value for key, value in row.items() if key not in {"previous_place", "movement"}} for row in rows]


@pytest.fixture
def facts_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was known at a moment is read once for all boards and both sides of it: nothing is written while they are looked at."""
    read: dict[tuple[Any, ...], Past] = {}

    def once(cycle: Cycle, when: datetime, *, points: Sequence[Points] = ()) -> Past:
        place = (cycle.pk, when, tuple(points))
        if place not in read:
            read[place] = facts_at(cycle, when, points=points)
        return read[place]

    monkeypatch.setattr(replays, "facts_at", once)


@pytest.mark.usefixtures("facts_once")
@pytest.mark.parametrize("seed", range(SEEDS))
def test_every_board_at_every_moment_of_a_walk_is_what_was_shown(seed: int) -> None:
    walk = Walk(seed)
    for acts, steps in WAY:
        walk.go(acts, steps)
    boards = {one.key: one for one in Board.objects.filter(scope=walk.cycle.pk)}
    before = ""
    with rules_kept(walk.cycle):
        for moment, act, seen in walk.shown:
            for (key, side), rows in seen.items():
                found = board_at(boards[key], moment, side=side)
                assert cells(found.rows) == cells(rows), f"{key} {side} after {act}, which followed {before}: {walk.done}"
            before = act


# --- Who sees what --------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def story() -> Told:
    """The call is out; the final is not."""
    story = told("call")
    judging.add_panelist(challenge=story.played.challenges["concept"], panel="jury", person=story.judith.person, by=None)
    return story


def breath() -> datetime:
    """A moment that no act shares."""
    sleep(0.003)
    found = db_now()
    sleep(0.003)
    return found


def address(story: Told, board: str = "call") -> str:
    return f"/api/v1/boards/{story.played.board(board).pk}/at"


def test_the_restricted_side_is_for_whoever_reads_the_cycle_whole(story: Told) -> None:
    stranger = actor("stranger")
    for board in ("call", "result"):
        for outsider in (story.ada, story.judith, story.eve, stranger):
            refused = outsider.api.get(address(story, board), {"side": "restricted"})
            assert (refused.status_code, refused.json()["code"]) == (403, "not_allowed")
            assert "rows" not in refused.json()
        assert story.org.api.get(address(story, board), {"side": "restricted"}).json()["source"] == "known"
    assert story.eve.api.get(address(story), {"side": "both"}).status_code == 422
    story.played.cycle.public = False
    story.played.cycle.save(update_fields=["public"])
    hidden = story.eve.api.get(address(story), {"side": "restricted"})
    absent = story.eve.api.get("/api/v1/boards/999999/at", {"side": "restricted"})
    assert (hidden.status_code, hidden.json()) == (absent.status_code, absent.json()) == (404, absent.json())


def test_marks_between_two_publications_are_told_to_organizers_alone(story: Told) -> None:
    before = breath()
    judging.reopen(sheet=story.sheet("aqua"), by=story.org.user, reason="Typed wrongly.")
    opened = breath()
    judging.finalize(sheet=story.sheet("aqua"), by=None, marks=[Given(key, 1) for key in ("impact", "novelty", "feasibility")])
    after = breath()

    def aqua(when: datetime, side: str) -> str:
        rows = story.org.api.get(address(story), {"when": when.isoformat(), "side": side}).json()["rows"]
        return next(row["score"] for row in rows if row["group"] == "aqua")

    assert [aqua(when, "public") for when in (before, opened, after)] == ["81.67"] * 3
    assert [aqua(when, "restricted") for when in (before, opened, after)][::2] == ["81.67", "55.83"]
    assert aqua(opened, "restricted") == "", "two jurors are no quorum"
    assert PastSheet.objects.count() == 1


def test_a_seal_gives_the_same_as_its_moment(story: Told) -> None:
    for marks in (1, 5, 2):
        judging.reopen(sheet=story.sheet("aqua"), by=story.org.user, reason="Typed wrongly.")
        breath()
        judging.finalize(sheet=story.sheet("aqua"), by=None, marks=[Given("impact", marks)])
        breath()
    seal_pending()
    entries = JournalEntry.objects.filter(cycle_id=story.played.cycle.pk, kind__in=["sheet.reopened", "sheet.finalized"])
    scores = []
    for seal, at in entries.order_by("seal").values_list("seal", "at"):
        by_seal = story.org.api.get(address(story), {"seal": seal, "side": "restricted"}).json()
        by_moment = story.org.api.get(address(story), {"when": at.isoformat(), "side": "restricted"}).json()
        assert by_seal == by_moment
        scores.append(next(row["score"] for row in by_seal["rows"] if row["group"] == "aqua"))
    assert len(set(scores)) == 4, scores


def test_rules_of_then_hold_for_what_was_done_then(story: Told) -> None:
    before = breath()
    changes = {"boards": [{"key": "result", "decimals": 0}]}
    amend(story.played.cycle, changes, by=story.org.user, reason="Round numbers.", correcting=True)
    after = breath()
    found = [board_at(story.played.board("result"), when, side=RESTRICTED) for when in (before, after)]
    assert [one.design_number for one in found] == [1, 2]
    assert ["." in found[0].rows[0]["score"], "." in found[1].rows[0]["score"]] == [True, False]


def test_names_withheld_now_are_withheld_in_every_moment_that_is_computed() -> None:
    walk = Walk(1)
    moment, _, seen = walk.shown[0]
    assert "Aqua" in {row["name"] for row in seen["contest", PUBLIC]}
    set_rank_hidden(walk.groups[0], hidden=True, by=None)
    board = Board.objects.get(scope=walk.cycle.pk, key="contest")
    assert "Aqua" not in {row["name"] for row in board_at(board, moment).rows}
    assert "Aqua" in {row["name"] for row in board_at(board, moment, side=RESTRICTED).rows}


def test_what_is_covered_at_a_moment_stays_covered_in_it_after_it_came_out() -> None:
    walk = Walk(2)
    begun = Round.objects.get(cycle=walk.cycle, key="contest").opens_at
    assert begun is not None
    submissions.record_attempt(
        challenge=walk.task("A"),
        group=walk.groups[0],
        verdict="AC",
        elapsed=int(timedelta(hours=2).total_seconds() * 1000),
        by=None,
    )
    walk.go(["published"], 5)
    moment = walk.shown[0][0]
    board = Board.objects.get(scope=walk.cycle.pk, key="contest")
    assert [row["keys"][0] for row in board_at(board, moment).rows] == ["0"] * 5


def test_facts_of_this_moment_are_the_facts(story: Told) -> None:
    then, now = facts_at(story.played.cycle, db_now()).facts, facts_of(story.played.cycle)
    counted = [one for one in now.marks if one.value is not None]
    assert sorted(map(repr, then.marks)) == sorted(map(repr, counted))
    assert (then.groups, then.decisions, then.submissions, then.votes) == (now.groups, now.decisions, now.submissions, now.votes)


def test_it_takes_the_same_statements_for_many() -> None:
    walk = Walk(3)
    board = Board.objects.get(scope=walk.cycle.pk, key="result")

    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            board_at(board, db_now(), side=RESTRICTED)
        return len([one for one in found.captured_queries if 'FROM "games_design"' not in one["sql"]])

    few = asked()
    walk.go(["brought_in", "entry", "marked", "tried", "compared", "balloted", "reopened"], 20)
    many = asked()
    assert (few, many) == (many, many)
    assert many <= 35
