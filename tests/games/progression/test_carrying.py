"""What teams bring along into the next cycle: points that fade, a head start, badges, what they meant to try; as its rules say."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.journal.actions import seal_pending
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.learning.models import ChangeTest
from games.playbooks.schema import Carry, DesignRefused, parse_design
from games.progression import actions
from games.progression.carrying import what_comes_along
from games.progression.models import Carried
from games.progression.succeeding import beginnings
from games.recognition.actions import read_journal
from games.recognition.models import EarnedBadge, Points, PointsTotal
from games.recognition.rules.carried import carried, subject_of_carried
from tests.factories.accounts import UserFactory
from tests.factories.cycles import START, small
from tests.factories.groups import GroupFactory

pytestmark = pytest.mark.django_db
RULES = [{"key": "shared", "name": "An idea shared", "event": "idea.shared", "points": 5}]


@pytest.fixture
def org():
    return UserFactory(name="Org")


@pytest.fixture
def cycle(org):
    """Three teams with 100, 41 and no points; the first has a badge, the second a test that it never finished."""
    found = actions.launch(small(rules=RULES, badges=[{"key": "giver", "name": "Giver", "points": 50}]), by=org, start=START)
    aqua, brook, _ = (GroupFactory(cycle=found, key=key, name=key.title()) for key in ("aqua", "brook", "cloud"))
    for group, amount in ((aqua, 100), (brook, 41)):
        PointsTotal.objects.create(cycle=found, group=group, amount=amount)
    EarnedBadge.objects.create(cycle=found, badge="giver", group=aqua, design_number=1, seal=1, at=START)
    ChangeTest.objects.create(cycle=found, number=1, group=brook, title="Two taps", prediction="Half the queue.")
    ChangeTest.objects.create(cycle=found, number=2, group=brook, title="Done", state="acted", act="adopt", acted_at=START)
    return found


def following(cycle, org, days=0, **carry):
    """The next cycle, so many days after the last one was over."""
    over = cycle.rounds.order_by("-closes_at").first().closes_at
    return actions.next_cycle(cycle, by=org, start=over + timedelta(days=days), changes={"carry": carry})


def told(after, kind):
    return {
        one.group.key: (one.was, one.amount) for one in Carried.objects.filter(cycle=after, kind=kind).select_related("group")
    }


def test_teams_begin_with_their_share_and_a_head_start_and_the_journal_says_so(cycle, org):
    after = following(cycle, org, points="0.5", handicap="0.25", handicap_most=20)
    assert told(after, "points") == {"aqua": (100, 50), "brook": (41, 20)}
    assert told(after, "handicap") == {"brook": (41, 14), "cloud": (0, 20)}
    assert JournalEntry.objects.get(cycle_id=after.pk, kind=Kind.THINGS_CARRIED.value).payload["points"] == 2
    seal_pending()
    while read_journal(after):
        pass
    totals = dict(PointsTotal.objects.filter(cycle=after).values_list("group__key", "amount"))
    assert totals == {"aqua": 50, "brook": 34, "cloud": 20}
    rows = Points.objects.filter(cycle=after).order_by("group__key", "rule").values_list("group__key", "rule", "amount")
    assert list(rows) == [
        ("aqua", "carry.points", 50),
        ("brook", "carry.handicap", 14),
        ("brook", "carry.points", 20),
        ("cloud", "carry.handicap", 20),
    ]


def test_points_fade_between_the_cycles(cycle, org):

    after = following(cycle, org, days=90, points=1, half_life=90)
    amounts = told(after, "points")
    assert amounts == {"aqua": (100, 50), "brook": (41, 20)}


def test_badges_and_what_was_never_tried_come_along(cycle, org):
    after = following(cycle, org, badges=True, commitments=True)
    held = Carried.objects.filter(cycle=after).order_by("kind").values_list("group__key", "kind", "key", "name")
    assert list(held) == [("aqua", "badge", "giver", "Giver"), ("brook", "commitment", "test:1", "Two taps")]
    test = ChangeTest.objects.get(cycle=after)
    assert (test.group.key, test.title, test.prediction, test.state) == ("brook", "Two taps", "Half the queue.", "planned")
    third = following(after, org, badges=True)
    assert told(third, "badge") == {"aqua": (0, 0)}


def test_nothing_comes_along_that_the_rules_do_not_say(cycle, org):
    after = following(cycle, org)
    assert not Carried.objects.filter(cycle=after).exists()
    assert not JournalEntry.objects.filter(cycle_id=after.pk, kind=Kind.THINGS_CARRIED.value).exists()
    assert after.groups.count() == 3


def test_rules_without_teams_leave_everybody_behind(cycle, org):
    after = following(cycle, org, teams=False, judges=False)
    assert not after.groups.exists()


def test_what_comes_along_is_shown_before_it_does(cycle, org, django_assert_max_num_queries):
    carry = Carry.model_validate({"points": "0.5", "badges": True, "commitments": True})
    with django_assert_max_num_queries(9):
        coming = what_comes_along(cycle, carry, START + timedelta(days=40))
    assert [one.name for one in coming.teams] == ["Aqua", "Brook", "Cloud"]
    assert [coming.beginnings[one.pk].points for one in coming.teams] == [50, 20, 0]
    assert not Carried.objects.exists()


@pytest.mark.parametrize(
    ("carry", "said"),
    [
        ({"points": 2}, "a share above 0"),
        ({"half_life": 30}, "it says nothing without points"),
        ({"handicap_most": 30}, "it says nothing without handicap"),
        ({"teams": False, "badges": True}, "only with their teams"),
        ({"points": "0.5"}, "only where rules give points"),
    ],
)
def test_what_cannot_come_along_is_refused(carry, said):
    with pytest.raises(DesignRefused) as refused:
        parse_design(small(carry=carry), start=START)
    assert said in str(refused.value.problems)


@given(
    st.dictionaries(st.integers(1, 50), st.integers(-50, 10_000)), st.integers(0, 100), st.integers(0, 100), st.integers(0, 900)
)
def test_nobody_begins_with_more_than_they_had_or_overtakes_by_a_head_start(totals, share, head, days):
    carry = Carry.model_validate(
        {"points": Fraction(share + 1, 101), "half_life": 90, "handicap": Fraction(head + 1, 101), "handicap_most": 300}
    )
    found = beginnings(totals, carry, Fraction(days))
    best = max(totals.values(), default=0)
    for team, one in found.items():
        assert 0 <= one.points <= max(totals[team], 0)
        assert 0 <= one.handicap <= min(300, best - totals[team])
        assert one.was == totals[team]


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_the_journal_is_read_back_as_it_was_written(points, handicap):
    found = dict(carried(subject_of_carried(points, handicap)))
    assert (found.get("carry.points", 0), found.get("carry.handicap", 0)) == (points, handicap)
    assert carried(f"idea:{points}") == []
