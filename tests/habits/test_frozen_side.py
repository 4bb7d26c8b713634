"""A frozen board tells nobody outside what came after the freeze: not by a place, a count, an ETag, a first solve, points or an export.

The same attempts are made twice, once all right and once all wrong. Every route (API and pages) must answer everybody but those who may
know word for word the same in both worlds. The routes are found, not listed: a new one is asked without anybody thinking of it.
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
from django.db.models import Model
from django.test import Client
from django.utils.timezone import now

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group
from games.playbooks.schema import parse_design
from games.progression.actions import apply_design
from games.rounds.models import Round
from games.submissions.actions import record_attempt
from tests.cast import Actor, actor
from tests.factories.cycles import CycleFactory
from tests.factories.groups import MembershipFactory
from tests.flows.story import the_worker_works
from tests.habits.test_api_doors import DESCRIPTION, doors
from tests.habits.test_page_doors import pages
from tests.habits.test_who_reads_what import ELSEWHERE, NAMED, PAGE_ROWS, knock

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
BOARDS: Final = ("standings", "overall", "records", "acts")
OUTSIDE: Final = ("visitor", "ada")
"""Nobody, and a rival: ada's own tries were before the freeze."""
CHANGING: Final = re.compile(
    r'csrfmiddlewaretoken" value="[^"]+|nonce="[^"]+|calendar.ics\?for=[^"]+|\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d)?(\.\d+)?(Z|\+00:00)?)?'
    r"|\d{1,2} [A-Z][a-z]{2} \d{4}(, \d\d:\d\d UTC)?"
    r'|\b(x|x1|x2|cx|d|points|width)="[^"]*"|"x":\[[^\]]*\]|<text class="chart-mark"[^>]*>[^<]*</text>|<td class="n">\d+\.\d</td>|\d+\xa0(second|minute|hour)s?'
)
"""What differs from one answer to the next by itself: times, and where they stand on a chart."""
SIGNED: Final = "/credentials/status/"  # signed with its time


class Contest:
    """A contest an hour and a half old, on a board frozen half an hour ago. ada plays red, ben blue."""

    def __init__(self) -> None:
        self.who = {name: actor(name) for name in ("ada", "ben", "org")} | {"visitor": Actor("visitor")}
        self.cycle = CycleFactory.create(key="contest", name="Night of code", public=True)
        apply_design(self.cycle, parse_design(CONTEST), by=None)
        begun = now() - timedelta(minutes=90)
        Round.objects.filter(cycle=self.cycle).update(opens_at=begun, closes_at=begun + timedelta(hours=2))
        Cycle.objects.filter(pk=self.cycle.pk).update(state="running")
        self.groups = {
            key: Group.objects.create(cycle=self.cycle, key=key, name=key.title(), state="in") for key in ("red", "blue")
        }
        for name, group in (("ada", "red"), ("ben", "blue")):
            self._member(name, "captain", ["captain", "submit"], self.groups[group])
        self._member("org", "organizer", ["organize"], None)
        for group, task, verdict, value in (("red", "A", "AC", None), ("blue", "A", "WA", None), ("blue", "fast", "", 5)):
            self.tries(group, task, verdict, value, minute=20)
        the_worker_works()

    def _member(self, name: str, role: str, capabilities: list[str], group: Group | None) -> None:
        person = self.who[name].person
        MembershipFactory.create(cycle=self.cycle, person=person, role=role, capabilities=capabilities, group=group)

    def tries(self, group: str, task: str, verdict: str, value: int | None = None, *, minute: int) -> None:
        on = Challenge.objects.select_related("round__cycle").get(round__cycle=self.cycle, key=task)
        record_attempt(challenge=on, group=self.groups[group], by=None, verdict=verdict, value=value, elapsed=minute * MINUTE)

    def after_the_freeze(self, *, well: bool) -> None:
        for minute, task in ((70, "A"), (75, "B"), (80, "B")):
            self.tries("blue", task, "AC" if well else "WA", minute=minute)
        self.tries("blue", "fast", "", 2 if well else 9, minute=85)
        the_worker_works()


def addresses(contest: Contest) -> list[str]:
    """Every address that GET answers, with every row there is."""
    found = []
    for door in doors():
        if door.method == "get" and door.route not in DESCRIPTION:
            rows = _rows(door, contest) if "<" in door.path else ("",)
            found += ["/api/v1/" + re.sub(r"<[^>]+>", str(row), door.path) for row in rows]
    words = {
        "cycle": ("contest",),
        "group": ("red", "blue"),
        "round": ("contest",),
        "board": ("standings", "acts"),
        "challenge": ("A", "B"),
    }
    for page in pages():
        if "(" in page.path or "/desk/" in page.path or page.path.startswith(tuple(ELSEWHERE)):
            continue  # organizers' pages open to nobody else: test_page_doors.py
        urls = [f"/{page.path}"]
        for kind, name in page.wants:
            rows = _pks(PAGE_ROWS[page.name]) if kind == "int" and page.name in PAGE_ROWS else [1]
            values = rows if kind == "int" else words.get(name, BOARDS if "/boards/" in page.path else ("x",))
            urls = [re.sub(r"<[^>]+>", str(value), url, count=1) for url in urls for value in values]
        found += urls
    return list(dict.fromkeys(found))


def _rows(door: Any, contest: Contest) -> Any:
    model = door.model()
    if model is not None:
        return _pks(model)
    return NAMED.get(door.route, (contest.cycle.pk,))


def _pks(model: type[Model]) -> list[Any]:
    return list(model._default_manager.order_by("pk").values_list("pk", flat=True)[:12])


def answers(contest: Contest, role: str, urls: Iterable[str]) -> Iterator[tuple[str, tuple[int, str]]]:
    client = contest.who[role].client if role != "visitor" else Client()
    client.raise_request_exception = False
    for url in urls:
        answer = knock(client, url)
        yield url, (answer.status, CHANGING.sub("", answer.text))


def restart_numbers() -> None:
    """Both worlds count from the same numbers: sequences of PostgreSQL are not taken back with their transaction."""
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), apps.get_models()):
            cursor.execute(sql)


def world(contest: Contest, *, well: bool) -> dict[str, dict[str, tuple[int, str]]]:
    """What everybody reads where the same attempts went well, or did not; afterwards nothing of it is left."""
    with transaction.atomic():
        cache.clear()
        restart_numbers()
        contest.after_the_freeze(well=well)
        found = {role: dict(answers(contest, role, addresses(contest))) for role in OUTSIDE}
        found["org"] = dict(answers(contest, "org", [f"/cycles/contest/boards/{board}/" for board in BOARDS]))
        transaction.set_rollback(True)
    return found


def _difference(right: Any, wrong: Any) -> str:
    if right is None or wrong is None or right[0] != wrong[0]:
        return f"{right and right[0]} or {wrong and wrong[0]}"
    at = next(place for place, (a, b) in enumerate(zip(right[1] + "<", wrong[1] + ">", strict=False)) if a != b)
    return f"{right[1][max(0, at - 60) : at + 60]!r} or {wrong[1][max(0, at - 60) : at + 60]!r}"


def test_nobody_outside_can_tell_right_from_wrong_behind_the_freeze() -> None:
    contest = Contest()
    right, wrong = world(contest, well=True), world(contest, well=False)
    apart = [
        f"{role} {url}: {_difference(right[role].get(url), wrong[role].get(url))}"
        for role in OUTSIDE
        for url in sorted({*right[role], *wrong[role]})
        if right[role].get(url) != wrong[role].get(url) and not url.startswith(SIGNED)
    ]
    assert not apart, "\n".join(apart)
    told = [url for url in right["org"] if right["org"][url] != wrong["org"].get(url)]
    assert len(told) == 3, f"organizers see it on the boards that count it, or this test looks at nothing: {told}"
