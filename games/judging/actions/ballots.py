"""Ballots of an audience: given, taken back, looked at by a human; voting opened and closed by decision. Secret: the journal names nobody."""

from typing import Any

from django.db import transaction
from django.db.models import Q

from games.challenges.models import Challenge
from games.cycles.actions import needs_reason, record_decision
from games.cycles.models import Decision
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Ballot
from games.judging.queries.ballots import Vote, ballots_of, not_for, votes_in, votes_on
from games.judging.rules.voting import (
    CLOSED,
    MANY,
    OPENED,
    BallotRefused,
    VoterUnverified,
    VotingOpen,
    VotingState,
    check_open,
    flags_of,
    mailbox,
)
from games.judging.seating import entries_to_mark
from games.judging.velocity import seen_from
from games.organizations.actions import person_for
from games.organizations.models import Person
from games.rounds.models import Round
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext

LONGEST = 5000


def vote_on(challenge: Challenge, panel: str = "") -> Vote:
    """The audience's vote on a task as it stands now: the one of this panel, or the first. Raises BallotRefused if there is none."""
    found = [one for one in votes_on(challenge, db_now()) if panel in {"", one.panel.key}]
    if not found:
        msg = _('On "{challenge}" no audience votes.', challenge=challenge.key)
        raise BallotRefused(msg)
    return found[0]


@transaction.atomic
def cast(
    *, challenge: Challenge, group: Group, by: Any, panel: str = "", network: str = "", instead_of: Group | None = None
) -> Ballot:
    """Give one of one's votes to an entry, durable when this returns; given again it stays. `by`: a user with a confirmed address.

    `instead_of`: take the vote back from this one first. `network`: where the request came from, only to notice bursts. Raises
    VoterUnverified; BallotRefused: not open, no votes left, own team or team-mates, no such entry, refused before.
    """
    _check_voter(by)
    vote = vote_on(challenge, panel)
    check_open(vote.poll)
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person_for(by).pk)
    if instead_of is not None and instead_of.pk != group.pk:
        _take_back(vote, person, instead_of)
    held = Ballot.objects.filter(challenge=challenge, panel=vote.panel.key, person=person, group=group).first()
    if held is not None and held.refused_at is not None:
        raise BallotRefused(_("An organizer refused this vote: it cannot be given again."), where="group")
    if held is not None and held.withdrawn_at is None:
        return held
    _check_choice(vote, person, group)
    flag = _flag(vote, person, by, network)
    if held is None:
        held = Ballot.objects.create(challenge=challenge, panel=vote.panel.key, person=person, group=group, flag=flag)
    else:
        held.withdrawn_at, held.at, held.flag = None, vote.poll.now, held.flag or flag
        held.save(update_fields=["withdrawn_at", "at", "flag"])
    _journal(Kind.BALLOT_CAST, vote)
    return held


def _check_voter(user: Any) -> None:
    if getattr(user, "email_confirmed_at", None) is None or not user.is_active:
        raise VoterUnverified(_("Confirm your address first: one person has one set of votes."))


def _check_choice(vote: Vote, person: Person, group: Group) -> None:
    """The entry can be voted for, by this person, who has a vote left; votes on entries that left the round are free again."""
    there = {one.pk for one in entries_to_mark(vote.challenge)}
    if group.pk not in there:
        raise BallotRefused(_("There is no such entry to vote for."), where="group")
    if group.pk in not_for([person.pk], vote.challenge.round.cycle_id):
        raise BallotRefused(_("Nobody votes for their own team, or where their team-mates play."), where="group")
    used = sum(1 for one in ballots_of(vote.challenge, vote.panel.key, [person.pk]) if one in there)
    if used >= vote.panel.ballots:
        msg = ngettext(
            "Your vote is given: take it back first.", "Your {used} votes are given: take one back first.", used, used=used
        )
        raise BallotRefused(msg, where="group")


def _flag(vote: Vote, person: Person, user: Any, network: str) -> str:
    """Why somebody should look; a burst marks those who came before in it too. Nothing is dropped."""
    place = f"{vote.challenge.pk}:{vote.panel.key}"
    together = seen_from(network, place=place, person=person.pk, now=vote.poll.now)
    name, host = mailbox(user.email)
    others = Ballot.objects.filter(challenge=vote.challenge, panel=vote.panel.key).exclude(person=person)
    same = Q(person__user__email__iexact=f"{name}@{host}") | Q(
        person__user__email__istartswith=f"{name}+", person__user__email__iendswith=f"@{host}"
    )
    flags = flags_of(
        joined=getattr(user, "date_joined", None),
        now=vote.poll.now,
        network=len(together),
        same_mailbox=others.filter(same).exists(),
    )
    if len(together) > MANY:
        burst = flags_of(joined=None, now=vote.poll.now, network=len(together), same_mailbox=False)
        others.filter(person__in=together, flag="").update(flag="; ".join(burst))
    return "; ".join(flags)


@transaction.atomic
def take_back(*, challenge: Challenge, group: Group, by: Any, panel: str = "") -> None:
    """Take one's vote back from an entry, as long as voting is open. Raises BallotRefused."""
    _check_voter(by)
    vote = vote_on(challenge, panel)
    check_open(vote.poll)
    person = Person.objects.select_for_update(of=("self",), no_key=True).get(pk=person_for(by).pk)
    if not _take_back(vote, person, group):
        raise BallotRefused(_("You have no vote there."), where="group")


def _take_back(vote: Vote, person: Person, group: Group) -> bool:
    mine = Ballot.objects.filter(challenge=vote.challenge, panel=vote.panel.key, person=person, group=group)
    gone = mine.filter(withdrawn_at__isnull=True, refused_at__isnull=True).update(withdrawn_at=vote.poll.now)
    if gone:
        _journal(Kind.BALLOT_WITHDRAWN, vote)
    return bool(gone)


def _journal(kind: Kind, vote: Vote, *, by: Any = None, **more: Any) -> None:
    """That a ballot was given or taken back: neither by whom nor for whom."""
    round_ = vote.challenge.round
    payload = {"round": round_.key, "challenge": vote.challenge.key, "panel": vote.panel.key, **more}
    record(kind, cycle_id=round_.cycle_id, by=by, subject=f"challenge:{vote.challenge.pk}", payload=payload)


# --- Looking after it -----------------------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_ballot(*, ballot: Ballot, by: Any, reason: str = "") -> Ballot:
    """An organizer looked at a flagged ballot: it counts. One that was refused counts again."""
    return _settle(ballot, by=by, reason=reason, counts=True)


@transaction.atomic
def refuse_ballot(*, ballot: Ballot, by: Any, reason: str) -> Ballot:
    """An organizer found that a flagged ballot does not count, with a reason; it is kept, and its voter cannot give it again."""
    needs_reason(reason)
    return _settle(ballot, by=by, reason=reason, counts=False)


def _settle(ballot: Ballot, *, by: Any, reason: str, counts: bool) -> Ballot:
    held = Ballot.objects.select_for_update(of=("self",)).select_related("challenge__round__cycle").get(pk=ballot.pk)
    if held.challenge.round.published_at is not None:
        raise BallotRefused(_("The results are published: correct them instead."))
    if not held.flag or held.withdrawn_at is not None:
        raise BallotRefused(_("This ballot is not flagged, or was taken back: there is nothing to look at."))
    if len(reason) > LONGEST:
        msg = _("At most {longest} characters.", longest=LONGEST)
        raise BallotRefused(msg, where="reason")
    now = db_now()
    held.settled_at, held.refused_at, held.reason = now if counts else None, None if counts else now, reason.strip()
    held.save(update_fields=["settled_at", "refused_at", "reason"])
    _journal(Kind.BALLOT_SETTLED, vote_on(held.challenge, held.panel), by=by, ballot=held.pk, counts=counts)
    return held


@transaction.atomic
def open_voting(*, challenge: Challenge, by: Any, reason: str, panel: str = "") -> Decision:
    """Let the audience vote from now on, whatever the clock says. Raises BallotRefused once results are published."""
    return _decide(challenge, panel, OPENED, by=by, reason=reason)


@transaction.atomic
def close_voting(*, challenge: Challenge, by: Any, reason: str, panel: str = "") -> Decision:
    """End the vote now. From then on ballots count, and organizers see how many each entry has."""
    return _decide(challenge, panel, CLOSED, by=by, reason=reason)


def _decide(challenge: Challenge, panel: str, kind: str, *, by: Any, reason: str) -> Decision:
    needs_reason(reason)
    vote = vote_on(challenge, panel)
    round_ = challenge.round
    if round_.published_at is not None:
        raise BallotRefused(_("The results are published: voting is over."))
    wanted = VotingState.OPEN if kind == OPENED else VotingState.OVER
    if vote.state is wanted:
        msg = _("Voting is open already.") if wanted is VotingState.OPEN else _("Voting is over already.")
        raise BallotRefused(msg)
    value = f"{kind} {challenge.key} {vote.panel.key}"
    return record_decision(round_.cycle, DecisionKind.OVERRIDE, by=by, reason=reason, round=round_.key, value=value, public=True)


def expect_voting_over(round_: Round) -> None:
    """Refuse while the audience of the round still votes: what it decides is not in the results yet. Raises VotingOpen."""
    still = [one for one in votes_in(round_, db_now()) if one.state is VotingState.OPEN]
    if still:
        named = ", ".join(f'"{one.challenge.name}"' for one in still)
        message = _("The audience still votes on {named}: close the vote first, or wait for its end.", named=named)
        raise VotingOpen(message)
