"""Of a cycle what is kept beside marks: files of entries, points, the journal."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC
from typing import Any

from django.core.files.storage import default_storage

from games.bundles.credited import ways_text
from games.bundles.earned_rows import CreditRow, PointRow
from games.bundles.queries.game import game_rows
from games.bundles.rows import FileRow, JournalRow
from games.bundles.rules import MAX_FILE, MAX_FILES, MAX_TOTAL, MEGABYTE, FilesTooLarge
from games.bundles.tables import Table
from games.cycles.models import Cycle
from games.ideas.models import Idea
from games.journal.queries import sealed
from games.playbooks.schema import CREDIT, ChallengeDesign, FieldType
from games.recognition.models import Points
from games.recognition.queries import points_of
from games.recognition.queries.credit import reasons_of
from games.submissions.models import Upload, Version
from leaderboards.engine import numbers as numbers_of
from leaderboards.engine.language import gettext as _

CHUNK = 2000
KEPT_FREE = 100
"""So many of the files of a bundle are its tables."""


def uploads_of(challenges: Collection[int]) -> dict[int, Upload]:
    """Id → file, of every entry to these challenges."""
    return Upload.objects.filter(submission__challenge__in=challenges).in_bulk()


def file_rows(
    task: ChallengeDesign | None, version: Version, place: tuple[str, str, str, int], uploads: Mapping[int, Upload]
) -> Iterator[FileRow]:
    """The files that a version names. `place`: round, challenge, group, number of the entry."""
    for field in task.form if task else ():
        upload = uploads.get(version.data.get(field.key, 0)) if field.type is FieldType.FILE else None
        if upload is not None:
            yield FileRow(*place, field.key, upload.digest, upload.name)


def contents_of(cycle: Cycle, digests: Collection[str]) -> dict[str, bytes]:
    """The bytes of these files of a cycle. One that is no longer stored is left out. Raises FilesTooLarge if no bundle could hold them."""
    rows = Upload.objects.filter(submission__challenge__round__cycle=cycle, digest__in=digests)
    stored = {digest: (name, size) for digest, name, size in rows.values_list("digest", "file", "size")}
    check_room([size for __, size in stored.values()])
    found = {}
    for digest, (name, __) in sorted(stored.items()):
        if name and default_storage.exists(name):
            with default_storage.open(name) as file:
                found[digest] = file.read()
    return found


def check_room(sizes: Collection[int]) -> None:
    """Files of so many bytes each have to fit into a bundle beside its tables. Raises FilesTooLarge."""
    if sum(sizes) > MAX_TOTAL - MAX_FILE or len(sizes) > MAX_FILES - KEPT_FREE or max(sizes, default=0) > MAX_FILE:
        raise FilesTooLarge(
            _(
                "{count} files of {total:.0f} MB do not fit into a bundle: export it without files.",
                count=len(sizes),
                total=sum(sizes) / MEGABYTE,
            )
        )


def earned_tables(cycle: Cycle, groups: Mapping[int, str], people: Mapping[int, str]) -> dict[str, Table[Any]]:
    """points.csv with every award and reversal that counts, credit.csv and game.csv.

    Acts are numbered from 1: seals mean something here only. What an act gave or took back for several other teams has a number for each.
    """
    rows = sorted(points_of(cycle).select_related("reverses"), key=lambda one: (*_act(one), one.pk))
    numbers = {act: number for number, act in enumerate(sorted({_act(one) for one in rows}), 1)}
    points, credit = _points_rows(rows, numbers, groups, people), _credit_rows(rows, numbers, groups)
    return {"points": Table(list(points)), "credit": Table(list(credit)), "game": Table(list(game_rows(cycle, groups, people)))}


def _act(row: Points) -> tuple[int, int]:
    return row.seal, row.partner or 0


def _points_rows(
    rows: Sequence[Points], numbers: Mapping[tuple[int, int], int], groups: Mapping[int, str], people: Mapping[int, str]
) -> Iterator[PointRow]:
    for one in rows:
        group = groups.get(one.group_id, "") if one.group_id is not None else ""
        person = people.get(one.person_id, "") if one.person_id is not None else ""
        taken = numbers.get(_act(one.reverses), 0) if one.reverses is not None else 0
        head = (numbers[_act(one)], one.rule, group, person, one.amount, one.at.astimezone(UTC), taken)
        yield PointRow(*head, groups.get(one.partner or 0, ""), one.day, one.repeats)


def _credit_rows(
    rows: Sequence[Points], numbers: Mapping[tuple[int, int], int], groups: Mapping[int, str]
) -> Iterator[CreditRow]:
    """Why points came back; ideas that no bundle has are 0."""
    found = reasons_of([one.pk for one in rows if one.rule.endswith(CREDIT)])
    ideas = {idea.pk: idea.number for why in found.values() for idea in ([why.of] if why.of else [])}
    ideas |= {line.to_id: line.to.number for why in found.values() for line in why.lines.all()}
    between = {pk for why in found.values() for line in why.lines.all() for way in line.ways for pk in way}
    ideas |= dict(Idea.objects.filter(pk__in=between - ideas.keys()).values_list("pk", "number"))
    for one in rows:
        why = found.get(one.pk)
        group, builder = groups.get(one.group_id or 0), groups.get(why.award.group_id or 0) if why is not None else None
        if why is None or group is None or builder is None:
            continue
        head = (numbers[_act(one)], one.rule, group, numbers[_act(why.award)], builder)
        for line in why.lines.all():
            ways = ways_text([[ideas[pk] for pk in way if pk in ideas] for way in line.ways])
            exact = numbers_of.parse(line.exact)
            yield CreditRow(*head, ideas.get(why.of_id or 0, 0), line.to.number, line.depth, exact, why.uncapped, ways)


def journal_rows(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[JournalRow]:
    """What is sealed of the cycle, without who acted."""
    for number, one in enumerate(sealed(cycle.pk).iterator(chunk_size=CHUNK), 1):
        group = groups.get(one.group_id, "") if one.group_id is not None else ""
        yield JournalRow(number, one.at.astimezone(UTC), one.kind, group, one.subject, _json(one.payload))


def _json(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
