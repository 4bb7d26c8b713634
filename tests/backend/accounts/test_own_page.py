"""My page: what is next, mails, the team's name in public results, one's data, leaving."""

import io
import json
import zipfile
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from backend.accounts import actions
from backend.accounts.models import User
from games.groups.models import Group, JoinRequest, Membership
from games.groups.queries import public_key
from games.ideas.actions import share_version
from games.ideas.models import IdeaDraft
from games.judging import actions as judging
from games.judging.models import ConflictOfInterest, Mark, Sheet
from games.learning.models import Observation
from games.notices.models import Message, Notice, NoticeWish
from games.notices.queries import wishes_of
from games.notices.rules import Pace, Topic
from games.organizations.actions import invite
from games.recognition.models import Grant
from games.submissions.models import Submission, Version
from tests.cast import Cast
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.ideas import shared, telling
from tests.factories.learning import planned
from tests.factories.organizations import PersonFactory
from tests.factories.rounds import RoundFactory
from tests.factories.suggestions import suggested
from tests.factories.talk import asked, said

pytestmark = pytest.mark.django_db


def text_of(client: Client, path: str = "/me/", status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


@pytest.mark.parametrize(
    ("who", "says"),
    [
        ("ada", "Red Herons"),
        ("judith", "1 sheet waits for your marks"),
        ("org", "is open"),
        ("eve", "Nothing at the moment"),
    ],
)
def test_everybody_finds_their_own_next_step(cast: Cast, who, says):
    cast.assign(cast.judith, cast.blue)
    assert says in text_of(getattr(cast, who).client)


def test_a_team_with_nothing_in_is_told_first_and_one_that_is_in_may_still_change(cast: Cast):
    assert "Nothing is handed in yet" in text_of(cast.ada.client)
    Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted")
    assert "You may hand in again" in text_of(cast.ada.client)


def test_only_ones_own_address_shows_invitations_and_only_once_it_is_confirmed(cast: Cast):
    _, secret = invite(PersonFactory(email="eve@example.org"), by=cast.org.user)
    User.objects.update(email_confirmed_at=None)
    assert secret not in text_of(cast.eve.client)
    User.objects.update(email_confirmed_at=now())
    assert f"/invitations/{secret}/" in text_of(cast.eve.client)
    assert secret not in text_of(cast.ada.client)


def test_how_one_hears_of_things_is_kept(cast: Cast):
    sent = {"news": "never", "award": "daily", "team": "nonsense", "invitation": "never"}
    assert cast.ada.client.post("/me/mails/", sent).headers["Location"] == "/me/#notices"
    wished = wishes_of(cast.ada.user)
    assert (wished[Topic.NEWS], wished[Topic.AWARD], wished[Topic.TEAM]) == (Pace.NEVER, Pace.DAILY, Pace.NOW)
    assert not NoticeWish.objects.filter(topic="invitation").exists()
    assert not NoticeWish.objects.exclude(user=cast.ada.user).exists()


def test_a_captain_keeps_the_name_back_and_shows_it_again_others_may_not(cast: Cast, client):
    path = f"/me/teams/{cast.red.pk}/rank/"
    for outsider in (cast.eve, cast.ben, cast.judith, cast.org):
        assert outsider.client.post(path, {"hidden": "1"}).status_code == 404
    assert client.post(path, {"hidden": "1"}).headers["Location"].startswith("/sign-in/")
    assert not Group.objects.get(pk=cast.red.pk).rank_hidden
    cast.ada.client.post(path, {"hidden": "1"})
    red = Group.objects.get(pk=cast.red.pk)
    assert red.rank_hidden
    assert public_key(red).startswith("unnamed-")
    assert "Show the name again" in text_of(cast.ada.client)
    cast.ada.client.post(path, {"hidden": "0"})
    assert not Group.objects.get(pk=cast.red.pk).rank_hidden


def test_awards_of_ones_teams_stand_here(cast: Cast):
    for state, name in (("granted", "Gold medal"), ("nominated", "Secret prize")):
        Grant.objects.create(cycle=cast.cycle, award=state, kind="medal", name=name, group=cast.red, state=state, place="1")
    page = text_of(cast.ada.client)
    assert "Gold medal" in page
    assert "Secret prize" not in page
    assert "Gold medal" not in text_of(cast.eve.client)


def test_the_page_takes_as_many_statements_for_30_parts_as_for_one(cast: Cast):
    client = cast.ada.client
    text_of(client)
    with CaptureQueriesContext(connection) as few:
        text_of(client)
    for _ in range(30):
        group = GroupFactory()
        MembershipFactory(group=group, person=cast.ada.person, role="captain", capabilities=["captain", "submit"])
        RoundFactory(cycle=group.cycle, opens_at=now() - timedelta(days=1), closes_at=now() + timedelta(days=1))
    with CaptureQueriesContext(connection) as many:
        text_of(client)
    assert len(few) == len(many) <= 12


# --- One's data -----------------------------------------------------------------------------------------------------------------------


def data_of(client: Client) -> dict[str, object]:
    response = client.get("/me/data/")
    assert response.status_code == 200
    assert response.headers["Content-Disposition"].startswith("attachment")
    with zipfile.ZipFile(io.BytesIO(response.content)) as archive:
        assert "README.txt" in archive.namelist()
        return {name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")}


def test_ones_data_are_taken_away_whole_and_nobody_elses(cast: Cast, client):
    assert client.get("/me/data/").headers["Location"].startswith("/sign-in/")
    entry = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted")
    Version.objects.create(submission=entry, number=1, data={"title": "Reed beds"}, digest="1" * 64, at=now(), by=cast.ada.person)
    Notice.objects.create(person=cast.ada.person, topic="news", key="n", text="Room changed")
    actions.create_token(cast.ada.user, name="script")
    sheet = cast.assign(cast.judith, cast.red, comment="Lovely.", note="Between us.")
    Mark.objects.create(sheet=sheet, criterion="impact", value=45000)
    ada, judith = data_of(cast.ada.client), data_of(cast.judith.client)
    whole = json.dumps(ada)
    for mine in ("Reed beds", "Room changed", "script", "ada@example.org", "Red Herons"):
        assert mine in whole
    assert "Between us" not in whole
    assert judith["marks.json"]["sheets"][0]["marks"][0]["value"] == "4.5"  # type: ignore[index]
    assert "Reed beds" not in json.dumps(judith)


def test_ones_data_hold_ones_ideas_drafts_tests_and_values(cast: Cast):
    idea = shared(cast, "Sieve of saris", audience="own")
    share_version(idea=idea, told=telling("Told anew by another"), by=cast.org.user)
    planned(cast.red, title="Boil the water", by=cast.ada.user)
    planned(cast.blue, title="Filter the water", by=cast.ben.user)
    IdeaDraft.objects.create(cycle=cast.cycle, person=cast.ada.person, content={"title": "Half a thought"})
    person = {"cycle": cast.cycle, "by": cast.ada.person, "at": now()}
    Observation.objects.create(period=now().date(), value=2_500_000, note="Counted.", **person)
    ada: dict[str, Any] = data_of(cast.ada.client)["ideas.json"]  # type: ignore[assignment]
    assert [one["title"] for one in ada["versions"]] == ["Sieve of saris"]
    assert [one["content"]["title"] for one in ada["drafts"]] == ["Half a thought"]
    assert [one["title"] for one in ada["tests"]] == ["Boil the water"]
    assert [one["value"] for one in ada["values"]] == ["2.5"]
    Membership.objects.filter(group=cast.red).update(until=now())
    assert data_of(cast.ada.client)["ideas.json"]["tests"] == []  # type: ignore[index]


def test_ones_data_hold_what_one_said_asked_and_arranged(cast: Cast):
    said(cast, asked(cast))
    suggested(cast, title="More time to appeal")
    ada: dict[str, Any] = data_of(cast.ada.client)  # type: ignore[assignment]
    assert [one["text"] for one in ada["talk.json"]["posts"]] == ["Cotton, folded four times."]
    assert [one["title"] for one in ada["together.json"]["suggestions"]] == ["More time to appeal"]
    ben: dict[str, Any] = data_of(cast.ben.client)  # type: ignore[assignment]
    assert [one["title"] for one in ben["talk.json"]["threads"]] == ["Which cloth?"]
    assert [one["text"] for one in ben["talk.json"]["posts"]] == ["Ours lets the silt through."]
    assert "Cotton" not in json.dumps(ben)


def test_a_judges_data_name_no_team_of_a_blind_round(cast: Cast, monkeypatch):
    sheet = cast.assign(cast.judith, cast.red)
    for place in ("backend.accounts.personal.is_blind", "games.judging.queries.others.is_blind"):
        monkeypatch.setattr(place, lambda round_: True)
    judging.recuse(sheet=sheet, by=cast.judith.user, reason="We met.")
    judging.say_too_close(person=cast.judith.person, group=cast.red, by=cast.judith.user, reason="We met.")
    ConflictOfInterest.objects.create(person=cast.judith.person, group=cast.blue, reason="My brother.", source="judge")
    marks = data_of(cast.judith.client)["marks.json"]
    assert marks["sheets"][0]["group"] is None  # type: ignore[index]
    assert [(one["reason"], one["group"]) for one in marks["conflicts"]] == [  # type: ignore[index]
        ("We met.", None),  # she gave an entry without a name back: the name of its group would tell whose it was
        ("My brother.", "Blue Herons"),
    ]
    assert "Red Herons" not in json.dumps(marks)


# --- Leaving --------------------------------------------------------------------------------------------------------------------------


def test_leaving_takes_what_is_ones_own_and_leaves_what_results_rest_on(cast: Cast):
    sheet = cast.assign(cast.judith, cast.red, state="final", comment="Lovely.", note="Between us.")
    Mark.objects.create(sheet=sheet, criterion="impact", value=45000)
    ConflictOfInterest.objects.create(person=cast.judith.person, group=cast.blue, reason="My brother.")
    JoinRequest.objects.create(group=cast.red, person=cast.judith.person, message="Hello")
    Notice.objects.create(person=cast.judith.person, topic="news", key="n", text="Room changed")
    IdeaDraft.objects.create(cycle=cast.cycle, person=cast.judith.person, content={"title": "Half a thought"})
    Message.objects.create(to="old@example.org", person=cast.judith.person, kind="news", key="m", subject="s", body="b")
    actions.forget(cast.judith.user, by=cast.judith.user)
    kept = Sheet.objects.get(pk=sheet.pk)
    assert (kept.comment, kept.note, kept.marks.get().value) == ("Lovely.", "", 45000)
    assert ConflictOfInterest.objects.get().reason == ""
    for rows in (Notice, Message, JoinRequest, IdeaDraft):
        assert not rows.objects.exists()


def test_the_page_says_what_goes_and_what_stays(cast: Cast):
    page = text_of(cast.ada.client)
    assert "What goes" in page
    assert "marks, comments to teams and votes you gave" in page
