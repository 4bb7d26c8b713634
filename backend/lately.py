"""Compiled templates: those that were shown lately are kept, the others are read again when somebody asks for their page.

There are more than three hundred of them, twenty megabytes in each web process; a page takes ten to thirty, and most people ask for the
same few pages. Reading one again costs a millisecond, the longest eight. Pages drawn by chance, some more often than others, miss one in three
pages with 100 kept and two in three with 60: 0.4 ms a page for 2.4 megabytes.
"""

from collections import OrderedDict
from contextlib import suppress
from typing import Any, Final, override

from django.template.base import Node, Template
from django.template.engine import Engine
from django.template.loaders import cached

MOST: Final = 60


class Lately(OrderedDict[str, Any]):
    """What was asked for last, MOST of it. Several threads may ask: each step is one, and what another thread took away is missed by nobody."""

    @override
    def get(self, key: str, default: Any = None) -> Any:
        with suppress(KeyError):
            self.move_to_end(key)
        return super().get(key, default)

    @override
    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(value, Template) and not value.engine.debug:
            _without_places(value)
        super().__setitem__(key, value)
        while len(self) > MOST:
            with suppress(KeyError):
                self.popitem(last=False)


def _without_places(template: Template) -> None:
    """A node's own text and line are told on a developer's page of a fault only: a fifth of what a template takes."""
    for node in template.nodelist.get_nodes_by_type(Node):
        node.token = None


class Loader(cached.Loader):
    """Django's loader that keeps what it compiled, with an end to it."""

    def __init__(self, engine: Engine, loaders: Any) -> None:
        super().__init__(engine, loaders)
        self.get_template_cache = Lately()
