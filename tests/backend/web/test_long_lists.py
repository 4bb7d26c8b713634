"""Long lists page by page: all told, searched, the most urgent first, and the page of one row is found by its address."""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory
from django.utils.timezone import now

from backend.web.paging import kept, page_of, place_of
from games.coaching import actions as coaching
from games.coaching.models import Booking, Slot
from games.credentials.models import Credential
from games.groups.models import Group
from games.judging import actions as judging
from games.judging.models import Panelist, Sheet
from games.partnerships.models import Partner, Partnership
from games.recognition.models import Grant, GrantPass
from games.talk.models import Post
from tests.cast import Cast
from tests.factories.coaching import advising, slot
from tests.factories.credentials import given, own
from tests.factories.cycles import CycleFactory
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.judging import judge, locked_scene, people, sheet_for
from tests.factories.partnerships import between_rounds
from tests.factories.talk import asked, said

pytestmark = pytest.mark.django_db


def main(response: Any) -> str:
    assert response.status_code == 200
    return html.unescape(re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2])


def test_a_page_is_the_one_asked_for_or_the_one_that_holds_a_row() -> None:
    web, rows = RequestFactory(), list(range(50))
    for query, holding, number in (
        ("", None, 1),
        ("?page=3", None, 3),
        ("?page=99", None, 5),
        ("?page=-1", None, 5),
        ("?page=x", None, 1),
        ("", 9, 1),
        ("", 10, 2),
        ("?page=4", 10, 4),
    ):
        assert page_of(web.get(f"/{query}"), rows, 10, holding=holding).number == number, (query, holding)
    for query, place in (("", None), ("?row=7", 2), ("?row=8", None), ("?row=x", None)):
        assert place_of(web.get(f"/{query}"), "row", iter([3, 5, 7])) == place
    request = web.get("/?q=a%26b&state=&page=2&own=3")
    assert kept(request) == "q=a%26b&own=3"
    assert kept(request, "own") == "q=a%26b&page=2"


# --- The matrix -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def wide() -> tuple[Any, Any, list[Any], str]:
    """Thirty entries and twenty judges; the first judge marked the first entry, the second has the second."""
    call = locked_scene(groups=30)
    who = people(call)
    judges = [judge(call, f"Judge {number:02}") for number in range(20)]
    Panelist.objects.bulk_create(Panelist(challenge=call.challenge, panel="jury", person=one) for one in judges)
    Group.objects.filter(pk=call.groups[0].pk).update(name="Amber")
    for number in range(2):
        sheet_for(call, judges[number], call.groups[number])
    Sheet.objects.filter(judge=judges[0]).update(state="final")
    return call, who, judges, f"/cycles/{call.cycle.key}/desk/judging/call/essay/?panel=jury"


def boxes(text: str) -> tuple[int, int]:
    """Rows and columns of the matrix."""
    return text.count('<tr id="entry-'), text.count('class="matrix-judge"')


def test_entries_and_judges_turn_apart_and_what_is_searched_stays(wide: Any) -> None:
    _call, who, _judges, path = wide
    client = who.org.client
    text = main(client.get(path))
    assert boxes(text) == (25, 8)
    for words in ("Judges: 1 to 8 of 20", "Entries: 1 to 25 of 30", "28 without a judge", "1 of 1 final"):
        assert words in text, words
    last = main(client.get(f"{path}&page=2&across=3"))
    assert boxes(last) == (5, 4)
    assert "?panel=jury&page=2&across=2#matrix" in last
    assert "?panel=jury&across=3&page=1#matrix" in last
    assert boxes(main(client.get(f"{path}&q=amber&judge=judge+01"))) == (1, 1)
    assert "Nothing fits" in main(client.get(f"{path}&q=nobody"))


def test_what_lacks_marks_and_who_has_a_sheet_are_asked_for(wide: Any) -> None:
    _call, who, judges, path = wide
    client = who.org.client
    assert "Entries: 1 to 25 of 28" in main(client.get(f"{path}&show=free"))
    lacking = main(client.get(f"{path}&show=lacking&who=here"))
    assert "Entries: 1 to 25 of 29" in lacking
    assert "Amber" not in lacking
    assert re.findall(r'class="matrix-judge">(Judge \d+)', lacking) == [judges[1].name]


def test_the_sheet_leads_back_to_its_place_in_the_matrix(wide: Any) -> None:
    call, who, judges, _path = wide
    client = who.org.client
    sheet = sheet_for(call, judges[-1], Group.objects.filter(cycle=call.cycle).order_by("name").last())
    judging.save_sheet(sheet=sheet, marks=[], by=None)
    page = main(client.get(f"/cycles/{call.cycle.key}/desk/judging/sheets/{sheet.pk}/"))
    back = re.findall(r'href="([^"]+#entry-\d+)"', page)
    text = main(client.get(back[0].partition("#")[0]))
    assert boxes(text) == (5, 4)
    assert f"desk/judging/sheets/{sheet.pk}/" in text


def test_saving_a_page_touches_no_other(wide: Any) -> None:
    call, who, judges, path = wide
    had = f"{call.groups[1].pk}:{judges[1].pk}"
    new = f"{call.groups[1].pk}:{judges[2].pk}"
    answer = who.org.client.post(f"{path}&q=Team", {"had": [had], "give": [new]})
    assert answer.headers["Location"].endswith("?panel=jury&q=Team")
    found = set(Sheet.objects.values_list("group", "judge"))
    assert found == {(call.groups[0].pk, judges[0].pk), (call.groups[1].pk, judges[2].pk)}


# --- Credentials ----------------------------------------------------------------------------------------------------------------------


def test_certificates_and_what_one_may_have_stand_on_pages_of_their_own(cast: Cast) -> None:
    for number in range(60):
        given(cast.red, award=f"prize-{number:02}", name=f"Prize {number:02}")
    row = own(given(cast.red), cast.ada)
    rows = [Credential(cycle=cast.cycle, group=cast.red, source="grant", key=f"prize-{number:02}") for number in range(30)]
    for one in rows:
        one.name, one.title, one.state, one.asked_at = "Red Herons", f"Prize {one.key[-2:]}", "asked", now() - timedelta(days=1)
    Credential.objects.bulk_create(rows)
    client, page = cast.ada.client, "/me/credentials/"
    text = main(client.get(page))
    assert row.title in text
    for words in ("Certificates and badges: 1 to 24 of 31", "What you may have: 1 to 24 of 61", "Some are being made"):
        assert words in text, words
    assert "What you may have: 49 to 61 of 61" in main(client.get(f"{page}?own=3&page=2"))
    found = main(client.get(f"{page}?q=prize+07"))
    assert set(re.findall(r"Prize \d+", found)) == {"Prize 07"}
    last = {"group": cast.red.pk, "source": "grant", "key": "prize-00", "whom": "me", "name": ""}
    refused = client.post(page, last)
    assert refused.status_code == 422
    assert f'id="id_{cast.red.pk}_prize-00_name"' in refused.content.decode(), "the page that has the form with the fault"
    assert client.get(f"{page}?q=%00").status_code == 200


# --- Talk -----------------------------------------------------------------------------------------------------------------------------


def test_a_link_to_a_post_opens_the_page_that_has_it(cast: Cast) -> None:
    thread = asked(cast)
    first = said(cast, thread, "The first.")
    at = now() - timedelta(days=1)
    Post.objects.bulk_create(
        Post(thread=thread, number=number, group=cast.red, author=cast.ada.person, text=f"No {number}.", at=at)
        for number in range(3, 61)
    )
    last, page = Post.objects.get(number=60), f"/cycles/water/threads/{thread.number}/"
    begin = main(cast.ben.client.get(page))
    for words in ("60 posts", "1 to 25 of 60", "Ours lets the silt through.", '?page=3#newest"'):
        assert words in begin, words
    assert f"post-{last.pk}" not in begin
    assert f'id="post-{last.pk}"' in main(cast.ben.client.get(f"{page}?post={last.pk}"))
    assert f'id="post-{first.pk}"' in main(cast.ben.client.get(f"{page}?post={first.pk}"))
    for strange in ("0", "x", str(10**30), "999999"):
        assert "1 to 25 of 60" in main(cast.ben.client.get(f"{page}?post={strange}"))
    reply = cast.ada.client.post(page, {"text": "The very last.", "as": "red"}).headers["Location"]
    assert "The very last." in main(cast.ben.client.get(reply))


def test_the_accepted_answer_is_a_click_away_from_every_page(cast: Cast) -> None:
    thread = asked(cast)
    Post.objects.bulk_create(
        Post(thread=thread, number=number, group=cast.red, author=cast.ada.person, text="Yes.", at=now())
        for number in range(2, 41)
    )
    last, page = Post.objects.get(number=40), f"/cycles/water/threads/{thread.number}/"
    thread.accepted, thread.answered_at = last, now()
    thread.save()
    assert f'href="{page}?post={last.pk}#post-{last.pk}"' in main(cast.ben.client.get(page))
    assert "The accepted answer" not in main(cast.ben.client.get(f"{page}?post={last.pk}"))


# --- Office hours ---------------------------------------------------------------------------------------------------------------------

HOURS = "/cycles/water/teams/red/office-hours/"
ASK = {"question": "How do we price it?"}


def days_of(text: str) -> Iterator[str]:
    """What stands under "Ours", in order."""
    yield from re.findall(r"Note \w+", text.partition('id="h-free"')[0])


def test_what_is_next_stands_first_and_what_was_cancelled_last(cast: Cast) -> None:
    expert = advising(cast, quota=99)
    for name, hours in (("soon", 30), ("later", 90), ("gone", 60), ("over", 40), ("older", 50)):
        coaching.book(slot(cast, expert, hours=hours), group=cast.red, by=cast.ada.user, question=f"Note {name}")
    coaching.cancel(Booking.objects.get(question="Note gone"), by=cast.ada.user)
    for name, ago in (("over", 2), ("older", 4)):
        began = now() - timedelta(days=ago)
        Slot.objects.filter(bookings__question=f"Note {name}").update(starts_at=began, ends_at=began + timedelta(hours=1))
    told = list(days_of(main(cast.ada.client.get(HOURS))))
    assert told == ["Note soon", "Note later", "Note over", "Note older", "Note gone"]


def test_free_times_turn_apart_from_ours_and_another_time_is_chosen_among_them(cast: Cast) -> None:
    expert = advising(cast, quota=99)
    for number in range(25):
        coaching.book(slot(cast, expert, hours=30 + number), group=cast.red, by=cast.ada.user, **ASK)
    for number in range(30):
        slot(cast, expert, hours=500 + number, topics="Money" if number == 29 else "Law")
    client, booking = cast.ada.client, Booking.objects.order_by("pk")[0]
    text = main(client.get(HOURS))
    for words in ("Ours: 1 to 20 of 25", "Free: 1 to 20 of 30", f"?move={booking.pk}#h-free"):
        assert words in text, words
    found = main(client.get(f"{HOURS}?q=money&page=2"))
    assert "Ours: 21 to 25 of 25" in found
    assert found.count("Money") == 1
    choosing = main(client.get(f"{HOURS}?move={booking.pk}&free=2"))
    assert choosing.count("Come then") == 10
    assert "Choose another time instead of that with Xenia" in choosing
    assert f"?move={booking.pk}&free=1#h-free" in choosing
    other = Slot.objects.order_by("number").last()
    assert other is not None
    assert client.post(f"{HOURS}{booking.pk}/move/", {"slot": other.number}).status_code == 302
    assert Booking.objects.get(slot=other).cancelled_at is None
    theirs = coaching.book(slot(cast, expert, hours=900), group=cast.blue, by=cast.ben.user, **ASK)
    assert client.get(f"{HOURS}?move={theirs.pk}").status_code == 404


# --- Partners and awards --------------------------------------------------------------------------------------------------------------


def test_what_waits_for_us_stands_before_everything_else(cast: Cast) -> None:
    between_rounds(cast)
    kinds = [("declined", "agreed"), ("agreed", "agreed"), ("proposed", "agreed"), ("proposed", "asked")]
    for number in range(20):
        state, answer = kinds[number % 4]
        others = GroupFactory(cycle=cast.cycle, name=f"Team {number:02}")
        settled = None if state == "proposed" else now()
        said_ = {"state": state, "proposed_at": now(), "settled_at": settled, "kind": "merger", "number": number + 1}
        row = Partnership.objects.create(cycle=cast.cycle, lead=others, **said_)
        Partner.objects.create(partnership=row, group=others, basis_points=5_000, answer="agreed")
        Partner.objects.create(partnership=row, group=cast.red, basis_points=5_000, answer=answer)
    client, page = cast.ada.client, "/cycles/water/teams/red/partners/"
    first, second = main(client.get(page)), main(client.get(f"{page}?page=2"))
    order = re.findall(r"<h4>One team with Team (\d+)", first + second)
    assert order == [
        "19",
        "15",
        "11",
        "07",
        "03",
        "18",
        "14",
        "10",
        "06",
        "02",
        "17",
        "13",
        "09",
        "05",
        "01",
        "16",
        "12",
        "08",
        "04",
        "00",
    ]
    assert "Partners: 1 to 12 of 20" in first
    assert "Waits for our answer" in first
    assert "Waits for our answer" not in second


def test_awards_are_searched_and_a_step_leads_back_to_where_it_was(cast: Cast) -> None:
    for number in range(40):
        group = GroupFactory(cycle=cast.cycle, name=f"Team {number:02}", key=f"team-{number}")
        Grant.objects.create(cycle=cast.cycle, award="x", kind="medal", name="Gold", group=group, place="1", state="nominated")
        GrantPass.objects.create(cycle=cast.cycle, award="x", group=group, why="has")
    client, page = cast.org.client, "/cycles/water/desk/awards/"
    text = main(client.get(page))
    for words in ("Awards: 1 to 30 of 40", "Passed to the next: 1 to 30 of 40", "Verify all nominated (40)", "40 awards"):
        assert words in text, words
    grant = Grant.objects.get(group__key="team-39")
    assert f'id="grant-{grant.pk}"' in main(client.get(f"{page}?page=2"))
    found = main(client.get(f"{page}?q=team+39"))
    here = f"{page}?q=team+39#grant-{grant.pk}"
    assert f'name="back" value="{here}"' in found
    answer = client.post(f"{page}{grant.pk}/", {"act": "verified", "back": here})
    assert answer.headers["Location"] == here
    assert "Awards: " not in main(client.get(f"{page}?state=verified"))
    assert "1 award" in main(client.get(f"{page}?state=verified"))
    assert "Nothing fits" in main(client.get(f"{page}?state=differs"))


# --- One's own page -------------------------------------------------------------------------------------------------------------------


def test_each_list_of_ones_own_page_turns_by_itself_and_the_others_stay(cast: Cast) -> None:
    cycles = [CycleFactory(key=f"more-{number}", name=f"More {number:02}") for number in range(30)]
    for cycle in cycles:
        group = GroupFactory(cycle=cycle, name=f"Crew of {cycle.name}")
        held = {"role": "captain", "capabilities": ["captain", "submit"]}
        MembershipFactory(cycle=cycle, group=group, person=cast.ada.person, **held)
        Grant.objects.create(cycle=cycle, award="x", kind="medal", name="Gold", group=group, place="1", state="granted")
    client = cast.ada.client
    text = main(client.get("/me/"))
    for words in ("You take part in: 1 to 12 of 31", "Awards: 1 to 12 of 30", "Your teams in public results: 1 to 12 of 31"):
        assert words in text, words
    turned = main(client.get("/me/?awards=3&teams=2"))
    for words in ("You take part in: 1 to 12 of 31", "Awards: 25 to 30 of 30", "Your teams in public results: 13 to 24 of 31"):
        assert words in turned, words
    assert "?awards=3&teams=3#h-rank" in turned
    assert "?teams=2&awards=2#h-awards" in turned
    group = Group.objects.get(name="Crew of More 20")
    answer = client.post(f"/me/teams/{group.pk}/rank/", {"hidden": "1", "teams": "2"})
    assert answer.headers["Location"] == "/me/?teams=2#rank"


def test_cycles_that_are_over_are_paged_in_their_fold_which_stays_open(cast: Cast) -> None:
    for number in range(20):
        cycle = CycleFactory(key=f"gone-{number}", name=f"Gone {number:02}", state="closed")
        MembershipFactory(cycle=cycle, group=GroupFactory(cycle=cycle), person=cast.ada.person)
    client = cast.ada.client
    assert '<details class="more" id="past">' in main(client.get("/me/"))
    second = main(client.get("/me/?past=2"))
    assert '<details class="more" id="past" open>' in second
    assert "Over: 13 to 20 of 20" in second
