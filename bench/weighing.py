"""What a web process weighs (RSS) that shows boards, and whether it grows with how many stand on them. Each is started for this alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from django.utils.timezone import now

from backend.services.supervisor import Part
from bench.client import load, request
from bench.doors import API, serving
from bench.harness import Count, Result, Stage
from bench.limits import WHOLE
from bench.reading import GROUPS, REQUESTS, contest, first_page, large, small
from leaderboards.models import Board, Snapshot, Standing
from leaderboards.queries import PAGE_ROWS, PUBLISHED

MOST_MB: Final = 115
GROWS_MB: Final = 10
PAGES: Final = 200
"""Asked for of each board, there or not: an answer that is kept weighs, and of both are kept as many."""
STATES: Final = 2
"""Published states of a board: the last one tells who moved since the one before."""


@contextmanager
def fresh(stage: Stage) -> Iterator[tuple[int, Part]]:
    """A web process that nobody asked anything yet, and its port. It ends with the block."""
    port, part = serving(stage)
    try:
        yield port, part
    finally:
        part.process.terminate()
        part.process.wait()
        stage.house.parts.remove(part)


def weight(part: Part) -> float:
    """Megabytes that the heaviest process of the web server holds, alone or shared with others (RSS)."""
    return max(_held(pid) for pid in (part.process.pid, *_children(part.process.pid))) / 1024


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(one) for one in listed.read_text().split()] if listed.exists() else []


def _held(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def published(stage: Stage, board: Board) -> Board:
    """A board that is shown as it was published, with the rows of a live one, twice."""
    made = Board.objects.create(
        scope=stage.once(contest).cycle.pk, key=f"published-{board.key}", number=51, name=f"{board.name}, published"
    )
    rows = list(Standing.objects.filter(board=board).order_by("rank").values(*PUBLISHED))
    for number in range(1, STATES + 1):
        Snapshot.objects.create(
            board=made, number=number, design_number=1, rows=rows, digest=str(number) * 64, published_at=now()
        )
    return made


def api_asks(stage: Stage, board: Board, groups: int) -> list[bytes]:
    """What is asked of a board by its clients: pages, neighbours, what somebody looks for."""
    here = f"{API}/boards/{board.pk}"
    asks = [first_page(board)] * (REQUESTS[stage.sizes.name] // 2)
    asks += [request("GET", f"{here}/standings?page={page}") for page in range(1, PAGES + 1)]
    asks += [request("GET", f"{here}/around?group=g{one:06}") for one in range(groups // 100, groups + 1, groups // 100)]
    return asks + [request("GET", f"{here}/find?q=Group%20{one}") for one in range(1, 20)]


def page_asks(stage: Stage, board: Board, groups: int) -> list[bytes]:
    """The same of its page: the first and one in the middle, a group's page and its neighbours, a look for somebody, another order."""
    here, middle = f"/cycles/{stage.once(contest).cycle.key}/boards/{board.key}/", groups // 2
    asked = (
        "",
        f"?page={middle // PAGE_ROWS}",
        f"?group=g{middle:06}",
        f"?view=around&group=g{middle:06}",
        f"?q={middle}",
        "?sort=score",
    )
    return [request("GET", f"{here}{one}") for one in asked]


def memory(stage: Stage) -> Iterator[Result]:
    """After reads of a small board, then of a large one, both live; the same of what was published of two, in another process."""
    few, many = stage.once(small), stage.once(large)
    with fresh(stage) as (port, part):
        yield from _weighed(stage, port, part, "groups", few, many)
        load(port, [request("GET", WHOLE)], connections=1)
        about = "the same process once every view, every template and every library was asked for: what only boards need is not all of it"
        yield Result("web-memory: everything loaded", "MB", weight(part), MOST_MB, None, "", below=False, about=about)
    with fresh(stage) as (port, part):
        yield from _weighed(stage, port, part, "published", published(stage, few), published(stage, many))


def _weighed(stage: Stage, port: int, part: Part, word: str, few: Board, many: Board) -> Iterator[Result]:
    about, sizes = "RSS of a web process, started for this, after reads of a board", (2 * PAGE_ROWS, GROUPS[stage.sizes.name])
    asked, shown = [], []
    for board, groups in zip((few, many), sizes, strict=True):
        load(port, api_asks(stage, board, groups), connections=stage.sizes.connections)
        asked.append(weight(part))
        name = f"web-memory: a board of {groups:,} {word}"
        yield Result(name, "MB", asked[-1], MOST_MB, None, f"≤ {MOST_MB}", asked[-1] > MOST_MB, (), about)
    for board, groups in zip((few, many), sizes, strict=True):
        load(port, page_asks(stage, board, groups), connections=1)
        shown.append(weight(part))
    about = "the same process once the pages of both boards were asked for too, which brings the templates"
    yield Result(f"web-memory: and pages, {word}", "MB", shown[-1], MOST_MB, None, f"≤ {MOST_MB}", shown[-1] > MOST_MB, (), about)
    grown = max(asked[1] - asked[0], shown[1] - shown[0])
    about = "from the small board to the large one, by requests or by pages, whatever is more"
    yield Result(f"web-memory: growth, {word}", "MB", grown, GROWS_MB, None, f"≤ {GROWS_MB}", grown > GROWS_MB, (), about)


ROWS: Final = (Count("web-memory", "what a web process weighs", memory),)
