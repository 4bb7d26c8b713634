"""Boards tell nobody outside what is held back: not by a place, a count, an ETag, a filter, a first solve, points or an export.

The same attempts are made twice, once all right and once all wrong; or the sheets of a round that is not published are marked the other way
round. Every route (API and pages, with all that may be asked of it) must answer everybody but those who may know word for word the same in both worlds. The routes are found, not listed: a new one is asked without anybody thinking of it.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any, Final

import pytest
from django.apps import apps
from django.core.cache import cache
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import F, Model
from django.test import Client
from django.utils.timezone import now

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.actions import record
from games.journal.rules import Kind
from games.judging.models import Mark, Sheet
from games.notices.actions.telling import notify
from games.playbooks.schema import parse_design
from games.progression.actions import apply_design
from games.rounds.models import Round
from games.submissions.actions import record_attempt
from tests.backend.api.described import paths
from tests.cast import Actor, actor
from tests.factories.cycles import CycleFactory
from tests.factories.groups import MembershipFactory
from tests.factories.results import SCALE, judge_final, water
from tests.flows.story import the_worker_works
from tests.habits.test_api_doors import DESCRIPTION, doors
from tests.habits.test_page_doors import pages
from tests.habits.test_who_reads_what import ELSEWHERE, NAMED, PAGE_ROWS, knock
from worker.steps import settle_now

pytestmark = [pytest.mark.django_db, pytest.mark.any_database, pytest.mark.timeout(300)]

MINUTE: Final = 60_000
CONTEST: Final[dict[str, Any]] = {
    "format": 1,
    "cycle": {"key": "contest", "name": "Night of code"},
    "rounds": [{"key": "contest", "name": "The contest"}],
    "challenges": [
        {"keys": ["A", "B"], "format": "attempts", "accepted": ["AC"]},
        {"key": "fast", "format": "measured", "better": "low"},
    ],
    "boards": [
        {"key": "standings", "order": ["solved high", "penalty low"], "freeze": "1:00:00", "ranked": "enrolled"},
        {"key": "overall", "order": ["solved high"], "ranked": "enrolled"},
        {"key": "records", "rows": "records", "challenges": ["fast"]},
        {"key": "acts", "source": "points", "ranked": "enrolled"},
    ],
    "rules": [{"key": "try", "name": "A try", "event": "attempt.judged", "points": 2}],
    "badges": [{"key": "two", "name": "Two tries", "summary": "Twice.", "event": "attempt.judged", "count": 2}],
}
OUTSIDE: Final = ("visitor", "ada")
"""Nobody, and a rival: ada's own tries were before the freeze."""
CHANGING: Final = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+|nonce="[^"]+|calendar.ics\?for=[^"]+|\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00)?)?'
    r"|\d{1,2} [A-Z][a-z]{2} \d{4}(, \d\d:\d\d UTC)?"
    r'|\b(x|x1|x2|cx|d|points|width)="[^"]*"|"x":\[[^\]]*\]|<text class="chart-mark"[^>]*>[^<]*</text>|<td class="n">\d+\.\d</td>|\d+\xa0(second|minute|hour)s?'
)
"""What differs from one answer to the next by itself: times, and where they stand on a chart."""
SIGNED: Final = "/credentials/status/"  # signed with its time


PAGING: Final = frozenset({"cursor", "limit", "cycle"})
WHOLE: Final = frozenset({"side", "for", "audience"})
"""Of these each value is tried, of others with a list of values the first and the last."""
ASKED: Final[dict[str, tuple[Any, ...]]] = {"verdict": ("AC", "WA"), "group": ("{rival}", 2), "challenge": (1, 2)}
BY_KIND: Final[dict[str, Any]] = {
    "boolean": "true",
    "integer": 1,
    "number": 1,
    "uuid": "00000000-0000-4000-8000-000000000000",
    "date-time": "2027-05-01T12:00:00Z",
}
ON_BOARDS: Final = (
    *("q={rival}", "group={rival}", "view=around&group={rival}", "sort=solved", "sort=score", "side=restricted"),
    *("side=published", "bracket=", "rows=50"),
)
"""What pages of a board are asked; {rival}: the key of a group of others."""


class Contest:
    """A contest an hour and a half old, on a board frozen half an hour ago. ada plays red, ben blue."""

    rival, boards = "blue", ("standings", "overall", "records", "acts")
    words: Final = {
        "cycle": ("contest",),
        "group": ("red", "blue"),
        "round": ("contest",),
        "board": ("standings", "acts"),
        "challenge": ("A", "B"),
    }
    telling = 3  # boards on which organizers see it

    def __init__(self) -> None:
        self.who = {name: actor(name) for name in ("ada", "ben", "org")} | {"visitor": Actor("visitor")}
        self.cycle = CycleFactory.create(key="contest", name="Night of code", public=True, embeddable=True)
        apply_design(self.cycle, parse_design(CONTEST), by=None)
        begun = now() - timedelta(minutes=90)
        Round.objects.filter(cycle=self.cycle).update(opens_at=begun, closes_at=begun + timedelta(hours=2))
        Cycle.objects.filter(pk=self.cycle.pk).update(state="running")
        self.groups = {
            key: Group.objects.create(cycle=self.cycle, key=key, name=key.title(), state="active") for key in ("red", "blue")
        }
        for name, group in (("ada", "red"), ("ben", "blue")):
            member(self, name, "captain", ["captain", "submit"], self.groups[group])
        member(self, "org", "organizer", ["organize"], None)
        for group, task, verdict, value in (("red", "A", "AC", None), ("blue", "A", "WA", None), ("blue", "fast", "", 5)):
            self.tries(group, task, verdict, value, minute=20)
        the_worker_works()

    def tries(self, group: str, task: str, verdict: str, value: int | None = None, *, minute: int) -> None:
        on = Challenge.objects.select_related("round__cycle").get(round__cycle=self.cycle, key=task)
        record_attempt(challenge=on, group=self.groups[group], by=None, verdict=verdict, value=value, elapsed=minute * MINUTE)

    def goes_on(self, *, well: bool) -> None:
        """After the freeze."""
        for minute, task in ((70, "A"), (75, "B"), (80, "B")):
            self.tries("blue", task, "AC" if well else "WA", minute=minute)
        self.tries("blue", "fast", "", 2 if well else 9, minute=85)
        the_worker_works()


class Judged:
    """Of two rounds one is published; of the other the sheets are final. ada plays aqua, ben estuary."""

    rival, boards = "estuary", ("result", "call", "favourite")
    words: Final = {
        "cycle": ("judged",),
        "group": ("aqua", "estuary"),
        "round": ("call", "final"),
        "board": boards,
        "challenge": ("concept", "prototype"),
    }
    telling = 2

    def __init__(self) -> None:
        self.who = {name: actor(name) for name in ("ada", "ben", "org")} | {"visitor": Actor("visitor")}
        self.played = water()
        self.cycle, self.groups = self.played.cycle, self.played.groups
        Cycle.objects.filter(pk=self.cycle.pk).update(state="running", key="judged", public=True, embeddable=True)
        self.cycle.refresh_from_db()
        for name, group in (("ada", "aqua"), ("ben", "estuary")):
            member(self, name, "captain", ["captain", "submit"], self.groups[group])
        member(self, "org", "organizer", ["organize"], None)
        the_worker_works()
        settle_now(self.played.rounds["call"], by=None)
        the_worker_works()

    def goes_on(self, *, well: bool) -> None:
        """The final is judged, and the other way round."""
        judge_final(self.played)
        if not well:
            Mark.objects.filter(sheet__challenge=self.played.challenges["prototype"]).update(value=6 * SCALE - F("value"))
            Mark.objects.filter(sheet__challenge=self.played.challenges["prototype"], value__lt=0).update(value=0)
        for sheet in Sheet.objects.filter(challenge=self.played.challenges["prototype"]).order_by("pk"):
            payload = {"round": "final", "challenge": "prototype", "panel": sheet.panel}
            record(
                Kind.SHEET_FINALIZED,
                cycle_id=self.cycle.pk,
                group_id=sheet.group_id,
                subject=f"sheet:{sheet.pk}",
                payload=payload,
            )
        the_worker_works()


type Scene = Contest | Judged


def member(scene: Scene, name: str, role: str, capabilities: list[str], group: Group | None) -> None:
    person = scene.who[name].person
    MembershipFactory.create(cycle=scene.cycle, person=person, role=role, capabilities=capabilities, group=group)


def addresses(scene: Scene) -> list[str]:
    """Every address that GET answers, with every row there is."""
    found: list[str] = []
    for door in doors():
        if door.method == "get" and door.route not in DESCRIPTION:
            rows = _rows(door, scene) if "<" in door.path else ("",)
            found += ["/api/v1/" + re.sub(r"<[^>]+>", str(row), door.path) for row in rows]
    for page in pages():
        if "(" in page.path or "/desk/" in page.path or page.path.startswith(tuple(ELSEWHERE)):
            continue  # organizers' pages open to nobody else: test_page_doors.py
        urls = [f"/{page.path}"]
        for kind, name in page.wants:
            rows = _pks(PAGE_ROWS[page.name]) if kind == "int" and page.name in PAGE_ROWS else [1]
            values = rows if kind == "int" else scene.words.get(name, scene.boards if "/boards/" in page.path else ("x",))
            urls = [re.sub(r"<[^>]+>", str(value), url, count=1) for url in urls for value in values]
        found += urls
    return list(dict.fromkeys(found))


def asking(scene: Scene, plain: Iterable[str]) -> Iterator[str]:
    """Addresses with each thing asked that may be asked there: filters and searches of lists, sides and groups of boards."""
    main = f"/cycles/{scene.cycle.key}/boards/{scene.boards[0]}/"
    for url in plain:
        if url.startswith((main, f"/embed{main}")):
            yield from (f"{url}?{one.format(rival=scene.rival)}" for one in ON_BOARDS)
    yield f"/search/?q={scene.rival}"
    for door in doors():
        if door.method == "get" and door.route not in DESCRIPTION:
            yield from _asked_of(door, scene)


def _asked_of(door: Any, scene: Scene) -> Iterator[str]:
    described = paths()["/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", _named, door.path)]["get"].get("parameters", ())
    asked = {one["name"]: one["schema"] for one in described if one["in"] == "query"}
    always = [f"cycle={scene.cycle.pk}"] if "cycle" in asked else []
    rows = list(_rows(door, scene))[:2] if "<" in door.path else ("",)
    for row in rows:
        url = "/api/v1/" + re.sub(r"<[^>]+>", str(row), door.path)
        yield from (f"{url}?{one}" for one in always)
        for name in asked.keys() - PAGING:
            yield from (f"{url}?{'&'.join([*always, f'{name}={value}'])}" for value in _values(name, asked[name], scene))


def _values(name: str, shape: Any, scene: Scene) -> list[str]:
    known = shape.get("enum", ())
    found = known if name in WHOLE else dict.fromkeys(known[:1] + known[-1:]) if known else ASKED.get(name)
    kind = shape["format" if shape.get("format") in BY_KIND else "type"]
    return [str(one).format(rival=scene.rival) for one in found or (BY_KIND.get(kind, "{rival}"),)]


def _named(part: re.Match[str]) -> str:
    return f"{{{'id' if part[1] == 'pk' else part[1]}}}"


def _rows(door: Any, scene: Scene) -> Any:
    model = door.model()
    if model is not None:
        return _pks(model)
    return NAMED.get(door.route, (scene.cycle.pk,))


def _pks(model: type[Model]) -> list[Any]:
    return list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:12])


def answers(scene: Scene, role: str, urls: Iterable[str]) -> Iterator[tuple[str, tuple[int, str]]]:
    client = scene.who[role].client if role != "visitor" else Client()
    client.raise_request_exception = False
    for url in urls:
        answer = knock(client, url)
        yield url, (answer.status, CHANGING.sub("", answer.text))


def restart_numbers() -> None:
    """Both worlds count from the same numbers: sequences of PostgreSQL are not taken back with their transaction."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(sql)


def world(scene: Scene, *, well: bool) -> dict[str, dict[str, tuple[int, str]]]:
    """What everybody reads where the same acts went well, or did not; afterwards nothing of it is left."""
    with transaction.atomic():
        cache.clear()
        restart_numbers()
        scene.goes_on(well=well)
        # something public comes after, and somebody outside is told something: their numbers count all that was before
        record(Kind.ROUND_WIDENED, cycle_id=scene.cycle.pk, subject="round:0")
        people = [scene.who["ada"].person]
        notify("group.registered", people, key="k", text="Somebody joined.", path="/", cycle_id=scene.cycle.pk)
        the_worker_works()
        there = addresses(scene)
        found = {role: dict(answers(scene, role, there)) for role in OUTSIDE}
        found["ada"] |= dict(answers(scene, "ada", asking(scene, there)))
        found["org"] = dict(answers(scene, "org", [f"/cycles/{scene.cycle.key}/boards/{board}/" for board in scene.boards]))
        transaction.set_rollback(True)
    return found


def _alike(right: Any, wrong: Any) -> bool:
    """Where the row of an address is there in one of the worlds only, it is hidden."""
    return bool(right == wrong) if right and wrong else (right or wrong)[0] == 404


def _difference(right: Any, wrong: Any) -> str:
    if right is None or wrong is None or right[0] != wrong[0]:
        return f"{right and right[0]} or {wrong and wrong[0]}"
    at = next(place for place, (a, b) in enumerate(zip(right[1] + "<", wrong[1] + ">", strict=False)) if a != b)
    return f"{right[1][max(0, at - 60) : at + 60]!r} or {wrong[1][max(0, at - 60) : at + 60]!r}"


@pytest.mark.parametrize("kind", [Contest, Judged])
def test_nobody_outside_can_tell_what_is_held_back(kind: type[Scene]) -> None:
    scene = kind()
    right, wrong = world(scene, well=True), world(scene, well=False)
    seen = [(role, url, answer) for way in (right, wrong) for role in OUTSIDE for url, answer in way[role].items()]
    assert [(role, url, answer[1][:200]) for role, url, answer in seen if answer[0] >= 500] == []
    apart = [
        f"{role} {url}: {_difference(right[role].get(url), wrong[role].get(url))}"
        for role in OUTSIDE
        for url in sorted({*right[role], *wrong[role]})
        if not _alike(right[role].get(url), wrong[role].get(url)) and not url.startswith(SIGNED)
    ]
    assert not apart, "\n".join(apart)
    told = [url for url in right["org"] if right["org"][url] != wrong["org"].get(url)]
    assert len(told) == scene.telling, f"organizers see it on the boards that count it, or this test looks at nothing: {told}"
