"""The reference says everything: each key of the Design, each table, each column."""

import re
from collections.abc import Iterator
from pathlib import Path

from pydantic import BaseModel

from games.bundles.__main__ import written
from games.bundles.sheets import Sheet
from games.bundles.tables import SHAPES
from games.playbooks.schema import Design, design_problems
from games.playbooks.schema.messages import models_in

TEXT = (Path(__file__).parents[3] / "docs" / "bundle.md").read_text(encoding="utf-8")


def models(model: type[BaseModel], seen: set[type[BaseModel]]) -> Iterator[type[BaseModel]]:
    if model not in seen:
        seen.add(model)
        yield model
        for field in model.model_fields.values():
            for inner in models_in(field.annotation):
                yield from models(inner, seen)


def test_every_key_of_the_rules_is_in_the_reference() -> None:
    known = set(re.findall(r"[a-z_]+", " ".join(re.findall(r"`[^`]+`|```.*?```", TEXT, re.DOTALL))))
    missing = {
        f"{model.__name__}.{name}"
        for top in (Design, Sheet)
        for model in models(top, set())
        for name in model.model_fields
        if name not in known
    }
    assert missing == set()


def test_every_table_and_column_is_in_the_reference() -> None:
    for name, shape in SHAPES.items():
        line = next(row for row in TEXT.splitlines() if row.startswith(f"| {name}.csv |"))
        assert [column for column in shape.columns if not re.search(rf"\b{column}\b", line)] == []
        assert set(re.findall(r"\*\*(\w+)\*\*", line)) == set(shape.required)


def test_the_schema_of_the_tables_is_current() -> None:
    path = Path(__file__).parents[3] / "docs" / "tables.schema.json"
    assert path.read_text(encoding="utf-8") == written(), "run: python -m games.bundles docs/tables.schema.json"


def test_the_example_in_the_reference_is_sound() -> None:
    example = re.findall(r"```toml\n(format = 1.*?)```", TEXT, re.DOTALL)[0]
    assert [str(problem) for problem in design_problems(example)] == []
