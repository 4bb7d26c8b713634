"""What visitors find: search, published entries, the calendar, awards of a team without its name; and how many statements it takes."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from backend.web.found import pieces, snippet, spelled, words_of
from backend.web.icalendar import Event, calendar, escaped, folded
from games.cycles.actions import add_design, record_decision
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.groups.rules import UNNAMED
from games.ideas.models import Idea
from games.judging.actions.pitching import Asked, move_pitch, schedule_pitches
from games.judging.models import Pitch
from games.judging.rules.pitching import Times
from games.recognition.models import Grant
from games.rounds.actions import extend
from games.rounds.models import Extension, Round
from games.submissions.models import Submission, Version
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, SeriesFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.ideas import shared
from tests.factories.judging import locked_scene, people, sheet_for
from tests.factories.organizations import OrganizationFactory, PersonFactory
from tests.factories.rounds import RoundFactory
from tests.factories.studying import studying
from tests.factories.submissions import ESSAY

TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=200)


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    return response.content.decode()


def statements(client: Client, path: str) -> int:
    page(client, path)
    with CaptureQueriesContext(connection) as sent:
        page(client, path)
    return len([one for one in sent if 'FROM "games_design"' not in one["sql"]])


def entry(cast: Cast, group: Group, **data: str) -> Submission:
    found = Submission.objects.create(challenge=cast.concept, group=group, state="published")
    found.pinned = Version.objects.create(submission=found, number=1, data=data, digest="1" * 64, at=now())
    found.save(update_fields=["pinned"])
    return found


# --- Words found ----------------------------------------------------------------------------------------------------------------------


@given(TEXTS, st.lists(st.text(min_size=1, max_size=5), max_size=4))
def test_pieces_are_the_whole_text_and_hits_are_words(text, words):
    found = pieces(text, words)
    assert "".join(one.text for one in found) == text
    assert all(any(re.fullmatch(re.escape(word), one.text, re.IGNORECASE) for word in words) for one in found if one.hit)


def test_a_snippet_begins_near_the_first_word_found():
    text = "word " * 100 + "needle " + "hay " * 100
    told = "".join(one.text for one in snippet(text, ["NEEDLE"]))
    assert "needle" in told
    assert told.startswith("… ")
    assert len(told) < 220
    assert [one.hit for one in snippet("nothing here", ["x"])] == [False]
    assert words_of(" a  b a ") == ["a", "b"]
    assert "gr\\u00fcn" in spelled("grün")


# --- Search ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_everything_one_may_see_is_found_and_marked(cast: Cast, client):
    cast.publish(cast.call)
    series = SeriesFactory(key="waters", name="Waters of the hills")
    Cycle.objects.filter(pk=cast.cycle.pk).update(series=series, summary="Safe water on every day.")
    entry(cast, cast.red, title="Reed beds", text="They clean grünes Water slowly")
    text = page(client, "/search/?q=water")
    for found in ("Clean <mark>water</mark>", "<mark>Water</mark>s of the hills", "grünes <mark>Water</mark> slowly"):
        assert found in text
    assert "<mark>Red</mark> Herons" in page(client, "/search/?q=red")
    assert "Reed beds" in page(client, "/search/?q=gr%C3%BCnes&kind=entries")
    assert "Nothing found" in page(client, "/search/?q=water+unheard")


@pytest.mark.django_db
def test_what_is_hidden_is_not_found(cast: Cast, client):
    hidden = entry(cast, cast.blue, title="Sealed thing")
    assert "Sealed thing" not in page(client, "/search/?q=sealed")
    cast.publish(cast.call, visibility="scores")
    for outsider in (cast.visitor, cast.eve, cast.ada, cast.judith):
        assert "Sealed thing" not in page(outsider.client, "/search/?q=sealed")
    Cycle.objects.filter(pk=cast.cycle.pk).update(public=False)
    for word in ("water", "herons", "sealed"):
        assert "Nothing found" in page(cast.eve.client, f"/search/?q={word}")
    assert "Clean" in page(cast.ada.client, "/search/?q=water")
    Cycle.objects.filter(pk=cast.cycle.pk).update(public=True, rehearsal=True)
    assert "Nothing found" in page(client, "/search/?q=water")
    assert hidden.pk


@pytest.mark.django_db
def test_ideas_are_found_by_whoever_may_read_them_and_by_nobody_else(cast: Cast, client):
    shared(cast, "Sieve with old saris", audience="everybody")
    shared(cast, "Saris of the neighbours", audience="teams")
    shared(cast, "Saris in our drawer", audience="own")
    assert "Sieve with old <mark>saris</mark>" in page(client, "/search/?q=saris")
    for someone, titles in ((cast.visitor, 1), (cast.eve, 1), (cast.ben, 2), (cast.ada, 3)):
        assert page(someone.client, "/search/?q=saris&kind=ideas").count("<mark>") == titles, someone.name
    assert "Nothing found" in page(client, "/search/?q=neighbours")
    Idea.objects.update(hidden_at=now())
    assert "Nothing found" in page(client, "/search/?q=saris")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["", "?q=", "?q=x", "?q=%00%00", "?q=%25%25&kind=none", "?q=" + "a" * 900, "?q=aa&kind=cycles&page=x", "?q=[(.*"]
)
def test_strange_searches_are_answered_calmly(client, query):
    assert "Cycles, series, teams, published entries" in page(client, f"/search/{query}")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/cycles/", "/series/", "/cycles/water/groups/", "/cycles/water/entries/"])
def test_signs_that_no_database_keeps_find_nothing_and_break_nothing(cast: Cast, client, path):
    assert client.get(f"{path}?q=%00&page=%00&state=%00&challenge=%00").status_code == 200


@pytest.mark.django_db
def test_a_search_takes_as_many_statements_for_30_rows_as_for_three(cast: Cast, client):
    cast.publish(cast.call)

    def more(number: int) -> None:
        for one in range(number):
            group = GroupFactory(cycle=cast.cycle, name=f"Water team {Group.objects.count()}-{one}")
            entry(cast, group, title="Water wheel")
            Idea.objects.create(
                cycle=cast.cycle,
                number=Idea.objects.count() + 1,
                kind="how-to",
                title="Water",
                words="water",
                group=group,
                audience="everybody",
                shared_at=now(),
            )

    more(3)
    paths = [
        "/search/?q=water",
        "/search/?q=water&kind=ideas",
        "/search/?q=water&kind=entries",
        "/search/?q=water&kind=groups",
        "/cycles/water/entries/",
    ]
    before = {path: statements(client, path) for path in paths}
    more(30)
    assert {path: statements(client, path) for path in paths} == before
    assert max(before.values()) <= 12


# --- Published entries ----------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_published_entries_are_shown_narrowed_and_searched(cast: Cast, client):
    entry(cast, cast.red, title="Reed beds", text="Plants clean it")
    entry(cast, cast.blue, title="Sun still", text="Heat cleans it")
    path = "/cycles/water/entries/"
    assert "Nothing to see yet" in page(client, path)
    cast.publish(cast.call)
    text = page(client, path)
    assert "Red Herons" in text
    assert "Blue Herons" in text
    assert "Blue Herons" not in page(client, f"{path}?q=plants")
    assert "No entry fits" in page(client, f"{path}?q=nobody")
    assert "Red Herons" in page(client, f"{path}?challenge=call/concept")
    assert "Red Herons" in page(client, f"{path}?challenge=nonsense&page=99")
    assert "What was handed in" in page(client, "/cycles/water/")


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["entries/", "calendar.ics"])
def test_pages_of_a_hidden_cycle_are_absent(cast: Cast, client, path):
    Cycle.objects.filter(pk=cast.cycle.pk).update(public=False)
    assert client.get(f"/cycles/water/{path}").status_code == 404
    assert cast.eve.client.get(f"/cycles/water/{path}").status_code == 404
    assert cast.ada.client.get(f"/cycles/water/{path}").status_code == 200


# --- The page of a cycle --------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_winner_without_its_name_is_a_winner_without_its_name(cast: Cast, client):
    specs = small_design().awards
    key = specs[0].key if specs else "gold"
    Grant.objects.create(cycle=cast.cycle, award=key, kind="medal", name="Gold", group=cast.red, state="granted", place="1")
    Group.objects.filter(pk=cast.red.pk).update(rank_hidden=True)
    if specs:
        assert UNNAMED in page(client, "/cycles/water/")
    from backend.web.pages.winners import grants_shown

    assert [one.group.name for one in grants_shown(cast.eve.access, cast.cycle) if one.group] == [UNNAMED]
    assert [one.group.name for one in grants_shown(cast.ada.access, cast.cycle) if one.group] == ["Red Herons"]
    assert [one.group.name for one in grants_shown(cast.org.access, cast.cycle) if one.group] == ["Red Herons"]


@pytest.mark.django_db
def test_a_cycles_page_says_who_stands_behind_it_and_names_no_judge(cast: Cast, client):
    text = page(client, "/cycles/water/")
    assert "People and partners" in text
    assert ">Org<" in text
    assert "Judith" not in text


@pytest.mark.django_db
@pytest.mark.parametrize("partner", [{"name": "River Trust", "part": "Gold sponsor"}, {"name": "The Trust", "part": "Sponsor"}])
def test_a_sponsor_is_named_once_on_a_cycles_page(cast: Cast, client, partner):
    sponsors = {"key": "sponsor", "name": "Sponsor", "capabilities": ["follow"]}
    for name in ("Mara", "Nils"):
        house = OrganizationFactory.create(name="River Trust")
        person = PersonFactory.create(name=name, organization=house)
        MembershipFactory.create(cycle=cast.cycle, person=person, group=None, role="sponsor", capabilities=["follow"])
    add_design(cast.cycle, small_design(roles=[sponsors]), by=None)
    facts = page(client, "/cycles/water/")
    assert (facts.count("<dt>Sponsor</dt>"), facts.count("River Trust")) == (1, 1)
    add_design(cast.cycle, small_design(roles=[sponsors], brand={"partners": [partner]}), by=None)
    facts = page(client, "/cycles/water/")
    assert "<dt>Sponsor</dt>" not in facts
    assert (facts.count(f"<h3>{partner['part']}</h3>"), facts.count(partner["name"])) == (1, 1)


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["visitor", "ada", "judith", "org", "eve"])
def test_home_and_a_cycles_page_take_at_most_twelve_statements_for_anybody(cast: Cast, who):
    cast.publish(cast.call)
    entry(cast, cast.red, title="Reed beds")
    client = getattr(cast, who).client
    before = {path: statements(client, path) for path in ("/", "/cycles/water/")}
    for _ in range(5):
        cycle = CycleFactory(state="running", design=small_design())
        RoundFactory(cycle=cycle, opens_at=now(), closes_at=now() + timedelta(days=3))
        GroupFactory(cycle=cast.cycle)
    assert {path: statements(client, path) for path in before} == before
    assert max(before.values()) <= 12


# --- The calendar ---------------------------------------------------------------------------------------------------------------------


def read(body: bytes) -> list[dict[str, str]]:
    """A parser of its own: unfold, split, unescape. Returns the events."""
    assert body.endswith(b"\r\n")
    assert all(len(line) <= 75 for line in body.split(b"\r\n"))
    lines = body.replace(b"\r\n ", b"").decode().split("\r\n")
    events: list[dict[str, str]] = []
    for line in lines:
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            events.append({})
        elif events and name != "END":
            events[-1][name.partition(";")[0]] = re.sub(r"\\(.)", lambda found: "\n" if found[1] in "nN" else found[1], value)
    return events


@given(TEXTS, TEXTS)
def test_any_text_comes_back_from_a_calendar(title, text):
    clean = "".join(
        sign
        for sign in text.replace("\r\n", "\n").replace("\r", "\n")
        if sign == "\n" or (ord(sign) > 31 and not 127 <= ord(sign) <= 159)
    )
    found = read(
        calendar(
            "c", [Event("u@h", datetime(2026, 1, 1, tzinfo=UTC), title or "x", clean)], stamp=datetime(2026, 1, 1, tzinfo=UTC)
        )
    )
    assert found[0].get("DESCRIPTION", "") == clean


@given(TEXTS)
def test_no_line_is_longer_than_75_octets_and_no_sign_is_cut(text):
    line = escaped(text)
    parts = folded(line).removesuffix(b"\r\n").split(b"\r\n ")
    assert all(len(part) <= 75 for part in parts)
    assert "".join(part.decode() for part in parts) == line


def test_a_day_is_a_whole_day():
    (event,) = read(
        calendar("c", [Event("u@h", date(2026, 12, 31), "The end", cancelled=True)], stamp=datetime(2026, 1, 1, tzinfo=UTC))
    )
    assert (event["DTSTART"], event["DTEND"], event["STATUS"]) == ("20261231", "20270101", "CANCELLED")


def dates(client: Client, path: str = "/cycles/water/calendar.ics") -> dict[str, dict[str, str]]:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/calendar; charset=utf-8"
    return {event["UID"]: event for event in read(response.content)}


@pytest.mark.django_db
def test_rounds_and_deadlines_stand_in_the_calendar_under_lasting_ids(cast: Cast, client):
    uid = f"round-{cast.call.pk}-closes@localhost"
    before = dates(client)
    assert before[uid]["SUMMARY"] == f"{cast.call.name}: entries close · Clean water"
    assert before[uid]["DTSTART"] == f"{cast.call.closes_at:%Y%m%dT%H%M%SZ}"
    extend(cast.call, cast.call.closes_at + timedelta(days=2), by=cast.org.user, reason="Flood.")
    after = dates(client)
    assert set(before) == set(after)
    assert after[uid]["DTSTART"] > before[uid]["DTSTART"]
    assert int(after[uid]["SEQUENCE"]) > int(before[uid]["SEQUENCE"])


@pytest.mark.django_db
def test_registration_the_study_and_appeals_stand_in_the_calendar_and_on_the_page_of_the_round(cast: Cast, client):
    studying(cast)
    told = {event["SUMMARY"]: event["DTSTART"] for event in dates(client).values()}
    study = design_of(cast.cycle).round("call").study
    name = cast.call.name
    assert told[f"{name}: the study of what others made begins · Clean water"] == f"{study.begins:%Y%m%dT%H%M%SZ}"
    assert told[f"{name}: the study ends · Clean water"] == f"{study.ends:%Y%m%dT%H%M%SZ}"
    assert "Study of what others made, from" in page(client, "/cycles/water/rounds/call/")
    closes = (now() + timedelta(days=3)).replace(microsecond=0)
    rules = small_design(registration={"closes": closes.isoformat()}, rounds=[{"key": "call", "appeal_days": 4}])
    made = add_design(cast.cycle, rules, by=None)
    Round.objects.filter(pk=cast.call.pk).update(design_number=made.number)
    told = {event["SUMMARY"]: event["DTSTART"] for event in dates(client).values()}
    assert told["Clean water: registration closes"] == f"{closes:%Y%m%dT%H%M%SZ}"
    assert f"{name}: appeals end · Clean water" in told


@pytest.mark.django_db
def test_the_calendar_counts_nothing_that_the_reader_may_not_know(cast: Cast, client):
    before = client.get("/cycles/water/calendar.ics").content
    record_decision(cast.cycle, DecisionKind.DISQUALIFY, by=cast.org.user, reason="Copied.", round="call", group="red")
    extend(cast.call, cast.call.closes_at + timedelta(days=2), group=cast.red, by=cast.org.user, reason="Flood.")
    assert client.get("/cycles/water/calendar.ics").content == before
    theirs, ours = ({int(event["SEQUENCE"]) for event in dates(one.client).values()} for one in (cast.ben, cast.ada))
    assert max(theirs) < min(ours)


@pytest.mark.django_db
def test_a_calendar_that_did_not_change_is_answered_304(cast: Cast, client):
    first = client.get("/cycles/water/calendar.ics")
    again = client.get("/cycles/water/calendar.ics", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def link(cast: Cast, who: Any) -> str:
    found = re.search(r'href="(/cycles/water/calendar\.ics[^"]*)"', page(who.client, "/cycles/water/"))
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.django_db
def test_the_link_of_a_member_works_without_signing_in_and_knows_their_teams_extension(cast: Cast, client):
    until = cast.call.closes_at + timedelta(days=1)
    Extension.objects.create(round=cast.call, group=cast.red, until=until, reason="Flood.")
    Cycle.objects.filter(pk=cast.cycle.pk).update(public=False)
    ours = f"round-{cast.call.pk}-ours@localhost"
    assert dates(client, link(cast, cast.ada))[ours]["DTSTART"] == f"{until:%Y%m%dT%H%M%SZ}"
    assert ours not in dates(client, link(cast, cast.ben))
    mine = link(cast, cast.ada)
    for bad in (f"{mine}x", mine.replace("/water/", "/other/"), "/cycles/water/calendar.ics?for=nonsense"):
        assert client.get(bad).status_code == 404
    cast.ada.user.is_active = False
    cast.ada.user.save(update_fields=["is_active"])
    assert client.get(mine).status_code == 404


@pytest.mark.django_db
def test_a_signed_in_persons_round_without_dates_gives_an_empty_calendar(cast: Cast):
    Round.objects.update(opens_at=None, closes_at=None)
    assert "calendar.ics" not in page(cast.ada.client, "/cycles/water/")
    assert [uid for uid in dates(cast.ada.client) if uid.startswith("round")] == []


@pytest.mark.django_db
@pytest.mark.parametrize("blind", [False, True])
def test_teams_and_judges_have_their_own_pitches_in_the_calendar(blind):
    call = locked_scene(ESSAY, groups=3, rounds=[{"key": "call", "blind": blind}])
    cast = people(call)
    for group in call.groups[:2]:
        sheet_for(call, cast.judith.person, group)
    start = (now() + timedelta(days=2)).replace(hour=9, minute=0, second=0, microsecond=0)
    schedule_pitches(round_=call.round, asked=Asked(Times(start, 5, 1), {"jury": ("Aula",)}), by=None)
    path = f"/cycles/{call.cycle.key}/calendar.ics"

    def pitches(someone):
        return [one for uid, one in dates(someone.client, path).items() if uid.startswith("pitch-")]

    (ours,) = pitches(cast.ada)
    assert (ours["SUMMARY"], ours["LOCATION"], ours["TRANSP"]) == (f"We pitch · {call.cycle.name}", "Aula", "OPAQUE")
    assert (ours["DTSTART"], ours["DTEND"]) == (f"{start:%Y%m%dT%H%M%SZ}", f"{start + timedelta(minutes=5):%Y%m%dT%H%M%SZ}")
    heard = pitches(cast.judith)
    assert len(heard) == 2
    named = [group.name in one["SUMMARY"] for group in call.groups for one in heard]
    assert any(named) is not blind
    assert (pitches(cast.org), pitches(cast.eve)) == ([], [])
    before = int(ours["SEQUENCE"])
    move_pitch(pitch=Pitch.objects.order_by("starts_at").last(), room="Foyer", starts_at=start + timedelta(hours=2), by=None)
    moved = pitches(cast.ada)[0]
    assert int(moved["SEQUENCE"]) > before
    uids = [{uid for uid in dates(one.client, path) if uid.startswith("pitch-")} for one in (cast.ada, cast.judith)]
    later = start + timedelta(days=1)
    schedule_pitches(round_=call.round, asked=Asked(Times(later, 5, 1), {"jury": ("Library",)}, order="chance"), by=None)
    anew = pitches(cast.ada)[0]
    assert [{uid for uid in dates(one.client, path) if uid.startswith("pitch-")} for one in (cast.ada, cast.judith)] == uids
    assert (anew["LOCATION"], anew["DTSTART"][:8]) == ("Library", f"{later:%Y%m%d}")
    assert int(anew["SEQUENCE"]) > int(moved["SEQUENCE"])


@pytest.mark.django_db
@pytest.mark.parametrize("size", [3, 30])
def test_the_calendar_takes_as_many_statements_for_three_pitches_as_for_thirty(size):
    call = locked_scene(ESSAY, groups=size)
    cast = people(call)
    for group in call.groups:
        sheet_for(call, cast.judith.person, group)
    schedule_pitches(round_=call.round, asked=Asked(Times(now() + timedelta(days=2), 5, 1), {"jury": ("Aula",)}), by=None)
    assert statements(cast.judith.client, f"/cycles/{call.cycle.key}/calendar.ics") == 6
