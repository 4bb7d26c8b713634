"""Reads of cycles: the Design (parsed and kept), its rows, decisions, series."""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import F, QuerySet

from games.cycles.models import Cycle, Decision, Series
from games.cycles.models import Design as DesignRow
from games.cycles.rules import GLASS_OPEN_FOR, DecisionKind, DesignMissing, changes
from games.playbooks.schema import Design
from leaderboards.engine.language import gettext as _
from leaderboards.kept import Kept

KEPT = 100
"""Parsed rules take 20 to 170 kB each."""
KEPT_NUMBERS = 8192
HELD = "_designs_of_an_open_transaction"
WORDS_TO_COME = ("name", "summary", "brief", "form", "aim", "hints")
"""What of a task nobody reads before its round opens."""


class _Kept[K, V](OrderedDict[K, V]):
    """The values used last, at most so many."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def keep(self, key: K, value: V) -> V:
        self[key] = value
        while len(self) > self.most:
            self.popitem(last=False)
        return value


# Two steps, so that a Design is parsed once per content, and a number that a rolled back transaction gave out is never remembered.
_parsed: _Kept[str, Design] = _Kept(KEPT)
_digests: _Kept[tuple[int, int], str] = _Kept(KEPT_NUMBERS)
_uncommitted: set[tuple[int, int]] = set()


def design_of(cycle: Cycle, number: int | None = None) -> Design:
    """The rules of a cycle under a number (default: the present ones). Kept in the process: usually costs no statement.

    Raises DesignMissing when there is no such number.
    """
    place = (cycle.pk, cycle.design_number if number is None else number)
    digest = _digests.get(place)
    found = _parsed.get(digest) if digest else None
    if found is None and place in _uncommitted:
        return _read_by(cycle, place)
    return found if found is not None else _read(place)


def _read_by(cycle: Cycle, place: tuple[int, int]) -> Design:
    """A Design whose transaction is still open is kept with the row that asked, so that a page of many sheets reads it once."""
    held: dict[tuple[int, int], Design] = cycle.__dict__.setdefault(HELD, {})
    if place not in held:
        held[place] = _read(place)
    return held[place]


def keep_designs(cycles: Iterable[Cycle]) -> None:
    """Read the present rules of many cycles that are not kept yet, in one statement: `design_of` then costs none. None if all are kept."""
    wanted = {(one.pk, one.design_number) for one in cycles if one.design_number}
    missing = {place for place in wanted if _parsed.get(_digests.get(place, "")) is None}
    if not missing:
        return
    rows = DesignRow.objects.filter(cycle__in={pk for pk, __ in missing}, number=F("cycle__design_number"))
    for pk, number, digest, data in rows.values_list("cycle_id", "number", "digest", "data"):
        if (pk, number) not in _uncommitted:
            _digests.keep((pk, number), digest)
        if digest not in _parsed:
            _parsed.keep(digest, Design.model_validate(data))


def _read(place: tuple[int, int]) -> Design:
    row = DesignRow.objects.filter(cycle_id=place[0], number=place[1]).values_list("digest", "data").first()
    if row is None:
        message = _("There is no design {place} of this cycle.", place=place[1])
        raise DesignMissing(message)
    digest, data = row
    if place not in _uncommitted:
        _digests.keep(place, digest)
    return _parsed.get(digest) or _parsed.keep(digest, Design.model_validate(data))


def not_yet_committed(cycle_id: int, number: int) -> None:
    """Remember that this number was given out in a transaction still open (or rolled back)."""
    _digests.pop((cycle_id, number), None)
    _uncommitted.add((cycle_id, number))


def committed(cycle_id: int, number: int) -> None:
    """The transaction that gave out the number was committed: it may be kept."""
    _uncommitted.discard((cycle_id, number))


def design_rows(cycle: Cycle) -> QuerySet[DesignRow]:
    """The numbered Designs of a cycle, the newest first."""
    return DesignRow.objects.filter(cycle=cycle).select_related("decision").order_by("-number")


def public_design(design: Design, opened: frozenset[str]) -> dict[str, Any]:
    """The rules as everybody may read them: no answers, and of a task set only in rounds yet to open (not in `opened`) no words."""
    found = design.public()
    for spec, data in zip(design.challenges, found.get("challenges", ()), strict=True):
        rounds = spec.rounds if spec.rounds is not None else tuple(one.key for one in design.rounds)
        if not opened.intersection(rounds):
            for name in WORDS_TO_COME:
                data.pop(name, None)
    return found


def public_diffs(cycle: Cycle, rows: Iterable[DesignRow], opened: frozenset[str]) -> dict[int, list[dict[str, Any]]]:
    """What each of these numbers changed, as everybody may read it: number → changes. One statement."""
    wanted = {row.number for row in rows}
    both = DesignRow.objects.filter(cycle=cycle, number__in=wanted | {number - 1 for number in wanted})
    seen = {row.number: public_design(_of_row(row), opened) for row in both}
    return {number: changes(seen[number - 1], seen[number]) if number - 1 in seen else [] for number in wanted}


def _of_row(row: DesignRow) -> Design:
    return _parsed.get(row.digest) or _parsed.keep(row.digest, Design.model_validate(row.data))


def decisions_in_force(cycle: Cycle, *kinds: DecisionKind) -> QuerySet[Decision]:
    """Decisions not taken back, in order; of all kinds when none is named."""
    found = Decision.objects.filter(cycle=cycle, revoked_at__isnull=True)
    return found.filter(kind__in=[kind.value for kind in kinds]) if kinds else found


def glass_broken(now: datetime) -> QuerySet[Decision]:
    """The decisions by which owners of the instance may read sealed cycles at `now`: not taken back, not run out."""
    return _broken_since(now - GLASS_OPEN_FOR)


def _broken_since(at: datetime) -> QuerySet[Decision]:
    return Decision.objects.filter(kind=DecisionKind.BREAK_GLASS.value, revoked_at__isnull=True, at__gt=at)


def opened_by(user_id: int, now: datetime) -> frozenset[int]:
    """Ids of the cycles that this owner of the instance may read at `now`."""
    return frozenset(cycle for (cycle,) in _opened(user_id, now - GLASS_OPEN_FOR))


_opened: Final[Kept[Decision, tuple[int]]] = Kept(
    lambda user_id, since: _broken_since(since).filter(by_id=user_id).values_list("cycle_id"), int, datetime
)
"""Asked by every request of an owner of the instance."""


def cycles_of(series: Series) -> QuerySet[Cycle]:
    """The cycles of a series, the first first."""
    return Cycle.objects.filter(series=series).order_by("starts_at", "id")
