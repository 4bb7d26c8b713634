"""Verdicts: A, B, too close, skipped; lists in order; taking back the last one."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Case, CharField, F, FloatField, Q, Value, When

from games.challenges.models import Challenge
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.actions.choosing import restated
from games.judging.conflicts import same_human
from games.judging.models import PairEntry, RankedList, Vote
from games.judging.queries.pairs import (
    last_said,
    locked_pairs,
    seat_at,
    seats_towards,
    seats_under_names,
    sitting_at,
    sitting_of_pair,
)
from games.judging.rules import NotOnPanel, Outcome, VoteRefused, check_seat, check_sitting
from games.judging.rules.pairs import NothingToUndo, PairGone, check_order, check_outcome, outcome_in
from games.organizations.models import Person
from games.submissions.queries import rules_of
from leaderboards.engine.language import gettext as _
from leaderboards.engine.pairwise.beliefs import BEGINNING, Belief, voted

PAIRWISE: Final = "pairwise"


def answer(*, pair: Vote, outcome: str, by: Any) -> Vote:
    """A judge's verdict on a pair they were shown, durable when this returns: a, b, tie, or empty to skip. Four statements.

    Raises VoteRefused, PairGone, NotOnPanel, OwnGroup, ConflictDeclared, and why nothing is judged now.
    """
    check_outcome(outcome)
    with transaction.atomic():
        row = next(iter(locked_pairs(pk=pair.pk)), None)
        if row is None or row.undone_at is not None or row.ranking_id is not None:
            raise PairGone(_("This pair is not waiting for an answer."))
        if row.at is not None:
            return _said_before(row, outcome)
        _check([row])
        _say(row, outcome, by=by)
    if outcome:
        _learn([row])
    return row  # type: ignore[no-any-return]  # an annotated Vote


def _said_before(row: Vote, outcome: str) -> Vote:
    """The same answer sent twice is one answer."""
    if row.outcome != outcome:
        raise PairGone(_("You have answered this pair before: take that back first."))
    return row


def _check(rows: Sequence[Any]) -> None:
    """Refuse unless the judge of these locked pairs may judge all entries in them, now."""
    for row in rows:
        for seat in seats_towards(row):
            check_seat(seat, judge="You", panel="jury")
        check_sitting(sitting_of_pair(row))


def _say(row: Any, outcome: str, *, by: Any) -> None:
    row.outcome, row.at = outcome, row.now
    Vote.objects.filter(pk=row.pk).update(outcome=outcome, at=row.now)
    _told(row, by=by)


def _told(row: Any, *, by: Any) -> None:
    payload = {"a": row.a_id, "b": row.b_id, "outcome": row.outcome}
    _journal(Kind.VOTE_CAST, row.challenge, f"vote:{row.pk}", payload, by=by, at=row.now)


def _journal(kind: Kind, challenge: Challenge, subject: str, payload: dict[str, Any], *, by: Any, at: datetime) -> None:
    where = {"round": challenge.round.key, "challenge": challenge.key}
    record(kind, cycle_id=challenge.round.cycle_id, by=by, subject=subject, payload=where | payload, at=at)


def _learn(rows: Sequence[Any], weight: float = 1.0) -> None:
    """What verdicts change for choosing: their entries in one statement, by differences, after the commit, so that nobody waits."""
    before: dict[int, Belief] = {}
    for row in rows:
        for side in ("a", "b"):
            known = getattr(row, f"strength_{side}") is not None
            before[getattr(row, f"{side}_id")] = (
                Belief(getattr(row, f"strength_{side}"), getattr(row, f"variance_{side}")) if known else BEGINNING
            )
    after = dict(before)
    for row in rows:
        winner, loser = (row.b_id, row.a_id) if row.outcome == Outcome.B else (row.a_id, row.b_id)
        after[winner], after[loser] = voted(after[winner], after[loser], tie=row.outcome == Outcome.TIE, weight=weight)
    PairEntry.objects.filter(challenge=rows[0].challenge_id, group__in=list(after)).update(
        votes=F("votes") + 1,
        strength=F("strength") + _by_group({group: new.mean - before[group].mean for group, new in after.items()}),
        variance=F("variance") * _by_group({group: new.variance / before[group].variance for group, new in after.items()}),
    )


def _by_group(values: dict[int, float]) -> Case:
    return Case(*(When(group=group, then=Value(value)) for group, value in values.items()), output_field=FloatField())


@transaction.atomic
def vote(*, challenge: Challenge, person: Person, a: Group, b: Group, outcome: str, by: Any) -> Vote:
    """A judge's comparison of two groups that they chose themselves, durable when this returns. Six statements at most.

    A second vote on the same pair replaces the first, which is kept as taken back. Raises as `answer` does.
    """
    check_outcome(outcome)
    _check_format(challenge)
    if a.pk == b.pk or a.cycle_id != challenge.round.cycle_id or b.cycle_id != challenge.round.cycle_id:
        raise VoteRefused(_("expected two different teams of the cycle"), where="b")
    seat = _seat(challenge, person)
    pair = Q(a=a, b=b) | Q(a=b, b=a)
    before = Vote.objects.filter(pair, challenge=challenge, judge=person, undone_at__isnull=True, ranking__isnull=True).first()
    if before is None:
        new = Vote.objects.create(challenge=challenge, judge=person, a=a, b=b, outcome=outcome, asked_at=seat.now, at=seat.now)
        (row,) = locked_pairs(pk=new.pk)
        _check([row])
        _told(row, by=by)
        if outcome:
            _learn([row])
        return new
    if before.at is not None:
        return _replaced(before, challenge, a, outcome, by=by)
    return answer(pair=before, outcome=_seen_from(before, a, outcome), by=by)


def _seen_from(pair: Vote, a: Group, outcome: str) -> str:
    """The verdict as it reads in the stored pair, which may stand the other way round."""
    other = {Outcome.A.value: Outcome.B.value, Outcome.B.value: Outcome.A.value}
    return outcome if pair.a_id == a.pk else other.get(outcome, outcome)


def _replaced(before: Vote, challenge: Challenge, a: Group, outcome: str, *, by: Any) -> Vote:
    said = _seen_from(before, a, outcome)
    if before.outcome == said:
        return before
    now = db_now()
    Vote.objects.filter(pk=before.pk).update(undone_at=now)
    again = Vote.objects.create(challenge=challenge, judge_id=before.judge_id, a_id=before.a_id, b_id=before.b_id, asked_at=now)
    found = answer(pair=again, outcome=said, by=by)
    restated(challenge, only=(before.a_id, before.b_id))
    return found


def _check_format(challenge: Challenge) -> None:
    if rules_of(challenge)[1].format != PAIRWISE:
        msg = _('The task "{challenge}" is not judged in pairs.', challenge=challenge.key)
        raise VoteRefused(msg)


def _seat(challenge: Challenge, person: Person) -> Any:
    """The judge's place, locked: what one judge does follows one after the other, and nobody else waits."""
    seat = seat_at(challenge, person, lock=True)
    if seat is None:
        msg = _('"{person}" is on no panel of "{challenge}".', person=person.key, challenge=challenge.key)
        raise NotOnPanel(msg)
    return seat


# --- Lists ------------------------------------------------------------------------------------------------------------------------------


def rank(*, ranking: RankedList, groups: Sequence[int], by: Any) -> RankedList:
    """The judge's order of a list they were shown, best first: ids of groups. Durable when this returns. Five statements.

    Empty: skipped. Raises VoteRefused, PairGone, and as `answer` does.
    """
    with transaction.atomic():
        rows = locked_pairs(ranking=ranking.pk)
        if not rows or any(row.at is not None or row.undone_at is not None for row in rows):
            raise PairGone(_("This list is not waiting for an answer."))
        if groups:
            check_order(groups, {group for row in rows for group in (row.a_id, row.b_id)})
            _check(rows)
        for row in rows:
            row.outcome = outcome_in(groups, row.a_id, row.b_id).value if groups else ""
        won = [row.pk for row in rows if row.outcome == Outcome.A]
        said = Case(When(pk__in=won, then=Value(Outcome.A.value)), default=Value(Outcome.B.value), output_field=CharField())
        Vote.objects.filter(ranking=ranking.pk).update(outcome=said if groups else "", at=rows[0].now)
        ranking.groups, ranking.at = list(groups) or ranking.groups, rows[0].now
        ranking.save(update_fields=["groups", "at"])
        payload = {"groups": list(groups)}
        _journal(Kind.VOTE_CAST, rows[0].challenge, f"list:{ranking.pk}", payload, by=by, at=rows[0].now)
    if groups:
        _learn(rows, weight=1 / (len(groups) - 1))
    return ranking


# --- Taking back ------------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def undo(*, challenge: Challenge, person: Person, by: Any) -> Vote:
    """Take back the judge's last verdict (a pair, skipped or not, or a whole list): it is kept, and shown once more to be answered.

    What is known for choosing is restated from the votes that remain. Returns the pair that waits now. Raises NothingToUndo,
    NotOnPanel, and why nothing is judged now.
    """
    seat = _seat(challenge, person)
    check_sitting(sitting_at(seat, challenge))
    last = last_said(challenge, person)
    if last is None:
        raise NothingToUndo(_("There is nothing to take back: you have not compared anything yet."))
    whole = {"ranking": last.ranking_id} if last.ranking_id is not None else {"pk": last.pk}
    rows = list(Vote.objects.filter(**whole, undone_at__isnull=True).order_by("pk"))
    Vote.objects.filter(pk__in=[row.pk for row in rows]).update(undone_at=seat.now)
    again = None
    if last.ranking_id is not None:
        RankedList.objects.filter(pk=last.ranking_id).update(undone_at=seat.now)
        groups = list({group: None for row in rows for group in (row.a_id, row.b_id)})
        again = RankedList.objects.create(challenge=challenge, judge=person, groups=groups)
    shown = Vote.objects.bulk_create(
        [Vote(challenge=challenge, judge=person, a_id=row.a_id, b_id=row.b_id, asked_at=seat.now, ranking=again) for row in rows]
    )
    payload = {"votes": [row.pk for row in rows]}
    _journal(Kind.VOTE_UNDONE, challenge, f"vote:{last.pk}", payload, by=by, at=seat.now)
    restated(challenge, only={group for row in rows for group in (row.a_id, row.b_id)})
    return shown[-1]


@transaction.atomic
def drop_votes(*, person: Person, group: Group, by: Any) -> int:
    """The judge must not judge this group: their verdicts on it no longer count, in rounds not yet published. Returns how many.

    They are kept as taken back; a list keeps what it says about its other entries. What this judge does at the same moment waits.
    """
    about = same_human(person) & (Q(a=group) | Q(b=group))
    list(seats_under_names(person, group.cycle_id).select_for_update(of=("self",), no_key=True).values_list("pk"))
    rows = Vote.objects.filter(about, undone_at__isnull=True, challenge__round__published_at__isnull=True)
    locked = rows.select_related("challenge__round__cycle").select_for_update(of=("self",), no_key=True).order_by("pk")
    now, found = db_now(), [one for one in locked if one.at is not None or one.outcome]
    for challenge in {one.challenge for one in found}:
        own = [one for one in found if one.challenge_id == challenge.pk]
        Vote.objects.filter(pk__in=[one.pk for one in own]).update(undone_at=now)
        _journal(Kind.VOTE_UNDONE, challenge, f"person:{person.pk}", {"votes": [one.pk for one in own]}, by=by, at=now)
        restated(challenge, only={one for row in own for one in (row.a_id, row.b_id)})
    return len(found)
