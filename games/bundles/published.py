"""Published states in a bundle: `snapshots.json` holds them with the digests that prove them (checked in `verify`)."""

import json
from collections.abc import Iterable
from typing import Annotated, Any, Final

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints, TypeAdapter, ValidationError

from games.errors import Problem
from leaderboards import receipts
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Spec

FILE: Final = "snapshots.json"
Digest = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]


def _row(row: dict[str, Any]) -> dict[str, Any]:
    """A row says of whom it is: everything else in it is compared and never trusted."""
    if not isinstance(row.get("entry"), str) or type(row.get("line")) is not int:
        message = _('expected a row with a text "entry" and a whole number "line"')
        raise ValueError(message)
    return row


class Proof(Spec):
    """What was signed when a state was published (docs/proof.md). From `secret` the salt of each row follows."""

    statement: str
    signature: str
    key: str
    secret: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class Published(Spec):
    """One published state of a board, as everybody saw it. `acts`: the last act of points.csv that it counts; None: nobody said."""

    board: str
    number: Annotated[int, Field(ge=1)]
    design: Annotated[int, Field(ge=1)]
    digest: Digest
    previous: Digest = ""
    reason: str = ""
    at: AwareDatetime | None = None
    acts: Annotated[int, Field(ge=0)] | None = None
    proof: Proof | None = None
    rows: tuple[Annotated[dict[str, Any], AfterValidator(_row)], ...] = ()


_ALL: Final = TypeAdapter(tuple[Published, ...])


def read_snapshots(content: bytes) -> tuple[tuple[Published, ...], list[Problem]]:
    """The published states, or what is wrong with the file: read as whoever computes its digests reads it."""
    try:
        receipts.read_json(content)
    except ValueError as error:
        return (), [Problem(FILE, str(error))]
    try:
        return _ALL.validate_json(content), []
    except ValidationError as error:
        return (), [
            Problem(f"{FILE}: {'.'.join(str(part) for part in one['loc'])}", one["msg"])
            for one in error.errors(include_url=False)[:20]
        ]


def snapshots_json(snapshots: Iterable[Published]) -> bytes:
    """The file, always the same for the same states."""
    told = (one.model_dump(mode="json") for one in snapshots)
    data = [{name: value for name, value in one.items() if value is not None or name == "at"} for one in told]
    return (json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
