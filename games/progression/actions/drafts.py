"""Writing the rules of a cycle before it begins, and amendments before they hold: kept at each step, faults and all."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.models import Design as DesignRow
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.errors import Problem
from games.groups.models import Membership
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.actions import person_for
from games.playbooks.expand import expand, merged, plain
from games.playbooks.queries import Preset, exact, preset
from games.playbooks.rules import Capability
from games.progression.actions.designs import AMENDABLE, amend
from games.progression.actions.launch import begin, prepared, series_joined
from games.progression.actions.rehearsing import remove_rehearsal
from games.progression.actions.succession import CARRY, carry_over, moved, series_after
from games.progression.drafting import draft_of, rehearsal_of
from games.progression.models import Draft
from games.progression.rules import DraftMoved, DraftRefused, LaunchRefused, next_key, next_name, raw_start, shifted, zone_named
from leaderboards.engine.language import gettext as _

KEY: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
WRITER: Final = "organizer"


@transaction.atomic
def draft_cycle(
    source: str | Preset | Mapping[str, Any],
    *,
    by: Any,
    key: str = "",
    name: str = "",
    start: datetime | None = None,
    public: bool = True,
) -> Cycle:
    """Begin to write a cycle from a playbook (by key, found, or as data): every date proposed, counted from `start` (default: now).

    Nobody sees it but its organizers, `by` being the first. Raises PlaybookMissing, LaunchRefused for data that cannot be read.
    """
    found = preset(source) if isinstance(source, str) else source
    written = exact(found.data) if isinstance(found, Preset) else exact(found)
    info = {"key": found.key, "version": found.version} if isinstance(found, Preset) else {}
    named = {name_: value for name_, value in (("key", key), ("name", name)) if value}
    written = merged(written, {"cycle": named} | ({"playbook": info} if info else {}))
    opened = expand(written, start=start or db_now().replace(second=0, microsecond=0))
    if opened.problems:
        raise LaunchRefused(opened.problems)
    data: Any = plain(opened.data)
    label = found.label if isinstance(found, Preset) else ""
    return _begun(data, by=by, playbook=label, public=public)


@transaction.atomic
def draft_next(cycle: Cycle, *, by: Any, start: datetime | None = None, carry: Collection[str] = CARRY) -> Cycle:
    """Begin to write the cycle after `cycle`: its rules moved to `start` (default: now), same series; `carry` happens at the launch."""
    if cycle.state in {CycleState.DRAFT.value, CycleState.CANCELLED.value} or cycle.rehearsal:
        message = _("A draft, a dry run or a cancelled cycle has no next one.")
        raise DraftRefused(message)
    key = next_key(cycle.key)
    named = {"key": key, "name": next_name(cycle.name), "series": series_after(cycle, key)}
    data = merged(moved(design_of(cycle), start or db_now()), {"cycle": named})
    return _begun(data, by=by, playbook=cycle.playbook, public=cycle.public, predecessor=cycle, carry=carry)


def _begun(
    data: dict[str, Any],
    *,
    by: Any,
    playbook: str,
    public: bool,
    predecessor: Cycle | None = None,
    carry: Collection[str] = (),
) -> Cycle:
    table = data.setdefault("cycle", {})
    table["key"] = _free_key(str(table.get("key") or "cycle"))
    cycle = Cycle.objects.create(
        key=table["key"],
        name=str(table.get("name") or table["key"])[:300],
        organization=predecessor.organization if predecessor else None,
        predecessor=predecessor,
        playbook=playbook,
        public=public,
        created_by=by,
        starts_at=raw_start(data),
    )
    person, now = person_for(by), db_now()
    held = [Capability.ORGANIZE.value]
    Membership.objects.create(cycle=cycle, person=person, role=WRITER, capabilities=held, since=now)
    Draft.objects.create(cycle=cycle, data=data, carry=sorted(carry), saved_at=now, saved_by=by)
    record(Kind.CYCLE_DRAFTED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload={"playbook": playbook})
    return cycle


def _free_key(wanted: str) -> str:
    wanted = wanted if KEY.fullmatch(wanted) else "cycle"
    taken = set(Cycle.objects.filter(key__startswith=wanted[:60]).values_list("key", flat=True))
    number, found = 2, wanted
    while found in taken:
        found, number = f"{wanted[:58]}-{number}", number + 1
    return found


@transaction.atomic
def draft_amendment(cycle: Cycle, *, by: Any) -> Draft:
    """Begin to write an amendment: the present rules, to be changed. One at a time; one that is begun is gone on with."""
    held = locked(cycle)
    if held.state not in AMENDABLE or held.state == CycleState.DRAFT.value or held.rehearsal:
        message = _("The cycle is {state}: its rules stay.", state=held.state)
        raise DraftRefused(message)
    found, __ = Draft.objects.get_or_create(
        cycle=held, defaults={"data": design_of(held).data(), "saved_at": db_now(), "saved_by": by}
    )
    return found


@transaction.atomic
def edit_draft(
    draft: Draft, data: Mapping[str, Any], *, by: Any, revision: int | None = None, carry: Collection[str] | None = None
) -> Draft:
    """Keep what is written so far, right or wrong. `revision` is the one the writer started from.

    Raises DraftMoved when somebody saved in between: nothing of theirs is overwritten.
    """
    rows = Draft.objects.filter(pk=draft.pk)
    rows = rows if revision is None else rows.filter(revision=revision)
    kept = {"data": exact(data), "revision": F("revision") + 1, "saved_at": db_now(), "saved_by": by}
    if carry is not None:
        kept["carry"] = sorted(set(carry) & CARRY)
    if not rows.update(**kept):
        message = _("This was saved on another device or by somebody else in between. Look at it, then make your change again.")
        raise DraftMoved(message)
    found = draft_of(draft.cycle)
    if found.cycle.state == CycleState.DRAFT.value:
        _named_as_written(found.cycle, found.data)
    return found


def _named_as_written(cycle: Cycle, data: Mapping[str, Any]) -> None:
    """A draft cycle is called what its rules call it, as far as that can be."""
    table = data.get("cycle")
    table = table if isinstance(table, Mapping) else {}
    key, name, summary = (table.get(one) for one in ("key", "name", "summary"))
    if isinstance(key, str) and KEY.fullmatch(key) and not Cycle.objects.filter(key=key).exclude(pk=cycle.pk).exists():
        cycle.key = key
    cycle.name = name[:300] if isinstance(name, str) and name.strip() else cycle.key
    cycle.summary = summary if isinstance(summary, str) else ""
    cycle.starts_at = raw_start(data)
    try:
        with transaction.atomic():
            cycle.save(update_fields=["key", "name", "summary", "starts_at"])
    except IntegrityError:  # the key was taken at this moment; the check says so
        cycle.refresh_from_db()


@transaction.atomic
def move_draft(draft: Draft, start: datetime, *, by: Any, revision: int | None = None) -> Draft:
    """Move every date so that the cycle begins at `start`; the time of day stays where the start's does."""
    first = raw_start(draft.data)
    if first is None:
        message = _("There is no date yet from which the others could be moved.")
        raise DraftRefused(message, where="start")
    zone = zone_named(draft.data)
    try:
        by_days = start.astimezone(zone).replace(tzinfo=None) - first.astimezone(zone).replace(tzinfo=None)
        data = shifted(draft.data, by_days, zone)
    except OverflowError:
        message = _("Some dates would be beyond the end of the calendar: choose another day.")
        raise DraftRefused(message, where="start") from None
    return edit_draft(draft, data, by=by, revision=revision)


@transaction.atomic
def launch_draft(cycle: Cycle, *, by: Any, reason: str = "", public: bool | None = None) -> Cycle:
    """Launch a draft as it is written: whole or not at all. Teams and judges of the cycle before come along as the draft says.

    Raises LaunchRefused naming everything that is missing, SeriesTaken, DraftRefused when it is no draft (any more).
    """
    held = _held_draft(cycle)
    draft = draft_of(held)
    design = prepared(draft.data)
    _check_key(held, design.cycle.key)
    held.key, held.public = design.cycle.key, held.public if public is None else public
    held.series = series_joined(design.cycle.series, by=by, organization=held.organization)
    held.save(update_fields=["key", "public", "series"])
    writers = list(Membership.objects.filter(cycle=held, role=WRITER).values_list("person_id", flat=True))
    Membership.objects.filter(cycle=held, role=WRITER).delete()
    begin(held, design, by=by, reason=reason)
    _organize_too(held, writers)
    if held.predecessor is not None:
        carry_over(held.predecessor, held, draft.carry, by=by)
    draft.delete()
    _without_dry_run(held, by=by)
    held.refresh_from_db()
    return held


def _without_dry_run(cycle: Cycle, *, by: Any) -> None:
    """What was tried out is not needed any more."""
    dry_run = rehearsal_of(cycle)
    if dry_run is not None:
        remove_rehearsal(dry_run, by=by)


def _organize_too(cycle: Cycle, people: Collection[int]) -> None:
    """Whoever wrote the draft organizes the cycle, in the role that its rules know."""
    role = Membership.objects.filter(cycle=cycle, group__isnull=True).order_by("pk").first()
    there = set(Membership.objects.filter(cycle=cycle, group__isnull=True).values_list("person_id", flat=True))
    for pk in people if role is not None else ():
        if pk not in there:
            values = {"role": role.role, "capabilities": role.capabilities, "since": db_now()}  # type: ignore[union-attr]
            Membership.objects.create(cycle=cycle, person_id=pk, **values)


def _held_draft(cycle: Cycle) -> Cycle:
    held = locked(cycle)
    if held.state != CycleState.DRAFT.value:
        message = _("The cycle is {state}: it is no draft any more.", state=held.state)
        raise DraftRefused(message)
    return held


def _check_key(cycle: Cycle, key: str) -> None:
    if Cycle.objects.filter(key=key).exclude(pk=cycle.pk).exists():
        raise LaunchRefused([Problem("cycle.key", _('there is a cycle with the key "{key}" already', key=key))])


@transaction.atomic
def amend_as_written(cycle: Cycle, *, by: Any, reason: str) -> DesignRow:
    """Make the amendment that was written the rules, by decision. Raises as `amend` does; the draft then stays."""
    draft = draft_of(cycle)
    row = amend(cycle, by=by, reason=reason, design=draft.data)
    draft.delete()
    return row


@transaction.atomic
def discard_draft(cycle: Cycle, *, by: Any) -> None:
    """Throw away what was written: a draft cycle goes whole, of a running one only the amendment. Its dry run is removed before."""
    held = locked(cycle)
    draft_of(held).delete()
    if held.state != CycleState.DRAFT.value:
        return
    _without_dry_run(held, by=by)
    Membership.objects.filter(cycle=held).delete()
    record(Kind.CYCLE_DISCARDED, cycle_id=held.pk, by=by, subject=f"cycle:{held.pk}", payload={"rehearsal": False})
    held.delete()
