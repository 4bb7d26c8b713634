"""Calibration: anchors first, how the judges differ, the talk, marking anew; and the rules behind it."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.groups.models import Membership
from games.journal.actions import seal_pending
from games.journal.models import JournalEntry, Sealer
from games.journal.queries import sealed
from games.journal.rules import Kind
from games.judging import actions
from games.judging.models import Anchor, Calibration, ConflictOfInterest, Deliberation, Panelist, PastSheet, Sheet
from games.judging.queries import open_on, refusal, to_mark, with_facts
from games.judging.queries.calibrating import candidates, differences, leaning, places_of, remarks_of, standings
from games.judging.rules import AssignmentRefused, CalibrationState, Given, JudgingNotOpen, NotOnPanel, SheetRefused
from games.judging.rules.calibrating import (
    CalibrationFirst,
    CalibrationRefused,
    apart,
    check_calibrated,
    check_step,
    from_others,
    numbered,
    spread_over,
)
from games.notices.models import Message, Notice
from games.organizations.models import Person
from tests.factories.accounts import UserFactory
from tests.factories.judging import judge, locked_scene
from tests.factories.submissions import ESSAY, Scene
from worker.reactions import FLOW

pytestmark = pytest.mark.django_db
TOPICS: dict[str, Any] = {
    **ESSAY,
    "topics": "field",
    "form": [*ESSAY["form"], {"key": "field", "type": "choice", "choices": ["water", "air"]}],
}


def call_with(*, groups: int = 5, judges: int = 3, task: dict[str, Any] = ESSAY, **round_: Any) -> tuple[Scene, list[Person]]:
    """A locked round that begins with a calibration, and its panel."""
    call = locked_scene(task, groups=groups, rounds=[{"key": "call", "calibration": True, **round_}])
    panel = [judge(call, name, email=f"{name.lower()}@example.org") for name in ("Judith", "Jonas", "Jill", "Joe")[:judges]]
    for one in panel:
        actions.add_panelist(challenge=call.challenge, panel="jury", person=one, by=None)
    actions.assign_all(challenge=call.challenge, by=None)
    return call, panel


def begun(call: Scene, *places: int) -> Calibration:
    groups = [call.groups[at] for at in places or (0, 1)]
    return actions.begin_calibration(challenge=call.challenge, panel="jury", groups=groups, by=None)


def of(person: Person, call: Scene, at: int) -> Sheet:
    return Sheet.objects.select_related("challenge__round__cycle", "group", "judge").get(judge=person, group=call.groups[at])


def why(person: Person, call: Scene, at: int) -> str:
    return refusal(with_facts(to_mark(Sheet.objects.filter(pk=of(person, call, at).pk))).get())


def marked(person: Person, call: Scene, at: int, impact: int, novelty: int, comment: str = "") -> Sheet:
    given = [Given("impact", impact), Given("novelty", novelty)]
    return actions.finalize(sheet=of(person, call, at), by=None, marks=given, comment=comment)


def _sealed(after: int) -> list[JournalEntry]:
    seal_pending()
    return list(sealed(after=after))


def pulse() -> None:
    """What a worker does with everything that happened."""
    done = Sealer.objects.get_or_create(name="test")[0]
    while found := _sealed(done.seal):
        for one in found:
            for reaction in FLOW.get(Kind(one.kind), ()):
                reaction(one)
            done.seal = one.seal or 0
    done.save()


# --- The rules ------------------------------------------------------------------------------------------------------------------------


def test_only_anchors_are_open_until_the_calibration_is_done() -> None:
    check_calibrated(wanted=False, state="", anchor=False)
    check_calibrated(wanted=True, state="done", anchor=False)
    check_calibrated(wanted=True, state="marking", anchor=True)
    for state in ("marking", "discussing"):
        with pytest.raises(CalibrationFirst, match="Opens after calibration"):
            check_calibrated(wanted=False, state=state, anchor=False)
    with pytest.raises(CalibrationFirst, match="have not named its anchor entries yet"):
        check_calibrated(wanted=True, state="", anchor=False)
    assert issubclass(CalibrationFirst, JudgingNotOpen)


def test_the_steps_follow_each_other() -> None:
    check_step("marking", CalibrationState.DISCUSSING)
    check_step("discussing", CalibrationState.DONE)
    for state, wanted in (("marking", "done"), ("done", "discussing"), ("discussing", "marking"), ("done", "done")):
        with pytest.raises(CalibrationRefused):
            check_step(state, CalibrationState(wanted))


def test_anchors_are_spread_over_topics() -> None:
    topics = {1: "a", 2: "a", 3: "a", 4: "b", 5: "c"}
    for seed in ("x", "y", "z"):
        found = spread_over([1, 2, 3, 4, 5], topics, count=3, seed=seed)
        assert {topics[one] for one in found} == {"a", "b", "c"}
    assert spread_over([1, 2], {}, count=5, seed="x") in ([1, 2], [2, 1])
    assert spread_over([], {}, count=3, seed="x") == []


@given(st.sets(st.integers(1, 60)), st.dictionaries(st.integers(1, 60), st.sampled_from("abc")), st.integers(0, 9))
def test_a_proposal_names_entries_once_and_always_the_same(entries: set[int], topics: dict[int, str], count: int) -> None:
    found = spread_over(sorted(entries), topics, count=count, seed="s")
    assert len(found) == len(set(found)) == min(count, len(entries))
    assert set(found) <= entries
    assert found == spread_over(sorted(entries, reverse=True), topics, count=count, seed="s")


def test_how_marks_lie_apart_is_exact() -> None:
    assert apart({}) is None
    found = apart({1: Fraction(3), 2: Fraction(7, 2), 3: Fraction(5)})
    assert found is not None
    assert (found.low, found.high, found.range, found.mean) == (3, 5, 2, Fraction(23, 6))
    # judge 1 gave 3 and 2 where the others' means were 17/4 and 4: (3 - 17/4 + 2 - 4) / 2
    assert from_others(1, [found.marks, {1: Fraction(2), 2: Fraction(4)}, {1: Fraction(9)}, {2: Fraction(1)}]) == Fraction(-13, 8)
    assert from_others(1, [{1: Fraction(2)}]) is None


@given(st.sets(st.integers(1, 10_000), max_size=20), st.binary(min_size=8))
def test_judges_are_numbered_once_in_an_order_of_the_secret(persons: set[int], secret: bytes) -> None:
    found = numbered(persons, secret)
    assert sorted(found.values()) == list(range(1, len(persons) + 1))
    assert found == numbered(sorted(persons, reverse=True), secret)


# --- Before it begins -------------------------------------------------------------------------------------------------------------------


def test_without_its_calibration_nothing_of_the_round_is_marked_and_the_judge_reads_why() -> None:
    call, (judith, *_) = call_with()
    with pytest.raises(CalibrationFirst, match="begins with a calibration, and the organizers have not named its anchor"):
        marked(judith, call, 0, 3, 3)
    assert "calibration" in why(judith, call, 0)


def test_a_round_without_calibration_opens_as_ever() -> None:
    call, (judith, *_) = call_with(calibration=False)
    assert marked(judith, call, 4, 3, 3).state == "final"


def test_peers_and_audiences_do_not_calibrate() -> None:
    call = locked_scene(ESSAY | {"panels": [{"key": "jury", "who": "peers"}]}, groups=2)
    with pytest.raises(CalibrationRefused, match="Only judges who mark criteria"):
        actions.begin_calibration(challenge=call.challenge, panel="jury", groups=list(call.groups), by=None)
    assert places_of(call.cycle) == []


def test_the_proposal_covers_the_topics_and_leaves_out_what_a_judge_must_not_mark() -> None:
    call, (judith, *_) = call_with(task=TOPICS)
    for at, topic in enumerate(("water", "water", "water", "air", "air")):
        version = call.challenge.submissions.get(group=call.groups[at]).pinned
        assert version is not None
        version.data |= {"field": topic}
        version.save(update_fields=["data"])
    ConflictOfInterest.objects.create(person=judith, group=call.groups[3])
    found = {one.group.pk: one for one in candidates(call.challenge, "jury", count=2)}
    assert {one.topic for one in found.values() if one.proposed} == {"water", "air"}
    assert (found[call.groups[3].pk].barred, found[call.groups[3].pk].proposed) == (("Judith",), False)
    assert found[call.groups[4].pk].proposed


def test_anchors_are_entries_that_count_and_every_judge_can_mark_one() -> None:
    call, (judith, *_) = call_with(groups=3)
    with pytest.raises(CalibrationRefused, match="Choose 1 to 20"):
        actions.begin_calibration(challenge=call.challenge, panel="jury", groups=[], by=None)
    call.challenge.submissions.filter(group=call.groups[2]).update(state="withdrawn")
    with pytest.raises(CalibrationRefused, match=r'"team-3" has no entry in "essay" that counts'):
        begun(call, 0, 2)
    ConflictOfInterest.objects.create(person=judith, group=call.groups[0])
    with pytest.raises(CalibrationRefused, match=r'"Judith" must not mark any of them'):
        begun(call, 0)
    with pytest.raises(AssignmentRefused):
        actions.begin_calibration(challenge=call.challenge, panel="crowd", groups=[call.group], by=None)
    begun(call, 0, 1)
    with pytest.raises(CalibrationRefused, match="has begun already"):
        begun(call, 0, 1)
    assert [one.whole for one in standings(Calibration.objects.get())] == [2, 2, 1]  # Jill, Jonas; Judith has a conflict


def test_a_panel_without_judges_or_a_published_round_does_not_calibrate() -> None:
    call, _ = call_with(judges=0)
    with pytest.raises(CalibrationRefused, match="Nobody is on the panel"):
        begun(call)
    call, _ = call_with()
    call.round.published_at = call.round.opens_at
    call.round.save(update_fields=["published_at"])
    call.challenge.round.refresh_from_db()
    with pytest.raises(CalibrationRefused, match="published"):
        begun(call)


# --- Marking, talking, done -------------------------------------------------------------------------------------------------------------


def test_a_calibration_from_the_first_anchor_to_open_entries() -> None:
    call, (judith, jonas, jill) = call_with()
    one = begun(call, 0, 1)
    assert why(judith, call, 0) == ""
    assert why(judith, call, 2).startswith("Opens after calibration")
    with pytest.raises(CalibrationFirst):
        marked(judith, call, 2, 3, 3)
    for person, impact in ((judith, 2), (jonas, 4)):
        for at in (0, 1):
            marked(person, call, at, impact, 3)
    pulse()
    one.refresh_from_db()
    assert one.state == "marking"  # Jill has not marked yet
    assert [(each.person.name, each.final, each.left) for each in standings(one)] == [
        ("Jill", 0, 2),
        ("Jonas", 2, 0),
        ("Judith", 2, 0),
    ]
    marked(jill, call, 0, 3, 3)
    marked(jill, call, 1, 3, 3)
    pulse()
    one.refresh_from_db()
    assert one.state == "discussing"
    assert why(judith, call, 2).startswith("Opens after calibration")
    talk = Deliberation.objects.get(group=None)
    assert talk.before[str(call.groups[0].pk)][str(judith.pk)] == {"impact": 20000, "novelty": 30000}

    actions.remark_on_calibration(calibration=one, person=judith, text=" I looked for numbers. ", by=None)
    again = actions.revise_anchor(sheet=of(judith, call, 0), by=None, person=judith)
    assert (again.state, again.reason) == ("draft", "")
    marked(judith, call, 0, 3, 3)
    (before,) = PastSheet.objects.all()
    assert (before.marks["impact"], before.reason) == ([20000, "", ""], "calibration")

    actions.close_calibration(calibration=one, by=None, outcome="Numbers count.")
    talk.refresh_from_db()
    assert (talk.state, talk.outcome) == ("closed", "Numbers count.")
    assert talk.after[str(call.groups[0].pk)][str(judith.pk)]["impact"] == 30000
    assert [each.text for each in remarks_of(one)] == ["I looked for numbers."]
    assert marked(judith, call, 2, 5, 5).state == "final"
    with pytest.raises(CalibrationRefused, match="talks while"):
        actions.remark_on_calibration(calibration=one, person=judith, text="Too late.", by=None)
    kinds = JournalEntry.objects.filter(kind="calibration.changed").order_by("pk").values_list("payload", flat=True)
    assert [each["state"] for each in kinds] == ["marking", "discussing", "done"]


def test_a_judge_sees_the_others_once_their_own_are_final_and_the_panel_talks() -> None:
    call, (judith, jonas, jill) = call_with()
    one = begun(call, 0, 1)
    marked(judith, call, 0, 2, 3, "Thin.")
    marked(jonas, call, 0, 5, 3)
    marked(jonas, call, 1, 5, 3)

    def seen(person: Person | None) -> list[tuple[bool, list[list[int]]]]:
        found = differences(one, None if person is None else {person.pk})
        return [
            (
                each.shown,
                [sorted(int(value) for value in on.apart.marks.values()) if on.apart else [] for on in each.criteria[:2]],
            )
            for each in found
        ]

    assert seen(judith) == [(False, [[2], [3]]), (False, [[], []])]  # while the panel marks, one's own
    assert seen(None) == [(True, [[2, 5], [3, 3]]), (True, [[5], [3]])]  # organizers see all of it
    actions.discuss_calibration(calibration=one, by=None)
    one.refresh_from_db()
    assert seen(judith) == [(True, [[2, 5], [3, 3]]), (False, [[], []])]  # the second she has not marked yet
    assert seen(jill) == [(False, [[], []]), (False, [[], []])]
    assert leaning(judith.pk, differences(one, {judith.pk})) == Fraction(-3, 8)  # 3 of 4 steps lower, and the same
    assert differences(one, {jonas.pk})[0].comments == {judith.pk: "Thin."}


def test_an_anchor_with_a_conflict_is_not_there_for_that_judge() -> None:
    call, (judith, jonas, _) = call_with()
    ConflictOfInterest.objects.create(person=judith, group=call.groups[1])
    one = begun(call, 0, 1)
    marked(jonas, call, 1, 5, 3)
    actions.discuss_calibration(calibration=one, by=None)
    assert [each.anchor.group.pk for each in differences(one, {judith.pk})] == [call.groups[0].pk]


def test_while_a_judge_marks_anew_the_others_read_the_last_final_marks() -> None:
    call, (judith, jonas, _) = call_with()
    one = begun(call, 0)
    for person, impact in ((judith, 2), (jonas, 4)):
        marked(person, call, 0, impact, 3)
    actions.discuss_calibration(calibration=one, by=None)
    one.refresh_from_db()
    actions.revise_anchor(sheet=of(judith, call, 0), by=None)
    actions.save_sheet(sheet=of(judith, call, 0), by=None, marks=[Given("impact", 5)])
    (found,) = differences(one, {jonas.pk})
    assert found.criteria[0].apart is not None
    assert found.criteria[0].apart.marks == {judith.pk: 2, jonas.pk: 4}
    assert found.revising == {judith.pk}


def test_only_the_own_final_sheet_on_an_anchor_is_marked_anew_and_only_while_they_talk() -> None:
    call, (judith, jonas, _) = call_with()
    one = begun(call, 0)
    sheet = marked(judith, call, 0, 2, 3)
    with pytest.raises(SheetRefused, match="while the panel talks"):
        actions.revise_anchor(sheet=sheet, by=None)
    actions.discuss_calibration(calibration=one, by=None)
    with pytest.raises(NotOnPanel):
        actions.revise_anchor(sheet=sheet, by=None, person=jonas)
    with pytest.raises(SheetRefused):
        actions.revise_anchor(sheet=of(jonas, call, 0), by=None)  # not final yet
    with pytest.raises(SheetRefused):
        actions.revise_anchor(sheet=of(judith, call, 3), by=None)  # no anchor
    actions.close_calibration(calibration=one, by=None)
    with pytest.raises(SheetRefused):
        actions.revise_anchor(sheet=sheet, by=None)


def test_who_comes_to_the_panel_later_gets_the_anchors_too() -> None:
    call, _ = call_with()
    begun(call, 0, 1)
    pulse()
    joe = judge(call, "Joe")
    actions.add_panelist(challenge=call.challenge, panel="jury", person=joe, by=None)
    pulse()
    assert set(Sheet.objects.filter(judge=joe).values_list("group_id", flat=True)) == {call.groups[0].pk, call.groups[1].pk}
    before = JournalEntry.objects.count()
    pulse()
    assert JournalEntry.objects.count() == before


def test_who_dropped_out_holds_nobody_up() -> None:
    call, (judith, jonas, jill) = call_with()
    one = begun(call, 0)
    for person in (judith, jonas):
        marked(person, call, 0, 3, 3)
    Panelist.objects.filter(person=jill).update(left_at=call.round.opens_at)
    actions.recuse(sheet=of(jill, call, 1), by=None, reason="I am ill.")
    pulse()
    one.refresh_from_db()
    assert one.state == "discussing"


def test_judges_hear_that_it_begins_that_they_talk_and_that_it_is_done_and_no_entry_is_named() -> None:
    call, people = call_with()
    for number, person in enumerate(people):
        Person.objects.filter(pk=person.pk).update(user=UserFactory.create(email=f"j{number}@example.org"))
    one = begun(call, 0, 1)
    actions.discuss_calibration(calibration=one, by=None)
    actions.close_calibration(calibration=one, by=None)
    pulse()
    told = list(
        Notice.objects.filter(person=people[0], key__startswith="calibration").order_by("pk").values_list("text", flat=True)
    )
    assert told == [
        "Calibration begins: essay",
        "How your panel differs: essay",
        "Calibration done, all entries are open: essay",
    ]
    bodies = Message.objects.filter(kind__startswith="calibration").values_list("subject", "body")
    assert bodies
    assert not any("Team" in words for pair in bodies for words in pair)


def test_sheets_on_anchors_count_like_others_and_link_the_judges() -> None:
    call, people = call_with()
    begun(call, 0)
    for person in people:
        marked(person, call, 0, 4, 4)
    assert Sheet.objects.filter(group=call.groups[0], state="final").count() == 3
    assert Anchor.objects.count() == 1


def test_the_queue_puts_anchors_first() -> None:
    call, (judith, *_) = call_with()
    begun(call, 3)
    first, *_ = open_on(Sheet.objects.filter(judge=judith))
    assert first.group == call.groups[3]


# --- What a sheet said before -----------------------------------------------------------------------------------------------------------


def test_a_final_sheet_keeps_what_it_said_when_it_is_opened_again_and_when_it_is_given_back() -> None:
    call, (judith, *_) = call_with(calibration=False)
    marked(judith, call, 0, 2, 3, "Thin.")
    actions.reopen(sheet=of(judith, call, 0), by=None, reason="a slip of the pen")
    marked(judith, call, 0, 4, 3)
    actions.declare_conflict(person=judith, group=call.groups[0], by=None, reason="cousins")
    first, second = PastSheet.objects.order_by("revision")
    assert (first.marks["impact"], first.comment, first.reason) == ([20000, "", ""], "Thin.", "a slip of the pen")
    assert (second.marks["impact"], second.final_at is not None) == ([40000, "", ""], True)


def test_opening_a_sheet_that_was_given_back_keeps_nothing() -> None:
    call, (judith, *_) = call_with(calibration=False)
    actions.recuse(sheet=of(judith, call, 0), by=None, reason="ill")
    actions.reopen(sheet=of(judith, call, 0), by=None, reason="well again")
    assert not PastSheet.objects.exists()


def test_a_member_of_the_group_of_an_anchor_is_never_given_it() -> None:
    call, (judith, *_) = call_with()
    Membership.objects.create(cycle=call.cycle, group=call.groups[0], person=judith, role="member", since=call.round.opens_at)
    Sheet.objects.all().delete()
    begun(call, 0, 1)
    assert list(Sheet.objects.filter(judge=judith).values_list("group_id", flat=True)) == [call.groups[1].pk]
