"""From a Bundle to files, always the same bytes for the same content: rows sorted, numbers as plain text, LF line ends."""

import csv
import io
import zipfile
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import tomli_w

from games.bundles.attached import FILES
from games.bundles.bundle import Bundle
from games.bundles.published import FILE as SNAPSHOTS
from games.bundles.published import snapshots_json
from games.bundles.tables import SHAPES, Table
from games.playbooks.expand import TIME_KEYS
from games.playbooks.schema import CycleSpec, Design
from leaderboards.engine import numbers
from leaderboards.engine.spec.base import clock_text

STAMP: Final = (1980, 1, 1, 0, 0, 0)
FIRST: Final = ("key", "name", "summary")
UNSET: Final[Mapping[tuple[str, str], object]] = {
    ("submissions", "version"): 0,
    ("marks", "version"): 0,
    ("replies", "version"): 0,
    ("changes", "appeal"): 0,
    ("changes", "position"): 0,
    ("change_tests", "idea"): 0,
    ("change_tests", "taken"): 0,
    ("readings", "idea"): 0,
    ("readings", "entry"): 0,
    ("taken", "reading"): 0,
    ("slots", "seats"): 1,
    ("bookings", "counts"): "yes",
    ("suggestions", "version"): 0,
    ("threads", "idea"): 0,
    ("threads", "accepted"): 0,
    ("posts", "corrects"): 0,
    ("ideas", "entry"): 0,
    ("ideas", "attempt"): 0,
    ("ideas", "merged"): 0,
    ("changes", "target"): "{}",
    ("changes", "before"): "{}",
    ("changes", "after"): "{}",
    ("votes", "count"): 1,
    ("points", "reverses"): 0,
    ("points", "repeats"): 0,
    ("wins", "idea"): 0,
    ("wins", "built"): 0,
    ("wins", "test"): 0,
    ("wins", "attempt"): 0,
    ("progress", "state"): "{}",
    ("progress", "base"): "{}",
    ("weeks", "acts"): 0,
    ("weeks", "tests"): 0,
    ("weeks", "adoptions"): 0,
    ("grants", "sessions"): 0,
    ("carried", "was"): 0,
    ("carried", "amount"): 0,
    ("carried", "test"): 0,
    ("retrospective", "design"): 0,
    ("proposals", "facts"): "{}",
    ("game", "number"): 0,
    ("game", "early"): 0,
    ("game", "points"): 0,
    ("credit", "of"): 0,
    ("credit", "to"): 0,
    ("credit", "depth"): 1,
    ("credit", "uncapped"): 1,
    ("files", "entry"): 1,
    ("assignments", "max_load"): 0,
}
Files = dict[str, bytes]


def files_of(bundle: Bundle) -> Files:
    """cycle.toml, every table that has rows, and the files of entries, by file name."""
    found: Files = {"cycle.toml": design_toml(bundle.design).encode()}
    for name in SHAPES:
        table: Table[Any] = getattr(bundle.tables, name)
        if table.rows:
            found[f"{name}.csv"] = table_csv(name, table)
    if bundle.snapshots:
        found[SNAPSHOTS] = snapshots_json(bundle.snapshots)
    return found | {f"{FILES}/{digest}": content for digest, content in bundle.files.items()}


def series_files(series: CycleSpec, bundles: Iterable[Bundle]) -> Files:
    """A whole series: series.toml and a folder for each cycle."""
    data = _toml(series.model_dump(mode="json", exclude_defaults=True))
    found: Files = {"series.toml": tomli_w.dumps({"format": 1, "series": data}).encode()}
    for bundle in bundles:
        found |= {f"cycles/{bundle.design.cycle.key}/{name}": content for name, content in files_of(bundle).items()}
    return found


def write_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Write the files below a folder, made if it is not there."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def zipped(files: Mapping[str, bytes]) -> bytes:
    """The files as a zip; the same files give the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, STAMP)
            info.compress_type = (
                zipfile.ZIP_STORED if f"{FILES}/" in name else zipfile.ZIP_DEFLATED
            )  # a file as it is may look like a bomb
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return buffer.getvalue()


def design_toml(design: Design) -> str:
    """The Design as TOML, expanded; reading it gives an equal Design."""
    data: dict[str, Any] = _toml(design.data())
    order = [
        "format",
        "cycle",
        "playbook",
        "aim",
        "checks",
        "roles",
        "registration",
        "rounds",
        "challenges",
        "boards",
        "cuts",
        "awards",
    ]
    ranked = sorted(data, key=lambda name: (order.index(name) if name in order else len(order), name))
    return tomli_w.dumps({name: data[name] for name in ranked}, multiline_strings=True)


def _toml(value: Any, name: str = "") -> Any:
    """JSON data as TOML would say it: times as times, decimal text as numbers, no empty keys, key and name first."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: FIRST.index(key) if key in FIRST else len(FIRST))
        return {key: _toml(value[key], key) for key in keys if value[key] is not None}
    if isinstance(value, list):
        return [_toml(inner, name) for inner in value]
    if isinstance(value, str) and name in TIME_KEYS:
        return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    return value


def table_csv(name: str, table: Table[Any]) -> bytes:
    """A table with its columns in their order, without the optional ones that are empty in every row; rows sorted."""
    shape = SHAPES[name]
    columns = list(shape.columns)
    rows = sorted(
        [*(_cell(name, column, value) for column, value in zip(columns, row, strict=False)), *row.extra] for row in table.rows
    )
    names = [*columns, *table.extra]
    used = [
        place
        for place, column in enumerate(names)
        if place >= len(columns) or column in shape.required or any(row[place] for row in rows)
    ]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([names[place] for place in used])
    writer.writerows([row[place] for place in used] for row in rows)
    return buffer.getvalue().encode()


def _cell(table: str, column: str, value: Any) -> str:
    if value is None or UNSET.get((table, column)) == value:
        return ""
    if table == "attempts" and column == "at" and isinstance(value, int):
        return clock_text(value)
    return _WRITERS.get(type(value), str)(value)


_WRITERS: Final[Mapping[type, Callable[[Any], str]]] = {Fraction: numbers.text, datetime: datetime.isoformat, Decimal: str}
