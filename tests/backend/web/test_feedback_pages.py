"""Pages of the feedback contract: the judge's sheet, what teams say, the editor beside it, the organizer's desk, publication."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from games.cycles.models import Decision
from games.judging import actions
from games.judging.actions import feedback as said
from games.judging.models import FeedbackReply, Sheet
from games.judging.queries.feedback import owed_in
from games.judging.rules import Given
from games.notices.models import Message
from games.rounds.models import Round
from games.submissions.models import Version
from tests.factories.groups import MembershipFactory
from tests.factories.judging import People, judge, locked_scene, people, sheet_for
from tests.factories.submissions import Scene, move, without_designs

pytestmark = pytest.mark.django_db
RULES: dict[str, Any] = {"key": "call", "feedback": True, "feedback_on": "criterion"}
BARE = [Given("impact", 4), Given("novelty", 3)]
WORDED = [Given("impact", 4, comment="Count them."), Given("novelty", 3, comment="Seen before, told better.")]


@pytest.fixture
def call() -> Scene:
    return locked_scene(groups=2, rounds=[RULES])


@pytest.fixture
def who(call: Scene) -> People:
    return people(call)


@pytest.fixture
def sheet(call: Scene, who: People) -> Sheet:
    return sheet_for(call, who.judith.person)


def publish(call: Scene) -> None:
    call.round.published_at = timezone.now()
    call.round.visibility = "summaries"
    call.round.save(update_fields=["published_at", "visibility"])


def text(answer: Any) -> str:
    return str(answer.content.decode())


# --- The judge ------------------------------------------------------------------------------------------------------------------------


def test_a_sheet_says_that_words_are_promised_and_finalizing_tells_which_are_missing(who: People, sheet: Sheet) -> None:
    client = who.judith.client
    shown = text(client.get(f"/desk/sheets/{sheet.pk}/"))
    assert "Every team is promised words on every criterion" in shown
    assert shown.count("is-promised") == 2
    sent = {"mark-impact": "4", "mark-novelty": "3", "remark-impact": "Count them.", "save": "final", "revision": "0"}
    answer = client.post(f"/desk/sheets/{sheet.pk}/", sent, follow=True)
    assert "Words for the team are still promised on: novelty" in text(answer)


def test_words_are_added_to_a_final_sheet_and_kept_when_they_are_refused(call: Scene, who: People, sheet: Sheet) -> None:
    actions.finalize(sheet=sheet, by=None, marks=BARE)
    client = who.judith.client
    shown = text(client.get(f"/desk/sheets/{sheet.pk}/"))
    assert "Promised, and nobody has written any yet: impact, novelty." in shown
    refused = client.post(f"/desk/sheets/{sheet.pk}/words/", {"remark-impact": "Ok", "remark-colour": "Blue"}, follow=True)
    assert "is not a criterion of this sheet" in text(refused)
    assert ">Ok</textarea>" in text(refused)
    client.post(f"/desk/sheets/{sheet.pk}/words/", {"remark-impact": "Count them.", "remark-novelty": "New."})
    assert [one.group.key for one in owed_in(call.round)] == ["team-2", "team-2"]
    assert "Count them." in text(client.get(f"/desk/sheets/{sheet.pk}/"))


@pytest.mark.outsider("from-teams", "add-words", "answer-team")
def test_a_judge_reads_what_teams_say_and_answers(call: Scene, who: People, sheet: Sheet) -> None:
    actions.finalize(sheet=sheet, by=None, marks=WORDED)
    publish(call)
    held = Sheet.objects.select_related("challenge__round__cycle").get(pk=sheet.pk)
    said.ask_judge(sheet=held, by=None, text="Which households?")
    client = who.judith.client
    assert "1 team asks about your feedback" in text(client.get("/desk/"))
    shown = text(client.get("/desk/sheets/from-teams/"))
    assert "Which households?" in shown
    assert "without your name" in shown
    for other in (who.eve, who.ben, who.ada):
        assert "Which households?" not in text(other.client.get("/desk/sheets/from-teams/"))
        assert other.client.post(f"/desk/sheets/{sheet.pk}/answer/", {"text": "No"}).status_code == 404
        assert other.client.post(f"/desk/sheets/{sheet.pk}/words/", {"comment": "No"}).status_code == 404
    assert "Write your answer" in text(client.post(f"/desk/sheets/{sheet.pk}/answer/", {"text": " "}, follow=True))
    assert "Those uphill." in text(client.post(f"/desk/sheets/{sheet.pk}/answer/", {"text": "Those uphill."}, follow=True))
    assert "asks about your feedback" not in text(client.get("/desk/"))


@pytest.mark.parametrize("count", [3, 30])
def test_what_teams_say_takes_the_same_statements_for_few_and_many(count: int) -> None:
    call = locked_scene(groups=count, rounds=[RULES])
    who = people(call)
    for group in call.groups:
        if group not in call.groups[:2]:
            actions.finalize(sheet=sheet_for(call, who.judith.person, group), by=None, marks=WORDED)
    publish(call)
    for one in Sheet.objects.select_related("challenge__round__cycle"):
        said.thank_judge(sheet=one, by=None)
    client = who.judith.client
    client.get("/desk/sheets/from-teams/")
    with CaptureQueriesContext(connection) as statements:
        client.get("/desk/sheets/from-teams/")
    assert len(without_designs(statements)) == 9, without_designs(statements)


def test_a_notice_leads_to_the_page_with_what_a_team_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.web.pages.marking.words.PAGE", 2)
    call = locked_scene(groups=5, rounds=[RULES])
    who = people(call)
    sheets = [sheet_for(call, who.judith.person, group) for group in call.groups[2:]]
    for one in sheets:
        actions.finalize(sheet=one, by=None, marks=WORDED)
    publish(call)
    for one in Sheet.objects.select_related("challenge__round__cycle"):
        said.thank_judge(sheet=one, by=None)
    path, row = "/desk/sheets/from-teams/", f'id="sheet-{sheets[0].pk}"'
    assert row not in text(who.judith.client.get(path))
    assert row in text(who.judith.client.get(path, {"sheet": sheets[0].pk}))
    assert row in text(who.judith.client.get(path, {"page": "2"}))


# --- The team -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.outsider("team-reply")
def test_the_team_thanks_asks_and_reads_the_answer(call: Scene, who: People, sheet: Sheet) -> None:
    actions.finalize(sheet=sheet, by=None, marks=WORDED, comment="Bold.")
    page = f"/cycles/{call.cycle.key}/teams/team-1/feedback/"
    assert "Bold." not in text(who.ada.client.get(page))
    publish(call)
    client = who.ada.client
    shown = text(client.get(page))
    assert "Judge 1" in shown
    assert "Judith" not in shown
    address = f"{page}{sheet.pk}/"
    client.post(address, {"kind": "thanks"})
    refused = client.post(address, {"kind": "thanks"}, follow=True)
    assert "has thanked already" in text(refused)
    assert "Write your question" in text(client.post(address, {"kind": "question", "text": ""}, follow=True))
    client.post(address, {"kind": "question", "text": "Which households?"})
    assert client.post(address, {"kind": "answer", "text": "We answer ourselves"}).status_code == 404
    for other in (who.ben, who.eve, who.judith):
        assert other.client.post(address, {"kind": "thanks"}).status_code == 404
    said.answer_question(sheet=Sheet.objects.select_related("challenge__round__cycle").get(pk=sheet.pk), by=None, text="Uphill.")
    shown = text(client.get(page))
    assert "The judge answered" in shown
    assert "Uphill." in shown
    assert set(FeedbackReply.objects.values_list("kind", flat=True)) == {"thanks", "question", "answer"}


@pytest.fixture
def onward() -> tuple[Scene, People, Sheet, str]:
    """The first round is published with words for ada's team, the second is open: the address of its editor."""
    call = locked_scene(groups=2, rounds=[RULES, {"key": "build"}])
    who = people(call)
    held = sheet_for(call, who.judith.person)
    actions.finalize(sheet=held, by=None, marks=WORDED, comment="Bold.")
    publish(call)
    build = Round.objects.create(cycle=call.cycle, key="build", number=2, name="Build", design_number=1)
    move(build, opens=-3600, closes=3600)
    build.challenges.create(key="essay", number=1, name="Essay", format="rubric", spec=call.challenge.spec)
    return call, who, held, f"/cycles/{call.cycle.key}/rounds/build/essay/entry/"


def test_in_the_editor_the_team_says_what_it_did_and_the_next_judge_reads_it(onward: tuple[Scene, People, Sheet, str]) -> None:
    call, who, sheet, page = onward
    client = who.ada.client
    shown = text(client.get(page))
    assert "Count them." in shown
    field = f"our.used.{sheet.pk}"
    client.post(page, {"title": "On wells", field: "We count", "our.save": "draft"})
    assert ">We count</textarea>" in text(client.get(page))
    assert not client.get(f"/cycles/{call.cycle.key}/teams/team-1/feedback/").content.count(b"We count")
    saved = client.post(page.replace("entry/", "entry/draft/"), {"title": "On wells", field: "We counted"})
    assert saved.status_code == 200
    assert ">We counted</textarea>" in text(client.get(page))
    receipt = client.post(page, {"title": "On wells", field: "We counted forty-two.", "our.save": "final"}, follow=True)
    assert "We counted forty-two." in text(receipt)
    use = FeedbackReply.objects.get(kind="used")
    assert (use.sheet, use.version, use.person) == (sheet, Version.objects.latest("pk"), who.ada.person)
    move(Round.objects.get(key="build"), closes=-1)
    MembershipFactory.create(cycle=call.cycle, group=None, person=who.eve.person, role="judge", capabilities=["judge"])
    later = Round.objects.get(key="build").challenges.get()
    following = Sheet.objects.create(challenge=later, group=call.group, panel="jury", judge=who.eve.person)
    later.panelists.create(panel="jury", person=following.judge)
    assert "We counted forty-two." in text(who.eve.client.get(f"/desk/sheets/{following.pk}/"))
    assert "We counted forty-two." in text(who.judith.client.get("/desk/sheets/from-teams/"))
    assert "We counted forty-two." in text(client.get(f"/cycles/{call.cycle.key}/teams/team-1/feedback/"))


def test_on_the_feedback_page_the_team_chooses_among_its_later_versions(onward: tuple[Scene, People, Sheet, str]) -> None:
    call, who, sheet, page = onward
    home = f"/cycles/{call.cycle.key}/teams/team-1/feedback/"
    client = who.ada.client
    assert "Say what we did with it" not in text(client.get(home))
    client.post(page, {"title": "On wells", "our.save": "final"})
    assert "Say what we did with it" in text(client.get(home))
    early, later = Version.objects.filter(submission__group=call.group).order_by("pk")
    refused = client.post(f"{home}{sheet.pk}/", {"kind": "used", "version": str(early.pk), "text": "Ours"}, follow=True)
    assert "before the feedback could be read" in text(refused)
    client.post(f"{home}{sheet.pk}/", {"kind": "used", "version": str(later.pk), "text": "We counted."})
    assert "We counted." in text(client.get(home))
    foreign = Version.objects.get(submission__group=call.groups[1])
    assert client.post(f"{home}{sheet.pk}/", {"kind": "used", "version": str(foreign.pk), "text": "Ours"}).status_code == 404


# --- The organizers -------------------------------------------------------------------------------------------------------------------


@pytest.mark.outsider("desk-feedback", "desk-remind-words", "desk-waive-feedback")
def test_organizers_see_what_is_owed_remind_in_one_click_and_decide(call: Scene, who: People, sheet: Sheet) -> None:
    base = f"/cycles/{call.cycle.key}/desk"
    client = who.org.client
    shown = text(client.get(f"{base}/judging/feedback/"))
    assert "2 entries lack words." in shown
    assert "Remind the judge" in shown
    assert "nobody judges it" in shown
    for other in (who.ada, who.judith, who.eve):
        assert other.client.get(f"{base}/judging/feedback/").status_code == 404
        assert other.client.post(f"{base}/judging/feedback/call/remind/", {"do": "all"}).status_code == 404
        assert other.client.post(f"{base}/publish/call/without-feedback/", {"reason": "x"}).status_code == 404
    client.post(f"{base}/judging/feedback/call/remind/", {"who": str(who.judith.person.pk)})
    mail = Message.objects.get(kind="remind.words")
    assert mail.to == "judith@example.org"
    assert "- Team 1: impact, novelty" in mail.body
    assert f"/desk/sheets/{sheet.pk}/#words" in mail.body
    assert "reminded today already" in text(client.post(f"{base}/judging/feedback/call/remind/", {"do": "all"}, follow=True))
    shown = text(client.get(f"{base}/publish/call/"))
    assert "Promised feedback is missing" in shown
    assert "Nothing is published before they are there." in shown
    assert 'data-dialog="publish-dialog"' not in shown
    client.post(f"{base}/publish/call/without-feedback/", {"reason": ""})
    assert not Decision.objects.filter(kind="override").exists()
    client.post(f"{base}/publish/call/without-feedback/", {"reason": "Judith is ill."})
    assert Decision.objects.get(kind="override").reason == "Judith is ill."
    shown = text(client.get(f"{base}/publish/call/"))
    assert "You decided to publish without them." in shown


@pytest.mark.parametrize("count", [3, 30])
def test_the_desk_takes_the_same_statements_for_few_and_many_entries(count: int) -> None:
    call = locked_scene(groups=count, rounds=[RULES])
    who = people(call)
    someone = judge(call, "Bert")
    for group in call.groups:
        sheet_for(call, someone, group)
    client = who.org.client
    client.get(f"/cycles/{call.cycle.key}/desk/judging/feedback/")
    with CaptureQueriesContext(connection) as statements:
        client.get(f"/cycles/{call.cycle.key}/desk/judging/feedback/")
    assert len(without_designs(statements)) == 11, without_designs(statements)
