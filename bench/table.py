"""The table that is printed, and the same as JSON."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

from bench.harness import Result

SPEARMAN: Final = "ρ"
"""The unit of rank correlations: shown with three decimals."""
HEAD: Final = ("row", "ours", "limit", "ratio", "must", "")


def number(value: float, unit: str) -> str:
    """Short, with its unit: 0.0123 s, 412 /s, 4."""
    if unit == "s":
        return f"{value:.3f} s" if value >= 0.01 else f"{value * 1000:.2f} ms"
    return f"{value:.3f}" if unit == SPEARMAN else f"{value:,.0f} {unit}".strip()


def line(result: Result) -> tuple[str, ...]:
    """The cells of one result."""
    ratio = "" if result.ratio is None else f"{result.ratio:.3f}"
    limit = number(result.limit, result.unit) if result.limit else ""
    return (result.name, number(result.ours, result.unit), limit, ratio, result.must, "BELOW" if result.below else "")


def text(results: Sequence[Result]) -> str:
    """Aligned columns; under each row what it is, and what was noted on the way."""
    rows = [HEAD, *map(line, results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    printed = []
    for row, result in zip(rows, (None, *results), strict=True):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:5], widths[1:5], strict=True)), row[5]]
        printed.append("  ".join(cells).rstrip())
        if result is None:
            printed.append("-" * (sum(widths) + 2 * (len(HEAD) - 1)))
        else:
            printed.extend(f"    {said}" for said in (result.about, *result.notes) if said)
    return "\n".join(printed)


def as_json(results: Sequence[Result], *, sizes: str) -> str:
    """A list of objects with the fields of Result."""
    return json.dumps({"sizes": sizes, "rows": [asdict(result) for result in results]}, indent=2, ensure_ascii=False)
