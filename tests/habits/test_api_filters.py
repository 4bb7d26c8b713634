"""No filter of the API looks up a row that the reader may not know of: a hidden id and one that is nobody's get the same answer."""

from typing import Any

import django_filters
import pytest
from django.db.models import Model
from django.urls import URLPattern

from backend.api import v1
from backend.api.filters import Filtered, IdFilter
from tests.cast import Cast
from tests.habits.sealed import seal

NOBODYS = 987_654_321


def lists() -> list[tuple[str, str, Any]]:
    """(route, address, view) of every route that lists rows at a fixed address."""
    found = []
    for pattern in v1.views.url_patterns:
        assert isinstance(pattern, URLPattern)
        actions = getattr(pattern.callback, "actions", None) or {}
        if "list" in actions.values() and "<" not in str(pattern.pattern):
            found.append((str(pattern.name), f"/api/v1/{pattern.pattern}", pattern.callback.cls))  # type: ignore[attr-defined]
    return found


LISTS = lists()


def filters_of(view: Any) -> dict[str, Any]:
    found = Filtered().get_filterset_class(view(), view.queryset)
    return dict(found.base_filters) if found else {}


@pytest.mark.parametrize(("route", "path", "view"), LISTS, ids=[one[0] for one in LISTS])
def test_no_filter_looks_rows_up(route: str, path: str, view: Any) -> None:
    looking = (django_filters.ModelChoiceFilter, django_filters.ModelMultipleChoiceFilter)
    assert [name for name, one in filters_of(view).items() if isinstance(one, looking)] == []


@pytest.mark.django_db
def test_hidden_and_absent_ids_in_a_filter_get_the_same_answer(cast: Cast) -> None:
    sealed: dict[type[Model], Model] = seal(cast)
    client, tried = cast.eve.api, 0
    for route, path, view in LISTS:
        for name, one in filters_of(view).items():
            if not isinstance(one, IdFilter):
                continue
            field = view.queryset.model
            for part in one.field_name.split("__"):
                field = field._meta.get_field(part).related_model
            if field not in sealed:
                continue
            hidden, absent = (client.get(path, {name: pk}) for pk in (sealed[field].pk, NOBODYS))
            assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content), f"{route}?{name}"
            tried += 1
    assert tried > 10


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["x", "0", "-1", "1.5", str(2**63)])
def test_what_is_no_id_is_refused_in_words(cast: Cast, value: str) -> None:
    answer = cast.org.api.get("/api/v1/sheets", {"challenge": value})
    assert answer.status_code == 422
    assert "challenge" in answer.content.decode()
