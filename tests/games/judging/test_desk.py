"""The judge's desk below its pages: revisions of a sheet, questions to the organizers, the order of the queue."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.cycles.rules import CycleState
from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.models import ConflictOfInterest, Sheet
from games.judging.queries import around, done_on, flags_of, open_on, progress_by_task, progress_of, refusal
from games.judging.rules import FlagRefused, Given, NotOnPanel, SheetRefused, SheetStale
from tests.factories.judging import MARKS, judge, locked_scene, people, sheet_for
from tests.factories.submissions import ESSAY, Scene, move, without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def call() -> Scene:
    return locked_scene(groups=3)


@pytest.fixture
def sheet(call: Scene) -> Sheet:
    return sheet_for(call, judge(call))


# --- Revisions ------------------------------------------------------------------------------------------------------------------------


def test_every_act_on_a_sheet_counts_its_revision(sheet: Sheet) -> None:
    assert actions.save_sheet(sheet=sheet, by=None, marks=MARKS[:1], revision=0).revision == 1
    assert actions.finalize(sheet=sheet, by=None, marks=MARKS, revision=1).revision == 2
    assert actions.reopen(sheet=sheet, by=None, reason="a slip").revision == 3
    assert actions.recuse(sheet=sheet, by=None, reason="my cousin").revision == 4
    sheet.refresh_from_db()
    assert sheet.revision == 4


def test_a_stale_save_is_refused_with_both_sides_of_each_value_that_differs(sheet: Sheet) -> None:
    actions.save_sheet(sheet=sheet, by=None, marks=[Given("impact", 4, comment="bold"), Given("novelty", 3)], comment="Clear.")
    with pytest.raises(SheetStale) as refused:
        actions.save_sheet(
            sheet=sheet,
            by=None,
            marks=[Given("impact", 2), Given("novelty", 3), Given("style", 7)],
            comment="Dull.",
            note="tired",
            revision=0,
        )
    assert [(one.where, one.message) for one in refused.value.problems] == [
        ("impact", 'the sheet says 4 ("bold") now, you sent 2'),
        ("style", "the sheet says nothing now, you sent 7"),
        ("comment", 'the sheet says "Clear." now, you sent "Dull."'),
        ("note", 'the sheet says "" now, you sent "tired"'),
    ]
    with pytest.raises(SheetStale):
        actions.finalize(sheet=sheet, by=None, marks=[Given("impact", 2)], revision=0)
    sheet.refresh_from_db()
    assert (sheet.state, sheet.comment, sheet.revision) == ("draft", "Clear.", 1)


def test_a_save_without_a_revision_is_taken_as_it_is(sheet: Sheet) -> None:
    actions.save_sheet(sheet=sheet, by=None, marks=MARKS)
    assert actions.save_sheet(sheet=sheet, by=None, marks=[Given("impact", 2)]).revision == 2


def test_a_final_sheet_refuses_before_it_speaks_of_revisions(sheet: Sheet) -> None:
    actions.finalize(sheet=sheet, by=None, marks=MARKS)
    with pytest.raises(SheetRefused):
        actions.save_sheet(sheet=sheet, by=None, marks=MARKS, revision=0)


def test_two_devices_over_the_api(call: Scene) -> None:
    who = people(call)
    path = f"{API}/sheets/{sheet_for(call, who.judith.person).pk}"
    phone, laptop = who.judith.api, who.judith.api
    assert phone.get(path).json()["revision"] == 0
    asked = {"marks": [{"criterion": "impact", "value": "4"}], "revision": 0}
    assert phone.put(f"{path}/marks", asked).json()["revision"] == 1
    late = laptop.put(f"{path}/marks", {"marks": [{"criterion": "impact", "value": "2"}], "revision": 0})
    assert (late.status_code, late.json()["code"]) == (409, "sheet_stale")
    assert late.json()["errors"] == [
        {"where": "impact", "code": "stale", "message": "the sheet says 4 now, you sent 2"},
    ]
    assert laptop.put(f"{path}/marks", asked | {"revision": 1}).status_code == 200
    assert laptop.put(f"{path}/marks", asked | {"revision": -1}).status_code == 422


# --- Questions to the organizers --------------------------------------------------------------------------------------------------------


def test_a_question_is_asked_answered_and_asked_again(call: Scene, sheet: Sheet) -> None:
    asked = actions.flag_sheet(sheet=sheet, by=None, text=" The video is missing. ")
    assert (asked.flag, asked.flag_answered_at) == ("The video is missing.", None)
    assert progress_of(Sheet.objects.all()).flagged == 1
    answered = actions.answer_flag(sheet=sheet, by=None, answer="It is at the end of the paper.")
    assert answered.flag_answer == "It is at the end of the paper."
    assert progress_of(Sheet.objects.all()).flagged == 0
    again = actions.flag_sheet(sheet=sheet, by=None, text="It does not play.")
    assert (again.flag_answer, again.flag_answered_at) == ("", None)
    taken_back = actions.flag_sheet(sheet=sheet, by=None, text="")
    assert (taken_back.flag, taken_back.flagged_at) == ("", None)
    assert not flags_of(call.cycle).exists()
    told = JournalEntry.objects.filter(kind__startswith="sheet.flag").order_by("pk")
    assert [one.kind for one in told] == ["sheet.flagged", "sheet.flag_answered", "sheet.flagged", "sheet.flagged"]
    assert "video" not in str([one.payload for one in told])


def test_a_flag_changes_neither_marks_nor_revision(sheet: Sheet) -> None:
    actions.finalize(sheet=sheet, by=None, marks=MARKS)
    actions.flag_sheet(sheet=sheet, by=None, text="Is this within the rules?")
    sheet.refresh_from_db()
    assert (sheet.state, sheet.revision) == ("final", 1)


def test_what_cannot_be_asked_or_answered(call: Scene, sheet: Sheet) -> None:
    with pytest.raises(FlagRefused):
        actions.flag_sheet(sheet=sheet, by=None, text="  ")
    with pytest.raises(FlagRefused):
        actions.flag_sheet(sheet=sheet, by=None, text="x" * 5001)
    with pytest.raises(FlagRefused):
        actions.answer_flag(sheet=sheet, by=None, answer="Yes.")
    with pytest.raises(NotOnPanel):
        actions.flag_sheet(sheet=sheet, by=None, text="?", person=judge(call, "Marek"))
    call.cycle.state = CycleState.CLOSED.value
    call.cycle.save(update_fields=["state"])
    with pytest.raises(FlagRefused):
        actions.flag_sheet(sheet=sheet, by=None, text="Too late?")


def test_organizers_read_what_waits_before_what_is_answered(call: Scene) -> None:
    sheets = [sheet_for(call, judge(call), group) for group in call.groups]
    for one in sheets:
        actions.flag_sheet(sheet=one, by=None, text="Look.")
    actions.answer_flag(sheet=sheets[2], by=None)
    assert [one.pk for one in flags_of(call.cycle)] == [sheets[1].pk, sheets[0].pk, sheets[2].pk]


def test_a_flag_over_the_api_is_between_the_judge_and_the_organizers(call: Scene) -> None:
    who = people(call)
    sheet = sheet_for(call, who.judith.person)
    path = f"{API}/sheets/{sheet.pk}"
    assert who.judith.api.post(f"{path}/flag", {"text": "Is it theirs?"}).json()["flag"] == "Is it theirs?"
    assert who.judith.api.post(f"{path}/flag/answer", {"answer": "Yes."}).status_code == 404
    assert [one["id"] for one in who.org.api.get(f"{API}/sheets?flagged=true").json()["results"]] == [sheet.pk]
    assert who.org.api.post(f"{path}/flag/answer", {"answer": "Yes."}).json()["flag_answer"] == "Yes."
    assert who.org.api.get(f"{API}/sheets?flagged=true").json()["results"] == []
    shown = who.judith.api.get(path).json()
    assert (shown["flag"], shown["flag_answer"]) == ("Is it theirs?", "Yes.")
    who.judith.api.post(
        f"{path}/finalize", {"marks": [{"criterion": "impact", "value": "4"}, {"criterion": "novelty", "value": "3"}]}
    )
    who.judith.api.post(f"{path}/flag", {"text": "And now?"})
    call.round.published_at = timezone.now()
    call.round.save(update_fields=["published_at"])
    assert (who.ada.api.get(path).json()["flag"], who.ada.api.get(path).json()["flag_answer"]) == ("", "")
    assert who.ada.api.get(f"{API}/sheets?flagged=true").json()["results"] == []
    assert [one["id"] for one in who.ada.api.get(f"{API}/sheets?flagged=false").json()["results"]] == [sheet.pk]


@pytest.mark.outsider("sheet-mark-flag", "sheet-rule-answer")
def test_outsiders_neither_ask_nor_answer(call: Scene) -> None:
    who = people(call)
    path = f"{API}/sheets/{sheet_for(call, who.judith.person).pk}"
    for outsider in (who.eve, who.ada):
        assert outsider.api.post(f"{path}/flag", {"text": "?"}).status_code == 404
        assert outsider.api.post(f"{path}/flag/answer", {"answer": "!"}).status_code == 404
    assert who.org.api.post(f"{path}/flag", {"text": "?"}).status_code == 404


# --- The queue --------------------------------------------------------------------------------------------------------------------------


def test_what_is_due_first_comes_first_and_saving_does_not_move_it() -> None:
    call = locked_scene({**ESSAY}, {**ESSAY, "key": "poem"}, groups=2)
    other = locked_scene({**ESSAY}, groups=1, cycle={"key": "second", "name": "Second"})
    someone = judge(call)
    judge_there = judge(other, "Judith")
    first, second = (sheet_for(call, someone, group) for group in call.groups)
    urgent = sheet_for(other, judge_there)
    other.round.judging_closes_at = timezone.now() + timedelta(hours=1)
    other.round.save(update_fields=["judging_closes_at"])
    actions.save_sheet(sheet=second, by=None, marks=MARKS[:1])
    mine = Sheet.objects.filter(judge__in=[someone, judge_there])
    assert [one.pk for one in open_on(mine)] == [urgent.pk, first.pk, second.pk]
    assert [(one.challenge, one.to_do, one.whole) for one in progress_by_task(mine)] == [
        (other.challenge.pk, 1, 1),
        (call.challenge.pk, 2, 2),
    ]


def test_why_an_entry_cannot_be_marked_is_said_in_words(call: Scene) -> None:
    someone = judge(call)
    sheet = sheet_for(call, someone)
    mine = Sheet.objects.filter(judge=someone)
    assert refusal(open_on(mine).get(pk=sheet.pk)) == ""
    move(call.round, closes=3600)
    assert "may still change" in refusal(open_on(mine).get(pk=sheet.pk))
    move(call.round, closes=-3600)
    call.round.judging_closes_at = timezone.now() - timedelta(minutes=1)
    call.round.save(update_fields=["judging_closes_at"])
    assert "judging closed" in refusal(open_on(mine).get(pk=sheet.pk))


def test_the_queue_takes_one_statement_whatever_its_length(call: Scene) -> None:
    someone = judge(call)
    for group in call.groups:
        sheet_for(call, someone, group)
    with CaptureQueriesContext(connection) as statements:
        assert [refusal(one) for one in open_on(Sheet.objects.filter(judge=someone))] == ["", "", ""]
    assert len(without_designs(statements)) == 1


def test_a_sheet_in_conflict_is_in_no_list(call: Scene) -> None:
    someone = judge(call)
    sheets = [sheet_for(call, someone, group) for group in call.groups]
    for one in sheets:
        actions.finalize(sheet=one, by=None, marks=MARKS)
    assert [one.pk for one in done_on(Sheet.objects.filter(judge=someone))] == [one.pk for one in reversed(sheets)]
    ConflictOfInterest.objects.create(person=someone, group=call.groups[0])
    assert len(done_on(Sheet.objects.filter(judge=someone), call.cycle)) == 2


@pytest.mark.parametrize(("current", "expected"), [(1, (None, 2)), (2, (1, 3)), (3, (2, 1)), (9, (None, 1))])
def test_after_the_last_comes_the_first_that_is_left(current: int, expected: tuple[int | None, int | None]) -> None:
    assert around([1, 2, 3], current) == expected


def test_alone_in_the_queue_there_is_nothing_beside() -> None:
    assert around([1], 1) == (None, None)
    assert around([], 1) == (None, None)
