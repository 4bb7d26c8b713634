"""The feedback contract: what is promised is written before results count; teams answer, ask, and say what they did with it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.cycles.models import Decision
from games.cycles.rules import ReasonMissing
from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.actions import feedback as said
from games.judging.models import FeedbackReply, Sheet
from games.judging.queries.feedback import is_waived, owed_in
from games.judging.queries.replies import judge_named_to_team, talks_of
from games.judging.rules import Given, NotOnPanel
from games.judging.rules.feedback import FeedbackMissing, ReplyRefused, WordsRefused
from games.progression import actions as steering
from games.results.actions import request_settle
from games.rounds.models import Round
from games.submissions.models import Submission, Version
from tests.factories.judging import MARKS, People, judge, locked_scene, people, sheet_for
from tests.factories.submissions import ESSAY, Scene, without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"
CRITERION: list[dict[str, Any]] = [{"key": "call", "feedback": True, "feedback_on": "criterion"}]
WORDED = (Given("impact", 4, comment="Count them."), Given("novelty", "3.5", comment="Seen before, told better."))


def promised(*challenges: dict[str, Any], groups: int = 1, **rules: Any) -> Scene:
    return locked_scene(*challenges, groups=groups, rounds=[CRITERION[0] | rules])


def named(round_: Round) -> list[tuple[str, str, list[str]]]:
    return [
        (one.group.key, one.criterion.key if one.criterion else "", [who.name for who in one.judges]) for one in owed_in(round_)
    ]


def publish(call: Scene) -> None:
    call.round.published_at = timezone.now()
    call.round.save(update_fields=["published_at"])


# --- What is owed ---------------------------------------------------------------------------------------------------------------------


def test_what_is_missing_is_named_by_entry_criterion_and_judge() -> None:
    call = promised(groups=2)
    mine = sheet_for(call, judge(call))
    sheet_for(call, judge(call, "Bert"))
    assert named(call.round) == [
        ("team-1", "impact", ["Bert", "Judith"]),
        ("team-1", "novelty", ["Bert", "Judith"]),
        ("team-2", "impact", []),
        ("team-2", "novelty", []),
    ]
    actions.finalize(sheet=mine, by=None, marks=[WORDED[0], Given("novelty", 3, comment="  \n"), Given("style", 3)])
    assert [one[:2] for one in named(call.round)] == [("team-1", "novelty"), ("team-2", "impact"), ("team-2", "novelty")]


def test_words_of_one_judge_are_enough_and_a_draft_is_none() -> None:
    call = promised()
    first, second = sheet_for(call, judge(call)), sheet_for(call, judge(call, "Bert"))
    actions.save_sheet(sheet=first, by=None, marks=WORDED)
    assert len(named(call.round)) == 2
    actions.finalize(sheet=first, by=None)
    actions.finalize(sheet=second, by=None, marks=MARKS)
    assert named(call.round) == []


def test_words_on_the_whole_are_enough_where_the_entry_is_promised_feedback() -> None:
    call = promised(feedback_on="entry", groups=2)
    someone = judge(call)
    for group in call.groups:
        sheet_for(call, someone, group)
    actions.finalize(sheet=Sheet.objects.get(group=call.groups[0]), by=None, marks=MARKS, comment="Bold and clear.")
    assert named(call.round) == [("team-2", "", ["Judith"])]
    actions.finalize(sheet=Sheet.objects.get(group=call.groups[1]), by=None, marks=WORDED)
    assert named(call.round) == []


def test_nothing_is_owed_where_nothing_is_promised_or_no_entry_counts() -> None:
    silent = locked_scene(groups=2)
    with CaptureQueriesContext(connection) as statements:
        assert owed_in(silent.round) == []
    assert without_designs(statements) == []
    call = promised()
    Submission.objects.filter(challenge=call.challenge).update(state="withdrawn")
    assert owed_in(call.round) == []


def test_where_nothing_is_handed_in_those_who_are_judged_are_owed_words() -> None:
    pitch = {key: value for key, value in ESSAY.items() if key not in {"form", "fields"}}
    call = promised(pitch, groups=2)
    sheet_for(call, judge(call))
    assert {one[0] for one in named(call.round)} == {"team-1"}


@pytest.mark.parametrize("count", [3, 30])
def test_looking_takes_the_same_statements_for_few_and_many_entries(count: int) -> None:
    call = promised(groups=count)
    someone = judge(call)
    for group in call.groups:
        sheet_for(call, someone, group)
    round_ = Round.objects.select_related("cycle").get(pk=call.round.pk)
    with CaptureQueriesContext(connection) as statements:
        assert len(owed_in(round_)) == 2 * count
    assert len(without_designs(statements)) == 5, without_designs(statements)


# --- Nothing counts before -------------------------------------------------------------------------------------------------------------


def test_nothing_is_published_or_closed_while_words_are_missing() -> None:
    call = promised()
    sheet_for(call, judge(call))
    for act in (
        lambda: request_settle(call.round, by=None, publish=True),
        lambda: steering.publish_round(call.round, by=None),
        lambda: steering.close_round(call.round, by=None, reason="done"),
    ):
        with pytest.raises(FeedbackMissing, match=r'"Team 1", criterion "impact": Judith') as refused:
            act()
        assert [one.where for one in refused.value.problems] == ["essay.team-1", "essay.team-1"]
    assert request_settle(call.round, by=None).publish is False
    actions.finalize(sheet=Sheet.objects.get(), by=None, marks=WORDED)
    assert steering.publish_round(call.round, by=None).published_at


def test_a_decision_with_a_reason_lets_the_round_count_without_and_everybody_reads_it() -> None:
    call = promised()
    with pytest.raises(ReasonMissing):
        steering.waive_feedback(call.round, by=None, reason=" ")
    steering.waive_feedback(call.round, by=None, reason="Judith is ill; her words follow.")
    steering.waive_feedback(call.round, by=None, reason="Again")
    decision = Decision.objects.get(kind="override")
    assert (decision.round, decision.value, decision.reason) == ("call", "feedback", "Judith is ill; her words follow.")
    assert decision.published_at is not None
    assert is_waived(call.round)
    assert steering.publish_round(call.round, by=None).published_at


def test_the_next_round_is_not_opened_while_words_of_an_ended_one_are_missing() -> None:
    call = promised()
    following = Round.objects.create(cycle=call.cycle, key="final", number=2, name="Final", design_number=1, gated=True)
    with pytest.raises(FeedbackMissing):
        steering.pass_gate(following, "go", by=None, reason="ready")
    following.gated = False
    following.save(update_fields=["gated"])
    with pytest.raises(FeedbackMissing):
        steering.open_round(following, by=None, reason="ready")
    steering.waive_feedback(call.round, by=None, reason="They wait.")
    assert steering.open_round(following, by=None, reason="ready").opened_at


# --- Words after the marks ------------------------------------------------------------------------------------------------------------


def test_a_final_sheet_says_on_which_criteria_words_are_still_owed() -> None:
    call = promised()
    first, second = sheet_for(call, judge(call)), sheet_for(call, judge(call, "Bert"))
    done = actions.finalize(sheet=first, by=None, marks=[Given("impact", 4), WORDED[1]])
    assert [one.key for one in done.words_owed] == ["impact"]  # type: ignore[attr-defined]
    after = actions.finalize(sheet=second, by=None, marks=MARKS)
    assert [one.key for one in after.words_owed] == ["impact"]  # type: ignore[attr-defined]


def test_words_are_added_to_a_final_sheet_without_touching_a_mark() -> None:
    call = promised()
    sheet = sheet_for(call, judge(call))
    with pytest.raises(WordsRefused, match="assigned"):
        said.add_words(sheet=sheet, by=None, comment="Early")
    actions.finalize(sheet=sheet, by=None, marks=[*MARKS, Given("style", 7, comment="Fine.")])
    with pytest.raises(WordsRefused) as refused:
        said.add_words(sheet=sheet, by=None, remarks={"style": "Better", "colour": "Blue"})
    assert [one.code for one in refused.value.problems] == ["unknown", "said"]
    with pytest.raises(WordsRefused, match="Write something"):
        said.add_words(sheet=sheet, by=None, remarks={"impact": " "})
    with pytest.raises(NotOnPanel):
        said.add_words(sheet=sheet, by=None, comment="Mine", person=judge(call, "Bert"))
    said.add_words(sheet=sheet, by=None, comment="Well done.", remarks={"impact": "Count them.", "novelty": "New."})
    sheet.refresh_from_db()
    assert (sheet.state, sheet.comment) == ("final", "Well done.")
    marks = {one.criterion: (one.value, one.comment) for one in sheet.marks.all()}
    assert marks == {"impact": (40000, "Count them."), "novelty": (35000, "New."), "style": (70000, "Fine.")}
    assert owed_in(call.round) == []
    told = JournalEntry.objects.get(kind="feedback.written")
    assert "Count" not in str(told.payload)
    with pytest.raises(WordsRefused, match="words already"):
        said.add_words(sheet=sheet, by=None, comment="Another")


# --- Replies --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def answered() -> tuple[Scene, Sheet]:
    """A published round with one sheet that says something."""
    call = promised()
    sheet = sheet_for(call, judge(call))
    actions.finalize(sheet=sheet, by=None, marks=WORDED, comment="Bold.")
    publish(call)
    return call, Sheet.objects.select_related("challenge__round__cycle", "group").get(pk=sheet.pk)


def test_a_team_thanks_once_and_asks_once_and_the_judge_answers_once(answered: tuple[Scene, Sheet]) -> None:
    _, sheet = answered
    with pytest.raises(ReplyRefused, match="not asked"):
        said.answer_question(sheet=sheet, by=None, text="Forty.")
    said.thank_judge(sheet=sheet, by=None)
    said.ask_judge(sheet=sheet, by=None, text="Which households?")
    said.answer_question(sheet=sheet, by=None, text="Those uphill.", person=sheet.judge)
    for act in (said.thank_judge, said.ask_judge, said.answer_question):
        with pytest.raises(ReplyRefused, match=r"already|one question"):
            act(sheet=sheet, by=None, text="Once more")
    talk = talks_of(FeedbackReply.objects.all())[sheet.pk]
    assert (talk.question.text, talk.answer.text, talk.waits) == ("Which households?", "Those uphill.", False)  # type: ignore[union-attr]
    told = JournalEntry.objects.filter(kind="feedback.replied").order_by("pk")
    assert [one.payload["reply"] for one in told] == ["thanks", "question", "answer"]
    assert "households" not in str([one.payload for one in told])


def test_nothing_is_said_about_a_sheet_before_it_is_published(answered: tuple[Scene, Sheet]) -> None:
    call, sheet = answered
    call.round.published_at = None
    call.round.save(update_fields=["published_at"])
    fresh = Sheet.objects.select_related("challenge__round__cycle").get(pk=sheet.pk)
    for act in (said.thank_judge, said.ask_judge):
        with pytest.raises(ReplyRefused, match="no published feedback"):
            act(sheet=fresh, by=None, text="Hello")


def test_what_was_done_with_it_stands_beside_a_later_version(answered: tuple[Scene, Sheet]) -> None:
    call, sheet = answered
    early = Version.objects.get()
    with pytest.raises(ReplyRefused, match="before the feedback"):
        said.record_use(sheet=sheet, version=early, by=None, text="Nothing yet")
    said.draft_use(sheet=sheet, by=None, text="We will count")
    said.draft_use(sheet=sheet, by=None, text="We counted")
    later = Version.objects.create(submission=early.submission, number=2, digest="1" * 64, at=timezone.now())
    said.record_use(sheet=sheet, version=later, by=None, text="We counted forty.")
    said.record_use(sheet=sheet, version=later, by=None, text="We counted forty-two.")
    assert [(one.version, one.text) for one in FeedbackReply.objects.all()] == [(later, "We counted forty-two.")]
    other = Submission.objects.create(challenge=call.challenge, group=call.cycle.groups.create(key="else", name="Else"))
    foreign = Version.objects.create(submission=other, number=1, digest="2" * 64, at=timezone.now())
    with pytest.raises(ReplyRefused, match="another team"):
        said.record_use(sheet=sheet, version=foreign, by=None, text="Ours")


@pytest.mark.parametrize(("rules", "expected"), [({}, False), ({"judges_named": True}, True)])
def test_a_judge_is_named_to_the_team_only_where_the_round_names_judges(rules: dict[str, Any], expected: bool) -> None:
    call = promised(**rules)
    sheet = sheet_for(call, judge(call))
    assert not judge_named_to_team(sheet)
    publish(call)
    assert judge_named_to_team(Sheet.objects.select_related("challenge__round__cycle").get(pk=sheet.pk)) is expected


# --- Over the API ---------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def who(answered: tuple[Scene, Sheet]) -> People:
    call, sheet = answered
    found = people(call)
    Sheet.objects.filter(pk=sheet.pk).update(judge=found.judith.person)
    return found


def test_the_talk_goes_over_the_api_and_stays_between_team_judge_and_organizers(
    answered: tuple[Scene, Sheet], who: People
) -> None:
    _, sheet = answered
    path = f"{API}/sheets/{sheet.pk}"
    assert who.ada.api.post(f"{path}/thanks", {}).status_code == 201
    asked = who.ada.api.post(f"{path}/question", {"text": "Which ones?"})
    assert (asked.status_code, asked.json()["kind"]) == (201, "question")
    assert who.ada.api.post(f"{path}/question", {"text": "And why?"}).status_code == 409
    assert who.judith.api.post(f"{path}/question/answer", {"text": "Those uphill."}).status_code == 201
    listed = {
        name: len(getattr(who, name).api.get(f"{API}/feedback-replies").json()["results"]) for name in ("ada", "judith", "org")
    }
    assert listed == {"ada": 3, "judith": 3, "org": 3}
    assert set(asked.json()) == {"id", "sheet", "kind", "version", "text", "at"}


@pytest.mark.outsider("sheet-talk-words", "sheet-talk-thanks", "sheet-talk-question", "sheet-talk-answer-team", "sheet-talk-uses")
def test_outsiders_say_nothing_about_a_sheet(answered: tuple[Scene, Sheet], who: People) -> None:
    _, sheet = answered
    path = f"{API}/sheets/{sheet.pk}"
    bodies = {
        "words": {"comment": "x"},
        "thanks": {},
        "question": {"text": "x"},
        "question/answer": {"text": "x"},
        "uses": {"version": 1, "text": "x"},
    }
    for address, body in bodies.items():
        assert who.ben.api.post(f"{path}/{address}", body).status_code == 404, address
        assert who.eve.api.post(f"{path}/{address}", body).status_code == 404, address
    assert who.judith.api.post(f"{path}/thanks", {}).status_code == 403
    assert who.ada.api.post(f"{path}/words", {"comment": "x"}).status_code == 403
    assert not FeedbackReply.objects.exists()


@pytest.mark.outsider("feedback-reply-list", "feedback-reply-detail")
def test_outsiders_read_no_replies(answered: tuple[Scene, Sheet], who: People) -> None:
    _, sheet = answered
    reply = said.thank_judge(sheet=sheet, by=None, text="Thanks!")
    for someone in (who.ben, who.eve):
        assert someone.api.get(f"{API}/feedback-replies").json()["results"] == []
        assert someone.api.get(f"{API}/feedback-replies/{reply.pk}").status_code == 404


@pytest.mark.outsider("round-feedback", "round-waive-feedback")
def test_organizers_read_what_is_missing_and_may_decide_to_go_on() -> None:
    call = promised()
    found = people(call)
    path = f"{API}/rounds/{call.round.pk}"
    sheet_for(call, found.judith.person)
    state = found.org.api.get(f"{path}/feedback").json()
    assert (state["promised"], state["waived"], len(state["missing"])) == ("criterion", False, 2)
    assert state["missing"][0] == {
        "challenge": "essay",
        "group": "team-1",
        "criterion": "impact",
        "judges": [found.judith.person.pk],
    }
    refused = found.org.api.post(f"{path}/publish", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "feedback_missing")
    for someone in (found.ada, found.judith, found.eve):
        assert someone.api.get(f"{path}/feedback").status_code in {403, 404}
        assert someone.api.post(f"{path}/feedback/waive", {"reason": "x"}).status_code in {403, 404}
    assert found.org.api.post(f"{path}/feedback/waive", {"reason": "They wait."}).json()["waived"] is True
    assert found.org.api.post(f"{path}/publish", {}).status_code == 202


def test_a_judge_writes_after_the_marks_over_the_api() -> None:
    call = promised()
    found = people(call)
    sheet = sheet_for(call, found.judith.person)
    marks = [{"criterion": "impact", "value": "4"}, {"criterion": "novelty", "value": "3"}]
    done = found.judith.api.post(f"{API}/sheets/{sheet.pk}/finalize", {"marks": marks}).json()
    assert done["words_owed"] == ["impact", "novelty"]
    remarks = [{"criterion": "impact", "comment": "Count them."}, {"criterion": "novelty", "comment": "New."}]
    answer = found.judith.api.post(f"{API}/sheets/{sheet.pk}/words", {"remarks": remarks})
    assert (answer.status_code, answer.json()["state"]) == (200, "final")
    assert owed_in(call.round) == []
