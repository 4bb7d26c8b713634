"""The places of a board: cells of a contest, around us, over time, the hall; what stays hidden; how many statements and bytes they take."""

import gzip
import re
from datetime import timedelta
from functools import cache
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from backend.web.geometry.qr import qr_code
from backend.web.pages.boards import history
from games.bundles.actions import import_path
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.actions import set_rank_hidden
from games.groups.models import Group
from games.judging.models import Mark
from games.playbooks.schema import parse_design
from games.progression.actions import apply_design
from games.results.actions import publish_boards, recompute_now
from games.rounds.models import Round
from games.submissions.models import Attempt
from leaderboards.models import Board
from tests.cast import Cast
from tests.factories.cycles import CycleFactory
from tests.factories.groups import MembershipFactory
from tests.factories.results import judge_final, water
from tests.games.bundles.test_examples import EXAMPLES

pytestmark = pytest.mark.django_db
MINUTE = 60_000
MOST_STATEMENTS, MOST_BYTES = 12, 120 * 1024
INLINE = re.compile(r'<style|\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)')
CONTEST = {
    "format": 1,
    "cycle": {"key": "contest", "name": "Contest"},
    "rounds": [{"key": "night", "name": "The night", "visibility": "full"}],
    "challenges": [
        {"keys": ["A", "B", "C"], "format": "attempts"},
    ],
    "boards": [
        {
            "key": "standings",
            "name": "Standings",
            "order": ["solved high", "penalty low"],
            "freeze": "1:00:00",
            "ranked": "enrolled",
        }
    ],
}
TRIES = [
    ("A", 1, 10, "AC"),
    ("A", 2, 20, "WA"),
    ("A", 2, 25, "AC"),
    ("B", 2, 30, "AC"),
    ("B", 1, 40, "WA"),
    ("B", 1, 70, "AC"),
    ("C", 3, 65, "WA"),
]


def contest(groups: int = 3, *, minutes: int = 90) -> Cycle:
    """A contest `minutes` old whose board froze after one hour; three groups tried, the others only came."""
    cycle = CycleFactory.create(key=f"contest-{groups}-{minutes}", state="running")
    apply_design(cycle, parse_design(CONTEST), by=None)
    begun = now() - timedelta(minutes=minutes)
    Round.objects.filter(cycle=cycle).update(opens_at=begun, closes_at=begun + timedelta(hours=2))
    tasks = {one.key: one for one in Challenge.objects.filter(round__cycle=cycle)}
    made = Group.objects.bulk_create(
        Group(cycle=cycle, key=f"g{number:03}", name=f"Group {number:03}") for number in range(1, groups + 1)
    )
    for number, (task, group, minute, verdict) in enumerate(TRIES, 1):
        Attempt.objects.create(
            challenge=tasks[task], group=made[group - 1], number=number, elapsed_ms=minute * MINUTE, verdict=verdict
        )
    recompute_now(cycle)
    return cycle


def base(cycle: Cycle) -> str:
    return f"/cycles/{cycle.key}/boards/{Board.objects.filter(scope=cycle.pk).earliest('number').key}/"


def page(client: Client, path: str, status: int = 200) -> str:
    response = client.get(path)
    assert response.status_code == status, path
    text = response.content.decode()
    assert not INLINE.search(text), path
    ids = re.findall(r'\sid="([^"]+)"', text)
    assert len(ids) == len(set(ids)), path
    pointed = {
        one for value in re.findall(r'aria-labelledby="([^"]+)"|\sfor="([^"]+)"', text) for part in value for one in part.split()
    }
    assert pointed <= set(ids), path
    return text


def row_of(text: str, group: str) -> str:
    return next(one for one in text.split("<tr") if f'id="g-{group}"' in one)


def cells(client: Client, cycle: Cycle, group: str) -> list[str]:
    rows = client.get(f"{base(cycle)}rows/").json()["rows"]
    return [f"{one['text']} {one['words']}".strip() for one in next(row for row in rows if row["group"] == group)["cells"]]


# --- A contest ------------------------------------------------------------------------------------------------------------------------


def test_cells_tell_minute_tries_first_solve_and_what_waits_and_nothing_from_behind_the_freeze(client: Client) -> None:
    cycle = contest()
    assert cells(client, cycle, "g001") == ["10 solved in minute 10, first of all", "?1 1 try waits, 1 rejected try", ""]
    assert cells(client, cycle, "g002") == ["25 solved in minute 25, 1 rejected try", "30 solved in minute 30, first of all", ""]
    assert cells(client, cycle, "g003") == ["", "", "?1 1 try waits"]
    text = page(client, base(cycle))
    assert "The board is frozen" in text
    assert "2 tries of the teams on this page wait" in text
    assert "solved in minute 70" not in text


def test_organizers_see_the_cells_behind_the_freeze_and_everybody_does_once_it_is_published(client: Client, cast: Cast) -> None:
    cycle = contest()
    MembershipFactory(group=None, cycle=cycle, person=cast.org.person, role="organizer", capabilities=["organize"])
    assert cells(cast.org.client, cycle, "g001")[1] == "70 solved in minute 70, 1 rejected try"
    Round.objects.filter(cycle=cycle).update(published_at=now(), closed_at=now())
    recompute_now(cycle)
    publish_boards(cycle, "night", now=now())
    assert cells(client, cycle, "g001")[1] == "70 solved in minute 70, 1 rejected try"
    assert "The board is frozen" not in page(client, base(cycle))


def test_before_a_contest_opens_no_task_is_named(client: Client) -> None:
    cycle = contest()
    Attempt.objects.all().delete()
    Round.objects.filter(cycle=cycle).update(opens_at=now() + timedelta(hours=1), closes_at=now() + timedelta(hours=3))
    recompute_now(cycle)
    text = page(client, base(cycle))
    assert "task-head" not in text
    assert "This board freezes 1:00:00 after the opening" in text


def test_scores_over_time_end_at_the_freeze_and_have_words_and_a_table(client: Client) -> None:
    cycle = contest()
    text = page(client, f"{base(cycle)}history/?group=g001")
    assert "Score over time of 3 teams" in text
    data = client.get(f"{base(cycle)}lines/").json()
    assert data["x"] == [0, 10, 25, 30]
    assert data["series"][0] == {"key": "g002", "name": "Group 002", "tone": "top", "y": [0, 0, 1, 2]}
    again = client.get(f"{base(cycle)}lines/", headers={"If-None-Match": client.get(f"{base(cycle)}lines/").headers["ETag"]})
    assert again.status_code == 304


def test_of_many_teams_one_is_brought_out_by_a_part_of_its_name(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    cycle = contest()
    assert "<option" in page(client, f"{base(cycle)}history/").partition("<main")[2]
    monkeypatch.setattr(history, "LISTED", 2)
    for asked, line, value in (
        ("q=oup+001", "group=g001", "Group 001"),
        ("q=002&group=g001", "group=g001", "Group 001"),
        ("q=xyz", "", "xyz"),
    ):
        text = page(client, f"{base(cycle)}history/?{asked}").partition("<main")[2]
        assert "<option" not in text
        assert f'value="{value}"' in text
        assert (f"lines/?{line}" in text) == bool(line)
        assert ("Nobody here is called “xyz”." in text) == (not line)


def test_cells_of_published_rounds_follow_what_the_round_shows(client: Client) -> None:
    cycle = contest()
    Round.objects.filter(cycle=cycle).update(published_at=now(), closed_at=now(), visibility="sealed")
    recompute_now(cycle)
    publish_boards(cycle, "night", now=now())
    Cycle.objects.filter(pk=cycle.pk).update(state="closed")
    assert "cells" not in client.get(f"{base(cycle)}rows/").json()["rows"][0]
    assert client.get(f"{base(cycle)}lines/").status_code == 404


def test_a_group_that_keeps_its_name_to_itself_has_its_cells_and_its_own_row(client: Client, cast: Cast) -> None:
    cycle = contest()
    group = Group.objects.get(cycle=cycle, key="g002")
    MembershipFactory(group=group, cycle=cycle, person=cast.ada.person, role="captain", capabilities=["captain", "submit"])
    set_rank_hidden(group, hidden=True, by=cast.ada.user)
    recompute_now(cycle)
    rows = client.get(f"{base(cycle)}rows/").json()["rows"]
    assert rows[0]["group"].startswith("unnamed-")
    assert rows[0]["cells"][1]["words"] == "solved in minute 30, first of all"
    assert "Group 002" not in page(client, base(cycle))
    assert f'data-own="{rows[0]["group"]}"' in page(cast.ada.client, base(cycle))


# --- Finding one's place --------------------------------------------------------------------------------------------------------------


def member(cast: Cast, cycle: Cycle, key: str = "g002") -> Client:
    group = Group.objects.get(cycle=cycle, key=key)
    MembershipFactory(group=group, cycle=cycle, person=cast.ada.person, role="member", capabilities=["submit"])
    return cast.ada.client


def test_ones_own_row_is_at_hand_on_every_page(cast: Cast) -> None:
    cycle = contest(120)
    ada = member(cast, cycle)
    text = page(ada, f"{base(cycle)}?page=3")
    assert 'data-own="g002"' in text
    assert 'id="g-g002"' not in text
    assert "is-mine" in row_of(page(ada, f"{base(cycle)}?group=g002"), "g002")


def test_around_us_says_how_far_it_is_to_the_next_place(cast: Cast, client: Client) -> None:
    cycle = contest(30)
    text = page(member(cast, cycle, "g001"), f"{base(cycle)}?view=around")
    assert "Group 001: place 2. 1 solved to place 1, Group 002. 1 solved ahead of place 3" in text
    assert text.count('<tr role="row" id="g-') == 7
    assert "Around this place" in page(client, f"{base(cycle)}?view=around&group=g020")
    assert "Whole field" in page(client, f"{base(cycle)}?view=around&group=nobody")


def test_a_column_sorts_the_board_and_its_rows_by_address(client: Client) -> None:
    cycle = contest()
    order = [row["group"] for row in client.get(f"{base(cycle)}rows/?sort=name").json()["rows"]]
    assert order == ["g001", "g002", "g003"]
    assert 'aria-sort="ascending"' in page(client, f"{base(cycle)}?sort=name")
    assert client.get(f"{base(cycle)}rows/?sort=penalty").json()["rows"][0]["group"] == "g003"


# --- Over time ------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def published(db: None) -> Cycle:
    """A judged competition whose result was published and then corrected: two versions."""
    story = water()
    judge_final(story)
    Round.objects.filter(cycle=story.cycle).update(published_at=now(), visibility="full")
    recompute_now(story.cycle)
    for key in story.rounds:
        publish_boards(story.cycle, key, now=now())
    Mark.objects.filter(sheet__group__key="brook", sheet__panel="jury", sheet__challenge__key="prototype").update(value=50_000)
    recompute_now(story.cycle)
    publish_boards(story.cycle, "final", now=now(), reason="A sheet was read wrongly.")
    return story.cycle


def test_movement_is_told_since_the_version_before_in_signs_and_words(client: Client, published: Cycle) -> None:
    text = page(client, f"/cycles/{published.key}/boards/result/")
    assert "Movement: places won or lost since version 1" in text
    assert re.search(r'visually-hidden">up </span>1', row_of(text, "brook"))
    assert re.search(r'visually-hidden">down </span>1', row_of(text, "aqua"))


def test_every_version_is_on_the_track_with_reason_and_digest(client: Client, published: Cycle) -> None:
    text = page(client, f"/cycles/{published.key}/boards/result/history/")
    board = Board.objects.get(scope=published.pk, key="result")
    digests = list(board.snapshots.filter(audience="public").values_list("digest", flat=True))
    assert len(digests) == 2
    assert all(one in text for one in digests)
    assert "A sheet was read wrongly." in text
    assert 'aria-current="page"' in page(client, f"/cycles/{published.key}/boards/result/snapshots/1/")


def test_places_after_each_publication_are_lines_with_words_and_a_table(client: Client, published: Cycle) -> None:
    text = page(client, f"/cycles/{published.key}/boards/result/history/?group=delta")
    assert "Places after each publication, in 2 steps. Aqua: 1, 2." in text.replace("Brook: 2, 1. ", "")
    assert 'class="bump-line tone-mine"' in text
    assert "Place in each round" in text
    assert text.count("The same as a table") == 2


# --- For a hall -----------------------------------------------------------------------------------------------------------------------


def test_the_hall_sees_the_public_side_whoever_is_signed_in(cast: Cast, client: Client) -> None:
    cycle = contest()
    MembershipFactory(group=None, cycle=cycle, person=cast.org.person, role="organizer", capabilities=["organize"])
    for someone in (cast.org.client, client):
        text = page(someone, f"{base(cycle)}projector/")
        assert "solved in minute 70" not in text
        assert "Frozen since" in text
        assert 'data-socket="/ws/boards/' in text
        assert "data-countdown" in text
        assert qr_code(f"http://testserver{base(cycle)}").path in text
    assert 'data-theme="light"' in page(client, f"{base(cycle)}projector/?light=1")


def test_a_hall_without_results_waits(client: Client) -> None:
    story = water()
    assert "The board appears here by itself" in page(client, f"/cycles/{story.cycle.key}/boards/result/projector/")


# --- Doors, statements, weight --------------------------------------------------------------------------------------------------------

PARTS = ("", "rows/", "history/", "lines/", "projector/", "?view=around&group=g002", "?sort=name", "?q=group", "snapshots/1/")


@pytest.mark.parametrize("part", PARTS)
def test_a_hidden_cycle_and_a_board_for_others_are_absent(client: Client, cast: Cast, part: str) -> None:
    cycle = contest()
    address = f"{base(cycle)}{part}"
    Board.objects.filter(scope=cycle.pk).update(audience="organizers")
    assert {one.get(address).status_code for one in (client, cast.eve.client)} == {404}
    Board.objects.filter(scope=cycle.pk).update(audience="public")
    Cycle.objects.filter(pk=cycle.pk).update(public=False)
    assert {one.get(address).status_code for one in (client, cast.eve.client)} == {404}


def test_each_division_has_its_tab_and_its_places(client: Client) -> None:
    [cycle] = import_path(EXAMPLES / "skating-worlds-2017")
    for division, first, not_here in (("ladies", "MEDVEDEVA", "HANYU"), ("men", "HANYU", "MEDVEDEVA")):
        shown = client.get(f"/cycles/{cycle.key}/boards/result/?bracket={division}").content.decode()
        rows = shown[shown.index("<tbody") :]
        assert rows.index(first) == min(rows.index(name) for name in (first, "</tr>"))
        assert not_here not in rows
        assert [one for one in ("men", "ladies", "pairs", "dance") if f"?bracket={one}" not in shown] == []


def sent_for(client: Client, path: str) -> list[str]:
    """The statements of a page, by how they begin."""
    client.get(path)  # the rules are kept by the process
    with CaptureQueriesContext(connection) as sent:
        assert client.get(path).status_code == 200
    return [one["sql"][:80] for one in sent if 'FROM "games_design"' not in one["sql"]]


def statements(client: Client, path: str) -> int:
    return len(sent_for(client, path))


@pytest.mark.parametrize(
    "part", ["", "?page=1&group=g002", "?view=around", "?sort=penalty", "rows/", "history/", "lines/", "projector/"]
)
def test_pages_take_as_many_statements_for_three_hundred_groups_as_for_three(cast: Cast, part: str) -> None:
    few, many = contest(3), contest(300)
    for cycle in (few, many):
        member(cast, cycle)
        publish_boards(cycle, "night", now=now(), reason="To compare with.")
    found = [sent_for(cast.ada.client, f"{base(cycle)}{part}") for cycle in (few, many)]
    assert len(found[0]) == len(found[1]) <= MOST_STATEMENTS, found


@pytest.mark.parametrize("part", ["result/", "result/snapshots/1/", "result/history/"])
def test_published_boards_take_few_statements(cast: Cast, published: Cycle, part: str) -> None:
    member(cast, published, "brook")
    assert statements(cast.ada.client, f"/cycles/{published.key}/boards/{part}") <= MOST_STATEMENTS


def weight(client: Client, path: str) -> dict[str, int]:
    """Bytes that a first visit to this page brings."""
    return weight_of(path, client.get(path).content)


@cache
def file_weight(name: str) -> tuple[int, tuple[str, ...]]:
    """Bytes of a file of ours, compressed, and what it brings along: through style sheets and modules."""
    content = Path(finders.find(name) or "").read_bytes()
    size = len(content) if name.endswith(".woff2") else len(gzip.compress(content))
    inner = re.findall(r'url\("([^"]+)"\)', content.decode()) if name.endswith(".css") else []
    inner += re.findall(r'from "(\./[^"]+)"', content.decode()) if name.endswith(".js") else []
    return size, tuple(str((Path("/") / Path(name).parent / one).resolve()).lstrip("/") for one in inner)


def weight_of(path: str, content: bytes) -> dict[str, int]:
    """The same of what came: the page, compressed, and every file of ours that it names, also through style sheets and modules."""
    found, wanted = {path: len(gzip.compress(content))}, re.findall(r'(?:src|href)="/static/([^"#]+)"', content.decode())
    while wanted:
        name = wanted.pop()
        if name in found or name.endswith("-ext.woff2"):  # asked for only where a letter of it stands on the page
            continue
        found[name], inner = file_weight(name)
        wanted += inner
    return found


@pytest.mark.parametrize("part", ["", "history/", "projector/"])
def test_a_first_visit_to_a_full_page_of_a_contest_stays_below_120_kb(client: Client, part: str) -> None:
    found = weight(client, f"{base(contest(60))}{part}")
    assert any(name.endswith("gabarito-latin.woff2") for name in found)
    assert sum(found.values()) < MOST_BYTES, found
