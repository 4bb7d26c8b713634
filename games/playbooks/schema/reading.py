"""From TOML text, or plain data, to a Design: upgrade, expand, validate, check. Every fault is found before any is reported."""

import tomllib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from pydantic import ValidationError

from games.errors import Invalid, Problem
from games.playbooks.expand import Expansion, expand
from games.playbooks.schema.design import Design
from games.playbooks.schema.messages import problems as validation_problems
from games.playbooks.upgraders import upgraded
from leaderboards.engine import checks
from leaderboards.engine.checks.problem import Severity
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext

FILE: Final = "cycle.toml"
WARNING: Final = "warning"
DERIVED: Final = ("rounding", "mark_decimals")


class DesignRefused(Invalid):
    """The rules cannot stand as they are. `problems` lists every fault."""

    code = "design_refused"

    def __init__(self, problems: list[Problem]) -> None:
        faults = ngettext("1 fault", "{count} faults", len(problems), count=len(problems))
        super().__init__(
            _("The design has {faults}: {problems}", faults=faults, problems=problems[0]),
            where=problems[0].where,
            problems=problems,
        )


def parse_design(written: str | Mapping[str, Any], *, start: datetime | None = None, file: str = FILE) -> Design:
    """The Design of a cycle.toml text, or of plain data of the same shape. `start` is what offset times count from.

    Raises DesignRefused with every fault: in places "cycle.toml: challenges[0].criteria[0].maximum".
    """
    design, found = read_design(written, start=start, file=file)
    errors = [problem for problem in found if problem.code != WARNING]
    if design is None or errors:
        raise DesignRefused(errors)
    return design


def design_problems(written: str | Mapping[str, Any], *, start: datetime | None = None, file: str = FILE) -> list[Problem]:
    """Every fault of the written rules. Those with the code `warning` do not stop it."""
    return read_design(written, start=start, file=file)[1]


def read_design(written: str | Mapping[str, Any], *, start: datetime | None, file: str) -> tuple[Design | None, list[Problem]]:
    """The Design if the tables are valid, and all problems."""
    try:
        data = read_toml(written) if isinstance(written, str) else dict(written)
        data, problems = upgraded(data)
        expansion = expand(data, start=start)
    except _BrokenTomlError as broken:
        return None, [Problem(file, str(broken))]
    except RecursionError:
        return None, [Problem(file, _("tables within tables too deep to be read"))]
    problems += expansion.problems + [
        Problem(key, _("unknown key here; it belongs into [cycle]")) for key in DERIVED if key in expansion.data
    ]
    design: Design | None = None
    try:
        design = Design.model_validate(expansion.data)
    except ValidationError as error:
        problems += [one for one in validation_problems(error, Design, expansion.place) if one.where not in DERIVED]
    if design is not None:
        problems += _checked(design, expansion)
    return design, [_in_file(one, file) for one in problems]


def _checked(design: Design, expansion: Expansion) -> list[Problem]:
    found = [Problem(expansion.place(path), message) for path, message in design.faults()]
    found += [
        Problem(one.path, one.message, WARNING if one.severity is Severity.WARNING else "invalid")
        for one in checks.problems(design)
    ]
    return found


def _in_file(problem: Problem, file: str) -> Problem:
    if not file:
        return problem
    return Problem(f"{file}: {problem.where}" if problem.where else file, problem.message, problem.code)


class _BrokenTomlError(ValueError):
    """No TOML at all."""


def read_toml(text: str) -> dict[str, Any]:
    """TOML with exact numbers (Decimal, never float). Raises ValueError naming line and column."""
    try:
        return tomllib.loads(text, parse_float=_decimal)
    except tomllib.TOMLDecodeError as error:
        msg = _("this is not valid TOML: {error}", error=error)
        raise _BrokenTomlError(msg) from None


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:  # pragma: no cover - tomllib hands over numbers only
        raise _BrokenTomlError(text) from None


def json_schema() -> dict[str, Any]:
    """JSON Schema of an expanded Design, for editors. `key` may be `keys`, and `like` may stand beside it, before expansion."""
    schema = Design.model_json_schema(mode="validation")
    for derived in DERIVED:
        schema["properties"].pop(derived, None)
    _allow_families(schema)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _allow_families(schema: dict[str, Any]) -> None:
    """Tables with a key may be written with `keys` and `like`."""
    for table in schema.get("$defs", {}).values():
        properties = table.get("properties", {})
        if "key" in properties and table["title"] not in {"CycleSpec", "PlaybookInfo"}:
            properties["keys"] = {"type": "array", "items": {"type": "string"}, "minItems": 1, "title": "Keys"}
            properties["like"] = {"type": "string", "title": "Like"}
            table["required"] = [name for name in table.get("required", ()) if name != "key"]
            if not table["required"]:
                del table["required"]
