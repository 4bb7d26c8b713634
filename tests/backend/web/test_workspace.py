"""The workspace of a team: what is next, what is missing, how it went and why. For members alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from backend.web.pages.workspace.work import Stage, Work, next_step
from games.cycles.models import Cycle
from games.groups.models import Group, Registration
from games.journal.actions import record, seal_pending
from games.journal.rules import Kind
from games.judging import actions as judging
from games.judging.rules import Given
from games.recognition.actions import read_journal
from games.recognition.models import Grant
from games.results.actions import publish_boards, recompute_now
from games.rounds.models import Extension, Round
from games.submissions import actions
from tests.cast import Actor, Cast, actor
from tests.factories.cycles import small_design
from tests.factories.groups import GroupFactory, JoinRequestFactory, MembershipFactory
from tests.factories.judging import locked_scene, sheet_for
from tests.factories.results import judge_final, water
from tests.factories.submissions import ESSAY, Scene, entry, scene, without_designs

pytestmark = pytest.mark.django_db
TEAM = "/cycles/water/teams/red/"
PARTS = ("", "feedback/", "standing/", "points/", "people/")


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def home(call: Scene) -> str:
    return f"/cycles/{call.cycle.key}/teams/{call.group.key}/"


def plays(call: Scene, name: str = "ada") -> Actor:
    found = actor(name)
    MembershipFactory(group=call.group, person=found.person, role="captain", capabilities=["captain", "submit"])
    return found


# --- Who opens it ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.outsider
@pytest.mark.parametrize("part", PARTS[1:])
def test_a_workspace_is_for_its_members(cast: Cast, part: str):
    assert cast.ada.client.get(TEAM + part).status_code == 200
    for outside in (cast.ben, cast.judith, cast.eve):
        assert outside.client.get(TEAM + part).status_code == 404
    assert cast.visitor.client.get(TEAM + part).url.startswith("/sign-in/")


@pytest.mark.outsider
def test_outsiders_see_the_public_face_and_nothing_of_the_work(cast: Cast):
    actions.open_entry(challenge=cast.concept, group=cast.red, by=None)
    for outside in (cast.ben, cast.judith, cast.eve, cast.visitor):
        text = words(outside.client.get(TEAM))
        assert "Join this team" in text
        assert "REDREDRED1" not in text
        assert "draft" not in text


# --- What is next ---------------------------------------------------------------------------------------------------------------------


def test_the_next_step_follows_the_work():
    call = scene(ESSAY, {**ESSAY, "key": "quest", "optional": True})
    ada, path = plays(call), home(call)
    assert "Still to do: essay" in words(ada.client.get(path))
    submission = actions.open_entry(challenge=call.challenge, group=call.group, by=None)
    actions.save_draft(submission=submission, data={"title": "On"}, by=None, person=ada.person, check_base=False)
    text = words(ada.client.get(path))
    assert "Hand in: essay" in text
    assert "draft, not handed in" in text
    actions.submit(submission=submission, by=None, data={"title": "On water"})
    text = words(ada.client.get(path))
    assert "Everything is in for Call" in text
    assert "version 1" in text
    assert "optional, nothing yet" in text
    actions.save_draft(submission=submission, data={"title": "On better water"}, by=None, check_base=False)
    assert "a newer draft is not handed in" in words(ada.client.get(path))


def test_more_time_for_one_team_is_its_deadline():
    call = locked_scene()
    ada = plays(call)
    assert "is with the judges" in words(ada.client.get(home(call)))
    Extension.objects.create(round=call.round, group=call.group, until=now() + timedelta(hours=2), reason="Floods.")
    text = words(ada.client.get(home(call)))
    assert "more time for you" in text
    assert "Time left" in text


def test_a_team_behind_a_cut_reads_that_it_is_out(cast: Cast):
    Round.objects.filter(pk=cast.final.pk).update(opens_at=now() - timedelta(days=1), passed_at=now() - timedelta(days=1))
    assert "The team is not in this round." in words(cast.ada.client.get(TEAM))


def test_a_team_that_waits_is_told_so(cast: Cast):
    Group.objects.filter(pk=cast.red.pk).update(state="pending")
    Registration.objects.create(group=cast.red, state="pending", asked_at=now())
    text = words(cast.ada.client.get(TEAM))
    assert "You are not in yet" in text
    assert "The organizers have yet to answer your registration." in text


def test_tries_are_told_apart_from_hints_in_the_overview():
    flag = {
        "key": "flag",
        "format": "automatic",
        "max_attempts": 3,
        "answer": {"kind": "flag", "values": ["blue"]},
        "hints": [{"key": "sky", "text": "Look up.", "cost": 1}],
    }
    call = scene(flag)
    ada = plays(call)
    actions.buy_hint(challenge=call.challenge, group=call.group, key="sky", by=None)
    assert "not tried" in words(ada.client.get(home(call)))
    actions.attempt(challenge=call.challenge, group=call.group, by=None, answer="red")
    assert "1 of 3 tries" in words(ada.client.get(home(call)))
    actions.attempt(challenge=call.challenge, group=call.group, by=None, answer="blue")
    assert "solved" in words(ada.client.get(home(call)))


def test_who_asks_to_join_and_what_is_won_stand_on_the_first_page(cast: Cast):
    JoinRequestFactory(group=cast.red, person=cast.eve.person)
    Grant.objects.create(cycle=cast.cycle, award="gold", kind="medal", name="Gold", group=cast.red, state="granted")
    text = words(cast.ada.client.get(TEAM))
    assert "Eve asks to join." in text
    assert "Gold" in text
    assert "/join/?code=REDREDRED1" in text


def stage(name: str, **values: Any) -> Stage:
    return Stage(key=name, name=name, url=f"/{name}/", state=values.pop("state", "open"), badge={}, **values)


def test_the_nearest_deadline_comes_first_and_drafts_before_beginnings():
    at = now()
    todo = Work("a", "A", "/a/", "planned", "nothing yet", action="Begin")
    begun = Work("b", "B", "/b/", "judging", "draft", action="Go on writing", action_url="/b/entry/")
    late = stage("late", open=True, until=at + timedelta(days=9), works=[todo])
    soon = stage("soon", open=True, until=at + timedelta(days=1), works=[todo, begun])
    endless = stage("endless", open=True, works=[todo])
    step = next_step([endless, late, soon], at, feedback_url="/f/")
    assert (step.title, step.url, step.until) == ("Hand in: B", "/b/entry/", soon.until)
    assert "1 more task waits." in step.text
    coming = stage("next", state="planned", opens=at + timedelta(days=2))
    assert next_step([coming], at, feedback_url="/f/").title == "next comes next"
    done = stage("done", state="closed", published=at)
    assert next_step([done], at, feedback_url="/f/").url == "/f/"
    assert next_step([], at, feedback_url="/f/").title == "Nothing waits for you"


# --- Feedback, standing, points -------------------------------------------------------------------------------------------------------


def test_marks_and_words_of_judges_stand_there_once_published():
    call = locked_scene(groups=2)
    ada = plays(call)
    judith = actor("judith")
    MembershipFactory(group=None, cycle=call.cycle, person=judith.person, role="judge", capabilities=["judge"])
    sheet = sheet_for(call, judith.person)
    marks = [Given("impact", 4), Given("novelty", 3, comment="New to us.")]
    judging.finalize(sheet=sheet, marks=marks, comment="Well said.", by=judith.user)
    path = f"{home(call)}feedback/"
    assert "Nothing published yet" in words(ada.client.get(path))
    Round.objects.filter(pk=call.round.pk).update(published_at=now())
    text = words(ada.client.get(path))
    assert "Well said." in text
    assert "New to us." in text
    assert "Judith" not in text


@pytest.fixture
def published() -> Any:
    """The judged competition: the call published first, then the final."""
    played = water()
    Round.objects.filter(cycle=played.cycle, key="call").update(published_at=now())
    recompute_now(played.cycle)
    publish_boards(played.cycle, "call", now=now())
    judge_final(played)
    Round.objects.filter(cycle=played.cycle).update(published_at=now())
    recompute_now(played.cycle)
    publish_boards(played.cycle, "final", now=now())
    return played


def test_a_team_reads_where_it_stands_how_it_moved_and_why(published: Any):
    brook = published.groups["brook"]
    ada = actor("ada")
    MembershipFactory(group=brook, person=ada.person, capabilities=["submit"])
    text = words(ada.client.get(f"/cycles/{published.cycle.key}/teams/brook/standing/"))
    assert "Pitch was added:" in text
    assert "Our score went from" in text
    assert "Beside us" in text
    assert "Aqua" in text
    assert "70 %" in text


def test_a_team_that_keeps_its_name_to_itself_still_finds_its_row(published: Any):
    from games.groups.actions import set_rank_hidden

    brook, aqua = published.groups["brook"], published.groups["aqua"]
    ada = actor("ada")
    MembershipFactory(group=brook, person=ada.person, capabilities=["submit"])
    for one in (brook, aqua):
        set_rank_hidden(one, hidden=True, by=None)
    recompute_now(published.cycle)
    for key in ("call", "final"):
        publish_boards(published.cycle, key, now=now(), reason="Names withheld.")
    text = words(ada.client.get(f"/cycles/{published.cycle.key}/teams/brook/standing/"))
    assert "Public boards do not name the team." in text
    assert "Brook" in text
    assert "Names withheld." in text
    assert "Aqua" not in text


def test_points_stand_there_with_the_rule_that_gave_them(cast: Cast):
    rules = [{"key": "in", "name": "Handing in", "event": "submission.received", "points": 10, "cap_day": 30}]
    from games.cycles.actions import add_design

    Cycle.objects.filter(pk=cast.cycle.pk).update(design_number=1)
    add_design(cast.cycle, small_design(rules=rules), by=None)
    for number in range(2):
        record(
            Kind.SUBMISSION_RECEIVED,
            cycle_id=cast.cycle.pk,
            by=cast.ada.user,
            group_id=cast.red.pk,
            subject=f"submission:{number}",
            payload={"round": "call", "challenge": "concept"},
        )
    seal_pending()
    read_journal(cast.cycle)
    text = words(cast.ada.client.get(f"{TEAM}points/"))
    assert "+10" in text
    assert "Handing in" in text
    assert "at most 30 a day" in text
    assert "Sealed call" in text
    assert '<span class="place">20</span>' in text
    assert "80 points to the next level" in text


# --- Statements -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [3, 30])
@pytest.mark.parametrize("part", PARTS)
def test_no_part_takes_more_than_twelve_statements(rows: int, part: str):
    call = scene(*({**ESSAY, "key": f"essay-{number}"} for number in range(rows)))
    ada = plays(call)
    for challenge in call.round.challenges.all():
        entry(call, challenge=challenge)
    for number in range(rows):
        JoinRequestFactory(group=call.group)
        MembershipFactory(group=call.group, capabilities=["submit"])
        GroupFactory(cycle=call.cycle, key=f"other-{number}", name=f"Other {number}")
    client = ada.client
    client.get(home(call) + part)
    with CaptureQueriesContext(connection) as statements:
        assert client.get(home(call) + part).status_code == 200
    sent = without_designs(statements)
    assert len(sent) <= 12, "\n".join(sent)


def test_the_public_page_of_a_group_takes_twelve_statements_at_most(published: Any):
    ada = actor("ada")
    MembershipFactory(group=published.groups["brook"], person=ada.person, capabilities=["submit"])
    client, path = ada.client, f"/cycles/{published.cycle.key}/groups/brook/"
    client.get(path)
    with CaptureQueriesContext(connection) as statements:
        assert "Pitch" in words(client.get(path))
    sent = without_designs(statements)
    assert len(sent) <= 12, "\n".join(sent)
