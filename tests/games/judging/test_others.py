"""What a judge knows of the others' marks: by the round's rule, under numbers or names; what a sheet said before; blind rounds."""

import re
from itertools import pairwise
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.judging import actions
from games.judging.models import Sheet
from games.judging.queries.others import before_of, judges_on, others_on, unnamed_to
from games.judging.rules import Given
from tests.factories.judging import judge, locked_scene, people, sheet_for
from tests.factories.submissions import ESSAY, Scene, move, without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"


def call_with(**round_: Any) -> Scene:
    return locked_scene(ESSAY, groups=2, rounds=[{"key": "call", **round_}])


def marked(sheet: Sheet, impact: int, comment: str = "") -> Sheet:
    given = [Given("impact", impact, comment=comment), Given("novelty", 3)]
    return actions.finalize(sheet=sheet, by=None, marks=given, comment=f"Words of {sheet.judge.name}.", note="my own note")


def again(sheet: Sheet) -> Sheet:
    return Sheet.objects.select_related("challenge__round__cycle", "group", "judge").get(pk=sheet.pk)


@pytest.mark.parametrize(
    ("mode", "before", "after"), [("never", False, False), ("after_final", False, True), ("always", True, True)]
)
def test_the_rule_of_the_round_says_when_a_judge_sees_the_others(mode: str, before: bool, after: bool) -> None:
    call = call_with(others_marks=mode)
    own, other = sheet_for(call, judge(call, "Judith")), sheet_for(call, judge(call, "Jonas"))
    marked(other, 5, "bold")
    assert (others_on(again(own)).shown, bool(others_on(again(own)).sheets)) == (before, before)
    marked(own, 2)
    assert (others_on(again(own)).shown, bool(others_on(again(own)).sheets)) == (after, after)
    if after:
        (seen,) = others_on(again(own)).sheets
        assert (seen.marks["impact"].value, seen.marks["impact"].comment, seen.comment) == (5, "bold", "Words of Jonas.")
    actions.reopen(sheet=own, by=None, reason="a slip")
    assert others_on(again(own)).shown is before  # no longer final


def test_only_final_sheets_of_the_same_panel_and_entry_are_seen_and_none_by_who_gave_theirs_back() -> None:
    crowd = ESSAY | {
        "panels": [{"key": "jury"}, {"key": "crowd"}],
        "criteria": [*ESSAY["criteria"], {"key": "fun", "panel": "crowd"}],
    }
    call = locked_scene(crowd, groups=2, rounds=[{"key": "call", "others_marks": "always"}])
    own = sheet_for(call, judge(call, "Judith"))
    draft, elsewhere = sheet_for(call, judge(call, "Jonas")), sheet_for(call, judge(call, "Jill"), call.groups[1])
    other_panel = sheet_for(call, judge(call, "Joe"), panel="crowd")
    actions.save_sheet(sheet=draft, by=None, marks=[Given("impact", 5)])
    marked(elsewhere, 4)
    actions.finalize(sheet=other_panel, by=None, marks=[Given("fun", 1)])
    assert others_on(again(own)).sheets == ()
    actions.finalize(sheet=draft, by=None, marks=[Given("novelty", 3)])
    assert len(others_on(again(own)).sheets) == 1
    actions.recuse(sheet=own, by=None, reason="We met.")
    assert not others_on(again(own)).shown


def test_judges_are_numbers_to_each_other_unless_the_rules_name_them() -> None:
    for named in (False, True):
        call = call_with(others_marks="always", judges_named=named)
        judges = [judge(call, name) for name in ("Judith", "Jonas", "Jill")]
        for one in judges:
            marked(sheet_for(call, one), 3)
        found = others_on(again(Sheet.objects.get(judge=judges[0])))
        assert sorted(one.who.name or "" for one in found.sheets) == (["Jill", "Jonas"] if named else ["", ""])
        numbers = {pk: who.number for pk, who in judges_on(call.challenge, "jury").items()}
        assert sorted(numbers.values()) == [1, 2, 3]
        assert [one.who.number for one in found.sheets] == sorted(numbers[one.pk] for one in judges[1:])
        assert all(who.name for who in judges_on(call.challenge, "jury", named=True).values())


def test_numbers_of_judges_stay_and_do_not_follow_the_order_in_which_they_came() -> None:
    orders = set()
    for _ in range(8):
        call = call_with()
        judges = [judge(call, name) for name in "ABCDE"]
        for one in judges:
            sheet_for(call, one)
        known = judges_on(call.challenge, "jury")
        assert known == judges_on(call.challenge, "jury")
        orders.add(tuple(known[one.pk].number for one in judges))
    assert any(earlier > later for order in orders for earlier, later in pairwise(order))


def test_the_others_are_read_over_the_api_by_the_judge_alone() -> None:
    call = call_with(others_marks="after_final")
    who = people(call)
    own, other = sheet_for(call, who.judith.person), sheet_for(call, judge(call, "Jonas"))
    marked(other, 5)
    path = f"{API}/sheets/{own.pk}/others"
    assert who.judith.api.get(path).json() == {"mode": "after_final", "shown": False, "sheets": []}
    marked(own, 2)
    (seen,) = who.judith.api.get(path).json()["sheets"]
    assert seen["name"] is None
    assert seen["marks"][0] == {"criterion": "impact", "value": "5", "state": "", "comment": ""}
    assert "my own note" not in str(seen)
    for nobody in (who.ada, who.eve, who.org):
        assert nobody.api.get(path).status_code == 404
    assert who.judith.api.get(f"{API}/sheets/{other.pk}/others").status_code == 404


def test_as_many_statements_for_many_judges_as_for_few() -> None:
    counts = []
    for many in (3, 30):
        call = call_with(others_marks="always")
        sheets = [sheet_for(call, judge(call, f"Judge {number}")) for number in range(many)]
        for one in sheets[1:]:
            marked(one, 3)
        with CaptureQueriesContext(connection) as statements:
            assert len(others_on(again(sheets[0])).sheets) == many - 1
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 4


def test_judge_and_organizers_read_what_a_sheet_said_before_and_nobody_else() -> None:
    call = call_with(visibility="full")
    who = people(call)
    sheet = sheet_for(call, who.judith.person)
    marked(sheet, 2)
    actions.reopen(sheet=sheet, by=None, reason="a slip of the pen")
    marked(again(sheet), 4)
    (before,) = before_of(again(sheet))
    assert before.marks["impact"].value == 2
    call.round.published_at = now()
    call.round.visibility = "full"
    call.round.save()
    for reader in (who.judith, who.org):
        (told,) = reader.api.get(f"{API}/sheets/{sheet.pk}").json()["before"]
        assert (told["reason"], told["marks"][0]["value"]) == ("a slip of the pen", "2")
    for reader in (who.ada, who.ben, who.eve):
        whole = reader.api.get(f"{API}/sheets/{sheet.pk}").json()
        assert (whole["marks"][0]["value"], whole["before"]) == ("4", [])


def test_a_round_that_does_not_name_its_judges_names_them_to_no_team() -> None:
    call = call_with()
    who = people(call)
    sheet = sheet_for(call, who.judith.person)
    marked(sheet, 3)
    call.round.published_at = now()
    call.round.save()
    assert who.ada.api.get(f"{API}/sheets/{sheet.pk}").json()["judge"] is None


def test_the_name_of_the_judge_is_the_teams_and_nobody_elses() -> None:
    call = call_with(judges_named=True)
    who = people(call)
    sheet = sheet_for(call, who.judith.person)
    marked(sheet, 3)
    assert who.ada.api.get(f"{API}/sheets/{sheet.pk}").status_code == 404  # not published
    call.round.published_at, call.round.visibility = now(), "full"
    call.round.save()
    assert who.ada.api.get(f"{API}/sheets/{sheet.pk}").json()["judge"]["name"] == "Judith"
    assert who.ben.api.get(f"{API}/sheets/{sheet.pk}").json()["judge"] is None


# --- Blind ------------------------------------------------------------------------------------------------------------------------------


def test_sheets_of_a_blind_round_come_in_an_order_that_tells_nothing() -> None:
    """Entries are given out by the names of their groups: ids in that order would tell who is who."""
    orders = set()
    for _ in range(4):
        call = locked_scene(ESSAY, groups=12, rounds=[{"key": "call", "blind": True}])
        someone = judge(call, "Judith")
        actions.add_panelist(challenge=call.challenge, panel="jury", person=someone, by=None)
        actions.assign_all(challenge=call.challenge, by=None)
        groups = list(Sheet.objects.filter(judge=someone).order_by("pk").values_list("group_id", flat=True))
        orders.add(tuple(sorted(groups).index(one) for one in groups))
    assert len(orders) == 4


def test_a_judge_of_a_blind_round_reads_no_name_beside_a_conflict_with_a_group_they_marked() -> None:
    call = call_with(blind=True)
    who = people(call)
    sheet = sheet_for(call, who.judith.person)
    body = {"reason": "We met.", "conflict": True}
    assert who.judith.api.post(f"{API}/sheets/{sheet.pk}/recuse", body).status_code == 200
    assert unnamed_to({who.judith.person.pk}) == {call.group.pk}
    (told,) = who.judith.api.get(f"{API}/conflicts").json()["results"]
    assert (told["group"], told["reason"]) == (None, "We met.")
    (known,) = who.org.api.get(f"{API}/conflicts").json()["results"]
    assert known["group"]["name"] == "Team 1"
    call.round.published_at = now()
    call.round.save()
    (told,) = who.judith.api.get(f"{API}/conflicts").json()["results"]
    assert told["group"]["name"] == "Team 1"


FORM: dict[str, Any] = {
    **ESSAY,
    "form": [
        {"key": "title"},
        {"key": "team", "blind": "hidden"},
        {"key": "cost", "type": "number", "blind": "hidden"},
        {"key": "short", "blind": "only"},
    ],
}
TOLD = {"title": "On water", "team": "We are Team 1", "cost": 12, "short": "On water, redacted"}


def blind_scene() -> tuple[Scene, Any, Sheet]:
    call = locked_scene(FORM, groups=1, rounds=[{"key": "call", "blind": True}])
    for one in call.challenge.submissions.select_related("pinned"):
        assert one.pinned is not None
        one.pinned.data, one.pinned.fields, one.pinned.note = TOLD, {"cost": 120000}, "Ada mended it."
        one.pinned.save()
    who = people(call)
    return call, who, sheet_for(call, who.judith.person)


def test_judges_of_a_blind_round_see_neither_hidden_answers_nor_notes_times_and_digests() -> None:
    call, who, sheet = blind_scene()
    entry = call.challenge.submissions.get()
    shown = {"title": "On water", "short": "On water, redacted"}
    whole = who.judith.api.get(f"{API}/sheets/{sheet.pk}").json()["entry"]
    listed = who.judith.api.get(f"{API}/submissions/{entry.pk}").json()
    (version,) = who.judith.api.get(f"{API}/versions").json()["results"]
    for one in (whole, listed["version"], version):
        assert (one["data"], one["numbers"], one["note"], one["at"], one["digest"]) == (shown, {}, "", None, "")
    assert listed["submitted_at"] is None
    page = who.judith.client.get(f"/desk/sheets/{sheet.pk}/").content.decode()
    assert "On water, redacted" in page
    for never in ("We are Team 1", "Ada mended it", "Team 1"):
        assert never not in page


def test_group_and_organizers_see_all_of_it_and_later_readers_no_redacted_copy() -> None:
    call, who, sheet = blind_scene()
    entry = call.challenge.submissions.get()
    for reader in (who.ada, who.org):
        assert reader.api.get(f"{API}/submissions/{entry.pk}").json()["version"]["data"] == TOLD
    call.round.published_at, call.round.visibility = now(), "full"
    call.round.save()
    for reader in (who.judith, who.eve):
        told = reader.api.get(f"{API}/submissions/{entry.pk}").json()["version"]
        assert (told["data"], told["note"]) == ({key: TOLD[key] for key in ("title", "team", "cost")}, "Ada mended it.")
    for path in (f"/cycles/{call.cycle.key}/groups/team-1/", f"/cycles/{call.cycle.key}/entries/", "/search/?q=water"):
        page = who.eve.client.get(path).content.decode()
        assert "On water" in re.sub(r"<[^>]+>", "", page), path
        assert "redacted" not in page, path
    assert sheet.pk


def test_the_form_tells_the_team_what_judges_will_see() -> None:
    call, who, _ = blind_scene()
    move(call.round, closes=3600)
    page = who.ada.client.get(f"/cycles/{call.cycle.key}/rounds/call/essay/entry/").content.decode()
    assert "Judging is blind" in page
    assert page.count("Judges do not see this.") == 2
    assert "For judges only: the same without names." in page
