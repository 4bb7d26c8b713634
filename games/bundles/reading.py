"""From files to a Bundle: rules, tables, feed; every fault of every file is found before any is reported."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from games.bundles import clics
from games.bundles.attached import read_files
from games.bundles.bundle import Bundle
from games.bundles.check import problems as check_problems
from games.bundles.published import FILE as SNAPSHOTS
from games.bundles.published import read_snapshots
from games.bundles.rules import MAX_FILE, MEGABYTE, BundleRefused, Faults
from games.bundles.settle import Settler
from games.bundles.sheets import Sheet, read_sheet, sheets_of
from games.bundles.source import Source, open_source
from games.bundles.tables import SHAPES, Table, Tables, read_table
from games.bundles.text import decoded
from games.errors import Problem
from games.playbooks.schema import WARNING, CycleSpec, Design
from games.playbooks.schema.reading import read_design, read_toml
from leaderboards.engine.language import gettext as _

RULES: Final = "cycle.toml"
SERIES: Final = "series.toml"
FORMATS: Final = ("bundle", "clics")


@dataclass(frozen=True, slots=True)
class Read:
    """What was read: one cycle, or the cycles of a series in order of their keys. `warnings` did not stop it."""

    bundles: tuple[Bundle, ...]
    series: CycleSpec | None = None
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _SingleFile:
    """One feed file, given without a folder around it."""

    path: Path
    name: str

    def names(self) -> tuple[str, ...]:
        return (clics.FEED,)

    def read(self, name: str) -> bytes:
        size = self.path.stat().st_size
        if size > MAX_FILE:
            raise BundleRefused(
                [Problem(name, _("{size:.0f} MB; at most {max_file} MB", size=size / MEGABYTE, max_file=MAX_FILE // MEGABYTE))]
            )
        return self.path.read_bytes()

    def inside(self, folder: str) -> Source:
        raise BundleRefused([Problem(self.name, _('is a single file: there is no folder "{folder}" in it', folder=folder))])


def read_bundle(path: str | Path, fmt: str | None = None) -> Bundle:
    """The one cycle at `path`. Raises BundleRefused with every fault; also for a series (see `read_path`)."""
    read = read_path(path, fmt)
    if read.series is not None:
        raise BundleRefused(
            [Problem(str(path), _("is a series of {count} cycles; name one of its folders in cycles/", count=len(read.bundles)))]
        )
    return read.bundles[0]


def read_path(path: str | Path, fmt: str | None = None) -> Read:
    """The cycle, or the series of cycles, in a folder, a zip or (format clics) a feed file.

    Without `fmt` a folder that has a feed and no attempts.csv is read as clics. Raises BundleRefused with every fault.
    """
    path = Path(path)
    if fmt is not None and fmt not in FORMATS:
        raise BundleRefused(
            [Problem(str(path), _('the format "{fmt}" is not known; known: {names}', fmt=fmt, names=", ".join(FORMATS)))]
        )
    if path.is_file() and path.suffix in {".ndjson", ".json", ".jsonl"}:
        return read_source(_SingleFile(path, path.name), fmt or "clics")
    return read_source(open_source(path), fmt)


def read_source(source: Source, fmt: str | None = None) -> Read:
    """The same from an open source, such as an upload."""
    names = source.names()
    if SERIES in names and RULES not in names:
        return _read_series(source, fmt)
    bundle, problems = _read_one(source, fmt)
    errors = [problem for problem in problems if problem.code != WARNING]
    if bundle is None or errors:
        raise BundleRefused(errors)
    return Read((bundle,), None, tuple(problem for problem in problems if problem.code == WARNING))


def _read_series(source: Source, fmt: str | None) -> Read:
    series, problems = _series_of(source.read(SERIES))
    keys = sorted({name.split("/")[1] for name in source.names() if name.startswith("cycles/") and name.count("/") > 1})
    if not keys:
        problems.append(Problem(SERIES, _("there is no folder cycles/KEY beside it")))
    bundles: list[Bundle] = []
    for key in keys:
        bundle, found = _read_one(source.inside("cycles").inside(key), fmt)
        problems += [Problem(f"cycles/{key}/{problem.where}", problem.message, problem.code) for problem in found]
        if bundle is not None:
            bundles.append(bundle)
            if series is not None and bundle.design.cycle.series != series.key:
                where = f"cycles/{key}/{RULES}: cycle.series"
                problems.append(
                    Problem(
                        where, _('expected "{series}", found "{series2}"', series=series.key, series2=bundle.design.cycle.series)
                    )
                )
    errors = [problem for problem in problems if problem.code != WARNING]
    if errors or series is None:
        raise BundleRefused(errors)
    return Read(tuple(bundles), series, tuple(problems))


def _series_of(content: bytes) -> tuple[CycleSpec | None, list[Problem]]:
    faults = Faults(SERIES)
    text = decoded(content, faults)
    if text is None:
        return None, faults.all()
    try:
        data = read_toml(text)
    except ValueError as error:
        return None, [Problem(SERIES, str(error))]
    wrapped = {"format": data.get("format"), "cycle": data.get("series"), "rounds": [{"key": "none"}]}
    problems = [
        Problem(f"{SERIES}: {name}", _("unknown key; known: format, series")) for name in data if name not in {"format", "series"}
    ]
    design, found = read_design(wrapped, start=None, file=SERIES)
    problems += [
        Problem(one.where.replace(": cycle", ": series"), one.message)
        for one in found
        if one.code != WARNING and "boards" not in one.where
    ]
    return (design.cycle if design else None), problems


def _read_one(source: Source, fmt: str | None) -> tuple[Bundle | None, list[Problem]]:
    names = source.names()
    feed = clics.feed_in(names) if fmt == "clics" or (fmt is None and "attempts.csv" not in names) else None
    if fmt == "clics" and feed is None:
        return None, [Problem(source.name, _("no event feed (*.ndjson) was found"))]
    if RULES not in names and feed is None:
        return None, [
            Problem(
                source.name, _("no {rules} was found; found: {names}", rules=RULES, names=", ".join(names[:8]) or _("nothing"))
            )
        ]
    design, sheets, problems = _rules(source, names)
    read = clics.read_feed(source.read(feed), feed) if feed is not None else None
    if read is not None:
        problems += read.problems
        if RULES not in names:
            design = read.design
    tables, faults = _tables(source, sheets)
    problems += _strange(names, sheets)
    if read is not None:
        clics.add(read, tables)
    if design is None:
        return None, problems + [one for found in faults.values() for one in found.all()]
    Settler(design).settle(tables, faults)
    snapshots, broken = read_snapshots(source.read(SNAPSHOTS)) if SNAPSHOTS in names else ((), [])
    problems += broken
    bundle = Bundle(design, tables, snapshots, read_files(source, tables, faults))
    problems += check_problems(bundle, faults, sound=all(problem.code == WARNING for problem in problems))
    return bundle, problems


def _rules(source: Source, names: tuple[str, ...]) -> tuple[Design | None, list[Sheet], list[Problem]]:
    if RULES not in names:
        return None, [], []
    faults = Faults(RULES)
    text = decoded(source.read(RULES), faults)
    if text is None:
        return None, [], faults.all()
    try:
        written: Mapping[str, Any] = read_toml(text)
    except ValueError as error:
        return None, [], [Problem(RULES, str(error))]
    sheets, problems = sheets_of(written, RULES)
    design, found = read_design({name: value for name, value in written.items() if name != "sheets"}, start=None, file=RULES)
    return design, sheets, problems + found


def _tables(source: Source, sheets: list[Sheet]) -> tuple[Tables, dict[str, Faults]]:
    tables, faults = Tables(), {name: Faults(f"{name}.csv") for name in SHAPES}
    names = source.names()
    for name in SHAPES:
        if f"{name}.csv" in names:
            table: Table[Any] = read_table(name, source.read(f"{name}.csv"), faults[name])
            setattr(tables, name, table)
    for sheet in sheets:
        found = faults[sheet.file] = Faults(sheet.file)
        if sheet.file in names:
            read_sheet(sheet, source.read(sheet.file), tables, found)
        else:
            found.add(_("is named in {rules} but is not there", rules=RULES))
    return tables, faults


def _strange(names: tuple[str, ...], sheets: list[Sheet]) -> list[Problem]:
    known = {f"{name}.csv" for name in SHAPES} | {sheet.file for sheet in sheets}
    return [
        Problem(name, _("unknown table; known: {names}", names=", ".join(f"{table}.csv" for table in SHAPES)))
        for name in names
        if name.endswith(".csv") and "/" not in name and name not in known
    ]
