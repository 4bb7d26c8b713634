"""The audience's pages: a vote with one tap, a link by mail, the hall's screen, links from the round, the organizer's desk."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from backend.accounts.models import SignInLink, User
from games.judging.actions import ballots as voting
from games.judging.models import Ballot
from games.judging.queries.ballots import votes_on
from games.judging.queries.choices import choice_key
from games.notices.models import Message
from games.rounds.models import Round
from tests.factories.judging import People, locked_scene, people
from tests.factories.submissions import Scene, move, without_designs
from tests.games.judging.test_ballots import LIKED, voter

pytestmark = pytest.mark.django_db
RULES: dict[str, Any] = {"key": "call", "visibility": "full"}
ONE = {**LIKED, "panels": [{"key": "jury"}, {"key": "crowd", "who": "audience", "ballots": 1, "combine": "sum"}]}
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def fresh_cache() -> None:
    cache.clear()


def scene(task: dict[str, Any] = LIKED, groups: int = 4, **rules: Any) -> tuple[Scene, People]:
    call = locked_scene(task, groups=groups, rounds=[{**RULES, **rules}])
    who = people(call)
    User.objects.update(email_confirmed_at=timezone.now(), date_joined=timezone.now() - timedelta(days=3))
    for one in (who.ada, who.ben, who.judith, who.org, who.eve):
        one.user.refresh_from_db()
    return call, who


def page(call: Scene, more: str = "") -> str:
    return f"/cycles/{call.cycle.key}/rounds/call/essay/vote/{more}"


def key(call: Scene, number: int) -> str:
    return choice_key(call.challenge.pk, "crowd", call.groups[number].pk)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def end(call: Scene) -> None:
    now = timezone.now()
    Round.objects.filter(pk=call.round.pk).update(
        closes_at=now - timedelta(minutes=2), judging_closes_at=now - timedelta(minutes=1)
    )


def given(user: Any) -> set[str]:
    rows = Ballot.objects.filter(person__user=user, withdrawn_at__isnull=True)
    return set(rows.values_list("group__key", flat=True))


# --- The voter ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.outsider("vote")
def test_a_vote_is_given_and_taken_back_and_says_what_is_left() -> None:
    call, who = scene()
    client = who.eve.client
    shown = text(client.get(page(call)))
    assert "Give your 2 votes" in shown
    assert shown.count("On water") >= 4
    answer = client.post(page(call), {"choice": key(call, 1), "do": "give"}, headers=JSON)
    assert answer.json() == {"given": [key(call, 1)], "left": 1, "says": "1 of 2 votes left", "problem": ""}
    client.post(page(call), {"choice": key(call, 2), "do": "give"}, headers=JSON)
    full = client.post(page(call), {"choice": key(call, 3), "do": "give"}, headers=JSON)
    assert (full.status_code, full.json()["says"]) == (409, "Your 2 votes are given")
    assert full.json()["problem"] == "Your 2 votes are given: take one back first."
    assert given(who.eve.user) == {"team-2", "team-3"}
    back = client.post(page(call), {"choice": key(call, 1), "do": "take"}, follow=True)
    assert back.redirect_chain[0][0] == page(call) + f"#c-{key(call, 1)}"
    assert text(back).count("is-mine") == 1
    wrong = client.post(page(call), {"choice": "nothing-here", "do": "give"}, follow=True)
    assert "This entry is no longer here." in text(wrong)


def test_who_has_one_vote_moves_it_by_choosing_another_entry() -> None:
    call, who = scene(ONE)
    client = who.eve.client
    client.post(page(call), {"choice": key(call, 1), "do": "give"})
    client.post(page(call), {"choice": key(call, 2), "do": "give"})
    assert given(who.eve.user) == {"team-3"}


def test_nobody_votes_for_their_own_team_and_the_page_says_so() -> None:
    call, who = scene()
    shown = text(who.ada.client.get(page(call)))
    assert shown.count("Your team, or your team-mates’") == 1
    refused = who.ada.client.post(page(call), {"choice": key(call, 0), "do": "give"}, headers=JSON)
    assert refused.json()["problem"].startswith("Nobody votes for their own team")
    assert not Ballot.objects.exists()


def test_a_visitor_gets_a_link_by_mail_that_leads_back_confirmed() -> None:
    call, _ = scene()
    client = Client()
    shown = text(client.get(page(call)))
    assert "Vote with your address" in shown
    assert "aria-pressed" not in shown
    assert client.post(page(call), {"choice": key(call, 1)}).url.startswith("/sign-in/?next=")
    assert client.post(page(call), {"choice": key(call, 1)}, headers=JSON).status_code == 403
    assert client.post(page(call, "link/"), {"email": "no address"}).status_code == 422
    assert client.post(page(call, "link/"), {"email": "Vera@Example.org"}).url == "/check-mail/"
    user = User.objects.get(email="vera@example.org")
    assert (user.email_confirmed_at, user.has_usable_password(), user.name) == (None, False, "vera")
    link = next(word for word in Message.objects.get(to=user.email).body.split() if "/sign-in/link/" in word)
    entered = client.post(link.partition("testserver")[2] or link[link.index("/sign-in/") :])
    assert entered.url == page(call)
    voted = client.post(page(call), {"choice": key(call, 1), "do": "give"}, headers=JSON)
    assert voted.json()["left"] == 1
    assert Ballot.objects.get().flag == "the account was made less than 24 hours before"


def test_a_link_goes_to_a_known_account_without_saying_so_and_only_so_often() -> None:
    call, who = scene()
    for _ in range(5):
        assert Client().post(page(call, "link/"), {"email": who.eve.user.email}).url == "/check-mail/"
    assert SignInLink.objects.filter(user=who.eve.user).count() == 3
    end(call)
    assert Client().post(page(call, "link/"), {"email": "vera@example.org"}).status_code == 422
    assert not User.objects.filter(email="vera@example.org").exists()


def test_a_voter_with_an_open_account_is_told_to_confirm() -> None:
    call, who = scene()
    User.objects.filter(pk=who.eve.user.pk).update(email_confirmed_at=None)
    shown = text(who.eve.client.get(page(call)))
    assert "Vote with your address" in shown
    refused = who.eve.client.post(page(call), {"choice": key(call, 1), "do": "give"}, headers=JSON)
    assert refused.json()["problem"] == "Confirm your address first: one person has one set of votes."


# --- Secret ------------------------------------------------------------------------------------------------------------------------------


def test_entries_are_not_shown_before_voting_has_begun_nor_counts_before_it_is_over() -> None:
    call, who = scene()
    voting.cast(challenge=call.challenge, group=call.groups[1], by=voter())
    for client in (who.eve.client, who.ada.client, who.org.client, Client()):
        assert "1 vote<" not in text(client.get(page(call)))
    move(call.round, closes=1)
    early = text(who.eve.client.get(page(call)))
    assert "Voting opens when entries are closed" in early
    assert "On water" not in early
    assert who.eve.api.get(f"/api/v1/challenges/{call.challenge.pk}/voting").json()["entries"] == []
    end(call)
    over = text(who.eve.client.get(page(call)))
    assert "Voting is over, thank you." in over
    assert "aria-pressed" not in over


def test_a_blind_round_is_voted_on_by_numbers() -> None:
    call, who = scene(blind=True)
    shown = text(who.eve.client.get(page(call)))
    assert "Team 2" not in shown
    assert "Entry" in shown


@pytest.mark.outsider("vote-hall")
def test_the_halls_screen_shows_the_code_and_never_a_count() -> None:
    call, who = scene()
    voting.cast(challenge=call.challenge, group=call.groups[1], by=voter())
    shown = text(who.eve.client.get(page(call, "hall/")))
    assert 'class="qr"' in shown
    assert "2 votes each, one per entry." in shown
    assert f"http://testserver{page(call)}" in shown
    end(call)
    assert 'class="qr"' not in text(who.eve.client.get(page(call, "hall/")))


@pytest.mark.outsider("vote-link")
def test_a_task_without_an_audience_has_no_vote() -> None:
    call = locked_scene(groups=2)
    people(call)
    assert Client().get(page(call)).status_code == 404
    assert Client().get(page(call, "hall/")).status_code == 404
    assert Client().post(page(call, "link/"), {"email": "vera@example.org"}).status_code == 404


def test_the_round_and_its_task_lead_to_the_vote_while_it_is_open() -> None:
    call, who = scene()
    for place in ("", "essay/"):
        shown = text(who.eve.client.get(f"/cycles/{call.cycle.key}/rounds/call/{place}"))
        assert f'href="{page(call)}"' in shown
    Round.objects.filter(pk=call.round.pk).update(published_at=timezone.now())
    assert f'href="{page(call)}"' not in text(who.eve.client.get(f"/cycles/{call.cycle.key}/rounds/call/"))


@pytest.mark.parametrize("count", [3, 30])
def test_the_vote_takes_the_same_statements_for_few_and_many_entries(count: int) -> None:
    call, who = scene(groups=count)
    voting.cast(challenge=call.challenge, group=call.groups[2], by=who.eve.user)
    client = who.eve.client
    client.get(page(call))
    with CaptureQueriesContext(connection) as statements:
        client.get(page(call))
    assert len(without_designs(statements)) <= 16, without_designs(statements)
    assert len(votes_on(call.challenge, timezone.now())) == 1
