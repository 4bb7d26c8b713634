"""Who reads what where others than a jury decide: an audience votes, teams judge teams, judges compare in pairs and walk through a hall.

Beside tests/habits/test_who_reads_what.py, whose scene has none of these: every route named here × every role, while the vote is open and once
results are published. Each answer is searched for what is secret; who may read it stands in `READS`, who gets in at all in `DOORS`.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from games.cycles.queries import not_yet_committed
from games.judging.models import Panelist, Sheet
from tests.habits.judged import Mode, Scene
from tests.habits.test_who_reads_what import UNREACHED, knock, stands
from tests.habits.voted import NAMES, voted

pytestmark = [pytest.mark.django_db, pytest.mark.any_database]

OPEN: Final = Mode(blind=True, others="never", named=False, published=False)
OUT: Final = Mode(blind=True, others="never", named=False, published=True)
EVERYBODY: Final = frozenset({*NAMES, "visitor"})
TEAM: Final = frozenset({"ada", "org"})
ORGANIZERS: Final = frozenset({"org"})

# Who gets an answer while the vote is open. What everybody may look at is searched for secrets as well.
DOORS: Final[dict[str, frozenset[str]]] = {
    "audience-voting": EVERYBODY,
    "audience-peers": ORGANIZERS,
    "vote": EVERYBODY,
    "vote-hall": EVERYBODY,
    "embed-board": EVERYBODY,
    "embed-rows": EVERYBODY,
    "cycle-logo": EVERYBODY,
    "series": EVERYBODY,
    "pairs": frozenset({"judith"}),
    "hall-round": frozenset({"ada", "ben", "cora", "judith"}),  # peers walk too
    "desk-pairs": ORGANIZERS,
    "desk-votes": ORGANIZERS,
    "desk-plan": ORGANIZERS,
    "desk-plan-progress": ORGANIZERS,
    "sheet-detail": frozenset({"cora", "org"}),
    "sheet": frozenset({"cora"}),
    "desk-sheet": ORGANIZERS,
}
LISTS: Final = ("ballots", "stands", "pitches", "sheets", "panelists", "scores", "plans")
"""Over the API, what each may see of it: everybody gets an answer, most an empty one."""

# Who reads it while the vote is open, and once all is published: where it is not told, nobody else does then either.
READS: Final[dict[str, tuple[frozenset[str], frozenset[str]]]] = {
    "hidden answer": (TEAM, EVERYBODY),
    "note of the team": (TEAM, EVERYBODY),
    "peer's mark": (frozenset({"cora", "org"}), EVERYBODY),
    "peer's comment": (frozenset({"cora", "org"}), EVERYBODY),
    "peer's remark": (frozenset({"cora", "org"}), EVERYBODY),
    "peer's own note": (frozenset({"cora"}), frozenset({"cora"})),
    "peer's name": (frozenset({"cora", "org"}), frozenset({"cora", "org"})),
    "voter's name": (frozenset({"vera", "org"}), frozenset({"vera", "org"})),
    "judge's name": (frozenset({"judith", "org"}), frozenset({"judith", "org"})),
    "flag of a ballot": (ORGANIZERS, ORGANIZERS),
    "why a vote was refused": (frozenset({"eve", "org"}), frozenset({"eve", "org"})),
    "plan": (ORGANIZERS, ORGANIZERS),
    "table": (TEAM, TEAM),
    "room of a pitch": (frozenset({"ada", "judith", "org"}), frozenset({"ada", "judith", "org"})),
}


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    found = voted(request.param)
    yield found
    not_yet_committed(found.rows["cycle"].pk, 1)


def addresses(scene: Scene) -> dict[str, str]:
    """Route → its address in the scene; lists of the API under their own names."""
    task, duel, plan = (scene.rows[name].pk for name in ("task", "duel", "plan"))
    seat, sheet = Panelist.objects.get(challenge=duel).pk, Sheet.objects.get(panel="teams").pk
    vote, desk = "/cycles/fair/rounds/expo/stand/vote/", "/cycles/fair/desk/judging"
    return {
        "audience-voting": f"/api/v1/challenges/{task}/voting?panel=crowd",
        "audience-peers": f"/api/v1/challenges/{task}/peers?panel=teams",
        "vote": vote,
        "vote-hall": f"{vote}hall/",
        "embed-board": "/embed/cycles/fair/boards/result/",
        "embed-rows": "/embed/cycles/fair/boards/result/rows/",
        "cycle-logo": "/cycles/fair/logo/",
        "series": "/series/spring/",
        "pairs": f"/desk/pairs/{seat}/",
        "hall-round": f"/desk/hall/{scene.rows['round'].pk}/",
        "desk-pairs": f"{desk}/pairs/{duel}/",
        "desk-votes": f"{desk}/votes/",
        "desk-plan": f"{desk}/plans/{plan}/",
        "desk-plan-progress": f"{desk}/plans/{plan}/progress/",
        "sheet-detail": f"/api/v1/sheets/{sheet}",
        "sheet": f"/desk/sheets/{sheet}/",
        "desk-sheet": f"{desk}/sheets/{sheet}/",
    } | {name: f"/api/v1/{name}" for name in LISTS}


def walked(scene: Scene) -> tuple[dict[str, set[str]], dict[str, set[str]], dict[str, str]]:
    """Route → who got in; secret → who read it; and where somebody read what they may not, or a fault of ours."""
    inside: dict[str, set[str]] = {}
    read: dict[str, set[str]] = {}
    wrong: dict[str, str] = {}
    ways = addresses(scene)
    for role, someone in sorted(scene.roles.items()):
        client = someone.client
        client.raise_request_exception = False
        for route, url in ways.items():
            answer = knock(client, url)
            if answer.status >= 500:
                wrong[f"{role} {route}"] = str(answer.status)
            if answer.status != 200:
                continue
            inside.setdefault(route, set()).add(role)
            own = scene.who[role].user.name if role in scene.who else ""
            for secret, needle in scene.needles.items():
                if needle != own and stands(needle, answer.text):
                    read.setdefault(secret, set()).add(role)
                    if role not in READS[secret][scene.mode.published]:
                        wrong[f"{role} reads {secret}"] = url
    return inside, read, wrong


@pytest.mark.parametrize("scene", [OPEN, OUT], ids=["open", "published"], indirect=True)
def test_voters_peers_and_who_compares_read_what_is_theirs_and_nothing_else(scene: Scene) -> None:
    inside, read, wrong = walked(scene)
    assert wrong == {}
    if not scene.mode.published:
        assert {route: inside.get(route, set()) for route in DOORS} == {route: set(roles) for route, roles in DOORS.items()}
        told: Callable[[str], frozenset[str]] = lambda secret: READS[secret][0]  # noqa: E731 one word
        missing = {(secret, "org") for secret in READS if "org" in told(secret) and "org" not in read.get(secret, set())}
        assert missing == set(), "each secret stands where it can be read"


@pytest.mark.parametrize("scene", [OPEN], ids=["open"], indirect=True)
def test_who_voted_for_whom_and_who_judges_whom_is_told_to_nobody_beside_an_entry(scene: Scene) -> None:
    """The page of the vote is the same for everybody but for their own choice: no count, no voter, no name of a blind entry."""
    page = addresses(scene)["vote"]
    for role in ("ada", "ben", "cora", "vera", "val", "judith", "eve", "visitor"):
        text = scene.roles[role].client.get(page).content.decode()
        shown = re.sub(r"(?s)<header.*?</header>|<nav.*?</nav>", "", text)
        assert "Scarlet Ibises" not in shown.replace("Scarlet Ibises</a>", ""), role
        assert not re.search(r"\b\d+ votes? so far", shown), role


def test_what_the_other_table_does_not_reach_is_walked_here() -> None:
    there = {route for route, why in UNREACHED.items() if "test_who_reads_votes" in why}
    assert there <= set(DOORS)
