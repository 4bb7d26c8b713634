"""Reads of an audience's vote: whether it is open, what one may vote for, what one voted, how many did. Never who leads."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import BooleanField, Case, Count, F, Q, QuerySet, When, Window
from django.db.models.functions import RowNumber
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
    """An audience's vote on a task: its panel, and when it is open. `decisions`: who opened and closed it by decision, and why."""

    challenge: Challenge
    panel: Panel
    poll: Poll
    decisions: tuple[Decision, ...] = ()

    @property
    def state(self) -> VotingState:
        """Not yet, open, over."""
        return self.poll.state


def counting_ballots(ballots: QuerySet[Ballot]) -> QuerySet[Ballot]:
    """Ballots that count: neither taken back nor refused."""
    return ballots.filter(withdrawn_at__isnull=True, refused_at__isnull=True)


def votes_on(challenge: Challenge, now: datetime) -> list[Vote]:
    """The audience's votes on one task; usually none, or one. No statement where there is none."""
    return votes_among([challenge], now)


def votes_in(round_: Round, now: datetime) -> list[Vote]:
    """The audience's votes in a round. No statement where the rules know none."""
    tasks = design_of(round_.cycle, round_.design_number).challenges
    known = any(one.in_round(round_.key) and audience_panels(one) for one in tasks)
    return votes_among(challenges_of(round_), now) if known else []


def votes_of(cycle: Cycle, now: datetime) -> list[Vote]:
    """The audience's votes of a whole cycle, in order of rounds. No statement where the rules know none."""
    known = any(audience_panels(one) for one in design_of(cycle).challenges)
    return votes_among(challenges_in(cycle), now) if known else []


def votes_among(challenges: Iterable[Challenge], now: datetime) -> list[Vote]:
    """The audience's votes on these tasks of one cycle. One statement, none where there are none."""
    found = [(one, panel) for one in challenges for panel in audience_panels(rules_of(one)[1])]
    decided = _decided(found[0][0].round.cycle) if found else {}
    votes = []
    for one, panel in found:
        said = decided.get((one.round.key, f"{one.key} {panel.key}"), [])
        last = (said[-1].value.partition(" ")[0], said[-1].at) if said else None
        votes.append(Vote(one, panel, _poll(one, now, last), tuple(said)))
    return votes


def _decided(cycle: Cycle) -> dict[tuple[str, str], list[Decision]]:
    """(round, "CHALLENGE PANEL") → the decisions to open or close its vote, in their order."""
    rows = decisions_in_force(cycle, DecisionKind.OVERRIDE).filter(Q(value__startswith=OPENED) | Q(value__startswith=CLOSED))
    found: dict[tuple[str, str], list[Decision]] = {}
    for one in rows.order_by("number"):
        found.setdefault((one.round, one.value.partition(" ")[2]), []).append(one)
    return found


def _poll(challenge: Challenge, now: datetime, decided: tuple[str, datetime] | None) -> Poll:
    round_ = challenge.round
    return Poll(
        now=now,
        cycle_state=round_.cycle.state,
        clock=round_.clock,
        live=not rules_of(challenge)[1].form,
        closes_at=round_.judging_closes_at,
        published_at=round_.published_at,
        decided=decided,
    )


# --- One voter --------------------------------------------------------------------------------------------------------------------------


def not_for(persons: Collection[int], cycle_id: int) -> set[int]:
    """Groups for which these people must not vote: their own of the cycle, now or ever, and those in which their team-mates play too."""
    if not persons:
        return set()
    memberships = Membership.objects.filter(cycle=cycle_id, group__isnull=False)
    me = Q(person__in=sorted(persons)) | Q(person__user__in=Person.objects.filter(pk__in=sorted(persons)).values("user_id"))
    mates = memberships.filter(group__in=memberships.filter(me).values("group_id")).values("person_id")
    rows = memberships.filter(me | Q(person__in=mates, until__isnull=True))
    return set(rows.values_list("group_id", flat=True))


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
    """(task, panel) → voters, ballots, flagged (not yet looked at), kept (flagged, and they count), refused. One statement."""
    rows: Any = Ballot.objects.filter(challenge__round__cycle=cycle, withdrawn_at__isnull=True).order_by()
    counted = rows.values("challenge_id", "panel").annotate(
        voters=Count("person", distinct=True, filter=Q(refused_at__isnull=True)),
        ballots=Count("pk", filter=Q(refused_at__isnull=True)),
        flagged=Count("pk", filter=to_look_at()),
        kept=Count("pk", filter=~Q(flag="") & Q(settled_at__isnull=False, refused_at__isnull=True)),
        refused=Count("pk", filter=Q(refused_at__isnull=False)),
    )
    return {(row["challenge_id"], row["panel"]): row for row in counted}


def to_look_at() -> Q:
    """Ballots that are flagged and that nobody has looked at."""
    return ~Q(flag="") & Q(settled_at__isnull=True, refused_at__isnull=True, withdrawn_at__isnull=True)


def flagged_ballots(cycle: Cycle, *, each: int) -> QuerySet[Ballot]:
    """What was flagged and not taken back, at most `each` of every vote that wait and as many that were looked at: what waits first,
    the latest first. `waits`; `alike`: so many of the same vote wait for the same cause, those not shown too. One statement.
    """
    rows = Ballot.objects.filter(challenge__round__cycle=cycle, withdrawn_at__isnull=True).exclude(flag="")
    place = [F("challenge"), F("panel"), F("waits")]
    waits = Case(When(settled_at__isnull=True, refused_at__isnull=True, then=True), default=False, output_field=BooleanField())
    numbered = rows.annotate(waits=waits).annotate(
        nth=Window(RowNumber(), partition_by=place, order_by=[F("at").desc(), F("pk").desc()]),
        alike=Window(Count("pk"), partition_by=[*place, F("flag")]),
    )
    return numbered.filter(nth__lte=each).select_related("person__user", "group").order_by("-waits", "-at", "-pk")


class Tally(NamedTuple):
    """What an entry got. `flagged`: how many of the votes somebody was to look at, or has looked at."""

    name: str
    votes: int
    flagged: int


def tallies(votes: Iterable[Vote]) -> dict[tuple[int, str], list[Tally]]:
    """(task, panel) → what each entry got, most first, of votes that are over: of one that is open nothing gets out. One statement."""
    over = {(one.challenge.pk, one.panel.key) for one in votes if one.state is VotingState.OVER}
    rows: Any = counting_ballots(Ballot.objects.filter(challenge__in={task for task, _ in over})).order_by()
    counted = rows.values_list("challenge_id", "panel", "group__name", "group_id").annotate(
        votes=Count("pk"), looked=Count("pk", filter=~Q(flag=""))
    )
    found: dict[tuple[int, str], list[Tally]] = {one: [] for one in over}
    for task, panel, name, _group, count, looked in counted if over else ():
        if (task, panel) in over:
            found[task, panel].append(Tally(name, count, looked))
    return {place: sorted(rows, key=lambda one: (-one.votes, one.name)) for place, rows in found.items()}


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
    over = [one for one in votes_of(cycle, db_now()) if one.state is VotingState.OVER]
    yield from ballots_on(cycle, over, counting_ballots(Ballot.objects.all()))


def ballots_on(cycle: Cycle, votes: Iterable[Vote], ballots: QuerySet[Ballot]) -> Iterator[Counted]:
    """Those of these ballots that were given in one of these votes. One statement; none where there is no vote."""
    over = {
        (one.challenge.pk, one.panel.key): criterion.key
        for one in votes
        if (criterion := voted_criterion(rules_of(one.challenge)[1], one.panel.key)) is not None
    }
    if not over:
        return
    rows = ballots.filter(challenge__in={task for task, _ in over}).order_by("pk")
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
