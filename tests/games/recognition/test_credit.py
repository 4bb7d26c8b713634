"""Credit in the ledger of points: those who were built upon are paid, exactly, under caps, and it goes when what it came from goes."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest
from django.db.models import Max, Sum
from django.utils.timezone import now

from games.groups.models import Group
from games.ideas import actions
from games.ideas.actions import Citation
from games.ideas.models import CreditShare, Derivation, Idea
from games.journal.models import JournalEntry
from games.learning.queries import spread_of
from games.recognition.actions import replay_points
from games.recognition.models import Credit, CreditLine, Points, PointsTotal
from games.recognition.queries.credit import builders_of, came_back_to, credit_table, originators_of
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.ideas import telling
from tests.factories.learning import an_idea, finished
from tests.games.recognition.crediting import FREE, built, read, rules

pytestmark = pytest.mark.django_db


def team(cast: Cast, key: str) -> Group:
    return GroupFactory.create(cycle=cast.cycle, key=key, name=key.title())


def totals(cast: Cast) -> dict[str, int]:
    return dict(PointsTotal.objects.filter(cycle=cast.cycle, generation=1).values_list("group__key", "amount"))


def credited(cast: Cast) -> dict[str, int]:
    rows = Points.objects.filter(cycle=cast.cycle, generation=1, rule="idea.credit").values_list("group__key")
    return dict(rows.annotate(sum=Sum("amount")))


def test_o_dag_in_the_ledger_with_its_reasons(cast: Cast) -> None:
    """O-DAG: D on B and C, both on A; 100 at D. In whole points 31 of 31.25; the extra half goes to the older of the two."""
    rules(cast)
    one = built(cast, "A", team(cast, "a"))
    two, three = built(cast, "B", team(cast, "b"), one), built(cast, "C", team(cast, "c"), one)
    read(cast)
    before = credited(cast)
    assert before == {"a": 50}  # 25 from B, 25 from C
    four = built(cast, "D", team(cast, "d"), two, three)
    read(cast)
    assert credited(cast) == {"a": 56, "b": 13, "c": 12}
    lines = CreditLine.objects.filter(credit__of=four)
    assert {line.to.title: (line.exact, line.depth) for line in lines} == {"A": ("6.25", 2), "B": ("12.5", 1), "C": ("12.5", 1)}
    assert sum(Fraction(line.exact) for line in lines) == Fraction("31.25")
    assert lines.get(to=one).ways == [[two.pk], [three.pk]]
    assert Credit.objects.get(of=four, points__group__key="b").award.group == four.group


def test_whoever_builds_on_their_own_pays_whoever_is_behind_it(cast: Cast) -> None:
    rules(cast)
    source = built(cast, "Source", cast.blue)
    first = built(cast, "First", cast.red, source)
    built(cast, "Second", cast.red, first)
    assert read(cast) == {"red": 200, "blue": 150}


def test_a_team_links_to_a_source_once(cast: Cast) -> None:
    rules(cast)
    source = built(cast, "Source", cast.blue)
    for number in range(4):
        built(cast, f"Again {number}", cast.red, source)
    assert read(cast) == {"red": 400, "blue": 125}


def test_a_joint_idea_pays_its_teams_by_their_parts(cast: Cast) -> None:
    rules(cast)
    green = team(cast, "green")
    source = built(cast, "Together", cast.blue)
    CreditShare.objects.bulk_create(
        CreditShare(idea=source, group=group, basis_points=parts) for group, parts in ((cast.blue, 6000), (green, 4000))
    )
    built(cast, "On it", cast.red, source)
    assert read(cast) == {"red": 100, "blue": 115, "green": 10}


def test_no_credit_flows_to_what_is_rejected_hidden_or_nobodys(cast: Cast) -> None:
    rules(cast)
    rejected, hidden = built(cast, "Rejected", cast.blue), built(cast, "Hidden", team(cast, "green"))
    house = actions.share_idea(cycle=cast.cycle, group=None, told=telling("House"), by=cast.org.user, audience="teams")
    actions.share_idea(
        cycle=cast.cycle,
        group=cast.red,
        told=telling("Mine"),
        by=cast.ada.user,
        audience="teams",
        sources=[Citation(rejected, "rejects", "Too dear."), Citation(hidden), Citation(house)],
    )
    actions.hide(idea=hidden, why="Not yours.", by=cast.org.user)
    read(cast)
    assert credited(cast) == {}


def test_credit_goes_with_what_it_came_from_and_comes_back_with_it(cast: Cast) -> None:
    rules(cast)
    source = built(cast, "Source", cast.blue)
    newer = built(cast, "Newer", cast.red, source)
    assert read(cast) == {"red": 100, "blue": 125}
    actions.hide(idea=newer, why="Copied.", by=cast.org.user)
    assert read(cast) == {"red": 0, "blue": 100}
    assert came_back_to([source.pk], cast.cycle) == {}
    actions.show_again(idea=newer, by=cast.org.user)
    assert read(cast) == {"red": 100, "blue": 125}
    (line,) = came_back_to([source.pk], cast.cycle)[source.pk]
    assert (line.exact, line.credit.award.amount, line.credit.award.group) == ("25", 100, cast.red)


def test_what_others_cannot_see_yet_brings_credit_once_they_can(cast: Cast) -> None:
    rules(cast)
    source = built(cast, "Source", cast.blue)
    newer = built(cast, "Newer", cast.red, source, audience="own")
    assert read(cast) == {"red": 100, "blue": 100}
    actions.widen(idea=newer, audience="teams", by=cast.ada.user)
    assert read(cast) == {"red": 100, "blue": 125}
    actions.widen(idea=newer, audience="everybody", by=cast.ada.user)
    assert read(cast) == {"red": 100, "blue": 125}


def test_a_test_of_anothers_idea_pays_it(cast: Cast) -> None:
    rules(cast, {"key": "test", "event": "test.acted", "points": 20, "flows": True})
    source = built(cast, "Source", cast.blue)
    finished(cast.red, source, by=cast.ada.user)
    assert read(cast) == {"red": 20, "blue": 105}
    row = Credit.objects.get()
    assert (row.of, row.exact, row.lines.get().to) == (None, "5", source)


def test_fifty_ideas_read_earn_nothing_and_one_test_from_an_idea_does(cast: Cast) -> None:
    rules(cast, {"key": "test", "event": "test.acted", "points": 8})
    ideas = [an_idea(cast.red, audience="everybody") for _ in range(50)]
    for one in ideas:
        assert cast.ben.api.get(f"/api/v1/ideas/{one.pk}").status_code == 200
    assert read(cast) == {}
    assert dict(spread_of([ideas[0].pk])) == {}
    finished(cast.blue, ideas[0], by=cast.ben.user)
    assert read(cast)["blue"] == 8
    assert dict(spread_of([ideas[0].pk])) == {ideas[0].pk: 1}


def test_no_more_than_so_many_times_the_receivers_own_largest_award(cast: Cast) -> None:
    """One team brings at most once, all together at most three times, what the receiver's best own act brought."""
    rules(cast, credit={"share": "1/2", "cap_receiver": 3, "cap_pair": 1})
    source = built(cast, "Source", cast.blue)
    read(cast)
    for number in range(8):
        built(cast, f"By {number}", team(cast, f"t{number}"), source)
    assert read(cast)["blue"] == 400  # 8 x 50 flowed: 300 are kept
    again = [built(cast, f"More {number}", cast.blue) for number in range(3)]
    for number, one in enumerate(again):
        built(cast, f"On more {number}", cast.red, one)
    assert credited(cast)["blue"] == 300
    row = Credit.objects.filter(points__group=cast.blue).order_by("pk").last()
    assert row is not None
    assert (row.uncapped, row.exact) == (50, "50")


def test_one_team_brings_at_most_one_award_of_the_receiver(cast: Cast) -> None:
    rules(cast, credit={"share": "1/2"})
    ideas = [built(cast, f"Source {number}", cast.blue) for number in range(5)]
    for number, one in enumerate(ideas):
        built(cast, f"On {number}", cast.red, one)
    read(cast)
    assert credited(cast) == {"blue": 100}


def test_where_nothing_is_added_the_builder_gives_what_its_sources_get(cast: Cast) -> None:
    rules(cast, credit={"minted": False, **FREE})
    first = built(cast, "First", cast.blue)
    second = built(cast, "Second", team(cast, "green"), first)
    built(cast, "Third", cast.red, second)
    found = read(cast)
    assert found == {"blue": 131, "green": 94, "red": 75}  # of the 25 that red gives: 18.75 and 6.25, so 19 and 6
    assert sum(found.values()) == 300


def test_a_replay_gives_the_same_credit(cast: Cast) -> None:
    rules(cast)
    source = built(cast, "Source", cast.blue)
    for number in range(3):
        source = built(cast, f"Step {number}", team(cast, f"t{number}"), source)
    found = read(cast)
    preview = replay_points(cast.cycle)
    assert preview.changes == {}
    assert sum(found.values()) == 400 + 25 + 31 + 32


def test_boards_of_originators_and_of_builders(cast: Cast) -> None:
    rules(cast)
    source = built(cast, "Source", cast.blue)
    built(cast, "On it", cast.red, source)
    read(cast)
    assert originators_of(cast.cycle) == {cast.blue.pk: 25}
    assert builders_of(cast.cycle) == {cast.red.pk: 100}
    assert [(row.group.key, row.came, row.built) for row in credit_table(cast.cycle)] == [("blue", 25, 0), ("red", 0, 100)]


# --- Gaming -----------------------------------------------------------------------------------------------------------------------------


def _happen(cast: Cast, kind: str, idea: Idea, group: Group) -> None:
    last = JournalEntry.objects.aggregate(last=Max("seal"))["last"] or 0
    payload = {"idea": idea.number, "version": 1}
    JournalEntry.objects.create(
        kind=kind, cycle_id=cast.cycle.pk, group_id=group.pk, subject=f"idea:{idea.pk}", payload=payload, at=now(), seal=last + 1
    )


def test_a_chain_of_fakes_between_gains_nothing_beyond_the_bound(cast: Cast) -> None:
    """Red puts twenty ideas of three sham teams between its own work and where it came from: together they get at most 0.328125 of an act."""
    rules(cast)
    honest = built(cast, "Honest", cast.blue)
    shams = [team(cast, f"sham{number}") for number in range(3)]
    source = honest
    for number in range(20):
        at = now() + timedelta(seconds=number)
        made = Idea.objects.create(
            cycle=cast.cycle,
            number=100 + number,
            kind="concept",
            title="Sham",
            group=shams[number % 3],
            audience="teams",
            shared_at=at,
        )
        Derivation.objects.create(source=source, target=made, kind="builds-on", at=at)
        source = made
    last = built(cast, "The act", cast.red, source)
    read(cast)
    gained = Counter(dict(Points.objects.filter(rule="idea.credit", credit__of=last).values_list("group__key", "amount")))
    assert sum(gained.values()) <= 100 * Fraction(21, 64)
    assert max(gained.values()) <= 25


def test_five_teams_that_thank_each_other_gain_less_than_one_honest_reuse(cast: Cast) -> None:
    """A ring of five that thank and build on each other gains less credit for each, than one honest reuse by another team brings."""
    thanks = {"key": "thanks", "event": "thanks.given", "points": 2, "cap_cycle": 10}
    rules(cast, thanks, credit={})
    source = built(cast, "Honest", cast.blue)
    built(cast, "Reuse", cast.red, source)
    ring = [team(cast, f"ring{number}") for number in range(5)]
    read(cast)
    honest = credited(cast)["blue"]
    for times in range(20):
        for number, group in enumerate(ring):
            _happen(cast, "thanks.given", Idea(pk=10_000 + times * 5 + number, number=1), group)
    read(cast)
    gained = {key: amount for key, amount in totals(cast).items() if key.startswith("ring")}
    assert honest == 25
    assert max(gained.values()) <= 10 < honest
