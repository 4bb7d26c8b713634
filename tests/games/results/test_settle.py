"""The settle run: steps that commit, a row as queue, and what publishing a round brings."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import transaction
from django.utils.timezone import now

from games.cycles.actions import record_decision
from games.cycles.rules import DecisionKind
from games.errors import GameError
from games.journal.models import JournalEntry
from games.recognition.models import Grant
from games.results.actions import claim, due_runs, finishing, request_refresh, request_settle, stumble
from games.results.models import RecomputeRun
from games.results.rules import LEASE, TRIES, LeaseLost, RoundStillOpen, RunState, SettleRunning, Step
from games.rounds.models import Entrant, Extension, Round
from leaderboards.models import Snapshot
from tests.factories.results import MEDALS, MONEY, SCORES_RESULT, judge_final, scores, water
from worker.steps import do_step, settle_now

pytestmark = pytest.mark.django_db


def test_publishing_the_call_brings_snapshot_and_field_and_no_awards_yet() -> None:
    played = water()
    run = settle_now(played.rounds["call"], by=None)
    assert (run.state, run.step, run.tries) == ("done", "notify", 0)
    entrants = Entrant.objects.filter(round=played.rounds["final"]).values_list("group__key", "via")
    assert dict(entrants) == {"aqua": "cut", "brook": "cut", "delta": "cut", "estuary": "wildcard"}
    assert {row.board.key for row in Snapshot.objects.select_related("board")} == {"call", "result"}
    assert not Grant.objects.exists()
    assert Round.objects.get(pk=played.rounds["call"].pk).published_at is not None


def test_publishing_one_round_tells_nothing_of_the_next_though_its_marks_are_in() -> None:
    alone, ahead = water(), water()
    settle_now(alone.rounds["call"], by=None)
    judge_final(ahead)
    settle_now(ahead.rounds["call"], by=None)
    told = [Snapshot.objects.get(board=played.board("result")).rows for played in (alone, ahead)]
    assert told[0] == told[1]
    assert scores(ahead, "result") == scores(alone, "result") != SCORES_RESULT
    assert scores(ahead, "result", "restricted").items() >= SCORES_RESULT.items()


def test_publishing_the_final_brings_every_award_and_all_of_the_money() -> None:
    played = water()
    settle_now(played.rounds["call"], by=None)
    judge_final(played)
    settle_now(played.rounds["final"], by=None)
    won: dict[str, set[str]] = {}
    for award, group in Grant.objects.exclude(award="money").values_list("award", "group__key"):
        won.setdefault(award, set()).add(group)
    assert won == MEDALS
    money = dict(Grant.objects.filter(award="money").values_list("group__key", "amount_cents"))
    assert money == MONEY
    assert sum(money.values()) == 850_000
    gold = Grant.objects.get(award="gold")
    assert (gold.place, gold.snapshot, gold.state, gold.amount_cents) == ("1", 2, "nominated", None)


def test_settling_again_changes_nothing() -> None:
    played = water()
    settle_now(played.rounds["call"], by=None)
    judge_final(played)
    settle_now(played.rounds["final"], by=None)
    grants, snapshots = list(Grant.objects.order_by("pk").values()), Snapshot.objects.count()
    settle_now(played.rounds["final"], by=None)
    assert list(Grant.objects.order_by("pk").values()) == grants
    assert Snapshot.objects.count() == snapshots


def test_without_publishing_it_ends_with_the_standings() -> None:
    played = water()
    run = settle_now(played.rounds["call"], by=None, publish=False)
    assert (run.state, run.step) == ("done", "standings")
    assert scores(played, "call", "restricted")["aqua"] == "81.67"
    assert scores(played, "call")["aqua"] == ""
    assert not Snapshot.objects.exists()


def test_an_open_round_is_not_settled() -> None:
    played = water()
    played.rounds["call"].closes_at = now() + timedelta(hours=1)
    played.rounds["call"].save()
    with pytest.raises(RoundStillOpen):
        request_settle(played.rounds["call"], by=None)


def test_a_round_with_a_running_extension_is_not_published() -> None:
    played = water()
    round_ = played.rounds["call"]
    Extension.objects.create(round=round_, group=played.groups["aqua"], until=now() + timedelta(hours=1), reason="ill")
    request_settle(round_, by=None)
    with pytest.raises(RoundStillOpen):
        request_settle(round_, by=None, publish=True)


def test_a_tie_that_must_be_decided_stops_before_anything_is_published() -> None:
    played = water(cuts=[{"board": "call", "to": "final", "first": 2, "ties": "decide", "wildcards": 1}])
    with pytest.raises(GameError, match="brook, delta"):
        settle_now(played.rounds["call"], by=None)
    assert not Snapshot.objects.exists()
    assert RecomputeRun.objects.get().state == RunState.FAILED
    record_decision(played.cycle, DecisionKind.ADVANCE, by=None, round="final", board="call", group="delta", reason="Drawn.")
    settle_now(played.rounds["call"], by=None)
    entrants = set(Entrant.objects.filter(round=played.rounds["final"]).values_list("group__key", flat=True))
    assert entrants == {"aqua", "delta", "estuary"}


# --- The row as queue -----------------------------------------------------------------------------------------------------------------


def test_asking_twice_gives_the_run_that_waits_and_one_that_publishes_wins() -> None:
    played = water()
    first = request_settle(played.rounds["call"], by=None)
    again = request_settle(played.rounds["call"], by=None, publish=True, reason="Jury has agreed.")
    assert again.pk == first.pk
    assert again.publish
    assert RecomputeRun.objects.get().reason == "Jury has agreed."


def test_a_run_at_work_cannot_be_made_to_publish() -> None:
    played = water()
    run = request_settle(played.rounds["call"], by=None)
    assert claim(run.pk, holder="a") is not None
    with pytest.raises(SettleRunning):
        request_settle(played.rounds["call"], by=None, publish=True)


def test_a_run_is_claimed_once_until_its_lease_runs_out() -> None:
    played = water()
    run = request_settle(played.rounds["call"], by=None)
    assert claim(run.pk, holder="a") is not None
    assert claim(run.pk, holder="b") is None
    assert due_runs(now()) == []
    RecomputeRun.objects.filter(pk=run.pk).update(lease_until=now() - LEASE)
    assert due_runs(now()) == [run.pk]
    assert claim(run.pk, holder="b") is not None


def test_one_run_of_a_cycle_at_a_time() -> None:
    played = water()
    settle, refresh = request_settle(played.rounds["call"], by=None), request_refresh(played.cycle)
    assert do_step(settle.pk) is not None
    assert claim(refresh.pk, holder="b") is None, "between two steps the settle run is still at work"


def test_whoever_lost_the_lease_writes_nothing() -> None:
    played = water()
    run = request_settle(played.rounds["call"], by=None)
    mine = claim(run.pk, holder="a")
    assert mine is not None
    RecomputeRun.objects.filter(pk=run.pk).update(lease_until=now() - LEASE)
    assert claim(run.pk, holder="b") is not None
    with pytest.raises(LeaseLost), finishing(mine):  # noqa: PT012 the writes inside are the point
        played.cycle.name = "Changed by the one who lost"
        played.cycle.save()
    played.cycle.refresh_from_db()
    assert played.cycle.name == "Clean Water Challenge"
    assert RecomputeRun.objects.get().step == Step.LOCK


def test_a_step_that_fails_is_tried_again_later_and_given_up_in_the_end() -> None:
    played = water()
    run = request_settle(played.rounds["call"], by=None)
    for _ in range(TRIES):
        RecomputeRun.objects.filter(pk=run.pk, state="running").update(lease_until=now() - LEASE)
        mine = claim(run.pk, holder=uuid4().hex)
        assert mine is not None
        stumble(mine, RuntimeError("the disk is full"))
    run.refresh_from_db()
    assert (run.state, run.error) == ("failed", "RuntimeError: the disk is full")


def test_one_refresh_waits_however_many_ask() -> None:
    played = water()
    assert request_refresh(played.cycle).pk == request_refresh(played.cycle).pk


def test_a_change_during_a_refresh_asks_for_another_one_a_little_later() -> None:
    played = water()
    first = request_refresh(played.cycle)
    assert do_step(first.pk) is not None
    second = request_refresh(played.cycle)
    assert second.pk != first.pk
    assert second.not_before is not None
    first.refresh_from_db()
    assert first.started_at is not None
    assert second.not_before >= first.started_at + timedelta(milliseconds=250)


def test_a_refresh_journals_the_boards_it_moved() -> None:
    played = water()
    run = request_refresh(played.cycle)
    assert do_step(run.pk) is not None
    last = do_step(run.pk)
    assert last is not None
    assert last.state == RunState.DONE
    boards = JournalEntry.objects.filter(kind="standings.changed").values_list("payload__board", "payload__audience")
    assert {key for key, _ in boards} >= {"call"}
    assert {side for _, side in boards} == {"public"}
    assert played.board("call").restricted_version == 1


def test_a_step_and_its_effect_commit_together() -> None:
    played = water()
    run = request_settle(played.rounds["call"], by=None)
    mine = claim(run.pk, holder="a")
    assert mine is not None

    class Died(Exception):
        pass

    with pytest.raises(Died), transaction.atomic(), finishing(mine):  # noqa: PT012 the writes inside are the point
        played.cycle.name = "Half done"
        played.cycle.save()
        raise Died
    played.cycle.refresh_from_db()
    assert played.cycle.name == "Clean Water Challenge"
