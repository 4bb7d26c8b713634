"""Registering a team and leading it on its page."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from games.cycles.models import Cycle
from games.groups import actions
from games.groups.models import Group, JoinRequest, Membership, RegistrationFile
from games.groups.queries import members
from games.groups.rules import GroupState
from tests.cast import Actor, Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import MembershipFactory, RegistrationFactory

pytestmark = pytest.mark.django_db
TEAM = "/cycles/water/teams/red/"


def enrolling(**rules: Any) -> Cycle:
    return CycleFactory(key="open", name="Open cup", state="enrolling", design=small_design(registration=rules))


RULES: dict[str, Any] = {
    "divisions": [{"key": "school", "name": "Schools"}, {"key": "open"}],
    "form": [
        {"key": "city", "name": "City", "required": True},
        {"key": "age", "name": "Age of the youngest", "type": "number", "min": 10},
        {"key": "kind", "type": "choice", "choices": ["class", "club"]},
        {"key": "days", "type": "choice", "many": True, "choices": ["Mon", "Tue"]},
        {"key": "site", "type": "url"},
        {"key": "story", "lines": 4},
    ],
    "eligibility": [{"field": "city", "excludes": ["Rome"], "message": "Rome is the host (rule 3)."}],
    "terms": {"version": "2", "text": "Be fair."},
    "licence": {"version": "CC BY 4.0", "text": "Reuse."},
    "min_age": 12,
    "capacity": 1,
}
FILLED = {
    "name": "Green Herons",
    "division": "school",
    "answers.city": "Ulm",
    "answers.age": "12",
    "answers.days": ["Tue"],
    "terms_version": "on",
    "licence_version": "on",
    "age_confirmed": "on",
}


def test_a_team_is_registered_by_the_form_the_design_describes(cast: Cast):
    enrolling(**RULES)
    browser = cast.eve.client
    page = browser.get("/cycles/open/register/").content.decode()
    for words in (
        "Schools",
        "Age of the youngest",
        "Rome is the host (rule 3).",
        "We accept the terms, version 2",
        "1 place left.",
    ):
        assert words in page, words
    made = browser.post("/cycles/open/register/", FILLED)
    assert made.headers["Location"] == "/cycles/open/teams/green-herons/"
    group = Group.objects.get(name="Green Herons")
    assert group.registration.answers == {"city": "Ulm", "age": 12, "days": ["Tue"]}
    assert (group.registration.terms_version, group.registration.licence_version) == ("2", "CC BY 4.0")


def test_every_fault_stands_beside_its_field(cast: Cast):
    enrolling(**RULES)
    page = cast.eve.client.post("/cycles/open/register/", {**FILLED, "answers.age": "nine", "terms_version": "", "name": "!"})
    html = page.content.decode()
    assert html.count('aria-invalid="true"') == 3
    assert "Accept the terms, version 2." in html


def test_who_may_not_take_part_reads_the_rule_beside_the_answer(cast: Cast):
    enrolling(**RULES)
    html = cast.eve.client.post("/cycles/open/register/", {**FILLED, "answers.city": "Rome"}).content.decode()
    assert html.count("Rome is the host (rule 3).") == 2
    assert not Group.objects.filter(cycle__key="open").exists()


def test_a_closed_door_shows_no_form(cast: Cast):
    page = cast.eve.client.get("/cycles/water/register/").content.decode()
    assert "Registration ended when the cycle began." in page
    assert 'name="name"' not in page


def test_a_hidden_cycle_is_not_there(cast: Cast):
    cycle = enrolling()
    Cycle.objects.filter(pk=cycle.pk).update(public=False)
    assert cast.eve.client.get("/cycles/open/register/").status_code == 404
    assert cast.eve.client.get("/cycles/no-such/register/").status_code == 404


def test_everybody_sees_the_name_members_see_who_is_in_it_and_the_code(cast: Cast):
    for someone in (cast.visitor, cast.eve, cast.ben):
        page = someone.client.get(TEAM).content.decode()
        assert "Red Herons" in page
        assert "REDREDRED1" not in page
        assert "Members" not in page
    inside = cast.ada.client.get(TEAM).content.decode()
    assert "REDREDRED1" in inside
    assert "Ada" in inside


def press(someone: Actor, do: str, **values: Any) -> int:
    return someone.client.post(TEAM, {"do": do, **values}).status_code


def test_the_captain_leads_the_team_on_its_page(cast: Cast):
    assert press(cast.ada, "rename", name="Scarlet Herons") == 302
    assert press(cast.ada, "invite", email="new@example.org", name="New") == 302
    assert press(cast.ada, "renew") == 302
    cast.red.refresh_from_db()
    assert cast.red.name == "Scarlet Herons"
    assert cast.red.invite_code != "REDREDRED1"
    actions.ask_to_join(cast.red, by=cast.eve.user, person=cast.eve.person)
    request = JoinRequest.objects.get()
    assert press(cast.ada, "answer", request=request.pk, answer="yes") == 302
    heir = Membership.objects.get(person=cast.eve.person)
    assert press(cast.ada, "captain", member=heir.pk) == 302
    mine = Membership.objects.get(person=cast.ada.person)
    assert press(cast.ada, "end", member=mine.pk) == 302
    assert [(one.person.name, one.role) for one in members(cast.red)] == [("New", "member"), ("Eve", "captain")]
    assert press(cast.eve, "withdraw", reason="Exams.") == 302
    cast.red.refresh_from_db()
    assert cast.red.state == "withdrawn"


def test_a_name_that_is_taken_stands_beside_the_field_with_what_was_typed(cast: Cast):
    page = cast.ada.client.post(TEAM, {"do": "rename", "name": "Blue Herons"})
    html = page.content.decode()
    assert page.status_code == 200
    assert "There is a team named &quot;Blue Herons&quot; already." in html
    assert 'value="Blue Herons"' in html


@pytest.mark.parametrize(
    ("do", "values"),
    [
        ("rename", {"name": "Hers"}),
        ("invite", {"email": "x@example.org"}),
        ("renew", {}),
        ("withdraw", {}),
        ("captain", {"member": 1}),
        ("answer", {"request": 1, "answer": "yes"}),
    ],
)
def test_eve_ben_and_judith_are_refused(cast: Cast, do, values):
    for someone in (cast.eve, cast.ben, cast.judith):
        assert press(someone, do, **values) == 403
    assert press(cast.visitor, do, **values) == 302
    cast.red.refresh_from_db()
    assert (cast.red.name, cast.red.state, cast.red.invite_code) == ("Red Herons", "active", "REDREDRED1")


def test_what_hangs_on_another_team_is_not_there(cast: Cast):
    registration = RegistrationFactory(group=cast.red, state="pending")
    other = Membership.objects.get(person=cast.ben.person)
    assert press(cast.ada, "end", member=other.pk) == 404
    assert press(cast.eve, "end", member=Membership.objects.get(person=cast.ada.person).pk) == 404
    assert press(cast.ada, "settle", answer="yes") == 404
    assert press(cast.ada, "nonsense") == 404
    registration.refresh_from_db()
    assert registration.state == "pending"


def test_organizers_settle_a_registration_on_the_page_of_the_team(cast: Cast):
    registration = RegistrationFactory(group=cast.red, state="pending")
    assert "Settle the registration" in cast.org.client.get(TEAM).content.decode()
    assert press(cast.org, "settle", answer="no") == 302
    registration.refresh_from_db()
    assert registration.state == "pending"
    assert press(cast.org, "settle", answer="no", reason="Rule 4.") == 302
    registration.refresh_from_db()
    assert (registration.state, registration.reason) == ("refused", "Rule 4.")


def test_one_asks_to_join_and_sees_that_one_has_asked(cast: Cast):
    assert press(cast.eve, "ask", message="May I?") == 302
    assert "You have asked to join." in cast.eve.client.get(TEAM).content.decode()
    assert "Eve asks to join." in cast.ada.client.get(TEAM).content.decode()
    assert "May I?" in cast.ada.client.get(f"{TEAM}people/").content.decode()
    html = cast.ben.client.post(TEAM, {"do": "ask"}).content.decode()
    assert "Ben is in the team &quot;Blue Herons&quot;" in html


@pytest.mark.outsider
def test_the_page_of_members_is_for_members_and_organizers(cast: Cast):
    people = f"{TEAM}people/"
    for inside in (cast.ada, cast.org):
        assert "Members" in inside.client.get(people).content.decode()
    for outside in (cast.ben, cast.judith, cast.eve):
        assert outside.client.get(people).status_code == 404
        assert outside.client.post(people, {"do": "renew"}).status_code == 403
    assert cast.visitor.client.get(people).url.startswith("/sign-in/")


def test_a_captain_asks_that_public_boards_do_not_name_the_team(cast: Cast):
    people = f"{TEAM}people/"
    answer = cast.ada.client.post(people, {"do": "rank", "hidden": "yes"})
    assert answer.headers["Location"] == people
    cast.red.refresh_from_db()
    assert cast.red.rank_hidden
    assert re.search(r'id="id_rank_hidden"[^>]* checked', cast.ada.client.get(people).content.decode())
    press(cast.ada, "rank")
    cast.red.refresh_from_db()
    assert not cast.red.rank_hidden
    assert press(cast.ben, "rank", hidden="yes") == 403


PROOF = {
    "form": [{"key": "proof", "name": "Proof of school", "type": "file", "required": True, "types": ["txt"], "max_bytes": 100}]
}


def proof(text: bytes = b"We are a school.", name: str = "proof.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text)


def test_a_registration_asks_for_a_file_and_keeps_it_for_the_team_and_organizers(cast: Cast):
    cycle = enrolling(**PROOF)
    MembershipFactory(group=None, cycle=cycle, person=cast.org.person, role="organizer", capabilities=["organize"])
    browser = cast.eve.client
    page = browser.get("/cycles/open/register/").content.decode()
    assert 'type="file" name="answers.proof"' in page
    assert 'enctype="multipart/form-data"' in page
    refused = browser.post("/cycles/open/register/", {"name": "Green Herons", "answers.proof": proof(b"x" * 101)})
    assert "larger than the 100 bytes" in refused.content.decode()
    assert 'value="Green Herons"' in refused.content.decode()
    assert "an answer is needed" in browser.post("/cycles/open/register/", {"name": "Green Herons"}).content.decode()
    browser.post("/cycles/open/register/", {"name": "Green Herons", "answers.proof": proof()})
    kept = RegistrationFile.objects.get()
    address = f"/registrations/files/{kept.pk}/"
    assert address in browser.get("/cycles/open/teams/green-herons/people/").content.decode()
    for inside in (cast.eve, cast.org):
        answer = inside.client.get(address)
        assert b"".join(answer.streaming_content) == b"We are a school."
        assert answer.headers["Content-Disposition"] == 'attachment; filename="proof.txt"'
    for outside in (cast.ada, cast.judith):
        assert outside.client.get(address).status_code == 404
    assert cast.visitor.client.get(address).url.startswith("/sign-in/")


def test_who_answers_anew_keeps_the_file_replaces_it_or_sees_it_missing(cast: Cast):
    cycle = enrolling(**PROOF, approval=True)
    made = actions.register(cycle, by=None, person=cast.eve.person, name="Green Herons", files={"proof": proof()})
    first, address = made.files.get(), "/cycles/open/teams/green-herons/registration/"
    browser = cast.eve.client
    page = browser.get(address).content.decode()
    assert "proof.txt" in page
    assert browser.post(address, {"our.file.answers.proof": str(first.pk)}).status_code == 302
    assert made.files.get() == first
    dropped = browser.post(address, {"our.file.answers.proof": str(first.pk), "our.drop.answers.proof": "yes"})
    assert "an answer is needed" in dropped.content.decode()
    browser.post(address, {"our.file.answers.proof": str(first.pk), "answers.proof": proof(b"Newer.")})
    assert made.files.get().file.open().read() == b"Newer."


def test_one_joins_by_the_code(cast: Cast):
    browser = cast.eve.client
    assert "No team has this code." in browser.post("/join/", {"code": "nonsense"}).content.decode()
    assert browser.post("/join/", {"code": cast.red.invite_code}).headers["Location"] == TEAM


def test_no_two_controls_of_the_page_have_one_id(cast: Cast):
    html = cast.ada.client.get(f"{TEAM}people/").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_who_has_a_team_is_led_to_its_page(cast: Cast):
    page = cast.ada.client.get("/cycles/water/register/").content.decode()
    assert TEAM in page


def test_a_captain_accepts_changed_terms_on_their_own_page(cast: Cast):
    cycle = enrolling(**RULES)
    group = actions.create_group(cycle, by=None, captain=cast.eve.person, name="Old Herons", state=GroupState.PENDING)
    RegistrationFactory(group=group, state="pending", answers={"city": "Ulm", "days": ["Tue"]})
    team, address = "/cycles/open/teams/old-herons/", "/cycles/open/teams/old-herons/registration/"
    browser = cast.eve.client
    assert address in browser.get(team).content.decode()
    page = browser.get(address).content.decode()
    assert 'value="Ulm"' in page
    assert 'name="name"' not in page
    assert "Accept the terms, version 2." in browser.post(address, {**FILLED, "terms_version": ""}).content.decode()
    assert browser.post(address, FILLED).headers["Location"] == team
    group.refresh_from_db()
    assert (group.state, group.division, group.registration.terms_version) == ("active", "school", "2")
    for someone in (cast.ada, cast.judith):
        assert someone.client.post(address, FILLED).status_code == 404
