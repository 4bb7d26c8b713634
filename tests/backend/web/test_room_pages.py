"""Second looks in pages: an entry is talked about, marked anew and decided; a mark far from the others is answered."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.web.pages.desk.looking import looks_part
from games.cycles.models import Decision
from games.journal.models import JournalEntry
from games.judging import actions
from games.judging.models import Deliberation, MarkReview, Panelist, Sheet
from games.judging.rules import Given
from games.notices.actions.deliberating import on_deliberation
from games.notices.actions.reactions import react
from games.notices.models import Message, Notice
from games.results.models import PanelAnalysis
from games.rounds.models import Round
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.judging import MARKS, People, judge, locked_scene, people, sheet_for
from tests.factories.submissions import Scene, without_designs

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def call() -> Scene:
    return locked_scene(groups=3)


@pytest.fixture
def who(call: Scene) -> People:
    return people(call)


def final(call: Scene, someone: Any, *marks: Given, group: int = 0) -> Sheet:
    found = sheet_for(call, someone, call.groups[group])
    actions.finalize(sheet=found, by=None, marks=marks or MARKS)
    return found


def analysed(call: Scene, *entries: dict[str, Any]) -> None:
    PanelAnalysis.objects.create(challenge=call.challenge, panel="jury", body={"entries": list(entries)})


def doubts(call: Scene) -> str:
    return f"/cycles/{call.cycle.key}/desk/judging/doubts/"


@pytest.mark.outsider(
    "desk-doubts", "sheet-deliberate", "deliberation", "deliberation-say", "deliberation-decide", "deliberation-revise"
)
def test_an_entry_is_talked_about_marked_anew_and_decided(call: Scene, who: People) -> None:
    mine, other = final(call, who.judith.person), final(call, judge(call, "Jo"), Given("impact", 1), Given("novelty", 1))
    row = {"group": call.group.key, "n": 2, "raw": "2.4", "adjusted": "2.5", "place": 2, "low": 1, "high": 3, "spread": "1.8"}
    analysed(call, row, *({**row, "group": one.key, "low": 2, "high": 2, "spread": "0.2"} for one in call.groups[1:]))
    org = who.org.client
    shown = text(org.get(doubts(call)))
    assert "1 entry deserves another look, of 3" in shown
    assert "judges are far apart" in shown
    refused = text(org.post(f"/desk/sheets/{mine.pk}/deliberate/", {"why": " ", "back": doubts(call)}, follow=True))
    assert "Say it in words." in refused
    begun = org.post(f"/desk/sheets/{mine.pk}/deliberate/", {"why": "Far apart on impact."}, follow=True)
    talk = Deliberation.objects.get()
    page = f"/deliberations/{talk.pk}/"
    assert begun.redirect_chain[-1][0] == page
    assert "Far apart on impact." in text(begun)
    judith = who.judith.client
    queue = text(judith.get("/desk/sheets/"))
    assert "To talk about" in queue
    assert page in queue
    assert "To talk about" not in text(who.eve.client.get("/desk/sheets/"))
    shown = text(judith.get(page))
    assert "do not show you the other judges" in shown
    assert "not shown to you" in shown
    judith.post(f"{page}say/", {"text": "Look at page 3."})
    assert "Look at page 3." in text(org.get(page))
    assert judith.post(f"{page}decide/", {"outcome": "Mine."}).status_code == 404
    opened = judith.post(f"{page}revise/", follow=True)
    assert opened.redirect_chain[-1][0] == f"/desk/sheets/{mine.pk}/"
    mine.refresh_from_db()
    assert (mine.state, mine.past.get().marks["impact"][0]) == ("draft", 40_000)
    actions.finalize(sheet=mine, by=None, marks=[Given("impact", 3)])
    org.post(f"{page}decide/", {"outcome": "Page 3 counts."})
    shown = text(org.get(page))
    assert "Page 3 counts." in shown
    assert re.search(r'<s class="room-before">.*?4</s>', shown)
    assert "The deliberation is closed" in text(judith.post(f"{page}say/", {"text": "But"}, follow=True))
    assert Sheet.objects.get(pk=other.pk).state == "final"


def test_those_outside_the_room_find_nothing(call: Scene, who: People) -> None:
    mine = final(call, who.judith.person)
    who.org.client.post(f"/desk/sheets/{mine.pk}/deliberate/", {"why": "Far apart."})
    talk = Deliberation.objects.get()
    for other in (who.ada, who.ben, who.eve):
        assert other.client.get(f"/deliberations/{talk.pk}/").status_code == 404
        for verb in ("say", "decide", "revise"):
            assert other.client.post(f"/deliberations/{talk.pk}/{verb}/", {"text": "x", "outcome": "xxx"}).status_code == 404
        assert other.client.get(doubts(call)).status_code == 404
        assert other.client.post(f"/desk/sheets/{mine.pk}/deliberate/", {"why": "x"}).status_code == 404


def test_the_chair_begins_and_decides(call: Scene, who: People) -> None:
    mine = final(call, who.judith.person)
    MembershipFactory.create(cycle=call.cycle, group=None, person=who.eve.person, role="judge", capabilities=["judge"])
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=who.eve.person, chair=True)
    client = who.eve.client
    begun = client.post(f"/desk/sheets/{mine.pk}/deliberate/", {"why": "Far apart."}, follow=True)
    talk = Deliberation.objects.get()
    assert "The chair decides" in text(begun)
    client.post(f"/deliberations/{talk.pk}/decide/", {"outcome": "It stays."})
    assert Deliberation.objects.get().decided_by == who.eve.person


def test_those_who_judge_the_entry_and_the_chair_are_told_without_its_name(call: Scene, who: People) -> None:
    mine = final(call, who.judith.person)
    for someone, leads in ((who.eve.person, True), (who.ben.person, False)):
        MembershipFactory.create(cycle=call.cycle, group=None, person=someone, role="judge", capabilities=["judge"])
        Panelist.objects.create(challenge=call.challenge, panel="jury", person=someone, chair=leads)
    who.org.client.post(f"/desk/sheets/{mine.pk}/deliberate/", {"why": "Far apart."})
    entry = JournalEntry.objects.get(kind="deliberation.opened")
    on_deliberation(entry)
    on_deliberation(entry)
    letters = Message.objects.filter(kind="deliberation.opened")
    assert sorted(letters.values_list("to", flat=True)) == ["eve@example.org", "judith@example.org"]
    told = Notice.objects.filter(key__startswith="deliberation.opened")
    assert {one.person for one in told} == {who.eve.person, who.judith.person}
    assert not any(
        call.group.name in one for one in [*told.values_list("text", flat=True), *letters.values_list("body", flat=True)]
    )


@pytest.mark.outsider("review-answer")
def test_a_mark_far_from_the_others_is_answered_by_a_human(call: Scene, who: People) -> None:
    sheet = final(call, who.judith.person)
    sheet.refresh_from_db()
    first = MarkReview.objects.create(sheet=sheet, criterion="impact", distance=-310, revision=sheet.revision)
    org = who.org.client
    assert "marked 3.1 deviations below what is expected" in text(org.get(doubts(call)))
    for other in (who.judith, who.ada, who.eve):
        assert other.client.post(f"/desk/reviews/{first.pk}/", {"answer": "Fine."}).status_code == 404
    refused = text(org.post(f"/desk/reviews/{first.pk}/", {"answer": "x", "do": "keep", "back": doubts(call)}, follow=True))
    assert 'value="x"' in refused
    org.post(f"/desk/reviews/{first.pk}/", {"answer": "She was the one who saw it.", "do": "keep"})
    assert MarkReview.objects.get().state == "kept"
    second = MarkReview.objects.create(sheet=sheet, criterion="novelty", distance=280, revision=sheet.revision)
    org.post(f"/desk/reviews/{second.pk}/", {"answer": "A slip of the key?", "do": "reopen"})
    sheet.refresh_from_db()
    assert (sheet.state, sheet.reason) == ("draft", "A slip of the key?")


@pytest.mark.parametrize("count", [3, 30])
def test_the_page_takes_the_same_statements_for_few_and_many(count: int) -> None:
    call = locked_scene(groups=count)
    who, jo = people(call), judge(call, "Jo")
    rows = []
    for number, group in enumerate(call.groups):
        sheet = sheet_for(call, jo, group)
        actions.finalize(sheet=sheet, by=None, marks=MARKS)
        MarkReview.objects.create(sheet=sheet, criterion="impact", distance=300 + number)
        Deliberation.objects.create(challenge=call.challenge, panel="jury", group=group, why="Far apart.")
        rows.append({"group": group.key, "n": 1, "raw": "2", "place": number + 1, "low": 1, "high": count, "spread": "1"})
    analysed(call, *rows)
    client = who.org.client
    client.get(doubts(call))
    with CaptureQueriesContext(connection) as statements:
        client.get(doubts(call))
    assert len(without_designs(statements)) <= 12, without_designs(statements)


@pytest.mark.outsider("desk-third-reader")
def test_one_more_judge_is_chosen_the_best_first_told_and_shown_until_they_have_answered(call: Scene, who: People) -> None:
    mine = final(call, who.judith.person)
    busy, noor, barred = judge(call, "Busy"), who.eve.person, judge(call, "Barred")
    MembershipFactory.create(cycle=call.cycle, group=None, person=noor, role="judge", capabilities=["judge"])
    for someone in (busy, noor, barred):
        Panelist.objects.create(challenge=call.challenge, panel="jury", person=someone)
    sheet_for(call, busy, call.groups[1])
    actions.declare_conflict(person=barred, group=call.group, by=None, reason="Cousins")
    row = {"group": call.group.key, "n": 1, "raw": "2.4", "place": 2, "low": 1, "high": 3, "spread": "1.8"}
    analysed(call, row, *({**row, "group": one.key, "low": 2, "high": 2, "spread": "0.2"} for one in call.groups[1:]))
    page = f"/cycles/{call.cycle.key}/desk/judging/doubts/{mine.pk}/reader/"
    org = who.org.client
    assert page in text(org.get(doubts(call)))
    for other in (who.ada, who.judith, who.eve):
        assert other.client.get(page).status_code == 404
        assert other.client.post(page, {"judge": str(noor.pk)}).status_code == 404
    shown = text(org.get(page))
    assert shown.index("Eve") < shown.index("Busy")
    assert "has 0 sheets here" in shown
    assert "Barred" not in shown
    assert "Choose a judge who is free" in text(org.post(page, {"judge": str(barred.pk)}, follow=True))
    answer = text(org.post(page, {"judge": str(noor.pk)}, follow=True))
    assert "Eve is asked for one more look" in answer
    assert "Ask one more judge" not in answer
    sheet = Sheet.objects.get(judge=noor)
    assert call.group.name in text(who.eve.client.get("/desk/sheets/"))
    react(JournalEntry.objects.get(kind="sheet.assigned", payload__judge=noor.pk).pk)
    assert Notice.objects.get(person=noor).text.startswith("One more look is asked of you")
    actions.finalize(sheet=sheet, by=None, marks=MARKS)
    assert "Eve has looked too: the marks are in" in text(org.get(doubts(call)))


@pytest.mark.outsider("desk-waive-looks")
def test_nothing_is_published_before_a_human_has_looked_unless_that_is_decided(call: Scene, who: People) -> None:
    sheet = final(call, who.judith.person)
    MarkReview.objects.create(sheet=sheet, criterion="impact", distance=300)
    who.org.client.post(f"/desk/sheets/{sheet.pk}/deliberate/", {"why": "Far apart."})
    base = f"/cycles/{call.cycle.key}/desk/publish/call/"
    client = who.org.client
    shown = text(client.get(base))
    assert "1 mark is far from the others, and nobody has looked at it. 1 deliberation is still open." in shown
    assert "Judith marked 3.0 deviations above what is expected" in shown
    assert "Nothing is published before they are done." in shown
    assert "/publish/call/confirm/" not in shown
    for other in (who.ada, who.judith, who.eve):
        assert other.client.post(f"{base}without-looks/", {"reason": "x"}).status_code == 404
    client.post(f"{base}without-looks/", {"reason": " "})
    assert not Decision.objects.filter(kind="override").exists()
    client.post(f"{base}without-looks/", {"reason": "The jury cannot meet again."})
    assert Decision.objects.get(kind="override").reason == "The jury cannot meet again."
    shown = text(client.get(base))
    assert "You decided to publish without these looks." in shown
    assert "/publish/call/confirm/" in shown


def test_many_looks_take_no_more_statements_than_few() -> None:
    counts = []
    for size in (3, 30):
        call = locked_scene(groups=size)
        jo = judge(call, "Jo")
        for group in call.groups:
            sheet = final(call, jo, group=call.groups.index(group))
            MarkReview.objects.create(sheet=sheet, criterion="impact", distance=300)
            Deliberation.objects.create(challenge=call.challenge, panel="jury", group=group, why="Far apart.")
        round_ = Round.objects.select_related("cycle").get(pk=call.round.pk)
        with CaptureQueriesContext(connection) as statements:
            assert looks_part(round_)["count"] == 2 * size
        counts.append(len(without_designs(statements)))
    assert counts == [3, 3]


def test_choosing_one_more_judge_takes_the_same_statements_for_few_and_many() -> None:
    counts, org = [], actor("org")
    for size in (3, 30):
        call = locked_scene(groups=size)
        MembershipFactory(cycle=call.cycle, group=None, person=org.person, role="organizer", capabilities=["organize"])
        client, jo = org.client, judge(call, "Jo")
        for group in call.groups:
            sheet_for(call, jo, group)
            Panelist.objects.create(challenge=call.challenge, panel="jury", person=judge(call, f"Judge of {group.name}"))
        page = f"/cycles/{call.cycle.key}/desk/judging/doubts/{Sheet.objects.filter(challenge=call.challenge)[0].pk}/reader/"
        client.get(page)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(page).status_code == 200
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 12, counts
