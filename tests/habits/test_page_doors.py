"""Every page, tried by somebody from outside on a cycle that is not public, and by a rival on a round that is sealed.

The tries are made from the addresses themselves: a new page is tried without anybody thinking of it.
"""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db.models import Model
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from games.challenges.models import Challenge
from games.submissions.models import Version
from tests.cast import Cast
from tests.habits.sealed import seal

NOT_PAGES = ("api/", "static/", "media/", "health", "metrics", "ws/", "admin/")
TEXTS: dict[str, tuple[str, ...]] = {
    "cycle": ("water",),
    "group": ("red",),
    "round": ("call",),
    "board": ("result",),
    "challenge": ("concept",),
    "panel": ("jury",),
    "key": ("call", "quiet", "water"),
}
HIDDEN = ("Clean water", "Red Herons", "Quiet", "the secret plan", "plan.pdf", "Doors open at nine", "cousins", "a storm")
SEALED = ("the secret plan", "plan.pdf", "cousins", "a storm")
MOST = 4  # ids in a fresh database are small
# On PostgreSQL they would go on from whatever ran before.
pytestmark = [pytest.mark.django_db(transaction=True, reset_sequences=True), pytest.mark.any_database, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Page:
    """One address, with the names of what stands in it."""

    name: str
    path: str

    @property
    def wants(self) -> tuple[tuple[str, str], ...]:
        """(kind, name) of each part."""
        return tuple(re.findall(r"<(?:(\w+):)?(\w+)>", self.path))

    def addresses(self, numbers: tuple[int, ...]) -> Iterator[str]:
        """The address with everything sealed in it, one after the other."""
        choices = [numbers if kind == "int" else TEXTS.get(name, ("x",)) for kind, name in self.wants]
        for values in itertools.product(*choices):
            filled = iter(values)
            yield "/" + re.sub(r"<[^>]+>", lambda _: str(next(filled)), self.path)  # noqa: B023 used at once


def pages(patterns: list[Any] | None = None, before: str = "") -> Iterator[Page]:
    for one in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(one.pattern)
        if path.startswith(NOT_PAGES):
            continue
        if isinstance(one, URLResolver):
            yield from pages(one.url_patterns, path)
        elif isinstance(one, URLPattern):
            yield Page(str(one.name), path)


PAGES = [page for page in pages() if "(" not in page.path]


@pytest.fixture
def numbers(cast: Cast) -> tuple[int, ...]:
    """The ids of everything sealed in the cycle."""
    form = [{"key": "text"}, {"key": "plan", "type": "file"}]
    Challenge.objects.filter(pk=cast.concept.pk).update(spec={**cast.concept.spec, "form": form})
    rows = seal(cast)
    Version.objects.update(data={"text": "the secret plan"})
    return tuple(sorted({1, *(row.pk for row in rows.values() if row.pk < MOST)}))  # 1: the number of a version


def counts() -> dict[str, int]:
    """Rows of every model of the game."""
    models: list[type[Model]] = [*apps.get_app_config("games").get_models(), *apps.get_app_config("leaderboards").get_models()]
    return {model.__name__: model._default_manager.count() for model in models}


def told(client: Client, address: str, secrets: tuple[str, ...], body: dict[str, str] | None = None) -> list[str]:
    """Which secrets the answer tells."""
    answer = client.get(address) if body is None else client.post(address, body)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    text = content.decode(errors="replace") + answer.headers.get("Location", "")
    return [one for one in secrets if one in text]


def test_there_are_pages():
    assert len(PAGES) > 60
    assert {"cycle", "round", "entry", "receipt", "cycle-desk"} <= {page.name for page in PAGES}


@pytest.mark.parametrize("who", ["eve", "visitor"])
def test_nobody_outside_learns_anything_of_a_cycle_that_is_not_public(cast: Cast, numbers, who):
    client, found = getattr(cast, who).client, {}
    for page in PAGES:
        for address in page.addresses(numbers):
            if secrets := told(client, address, HIDDEN):
                found[f"{page.name} {address}"] = secrets
    assert found == {}


def test_nobody_outside_writes_anything_into_a_cycle_that_is_not_public(cast: Cast, numbers):
    before, client = counts(), cast.eve.client
    body = {"reason": "because", "act": "open", "do": "accept", "sure": "yes", "text": "x", "email": "x@example.org"}
    for page in PAGES:
        if not page.wants or page.name in {"set-password", "confirm", "use-link", "invitation", "stop-mails"}:
            continue
        for address in page.addresses(numbers):
            assert told(client, address, HIDDEN, body) == [], address
    after = counts()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {}


@pytest.mark.parametrize("who", ["ben", "eve", "visitor"])
def test_a_sealed_entry_of_a_public_cycle_is_told_to_no_rival_on_any_page(cast: Cast, numbers, who):
    cast.cycle.public = True
    cast.cycle.save(update_fields=["public"])
    client, found = getattr(cast, who).client, {}
    for page in PAGES:
        for address in page.addresses(numbers):
            if secrets := told(client, address, SEALED):
                found[f"{page.name} {address}"] = secrets
    assert found == {}


def test_the_secrets_are_there_for_those_inside(cast: Cast, numbers):
    """What is looked for would be found: the tries above mean something."""
    seen: set[str] = set()
    for client in (cast.ada.client, cast.org.client):
        for page in PAGES:
            if page.name in {"cycle", "group", "receipt", "decisions", "groups"}:
                for address in page.addresses(numbers):
                    seen |= set(told(client, address, HIDDEN))
    assert {"Clean water", "Red Herons", "the secret plan"} <= seen
