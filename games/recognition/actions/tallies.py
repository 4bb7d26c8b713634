"""Tallies: how far each group is with what is counted, kept up step by step. One batch costs a fixed number of statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db.models import Q

from games.cycles.models import Cycle
from games.recognition.models import Tally, TallyMark
from games.recognition.rules.acts import REVERSES, Act, Effect
from games.recognition.rules.game import APART, AWAY, Deed, Holder, Line, after, counts, holder_of, mark_of

CHUNK: Final = 400
type Place = tuple[str, Holder]
"""The key of a tally, and whose it is."""


@dataclass(frozen=True, slots=True)
class Step:
    """A tally that grew: to which number, by which act."""

    line: Line
    holder: Holder
    number: int
    act: Act


@dataclass(frozen=True, slots=True)
class _Hit:
    """An act that counts (with its mark), or takes back or brings back (without)."""

    line: Line
    holder: Holder
    act: Act
    mark: str | None


@dataclass(slots=True)
class Book:
    """The tallies and marks that a batch may touch, as they stand while it is read. `log`: (seal, tally, change), in order."""

    cycle: Cycle
    tallies: dict[Place, Tally] = field(default_factory=dict)
    marks: dict[Place, set[str]] = field(default_factory=dict)
    before: dict[Place, set[str]] = field(default_factory=dict)
    changed: set[Place] = field(default_factory=set)
    log: list[tuple[int, Place, int]] = field(default_factory=list)

    def number(self, key: str, holder: Holder) -> int:
        """How far a holder is; 0 without a tally."""
        tally = self.tallies.get((key, holder))
        return tally.number if tally is not None else 0

    def since(self, key: str, seal: int) -> dict[int, int]:
        """By how much the tally of each group changed after an entry of this batch."""
        found: dict[int, int] = {}
        for at, (of, holder), change in self.log:
            if of == key and at > seal and holder.group is not None:
                found[holder.group] = found.get(holder.group, 0) + change
        return found

    def add(self, hit: _Hit, mark: str) -> bool:
        """Count a mark, once. Returns whether it was new."""
        place = (hit.line.key, hit.holder)
        marks = self.marks.setdefault(place, set())
        if mark in marks:
            return False
        marks.add(mark)
        marks.discard(AWAY + mark)
        tally = self.tallies.get(place)
        if tally is None:
            whose = {"group_id": hit.holder.group, "person_id": hit.holder.person}
            tally = Tally(cycle=self.cycle, key=hit.line.key, number=0, since=hit.act.at, last_at=hit.act.at, **whose)
            self.tallies[place] = tally
        tally.number += 1
        tally.last_at = max(tally.last_at, hit.act.at)
        self.changed.add(place)
        self.log.append((hit.act.seal, place, 1))
        return True

    def turn(self, hit: _Hit) -> bool:
        """Take marks back that the act undoes, or count those again that it brings back. Returns whether there are more now."""
        place = (hit.line.key, hit.holder)
        before = self.marks.get(place, set())
        now = after(hit.line.counting, hit.act, before)
        if now == before:
            return False
        more = sum(map(counts, now)) - sum(map(counts, before))
        self.marks[place] = now
        self.tallies[place].number += more
        self.changed.add(place)
        self.log.append((hit.act.seal, place, more))
        return more > 0


def count(cycle: Cycle, lines: Sequence[Line], deeds: Iterable[Deed], *, beside: Iterable[str] = ()) -> tuple[Book, list[Step]]:
    """Count the deeds, in order, and write the tallies. Returns the book as it stands, and each step that a tally took.

    `beside`: keys of tallies that are read as well, for the holders touched (the other steps of a quest).
    """
    hits = [hit for deed in deeds for hit in _hits(lines, deed)]
    book = Book(cycle)
    if not hits:
        return book, []
    _load(book, hits, beside)
    steps = [
        Step(hit.line, hit.holder, book.number(hit.line.key, hit.holder), hit.act)
        for hit in hits
        if (book.turn(hit) if hit.mark is None else book.add(hit, hit.mark))
    ]
    _write(book)
    return book, steps


def _hits(lines: Sequence[Line], deed: Deed) -> Iterable[_Hit]:
    act = deed.act
    undoes = frozenset({act.kind}) if act.effect is Effect.UNDOES else REVERSES.get(act.kind, frozenset())
    for line in lines:
        events = line.counting.events
        if act.kind not in events and undoes.isdisjoint(events):
            continue
        holder = holder_of(line, act)
        if holder is None:
            continue
        mark = mark_of(line.counting, deed)
        if mark is not None or not undoes.isdisjoint(events):
            yield _Hit(line, holder, act, mark)


def _load(book: Book, hits: Sequence[_Hit], beside: Iterable[str]) -> None:
    """The tallies of everybody touched, in one statement, and the marks that may matter, in another."""
    keys = {hit.line.key for hit in hits} | set(beside)
    groups = {hit.holder.group for hit in hits if hit.holder.person is None}
    persons = {hit.holder.person for hit in hits if hit.holder.person is not None}
    whose = Q(person=None, group__in=groups) | Q(person__in=persons)
    for tally in Tally.objects.filter(whose, cycle=book.cycle, key__in=keys):
        book.tallies[tally.key, _holder(tally, hits)] = tally
    places = {tally.pk: place for place, tally in book.tallies.items()}
    values = {hit.mark for hit in hits if hit.mark is not None} | {hit.act.subject for hit in hits if hit.mark is None}
    wanted = Q(value__in=values | {AWAY + value for value in values})
    for subject in {hit.act.subject for hit in hits if hit.mark is None and hit.act.subject}:
        wanted |= Q(value__startswith=f"{subject}{APART}") | Q(value__startswith=f"{AWAY}{subject}{APART}")
    for tally_id, value in TallyMark.objects.filter(wanted, tally__in=places).values_list("tally_id", "value"):
        book.marks.setdefault(places[tally_id], set()).add(value)
    book.before = {place: set(marks) for place, marks in book.marks.items()}


def _holder(tally: Tally, hits: Sequence[_Hit]) -> Holder:
    """Whose a tally is: a member's stays theirs, whatever team they are in by now."""
    if tally.person_id is None:
        return Holder(tally.group_id)
    return next(hit.holder for hit in hits if hit.holder.person == tally.person_id)


def _write(book: Book) -> None:
    """Tallies first, then the marks that are new, and without those that went."""
    changed = [book.tallies[place] for place in book.changed]
    Tally.objects.bulk_create([one for one in changed if one.pk is None], batch_size=CHUNK)
    Tally.objects.bulk_update([one for one in changed if one.pk is not None], ["number", "last_at"], batch_size=CHUNK)
    new: list[TallyMark] = []
    gone = Q()
    for place in book.changed:
        before, now, tally = book.before.get(place, set()), book.marks.get(place, set()), book.tallies[place]
        new += [TallyMark(tally=tally, value=value) for value in sorted(now - before)]
        if before - now:
            gone |= Q(tally=tally, value__in=before - now)
    if gone:
        TallyMark.objects.filter(gone).delete()
    TallyMark.objects.bulk_create(new, batch_size=CHUNK)
