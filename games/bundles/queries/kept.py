"""Of a cycle what is kept beside marks: files of entries, points, the journal."""

import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC
from typing import Any

from django.core.files.storage import default_storage

from games.bundles.rows import FileRow, JournalRow, PointRow
from games.bundles.rules import MAX_FILE, MAX_FILES, MAX_TOTAL, MEGABYTE, FilesTooLarge
from games.cycles.models import Cycle
from games.journal.queries import sealed
from games.playbooks.schema import ChallengeDesign, FieldType
from games.recognition.queries import points_of
from games.submissions.models import Upload, Version

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
    total = sum(size for _, size in stored.values())
    if total > MAX_TOTAL - MAX_FILE or len(stored) > MAX_FILES - KEPT_FREE or any(size > MAX_FILE for _, size in stored.values()):
        raise FilesTooLarge(
            f"{len(stored)} files of {total / MEGABYTE:.0f} MB do not fit into a bundle: export it without files."
        )
    found = {}
    for digest, (name, _) in sorted(stored.items()):
        if name and default_storage.exists(name):
            with default_storage.open(name) as file:
                found[digest] = file.read()
    return found


def points_rows(cycle: Cycle, groups: Mapping[int, str], people: Mapping[int, str]) -> Iterator[PointRow]:
    """Every award and reversal that counts. Acts are numbered from 1: seals mean something here only."""
    rows = list(points_of(cycle).select_related("reverses"))
    numbers = {seal: number for number, seal in enumerate(sorted({one.seal for one in rows}), 1)}
    for one in rows:
        group = groups.get(one.group_id, "") if one.group_id is not None else ""
        person = people.get(one.person_id, "") if one.person_id is not None else ""
        taken = numbers.get(one.reverses.seal, 0) if one.reverses is not None else 0
        yield PointRow(numbers[one.seal], one.rule, group, person, one.amount, one.at.astimezone(UTC), taken)


def journal_rows(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[JournalRow]:
    """What is sealed of the cycle, without who acted."""
    for number, one in enumerate(sealed(cycle.pk).iterator(chunk_size=CHUNK), 1):
        group = groups.get(one.group_id, "") if one.group_id is not None else ""
        yield JournalRow(number, one.at.astimezone(UTC), one.kind, group, one.subject, _json(one.payload))


def _json(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
