"""Grants follow the results while they are nominations; what people have acted on is never overwritten."""

import pytest

from games.journal.models import JournalEntry
from games.recognition.actions import decline, deliver, give_grant, nominate, revoke, verify
from games.recognition.models import Grant
from games.recognition.rules import GrantReasonMissing, GrantRefused, ProofMissing
from games.results.rules import AwardPlan, WinnerPlan
from tests.cast import Cast
from tests.factories.results import Played, judge_final, water
from worker.steps import settle_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def played() -> Played:
    return water()


def money(*winners: tuple[str, str, int], unallocated: int = 0) -> list[AwardPlan]:
    rows = [WinnerPlan(group=group, place=place, cents=cents) for group, place, cents in winners]
    budget = sum(cents for _, _, cents in winners) + unallocated
    return [AwardPlan(key="money", board="result", budget=budget, unallocated=unallocated, winners=rows)]


def rows() -> dict[str | None, tuple[int | None, str]]:
    return {key: (cents, state) for key, cents, state in Grant.objects.values_list("group__key", "amount_cents", "state")}


def test_money_and_its_remainder_always_add_up(played: Played) -> None:
    nominate(played.cycle, money(("aqua", "1", 500), unallocated=250))
    assert rows() == {"aqua": (500, "nominated"), None: (250, "unallocated")}
    nominate(played.cycle, money(("aqua", "1", 500), ("brook", "2", 250)))
    assert rows() == {"aqua": (500, "nominated"), "brook": (250, "nominated")}


def test_the_same_results_again_change_nothing(played: Played) -> None:
    nominate(played.cycle, money(("aqua", "1", 500), unallocated=250))
    before, entries = list(Grant.objects.order_by("pk").values()), JournalEntry.objects.count()
    assert nominate(played.cycle, money(("aqua", "1", 500), unallocated=250)) == []
    assert (list(Grant.objects.order_by("pk").values()), JournalEntry.objects.count()) == (before, entries)


def test_a_nomination_follows_the_results(played: Played) -> None:
    nominate(played.cycle, money(("aqua", "1", 500), ("brook", "2", 250)))
    nominate(played.cycle, money(("brook", "1", 500), ("cloud", "2", 250)))
    assert rows() == {"brook": (500, "nominated"), "cloud": (250, "nominated")}


def test_what_was_verified_stays_and_the_difference_is_told_once(played: Played) -> None:
    nominate(played.cycle, money(("aqua", "1", 500)))
    grant = verify(Grant.objects.get(), by=None)
    for _ in range(2):
        differences = nominate(played.cycle, money(("aqua", "2", 250), ("brook", "1", 500)))
        assert differences == [
            {"grant": grant.pk, "award": "money", "was": {"place": "1", "cents": 500}, "now": {"place": "2", "cents": 250}}
        ]
    assert rows() == {"aqua": (500, "verified"), "brook": (500, "nominated")}
    assert JournalEntry.objects.filter(kind="grant.changed", payload__differs=True).count() == 1
    gone = nominate(played.cycle, money(("brook", "1", 500)))
    assert [one["now"] for one in gone] == [None]


def test_a_declined_grant_is_not_nominated_again(played: Played) -> None:
    nominate(played.cycle, money(("aqua", "1", 500)))
    decline(Grant.objects.get(), by=None, reason="The firm may not take it.")
    assert nominate(played.cycle, money(("aqua", "1", 500))) == []
    assert rows() == {"aqua": (500, "declined")}


def test_a_grant_goes_its_way_step_by_step(played: Played, cast: Cast) -> None:
    nominate(played.cycle, money(("aqua", "1", 500)))
    grant = Grant.objects.get()
    with pytest.raises(GrantRefused, match="nominated cannot become granted"):
        give_grant(grant, by=cast.org.user)
    grant = give_grant(verify(grant, by=cast.org.user), by=cast.org.user)
    with pytest.raises(ProofMissing):
        deliver(grant, by=cast.org.user, proof=" ")
    grant = deliver(grant, by=cast.org.user, proof="Paid on 3 May.")
    assert grant.state == "delivered"
    with pytest.raises(GrantReasonMissing):
        revoke(grant, by=cast.org.user, reason=" ")
    assert revoke(grant, by=cast.org.user, reason="The entry was copied.").state == "revoked"
    last = JournalEntry.objects.filter(kind="grant.changed").latest("pk")
    assert (last.actor, last.payload["from"], last.payload["to"]) == (cast.org.user.pseudonym, "delivered", "revoked")


def test_two_people_cannot_move_the_same_grant_twice(played: Played) -> None:
    nominate(played.cycle, money(("aqua", "1", 500)))
    first, second = Grant.objects.get(), Grant.objects.get()
    verify(first, by=None)
    with pytest.raises(GrantRefused):
        verify(second, by=None)


def test_a_board_of_points_ranks_groups_by_what_they_earned() -> None:
    from games.recognition.actions import read_journal
    from tests.games.recognition.test_points import happen

    boards = [{"key": "result", "rounds": ["call"]}, {"key": "season", "source": "points", "ranked": "enrolled"}]
    rules = [{"key": "entry", "event": "submission.received", "points": 10}]
    played = water(boards=boards, rules=rules, cuts=[], awards=[{"key": "active", "board": "season", "places": [1, 1]}])
    aqua, brook = played.groups["aqua"], played.groups["brook"]
    happen(played.cycle, *[("submission.received", f"submission:{n}", group, n) for n, group in enumerate((aqua, brook, aqua))])
    while read_journal(played.cycle):
        pass
    judge_final(played)
    settle_now(played.rounds["call"], by=None)
    rows = played.board("season").standings.filter(audience="public").order_by("rank")
    assert [(row.place, row.entry, row.score) for row in rows][:3] == [
        ("1", "aqua", "20"),
        ("2", "brook", "10"),
        ("3", "cloud", "0"),
    ]
    settle_now(played.rounds["final"], by=None)
    assert set(Grant.objects.values_list("award", "group__key")) == {("active", "aqua")}
