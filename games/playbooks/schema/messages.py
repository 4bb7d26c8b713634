"""Validation errors in the words of the file: the path as written, what was expected, what was found, which keys are known."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from games.errors import Problem
from leaderboards.engine.language import gettext as _

Path = tuple[str | int, ...]


def problems(error: ValidationError, model: type[BaseModel], place: Callable[[Path], str]) -> list[Problem]:
    """Each fault once, at the place its author knows."""
    details = [(detail, *_path(detail["loc"], model)) for detail in error.errors(include_url=False)]
    paths = [path for _detail, path, _inner in details]
    found: dict[Problem, None] = {}
    for detail, path, inner in details:
        deeper = any(len(other) > len(path) and other[: len(path)] == path for other in paths)
        if not (
            deeper and isinstance(detail.get("input"), Mapping)
        ):  # a table for a text or a table: what is wrong inside says more
            found[Problem(place(path), _message(detail, inner))] = None
    return list(found)


def models_in(annotation: object) -> Iterator[type[BaseModel]]:
    """Every model that a value of this annotation may be."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from models_in(inner)


def _path(loc: tuple[int | str, ...], model: type[BaseModel]) -> tuple[Path, list[type[BaseModel]]]:
    """The keys and places of a location, without the names of models and validators that stand between; and the models at its end."""
    path: list[str | int] = []
    here: list[type[BaseModel]] = [model]
    holder: list[type[BaseModel]] = here
    free = False  # the next step is the key of a plain table, such as weights
    for number, step in enumerate(loc):
        fields = [one.model_fields[step] for one in here if isinstance(step, str) and step in one.model_fields]
        last = number == len(loc) - 1
        if isinstance(step, int):
            path.append(step)
        elif fields:
            path.append(step)
            holder = here
            here = [inner for field in fields for inner in models_in(field.annotation)]
            free = any("dict[" in str(field.annotation) or "Mapping" in str(field.annotation) for field in fields)
        elif chosen := [one for one in here if step == one.__name__ or step == _tag(one)]:
            here = chosen
        elif (last and here and not _noise(step)) or (free and not _noise(step)):
            path.append(step)
    return tuple(path), here or holder


def _tag(model: type[BaseModel]) -> str | None:
    kind = model.model_fields.get("kind")
    tags = get_args(kind.annotation) if kind else ()
    return tags[0] if tags else None


def _noise(step: str) -> bool:
    """Words that the validator puts between: union members, functions, types."""
    return "[" in step or "-" in step or step in {"int", "str", "bool", "date", "datetime", "fraction", "dict", "tuple"}


def _message(detail: ErrorDetails, models: list[type[BaseModel]]) -> str:
    kind, found = detail["type"], detail.get("input")
    context: Mapping[str, Any] = detail.get("ctx") or {}
    if kind == "extra_forbidden":
        known = dict.fromkeys(name for model in models for name, field in model.model_fields.items() if not field.exclude)
        return _("unknown key; known: {names}", names=", ".join(sorted(known, key=_rank)))
    if kind == "missing":
        return _("missing key")
    if kind == "value_error":
        return str(context.get("error", detail["msg"]))
    words = {
        "enum": _("expected {context}", context=context.get("expected", "")),
        "literal_error": _("expected {context}", context=context.get("expected", "")),
        "string_type": _("expected a text"),
        "int_type": _("expected a whole number"),
        "bool_type": _("expected true or false"),
        "tuple_type": _("expected a list"),
        "list_type": _("expected a list"),
        "dict_type": _("expected a table"),
        "model_type": _("expected a table"),
        "model_attributes_type": _("expected a table"),
        "timezone_aware": _("expected a time with its offset (Z or +02:00)"),
        "string_pattern_mismatch": _("expected a text like {context}", context=context.get("pattern", "")),
        "union_tag_not_found": _("the key kind is missing; expected one of flag, number, quiz"),
        "union_tag_invalid": _("kind: expected one of {context}", context=context.get("expected_tags", "")),
    }
    said = words.get(kind, detail["msg"][:1].lower() + detail["msg"][1:])
    return _("{said}, found {shown}", said=said, shown=_shown(found))


def _rank(name: str) -> int:
    """Names first, rounding last, the rest as it stands."""
    return {"key": 0, "name": 1, "decimals": 3, "rounding": 4}.get(name, 2)


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value[:60]}"'
    if isinstance(value, Mapping):
        return _("a table")
    if isinstance(value, list | tuple):
        return _("a list")
    return str(value)[:60]
