"""What a version holds: its digest, and the numbers that scoring reads."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785

from games.errors import Invalid, Problem
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import FieldSpec


class FieldRefused(Invalid):
    """A number that scoring reads is not as declared."""

    code = "field_refused"


def digest_of(data: Mapping[str, Any], fields: Mapping[str, int], files: Mapping[str, str]) -> str:
    """SHA-256, hex, over the RFC 8785 canonical JSON of answers, numbers (scaled, as text) and files (field → SHA-256 of its bytes).

    Anyone with the version can compute it again, also elsewhere: a file stands in it by its content, not by its id. Numbers go in
    as text because canonical JSON refuses integers beyond 2^53.
    """
    answers = {key: _exact(value) for key, value in data.items() if key not in files}
    body = {"data": answers, "fields": {key: str(value) for key, value in fields.items()}, "files": dict(files)}
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


def _exact(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _exact(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(inner) for inner in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**53:
        return str(value)
    return value


def scaled_fields(
    specs: Sequence[FieldSpec], answers: Mapping[str, Any], before: Mapping[str, int], *, decimals: int
) -> dict[str, int]:
    """The scoring numbers of a version, × 10^decimals: from the answers of the same key, else what organizers set `before`.

    A field without answer is left out: the Design's default, or "unscored", applies in scoring. Raises FieldRefused with every fault.
    """
    found: dict[str, int] = {}
    problems: list[Problem] = []
    for spec in specs:
        given = answers.get(spec.key)
        if given is None or given == "":
            if spec.key in before:
                found[spec.key] = before[spec.key]
            continue
        try:
            found[spec.key] = _scaled(spec, given, decimals)
        except ValueError as error:
            problems.append(Problem(spec.key, str(error)))
    if problems:
        raise FieldRefused(str(problems[0]), where=problems[0].where, problems=problems)
    return found


def _scaled(spec: FieldSpec, given: Any, decimals: int) -> int:
    scaled = exactly_scaled(given, decimals)
    value = numbers.from_scaled(scaled, decimals)
    if (spec.min is not None and value < spec.min) or (spec.max is not None and value > spec.max):
        low = _("no limit") if spec.min is None else numbers.text(spec.min)
        high = _("no limit") if spec.max is None else numbers.text(spec.max)
        msg = _("{text} is outside {low} to {high}", text=numbers.text(value), low=low, high=high)
        raise ValueError(msg)
    return scaled


def exactly_scaled(given: object, decimals: int) -> int:
    """A number × 10^decimals; ValueError if it has more decimals than are kept.

    A float counts as its shortest text: JSON readers make 2.5 one, and that text is what was written.
    """
    value = numbers.parse(repr(given) if isinstance(given, float) else given)
    scaled = numbers.to_scaled(value, decimals)
    if numbers.from_scaled(scaled, decimals) != value:
        msg = _("{text} has more than the {decimals} decimals that are kept", text=numbers.text(value), decimals=decimals)
        raise ValueError(msg)
    if abs(scaled) >= 2**63:
        msg = _("{text} is too large", text=numbers.text(value))
        raise ValueError(msg)
    return scaled
