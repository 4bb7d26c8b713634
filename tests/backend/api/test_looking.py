"""Rows of kept actions are those that are found without: nobody is given what another person of the same kind may have."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import QuerySet
from hypothesis import given
from hypothesis import strategies as st
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.viewsets import GenericViewSet

from backend.accounts.models import ApiToken, User
from backend.accounts.rules import digest_of
from backend.api import looking
from backend.api.mounting import once
from games.cycles.models import Cycle
from games.groups.models import Membership
from games.journal.queries import db_now
from games.organizations.models import Person
from games.permissions import Access
from leaderboards.kept import KeptShapes

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]


class Cycles(GenericViewSet[Cycle]):
    """Both actions do the same; one of them is kept."""

    queryset = Cycle.objects.all()
    seen_as = "cycle.view"
    permissions = dict.fromkeys(("kept_one", "plain_one", "careless"), "cycle.organize")
    kept = frozenset({"kept_one", "careless"})

    @action(detail=True, methods=["post"])
    def kept_one(self, request: Request, pk: str) -> Response:
        return Response({"name": self.get_object().name})

    @action(detail=True, methods=["post"])
    def plain_one(self, request: Request, pk: str) -> Response:
        return Response({"name": self.get_object().name})

    @action(detail=True, methods=["post"])
    def careless(self, request: Request, pk: str) -> Response:
        return Response({"name": self.get_object().name})

    def get_queryset(self) -> QuerySet[Cycle]:
        return Cycle.objects.exclude(name=str(self.request.user)) if self.action == "careless" else Cycle.objects.all()


@dataclass
class World:
    cycles: dict[str, Cycle]
    secrets: dict[str, str]


@pytest.fixture
def world() -> World:
    cycles, secrets = {}, {}
    for name in ("ada", "ben", "eve"):
        user = User.objects.create(email=f"{name}@example.org", password="x")
        secrets[name] = f"ludus_{name}"
        ends = db_now() + timedelta(days=1)
        ApiToken.objects.create(user=user, name="t", digest=digest_of(secrets[name]), expires_at=ends, last_used_at=db_now())
        person = Person.objects.create(key=name, name=name, user=user)
        if name == "eve":
            continue
        cycles[name] = Cycle.objects.create(key=name, name=f"Cycle of {name}", state="draft")
        Membership.objects.create(cycle=cycles[name], person=person, capabilities=["organize"], since=db_now())
    return World(cycles, secrets)


def ask(which: str, secret: str, pk: Any, query: str = "") -> Any:
    request = APIRequestFactory().post(f"/{query}", headers={"Authorization": f"Bearer {secret}"} if secret else {})
    return once(Cycles).as_view({"post": which})(request, pk=pk).render()


def test_everybody_finds_the_same_with_it_as_without(world: World) -> None:
    shown = {}
    for _ in range(2):
        for name, secret in (*world.secrets.items(), ("nobody", "")):
            for whose, cycle in world.cycles.items():
                kept, plain = (ask(which, secret, str(cycle.pk)) for which in ("kept_one", "plain_one"))
                assert (kept.status_code, kept.content) == (plain.status_code, plain.content)
                shown[name, whose] = kept.status_code
    assert shown["ada", "ada"] == shown["ben", "ben"] == 200
    assert shown["ada", "ben"] == shown["ben", "ada"] == shown["eve", "ada"] == shown["eve", "ben"] == 404
    assert shown["nobody", "ada"] == 404


@pytest.mark.parametrize("pk", ["0", "9" * 18, "9" * 40, "+1", "one", "1 OR 1=1", "\u0663"])
def test_a_strange_address_is_answered_alike(world: World, pk: str) -> None:
    kept, plain = (ask(which, world.secrets["ada"], pk) for which in ("kept_one", "plain_one"))
    assert (kept.status_code, kept.content) == (plain.status_code, plain.content)


def test_it_takes_no_more_statements(world: World, django_assert_num_queries: Any) -> None:
    for which in ("kept_one", "plain_one"):
        with django_assert_num_queries(3):  # the token with what one holds, the row, whether one may
            assert ask(which, world.secrets["ada"], str(world.cycles["ada"].pk)).status_code == 200


def test_what_somebody_may_no_more_is_not_found_any_more(world: World) -> None:
    own = str(world.cycles["ada"].pk)
    assert ask("kept_one", world.secrets["ada"], own).status_code == 200
    Membership.objects.filter(cycle=world.cycles["ada"]).update(until=db_now())
    assert ask("kept_one", world.secrets["ada"], own).status_code == 404


def test_a_kept_action_that_looks_at_more_than_who_asks_is_a_mistake(world: World) -> None:
    with pytest.raises(AttributeError, match="user"):
        ask("careless", world.secrets["ada"], str(world.cycles["ada"].pk))


def test_who_holds_very_much_is_asked_about_as_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looking, "MANY", 2)
    statements = KeptShapes()
    monkeypatch.setattr(looking, "_statements", statements)
    assert ask("kept_one", world.secrets["ada"], str(world.cycles["ada"].pk)).status_code == 200
    assert ask("kept_one", world.secrets["ada"], str(world.cycles["ben"].pk)).status_code == 404
    assert not statements._built


ids = st.integers(1, 5)
held = st.dictionaries(ids, st.frozensets(st.sampled_from(["organize", "judge", "submit"])), max_size=3)
somebody = st.builds(
    Access,
    now=st.just(db_now),
    user_id=st.none() | ids,
    owner=st.booleans(),
    persons=st.frozensets(ids, max_size=3),
    cycles=held,
    groups=held,
    member_of=st.frozensets(ids, max_size=3),
    opened=st.frozensets(ids, max_size=2),
)


@given(somebody)
def test_somebody_is_their_shape_and_their_values(access: Access) -> None:
    assert access.with_values(access.values()) == access


@given(somebody, st.integers(10, 20))
def test_another_of_the_same_shape_is_as_many_in_as_much(access: Access, first: int) -> None:
    other = access.with_values([access.now, *range(first, first + len(access.values()) - 1)])
    assert other.shape() == access.shape()
    assert [len(one) for one in (other.persons, other.cycles, other.groups, other.member_of, other.opened)] == [
        len(one) for one in (access.persons, access.cycles, access.groups, access.member_of, access.opened)
    ]
