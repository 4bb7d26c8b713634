"""Sheets with their marks, votes, who may mark what. Sheets and marks are by far the most rows."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from games.bundles.actions.landing import Landing, Unit
from games.bundles.actions.pour import pour_under, pour_with_ids
from games.bundles.rows import VoteRow
from games.bundles.voters import AUDIENCE, PEERS, by_criterion, by_panel
from games.groups.models import Membership
from games.judging.models import ConflictOfInterest, Mark, Panelist, RankedList, Sheet, Vote
from games.judging.rules import ConflictKind, ConflictSource, MarkState, SheetState
from games.judging.rules.seats import words_in
from games.playbooks.rules import Capability
from games.playbooks.schema import ChallengeDesign
from leaderboards.engine.spec import Format

BATCH: Final = 1000
FEEDBACK: Final = "feedback"
MARK: Final = ("sheet_id", "criterion", "value", "state", "comment")
SHEET: Final = (
    *("challenge_id", "group_id", "panel", "judge_id", "state", "version_id", "design_number", "comment", "note", "reason"),
    *("flag", "flag_answer", "revision", "updated_at", "final_at"),
)
type Place = tuple[Unit, str, str, str]
"""Where a sheet stands: (unit, panel, group, judge)."""
type MarkCells = tuple[str, int | None, str, str]


def load_marks(landing: Landing) -> None:
    """Final sheets, one for each judge, entry and panel; a sheet on which everything is recused was given back."""
    marks: dict[Place, list[MarkCells]] = {}
    words: dict[Place, str] = {}
    versions: dict[Place, int] = {}
    table, scaled, panels = landing.bundle.tables.marks, landing.scaler(), _panels(landing)
    feedback = table.extra.index(FEEDBACK) if FEEDBACK in table.extra else None
    whos = by_criterion(landing.design)
    for of_round, challenge, group, version, judge, criterion, value, state, comment, extra in table.rows:
        unit = (of_round, challenge)
        if whos[unit][criterion] == AUDIENCE:
            continue
        place = (unit, panels[unit][criterion], group, judge)
        number = None if value is None else scaled(value)
        found = marks.get(place)
        if found is None:
            marks[place] = [(criterion, number, state, comment)]
            versions[place] = version
        else:
            found.append((criterion, number, state, comment))
        if feedback is not None and extra[feedback]:
            words[place] = extra[feedback]
    ids = pour_with_ids(
        Sheet, SHEET, [_sheet(landing, place, found, versions[place], words.get(place, "")) for place, found in marks.items()]
    )
    pour_under(Mark, MARK, ((pk, cells) for pk, found in zip(ids, marks.values(), strict=True) for cells in found))
    _seat(landing, dict.fromkeys((unit, panel, judge) for unit, panel, _, judge in marks))


def _panels(landing: Landing) -> dict[Unit, dict[str, str]]:
    """Which panel marks a criterion."""
    return {unit: {one.key: task.panel_of(one) for one in task.marked_criteria} for unit, task in landing.tasks.items()}


def _sheet(landing: Landing, place: Place, marks: list[MarkCells], version: int, words: str) -> tuple[Any, ...]:
    """The columns of SHEET."""
    unit, panel, group, judge = place
    recused = all(state == MarkState.RECUSED.value for _, _, state, _ in marks)
    state, final = (SheetState.RECUSED, None) if recused else (SheetState.FINAL, landing.now)
    where = (landing.challenges[unit], landing.groups[group], panel, landing.people[judge].pk)
    return (*where, state.value, landing.versions.get((*unit, group, version)), 1, words, "", "", "", "", 0, landing.now, final)


def _seat(landing: Landing, seats: Iterable[tuple[Unit, str, str]]) -> None:
    """Whoever marked sits on the panel; on one of peers as a peer."""
    whos = by_panel(landing.design)
    rows = [
        Panelist(
            challenge_id=landing.challenges[unit],
            panel=panel,
            person=landing.people[judge],
            peer=whos[unit].get(panel) == PEERS,
        )
        for unit, panel, judge in seats
    ]
    Panelist.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)


def load_votes(landing: Landing) -> None:
    """Comparisons of two groups, in the order in which they were made; whoever voted sits on the panel."""
    rows = sorted(landing.bundle.tables.votes.rows, key=lambda row: (row.at is None, row.at or landing.now))
    lists = _ranked_lists(landing, rows)
    Vote.objects.bulk_create(
        [
            Vote(
                challenge_id=landing.challenges[row.round, row.challenge],
                judge=landing.people[row.judge],
                a_id=landing.groups[row.a],
                b_id=landing.groups[row.b],
                outcome=row.outcome,
                count=row.times,
                at=row.at or landing.now,
                ranking=lists.get((row.round, row.challenge, row.judge, row.ranking)),
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
    units = {(row.round, row.challenge, row.judge) for row in rows}
    _seat(landing, (((at, key), landing.tasks[at, key].judges_panels[0].key, judge) for at, key, judge in sorted(units)))


type ListKey = tuple[str, str, str, str]


def _ranked_lists(landing: Landing, rows: Iterable[VoteRow]) -> dict[ListKey, RankedList]:
    """The lists that votes name, with their entries in the order that the votes imply: who won more stands before."""
    wins: dict[ListKey, Counter[int]] = defaultdict(Counter)
    said: dict[ListKey, datetime] = {}
    for row in rows:
        if row.ranking:
            key = (row.round, row.challenge, row.judge, row.ranking)
            wins[key][landing.groups[row.a]] += row.outcome == "a"
            wins[key][landing.groups[row.b]] += row.outcome == "b"
            said[key] = row.at or landing.now
    found = {
        key: RankedList(
            challenge_id=landing.challenges[key[0], key[1]],
            judge=landing.people[key[2]],
            groups=[group for group, _ in counted.most_common()],
            at=said[key],
        )
        for key, counted in sorted(wins.items(), key=lambda item: (*item[0][:3], len(item[0][3]), item[0][3]))
    }
    RankedList.objects.bulk_create(found.values(), batch_size=BATCH)
    return found


def load_assignments(landing: Landing) -> None:
    """Seats on panels, and an open sheet for each assigned entry not yet marked. A task without either is open to all judges."""
    seats: dict[tuple[Unit, str, str], None] = {}
    sheets: list[Sheet] = []
    for row in landing.bundle.tables.assignments.rows:
        for unit, task in landing.tasks.items():
            if row.round in {"", unit[0]} and row.challenge in {"", unit[1]} and _is_judged(task):
                panels = [row.panel] if row.panel else [one.key for one in task.judges_panels]
                seats |= dict.fromkeys((unit, panel, row.judge) for panel in panels)
                if row.group and task.marked_criteria:
                    sheets += [_assigned(landing, unit, panel, row.group, row.judge) for panel in panels]
    if not seats and not landing.bundle.tables.marks.rows and not landing.bundle.tables.votes.rows:
        seats = _everybody(landing)
    _seat(landing, seats)
    _describe(landing)
    Sheet.objects.bulk_create(sheets, batch_size=BATCH, ignore_conflicts=True)


def _describe(landing: Landing) -> None:
    """What is known of the judges on their seats; of several rows of a seat the last that says something counts."""
    rows = [
        Panelist(
            challenge_id=landing.challenges[unit],
            panel=panel.key,
            person=landing.people[row.judge],
            topics=list(words_in(row.topics)),
            languages=list(words_in(row.languages)),
            max_load=row.max_load or None,
            chair=bool(row.chair),
            left_at=row.left,
        )
        for row in landing.bundle.tables.assignments.rows
        if row.topics or row.languages or row.max_load or row.chair or row.left
        for unit, task in landing.tasks.items()
        if row.round in {"", unit[0]} and row.challenge in {"", unit[1]} and _is_judged(task)
        for panel in task.judges_panels
        if row.panel in {"", panel.key}
    ]
    Panelist.objects.bulk_create(
        {(one.challenge_id, one.panel, one.person_id): one for one in rows}.values(),
        batch_size=BATCH,
        update_conflicts=True,
        unique_fields=["challenge", "panel", "person"],
        update_fields=["topics", "languages", "max_load", "chair", "left_at"],
    )


def _is_judged(task: ChallengeDesign) -> bool:
    """Whether people sit on its panels: they mark, or compare."""
    return bool(task.marked_criteria) or task.format is Format.PAIRWISE


def _assigned(landing: Landing, unit: Unit, panel: str, group: str, judge: str) -> Sheet:
    return Sheet(
        challenge_id=landing.challenges[unit],
        group_id=landing.groups[group],
        panel=panel,
        judge=landing.people[judge],
        assigned_at=landing.now,
    )


def _everybody(landing: Landing) -> dict[tuple[Unit, str, str], None]:
    """Before anybody has marked: every judge on every panel."""
    keys = {person.pk: key for key, person in landing.people.items()}
    wide = Membership.objects.filter(cycle=landing.cycle, group__isnull=True).values_list("person_id", "capabilities")
    judges = [keys[person] for person, held in wide if Capability.JUDGE.value in held]
    units = [(unit, panel.key) for unit, task in landing.tasks.items() if _is_judged(task) for panel in task.judges_panels]
    return dict.fromkeys((unit, panel, judge) for unit, panel in units for judge in judges)


def load_conflicts(landing: Landing) -> None:
    """Who must not mark whom. A person known from another cycle may have declared it before."""
    rows = [
        ConflictOfInterest(
            person=landing.people[row.judge],
            group_id=landing.groups[row.group],
            reason=row.reason,
            kind=row.kind or ConflictKind.DECLARED.value,
            source=row.source or ConflictSource.ORGANIZER.value,
            lifted_at=row.lifted,
            lifted_reason=row.lifted_reason,
        )
        for row in landing.bundle.tables.conflicts.rows
    ]
    ConflictOfInterest.objects.bulk_create(rows, batch_size=BATCH, ignore_conflicts=True)
