"""Answers to a form against its fields: cleaned answers, or every fault with the field it is at. Pure; for entries and registrations."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final
from urllib.parse import urlsplit

from games.errors import Problem
from games.playbooks.schema.forms import FieldType, FormField
from leaderboards.engine import numbers

URL_LENGTH: Final = 2_000
LINE_LENGTH: Final = 1_000
TEXT_LENGTH: Final = 200_000
_MEGABYTE: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileFact:
    """What is known of an upload: the name it came with, its size in bytes, and its type (an ending such as pdf, told by its first bytes)."""

    name: str
    size: int
    type: str


@dataclass(frozen=True, slots=True)
class Checked:
    """`answers`: key → text, number text, choice, list of choices, URL or upload id; unanswered fields are left out."""

    answers: Mapping[str, Any]
    problems: tuple[Problem, ...] = ()
    numbers: Mapping[str, Fraction] = field(default_factory=dict)

    @property
    def good(self) -> bool:
        """Nothing is wrong."""
        return not self.problems


class _Wrong(ValueError):
    """What was expected of one answer."""


def check_answers(
    fields: Sequence[FormField],
    answers: Mapping[str, Any],
    *,
    files: Mapping[int, FileFact] | None = None,
    complete: bool = True,
    where: str = "",
) -> Checked:
    """Hold `answers` against `fields`. `files`: the uploads that may be named. `complete=False` (a draft) lets required ones be missing.

    Every problem is at `where` + key of its field, codes required, unknown or invalid. A number is kept as number text, exactly.
    """
    cleaned: dict[str, Any] = {}
    found: list[Problem] = []
    exact: dict[str, Fraction] = {}
    path = f"{where}." if where else ""
    for one in fields:
        value = answers.get(one.key)
        if _empty(value):
            if one.required and complete:
                found.append(Problem(f"{path}{one.key}", f"{_called(one)} is needed.", "required"))
            continue
        try:
            cleaned[one.key] = _READ[one.type](one, value, files or {})
        except _Wrong as wrong:
            found.append(Problem(f"{path}{one.key}", f"{_called(one)}: {wrong}.", "invalid"))
            continue
        if one.type is FieldType.NUMBER:
            exact[one.key] = numbers.parse(cleaned[one.key])
    known = {one.key for one in fields}
    strange = [key for key in answers if key not in known]
    listed = ", ".join(one.key for one in fields) or "none"
    found += [Problem(f"{path}{key}", f"There is no such field; known: {listed}.", "unknown") for key in strange]
    return Checked(cleaned, tuple(found), exact)


def _called(one: FormField) -> str:
    return one.name or one.key


def _empty(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip()) or (isinstance(value, list | tuple) and not value)


def plain_text(value: str, *, lines: bool) -> str:
    """Text in normal form, with single line ends and without control signs, which no form field can hold on purpose."""
    text = unicodedata.normalize("NFC", value).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in {"Cc", "Cs"})
    return kept.strip() if lines else " ".join(kept.split())


def _text(one: FormField, value: Any, _files: Mapping[int, FileFact]) -> str:
    if not isinstance(value, str):
        raise _Wrong("expected a text")
    text = plain_text(value, lines=one.lines > 1)
    longest = one.max_length or (TEXT_LENGTH if one.lines > 1 else LINE_LENGTH)
    if len(text) > longest:
        raise _Wrong(f"{len(text)} characters are too many; at most {longest}")
    return text


def _number(one: FormField, value: Any, _files: Mapping[int, FileFact]) -> str:
    if isinstance(value, float):
        value = repr(value)
    try:
        number = numbers.parse(value)
    except ValueError as fault:
        raise _Wrong(str(fault)) from None
    if one.min is not None and number < one.min:
        raise _Wrong(f"{numbers.text(number)} is below {numbers.text(one.min)}")
    if one.max is not None and number > one.max:
        raise _Wrong(f"{numbers.text(number)} is above {numbers.text(one.max)}")
    if one.step is not None and one.step and (number - (one.min or 0)) % one.step != 0:
        start = f", counted from {numbers.text(one.min)}" if one.min else ""
        raise _Wrong(f"{numbers.text(number)} is not on a step of {numbers.text(one.step)}{start}")
    return numbers.text(number)


def _choice(one: FormField, value: Any, _files: Mapping[int, FileFact]) -> str | list[str]:
    if one.many:
        chosen = list(value) if isinstance(value, list | tuple) else [value]
        strange = [choice for choice in chosen if choice not in one.choices]
        if strange:
            raise _Wrong(f"{strange[0]!s:.80} is not among {', '.join(one.choices)}")
        return [choice for choice in one.choices if choice in chosen]
    if value not in one.choices:
        raise _Wrong(f"expected one of {', '.join(one.choices)}")
    return str(value)


def _url(one: FormField, value: Any, _files: Mapping[int, FileFact]) -> str:
    expected = "expected an address like https://example.org/page"
    if not isinstance(value, str):
        raise _Wrong(expected)
    url = value.strip()
    longest = one.max_length or URL_LENGTH
    if len(url) > longest:
        raise _Wrong(f"{len(url)} characters are too many; at most {longest}")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise _Wrong(expected) from None
    odd = any(sign.isspace() or unicodedata.category(sign)[0] == "C" for sign in url)
    if parts.scheme.lower() not in {"http", "https"} or not host or parts.username is not None or odd:
        raise _Wrong(expected)
    return url


def _file(one: FormField, value: Any, files: Mapping[int, FileFact]) -> int:
    number = int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value
    fact = files.get(number) if isinstance(number, int) and not isinstance(number, bool) else None
    if fact is None:
        raise _Wrong("expected the id of a file uploaded to this entry")
    check_file(one, fact)
    return int(number)


def check_file(one: FormField, fact: FileFact) -> None:
    """Raise ValueError, saying what was expected, when an upload is too large or of a type the field does not take."""
    if fact.size > one.max_bytes:
        raise _Wrong(f"{fact.name} has {fact.size / _MEGABYTE:.1f} MB; at most {one.max_bytes / _MEGABYTE:.1f}")
    if fact.size == 0:
        raise _Wrong(f"{fact.name} is empty")
    if one.types and fact.type not in one.types:
        raise _Wrong(f"{fact.name} is {fact.type or 'of unknown type'}; expected {', '.join(one.types)}")


_READ: Final[Mapping[FieldType, Callable[[FormField, Any, Mapping[int, FileFact]], Any]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.CHOICE: _choice,
    FieldType.URL: _url,
    FieldType.FILE: _file,
}
