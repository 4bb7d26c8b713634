"""Write the JSON Schema of the tables: python -m games.bundles docs/tables.schema.json."""

import json
import sys
from pathlib import Path
from typing import Any

from games.bundles import cells
from games.bundles.tables import SHAPES, Cell
from leaderboards.engine.language import gettext as _


def schema() -> dict[str, Any]:
    """A row of each table, as the CSV reader of an editor or a script sees it: every cell is text."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": _("Tables of a Ludus bundle"),
        "description": _("One definition per table NAME.csv: a row as an object of texts. Further columns are kept as data."),
        "$defs": {
            name: {
                "type": "object",
                "properties": {column: _cell(read) for column, read in shape.columns.items()},
                "required": list(shape.required),
                "additionalProperties": {"type": "string"},
            }
            for name, shape in SHAPES.items()
        },
    }


def _cell(read: Cell) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "string"}
    match read:
        case cells.OneOf():
            return found | {"enum": list(dict.fromkeys((*read.words, *(("",) if read.otherwise is not None else ()))))}
        case cells.Short():
            return found | {"maxLength": read.most}
        case _:
            return found | {"description": (read.__doc__ or "").strip().splitlines()[0]}


def written() -> str:
    """The file."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(written(), encoding="utf-8")
