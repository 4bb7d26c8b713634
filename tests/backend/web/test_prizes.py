"""The prizes of a team: its captain declines, its members book what was won; the desk passes on; sponsors read the proof; outsiders find nothing."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.coaching.models import Booking, Slot
from games.cycles.models import Decision
from games.recognition.actions import book_prize
from games.recognition.models import Grant, GrantPass
from tests.backend.web.test_cycle_pages import page
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.results import water

pytestmark = pytest.mark.django_db

AWARDS = [
    {"key": "gold", "name": "Gold", "set": "medals", "pass_on": True, "places": [1, 1]},
    {"key": "money", "name": "Prize money", "kind": "money", "amounts": [50000]},
    {"key": "talk", "name": "Two talks", "kind": "coaching", "sessions": 2, "places": [1, 1]},
]


@pytest.fixture
def story(cast):
    """Ada leads aqua, ben leads brook; org organizes; judith is an expert with two free times; aqua was granted everything."""
    roles = [
        {"key": "organizer", "capabilities": ["organize"]},
        {"key": "captain", "capabilities": ["captain", "submit"]},
        {"key": "expert", "capabilities": ["advise"]},
    ]
    played = water(awards=AWARDS, office_hours={"quota": 1, "cancel_hours": 24}, roles=roles)
    cycle = played.cycle
    cycle.state, cycle.public = "running", True
    cycle.save()
    MembershipFactory(cycle=cycle, group=None, person=cast.org.person, role="organizer", capabilities=["organize"])
    MembershipFactory(cycle=cycle, group=None, person=cast.judith.person, role="expert", capabilities=["advise"])
    for who, key in ((cast.ada, "aqua"), (cast.ben, "brook")):
        MembershipFactory(
            cycle=cycle, group=played.groups[key], person=who.person, role="captain", capabilities=["captain", "submit"]
        )
    for spec in played.design.awards:
        Grant.objects.create(
            cycle=cycle,
            award=spec.key,
            kind=spec.kind,
            name=spec.title,
            group=played.groups["aqua"],
            place="1",
            state="granted",
            sessions=spec.sessions,
            amount_cents=50000 if spec.key == "money" else None,
            currency="EUR",
        )
    for number in (1, 2):
        starts = now() + timedelta(days=number)
        Slot.objects.create(
            cycle=cycle,
            number=number,
            expert=cast.judith.person,
            starts_at=starts,
            ends_at=starts + timedelta(minutes=30),
            offered_at=now(),
        )
    return played


def won(story, group="aqua"):
    return f"/cycles/{story.cycle.key}/teams/{group}/won/"


def grant_of(award):
    return Grant.objects.get(award=award)


@pytest.mark.outsider
def test_only_the_team_finds_its_prizes_and_does_something_about_them(cast, story):
    asked = {"grant": grant_of("gold").pk, "act": "decline", "reason": "No."}
    for outsider in (cast.eve, cast.ben, cast.judith):
        assert outsider.client.get(won(story)).status_code == 404
        assert outsider.client.post(won(story), asked).status_code == 404
    assert cast.visitor.client.get(won(story)).status_code == 302
    assert cast.ben.client.post(won(story, "brook"), asked).status_code == 404, "a prize of another team"
    assert grant_of("gold").state == "granted"


def test_the_page_tells_every_prize_and_how_far_it_is(cast, story):
    text = page(cast.ada.client, won(story))
    for words in ("Gold", "500 EUR", "Two talks", "2 to book", "delivered", "We do not take it"):
        assert words in text
    assert "Nothing won yet" in page(cast.ben.client, won(story, "brook"))


def test_a_captain_declines_with_a_reason_and_only_once(cast, story):
    grant = grant_of("gold")
    empty = cast.ada.client.post(won(story), {"grant": grant.pk, "act": "decline", "reason": " "})
    assert empty.status_code == 422
    assert grant_of("gold").state == "granted"
    answer = cast.ada.client.post(won(story), {"grant": grant.pk, "act": "decline", "reason": "Our statutes."}, follow=True)
    text = answer.content.decode()
    assert "passes to the next" in text
    assert "Our statutes." in text
    assert (Decision.objects.get(kind="forgo").group, grant_of("gold").state) == ("aqua", "declined")
    again = cast.ada.client.post(won(story), {"grant": grant.pk, "act": "decline", "reason": "Again."})
    assert (again.status_code, Decision.objects.filter(kind="forgo").count()) == (422, 1)


def test_a_member_who_is_no_captain_declines_nothing(cast, story):
    MembershipFactory(
        cycle=story.cycle, group=story.groups["aqua"], person=cast.eve.person, role="member", capabilities=["submit"]
    )
    assert "We do not take it" not in page(cast.eve.client, won(story))
    asked = {"grant": grant_of("gold").pk, "act": "decline", "reason": "No."}
    assert cast.eve.client.post(won(story), asked).status_code == 403


def test_sessions_are_booked_from_the_prize_and_what_was_typed_stays_after_a_refusal(cast, story):
    grant = grant_of("talk")
    wrong = cast.ada.client.post(won(story), {"grant": grant.pk, "act": "book", "slot": "9", "question": "How do we scale?"})
    assert wrong.status_code == 422
    assert "How do we scale?" in wrong.content.decode()
    done = cast.ada.client.post(won(story), {"grant": grant.pk, "act": "book", "slot": "1", "question": "How?"}, follow=True)
    assert "1 to book" in done.content.decode()
    assert Booking.objects.get().counts is False


def test_the_desk_shows_sums_whom_awards_passed_by_and_takes_a_file_as_proof(cast, story, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    GrantPass.objects.create(cycle=story.cycle, award="gold", group=story.groups["brook"], place="2", why="has")
    desk = f"/cycles/{story.cycle.key}/desk/awards/"
    text = page(cast.org.client, desk)
    assert "Passed to the next" in text
    assert "has another prize of the same set" in text
    assert text.count("500 EUR") >= 2
    pk = grant_of("money").pk
    without = cast.org.client.post(f"{desk}{pk}/", {"act": "delivered", "proof": " "}, follow=True).content.decode()
    assert "add a file that shows it" in without
    receipt = SimpleUploadedFile("receipt.txt", b"Paid on 3 May.")
    cast.org.client.post(f"{desk}{pk}/", {"act": "delivered", "proof": "Paid", "file": receipt})
    proof = f"/cycles/{story.cycle.key}/awards/{pk}/proof/"
    answer = cast.ada.client.get(proof)
    assert b"".join(answer.streaming_content) == b"Paid on 3 May."
    assert "attachment" in answer["Content-Disposition"]
    assert "receipt.txt" in page(cast.ada.client, won(story))
    for outsider in (cast.eve, cast.ben):
        assert outsider.client.get(proof).status_code == 404
    assert cast.org.client.get(f"/cycles/{story.cycle.key}/awards/{grant_of('gold').pk}/proof/").status_code == 404


def test_everybody_reads_on_the_cycle_page_whom_an_award_passed_by_once_it_is_granted(cast, story):
    GrantPass.objects.create(cycle=story.cycle, award="gold", group=story.groups["brook"], place="2", why="declined")
    path = f"/cycles/{story.cycle.key}/"
    assert "Passed to the next by Brook, place 2" in page(cast.visitor.client, path)
    Grant.objects.filter(award="gold").update(state="nominated")
    assert "Passed to the next" not in page(cast.visitor.client, path)
    assert cast.visitor.api.get("/api/v1/grant-passes").json()["results"] == []
    assert [one["group_key"] for one in cast.org.api.get("/api/v1/grant-passes").json()["results"]] == ["brook"]


def test_over_the_api_a_captain_declines_and_members_book(cast, story):
    gold, talk = grant_of("gold").pk, grant_of("talk").pk
    asked = {"slot": Slot.objects.get(number=1).pk, "question": "How?"}
    assert cast.ben.api.post(f"/api/v1/grants/{gold}/decline", {"reason": "No."}).status_code == 403
    assert cast.ben.api.post(f"/api/v1/grants/{talk}/book", asked).status_code == 403
    assert cast.ada.api.post(f"/api/v1/grants/{gold}/decline", {"reason": "No."}).json()["state"] == "declined"
    booked = cast.ada.api.post(f"/api/v1/grants/{talk}/book", asked)
    assert (booked.status_code, booked.json()["counts"]) == (201, False)
    assert cast.ada.api.post(f"/api/v1/grants/{talk}/book", {**asked, "slot": 999999}).status_code == 404


def test_as_many_statements_for_few_prizes_as_for_many(cast, story):
    client, talk = cast.ada.client, grant_of("talk")
    book_prize(talk, slot=Slot.objects.get(number=1), question="How?", by=None)

    def statements():
        with CaptureQueriesContext(connection) as sent:
            page(client, won(story))
        return len(sent)

    statements()
    few = statements()
    aqua = story.groups["aqua"]
    for number in range(30):
        own = {"cycle": story.cycle, "award": f"x{number}", "name": "X"}
        more = Grant.objects.create(**own, kind="coaching", group=aqua, state="granted", sessions=2)
        Grant.objects.create(**own, kind="badge", group=GroupFactory(cycle=story.cycle))
        starts = now() + timedelta(days=3, hours=number)
        times = {"starts_at": starts, "ends_at": starts + timedelta(minutes=30), "offered_at": now()}
        slot = Slot.objects.create(cycle=story.cycle, number=10 + number, expert=cast.judith.person, **times)
        book_prize(more, slot=slot, question="How?", by=None)
    assert statements() == few <= 12
