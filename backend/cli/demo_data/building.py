"""Rows of an invented bundle, checked as any other before it is imported."""

import io
import struct
import zlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from backend.cli.demo_data.content import slug
from games.bundles.actions import import_read
from games.bundles.bundle import Bundle
from games.bundles.reading import read_source
from games.bundles.rows import GroupRow, MarkRow, PersonRow, SubmissionRow
from games.bundles.source import open_zip
from games.bundles.tables import Table
from games.bundles.writer import files_of, zipped
from games.cycles.models import Cycle
from games.judging.models import Sheet
from games.organizations.models import Organization, Person

COMMENT = ("feedback",)


def imported(bundle: Bundle, *, by: Any, organization: Organization) -> Cycle:
    """Through the same door as every bundle: written, read with every check, imported."""
    read = read_source(open_zip(io.BytesIO(zipped(files_of(bundle)))))
    [cycle] = import_read(read, by=by, organization=organization)
    Cycle.objects.filter(pk=cycle.pk).update(imported=False)
    return cycle


def groups(teams: Iterable[Mapping[str, Any]]) -> Table[GroupRow]:
    return Table([GroupRow(team["key"], team["name"]) for team in teams])


def members(teams: Iterable[Mapping[str, Any]]) -> list[PersonRow]:
    """The first of a team is its captain; somebody who can sign in comes before all others."""
    found = []
    for team in teams:
        named = ([f"{team['captain']}-player"] if team.get("captain") else []) + [slug(name) for name in team["people"]]
        names = ([team["captain"].title()] if team.get("captain") else []) + list(team["people"])
        for number, (key, name) in enumerate(zip(named, names, strict=True)):
            found.append(PersonRow(key, name, "member" if number else "captain", team["key"]))
    return found


def mark(strength: Any, judge: int, criterion: int, most: int) -> Fraction:
    """A plausible mark out of `most`: jurors differ a little, and always in the same way."""
    lean = ((judge * 7 + criterion * 5) % 5 - 2) * Fraction(3, 10)
    return Fraction(max(0, min(most, round(Fraction(strength) * most / 4 + lean))))


def marks(
    place: tuple[str, str], team: Mapping[str, Any], judges: list[str], criteria: Mapping[str, int], words: str = ""
) -> list[MarkRow]:
    """A sheet of each judge; the words stand on the first one's."""
    return [
        MarkRow(
            *place,
            team["key"],
            0,
            judge,
            key,
            mark(team["strength"], number, place_of, most),
            "",
            "",
            (words if not number else "",),
        )
        for number, judge in enumerate(judges)
        for place_of, (key, most) in enumerate(criteria.items())
    ]


def entries(
    place: tuple[str, str], rows: Iterable[tuple[str, datetime, Mapping[str, str]]]
) -> list[tuple[SubmissionRow, Mapping[str, str]]]:
    return [(SubmissionRow(*place, team, 1, at), cells) for team, at, cells in rows]


def widened(rows: list[tuple[SubmissionRow, Mapping[str, str]]]) -> Table[SubmissionRow]:
    """Under one header."""
    names = tuple(sorted({name for _, cells in rows for name in cells}))
    return Table([row._replace(extra=tuple(cells.get(name, "") for name in names)) for row, cells in rows], names)


def claim(person_key: str, organization: Organization, user: Any, at: datetime) -> Person | None:
    """The person of the files is this user, as if they had accepted an invitation."""
    found = Person.objects.filter(organization=organization, key=person_key, user__isnull=True).first()
    if found is not None:
        found.user, found.name, found.claimed_at = user, user.name, at
        found.save(update_fields=["user", "name", "claimed_at"])
    return found


def reopen_sheets(sheets: Iterable[Sheet]) -> None:
    """These sheets are still to be marked."""
    for sheet in sheets:
        sheet.marks.all().delete()
        Sheet.objects.filter(pk=sheet.pk).update(state="assigned", final_at=None, updated_at=None, comment="")


def picture(heights: Iterable[int], *, width: int = 240, height: int = 120) -> bytes:
    """A PNG of bars, one for each height from 0 to 100: what a team drew of its counting."""
    bars = list(heights)
    step = width // max(1, len(bars))
    rows = bytearray()
    for y in range(height):
        line = bytes(
            1 if (x // step) < len(bars) and x % step > step // 5 and height - y <= bars[x // step] * (height - 20) // 100 else 0
            for x in range(width)
        )
        rows += b"\0" + line

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    colours = bytes.fromhex("faf6eeb4552d")
    parts = ((b"IHDR", head), (b"PLTE", colours), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunk(*one) for one in parts)


def spread(start: datetime, number: int) -> datetime:
    """Some moment in the third week after the start, another for each number."""
    return start + timedelta(days=14 + number % 9, hours=5 * number % 11, minutes=13 * number % 60)
