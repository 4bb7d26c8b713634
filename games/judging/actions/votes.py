"""Votes: A or B, for tasks judged in pairs."""

from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import Now

from games.challenges.models import Challenge
from games.groups.models import Group
from games.journal.actions import record
from games.journal.rules import Kind
from games.judging.models import Panelist, Vote
from games.judging.queries import in_conflict, judges_in, own_group
from games.judging.rules import NotOnPanel, Outcome, Seat, Sitting, VoteRefused, check_seat, check_sitting
from games.organizations.models import Person
from games.rounds.models import Round
from games.submissions.models import Submission
from games.submissions.queries import counting, rules_of


@transaction.atomic
def vote(*, challenge: Challenge, person: Person, a: Group, b: Group, outcome: str, by: Any) -> Vote:
    """A judge's comparison of two groups, durable when this returns. A second vote on the same pair replaces the first.

    Raises VoteRefused, NotOnPanel, OwnGroup, ConflictDeclared, and why nothing is judged now.
    """
    _, spec = rules_of(challenge)
    if spec.format != "pairwise":
        msg = f'The task "{challenge.key}" is not judged in pairs.'
        raise VoteRefused(msg)
    if a.pk == b.pk or a.cycle_id != challenge.round.cycle_id or b.cycle_id != challenge.round.cycle_id:
        raise VoteRefused("expected two different groups of the cycle", where="b")
    if outcome not in set(Outcome):
        msg = f'expected "a", "b", "tie" or empty, found "{outcome[:20]}"'
        raise VoteRefused(msg, where="outcome")
    seat = _seat(challenge, person)
    for group in (a, b):
        check_seat(_seat_towards(seat, challenge, person, group), judge=person.key, group="this group", panel=seat.panel)
    check_sitting(_sitting(seat, challenge, both=_handed_in(challenge, a, b) or not spec.form, live=not spec.form))
    cast = _store(challenge, person, a, b, outcome, at=seat.now)
    payload = {"round": challenge.round.key, "challenge": challenge.key, "a": a.pk, "b": b.pk, "outcome": cast.outcome}
    record(Kind.VOTE_CAST, cycle_id=challenge.round.cycle_id, by=by, subject=f"vote:{cast.pk}", payload=payload, at=cast.at)
    return cast


def _seat(challenge: Challenge, person: Person) -> Any:
    """The judge's place on any panel of the task, locked: votes of one judge follow each other."""
    held = (
        Panelist.objects.filter(challenge=challenge, person=person)
        .select_for_update(of=("self",))
        .annotate(
            now=Now(),
            holds=Exists(judges_in(challenge.round.cycle_id).filter(person=OuterRef("person_id"))),
            cycle_state=Subquery(Round.objects.filter(pk=challenge.round_id).values("cycle__state")[:1]),
        )
        .order_by("pk")
        .first()
    )
    if held is None:
        msg = f'"{person.key}" is on no panel of "{challenge.key}".'
        raise NotOnPanel(msg)
    return held


def _seat_towards(seat: Any, challenge: Challenge, person: Person, group: Group) -> Seat:
    facts = (
        Panelist.objects.filter(pk=seat.pk)
        .annotate(wanted=Subquery(Group.objects.filter(pk=group.pk).values("pk")[:1]))
        .annotate(own=own_group("person", "wanted"), conflict=in_conflict("person", "wanted"))
        .values("own", "conflict")
        .get(challenge=challenge, person=person)
    )
    return Seat(holds=seat.holds, own=facts["own"], conflict=facts["conflict"])


def _handed_in(challenge: Challenge, a: Group, b: Group) -> bool:
    entries = counting(Submission.objects.filter(challenge=challenge, group__in=[a, b], pinned__isnull=False))
    return entries.values("group_id").distinct().count() == 2  # noqa: PLR2004 a and b


def _sitting(seat: Any, challenge: Challenge, *, both: bool, live: bool) -> Sitting:
    round_ = challenge.round
    return Sitting(
        now=seat.now,
        cycle_state=seat.cycle_state,
        clock=round_.clock,
        live=live,
        handed_in=both,
        judging_closes_at=round_.judging_closes_at,
        published_at=round_.published_at,
    )


def _store(challenge: Challenge, person: Person, a: Group, b: Group, outcome: str, *, at: Any) -> Vote:
    pair = Q(a=a, b=b) | Q(a=b, b=a)
    cast = Vote.objects.filter(pair, challenge=challenge, judge=person).first()
    if cast is None:
        return Vote.objects.create(challenge=challenge, judge=person, a=a, b=b, outcome=outcome, at=at)
    cast.a, cast.b, cast.outcome, cast.at = a, b, outcome, at
    cast.save(update_fields=["a", "b", "outcome", "at"])
    return cast
