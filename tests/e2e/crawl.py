"""Walking through the pages: every kind of page a person can reach by links, each kind a few times."""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from urllib.parse import urlsplit

from django.urls import Resolver404, resolve
from playwright.sync_api import Error, Page

SETTLED = "() => document.readyState === 'complete' && !document.querySelector('[hx-trigger^=every]')"
"""Nothing on the page waits for a worker any more: whoever waits loads the page again, and would pull it away from under a reader."""
TRIES = 4
GONE = ("Execution context was destroyed", "net::ERR_ABORTED")
"""What a browser says where a page loaded itself again at the moment at which it was asked, or left."""
LEFT_OUT = {"sign-out", "bundle-export", "schema", "docs"}


def kind_of(path: str) -> str:
    """The name of the page's route; empty for what is no page of ours."""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    return "" if found.route.startswith(("api/", "static/", "files/")) else (found.url_name or "")


def steadily[T](page: Page, ask: Callable[[], T]) -> T:
    """What is asked of a page; again where it loaded itself again meanwhile, as a projector does that has nothing to show yet."""
    for _ in range(TRIES):
        try:
            return ask()
        except Error as error:
            if not any(one in str(error) for one in GONE):
                raise
        page.wait_for_function(SETTLED)
    return ask()


def links(page: Page) -> list[str]:
    """Where its links lead, as they are written."""
    found: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(one => one.getAttribute('href'))")
    return found


def walk(page: Page, starts: tuple[str, ...], *, each: int = 1, limit: int = 200) -> Iterator[tuple[str, str]]:
    """(kind, path) of pages reached from `starts` by links, `each` kind so many times, the page standing open on it."""
    waiting, seen, counted = list(starts), set(starts), Counter[str]()
    while waiting and limit:
        path = waiting.pop(0)
        kind = kind_of(urlsplit(path).path)
        if not kind or kind in LEFT_OUT or counted[kind] >= each:
            continue
        counted[kind] += 1
        limit -= 1
        try:
            answer = steadily(page, partial(page.goto, path))
        except Error as error:
            if "Download is starting" in str(error):  # a file, not a page
                continue
            raise
        assert answer is not None
        assert answer.status < 400, f"{path} answered {answer.status}"
        if "text/html" not in (answer.headers.get("content-type") or ""):
            continue
        page.wait_for_function(SETTLED, timeout=30_000)
        yield kind, path
        for link in steadily(page, lambda: links(page)):
            parts = urlsplit(link)
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            if not parts.netloc and parts.path.startswith("/") and target not in seen:
                seen.add(target)
                waiting.append(target)
