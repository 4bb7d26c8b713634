"""Checks of ideas.csv, idea_versions.csv, derivations.csv and idea_shares.csv; what of them may go to whom."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

from games.bundles.bundle import LEFT, Bundle, entry_of
from games.bundles.places import Places
from games.bundles.shared_rows import IdeaRow
from games.bundles.tables import Table, Tables
from games.ideas.rules import ANSWER, TAG, WHOLE, Audience, IdeaKind
from leaderboards.engine.language import gettext as _

type Refuse = Callable[[str, str], None]
type Rows = Iterable[tuple[Any, Refuse]]
NAMES: Final = ("ideas", "idea_versions", "derivations", "idea_shares")


def check_ideas(bundle: Bundle, places: Places, rows: Rows) -> None:
    """Name everything wrong with the ideas themselves."""
    seen: set[int] = set()
    numbers = {row.number for row in bundle.tables.ideas.rows}
    entries = {
        (
            row.round,
            row.challenge,
            row.group,
            int(cell) if (cell := entry_of(row, bundle.tables.submissions.extra)).isdecimal() else 1,
        )
        for row in bundle.tables.submissions.rows
    }
    stood: set[tuple[Any, ...]] = set()
    for row, refuse in rows:
        if row.number in seen:
            refuse("number", _("{number} is there twice", number=row.number))
        seen.add(row.number)
        _check_places(row, places, refuse)
        if row.merged and row.merged not in numbers:
            refuse("merged", _("{merged} is not in ideas.csv", merged=row.merged))
        if (row.hidden is None) != (not row.hidden_why):
            refuse("hidden_why", _("expected where the idea is hidden, and there alone"))
        if any(len(tag) > TAG for tag in row.tags.split("|")):
            refuse("tags", _("expected words of at most {tag} characters between |", tag=TAG))
        if row.room and row.kind != IdeaKind.FAILURE_STORY.value:
            refuse("room", _("only a failure-story is told in the safe room"))
        if row.room == "nameless" and row.group:
            refuse("room", _("a story without a name has no group"))
        if row.entry or row.attempt:
            _check_entry(row, entries, stood, refuse)


def _check_places(row: IdeaRow, places: Places, refuse: Refuse) -> None:
    if row.group and row.group not in places.groups:
        refuse("group", places.no_group(row.group))
    if row.round or row.challenge:
        places.challenge(row.round, row.challenge, refuse)
    named = [key for key in row.readers.split("|") if key]
    for key in named:
        if key not in places.groups:
            refuse("readers", places.no_group(key))
    if row.audience == Audience.GROUPS.value and not named:
        refuse("readers", _("is empty; expected keys of groups with | between them"))


def _check_entry(row: IdeaRow, entries: Collection[tuple[Any, ...]], stood: set[tuple[Any, ...]], refuse: Refuse) -> None:
    place = (row.round, row.challenge, row.group)
    if row.entry and row.attempt:
        refuse("attempt", _("an idea stands for an entry or for an attempt"))
    if row.entry and (*place, row.entry) not in entries:
        refuse("entry", _('"{group}" has no entry {entry} there in submissions.csv', group=row.group, entry=row.entry))
    if (*place, row.entry, row.attempt) in stood:
        refuse("number", _("another idea stands for the same"))
    stood.add((*place, row.entry, row.attempt))


def check_around(bundle: Bundle, places: Places, rows: Mapping[str, Rows]) -> None:
    """Name everything wrong with versions, derivations and shares."""
    ideas = {row.number for row in bundle.tables.ideas.rows}
    told: set[tuple[int, int]] = set()
    for row, refuse in rows["idea_versions"]:
        _known(row.idea, "idea", ideas, refuse)
        if (row.idea, row.number) in told:
            refuse("number", _("{number} of idea {idea} is there twice", number=row.number, idea=row.idea))
        told.add((row.idea, row.number))
    _check_links(ideas, rows["derivations"])
    _check_shares(places, ideas, rows["idea_shares"])


def _check_links(ideas: Collection[int], rows: Rows) -> None:
    """A source of another cycle is looked up when it is brought in: whether it is there is no fault of the bundle."""
    linked: set[tuple[int, int, str]] = set()
    for row, refuse in rows:
        _known(row.target, "target", ideas, refuse)
        if not row.cycle:
            _known(row.source, "source", ideas, refuse)
        if not row.cycle and row.source >= row.target:
            refuse("source", _("expected an older idea: its number is lower than that of what grew from it"))
        if (row.target, row.source, row.cycle) in linked:
            refuse("source", _("the same two ideas are there twice"))
        linked.add((row.target, row.source, row.cycle))


def _check_shares(places: Places, ideas: Collection[int], rows: Rows) -> None:
    shares: defaultdict[int, dict[str, int]] = defaultdict(dict)
    last: dict[int, Refuse] = {}
    for row, refuse in rows:
        _known(row.idea, "idea", ideas, refuse)
        if row.group not in places.groups:
            refuse("group", places.no_group(row.group))
        if row.group in shares[row.idea]:
            refuse("group", _('"{group}" is there twice', group=row.group))
        shares[row.idea][row.group] = row.basis_points
        last[row.idea] = refuse
    for number, parts in shares.items():
        if sum(parts.values()) != WHOLE:
            last[number](
                "basis_points",
                _(
                    "the shares of idea {number} are {sum} together; expected {whole}",
                    number=number,
                    sum=sum(parts.values()),
                    whole=WHOLE,
                ),
            )


def check_answers(places: Places, rows: Rows) -> None:
    """Name everything wrong with the answers to the opening question."""
    for row, refuse in rows:
        if row.round not in places.rounds:
            refuse("round", places.no_round(row.round))
        if not row.text.strip() or len(row.text) > ANSWER:
            refuse("text", _("expected some words, at most {answer} characters", answer=ANSWER))


def _known(number: int, column: str, ideas: Collection[int], refuse: Refuse) -> None:
    if number not in ideas:
        refuse(column, _("{number} is not in ideas.csv", number=number))


def public_ideas(tables: Tables, rounds: Collection[str], left_out: Collection[str]) -> dict[str, Table[Any]]:
    """What everybody may read of the commons: ideas for everybody, and of entries to rounds that are shown whole (`rounds`).

    Nothing that is hidden, of no entry that was withdrawn or disqualified, and nothing of groups in `left_out`, which keep their names to themselves; no names of readers.
    """
    open_, extra = Audience.EVERYBODY.value, tables.submissions.extra
    gone = {
        (row.round, row.challenge, row.group, int(entry_of(row, extra) or 1))
        for row in tables.submissions.rows
        if row.status in LEFT
    }
    kept = [
        row._replace(readers="", merged=0)
        for row in tables.ideas.rows
        if row.hidden is None
        and row.group not in left_out
        and (row.round, row.challenge, row.group, row.entry) not in gone
        and (row.round in rounds if row.entry or row.attempt else row.audience == open_)
    ]
    there = {row.number for row in kept}
    whole = {row.number for row in kept} - {row.idea for row in tables.idea_shares.rows if row.group in left_out}
    return {
        "ideas": Table(kept, tables.ideas.extra),
        "idea_versions": _of(tables.idea_versions, lambda row: row.idea in there),
        "derivations": _of(tables.derivations, lambda row: row.target in there and (row.cycle or row.source in there)),
        "idea_shares": _of(tables.idea_shares, lambda row: row.idea in whole),
    }


def _of[Row: Any](table: Table[Row], keep: Callable[[Row], bool]) -> Table[Row]:
    rows = [row for row in table.rows if keep(row)]
    return Table(rows, table.extra if rows else ())
