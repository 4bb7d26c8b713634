"""Ties on boards: who the judging behind a board cannot tell apart, marked beside the place, as published; over the API too."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.bundles.actions import import_path
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.results.actions import pair_analyses, recompute_now, store_pair_analyses
from games.results.models import PanelAnalysis
from games.results.queries.alike import deciding
from games.rounds.models import Round
from leaderboards.engine.spec import expand_boards
from leaderboards.models import Board
from tests.backend.test_language import accented, accents  # noqa: F401 -- a fixture
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.pairs import STAND, expo, seated, turn
from tests.factories.results import Played, judge_final, water
from tests.factories.submissions import Scene, scene
from tests.games.bundles.test_examples import EXAMPLES
from tests.leaderboards.engine.building import sound
from worker.steps import settle_now

pytestmark = pytest.mark.django_db


@pytest.fixture
def played() -> Played:
    found = water()
    judge_final(found)
    settle_now(found.rounds["call"], by=None)
    return found


def tie(played: Played, *keys: str, column: str = "shown") -> None:
    """As if the marks could not tell these apart."""
    row = PanelAnalysis.objects.get(challenge=played.challenges["concept"])
    body = getattr(row, column)
    for one in body["entries"]:
        one["tied_with"] = [key for key in keys if key != one["group"]] if one["group"] in keys else []
    row.save(update_fields=[column])


def page(played: Played, client: Any, query: str = "") -> str:
    text = client.get(f"/cycles/{played.cycle.key}/boards/call/{query}").content.decode()
    return re.sub(r"\s+", " ", text)


def rows(client: Any, address: str) -> dict[str, Any]:
    return {one["group"]: one.get("tied", "absent") for one in client.get(address).json()["rows"]}


def test_rows_that_the_marks_cannot_tell_apart_have_a_mark_in_words_and_lead_to_how_sure_we_are(
    played: Played, client: Any
) -> None:
    tie(played, "aqua", "cloud")
    text = page(played, client)
    marked = re.findall(r'data-group="(\w+)"(?:(?!</td>).)*as good as 1 other', text)
    assert sorted(marked) == ["aqua", "cloud"]
    assert text.count('<span aria-hidden="true">≈</span>') == 2
    sure = f"/cycles/{played.cycle.key}/rounds/call/concept/certainty/"
    assert f'<a href="{sure}">How sure are we?</a>' in text
    assert client.get(sure).status_code == 200
    told = rows(client, f"/cycles/{played.cycle.key}/boards/call/rows/")
    assert {key for key, count in told.items() if count} == {"aqua", "cloud"}


def test_a_board_without_ties_has_no_mark_and_no_line_about_them(played: Played, client: Any) -> None:
    tie(played)
    assert "≈" not in page(played, client)
    assert set(rows(client, f"/api/v1/boards/{played.board('call').pk}/standings").values()) == {"absent"}


def test_the_public_reads_what_was_published_organizers_what_is_now(played: Played, client: Any) -> None:
    org = actor("org")
    MembershipFactory.create(cycle=played.cycle, group=None, person=org.person, role="organizer", capabilities=["organize"])
    tie(played, "aqua", "cloud")
    tie(played, column="body")
    assert "as good as 1 other<" in page(played, client)
    assert "as good as 1 other<" not in page(played, org.client, "?side=restricted")
    assert "as good as 1 other<" in page(played, org.client, "?side=published")
    Round.objects.filter(pk=played.rounds["call"].pk).update(visibility="sealed")
    Board.objects.update(version=99)
    cache.clear()
    assert "as good as 1 other<" not in page(played, client), "how sure we are is not told where scores are not"


def test_the_api_tells_it_in_pages_in_searches_and_around_a_group(played: Played, client: Any) -> None:
    tie(played, "aqua", "cloud")
    base = f"/api/v1/boards/{played.board('call').pk}"
    whole = client.get(f"{base}/standings")
    assert {one["group"]: one["tied"] for one in whole.json()["rows"] if one["tied"]} == {"aqua": 1, "cloud": 1}
    assert rows(client, f"{base}/find?q=aqua") == {"aqua": 1}
    assert rows(client, f"{base}/around?group=aqua&reach=0") == {"aqua": 1}
    again = client.get(f"{base}/standings", headers={"If-None-Match": whole.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    with CaptureQueriesContext(connection) as sent:
        client.get(f"{base}/standings")
    assert [one for one in sent if "panelanalysis" in one["sql"]] == [], "kept ready: nothing is read for it"


def test_a_group_without_its_name_keeps_its_mark_and_an_earlier_state_has_none(played: Played, client: Any) -> None:
    group = played.groups["aqua"]
    group.rank_hidden = True
    group.save(update_fields=["rank_hidden"])
    settle_now(played.rounds["call"], by=None, reason="Without a name.")
    tie(played, "aqua", "cloud")
    text = page(played, client)
    assert re.search(r'data-group="unnamed-\w+"(?:(?!</td>).)*as good as 1 other', text)
    assert "as good as 1 other<" not in page(played, client, "snapshots/1/")


def test_rows_are_sent_again_when_they_are_tied_otherwise(played: Played, client: Any) -> None:
    """Of the same version: the judging is weighed after it."""
    Cycle.objects.filter(pk=played.cycle.pk).update(embeddable=True)
    here = f"/cycles/{played.cycle.key}/boards/call"
    for address in (f"{here}/rows/", f"/embed{here}/rows/", f"/api/v1/boards/{played.board('call').pk}/standings"):
        tie(played, "aqua", "cloud")
        cache.clear()
        tag = client.get(address).headers["ETag"]
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 304
        tie(played, "aqua", "brook")
        cache.clear()
        assert client.get(address, headers={"If-None-Match": tag}).status_code == 200, address


def test_the_tag_of_an_answer_does_not_tell_who_keeps_the_name_to_itself(played: Played, client: Any, settings: Any) -> None:
    """Whoever knows the rows, and guesses which group it is, cannot compute the tag and see."""
    Group.objects.filter(pk__in=[played.groups["aqua"].pk, played.groups["cloud"].pk]).update(
        rank_hidden=True, unnamed="unnamed-x"
    )
    Group.objects.filter(pk=played.groups["cloud"].pk).update(unnamed="unnamed-y")
    settle_now(played.rounds["call"], by=None, reason="Without a name.")
    tie(played, "aqua", "cloud")
    address, tags = f"/api/v1/boards/{played.board('call').pk}/standings", set()
    for secret in ("one", "another"):
        settings.SECRET_KEY = secret
        cache.clear()
        tags.add(client.get(address).headers["ETag"])
    assert len(tags) == 2


def test_a_board_of_pairs_marks_its_ties(client: Any) -> None:
    call: Scene = expo(4)
    judith = seated(call)
    for _ in range(5):
        turn(call, judith, "tie")
    board = Board.objects.create(scope=call.cycle.pk, key="result", number=1, name="Result")
    store_pair_analyses(pair_analyses(call.cycle))
    recompute_now(call.cycle)
    org = actor("org")
    MembershipFactory.create(cycle=call.cycle, group=None, person=org.person, role="organizer", capabilities=["organize"])
    told = rows(org.client, f"/api/v1/boards/{board.pk}/standings?side=restricted")
    assert len(told) == 4
    assert all(count in {1, 2} for count in told.values())
    assert rows(client, f"/api/v1/boards/{board.pk}/standings") == {}


def test_a_board_that_adds_up_rounds_tells_its_ties_when_the_last_of_them_is_published(played: Played, client: Any) -> None:
    address = f"/api/v1/boards/{played.board('result').pk}/standings"
    recompute_now(played.cycle)
    carrier = PanelAnalysis.objects.get(challenge=played.challenges["prototype"], panel="jury")
    assert set(carrier.body["boards"]) == {"result", "favourite"}
    assert carrier.body["boards"]["result"]["why"] == ""
    assert set(rows(client, address).values()) <= {"absent"}, "not published"
    settle_now(played.rounds["final"], by=None)
    ranked = list(rows(client, address))
    carrier.refresh_from_db()
    carrier.shown["boards"]["result"]["tied"] = {ranked[0]: [ranked[1]], ranked[1]: [ranked[0]]}
    carrier.save(update_fields=["shown"])
    cache.clear()
    told = rows(client, address)
    assert {key for key, count in told.items() if count} == set(ranked[:2])
    text = re.sub(r"\s+", " ", client.get(f"/cycles/{played.cycle.key}/boards/result/").content.decode())
    for task in ("rounds/call/concept", "rounds/final/prototype"):
        assert f'/cycles/{played.cycle.key}/{task}/certainty/">How sure are we?' in text
    text = client.get(f"/cycles/{played.cycle.key}/boards/favourite/").content.decode()
    assert "cannot be told on this board: the score is not what orders this board." in text
    Round.objects.filter(pk=played.rounds["call"].pk).update(visibility="sealed")
    cache.clear()
    assert set(rows(client, address).values()) == {"absent"}, "one of its rounds does not show its scores"


def test_a_board_of_several_tasks_in_pairs_says_why_it_cannot_tell() -> None:
    call: Scene = scene(STAND, {**STAND, "key": "talk"}, groups=3)
    Board.objects.create(scope=call.cycle.pk, key="result", number=1, name="Result")
    recompute_now(call.cycle)
    org = actor("org")
    MembershipFactory.create(cycle=call.cycle, group=None, person=org.person, role="organizer", capabilities=["organize"])
    text = org.client.get(f"/cycles/{call.cycle.key}/boards/result/?side=restricted").content.decode()
    assert "cannot be told on this board: comparisons in pairs are added to other results." in text


def test_why_it_cannot_tell_is_said_to_each_in_their_language(accents: None) -> None:  # noqa: F811
    call: Scene = scene(STAND, {**STAND, "key": "talk"}, groups=3)
    Board.objects.create(scope=call.cycle.pk, key="result", number=1, name="Result")
    recompute_now(call.cycle)
    org, words = actor("org"), "comparisons in pairs are added to other results"
    MembershipFactory.create(cycle=call.cycle, group=None, person=org.person, role="organizer", capabilities=["organize"])
    for language, said in (("eo", accented(words)), ("en", words)):
        answer = org.client.get(f"/cycles/{call.cycle.key}/boards/result/", headers={"Accept-Language": language})
        assert said in answer.content.decode()


def test_ties_of_boards_are_kept_while_nothing_changes(played: Played) -> None:
    recompute_now(played.cycle)
    place = {"challenge": played.challenges["prototype"], "panel": "jury"}
    before = PanelAnalysis.objects.get(**place)
    recompute_now(played.cycle)
    assert PanelAnalysis.objects.get(**place).computed_at == before.computed_at
    body = {**before.body, "boards": {"result": {"tied": {}, "why": "", "digest": "of other marks"}}}
    PanelAnalysis.objects.filter(pk=before.pk).update(body=body)
    recompute_now(played.cycle)
    assert PanelAnalysis.objects.get(**place).body == before.body


def test_real_boards_tell_their_ties(client: Any) -> None:
    [cycle] = import_path(EXAMPLES / "chopin-2025")
    design = design_of(cycle)
    found = {one.id: deciding(design, one) for one in expand_boards(design)}
    single = [key for key, tasks in found.items() if tasks]
    assert single, "each stage is one task of one jury"
    board = Board.objects.get(scope=cycle.pk, key=single[0])
    told = rows(client, f"/api/v1/boards/{board.pk}/standings")
    kept = PanelAnalysis.objects.get(challenge__round__cycle=cycle, challenge__round__key=found[single[0]][0][0])
    tied = {one["group"]: len(one["tied_with"]) for one in kept.shown["entries"]}
    assert told == {key: tied[key] for key in told}
    assert any(told.values())
    whole = [one for one in found if not found[one]]
    kept_boards = [body for body in PanelAnalysis.objects.values_list("body__boards", flat=True) if body]
    assert {key for body in kept_boards for key in body} == set(whole)
    assert any(one["tied"] for body in kept_boards for one in body.values())


@pytest.mark.parametrize(
    ("board", "expected"),
    [
        ('{ key = "b", rounds = ["one"] }', ("one", "a")),
        ('{ key = "b", rounds = ["one", "two"] }', None),
        ('{ key = "b", rounds = ["two"] }', None),
        ('{ key = "b", rounds = ["two"], challenges = ["c"] }', ("two", "c")),
        ('{ key = "b", rounds = ["one"], points = "borda" }', None),
        ('{ key = "b", rounds = ["one"], order = ["m"] }', None),
    ],
)
def test_only_a_board_of_one_panel_s_places_can_tell(board: str, expected: tuple[str, str] | None) -> None:
    scoring = sound(
        f"""
        rounds = [{{ key = "one" }}, {{ key = "two" }}]
        boards = [{board}]
        [[challenges]]
        key = "a"
        rounds = ["one"]
        criteria = [{{ key = "m" }}]
        [[challenges]]
        key = "c"
        rounds = ["two"]
        criteria = [{{ key = "m" }}]
        [[challenges]]
        key = "d"
        rounds = ["two"]
        criteria = [{{ key = "m" }}]
        """
    )
    assert deciding(scoring, expand_boards(scoring)[0]) == ((expected,) if expected else ())
