"""Bytes to rows: UTF-8 with or without BOM, commas, one header. Whatever else it is, is said, with the row."""

import csv
from collections.abc import Iterator
from io import StringIO
from typing import Final

from games.bundles.rules import MAX_CELL, MAX_ROWS, Faults

BOMS: Final = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
Cells = list[str]


def decoded(content: bytes, faults: Faults) -> str | None:
    """The text, or None after saying which byte is not UTF-8."""
    for bom, name in BOMS:
        if content.startswith(bom):
            faults.add(f"the file is {name}; expected UTF-8")
            return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start]
        row, place = before.count(b"\n") + 1, error.start - (before.rfind(b"\n") + 1) + 1
        faults.add(f"byte 0x{content[error.start]:02X} at place {place} is not UTF-8; save the file as UTF-8", row=row)
        return None
    if "\0" in text:
        faults.add("holds a zero byte, so it is no text", row=text[: text.index("\0")].count("\n") + 1)
        return None
    return text


def header_of(text: str, faults: Faults) -> Cells | None:
    """The column names, or None after saying what is wrong with them."""
    if not text.strip():
        faults.add("is empty; expected a header row")
        return None
    try:
        names = [name.strip() for name in next(csv.reader(StringIO(text, newline=""), strict=True))]
    except csv.Error as error:
        faults.add(f"cannot be read: {error}", row=1)
        return None
    if len(names) == 1:
        other = next((mark for mark in (";", "\t", "|") if mark in names[0]), None)
        if other:
            faults.add(f'cells are separated by {"a tab" if other == "\t" else f'"{other}"'}; expected ","', row=1)
            return None
    good = True
    for name in dict.fromkeys(names):
        if not name:
            faults.add("a column without a name", row=1)
            good = False
        elif names.count(name) > 1:
            faults.add(f'the column "{name}" is there {names.count(name)} times', row=1)
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
                faults.add(f'{len(cells)} cells where the header has {width}; last cell "{cells[-1][:60]}"', row=number)
                continue
            if number > MAX_ROWS:
                faults.add(f"more than {MAX_ROWS} rows")
                return
            yield number, cells
    except csv.Error as error:
        faults.add(f"cannot be read: {_said(error)}", row=number + 1)


def _said(error: csv.Error) -> str:
    text = str(error)
    if "field larger" in text:
        return f"a cell has more than {MAX_CELL} characters"
    if "unexpected end" in text:
        return 'a cell opens with " and never closes'
    return text
