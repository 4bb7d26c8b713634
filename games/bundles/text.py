"""Bytes to rows: UTF-8 with or without BOM, commas, one header. Whatever else it is, is said, with the row."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from games.bundles.rules import MAX_CELL, MAX_ROWS, Faults
from leaderboards.engine.language import gettext as _

BOMS: Final = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
Cells = list[str]


def decoded(content: bytes, faults: Faults) -> str | None:
    """The text, or None after saying which byte is not UTF-8."""
    for bom, name in BOMS:
        if content.startswith(bom):
            faults.add(_("the file is {name}; expected UTF-8", name=name))
            return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        row, place = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        faults.add(
            _(
                "byte 0x{content:02X} at place {place} is not UTF-8; save the file as UTF-8",
                content=content[error.start],
                place=place,
            ),
            row=row,
        )
        return None
    if "\0" in text:
        faults.add(_("holds a zero byte, so it is no text"), row=text[: text.index("\0")].count("\n") + 1)
        return None
    return text


def header_of(text: str, faults: Faults) -> Cells | None:
    """The column names, or None after saying what is wrong with them."""
    if not text.strip():
        faults.add(_("is empty; expected a header row"))
        return None
    try:
        names = [name.strip() for name in next(csv.reader(StringIO(text, newline=""), strict=True))]
    except csv.Error as error:
        faults.add(_("cannot be read: {error}", error=error), row=1)
        return None
    if len(names) == 1:
        other = next((mark for mark in (";", "\t", "|") if mark in names[0]), None)
        if other:
            faults.add(
                (
                    _('cells are separated by a tab; expected ","')
                    if other == "\t"
                    else _('cells are separated by "{other}"; expected ","', other=other)
                ),
                row=1,
            )
            return None
    good = True
    for name in dict.fromkeys(names):
        if not name:
            faults.add(_("a column without a name"), row=1)
            good = False
        elif names.count(name) > 1:
            faults.add(_('the column "{name}" is there {count} times', name=name, count=names.count(name)), row=1)
            good = False
    return names if good else None


def rows_of(text: str, width: int, faults: Faults) -> Iterator[tuple[int, Cells]]:
    """(row number, cells) of every row that is as wide as the header; the header is row 1, empty rows are left out."""
    reader = csv.reader(StringIO(text, newline=""), strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            if number == 1 or not any(cells):
                continue
            if len(cells) != width:
                faults.add(
                    _(
                        '{count} cells where the header has {width}; last cell "{cells}"',
                        count=len(cells),
                        width=width,
                        cells=cells[-1][:60],
                    ),
                    row=number,
                )
                continue
            if number > MAX_ROWS:
                faults.add(_("more than {max_rows} rows", max_rows=MAX_ROWS))
                return
            yield number, cells
    except csv.Error as error:
        faults.add(_("cannot be read: {said}", said=_said(error)), row=number + 1)


def _said(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return _("a cell has more than {max_cell} characters", max_cell=MAX_CELL)
    if "unexpected end" in text:
        return _('a cell opens with " and never closes')
    return text
