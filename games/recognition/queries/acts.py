"""What the rules of points need to know: acts with the people and teams behind them, and what was given before."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Case, Exists, IntegerField, Max, OuterRef, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce, TruncDate

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Membership
from games.ideas.models import Idea
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.playbooks.schema import Design
from games.recognition.models import Points
from games.recognition.queries.editions import Edition
from games.recognition.rules.acts import FOR_GOOD, ON_A_GROUP, Act, Effect, effect_of, event_of, subject_of
from games.recognition.rules.points import Award, Ledger, shrinks, week_of

type Actors = dict[UUID, tuple[int | None, dict[int, None]]]
"""Pseudonym -> (person in this cycle, the groups of that person, in order of joining); nobody where there is none."""

UTC: Final = "UTC"
NOBODY: Final[tuple[int | None, dict[int, None]]] = (None, {})


class Sealed(Protocol):
    """What is read of a journal entry."""

    @property
    def seal(self) -> int | None: ...
    @property
    def kind(self) -> str: ...
    @property
    def actor(self) -> UUID | None: ...
    @property
    def group_id(self) -> int | None: ...
    @property
    def subject(self) -> str: ...
    @property
    def payload(self) -> Any: ...
    @property
    def at(self) -> datetime: ...


def zone_of(design: Design) -> ZoneInfo:
    """The time zone whose days the caps count."""
    return ZoneInfo(design.cycle.timezone or UTC)


def acts_of(cycle: Cycle, entries: Sequence[Sealed], design: Design, *, known: Actors | None = None) -> list[Act]:
    """Sealed entries as the rules see them: with the person behind the act and that person's group. `known` grows by whom it lacks."""
    actors = {} if known is None else known
    missing = {entry.actor for entry in entries if entry.actor is not None and entry.actor not in actors}
    if missing:
        actors.update(dict.fromkeys(missing, NOBODY) | _actors(cycle, missing))
    zone, merged = zone_of(design), _own_mergers(cycle, entries)
    return [_act(entry, actors, zone, merged) for entry in entries]


def _actors(cycle: Cycle, pseudonyms: Iterable[UUID]) -> Actors:
    rows = Membership.objects.filter(cycle=cycle, person__user__pseudonym__in=list(pseudonyms)).order_by("since", "pk")
    found: Actors = {}
    for pseudonym, person, group in rows.values_list("person__user__pseudonym", "person_id", "group_id"):
        _, groups = found.setdefault(pseudonym, (person, {}))
        if group is not None:
            groups[group] = None
    return found


def kinds_before_joining(cycle: Cycle, until: int, kinds: Collection[str]) -> set[str]:
    """Of these kinds those of acts that somebody did before joining a group: read again, they may count for it. One statement."""
    joined = Membership.objects.filter(cycle=cycle, group__isnull=False, person__user__pseudonym=OuterRef("actor"))
    rows = JournalEntry.objects.filter(Exists(joined.filter(since__gt=OuterRef("at"))), cycle_id=cycle.pk, kind__in=kinds)
    return set(rows.filter(seal__lte=until, actor__isnull=False).order_by().values_list("kind", flat=True).distinct())


def _own_mergers(cycle: Cycle, entries: Sequence[Sealed]) -> Mapping[str, str]:
    """Subject of a merger -> subject of the idea that went away, where a team merged one idea of its own into another."""
    asked = [entry for entry in entries if entry.kind == Kind.IDEA_MERGED]
    if not asked:
        return {}
    numbers = {number for entry in asked for number in (entry.payload.get("idea"), entry.payload.get("into"))}
    rows = Idea.objects.filter(cycle=cycle, number__in=[one for one in numbers if one is not None])
    ideas = {number: (pk, group) for number, pk, group in rows.values_list("number", "pk", "group_id")}
    found = {}
    for entry in asked:
        source, into = ideas.get(entry.payload.get("idea")), ideas.get(entry.payload.get("into"))
        if source is not None and into is not None and source[1] == into[1]:
            found[entry.subject] = f"idea:{source[0]}"
    return found


def _act(entry: Sealed, actors: Actors, zone: ZoneInfo, merged: Mapping[str, str]) -> Act:
    person, groups = (actors.get(entry.actor, NOBODY)) if entry.actor is not None else NOBODY
    kind, payload, group = entry.kind, entry.payload, entry.group_id
    own = group in groups
    alone = next(iter(groups)) if len(groups) == 1 else None
    subject, effect = subject_of(kind, entry.subject, payload), effect_of(kind, payload)
    if kind == Kind.IDEA_MERGED:
        subject, effect = merged.get(subject, subject), Effect.DOES if subject in merged else Effect.NOTHING
    partner = None
    if kind in ON_A_GROUP:
        asker = payload.get("asker")
        partner = asker if isinstance(asker, int) else alone
        own = own or (partner is not None and partner == group)
    return Act(
        entry.seal or 0,
        event_of(kind, payload),
        subject,
        entry.at,
        entry.at.astimezone(zone).date(),
        group if group is not None else alone,
        person,
        group if group in groups else alone,
        own,
        str(payload.get("round", "")),
        str(payload.get("challenge", "")),
        partner,
        effect,
    )


# --- What was given before ------------------------------------------------------------------------------------------------------------


def ledger_for(cycle: Cycle, edition: Edition, design: Design, acts: Iterable[Act]) -> Ledger:
    """What was given before, as far as these acts may ask for it: of the groups in them, and of the subjects they are about."""
    acts, ledger = list(acts), Ledger(design.rules)
    given = edition.rows(cycle)
    groups = {group for act in acts for group in (act.group, act.persons_group) if group is not None}
    if acts and groups:
        _recall(ledger, design, given.filter(group__in=groups), week_of(min(act.day for act in acts)))
    _hold(ledger, cycle, design, given.filter(subject__in={act.subject for act in acts if act.subject}), acts)
    return ledger


def _recall(ledger: Ledger, design: Design, given: QuerySet[Points], since: date) -> None:
    """Sums under caps, what stands of the days, how often partners met, and when something counted last."""
    rules = design.rules
    dated = given.annotate(on=Coalesce("day", TruncDate("at", tzinfo=zone_of(design))))
    daily = [rule.key for rule in rules if rule.cap_day is not None or rule.cap_week is not None or shrinks(rule)]
    if daily:
        rows = dated.filter(rule__in=daily, on__gte=since).values_list("rule", "group_id", "person_id", "on").order_by()
        for rule, group, person, on, amount in rows.annotate(total=Sum("amount")):
            place = (rule, _receiver(group, person))
            ledger.days[*place, on] = amount
            ledger.weeks[*place, week_of(on)] = ledger.weeks.get((*place, week_of(on)), 0) + amount
    capped = [rule.key for rule in rules if rule.cap_cycle is not None]
    if capped:
        sums = given.filter(rule__in=capped).values_list("rule", "group_id", "person_id").order_by()
        for rule, group, person, amount in sums.annotate(total=Sum("amount")):
            ledger.sums[rule, _receiver(group, person)] = amount
    paused = [rule.key for rule in rules if rule.pause is not None]
    if paused:
        lasts = given.filter(rule__in=paused, reverses__isnull=True).values_list("rule", "group_id", "person_id").order_by()
        for rule, group, person, at in lasts.annotate(last=Max("at")):
            ledger.lasts[rule, _receiver(group, person)] = at
    _recall_shrinking(ledger, design, given, dated.filter(on__gte=since))


def _recall_shrinking(ledger: Ledger, design: Design, given: QuerySet[Points], recent: QuerySet[Points]) -> None:
    meeting = [rule.key for rule in design.rules if rule.partner_ratio is not None]
    if meeting:
        rows = given.filter(rule__in=meeting, partner__isnull=False).values_list("rule", "group_id", "person_id", "partner")
        sign = Case(When(reverses__isnull=True, then=Value(1)), default=Value(-1), output_field=IntegerField())
        for rule, group, person, partner, times in rows.order_by().annotate(times=Sum(sign)):
            ledger.met[rule, _receiver(group, person), partner or 0] = times
    shrinking = {rule.key: rule for rule in design.rules if shrinks(rule)}
    if shrinking:
        stand = recent.filter(rule__in=shrinking, reverses__isnull=True).exclude(pk__in=_taken_back(given))
        for row in stand.order_by("seal", "pk"):
            award = _award(row, design, "")
            ledger.stand((award.rule, award.receiver, award.day), award, shrinking[award.rule])


def _taken_back(given: QuerySet[Points]) -> QuerySet[Points, Any]:
    return given.filter(reverses__isnull=False).values("reverses_id")


def _hold(ledger: Ledger, cycle: Cycle, design: Design, given: QuerySet[Points], acts: Sequence[Act]) -> None:
    """What these subjects have earned and lost, in order; by what kind of act it was lost only if somebody may give it back."""
    rows = sorted(given, key=lambda row: (row.seal, row.reverses_id is None, row.pk))
    causes: dict[int, str] = {}
    if any(act.effect is Effect.RESTORES for act in acts):
        seals = {row.seal for row in rows if row.reverses_id is not None}
        causes = {seal or 0: kind for seal, kind in JournalEntry.objects.filter(seal__in=seals).values_list("seal", "kind")}
    lost = _lost_meanwhile(cycle, design, rows, acts)
    awards: dict[int, Award] = {}
    for row in rows:
        while lost and lost[-1].seal <= row.seal:
            ledger.lose(lost.pop())
        awards[row.pk] = award = _award(row, design, _event_of(row, cycle, design))
        if row.reverses_id is not None:
            award.reverses = awards[row.reverses_id]
        ledger.hold(award, causes.get(row.seal, ""))
    for act in reversed(lost):
        ledger.lose(act)


def _lost_meanwhile(cycle: Cycle, design: Design, rows: Iterable[Points], acts: Sequence[Act]) -> list[Act]:
    """What took back for good what was hidden, the last act first: asked for only where something is shown again. The ledger has no row of it."""
    shown = {act.subject for act in acts if act.effect is Effect.RESTORES}
    gone = [row.seal for row in rows if row.reverses_id is not None and row.subject in shown]
    if not gone:
        return []
    about = Q(subject__in=shown) | Q(kind=Kind.IDEA_MERGED.value)  # a merger names its ideas elsewhere
    between = JournalEntry.objects.filter(about, cycle_id=cycle.pk, seal__gt=min(gone), seal__lt=acts[0].seal, kind__in=FOR_GOOD)
    return acts_of(cycle, list(between.order_by("-seal")), design)


def _event_of(row: Points, cycle: Cycle, design: Design) -> str:
    """What the rule of a row asked for when it gave: it may have been changed or removed since, and is taken back all the same."""
    rule = row.rule.partition(".")[0]  # what flowed on stands under the key of its rule, with a dot
    then = design_of(cycle, row.design_number) if row.design_number < cycle.design_number else design
    return next((one.event for one in then.rules if one.key == rule), "")


def _award(row: Points, design: Design, event: str) -> Award:
    return Award(
        row.seal,
        row.rule,
        event,
        row.subject,
        row.group_id,
        row.person_id,
        row.amount,
        row.at,
        row.day or row.at.astimezone(zone_of(design)).date(),
        partner=row.partner,
        repeats=row.repeats,
        pk=row.pk,
    )


def _receiver(group: int | None, person: int | None) -> str:
    return f"person:{person}" if person is not None else f"group:{group}"
