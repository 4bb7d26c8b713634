"""In the hall: tables given to groups, who is absent, which judge goes where. Two judges are never sent to one table."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Stand
from games.judging.queries.hall import last_table, options_for, stands_of, without_table
from games.judging.rules.hall import (
    LEASE,
    HallRefused,
    Option,
    Placed,
    TablesRefused,
    Way,
    faults_of,
    numbered,
    read_tables,
    way_from,
)
from games.organizations.models import Person
from games.rounds.models import Round
from games.rounds.queries import entrants_of
from leaderboards.engine.language import gettext as _

ASIDE: Final = 1_000_000
"""Numbers from here on are nobody's: tables that change places wait there."""


@transaction.atomic
def place_tables(*, round_: Round, wanted: Sequence[Placed], by: Any) -> int:
    """Give groups of the round their tables, numbers and locations; who has one already moves. Returns how many were named.

    A number 0 means the next that is free. Raises TablesRefused with every fault; then nothing was changed.
    """
    _lock(round_)
    groups = {one.key: one for one in entrants_of(round_)}
    there = {one.group.key: one for one in stands_of(round_)}
    named = {one.group for one in wanted}
    staying = {one.number: key for key, one in there.items() if key not in named}
    problems = faults_of(wanted, groups, staying)
    if problems:
        more = _(" (and {count} more)", count=len(problems) - 1) if len(problems) > 1 else ""
        msg = _("Nothing was changed: {problems}{more}", problems=problems[0], more=more)
        raise TablesRefused(msg, where=problems[0].where, problems=problems)
    known = [one._replace(number=there[one.group].number) if not one.number and one.group in there else one for one in wanted]
    _write(round_, numbered(known, staying), groups, there)
    _journal(round_, "tables", by=by, count=len(wanted))
    return len(wanted)


def _lock(round_: Round) -> None:
    Round.objects.select_for_update().get(pk=round_.pk)  # two who number at once follow each other


def _write(round_: Round, placed: Sequence[Placed], groups: dict[str, Group], there: dict[str, Stand]) -> None:
    moved = [there[one.group] for one in placed if one.group in there and there[one.group].number != one.number]
    for number, stand in enumerate(moved):
        stand.number = ASIDE + number
    Stand.objects.bulk_update(moved, ["number"])
    for one in placed:
        if one.group in there:
            there[one.group].number, there[one.group].location = one.number, one.location
    Stand.objects.bulk_update([there[one.group] for one in placed if one.group in there], ["number", "location"])
    Stand.objects.bulk_create(
        [
            Stand(round=round_, group=groups[one.group], number=one.number, location=one.location)
            for one in placed
            if one.group not in there
        ]
    )


@transaction.atomic
def number_tables(*, round_: Round, by: Any, first: int = 1, anew: bool = False) -> int:
    """Number the groups that have no table, by name from `first` on, leaving out what is taken; `anew`: all of them. Returns how many."""
    _lock(round_)
    if anew:
        stands = {one.group_id: one for one in stands_of(round_)}
        groups = list(entrants_of(round_).order_by("name", "pk"))
        staying = [one for one in stands.values() if one.group_id not in {group.pk for group in groups}]
        Stand.objects.filter(pk__in=[one.pk for one in staying]).delete()
        places = {group.key: stands[group.pk].location for group in groups if group.pk in stands}
    else:
        groups, places = list(without_table(round_)), {}
    taken = [] if anew else list(Stand.objects.filter(round=round_).values_list("number", flat=True))
    wanted = numbered([Placed(one.key, 0, places.get(one.key, "")) for one in groups], taken, first=max(first, 1))
    return place_tables(round_=round_, wanted=wanted, by=by) if wanted else 0


@transaction.atomic
def tables_csv(*, round_: Round, content: bytes, by: Any) -> int:
    """Tables from a list: table, group, location; an empty table means the next free number. All or nothing, as `place_tables`."""
    wanted, problems = read_tables(content)
    if problems:
        msg = _("Nothing was changed: {problems}", problems=problems[0])
        raise TablesRefused(msg, where=problems[0].where, problems=problems)
    return place_tables(round_=round_, wanted=wanted, by=by)


@transaction.atomic
def remove_table(*, stand: Stand, by: Any) -> None:
    """The group has no table any more."""
    _journal(stand.round, "removed", by=by, group=stand.group_id)
    stand.delete()


@transaction.atomic
def mark_absent(*, stand: Stand, by: Any) -> Stand:
    """Nobody is at the table: judges are sent elsewhere until somebody is back."""
    return _attended(stand, absent=True, by=by)


@transaction.atomic
def mark_back(*, stand: Stand, by: Any) -> Stand:
    """They are at their table."""
    return _attended(stand, absent=False, by=by)


def _attended(stand: Stand, *, absent: bool, by: Any) -> Stand:
    now = db_now()
    rows = Stand.objects.filter(pk=stand.pk, absent_at__isnull=absent)
    done = rows.update(absent_at=now, busy_until=now) if absent else rows.update(absent_at=None)
    if done:
        _journal(stand.round, "absent" if absent else "back", by=by, group=stand.group_id)
    stand.refresh_from_db()
    return stand


# --- A judge on the way -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Sent:
    """Where a judge goes: the table, or None; then `way` says when one is free and where nobody was."""

    stand: Stand | None
    way: Way


@transaction.atomic
def go_on(*, round_: Round, person: Person, persons: Collection[int] = (), by: Any) -> Sent:  # noqa: ARG001 every action says who acts
    """Leave the table one is at, and go to the next: it is held for a few minutes, and nobody else is sent there meanwhile.

    `persons`: the same human under other names. A table at which two arrive at once is one judge's; the other goes on to the next.
    """
    mine = {person.pk, *persons}
    now = db_now()
    here = last_table(round_, mine)
    Stand.objects.filter(round=round_, busy_with__in=mine, busy_until__gt=now).update(busy_until=now)
    way = way_from(_others(options_for(round_, mine), here), here.number if here else None, now)
    for one in way.tables:
        if _taken(one.stand, person, mine, now):
            return Sent(stands_of(round_).get(pk=one.stand), way)
    return Sent(None, way)


def _others(options: list[Option], here: Stand | None) -> list[Option]:
    """The table just left comes again only if there is no other."""
    others = [one for one in options if here is None or one.stand != here.pk]
    return others if any(not one.absent for one in others) else options


def _taken(pk: int, person: Person, persons: Collection[int], now: Any) -> bool:
    free = Q(busy_until__isnull=True) | Q(busy_until__lte=now) | Q(busy_with__in=sorted(persons))
    rows = Stand.objects.filter(free, pk=pk, absent_at__isnull=True)
    return bool(rows.update(busy_with=person, busy_until=now + LEASE))


@transaction.atomic
def go_to(*, stand: Stand, person: Person, persons: Collection[int] = (), by: Any) -> Stand:
    """Go to a table of one's own choice, also where nobody was before. Raises HallRefused while another judge is there."""
    mine, now = {person.pk, *persons}, db_now()
    if stand.absent_at is not None:
        mark_back(stand=stand, by=by)
    if not _taken(stand.pk, person, mine, now):
        msg = _("Another judge is at table {number}.", number=stand.number)
        raise HallRefused(msg)
    others = Stand.objects.filter(round=stand.round_id, busy_with__in=mine, busy_until__gt=now).exclude(pk=stand.pk)
    others.update(busy_until=now)
    stand.refresh_from_db()
    return stand


@transaction.atomic
def stay(*, stand: Stand, person: Person, by: Any, longer: timedelta = LEASE) -> Stand:  # noqa: ARG001 every action says who acts
    """Need longer: the table stays one's own. Raises HallRefused if meanwhile another judge was sent there."""
    now = db_now()
    mine = Stand.objects.filter(pk=stand.pk, busy_with=person)
    if not mine.update(busy_until=now + longer):
        msg = _("Another judge was sent to table {number} meanwhile.", number=stand.number)
        raise HallRefused(msg)
    stand.refresh_from_db()
    return stand


@transaction.atomic
def leave_table(*, stand: Stand, person: Person, by: Any) -> None:  # noqa: ARG001 every action says who acts
    """The table is free for others."""
    now = db_now()
    Stand.objects.filter(pk=stand.pk, busy_with=person, busy_until__gt=now).update(busy_until=now)


def _journal(round_: Round, change: str, *, by: Any, group: int | None = None, count: int = 1) -> None:
    record(
        Kind.HALL_CHANGED,
        cycle_id=round_.cycle_id,
        by=by,
        group_id=group,
        subject=f"round:{round_.pk}",
        payload={"round": round_.key, "change": change, "count": count},
    )
