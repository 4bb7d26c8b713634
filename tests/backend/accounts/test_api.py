"""Oneself, tokens and the desk over the API."""

import pytest
from django.utils.timezone import now
from rest_framework.test import APIClient

from backend.accounts import actions
from backend.accounts.models import ApiToken
from games.notices.models import Message
from tests.cast import Actor, Cast
from tests.factories.accounts import SECRET, ApiTokenFactory, UserFactory

pytestmark = pytest.mark.django_db
V1 = "/api/v1"


def bearer(secret: str) -> APIClient:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret}")
    return client


def owner() -> Actor:
    return Actor("root", UserFactory(is_superuser=True, email="root@example.org"))


def test_one_reads_what_one_takes_part_in(cast: Cast):
    body = cast.ada.api.get(f"{V1}/me").json()
    assert (body["email"], body["owner"], body["persons"]) == ("ada@example.org", False, [cast.ada.person.pk])
    (part,) = body["parts"]
    assert (part["cycle_key"], part["group_key"], part["capabilities"]) == ("water", "red", ["captain", "submit"])


def test_a_visitor_is_nobody(cast: Cast):
    assert cast.visitor.api.get(f"{V1}/me").status_code == 401
    assert cast.visitor.api.patch(f"{V1}/me", {"name": "x"}).status_code == 401
    assert cast.visitor.api.get(f"{V1}/tokens").status_code == 401
    assert cast.visitor.api.post(f"{V1}/tokens", {"name": "x"}).status_code == 401


def test_name_and_time_zone_change_rights_do_not(cast: Cast):
    sent = {"name": "Ada L.", "timezone": "Europe/Berlin", "may_launch": True, "owner": True, "email": "x@example.org"}
    body = cast.ada.api.patch(f"{V1}/me", sent).json()
    assert (body["name"], body["timezone"], body["may_launch"], body["owner"], body["email"]) == (
        *("Ada L.", "Europe/Berlin", False, False),
        "ada@example.org",
    )
    assert cast.ada.api.patch(f"{V1}/me", {"timezone": "Mars/Phobos"}).status_code == 422


def test_a_token_is_shown_once_works_and_is_revoked(cast: Cast):
    made = cast.ada.api.post(f"{V1}/tokens", {"name": "script", "capabilities": ["submit"]})
    assert made.status_code == 201
    secret = made.json()["token"]
    assert bearer(secret).get(f"{V1}/me").json()["name"] == "Ada"
    listed = cast.ada.api.get(f"{V1}/tokens").json()["results"]
    assert secret not in str(listed)
    assert cast.ada.api.delete(f"{V1}/tokens/{made.json()['id']}").status_code == 204
    assert bearer(secret).get(f"{V1}/me").status_code == 401


def test_a_token_remembers_when_it_was_last_used(cast: Cast):
    token = ApiTokenFactory(user=cast.ada.user)
    bearer(SECRET).get(f"{V1}/me")
    token.refresh_from_db()
    assert token.last_used_at is not None


def test_the_secret_is_not_kept_for_repeated_requests(cast: Cast):
    for _ in range(2):
        cast.ada.api.post(f"{V1}/tokens", {"name": "x"}, headers={"Idempotency-Key": "same"})
    assert ApiToken.objects.count() == 2


def test_a_token_makes_and_revokes_no_tokens(cast: Cast):
    token = ApiTokenFactory(user=cast.ada.user, capabilities=["submit"])
    assert bearer(SECRET).post(f"{V1}/tokens", {"name": "wider"}).status_code == 403
    assert bearer(SECRET).delete(f"{V1}/tokens/{token.pk}").status_code == 403


def test_eve_sees_and_revokes_only_her_own_tokens(cast: Cast):
    token = ApiTokenFactory(user=cast.ada.user)
    assert cast.eve.api.get(f"{V1}/tokens").json()["results"] == []
    assert cast.eve.api.delete(f"{V1}/tokens/{token.pk}").status_code == 404


@pytest.mark.parametrize("changes", [{"revoked_at": now()}, {"expires_at": now()}, {"user__is_active": False}])
def test_a_dead_token_is_refused_like_an_unknown_one(changes):
    ApiTokenFactory(**changes)
    dead, unknown = bearer(SECRET).get(f"{V1}/me"), bearer("ludus_nonsense").get(f"{V1}/me")
    assert (dead.status_code, dead.content) == (unknown.status_code, unknown.content)
    assert dead.status_code == 401


DESK = [
    ("get", "users"),
    ("get", "users/{user}"),
    ("post", "users/{user}/suspend"),
    ("post", "users/{user}/restore"),
    ("post", "users/{user}/launching"),
    ("post", "users/{user}/send-reset"),
    ("get", "messages"),
    ("get", "messages/{message}"),
    ("post", "messages/{message}/bounce"),
    ("post", "messages/{message}/send-again"),
]


@pytest.mark.parametrize(("verb", "path"), DESK)
def test_only_the_owner_sits_at_the_desk(cast: Cast, verb, path):
    message = Message.objects.create(to="x@example.org", kind="k", key="k", subject="s", body="b")
    url = f"{V1}/desk/{path.format(user=cast.ada.user.pk, message=message.pk)}"
    for someone in (cast.eve, cast.org, cast.ada):
        assert getattr(someone.api, verb)(url, {}).status_code == 403
    assert getattr(cast.visitor.api, verb)(url, {}).status_code == 401
    narrow = ApiTokenFactory(user=owner().user, capabilities=["organize"])
    assert getattr(bearer(SECRET), verb)(url, {}).status_code == 403, narrow


def test_the_owner_suspends_restores_and_allows_launching(cast: Cast):
    api, url = owner().api, f"{V1}/desk/users/{cast.ada.user.pk}"
    assert api.post(f"{url}/suspend").json()["is_active"] is False
    assert cast.ada.api.get(f"{V1}/me").status_code == 401
    assert api.post(f"{url}/restore").json()["is_active"] is True
    assert api.post(f"{url}/launching", {"allowed": True}).json()["may_launch"] is True
    assert api.post(f"{url}/send-reset").status_code == 202
    assert [one["email"] for one in api.get(f"{V1}/desk/users?search=ada").json()["results"]] == ["ada@example.org"]


def test_the_owner_sees_the_outbox_without_the_texts(cast: Cast):
    root = owner()
    actions.send_reset(cast.ada.user, by=root.user)
    (row,) = root.api.get(f"{V1}/desk/messages?state=queued").json()["results"]
    assert "body" not in row
    url = f"{V1}/desk/messages/{row['id']}"
    assert root.api.post(f"{url}/bounce", {"error": "550 no such user"}).json()["state"] == "bounced"
    assert root.api.post(f"{url}/send-again", {"to": "new@example.org"}).json()["to"] == "new@example.org"


def test_desk_lists_take_the_same_statements_for_one_row_and_for_three(cast: Cast, django_assert_num_queries):
    api = owner().api
    for path in ("users", "messages"):
        for number in range(4):
            with django_assert_num_queries(4):  # what an owner may read by decision is one of them
                assert api.get(f"{V1}/desk/{path}").status_code == 200
            Message.objects.create(to="x@example.org", kind="k", key=f"{path}{number}", subject="s", body="b")
            UserFactory()
