"""Who reads what of a round that is judged: every route (API, page, file, export, feed, socket) × every role × the modes of the round.

The routes are found, not listed: a new one is walked through without anybody thinking of it, and one that nobody reaches fails here until
it is reached or named with a reason. Each answer is searched for what is secret; who may read it is told below, in one place.
"""

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final, NamedTuple

import pytest
from django.db.models import Model
from django.test import Client

from backend.sockets import board_side
from games.challenges.models import Challenge
from games.coaching.models import Booking
from games.cycles.queries import not_yet_committed
from games.groups.models import Membership, RegistrationFile
from games.ideas.models import Idea
from games.judging.models import AssignmentPlan, Calibration, Deliberation, Sheet
from games.learning.models import ChangeTest
from games.notices.models import Message, Notice
from games.recognition.models import WatchFlag
from games.results.models import RecomputeRun
from games.rounds.models import Round
from games.submissions.models import Submission
from games.suggestions.models import Suggestion
from games.talk.models import Ruling, Thread
from leaderboards.models import Board
from tests.habits.judged import Mode, Scene, judged
from tests.habits.test_api_doors import DESCRIPTION, Door, doors
from tests.habits.test_page_doors import Page, pages

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.any_database,
    pytest.mark.timeout(600),
]  # half a minute each where nothing else runs

# --- Who may read what ------------------------------------------------------------------------------------------------------------------

EVERYBODY: Final = frozenset(
    ["ada", "ben", "judith", "jill", "carol", "kim", "joe", "jonas", "org", "sam", "eve", "root", "visitor"]
)
TEAMS: Final = frozenset({"ada", "ben"})
INSIDE: Final = frozenset({"ada", "org"})  # the team itself, and organizers
ON_ENTRY: Final = frozenset(["judith", "jill", "carol", "joe", "jonas"])  # judges with a sheet on it that they did not give back
JURY: Final = frozenset(["judith", "jill", "carol", "kim", "jonas"])
DECIDE: Final = frozenset({"carol", "org"})  # the chair and organizers decide deliberations, so they see what is deliberated


def of_entry(mode: Mode) -> frozenset[str]:
    """An answer that the form shows to judges."""
    return EVERYBODY if mode.published else INSIDE | ON_ENTRY


def beside_entry(mode: Mode) -> frozenset[str]:
    """What would tell a blind judge whose entry it is."""
    return EVERYBODY if mode.published else INSIDE | (frozenset() if mode.blind else ON_ENTRY)


def copy(mode: Mode) -> frozenset[str]:
    """A redacted copy: while it is judged blind for judges, afterwards for nobody outside."""
    if not mode.blind:
        return of_entry(mode)
    return INSIDE if mode.published else INSIDE | ON_ENTRY


def words_of_sheet(mode: Mode) -> frozenset[str]:
    """Words of a final sheet: the judge and organizers; others of the panel by the rule; all once published."""
    if mode.published:
        return EVERYBODY
    seen = {"never": set(), "after_final": {"jill"}, "always": {"jill", "judith", "carol"}}[mode.others]
    return frozenset({"jonas", "org"} | seen)


def marks_of_sheet(mode: Mode) -> frozenset[str]:
    """Its marks: besides whoever decides where the entry is deliberated."""
    return words_of_sheet(mode) | DECIDE


def of_other_panel(mode: Mode) -> frozenset[str]:
    """The same of a sheet of the other panel, which this jury never sees."""
    return EVERYBODY if mode.published else frozenset({"joe", "org"})


def name(mode: Mode) -> frozenset[str]:
    """A judge's name: organizers; where the rules name judges the panel and the teams, once published everybody reads who was the jury."""
    if mode.named and mode.published:
        return EVERYBODY - {"jonas"}
    return frozenset({"org", "root"}) | (JURY - {"jonas"} | {"ada", "ben"} if mode.named else frozenset())


def only(*roles: str) -> Callable[[Mode], frozenset[str]]:
    """The same in every mode."""
    return lambda _mode: frozenset(roles)


READS: Final[dict[str, Callable[[Mode], frozenset[str]]]] = {
    "title": of_entry,
    "hidden answer": beside_entry,
    "copy": copy,
    "note of the team": beside_entry,
    "file name": beside_entry,
    "mark": marks_of_sheet,
    "comment": words_of_sheet,
    "remark": words_of_sheet,
    "earlier mark": only("jonas", "org"),
    "earlier comment": only("jonas", "org"),
    "own note": only("jonas"),
    "mark of another panel": of_other_panel,
    "comment of another panel": of_other_panel,
    "question to organizers": only("jill", "org"),
    "recusal": only("kim", "org"),
    "conflict": only("kim", "org"),
    "judge's name": name,
    "judge's address": only("org", "root"),  # the owner of the instance keeps its accounts and its outbox
    "objection": only("ada", "org"),
    "concern": only("ada", "org"),
    "calibration talk": only(*JURY, "org"),
    "why of a deliberation": only(*(JURY - {"kim"}), "org"),
    "deliberation": only(*(JURY - {"kim"}), "org"),
    "appeal": only("ada", "org"),
    "change set": only("org"),
    "idea of a team alone": only("ada"),
    "idea for organizers": only("ada", "org"),
    "talk on an idea of a team alone": only("ada"),
    "talk on an idea for organizers": only("ada", "org"),
    "steps of an idea for organizers": only("ada", "org"),
    "draft of an idea": only("ada"),
    "barrier": only(*TEAMS, "org"),
    "story of the safe room": only(*TEAMS, "org"),
    "story without a name": only(*TEAMS, "org"),
    "answer that waits for others": only(),
    "what a team takes from a study": only("ada", "org"),
    "suggestion taken back": only("ada", "org"),
    "question to an expert": only("ada", "org"),
    "advice of an expert": only("ada", "org"),
    "note of an expert": only(),
    "planned test": only("ada", "org"),
    "finished test": lambda mode: EVERYBODY if mode.published else INSIDE,
    "announcement for judges": only(*JURY, "joe", "org"),
}
BLIND_JUDGES: Final = ON_ENTRY | {"kim"}
WHOSE: Final = "whose entry it is"
"""Told where the entry and its group stand in one answer, to a judge who must not know."""

# In the first every route is walked, in the others those that tell anything, but for the organizers' desk, which is nobody else's in any.
# Who stands outside learns the same in all of them, as long as nothing is published.
MODES: Final = (
    Mode(blind=True, others="never", named=False, published=False),
    Mode(blind=True, others="always", named=True, published=False),
    Mode(blind=False, others="after_final", named=False, published=False),
    Mode(blind=True, others="after_final", named=False, published=True),
    Mode(blind=False, others="never", named=True, published=True),
)
OUTSIDE: Final = frozenset({"ben", "eve", "sam", "root", "visitor"})
WALK_ALL: Final = frozenset({"org", "ada", "judith", "visitor"})

# --- The routes -------------------------------------------------------------------------------------------------------------------------

ELSEWHERE: Final = {
    "launch/": "drafts of rules: no entries, no marks",
    "instance/": "accounts and mail of the instance, tried in tests/backend/accounts",
    "sign-": "the door",
    "password/": "the door",
    "confirm/": "the door",
    "check-mail/": "the door",
    "invitations/": "the door",
    "notices/stop/": "ends mails",
    "style/": "what a visitor sees, to whoever asks: tried in tests/backend/web/test_pages.py",
}
"""Parts of the site where nothing of a round can stand, by how their addresses begin."""
PAGE_ROWS: Final[dict[str, type[Model]]] = {
    "sheet": Sheet,
    "calibration": Calibration,
    "desk-calibration": Calibration,
    "desk-calibrate": Challenge,
    "desk-sheet": Sheet,
    "desk-third-reader": Sheet,
    "receipt": Submission,
    "compare": Submission,
    "deliberation": Deliberation,
    "desk-place": Membership,
    "desk-panel": Challenge,
    "desk-plan-progress": AssignmentPlan,
    "desk-pairs": Challenge,
    "desk-publish-run": RecomputeRun,
    "follow-notice": Notice,
    "hall-round": Round,
    "registration-file": RegistrationFile,
    "idea": Idea,
    "idea-edit": Idea,
    "idea-together": Idea,
    "lineage": Idea,
    "idea-talk": Idea,
    "thread": Thread,
    "ruling": Ruling,
    "suggestion": Suggestion,
    "desk-suggestion": Suggestion,
    "desk-attention-flag": WatchFlag,
    "desk-adopt": Idea,
    "office-hours-session": Booking,
    "test": ChangeTest,
    "team-test": ChangeTest,
}
"""What kind of row the number in a page's address is. A new page with such a number belongs here; a number that is no id is 1."""
TEXTS: Final[dict[str, tuple[str, ...]]] = {
    "cycle": ("water",),
    "group": ("scarlet-ibises",),
    "round": ("call",),
    "board": ("result",),
    "challenge": ("essay",),
    "key": ("call",),
    "panel": ("jury",),
}
ASKED: Final[dict[str, str]] = {
    "calibration-set-up-candidates": "?challenge={task}&panel=jury",
    "desk-alike": "?what=idea-2",
    "desk-calibrate": "?panel=crowd",
    "desk-matrix": "?panel=jury",
    "planning-readers": "?panel=jury&group=scarlet-ibises",
    "search": "?q=redtitle",
    "receipt-receipt": "?group=scarlet-ibises",
    "compare": "?from=1&to=1",
}
"""What an address needs besides."""
TELLS: Final = frozenset(
    """
    desk-adopt desk-alike
    announcement-detail announcement-list appeal-detail appeal-list barriers bundle-export calibration calibration-differences
    calibration-remarks certainty change-set-detail change-set-list change-test-detail change-test-list concern-list
    conflict-list cycle cycle-desk cycle-people deliberation deliberation-detail deliberation-list deliberation-marks
    deliberation-remarks desk-announcements desk-appeals desk-calibration desk-change-set desk-changes desk-changes-rules
    desk-conflicts desk-doubts desk-flags desk-judging desk-live desk-matrix desk-panel desk-people-csv desk-place
    desk-publish-round desk-sheet desk-third-reader entries entry following group idea idea-detail idea-edit idea-lineage
    idea-list idea-new idea-talk ideas ideas-similar judging-judging-progress lineage membership-detail membership-list
    message-detail message-list my-data panelist-list past-sheets person-detail person-list post-detail post-list queue
    receipt round-desk safe-room score-detail score-list search sheet sheet-detail sheet-list submission-detail submission-list
    booking-detail booking-list desk-suggestion desk-talk idea-draft-detail idea-draft-list idea-together office-hours-session ruling
    safe-room-safe-room session-note-detail session-note-list suggestion suggestion-detail suggestion-list taken-detail taken-list
    team-appeals team-feedback team-judges team-test team-tests test thread thread-detail thread-list upload-content
    user-detail user-list version-detail version-list
    """.split()  # noqa: SIM905 a table of many words
)
"""Routes that tell something secret to somebody: walked by everybody in every mode."""
VOTES: Final = "walked in test_who_reads_votes.py, whose scene has it"
LATER: Final = "nobody looked back yet: tried in tests/backend/web/test_retrospective_pages.py"
UNREACHED: Final[dict[str, str]] = {
    "audience-peers": VOTES,
    "audience-voting": VOTES,
    "board-around": "a long board is turned to a row",
    "board-find": "a long board is turned to a row",
    "board-lines": "no lines without a second publication",
    "board-past-why": "nothing moved without a second publication",
    "ceremony-opening": "no board froze",
    "complete-registration": "nothing to complete",
    "cycle-logo": VOTES,
    "grant-proof": "nothing was handed over with a file: tried in tests/backend/web/test_prizes.py",
    "brought": "no cycle before",
    "desk-next": LATER,
    "retrospective": LATER,
    "retrospective-file": LATER,
    "desk-enough-progress": "no computation is going on",
    "desk-export-file": "nothing is being made ready",
    "desk-job": "nothing is being made ready",
    "enough-enough-judges": "nothing was asked to be worked out: tried with the design check",
    "desk-pairs": VOTES,
    "desk-plan": VOTES,
    "desk-plan-progress": VOTES,
    "embed-board": VOTES,
    "embed-rows": VOTES,
    "group-hours-hours": "no office hours in these rules",
    "hall-round": VOTES,
    "pairs": VOTES,
    "points-badges": "no points in these rules",
    "points-rules": "no points in these rules",
    "registration-file": "no registration with files",
    "series": VOTES,
    "vote": VOTES,
    "vote-hall": VOTES,
    "achievement": "no badge and no award is certified in this scene",
    "badge-picture": "nothing is certified",
    "badge-token": "nothing is certified",
    "certificate": "nothing is certified",
    "give-up-credential": "nothing is certified",
    "verify-one": "nothing is certified",
    "credit": "no credit flows in these rules",
    "credit-table": "no credit flows in these rules",
    "game": "no game in these rules",
    "game-rules": "no game in these rules",
    "game-standing": "no game in these rules",
    "team-game": "no game in these rules",
    "points-preview": "no points in these rules",
}
"""Routes that answer nobody in this scene, with the reason."""
NAMED: Final[dict[str, tuple[str, ...]]] = {"playbook-detail": ("innovation-competition",)}
"""Addresses of the API that name something else than a row."""
MOST: Final = 9  # rows of a kind


class Address(NamedTuple):
    """One address of a route, or one that could be."""

    route: str
    url: str
    hidden: str = ""


def api_addresses(scene: Scene) -> Iterator[Address]:
    """Every address of the API that is read with GET, with everything in the scene."""
    for door in doors():
        if door.method != "get" or door.route in DESCRIPTION:
            continue
        parts, query = re.findall(r"<[^>]+>", door.path), ASKED.get(door.route, "").format(task=scene.rows["task"].pk)
        if not parts:
            yield Address(door.route, f"/api/v1/{door.path}{query}")
            continue
        for value in _values(door, scene):
            yield Address(door.route, f"/api/v1/{re.sub(r'<[^>]+>', str(value), door.path)}{query}", str(value))


def _values(door: Door, scene: Scene) -> Collection[Any]:
    model = door.model()
    if model is not None:
        return scene.ids(model)[:MOST]
    if door.route in NAMED:
        return NAMED[door.route]
    assert "<int:cycle>" in door.path, f"{door}: which rows does its address name?"
    return [scene.rows["cycle"].pk]


def page_addresses(scene: Scene) -> Iterator[Address]:
    """The same of the pages."""
    for page in pages():
        if page.path.startswith(tuple(ELSEWHERE)) or "(" in page.path:
            continue
        query = ASKED.get(page.name, "").format(task=scene.rows["task"].pk)
        for numbers, url in _filled(page, scene):
            yield Address(page.name, url + query, numbers)


def _numbers(scene: Scene, model: type[Model] | None) -> Collection[int]:
    if model in {Idea, ChangeTest, Thread, Suggestion, WatchFlag}:  # their addresses have the cycle's own numbers
        return list(model._default_manager.order_by("pk").values_list("number", flat=True))[:MOST]
    return (scene.ids(model)[:MOST] if model is not None else ()) or (1,)


def _filled(page: Page, scene: Scene) -> Iterator[tuple[str, str]]:
    kinds = [kind for kind, _ in page.wants]
    numbers: Collection[int] = (1,)
    if "int" in kinds and page.name not in WRITES:
        model = PAGE_ROWS.get(page.name)
        numbers = _numbers(scene, model)
    for number in numbers:
        wants = [("str", key) if kind != "int" else ("int", key) for kind, key in page.wants]
        urls = [f"/{page.path}"]
        first = True
        for kind, key in wants:
            values: Collection[Any]
            if kind == "int":
                values = (number,) if first else (1,)
                first = False
            else:
                values = ("result",) if key == "key" and "/boards/" in page.path else TEXTS.get(key, ("x",))
            urls = [re.sub(r"<[^>]+>", str(value), url, count=1) for url in urls for value in values]
        for url in urls:
            yield (str(number) if "int" in kinds else "", url)


# --- Knocking ---------------------------------------------------------------------------------------------------------------------------


class Answer(NamedTuple):
    """What came back: the status, everything that can be read of it, and the headers that tell something."""

    status: int
    text: str
    headers: tuple[tuple[str, str], ...]


TOLD_BY: Final = (
    *("Content-Disposition", "Location", "Content-Type", "ETag", "Last-Modified", "Link", "Cache-Control", "Vary", "Allow"),
    *("Ludus-Source", "Retry-After"),
)


def knock(client: Client, url: str) -> Answer:
    answer = client.get(url)
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    if content[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"\n".join(one.filename.encode() + b"\n" + archive.read(one) for one in archive.infolist())
    headers = tuple((key, answer.headers[key]) for key in TOLD_BY if key in answer.headers)
    return Answer(answer.status_code, content.decode(errors="replace") + repr(headers), headers)


def stands(needle: str, text: str) -> bool:
    """Whether it is in the text; a number not as a part of a longer one (48.886 seconds are no mark of 8.88)."""
    return needle in text and (not needle[0].isdigit() or re.search(rf"(?<![\d.]){re.escape(needle)}(?!\d)", text) is not None)


def told(scene: Scene, role: str, text: str) -> list[str]:
    """Which secrets stand in a text; for a blind judge also that it names the group of an entry beside the entry."""
    own = {"judge's name", "judge's address"} if role == "jonas" else set()  # stand on every page of his own
    found = [secret for secret, needle in scene.needles.items() if stands(needle, text) and secret not in own]
    blind = scene.mode.blind and not scene.mode.published and role in BLIND_JUDGES
    if blind and any(one in text for one in scene.entry) and any(one in text for one in scene.identity):
        found.append(WHOSE)
    return found


class Walk(NamedTuple):
    """What was read: (secret, role) → addresses; which routes answered anybody; which told anything."""

    read: dict[tuple[str, str], set[str]]
    reached: set[str]
    telling: set[str]
    apart: list[str]


def walk(scene: Scene, addresses: Collection[Address], roles: Collection[str], *, compare: bool = False) -> Walk:
    """These people knock at all of these doors. `compare`: what is refused is compared with what is not there at all."""
    done = Walk({}, set(), set(), [])
    for role in sorted(roles):
        client = scene.roles[role].client
        client.raise_request_exception = False  # a fault of ours is a status too
        refused: dict[str, Answer] = {}
        for one in addresses:
            answer = knock(client, one.url)
            if answer.status == 200 or (answer.status == 302 and "/sign-in/" not in answer.text):
                done.reached.add(one.route)
            if answer.status >= 500:
                done.apart.append(f"{role} {one.url}: {answer.status}")
            for secret in told(scene, role, answer.text):
                done.telling.add(one.route)
                done.read.setdefault((secret, role), set()).add(one.url)
            if compare and one.hidden and answer.status == 404:
                absent = refused.get(one.route)
                if absent is None:
                    absent = refused[one.route] = knock(client, _absent(one))
                if _same(answer, one.hidden) != _same(absent, "987654321"):
                    done.apart.append(f"{role} {one.url}: {answer.text[:300]} or, absent, {absent.text[:300]}")
    return done


def _absent(one: Address) -> str:
    return re.sub(rf"/{one.hidden}(?=/|$|\?)", "/987654321", one.url, count=1)


def _same(answer: Answer, number: str) -> tuple[int, str]:
    """An answer without its own number and without what changes from one to the next."""
    text = re.sub(rf"/{number}(?=[/?\"]|$)", "/N", answer.text)
    return answer.status, re.sub(r'(csrfmiddlewaretoken" value="|nonce=")[^"]+', r"\1", text)


WRITES: set[str] = set()
"""Pages that only take what is sent."""


def find_writes(scene: Scene) -> None:
    """Pages that refuse GET, found once: what they take is tried elsewhere.

    OPTIONS is refused (405) with the methods that are allowed, before the page does any work; one that does not say is asked itself.
    """
    client = scene.who["org"].client
    for page in pages() if not WRITES else ():
        url = "/" + re.sub(
            r"<[^>]+>", lambda part: "1" if part[0].startswith("<int") else TEXTS.get(part[0][5:-1], ("x",))[0], page.path
        )
        if "(" in page.path or page.path.startswith(tuple(ELSEWHERE)):
            continue
        answer = client.options(url)
        if answer.status_code == 405 and "GET" in answer.headers["Allow"]:
            continue
        if answer.status_code == 405 or client.get(url).status_code == 405:
            WRITES.add(page.name)


def everything(scene: Scene) -> list[Address]:
    find_writes(scene)
    return [one for one in (*api_addresses(scene), *page_addresses(scene)) if one.route not in WRITES]


# --- The tests --------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def scene(request: pytest.FixtureRequest) -> Iterator[Scene]:
    found = judged(request.param)
    yield found
    not_yet_committed(found.rows["cycle"].pk, 1)


def leaks(mode: Mode, done: Walk) -> dict[str, list[str]]:
    """Who read something that the mode hides from them, and where."""
    return {
        f"{role} reads {secret}": sorted(urls)[:4]
        for (secret, role), urls in sorted(done.read.items())
        if secret == WHOSE or role not in READS[secret](mode)
    }


@pytest.mark.parametrize("scene", MODES, ids=str, indirect=True)
def test_everybody_reads_what_the_mode_shows_and_nothing_else(scene: Scene) -> None:
    mode = scene.mode
    first = mode == MODES[0]
    addresses = [one for one in everything(scene) if one.route in TELLS and (first or not one.route.startswith("desk-"))]
    roles = EVERYBODY if mode in {MODES[0], MODES[-1]} else EVERYBODY - OUTSIDE
    done = walk(scene, addresses, roles, compare=first)
    assert leaks(mode, done) == {}
    asked = roles if first else roles - {"org", "root"}  # these two read some of it at their desks alone
    missing = {(secret, role) for secret, may in READS.items() for role in may(mode) & asked if (secret, role) not in done.read}
    assert missing == set()
    assert done.apart == [], "\n\n".join(done.apart)


@pytest.mark.parametrize("scene", MODES[:1], ids=str, indirect=True)
def test_no_other_route_tells_anybody_anything(scene: Scene) -> None:
    others = [one for one in everything(scene) if one.route not in TELLS]
    done = walk(scene, others, WALK_ALL)
    assert done.telling == set(), "\n".join(sorted(done.telling))
    assert done.apart == [], "\n\n".join(done.apart)


@pytest.mark.parametrize("scene", MODES[-1:], ids=str, indirect=True)
def test_every_route_answers_somebody_or_is_named_here_with_the_reason(scene: Scene) -> None:
    """So that a new route is tried: where nobody gets in, nothing is learned about who does not."""
    waiting: dict[str, list[Address]] = {}
    for one in everything(scene):
        waiting.setdefault(one.route, []).append(one)
    routes = set(waiting)
    telling: set[str] = set()
    for role in ("org", "ada", "judith", "root", "visitor"):
        for route, addresses in list(waiting.items()):
            done = walk(scene, addresses[:3], [role])
            telling |= done.telling
            if done.reached:
                del waiting[route]
    assert set(waiting) == set(UNREACHED)
    assert not telling - TELLS, "\n".join(sorted(telling - TELLS))
    assert (TELLS | set(UNREACHED) | set(PAGE_ROWS) | set(ASKED)) - routes == set()


@pytest.mark.parametrize("scene", [MODES[0], MODES[-1]], ids=str, indirect=True)
def test_boards_are_followed_by_socket_only_where_they_are_seen(scene: Scene) -> None:
    board = Board.objects.get(key="result")
    sides = {role: board_side(someone.account, board.pk) for role, someone in scene.roles.items()}
    assert sides == {role: "restricted" if role == "org" else None for role in scene.roles}


@pytest.mark.parametrize("scene", MODES, ids=str, indirect=True)
def test_mails_tell_nobody_more_than_the_pages(scene: Scene) -> None:
    people = {someone.person.pk: role for role, someone in scene.who.items()}
    told_by_mail = {
        (secret, people[one.person_id])
        for one in Message.objects.filter(person__in=people)
        for secret in told(scene, people[one.person_id], f"{one.subject} {one.body}")
    }
    assert Message.objects.exists()
    assert {(secret, role) for secret, role in told_by_mail if secret == WHOSE or role not in READS[secret](scene.mode)} == set()


@pytest.mark.parametrize("scene", MODES[:2], ids=str, indirect=True)
def test_asking_for_a_group_finds_a_blind_judge_nothing(scene: Scene) -> None:
    for name in BLIND_JUDGES:
        api, group = scene.who[name].api, scene.rows["red"].pk
        for path in ("submissions", "sheets"):
            found = api.get(f"/api/v1/{path}?group={group}").json()["results"]
            assert found == [], (name, path)
