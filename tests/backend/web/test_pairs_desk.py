"""A task judged in pairs, from the organizer's desk: how far it is, whether it is enough, who may vote."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.web.pages.desk.pairing import advice, linked
from games.judging import actions
from games.judging.models import ConflictOfInterest, Panelist, Vote
from games.judging.queries.pairing import entries_at, judges_at, pairs_tables, size_of_list
from games.results.actions.pairs import pair_analyses, store_pair_analyses
from tests.factories.judging import judge, people
from tests.factories.pairs import expo, many, turn
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    found = expo(5)
    found.cycle.key = "fair"
    found.cycle.save()
    return found


@pytest.fixture
def who(call):
    return people(call)


def path(call) -> str:
    return f"/cycles/fair/desk/judging/pairs/{call.challenge.pk}/"


def page(call, client, query: str = "") -> str:
    return re.sub(r"\s+", " ", client.get(path(call) + query).content.decode())


def seat(call, person) -> Panelist:
    return actions.add_panelist(challenge=call.challenge, panel="jury", person=person, by=None)


def analysed(call) -> None:
    store_pair_analyses(pair_analyses(call.cycle))


def test_the_desk_of_judging_leads_here(call, who):
    seat(call, who.judith.person)
    text = who.org.client.get("/cycles/fair/desk/judging/").content.decode()
    assert f'href="{path(call)}"' in text
    assert "Nothing here is marked by judges" not in text
    [row] = pairs_tables(call.cycle)
    assert (row.judges, row.said) == (1, 0)


def test_seats_are_given_and_taken_back_and_what_was_said_stays(call, who):
    client, judith = who.org.client, who.judith.person
    jim = judge(call, "Jim")
    assert "Nobody may vote yet" in page(call, client)
    client.post(path(call), {"do": "add", "person": judith.pk})
    assert Panelist.objects.get().person == judith
    assert "Nothing is compared yet" in page(call, client)
    client.post(path(call), {"do": "add_all"})
    assert {one.person for one in Panelist.objects.all()} == {judith, jim}
    turn(call, judith)
    for one in Panelist.objects.all():
        client.post(path(call), {"do": "take", "seat": one.pk})
    assert Panelist.objects.get().left_at is not None, "who said something has left, who had not is gone"
    text = page(call, client)
    assert "votes no longer" in text
    assert "1 comparison" in text
    client.post(path(call), {"do": "add", "person": judith.pk})
    assert Panelist.objects.get().left_at is None
    refused = client.post(path(call), {"do": "add", "person": "x"}, follow=True)
    assert "Choose a judge." in refused.content.decode()
    assert client.post(path(call), {"do": "what"}).status_code == 404


def test_how_far_judges_and_entries_are(call, who):
    judith, jim = who.judith.person, judge(call, "Jim")
    for one in (judith, jim):
        seat(call, one)
    turn(call, judith, "a")
    turn(call, judith, "tie")
    turn(call, judith, "")
    shown = actions.ask_list(challenge=call.challenge, person=jim, by=None, size=4)
    actions.rank(ranking=shown.ranking, groups=shown.ranking.groups, by=None)
    first, second = judges_at(call.challenge)
    assert (first.name, first.lists, first.pairs, first.done, first.skipped) == ("Jim", 1, 0, 2, 0)
    assert (second.pairs, second.ties, second.skipped, second.done) == (2, 1, 1, 2)
    assert [size_of_list(pairs) for pairs in (1, 3, 6, 10, 15, 2)] == [2, 3, 4, 5, 6, 3]
    votes = [one.votes for one in entries_at(call.challenge)]
    assert votes == sorted(votes)
    assert sum(votes) == 2 * 2 + 4
    text = page(call, who.org.client)
    assert "<dd>4</dd>" in text
    assert "1 too close" in text
    assert "1 list" in text


def test_the_advice_is_read_once_it_is_worked_out_and_the_judges_with_it(call, who):
    seat(call, who.judith.person)
    for outcome in "abab":
        turn(call, who.judith.person, outcome)
    analysed(call)
    text = page(call, who.org.client)
    assert "Go on: " in text
    assert "between 1 and 2" in text
    assert f'href="/cycles/fair/rounds/{call.round.key}/stand/certainty/"' in text
    assert "in 100 as the order of all" in text
    part = who.org.client.get(f"{path(call)}?part=live")
    assert "Is it enough?" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert who.org.client.get(f"{path(call)}?part=live", headers={"If-None-Match": part["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        ({"stop": True, "reason": "reliable"}, "You may stop: every entry was compared at least 11 times"),
        ({"stop": True, "reason": "decided"}, "You may stop: each line that matters is decided"),
        ({"stop": False, "reason": "apart"}, "no comparison links"),
        ({"stop": False, "reason": "few", "to_go": 1}, "about 1 more comparison until"),
        ({"stop": False, "reason": "unsure"}, "does not hold well yet"),
    ],
)
def test_each_advice_has_its_words(pairs, words):
    body = {"verdicts": 9, "least": "11", "to_go": 0, "reliability_by": "halves", "in_time": False} | pairs
    found = advice({"pairs": body, "reliability": "0.8312"}, judges=3, entries=9)
    assert words in found["words"]
    assert found["more"][0].startswith("Two halves of the judges, drawn by lot, agree on the order with 0.83. (1 would")
    assert "not done before judging closes" in found["more"][1]


def test_what_hangs_together_is_said():
    assert linked({}) == ""
    assert "any two can be set in order" in linked({"pairs": {"verdicts": 3, "parts": [4]}})
    said = linked({"pairs": {"verdicts": 3, "parts": [3, 1, 1]}})
    assert "3 parts" in said
    assert "2 entries were compared with none" in said


def test_before_there_are_two_entries_nothing_is_asked_of_anybody():
    assert "two entries" in advice({}, judges=0, entries=1)["words"]
    assert "nobody is asked any more" in advice({"pairs": {"verdicts": 3}}, judges=3, entries=9, over=True)["words"]


def test_what_a_team_says_is_upheld_on_the_page_of_conflicts_and_takes_the_comparisons_out(call, who):
    judith = who.judith.person
    seat(call, judith)
    while turn(call, judith) is not None:
        pass
    actions.object_to(group=call.groups[0], person=judith, reason="A cousin of ours.", by=None)
    where = "/cycles/fair/desk/judging/conflicts/"
    assert "4 comparisons still count" in who.org.client.get(where).content.decode()
    conflict = ConflictOfInterest.objects.get()
    who.org.client.post(where, {"do": "uphold", "row": conflict.pk})
    assert "still count" not in who.org.client.get(where).content.decode()
    [row] = judges_at(call.challenge)
    assert row.pairs == 6


@pytest.mark.outsider("desk-pairs")
def test_only_who_organizes_is_let_in(call, who):
    seat(call, who.judith.person)
    for outsider in (who.eve, who.ada, who.judith):
        assert outsider.client.get(path(call)).status_code == 404
        assert outsider.client.post(path(call), {"do": "take", "seat": Panelist.objects.get().pk}).status_code == 404
    assert Panelist.objects.count() == 1
    other = expo(2)
    strange = f"/cycles/fair/desk/judging/pairs/{other.challenge.pk}/"
    assert who.org.client.get(strange).status_code == 404


def test_a_page_takes_as_many_statements_however_much_there_is(call, who):
    seat(call, who.judith.person)
    turn(call, who.judith.person)
    analysed(call)
    costs, client = [], who.org.client
    for more in (0, 30):
        if more:
            groups = many(call, more)
            judges = [judge(call, f"Judge {number}") for number in range(more)]
            for number, one in enumerate(judges):
                seat(call, one)
                Vote.objects.create(
                    challenge=call.challenge,
                    judge=one,
                    a=groups[number],
                    b=groups[number - 1],
                    outcome="a",
                    at=timezone.now() - timedelta(minutes=1),
                )
            analysed(call)
        with CaptureQueriesContext(connection) as sent:
            text = page(call, client)
        costs.append(len(without_designs(sent)))
        with CaptureQueriesContext(connection) as index:
            client.get("/cycles/fair/desk/judging/")
        costs.append(len(without_designs(index)))
    assert "Judge 29" in text
    assert costs[:2] == costs[2:]
    assert max(costs) <= 12, costs
