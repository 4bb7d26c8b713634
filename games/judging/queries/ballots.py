"""Reads of an audience's vote: whether it is open, what one may vote for, what one voted, how many did. Never who leads."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.crypto import salted_hmac

from games.challenges.models import Challenge
from games.challenges.queries import challenges_in, challenges_of
from games.cycles.models import Cycle, Decision
from games.cycles.queries import decisions_in_force, design_of
from games.cycles.rules import DecisionKind
from games.groups.models import Group, Membership
from games.journal.queries import db_now
from games.judging.models import Ballot
from games.judging.rules.voting import CLOSED, OPENED, Poll, VotingState, audience_panels, shuffled, voted_criterion
from games.organizations.models import Person
from games.playbooks.schema import Design
from games.rounds.models import Round
from games.submissions.queries import rules_of
from leaderboards.engine.spec import Panel

VOTER: Final = "voter-"
CHUNK: Final = 10_000


@dataclass(frozen=True, slots=True)
class Vote:
    """An audience's vote on a task: its panel, and when it is open."""

    challenge: Challenge
    panel: Panel
    poll: Poll

    @property
    def state(self) -> VotingState:
        """Not yet, open, over."""
        return self.poll.state


def counting_ballots(ballots: QuerySet[Ballot]) -> QuerySet[Ballot]:
    """Ballots that count: neither taken back nor refused."""
    return ballots.filter(withdrawn_at__isnull=True, refused_at__isnull=True)


def votes_on(challenge: Challenge, now: datetime) -> list[Vote]:
    """The audience's votes on one task; usually none, or one. No statement where there is none."""
    return _votes([challenge], now)


def votes_in(round_: Round, now: datetime) -> list[Vote]:
    """The audience's votes in a round. No statement where the rules know none."""
    tasks = design_of(round_.cycle, round_.design_number).challenges
    known = any(one.in_round(round_.key) and audience_panels(one) for one in tasks)
    return _votes(challenges_of(round_), now) if known else []


def votes_of(cycle: Cycle, now: datetime) -> list[Vote]:
    """The audience's votes of a whole cycle, in order of rounds. No statement where the rules know none."""
    known = any(audience_panels(one) for one in design_of(cycle).challenges)
    return _votes(challenges_in(cycle), now) if known else []


def _votes(challenges: Iterable[Challenge], now: datetime) -> list[Vote]:
    found = [(one, panel) for one in challenges for panel in audience_panels(rules_of(one)[1])]
    decided = _decided(found[0][0].round.cycle) if found else {}
    return [Vote(one, panel, _poll(one, panel, now, decided)) for one, panel in found]


def _decided(cycle: Cycle) -> dict[tuple[str, str], tuple[str, datetime]]:
    """(round, "CHALLENGE PANEL") → the last decision to open or close its vote."""
    rows = decisions_in_force(cycle, DecisionKind.OVERRIDE).filter(Q(value__startswith=OPENED) | Q(value__startswith=CLOSED))
    found: dict[tuple[str, str], tuple[str, datetime]] = {}
    for one in rows.order_by("number"):
        kind, _, place = one.value.partition(" ")
        found[one.round, place] = (kind, one.at)
    return found


def _poll(challenge: Challenge, panel: Panel, now: datetime, decided: dict[tuple[str, str], tuple[str, datetime]]) -> Poll:
    round_ = challenge.round
    return Poll(
        now=now,
        cycle_state=round_.cycle.state,
        clock=round_.clock,
        live=not rules_of(challenge)[1].form,
        closes_at=round_.judging_closes_at,
        published_at=round_.published_at,
        decided=decided.get((round_.key, f"{challenge.key} {panel.key}")),
    )


def decisions_about(vote: Vote) -> QuerySet[Decision]:
    """Who opened and closed it, and why."""
    place = f"{vote.challenge.key} {vote.panel.key}"
    rows = decisions_in_force(vote.challenge.round.cycle, DecisionKind.OVERRIDE).filter(round=vote.challenge.round.key)
    return rows.filter(value__in=[f"{OPENED} {place}", f"{CLOSED} {place}"]).order_by("number")


# --- One voter --------------------------------------------------------------------------------------------------------------------------


def not_for(persons: Collection[int], cycle_id: int) -> set[int]:
    """Groups for which these people must not vote: their own of the cycle, now or ever, and those in which their team-mates play too."""
    if not persons:
        return set()
    memberships = Membership.objects.filter(cycle=cycle_id, group__isnull=False)
    me = Q(person__in=sorted(persons)) | Q(person__user__in=Person.objects.filter(pk__in=sorted(persons)).values("user_id"))
    own = set(memberships.filter(me).values_list("group_id", flat=True))
    mates = memberships.filter(group__in=own).values("person_id")
    others = memberships.filter(person__in=mates, until__isnull=True).values_list("group_id", flat=True)
    return {group for group in (*own, *others) if group is not None}


def ballots_of(challenge: Challenge, panel: str, persons: Collection[int]) -> dict[int, Ballot]:
    """Group → the ballot that these people gave it and did not take back."""
    rows = Ballot.objects.filter(challenge=challenge, panel=panel, person__in=sorted(persons), withdrawn_at__isnull=True)
    return {one.group_id: one for one in rows}


def in_order_for(groups: Sequence[Group], challenge: Challenge, panel: str, voter: str) -> list[Group]:
    """The entries in this voter's own order."""
    seed = salted_hmac("games.judging.order", f"{challenge.pk}:{panel}:{voter}", algorithm="sha256").digest()
    by_id = {one.pk: one for one in groups}
    return [by_id[pk] for pk in shuffled(by_id, seed)]


# --- For those who look after it ----------------------------------------------------------------------------------------------------------


def turnout(cycle: Cycle) -> dict[tuple[int, str], dict[str, int]]:
    """(task, panel) → voters, ballots, flagged (not yet looked at), refused. One statement."""
    rows: Any = Ballot.objects.filter(challenge__round__cycle=cycle, withdrawn_at__isnull=True).order_by()
    counted = rows.values("challenge_id", "panel").annotate(
        voters=Count("person", distinct=True, filter=Q(refused_at__isnull=True)),
        ballots=Count("pk", filter=Q(refused_at__isnull=True)),
        flagged=Count("pk", filter=to_look_at()),
        refused=Count("pk", filter=Q(refused_at__isnull=False)),
    )
    return {(row["challenge_id"], row["panel"]): row for row in counted}


def to_look_at() -> Q:
    """Ballots that are flagged and that nobody has looked at."""
    return ~Q(flag="") & Q(settled_at__isnull=True, refused_at__isnull=True, withdrawn_at__isnull=True)


def flagged_ballots(cycle: Cycle) -> QuerySet[Ballot]:
    """Everything that was flagged and not taken back: what waits first, the latest first."""
    rows = Ballot.objects.filter(challenge__round__cycle=cycle, withdrawn_at__isnull=True).exclude(flag="")
    waits = Exists(Ballot.objects.filter(to_look_at(), pk=OuterRef("pk")))
    return (
        rows.annotate(waits=waits)
        .select_related("challenge__round__cycle", "person__user", "group")
        .order_by("-waits", "-at", "-pk")
    )


def results_of(challenge: Challenge, panel: str) -> list[tuple[Group, int]]:
    """Votes by group, most first: only for one that is over."""
    groups = Group.objects.in_bulk(
        counting_ballots(Ballot.objects.filter(challenge=challenge, panel=panel)).values_list("group_id", flat=True)
    )
    rows: Any = counting_ballots(Ballot.objects.filter(challenge=challenge, panel=panel)).order_by()
    counted = rows.values_list("group_id").annotate(n=Count("pk"))
    return sorted(((groups[pk], count) for pk, count in counted), key=lambda row: (-row[1], row[0].name))


def states_of(round_: Round) -> list[tuple[int, str, str]]:
    """(task, panel, state) of a round's votes: changes when what was computed from them may no longer be true."""
    return [(one.challenge.pk, one.panel.key, one.state.value) for one in votes_in(round_, db_now())]


class Counted(NamedTuple):
    """A ballot that counts, as results and files have it: which task, whose criterion, which group, by whom under what name."""

    challenge: int
    criterion: str
    group: int
    voter: str


def counted_ballots(cycle: Cycle, design: Design | None = None) -> Iterator[Counted]:
    """The ballots of every vote that is over. Four statements; none where no audience votes. Of one that is open nothing gets out."""
    if not any(audience_panels(one) for one in (design or design_of(cycle)).challenges):
        return
    over = {
        (one.challenge.pk, one.panel.key): criterion.key
        for one in votes_of(cycle, db_now())
        if one.state is VotingState.OVER and (criterion := voted_criterion(rules_of(one.challenge)[1], one.panel.key)) is not None
    }
    if not over:
        return
    rows = counting_ballots(Ballot.objects.filter(challenge__in={task for task, _ in over})).order_by("pk")
    names: dict[int, str] = {}
    for task, panel, group, person, key, user in rows.values_list(
        "challenge_id", "panel", "group_id", "person_id", "person__key", "person__user_id"
    ).iterator(chunk_size=CHUNK):
        if (task, panel) in over:
            name = names.get(person) or names.setdefault(person, voter_key(cycle.pk, person, key, user))
            yield Counted(task, over[task, panel], group, name)


def voter_key(cycle_id: int, person: int, key: str, user: int | None) -> str:
    """Under which name a voter's ballots reach results and files: it tells nothing, and stays the same."""
    if user is None and key.startswith(VOTER):
        return key
    return VOTER + salted_hmac("games.judging.voter", f"{cycle_id}:{person}", algorithm="sha256").hexdigest()[:16]
