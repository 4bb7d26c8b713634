"""Addresses name their views by words; a view is loaded when it is first asked for. So each word is right, and any view may be the first."""

import ast
from collections.abc import Iterator
from importlib import import_module

from django.urls import URLPattern, URLResolver, get_resolver, resolve

from backend.api import v1
from backend.web.answers import content_of
from tests.habits.house import ROOT, sources, tree
from tests.habits.test_purity import in_a_fresh_process

PAGES = ("backend/web/pages", "backend/accounts/pages")
ACTS = (
    "worker.reactions",
    "games.judging.actions",
    "games.notices.actions",
    "games.progression.actions",
    "backend.web.pages.desk",
)
"""What brings megabytes along, and what nobody needs who only reads boards."""


def addresses(patterns: list[URLPattern | URLResolver]) -> Iterator[URLPattern]:
    for one in patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns)
        else:
            yield one


def test_every_address_leads_to_a_view():
    found = list(addresses(get_resolver().url_patterns))
    assert len(found) > 500
    for one in found:
        module, name = one.callback.__module__, one.callback.__qualname__
        if "<locals>" not in name:  # else made of a class, which walking over the addresses has loaded
            assert callable(getattr(import_module(module), name, None)), f"{one.pattern}: {module}.{name} is nothing"


def test_the_one_address_of_the_api_that_pages_link_to_is_there():
    assert resolve(content_of(1)).url_name == "upload-content"


def test_no_two_addresses_of_the_api_share_a_name_unless_they_are_one_resource():
    named: dict[str, set[str]] = {}
    for _, place, name in v1.VIEWS:
        named.setdefault(name, set()).add(place)
    assert {name: places for name, places in named.items() if len(places) > 1} == {}


def leads_to() -> dict[str, set[str]]:
    """Module of a page -> modules of pages that are loaded with it. Loading what is in a package loads the package first."""
    files = {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in sources(*PAGES)}
    found: dict[str, set[str]] = {}
    for name, path in files.items():
        asked = {name.rpartition(".")[0]}
        for node in tree(path).body:
            if isinstance(node, ast.ImportFrom) and node.module:
                asked |= {node.module, *(f"{node.module}.{one.name}" for one in node.names), node.module.rpartition(".")[0]}
        found[name] = {one for one in asked if one in files and one != name}
    return found


def test_pages_do_not_lead_to_each_other_in_a_circle():
    """In a circle it would depend on which page is asked for first whether it loads."""
    left = leads_to()
    assert len(left) > 100
    while free := [name for name, asked in left.items() if not asked & left.keys()]:
        for name in free:
            del left[name]
    assert left == {}


def test_who_only_reads_boards_loads_no_acts():
    code = (
        "import sys, backend.wsgi\nfrom django.urls import resolve, reverse\nreverse('home')\n"
        "resolve('/api/v1/boards/1/standings'), resolve('/api/v1/snapshots/1')\n"
        f"print(*[name for name in {ACTS!r} if name in sys.modules])"
    )
    assert in_a_fresh_process(code) == []
