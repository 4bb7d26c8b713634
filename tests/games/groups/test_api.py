"""Groups over the API: what each member of the cast may do, and that eve is refused."""

import json
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile

from games.groups import actions
from games.groups.models import Group, Membership, Registration
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, JoinRequestFactory, MembershipFactory, RegistrationFactory
from tests.games.groups.test_registration import PROOF

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


@pytest.fixture
def enrolling(cast: Cast) -> Any:
    rules = {"terms": {"version": "2", "text": "Be fair."}, "form": [{"key": "city", "required": True}], "capacity": 5}
    return CycleFactory(key="enrolling", state="enrolling", design=small_design(registration=rules))


def test_the_door_tells_what_is_asked(cast: Cast, enrolling):
    body = cast.visitor.api.get(f"{V1}/cycles/{enrolling.pk}/door").json()
    assert (body["open"], body["places"]) == (True, 5)
    assert body["rules"]["form"] == [{"key": "city", "required": True}]


def test_eve_registers_a_team_and_gets_every_fault_at_once(cast: Cast, enrolling):
    api = cast.eve.api
    refused = api.post(f"{V1}/cycles/{enrolling.pk}/register", {"name": "E"})
    assert refused.status_code == 422
    assert refused.json()["code"] == "registration_refused"
    assert [one["where"] for one in refused.json()["errors"]] == ["name", "answers.city", "terms_version"]
    sent = {"name": "Green Herons", "answers": {"city": "Ulm"}, "terms_version": "2"}
    made = api.post(f"{V1}/cycles/{enrolling.pk}/register", sent)
    assert (made.status_code, made.json()["state"]) == (201, "accepted")
    assert Group.objects.get(name="Green Herons").memberships.get().person == cast.eve.person


def test_the_same_registration_sent_twice_is_one(cast: Cast, enrolling):
    sent = {"name": "Green Herons", "answers": {"city": "Ulm"}, "terms_version": "2"}
    answers = [
        cast.eve.api.post(f"{V1}/cycles/{enrolling.pk}/register", sent, headers={"Idempotency-Key": "one"}).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert Registration.objects.count() == 1


def papers(registration: Any, **files: bytes) -> dict[str, Any]:
    told = registration if isinstance(registration, str) else json.dumps(registration)
    return {"registration": told} | {f"files.{key}": SimpleUploadedFile("proof.txt", text) for key, text in files.items()}


def test_a_registration_with_a_file_comes_as_a_form_once_or_with_every_fault(cast: Cast):
    rules = {"form": [{"key": "city", "required": True}, *PROOF["form"]]}
    cycle = CycleFactory(state="enrolling", design=small_design(registration=rules))
    path, api = f"{V1}/cycles/{cycle.pk}/register", cast.eve.api
    told = {"name": "Green Herons", "answers": {"city": "Ulm"}}
    for wrong, where in (
        (papers(told), "answers.proof"),
        (papers(told, proof=b"x" * 201), "answers.proof"),
        (papers(told, proof=b"We.", other=b"We."), "answers.other"),
        (papers({"name": "Green Herons"}, proof=b"We."), "answers.city"),
        (papers("{nonsense", proof=b"We."), "registration"),
        ({"files.proof": SimpleUploadedFile("proof.txt", b"We.")}, "registration"),
    ):
        refused = api.post(path, wrong, format="multipart")
        assert (refused.status_code, refused.json()["errors"][0]["where"]) == (422, where)
    assert not Group.objects.filter(cycle=cycle).exists()
    made = [
        api.post(path, papers(told, proof=b"We are a school."), format="multipart", headers={"Idempotency-Key": "one"})
        for _ in range(2)
    ]
    assert [one.status_code for one in made] == [201, 201]
    assert made[0].json()["id"] == made[1].json()["id"]
    registration = Registration.objects.get(group__cycle=cycle)
    kept = registration.files.get()
    assert (registration.answers, kept.file.open().read()) == ({"city": "Ulm", "proof": kept.pk}, b"We are a school.")
    assert cast.visitor.api.post(path, papers(told, proof=b"We."), format="multipart").status_code == 401
    big = papers(told, proof=b"x" * (settings.UPLOAD_MAX_BYTES + 2 * 1024 * 1024))
    assert cast.ben.api.post(path, big, format="multipart").json()["errors"][0]["where"] == "files"


def test_a_visitor_is_asked_to_sign_in_and_a_hidden_cycle_is_not_there(cast: Cast, enrolling):
    assert cast.visitor.api.post(f"{V1}/cycles/{enrolling.pk}/register", {"name": "x"}).status_code == 401
    enrolling.public = False
    enrolling.save(update_fields=["public"])
    assert cast.eve.api.post(f"{V1}/cycles/{enrolling.pk}/register", {"name": "x"}).status_code == 404
    assert cast.eve.api.get(f"{V1}/cycles/{enrolling.pk}/door").status_code == 404


def test_a_captain_renames_invites_hands_over_and_withdraws(cast: Cast):
    api, url = cast.ada.api, f"{V1}/groups/{cast.red.pk}"
    assert api.patch(url, {"name": "Scarlet Herons"}).json()["name"] == "Scarlet Herons"
    assert api.patch(url, {"name": "Blue Herons"}).json()["code"] == "name_taken"
    old = api.get(f"{url}/code").json()["code"]
    new = api.post(f"{url}/code").json()["code"]
    assert new != old
    invited = api.post(f"{url}/invite", {"email": "new@example.org"})
    assert invited.status_code == 201
    assert invited.json()["membership"]["claimed"] is False
    heir = cast.eve.api.post(f"{V1}/groups/join", {"code": new}).json()
    assert api.post(f"{url}/hand-over", {"to": heir["id"]}).json()["role"] == "captain"
    assert cast.eve.api.post(f"{url}/withdraw", {"reason": "Exams."}).json()["state"] == "withdrawn"


CAPTAINS = [
    ("patch", "", {"name": "Hers"}),
    ("post", "/code", {}),
    ("post", "/invite", {"email": "x@example.org"}),
    ("post", "/hand-over", {"to": 1}),
    ("post", "/withdraw", {}),
    ("get", "/code", None),
]


@pytest.mark.parametrize(("verb", "path", "body"), CAPTAINS)
def test_eve_and_the_captain_of_another_team_are_refused(cast: Cast, verb, path, body):
    for someone in (cast.eve, cast.ben, cast.judith):
        answer = getattr(someone.api, verb)(f"{V1}/groups/{cast.red.pk}{path}", body)
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert getattr(cast.visitor.api, verb)(f"{V1}/groups/{cast.red.pk}{path}", body).status_code == 401
    cast.red.refresh_from_db()
    assert (cast.red.name, cast.red.state) == ("Red Herons", "active")


def test_a_member_who_is_no_captain_reads_the_code_and_changes_nothing(cast: Cast):
    member = actions.join_by_code(cast.red.invite_code, by=cast.eve.user, person=cast.eve.person)
    api = cast.eve.api
    assert api.get(f"{V1}/groups/{cast.red.pk}/code").status_code == 200
    assert api.post(f"{V1}/groups/{cast.red.pk}/code").status_code == 403
    assert api.patch(f"{V1}/groups/{cast.red.pk}", {"name": "Mine"}).status_code == 403
    assert api.post(f"{V1}/memberships/{member.pk}/end").json()["until"] is not None


def test_a_captain_takes_a_member_out_and_an_organizer_a_judge_with_a_reason(cast: Cast):
    member = actions.join_by_code(cast.red.invite_code, by=cast.eve.user, person=cast.eve.person)
    assert cast.ada.api.post(f"{V1}/memberships/{member.pk}/end").status_code == 200
    judge = Membership.objects.get(person=cast.judith.person)
    assert cast.org.api.post(f"{V1}/memberships/{judge.pk}/end").json()["code"] == "reason_missing"
    assert cast.org.api.post(f"{V1}/memberships/{judge.pk}/end", {"reason": "Moved."}).status_code == 200


def test_memberships_of_others_are_not_there_for_eve_and_ben(cast: Cast):
    ada = Membership.objects.get(person=cast.ada.person)
    for someone in (cast.eve, cast.ben, cast.visitor):
        assert someone.api.get(f"{V1}/memberships/{ada.pk}").status_code == 404
        assert someone.api.post(f"{V1}/memberships/{ada.pk}/end").status_code in {401, 404}
    assert [one["name"] for one in cast.ben.api.get(f"{V1}/memberships").json()["results"]] == ["Ben"]


def test_asking_and_answering(cast: Cast):
    asked = cast.eve.api.post(f"{V1}/groups/{cast.red.pk}/ask", {"message": "May I?"})
    assert asked.status_code == 201
    url = f"{V1}/join-requests/{asked.json()['id']}"
    assert cast.eve.api.post(f"{url}/settle", {"accept": True}).status_code == 403
    assert cast.ben.api.post(f"{url}/settle", {"accept": True}).status_code == 404
    assert cast.ada.api.post(f"{url}/settle", {"accept": True}).json()["state"] == "accepted"


def test_organizers_settle_registrations_eve_and_captains_do_not(cast: Cast):
    registration = RegistrationFactory(group=cast.red, state="pending")
    url = f"{V1}/registrations/{registration.pk}"
    assert cast.eve.api.get(url).status_code == 404
    assert cast.eve.api.post(f"{url}/settle", {"accept": True}).status_code == 404
    assert cast.ada.api.post(f"{url}/settle", {"accept": True}).status_code == 403
    assert cast.org.api.post(f"{url}/settle", {"accept": False}).json()["code"] == "reason_missing"
    assert cast.org.api.post(f"{url}/settle", {"accept": False, "reason": "Rule 4."}).json()["state"] == "refused"


def test_a_captain_completes_a_registration_others_do_not(cast: Cast):
    cast.cycle.state = "enrolling"
    cast.cycle.save(update_fields=["state"])
    registration = RegistrationFactory(group=cast.red, state="pending")
    url = f"{V1}/registrations/{registration.pk}/complete"
    assert cast.eve.api.post(url, {}).status_code == 404
    assert cast.org.api.post(url, {}).status_code == 403
    assert cast.ada.api.post(url, {"answers": {"no": "such"}}).json()["errors"][0]["where"] == "answers.no"
    assert cast.ada.api.post(url, {}).json()["state"] == "accepted"


def test_organizers_invite_judges_others_do_not(cast: Cast):
    url, body = f"{V1}/cycles/{cast.cycle.pk}/invite", {"email": "dr@example.org", "role": "judge"}
    for someone in (cast.eve, cast.ada, cast.judith):
        assert someone.api.post(url, body).status_code == 403
    assert cast.org.api.post(url, body).json()["membership"]["role"] == "judge"
    assert cast.org.api.post(url, {**body, "role": "captain"}).status_code == 422


def test_an_invitation_is_accepted_once(cast: Cast):
    _, _, secret = actions.invite_to_role(cast.cycle, role="judge", by=cast.org.user, email="eve@example.org")
    url = f"{V1}/invitations/accept"
    assert cast.visitor.api.post(url, {"secret": secret}).status_code == 401
    assert cast.eve.api.post(url, {"secret": secret}).json()["next_path"] == "/cycles/water/"
    assert cast.ben.api.post(url, {"secret": secret}).json()["code"] == "invitation_refused"


@pytest.mark.parametrize("path", ["groups", "memberships", "registrations", "join-requests", "people"])
def test_lists_take_the_same_statements_for_one_row_and_for_three(cast: Cast, django_assert_num_queries, path):
    api = cast.org.api
    RegistrationFactory(group=cast.red)
    JoinRequestFactory(group=cast.red)
    with django_assert_num_queries(3):
        assert api.get(f"{V1}/{path}").json()["results"]
    for number in range(3):
        group = GroupFactory(cycle=cast.cycle, name=f"More {number}")
        MembershipFactory(group=group)
        RegistrationFactory(group=group)
        JoinRequestFactory(group=group)
    with django_assert_num_queries(3):
        assert len(api.get(f"{V1}/{path}").json()["results"]) > 3


def test_no_answer_carries_an_address(cast: Cast):
    for path in ("groups", "memberships", "people", "organizations"):
        assert "@" not in cast.org.api.get(f"{V1}/{path}").content.decode()


def test_a_captain_asks_that_public_boards_do_not_name_the_team(cast: Cast):
    path = f"{V1}/groups/{cast.red.pk}/rank"
    assert cast.ada.api.get(path).json() == {"hidden": False}
    assert cast.ada.api.post(path, {"hidden": True}).json() == {"hidden": True}
    cast.red.refresh_from_db()
    assert cast.red.rank_hidden
    for other in (cast.ben, cast.judith, cast.eve):
        assert other.api.get(path).status_code == 403
        assert other.api.post(path, {"hidden": False}).status_code == 403
    cast.red.refresh_from_db()
    assert cast.red.rank_hidden
