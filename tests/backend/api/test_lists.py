"""Every list of the API, row by row: each row comes once, whatever the list is ordered by."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.backend.api import described
from tests.factories.house import House, full_house

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/"
JUDGES_OWN = {"sheets/queue"}


def paged() -> list[str]:
    """The addresses below ROOT whose answer is a page of a longer list."""
    named = {
        path: {one["name"] for one in methods.get("get", {}).get("parameters", ())} for path, methods in described.paths().items()
    }
    return sorted(path.removeprefix(ROOT) for path, names in named.items() if "cursor" in names)


@pytest.fixture
def house() -> House:
    return full_house()


def walk(api: Any, path: str) -> list[Any]:
    found: list[Any] = []
    for _ in range(200):
        answer = api.get(path)
        assert answer.status_code == 200, (path, answer.json())
        found += answer.json()["results"]
        link = answer.json()["next"]
        if link is None:
            return found
        parts = urlsplit(link)
        path = f"{parts.path}?{parts.query}"
    raise AssertionError(f"{path} never ends")


def refuse(text: str) -> None:
    raise AssertionError(f"{text} is a number that is not exact")


def test_every_list_gives_every_row_once_when_it_is_read_one_by_one_and_no_float(house: House) -> None:
    paths = paged()
    assert len(paths) > 25
    for path in paths:
        api = house.people["judith" if path in JUDGES_OWN else "org"].api
        whole = api.get(f"{ROOT}{path}?limit=200").json(parse_float=refuse)["results"]
        assert len(whole) >= 3, path
        assert walk(api, f"{ROOT}{path}?limit=1") == whole, path
