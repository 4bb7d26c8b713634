"""From marks in the database to standings: the example whose every number is known by hand."""

from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.cycles.actions import record_decision
from games.cycles.rules import DecisionKind
from games.journal import actions as journal
from games.journal.models import JournalEntry
from games.results.actions import recompute_now
from games.results.models import ChallengeScore
from games.results.queries import facts_of
from games.rounds.models import Round
from leaderboards.models import Standing
from tests.factories.results import PLACES_CALL, SCORES_CALL, SCORES_RESULT, judge_final, scores, water

pytestmark = pytest.mark.django_db


def test_marks_become_the_scores_and_places_known_by_hand() -> None:
    played = water()
    recompute_now(played.cycle)
    assert scores(played, "call", "restricted") == SCORES_CALL
    assert (
        dict(Standing.objects.filter(board=played.board("call"), audience="restricted").values_list("entry", "place"))
        == PLACES_CALL
    )
    assert set(scores(played, "call").values()) == {""}, "to the public nothing is known before it is published"


def test_the_final_counts_seven_tenths_and_late_days_cost_a_point_each() -> None:
    played = water()
    judge_final(played)
    recompute_now(played.cycle)
    assert scores(played, "result", "restricted") == SCORES_RESULT


def test_computing_again_writes_nothing() -> None:
    played = water()
    recompute_now(played.cycle)
    version, entries = played.board("call").restricted_version, JournalEntry.objects.count()
    with CaptureQueriesContext(connection) as statements:
        recompute_now(played.cycle)
    written = [one["sql"] for one in statements if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written == []
    assert (played.board("call").restricted_version, JournalEntry.objects.count()) == (version, entries)


def test_a_changed_mark_moves_the_rows_it_changes_and_tells_from_which_version() -> None:
    played = water()
    Round.objects.filter(pk=played.rounds["call"].pk).update(published_at=now())
    recompute_now(played.cycle)
    before = {row.entry: row.changed_version for row in Standing.objects.filter(board=played.board("call"), audience="public")}
    mark = played.groups["cloud"].sheets.first().marks.get(criterion="impact")
    mark.value = 50_000
    mark.save()
    recompute_now(played.cycle)
    rows = {row.entry: row for row in Standing.objects.filter(board=played.board("call"), audience="public")}
    assert {key for key, row in rows.items() if row.changed_version != before[key]} == {"cloud"}
    told = (
        JournalEntry.objects.filter(kind="standings.changed", subject=f"board:{played.board('call').pk}").order_by("-pk").first()
    )
    assert told is not None
    assert told.payload["version"] == told.payload["from"] + 1 == 2
    assert (told.payload["audience"], told.payload["rows"]) == ("public", 1)


def test_that_the_restricted_side_moved_is_told_and_not_written(
    monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    """The seals of the journal are public: they would count it."""
    played, heard = water(), list[JournalEntry]()
    recompute_now(played.cycle)
    monkeypatch.setitem(journal._listeners, "standings.changed", [heard.append])
    before = JournalEntry.objects.count()
    played.groups["cloud"].sheets.first().marks.filter(criterion="impact").update(value=50_000)
    with django_capture_on_commit_callbacks(execute=True):
        recompute_now(played.cycle)
    assert JournalEntry.objects.count() == before
    told = next(one for one in heard if one.subject == f"board:{played.board('call').pk}")
    assert told.payload["audience"] == "restricted"
    assert (told.payload["from"], told.payload["version"], told.payload["rows"]) == (1, 2, 1)


def test_a_score_keeps_how_it_came_about() -> None:
    played = water()
    recompute_now(played.cycle)
    fjord = ChallengeScore.objects.get(challenge=played.challenges["concept"], group=played.groups["fjord"])
    assert (fjord.status, fjord.score) == ("quorum", "")
    fates = {mark[3] for panel in fjord.explanation["panels"] for mark in panel["marks"]}
    assert "recused" in fates
    aqua = ChallengeScore.objects.get(challenge=played.challenges["concept"], group=played.groups["aqua"])
    assert aqua.score == "81.67"
    impact = next(panel for panel in aqua.explanation["panels"] if panel["criterion"] == "impact")
    assert [mark[1] for mark in impact["marks"]] == ["5", "5", "4"]


def test_facts_take_a_fixed_number_of_statements() -> None:
    played = water()
    facts_of(played.cycle)
    with CaptureQueriesContext(connection) as few:
        facts_of(played.cycle)
    judge_final(played)
    with CaptureQueriesContext(connection) as many:
        facts_of(played.cycle)
    assert len(few) == len(many) <= 12


def test_facts_leave_out_drafts_pending_groups_and_sheets_that_are_not_final() -> None:
    played = water()
    played.groups["cloud"].state = "pending"
    played.groups["cloud"].save()
    played.sheet("concept", "aqua", "jury", 5, {"impact": 1, "novelty": 1, "feasibility": 1}, state="draft")
    found = facts_of(played.cycle)
    assert "cloud" not in {group.key for group in found.groups}
    assert "judge-5" not in {mark.judge for mark in found.marks}
    assert {mark.value for mark in found.marks if mark.group == "brook" and mark.judge == "judge-0"} == {Fraction(4)}


def test_a_withdrawn_group_counts_if_it_ever_took_part() -> None:
    played = water()
    for key in ("cloud", "delta"):
        played.groups[key].state = "withdrawn"
        played.groups[key].save()
    record_decision(played.cycle, DecisionKind.WITHDRAW, by=None, group="delta", round="final", reason="No time.")
    assert {"cloud", "delta"} & {group.key for group in facts_of(played.cycle).groups} == {"delta"}
    recompute_now(played.cycle)
    assert scores(played, "call", "restricted")["delta"] == "74.17", "withdrawn from the final on: the call keeps it"


def test_two_judges_with_the_same_key_stay_two() -> None:
    played = water()
    played.judges[1].key = played.judges[0].key
    played.judges[1].save()
    recompute_now(played.cycle)
    assert scores(played, "call", "restricted") == SCORES_CALL
