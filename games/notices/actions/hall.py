"""What teams and judges hear of the hall: where their table is, when they pitch. Said once it is quiet: an hour of arranging is one mail."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any, Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Pitch, Sheet, Stand
from games.judging.queries.pitching import programme_of
from games.judging.rules import SheetState
from games.judging.rules.window import JUDGED_IN
from games.notices.actions.outbox import absolute
from games.notices.actions.telling import tell_all
from games.notices.models import Notice
from games.notices.queries import members_by_group, with_address
from games.notices.rules import hall_is_quiet
from games.organizations.models import Person
from games.rounds.models import Round
from games.rounds.queries import entrants_of

LOOKED_BACK: Final = timedelta(days=2)
PASSING: Final = frozenset({"absent", "back"})
"""Changes of which nobody is written to."""
TOLD: Final = "told"


@dataclass(slots=True)
class Place:
    """Where a group, or a judge, is to be: tables as (number, location), pitches as (begins, minutes, room), in order."""

    name: str = ""
    tables: list[tuple[int, str]] = field(default_factory=list)
    pitches: list[tuple[datetime, int, str]] = field(default_factory=list)


def tell_of_halls(*, now: datetime | None = None) -> int:
    """Tell whoever has another table or pitch than they last heard, in every round whose hall was changed and is quiet now.

    Returns how many were told. Run it as often as you like.
    """
    now = now or db_now()
    return sum(_tell_round(pk, entry) for pk, entry in _changed(now).items())


def _changed(now: datetime) -> dict[int, int]:
    """Round → its last change, where nobody was told of it yet and it is quiet."""
    told = Exists(Notice.objects.filter(cycle=OuterRef("cycle_id"), key__startswith="hall:"))
    there = Exists(Stand.objects.filter(round=OuterRef("pk"))) | Exists(Pitch.objects.filter(round=OuterRef("pk")))
    live = Round.objects.filter(Q(told) | there, cycle__state__in=[one.value for one in JUDGED_IN], cycle__rehearsal=False)
    rounds = {f"round:{one.pk}": one for one in live.filter(published_at__isnull=True)}
    if not rounds:
        return {}
    entries = JournalEntry.objects.filter(
        cycle_id__in={one.cycle_id for one in rounds.values()}, kind=Kind.HALL_CHANGED.value, at__gt=now - LOOKED_BACK
    )
    last = {
        subject: (pk, at, payload.get("change"))
        for pk, subject, at, payload in entries.order_by("pk").values_list("pk", "subject", "at", "payload")
        if subject in rounds and payload.get("change") not in PASSING
    }
    waiting = {rounds[subject].pk: (pk, at) for subject, (pk, at, change) in last.items() if change != TOLD}
    first: dict[int, datetime] = {}
    coming = Pitch.objects.filter(round__in=waiting, starts_at__gt=now).order_by("-starts_at")
    first |= dict(coming.values_list("round_id", "starts_at"))
    return {pk: entry for pk, (entry, at) in waiting.items() if hall_is_quiet(at, first.get(pk), now)}


@transaction.atomic
def _tell_round(pk: int, entry: int) -> int:
    round_ = Round.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=pk)
    count = _tell("hall.team", round_, _teams(round_), entry) + _tell("hall.judge", round_, _judges(round_), entry)
    payload = {"round": round_.key, "change": TOLD, "count": count}
    record(Kind.HALL_CHANGED, cycle_id=round_.cycle_id, subject=f"round:{round_.pk}", payload=payload)
    return count


def _tell(kind: str, round_: Round, people: Iterable[Any], entry: int) -> int:
    """Those whose place is another than they last heard. What somebody heard stands in the key: hall:ROUND:KIND:CHANGE:PLACES:PERSON."""
    before = f"hall:{round_.pk}:{kind}:"
    rows = Notice.objects.filter(key__startswith=before).order_by("pk").values_list("person__user_id", "key")
    heard = {user: key.split(":")[4] for user, key in rows}
    wanted = []
    for one in people:
        one.places = [place for place in one.places if place.tables or place.pitches]
        state = _digest(one.places)
        if heard.get(one.user_id, _digest([])) != state:
            one.told_as, one.changed = state, one.user_id in heard
            one.link = absolute(one.path)
            wanted.append(one)
    return tell_all(
        kind, wanted, key=f"{before}{entry}", context={"round": round_, "cycle": round_.cycle}, cycle_id=round_.cycle_id
    )


def _digest(places: Iterable[Place]) -> str:
    said = repr(
        sorted((one.name, one.tables, [(at.timestamp(), minutes, room) for at, minutes, room in one.pitches]) for one in places)
    )
    return blake2b(said.encode(), digest_size=8).hexdigest()


def _teams(round_: Round) -> list[Any]:
    """Members of every group in the round, each human once, with `places`: one for each group of theirs."""
    stands = {one.group_id: one for one in Stand.objects.filter(round=round_)}
    pitches: dict[int, list[Pitch]] = defaultdict(list)
    for one in Pitch.objects.filter(round=round_).order_by("starts_at", "pk"):
        pitches[one.group_id].append(one)
    groups = {one.key: one for one in entrants_of(round_)}
    found: dict[int, Any] = {}
    for person in members_by_group([one.pk for one in groups.values()]):
        group = groups[person.group_key]  # type: ignore[attr-defined]  # annotated
        mine = found.setdefault(person.user_id or -person.pk, person)
        mine.places = getattr(mine, "places", [])
        mine.path = f"/cycles/{round_.cycle.key}/teams/{group.key}/"
        stand = stands.get(group.pk)
        tables = [(stand.number, stand.location)] if stand else []
        mine.places.append(Place(group.name, tables, [(one.starts_at, one.minutes, one.room) for one in pitches[group.pk]]))
    return list(found.values())


def _judges(round_: Round) -> list[Any]:
    """Who has sheets of a table or hears a pitch, with one place: never the name of a team, which a judge may not know."""
    places: dict[int, Place] = defaultdict(Place)
    for pk, tables in _tables_of_judges(round_).items():
        places[pk].tables = [(number, "") for number in sorted(tables)]
    programme = programme_of(round_)
    for pitch in programme.pitches:
        for judge in programme.judges_at(pitch):
            places[judge.pk].pitches.append((pitch.starts_at, pitch.minutes, pitch.room))
    heard = Notice.objects.filter(key__startswith=f"hall:{round_.pk}:hall.judge:").values("person_id")
    found: dict[int, Any] = {}
    for person in with_address(Person.objects.filter(Q(pk__in=list(places)) | Q(pk__in=heard))):
        mine = found.setdefault(person.user_id or -person.pk, person)
        mine.places, mine.path = getattr(mine, "places", []), "/desk/hall/"
        if person.pk in places:
            mine.places.append(places[person.pk])
    return list(found.values())


def _tables_of_judges(round_: Round) -> Mapping[int, set[int]]:
    numbers = dict(Stand.objects.filter(round=round_).values_list("group_id", "number"))
    found: dict[int, set[int]] = defaultdict(set)
    sheets = Sheet.objects.filter(challenge__round=round_, group__in=numbers).exclude(state=SheetState.RECUSED.value)
    for judge, group in sheets.order_by().values_list("judge_id", "group_id"):
        found[judge].add(numbers[group])
    return found
