"""Comparing in pairs: what is asked, what is said, what is taken back."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.groups.models import Membership
from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.conflicts import standing_votes
from games.judging.models import ConflictOfInterest, PairEntry, RankedList, Vote
from games.judging.queries.pairs import candidates_for, counted, past_of, seat_at, seats_of
from games.judging.rules import ConflictDeclared, ConflictSource, JudgingClosed, JudgingNotOpen, NotOnPanel, OwnGroup, VoteRefused
from games.judging.rules.pairs import NothingToUndo, PairGone, share_of
from games.results.queries.facts import facts_of
from games.rounds.models import Extension
from games.submissions.models import Submission
from leaderboards.engine.pairwise import BEGINNING, step
from tests.factories.accounts import UserFactory
from tests.factories.judging import locked_scene
from tests.factories.organizations import OrganizationFactory
from tests.factories.pairs import LIVE, expo, many, seated, turn
from tests.factories.submissions import ESSAY, move, person, scene, without_designs

pytestmark = pytest.mark.django_db


def keys(call, pair):
    names = {group.pk: number for number, group in enumerate(call.groups)}
    return {names[pair.a_id], names[pair.b_id]}


@pytest.fixture
def call_of_four():
    return expo(4)


def known(call):
    return {row.group_id: row for row in PairEntry.objects.filter(challenge=call.challenge)}


# --- Asking -----------------------------------------------------------------------------------------------------------------------------


def test_a_pair_waits_until_it_is_answered():
    call = expo()
    judith = seated(call)
    pair = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    assert actions.ask_pair(challenge=call.challenge, person=judith, by=None) == pair
    assert (pair.outcome, pair.at, pair.asked_at is not None) == ("", None, True)
    assert not counted(Vote.objects.all()).exists()
    done = actions.answer(pair=pair, outcome="tie", by=None)
    assert (done.outcome, done.at is not None) == ("tie", True)
    assert actions.ask_pair(challenge=call.challenge, person=judith, by=None) != pair
    entry = JournalEntry.objects.get(kind="vote.cast")
    assert entry.payload == {"round": "call", "challenge": "stand", "a": pair.a_id, "b": pair.b_id, "outcome": "tie"}


def test_a_judge_meets_each_pair_once_and_then_is_done():
    call = expo(4)
    judith = seated(call)
    pairs = []
    while (said := turn(call, judith)) is not None:
        pairs.append(keys(call, said))
    assert len(pairs) == 6 == len({frozenset(one) for one in pairs})
    assert all(first & second for first, second in pairwise(pairs[:3]))


def test_entries_are_shown_equally_often_at_first_whoever_judges():
    call = expo(12)
    judges = [seated(call, name) for name in ("Judith", "Jim", "Jane")]
    for number in range(18):
        turn(call, judges[number % 3])
    views = Counter(row.views for row in PairEntry.objects.all())
    assert sum(count * number for count, number in views.items()) == 36
    assert set(views) <= {2, 3, 4}
    assert {row.votes for row in PairEntry.objects.all()} == set(views)


def test_never_the_own_group_nor_in_conflict_nor_what_was_withdrawn():
    call = expo(6)
    judith = seated(call)
    own, conflict, gone, late, *_ = call.groups
    Membership.objects.create(cycle=call.cycle, group=own, person=judith, role="coach", capabilities=[], since=timezone.now())
    actions.declare_conflict(person=judith, group=conflict, by=None)
    Submission.objects.filter(group=gone).update(state="withdrawn")
    Extension.objects.create(round=call.round, group=late, until=timezone.now() + timedelta(hours=1))
    assert keys(call, turn(call, judith)) == {4, 5}
    assert turn(call, judith) is None


def test_the_same_human_under_another_name_is_kept_from_their_group_too():
    call = expo(2)
    judith = seated(call)
    judith.user = UserFactory.create()
    judith.save()
    other = person("J.", user=judith.user, organization=OrganizationFactory.create())
    Membership.objects.create(
        cycle=call.cycle, group=call.groups[0], person=other, role="coach", capabilities=[], since=timezone.now()
    )
    assert turn(call, judith) is None


def test_where_nothing_is_handed_in_groups_are_compared_while_it_happens():
    call = scene(LIVE, groups=3)
    judith = seated(call)
    assert turn(call, judith) is not None
    move(call.round, opens=60)
    with pytest.raises(JudgingNotOpen):
        actions.ask_pair(challenge=call.challenge, person=judith, by=None)


def test_entries_that_come_later_are_asked_about_too():
    call = expo(2)
    judith = seated(call)
    turn(call, judith)
    assert turn(call, judith) is None
    many(call, 1)
    assert turn(call, judith) is not None
    assert PairEntry.objects.count() == 3


def test_votes_that_came_in_with_files_are_known_from_the_first_question_on():
    call = expo(3)
    judith = seated(call)
    a, b, _ = call.groups
    Vote.objects.create(challenge=call.challenge, judge=judith, a=a, b=b, outcome="a", at=timezone.now())
    shown = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    assert call.groups[2].pk in {shown.a_id, shown.b_id}
    assert sorted(known(call)[group.pk].votes for group in call.groups) == [0, 1, 1]


def test_a_pair_with_an_entry_that_left_meanwhile_is_put_away():
    call = expo(3)
    judith = seated(call)
    pair = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    Submission.objects.filter(group=pair.a_id).update(state="withdrawn")
    with pytest.raises(JudgingNotOpen, match="no entry to mark"):
        actions.answer(pair=pair, outcome="a", by=None)
    following = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    assert pair.a_id not in {following.a_id, following.b_id}
    pair.refresh_from_db()
    assert (pair.outcome, pair.at is not None) == ("", True)


def test_who_is_on_no_panel_or_in_no_time_is_refused():
    call, essay = expo(3), locked_scene(ESSAY)
    judith = seated(call)
    with pytest.raises(NotOnPanel):
        actions.ask_pair(challenge=call.challenge, person=person("Jim"), by=None)
    with pytest.raises(VoteRefused, match="not judged in pairs"):
        actions.ask_pair(challenge=essay.challenge, person=judith, by=None)
    pair = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    call.round.judging_closes_at = timezone.now() - timedelta(minutes=1)
    call.round.save()
    for act in (
        lambda: actions.ask_pair(challenge=call.challenge, person=judith, by=None),
        lambda: actions.answer(pair=pair, outcome="a", by=None),
        lambda: actions.undo(challenge=call.challenge, person=judith, by=None),
    ):
        with pytest.raises(JudgingClosed):
            act()


# --- Saying -----------------------------------------------------------------------------------------------------------------------------


def test_a_verdict_is_learned_from_and_a_skipped_pair_is_not():
    call = expo(3)
    judith = seated(call)
    first = turn(call, judith, "b")
    moved = step(BEGINNING, BEGINNING)
    rows = known(call)
    assert (rows[first.b_id].strength, rows[first.b_id].variance) == pytest.approx(moved.winner)
    assert (rows[first.a_id].strength, rows[first.a_id].votes, rows[first.a_id].views) == (pytest.approx(moved.loser.mean), 1, 1)
    skipped = turn(call, judith, "")
    assert known(call)[skipped.a_id].votes == (1 if skipped.a_id in {first.a_id, first.b_id} else 0)
    assert (skipped.outcome, skipped.at is not None) == ("", True)


def test_the_same_answer_twice_is_one_and_another_one_is_refused():
    call = expo(3)
    judith = seated(call)
    pair = turn(call, judith, "a")
    assert actions.answer(pair=pair, outcome="a", by=None).at == pair.at
    with pytest.raises(PairGone, match="answered this pair before"):
        actions.answer(pair=pair, outcome="b", by=None)
    with pytest.raises(VoteRefused):
        actions.answer(pair=pair, outcome="both", by=None)
    assert JournalEntry.objects.filter(kind="vote.cast").count() == 1
    assert known(call)[pair.a_id].votes == 1


def test_what_was_found_meanwhile_holds_for_the_pair_that_waits():
    call = expo(3)
    judith = seated(call)
    pair = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    actions.declare_conflict(person=judith, group=pair.a, by=None)
    with pytest.raises(ConflictDeclared):
        actions.answer(pair=pair, outcome="a", by=None)
    Membership.objects.create(cycle=call.cycle, group=pair.b, person=judith, role="coach", capabilities=[], since=timezone.now())
    with pytest.raises((OwnGroup, ConflictDeclared)):
        actions.answer(pair=pair, outcome="a", by=None)


def test_facts_hold_what_counts():
    call = expo(4)
    judith = seated(call)
    told = turn(call, judith, "a")
    turn(call, judith, "")
    turn(call, judith, "b")
    actions.undo(challenge=call.challenge, person=judith, by=None)
    found = facts_of(call.cycle).votes
    assert sorted(one.outcome for one in found) == ["", "a"]
    assert {one.ranking for one in found} == {""}
    winner = next(one for one in found if one.outcome)
    assert winner.a == call.groups[[group.pk for group in call.groups].index(told.a_id)].key


# --- Lists ------------------------------------------------------------------------------------------------------------------------------


def test_a_list_in_order_implies_all_its_pairs():
    call = expo(6)
    judith = seated(call)
    shown = actions.ask_list(challenge=call.challenge, person=judith, by=None, size=4)
    ranking = shown.ranking
    assert len(ranking.groups) == 4
    assert actions.ask_list(challenge=call.challenge, person=judith, by=None, size=5) == shown  # it waits
    order = ranking.groups[::-1]
    with pytest.raises(VoteRefused, match="once"):
        actions.rank(ranking=ranking, groups=[*order[:3], order[0]], by=None)
    actions.rank(ranking=ranking, groups=order, by=None)
    votes = Vote.objects.filter(ranking=ranking)
    assert votes.count() == 6
    for one in votes:
        better = one.a_id if one.outcome == "a" else one.b_id
        worse = one.b_id if one.outcome == "a" else one.a_id
        assert order.index(better) < order.index(worse)
    rows = known(call)
    strengths = [rows[group].strength for group in order]
    assert strengths == sorted(strengths, reverse=True)
    assert {rows[group].views for group in order} == {rows[group].votes for group in order} == {1}
    assert {one.ranking for one in facts_of(call.cycle).votes} == {str(ranking.pk)}
    with pytest.raises(PairGone):
        actions.rank(ranking=ranking, groups=order, by=None)


def test_a_list_may_be_skipped_and_its_pairs_are_not_shown_again():
    call = expo(4)
    judith = seated(call)
    shown = actions.ask_list(challenge=call.challenge, person=judith, by=None)
    actions.rank(ranking=shown.ranking, groups=[], by=None)
    assert set(Vote.objects.values_list("outcome", flat=True)) == {""}
    assert not any(one.outcome for one in facts_of(call.cycle).votes)
    assert actions.ask_pair(challenge=call.challenge, person=judith, by=None) is None
    with pytest.raises(VoteRefused, match="3 to 6"):
        actions.ask_list(challenge=call.challenge, person=judith, by=None, size=7)


def test_no_list_of_two():
    call = expo(2)
    judith = seated(call)
    assert actions.ask_list(challenge=call.challenge, person=judith, by=None) is None


def test_a_pair_of_a_list_is_not_answered_alone():
    call = expo(3)
    judith = seated(call)
    shown = actions.ask_list(challenge=call.challenge, person=judith, by=None)
    with pytest.raises(PairGone):
        actions.answer(pair=shown, outcome="a", by=None)


# --- Taking back ------------------------------------------------------------------------------------------------------------------------


def test_what_is_taken_back_is_kept_shown_again_and_leaves_no_trace_in_what_is_known():
    call = expo(5)
    judith, jim = seated(call), seated(call, "Jim")
    for someone in (judith, jim):
        turn(call, someone)
    before = {group: (row.strength, row.variance, row.votes) for group, row in known(call).items()}
    said = turn(call, judith, "b")
    waiting = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    again = actions.undo(challenge=call.challenge, person=judith, by=None)
    assert keys(call, again) == keys(call, said)
    said.refresh_from_db()
    assert (said.outcome, said.undone_at is not None) == ("b", True)
    after = {group: (row.strength, row.variance, row.votes) for group, row in known(call).items()}
    assert after == {group: pytest.approx(row) for group, row in before.items()}
    assert actions.ask_pair(challenge=call.challenge, person=judith, by=None) == again
    actions.answer(pair=again, outcome="a", by=None)
    assert actions.ask_pair(challenge=call.challenge, person=judith, by=None) == waiting  # the one that waited waits still
    assert JournalEntry.objects.get(kind="vote.undone").payload["votes"] == [said.pk]


def test_taking_back_goes_further_and_further_back():
    call = expo(4)
    judith = seated(call)
    said = [turn(call, judith), turn(call, judith)]
    actions.undo(challenge=call.challenge, person=judith, by=None)
    actions.undo(challenge=call.challenge, person=judith, by=None)
    assert not counted(Vote.objects.all()).exists()
    with pytest.raises(NothingToUndo):
        actions.undo(challenge=call.challenge, person=judith, by=None)
    shown = actions.ask_pair(challenge=call.challenge, person=judith, by=None)
    assert keys(call, shown) == keys(call, said[0])
    assert {(row.strength, row.variance, row.votes) for row in PairEntry.objects.all()} == {(0.0, 1.0, 0)}


def test_a_list_is_taken_back_whole():
    call = expo(5)
    judith = seated(call)
    shown = actions.ask_list(challenge=call.challenge, person=judith, by=None, size=3)
    actions.rank(ranking=shown.ranking, groups=shown.ranking.groups, by=None)
    again = actions.undo(challenge=call.challenge, person=judith, by=None)
    assert sorted(again.ranking.groups) == sorted(shown.ranking.groups)
    assert RankedList.objects.get(pk=shown.ranking_id).undone_at
    actions.rank(ranking=again.ranking, groups=again.ranking.groups[::-1], by=None)
    assert len(facts_of(call.cycle).votes) == 3


def test_only_the_own_votes_are_taken_back():
    call = expo(4)
    judith, jim = seated(call), seated(call, "Jim")
    turn(call, jim)
    with pytest.raises(NothingToUndo):
        actions.undo(challenge=call.challenge, person=judith, by=None)


def all_met(call, *names):
    """Judges who met every pair, one after the other."""
    judges = [seated(call, name) for name in names]
    for one in judges:
        while turn(call, one) is not None:
            pass
    return judges


def counting_pairs(call, someone):
    rows = counted(Vote.objects.filter(judge=someone)).exclude(outcome="")
    return sorted(tuple(sorted(keys(call, row))) for row in rows)


@pytest.mark.parametrize("source", ["judge", "organizer"])
def test_a_conflict_declared_later_takes_this_judges_votes_on_that_entry_out_and_keeps_them(call_of_four, source):
    call = call_of_four
    judith, jim = all_met(call, "Judith", "Jim")
    before = {group: row.votes for group, row in known(call).items()}
    actions.declare_conflict(person=judith, group=call.groups[0], by=None, source=ConflictSource(source))
    assert counting_pairs(call, judith) == [(1, 2), (1, 3), (2, 3)]
    assert len(counting_pairs(call, jim)) == 6
    assert Vote.objects.filter(judge=judith, undone_at__isnull=False).count() == 3
    assert len(facts_of(call.cycle).votes) == 9
    after = known(call)
    assert [before[group.pk] - after[group.pk].votes for group in call.groups] == [3, 1, 1, 1]
    entry = JournalEntry.objects.get(kind="vote.undone")
    assert len(entry.payload["votes"]) == 3
    written = {group: (row.strength, row.variance, row.views, row.votes) for group, row in after.items()}
    actions.restated(call.challenge)
    replayed = {group: (row.strength, row.variance, row.views, row.votes) for group, row in known(call).items()}
    assert written[call.groups[0].pk] == pytest.approx(replayed[call.groups[0].pk])
    assert turn(call, judith) is None, "nothing is shown again"


@pytest.mark.parametrize("source", ["team", "system"])
def test_what_a_team_says_leaves_votes_until_an_organizer_upholds_it(call_of_four, source):
    call = call_of_four
    (judith,) = all_met(call, "Judith")
    conflict = actions.declare_conflict(person=judith, group=call.groups[0], by=None, source=ConflictSource(source))
    assert len(counting_pairs(call, judith)) == 6
    assert standing_votes([conflict]) == {conflict.pk: 3}
    actions.uphold_conflict(conflict=conflict, by=None)
    assert counting_pairs(call, judith) == [(1, 2), (1, 3), (2, 3)]
    assert standing_votes([conflict]) == {}
    actions.lift_conflict(conflict=conflict, reason="no", by=None)
    assert len(counting_pairs(call, judith)) == 3, "what was taken out stays out"


def test_votes_under_another_name_of_the_same_human_go_too_and_a_list_keeps_the_rest(call_of_four):
    call = call_of_four
    judith = seated(call)
    judith.user = UserFactory.create()
    judith.save()
    other = person("J.", user=judith.user, organization=OrganizationFactory.create())
    shown = actions.ask_list(challenge=call.challenge, person=judith, by=None, size=4)
    actions.rank(ranking=shown.ranking, groups=shown.ranking.groups, by=None)
    actions.declare_conflict(person=other, group=call.groups[2], by=None)
    assert counting_pairs(call, judith) == [(0, 1), (0, 3), (1, 3)]
    again = actions.undo(challenge=call.challenge, person=judith, by=None)
    assert len(again.ranking.groups) == 3
    actions.rank(ranking=again.ranking, groups=again.ranking.groups[::-1], by=None)
    assert counting_pairs(call, judith) == [(0, 1), (0, 3), (1, 3)]


def test_votes_of_a_published_round_stand(call_of_four):
    call = call_of_four
    (judith,) = all_met(call, "Judith")
    call.round.published_at = timezone.now()
    call.round.save()
    actions.declare_conflict(person=judith, group=call.groups[0], by=None)
    assert len(counting_pairs(call, judith)) == 6


# --- What is known, and what it costs -----------------------------------------------------------------------------------------------------


def test_what_is_known_is_what_a_replay_of_the_votes_gives():
    call = expo(6)
    judges = [seated(call, name) for name in ("Judith", "Jim")]
    for number, outcome in enumerate(["a", "b", "tie", "", "a", "b", "a", "tie"]):
        turn(call, judges[number % 2], outcome)
    shown = actions.ask_list(challenge=call.challenge, person=judges[0], by=None, size=3)
    if shown is not None:
        actions.rank(ranking=shown.ranking, groups=shown.ranking.groups, by=None)
    before = {group: (row.strength, row.variance, row.views, row.votes) for group, row in known(call).items()}
    actions.restated(call.challenge)
    assert {group: (row.strength, row.variance, row.views, row.votes) for group, row in known(call).items()} == {
        group: pytest.approx(row) for group, row in before.items()
    }
    PairEntry.objects.update(strength=9, variance=0.5, views=0)
    assert actions.restated(call.challenge, only=[call.groups[0].pk]) == 1
    actions.restated(call.challenge)
    assert {group: (row.strength, row.views) for group, row in known(call).items()} == {
        group: pytest.approx((row[0], row[2])) for group, row in before.items()
    }


def statements(act) -> int:
    with CaptureQueriesContext(connection) as found:
        act()
    return len(without_designs(found))


@pytest.mark.parametrize("known", ["own", "conflict"])
def test_a_judge_is_never_asked_about_a_team_that_was_theirs_in_part_or_under_another_name(known: str) -> None:
    call, user = expo(4), UserFactory.create()
    judith, also = seated(call, user=user), person("Judith elsewhere", user=user, organization=OrganizationFactory.create())
    theirs, part, *others = call.groups
    part.merged_into = theirs
    part.save(update_fields=["merged_into"])
    if known == "own":
        Membership.objects.create(
            person=also, group=part, cycle=part.cycle, role="member", since=timezone.now(), until=timezone.now()
        )
    else:
        ConflictOfInterest.objects.create(person=also, group=part, kind="family", source=ConflictSource.JUDGE.value)
    turn(call, judith)
    assert {one.key for one in candidates_for(call.challenge, judith)} == {one.pk for one in others}
    ConflictOfInterest.objects.update(lifted_at=timezone.now())
    assert len(candidates_for(call.challenge, judith)) == (2 if known == "own" else 4)


@pytest.mark.parametrize("size", [10, 1000])
def test_the_cost_of_a_vote_does_not_depend_on_how_many_entries_there_are(size):
    call = expo(1)
    judith = seated(call)
    groups = [*call.groups, *many(call, size - 1)]
    turn(call, judith)
    for _ in range(3):
        assert statements(lambda: actions.ask_pair(challenge=call.challenge, person=judith, by=None)) == 5
        assert statements(lambda: actions.answer(pair=Vote.objects.last(), outcome="a", by=None)) == 4 + 1  # the test's own read
    met = past_of(call.challenge, judith).met
    a, b = next((a, b) for a in groups for b in groups if a != b and frozenset((a.pk, b.pk)) not in met)
    assert statements(lambda: actions.vote(challenge=call.challenge, person=judith, a=a, b=b, outcome="b", by=None)) <= 6
    assert statements(lambda: actions.ask_list(challenge=call.challenge, person=judith, by=None)) <= 6
    ranking = RankedList.objects.get()
    assert statements(lambda: actions.rank(ranking=ranking, groups=ranking.groups, by=None)) == 5


def test_a_judges_share_of_the_work():
    call = expo(8)
    judith, _jim = seated(call), seated(call, "Jim")
    assert share_of(40, 8, done=0, skipped=0).asked == 25
    assert share_of(3, 1, done=5, skipped=1).left == 0
    turn(call, judith)
    turn(call, judith, "")
    shown = actions.ask_list(challenge=call.challenge, person=judith, by=None, size=4)
    actions.rank(ranking=shown.ranking, groups=shown.ranking.groups, by=None)
    seat = seat_at(call.challenge, judith)
    found = past_of(call.challenge, judith).share(entries=seat.there, judges=seat.judges)
    assert (found.done, found.skipped, found.asked, found.left, found.percent) == (3, 1, 20, 17, 15)
    assert [one.challenge_id for one in seats_of([judith.pk])] == [call.challenge.pk]
    assert len(past_of(call.challenge, judith).last) == 4
