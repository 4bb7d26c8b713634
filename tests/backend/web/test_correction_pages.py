"""Corrections on the desk: prepared from the sheets themselves, read like a story, applied as one; nobody else finds them."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.changes import actions
from games.changes.models import Appeal, ChangeSet
from games.cycles.models import Cycle
from games.recognition.actions import give_grant, verify
from games.recognition.models import Grant
from games.results.models import RecomputeRun
from tests.factories.changes import Told, told
from tests.factories.submissions import without_designs
from tests.flows.story import the_worker_works
from worker import correcting

pytestmark = pytest.mark.django_db


@pytest.fixture
def story() -> Told:
    return told()


def desk(story: Told, part: str = "changes/") -> str:
    return f"/cycles/{story.played.cycle.key}/desk/{part}"


def words(response: Any) -> str:
    """The page's text, without its marks."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def box(story: Told, group: str = "brook", judge: int = 0, criterion: str = "impact") -> str:
    return f"mark-{story.sheet(group, judge).pk}-{criterion}"


def form(story: Told, group: str = "brook", **typed: Any) -> dict[str, Any]:
    task = story.played.challenges["concept"].pk
    return {"task": task, "group": group, "reason": "Judge 1 slipped."} | typed


def prepared(story: Told, **typed: Any) -> ChangeSet:
    """A draft made on the page, with its preview."""
    answer = story.org.client.post(desk(story, "changes/marks/"), form(story) | ({box(story): "5"} | typed))
    assert answer.status_code == 302, words(answer)
    draft = ChangeSet.objects.latest("pk")
    correcting.look_at(draft.pk)
    draft.refresh_from_db()
    return draft


# --- Who ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.outsider
@pytest.mark.parametrize(
    "part", ["changes/", "changes/marks/", "changes/out/", "changes/rules/", "changes/1/", "changes/1/state/", "appeals/"]
)
def test_corrections_are_for_organizers(story: Told, part: str) -> None:
    draft = prepared(story)
    assert draft.number == 1
    assert story.org.client.get(desk(story, part)).status_code == 200
    for other in (story.ada, story.judith, story.eve):
        assert other.client.get(desk(story, part)).status_code == 404
        assert other.client.post(desk(story, part), {"do": "cancel", "reason": "x"}).status_code in {404, 405}
    assert story.visitor_page(desk(story, part)).status_code == 302
    assert ChangeSet.objects.get().state == "draft"


@pytest.mark.outsider
def test_nobody_else_answers_appeals(story: Told) -> None:
    appeal = actions.make_appeal(round=story.round("call"), group=story.played.groups["aqua"], text="Hm.", by=story.ada.user)
    for other in (story.ada, story.ben, story.judith, story.eve):
        answer = other.client.post(desk(story, f"appeals/{appeal.pk}/"), {"do": "reject", "answer": "No."})
        assert answer.status_code == 404
    assert Appeal.objects.get().state == "open"


# --- Preparing ------------------------------------------------------------------------------------------------------------------------


def test_the_sheets_of_an_entry_stand_side_by_side_and_what_differs_becomes_the_correction(story: Told) -> None:
    page = story.org.client.get(desk(story, "changes/marks/"), {"task": story.played.challenges["concept"].pk, "group": "brook"})
    assert page.content.decode().count('class="input change-mark"') == 9
    draft = prepared(story, **{box(story, criterion="novelty"): "", box(story, judge=1): "4"})
    found = {(one.kind, one.target["criterion"]): one.after for one in draft.changes.all()}
    assert found == {("mark", "impact"): {"value": "5", "state": ""}, ("mark", "novelty"): {"value": None, "state": "absent"}}


def test_what_cannot_be_is_said_beside_the_mark_and_what_was_typed_stays(story: Told) -> None:
    typed = form(story) | {box(story): "9", box(story, criterion="novelty"): "4,5"}
    answer = story.org.client.post(desk(story, "changes/marks/"), typed)
    assert answer.status_code == 422
    text = answer.content.decode()
    assert 'value="9"' in text
    assert "9 is outside 1 to 5" in text
    assert f'aria-describedby="{box(story)}-errors"' in text
    assert "not on the step" in text
    assert not ChangeSet.objects.exists()


def test_nothing_changed_or_no_reason_is_no_correction(story: Told) -> None:
    same = story.org.client.post(desk(story, "changes/marks/"), form(story))
    assert (same.status_code, "Nothing differs" in words(same)) == (422, True)
    silent = story.org.client.post(desk(story, "changes/marks/"), form(story, reason=" ") | {box(story): "5"})
    assert (silent.status_code, "needs a reason" in words(silent)) == (422, True)


def test_more_changes_go_into_a_correction_that_is_being_prepared(story: Told) -> None:
    prepared(story)
    typed = form(story, into="1", reason="") | {box(story, judge=1): "5"}
    assert story.org.client.post(desk(story, "changes/marks/"), typed).url == desk(story, "changes/1/")
    draft = ChangeSet.objects.get()
    assert (draft.changes.count(), draft.preview) == (2, {})


def test_a_sheet_is_taken_out_with_a_tick(story: Told) -> None:
    sheet = story.sheet("brook")
    draft = prepared(story, **{box(story): "4", f"whole-{sheet.pk}": "on"})
    assert [one.kind for one in draft.changes.all()] == ["recuse"]
    assert "no longer counts" in words(story.org.client.get(desk(story, "changes/1/")))


def test_a_group_is_disqualified_and_reinstated_from_its_own_choices(story: Told) -> None:
    page = story.org.client.get(desk(story, "changes/out/"), {"group": "delta"})
    text = words(page)
    assert "Is disqualified as of Sealed call" in text
    assert "Only its entry to prototype" in text
    sent = {"group": "delta", "act": "out:final", "reason": "Bought it."}
    assert story.org.client.post(desk(story, "changes/out/"), sent).status_code == 302
    draft = ChangeSet.objects.get()
    assert [(one.kind, one.target["round"]) for one in draft.changes.all()] == [("disqualify", "final")]
    correcting.look_at(draft.pk)
    draft.refresh_from_db()
    actions.apply(draft, by=None, stamp=draft.stamp)
    the_worker_works()
    assert "Is reinstated" in words(story.org.client.get(desk(story, "changes/out/"), {"group": "delta"}))
    wrong = story.org.client.post(desk(story, "changes/out/"), sent)
    assert wrong.status_code == 422


def test_a_rule_is_corrected_where_it_stands(story: Told) -> None:
    page = story.org.client.get(desk(story, "changes/rules/")).content.decode()
    assert 'name="challenges-0-criteria-0-weight"' in page
    assert 'name="boards-0-weights-final"' in page
    sent = {"challenges-0-criteria-0-weight": "80", "challenges-0-panels-0-combine": "median", "reason": "A typo."}
    assert story.org.client.post(desk(story, "changes/rules/"), sent).status_code == 302
    [change] = ChangeSet.objects.get().changes.all()
    assert {one["path"] for one in change.target["diff"]} == {
        'challenges["concept"].criteria["impact"].weight',
        'challenges["concept"].panels["jury"].combine',
    }
    text = words(story.org.client.get(desk(story, "changes/1/")))
    assert "Weight" in text
    nothing = story.org.client.post(desk(story, "changes/rules/"), {"reason": "x"})
    assert "Nothing differs" in words(nothing)
    wrong = story.org.client.post(desk(story, "changes/rules/"), {"challenges-0-criteria-0-weight": "much", "reason": "x"})
    assert "A number is needed" in words(wrong)


# --- The story ------------------------------------------------------------------------------------------------------------------------


def test_while_a_preview_is_computed_the_page_waits_and_then_tells_it(story: Told) -> None:
    client = story.org.client
    client.post(desk(story, "changes/marks/"), form(story) | {box(story): "5", box(story, criterion="novelty"): "5"})
    waiting = client.get(desk(story, "changes/1/"))
    assert "being computed" in words(waiting)
    assert "HX-Refresh" not in client.get(desk(story, "changes/1/state/"))
    correcting.look_at(ChangeSet.objects.get().pk)
    assert client.get(desk(story, "changes/1/state/"))["HX-Refresh"] == "true"
    text = words(client.get(desk(story, "changes/1/")))
    assert "Brook: impact" in text
    assert "Judith, concept" in text
    assert "version 1 → 2" in text
    assert "What moves for them, and why:" in text
    assert "Delta" in text
    assert "Apply and publish" in text


def test_applying_on_the_page_publishes_and_the_page_follows_it(story: Told) -> None:
    draft, client = prepared(story), story.org.client
    done = client.post(desk(story, "changes/1/"), {"do": "apply", "stamp": draft.stamp}, follow=True)
    assert "is being published" in words(done)
    assert "HX-Refresh" not in client.get(desk(story, "changes/1/state/"))
    the_worker_works()
    assert client.get(desk(story, "changes/1/state/"))["HX-Refresh"] == "true"
    text = words(client.get(desk(story, "changes/1/")))
    assert "What it moved" in text
    assert "version 2" in text
    assert "Correction 1: Judge 1 slipped." in words(
        story.visitor_page(f"/cycles/{story.played.cycle.key}/boards/call/snapshots/2/")
    )
    assert "Judge 1 slipped." in words(story.visitor_page(f"/cycles/{story.played.cycle.key}/decisions/"))


def test_what_is_refused_is_said_on_the_page(story: Told) -> None:
    draft, client = prepared(story), story.org.client
    verify(Grant.objects.get(award="gold"), by=None)
    answer = client.post(desk(story, "changes/1/"), {"do": "apply", "stamp": draft.stamp})
    assert (answer.status_code, "Something has changed since the preview" in words(answer)) == (422, True)
    assert "Choose what to do" in words(client.post(desk(story, "changes/1/"), {"do": "dance"}))
    client.post(desk(story, "changes/1/"), {"do": "look"})
    assert ChangeSet.objects.get().preview == {}


def test_an_award_that_was_granted_is_taken_back_only_where_it_is_ticked(story: Told) -> None:
    gold = Grant.objects.get(award="gold")
    give_grant(verify(gold, by=None), by=None)
    changes = {f"mark-{story.sheet('brook', judge, 'prototype').pk}-evidence": "5" for judge in (0, 2)}
    typed = form(story, task=story.played.challenges["prototype"].pk) | changes
    client = story.org.client
    client.post(desk(story, "changes/marks/"), typed)
    draft = ChangeSet.objects.get()
    correcting.look_at(draft.pk)
    draft.refresh_from_db()
    text = words(client.get(desk(story, "changes/1/")))
    assert "Awards that people have acted on" in text
    client.post(desk(story, "changes/1/"), {"do": "apply", "stamp": draft.stamp})
    the_worker_works()
    gold.refresh_from_db()
    assert gold.state == "granted", "nothing was ticked"


def test_a_draft_is_changed_and_given_up(story: Told) -> None:
    draft, client = prepared(story), story.org.client
    position = draft.changes.get().position
    client.post(desk(story, "changes/1/"), {"do": "say", "reason": "Other words."})
    client.post(desk(story, "changes/1/"), {"do": "leave", "position": position})
    text = words(client.get(desk(story, "changes/1/")))
    assert "Other words." in text
    assert "Nothing yet" in text
    assert "needed" in words(client.post(desk(story, "changes/1/"), {"do": "cancel", "reason": ""}))
    client.post(desk(story, "changes/1/"), {"do": "cancel", "reason": "It was right."})
    text = words(client.get(desk(story, "changes/1/")))
    assert "Given up" in text
    assert "It was right." in text
    assert "Apply" not in text


def test_a_publication_that_failed_is_published_again(story: Told) -> None:
    draft, client = prepared(story), story.org.client
    client.post(desk(story, "changes/1/"), {"do": "apply", "stamp": draft.stamp})
    RecomputeRun.objects.filter(pk=ChangeSet.objects.get().run_id).update(state="failed", error="The disk is full.")
    text = words(client.get(desk(story, "changes/1/")))
    assert "Applied, but not published" in text
    assert "not published" in words(client.get(desk(story)))
    client.post(desk(story, "changes/1/"), {"do": "again"})
    the_worker_works()
    assert story.snapshot().number == 2


# --- Appeals on the desk --------------------------------------------------------------------------------------------------------------


def test_an_appeal_leads_to_its_sheets_and_is_upheld_by_the_correction(story: Told) -> None:
    appeal = actions.make_appeal(
        round=story.round("call"), group=story.played.groups["brook"], text="It was 5.", by=story.ben.user
    )
    client = story.org.client
    text = words(client.get(desk(story, "appeals/")))
    assert "It was 5." in text
    assert "Uphold it" not in text, "a correction comes first"
    assert "Appeals 1" in words(client.get(desk(story, "publish/")))
    page = client.get(desk(story, "changes/marks/"), {"appeal": appeal.pk})
    assert box(story) in page.content.decode()
    client.post(desk(story, "changes/marks/"), form(story, appeal=appeal.pk) | {box(story): "5"})
    draft = ChangeSet.objects.get()
    assert draft.appeal == appeal
    assert "Uphold it" in words(client.get(desk(story, "appeals/")))
    correcting.look_at(draft.pk)
    draft.refresh_from_db()
    client.post(desk(story, "changes/1/"), {"do": "apply", "stamp": draft.stamp, "answer": "You are right."})
    the_worker_works()
    assert "You are right." in words(story.ben.client.get(f"/cycles/{story.played.cycle.key}/teams/brook/appeals/"))


def test_an_appeal_is_answered_with_a_reason(story: Told) -> None:
    appeal = actions.make_appeal(
        round=story.round("call"), group=story.played.groups["brook"], text="It was 5.", by=story.ben.user
    )
    silent = story.org.client.post(desk(story, f"appeals/{appeal.pk}/"), {"do": "reject", "answer": ""}, follow=True)
    assert "Say why" in words(silent)
    answered = story.org.client.post(
        desk(story, f"appeals/{appeal.pk}/"), {"do": "reject", "answer": "We asked the judge."}, follow=True
    )
    assert "not upheld" in words(answered)
    assert "We asked the judge." in words(answered)


def test_in_a_closed_cycle_nothing_is_prepared(story: Told) -> None:
    prepared(story)
    Cycle.objects.filter(pk=story.played.cycle.pk).update(state="closed")
    for part in ("changes/marks/", "changes/out/", "changes/rules/"):
        assert story.org.client.get(desk(story, part)).status_code == 404
    assert "Correct a mark" not in words(story.org.client.get(desk(story)))


# --- Size -----------------------------------------------------------------------------------------------------------------------------


def test_pages_take_as_many_statements_for_thirty_rows_as_for_three(story: Told) -> None:
    draft, client = prepared(story), story.org.client
    change = draft.changes.get()

    def cost(part: str) -> int:
        with CaptureQueriesContext(connection) as statements:
            assert client.get(desk(story, part)).status_code == 200
        return len(without_designs(statements))

    group, round_ = story.played.groups["aqua"], story.round("call")
    Appeal.objects.bulk_create(Appeal(round=round_, group=group, text="x", state="withdrawn") for _ in range(3))
    parts = ("changes/", "appeals/", "changes/1/")
    for part in parts:
        cost(part)
    few = {part: cost(part) for part in parts}
    group, round_ = story.played.groups["aqua"], story.round("call")
    Appeal.objects.bulk_create(Appeal(round=round_, group=group, text="x", state="withdrawn") for _ in range(30))
    ChangeSet.objects.bulk_create(
        ChangeSet(cycle=story.played.cycle, number=number, reason="x", appeal=Appeal.objects.first()) for number in range(2, 30)
    )
    for position in range(change.position + 1, change.position + 30):
        change.pk, change.position = None, position
        change.save(force_insert=True)
    assert {part: cost(part) for part in parts} == few
    assert max(few.values()) <= 12
