"""Activity beside learning and what teams give to each other are counted as the journal is read; flags are raised for people, and settled by them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Max

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.ideas.models import CreditShare, Idea
from games.ideas.rules import DerivationKind
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.rules import Act as Ended
from games.organizations.models import Person
from games.recognition.models import Exchange, LearningWeek, WatchFlag
from games.recognition.queries.watching import Suspect, suspects_in
from games.recognition.rules.points import Act
from games.recognition.rules.watching import SETTLED, ExchangeKind, FlagSettled, FlagState, LookReasonMissing, says_more
from games.recognition.rules.wins import monday
from leaderboards.engine.language import gettext as _

REASON: Final = 2000
type Weeks = Counter[tuple[int, date, str]]
"""(group, Monday, acts | tests | adoptions) → how many more."""
type Exchanges = Counter[tuple[int, int, ExchangeKind]]
"""(giver, receiver, what) → how many more, or fewer."""


# --- Counting -------------------------------------------------------------------------------------------------------------------------


def keep_watch(cycle: Cycle, entries: Sequence[JournalEntry], acts: Sequence[Act]) -> None:
    """Count what these sealed entries tell, in a few statements whatever came before."""
    owners = _owners(cycle, entries)
    weeks: Weeks = Counter()
    exchanges: Exchanges = Counter()
    for entry, act in zip(entries, acts, strict=True):
        week = monday(act.day)
        if entry.actor is not None and act.persons_group is not None:
            weeks[act.persons_group, week, "acts"] += 1
        if entry.kind == Kind.TEST_ACTED and entry.group_id is not None:
            weeks[entry.group_id, week, "tests"] += 1
        for giver, receiver, what, count in _given(entry, act, owners):
            if giver != receiver:
                exchanges[giver, receiver, what] += count
                if what in (ExchangeKind.ADOPTED, ExchangeKind.BUILT):
                    weeks[giver, week, "adoptions"] += 1
    _add_weeks(cycle, weeks)
    _add_exchanges(cycle, exchanges)


def _owners(cycle: Cycle, entries: Iterable[JournalEntry]) -> Mapping[int, frozenset[int]]:
    """Number of an idea that is named here → the groups it belongs to. Two statements, or none."""
    told = [
        one.payload.get(name) for one in entries if one.kind in (Kind.TEST_ACTED, Kind.IDEA_TAKEN_UP) for name in ("idea", "by")
    ]
    numbers = {number for number in told if isinstance(number, int)}
    if not numbers:
        return {}
    rows = Idea.objects.filter(cycle=cycle, number__in=numbers).values_list("number", "group_id")
    found = {number: {group} if group is not None else set() for number, group in rows}
    shares = CreditShare.objects.filter(idea__cycle=cycle, idea__number__in=numbers)
    for number, group in shares.values_list("idea__number", "group_id"):
        found[number].add(group)
    return {number: frozenset(groups) for number, groups in found.items()}


def _given(entry: JournalEntry, act: Act, owners: Mapping[int, frozenset[int]]) -> Iterable[tuple[int, int, ExchangeKind, int]]:
    """What this act gives from one group to another: (giver, receiver, what, +1 or -1)."""
    payload, one = entry.payload, 1 if entry.payload.get("held", True) else -1
    match entry.kind:
        case Kind.THANKS_GIVEN | Kind.CHEER_GIVEN if act.persons_group is not None and entry.group_id is not None:
            what = ExchangeKind.CHEER if entry.kind == Kind.CHEER_GIVEN or payload.get("of") == "group" else ExchangeKind.THANKS
            yield act.persons_group, entry.group_id, what, one
        case Kind.POST_HELPED | Kind.HELP_WITHDRAWN if isinstance(payload.get("asker"), int) and entry.group_id is not None:
            yield payload["asker"], entry.group_id, ExchangeKind.HELPED, 1 if entry.kind == Kind.POST_HELPED else -1
        case Kind.TEST_ACTED if payload.get("act") == Ended.ADOPT.value and entry.group_id is not None:
            ours = owners.get(payload.get("idea") or 0, frozenset())
            for owner in sorted(ours) if entry.group_id not in ours else ():
                yield entry.group_id, owner, ExchangeKind.ADOPTED, 1
        case Kind.IDEA_TAKEN_UP if payload.get("kind") != DerivationKind.REJECTS.value:
            ours, theirs = (owners.get(payload.get(name) or 0, frozenset()) for name in ("idea", "by"))
            if len(theirs) == 1 and not theirs & ours:
                for owner in sorted(ours):
                    yield min(theirs), owner, ExchangeKind.BUILT, 1
        case _:
            return


def _add_weeks(cycle: Cycle, weeks: Weeks) -> None:
    wanted: dict[tuple[int, date], Counter[str]] = {}
    for (group, week, name), count in weeks.items():
        wanted.setdefault((group, week), Counter())[name] += count
    rows = LearningWeek.objects.filter(cycle=cycle, group__in={key[0] for key in wanted}, week__in={key[1] for key in wanted})
    there = {(row.group_id, row.week): row.pk for row in rows}
    for key, counts in wanted.items():
        if key in there:
            LearningWeek.objects.filter(pk=there[key]).update(**{name: F(name) + count for name, count in counts.items()})
    new = [LearningWeek(cycle=cycle, group_id=key[0], week=key[1], **wanted[key]) for key in wanted if key not in there]
    LearningWeek.objects.bulk_create(new, batch_size=500)


def _add_exchanges(cycle: Cycle, exchanges: Exchanges) -> None:
    rows = Exchange.objects.filter(cycle=cycle, giver__in={key[0] for key in exchanges})
    there = {(row.giver_id, row.receiver_id, row.kind): row.pk for row in rows} if exchanges else {}
    for key, count in exchanges.items():
        if key in there and count:
            Exchange.objects.filter(pk=there[key]).update(count=F("count") + count)
    new = [
        Exchange(cycle=cycle, giver_id=giver, receiver_id=receiver, kind=what.value, count=count)
        for (giver, receiver, what), count in exchanges.items()
        if count and (giver, receiver, what) not in there
    ]
    Exchange.objects.bulk_create(new, batch_size=500)


# --- Flags ----------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def raise_flags(cycle: Cycle, *, now: datetime | None = None) -> list[WatchFlag]:
    """Look at what was counted, and raise what somebody should look at. Returns the new flags. Run it as often as you like.

    What somebody has looked at stays settled, unless it says twice as much since. What is found again is only noted as seen.
    """
    locked(cycle)
    now = now or db_now()
    found = suspects_in(cycle, now)
    rows = WatchFlag.objects.filter(cycle=cycle, key__in=[one.key for one in found]).order_by("number")
    known = {(row.kind, row.key): row for row in rows}
    number = WatchFlag.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0
    raised = []
    for one in found:
        held = known.get((one.kind.value, one.key))
        if held is not None and held.state == FlagState.OPEN.value:
            WatchFlag.objects.filter(pk=held.pk).update(facts=one.facts, seen_at=now)
        elif held is None or says_more(held.facts, one.facts):
            number += 1
            raised.append(_raise(cycle, one, number, now))
    return raised


def _raise(cycle: Cycle, one: Suspect, number: int, now: datetime) -> WatchFlag:
    row = WatchFlag.objects.create(
        cycle=cycle, number=number, kind=one.kind.value, key=one.key, facts=one.facts, found_at=now, seen_at=now
    )
    row.groups.set(one.groups)
    payload = {"flag": number, "kind": row.kind, "groups": sorted(one.groups)}
    record(Kind.FLAG_RAISED, cycle_id=cycle.pk, subject=f"watch_flag:{row.pk}", payload=payload)
    return row


@transaction.atomic
def settle_flag(*, flag: WatchFlag, state: FlagState, reason: str, by: Any) -> WatchFlag:
    """Somebody looked: nothing to it (`dismissed`), or something was done (`acted`), with why. It changes nothing else.

    Raises LookReasonMissing without a reason or with one that is too long, FlagSettled when it was looked at already.
    """
    if state not in SETTLED:
        raise FlagSettled(_("Say whether it was dismissed or acted on."), where="state")
    words = reason.strip()
    if not words or len(words) > REASON or "\0" in words:
        message = _("A reason is needed, of at most {reason} characters: it stands in the record.", reason=REASON)
        raise LookReasonMissing(message, where="reason")
    person = Person.objects.filter(user=by, memberships__cycle=flag.cycle_id, memberships__group__isnull=True).first()
    now = db_now()
    changed = {"state": state.value, "reason": words, "settled_at": now, "by": person}
    if not WatchFlag.objects.filter(pk=flag.pk, state=FlagState.OPEN.value).update(**changed):
        raise FlagSettled(_("Somebody has looked at it already: read what they said."))
    flag.refresh_from_db()
    payload = {"flag": flag.number, "kind": flag.kind, "to": state.value}
    record(Kind.FLAG_SETTLED, cycle_id=flag.cycle_id, by=by, subject=f"watch_flag:{flag.pk}", payload=payload)
    return flag
