"""Every route of the API asks the permission table, and every one has a test in which eve, who is outside, is refused."""

import ast
from collections.abc import Iterator

from django.urls import URLPattern

from backend.api import v1
from backend.api.permissions import ANYBODY, READS
from games.permissions import PERMISSIONS
from tests.habits.house import sources, tree

METHODS = ("get", "post", "put", "patch", "delete")
DESCRIPTION = {"api-schema", "api-docs"}  # the API's description is public


def doors() -> Iterator[tuple[str, str, str | None]]:
    """(route name, action, permission it takes) of every route; None where the view says nothing."""
    for pattern in v1.urlpatterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name in DESCRIPTION or pattern.name == "api-root":
            continue
        view = pattern.callback.cls  # type: ignore[attr-defined]
        actions = getattr(pattern.callback, "actions", None) or {m: m for m in METHODS if hasattr(view, m)}
        declared = getattr(view, "permissions", {})
        for action in dict.fromkeys(actions.values()):
            seen = getattr(view, "seen_as", None) if action in READS else None
            yield str(pattern.name), action, declared.get(action, seen)


def refused_outside() -> set[str]:
    """Route names in ``@pytest.mark.outsider("cycle-detail", ...)`` marks."""
    return {
        argument.value
        for path in sources("tests")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.outsider")
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }


def test_the_api_has_doors():
    assert len(list(doors())) > 20


def test_every_action_of_every_route_is_in_the_permission_table():
    assert [
        f"{route}:{action} takes {name!r}" for route, action, name in doors() if name != ANYBODY and name not in PERMISSIONS
    ] == []


def test_every_route_has_a_test_in_which_an_outsider_is_refused():
    guarded = {route for route, _, name in doors() if name != ANYBODY}
    assert guarded - refused_outside() == set()


def test_no_mark_names_a_route_that_is_gone():
    assert refused_outside() - {route for route, _, _ in doors()} == set()
