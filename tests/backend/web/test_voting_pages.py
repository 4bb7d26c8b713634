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
from games.challenges.queries import spec_of
from games.groups.models import Membership
from games.judging.actions import ballots as voting
from games.judging.models import Ballot, Panelist, Sheet
from games.judging.queries.ballots import votes_on
from games.judging.queries.choices import choice_key
from games.notices.models import Message
from games.organizations.models import Person
from games.rounds.models import Round
from tests.factories.groups import MembershipFactory
from tests.factories.judging import People, locked_scene, people, sheet_for
from tests.factories.submissions import ESSAY, Scene, move, without_designs
from tests.games.judging.test_ballots import LIKED, voter

pytestmark = pytest.mark.django_db
RULES: dict[str, Any] = {"key": "call", "visibility": "full"}
ONE = {**LIKED, "panels": [{"key": "jury"}, {"key": "crowd", "who": "audience", "ballots": 1, "combine": "sum"}]}
JSON = {"Accept": "application/json"}


@pytest.fixture(autouse=True)
def own_cache(settings: Any) -> None:
    """Nobody else empties it meanwhile."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": __name__}}
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


@pytest.mark.parametrize("blind", [False, True])
@pytest.mark.parametrize("count", [3, 30])
def test_the_vote_takes_the_same_statements_for_few_and_many_entries(count: int, *, blind: bool) -> None:
    call, who = scene(groups=count, blind=blind)
    voting.cast(challenge=call.challenge, group=call.groups[2], by=who.eve.user)
    for client in (who.eve.client, who.ada.client):  # somebody, and a member of a team that entered
        client.get(page(call))
        with CaptureQueriesContext(connection) as statements:
            client.get(page(call))
        assert len(without_designs(statements)) == 11, without_designs(statements)
    assert len(votes_on(call.challenge, timezone.now())) == 1


# --- The organizer's desk ------------------------------------------------------------------------------------------------------------------


def desk(call: Scene, more: str = "") -> str:
    return f"/cycles/{call.cycle.key}/desk/judging/votes/{more}"


def player(call: Scene, number: int) -> Person:
    """One member more of a team, who sits for it where teams judge teams."""
    one = MembershipFactory.create(group=call.groups[number]).person
    panel = next(panel.key for panel in spec_of(call.challenge).panels if panel.who == "peers")
    Panelist.objects.create(challenge=call.challenge, panel=panel, person=one, peer=True)
    return one


def steer(call: Scene, who: People, **sent: str) -> str:
    return text(who.org.client.post(desk(call, f"{call.challenge.pk}/crowd/steer/"), sent, follow=True))


def test_organizers_see_how_many_voted_close_the_vote_and_only_then_see_for_whom() -> None:
    call, who = scene()
    voting.cast(challenge=call.challenge, group=call.groups[1], by=who.eve.user)
    voting.cast(challenge=call.challenge, group=call.groups[2], by=who.eve.user)
    shown = text(who.org.client.get(desk(call)))
    assert "<dd>1</dd>" in shown
    assert "<dd>2</dd>" in shown
    assert "Team 2" not in shown
    assert "needs a reason" in steer(call, who, do="close", reason=" ") or "reason" in steer(call, who, do="close")
    closed = steer(call, who, do="close", reason="The hall is leaving.")
    assert "Voting is over." in closed
    assert "The hall is leaving." in closed
    assert '<th scope="row">Team 2</th><td class="n">1</td>' in closed
    assert "The audience votes." in steer(call, who, do="open", reason="Somebody waits at the door.")
    assert who.org.client.post(desk(call, f"{call.challenge.pk}/jury/steer/"), {"do": "open"}).status_code == 404


def test_flagged_votes_are_kept_or_refused_and_never_say_for_whom_while_voting_is_open() -> None:
    call, who = scene()
    for name in ("vera", "viktor"):
        voting.cast(challenge=call.challenge, group=call.groups[1], by=voter(name, joined=timezone.now()))
    path = desk(call, f"{call.challenge.pk}/crowd/ballots/")
    shown = text(who.org.client.get(desk(call)))
    assert "vera@example.org" in shown
    assert "2 × the account was made less than 24 hours before" in shown
    assert "Team 2" not in shown
    assert {one["group"] for one in who.org.api.get("/api/v1/ballots").json()["results"]} == {None}
    assert {one["choice"] for one in who.org.api.get("/api/v1/ballots").json()["results"]} == {""}
    one = Ballot.objects.order_by("pk")[0]
    refused = text(who.org.client.post(path, {"do": "refuse", "ballot": str(one.pk)}, follow=True))
    assert "reason" in refused
    assert not Ballot.objects.filter(refused_at__isnull=False).exists()
    said = {"do": "refuse", "ballot": str(one.pk), "reason": "The same person as Viktor."}
    assert "1 ballot does not count." in text(who.org.client.post(path, said, follow=True))
    kept = who.org.client.post(path, {"do": "keep_all", "flag": one.flag}, follow=True)
    assert "1 ballot counts." in text(kept)
    assert "votes to be looked at" not in text(kept)
    assert "<strong>Set aside</strong> The same person as Viktor." in text(kept)
    again = text(who.org.client.post(path, {"do": "keep", "ballot": str(one.pk)}, follow=True))
    assert "<strong>Set aside</strong>" not in again
    assert again.count("<strong>Counts</strong>") == 2
    assert "No ballot is chosen." in text(who.org.client.post(path, {"do": "keep", "ballot": "x"}, follow=True))
    end(call)
    after = who.org.api.get("/api/v1/ballots").json()["results"]
    assert {one["group"]["key"] for one in after} == {"team-2"}


def test_results_wait_for_the_vote_on_the_page_before_publication() -> None:
    call, who = scene()
    place = f"/cycles/{call.cycle.key}/desk/publish/call/"
    shown = text(who.org.client.get(place))
    assert "The audience still votes." in shown
    assert "Publish…" not in shown
    end(call)
    assert "The audience still votes." not in text(who.org.client.get(place))


def test_teams_are_seated_as_peers_and_who_is_behind_is_named() -> None:
    task = {
        **ESSAY,
        "criteria": [{"key": "impact", "min": 1, "max": 5}, {"key": "clear", "min": 1, "max": 5, "panel": "peers"}],
        "panels": [{"key": "jury"}, {"key": "peers", "who": "peers"}],
    }
    call = locked_scene(task, groups=4)
    who = people(call)
    assert "No team sits on this panel yet." in text(who.org.client.get(desk(call)))
    assert "Teams judge teams here." in text(who.org.client.get(f"/cycles/{call.cycle.key}/desk/judging/"))
    path = desk(call, f"{call.challenge.pk}/peers/peers/")
    seated = text(who.org.client.post(path, {"do": "captains"}, follow=True))
    assert "more sit on the panel." in seated or "more sits on the panel." in seated
    seat = Panelist.objects.filter(peer=True).select_related("person").order_by("pk")[0]
    other = next(one for one in call.groups if one.pk != Membership.objects.get(person=seat.person).group_id)
    sheet_for(call, seat.person, other, panel="peers")
    assert "1 team has sheets open" in text(who.org.client.get(desk(call)))
    wrong = desk(call, f"{call.challenge.pk}/jury/peers/")
    assert "is no panel of peers" in text(who.org.client.post(wrong, {"do": "captains"}, follow=True))


def test_an_audience_has_no_seats_nor_a_plan() -> None:
    call, who = scene()
    shown = text(who.org.client.get(f"/cycles/{call.cycle.key}/desk/judging/"))
    assert f'id="panel-{call.challenge.pk}-jury"' in shown
    assert f'id="panel-{call.challenge.pk}-crowd"' not in shown
    place = f"/cycles/{call.cycle.key}/desk/judging/tasks/{call.challenge.pk}/crowd/"
    assert who.org.client.get(place).status_code == 404
    matrix = f"/cycles/{call.cycle.key}/desk/judging/call/essay/?panel=crowd"
    assert who.org.client.get(matrix).status_code == 404


@pytest.mark.parametrize("count", [3, 30])
def test_the_desk_takes_the_same_statements_for_few_and_many_voters_and_teams(count: int) -> None:
    task = {
        **LIKED,
        "criteria": [*LIKED["criteria"], {"key": "clear", "min": 1, "max": 5, "panel": "peers"}],
        "panels": [*LIKED["panels"], {"key": "peers", "who": "peers"}],
    }
    call, who = scene(task, groups=count)
    for number in range(count):
        voting.cast(challenge=call.challenge, group=call.groups[number % 3], by=voter(f"v{number}", joined=timezone.now()))
        sheet_for(call, player(call, number), call.groups[number - 1], panel="peers")
    end(call)
    client = who.org.client
    client.get(desk(call))
    with CaptureQueriesContext(connection) as statements:
        shown = text(client.get(desk(call)))
    assert f"<dd>{count}</dd>" in shown
    assert f"{count} teams have sheets open" in shown
    assert "no two teams judge each other" in shown
    assert len(without_designs(statements)) == 11, without_designs(statements)


def test_teams_that_judge_each_other_are_named() -> None:
    task = {**ESSAY, "criteria": [{"key": "fair", "min": 0, "max": 10}], "panels": [{"key": "teams", "who": "peers"}]}
    call = locked_scene(task, groups=3)
    who = people(call)
    for one, other in ((0, 1), (1, 0), (2, 0)):
        sheet = {"challenge": call.challenge, "panel": "teams", "group": call.groups[other], "judge": player(call, one)}
        Sheet.objects.create(**sheet)
    shown = text(who.org.client.get(desk(call)))
    assert "<li>Team 1 ↔ Team 2</li>" in shown
    assert "no two teams judge each other" not in shown


@pytest.mark.outsider("desk-votes", "desk-steer-vote", "desk-settle-ballots", "desk-seat-teams")
def test_nobody_but_organizers_finds_the_desk_of_votes() -> None:
    call, who = scene()
    held = voting.cast(challenge=call.challenge, group=call.groups[1], by=voter(joined=timezone.now()))
    acts = {"steer/": {"do": "close", "reason": "x"}, "ballots/": {"do": "refuse", "ballot": str(held.pk), "reason": "x"}}
    for someone in (who.eve, who.ada, who.judith):
        assert someone.client.get(desk(call)).status_code == 404
        for act, sent in (acts | {"peers/": {"do": "captains"}}).items():
            assert someone.client.post(desk(call, f"{call.challenge.pk}/crowd/{act}"), sent).status_code == 404
    assert Client().get(desk(call)).url.startswith("/sign-in/")
    held.refresh_from_db()
    assert held.refused_at is None
    assert votes_on(call.challenge, timezone.now())[0].state == "open"


def test_a_cycle_without_votes_and_peers_says_where_they_would_come_from() -> None:
    call = locked_scene(groups=2)
    assert "No audience votes here, and no team judges teams" in text(people(call).org.client.get(desk(call)))
