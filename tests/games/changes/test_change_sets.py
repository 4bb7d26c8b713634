"""Any correction after publication: prepared, looked at, applied as one or cancelled; the old version stays, the new one says why."""

from random import Random
from typing import Any

import pytest
from django.utils.timezone import now

from games.changes import actions
from games.changes.actions import Wanted
from games.changes.models import Change, ChangeSet
from games.changes.rules import ChangeKind, ChangesInvalid, ChangesMoved, ChangesRefused
from games.cycles.actions import record_decision
from games.cycles.models import Cycle, Decision
from games.cycles.rules import DecisionKind
from games.errors import GameError
from games.journal.models import JournalEntry
from games.judging.models import Mark, PastSheet, Sheet
from games.notices.models import Message
from games.progression.actions import amend, decide
from games.progression.rules import AmendRefused
from games.recognition.actions import give_grant, verify
from games.recognition.models import Grant
from games.results.models import RecomputeRun
from games.rounds.models import Entrant, Round
from leaderboards.models import Board, Snapshot
from tests.factories.changes import Told, told
from tests.factories.results import SCALE
from tests.flows.story import the_worker_works
from worker import correcting

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Told:
    return told()


def mark(story: Told, group: str, criterion: str, value: Any, judge: int = 0, challenge: str = "concept", **more: Any) -> Wanted:
    return Wanted(ChangeKind.MARK, sheet=story.sheet(group, judge, challenge), criterion=criterion, value=value, **more)


def drafted(story: Told, *changes: Wanted, **more: Any) -> ChangeSet:
    """A draft with its preview."""
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    made = actions.prepare(cycle, reason="Judge 1 slipped.", by=story.org.user, changes=changes, **more)
    return seen(made)


def seen(draft: ChangeSet) -> ChangeSet:
    correcting.look_at(draft.pk)
    draft.refresh_from_db()
    assert "error" not in draft.preview, draft.preview["error"]
    return draft


def apply(story: Told, draft: ChangeSet, **more: Any) -> ChangeSet:
    done = actions.apply(draft, by=story.org.user, stamp=draft.stamp, **more)
    the_worker_works()
    done.refresh_from_db()
    assert done.run is None or (done.run.state, done.run.error) == ("done", "")
    return done


def board(draft: ChangeSet, key: str) -> dict[str, Any]:
    return next(one for one in draft.preview["boards"] if one["key"] == key)


def as_previewed(draft: ChangeSet) -> None:
    """What is published now is what the preview said, on every board."""
    for one in draft.preview["boards"]:
        rows = (
            Snapshot.objects.filter(board__scope=draft.cycle_id, board__key=one["key"], audience="public")
            .order_by("number")
            .last()
        )
        assert rows is not None
        assert {(row["entry"], row["place"], row["score"], row["status"]) for row in rows.rows} == {
            (row["group"], *row["now"]) for row in one["rows"] if row["now"]
        }, one["key"]


# --- A mark ---------------------------------------------------------------------------------------------------------------------------


def test_a_preview_shows_every_moved_place_and_writes_nothing(story: Told) -> None:
    before = (Mark.objects.count(), Snapshot.objects.count(), Decision.objects.count())
    draft = drafted(story, mark(story, "brook", "impact", 5), mark(story, "brook", "novelty", 5))
    call = board(draft, "call")
    rows = {row["group"]: row for row in call["rows"]}
    assert rows["brook"]["was"] == ["2", "74.17", "ranked"]
    assert rows["brook"]["now"] == ["2", "80", "ranked"]
    assert rows["delta"]["now"] == ["3", "74.17", "ranked"]
    assert rows["cloud"]["was"] == rows["cloud"]["now"]
    assert call["moved"] == 2
    assert draft.preview["rounds"] == ["call"]
    assert {"brook", "delta"} <= set(draft.preview["groups"])
    assert (Mark.objects.count(), Snapshot.objects.count(), Decision.objects.count()) == before
    assert story.places()["delta"] == "2"


def test_applying_publishes_a_new_version_that_says_why_and_the_old_one_stays(story: Told) -> None:
    old = story.snapshot()
    draft = drafted(story, mark(story, "brook", "impact", 5), mark(story, "brook", "novelty", 5))
    done = apply(story, draft)
    new = story.snapshot()
    assert (done.state, new.number, old.number) == ("applied", old.number + 1, 1)
    assert new.reason == "Correction 1: Judge 1 slipped."
    assert new.previous_digest == old.digest
    assert Snapshot.objects.get(pk=old.pk).rows == old.rows
    assert story.places()["delta"] == "3"
    as_previewed(draft)
    assert Decision.objects.get(kind="change_set").published_at is not None


def test_a_corrected_sheet_stays_final_and_keeps_what_it_said(story: Told) -> None:
    sheet = story.sheet("brook")
    apply(story, drafted(story, mark(story, "brook", "impact", 5), mark(story, "brook", "novelty", 5)))
    now_ = story.sheet("brook")
    past = PastSheet.objects.get(sheet=sheet)
    assert (now_.state, now_.revision) == ("final", sheet.revision + 1)
    assert past.marks["impact"] == [4 * SCALE, "", ""]
    assert past.reason == "Correction 1: Judge 1 slipped."
    assert dict(now_.marks.values_list("criterion", "value")) == {
        "impact": 5 * SCALE,
        "novelty": 5 * SCALE,
        "feasibility": 4 * SCALE,
    }
    assert JournalEntry.objects.filter(kind="sheet.corrected").count() == 1


def test_a_mark_may_turn_out_to_be_absent(story: Told) -> None:
    draft = drafted(story, mark(story, "aqua", "impact", None, state="absent"))
    apply(story, draft)
    as_previewed(draft)
    assert story.places()["aqua"] == "", "two whole sheets are left, and three were asked for"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"criterion": "impact", "value": 4}, "already"),
        ({"criterion": "impact", "value": 6}, "outside"),
        ({"criterion": "impact", "value": "4.5"}, "step"),
        ({"criterion": "charm", "value": 4}, "not a criterion"),
    ],
)
def test_a_mark_that_cannot_be_is_refused_in_words(story: Told, change: dict[str, Any], words: str) -> None:
    with pytest.raises(ChangesInvalid, match=words):
        drafted(story, mark(story, "brook", **change))
    assert not ChangeSet.objects.exists()


def test_every_fault_is_named_and_nothing_is_changed_twice(story: Told) -> None:
    with pytest.raises(ChangesInvalid) as refused:
        drafted(story, mark(story, "brook", "impact", 9), mark(story, "aqua", "charm", 1))
    assert [one.where for one in refused.value.problems] == ["changes.0", "changes.1"]
    with pytest.raises(ChangesInvalid, match="twice"):
        drafted(story, mark(story, "brook", "impact", 5), mark(story, "brook", "impact", 3))
    sheet = story.sheet("brook")
    with pytest.raises(ChangesInvalid, match="leave one"):
        drafted(story, mark(story, "brook", "impact", 5), Wanted(ChangeKind.RECUSE, sheet=sheet))


def test_before_publication_a_sheet_is_opened_again_instead() -> None:
    early = told("call")
    early.played.sheet("prototype", "aqua", "jury", 0, {"evidence": 5, "craft": 4})
    with pytest.raises(ChangesInvalid, match="not published"):
        drafted(early, mark(early, "aqua", "evidence", 4, challenge="prototype"))


# --- A sheet, a group, an entry -------------------------------------------------------------------------------------------------------


def test_a_recused_judge_is_taken_out_and_may_be_put_back(story: Told) -> None:
    sheet = story.sheet("aqua")
    first = story.snapshot()
    out = drafted(story, Wanted(ChangeKind.RECUSE, sheet=sheet))
    apply(story, out)
    as_previewed(out)
    assert (story.sheet("aqua").state, story.places()["aqua"]) == ("recused", "")
    assert set(Mark.objects.filter(sheet=sheet).values_list("value", "state")) == {(None, "recused")}
    back = drafted(story, Wanted(ChangeKind.RECUSE, sheet=story.sheet("aqua")))
    apply(story, back)
    as_previewed(back)
    assert story.sheet("aqua").state == "final"
    assert story.snapshot().rows == first.rows


def test_a_group_is_disqualified_as_of_a_round_and_reinstated(story: Told) -> None:
    first = {key: story.snapshot(key).rows for key in ("call", "result", "favourite")}
    out = drafted(story, Wanted(ChangeKind.DISQUALIFY, group=story.played.groups["aqua"], round="call"))
    assert out.preview["rounds"] == ["call", "final"]
    apply(story, out)
    as_previewed(out)
    assert next(row["status"] for row in story.snapshot().rows if row["entry"] == "aqua") == "disqualified"
    assert story.places("result")["brook"] == "1"
    decision = Decision.objects.get(kind="disqualify")
    assert (decision.group, decision.reason) == ("aqua", "Correction 1: Judge 1 slipped.")
    assert decision.published_at is not None
    back = drafted(story, Wanted(ChangeKind.REINSTATE, group=story.played.groups["aqua"]))
    apply(story, back)
    as_previewed(back)
    assert {key: story.snapshot(key).rows for key in first} == first
    decision.refresh_from_db()
    assert decision.revoked_at is not None


def test_one_entry_is_disqualified_and_reinstated(story: Told) -> None:
    entry = story.played.challenges["prototype"].submissions.get()
    first = story.snapshot("result").rows
    out = drafted(story, Wanted(ChangeKind.DISQUALIFY, submission=entry))
    apply(story, out)
    as_previewed(out)
    entry.refresh_from_db()
    assert entry.state == "disqualified"
    back = drafted(story, Wanted(ChangeKind.REINSTATE, submission=entry))
    apply(story, back)
    as_previewed(back)
    entry.refresh_from_db()
    assert (entry.state, story.snapshot("result").rows) == ("published", first)


def test_who_is_out_already_or_not_at_all_is_refused(story: Told) -> None:
    aqua = story.played.groups["aqua"]
    with pytest.raises(ChangesInvalid, match="neither"):
        drafted(story, Wanted(ChangeKind.REINSTATE, group=aqua))
    with pytest.raises(ChangesInvalid, match="not a round"):
        drafted(story, Wanted(ChangeKind.DISQUALIFY, group=aqua, round="semi"))
    decide(story.played.cycle, DecisionKind.DISQUALIFY, by=None, reason="x", group="aqua", round="call")
    with pytest.raises(ChangesInvalid, match="already"):
        drafted(story, Wanted(ChangeKind.DISQUALIFY, group=aqua, round="final"))


# --- Rules ----------------------------------------------------------------------------------------------------------------------------

MEDIAN = {"challenges": [{"key": "concept", "panels": [{"key": "jury", "combine": "median"}]}]}


def test_a_weight_of_a_published_round_is_changed_only_as_a_correction(story: Told) -> None:
    weights = {"challenges": [{"key": "concept", "criteria": [{"key": "impact", "weight": 80}]}]}
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    with pytest.raises(AmendRefused):
        amend(cycle, weights, by=None, reason="x")
    draft = drafted(story, Wanted(ChangeKind.RULE, changes=weights))
    [change] = Change.objects.filter(change_set=draft)
    assert change.target["diff"][0]["path"] == 'challenges["concept"].criteria["impact"].weight'
    apply(story, draft)
    as_previewed(draft)
    cycle.refresh_from_db()
    assert cycle.design_number == 2
    assert (story.round("call").design_number, story.round("final").design_number) == (2, 1)
    assert (story.snapshot().design_number, story.snapshot().number) == (2, 2)


def test_a_panels_method_is_changed_after_judging_began_only_so(story: Told) -> None:
    draft = drafted(story, Wanted(ChangeKind.RULE, changes=MEDIAN))
    apply(story, draft)
    as_previewed(draft)
    assert story.snapshot().rows != Snapshot.objects.get(board=story.snapshot().board, number=1).rows


def test_before_anything_is_published_a_corrected_rule_holds_at_once_and_publishes_nothing() -> None:
    early = told("call", rounds=[{"key": "call"}, {"key": "final"}])
    RecomputeRun.objects.all().delete()
    Round.objects.filter(cycle=early.played.cycle).update(published_at=None)
    draft = drafted(early, Wanted(ChangeKind.RULE, changes=MEDIAN))
    assert (draft.preview["rounds"], draft.preview["boards"]) == ([], [])
    before = Snapshot.objects.count()
    done = apply(early, draft)
    assert (done.run, Snapshot.objects.count()) == (None, before)
    assert Cycle.objects.get(pk=early.played.cycle.pk).design_number == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"cycle": {"mark_decimals": 2}},
        {"challenges": [{"key": "concept", "criteria": [{"key": "charm", "weight": 1}]}]},
        {"challenges": [{"key": "concept", "format": "ranking"}]},
        {"challenges": [{"key": "fresh", "rounds": ["call"], "criteria": [{"key": "x"}]}]},
        {"cuts": [{"board": "call", "to": "final", "first": 1}]},
        {"rounds": [{"key": "call", "blind": True}]},
    ],
)
def test_what_entries_and_marks_rest_on_stays_even_in_a_correction(story: Told, changes: dict[str, Any]) -> None:
    with pytest.raises(ChangesInvalid):
        drafted(story, Wanted(ChangeKind.RULE, changes=changes))


# --- Cuts -----------------------------------------------------------------------------------------------------------------------------


def test_a_round_to_come_follows_the_corrected_cut() -> None:
    story = told("call")
    Round.objects.filter(pk=story.round("final").pk).update(opens_at=None, closes_at=None)
    draft = drafted(story, *(mark(story, "cloud", key, 5, judge) for judge in range(3) for key in ("impact", "novelty")))
    [field] = draft.preview["fields"]
    assert (field["round"], field["state"], field["joins"], sorted(field["leaves"])) == (
        "final",
        "planned",
        ["cloud"],
        ["brook", "delta"],
    )
    apply(story, draft)
    as_previewed(draft)
    entered = Entrant.objects.filter(round=story.round("final")).values_list("group__key", flat=True)
    assert set(entered) == {"aqua", "cloud", "estuary"}
    told_ = set(Message.objects.filter(kind="changes.applied").values_list("to", flat=True))
    assert told_ >= {"ben@example.org"}


def test_nobody_is_taken_out_of_a_round_that_has_begun_nor_added_once_it_takes_nothing_more(story: Told) -> None:
    """The final is over and published: its field stays, by decisions that say why."""
    changes = [mark(story, "cloud", key, 5, judge) for judge in range(3) for key in ("impact", "novelty")]
    draft = drafted(story, *changes)
    [field] = draft.preview["fields"]
    assert (sorted(field["stays"]), field["late"], field["joins"], field["leaves"]) == (["brook", "delta"], ["cloud"], [], [])
    apply(story, draft)
    as_previewed(draft)
    kept = {(one.kind, one.group) for one in Decision.objects.filter(reason__startswith="Correction 1", round="final")}
    assert kept == {("advance", "brook"), ("advance", "delta"), ("stop", "cloud")}
    assert all(one.published_at for one in Decision.objects.filter(reason__startswith="Correction 1", round="final"))
    assert story.places("favourite") == {row["group"]: row["now"][0] for row in board_or_same(draft, story, "favourite")}


def board_or_same(draft: ChangeSet, story: Told, key: str) -> list[dict[str, Any]]:
    found = [one for one in draft.preview["boards"] if one["key"] == key]
    if found:
        return list(found[0]["rows"])
    return [
        {"group": row["entry"], "now": [row["place"]]}
        for row in Snapshot.objects.get(board__key=key, board__scope=draft.cycle_id, number=1).rows
    ]


def test_a_round_that_is_open_lets_in_who_should_have_been_in() -> None:
    story = told("call")
    from datetime import timedelta

    Round.objects.filter(pk=story.round("final").pk).update(
        opens_at=now() - timedelta(days=1), closes_at=now() + timedelta(days=3)
    )
    draft = drafted(story, *(mark(story, "cloud", key, 5, judge) for judge in range(3) for key in ("impact", "novelty")))
    [field] = draft.preview["fields"]
    assert (field["state"], field["joins"], sorted(field["stays"]), field["late"]) == ("open", ["cloud"], ["brook", "delta"], [])
    apply(story, draft)
    entered = dict(Entrant.objects.filter(round=story.round("final")).values_list("group__key", "via"))
    assert entered == {"aqua": "cut", "cloud": "cut", "brook": "invited", "delta": "invited", "estuary": "wildcard"}


def test_a_tie_that_people_must_decide_stands_against_applying() -> None:
    story = told("call", cuts=[{"board": "call", "to": "final", "first": 3, "ties": "decide", "wildcards": 1}])
    Round.objects.filter(pk=story.round("final").pk).update(opens_at=None, closes_at=None)
    changes = [
        mark(story, "cloud", key, value, judge)
        for judge, marks in enumerate(("444", "444", "345"))
        for key, value in zip(("impact", "novelty", "feasibility"), marks, strict=True)
        if value != {0: "333", 1: "433", 2: "343"}[judge][("impact", "novelty", "feasibility").index(key)]
    ]
    draft = drafted(story, *changes)
    assert "tie" in draft.preview["problems"][0]
    with pytest.raises(ChangesRefused, match="tie"):
        actions.apply(draft, by=story.org.user, stamp=draft.stamp)


# --- Awards ---------------------------------------------------------------------------------------------------------------------------


def swap(story: Told) -> list[Wanted]:
    """Brook's prototype was marked too low by everybody: it becomes first."""
    return [mark(story, "brook", "evidence", 5, judge, "prototype") for judge in (0, 1, 2) if judge != 1] + [
        mark(story, "brook", "craft", 4, 0, "prototype") if False else mark(story, "brook", "impact", 5)
    ]


def test_nominations_follow_and_their_money_is_shown(story: Told) -> None:
    draft = drafted(story, *swap(story))
    moves = {(one["award"], one["group"]): one for one in draft.preview["awards"]}
    assert moves["gold", "aqua"]["after"] is None
    assert moves["gold", "brook"]["before"] is None
    assert (moves["money", "brook"]["before"], moves["money", "brook"]["after"]) == (["2", 250000], ["1", 500000])
    assert not any(one["acted_on"] for one in moves.values())
    apply(story, draft)
    assert Grant.objects.get(award="gold").group == story.played.groups["brook"]
    assert dict(Grant.objects.filter(award="money").values_list("group__key", "amount_cents"))["brook"] == 500000


def test_what_was_granted_is_taken_back_with_the_reason_and_given_anew_where_it_is_still_won(story: Told) -> None:
    for grant in Grant.objects.filter(award__in=["gold", "money"], group__isnull=False):
        give_grant(verify(grant, by=story.org.user), by=story.org.user)
    draft = drafted(story, *swap(story))
    assert all(one["to_take_back"] for one in draft.preview["awards"] if one["award"] in {"gold", "money"} and one["grant"])
    apply(story, draft)
    revoked = Grant.objects.filter(state="revoked")
    assert {(one.award, one.group.key) for one in revoked if one.group} == {
        ("gold", "aqua"),
        ("money", "aqua"),
        ("money", "brook"),
    }
    assert {one.reason for one in revoked} == {"Correction 1: Judge 1 slipped."}
    alive = {
        (one.award, one.group.key): (one.state, one.amount_cents) for one in Grant.objects.exclude(state="revoked") if one.group
    }
    assert alive["money", "brook"] == ("granted", 500000)
    assert alive["money", "aqua"] == ("granted", 250000)
    assert alive["gold", "brook"] == ("nominated", None), "whoever wins it now is verified by people first"


def test_a_granted_award_may_be_left_as_it_is_and_the_difference_stays_shown(story: Told) -> None:
    gold = Grant.objects.get(award="gold")
    give_grant(verify(gold, by=story.org.user), by=story.org.user)
    draft = drafted(story, *swap(story))
    apply(story, draft, leave=[gold.pk])
    gold.refresh_from_db()
    assert gold.state == "granted"
    assert JournalEntry.objects.filter(kind="grant.changed", subject=f"grant:{gold.pk}", payload__differs=True).exists()


# --- Looking again, cancelling, appeals -----------------------------------------------------------------------------------------------


def test_what_changed_since_the_preview_stands_against_applying(story: Told) -> None:
    draft = drafted(story, mark(story, "brook", "impact", 5))
    record_decision(story.played.cycle, DecisionKind.STOP, by=None, group="cloud", round="final", reason="Left.")
    with pytest.raises(ChangesMoved):
        actions.apply(draft, by=story.org.user, stamp=draft.stamp)
    assert not Decision.objects.filter(kind="change_set").exists()
    assert story.sheet("brook").revision == 0
    actions.look_again(draft, by=story.org.user)
    apply(story, seen(draft))


@pytest.mark.parametrize("moved", ["mark", "grant", "rules", "round"])
def test_a_preview_is_of_marks_grants_rules_and_rounds(story: Told, moved: str) -> None:
    draft = drafted(story, mark(story, "brook", "impact", 5))
    if moved == "mark":
        Mark.objects.filter(sheet=story.sheet("cloud"), criterion="impact").update(value=5 * SCALE)
    elif moved == "grant":
        verify(Grant.objects.get(award="gold"), by=None)
    elif moved == "rules":
        amend(Cycle.objects.get(pk=story.played.cycle.pk), {"cycle": {"summary": "New words."}}, by=None, reason="x")
    else:
        Round.objects.filter(pk=story.round("final").pk).update(closed_at=now())
    with pytest.raises(ChangesMoved):
        actions.apply(draft, by=story.org.user, stamp=draft.stamp)


def test_only_what_was_looked_at_is_applied(story: Told) -> None:
    draft = drafted(story, mark(story, "brook", "impact", 5))
    with pytest.raises(ChangesMoved):
        actions.apply(draft, by=story.org.user, stamp="0" * 64)
    actions.add_changes(draft, [mark(story, "brook", "novelty", 5)], by=story.org.user)
    draft.refresh_from_db()
    assert (draft.preview, draft.stamp) == ({}, "")
    with pytest.raises(ChangesRefused, match="preview"):
        actions.apply(draft, by=story.org.user, stamp="")


def test_a_change_is_replaced_and_left_out(story: Told) -> None:
    draft = drafted(story, mark(story, "brook", "impact", 5))
    actions.add_changes(draft, [mark(story, "brook", "impact", 3)], by=story.org.user)
    [change] = draft.changes.all()
    assert change.after["value"] == "3"
    actions.remove_change(draft, change.position, by=story.org.user)
    assert not draft.changes.exists()
    with pytest.raises(ChangesRefused):
        actions.apply(draft, by=story.org.user, stamp="")


def test_a_draft_is_cancelled_with_a_reason_and_never_applied_after_it(story: Told) -> None:
    draft = drafted(story, mark(story, "brook", "impact", 5))
    with pytest.raises(GameError):
        actions.cancel(draft, by=story.org.user, reason=" ")
    done = actions.cancel(draft, by=story.org.user, reason="The sheet was right.")
    assert (done.state, done.settled_reason) == ("cancelled", "The sheet was right.")
    for act in (lambda: actions.apply(draft, by=None, stamp=draft.stamp), lambda: actions.cancel(draft, by=None, reason="x")):
        with pytest.raises(ChangesRefused):
            act()


def test_applied_twice_is_applied_once(story: Told) -> None:
    draft = drafted(story, mark(story, "brook", "impact", 5))
    actions.apply(draft, by=story.org.user, stamp=draft.stamp)
    with pytest.raises(ChangesRefused):
        actions.apply(draft, by=story.org.user, stamp=draft.stamp)
    the_worker_works()
    assert story.snapshot().number == 2


def test_an_appeal_is_upheld_by_the_correction_that_was_prepared_from_it(story: Told) -> None:
    appeal = actions.make_appeal(round=story.round("call"), group=story.played.groups["brook"], text="4 is 5.", by=story.ben.user)
    draft = drafted(story, mark(story, "brook", "impact", 5), appeal=appeal)
    apply(story, draft, answer="You are right, thank you.")
    appeal.refresh_from_db()
    assert (appeal.state, appeal.answer, appeal.answered_by) == ("upheld", "You are right, thank you.", story.org.person)


def test_a_correction_that_upholds_an_appeal_is_not_simply_cancelled(story: Told) -> None:
    appeal = actions.make_appeal(round=story.round("call"), group=story.played.groups["brook"], text="4 is 5.", by=story.ben.user)
    draft = drafted(story, mark(story, "brook", "impact", 5), appeal=appeal)
    actions.answer_appeal(appeal, upheld=True, answer="Right.", by=story.org.user)
    with pytest.raises(ChangesRefused, match="upheld"):
        actions.cancel(draft, by=story.org.user, reason="No.")
    drafted(story, mark(story, "brook", "impact", 5), appeal=appeal)
    assert actions.cancel(draft, by=story.org.user, reason="Another one.").state == "cancelled"


def test_a_closed_cycle_stays_as_it_is(story: Told) -> None:
    draft = drafted(story, mark(story, "brook", "impact", 5))
    Cycle.objects.filter(pk=story.played.cycle.pk).update(state="closed")
    with pytest.raises(ChangesRefused, match="closed"):
        actions.apply(draft, by=story.org.user, stamp=draft.stamp)
    with pytest.raises(ChangesRefused, match="closed"):
        drafted(story, mark(story, "brook", "novelty", 5))


def test_a_publication_that_failed_is_carried_on(story: Told) -> None:
    draft = drafted(story, mark(story, "brook", "impact", 5))
    actions.apply(draft, by=story.org.user, stamp=draft.stamp)
    RecomputeRun.objects.filter(pk=ChangeSet.objects.get(pk=draft.pk).run_id).update(state="failed", error="broken")
    assert actions.carry_on(draft, by=story.org.user).run_id != draft.run_id
    the_worker_works()
    assert story.snapshot().number == 2
    with pytest.raises(ChangesRefused):
        actions.carry_on(draft, by=story.org.user)


def test_a_preview_that_cannot_be_computed_says_why(story: Told, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError("no memory")

    draft = actions.prepare(story.played.cycle, reason="x", by=None, changes=[mark(story, "brook", "impact", 5)])
    monkeypatch.setattr(correcting, "look", broken)
    correcting.look_at(draft.pk)
    draft.refresh_from_db()
    assert "try again" in draft.preview["error"]
    assert correcting.waiting() == []
    with pytest.raises(ChangesRefused, match="no preview"):
        actions.apply(draft, by=None, stamp="")


def test_the_clock_finds_drafts_without_a_preview(story: Told) -> None:
    draft = actions.prepare(story.played.cycle, reason="x", by=None, changes=[mark(story, "brook", "impact", 5)])
    actions.prepare(story.played.cycle, reason="empty", by=None)
    assert correcting.waiting() == [draft.pk]
    assert correcting.waiting() == [], "told once in a while"
    assert correcting.look_at(draft.pk)
    assert not correcting.look_at(draft.pk)
    assert Sheet.objects.filter(state="final").exists()
    assert Board.objects.exists()


# --- Any correction -------------------------------------------------------------------------------------------------------------------


def some(story: Told, random: Random) -> list[Wanted]:
    """A few random changes that can be: marks, sheets taken out, a group or an entry disqualified, other weights."""
    found: list[Wanted] = []
    sheets = list(Sheet.objects.filter(state="final").select_related("challenge__round__cycle", "group", "judge").order_by("pk"))
    for sheet in random.sample(sheets, random.randint(1, 6)):
        if random.random() < 0.2:
            found.append(Wanted(ChangeKind.RECUSE, sheet=sheet))
            continue
        one = random.choice(list(Mark.objects.filter(sheet=sheet).order_by("pk")))
        value = random.choice([v for v in range(1, 6) if v * SCALE != one.value])
        found.append(Wanted(ChangeKind.MARK, sheet=sheet, criterion=one.criterion, value=value))
    if random.random() < 0.3:
        group = story.played.groups[random.choice(["aqua", "brook", "cloud"])]
        found.append(Wanted(ChangeKind.DISQUALIFY, group=group, round=random.choice(["call", "final"])))
    if random.random() < 0.3:
        found.append(Wanted(ChangeKind.DISQUALIFY, submission=story.played.challenges["prototype"].submissions.get()))
    if random.random() < 0.4:
        weights = {"call": str(random.randint(1, 9)), "final": "1"}
        found.append(Wanted(ChangeKind.RULE, changes={"boards": [{"key": "result", "weights": weights}]}))
    return found


@pytest.mark.parametrize("seed", range(8))
def test_what_is_applied_is_what_was_previewed(story: Told, seed: int) -> None:
    """Places, scores, fields, awards with their cents: on random corrections, one after the other."""
    random = Random(seed)
    for _ in range(2):
        draft = drafted(story, *some(story, random))
        if draft.preview["problems"]:
            continue
        apply(story, draft)
        as_previewed(draft)
        after = {(one["award"], one["group"]): one["after"] for one in draft.preview["awards"]}
        there = {
            (one.award, one.group.key): [one.place, one.amount_cents]
            for one in Grant.objects.exclude(state="revoked").select_related("group")
            if one.group
        }
        assert {key: there.get(key) for key in after} == after
        free = {one.award: one.amount_cents for one in Grant.objects.filter(state="unallocated")}
        assert {key: free.get(key, 0) for key in draft.preview["rest"]} == {
            key: now for key, (_, now) in draft.preview["rest"].items()
        }
