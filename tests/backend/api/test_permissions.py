from dataclasses import dataclass
from datetime import timedelta

import pytest
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.serializers import ModelSerializer
from rest_framework.test import APIRequestFactory
from rest_framework.viewsets import ModelViewSet

from backend.accounts.models import ApiToken, User
from backend.accounts.rules import digest_of
from backend.api.permissions import access_of
from games.cycles.models import Cycle
from games.groups.models import Membership
from games.journal.queries import db_now
from games.organizations.models import Person

pytestmark = pytest.mark.django_db


class CycleSerializer(ModelSerializer):
    class Meta:
        model = Cycle
        fields = ("id", "key", "name")


class Cycles(ModelViewSet):
    """As a slice would write it: names of permissions, nothing else."""

    queryset = Cycle.objects.all()
    serializer_class = CycleSerializer
    seen_as = "cycle.view"
    permissions = {"create": "cycle.launch", "pause": "cycle.organize", "mine": "signed_in", "front": "anybody"}

    @action(detail=True, methods=["post"])
    def pause(self, request, pk):
        return Response({"paused": self.get_object().pk})

    @action(detail=False)
    def mine(self, request):
        return Response({"user": access_of(request).user_id})

    @action(detail=False)
    def front(self, request):
        return Response({})


@dataclass
class World:
    public: Cycle
    draft: Cycle
    org: str
    eve: str


def token(email, **fields):
    user = User.objects.create(email=email, password="x", **fields)
    secret = f"ludus_{email}"
    ApiToken.objects.create(user=user, name="t", digest=digest_of(secret), expires_at=db_now() + timedelta(days=1))
    return user, secret


@pytest.fixture
def world():
    public = Cycle.objects.create(key="open", name="Open", state="running")
    draft = Cycle.objects.create(key="draft", name="Draft", state="draft")
    user, org = token("org@example.org", may_launch=True)
    person = Person.objects.create(key="org", name="Org", user=user)
    for cycle in (public, draft):
        Membership.objects.create(cycle=cycle, person=person, capabilities=["organize"], since=db_now())
    return World(public, draft, org, token("eve@example.org")[1])


def ask(method, actions, secret="", pk=None, data=None):
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    request = getattr(APIRequestFactory(), method)("/", data, headers=headers, format="json")
    response = Cycles.as_view(actions)(request, **({} if pk is None else {"pk": pk}))
    return response.render()


def test_a_list_holds_what_may_be_seen(world):
    def names(secret):
        return [row["key"] for row in ask("get", {"get": "list"}, secret).data["results"]]

    assert names("") == names(world.eve) == ["open"]
    assert names(world.org) == ["open", "draft"]


def test_what_is_hidden_looks_absent_to_eve(world):
    hidden = ask("get", {"get": "retrieve"}, world.eve, world.draft.pk)
    absent = ask("get", {"get": "retrieve"}, world.eve, 10**6)
    assert (hidden.status_code, hidden.content, dict(hidden.headers)) == (404, absent.content, dict(absent.headers))
    assert ask("get", {"get": "retrieve"}, world.org, world.draft.pk).status_code == 200


def test_to_act_takes_more_than_to_see(world):
    pause = {"post": "pause"}
    assert ask("post", pause, world.org, world.public.pk).status_code == 200
    assert ask("post", pause, world.eve, world.public.pk).status_code == 403
    assert ask("post", pause, "", world.public.pk).status_code == 401
    assert ask("post", pause, world.eve, world.draft.pk).status_code == 404


def test_a_permission_about_the_person_is_asked_at_once(world):
    create = {"post": "create"}
    body = {"key": "new", "name": "New"}
    assert ask("post", create, world.eve, data=body).status_code == 403
    assert ask("post", create, "", data=body).status_code == 401
    assert ask("post", create, world.org, data=body).status_code == 201
    assert ask("get", {"get": "mine"}, world.eve).status_code == 200
    assert ask("get", {"get": "mine"}).status_code == 401
    assert ask("get", {"get": "front"}).status_code == 200


def test_an_action_nobody_declared_is_closed_even_to_the_organizer(world):
    assert ask("delete", {"delete": "destroy"}, world.org, world.public.pk).status_code == 403
    assert Cycle.objects.filter(pk=world.public.pk).exists()


@pytest.mark.parametrize("secret", ["ludus_wrong", "x", "ludus_\u00e9".encode("latin-1").decode("latin-1")])
def test_a_wrong_token_is_refused_and_says_what_is_expected(world, secret):
    response = ask("get", {"get": "list"}, secret)
    assert (response.status_code, response.data["code"]) == (401, "not_authenticated")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="Ludus"'


def test_expired_and_revoked_tokens_are_refused_alike(world):
    ApiToken.objects.filter(user__email="eve@example.org").update(expires_at=db_now() - timedelta(seconds=1))
    assert ask("get", {"get": "list"}, world.eve).status_code == 401
    ApiToken.objects.filter(user__email="org@example.org").update(revoked_at=db_now())
    assert ask("get", {"get": "list"}, world.org).status_code == 401


def test_a_token_for_another_cycle_sees_no_draft(world):
    ApiToken.objects.filter(user__email="org@example.org").update(cycles=[world.public.pk])
    assert ask("get", {"get": "retrieve"}, world.org, world.draft.pk).status_code == 404
    assert ask("post", {"post": "pause"}, world.org, world.public.pk).status_code == 200
    assert ask("post", {"post": "create"}, world.org, data={"key": "n", "name": "N"}).status_code == 403


def test_a_list_costs_the_same_with_one_row_and_three(world, django_assert_num_queries):
    ask("get", {"get": "list"}, world.org)  # once a minute the use of a token is noted
    with django_assert_num_queries(2):
        ask("get", {"get": "list"}, world.org)
    for key in ("a", "b"):
        Cycle.objects.create(key=key, name=key, state="running")
    with django_assert_num_queries(2):
        ask("get", {"get": "list"}, world.org)
