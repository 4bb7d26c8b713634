"""Rows of the database as data to take away."""

from typing import Any

from django.db.models import Model, QuerySet


def rows[M: Model](found: QuerySet[M], *columns: str, **renamed: str) -> list[dict[str, Any]]:
    """Rows as data: `columns` under their own names, `renamed` under others (name=path)."""
    paths = {**{column: column for column in columns}, **renamed}
    return [dict(zip(paths, row, strict=True)) for row in found.values_list(*paths.values())]
