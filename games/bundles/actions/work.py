"""What groups handed in and tried, what organizers decided, what was published elsewhere."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any, Final

from django.db.models import OuterRef, Subquery

from games.bundles import cells
from games.bundles.actions.kept import is_file, load_files
from games.bundles.actions.landing import Landing
from games.bundles.actions.pour import pour_with_ids
from games.bundles.answers import answer_of, answers_of, name_of
from games.bundles.bundle import NOT_HANDED_IN, entry_of, fields_of
from games.bundles.rows import AttemptRow, SubmissionRow
from games.cycles.models import Decision
from games.results.models import ExternalResult
from games.submissions.models import Attempt, Submission, Version
from games.submissions.rules import SubmissionState, digest_of

BATCH: Final = 1000
ENTRY_COLUMNS: Final = (
    *("challenge_id", "group_id", "number", "state", "draft", "draft_note", "draft_saved_at", "submitted_at", "created_at"),
)
VERSION: Final = ("submission_id", "number", "data", "fields", "note", "digest", "at")
type Place = tuple[str, str, str, int]


def load_submissions(landing: Landing) -> None:
    """Entries with their versions; the highest that is no draft counts, and its status is the entry's."""
    extra = landing.bundle.tables.submissions.extra
    rows: defaultdict[Place, list[SubmissionRow]] = defaultdict(list)
    for row in landing.bundle.tables.submissions.rows:
        rows[row.round, row.challenge, row.group, int(entry_of(row, extra) or 1)].append(row)
    for found in rows.values():
        found.sort(key=lambda row: row.version)
    entries = dict(
        zip(rows, pour_with_ids(Submission, ENTRY_COLUMNS, [_entry(landing, *one) for one in rows.items()]), strict=True)
    )
    landing.uploads = load_files(landing, entries)
    versions = {(place, number): row for place, found in rows.items() for number, row in _numbered(found)}
    ids = pour_with_ids(
        Version, VERSION, [_version(landing, entries[place], row, number) for (place, number), row in versions.items()]
    )
    for (place, number), pk in zip(versions, ids, strict=True):  # in order of numbers: the last one is the pinned one
        landing.versions[(*place[:3], number)] = landing.versions[(*place[:3], 0)] = pk
    last = Version.objects.filter(submission=OuterRef("pk")).order_by("-number").values("pk")[:1]
    Submission.objects.filter(challenge__in=landing.challenges.values()).update(pinned=Subquery(last))


def _numbered(rows: list[SubmissionRow]) -> Iterator[tuple[int, SubmissionRow]]:
    """Versions that were handed in, under their own number or, without one, the next."""
    used = {row.version for row in rows}
    free = (number for number in count(1) if number not in used)
    for row in rows:
        if row.status != NOT_HANDED_IN:
            yield row.version or next(free), row


def _entry(landing: Landing, place: Place, rows: list[SubmissionRow]) -> tuple[Any, ...]:
    """The columns of ENTRY_COLUMNS."""
    handed_in = [row for row in rows if row.status != NOT_HANDED_IN]
    shown = handed_in[-1] if handed_in else None
    draft = None if shown else rows[-1]
    return (
        landing.challenges[place[0], place[1]],
        landing.groups[place[2]],
        place[3],
        shown.status if shown else SubmissionState.DRAFT.value,
        _answers(landing, draft) if draft else {},
        "",
        draft.at if draft else None,
        _at(landing, shown) if shown else None,
        landing.now,
    )


def _at(landing: Landing, row: SubmissionRow) -> Any:
    return row.at or landing.opens[row.round] or landing.cycle.starts_at or landing.now


def _answers(landing: Landing, row: SubmissionRow) -> dict[str, Any]:
    extra = landing.bundle.tables.submissions.extra
    uploads = landing.uploads.get((row.round, row.challenge, row.group, int(entry_of(row, extra) or 1)), {})
    return answers_of(landing.tasks[row.round, row.challenge], row, extra, uploads)


def _version(landing: Landing, entry: int, row: SubmissionRow, number: int) -> tuple[Any, ...]:
    """The columns of VERSION."""
    scaled = landing.scaler()
    found = fields_of(landing.tasks[row.round, row.challenge], row, landing.bundle.tables.submissions.extra)
    fields = {key: scaled(value) for key, cell in found.items() if (value := cells.number(cell)) is not None}
    data = _answers(landing, row)
    extra = landing.bundle.tables.submissions.extra
    cells_by_name = {name_of(column): cell for column, cell in zip(extra, row.extra, strict=True)}
    files = {one.key: cells_by_name[one.key] for one in landing.tasks[row.round, row.challenge].form if is_file(one, data)}
    return entry, number, data, fields, "", digest_of(data, fields, files), _at(landing, row)


def load_attempts(landing: Landing) -> None:
    """Tries in order of time under numbers of their own; further columns are kept as the answer."""
    table, scaled = landing.bundle.tables.attempts, landing.scaler()
    place = table.extra.index("number") if "number" in table.extra else None

    def moment(row: AttemptRow) -> tuple[Any, int]:
        cell = row.extra[place] if place is not None else ""
        return row.at, int(cell) if cell.isdecimal() else 0

    numbers: defaultdict[tuple[int, int], Iterator[int]] = defaultdict(lambda: count(1))
    attempts = []
    for row in sorted(table.rows, key=moment):
        challenge, group = landing.challenges[row.round, row.challenge], landing.groups[row.group]
        opens = landing.opens[row.round]
        assert isinstance(row.at, int), "attempts are settled when a bundle is read"
        attempts.append(
            Attempt(
                challenge_id=challenge,
                group_id=group,
                number=next(numbers[challenge, group]),
                at=opens + timedelta(milliseconds=row.at) if opens else None,
                elapsed_ms=row.at,
                verdict=row.verdict,
                value=None if row.value is None else scaled(row.value),
                answer=answer_of(row, table.extra),
            )
        )
    Attempt.objects.bulk_create(attempts, batch_size=BATCH)


def load_decisions(landing: Landing) -> None:
    """Decisions in order of their times, under numbers from 1."""
    begin = landing.cycle.starts_at or landing.now
    rows = sorted(landing.bundle.tables.decisions.rows, key=lambda row: row.at or begin)
    Decision.objects.bulk_create(
        [
            Decision(
                cycle=landing.cycle,
                number=number,
                at=row.at or landing.opens.get(row.round) or begin,
                kind=row.kind,
                round=row.round,
                board=row.board,
                group=row.group,
                other=row.other,
                value=row.value,
                reason=row.reason,
                decider=row.decider,
            )
            for number, row in enumerate(rows, 1)
        ],
        batch_size=BATCH,
    )


def load_official(landing: Landing) -> None:
    """Somebody else's results, kept beside ours."""
    rows = landing.bundle.tables.official.rows
    ExternalResult.objects.bulk_create(
        [
            ExternalResult(cycle=landing.cycle, kind=row.kind, key=row.key, group=row.group, name=row.name, value=row.value)
            for row in rows
        ],
        batch_size=BATCH,
    )
