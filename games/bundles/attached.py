"""Files in a bundle: `files/SHA-256`, each an entry's (files.csv) or the proof that a prize was delivered (grants.csv); nothing else lies there."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Final

from games.bundles.answers import name_of
from games.bundles.bundle import ENTRY, Bundle, entry_of
from games.bundles.places import Places
from games.bundles.rows import FileRow
from games.bundles.rules import Faults
from games.bundles.source import Source
from games.bundles.tables import Tables, each
from games.playbooks.files import FileRefused, examine
from games.playbooks.schema import FieldType
from leaderboards.engine.language import gettext as _

FILES: Final = "files"
NAMED_BY: Final = (("files", "digest"), ("grants", "file"))
"""(table, column) that names files by their digests."""
type Refuse = Callable[[str, str], None]


def read_files(source: Source, tables: Tables, faults: Mapping[str, Faults]) -> dict[str, bytes]:
    """The bytes of every file that a row names, by digest. What is missing, forged or named nowhere is a fault."""
    there = {name.removeprefix(f"{FILES}/") for name in source.names() if name.startswith(f"{FILES}/")}
    found: dict[str, bytes] = {}
    named: set[str] = set()
    for name, column in NAMED_BY:
        for row, refuse in each(getattr(tables, name), faults[name]):
            digest: str = getattr(row, column)
            if digest and digest not in there:
                refuse(column, _("there is no {files}/{digest}", files=FILES, digest=digest))
            elif digest and digest not in named:
                found[digest] = source.read(f"{FILES}/{digest}")
                if hashlib.sha256(found[digest]).hexdigest() != digest:
                    refuse(column, _("the content of {files}/{digest}… has another SHA-256", files=FILES, digest=digest[:12]))
            if digest:
                named.add(digest)
    for name in sorted(there - named):
        faults["files"].add(_("{files}/{name} is named by no row", files=FILES, name=name))
    return found


def check_files(bundle: Bundle, places: Places, rows: Iterable[tuple[FileRow, Refuse]]) -> None:
    """Every file belongs to a version of an entry, in a field of the form that takes it."""
    named = _named(bundle)
    for row, refuse in rows:
        challenge = places.entry(row.round, row.challenge, row.group, refuse)
        if challenge is None:
            continue
        field = next((one for one in challenge.form if one.key == row.field and one.type is FieldType.FILE), None)
        if field is None:
            refuse("field", _('"{field}" is not a file of the form of "{challenge}"', field=row.field, challenge=row.challenge))
        elif (row.round, row.challenge, row.group, row.entry, row.field, row.digest) not in named:
            refuse("digest", _("no version of this entry in submissions.csv names it"))
        elif row.digest in bundle.files:
            try:
                examine(row.name, [bundle.files[row.digest]], field, most=field.max_bytes)
            except FileRefused as error:
                refuse("name", error.message)


def _named(bundle: Bundle) -> set[tuple[str, str, str, int, str, str]]:
    """(round, challenge, group, entry, column, cell) of every further cell of submissions.csv."""
    table = bundle.tables.submissions
    return {
        (row.round, row.challenge, row.group, int(entry_of(row, table.extra) or 1), name_of(column), cell)
        for row in table.rows
        for column, cell in zip(table.extra, row.extra, strict=True)
        if cell and column != ENTRY
    }
