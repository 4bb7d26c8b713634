"""Answers to a form as cells, and back. What scoring reads stands in columns of its own."""

import json
from collections.abc import Mapping
from typing import Any, Final

from games.bundles.bundle import ENTRY
from games.bundles.rows import AttemptRow, SubmissionRow
from games.bundles.tables import SHAPES
from games.playbooks.schema import ChallengeDesign, FieldType
from leaderboards.engine import numbers

PREFIX: Final = "answer."
TAKEN: Final = frozenset({*SHAPES["submissions"].columns, ENTRY})
ANSWER: Final = "answer"
NUMBER: Final = "number"


def column_of(name: str) -> str:
    """The column in which an answer stands: its own key, unless the table has a column of that name."""
    return f"{PREFIX}{name}" if name in TAKEN or name.startswith(PREFIX) else name


def name_of(column: str) -> str:
    """The key of the answer in a column."""
    return column.removeprefix(PREFIX)


def answers_of(
    task: ChallengeDesign, row: SubmissionRow, extra: tuple[str, ...], uploads: Mapping[tuple[str, str], int]
) -> dict[str, Any]:
    """The cells of a submission that are no scoring numbers, or are asked in the form too, as answers. Empty ones are left out.

    `uploads`: (field, digest) → the file of this entry. A file that did not come along is left out too.
    """
    asked = {field.key: field for field in task.form}
    scored = {field.key for field in task.fields} - asked.keys()
    found: dict[str, Any] = {}
    for column, cell in zip(extra, row.extra, strict=True):
        name = name_of(column)
        if not cell or column == ENTRY or name in scored:
            continue
        field = asked.get(name)
        if field is not None and field.type is FieldType.FILE:
            if (name, cell) in uploads:
                found[name] = uploads[name, cell]
            continue
        found[name] = cell if field is None else _read(cell, field.type, many=field.many)
    return found


def _read(cell: str, kind: FieldType, *, many: bool) -> Any:
    try:
        if kind is FieldType.NUMBER:
            value = numbers.parse(cell)
            return value.numerator if value.denominator == 1 and abs(value) < 2**53 else numbers.text(value)
        if kind is FieldType.CHOICE and many:
            chosen = json.loads(cell)
            return [str(one) for one in chosen] if isinstance(chosen, list) else [cell]
    except (ValueError, RecursionError):
        pass
    return [cell] if many else cell


def cells_of(task: ChallengeDesign | None, answers: Mapping[str, Any], digests: Mapping[int, str]) -> dict[str, str]:
    """Answers as cells, by column. A file stands in its cell by its digest: `digests` by the id of the upload."""
    files = {field.key for field in task.form if field.type is FieldType.FILE} if task else set()
    found = {name: digests.get(value, "") if name in files else value for name, value in answers.items()}
    return {
        column_of(name): value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in found.items()
        if value not in (None, "")
    }


def answer_of(row: AttemptRow, extra: tuple[str, ...]) -> str:
    """What was tried: the column `answer`, or all further columns as one JSON object."""
    found = {name: cell for name, cell in zip(extra, row.extra, strict=True) if cell and name != NUMBER}
    if set(found) <= {ANSWER}:
        return found.get(ANSWER, "")
    return json.dumps(found, ensure_ascii=False)


def columns_of_attempt(answer: str, *, machine: bool) -> dict[str, str]:
    """The further columns of an attempt. Answers to a machine (quizzes are JSON too) stay one column."""
    if not answer:
        return {}
    if not machine and answer.startswith("{"):
        try:
            found = json.loads(answer)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict) and all(isinstance(cell, str) for cell in found.values()):
            return found
    return {ANSWER: answer}
