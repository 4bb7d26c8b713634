"""Words that a person reads, said in their language by whoever was put in charge of that; English, as written, until then.

The engine, the rules and every refusal say what they say through here, so that they need no Django:

    from leaderboards.engine.language import gettext as _
    raise Conflict(_('"{name}" is full: a group has at most {most} members.', name=group.name, most=most))

The shell hands in Django's translation at its start (`backend.apps`). Words are put together at once, in the language of whoever asks;
what is kept for good (a decision, a reason, the journal, a snapshot) is written without it, as data or in the words it was published in.
"""

from collections.abc import Callable
from typing import Any


class _Tongue:
    """Who translates: a template to a template, and one of two by a count."""

    def __init__(self) -> None:
        self.one: Callable[[str], str] = str
        self.many: Callable[[str, str, int], str] = lambda one, many, count: one if count == 1 else many


_tongue = _Tongue()


def speak_with(one: Callable[[str], str], many: Callable[[str, str, int], str]) -> None:
    """From now on templates are translated by these: `one(template)`, `many(singular, plural, count)`."""
    _tongue.one, _tongue.many = one, many


def gettext(template: str, /, **values: Any) -> str:
    """The template in the reader's language, with its {named} values; a template without values is said as it is."""
    said = _tongue.one(template)
    return said.format(**values) if values else said


def ngettext(singular: str, plural: str, count: int, /, **values: Any) -> str:
    """The form that the reader's language has for `count`, with the {named} values of both."""
    said = _tongue.many(singular, plural, count)
    return said.format(**values) if values else said


def gettext_noop(template: str) -> str:
    """Marks a template that stands in a table; `gettext` translates it where it is said."""
    return template
