"""Checks of replies.csv: each is about a sheet that says something, each kind once, a use names a version of the group."""

from collections.abc import Callable, Iterable
from typing import Any

from games.bundles.bundle import Bundle
from games.bundles.places import Places
from games.bundles.rows import ReplyRow
from games.judging.rules import ReplyKind
from leaderboards.engine.language import gettext as _

type Rows = Iterable[tuple[Any, Callable[[str, str], None]]]


def check_replies(bundle: Bundle, places: Places, rows: Rows) -> None:
    """Name everything wrong with the replies."""
    if not bundle.tables.replies.rows:
        return
    judged = {
        (row.round, row.challenge, row.group, row.judge, places.tasks[row.round, row.challenge].panel_of(criterion))
        for row in bundle.tables.marks.rows
        if (row.round, row.challenge) in places.tasks
        for criterion in places.tasks[row.round, row.challenge].marked_criteria
        if criterion.key == row.criterion
    }
    versions = {(row.round, row.challenge, row.group, row.version) for row in bundle.tables.submissions.rows}
    seen: set[tuple[Any, ...]] = set()
    for row, refuse in rows:
        sheet = (row.round, row.challenge, row.group, row.judge, row.panel)
        if places.entry(row.round, row.challenge, row.group, refuse) is None:
            continue
        if sheet not in judged:
            refuse(
                "judge",
                _(
                    '"{judge}" has no marks on "{group}" in panel "{panel}" (marks.csv)',
                    judge=row.judge,
                    group=row.group,
                    panel=row.panel,
                ),
            )
        _check_kind(row, sheet, seen, versions, refuse)
        seen.add((*sheet, row.kind))
    for row, refuse in rows:
        asked = (row.round, row.challenge, row.group, row.judge, row.panel, ReplyKind.QUESTION.value)
        if row.kind == ReplyKind.ANSWER.value and asked not in seen:
            refuse("kind", _("an answer without a question"))


def _check_kind(
    row: ReplyRow,
    sheet: tuple[Any, ...],
    seen: set[tuple[Any, ...]],
    versions: set[tuple[str, str, str, int]],
    refuse: Callable[[str, str], None],
) -> None:
    if row.kind != ReplyKind.USED.value:
        if (*sheet, row.kind) in seen:
            refuse("kind", _('"{kind}" is there twice for this sheet', kind=row.kind))
    elif (row.used_round, row.used_challenge, row.group, row.version) not in versions:
        refuse(
            "version",
            _(
                '"{group}" has no version {version} in "{used_challenge}" of round "{used_round}"',
                group=row.group,
                version=row.version,
                used_challenge=row.used_challenge,
                used_round=row.used_round,
            ),
        )
