"""What the rules of points need to know: acts with the people behind them, and what was given before."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce, TruncDate

from games.cycles.models import Cycle
from games.groups.models import Membership
from games.journal.models import JournalEntry
from games.playbooks.schema import Design
from games.recognition.models import Points
from games.recognition.rules.points import Act, Award, Ledger

type Actors = dict[UUID, tuple[int, dict[int, None]]]
"""Pseudonym -> (person in this cycle, the groups of that person, in order of joining)."""

UTC: Final = "UTC"


def zone_of(design: Design) -> ZoneInfo:
    """The time zone whose days the caps count."""
    return ZoneInfo(design.cycle.timezone or UTC)


def acts_of(cycle: Cycle, entries: Sequence[JournalEntry], design: Design) -> list[Act]:
    """Sealed entries as the rules see them: with the person behind the act and that person's group."""
    actors = _actors(cycle, {entry.actor for entry in entries if entry.actor is not None})
    zone = zone_of(design)
    return [_act(entry, actors, zone) for entry in entries]


def _actors(cycle: Cycle, pseudonyms: Iterable[UUID]) -> Actors:
    rows = Membership.objects.filter(cycle=cycle, person__user__pseudonym__in=list(pseudonyms)).order_by("since", "pk")
    found: Actors = {}
    for pseudonym, person, group in rows.values_list("person__user__pseudonym", "person_id", "group_id"):
        _, groups = found.setdefault(pseudonym, (person, {}))
        if group is not None:
            groups[group] = None
    return found


def _act(entry: JournalEntry, actors: Actors, zone: ZoneInfo) -> Act:
    person, groups = actors.get(entry.actor, (None, {})) if entry.actor is not None else (None, {})
    own = entry.group_id in groups
    alone = next(iter(groups)) if len(groups) == 1 else None
    return Act(
        seal=entry.seal or 0,
        kind=entry.kind,
        subject=entry.subject,
        at=entry.at,
        day=entry.at.astimezone(zone).date(),
        group=entry.group_id if entry.group_id is not None else alone,
        person=person,
        persons_group=entry.group_id if own else alone,
        own=own,
        round=str(entry.payload.get("round", "")),
        challenge=str(entry.payload.get("challenge", "")),
    )


def ledger_for(cycle: Cycle, generation: int, design: Design, acts: Sequence[Act]) -> Ledger:
    """What was given before, as far as these acts may ask for it: sums under a cap, and what is held for the same subjects."""
    ledger = Ledger(design.rules)
    given = Points.objects.filter(cycle=cycle, generation=generation)
    capped = {rule.key for rule in design.rules if rule.cap_day is not None or rule.cap_cycle is not None}
    if capped:
        day = TruncDate(Coalesce("reverses__at", "at"), tzinfo=zone_of(design))
        sums = given.filter(rule__in=capped).annotate(day=day).values_list("rule", "group_id", "person_id", "day")
        for rule, group, person, on, amount in sums.annotate(total=Sum("amount")):
            receiver = f"person:{person}" if person is not None else f"group:{group}"
            ledger.days[rule, receiver, on] = amount
            ledger.sums[rule, receiver] = ledger.sums.get((rule, receiver), 0) + amount
    subjects = {act.subject for act in acts if act.subject}
    for award in _held(given, subjects, zone_of(design), {rule.key: rule.event for rule in design.rules}):
        ledger.held.setdefault(award.subject, {})[award.rule, award.group] = award
    return ledger


def _held(given: QuerySet[Points], subjects: Iterable[str], zone: ZoneInfo, events: dict[str, str]) -> list[Award]:
    """Awards for these subjects that were not taken back."""
    taken_back = given.filter(reverses__isnull=False).values("reverses_id")
    rows = given.filter(subject__in=list(subjects), reverses__isnull=True).exclude(pk__in=taken_back)
    return [
        Award(
            row.seal,
            row.rule,
            events.get(row.rule, ""),
            row.subject,
            row.group_id,
            row.person_id,
            row.amount,
            row.at,
            _day(row, zone),
        )
        for row in rows
    ]


def _day(row: Points, zone: ZoneInfo) -> date:
    return row.at.astimezone(zone).date()
