"""Reads for comparing in pairs: a judge's seat, the pair that waits, whom one may compare, what one has met."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from games.challenges.models import Challenge
from games.groups.models import Group
from games.judging.conflicts import in_conflict, kept_from, own_group
from games.judging.models import PairEntry, Panelist, Stand, Vote
from games.judging.queries.deciding import entry_of, judges_in
from games.judging.rules import Seat, Sitting
from games.judging.rules.pairs import Share, share_of
from games.organizations.models import Person
from games.rounds.models import Extension, Round
from games.rounds.queries import entrants_of, left_by_decision_of_row
from games.submissions.models import Submission
from games.submissions.queries import counting, rules_of, with_ordinal
from leaderboards.engine.pairwise.beliefs import Belief
from leaderboards.engine.pairwise.choosing import Candidate

SHOWN = Q(at__isnull=True, asked_at__isnull=False, outcome="")
"""A pair that a judge is asked about and has not answered."""
TOLD = Q(undone_at__isnull=True) & ~Q(outcome="")
"""Verdicts that count."""


def counted(votes: QuerySet[Vote]) -> QuerySet[Vote]:
    """What was said or skipped: without pairs that wait for an answer, and without what was taken back."""
    return votes.filter(undone_at__isnull=True).exclude(SHOWN)


# --- A judge's seat -------------------------------------------------------------------------------------------------------------------


def seats_of(persons: Iterable[int]) -> QuerySet[Panelist]:
    """Where these persons compare in pairs and results are not out: seats with task, round and cycle, what is due first comes first."""
    rows = Panelist.objects.filter(person__in=sorted(persons), challenge__format="pairwise", left_at__isnull=True)
    rows = rows.filter(challenge__round__published_at__isnull=True)
    due = F("challenge__round__judging_closes_at").asc(nulls_last=True)
    return rows.select_related("challenge__round__cycle", "person").order_by(
        due, "challenge__round__cycle_id", "challenge__round__number", "challenge__number", "pk"
    )


def seats_under_names(person: Person, cycle: int) -> QuerySet[Panelist]:
    """Where this human compares in pairs in a cycle, under whatever name, also where they have left."""
    me = Q(person=person) | Q(person__user=person.user_id) if person.user_id else Q(person=person)
    return Panelist.objects.filter(me, challenge__round__cycle=cycle, challenge__format="pairwise").order_by("pk")


def seat_at(challenge: Challenge, person: Person, *, lock: bool = False) -> Any:
    """The judge's place on the panel of the task, None without one, with what decides: now, holds, cycle_state; how many entries are
    there, how many known for choosing, how many judges. Locked, acts of one judge follow each other, and no other judge waits.
    """
    rows = Panelist.objects.filter(challenge=challenge, person=person, left_at__isnull=True)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    return (
        rows.annotate(
            now=Now(),
            holds=Exists(judges_in(challenge.round.cycle_id).filter(person=OuterRef("person_id"))),
            cycle_state=Subquery(Round.objects.filter(pk=challenge.round_id).values("cycle__state")[:1]),
            known=Subquery(_how_many(PairEntry.objects.filter(challenge=challenge), "challenge")),
            there=Subquery(_how_many(entries_in(challenge), "cycle")),
            judges=Subquery(_how_many(Panelist.objects.filter(challenge=challenge, left_at__isnull=True), "challenge")),
        )
        .order_by("pk")
        .first()
    )


def _how_many(rows: QuerySet[Any], by: str) -> QuerySet[Any, Any]:
    counted_rows: QuerySet[Any, Any] = rows.order_by().values(by).annotate(n=Count("pk")).values("n")
    return counted_rows


def seat_of_seat(seat: Any) -> Seat:
    """A seat as the rules take it, before any entry is looked at."""
    return Seat(holds=seat.holds)


def sitting_at(row: Any, challenge: Challenge, *, both: bool = True, until: Any = None) -> Sitting:
    """The facts about the time, as the rules take them; `row` has now and cycle_state."""
    round_ = challenge.round
    return Sitting(
        now=row.now,
        cycle_state=row.cycle_state,
        clock=round_.clock,
        live=not rules_of(challenge)[1].form,
        handed_in=both,
        until=until,
        judging_closes_at=round_.judging_closes_at,
        published_at=round_.published_at,
    )


# --- A pair -----------------------------------------------------------------------------------------------------------------------------


@cache
def _votes_with_facts() -> QuerySet[Vote, Any]:
    """Made once and never evaluated: putting it together takes longer than asking the database."""
    rows = Vote.objects.select_related("challenge__round__cycle", "judge")
    cycle = OuterRef("challenge__round__cycle_id")
    seat = Panelist.objects.filter(challenge=OuterRef("challenge_id"), person=OuterRef("judge_id"), left_at__isnull=True)
    rows = rows.annotate(
        now=Now(),
        cycle_state=F("challenge__round__cycle__state"),
        on_panel=Exists(seat),
        holds=Exists(judges_in(cycle).filter(person=OuterRef("judge_id"))),
    )
    for side in ("a", "b"):
        group = OuterRef(f"{side}_id")
        extension = Extension.objects.filter(round=OuterRef("challenge__round_id"), group=group)
        beliefs = PairEntry.objects.filter(challenge=OuterRef("challenge_id"), group=group)
        left = left_by_decision_of_row("challenge__round").filter(group=OuterRef(f"{side}__key"))
        rows = rows.annotate(
            **{
                f"own_{side}": own_group("judge", f"{side}_id"),
                f"conflict_{side}": in_conflict("judge", f"{side}_id"),
                f"in_{side}": Exists(entry_of(group=f"{side}_id")),
                f"left_{side}": Exists(left),
                f"until_{side}": Subquery(extension.values("until")[:1]),
                f"strength_{side}": Subquery(beliefs.values("strength")[:1]),
                f"variance_{side}": Subquery(beliefs.values("variance")[:1]),
            }
        )
    return rows


def locked_pairs(**which: Any) -> list[Any]:
    """Pairs of one judge, locked and fresh, with all that decides about them. One statement."""
    return list(_votes_with_facts().select_for_update(of=("self",), no_key=True).filter(**which).order_by("pk"))


def seats_towards(row: Any) -> list[Seat]:
    """How the judge of a locked pair stands to both its entries."""
    return [
        Seat(on_panel=row.on_panel, holds=row.holds, own=getattr(row, f"own_{side}"), conflict=getattr(row, f"conflict_{side}"))
        for side in ("a", "b")
    ]


def sitting_of_pair(row: Any) -> Sitting:
    """The facts about the time of a locked pair."""
    live = not rules_of(row.challenge)[1].form
    both = all((live or getattr(row, f"in_{side}")) and not getattr(row, f"left_{side}") for side in ("a", "b"))
    until = max((one for one in (row.until_a, row.until_b) if one is not None), default=None)
    return sitting_at(row, row.challenge, both=both, until=until)


def is_out(row: Any) -> bool:
    """Whether an entry of a locked pair left meanwhile, or the judge must not judge it."""
    live = not rules_of(row.challenge)[1].form
    gone = any(getattr(row, f"left_{side}") or not (live or getattr(row, f"in_{side}")) for side in ("a", "b"))
    return gone or any(one.own or one.conflict for one in seats_towards(row))


# --- Choosing ---------------------------------------------------------------------------------------------------------------------------


def entries_in(challenge: Challenge) -> QuerySet[Group]:
    """The groups whose entries are compared: what counts, or everybody in the round where nothing is handed in."""
    groups = entrants_of(challenge.round).order_by()
    if rules_of(challenge)[1].form:
        entered = counting(Submission.objects.filter(challenge=challenge, group=OuterRef("pk"), pinned__isnull=False))
        late = Extension.objects.filter(round=challenge.round_id, group=OuterRef("pk"), until__gt=Now())
        groups = groups.filter(Exists(entered)).exclude(Exists(late))
    return groups.filter(division=challenge.division) if challenge.division else groups


def candidates_for(challenge: Challenge, person: Person) -> list[Candidate]:
    """The entries that this judge may compare: never their own, never in conflict. One statement."""
    # With something beside it that is never true, PostgreSQL asks once what is compared. Alone it would become a join, and while the tables
    # are new and their sizes not yet known, that join asks anew for each entry: two seconds for a thousand.
    there = Q(group__in=entries_in(challenge)) | Q(pk__lt=0)
    rows = PairEntry.objects.filter(there, challenge=challenge).exclude(kept_from(person))
    found = rows.values_list("group_id", "views", "draw", "strength", "variance")
    return [Candidate(group, views, draw, Belief(mean, variance)) for group, views, draw, mean, variance in found]


@dataclass(slots=True)
class Past:
    """What a judge was shown and said in a task: the pairs met, the entries of the last one, what waits: (id of a pair, its list), the first last.

    `told`, `skipped`: pairs alone; `lists`: sizes of the lists put in order. `undoable`: there is something to take back.
    """

    met: set[frozenset[int]] = field(default_factory=set)
    last: tuple[int, ...] = ()
    waiting: list[tuple[int, int | None]] = field(default_factory=list)
    told: int = 0
    skipped: int = 0
    lists: dict[int, set[int]] = field(default_factory=dict)
    undoable: bool = False

    def share(self, *, entries: int, judges: int) -> Share:
        """The judge's part of the work, of which a list of n entries is n/2 comparisons."""
        done = self.told + sum(len(groups) for groups in self.lists.values()) // 2
        return share_of(entries, judges, done=done, skipped=self.skipped)


def past_of(challenge: Challenge, person: Person) -> Past:
    """Every pair ever shown to the judge. One statement."""
    found = Past()
    rows = Vote.objects.filter(challenge=challenge, judge=person).order_by("pk")
    names = ("pk", "a_id", "b_id", "ranking_id", "outcome", "asked_at", "at", "undone_at")
    of_list: int | None = None
    for pk, a, b, ranking, outcome, asked_at, at, undone_at in rows.values_list(*names):
        found.met.add(frozenset((a, b)))
        found.last = (*found.last, a, b) if ranking is not None and ranking == of_list else (a, b)
        of_list = ranking
        if undone_at is not None:
            continue
        if at is None and asked_at is not None and not outcome:
            found.waiting.append((pk, ranking))
            continue
        found.undoable = True
        found.skipped += ranking is None and not outcome
        found.told += ranking is None and bool(outcome)
        if ranking is not None and outcome:
            found.lists.setdefault(ranking, set()).update((a, b))
    found.last = tuple(dict.fromkeys(found.last))
    return found


def is_left(challenge: Challenge, person: Person, past: Past) -> bool:
    """Whether there is a pair that this judge may compare and has not met."""
    keys = [one.key for one in candidates_for(challenge, person)]
    met = sum(1 for pair in past.met if pair <= set(keys))
    return met < len(keys) * (len(keys) - 1) // 2


def waiting_for(past: Past, *, lists: bool) -> Any:
    """The pair (or list, as one of its pairs) that waits for the judge's answer, with its facts; None if there is none."""
    for pk, ranking in reversed(past.waiting):
        if (ranking is not None) is lists:
            row = _votes_with_facts().select_related("ranking").filter(pk=pk).first()
            if row is not None and not is_out(row):
                return row
    return None


def last_said(challenge: Challenge, person: Person) -> Vote | None:
    """The judge's last verdict or skipped pair that still counts."""
    mine = counted(Vote.objects.filter(challenge=challenge, judge=person, at__isnull=False))
    return mine.order_by("-at", "-pk").first()


# --- To look at -------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """An entry beside others: its group, the group's ordinal (for its number in a blind round), what was handed in, where it stands."""

    group: Group
    ordinal: int
    entry: Submission | None
    table: int | None = None
    location: str = ""


def shown_with(pair: Vote) -> list[ShownEntry]:
    """The entries that a pair is shown with, left first; of a list all, in the order drawn. Three statements, whatever their number."""
    order = [pair.a_id, pair.b_id] if pair.ranking is None else list(pair.ranking.groups)
    rows = with_ordinal(PairEntry.objects.filter(challenge=pair.challenge_id, group__in=order)).select_related("group")
    stand = Stand.objects.filter(round=pair.challenge.round_id, group=OuterRef("group_id"))
    rows = rows.annotate(table=Subquery(stand.values("number")[:1]), location=Subquery(stand.values("location")[:1]))
    groups: dict[int, Any] = {row.group_id: row for row in rows}
    entries = counting(Submission.objects.filter(challenge=pair.challenge_id, group__in=order, pinned__isnull=False))
    found = {one.group_id: one for one in entries.select_related("pinned").prefetch_related("uploads").order_by("number")}
    for one in found.values():
        one.challenge = pair.challenge  # loaded already, with its round and cycle
    return [
        ShownEntry(row.group, row.ordinal, found.get(key), row.table, row.location or "")
        for key in order
        if (row := groups.get(key)) is not None
    ]
