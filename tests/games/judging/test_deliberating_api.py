"""Deliberations and reviews over the API: who is in the room, what the modes show there, blind entries stay blind."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.judging import actions
from games.judging.models import ConflictOfInterest, MarkReview, Sheet
from games.judging.rules import Given
from tests.factories.judging import MARKS, judge, locked_scene, people, sheet_for
from tests.factories.submissions import Scene, without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"


def final(call: Scene, who: Any, *marks: Given) -> Sheet:
    found = sheet_for(call, who)
    actions.finalize(sheet=found, by=None, marks=marks or MARKS)
    found.refresh_from_db()
    return found


def begun(call: Scene, org: Any, sheet: Sheet) -> int:
    answer = org.api.post(f"{API}/sheets/{sheet.pk}/deliberate", {"why": "Far apart."}, format="json")
    assert answer.status_code == 201, answer.json()
    return int(answer.json()["id"])


def test_the_story_of_a_deliberation() -> None:
    call = locked_scene(groups=2)
    who = people(call)
    mine, other = final(call, who.judith.person), final(call, judge(call, "Jo"), Given("impact", 1), Given("novelty", 1))
    pk = begun(call, who.org, mine)
    said = who.judith.api.post(f"{API}/deliberations/{pk}/remarks", {"text": "Look at page 3."}, format="json")
    assert (said.status_code, said.json()["text"], said.json()["me"]) == (201, "Look at page 3.", True)
    assert [one["text"] for one in who.org.api.get(f"{API}/deliberations/{pk}/remarks").json()] == ["Look at page 3."]
    actions.reopen(sheet=other, by=None, reason="deliberation")
    actions.finalize(sheet=other, by=None, marks=[Given("impact", 3)])
    refused = who.judith.api.post(f"{API}/deliberations/{pk}/close", {"outcome": "Fine."}, format="json")
    assert refused.status_code == 403, "deciding is the chair's"
    closed = who.org.api.post(f"{API}/deliberations/{pk}/close", {"outcome": "The appendix counts."}, format="json")
    assert (closed.status_code, closed.json()["state"], closed.json()["outcome"]) == (200, "closed", "The appendix counts.")
    rows = who.org.api.get(f"{API}/deliberations/{pk}/marks").json()
    moved = {one["name"]: (one["before"]["impact"], one["after"]["impact"]) for one in rows}
    assert moved == {who.judith.person.name: ("4", "4"), "Jo": ("1", "3")}
    again = who.judith.api.post(f"{API}/deliberations/{pk}/remarks", {"text": "But."}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "deliberation_refused")


def test_a_judge_sees_the_marks_of_others_there_only_as_the_round_says() -> None:
    call = locked_scene(groups=2)
    who = people(call)
    mine = final(call, who.judith.person)
    final(call, judge(call, "Jo"))
    pk = begun(call, who.org, mine)
    rows = who.judith.api.get(f"{API}/deliberations/{pk}/marks").json()
    assert [(one["me"], one["shown"], bool(one["before"])) for one in sorted(rows, key=lambda one: not one["me"])] == [
        (True, True, True),
        (False, False, False),
    ]
    assert all(one["name"] is None for one in rows)


def test_nobody_else_is_in_the_room() -> None:
    call = locked_scene(groups=2)
    who = people(call)
    mine = final(call, who.judith.person)
    pk = begun(call, who.org, mine)
    elsewhere = begun(call, who.org, final_on_second(call))
    for someone in (who.ada, who.ben, who.eve):
        for path in (f"deliberations/{pk}", f"deliberations/{pk}/marks", f"deliberations/{pk}/remarks"):
            absent = someone.api.get(f"{API}/deliberations/{10**9}").json()
            answer = someone.api.get(f"{API}/{path}")
            assert (answer.status_code, answer.json()) == (404, absent)
    assert who.judith.api.get(f"{API}/deliberations/{elsewhere}").status_code == 404, "she does not judge that entry"
    assert [one["id"] for one in who.judith.api.get(f"{API}/deliberations").json()["results"]] == [pk]
    ConflictOfInterest.objects.create(person=who.judith.person, group=call.group)
    assert who.judith.api.get(f"{API}/deliberations/{pk}").status_code == 404


def final_on_second(call: Scene) -> Sheet:
    found = sheet_for(call, judge(call, "Kim"), call.groups[1])
    actions.finalize(sheet=found, by=None, marks=MARKS)
    return found


def test_a_review_is_answered_and_the_sheet_opened_again() -> None:
    call = locked_scene(groups=2)
    who = people(call)
    sheet = final(call, who.judith.person)
    review = MarkReview.objects.create(sheet=sheet, criterion="impact", distance=301, revision=sheet.revision)
    assert who.judith.api.get(f"{API}/mark-reviews").json()["results"] == []
    assert who.eve.api.get(f"{API}/mark-reviews/{review.pk}").status_code == 404
    assert [one["distance"] for one in who.org.api.get(f"{API}/mark-reviews").json()["results"]] == [301]
    answer = who.org.api.post(
        f"{API}/mark-reviews/{review.pk}/answer", {"answer": "A slip of the key.", "reopen": True}, format="json"
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "changed")
    sheet.refresh_from_db()
    assert (sheet.state, sheet.reason) == ("draft", "A slip of the key.")


def test_lists_cost_the_same_for_three_and_for_twelve() -> None:
    call = locked_scene(groups=12)
    who, jo = people(call), judge(call, "Jo")
    api, cost = who.org.api, set()
    for number, group in enumerate(call.groups):
        sheet = sheet_for(call, jo, group)
        actions.finalize(sheet=sheet, by=None, marks=MARKS)
        MarkReview.objects.create(sheet=sheet, distance=300 + number)
        begun(call, who.org, sheet)
        if number in {2, 11}:
            for path in ("deliberations", "mark-reviews"):
                with CaptureQueriesContext(connection) as seen:
                    assert len(api.get(f"{API}/{path}?page_size=50").json()["results"]) == number + 1
                cost.add((path, len(without_designs(seen))))
    assert len(cost) == 2
    assert max(count for _, count in cost) <= 12
