"""Deliberations keep the marks before and after; marks far from the others wait for a human, once per revision of a sheet."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from games.cycles.models import Decision
from games.cycles.rules import CycleState
from games.judging import actions
from games.judging.actions.deliberating import close_deliberation, open_deliberation, remark
from games.judging.actions.reviewing import Far, answer_review, ask_reviews
from games.judging.models import Deliberation, MarkReview, Sheet
from games.judging.queries.talk import deliberations_of, final_marks, open_reviews
from games.judging.rules import Given
from games.judging.rules.feedback import WordsRefused
from games.judging.rules.talking import (
    DeliberationRefused,
    Moved,
    ReviewRefused,
    moved,
)
from tests.factories.judging import MARKS, judge, locked_scene, sheet_for
from tests.factories.submissions import Scene, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Scene:
    return locked_scene(groups=2)


def final(call: Scene, name: str, *marks: Given) -> Sheet:
    found = sheet_for(call, judge(call, name))
    actions.finalize(sheet=found, by=None, marks=marks or MARKS)
    found.refresh_from_db()
    return found


def opened(call: Scene, why: str = "The judges are far apart.") -> Deliberation:
    return open_deliberation(challenge=call.challenge, panel="jury", group=call.group, why=why, by=None)


# --- Deliberations --------------------------------------------------------------------------------------------------------------------


def test_the_marks_before_and_after_are_kept_and_the_decision_names_the_reason(call: Scene) -> None:
    first, second = final(call, "Judith"), final(call, "Jo", Given("impact", 1), Given("novelty", 1))
    talk = opened(call)
    remark(deliberation=talk, person=second.judge, text=" I had not seen the appendix. ", by=None)
    actions.reopen(sheet=second, by=None, reason="deliberation")
    actions.finalize(sheet=second, by=None, marks=[Given("impact", 3)])
    closed = close_deliberation(deliberation=talk, outcome="Jo had missed the appendix.", by=None, person=first.judge)
    assert closed.before[str(second.judge_id)]["impact"] == 10_000
    assert moved(closed.before, closed.after) == [Moved(second.judge_id, "impact", 10_000, 30_000)]
    assert [one.text for one in talk.remarks.all()] == ["I had not seen the appendix."]
    decision = Decision.objects.get(kind="deliberate")
    assert (decision.group, decision.question, decision.reason) == (call.group.key, talk.why, "Jo had missed the appendix.")
    assert decision.published_at is None


def test_one_at_a_time_and_nothing_after_the_end(call: Scene) -> None:
    final(call, "Judith")
    talk = opened(call)
    with pytest.raises(DeliberationRefused, match="open already"):
        opened(call)
    close_deliberation(deliberation=talk, outcome="Stays as it is.", by=None)
    with pytest.raises(DeliberationRefused, match="closed"):
        remark(deliberation=talk, person=person("Late"), text="but", by=None)
    with pytest.raises(DeliberationRefused, match="closed"):
        close_deliberation(deliberation=talk, outcome="Once more.", by=None)
    assert opened(call, "Again, with the third reader.").state == "open"


def test_there_must_be_a_final_sheet_a_reason_and_a_cycle_that_goes_on(call: Scene) -> None:
    with pytest.raises(DeliberationRefused, match="nothing to talk about"):
        opened(call)
    final(call, "Judith")
    with pytest.raises(WordsRefused):
        opened(call, "  ")
    call.cycle.state = CycleState.CLOSED.value
    call.cycle.save()
    call.challenge.round.cycle.refresh_from_db()
    with pytest.raises(DeliberationRefused, match="closed"):
        opened(call)
    assert not Deliberation.objects.exists()


_marks = st.dictionaries(
    st.integers(1, 5).map(str), st.dictionaries(st.sampled_from("abc"), st.none() | st.integers(0, 9), max_size=3), max_size=4
)


@given(_marks, _marks)
def test_what_moved_tells_exactly_the_way_from_before_to_after(
    before: dict[str, dict[str, int | None]], after: dict[str, dict[str, int | None]]
) -> None:
    found = moved(before, after)
    there = {(one.judge, one.criterion, one.before, one.after) for one in found}
    assert there == {(one.judge, one.criterion, one.after, one.before) for one in moved(after, before)}
    assert moved(before, before) == []
    patched = {judge: dict(marks) for judge, marks in before.items()}
    for one in found:
        patched.setdefault(str(one.judge), {})[one.criterion] = one.after
    assert moved(patched, after) == []


def test_the_list_is_one_statement(call: Scene) -> None:
    final(call, "Judith")
    talk = opened(call)
    remark(deliberation=talk, person=person("Ann"), text="well", by=None)
    with CaptureQueriesContext(connection) as seen:
        assert [(one.pk, one.n_remarks, one.group.name) for one in deliberations_of(call.cycle)] == [  # type: ignore[attr-defined, union-attr]
            (talk.pk, 1, call.group.name)
        ]
    assert len(seen) == 1
    assert final_marks(call.challenge, "jury", call.groups[1]) == {}


# --- Reviews --------------------------------------------------------------------------------------------------------------------------


def asked(call: Scene, *found: Far) -> int:
    return ask_reviews(challenge_id=call.challenge.pk, panel="jury", found=found)


def test_a_mark_is_asked_about_once_and_again_only_when_its_sheet_changed(call: Scene) -> None:
    sheet = final(call, "Judith")
    far = Far(sheet.pk, "impact", 310)
    assert asked(call, far) == 1
    assert asked(call, far) == 1
    review = MarkReview.objects.get()
    answer_review(review=review, changed=False, answer="She explained it well.", by=None)
    assert asked(call, far) == 0
    actions.reopen(sheet=sheet, by=None, reason="a slip")
    assert asked(call, far) == 0, "an open sheet is not looked at"
    actions.finalize(sheet=sheet, by=None, marks=[Given("impact", 2)])
    assert asked(call, far) == 1
    assert [one.state for one in MarkReview.objects.order_by("pk")] == ["kept", "open"]


def test_what_is_no_longer_far_is_no_longer_asked_but_an_answer_stays(call: Scene) -> None:
    first, second = final(call, "Judith"), final(call, "Jo")
    asked(call, Far(first.pk, "", 260), Far(second.pk, "impact", 400))
    answer_review(review=MarkReview.objects.get(sheet=second), changed=True, answer="A slip of the key.", by=None)
    assert asked(call) == 0
    assert [one.state for one in MarkReview.objects.all()] == ["changed"]


def test_a_review_is_answered_once_in_words(call: Scene) -> None:
    sheet = final(call, "Judith")
    asked(call, Far(sheet.pk, "impact", 310), Far(sheet.pk + 999, "impact", 310))
    review = open_reviews(call.round).get()
    with pytest.raises(WordsRefused):
        answer_review(review=review, changed=False, answer=" ", by=None)
    answer_review(review=review, changed=False, answer="It stands.", by=None)
    with pytest.raises(ReviewRefused):
        answer_review(review=review, changed=True, answer="It does not.", by=None)
    assert not open_reviews(call.round).exists()
