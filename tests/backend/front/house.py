"""A web process as the server would run it, and a board to read in it."""

import gzip
import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

from django.core.wsgi import get_wsgi_application

from backend.front import FrontDoor
from games.cycles.models import Cycle
from leaderboards.engine.outcome import Row, RowStatus
from leaderboards.models import Board

NOW = datetime(2027, 5, 1, tzinfo=UTC)
TEAMS = 60


@dataclass(slots=True)
class Given:
    """An answer as the server would send it."""

    status: int
    headers: dict[str, str]
    body: bytes
    how: str = ""

    @property
    def plain(self) -> bytes:
        return gzip.decompress(self.body) if self.headers.get("Content-Encoding") == "gzip" else self.body

    @property
    def told(self) -> dict[str, str]:
        """Headers, without the number that each answer has of its own."""
        return {name: value for name, value in self.headers.items() if name != "X-Request-ID"}


def environ(target: str) -> dict[str, Any]:
    """What the server hands over of a plain request."""
    path, _, query = target.partition("?")
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "HTTP_HOST": "localhost",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }


@dataclass(slots=True)
class Web:
    """A web process: its front door, and Django behind it."""

    door: FrontDoor
    django: int = 0
    seen: list[str] = field(default_factory=list)

    def get(self, target: str, method: str = "GET", **headers: str) -> Given:
        asked = environ(target) | {"REQUEST_METHOD": method, **headers}
        began: list[tuple[str, list[tuple[str, str]]]] = []
        before = self.django
        body = self.door(asked, lambda status, told, *_: began.append((status, told)))
        whole = b"".join(body)
        if hasattr(body, "close"):
            body.close()
        status, told = began[-1]
        names = [name.lower() for name, _ in told if name != "Set-Cookie"]
        assert len(set(names)) == len(names), told
        return Given(int(status[:3]), dict(told), whole, "django" if self.django > before else "ready")


def web_process() -> Web:
    pages = get_wsgi_application()
    made = Web(None)  # type: ignore[arg-type]

    def counted(environ: Any, start: Any) -> Any:
        made.django += 1
        return pages(environ, start)

    made.door = FrontDoor(counted)
    return made


def rows(**scores: int) -> list[Row]:
    ordered = sorted(scores.items(), key=lambda pair: -pair[1])
    return [
        Row(Fraction(number), group, group.title(), Fraction(score), RowStatus.RANKED, keys=(Fraction(score),))
        for number, (group, score) in enumerate(ordered, 1)
    ]


def many(**more: int) -> list[Row]:
    return rows(**({f"team{number:02}": 1000 - number for number in range(TEAMS)} | more))


def standings(board: Board) -> str:
    return f"/api/v1/boards/{board.pk}/standings"


def addresses(board: Board) -> list[str]:
    """Every kind of place that is answered in front."""
    cycle = Cycle.objects.get(pk=board.scope)
    rows = f"/cycles/{cycle.key}/boards/{board.key}/rows/"
    one = standings(board)
    return [
        one,
        f"{one}?page=2",
        f"/api/v1/boards/{board.pk}/find?q=team1",
        f"/api/v1/boards/{board.pk}/around?group=team07&reach=3",
        rows,
        f"{rows}?page=2",
        f"{rows}?view=around&group=team20",
        rows.removesuffix("rows/"),
        f"{rows.removesuffix('rows/')}?page=2",
        f"{rows.removesuffix('rows/')}?q=team1",
        f"/embed{rows}?rows=20&bracket=",
        f"/embed{rows.removesuffix('rows/')}?theme=dark",
    ]


def warm(web: Web, target: str, **headers: str) -> Given:
    """Asked until it is ready: once for the headers, once for the answer."""
    web.get(target, **headers)
    web.get(target, **headers)
    given = web.get(target, **headers)
    assert given.how == "ready"
    return given
