"""Comparing in pairs over the API: a judge's evening, blind rounds, and nobody else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.judging import actions
from games.judging.models import Panelist, Vote
from tests.factories.judging import people
from tests.factories.pairs import LIVE, STAND, expo
from tests.factories.submissions import scene, without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.fixture
def call():
    return expo(5)


@pytest.fixture
def who(call):
    found = people(call)
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=found.judith.person)
    return found


def test_a_judge_compares_skips_ranks_and_takes_back(call, who):
    api, path = who.judith.api, f"{API}/challenges/{call.challenge.pk}"
    pair = api.post(f"{path}/pairs").json()
    assert (pair["list"], [one["number"] for one in pair["entries"]]) == (None, [1, 2])
    first = Vote.objects.get()
    assert [one["label"] for one in pair["entries"]] == [first.a.name, first.b.name]
    assert pair["entries"][0]["entry"]["data"] == {"title": "On water"}
    assert api.post(f"{path}/pairs").json() == pair
    said = api.post(f"{API}/pairs/{pair['id']}/answer", {"outcome": "tie"})
    assert (said.status_code, said.json()["outcome"]) == (200, "tie")
    assert api.post(f"{API}/pairs/{pair['id']}/answer", {"outcome": "tie"}).status_code == 200
    other = api.post(f"{API}/pairs/{pair['id']}/answer", {"outcome": "a"})
    assert (other.status_code, other.json()["code"]) == (409, "pair_gone")
    assert api.post(f"{API}/pairs/{pair['id']}/answer", {"outcome": "x"}).status_code == 422

    again = api.post(f"{path}/votes/undo").json()
    assert [one["label"] for one in again["entries"]] == [one["label"] for one in pair["entries"]]
    assert api.post(f"{API}/pairs/{again['id']}/answer", {"outcome": ""}).json()["outcome"] == ""

    shown = api.post(f"{path}/lists", {"size": 3}).json()
    assert len(shown["entries"]) == 3
    wrong = api.post(f"{API}/ranked-lists/{shown['list']}/order", {"order": [1, 2, 4]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "vote_refused")
    assert api.post(f"{API}/ranked-lists/{shown['list']}/order", {"order": [3, 1, 2]}).status_code == 200
    assert Vote.objects.filter(ranking=shown["list"]).exclude(outcome="").count() == 3


def test_nothing_left_is_told(call, who):
    path = f"{API}/challenges/{call.challenge.pk}"
    for _ in range(10):
        pair = who.judith.api.post(f"{path}/pairs").json()
        who.judith.api.post(f"{API}/pairs/{pair['id']}/answer", {"outcome": "a"})
    assert who.judith.api.post(f"{path}/pairs").status_code == 204
    assert who.judith.api.post(f"{path}/lists", {}).status_code == 204


def test_in_a_blind_round_nothing_tells_whose_entry_it_is():
    call = expo(3, STAND, rounds=[{"key": "call", "blind": True}])
    who = people(call)
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=who.judith.person)
    pair = who.judith.api.post(f"{API}/challenges/{call.challenge.pk}/pairs").json()
    assert all(one["label"].startswith("Entry ") and one["group"] is None for one in pair["entries"])
    said = who.judith.api.post(f"{API}/pairs/{pair['id']}/answer", {"outcome": "a"}).json()
    assert set(said) == {"id", "challenge", "outcome", "asked_at", "at"}
    text = str(pair)
    assert not any(group.name in text or group.key in text for group in call.groups)


def test_what_was_shown_can_be_read_and_nothing_else(call, who):
    api = who.judith.api
    assert api.get(f"{API}/submissions").json()["results"] == []
    pair = actions.ask_pair(challenge=call.challenge, person=who.judith.person, by=None)
    seen = {one["group"]["id"] for one in api.get(f"{API}/submissions").json()["results"]}
    assert seen == {pair.a_id, pair.b_id}
    actions.declare_conflict(person=who.judith.person, group=pair.a, by=None)
    assert {one["group"]["id"] for one in api.get(f"{API}/submissions").json()["results"]} == {pair.b_id}


def test_entries_that_are_only_seen_have_no_text():
    call = scene(LIVE, groups=2)
    who = people(call)
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=who.judith.person)
    pair = who.judith.api.post(f"{API}/challenges/{call.challenge.pk}/pairs").json()
    assert [(one["entry"], one["label"] in {"Team 1", "Team 2"}) for one in pair["entries"]] == [(None, True)] * 2


@pytest.mark.outsider("voting-pairs", "voting-lists", "voting-undo", "pair-answer", "ranked-list-order")
def test_eve_and_the_teams_are_refused(call, who):
    pair = actions.ask_pair(challenge=call.challenge, person=who.judith.person, by=None)
    shown = Vote.objects.get(pk=pair.pk)
    for outsider in (who.eve, who.ada, who.org):
        api, path = outsider.api, f"{API}/challenges/{call.challenge.pk}"
        assert api.post(f"{path}/pairs").status_code == 404
        assert api.post(f"{path}/lists", {}).status_code == 404
        assert api.post(f"{path}/votes/undo").status_code == 404
        assert api.post(f"{API}/pairs/{shown.pk}/answer", {"outcome": "a"}).status_code == 404
        assert api.post(f"{API}/ranked-lists/1/order", {"order": []}).status_code == 404
    shown.refresh_from_db()
    assert shown.at is None


def test_a_judge_who_left_the_panel_compares_no_more(call, who):
    pair = actions.ask_pair(challenge=call.challenge, person=who.judith.person, by=None)
    Panelist.objects.update(left_at=pair.asked_at)
    assert who.judith.api.post(f"{API}/challenges/{call.challenge.pk}/pairs").status_code == 404
    refused = who.judith.api.post(f"{API}/pairs/{pair.pk}/answer", {"outcome": "a"})
    assert (refused.status_code, refused.json()["code"]) == (403, "not_on_panel")


def test_answering_takes_few_statements(call, who):
    api = who.judith.api
    pair = api.post(f"{API}/challenges/{call.challenge.pk}/pairs").json()
    with CaptureQueriesContext(connection) as found:
        api.post(f"{API}/pairs/{pair['id']}/answer", {"outcome": "a"})
    assert len(without_designs(found)) == 7  # session, user, pair; locked with its facts, said, told, learned
