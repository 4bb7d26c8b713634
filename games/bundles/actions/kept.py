"""Files of entries and points: what is kept beside marks."""

import secrets
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from games.bundles.actions.landing import Landing
from games.bundles.credited import exact_of, ways_of
from games.bundles.earned_rows import CreditRow, PointRow
from games.ideas.models import Idea
from games.playbooks.files import examine
from games.playbooks.schema import CREDIT, FieldType, FormField
from games.recognition.actions import rebuild_totals
from games.recognition.models import Credit, CreditLine, Points
from games.submissions.models import Upload
from leaderboards.engine import numbers

BATCH: Final = 1000
FOLDER: Final = "uploads"
type Place = tuple[str, str, str, int]


def is_file(field: FormField, data: Mapping[str, Any]) -> bool:
    """Whether the answers name a file in this field."""
    return field.type is FieldType.FILE and field.key in data


def load_files(landing: Landing, entries: Mapping[Place, int]) -> dict[Place, dict[tuple[str, str], int]]:
    """Store the files of entries under random names. If the import fails they have no row, and are swept."""
    rows = [row for row in landing.bundle.tables.files.rows if row.digest in landing.bundle.files]
    made = Upload.objects.bulk_create(
        [_upload(landing, entries[row.round, row.challenge, row.group, row.entry], row) for row in rows], batch_size=BATCH
    )
    found: defaultdict[Place, dict[tuple[str, str], int]] = defaultdict(dict)
    for row, upload in zip(rows, made, strict=True):
        found[row.round, row.challenge, row.group, row.entry][row.field, row.digest] = upload.pk
    return dict(found)


def _upload(landing: Landing, entry: int, row: Any) -> Upload:
    content = landing.bundle.files[row.digest]
    field = next(one for one in landing.tasks[row.round, row.challenge].form if one.key == row.field)
    known = examine(row.name, [content], field, most=field.max_bytes)
    return Upload(
        submission_id=entry,
        field=row.field,
        name=known.name,
        file=default_storage.save(f"{FOLDER}/{secrets.token_hex(16)}", ContentFile(content)),
        size=known.size,
        content_type=known.content_type,
        digest=known.digest,
    )


def load_points(landing: Landing) -> None:
    """Points as they were given. They stand before every act here, under numbers below zero; what they were about is not known here."""
    rows = landing.bundle.tables.points.rows
    if not rows:
        return
    beyond = max(row.number for row in rows) + 1
    first = Points.objects.bulk_create([_points(landing, row, beyond) for row in rows if not row.reverses], batch_size=BATCH)
    given = {(one.seal, one.rule, one.group_id): one for one in first}
    taken = [
        _points(landing, row, beyond, given[row.reverses - beyond, row.rule, landing.groups.get(row.group)])
        for row in rows
        if row.reverses
    ]
    Points.objects.bulk_create(taken, batch_size=BATCH)
    _credit(landing, beyond, given)
    rebuild_totals(landing.cycle)


def _credit(landing: Landing, beyond: int, given: Mapping[tuple[int, str, int | None], Points]) -> None:
    """Why some of them came back: one reason for each row of points, one line for each idea that is known here."""
    ideas = dict(Idea.objects.filter(cycle=landing.cycle).values_list("number", "pk"))
    rows: defaultdict[int, list[CreditRow]] = defaultdict(list)
    for row in landing.bundle.tables.credit.rows:
        rows[given[row.number - beyond, row.rule, landing.groups.get(row.group)].pk].append(row)
    made = []
    for pk, found in rows.items():
        first = found[0]
        award = given[first.award - beyond, first.rule.removesuffix(CREDIT), landing.groups.get(first.builder)]
        exact = numbers.text(exact_of([row.exact for row in found]))
        made.append(Credit(points_id=pk, award=award, of_id=ideas.get(first.of), exact=exact, uncapped=first.uncapped))
    Credit.objects.bulk_create(made, batch_size=BATCH)
    lines = [
        CreditLine(
            credit_id=pk,
            to_id=ideas[row.to],
            depth=row.depth,
            exact=numbers.text(row.exact or Fraction(0)),
            ways=[[ideas[number] for number in way if number in ideas] for way in ways_of(row.ways)],
        )
        for pk, found in rows.items()
        for row in found
        if row.to in ideas
    ]
    CreditLine.objects.bulk_create(lines, batch_size=BATCH)


def _points(landing: Landing, row: PointRow, beyond: int, reverses: Points | None = None) -> Points:
    person = landing.people.get(row.person)
    return Points(
        cycle=landing.cycle,
        seal=row.number - beyond,
        rule=row.rule,
        design_number=landing.cycle.design_number,
        group_id=landing.groups.get(row.group),
        person=person,
        amount=row.amount,
        reverses=reverses,
        partner=landing.groups.get(row.partner),
        day=row.day,
        repeats=row.repeats,
        at=row.at,
    )
