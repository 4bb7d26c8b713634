"""States of a sheet. Pure."""

from enum import StrEnum


class SheetState(StrEnum):
    """assigned → draft → final; also recused. A final sheet changes only by reopening with a reason."""

    ASSIGNED = "assigned"
    DRAFT = "draft"
    FINAL = "final"
    RECUSED = "recused"


class MarkState(StrEnum):
    """Why a mark has no value. A given mark has none of these."""

    GIVEN = ""
    ABSENT = "absent"
    RECUSED = "recused"
