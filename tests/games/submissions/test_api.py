"""Entries, files and attempts over the API."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.judging.models import Panelist, Sheet
from games.submissions.models import Attempt, Submission, Upload
from tests.cast import Actor
from tests.factories.judging import People, bearer, judge, people
from tests.factories.submissions import ESSAY, Scene, entry, move, scene, without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"
PDF = b"%PDF-1.7\n" + b"x" * 100


@pytest.fixture
def call() -> Scene:
    return scene(groups=2)


@pytest.fixture
def who(call: Scene) -> People:
    return people(call)


def begin(call: Scene, someone: Actor, group: int = 0) -> int:
    answer = someone.api.post(f"{API}/groups/{call.groups[group].pk}/submissions", {"challenge": call.challenge.pk})
    assert answer.status_code == 201, answer.json()
    return int(answer.json()["id"])


def assigned(call: Scene, who: People, group: int = 0) -> Sheet:
    Panelist.objects.get_or_create(challenge=call.challenge, panel="jury", person=who.judith.person)
    return Sheet.objects.create(challenge=call.challenge, group=call.groups[group], panel="jury", judge=who.judith.person)


def test_a_group_drafts_hands_in_and_gets_a_receipt(call: Scene, who: People) -> None:
    pk = begin(call, who.ada)
    saved = who.ada.api.put(f"{API}/submissions/{pk}/draft", {"data": {"title": "On"}, "base": None})
    assert saved.status_code == 200, saved.json()
    base = saved.json()["draft_saved_at"]
    again = who.ada.api.put(f"{API}/submissions/{pk}/draft", {"data": {"title": "On water", "cost": 2.5}, "base": base})
    assert again.status_code == 200, again.json()
    stale = who.ada.api.put(f"{API}/submissions/{pk}/draft", {"data": {"title": "Off"}, "base": base})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_draft")
    receipt = who.ada.api.post(f"{API}/submissions/{pk}/versions", {"note": "first"})
    assert receipt.status_code == 201, receipt.json()
    shown = who.ada.api.get(f"{API}/submissions/{pk}").json()
    assert shown["state"] == "submitted"
    assert shown["group"]["key"] == "team-1"
    assert shown["version"]["digest"] == receipt.json()["digest"]
    assert shown["version"]["numbers"] == {"cost": "2.5"}
    assert shown["version"]["data"] == {"title": "On water", "cost": "2.5"}
    assert Submission.objects.get().versions.get().by == who.ada.person


def test_refusals_say_where_and_why(call: Scene, who: People) -> None:
    pk = begin(call, who.ada)
    wrong = who.ada.api.post(f"{API}/submissions/{pk}/versions", {"data": {"cost": -1}})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "answers_refused")
    assert {one["where"] for one in wrong.json()["errors"]} == {"title", "cost"}
    move(call.round, closes=-1)
    late = who.ada.api.post(f"{API}/submissions/{pk}/versions", {"data": {"title": "On water"}})
    assert (late.status_code, late.json()["code"]) == (409, "too_late")
    assert "this arrived at" in late.json()["detail"]
    second = who.ben.api.post(f"{API}/groups/{call.groups[1].pk}/submissions", {"challenge": call.challenge.pk})
    assert (second.status_code, second.json()["code"]) == (409, "too_late")


def test_handing_in_takes_few_statements(call: Scene, who: People) -> None:
    pk = begin(call, who.ada)
    headers = bearer(who.ada)
    client = type(who.ada.api)()
    client.post(f"{API}/submissions/{pk}/versions", {"data": {"title": "Warm"}}, **headers)
    with CaptureQueriesContext(connection) as statements:
        answer = client.post(f"{API}/submissions/{pk}/versions", {"data": {"title": "On water"}}, **headers)
    assert answer.status_code == 201
    assert len(without_designs(statements)) <= 8, without_designs(statements)


def test_sent_twice_with_one_key_it_is_handed_in_once(call: Scene, who: People) -> None:
    pk = begin(call, who.ada)
    client = who.ada.api
    first, second = (
        client.post(f"{API}/submissions/{pk}/versions", {"data": {"title": "T"}}, headers={"Idempotency-Key": "k1"})
        for _ in range(2)
    )
    assert first.json() == second.json()
    assert Submission.objects.get().versions.count() == 1


def test_an_earlier_version_is_pinned_and_the_entry_withdrawn(call: Scene, who: People) -> None:
    submission, _ = entry(call, title="One")
    who.ada.api.post(f"{API}/submissions/{submission.pk}/versions", {"data": {"title": "Two"}})
    assert who.ada.api.post(f"{API}/submissions/{submission.pk}/pin", {"number": 1}).status_code == 200
    assert who.ada.api.get(f"{API}/submissions/{submission.pk}").json()["version"]["number"] == 1
    versions = who.ada.api.get(f"{API}/versions", {"submission": submission.pk}).json()["results"]
    assert [one["data"]["title"] for one in versions] == ["One", "Two"]
    assert who.ada.api.get(f"{API}/versions/{versions[1]['id']}").json()["number"] == 2
    assert who.ada.api.post(f"{API}/submissions/{submission.pk}/withdraw").json()["state"] == "withdrawn"


def test_organizers_rule_on_entries_with_a_reason(call: Scene, who: People) -> None:
    submission, _ = entry(call)
    path = f"{API}/submissions/{submission.pk}"
    assert who.org.api.post(f"{path}/rule", {"verb": "disqualify"}).status_code == 422
    assert who.org.api.post(f"{path}/rule", {"verb": "disqualify", "reason": "copied"}).json()["state"] == "disqualified"
    assert who.org.api.post(f"{path}/rule", {"verb": "reinstate", "reason": "own work"}).json()["state"] == "submitted"
    numbers = who.org.api.put(f"{path}/numbers", {"numbers": {"late_days": "1.5"}, "reason": "late"})
    assert numbers.status_code == 200, numbers.json()
    assert who.org.api.get(path).json()["version"]["numbers"] == {"late_days": "1.5"}
    assert who.org.api.post(f"{path}/rule", {"verb": "withdraw", "reason": "asked"}).json()["state"] == "withdrawn"
    for other in (who.ada, who.judith, who.eve):
        assert other.api.post(f"{path}/rule", {"verb": "disqualify", "reason": "x"}).status_code == 404


def send(someone: Actor, pk: int, name: str = "Our team paper.pdf", content: bytes = PDF) -> Any:
    file = SimpleUploadedFile(name, content)
    return someone.api.post(f"{API}/submissions/{pk}/uploads", {"field": "paper", "file": file}, format="multipart")


def test_a_file_is_served_as_an_attachment_to_those_who_see_the_entry(call: Scene, who: People) -> None:
    pk = begin(call, who.ada)
    sent = send(who.ada, pk)
    assert sent.status_code == 201, sent.json()
    path = f"{API}/uploads/{sent.json()['id']}/content"
    assigned(call, who)
    assert who.ada.api.get(path).status_code == 200
    assert who.judith.api.get(path).status_code == 404
    handed = who.ada.api.post(f"{API}/submissions/{pk}/versions", {"data": {"title": "T", "paper": sent.json()["id"]}})
    assert handed.status_code == 201, handed.json()
    served = who.judith.api.get(path)
    assert b"".join(served.streaming_content) == PDF
    assert served["Content-Disposition"] == 'attachment; filename="Our team paper.pdf"'
    assert served["X-Content-Type-Options"] == "nosniff"
    assert served["Cache-Control"] == "private, no-store"
    assert who.ada.api.get(f"{API}/submissions/{pk}").json()["version"]["files"][0]["name"] == "Our team paper.pdf"
    for other in (who.ben, who.eve):
        assert other.api.get(path).status_code == 404


def test_a_wrong_file_is_refused_and_an_unused_one_taken_away(call: Scene, who: People) -> None:
    pk = begin(call, who.ada)
    wrong = send(who.ada, pk, content=b"MZ\0\0")
    assert (wrong.status_code, wrong.json()["code"]) == (422, "file_refused")
    kept = send(who.ada, pk).json()["id"]
    assert who.org.api.delete(f"{API}/uploads/{kept}").status_code == 404
    assert who.ada.api.delete(f"{API}/uploads/{kept}").status_code == 204
    assert not Upload.objects.exists()


def test_a_file_far_too_large_is_refused_before_it_is_read(call: Scene, who: People, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = 1000
    pk = begin(call, who.ada)
    assert send(who.ada, pk, content=b"x" * 70_000).json()["code"] == "file_refused"


def test_a_blind_round_hides_names_from_judges_everywhere() -> None:
    call = scene({**ESSAY}, groups=2, rounds=[{"key": "call", "blind": True}])
    who = people(call)
    pk = begin(call, who.ada)
    file = send(who.ada, pk).json()["id"]
    who.ada.api.post(f"{API}/submissions/{pk}/versions", {"data": {"title": "T", "paper": file}})
    assigned(call, who)
    shown = who.judith.api.get(f"{API}/submissions/{pk}").json()
    assert shown["group"] is None
    assert shown["label"].startswith("Entry ")
    assert shown["version"]["files"][0]["name"] == "paper.pdf"
    assert shown["draft"] is None
    assert shown["uploads"] == []
    for path in (f"submissions/{pk}", "submissions", "versions", f"versions/{shown['version']['id']}"):
        body = who.judith.api.get(f"{API}/{path}").content.decode()
        assert "team-1" not in body
        assert "Team 1" not in body
        assert "Our team" not in body
    assert 'filename="paper.pdf"' in who.judith.api.get(f"{API}/uploads/{file}/content")["Content-Disposition"]
    asked = {
        number: who.judith.api.get(f"{API}/submissions", {"group": call.groups[number].pk}).json()["results"] for number in (0, 1)
    }
    assert asked == {0: [], 1: []}
    assert who.org.api.get(f"{API}/submissions/{pk}").json()["group"]["key"] == "team-1"
    assert who.ada.api.get(f"{API}/submissions/{pk}").json()["label"] == "Team 1"
    call.round.published_at, call.round.visibility = timezone.now(), "full"
    call.round.save(update_fields=["published_at", "visibility"])
    assert who.judith.api.get(f"{API}/submissions/{pk}").json()["label"] == "Team 1"
    assert len(who.eve.api.get(f"{API}/submissions", {"group": call.groups[0].pk}).json()["results"]) == 1


def test_a_blind_judge_gets_files_without_what_they_say_of_their_author() -> None:
    call = scene({**ESSAY}, groups=2, rounds=[{"key": "call", "blind": True}])
    who = people(call)
    pk = begin(call, who.ada)
    told = b"%PDF-1.4\n1 0 obj << /Author (Ada) >> endobj\ntrailer << /Info 1 0 R >>\n"
    file = send(who.ada, pk, content=told).json()["id"]
    who.ada.api.post(f"{API}/submissions/{pk}/versions", {"data": {"title": "T", "paper": file}})
    assigned(call, who)

    def read(someone: Actor) -> bytes:
        return b"".join(someone.api.get(f"{API}/uploads/{file}/content").streaming_content)

    assert (read(who.ada), read(who.org), read(who.judith)) == (told, told, told.replace(b"Ada", b"   "))
    kept = Upload.objects.get(pk=file)
    kept.file.save("locked", ContentFile(told + b"<< /Encrypt 2 0 R >>"))  # as it came before the round was blind
    withheld = who.judith.api.get(f"{API}/uploads/{file}/content")
    assert (withheld.status_code, withheld.json()["code"]) == (422, "file_refused")
    assert "it is encrypted" in withheld.json()["detail"]
    assert b"Ada" in read(who.ada)
    call.round.published_at, call.round.visibility = timezone.now(), "full"
    call.round.save(update_fields=["published_at", "visibility"])
    assert b"Ada" in read(who.judith)


def test_a_flag_is_tried_and_a_verdict_given(who: People, call: Scene) -> None:
    hints = [{"key": "first", "text": "It is a school.", "cost": 2}]
    flag = {"key": "flag", "format": "automatic", "answer": {"kind": "flag", "values": ["ludus"]}, "hints": hints}
    contest = scene(flag, {"key": "A", "format": "attempts"})
    others = contest.cycle.rounds.get().challenges.get(key="A")
    contestants = who.ada.person
    contest.group.memberships.create(
        cycle=contest.cycle, person=contestants, role="captain", capabilities=["submit"], since=timezone.now()
    )
    contest.cycle.memberships.create(person=who.org.person, role="organizer", capabilities=["organize"], since=timezone.now())
    path = f"{API}/groups/{contest.group.pk}/attempts"
    taken = who.ada.api.post(f"{API}/groups/{contest.group.pk}/hints", {"challenge": contest.challenge.pk, "hint": "first"})
    assert (taken.status_code, taken.json()["text"], taken.json()["cost"]) == (200, "It is a school.", "2")
    solved = who.ada.api.post(path, {"challenge": contest.challenge.pk, "answer": "ludus"})
    assert (solved.status_code, solved.json()["verdict"]) == (201, "AC")
    pending = who.ada.api.post(path, {"challenge": others.pk, "answer": "program"}).json()
    assert pending["verdict"] == ""
    assert [one["id"] for one in who.org.api.get(f"{API}/attempts", {"pending": "true"}).json()["results"]] == [pending["id"]]
    judged = who.org.api.post(f"{API}/attempts/{pending['id']}/verdict", {"verdict": "WA"})
    assert (judged.status_code, judged.json()["verdict"]) == (200, "WA")
    again = who.org.api.post(f"{API}/attempts/{pending['id']}/rejudge", {"verdict": "AC", "reason": "wrong test data"})
    assert again.json()["verdict"] == "AC"
    report = {"round": "call", "challenge": "A", "group": contest.group.key, "verdict": "hint", "value": "2.5", "elapsed_ms": 5}
    made = who.org.api.post(f"{API}/cycles/{contest.cycle.pk}/attempts", report)
    assert (made.status_code, made.json()["value"], made.json()["elapsed_ms"]) == (201, "2.5", 5)
    assert who.org.api.post(f"{API}/cycles/{contest.cycle.pk}/attempts", {**report, "group": "nobody"}).status_code == 422
    assert who.ada.api.get(f"{API}/attempts/{pending['id']}").json()["answer"] == "program"
    contest.round.published_at, contest.round.visibility = timezone.now(), "full"
    contest.round.save(update_fields=["published_at", "visibility"])
    assert who.eve.api.get(f"{API}/attempts/{pending['id']}").json()["answer"] == ""


@pytest.mark.outsider(
    "submission-list",
    "submission-detail",
    "submission-write-draft",
    "submission-write-pin",
    "submission-write-versions",
    "submission-write-withdraw",
    "submission-file-uploads",
    "submission-rule-numbers",
    "submission-rule-rule",
    "version-list",
    "version-detail",
    "upload-detail",
    "upload-content",
    "entering-submissions",
    "entering-attempts",
    "entering-hints",
    "attempt-list",
    "attempt-detail",
    "attempt-judge-verdict",
    "attempt-judge-rejudge",
    "attempt-record-attempts",
)
def test_eve_is_refused_and_so_is_the_other_team(call: Scene, who: People) -> None:
    submission, version = entry(call)
    file = send(who.ada, submission.pk).json()["id"]
    attempt = Attempt.objects.create(challenge=call.challenge, group=call.group, number=1, elapsed_ms=0)
    row, task = f"{API}/submissions/{submission.pk}", {"challenge": call.challenge.pk}
    record = {"round": "call", "challenge": "essay", "group": "team-1"}
    for other in (who.eve, who.ben):
        api = other.api
        for listed in ("submissions", "versions", "attempts"):
            assert api.get(f"{API}/{listed}").json()["results"] == []
        answers = [
            api.get(row),
            api.put(f"{row}/draft", {"data": {}}),
            api.post(f"{row}/pin", {"number": 1}),
            api.post(f"{row}/versions", {"data": {"title": "Mine"}}),
            api.post(f"{row}/withdraw"),
            send(other, submission.pk),
            api.put(f"{row}/numbers", {"numbers": {}, "reason": "x"}),
            api.post(f"{row}/rule", {"verb": "disqualify", "reason": "x"}),
            api.get(f"{API}/versions/{version.pk}"),
            api.delete(f"{API}/uploads/{file}"),
            api.get(f"{API}/uploads/{file}/content"),
            api.post(f"{API}/groups/{call.group.pk}/submissions", task),
            api.post(f"{API}/groups/{call.group.pk}/attempts", task),
            api.post(f"{API}/groups/{call.group.pk}/hints", {**task, "hint": "first"}),
            api.get(f"{API}/attempts/{attempt.pk}"),
            api.post(f"{API}/attempts/{attempt.pk}/verdict", {"verdict": "AC"}),
            api.post(f"{API}/attempts/{attempt.pk}/rejudge", {"verdict": "AC", "reason": "x"}),
            api.post(f"{API}/cycles/{call.cycle.pk}/attempts", record),
        ]
        assert [one.status_code for one in answers] == [404] * len(answers)
        assert {one.content for one in answers} == {api.get(f"{API}/submissions/999999").content}


def test_a_task_of_a_round_that_has_not_begun_is_not_there(who: People, call: Scene) -> None:
    move(call.round, opens=60, closes=120)
    answer = who.ada.api.post(f"{API}/groups/{call.group.pk}/submissions", {"challenge": call.challenge.pk})
    assert answer.status_code == 404


@pytest.mark.parametrize("listed", ["submissions", "versions", "attempts"])
def test_a_list_takes_as_many_statements_for_three_as_for_one(listed: str) -> None:
    call = scene({**ESSAY, "submissions": 3})
    who = people(call)
    counts = []
    for number in (1, 2, 3):
        entry(call)
        Attempt.objects.create(challenge=call.challenge, group=call.group, number=number, elapsed_ms=0, value=10000)
        if number == 2:
            continue
        client = who.ada.api
        with CaptureQueriesContext(connection) as statements:
            rows = client.get(f"{API}/{listed}").json()["results"]
        assert len(rows) == number
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 8


def test_a_judge_with_a_sheet_sees_the_entry_and_no_other(call: Scene, who: People) -> None:
    mine, _ = entry(call)
    other, _ = entry(call, call.groups[1])
    assigned(call, who)
    judge(call, "Jim")
    assert who.judith.api.get(f"{API}/submissions/{mine.pk}").status_code == 200
    assert who.judith.api.get(f"{API}/submissions/{other.pk}").status_code == 404


def test_a_note_is_kept_with_the_draft_and_goes_into_the_version(call: Scene, who: People) -> None:
    pk = begin(call, who.ada)
    saved = who.ada.api.put(f"{API}/submissions/{pk}/draft", {"data": {"title": "On"}, "note": "Shorter.", "base": None}).json()
    assert who.ada.api.get(f"{API}/submissions/{pk}").json()["draft_note"] == "Shorter."
    assert Submission.objects.get().draft_by == who.ada.person
    who.ada.api.put(f"{API}/submissions/{pk}/draft", {"data": {"title": "On water"}, "base": saved["draft_saved_at"]})
    stale = who.ada.api.post(f"{API}/submissions/{pk}/versions", {"base": saved["draft_saved_at"]})
    assert (stale.status_code, stale.json()["code"]) == (409, "stale_draft")
    assert who.ada.api.post(f"{API}/submissions/{pk}/versions", {}).status_code == 201
    version = Submission.objects.get().versions.get()
    assert (version.note, version.data) == ("Shorter.", {"title": "On water"})
    assigned(call, who)
    assert who.judith.api.get(f"{API}/submissions/{pk}").json()["draft_note"] is None


def test_an_entry_that_was_taken_back_is_brought_back_by_its_group_alone(call: Scene, who: People) -> None:
    submission, _ = entry(call)
    path = f"{API}/submissions/{submission.pk}"
    assert who.ada.api.post(f"{path}/withdraw", {}).json()["state"] == "withdrawn"
    assert who.eve.api.post(f"{path}/restore", {}).status_code == 404
    assert who.ada.api.post(f"{path}/restore", {}).json()["state"] == "submitted"
    assert who.ada.api.post(f"{path}/restore", {}).status_code == 409
