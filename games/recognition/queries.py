"""Reads of recognition: points and totals of the generation shown, grants, what a ledger has to remember."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, TruncDate

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Membership
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.playbooks.schema import Badge, Design, Receiver
from games.recognition.models import Grant, Points, PointsCursor, PointsTotal
from games.recognition.rules import Act, Award, GrantState, Ledger
from leaderboards.engine import facts

type Actors = dict[UUID, tuple[int, dict[int, None]]]
"""Pseudonym -> (person in this cycle, the groups of that person, in order of joining)."""

UTC: Final = "UTC"


def generation_shown(cycle: Cycle) -> int:
    """Which generation of points is the valid one."""
    return PointsCursor.objects.filter(cycle=cycle).values_list("generation", flat=True).first() or 1


def points_of(cycle: Cycle) -> QuerySet[Points]:
    """Every award and reversal that counts, in sealed order."""
    return Points.objects.filter(cycle=cycle, generation=generation_shown(cycle)).order_by("seal", "pk")


def totals_of(cycle: Cycle) -> QuerySet[PointsTotal]:
    """The total of each group, the highest first."""
    rows = PointsTotal.objects.filter(cycle=cycle, generation=generation_shown(cycle)).select_related("group")
    return rows.order_by("-amount", "last_at", "group__key")


def shown_points() -> QuerySet[Points]:
    """Points that count, of every cycle: those of the generation shown."""
    return Points.objects.filter(generation=_shown())


def shown_totals() -> QuerySet[PointsTotal]:
    """Totals that count, of every cycle."""
    return PointsTotal.objects.filter(generation=_shown()).select_related("group")


def _shown() -> Coalesce:
    cursor = PointsCursor.objects.filter(cycle_id=OuterRef("cycle_id")).values("generation")
    return Coalesce(Subquery(cursor), 1)


def point_facts(cycle: Cycle) -> tuple[facts.Points, ...]:
    """The totals as the engine takes them, for boards that rank by points."""
    rows = PointsTotal.objects.filter(cycle=cycle, generation=generation_shown(cycle)).order_by("group__key")
    return tuple(facts.Points(key, Fraction(amount)) for key, amount in rows.values_list("group__key", "amount"))


def grants_of(cycle: Cycle) -> QuerySet[Grant]:
    """Everything won in a cycle, in order of the awards' keys and places."""
    return Grant.objects.filter(cycle=cycle).select_related("group").order_by("award", "pk")


def won_by(groups: Collection[int]) -> QuerySet[Grant]:
    """What these groups have won, the newest first, with its cycle and group."""
    won = [GrantState.GRANTED.value, GrantState.DELIVERED.value]
    rows = Grant.objects.filter(group__in=groups, state__in=won).select_related("cycle", "group")
    return rows.order_by("-changed_at", "-pk")


def differences_of(cycle: Cycle) -> dict[int, dict[str, Any]]:
    """Id of a grant → what its last difference said {was, now}, for grants that the results no longer agree with. One statement."""
    acts = JournalEntry.objects.filter(cycle_id=cycle.pk, kind=Kind.GRANT_CHANGED.value).order_by("pk")
    said: dict[int, dict[str, Any]] = {}
    for subject, payload in acts.values_list("subject", "payload"):
        pk = int(subject.partition(":")[2])
        if payload.get("differs"):
            said[pk] = {"was": payload["was"], "now": payload["now"]}
        elif "to" in payload:
            said.pop(pk, None)  # somebody has looked at it since, and moved it
    return said


@dataclass(frozen=True, slots=True)
class Earned:
    """A badge that a group has earned, with how far it went: acts counted, or points."""

    badge: Badge
    group: int
    reached: int


def badges_of(cycle: Cycle) -> list[Earned]:
    """The badges of groups, as the sealed journal and the totals say now: nobody hands them out. Badges of persons are not shown here."""
    badges = [one for one in design_of(cycle).badges if one.receiver is Receiver.GROUP]
    kinds = {one.event for one in badges if one.event is not None}
    counted: dict[str, dict[int, int]] = {}
    if kinds:
        acts = JournalEntry.objects.filter(cycle_id=cycle.pk, kind__in=kinds, seal__isnull=False, group_id__isnull=False)
        for kind, group, acts_done in acts.values_list("kind", "group_id").annotate(number=Count("pk")).order_by("group_id"):
            counted.setdefault(kind, {})[group or 0] = acts_done
    points = dict(totals_of(cycle).values_list("group_id", "amount")) if any(one.points for one in badges) else {}
    earned = []
    for badge in badges:
        reached = counted.get(badge.event, {}) if badge.event is not None else points
        wanted = badge.count if badge.event is not None else badge.points or 0
        earned += [Earned(badge, group, amount) for group, amount in reached.items() if amount >= wanted]
    return earned


# --- What the rules need to know ------------------------------------------------------------------------------------------------------


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


def grown_of(cycle: Cycle, groups: Sequence[str]) -> dict[str, list[tuple[int, Fraction]]]:
    """Key of a group -> (milliseconds since the first point of the cycle, points so far), in sealed order. Two statements."""
    rows = points_of(cycle).filter(group__key__in=groups).order_by("at", "seal", "pk").values_list("group__key", "at", "amount")
    found: dict[str, list[tuple[int, Fraction]]] = {group: [(0, Fraction(0))] for group in groups}
    begun = None
    for group, at, amount in rows:
        begun = begun or at
        found[group].append((int((at - begun).total_seconds() * 1000), found[group][-1][1] + amount))
    return found if begun is not None else {}
