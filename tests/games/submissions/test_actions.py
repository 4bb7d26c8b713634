"""Entries: drafts, versions, deadlines, caps, withdrawal, disqualification."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.cycles.models import Decision
from games.cycles.rules import CycleState, ReasonMissing
from games.groups.rules import GroupState
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.playbooks.forms import AnswersRefused
from games.rounds.models import Entrant, Extension
from games.rounds.rules import CycleNotRunning, NotEntrant, RoundNotOpen
from games.submissions import actions
from games.submissions.models import Submission, Version
from games.submissions.rules import CapReached, EntryRefused, FieldRefused, StaleDraft, TooLate, digest_of
from tests.factories.submissions import ESSAY, Scene, entry, move, person, scene, without_designs

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Scene:
    return scene()


def begun(call: Scene) -> Submission:
    return actions.open_entry(challenge=call.challenge, group=call.group, by=None)


def test_a_version_is_numbered_hashed_and_becomes_the_one_that_counts(call: Scene) -> None:
    ada = person()
    submission = begun(call)
    before = db_now()
    first = actions.submit(
        submission=submission, by=None, person=ada, data={"title": "On water", "cost": "12.5"}, note="first try"
    )
    second = actions.submit(submission=submission, by=None, data={"title": "On rain"})
    submission.refresh_from_db()
    assert (first.number, second.number) == (1, 2)
    assert first.by == ada
    assert submission.pinned == second
    assert submission.state == "submitted"
    assert abs((first.at - before).total_seconds()) < 5
    assert Version.objects.get(pk=first.pk).fields == {"cost": 125000}
    assert first.digest == digest_of({"title": "On water", "cost": "12.5"}, {"cost": 125000}, {})


def test_a_new_version_leaves_the_old_one_as_it_was(call: Scene) -> None:
    submission, first = entry(call, title="One")
    actions.submit(submission=submission, by=None, data={"title": "Two"})
    kept = Version.objects.get(pk=first.pk)
    assert (kept.data, kept.digest) == ({"title": "One"}, first.digest)


def test_the_receipt_is_journalled_with_version_digest_and_server_time(call: Scene) -> None:
    submission, version = entry(call)
    (receipt,) = JournalEntry.objects.filter(kind="submission.received")
    assert receipt.payload["version"] == 1
    assert receipt.payload["digest"] == version.digest
    assert receipt.at == version.at
    assert receipt.subject == f"submission:{submission.pk}"


def test_submitting_takes_four_statements(call: Scene) -> None:
    submission = Submission.objects.select_related("challenge__round__cycle").get(pk=begun(call).pk)
    actions.submit(submission=submission, by=None, data={"title": "Warm"})
    with CaptureQueriesContext(connection) as statements:
        actions.submit(submission=submission, by=None, data={"title": "On water"})
    sent = without_designs(statements)
    assert len(sent) == 4, sent


def test_answers_that_do_not_fit_the_form_are_refused_all_at_once(call: Scene) -> None:
    with pytest.raises(AnswersRefused) as refused:
        actions.submit(submission=begun(call), by=None, data={"cost": -1, "colour": "red"})
    assert {one.where for one in refused.value.problems} == {"title", "cost", "colour"}
    assert not Version.objects.exists()


def test_a_number_with_more_decimals_than_are_kept_is_refused(call: Scene) -> None:
    with pytest.raises(FieldRefused, match="more than the 4 decimals"):
        actions.submit(submission=begun(call), by=None, data={"title": "On water", "cost": "0.00001"})


def test_one_second_late_is_refused_with_both_times(call: Scene) -> None:
    submission = begun(call)
    move(call.round, closes=-1)
    with pytest.raises(TooLate, match=r"entries closed at .* UTC; this arrived at .* UTC"):
        actions.submit(submission=submission, by=None, data={"title": "On water"})
    with pytest.raises(TooLate):
        actions.save_draft(submission=submission, data={"title": "On"}, by=None)
    with pytest.raises(TooLate):
        actions.open_entry(challenge=call.challenge, group=call.group, by=None)
    with pytest.raises(TooLate):
        actions.withdraw(submission=submission, by=None)
    assert not Version.objects.exists()


def test_an_extension_holds_for_its_group_alone() -> None:
    call = scene(groups=2)
    move(call.round, closes=-1)
    late, other = call.groups
    Extension.objects.create(round=call.round, group=late, until=timezone.now() + timedelta(hours=1), reason="ill")
    entry(call, late)
    with pytest.raises(TooLate):
        entry(call, other)


def test_a_group_with_more_time_may_change_an_entry_that_was_locked(call: Scene) -> None:
    submission, _ = entry(call)
    move(call.round, closes=-1)
    assert actions.lock_entries(call.round) == 1
    Extension.objects.create(round=call.round, group=call.group, until=timezone.now() + timedelta(hours=1), reason="ill")
    assert actions.submit(submission=submission, by=None, data={"title": "More"}).number == 2


def test_locking_leaves_groups_whose_extension_runs_and_may_run_twice() -> None:
    call = scene(groups=2)
    for group in call.groups:
        entry(call, group)
    extension = Extension.objects.create(
        round=call.round, group=call.groups[0], until=timezone.now() + timedelta(hours=1), reason="ill"
    )
    assert actions.lock_entries(call.round) == 1
    assert actions.lock_entries(call.round) == 0
    extension.until = timezone.now() - timedelta(seconds=1)
    extension.save(update_fields=["until"])
    assert actions.lock_entries(call.round) == 1
    assert actions.publish_entries(call.round) == 2
    assert actions.publish_entries(call.round) == 0


@pytest.mark.parametrize(
    "state", [CycleState.PAUSED, CycleState.DRAFT, CycleState.CLOSED, CycleState.CANCELLED, CycleState.AWARDING]
)
def test_a_cycle_that_does_not_run_takes_nothing(call: Scene, state: CycleState) -> None:
    submission = begun(call)
    call.cycle.state = state.value
    call.cycle.save(update_fields=["state"])
    with pytest.raises(CycleNotRunning, match=state.value):
        actions.submit(submission=submission, by=None, data={"title": "On water"})


def test_a_round_that_has_not_begun_says_when_it_does() -> None:
    call = scene(opens=60)
    with pytest.raises(RoundNotOpen, match=r"it opens at \d{4}"):
        begun(call)
    call.round.gated = True
    call.round.save(update_fields=["gated"])
    with pytest.raises(RoundNotOpen, match="decision at its gate"):
        begun(call)


def test_a_closed_round_is_closed_even_for_groups_with_more_time(call: Scene) -> None:
    Extension.objects.create(round=call.round, group=call.group, until=timezone.now() + timedelta(hours=1), reason="ill")
    call.round.closed_at = timezone.now() - timedelta(seconds=1)
    call.round.save(update_fields=["closed_at"])
    with pytest.raises(RoundNotOpen, match="closed"):
        begun(call)


def test_a_group_that_does_not_take_part_is_refused(call: Scene) -> None:
    call.group.state = GroupState.PENDING.value
    call.group.save(update_fields=["state"])
    with pytest.raises(NotEntrant, match="pending"):
        begun(call)


def test_behind_a_cut_only_entrants_hand_in() -> None:
    call = scene(
        {"key": "essay", "rounds": ["call"], "criteria": [{"key": "impact"}]},
        rounds=[{"key": "before"}, {"key": "call"}],
        boards=[{"key": "first", "rounds": ["before"]}],
        cuts=[{"board": "first", "to": "call", "first": 1}],
    )
    with pytest.raises(NotEntrant, match="not in this round"):
        begun(call)
    Entrant.objects.create(round=call.round, group=call.group, via="cut", at=timezone.now())
    begun(call)


def test_a_group_that_left_by_decision_is_refused(call: Scene) -> None:
    now = timezone.now()
    decision = Decision.objects.create(cycle=call.cycle, number=1, at=now, kind="stop", round="call", group=call.group.key)
    with pytest.raises(NotEntrant):
        begun(call)
    decision.revoked_at = now
    decision.save(update_fields=["revoked_at"])
    begun(call)


def test_a_task_of_another_division_is_refused() -> None:
    call = scene({**ESSAY, "division": "school"})
    with pytest.raises(NotEntrant, match='division "school"'):
        begun(call)


def test_the_cap_counts_drafts_and_gives_back_what_is_withdrawn() -> None:
    call = scene({**ESSAY, "submissions": 2})
    first, second = begun(call), begun(call)
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(CapReached, match="2 entries"):
        begun(call)
    actions.withdraw(submission=first, by=None)
    assert begun(call).number == 3


def test_a_task_of_attempts_takes_no_entry() -> None:
    call = scene({"key": "run", "format": "measured"})
    with pytest.raises(EntryRefused, match="attempts"):
        begun(call)


def test_a_draft_is_saved_unless_somebody_saved_in_between(call: Scene) -> None:
    submission = begun(call)
    first = actions.save_draft(submission=submission, data={"title": "O"}, by=None)
    second = actions.save_draft(submission=submission, data={"title": "On"}, by=None, base=first.draft_saved_at)
    with pytest.raises(StaleDraft, match="saved at"):
        actions.save_draft(submission=submission, data={"title": "Off"}, by=None, base=first.draft_saved_at)
    submission.refresh_from_db()
    assert submission.draft == {"title": "On"}
    assert submission.draft_saved_at == second.draft_saved_at
    actions.save_draft(submission=submission, data={"title": "Mine"}, by=None, check_base=False)


def test_the_saved_draft_is_what_is_handed_in(call: Scene) -> None:
    submission = begun(call)
    actions.save_draft(submission=submission, data={"title": "On water", "cost": 2.5}, by=None)
    version = actions.submit(submission=submission, by=None)
    assert version.data == {"title": "On water", "cost": "2.5"}
    assert version.fields == {"cost": 25000}


def test_an_earlier_version_may_be_pinned_until_the_deadline(call: Scene) -> None:
    submission, first = entry(call, title="One")
    actions.submit(submission=submission, by=None, data={"title": "Two"})
    actions.pin(submission=submission, number=1, by=None)
    submission.refresh_from_db()
    assert submission.pinned == first
    with pytest.raises(EntryRefused, match="no version 9"):
        actions.pin(submission=submission, number=9, by=None)
    move(call.round, closes=-1)
    with pytest.raises(TooLate):
        actions.pin(submission=submission, number=2, by=None)


def test_after_the_deadline_only_a_decision_withdraws(call: Scene) -> None:
    submission, _ = entry(call)
    move(call.round, closes=-1)
    with pytest.raises(ReasonMissing):
        actions.withdraw(submission=submission, by=None, decided=True)
    actions.withdraw(submission=submission, by=None, decided=True, reason="asked by mail")
    submission.refresh_from_db()
    assert submission.state == "withdrawn"
    decision = Decision.objects.get()
    assert (decision.kind, decision.value, decision.reason) == ("override", "withdraw essay 1", "asked by mail")


def test_a_disqualified_entry_stays_in_the_record(call: Scene) -> None:
    submission, version = entry(call)
    actions.disqualify(submission=submission, by=None, reason="copied")
    submission.refresh_from_db()
    assert submission.state == "disqualified"
    assert submission.pinned == version
    with pytest.raises(EntryRefused, match="disqualified"):
        actions.submit(submission=submission, by=None, data={"title": "Again"})
    with pytest.raises(EntryRefused, match="already"):
        actions.disqualify(submission=submission, by=None, reason="again")
    actions.reinstate(submission=submission, by=None, reason="it was their own")
    submission.refresh_from_db()
    assert submission.state == "submitted"
    assert [one.kind for one in JournalEntry.objects.filter(kind__startswith="submission.").order_by("id")] == [
        "submission.received",
        "submission.disqualified",
    ]


def test_organizers_set_numbers_as_a_new_version_with_the_same_answers(call: Scene) -> None:
    submission, first = entry(call, title="On water", cost=3)
    version = actions.set_fields(submission=submission, fields={"late_days": 2}, by=None, reason="two days late")
    assert version.number == 2
    assert version.data == first.data
    assert version.fields == {"cost": 30000, "late_days": 20000}
    with pytest.raises(EntryRefused, match='"speed" is not a number of this task; known: cost, late_days'):
        actions.set_fields(submission=submission, fields={"speed": 1}, by=None, reason="x")
    # what the group hands in later keeps the organizers' number, and not its own old one
    again = actions.submit(submission=submission, by=None, data={"title": "On rain"})
    assert again.fields == {"late_days": 20000}


def test_nothing_is_half_written_when_the_journal_fails(call: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    submission = begun(call)

    def broken(*_: Any, **__: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("games.submissions.actions.writing.record", broken)
    with pytest.raises(RuntimeError):
        actions.submit(submission=submission, by=None, data={"title": "On water"})
    submission.refresh_from_db()
    assert submission.state == "draft"
    assert not Version.objects.exists()


# --- The draft's note, who saved it, taking back and bringing back ------------------------------------------------------------------


def test_the_note_grows_with_the_draft_and_goes_into_the_version(call: Scene) -> None:
    ada, submission = person(), begun(call)
    saved = actions.save_draft(submission=submission, data={"title": "On"}, by=None, note="Shorter", person=ada)
    again = actions.save_draft(submission=submission, data={"title": "On wa"}, by=None, base=saved.draft_saved_at)
    assert (again.draft_note, again.draft_by) == ("Shorter", None)
    version = actions.submit(submission=submission, by=None, data={"title": "On water"})
    submission.refresh_from_db()
    assert (version.note, submission.draft_note) == ("Shorter", "")
    assert actions.submit(submission=submission, by=None, data={"title": "On rain"}).note == ""
    with pytest.raises(EntryRefused, match="5000 characters"):
        actions.save_draft(submission=submission, data={}, by=None, note="x" * 5001, check_base=False)


def test_handing_in_does_not_run_over_a_draft_that_somebody_saved_meanwhile(call: Scene) -> None:
    ada, submission = person("Ada"), begun(call)
    mine = actions.save_draft(submission=submission, data={"title": "Mine"}, by=None)
    actions.save_draft(submission=submission, data={"title": "Hers"}, by=None, base=mine.draft_saved_at, person=ada)
    with pytest.raises(StaleDraft, match="by Ada"):
        actions.submit(submission=submission, by=None, data={"title": "Mine"}, base=mine.draft_saved_at, check_base=True)
    assert not Version.objects.exists()


def test_each_saving_of_a_draft_is_later_than_the_one_before_whatever_the_clock_says(call: Scene) -> None:
    submission, ahead = begun(call), db_now() + timedelta(hours=1)
    actions.save_draft(submission=submission, data={"title": "Mine"}, by=None)
    Submission.objects.update(draft_saved_at=ahead)
    saved = actions.save_draft(submission=submission, data={"title": "Hers"}, by=None, base=ahead)
    assert saved.draft_saved_at is not None
    assert saved.draft_saved_at > ahead
    actions.submit(submission=submission, by=None, base=saved.draft_saved_at, check_base=True)
    submission.refresh_from_db()
    assert submission.draft_saved_at is not None
    assert submission.draft_saved_at > saved.draft_saved_at
    with pytest.raises(StaleDraft):
        actions.save_draft(submission=submission, data={"title": "Mine"}, by=None, base=saved.draft_saved_at)


def test_an_entry_that_the_group_took_back_counts_again_with_the_same_version(call: Scene) -> None:
    submission, version = entry(call)
    actions.withdraw(submission=submission, by=None)
    back = actions.restore(submission=submission, by=None)
    assert (back.state, back.pinned) == ("submitted", version)
    assert JournalEntry.objects.filter(kind="submission.received").count() == 2
    with pytest.raises(EntryRefused, match="taken back"):
        actions.restore(submission=submission, by=None)


def test_a_draft_that_was_taken_back_is_a_draft_again(call: Scene) -> None:
    submission = begun(call)
    actions.withdraw(submission=submission, by=None)
    assert actions.restore(submission=submission, by=None).state == "draft"


def test_what_an_organizer_took_out_the_group_does_not_bring_back(call: Scene) -> None:
    submission, _ = entry(call)
    actions.withdraw(submission=submission, by=None, decided=True, reason="Copied.")
    with pytest.raises(EntryRefused, match="by decision"):
        actions.restore(submission=submission, by=None)
    actions.reinstate(submission=submission, by=None, reason="It was theirs.")
    actions.withdraw(submission=submission, by=None)
    assert actions.restore(submission=submission, by=None).state == "submitted"


def test_bringing_back_needs_a_free_place_and_an_open_round(call: Scene) -> None:
    submission, _ = entry(call)
    actions.withdraw(submission=submission, by=None)
    other = begun(call)
    with pytest.raises(CapReached):
        actions.restore(submission=submission, by=None)
    actions.withdraw(submission=other, by=None)
    move(call.round, closes=-1)
    with pytest.raises(TooLate):
        actions.restore(submission=Submission.objects.get(pk=submission.pk), by=None)
    assert Submission.objects.get(pk=submission.pk).state == "withdrawn"
