"""A or B in the browser's forms: what is shown, saved, taken back; with the script and without; nobody else."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.judging.models import Panelist, RankedList, Vote
from tests.factories.judging import people
from tests.factories.pairs import STAND, expo, many
from tests.factories.submissions import move, without_designs

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    return expo(5)


@pytest.fixture
def who(call):
    found = people(call)
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=found.judith.person)
    return found


def seat() -> Panelist:
    return Panelist.objects.get()


def page(client, way: str = "") -> str:
    return client.get(f"/desk/pairs/{seat().pk}/{way}").content.decode()


def send(client, what: str, script: bool = True, **body):
    headers = {"X-Stage": "1"} if script else {}
    return client.post(f"/desk/pairs/{seat().pk}/{what}/", body, headers=headers, follow=not script)


def test_looking_writes_nothing_and_beginning_shows_a_pair(call, who):
    client = who.judith.client
    assert "Which of two is better?" in page(client)
    assert not Vote.objects.exists()
    text = send(client, "next").content.decode()
    pair = Vote.objects.get()
    assert pair.a.name in text
    assert pair.b.name in text
    assert "<html" not in text
    assert f'value="{pair.pk}"' in page(client)


def test_home_leads_a_judge_of_pairs_to_them_until_they_left(call, who):
    way = f'href="/desk/pairs/{seat().pk}/"'
    assert way in who.judith.client.get("/").content.decode()
    assert "/desk/pairs/" not in who.ada.client.get("/").content.decode()
    Panelist.objects.update(left_at=timezone.now())
    assert way not in who.judith.client.get("/").content.decode()


def test_an_answer_is_saved_and_the_next_pair_comes_with_it(call, who):
    client = who.judith.client
    send(client, "next")
    first = Vote.objects.get()
    text = send(client, "answer", pair=first.pk, outcome="b").content.decode()
    first.refresh_from_db()
    assert first.outcome == "b"
    assert "Saved: B is better." in text
    assert "<strong>1</strong> of about" in text
    assert f'value="{Vote.objects.last().pk}"' in text
    for outcome, words in (("tie", "Saved: too close"), ("skip", "Skipped.")):
        pair = Vote.objects.last()
        assert words in send(client, "answer", pair=pair.pk, outcome=outcome).content.decode()
    assert list(Vote.objects.order_by("pk").values_list("outcome", flat=True)) == ["b", "tie", "", ""]


def test_without_the_script_the_same_forms_lead_from_page_to_page(call, who):
    client = who.judith.client
    assert 'data-letter="A"' in send(client, "next", script=False).content.decode()
    text = send(client, "answer", script=False, pair=Vote.objects.last().pk, outcome="a", way="pairs").content.decode()
    assert "Saved: A is better." in text
    assert "<html" in text
    text = send(client, "undo", script=False, way="pairs").content.decode()
    assert "Taken back" in text
    assert Vote.objects.filter(undone_at=None, outcome="").count() == 2  # once more, and the one that waited


def test_a_list_is_put_in_order_by_places(call, who):
    client = who.judith.client
    text = send(client, "next", way="lists", size="4").content.decode()
    ranking = RankedList.objects.get()
    assert text.count("data-item") == 4
    wrong = send(client, "order", **{"list": ranking.pk, "way": "lists", "place-1": 1, "place-2": 1, "place-3": 2, "place-4": 3})
    assert wrong.status_code == 409
    assert "once" in wrong.content.decode()
    places = {"place-1": 4, "place-2": 3, "place-3": 2, "place-4": 1}
    done = send(client, "order", **{"list": ranking.pk, "way": "lists", "size": 3, **places})
    assert "Saved: your order of 4 entries." in done.content.decode()
    before = ranking.groups
    ranking.refresh_from_db()
    assert ranking.groups == before[::-1]
    assert "Two at a time" in done.content.decode() or "No list of new entries is left" in done.content.decode()
    assert "Taken back" in send(client, "undo", way="lists").content.decode()


def test_what_is_refused_is_said_on_the_stage(call, who):
    client = who.judith.client
    send(client, "next")
    pair = Vote.objects.get()
    send(client, "answer", pair=pair.pk, outcome="a")
    again = send(client, "answer", pair=pair.pk, outcome="b")
    assert again.status_code == 409
    assert "answered this pair before" in again.content.decode()
    assert send(client, "answer", pair="x", outcome="a").status_code == 404
    assert send(client, "order", list="7").status_code == 404


def test_all_pairs_met_and_nothing_to_compare(call, who):
    client = who.judith.client
    send(client, "next")
    for _ in range(10):
        text = send(client, "answer", pair=Vote.objects.filter(at=None).last().pk, outcome="a").content.decode()
    assert "You have met all pairs" in text
    assert "You have met all pairs" in page(client)
    assert "every further one is a gift" in text


def test_imported_votes_are_no_end(call, who):
    judith = who.judith.person
    Vote.objects.create(
        challenge=call.challenge, judge=judith, a=call.groups[0], b=call.groups[1], outcome="a", at=timezone.now()
    )
    text = page(who.judith.client)
    assert "Next pair" in text
    assert "You have met all pairs" not in text


def test_one_entry_is_nothing_to_compare():
    call = expo(1)
    who = people(call)
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=who.judith.person)
    assert "Nothing to compare yet" in page(who.judith.client)


def test_before_the_deadline_and_after_the_end_the_page_says_why(call, who):
    move(call.round, closes=3600)
    assert "Nothing can be compared now" in page(who.judith.client)
    assert send(who.judith.client, "next").status_code == 409
    move(call.round, closes=-1)
    call.round.refresh_from_db()
    call.round.published_at = timezone.now()
    call.round.save()
    assert "The round is published" in page(who.judith.client)


def test_in_a_blind_round_entries_have_numbers():
    call = expo(3, STAND, rounds=[{"key": "call", "blind": True}])
    who = people(call)
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=who.judith.person)
    text = send(who.judith.client, "next").content.decode()
    assert len(set(re.findall(r"Entry \d+", text))) == 2
    assert not any(group.name in text for group in call.groups)


def test_the_judges_lists_lead_here(call, who):
    text = who.judith.client.get("/desk/sheets/").content.decode()
    assert f'href="/desk/pairs/{seat().pk}/"' in text


@pytest.mark.outsider("pairs", "pairs-next", "pairs-answer", "pairs-order", "pairs-undo")
def test_nobody_else_is_let_in(call, who):
    send(who.judith.client, "next")
    pair = Vote.objects.get()
    for outsider in (who.eve, who.ada, who.org):
        client = outsider.client
        assert client.get(f"/desk/pairs/{seat().pk}/").status_code == 404
        for what in ("next", "answer", "order", "undo"):
            assert send(client, what, pair=pair.pk, outcome="a", list=1).status_code == 404
    pair.refresh_from_db()
    assert pair.at is None


def test_a_page_and_an_answer_take_as_many_statements_however_many_entries_there_are(call, who):
    client, costs = who.judith.client, []
    for more in (0, 300):
        if more:
            many(call, more)
            send(client, "next", way="lists")  # the new ones are made known
            send(client, "next", way="pairs")
        send(client, "next")
        pair = Vote.objects.filter(at=None, ranking=None).last()
        with CaptureQueriesContext(connection) as looked:
            page(client)
        with CaptureQueriesContext(connection) as said:
            send(client, "answer", pair=pair.pk, outcome="a")
        costs.append((len(without_designs(looked)), len(without_designs(said))))
    assert costs[0] == costs[1]
    assert costs[0][0] <= 12
    assert costs[0][1] <= 24
