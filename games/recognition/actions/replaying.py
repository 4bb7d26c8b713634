"""The journal read again under other rules, in portions, beside the points that are shown; and swapped with them.

Only rules that changed read again. What the others gave stays where it is, and counts in the new generation too (rules/keeping.py).
A portion is a transaction: whoever waits sees how far it is, and a process may die at any line. Where a portion goes on in the process
that read the one before, what was given stays in memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, Max, When

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.playbooks.schema import Design, PointRule
from games.recognition.actions.crediting import explain, read_acts
from games.recognition.actions.points import cursor_of, rebuild_totals
from games.recognition.actions.rows import pour
from games.recognition.models import Points, PointsCursor, PointsTotal
from games.recognition.queries.acts import Actors, acts_of, kinds_before_joining, ledger_for
from games.recognition.queries.editions import previewed_by
from games.recognition.queries.points import changes_between
from games.recognition.rules.acts import ALWAYS, asked_of, told_by_payload
from games.recognition.rules.keeping import CARRIED, kept_on, read, readings, same, written
from games.recognition.rules.points import Ledger, NoPreview
from leaderboards.collecting import uncollected
from leaderboards.engine.language import gettext as _

PORTION: Final = 20_000
AT_ONCE: Final = 4000
HELD: Final = timedelta(seconds=60)


class Entry(NamedTuple):
    """A sealed entry, without what points do not need."""

    seal: int
    kind: str
    actor: UUID | None
    group_id: int | None
    subject: str
    payload: Any
    at: datetime


@dataclass(frozen=True, slots=True)
class Preview:
    """A replay not shown yet: its generation, and each group whose total would change, as group id → (now, then)."""

    generation: int
    changes: dict[int, tuple[int, int]]


@dataclass(slots=True)
class Reading:
    """What a process that replays keeps in mind between portions: of which preview, up to which seal, what was given, and who is who."""

    generation: int
    seal: int
    ledger: Ledger
    actors: Actors = field(default_factory=dict)
    done: bool = False


@transaction.atomic
def try_points(
    cycle: Cycle, *, by: Any, design_number: int | None = None, rules: Sequence[PointRule] | None = None
) -> PointsCursor:
    """Ask for a replay: under rules on trial, or those of a numbered Design (default: the present one).

    A short journal is read at once, a long one by a worker. What was previewed before is dropped.
    """
    cursor = cursor_of(cycle)
    last = Points.objects.filter(cycle=cycle).aggregate(last=Max("generation"))["last"]
    cursor.preview_generation = max(last or 1, cursor.generation, cursor.preview_generation or 0) + 1
    cursor.preview_design, cursor.preview_until = design_number or cycle.design_number, cursor.seal
    cursor.preview_rules = None if rules is None else [rule.model_dump(mode="json", exclude_defaults=True) for rule in rules]
    cursor.preview_at, cursor.preview_held_until = db_now(), None
    design = trial_design(cycle, cursor)
    _begin(cycle, cursor, design)
    cursor.save()
    payload = {"generation": cursor.preview_generation, "trial": rules is not None}
    record(Kind.POINTS_TRIED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload)
    if len(_next(cycle, cursor, _to_read(cursor, design), AT_ONCE + 1)) <= AT_ONCE:
        read_on(cycle, generation=cursor.preview_generation)
        cursor.refresh_from_db()
    return cursor


@transaction.atomic
def replay_points(cycle: Cycle, *, design_number: int | None = None, by: Any = None) -> Preview:
    """Ask for a replay, and read all of it now."""
    cursor = try_points(cycle, by=by, design_number=design_number)
    generation = cursor.preview_generation or 0
    read_on(cycle, generation=generation)
    return Preview(generation, changes_between(cycle, cursor.generation, generation))


def read_on(cycle: Cycle, *, generation: int, portions: int | None = None, size: int = PORTION) -> bool:
    """Read portions of a preview, all of them or so many. Returns whether it is done. Stops where another preview has taken its place."""
    reading: Reading | None = None
    with uncollected():
        while portions is None or portions > 0:
            reading = read_portion(cycle, reading, generation=generation, size=size)
            if reading is None or reading.done:
                return reading is not None
            portions = None if portions is None else portions - 1
    PointsCursor.objects.filter(cycle=cycle, preview_generation=generation).update(preview_held_until=None)
    return False


@transaction.atomic
def read_portion(cycle: Cycle, before: Reading | None, *, generation: int, size: int = PORTION) -> Reading | None:
    """The next portion of a preview, up to where the shown points have read.

    None if it is no more the one that is wanted, or if another process is reading it.
    """
    cursor = cursor_of(cycle)
    held = before is None and cursor.preview_held_until is not None and cursor.preview_held_until > db_now()
    if cursor.preview_generation != generation or held:
        return None
    wanted = trial_design(cycle, cursor)
    if not _holds(cursor, wanted):
        _begin(cycle, cursor, wanted)
    if cursor.preview_seal == 0:
        _forget_others(cycle, cursor)
        _take_along(cycle, cursor)
    design, number, edition = _to_read(cursor, wanted), number_of(cycle, cursor), previewed_by(cursor)
    entries = _next(cycle, cursor, design, size)
    goes_on = before is not None and (before.generation, before.seal) == (generation, cursor.preview_seal)
    actors = before.actors if before is not None else {}
    acts = acts_of(cycle, entries, design, known=actors)
    fresh = Ledger(design.rules) if cursor.preview_seal == 0 else None
    ledger = before.ledger if before is not None and goes_on else fresh or ledger_for(cycle, edition, design, acts)
    awards, book = read_acts(cycle, edition, design, ledger, acts)
    pour(cycle, generation, number, awards)
    explain(cycle, edition, book)
    done = len(entries) < size
    cursor.preview_seal = cursor.seal if done else entries[-1].seal
    cursor.preview_held_until = None if done else db_now() + HELD
    cursor.save(update_fields=["preview_seal", "preview_kept", "preview_held_until"])
    if done:
        rebuild_totals(cycle, edition)
    return Reading(generation, cursor.preview_seal, ledger, actors, done)


def _next(cycle: Cycle, cursor: PointsCursor, design: Design, size: int) -> list[Entry]:
    """Sealed entries that the rules ask for, in order. Where nothing has to be read again, no statement."""
    kinds = asked_of(design.rules)
    if _kept(cursor).issuperset(CARRIED):
        kinds = [kind for kind in kinds if kind not in ALWAYS]
    rows = JournalEntry.objects.filter(cycle_id=cycle.pk, seal__gt=cursor.preview_seal, seal__lte=cursor.seal)
    asked, told = rows.filter(kind__in=kinds).order_by("seal")[:size], told_by_payload(design.rules)
    payload = F("payload") if told is None else Case(When(kind__in=told, then=F("payload")), default=None)
    found = asked.values_list("seal", "kind", "actor", "group_id", "subject", "at", payload)
    return [
        Entry(seal or 0, kind, actor, group, subject, {} if said is None else said, at)
        for seal, kind, actor, group, subject, at, said in found
    ]


def trial_design(cycle: Cycle, cursor: PointsCursor) -> Design:
    """The Design under which a preview is read: with the rules on trial, if there are."""
    design = design_of(cycle, cursor.preview_design or cycle.design_number)
    if cursor.preview_rules is None:
        return design
    return design.model_copy(update={"rules": tuple(map(PointRule.model_validate, cursor.preview_rules))})


def number_of(cycle: Cycle, cursor: PointsCursor) -> int:
    """The number of the rules that its rows name: rules on trial are the next ones, if nobody changes others before."""
    return cycle.design_number + 1 if cursor.preview_rules is not None else cursor.preview_design or cycle.design_number


def _begin(cycle: Cycle, cursor: PointsCursor, design: Design) -> None:
    """From the beginning: which rules keep what they gave, since they read as they always did, and everybody had joined who did something."""
    steady = same(cursor.steady, readings(design))
    cursor.preview_seal = 0
    if steady:
        rules = [rule for rule in design.rules if rule.key in steady]
        late = kinds_before_joining(cycle, cursor.seal, asked_of(rules))
        gone = {rule.key for rule in rules if late & set(asked_of([rule]))} | (set(CARRIED) if late & ALWAYS else set())
        cursor.preview_kept = written(kept_on(cursor.generation, read(cursor.kept), steady.keys() - gone))
    else:
        cursor.preview_kept = ""


def _kept(cursor: PointsCursor) -> frozenset[str]:
    """The rules that do not read again."""
    return read(cursor.preview_kept).get(cursor.generation, frozenset())


def _holds(cursor: PointsCursor, design: Design) -> bool:
    """Whether what the preview keeps still is what its rules give: other rules may have been put in force since it was asked for."""
    return _kept(cursor) <= same(cursor.steady, readings(design)).keys()


def _to_read(cursor: PointsCursor, design: Design) -> Design:
    """The same rules, without those that keep what they gave."""
    kept = _kept(cursor)
    return design.model_copy(update={"rules": tuple(rule for rule in design.rules if rule.key not in kept)}) if kept else design


def _forget_others(cycle: Cycle, cursor: PointsCursor) -> None:
    """Previews nobody took were never valid: their rows may go, unlike points that counted. So may those of this one, which begins anew."""
    rows = Points.objects.filter(cycle=cycle, generation__gt=cursor.generation)
    rows.filter(reverses__isnull=False).delete()
    rows.delete()
    PointsTotal.objects.filter(cycle=cycle, generation__gt=cursor.generation).delete()


def _take_along(cycle: Cycle, cursor: PointsCursor) -> None:
    """What came from elsewhere stands before every act here, and under whatever rules: it has no entry that could be read again."""
    brought = Points.objects.filter(cycle=cycle, generation=cursor.generation, seal__lte=0).exclude(rule__in=_kept(cursor))
    copies: dict[int, Points] = {}
    for row in brought.order_by("pk"):
        old, row.pk, row.generation = row.pk, None, cursor.preview_generation or 0
        row.reverses = copies.get(row.reverses_id) if row.reverses_id is not None else None
        row.save(force_insert=True)
        copies[old] = row


@transaction.atomic
def swap_points(cycle: Cycle, *, generation: int, by: Any) -> None:
    """Show the generation that was previewed, brought up to the cursor first.

    Raises NoPreview if it is not (or no more) the one, if it is not read to its end, or if its rules are not those of the cycle.
    """
    cursor = cursor_of(cycle)
    if cursor.preview_generation is None or cursor.preview_generation != generation:
        message = _("There is no preview {generation} of these points: replay them first.", generation=generation)
        raise NoPreview(message)
    if cursor.preview_seal < cursor.preview_until:
        raise NoPreview(_("The journal is still being read under these rules: wait until it is done."))
    if cursor.preview_rules is not None:
        present = design_of(Cycle.objects.get(pk=cycle.pk))
        if trial_design(cycle, cursor).rules != present.rules:
            raise NoPreview(_("These rules are on trial: they have to be the rules of the cycle first."))
    read_on(cycle, generation=generation)
    cursor.refresh_from_db()
    cursor.generation, cursor.kept, cursor.steady = generation, cursor.preview_kept, readings(trial_design(cycle, cursor))
    payload = {"generation": generation, "seal": cursor.seal, "swapped": True, "kept": cursor.kept.split()}
    _settled(cursor)
    record(Kind.POINTS_CHANGED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload)


@transaction.atomic
def drop_trial(cycle: Cycle, *, by: Any) -> None:  # noqa: ARG001 every action says who acts; nothing that counted changes
    """Leave it: the preview is shown no more. Harmless when repeated; its rows go with the next one."""
    _settled(cursor_of(cycle))


def _settled(cursor: PointsCursor) -> None:
    cursor.preview_generation, cursor.preview_design, cursor.preview_rules, cursor.preview_at = None, None, None, None
    cursor.preview_seal, cursor.preview_until, cursor.preview_held_until, cursor.preview_kept = 0, 0, None, ""
    cursor.save()


def replays_due(now: datetime) -> list[tuple[int, int]]:
    """Previews that nobody reads though they are not done, as (id of the cycle, generation)."""
    rows = PointsCursor.objects.filter(preview_generation__isnull=False).exclude(preview_held_until__gt=now)
    found = rows.values_list("cycle_id", "preview_generation", "preview_seal", "preview_until")
    return [(cycle, generation) for cycle, generation, seal, until in found if generation is not None and seal < until]
