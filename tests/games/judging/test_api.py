"""Judging over the API: a judge's queue and sheets, panels, assignments, votes."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.groups.models import Membership
from games.judging.models import ConflictOfInterest, Panelist, Sheet, Vote
from tests.factories.judging import People, bearer, locked_scene, people, sheet_for
from tests.factories.submissions import ESSAY, Scene, without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"
MARKS = [{"criterion": "impact", "value": "4"}, {"criterion": "novelty", "value": "3.5", "comment": "fresh"}]


@pytest.fixture
def call() -> Scene:
    return locked_scene(groups=2)


@pytest.fixture
def who(call: Scene) -> People:
    return people(call)


@pytest.fixture
def sheet(call: Scene, who: People) -> Sheet:
    return sheet_for(call, who.judith.person)


def test_a_judge_marks_from_the_queue(call: Scene, who: People, sheet: Sheet) -> None:
    api = who.judith.api
    (first,) = api.get(f"{API}/sheets/queue", {"cycle": call.cycle.pk}).json()["results"]
    assert (first["id"], first["state"], first["label"]) == (sheet.pk, "assigned", "Team 1")
    whole = api.get(f"{API}/sheets/{sheet.pk}").json()
    assert [one["key"] for one in whole["criteria"]] == ["impact", "novelty", "style"]
    assert whole["criteria"][1]["step"] == "0.5"
    assert whole["entry"]["data"] == {"title": "On water"}
    drafted = api.put(f"{API}/sheets/{sheet.pk}/marks", {"marks": MARKS[:1], "note": "ask about costs"})
    assert (drafted.status_code, drafted.json()["state"]) == (200, "draft")
    refused = api.post(f"{API}/sheets/{sheet.pk}/finalize", {})
    assert (refused.status_code, refused.json()["code"]) == (422, "sheet_incomplete")
    assert [one["where"] for one in refused.json()["errors"]] == ["novelty"]
    final = api.post(f"{API}/sheets/{sheet.pk}/finalize", {"marks": MARKS[1:], "comment": "Clear."})
    assert (final.status_code, final.json()["state"]) == (200, "final")
    whole = api.get(f"{API}/sheets/{sheet.pk}").json()
    assert whole["marks"] == [
        {"criterion": "impact", "value": "4", "state": "", "comment": ""},
        {"criterion": "novelty", "value": "3.5", "state": "", "comment": "fresh"},
    ]
    assert whole["note"] == "ask about costs"
    assert api.get(f"{API}/sheets/queue").json()["results"] == []
    assert api.get(f"{API}/sheets/progress").json() == {
        "assigned": 0,
        "draft": 0,
        "final": 1,
        "recused": 0,
        "to_do": 0,
        "flagged": 0,
    }
    again = api.put(f"{API}/sheets/{sheet.pk}/marks", {"marks": MARKS})
    assert (again.status_code, again.json()["code"]) == (409, "sheet_refused")


def test_marking_takes_few_statements(who: People, sheet: Sheet) -> None:
    headers = bearer(who.judith)
    client = type(who.judith.api)()
    client.put(f"{API}/sheets/{sheet.pk}/marks", {"marks": MARKS[:1]}, **headers)
    with CaptureQueriesContext(connection) as statements:
        answer = client.post(f"{API}/sheets/{sheet.pk}/finalize", {"marks": MARKS}, **headers)
    assert answer.status_code == 200, answer.json()
    assert len(without_designs(statements)) <= 8, without_designs(statements)


def test_wrong_marks_are_named(who: People, sheet: Sheet) -> None:
    answer = who.judith.api.put(f"{API}/sheets/{sheet.pk}/marks", {"marks": [{"criterion": "impact", "value": 6}]})
    assert (answer.status_code, answer.json()["code"]) == (422, "marks_refused")
    assert answer.json()["errors"][0]["message"] == '6 is outside 1 to 5 of criterion "impact"'


def test_organizers_reopen_and_entrants_read_feedback_without_its_author(call: Scene, who: People, sheet: Sheet) -> None:
    who.judith.api.post(f"{API}/sheets/{sheet.pk}/finalize", {"marks": MARKS, "comment": "Clear.", "note": "secret"})
    path = f"{API}/sheets/{sheet.pk}"
    assert who.judith.api.post(f"{path}/reopen", {"reason": "slip"}).status_code == 404
    assert who.org.api.post(f"{path}/reopen", {}).status_code == 422
    assert who.org.api.post(f"{path}/reopen", {"reason": "slip of the pen"}).json()["state"] == "draft"
    who.judith.api.post(f"{path}/finalize", {})
    assert who.ada.api.get(path).status_code == 404
    shown = who.org.api.get(path).json()
    assert (shown["judge"]["name"], shown["note"], shown["reason"]) == ("Judith", "", "slip of the pen")
    call.round.published_at = timezone.now()
    call.round.save(update_fields=["published_at"])
    shown = who.ada.api.get(path).json()
    assert (shown["comment"], shown["judge"], shown["note"], shown["reason"]) == ("Clear.", None, "", "")
    assert who.ben.api.get(path).status_code == 404


def test_giving_back_with_a_conflict_hides_the_group_for_good(call: Scene, who: People, sheet: Sheet) -> None:
    answer = who.judith.api.post(f"{API}/sheets/{sheet.pk}/recuse", {"reason": "my cousin", "conflict": True})
    assert answer.json()["state"] == "recused"
    assert ConflictOfInterest.objects.get().group == call.group
    assert len(who.judith.api.get(f"{API}/conflicts").json()["results"]) == 1
    submission = call.challenge.submissions.get(group=call.group)
    assert who.judith.api.get(f"{API}/submissions/{submission.pk}").status_code == 404


def test_the_own_group_is_neither_shown_nor_marked(call: Scene, who: People, sheet: Sheet) -> None:
    Membership.objects.create(
        cycle=call.cycle, group=call.group, person=who.judith.person, role="coach", capabilities=["follow"], since=timezone.now()
    )
    api = who.judith.api
    assert api.get(f"{API}/sheets/queue").json()["results"] == []
    assert api.put(f"{API}/sheets/{sheet.pk}/marks", {"marks": MARKS}).status_code == 404
    assert api.post(f"{API}/sheets/{sheet.pk}/finalize", {"marks": MARKS}).status_code == 404
    assert api.get(f"{API}/sheets/{sheet.pk}").status_code == 404


@pytest.mark.parametrize("final", [False, True])
def test_nothing_is_told_of_a_sheet_that_one_must_not_see_whatever_is_sent(who: People, sheet: Sheet, final: bool) -> None:
    if final:
        who.judith.api.post(f"{API}/sheets/{sheet.pk}/finalize", {"marks": MARKS})
    outside = (who.ben, who.eve)
    bodies: tuple[Any, ...] = ({"marks": 3}, {"marks": [{"value": {}}]}, {"revision": "x"}, {"reason": {}}, [], {})
    for verb in ("marks", "finalize", "recuse", "flag", "reopen", "flag/answer", "revise"):
        method = "put" if verb == "marks" else "post"
        for body in bodies:
            hidden, absent = (
                [getattr(one.api, method)(f"{API}/sheets/{pk}/{verb}", body, format="json") for one in outside]
                for pk in (sheet.pk, sheet.pk + 1000)
            )
            assert [one.status_code for one in hidden] == [404, 404], (verb, body)
            assert [one.content for one in hidden] == [one.content for one in absent]
    for verb in ("marks", "finalize"):
        answer = (who.eve.api.put if verb == "marks" else who.eve.api.post)(
            f"{API}/sheets/{sheet.pk}/{verb}", b"{not json", content_type="application/json"
        )
        assert answer.status_code == 404
    assert who.judith.api.put(f"{API}/sheets/{sheet.pk}/marks", {"marks": 3}, format="json").status_code == 422


def test_a_blind_round_shows_numbers_to_judges_and_names_to_organizers() -> None:
    call = locked_scene({**ESSAY}, groups=2, rounds=[{"key": "call", "blind": True}])
    who = people(call)
    sheets = [sheet_for(call, who.judith.person, group) for group in call.groups]
    queue = who.judith.api.get(f"{API}/sheets/queue").json()["results"]
    labels = {one["label"] for one in queue}
    assert len(labels) == 2
    assert all(label.startswith("Entry ") for label in labels)
    for path in ("sheets/queue", "sheets", f"sheets/{sheets[0].pk}"):
        body = who.judith.api.get(f"{API}/{path}").content.decode()
        assert "Team" not in body
        assert "team-" not in body
    assert who.judith.api.get(f"{API}/sheets", {"group": call.group.pk}).json()["results"] == []
    assert len(who.org.api.get(f"{API}/sheets", {"group": call.group.pk}).json()["results"]) == 1
    assert who.org.api.get(f"{API}/sheets/{sheets[0].pk}").json()["label"] == "Team 1"


def test_organizers_set_up_judging(call: Scene, who: People) -> None:
    path = f"{API}/cycles/{call.cycle.pk}"
    seat = who.org.api.post(f"{path}/panelists", {"challenge": call.challenge.pk, "person": who.judith.person.pk})
    assert (seat.status_code, seat.json()["panel"]) == (201, "jury")
    no_judge = who.org.api.post(f"{path}/panelists", {"challenge": call.challenge.pk, "person": who.ada.person.pk})
    assert no_judge.status_code == 422
    one = {"round": "call", "challenge": "essay", "group": "team-1", "judge": who.judith.person.pk}
    assert who.org.api.post(f"{path}/assignments", {"assignments": [one]}).json() == {"new": 1}
    assert who.org.api.post(f"{path}/assignments", {"challenge": call.challenge.pk}).json() == {"new": 1}
    table = "challenge,group,judge\nessay,team-1,judith\nessay,team-9,judith\n"
    refused = who.org.api.post(f"{path}/assignments", {"csv": table})
    assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, "row 3")
    assert who.org.api.post(f"{path}/assignments", {"csv": table, "challenge": 1}).status_code == 422
    unknown = who.org.api.post(f"{path}/assignments", {"assignments": [one, {**one, "group": "nobody"}]})
    assert unknown.json()["errors"][0]["where"] == "assignments.1.group"
    assert who.org.api.get(f"{path}/judging-progress").json() == [
        {"judge": who.judith.person.pk, "name": "Judith", "assigned": 2, "draft": 0, "final": 0, "recused": 0}
    ]
    declared = who.org.api.post(f"{path}/conflicts", {"person": who.judith.person.pk, "group": "team-1", "reason": "cousin"})
    assert declared.status_code == 201
    assert Sheet.objects.get(group=call.group).state == "recused"
    lifted = who.org.api.post(f"{API}/conflicts/{declared.json()['id']}/lift", {"reason": "Another cousin."})
    assert lifted.json()["lifted_reason"] == "Another cousin."
    assert who.org.api.delete(f"{API}/sheets/{Sheet.objects.get(state='assigned').pk}").status_code == 204
    assert who.org.api.delete(f"{API}/panelists/{seat.json()['id']}").status_code == 204
    assert not Panelist.objects.exists()


def test_a_judge_votes_on_pairs() -> None:
    call = locked_scene({**ESSAY, "format": "pairwise", "criteria": []}, groups=2)
    who = people(call)
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=who.judith.person)
    ballot = {"a": call.groups[0].pk, "b": call.groups[1].pk, "outcome": "a"}
    path = f"{API}/challenges/{call.challenge.pk}/votes"
    assert who.judith.api.post(path, ballot).status_code == 201
    assert Vote.objects.get().outcome == "a"
    assert who.judith.api.post(path, {**ballot, "outcome": "c"}).status_code == 422
    assert who.ada.api.post(path, ballot).status_code == 404


@pytest.mark.outsider(
    "sheet-list",
    "sheet-detail",
    "sheet-mark-queue",
    "sheet-mark-progress",
    "sheet-mark-marks",
    "sheet-mark-finalize",
    "sheet-mark-recuse",
    "sheet-rule-reopen",
    "panelist-list",
    "panelist-detail",
    "conflict-list",
    "conflict-lift",
    "judging-panelists",
    "judging-conflicts",
    "judging-assignments",
    "judging-judging-progress",
    "voting-votes",
)
def test_eve_is_refused(call: Scene, who: People, sheet: Sheet) -> None:
    conflict = ConflictOfInterest.objects.create(person=who.judith.person, group=call.groups[1])
    row, cycle, ballot = f"{API}/sheets/{sheet.pk}", f"{API}/cycles/{call.cycle.pk}", {"a": 1, "b": 2, "outcome": "a"}
    for outsider in (who.eve, who.ada):
        api = outsider.api
        for listed in ("sheets", "sheets/queue", "panelists", "conflicts"):
            assert api.get(f"{API}/{listed}").json()["results"] == []
        assert api.get(f"{API}/sheets/progress").json()["to_do"] == 0
        answers = [
            api.get(row),
            api.delete(row),
            api.put(f"{row}/marks", {"marks": MARKS}),
            api.post(f"{row}/finalize", {"marks": MARKS}),
            api.post(f"{row}/recuse", {"reason": "x"}),
            api.post(f"{row}/reopen", {"reason": "x"}),
            api.delete(f"{API}/panelists/{Panelist.objects.get().pk}"),
            api.post(f"{API}/conflicts/{conflict.pk}/lift", {"reason": "x"}),
            api.post(f"{cycle}/panelists", {"challenge": 1, "person": 1}),
            api.post(f"{cycle}/conflicts", {"person": 1, "group": "team-1"}),
            api.post(f"{cycle}/assignments", {"csv": "judge\n"}),
            api.get(f"{cycle}/judging-progress"),
            api.post(f"{API}/challenges/{call.challenge.pk}/votes", ballot),
        ]
        assert [one.status_code for one in answers] == [404] * len(answers)
    assert who.judith.api.delete(row).status_code == 403


@pytest.mark.parametrize(
    ("listed", "someone"), [("sheets", "org"), ("sheets/queue", "judith"), ("panelists", "org"), ("conflicts", "org")]
)
def test_a_list_takes_as_many_statements_for_three_as_for_one(listed: str, someone: str) -> None:
    call = locked_scene(groups=6)
    who = people(call)
    counts = []
    for number in (1, 3):
        for group in call.groups[:number]:
            sheet_for(call, who.judith.person, group)
        for group in call.groups[3 : 3 + number]:
            ConflictOfInterest.objects.get_or_create(person=who.judith.person, group=group)
        for panel in ("public", "press")[: number - 1]:
            Panelist.objects.create(challenge=call.challenge, panel=panel, person=who.judith.person)
        client = getattr(who, someone).api
        with CaptureQueriesContext(connection) as statements:
            rows = client.get(f"{API}/{listed}").json()["results"]
        assert len(rows) == number
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 8
