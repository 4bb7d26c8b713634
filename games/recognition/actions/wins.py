"""Small wins are found in the sealed journal as it is read: once each, at a cost that does not grow with history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final

from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas.models import CreditShare, Idea
from games.ideas.rules import DerivationKind
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.learning.rules import Act as Ended
from games.playbooks.schema import Design
from games.recognition.models import Win, WinProgress
from games.recognition.rules.points import Act
from games.recognition.rules.wins import (
    ON_BOARDS,
    Found,
    WinKind,
    after_place,
    after_test,
    after_value,
    habit_of,
    kept_of,
    measuring_of,
    placing_of,
)
from games.submissions.models import Attempt
from leaderboards.engine.freezes import held_back
from leaderboards.engine.spec import Better, Format
from leaderboards.kept import Kept
from leaderboards.models import Snapshot

TOLD_BY: Final = frozenset({Kind.TEST_ACTED, Kind.IDEA_TAKEN_UP, Kind.SNAPSHOT_PUBLISHED, Kind.ATTEMPT_JUDGED})
"""The kinds of acts that may tell a win."""


@dataclass(slots=True)
class Reading:
    """One batch being read for wins: what is known of teams, ideas and tasks so far. `found`: ids of the wins it tells, old and new."""

    cycle: Cycle
    design: Design
    progress: dict[tuple[int, str], WinProgress] = field(default_factory=dict)
    changed: dict[tuple[int, str], WinProgress] = field(default_factory=dict)
    ideas: dict[int, Idea] = field(default_factory=dict)
    owners: dict[int, set[int]] = field(default_factory=dict)
    tasks: dict[tuple[str, str], Challenge | None] = field(default_factory=dict)
    found: set[int] = field(default_factory=set)

    def of(self, group: int, what: str) -> WinProgress:
        """How far a group has come with one thing, to be written back at the end."""
        key = (group, what)
        if key not in self.progress:
            held = WinProgress.objects.filter(cycle=self.cycle, group=group, what=what).first()
            self.progress[key] = held or WinProgress(cycle=self.cycle, group_id=group, what=what)
        self.changed[key] = self.progress[key]
        return self.progress[key]

    def task(self, payload: Mapping[str, Any]) -> Challenge | None:
        """The task that an act names."""
        key = (str(payload.get("round", "")), str(payload.get("challenge", "")))
        if key not in self.tasks:
            self.tasks[key] = next(iter(_task(self.cycle.pk, *key)), None)
        return self.tasks[key]


_task: Final[Kept[Challenge, Challenge]] = Kept(
    lambda cycle, round_, key: Challenge.objects.filter(round__cycle=cycle, round__key=round_, key=key).select_related("round"),
    int,
    str,
    str,
)


def find_wins(cycle: Cycle, design: Design, entries: Sequence[JournalEntry], acts: Sequence[Act]) -> set[int]:
    """Find and journal the wins of these sealed entries, in order. Returns their ids; reading the same entries again adds nothing."""
    told = [(entry, act) for entry, act in zip(entries, acts, strict=True) if entry.kind in TOLD_BY]
    if not design.recognition.wins or not told:
        return set()
    reading = _reading(cycle, design, [entry for entry, _ in told])
    for entry, act in told:
        match entry.kind:
            case Kind.TEST_ACTED:
                _tested(reading, entry, act)
            case Kind.IDEA_TAKEN_UP:
                _built_upon(reading, entry)
            case Kind.SNAPSHOT_PUBLISHED:
                _published(reading, entry)
            case _:
                _measured(reading, entry)
    _keep(reading.changed.values())
    return reading.found


def _reading(cycle: Cycle, design: Design, entries: Iterable[JournalEntry]) -> Reading:
    """What these entries name, in three statements."""
    held = list(entries)
    named = [
        one.payload.get(name) for one in held if one.kind in (Kind.TEST_ACTED, Kind.IDEA_TAKEN_UP) for name in ("idea", "by")
    ]
    numbers = {number for number in named if isinstance(number, int)}
    reading = Reading(cycle, design)
    if numbers:
        reading.ideas = {one.number: one for one in Idea.objects.filter(cycle=cycle, number__in=numbers)}
        ids = [one.pk for one in reading.ideas.values()]
        for one in reading.ideas.values():
            reading.owners[one.pk] = {one.group_id} if one.group_id is not None else set()
        for idea, group in CreditShare.objects.filter(idea__in=ids).values_list("idea_id", "group_id"):
            reading.owners[idea].add(group)
    groups = {one.group_id for one in held if one.group_id is not None}
    rows = WinProgress.objects.filter(cycle=cycle, group__in=groups)
    reading.progress = {(row.group_id, row.what): row for row in rows}
    return reading


def _keep(rows: Iterable[WinProgress]) -> None:
    held = list(rows)
    WinProgress.objects.bulk_create([one for one in held if one.pk is None], batch_size=500)
    WinProgress.objects.bulk_update([one for one in held if one.pk is not None], ["state", "base", "mark"], batch_size=500)


def _tell(reading: Reading, entry: JournalEntry, group: int, found: Found, **about: Any) -> None:
    """Write the win if its group does not have it, and journal it."""
    told = {"seal": entry.seal or 0, "at": entry.at, "reached": found.reached, "before": found.before, **about}
    win, new = Win.objects.get_or_create(cycle=reading.cycle, group_id=group, kind=found.kind.value, key=found.key, defaults=told)
    reading.found.add(win.pk)
    if new:
        payload = {"win": win.pk, "kind": win.kind}
        record(Kind.WIN_FOUND, cycle_id=reading.cycle.pk, group_id=group, subject=f"win:{win.pk}", payload=payload)


# --- Tests and ideas ------------------------------------------------------------------------------------------------------------------


def _subject(entry: JournalEntry) -> int | None:
    number = entry.subject.rpartition(":")[2]
    return int(number) if number.isdecimal() else None


def _tested(reading: Reading, entry: JournalEntry, act: Act) -> None:
    if entry.group_id is None:
        return
    test = _subject(entry)
    row = reading.of(entry.group_id, "tests")
    held, found = after_test(habit_of(row.state), entry.at, act.day)
    row.state = kept_of(held)
    for one in found:
        _tell(reading, entry, entry.group_id, one, test_id=test)
    idea = reading.ideas.get(entry.payload.get("idea") or 0)
    if idea is None or idea.safe or entry.payload.get("act") != Ended.ADOPT.value:
        return
    owners = reading.owners[idea.pk]
    for owner in sorted(owners) if entry.group_id not in owners else ():
        _tell(
            reading,
            entry,
            owner,
            Found(WinKind.ADOPTED, f"idea:{idea.number}"),
            idea=idea,
            test_id=test,
            partner_id=entry.group_id,
        )


def _built_upon(reading: Reading, entry: JournalEntry) -> None:
    source = reading.ideas.get(entry.payload.get("idea") or 0)
    built = reading.ideas.get(entry.payload.get("by") or 0)
    if source is None or built is None or source.safe or entry.payload.get("kind") == DerivationKind.REJECTS.value:
        return
    theirs, ours = reading.owners[built.pk], reading.owners[source.pk]
    if not theirs or theirs & ours:
        return
    for owner in sorted(ours):
        found = Found(WinKind.BUILT_UPON, f"idea:{source.number}")
        _tell(reading, entry, owner, found, idea=source, built=built, partner_id=built.group_id)


# --- What was published and measured --------------------------------------------------------------------------------------------------


def _published(reading: Reading, entry: JournalEntry) -> None:
    """Places on a board for everybody. What is published again for the same rounds is a correction: it is told instead, not beside."""
    number, mark = entry.payload.get("number"), f"round:{entry.payload.get('round', '')}"[:200]
    rows = Snapshot.objects.select_related("board").filter(
        board=_subject(entry) or 0, board__audience="public", audience="public"
    )
    snapshot = rows.filter(number=number).first()
    if snapshot is None:
        return
    places = _places(snapshot.rows)
    groups = dict(Group.objects.filter(cycle=reading.cycle, key__in=places).values_list("key", "pk"))
    what = f"board:{snapshot.board.key}"
    _load(reading, groups.values(), what)
    told: dict[int, tuple[Found, ...]] = {}
    for key, place in places.items():
        if key in groups:
            told[groups[key]] = _placed(reading.of(groups[key], what), place, mark)
    _correct(reading, snapshot, mark, told)
    for group, found in told.items():
        for one in found:
            _tell(reading, entry, group, one, board=snapshot.board)


def _places(rows: Iterable[Mapping[str, Any]]) -> dict[str, Fraction]:
    """Key of a group → its best place."""
    found: dict[str, Fraction] = {}
    for row in rows:
        place = str(row["place"])
        if place.replace(".", "", 1).isdecimal():
            found[row["entry"]] = min(Fraction(place), found.get(row["entry"], Fraction(place)))
    return found


def _load(reading: Reading, groups: Iterable[int], what: str) -> None:
    """How far these groups have come with one thing. One statement."""
    missing = [group for group in groups if (group, what) not in reading.progress]
    for row in WinProgress.objects.filter(cycle=reading.cycle, group__in=missing, what=what):
        reading.progress[row.group_id, what] = row
    for group in missing:
        reading.progress.setdefault((group, what), WinProgress(cycle=reading.cycle, group_id=group, what=what))


def _placed(row: WinProgress, place: Fraction, mark: str) -> tuple[Found, ...]:
    if row.mark != mark:
        row.base, row.mark = row.state, mark
    held, found = after_place(placing_of(row.base), place, mark)
    row.state = kept_of(held)
    return found


def _correct(reading: Reading, snapshot: Snapshot, mark: str, told: Mapping[int, Sequence[Found]]) -> None:
    """Wins that an earlier state of the same rounds told, and this one does not, go."""
    kinds = [kind.value for kind in ON_BOARDS]
    stale = Win.objects.filter(cycle=reading.cycle, kind__in=kinds, key=mark, board=snapshot.board)
    still = {(group, one.kind.value) for group, found in told.items() for one in found}
    Win.objects.filter(pk__in=[one.pk for one in stale if (one.group_id, one.kind) not in still]).delete()


def _measured(reading: Reading, entry: JournalEntry) -> None:
    """A value better than every one before. A verdict that came later is read from what stands: the best of it is the best."""
    task = reading.task(entry.payload)
    if task is None or entry.group_id is None:
        return
    spec = spec_of(task)
    if spec.format is not Format.MEASURED:
        return
    tried = Attempt.objects.filter(challenge=task, group=entry.group_id)
    row = reading.of(entry.group_id, f"task:{task.round.key}/{task.key}")
    lower, stands = spec.better is Better.LOW, ("", *spec.accepted)
    attempt = tried.filter(pk=_subject(entry) or 0).first()
    if "before" in entry.payload or attempt is None or attempt.verdict not in stands:
        best = tried.filter(verdict__in=stands, value__isnull=False).order_by("value" if lower else "-value").first()
        row.state = {"best": best.value if best is not None else None}
        Win.objects.filter(cycle=reading.cycle, kind=WinKind.PERSONAL_BEST.value, attempt=attempt, attempt__isnull=False).delete()
        return
    if attempt.value is None or _held_back(reading, task, attempt):
        return
    held, found = after_value(
        measuring_of(row.state), attempt.value, f"attempt:{attempt.number}:{task.round.key}/{task.key}", lower=lower
    )
    row.state = kept_of(held)
    for one in found:
        _tell(reading, entry, entry.group_id, one, attempt=attempt)


def _held_back(reading: Reading, task: Challenge, attempt: Attempt) -> bool:
    """A frozen board keeps it from everybody: a win would tell."""
    moment = held_back(reading.design).get((task.round.key, task.key))
    return moment is not None and attempt.elapsed_ms >= moment and task.round.published_at is None
