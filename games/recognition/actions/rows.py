"""Writing points: a few as rows with ids, very many in one stream."""

from collections.abc import Sequence
from typing import Final

from django.db import connection

from games.cycles.models import Cycle
from games.recognition.models import Points
from games.recognition.rules.points import Award

COLUMNS: Final = (
    "id", "cycle_id", "generation", "seal", "rule", "subject", "design_number", "group_id", "person_id", "partner", "day", "repeats",
    "amount", "reverses_id", "at",
)  # fmt: skip
MANY: Final = 500
ESCAPED: Final = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def write(cycle: Cycle, generation: int, number: int, awards: Sequence[Award]) -> list[Points]:
    """Awards as rows, in their order; each award knows its row afterwards, so that what takes it back can point to it."""
    written: list[Points] = []
    for wave in ([one for one in awards if one.reverses is None], [one for one in awards if one.reverses is not None]):
        rows = Points.objects.bulk_create([_row(cycle, generation, number, one) for one in wave], batch_size=MANY)
        for award, row in zip(wave, rows, strict=True):
            award.pk = row.pk
        written += rows
    return written


def _row(cycle: Cycle, generation: int, number: int, award: Award) -> Points:
    return Points(
        cycle=cycle,
        generation=generation,
        seal=award.seal,
        rule=award.rule,
        subject=award.subject,
        design_number=number,
        group_id=award.group,
        person_id=award.person,
        partner=award.partner,
        day=award.day,
        repeats=award.repeats,
        amount=award.amount,
        reverses_id=award.reverses.pk if award.reverses is not None else None,
        at=award.at,
    )


def pour(cycle: Cycle, generation: int, number: int, awards: Sequence[Award]) -> None:
    """The same for very many of which nobody needs the rows: PostgreSQL takes them as one stream, with ids drawn beforehand."""
    if connection.vendor != "postgresql" or len(awards) < MANY:
        write(cycle, generation, number, awards)
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [Points._meta.db_table, len(awards)]
        )
        for award, (pk,) in zip(awards, cursor.fetchall(), strict=True):
            award.pk = pk
        with cursor.copy(f"COPY {Points._meta.db_table} ({', '.join(COLUMNS)}) FROM STDIN") as stream:
            stream.write("".join(_line(cycle.pk, generation, number, one) for one in awards))


def _line(cycle: int, generation: int, number: int, one: Award) -> str:
    """A row as COPY reads it: told apart by tabs, what is nothing is a backslash with N. Keys of rules and dates need no escapes."""
    back = one.reverses.pk if one.reverses is not None else None
    return (
        f"{one.pk}\t{cycle}\t{generation}\t{one.seal}\t{one.rule}\t{one.subject.translate(ESCAPED)}\t{number}\t{_cell(one.group)}"
        f"\t{_cell(one.person)}\t{_cell(one.partner)}\t{one.day}\t{one.repeats}\t{one.amount}\t{_cell(back)}\t{one.at.isoformat()}\n"
    )


def _cell(value: int | None) -> str:
    return "\\N" if value is None else str(value)
