"""Every route of the API asks the permission table, and on every one somebody from outside is tried on a cycle that is not public.

The tries are made from the routes themselves: a new route is tried without anybody thinking of it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import Model
from django.urls import URLPattern

from backend.accounts.models import ApiToken, User
from backend.api import v1
from backend.api.permissions import ANYBODY, READS
from games.notices.models import Message
from games.permissions import PERMISSIONS, visible
from tests.cast import Cast, actor
from tests.habits.sealed import seal

METHODS = ("get", "post", "put", "patch", "delete")
DESCRIPTION = {"api-schema", "api-docs", "api-root"}  # the API's description is public
OF_THE_DESK: dict[str, type[Model]] = {
    "user": User,
    "message": Message,
    "token": ApiToken,
}  # rows that no row of the table filters
# What an outsider may do all the same, with the reason. Everything else is refused, or empty.
OPEN = {
    "me:get": "oneself",
    "me:patch": "oneself",
    "token-list:create": "one's own tokens",
    "notice-wishes:wishes": "one's own wishes",
    "notice-wishes:set_wishes": "one's own wishes",
    "organization-list:list": "names of organizations are public",
    "organization-detail:retrieve": "names of organizations are public",
    "verifying-verify:verify": "whoever was shown a badge verifies it",
    "playbook-list:list": "the library is public",
    "playbook-detail:retrieve": "the library is public",
}


@dataclass(frozen=True)
class Door:
    """One action of one route: its method, and the permission it takes (None where the view says nothing)."""

    route: str
    path: str
    method: str
    action: str
    permission: str | None
    seen_as: str | None

    def __str__(self) -> str:
        return f"{self.route}:{self.action}"

    def model(self) -> type[Model] | None:
        """What kind of row the address names."""
        for name in (self.seen_as, self.permission):
            if name in PERMISSIONS and PERMISSIONS[name].model is not None:
                return PERMISSIONS[name].model
        return OF_THE_DESK.get(self.route.partition("-")[0])


def doors() -> Iterator[Door]:
    for pattern in v1.views.url_patterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name in DESCRIPTION:
            continue
        view = pattern.callback.cls  # type: ignore[attr-defined]
        actions = getattr(pattern.callback, "actions", None) or {m: m for m in METHODS if hasattr(view, m)}
        declared, seen_as = getattr(view, "permissions", {}), getattr(view, "seen_as", None)
        for method, action in actions.items():
            if method != "head":
                permission = declared.get(action, seen_as if action in READS else None)
                yield Door(str(pattern.name), str(pattern.pattern), method, action, permission, seen_as)


DOORS = list(doors())
GUARDED = [door for door in DOORS if str(door) not in OPEN]
NAMED = [door for door in GUARDED if "<" in door.path]


@pytest.fixture
def sealed(cast: Cast) -> dict[type[Model], Model]:
    return seal(cast)


def address(door: Door, pk: Any) -> str:
    return "/api/v1/" + re.sub(r"<[^>]+>", str(pk), door.path)


def knock(client: Any, door: Door, pk: Any, body: dict[str, Any]) -> Any:
    if door.method == "get":
        return client.get(address(door, pk), body)
    return getattr(client, door.method)(
        address(door, pk), body, format="json", headers={"Idempotency-Key": f"{door.method}-{pk}"}
    )


def body_of(sealed: dict[type[Model], Model]) -> dict[str, Any]:
    """The ids of everything hidden: an action that takes one of them in its body gets a real one."""
    return {model.__name__.lower(): row.pk for model, row in sealed.items()} | {"reason": "because", "entry": "red", "q": "red"}


def row_of(door: Door, sealed: dict[type[Model], Model]) -> Model | None:
    model = door.model()
    if model is None and "<int:cycle>" in door.path:
        model = next(kind for kind in sealed if kind.__name__ == "Cycle")
    return sealed.get(model) if model else None


def nothing(found: dict[str, Any]) -> bool:
    """An empty list, or counts that are all zero."""
    return found.get("results") == [] or all(value == 0 for value in found.values())


def test_the_api_has_doors():
    assert len(DOORS) > 100


def test_every_action_of_every_route_is_in_the_permission_table():
    assert [
        f"{door} takes {door.permission!r}" for door in DOORS if door.permission != ANYBODY and door.permission not in PERMISSIONS
    ] == []


def test_every_open_door_still_exists():
    assert set(OPEN) - {str(door) for door in DOORS} == set()


def test_there_is_a_hidden_row_behind_every_address(sealed):
    assert [str(door) for door in NAMED if row_of(door, sealed) is None] == []


def test_what_is_tried_is_really_hidden_from_eve_and_shown_to_those_inside(cast, sealed):
    names = {door.seen_as for door in NAMED if door.seen_as}
    rows = [(name, sealed[model]) for name in sorted(names) if (model := PERMISSIONS[name].model) in sealed]
    assert len(rows) > 15
    inside = (cast.org, cast.ada, cast.judith, actor("root", is_superuser=True))  # the owner breaks the glass of any cycle
    for name, row in rows:
        table = type(row)._default_manager.filter(pk=row.pk)
        assert not visible(cast.eve.access, name, table).exists(), name
        assert any(visible(one.access, name, table).exists() for one in inside), name


def test_an_outsider_is_refused_or_finds_nothing_at_every_door(cast, sealed):
    let_in = {}
    clients = {outsider.name: outsider.api for outsider in (cast.eve, cast.visitor)}
    for door in GUARDED:
        row = row_of(door, sealed)
        for name, client in clients.items():
            answer = knock(client, door, row.pk if row else 1, body_of(sealed))
            found = answer.json() if answer.status_code == 200 else None
            if found is not None and not nothing(found):
                let_in[f"{name} at {door}"] = found
            elif found is None and not 400 <= answer.status_code < 500:
                let_in[f"{name} at {door}"] = answer.status_code
    assert let_in == {}


def test_hidden_and_absent_look_alike_at_every_door(cast, sealed):
    told_apart, client = {}, cast.eve.api
    for door in NAMED:
        row = row_of(door, sealed)
        assert row is not None
        absent = row.pk + 987_654 if isinstance(row.pk, int) else "3f0e9a6c-0000-4000-8000-000000000000"
        said, body = [], body_of(sealed)
        for pk in (row.pk, absent):
            answer = knock(client, door, pk, body)
            said.append((answer.status_code, re.sub(rb"/" + str(pk).encode() + rb"\b", b"/N", answer.content)))
        if said[0] != said[1]:
            told_apart[str(door)] = said
    assert told_apart == {}


MALFORMED: dict[str, Any] = {"marks": 3, "revision": [], "reason": {}, "text": [], "note": {}, "until": {}}


def test_what_is_wrong_with_a_body_is_told_to_nobody_from_outside(cast, sealed):
    told = {}
    for door in NAMED:
        if door.method == "get":
            continue
        row = row_of(door, sealed)
        assert row is not None
        for name, client in {outsider.name: outsider.api for outsider in (cast.eve, cast.visitor)}.items():
            if (answer := knock(client, door, row.pk, MALFORMED)).status_code == 422:
                told[f"{name} at {door}"] = answer.json()["errors"]
    assert told == {}
