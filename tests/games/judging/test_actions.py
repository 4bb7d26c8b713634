"""Sheets: drafts, final ones, recusals, reopening; panels, conflicts, assignments, votes."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accounts.models import User
from games.cycles.models import Decision
from games.cycles.rules import ReasonMissing
from games.groups.models import Membership
from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.models import ConflictOfInterest, Mark, Panelist, Sheet, Vote
from games.judging.queries import progress_of, queue_of
from games.judging.rules import (
    AssignmentRefused,
    ConflictDeclared,
    Given,
    JudgingClosed,
    JudgingNotOpen,
    MarksRefused,
    NotOnPanel,
    OwnGroup,
    SheetIncomplete,
    SheetRefused,
    VoteRefused,
)
from games.rounds.models import Extension
from games.rounds.rules import CycleNotRunning
from games.submissions import actions as submissions
from tests.factories.judging import MARKS, judge, locked_scene, sheet_for
from tests.factories.submissions import ESSAY, Scene, entry, move, person, scene, without_designs

pytestmark = pytest.mark.django_db


@pytest.fixture
def call() -> Scene:
    return locked_scene()


@pytest.fixture
def sheet(call: Scene) -> Sheet:
    return sheet_for(call, judge(call))


def values(sheet: Sheet) -> dict[str, int | None]:
    return dict(Mark.objects.filter(sheet=sheet).values_list("criterion", "value"))


def test_a_final_sheet_holds_scaled_marks_and_what_was_judged(call: Scene, sheet: Sheet) -> None:
    done = actions.finalize(sheet=sheet, by=None, marks=MARKS, comment="Clear and bold.", note="ask about costs")
    done.refresh_from_db()
    version = call.challenge.submissions.get().pinned
    assert values(done) == {"impact": 40000, "novelty": 35000}
    assert (done.state, done.version, done.design_number) == ("final", version, 1)
    assert done.final_at is not None
    assert (done.comment, done.note) == ("Clear and bold.", "ask about costs")
    (entry_,) = JournalEntry.objects.filter(kind="sheet.finalized")
    assert entry_.payload["judge"] == sheet.judge_id
    assert "bold" not in str(entry_.payload)


def test_a_draft_is_kept_and_completed_later(sheet: Sheet) -> None:
    actions.save_sheet(sheet=sheet, by=None, marks=[Given("impact", 2), Given("novelty", 3)])
    actions.save_sheet(sheet=sheet, by=None, marks=[Given("impact", None)])
    with pytest.raises(SheetIncomplete, match="impact has no mark"):
        actions.finalize(sheet=sheet, by=None)
    actions.finalize(sheet=sheet, by=None, marks=[Given("impact", 5, comment="much better")])
    assert values(sheet) == {"impact": 50000, "novelty": 30000}
    assert Mark.objects.get(sheet=sheet, criterion="impact").comment == "much better"
    assert JournalEntry.objects.filter(kind__startswith="sheet.f").count() == 1


def test_every_required_criterion_without_mark_is_named(sheet: Sheet) -> None:
    with pytest.raises(SheetIncomplete) as refused:
        actions.finalize(sheet=sheet, by=None, marks=[Given("style", 7)])
    assert [one.where for one in refused.value.problems] == ["impact", "novelty"]
    assert not Mark.objects.exists()
    sheet.refresh_from_db()
    assert sheet.state == "assigned"


def test_wrong_marks_are_refused_all_at_once(sheet: Sheet) -> None:
    wrong = [Given("impact", 6), Given("novelty", "3.25"), Given("colour", 1), Given("style", "high"), Given("impact", 1)]
    with pytest.raises(MarksRefused) as refused:
        actions.save_sheet(sheet=sheet, by=None, marks=wrong)
    assert [one.message for one in refused.value.problems] == [
        '6 is outside 1 to 5 of criterion "impact"',
        '3.25 is not on the step 0.5 of criterion "novelty"',
        '"colour" is not a criterion of panel "jury"; known: impact, novelty, style',
        'expected a number like 3, -0.25 or 1/3, found "high"',
    ]
    assert not Mark.objects.exists()


def test_marking_takes_four_statements_whatever_was_drafted_before(sheet: Sheet) -> None:
    actions.save_sheet(sheet=sheet, by=None, marks=MARKS[:1])
    loaded = Sheet.objects.select_related("challenge__round__cycle").get(pk=sheet.pk)
    with CaptureQueriesContext(connection) as statements:
        actions.finalize(sheet=loaded, by=None, marks=MARKS[1:])
    assert len(without_designs(statements)) == 4, statements.captured_queries


def test_a_final_sheet_changes_only_by_reopening_with_a_reason(sheet: Sheet) -> None:
    actions.finalize(sheet=sheet, by=None, marks=MARKS)
    for act in (actions.save_sheet, actions.finalize):
        with pytest.raises(SheetRefused, match="reopened it, with a reason"):
            act(sheet=sheet, by=None, marks=MARKS)
    with pytest.raises(SheetRefused):
        actions.recuse(sheet=sheet, by=None, reason="tired")
    with pytest.raises(ReasonMissing):
        actions.reopen(sheet=sheet, by=None, reason="")
    actions.reopen(sheet=sheet, by=None, reason="two lines swapped")
    actions.finalize(sheet=sheet, by=None, marks=[Given("impact", 1)])
    assert values(sheet)["impact"] == 10000
    assert Decision.objects.get().kind == "reopen"
    kinds = list(JournalEntry.objects.filter(kind__startswith="sheet.").order_by("id").values_list("kind", flat=True))
    assert kinds == ["sheet.assigned", "sheet.finalized", "sheet.reopened", "sheet.finalized"]


def test_a_reopened_sheet_is_marked_although_judging_closed_and_the_round_is_published(call: Scene, sheet: Sheet) -> None:
    actions.finalize(sheet=sheet, by=None, marks=MARKS)
    actions.reopen(sheet=sheet, by=None, reason="two lines swapped")
    call.round.published_at = call.round.judging_closes_at = timezone.now()
    call.round.save(update_fields=["published_at", "judging_closes_at"])
    assert actions.finalize(sheet=sheet, by=None, marks=MARKS).state == "final"


def test_judging_closes_with_both_times_said(call: Scene, sheet: Sheet) -> None:
    call.round.judging_closes_at = timezone.now() - timedelta(seconds=1)
    call.round.save(update_fields=["judging_closes_at"])
    with pytest.raises(JudgingClosed, match=r"judging closed at .* UTC; this arrived at .* UTC"):
        actions.finalize(sheet=sheet, by=None, marks=MARKS)


def test_a_published_round_is_not_marked_any_more(call: Scene, sheet: Sheet) -> None:
    call.round.published_at = timezone.now()
    call.round.save(update_fields=["published_at"])
    with pytest.raises(JudgingClosed, match="published"):
        actions.finalize(sheet=sheet, by=None, marks=MARKS)


def test_an_entry_is_marked_only_when_it_can_no_longer_change() -> None:
    call = scene()
    entry(call)
    sheet = sheet_for(call, judge(call))
    with pytest.raises(JudgingNotOpen, match="may still change until"):
        actions.save_sheet(sheet=sheet, by=None, marks=MARKS)
    move(call.round, closes=-1)
    extension = Extension.objects.create(
        round=call.round, group=call.group, until=timezone.now() + timedelta(hours=1), reason="ill"
    )
    with pytest.raises(JudgingNotOpen, match="may still change until"):
        actions.save_sheet(sheet=sheet, by=None, marks=MARKS)
    extension.delete()
    actions.save_sheet(sheet=sheet, by=None, marks=MARKS)


def test_what_was_not_handed_in_or_taken_back_is_not_marked(call: Scene, sheet: Sheet) -> None:
    submissions.disqualify(submission=call.challenge.submissions.get(), by=None, reason="copied")
    with pytest.raises(JudgingNotOpen, match="no entry to mark"):
        actions.finalize(sheet=sheet, by=None, marks=MARKS)


def test_a_performance_is_marked_as_it_happens() -> None:
    call = scene({"key": "dance", "criteria": [{"key": "dance", "min": 1, "max": 10, "step": 1, "not_marked": 0}]})
    sheet = sheet_for(call, judge(call))
    done = actions.finalize(sheet=sheet, by=None, marks=[Given("dance", 0)])
    assert done.version is None
    assert values(done) == {"dance": 0}


def test_an_absent_mark_has_no_value_and_stands_for_one_only_where_the_design_says_so() -> None:
    dance = {"key": "dance", "criteria": [{"keys": ["steps", "style"], "min": 1, "max": 10}]}
    absent = [Given("steps", 5), Given("style", None, "absent")]
    call = scene(dance)
    with pytest.raises(SheetIncomplete, match="style"):
        actions.finalize(sheet=sheet_for(call, judge(call)), by=None, marks=absent)
    call = scene({**dance, "incomplete": "use"})
    done = actions.finalize(sheet=sheet_for(call, judge(call)), by=None, marks=absent)
    assert Mark.objects.get(sheet=done, criterion="style").state == "absent"
    with pytest.raises(MarksRefused, match="is absent, but has the value 3"):
        actions.save_sheet(sheet=sheet_for(call, judge(call)), by=None, marks=[Given("style", 3, "absent")])


def test_a_paused_cycle_takes_no_marks(call: Scene, sheet: Sheet) -> None:
    call.cycle.state = "paused"
    call.cycle.save(update_fields=["state"])
    with pytest.raises(CycleNotRunning, match="paused"):
        actions.finalize(sheet=sheet, by=None, marks=MARKS)


def test_a_mark_from_outside_the_panel_is_refused(call: Scene, sheet: Sheet) -> None:
    with pytest.raises(NotOnPanel, match="another judge's"):
        actions.finalize(sheet=sheet, by=None, marks=MARKS, person=judge(call, "Jim"))
    Panelist.objects.all().delete()
    with pytest.raises(NotOnPanel, match="not on the panel"):
        actions.finalize(sheet=sheet, by=None, marks=MARKS)


def test_who_no_longer_judges_does_not_mark(call: Scene, sheet: Sheet) -> None:
    Membership.objects.filter(person=sheet.judge).update(until=timezone.now())
    with pytest.raises(NotOnPanel, match="does not judge in this cycle"):
        actions.finalize(sheet=sheet, by=None, marks=MARKS)


@pytest.mark.parametrize("ended", [False, True])
def test_the_own_group_is_never_judged_nor_shown(call: Scene, sheet: Sheet, ended: bool) -> None:
    until = timezone.now() if ended else None
    Membership.objects.create(
        cycle=call.cycle,
        group=call.group,
        person=sheet.judge,
        role="coach",
        capabilities=["follow"],
        since=timezone.now(),
        until=until,
    )
    with pytest.raises(OwnGroup):
        actions.finalize(sheet=sheet, by=None, marks=MARKS)
    assert not queue_of([sheet.judge_id]).exists()
    with pytest.raises(AssignmentRefused, match="own team"):
        actions.assign(cycle=call.cycle, wanted=[actions.Wanted(call.challenge, call.group, sheet.judge)], by=None)


def test_the_own_group_is_found_under_another_name(call: Scene) -> None:
    user = User.objects.create_user("judith@example.org")
    sheet = sheet_for(call, judge(call, user=user))
    Membership.objects.create(
        cycle=call.cycle,
        group=call.group,
        person=person("J.", user=None),
        role="member",
        capabilities=["submit"],
        since=timezone.now(),
    )
    assert queue_of([sheet.judge_id]).exists()
    other = Membership.objects.get(role="member").person
    other.user = None
    other.save(update_fields=["user"])
    Membership.objects.filter(role="member").update(person=person("Judith M.", user=user, organization=_organization()))
    with pytest.raises(OwnGroup):
        actions.finalize(sheet=sheet, by=None, marks=MARKS)
    assert not queue_of([sheet.judge_id]).exists()


def _organization() -> object:
    from games.organizations.models import Organization

    return Organization.objects.create(key="school", name="School")


def test_a_declared_conflict_gives_back_the_sheets_even_final_ones(call: Scene, sheet: Sheet) -> None:
    actions.finalize(sheet=sheet, by=None, marks=MARKS)
    actions.declare_conflict(person=sheet.judge, group=call.group, by=None, reason="cousin")
    sheet.refresh_from_db()
    assert (sheet.state, sheet.final_at) == ("recused", None)
    assert values(sheet) == {"impact": None, "novelty": None}
    with pytest.raises(AssignmentRefused, match="conflict of interest"):
        actions.assign(cycle=call.cycle, wanted=[actions.Wanted(call.challenge, call.group, sheet.judge)], by=None)
    actions.reopen(sheet=sheet, by=None, reason="wrong cousin")
    with pytest.raises(ConflictDeclared):
        actions.finalize(sheet=sheet, by=None, marks=MARKS)
    actions.lift_conflict(conflict=ConflictOfInterest.objects.get(), by=None, reason="another cousin")
    actions.finalize(sheet=sheet, by=None, marks=MARKS)


def test_a_judge_gives_a_sheet_back_with_a_reason(sheet: Sheet) -> None:
    actions.save_sheet(sheet=sheet, by=None, marks=MARKS)
    with pytest.raises(ReasonMissing):
        actions.recuse(sheet=sheet, by=None, reason="")
    actions.recuse(sheet=sheet, by=None, reason="my field is another")
    assert set(Mark.objects.values_list("value", "state")) == {(None, "recused")}
    with pytest.raises(SheetRefused, match="given back"):
        actions.save_sheet(sheet=sheet, by=None, marks=MARKS)
    actions.reopen(sheet=sheet, by=None, reason="asked again")
    assert set(Mark.objects.values_list("value", "state")) == {(None, "")}


def test_all_judges_get_all_entries_but_their_own() -> None:
    call = locked_scene(groups=3)
    first, second = judge(call), judge(call, "Jim")
    for someone in (first, second):
        actions.add_panelist(challenge=call.challenge, panel="jury", person=someone, by=None)
    Membership.objects.create(
        cycle=call.cycle, group=call.groups[0], person=first, role="coach", capabilities=["follow"], since=timezone.now()
    )
    submissions.withdraw(submission=call.groups[2].submissions.get(), by=None, decided=True, reason="asked")
    assert actions.assign_all(challenge=call.challenge, by=None) == 3
    assert actions.assign_all(challenge=call.challenge, by=None) == 0
    given = set(Sheet.objects.values_list("judge__name", "group__key"))
    assert given == {("Judith", "team-2"), ("Jim", "team-1"), ("Jim", "team-2")}


def test_assignments_are_all_or_nothing(call: Scene) -> None:
    fine, stranger = judge(call), person("Eve")
    wanted = [
        actions.Wanted(call.challenge, call.group, fine),
        actions.Wanted(call.challenge, call.group, stranger),
        actions.Wanted(call.challenge, call.group, fine, "public"),
        actions.Wanted(call.challenge, scene().group, fine),
    ]
    with pytest.raises(AssignmentRefused) as refused:
        actions.assign(cycle=call.cycle, wanted=wanted, by=None)
    assert [one.where for one in refused.value.problems] == ["assignments.1", "assignments.2", "assignments.3"]
    assert not Sheet.objects.exists()
    assert not Panelist.objects.exists()


def test_a_table_assigns_with_row_numbers_in_its_refusals() -> None:
    call = locked_scene(groups=2)
    judge(call, key="judith")
    judge(call, "Jim", key="jim")
    good = "\ufeffround;challenge;group;judge;panel\r\ncall;essay;team-1;judith;jury\r\n;;;jim;\r\n".encode()
    assert actions.assign_csv(cycle=call.cycle, content=good, by=None) == 3
    bad = b"challenge,group,judge\nessay,team-1,eve\n\nessay,team-9,jim\npoem,team-1,jim\nessay,team-1\n"
    with pytest.raises(AssignmentRefused) as refused:
        actions.assign_csv(cycle=call.cycle, content=bad, by=None)
    assert sorted(str(one) for one in refused.value.problems) == [
        'row 2: "eve" is no judge of this cycle',
        'row 4: "team-9" is not a team of this cycle',
        'row 5: challenge "poem" in round "": no such one; known: call/essay',
        "row 6: 2 cells where the header has 3",
    ]
    with pytest.raises(AssignmentRefused, match='row 1: unknown column "referee"'):
        actions.assign_csv(cycle=call.cycle, content=b"referee,judge\n", by=None)
    with pytest.raises(AssignmentRefused, match="row 2: expected UTF-8"):
        actions.assign_csv(cycle=call.cycle, content="judge\nJosé".encode("latin-1"), by=None)
    assert Sheet.objects.count() == 3


def test_an_assignment_is_taken_back_only_before_it_is_begun(call: Scene, sheet: Sheet) -> None:
    actions.unassign(sheet=sheet, by=None)
    again = sheet_for(call, sheet.judge)
    actions.save_sheet(sheet=again, by=None, marks=MARKS)
    with pytest.raises(SheetRefused, match="has begun"):
        actions.unassign(sheet=again, by=None)


def test_who_leaves_a_panel_loses_the_sheets_not_begun() -> None:
    call = locked_scene(groups=2)
    someone = judge(call)
    begun, _ = sheet_for(call, someone, call.groups[0]), sheet_for(call, someone, call.groups[1])
    actions.finalize(sheet=begun, by=None, marks=MARKS)
    assert actions.remove_panelist(panelist=Panelist.objects.get(), by=None) == 1
    assert list(Sheet.objects.values_list("state", flat=True)) == ["final"]


def test_only_a_judge_of_the_cycle_sits_on_a_panel_that_exists(call: Scene) -> None:
    with pytest.raises(NotOnPanel):
        actions.add_panelist(challenge=call.challenge, panel="jury", person=person("Eve"), by=None)
    with pytest.raises(AssignmentRefused, match="known: jury"):
        actions.add_panelist(challenge=call.challenge, panel="public", person=judge(call), by=None)


def test_the_queue_and_its_progress() -> None:
    call = locked_scene(groups=3)
    someone = judge(call)
    sheets = [sheet_for(call, someone, group) for group in call.groups]
    actions.finalize(sheet=sheets[0], by=None, marks=MARKS)
    actions.save_sheet(sheet=sheets[2], by=None, marks=MARKS)
    assert [one.pk for one in queue_of([someone.pk])] == [sheets[2].pk, sheets[1].pk]
    progress = progress_of(Sheet.objects.filter(judge=someone))
    assert (progress.to_do, progress.final, progress.recused) == (2, 1, 0)
    assert not queue_of([]).exists()


def test_two_panels_mark_their_own_criteria() -> None:
    show = {
        "key": "show",
        "criteria": [
            {"key": "craft", "panel": "jury", "min": 1, "max": 5},
            {"key": "appeal", "panel": "public", "min": 0, "max": 10},
        ],
        "panels": [{"key": "jury"}, {"key": "public"}],
    }
    call = scene(show)
    voter = sheet_for(call, judge(call), panel="public")
    with pytest.raises(MarksRefused, match='not a criterion of panel "public"; known: appeal'):
        actions.finalize(sheet=voter, by=None, marks=[Given("craft", 3)])
    assert actions.finalize(sheet=voter, by=None, marks=[Given("appeal", 3)]).state == "final"


def test_a_vote_is_stored_once_per_pair() -> None:
    call = locked_scene({**ESSAY, "format": "pairwise", "criteria": []}, groups=3)
    someone = judge(call)
    actions.add_panelist(challenge=call.challenge, panel="jury", person=someone, by=None)
    a, b, c = call.groups
    first = actions.vote(challenge=call.challenge, person=someone, a=a, b=b, outcome="a", by=None)
    again = actions.vote(challenge=call.challenge, person=someone, a=b, b=a, outcome="tie", by=None)
    assert [(one.pk, one.outcome) for one in Vote.objects.filter(undone_at=None)] == [(again.pk, "tie")]
    assert Vote.objects.get(pk=first.pk).undone_at  # what was said before is kept
    with pytest.raises(VoteRefused, match="two different teams"):
        actions.vote(challenge=call.challenge, person=someone, a=a, b=a, outcome="a", by=None)
    with pytest.raises(VoteRefused, match='"a", "b", "tie" or empty'):
        actions.vote(challenge=call.challenge, person=someone, a=a, b=b, outcome="both", by=None)
    with pytest.raises(NotOnPanel):
        actions.vote(challenge=call.challenge, person=judge(call, "Jim"), a=a, b=b, outcome="a", by=None)
    actions.declare_conflict(person=someone, group=c, by=None)
    with pytest.raises(ConflictDeclared):
        actions.vote(challenge=call.challenge, person=someone, a=a, b=c, outcome="a", by=None)
    Membership.objects.create(cycle=call.cycle, group=b, person=someone, role="coach", capabilities=[], since=timezone.now())
    with pytest.raises(OwnGroup):
        actions.vote(challenge=call.challenge, person=someone, a=a, b=b, outcome="a", by=None)


def test_an_essay_is_not_judged_in_pairs() -> None:
    call = locked_scene(groups=2)
    with pytest.raises(VoteRefused, match="not judged in pairs"):
        actions.vote(challenge=call.challenge, person=judge(call), a=call.groups[0], b=call.groups[1], outcome="a", by=None)
