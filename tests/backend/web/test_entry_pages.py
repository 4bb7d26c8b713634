"""An entry from its first word to its receipt: by the plain form, and by what the editor's scripts ask for."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.submissions import actions
from games.submissions.models import Attempt, Submission, Upload, Version
from tests.cast import Actor, actor
from tests.factories.groups import MembershipFactory
from tests.factories.submissions import ESSAY, Scene, move, scene, without_designs

pytestmark = pytest.mark.django_db
ENTRY = "/cycles/{}/rounds/call/essay/entry/"


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def plays(call: Scene, name: str) -> Actor:
    found = actor(name)
    MembershipFactory(group=call.group, person=found.person, role="captain", capabilities=["captain", "submit"])
    return found


@pytest.fixture
def writing() -> tuple[Scene, Actor, Actor]:
    """An open round with an essay; ada writes for the first group, eve is outside."""
    call = scene()
    return call, plays(call, "ada"), actor("eve")


def address(call: Scene, tail: str = "") -> str:
    return ENTRY.format(call.cycle.key) + tail


def saved(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.content
    found: dict[str, Any] = answer.json()
    return found


# --- The plain form -------------------------------------------------------------------------------------------------------------------


def test_an_entry_grows_from_draft_to_receipt_to_the_next_version(writing):
    call, ada, _eve = writing
    path, client = address(call), ada.client
    assert "Begin the entry" in words(client.get(path.removesuffix("entry/")))
    assert client.post(path, {"title": "On wa", "our.save": "draft"}).status_code == 302
    assert Submission.objects.get().state == "draft"
    assert 'value="On wa"' in words(client.get(path))

    paper = SimpleUploadedFile("paper.txt", b"Water is wet.", content_type="text/plain")
    sent = client.post(path, {"title": "On water", "cost": "12", "paper": paper, "our.note": "The first.", "our.save": "final"})
    entry = Submission.objects.get()
    assert sent.url == f"/entries/{entry.pk}/versions/1/"
    receipt = words(client.get(sent.url))
    assert entry.pinned.digest in receipt
    assert "Yes, this version counts." in receipt
    assert "paper.txt" in receipt
    assert "Ada" in receipt

    client.post(path, {"title": "On clear water", "our.note": "Clearer.", "our.save": "final"})
    entry.refresh_from_db()
    assert entry.versions.count() == 2
    assert entry.pinned.data["paper"] == Upload.objects.get().pk  # a file stays until another replaces it
    assert "No, another version counts." in words(client.get(sent.url))


def test_what_was_typed_stays_after_a_refusal(writing):
    call, ada, _eve = writing
    answer = ada.client.post(address(call), {"title": "", "cost": "-3", "our.note": "Because.", "our.save": "final"})
    text = words(answer)
    assert answer.status_code == 422
    assert 'value="-3"' in text
    assert "an answer is needed" in text
    assert "outside" in text
    assert "Because." in text
    assert Submission.objects.get().draft_note == "Because."


def base_in(text: str) -> str:
    found = re.search(r'name="our.base" value="([^"]*)"', text)
    assert found is not None
    return found[1]


def test_two_members_do_not_overwrite_each_others_draft(writing):
    call, ada, _eve = writing
    path, client = address(call), ada.client
    client.post(path, {"title": "Ours", "our.save": "draft", "our.base": ""})
    seen = base_in(words(client.get(path)))
    assert client.post(path, {"title": "Ada's", "our.save": "draft", "our.base": seen}).status_code == 302
    for how in ("draft", "final"):
        late = client.post(path, {"title": "Ben's", "our.save": how, "our.base": seen})
        assert late.status_code == 422
        assert "by Ada: reload it first" in words(late)
        assert "Ben&#x27;s" in words(late)
    assert Submission.objects.get().draft["title"] == "Ada's"
    assert not Version.objects.exists()


def test_after_a_refusal_the_same_draft_goes_on(writing):
    call, ada, _eve = writing
    path, client = address(call), ada.client
    refused = words(client.post(path + "?entry=new", {"title": "", "cost": "3", "our.save": "final", "our.base": ""}))
    assert 'action="?entry=1"' in refused
    again = {"title": "On water", "cost": "3", "our.save": "draft", "our.base": base_in(refused)}
    assert client.post(path + "?entry=1", again).status_code == 302
    assert Submission.objects.get().draft["title"] == "On water"


def test_a_refused_file_stands_beside_its_control_and_the_words_are_kept(writing):
    call, ada, _eve = writing
    wrong = SimpleUploadedFile("paper.exe", b"MZ\0\0")
    answer = ada.client.post(address(call), {"title": "On water", "paper": wrong, "our.save": "final"})
    text = words(answer)
    assert answer.status_code == 422
    assert "A file ending in &quot;exe&quot; is not taken here" in text
    assert Submission.objects.get().draft == {"title": "On water"}


def test_a_file_is_removed_by_a_box_and_replaced_by_another(writing):
    call, ada, _eve = writing
    path, client = address(call), ada.client
    client.post(path, {"title": "On", "paper": SimpleUploadedFile("one.txt", b"One."), "our.save": "draft"})
    first = Upload.objects.get()
    assert f'name="our.file.paper" value="{first.pk}"' in words(client.get(path))
    client.post(path, {"title": "On", "our.file.paper": str(first.pk), "our.drop.paper": "yes", "our.save": "draft"})
    assert Submission.objects.get().draft == {"title": "On"}
    client.post(path, {"title": "On", "our.file.paper": str(first.pk), "our.save": "draft"})
    assert Submission.objects.get().draft == {"title": "On", "paper": first.pk}


def test_a_file_of_another_entry_is_not_taken_over(writing):
    call, ada, _eve = writing
    other = scene()
    entry = actions.open_entry(challenge=other.challenge, group=other.group, by=None)
    theirs = actions.upload(submission=entry, field="paper", file=SimpleUploadedFile("secret.txt", b"Secret."), by=None)
    ada.client.post(address(call), {"title": "On", "our.file.paper": str(theirs.pk), "our.save": "draft"})
    assert Submission.objects.get(group=call.group).draft == {"title": "On"}


def test_a_draft_is_looked_at_as_readers_will_see_it():
    call = scene({**ESSAY, "form": [{"key": "story", "lines": 5}]})
    ada = plays(call, "ada")
    sent = ada.client.post(address(call), {"story": "A **clear** spring", "our.save": "look"})
    assert "look" in sent.url
    assert "<strong>clear</strong>" in words(ada.client.get(sent.url.partition("#")[0]))


def test_several_choices_are_kept_shown_and_handed_in():
    call = scene({**ESSAY, "form": [{"key": "days", "type": "choice", "many": True, "choices": ["Mon", "Tue", "Wed"]}]})
    ada = plays(call, "ada")
    ada.client.post(address(call), {"days": ["Mon", "Wed"], "our.save": "draft"})
    assert words(ada.client.get(address(call))).count("checked") == 2
    sent = ada.client.post(address(call), {"days": ["Mon", "Wed"], "our.save": "final"})
    assert "Mon, Wed" in words(ada.client.get(sent.url))


def test_a_late_entry_is_refused_with_both_times(writing):
    call, ada, _eve = writing
    move(call.round, closes=-1)
    answer = ada.client.post(address(call), {"title": "Late", "our.save": "final"})
    assert "Too late" in words(answer)
    assert not Submission.objects.exists()
    assert "This round takes no more entries." in words(ada.client.get(address(call)))


def test_a_form_may_ask_for_what_the_editor_has_controls_for_too():
    call = scene({**ESSAY, "form": [{"key": "note", "required": True}, {"key": "base"}, {"key": "save"}]})
    ada = plays(call, "ada")
    sent = {"note": "Theirs", "base": "Earth", "save": "Water", "our.note": "Ours", "our.save": "final"}
    ada.client.post(address(call), sent)
    version = Version.objects.get()
    assert (version.data, version.note) == ({"note": "Theirs", "base": "Earth", "save": "Water"}, "Ours")


# --- Versions -------------------------------------------------------------------------------------------------------------------------


def test_two_versions_are_compared_word_by_word(writing):
    call, ada, eve = writing
    path, client = address(call), ada.client
    for title, note in (("On still water", "First."), ("On clear water", "The springs taught us.")):
        client.post(path, {"title": title, "our.note": note, "our.save": "final"})
    client.post(path, {"title": "On clear rain", "our.save": "draft"})
    entry = Submission.objects.get()
    compare = f"/entries/{entry.pk}/compare/"
    text = words(client.get(compare))
    assert re.search(r"<del>.*?still.*?</del>", text)
    assert re.search(r"<ins>.*?clear.*?</ins>", text)
    assert "The springs taught us." in text
    assert "First." not in text
    draft = words(client.get(f"{compare}?from=2&to=draft"))
    assert re.search(r"<ins>.*?rain.*?</ins>", draft)
    assert "Nothing changed" in words(client.get(f"{compare}?from=1&to=1"))
    assert client.get(f"{compare}?from=x&to=99999999").status_code == 200
    assert eve.client.get(compare).status_code == 404


def test_an_organizer_compares_versions_but_never_reads_the_draft(writing):
    call, ada, _eve = writing
    olga = actor("olga")
    MembershipFactory(group=None, cycle=call.cycle, person=olga.person, role="organizer", capabilities=["organize"])
    ada.client.post(address(call), {"title": "On water", "our.save": "final"})
    ada.client.post(address(call), {"title": "Our secret", "our.save": "draft"})
    compare = f"/entries/{Submission.objects.get().pk}/compare/?from=1&to=draft"
    assert "secret" not in words(olga.client.get(compare))
    assert "secret" in words(ada.client.get(compare))


def test_an_earlier_version_is_chosen_to_count(writing):
    call, ada, eve = writing
    for title in ("One", "Two"):
        ada.client.post(address(call), {"title": title, "our.save": "final"})
    entry = Submission.objects.get()
    assert eve.client.post(f"/entries/{entry.pk}/count/", {"number": "1"}).status_code == 404
    ada.client.post(f"/entries/{entry.pk}/count/", {"number": "1"})
    entry.refresh_from_db()
    assert entry.pinned.number == 1


def test_an_entry_is_taken_back_on_purpose_and_brought_back(writing):
    call, ada, eve = writing
    ada.client.post(address(call), {"title": "On water", "our.save": "final"})
    entry = Submission.objects.get()
    path = f"/entries/{entry.pk}/withdraw/"
    assert eve.client.post(path, {"sure": "yes"}).status_code == 404
    ada.client.post(path)
    entry.refresh_from_db()
    assert entry.state == "submitted"
    ada.client.post(path, {"sure": "yes"})
    entry.refresh_from_db()
    assert entry.state == "withdrawn"
    assert "Bring it back" in words(ada.client.get(address(call)))
    assert eve.client.post(f"/entries/{entry.pk}/restore/").status_code == 404
    ada.client.post(f"/entries/{entry.pk}/restore/")
    entry.refresh_from_db()
    assert (entry.state, entry.pinned.number) == ("submitted", 1)


@pytest.mark.outsider
def test_outsiders_find_neither_form_nor_receipt_nor_what_changed(client, writing):
    call, ada, eve = writing
    ada.client.post(address(call), {"title": "On water", "our.save": "final"})
    entry = Submission.objects.get()
    for path in (address(call), f"/entries/{entry.pk}/versions/1/", f"/entries/{entry.pk}/compare/"):
        assert eve.client.get(path).status_code == 404
        assert client.get(path).url.startswith("/sign-in/")
    assert "On water" not in words(client.get(f"/cycles/{call.cycle.key}/groups/{call.group.key}/"))


# --- What scripts ask for -------------------------------------------------------------------------------------------------------------


def test_words_are_saved_while_they_are_typed(writing):
    call, ada, _eve = writing
    first = saved(ada.client.post(address(call, "draft/"), {"title": "On", "our.note": "Begun", "our.base": ""}))
    assert (first["entry"], first["by"]) == (1, "Ada")
    sent = {"title": "On water", "cost": "1", "our.note": "", "our.base": first["base"]}
    saved(ada.client.post(address(call, "draft/?entry=1"), sent))
    entry = Submission.objects.get()
    assert (entry.draft, entry.draft_note, entry.state) == ({"title": "On water", "cost": "1"}, "", "draft")


def test_who_saves_over_somebody_elses_words_gets_those_words(writing):
    call, ada, _eve = writing
    ben = plays(call, "ben")
    base = saved(ada.client.post(address(call, "draft/"), {"title": "Ada's", "our.base": ""}))["base"]
    saved(ben.client.post(address(call, "draft/"), {"title": "Ben's", "our.note": "Mine", "our.base": base}))
    late = ada.client.post(address(call, "draft/"), {"title": "Ada's own", "our.base": base})
    assert late.status_code == 409
    told = late.json()
    assert (told["code"], told["theirs"]["by"]) == ("stale_draft", "Ben")
    assert told["theirs"]["values"] == {"title": "Ben's", "cost": "", "paper": None}
    assert told["theirs"]["note"] == "Mine"
    again = {"title": "Both", "our.base": told["theirs"]["base"]}
    saved(ada.client.post(address(call, "draft/"), again))
    assert Submission.objects.get().draft == {"title": "Both"}


def test_a_file_is_sent_for_itself_and_belongs_to_the_draft_once_named(writing):
    call, ada, _eve = writing
    sent = ada.client.post(address(call, "files/"), {"field": "paper", "file": SimpleUploadedFile("p.txt", b"Wet.")})
    assert sent.status_code == 201
    kept = sent.json()
    assert (kept["name"], kept["size"], kept["entry"]) == ("p.txt", 4, 1)
    assert Submission.objects.get().draft == {}
    saved(ada.client.post(address(call, "draft/"), {"title": "On", "our.file.paper": str(kept["id"]), "our.base": ""}))
    assert Submission.objects.get().draft == {"title": "On", "paper": kept["id"]}
    for name, data, code in (("p.exe", b"MZ\0", "file_refused"), ("p.txt", b"x" * 2001, "file_refused")):
        refused = ada.client.post(address(call, "files/"), {"field": "paper", "file": SimpleUploadedFile(name, data)})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    assert ada.client.post(address(call, "files/"), {"field": "paper"}).status_code == 422


def test_two_members_who_begin_at_once_write_on_one_entry(writing):
    call, ada, _eve = writing
    ben = plays(call, "ben")
    saved(ada.client.post(address(call, "draft/"), {"title": "Ada's", "our.base": ""}))
    assert ben.client.post(address(call, "draft/"), {"title": "Ben's", "our.base": ""}).status_code == 409
    assert Submission.objects.count() == 1


def test_the_page_hears_who_else_writes_and_what_is_saved(writing):
    call, ada, _eve = writing
    ben = plays(call, "ben")
    assert saved(ada.client.get(address(call, "pulse/")))["others"] == []
    heard = saved(ben.client.get(address(call, "pulse/")))
    assert (heard["others"], heard["entry"]) == (["Ada"], None)
    base = saved(ada.client.post(address(call, "draft/"), {"title": "On", "our.base": ""}))["base"]
    assert saved(ben.client.get(address(call, "pulse/")))["base"] == base


def test_a_text_is_shown_as_readers_will_see_it_and_made_safe(writing):
    call, ada, _eve = writing
    shown = ada.client.post(address(call, "preview/"), {"text": "**wet** <script>alert(1)</script>"})
    assert "<strong>wet</strong>" in words(shown)
    assert "<script>" not in words(shown)


def test_after_the_end_of_a_session_scripts_are_told_so_and_nothing_is_lost(client, writing):
    call, _ada, _eve = writing
    for tail in ("draft/", "files/", "preview/"):
        answer = client.post(address(call, tail), {"title": "On"})
        assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert client.get(address(call, "pulse/")).status_code == 401


@pytest.mark.outsider
def test_outsiders_neither_save_nor_send_nor_hear(writing):
    call, _ada, eve = writing
    for tail in ("draft/", "files/", "preview/"):
        assert eve.client.post(address(call, tail), {"title": "On", "text": "x", "field": "paper"}).status_code == 404
    assert eve.client.get(address(call, "pulse/")).status_code == 404
    assert not Submission.objects.exists()


def test_a_draft_is_refused_in_words_after_the_deadline(writing):
    call, ada, _eve = writing
    base = saved(ada.client.post(address(call, "draft/"), {"title": "On", "our.base": ""}))["base"]
    move(call.round, closes=-1)
    late = ada.client.post(address(call, "draft/"), {"title": "On water", "our.base": base})
    assert (late.status_code, late.json()["code"]) == (409, "too_late")
    assert "Too late" in late.json()["message"]


def test_the_number_of_statements_does_not_grow_with_versions(writing):
    call, ada, _eve = writing
    for number in range(12):
        ada.client.post(address(call), {"title": f"On water {number}", "our.save": "final"})
    client = ada.client
    client.get(address(call))
    for path in (address(call), f"/entries/{Submission.objects.get().pk}/compare/?from=1&to=9"):
        with CaptureQueriesContext(connection) as statements:
            assert client.get(path).status_code == 200
        assert len(without_designs(statements)) <= 12


# --- Tries and hints ------------------------------------------------------------------------------------------------------------------

FLAG = {
    "key": "essay",
    "format": "automatic",
    "max_attempts": 2,
    "answer": {"kind": "flag", "values": ["blue"]},
    "hints": [
        {"key": "sky", "name": "Look up", "text": "What colour is the sky?", "cost": 5},
        {"key": "free", "text": "A colour."},
    ],
}


@pytest.fixture
def trying() -> tuple[Scene, Actor, str]:
    call = scene(FLAG)
    ada = actor("ada")
    MembershipFactory(group=call.group, person=ada.person, capabilities=["submit"])
    return call, ada, f"/cycles/{call.cycle.key}/rounds/call/essay/"


def test_a_flag_is_tried_in_the_page(trying):
    _call, ada, path = trying
    eve = actor("eve")
    assert "2 tries left" in words(ada.client.get(path))
    assert "blue" not in words(ada.client.get(path))
    ada.client.post(f"{path}try/", {"answer": "red"})
    assert "1 try left" in words(ada.client.get(path))
    ada.client.post(f"{path}try/", {"answer": "blue"})
    assert list(Attempt.objects.order_by("number").values_list("verdict", flat=True)) == ["WA", "AC"]
    assert "Solved. Nothing more to do here." in words(ada.client.get(path))
    assert eve.client.post(f"{path}try/", {"answer": "blue"}).status_code == 404


def test_a_hint_is_bought_on_purpose_and_costs_no_try(trying):
    _call, ada, path = trying
    client = ada.client
    page = words(client.get(path))
    assert "costs 5 points" in page
    assert "What colour is the sky?" not in page
    client.post(f"{path}hint/", {"hint": "sky"})
    assert not Attempt.objects.exists()
    client.post(f"{path}hint/", {"hint": "sky", "sure": "yes"})
    client.post(f"{path}hint/", {"hint": "free"})
    page = words(client.get(path))
    assert "What colour is the sky?" in page
    assert "taken, −5 points" in page
    assert "2 tries left" in page
    assert Attempt.objects.filter(verdict="hint").count() == 2
    client.post(f"{path}hint/", {"hint": "nonsense", "sure": "yes"})
    assert Attempt.objects.count() == 2


@pytest.mark.outsider
def test_nobody_else_buys_a_hint_for_the_group(client, trying):
    _call, _ada, path = trying
    assert actor("eve").client.post(f"{path}hint/", {"hint": "free"}).status_code == 404
    assert client.post(f"{path}hint/", {"hint": "free"}).url.startswith("/sign-in/")
    assert not Attempt.objects.exists()


def test_a_quiz_is_answered_in_the_page_and_may_be_taken_again():
    question = {"key": "wet", "name": "Is water wet?", "choices": ["yes", "no"], "correct": ["yes"]}
    quiz = {"key": "essay", "format": "automatic", "max_attempts": 3, "answer": {"kind": "quiz", "questions": [question]}}
    call = scene(quiz)
    ada = plays(call, "ada")
    path = f"/cycles/{call.cycle.key}/rounds/call/essay/"
    ada.client.post(f"{path}try/", {"q-wet": "yes"})
    assert json.loads(Attempt.objects.get().answer) == {"wet": "yes"}
    assert "2 tries left" in words(ada.client.get(path))
    assert 'name="q-wet"' in words(ada.client.get(path))
