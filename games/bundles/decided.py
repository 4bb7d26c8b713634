"""Attempts, comparisons and decisions of a bundle: what an importer refuses of their rows."""

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final

from games.bundles.bundle import Bundle
from games.bundles.places import Places
from games.bundles.rows import DecisionRow
from leaderboards.engine.facts import DecisionKind
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import AwardTies, Format, expand_boards

TRIED: Final = frozenset({Format.ATTEMPTS, Format.MEASURED, Format.AUTOMATIC})
type Checked = Iterable[tuple[Any, Callable[[str, str], None]]]
"""Rows, each with what refuses one of its cells: column, why."""


def check_attempts(places: Places, rows: Checked) -> None:
    """Attempts are of challenges that have some, with a value where it is measured."""
    for row, refuse in rows:
        challenge = places.entry(row.round, row.challenge, row.group, refuse)
        if challenge is None:
            continue
        if challenge.format not in TRIED:
            refuse(
                "challenge",
                _('"{challenge}" is of format {format}, which has no attempts', challenge=row.challenge, format=challenge.format),
            )
        elif challenge.format is Format.MEASURED and row.value is None and row.verdict != "withdrawn":
            refuse("value", _("is empty; expected the measured value"))
        if row.value is not None and (fault := places.decimals(row.value)):
            refuse("value", f"{row.value} {fault}")


def check_pairs(places: Places, rows: Checked) -> None:
    """Comparisons are of two known groups, and once in a list."""
    listed: set[tuple[str, ...]] = set()
    for row, refuse in rows:
        challenge = places.challenge(row.round, row.challenge, refuse)
        if challenge is not None and challenge.format is not Format.PAIRWISE:
            refuse(
                "challenge",
                _('"{challenge}" is of format {format}, which has no votes', challenge=row.challenge, format=challenge.format),
            )
        for column in ("a", "b"):
            if getattr(row, column) not in places.groups:
                refuse(column, places.no_group(getattr(row, column)))
        if row.a == row.b:
            refuse("b", _('"{b}" is compared with itself', b=row.b))
        if row.ranking:
            pair = (row.round, row.challenge, row.judge, row.ranking, *sorted((row.a, row.b)))
            if pair in listed or row.times != 1:
                refuse(
                    "list",
                    _(
                        'list "{ranking}" of "{judge}" compares "{a}" with "{b}" more than once',
                        ranking=row.ranking,
                        judge=row.judge,
                        a=row.a,
                        b=row.b,
                    ),
                )
            listed.add(pair)


def check_decisions(bundle: Bundle, places: Places, rows: Checked) -> None:
    """Decisions name what is there, and no decision stands twice."""
    boards = [board.id for board in expand_boards(bundle.design)]
    known = [award.key for award in bundle.design.awards]
    awards = [award.key for award in bundle.design.awards if award.decided or award.ties is AwardTies.DECIDE]
    seen: Counter[DecisionRow] = Counter()
    for row, refuse in rows:
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.round and row.round not in places.rounds:
            refuse("round", places.no_round(row.round))
        if row.board and row.board not in boards:
            refuse("board", _('"{board}" is not a board; known: {names}', board=row.board, names=", ".join(boards)))
        if row.kind == DecisionKind.ADVANCE and not row.round:
            refuse("round", _("is empty; expected the round that the group enters"))
        if row.kind == DecisionKind.EQUAL and row.other not in places.groups:
            refuse("other", places.no_group(row.other))
        if row.kind == DecisionKind.AWARD and row.value not in awards:
            refuse(
                "value",
                _(
                    '"{value}" is not an award that is decided; known: {names}',
                    value=row.value,
                    names=", ".join(awards) or _("none"),
                ),
            )
        if row.kind == DecisionKind.FORGO and row.value not in known:
            refuse("value", _('"{value}" is not an award; known: {names}', value=row.value, names=", ".join(known) or _("none")))
        if row.kind == DecisionKind.BREAK and not row.value.isdecimal():
            refuse("value", _('expected 1, 2, … for the order inside the tie, found "{value}"', value=row.value))
        seen[row] += 1
        if seen[row] == 2:  # noqa: PLR2004 - once is enough to tell
            refuse("group", _("the same decision is there twice"))
