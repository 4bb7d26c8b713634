"""Activity beside learning, who gives to whom, flags for people. A ring of five that thank each other is flagged; an honest network is not."""

from datetime import UTC, date, datetime, timedelta

import pytest

from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.actions import record, seal_pending
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.learning.rules import Act
from games.recognition.actions import read_journal
from games.recognition.actions.rebuilding import rebuild_wins
from games.recognition.actions.watching import raise_flags, settle_flag
from games.recognition.models import Exchange, LearningWeek, WatchFlag
from games.recognition.queries.watching import flags_of, given_in, suspects_in, weeks_of, whole_cycle
from games.recognition.rules.watching import FlagSettled, FlagState, LookReasonMissing
from games.talk.actions.caring import thank, thank_back
from tests.cast import Actor, Cast, actor
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.learning import an_idea, finished

pytestmark = pytest.mark.django_db
MONDAY = datetime(2027, 3, 1, 12, tzinfo=UTC)


def read(cycle: Cycle) -> None:
    seal_pending()
    while read_journal(cycle):
        pass


def teams(cycle: Cycle, count: int) -> list[tuple[Group, Actor]]:
    """Further teams, each with one member."""
    made = []
    for number in range(count):
        group, who = GroupFactory.create(cycle=cycle, key=f"team-{number}"), actor(f"member-{number}")
        MembershipFactory.create(cycle=cycle, group=group, person=who.person, capabilities=["submit"])
        made.append((group, who))
    return made


def thanked(cycle: Cycle, giver: Actor, receiver: Group, times: int = 1) -> None:
    """So many thanks, as they stand in the journal."""
    for _ in range(times):
        payload = {"of": "idea", "held": True}
        record(Kind.THANKS_GIVEN, cycle_id=cycle.pk, by=giver.user, group_id=receiver.pk, subject="idea:1", payload=payload)


def worked(cycle: Cycle, who: Actor, group: Group, week: int, acts: int) -> None:
    for number in range(acts):
        at = MONDAY + timedelta(weeks=week, hours=number)
        record(Kind.SUBMISSION_RECEIVED, cycle_id=cycle.pk, by=who.user, group_id=group.pk, subject="submission:1", at=at)


# --- Counting -------------------------------------------------------------------------------------------------------------------------


def test_weeks_count_what_members_did_and_what_they_learned_by(cast: Cast) -> None:
    idea = an_idea(cast.red)
    finished(cast.blue, idea, by=cast.ben.user)
    finished(cast.blue, idea, Act.ABANDON, by=cast.ben.user)
    finished(cast.red, idea, by=cast.ada.user)  # one's own idea is no adoption
    read(cast.cycle)
    row = LearningWeek.objects.get(group=cast.blue)
    assert (row.tests, row.adoptions, row.week.weekday()) == (2, 1, 0)
    assert row.acts == JournalEntry.objects.filter(actor=cast.ben.user.pseudonym).count()
    assert LearningWeek.objects.get(group=cast.red).adoptions == 0


def test_what_teams_give_to_each_other_is_counted_and_taken_back(cast: Cast) -> None:
    idea = an_idea(cast.red)
    thank(what=idea, by=cast.ben.user)
    thank(what=cast.red, by=cast.ben.user)
    finished(cast.blue, idea, by=cast.ben.user)
    read(cast.cycle)
    rows = Exchange.objects.order_by("kind").values_list("giver", "receiver", "kind", "count")
    assert list(rows) == [(cast.blue.pk, cast.red.pk, kind, 1) for kind in ("adopted", "cheer", "thanks")]
    assert given_in(cast.cycle) == {(cast.blue.pk, cast.red.pk): 3}
    thank_back(what=idea, by=cast.ben.user)
    read(cast.cycle)
    assert given_in(cast.cycle) == {(cast.blue.pk, cast.red.pk): 2}


def test_reading_again_from_the_start_counts_the_same(cast: Cast) -> None:
    idea = an_idea(cast.red)
    thank(what=idea, by=cast.ben.user)
    finished(cast.blue, idea, by=cast.ben.user)
    read(cast.cycle)
    counted = LearningWeek.objects.order_by("group_id").values_list("group", "week", "acts", "tests", "adoptions")
    before, given = list(counted), given_in(cast.cycle)
    rebuild_wins(cast.cycle)
    assert list(counted.all()) == before
    assert given_in(cast.cycle) == given


def test_a_week_in_which_nothing_happened_is_told_too(cast: Cast) -> None:
    for week, acts in ((0, 4), (2, 6)):
        worked(cast.cycle, cast.ada, cast.red, week, acts)
    read(cast.cycle)
    told = weeks_of(cast.cycle, MONDAY + timedelta(weeks=3))[cast.red.pk]
    assert [(one.monday, one.acts) for one in told] == [
        (date(2027, 3, 1), 4),
        (date(2027, 3, 8), 0),
        (date(2027, 3, 15), 6),
        (date(2027, 3, 22), 0),
    ]
    assert [one.acts for one in whole_cycle([told, told])] == [8, 0, 12, 0]


# --- Flags ----------------------------------------------------------------------------------------------------------------------------


def test_activity_up_by_half_with_tests_flat_is_flagged_once_the_week_is_over(cast: Cast) -> None:
    for week, acts in ((0, 4), (1, 6)):
        worked(cast.cycle, cast.ada, cast.red, week, acts)
    read(cast.cycle)
    assert raise_flags(cast.cycle, now=MONDAY + timedelta(weeks=1, days=2)) == []
    (flag,) = raise_flags(cast.cycle, now=MONDAY + timedelta(weeks=2))
    assert (flag.kind, list(flag.groups.all())) == ("motion", [cast.red])
    assert flag.facts == {"week": "2027-03-08", "acts": 6, "acts_before": 4.0, "learned": 0, "learned_before": 0.0}
    assert raise_flags(cast.cycle, now=MONDAY + timedelta(weeks=2, hours=1)) == []
    assert JournalEntry.objects.filter(kind=Kind.FLAG_RAISED.value).count() == 1


def ring_of_five(cast: Cast) -> list[Group]:
    """Five teams that thank each other, beside two that thank one of them."""
    ring = teams(cast.cycle, 5)
    for group, who in ring:
        for other, _ in ring:
            if other != group:
                thanked(cast.cycle, who, other, 3)
    for who in (cast.ada, cast.ben):
        thanked(cast.cycle, who, ring[0][0])
    read(cast.cycle)
    return [group for group, _ in ring]


def test_a_ring_of_five_that_thank_each_other_is_flagged(cast: Cast) -> None:
    ring = ring_of_five(cast)
    (flag,) = raise_flags(cast.cycle)
    assert (flag.kind, set(flag.groups.all())) == ("ring", set(ring))
    assert (flag.facts["exchanges"], flag.facts["share"]) == (60, 100)


def test_two_that_mostly_answer_each_other_are_flagged(cast: Cast) -> None:
    made = teams(cast.cycle, 8)
    for _, who in made:
        for other, _ in made:
            thanked(cast.cycle, who, other)
    (one, ada), (two, ben) = made[0], made[1]
    thanked(cast.cycle, ada, two, 9)
    thanked(cast.cycle, ben, one, 8)
    read(cast.cycle)
    (flag,) = raise_flags(cast.cycle)
    assert (flag.kind, set(flag.groups.all())) == ("pair", {one, two})


def test_an_honest_network_is_not_flagged(cast: Cast) -> None:
    made = teams(cast.cycle, 9)
    for place, (_, who) in enumerate(made):
        for step in range(1, 6):
            thanked(cast.cycle, who, made[(place + step * step) % 9][0], step % 3 + 1)
    read(cast.cycle)
    assert suspects_in(cast.cycle, MONDAY) == []


def test_a_flag_changes_nothing_but_itself(cast: Cast) -> None:
    ring_of_five(cast)
    raise_flags(cast.cycle)
    assert set(Group.objects.values_list("state", flat=True)) == {"active"}
    assert set(JournalEntry.objects.values_list("kind", flat=True)) == {"thanks.given", "flag.raised"}


# --- A recorded look ------------------------------------------------------------------------------------------------------------------


def a_flag(cast: Cast) -> WatchFlag:
    ring_of_five(cast)
    (flag,) = raise_flags(cast.cycle)
    return flag


def test_somebody_looks_and_says_why_and_only_once(cast: Cast) -> None:
    flag = a_flag(cast)
    with pytest.raises(LookReasonMissing):
        settle_flag(flag=flag, state=FlagState.DISMISSED, reason=" ", by=cast.org.user)
    with pytest.raises(LookReasonMissing):
        settle_flag(flag=flag, state=FlagState.DISMISSED, reason="x" * 2001, by=cast.org.user)
    with pytest.raises(FlagSettled):
        settle_flag(flag=flag, state=FlagState.OPEN, reason="No.", by=cast.org.user)
    looked = settle_flag(flag=flag, state=FlagState.DISMISSED, reason="They share a workshop.", by=cast.org.user)
    assert (looked.state, looked.reason, looked.by) == ("dismissed", "They share a workshop.", cast.org.person)
    with pytest.raises(FlagSettled):
        settle_flag(flag=flag, state=FlagState.ACTED, reason="Talked to them.", by=cast.org.user)
    entry = JournalEntry.objects.get(kind=Kind.FLAG_SETTLED.value)
    assert entry.payload == {"flag": 1, "kind": "ring", "to": "dismissed"}  # no words in the journal


def test_a_look_stands_until_it_says_twice_as_much(cast: Cast) -> None:
    flag = a_flag(cast)
    settle_flag(flag=flag, state=FlagState.DISMISSED, reason="They share a workshop.", by=cast.org.user)
    assert raise_flags(cast.cycle) == []
    Exchange.objects.update(count=7)
    (again,) = raise_flags(cast.cycle)
    assert (again.number, again.state) == (2, "open")
    assert [one.number for one in flags_of(cast.cycle)] == [2, 1]
    assert [one.number for one in flags_of(cast.cycle, open_only=True)] == [2]
