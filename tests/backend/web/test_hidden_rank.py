"""A team that keeps its name to itself: route by route, nobody outside learns which row is theirs; the digests still prove what was shown."""

from pathlib import Path
from typing import Any

import pytest

from games.bundles.actions import import_path
from games.bundles.actions.exporting import bundle_for, export_files
from games.bundles.audience import Audience
from games.bundles.verify import verify
from games.cycles.actions import record_decision
from games.cycles.models import Cycle, Decision
from games.cycles.rules import DecisionKind
from games.groups.actions import set_rank_hidden
from games.groups.models import Group
from games.groups.queries import public_key
from games.groups.rules import UNNAMED
from games.journal.queries import db_now
from games.recognition.models import Points, PointsTotal
from games.rounds.models import Round
from leaderboards.models import Board, Snapshot, Standing
from leaderboards.queries import broken_snapshots
from tests.cast import Cast
from tests.factories.cycles import SeriesFactory
from tests.factories.groups import MembershipFactory
from tests.factories.results import Played, judge_final, water
from worker.steps import settle_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def story(cast: Cast) -> Played:
    """Aqua, the winner, hid before anything was published; ada is its captain, org organizes."""
    played = water()
    aqua = Group.objects.get(cycle=played.cycle, key="aqua")
    MembershipFactory(group=aqua, cycle=played.cycle, person=cast.ada.person, role="captain", capabilities=["captain", "submit"])
    MembershipFactory(group=None, cycle=played.cycle, person=cast.org.person, role="organizer", capabilities=["organize"])
    set_rank_hidden(aqua, hidden=True, by=cast.ada.user)
    Cycle.objects.filter(pk=played.cycle.pk).update(embeddable=True, series=SeriesFactory(key="waters"))
    settle_now(played.rounds["call"], by=cast.org.user)
    judge_final(played)
    publish(played)
    return played


def publish(played: Played, reason: str = "") -> None:
    settle_now(played.rounds["final"], by=None, reason=reason)
    Round.objects.filter(cycle=played.cycle).update(visibility="full")


def aqua(story: Played) -> Group:
    return Group.objects.get(cycle=story.cycle, key="aqua")


def pages(story: Played) -> list[str]:
    base = f"/cycles/{story.cycle.key}/"
    board = story.board("result").pk
    return [
        "/",
        base,
        f"{base}boards/result/",
        f"{base}boards/result/rows/",
        f"{base}boards/result/snapshots/2/",
        f"{base}boards/result/?q=aqua",
        f"{base}boards/result/history/",
        f"{base}boards/result/lines/",
        f"{base}boards/result/projector/",
        f"{base}ceremony/",
        f"{base}ceremony/opening.json",
        f"/embed{base}boards/result/",
        f"/embed{base}boards/result/rows/",
        "/series/waters/",
        f"/api/v1/boards/{board}/standings",
        f"/api/v1/boards/{board}/find?q=aqua",
        f"/api/v1/boards/{board}/around?group=aqua",
        f"/api/v1/snapshots/{story.board('result').snapshots.latest('number').pk}",
    ]


@pytest.mark.outsider("board-standings", "board-find", "board-around", "snapshot-detail")
def test_no_page_and_no_answer_shows_whose_row_it_is(cast: Cast, story: Played) -> None:
    for outsider in (cast.visitor, cast.eve, cast.ben):
        for path in pages(story):
            response = outsider.client.get(path)
            assert response.status_code in (200, 404), path
            text = response.content.decode()
            assert "80.69" not in text or UNNAMED in text, path
            assert "Aqua" not in text.replace("?q=aqua", ""), path
            assert '"aqua"' not in text.replace('value="aqua"', ""), path


@pytest.mark.parametrize("path", ["boards/result/", "boards/result/snapshots/2/"])
def test_its_own_members_find_their_row_marked(cast: Cast, story: Played, path: str) -> None:
    text = cast.ada.client.get(f"/cycles/{story.cycle.key}/{path}").content.decode()
    row = next(one for one in text.split("<tr") if UNNAMED in one)
    assert "is-mine" in row
    assert "<a " not in row
    assert "is-mine" not in cast.eve.client.get(f"/cycles/{story.cycle.key}/{path}").content.decode()


def test_organizers_see_every_name(cast: Cast, story: Played) -> None:
    text = cast.org.client.get(f"/cycles/{story.cycle.key}/boards/result/?side=restricted").content.decode()
    assert "Aqua" in text


def listed(api: Any, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(path).json()["results"]
    return found


@pytest.mark.outsider("score-list", "sheet-list", "grant-list", "points-list", "pointstotal-list", "attempt-list")
def test_scores_sheets_awards_and_points_that_would_tell_it_are_kept_back(cast: Cast, story: Played) -> None:
    group = aqua(story)
    values = {"cycle": story.cycle, "group": group, "amount": 5}
    Points.objects.create(**values, seal=1, rule="r", design_number=1, at=db_now())
    PointsTotal.objects.create(**values)
    for path in ("scores", "sheets", "grants", "points", "point-totals"):
        outside = cast.eve.api.get(f"/api/v1/{path}?cycle={story.cycle.pk}")
        assert outside.status_code == 200
        assert "aqua" not in outside.content.decode().lower(), path
        assert all(row["group"] != group.pk for row in outside.json()["results"]), path
    assert any(row["group_key"] == "aqua" for row in listed(cast.ada.api, f"/api/v1/point-totals?cycle={story.cycle.pk}"))
    assert cast.eve.api.get(f"/api/v1/points/badges?cycle={story.cycle.pk}").json() == {"badges": []}


@pytest.mark.outsider("decision-list")
def test_a_published_decision_about_it_is_read_by_itself_and_by_organizers(cast: Cast, story: Played) -> None:
    now = db_now()
    row = record_decision(
        story.cycle, DecisionKind.DISQUALIFY, by=cast.org.user, round="final", group="aqua", reason="Late papers."
    )
    Decision.objects.filter(pk=row.pk).update(published_at=now)
    page, api = f"/cycles/{story.cycle.key}/decisions/", f"/api/v1/decisions?cycle={story.cycle.pk}&group=aqua"
    for outsider in (cast.visitor, cast.eve, cast.ben):
        assert "Late papers" not in outsider.client.get(page).content.decode()
        assert listed(outsider.api, api) == []
    for insider in (cast.ada, cast.org):
        assert "Late papers" in insider.client.get(page).content.decode()
        assert len(listed(insider.api, api)) == 1


def test_the_live_message_names_nobody(story: Played) -> None:
    from leaderboards.live import message

    board = Board.objects.get(scope=story.cycle.pk, key="result")
    said = message(board, "public", since=0, version=board.version)
    assert UNNAMED in said
    assert '"aqua"' not in said
    assert '"aqua"' in message(board, "restricted", since=0, version=board.restricted_version)


def test_the_digest_proves_what_was_shown(story: Played) -> None:
    for board in Board.objects.filter(scope=story.cycle.pk):
        assert broken_snapshots(board) == []
    for audience in (Audience.ORGANIZERS, Audience.PUBLIC):
        assert verify(bundle_for(story.cycle, audience)).differences == (), audience


def test_the_public_bundle_holds_the_work_under_the_key_that_stands_for_it(story: Played) -> None:
    files = export_files(story.cycle, audience=Audience.PUBLIC)
    whole = b"".join(files.values()).decode()
    assert public_key(aqua(story)) in whole
    assert "aqua" not in whole.lower()


def test_out_and_in_again_the_group_is_hidden_as_before(story: Played, tmp_path: Path) -> None:
    files = export_files(story.cycle)
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    [again] = import_path(tmp_path, key="again")
    assert Group.objects.get(cycle=again, key="aqua").rank_hidden
    last = [
        {board.key: board.snapshots.latest("number").rows for board in Board.objects.filter(scope=one.pk)}
        for one in (story.cycle, again)
    ]
    assert last[0] == last[1]
    assert any(row["name"] == UNNAMED for row in last[1]["result"])


def test_what_was_published_before_stays_and_the_next_publication_withholds(cast: Cast, story: Played) -> None:
    brook = Group.objects.get(cycle=story.cycle, key="brook")
    board = story.board("result")
    set_rank_hidden(brook, hidden=True, by=cast.org.user)
    assert "brook" in {row["entry"] for row in Snapshot.objects.filter(board=board).latest("number").rows}
    assert verify(bundle_for(story.cycle, Audience.PUBLIC)).differences == ()
    publish(story, "Names")
    rows = Snapshot.objects.filter(board=board).latest("number").rows
    assert "brook" not in {row["entry"] for row in rows}
    assert [row["name"] for row in rows].count(UNNAMED) == 2
    assert not Standing.objects.filter(board=board, audience="public", entry="brook").exists()


def test_showing_the_name_again_names_it_from_the_next_publication_on(cast: Cast, story: Played) -> None:
    before = public_key(aqua(story))
    set_rank_hidden(aqua(story), hidden=False, by=cast.ada.user)
    publish(story, "Names")
    assert "aqua" in {row["entry"] for row in Snapshot.objects.filter(board=story.board("result")).latest("number").rows}
    set_rank_hidden(aqua(story), hidden=True, by=cast.ada.user)
    assert public_key(aqua(story)) != before
