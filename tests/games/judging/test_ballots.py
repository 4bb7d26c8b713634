"""An audience votes: one verified person, so many votes, secret until it is over; what looks odd is looked at, never dropped."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from backend.accounts.models import User
from games.cycles.models import Decision
from games.journal.models import JournalEntry
from games.judging.actions import ballots as voting
from games.judging.models import Ballot
from games.judging.queries.ballots import counted_ballots, in_order_for, not_for, tallies, turnout, votes_of, votes_on
from games.judging.rules.voting import (
    CLOSED,
    OPENED,
    BallotRefused,
    Poll,
    VoterUnverified,
    VotingOpen,
    VotingState,
    flags_of,
    mailbox,
    shuffled,
)
from games.progression import actions as steering
from games.results.actions import request_settle
from games.results.queries import facts_of
from games.rounds.rules import Clock
from leaderboards.engine.pipeline import compute
from tests.factories.accounts import UserFactory
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.judging import locked_scene, people
from tests.factories.organizations import PersonFactory
from tests.factories.submissions import ESSAY, Scene, move

pytestmark = pytest.mark.django_db
LIKED: dict[str, Any] = {
    **ESSAY,
    "criteria": [{"key": "impact", "min": 1, "max": 5}, {"key": "liked", "panel": "crowd", "optional": True}],
    "panels": [{"key": "jury"}, {"key": "crowd", "who": "audience", "ballots": 2, "combine": "sum"}],
}
LONG_AGO = timezone.now() - timedelta(days=30)


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    """Nobody else empties it meanwhile."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": __name__}}
    cache.clear()


@pytest.fixture
def call() -> Scene:
    return locked_scene(LIKED, groups=4)


def voter(name: str = "vera", **fields: Any) -> User:
    return UserFactory.create(
        email=fields.pop("email", f"{name}@example.org"),
        email_confirmed_at=fields.pop("confirmed", timezone.now()),
        date_joined=fields.pop("joined", LONG_AGO),
        **fields,
    )


def give(call: Scene, user: User, number: int = 0, **more: Any) -> Ballot:
    return voting.cast(challenge=call.challenge, group=call.groups[number], by=user, **more)


def score_of(call: Scene, number: int) -> Any:
    return compute(call.design, facts_of(call.cycle)).cells["call", "essay", call.groups[number].key].values.get("liked")


# --- When ---------------------------------------------------------------------------------------------------------------------------------


NOW = timezone.now()
HOUR = timedelta(hours=1)


def poll(**values: Any) -> Poll:
    clock = Clock(opens_at=NOW - 9 * HOUR, closes_at=NOW - 8 * HOUR)
    return Poll(**{"now": NOW, "cycle_state": "running", "clock": clock} | values)


@pytest.mark.parametrize(
    ("values", "state"),
    [
        ({}, VotingState.OPEN),
        ({"closes_at": NOW + HOUR}, VotingState.OPEN),
        ({"closes_at": NOW}, VotingState.OVER),
        ({"clock": Clock(opens_at=NOW - HOUR, closes_at=NOW + HOUR)}, VotingState.NOT_YET),
        ({"clock": Clock(opens_at=NOW - HOUR, closes_at=NOW + HOUR), "live": True}, VotingState.OPEN),
        ({"clock": Clock(opens_at=NOW + HOUR, closes_at=None), "live": True}, VotingState.NOT_YET),
        ({"published_at": NOW}, VotingState.OVER),
        ({"cycle_state": "closed"}, VotingState.OVER),
        ({"cycle_state": "draft"}, VotingState.NOT_YET),
        ({"decided": (CLOSED, NOW - HOUR)}, VotingState.OVER),
        ({"decided": (OPENED, NOW - HOUR), "clock": Clock(opens_at=NOW - HOUR, closes_at=NOW + HOUR)}, VotingState.OPEN),
        ({"decided": (OPENED, NOW - 2 * HOUR), "closes_at": NOW - HOUR}, VotingState.OVER),
        ({"decided": (OPENED, NOW - HOUR), "closes_at": NOW - 2 * HOUR}, VotingState.OPEN),
    ],
)
def test_voting_opens_when_entries_are_in_and_ends_when_it_says_or_somebody_decides(
    values: dict[str, Any], state: VotingState
) -> None:
    assert poll(**values).state is state


def test_an_organizer_opens_and_closes_with_a_reason_that_everybody_reads(call: Scene) -> None:
    move(call.round, closes=3600)
    ballot = {"challenge": call.challenge, "group": call.group, "by": voter()}
    with pytest.raises(BallotRefused, match="not begun"):
        voting.cast(**ballot)
    voting.open_voting(challenge=call.challenge, by=None, reason="The pitches are over.")
    voting.cast(**ballot)
    with pytest.raises(BallotRefused, match="open already"):
        voting.open_voting(challenge=call.challenge, by=None, reason="Again")
    voting.close_voting(challenge=call.challenge, by=None, reason="Time is up.")
    with pytest.raises(BallotRefused, match="over"):
        voting.cast(**ballot)
    assert [(one.value, one.published_at is not None) for one in Decision.objects.filter(kind="override").order_by("number")] == [
        ("vote-open essay crowd", True),
        ("vote-close essay crowd", True),
    ]


# --- Who, and for whom --------------------------------------------------------------------------------------------------------------------


def test_a_vote_is_given_changed_and_taken_back_until_the_end(call: Scene) -> None:
    user = voter()
    give(call, user, 0)
    give(call, user, 0)
    give(call, user, 1)
    with pytest.raises(BallotRefused, match="2 votes are given"):
        give(call, user, 2)
    voting.take_back(challenge=call.challenge, group=call.groups[0], by=user)
    with pytest.raises(BallotRefused, match="no vote there"):
        voting.take_back(challenge=call.challenge, group=call.groups[0], by=user)
    give(call, user, 2)
    give(call, user, 3, instead_of=call.groups[2])
    held = Ballot.objects.filter(withdrawn_at__isnull=True)
    assert {one.group for one in held} == {call.groups[1], call.groups[3]}
    assert Ballot.objects.count() == 4
    voting.close_voting(challenge=call.challenge, by=None, reason="over")
    with pytest.raises(BallotRefused, match="over"):
        voting.take_back(challenge=call.challenge, group=call.groups[1], by=user)


def test_only_a_confirmed_address_votes(call: Scene) -> None:
    for user in (voter("new", confirmed=None), voter("gone", is_active=False)):
        with pytest.raises(VoterUnverified, match="Confirm your address"):
            give(call, user)
    assert not Ballot.objects.exists()


def test_one_human_known_to_several_organizations_has_one_set_of_votes(call: Scene) -> None:
    user = voter()
    PersonFactory.create(user=user, key="elsewhere", claimed_at=timezone.now())
    give(call, user, 0)
    give(call, user, 1)
    assert Ballot.objects.values("person").distinct().count() == 1


def test_nobody_votes_for_the_own_team_or_where_team_mates_play(call: Scene) -> None:
    user = voter()
    me = PersonFactory.create(user=user, key="me", claimed_at=timezone.now())
    mate = PersonFactory.create(key="mate")
    MembershipFactory.create(cycle=call.cycle, group=call.groups[0], person=me, until=timezone.now())
    MembershipFactory.create(cycle=call.cycle, group=call.groups[0], person=mate)
    MembershipFactory.create(cycle=call.cycle, group=call.groups[1], person=mate)
    assert not_for([me.pk], call.cycle.pk) == {call.groups[0].pk, call.groups[1].pk}
    for number in (0, 1):
        with pytest.raises(BallotRefused, match="own team"):
            give(call, user, number)
    assert give(call, user, 2).group == call.groups[2]


def test_only_entries_that_count_can_be_voted_for(call: Scene) -> None:
    other = GroupFactory.create(cycle=call.cycle, key="empty")
    call.challenge.submissions.filter(group=call.groups[1]).update(state="withdrawn")
    for group in (other, call.groups[1]):
        with pytest.raises(BallotRefused, match="no such entry"):
            voting.cast(challenge=call.challenge, group=group, by=voter(f"v{group.pk}"))


def test_on_a_task_without_an_audience_nobody_votes() -> None:
    plain = locked_scene()
    assert votes_on(plain.challenge, timezone.now()) == []
    with pytest.raises(BallotRefused, match="no audience votes"):
        give(plain, voter())


def test_each_voter_sees_an_order_of_their_own_and_sees_it_again(call: Scene) -> None:
    orders = [tuple(one.pk for one in in_order_for(call.groups, call.challenge, "crowd", str(who))) for who in range(40)]
    assert orders[0] == tuple(one.pk for one in in_order_for(call.groups, call.challenge, "crowd", "0"))
    assert len(set(orders)) > 8
    assert {order[0] for order in orders} == {one.pk for one in call.groups}
    assert sorted(shuffled([3, 1, 2], b"x")) == [1, 2, 3]


# --- Secret until it is over ----------------------------------------------------------------------------------------------------------------


def test_ballots_reach_results_only_when_voting_is_over(call: Scene) -> None:
    for number in range(3):
        give(call, voter(f"v{number}"), 0)
    give(call, voter("w"), 1)
    assert list(counted_ballots(call.cycle)) == []
    assert score_of(call, 0) is None
    voting.close_voting(challenge=call.challenge, by=None, reason="over")
    assert [score_of(call, number) for number in range(3)] == [3, 1, 0]
    (tally,) = tallies(votes_of(call.cycle, timezone.now())).values()
    assert [tuple(one) for one in tally] == [("Team 1", 3, 0), ("Team 2", 1, 0)]


def test_the_journal_tells_that_somebody_voted_and_neither_who_nor_for_whom(call: Scene) -> None:
    user = voter()
    give(call, user, 0)
    voting.take_back(challenge=call.challenge, group=call.groups[0], by=user)
    told = JournalEntry.objects.filter(kind__startswith="ballot.")
    assert {one.kind for one in told} == {"ballot.cast", "ballot.withdrawn"}
    for one in told:
        assert one.actor is None
        assert one.group_id is None
        assert one.subject == f"challenge:{call.challenge.pk}"
        assert set(one.payload) == {"round", "challenge", "panel"}


def test_voters_stand_in_results_under_names_that_tell_nothing(call: Scene) -> None:
    user = voter()
    held = give(call, user, 0)
    voting.close_voting(challenge=call.challenge, by=None, reason="over")
    (mark,) = [one for one in facts_of(call.cycle).marks if one.criterion == "liked"]
    assert mark.judge.startswith("voter-")
    assert str(held.person_id) not in mark.judge.removeprefix("voter-")[:1] or len(mark.judge) == len("voter-") + 16
    assert user.email not in mark.judge


def test_nothing_is_published_while_the_audience_votes(call: Scene) -> None:
    for act in (
        lambda: request_settle(call.round, by=None, publish=True),
        lambda: steering.publish_round(call.round, by=None),
    ):
        with pytest.raises(VotingOpen, match="still votes"):
            act()
    voting.close_voting(challenge=call.challenge, by=None, reason="over")
    assert steering.publish_round(call.round, by=None).published_at


# --- Odd ballots ----------------------------------------------------------------------------------------------------------------------------


def test_flags_are_told_in_words() -> None:
    fresh, old = NOW - timedelta(hours=23), NOW - timedelta(hours=24)
    assert flags_of(joined=old, now=NOW, network=10, same_mailbox=False) == []
    assert flags_of(joined=fresh, now=NOW, network=11, same_mailbox=True) == [
        "the account was made less than 24 hours before",
        "more than 10 voters from one network within 10 minutes",
        "the same mailbox as another voter",
    ]
    assert mailbox(" Vera+two@Example.org ") == ("vera", "example.org")


def test_a_burst_from_one_network_is_flagged_with_those_who_came_before_and_counts(call: Scene) -> None:
    for number in range(11):
        give(call, voter(f"v{number}"), 0, network="192.0.2.7")
    give(call, voter("far"), 0, network="198.51.100.1")
    flagged = Ballot.objects.exclude(flag="")
    assert flagged.count() == 11
    assert {one.flag for one in flagged} == {"more than 10 voters from one network within 10 minutes"}
    assert turnout(call.cycle)[call.challenge.pk, "crowd"] | {"challenge_id": 0} == {
        "challenge_id": 0,
        "panel": "crowd",
        "voters": 12,
        "ballots": 12,
        "flagged": 11,
        "kept": 0,
        "refused": 0,
    }


def test_the_same_mailbox_and_a_new_account_are_noticed(call: Scene) -> None:
    assert give(call, voter("vera")).flag == ""
    assert "same mailbox" in give(call, voter("other", email="vera+two@example.org")).flag
    assert "less than 24 hours" in give(call, voter("young", joined=timezone.now())).flag


def test_a_human_lets_a_flagged_ballot_count_or_refuses_it_with_a_reason(call: Scene) -> None:
    user = voter("young", joined=timezone.now())
    held = give(call, user)
    plain = give(call, voter("vera"))
    with pytest.raises(BallotRefused, match="not flagged"):
        voting.refuse_ballot(ballot=plain, by=None, reason="I do not like it")
    voting.keep_ballot(ballot=held, by=None, reason="A guest of the hall.")
    held.refresh_from_db()
    assert (held.settled_at is not None, held.flag != "") == (True, True)
    voting.refuse_ballot(ballot=held, by=None, reason="The same person twice.")
    voting.close_voting(challenge=call.challenge, by=None, reason="over")
    assert score_of(call, 0) == 1
    voting.keep_ballot(ballot=held, by=None)
    assert score_of(call, 0) == 2
    assert JournalEntry.objects.filter(kind="ballot.settled").count() == 3


def test_a_refused_vote_is_not_given_again(call: Scene) -> None:
    user = voter("young", joined=timezone.now())
    voting.refuse_ballot(ballot=give(call, user), by=None, reason="Twice.")
    with pytest.raises(BallotRefused, match="refused this vote"):
        give(call, user)
    with pytest.raises(BallotRefused, match="no vote there"):
        voting.take_back(challenge=call.challenge, group=call.group, by=user)


def test_people_of_the_cast_may_vote_too(call: Scene) -> None:
    who = people(call)
    User.objects.update(email_confirmed_at=timezone.now())
    who.ben.user.refresh_from_db()
    assert voting.cast(challenge=call.challenge, group=call.groups[0], by=who.ben.user).group == call.groups[0]
