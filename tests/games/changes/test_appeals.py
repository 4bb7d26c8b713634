"""A group appeals within the window, once at a time; organizers answer; both are told; nobody else learns of it."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from games.changes import actions
from games.changes.models import Appeal, ChangeSet
from games.changes.queries import appeal_window, appeals_of, occasions
from games.changes.rules import AppealInvalid, AppealRefused, AppealsClosed, AppealsNotTaken, check_window, window_of
from games.cycles.models import Decision
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.notices.models import Message, Notice
from games.rounds.models import Entrant, Round
from tests.factories.changes import DAYS, Told, told
from tests.flows.story import the_worker_works

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def story() -> Told:
    return told("call")


def make(story: Told, **changes: Any) -> Appeal:
    asked = {"round": story.round("call"), "group": story.played.groups["aqua"], "text": "Judge 1 gave 4 where 5 was meant."}
    return actions.make_appeal(**(asked | changes), by=story.ada.user)


def published(story: Told, days: float) -> None:
    """Move the publication of the call to so many days ago."""
    Round.objects.filter(pk=story.round("call").pk).update(published_at=now() - timedelta(days=days))


# --- When -----------------------------------------------------------------------------------------------------------------------------


def test_a_window_begins_with_the_publication_and_its_end_belongs_to_what_follows() -> None:
    start = now()
    window = window_of(start, 2)
    assert window is not None
    assert [window.holds(start + timedelta(seconds=s)) for s in (-1, 0, 2 * 86400 - 1, 2 * 86400)] == [False, True, True, False]
    assert window_of(None, 2) is None
    assert window_of(start, None) is None


def test_before_and_after_the_window_the_refusal_says_both_times() -> None:
    start = now()
    with pytest.raises(AppealsNotTaken, match="2 days from then on"):
        check_window("Call", start, 2, start - timedelta(hours=1))
    with pytest.raises(AppealsNotTaken, match="with the publication"):
        check_window("Call", None, 1, start)
    with pytest.raises(AppealsNotTaken, match="no appeals"):
        check_window("Call", start, None, start)
    with pytest.raises(AppealsClosed) as late:
        check_window("Call", start, 2, start + timedelta(days=2))
    assert f"{start + timedelta(days=2):%Y-%m-%d}" in late.value.message
    assert late.value.message.count(" UTC") >= 3


def test_a_group_appeals_after_publication_and_not_when_the_days_are_over(story: Told) -> None:
    assert make(story).state == "open"
    published(story, DAYS)
    with pytest.raises(AppealsClosed):
        make(story, group=story.played.groups["brook"])


def test_nobody_appeals_before_publication_or_where_the_rules_know_no_appeals(story: Told) -> None:
    with pytest.raises(AppealsNotTaken):
        make(story, round=story.round("final"))
    quiet = told("call", rounds=[{"key": "call"}, {"key": "final"}])
    with pytest.raises(AppealsNotTaken):
        make(quiet)


def test_a_correction_does_not_open_the_window_again(story: Told) -> None:
    window = appeal_window(story.round("call"))
    assert window is not None
    assert window.closes - window.opens == timedelta(days=DAYS)


# --- Who and about what ---------------------------------------------------------------------------------------------------------------


def test_one_appeal_of_a_group_about_a_round_is_open_at_a_time(story: Told) -> None:
    first = make(story)
    with pytest.raises(AppealRefused):
        make(story)
    with pytest.raises(AppealRefused):
        make(story, challenge=story.played.challenges["concept"])
    actions.withdraw_appeal(first, by=story.ada.user)
    assert make(story, challenge=story.played.challenges["concept"]).challenge is not None


def test_an_appeal_has_words_and_is_about_the_groups_own_round(story: Told) -> None:
    other = told("call")
    refused: list[dict[str, Any]] = [
        {"text": "  "},
        {"text": "x" * 5001},
        {"challenge": story.played.challenges["prototype"]},
        {"group": other.played.groups["aqua"]},
    ]
    for wrong in refused:
        with pytest.raises(AppealInvalid):
            make(story, **wrong)
    assert not Appeal.objects.exists()


def test_who_was_not_in_the_round_does_not_appeal_about_it(story: Told) -> None:
    both = told()
    assert Entrant.objects.filter(round=both.round("final")).exists()
    with pytest.raises(AppealRefused, match="not in the round"):
        make(both, round=both.round("final"), group=both.played.groups["cloud"])
    assert make(both, round=both.round("final"), group=both.played.groups["delta"]).pk


def test_the_team_is_offered_the_rounds_it_may_appeal_about(story: Told) -> None:
    both = told()
    rounds = [both.round("call"), both.round("final")]
    offered = occasions(both.played.groups["cloud"], rounds, now())
    assert [one.round.key for one in offered] == ["call"]
    assert [task.key for task in offered[0].challenges] == ["concept"]
    assert offered[0].open
    assert [one.round.key for one in occasions(both.played.groups["aqua"], rounds, now())] == ["call", "final"]
    assert not occasions(both.played.groups["aqua"], rounds, now() + timedelta(days=DAYS))[0].open


# --- Answers --------------------------------------------------------------------------------------------------------------------------


def test_a_rejection_gives_its_reason_stands_in_the_record_and_is_told(story: Told) -> None:
    appeal = actions.answer_appeal(make(story), upheld=False, answer="The sheet says 4, and judge 1 meant it.", by=story.org.user)
    assert (appeal.state, appeal.answered_by) == ("rejected", story.org.person)
    decision = Decision.objects.get(kind="appeal")
    assert (decision.group, decision.round, decision.value) == ("aqua", "call", "rejected")
    assert decision.published_at is None, "it names a group: the group and organizers read it"
    with pytest.raises(AppealRefused):
        actions.answer_appeal(appeal, upheld=False, answer="Again.", by=story.org.user)


def test_an_appeal_is_upheld_by_a_correction_of_its_own_cycle_and_never_without(story: Told) -> None:
    appeal = make(story)
    with pytest.raises(AppealRefused, match="correction"):
        actions.answer_appeal(appeal, upheld=True, answer="You are right.", by=story.org.user)
    elsewhere = ChangeSet.objects.create(cycle=told("call").played.cycle, number=1, reason="Another.")
    with pytest.raises(AppealInvalid):
        actions.answer_appeal(appeal, upheld=True, answer="You are right.", by=story.org.user, change_set=elsewhere)
    correction = ChangeSet.objects.create(cycle=story.played.cycle, number=1, reason="A slip.")
    with pytest.raises(AppealInvalid):
        actions.answer_appeal(appeal, upheld=True, answer=" ", by=story.org.user, change_set=correction)
    answered = actions.answer_appeal(appeal, upheld=True, answer="You are right.", by=story.org.user, change_set=correction)
    correction.refresh_from_db()
    assert (answered.state, correction.appeal) == ("upheld", appeal)


def test_what_is_answered_is_no_longer_taken_back(story: Told) -> None:
    appeal = make(story)
    actions.answer_appeal(appeal, upheld=False, answer="No.", by=story.org.user)
    with pytest.raises(AppealRefused):
        actions.withdraw_appeal(appeal, by=story.ada.user)


def test_both_sides_are_told_and_the_journal_holds_no_words(story: Told) -> None:
    appeal = make(story, text="A secret complaint")
    the_worker_works()
    actions.answer_appeal(appeal, upheld=False, answer="A frank answer", by=story.org.user)
    the_worker_works()
    mails = {one.kind: one for one in Message.objects.filter(kind__startswith="appeal.")}
    assert {kind: one.to for kind, one in mails.items()} == {
        "appeal.made": "org@example.org",
        "appeal.answered": "ada@example.org",
    }
    assert "A secret complaint" in mails["appeal.made"].body
    assert "A frank answer" in mails["appeal.answered"].body
    assert not Notice.objects.filter(person=story.ben.person, key__startswith="appeal").exists()
    said = "".join(str(one.payload) for one in JournalEntry.objects.filter(kind__startswith="appeal."))
    assert "secret" not in said
    assert "frank" not in said


def test_open_appeals_are_listed_first(story: Told) -> None:
    first = make(story)
    actions.answer_appeal(first, upheld=False, answer="No.", by=story.org.user)
    second = make(story, group=story.played.groups["brook"])
    assert [one.pk for one in appeals_of(story.played.cycle)] == [second.pk, first.pk]


# --- Over the API ---------------------------------------------------------------------------------------------------------------------


def test_ada_appeals_and_org_answers_over_the_api(story: Told) -> None:
    group, ids = story.played.groups["aqua"].pk, {"round": story.round("call").pk}
    asked = {**ids, "text": "Please look again."}
    made = story.ada.api.post(f"{API}/groups/{group}/appeals", asked, format="json", headers={"Idempotency-Key": "a"})
    again = story.ada.api.post(f"{API}/groups/{group}/appeals", asked, format="json", headers={"Idempotency-Key": "a"})
    assert (made.status_code, made.json()) == (201, again.json())
    assert (made.json()["round_key"], made.json()["challenge_key"], made.json()["state"]) == ("call", None, "open")
    listed = story.org.api.get(f"{API}/appeals?cycle={story.played.cycle.pk}&state=open").json()["results"]
    assert [one["text"] for one in listed] == ["Please look again."]
    answer = {"upheld": False, "answer": "We looked."}
    answered = story.org.api.post(f"{API}/appeals/{made.json()['id']}/answer", answer, format="json")
    assert (answered.status_code, answered.json()["state"]) == (200, "rejected")
    assert story.ada.api.get(f"{API}/appeals/{made.json()['id']}").json()["answer"] == "We looked."


def test_only_the_team_takes_an_appeal_back_and_others_do_not_see_it(story: Told) -> None:
    appeal = make(story)
    for other in (story.ben, story.judith, story.eve):
        assert other.api.get(f"{API}/appeals/{appeal.pk}").status_code == 404
        assert other.api.get(f"{API}/appeals").json()["results"] == []
        assert other.api.post(f"{API}/appeals/{appeal.pk}/withdraw").status_code == 404
    assert story.org.api.post(f"{API}/appeals/{appeal.pk}/withdraw").status_code == 403
    assert story.ada.api.post(f"{API}/appeals/{appeal.pk}/answer", {"upheld": False, "answer": "x"}).status_code == 403
    assert story.ada.api.post(f"{API}/appeals/{appeal.pk}/withdraw").json()["state"] == "withdrawn"


def test_nobody_appeals_for_another_team(story: Told) -> None:
    body = {"round": story.round("call").pk, "text": "They deserve less."}
    group: Group = story.played.groups["aqua"]
    for other in (story.ben, story.judith, story.org):
        assert other.api.post(f"{API}/groups/{group.pk}/appeals", body, format="json").status_code == 403
    assert not Appeal.objects.exists()


def test_a_round_or_task_of_another_cycle_is_not_there(story: Told) -> None:
    group, other = story.played.groups["aqua"].pk, told("call").round("call")
    assert (
        story.ada.api.post(f"{API}/groups/{group}/appeals", {"round": other.pk, "text": "Hm."}, format="json").status_code == 404
    )
    body = {"round": story.round("call").pk, "challenge": story.played.challenges["prototype"].pk, "text": "Hm."}
    assert story.ada.api.post(f"{API}/groups/{group}/appeals", body, format="json").status_code == 404
