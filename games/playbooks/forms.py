"""Answers to a form, checked against its fields. Pure: text, number, choice, url, and references to uploaded files."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from games.errors import Invalid, Problem
from games.playbooks.schema.forms import FieldType, FormField
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _

MAX_TEXT: Final = 20_000
MAX_URL: Final = 2_000


class AnswersRefused(Invalid):
    """Some answers are not as the form asks. `problems` lists every one, `where` is the key of the field."""

    code = "answers_refused"


class Attached(NamedTuple):
    """An uploaded file as the form sees it: the field it was uploaded for, its ending, its bytes."""

    field: str
    ending: str
    size: int


def check_answers(
    fields: Sequence[FormField], answers: Mapping[str, Any], *, files: Mapping[int, Attached] | None = None
) -> dict[str, Any]:
    """The answers in a fixed form, unanswered fields left out. A number becomes an int or number text, a file the id of its upload.

    `files` are the uploads that may be referred to. Raises AnswersRefused with every fault.
    """
    known = {field.key for field in fields}
    names = ", ".join(sorted(known)) or _("none")
    problems = [
        Problem(str(key)[:64], _("not a field of the form; known: {names}", names=names), "unknown")
        for key in answers
        if key not in known
    ]
    checked: dict[str, Any] = {}
    for field in fields:
        given = answers.get(field.key)
        if _empty(given):
            if field.required:
                problems.append(Problem(field.key, _("{field}: an answer is needed", field=field.title), "required"))
            continue
        try:
            checked[field.key] = (
                _file(field, given, files or {}) if field.type is FieldType.FILE else _CHECKS[field.type](field, given)
            )
        except ValueError as error:
            problems.append(Problem(field.key, f"{field.title}: {error}"))
    if problems:
        raise AnswersRefused(_summary(problems), where=problems[0].where, problems=problems)
    return checked


def _summary(problems: Sequence[Problem]) -> str:
    others = _(" (and {count} more)", count=len(problems) - 1) if len(problems) > 1 else ""
    return f"{problems[0].message}{others}"


def _empty(given: Any) -> bool:
    return given is None or given == [] or (isinstance(given, str) and not given.strip())


def _text(field: FormField, given: Any) -> str:
    if not isinstance(given, str):
        msg = _("expected text, found {shown}", shown=_shown(given))
        raise ValueError(msg)  # noqa: TRY004 - one kind of error for all that is wrong with an answer
    if "\0" in given:
        msg = _("expected text without null characters")
        raise ValueError(msg)
    limit = field.max_length or MAX_TEXT
    if len(given) > limit:
        msg = _("expected at most {limit} characters, found {count}", limit=limit, count=len(given))
        raise ValueError(msg)
    return given


def _number(field: FormField, given: Any) -> int | str:
    # JSON readers make 2.5 a float; its shortest text is what was written.
    value = numbers.parse(repr(given) if isinstance(given, float) else given)
    if (field.min is not None and value < field.min) or (field.max is not None and value > field.max):
        low = _("no limit") if field.min is None else numbers.text(field.min)
        high = _("no limit") if field.max is None else numbers.text(field.max)
        msg = _("{text} is outside {low} to {high}", text=numbers.text(value), low=low, high=high)
        raise ValueError(msg)
    if field.step and ((value - (field.min or 0)) / field.step).denominator != 1:
        msg = _("{text} is not on the step {text2}", text=numbers.text(value), text2=numbers.text(field.step))
        raise ValueError(msg)
    # Beyond 2^53 JSON readers lose digits; text keeps them.
    return value.numerator if value.denominator == 1 and abs(value) < 2**53 else numbers.text(value)


def _choice(field: FormField, given: Any) -> str | list[str]:
    chosen = given if field.many and isinstance(given, list) else [given]
    strange = [one for one in chosen if not isinstance(one, str) or one not in field.choices]
    if strange:
        msg = _("{shown} is not among the choices: {names}", shown=_shown(strange[0]), names=", ".join(field.choices))
        raise ValueError(msg)
    if field.many:
        return [one for one in field.choices if one in chosen]
    return str(chosen[0])


def _url(field: FormField, given: Any) -> str:
    text = _text(field, given).strip()
    limit = field.max_length or MAX_URL
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and len(text) <= limit
    except ValueError:
        fits = False
    if not fits or any(one.isspace() or not one.isprintable() for one in text):
        msg = _("expected an address that begins with https:// or http://, of at most {limit} characters", limit=limit)
        raise ValueError(msg)
    return text


def _file(field: FormField, given: Any, files: Mapping[int, Attached]) -> int:
    found = files.get(given) if isinstance(given, int) and not isinstance(given, bool) else None
    if found is None or found.field != field.key:
        msg = _("expected the id of a file uploaded for this field")
        raise ValueError(msg)
    if found.size > field.max_bytes:
        msg = _("the file has {size} bytes, at most {max_bytes} are taken", size=found.size, max_bytes=field.max_bytes)
        raise ValueError(msg)
    if field.types and found.ending not in field.types:
        msg = _(
            'a file ending in "{ending}" is not taken; expected one of {names}', ending=found.ending, names=", ".join(field.types)
        )
        raise ValueError(msg)
    return int(given)


def _shown(given: Any) -> str:
    return repr(given)[:80]


_CHECKS: Final[Mapping[FieldType, Callable[[FormField, Any], Any]]] = {
    FieldType.TEXT: _text,
    FieldType.NUMBER: _number,
    FieldType.CHOICE: _choice,
    FieldType.URL: _url,
}
