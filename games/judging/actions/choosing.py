"""Which pair or list a judge is shown next, and what is known of entries for choosing it."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from secrets import SystemRandom
from typing import Any, Final

from django.db import transaction
from django.db.models import F, IntegerField
from django.db.models.functions import Cast, Random

from games.challenges.models import Challenge
from games.judging.models import PairEntry, RankedList, Vote
from games.judging.queries.pairs import (
    Past,
    candidates_for,
    entries_in,
    is_out,
    locked_pairs,
    past_of,
    seat_at,
    seat_of_seat,
    sitting_at,
)
from games.judging.rules import NotOnPanel, Outcome, VoteRefused, check_seat, check_sitting
from games.judging.rules.pairs import USUAL_LIST, check_size
from games.organizations.models import Person
from games.submissions.queries import rules_of
from leaderboards.engine.language import gettext as _
from leaderboards.engine.pairwise.beliefs import BEGINNING, Belief, Verdict, replayed
from leaderboards.engine.pairwise.choosing import next_list, next_pair
from leaderboards.engine.pairwise.verdicts import implied_pairs

LOTS: Final = 2_000_000_000
dice: Final = SystemRandom()


@transaction.atomic
def ask_pair(*, challenge: Challenge, person: Person, by: Any) -> Vote | None:  # noqa: ARG001 every action says who acts
    """The pair that this judge is to compare: one that waits, else a new one, drawn and kept. None if there is nothing left for them.

    Six statements at most, whatever the number of entries. Raises NotOnPanel, and why nothing is judged now.
    """
    seat = _seat(challenge, person)
    past = past_of(challenge, person)
    if (waiting := _waiting(past, seat.now, lists=False)) is not None:
        return waiting
    _know(challenge, seat)
    pair = next_pair(candidates_for(challenge, person), before=past.last, met=past.met, dice=dice.random)
    if pair is None:
        return None
    shown = Vote.objects.create(challenge=challenge, judge=person, a_id=pair[0], b_id=pair[1], asked_at=seat.now)
    _seen(challenge, pair)
    return shown


@transaction.atomic
def ask_list(*, challenge: Challenge, person: Person, by: Any, size: int = USUAL_LIST) -> Vote | None:  # noqa: ARG001 as above
    """Some entries that this judge is to put in order, as one of the pairs that the list implies; None if there are not three left.

    A list that waits comes first. Raises as `ask_pair` does, and VoteRefused for another size than 3 to 6.
    """
    check_size(size)
    seat = _seat(challenge, person)
    past = past_of(challenge, person)
    if (waiting := _waiting(past, seat.now, lists=True)) is not None:
        return waiting
    _know(challenge, seat)
    found = next_list(candidates_for(challenge, person), size=size, before=past.last, met=past.met, dice=dice.random)
    if found is None:
        return None
    ranking = RankedList.objects.create(challenge=challenge, judge=person, groups=list(found))
    shown = Vote.objects.bulk_create(
        [
            Vote(challenge=challenge, judge=person, a_id=a, b_id=b, asked_at=seat.now, ranking=ranking)
            for a, b in implied_pairs(found)
        ]
    )
    _seen(challenge, found)
    return shown[-1]


def _seat(challenge: Challenge, person: Person) -> Any:
    """The judge's place, locked. Refuses who has none, and when nothing is judged."""
    if rules_of(challenge)[1].format != "pairwise":
        msg = _('The task "{challenge}" is not judged in pairs.', challenge=challenge.key)
        raise VoteRefused(msg)
    seat = seat_at(challenge, person, lock=True)
    if seat is None:
        msg = _('"{person}" is on no panel of "{challenge}".', person=person.key, challenge=challenge.key)
        raise NotOnPanel(msg)
    check_seat(seat_of_seat(seat), judge="You", panel=seat.panel)
    check_sitting(sitting_at(seat, challenge))
    return seat


def _waiting(past: Past, now: datetime, *, lists: bool) -> Vote | None:
    """The pair (or list) shown last that still waits. Those of which an entry left meanwhile are put away as skipped."""
    for pk, ranking in reversed(past.waiting):
        row = next(iter(locked_pairs(pk=pk, at=None)), None) if (ranking is not None) is lists else None
        if row is None:
            continue
        rows = [row] if row.ranking_id is None else locked_pairs(ranking=row.ranking_id)
        if not any(is_out(one) for one in rows):
            return row  # type: ignore[no-any-return]  # an annotated Vote
        Vote.objects.filter(pk__in=[one.pk for one in rows]).update(at=now)
        RankedList.objects.filter(pk=row.ranking_id).update(at=now, undone_at=now)
    return None


def _know(challenge: Challenge, seat: Any) -> None:
    """Every entry has its row for choosing. Usually nothing is to do."""
    if (seat.known or 0) >= (seat.there or 0):
        return
    known = PairEntry.objects.filter(challenge=challenge).values("group_id")
    new = entries_in(challenge).exclude(pk__in=known).values_list("pk", flat=True)
    rows = [PairEntry(challenge=challenge, group_id=pk, draw=dice.randrange(LOTS)) for pk in new]
    PairEntry.objects.bulk_create(rows, ignore_conflicts=True)
    if not seat.known and Vote.objects.filter(challenge=challenge).exclude(outcome="").exists():
        restated(challenge)  # these votes came in with files


def _seen(challenge: Challenge, groups: Collection[int]) -> None:
    """Shown once more, and a new lot each. No judge waits for another here but for the moment of the statement."""
    lot = Cast(Random() * LOTS, IntegerField())
    PairEntry.objects.filter(challenge=challenge, group__in=groups).update(views=F("views") + 1, draw=lot)


# --- What is known ----------------------------------------------------------------------------------------------------------------------


def restated(challenge: Challenge, *, only: Iterable[int] | None = None) -> int:
    """What is known of entries for choosing, worked out again from all votes that count, in their order. Returns how many rows changed.

    `only`: these entries alone are written. A run restates all, after the votes were undone, imported, or cast at the same moment.
    """
    told: list[Verdict[int]] = []
    seen: dict[int, set[tuple[str, int]]] = defaultdict(set)
    votes: dict[int, set[tuple[str, int]]] = defaultdict(set)
    sizes = dict(RankedList.objects.filter(challenge=challenge).values_list("pk", "groups"))
    rows = Vote.objects.filter(challenge=challenge, undone_at__isnull=True).order_by("at", "pk")
    for pk, a, b, outcome, ranking, count in rows.values_list("pk", "a_id", "b_id", "outcome", "ranking_id", "count"):
        mark = ("list", ranking) if ranking is not None else ("pair", pk)
        weight = 1 / max(1, len(sizes.get(ranking, ())) - 1) if ranking is not None else 1.0
        for group in (a, b):
            seen[group].add(mark)
            if outcome:
                votes[group].add(mark)
        if outcome:
            winner, loser = (b, a) if outcome == Outcome.B else (a, b)
            told += [Verdict(winner, loser, outcome == Outcome.TIE, weight)] * count
    beliefs = replayed(told)
    changed = []
    known = PairEntry.objects.filter(challenge=challenge)
    for row in known if only is None else known.filter(group__in=list(only)):
        belief = beliefs.get(row.group_id, BEGINNING)
        if _differs(row, belief, len(seen[row.group_id]), len(votes[row.group_id])):
            row.strength, row.variance = belief
            row.views, row.votes = len(seen[row.group_id]), len(votes[row.group_id])
            changed.append(row)
    PairEntry.objects.bulk_update(changed, ["strength", "variance", "views", "votes"], batch_size=200)
    return len(changed)


def _differs(row: PairEntry, belief: Belief, views: int, votes: int) -> bool:
    near = abs(row.strength - belief.mean) < 1e-9 and abs(row.variance - belief.variance) < 1e-9  # noqa: PLR2004 rounding
    return not near or (row.views, row.votes) != (views, votes)
