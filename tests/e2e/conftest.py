"""A real browser against the real demo stack: one stack and one Chromium for the whole run, a person per context."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from backend.cli.chromium import MISSING, QUIET, chromium
from backend.cli.demo_aside import demo_aside
from tests.e2e.people import Stack, Visit

PATIENCE = 15_000  # milliseconds: a page is expected at once, and still found on a machine that is busy
expect.set_options(timeout=PATIENCE)
HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The time of a test is its own: whoever comes first waits for the stack, which has a limit of its own."""
    for item in items:
        if item.path.is_relative_to(HERE):
            mark = item.get_closest_marker("timeout")
            item.add_marker(pytest.mark.timeout(mark.args[0] if mark else float(item.config.getini("timeout")), func_only=True))


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The demo with everything in it: web, worker, beat, Valkey, database. LUDUS_E2E_URL names one that runs already."""
    there = os.environ.get("LUDUS_E2E_URL", "")
    if there:
        yield Stack(there.rstrip("/"), Path(os.environ["LUDUS_E2E_DATA"]))
        return
    data = tmp_path_factory.mktemp("stack")
    with demo_aside(data) as address:
        yield Stack(address, data)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Whoever asks for these tests must have a browser: without one they fail, and say so."""
    found = chromium()
    assert found, MISSING
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=found, args=list(QUIET))
        yield opened
        opened.close()


@pytest.fixture
def visit(browser: Browser, stack: Stack, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """`visit("olga@example.org", width=360)`: a page of somebody's own browser, signed in (None: nobody).

    What the browser complained about (scripts, policy, missing files) fails the test at its end; `page.context` has the rest.
    """
    opened: list[BrowserContext] = []
    complaints: list[str] = []

    def open_page(
        who: str | None = None, *, width: int = 1280, height: int = 900, scheme: str = "light", **wishes: object
    ) -> Page:
        state = stack.signed_in(browser, who) if who else None
        context = browser.new_context(
            base_url=stack.address,
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            storage_state=state,
            **wishes,  # type: ignore[arg-type]  # what Playwright calls its own keywords
        )
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        page.on("console", lambda said: complaints.append(f"{page.url}: {said.text}") if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))
        return page

    yield open_page
    for number, context in enumerate(opened):
        _picture(context.pages[0], request.node.name, number)
        context.close()
    if not request.node.get_closest_marker("complaining"):
        assert complaints == []


def _picture(page: Page, name: str, number: int) -> None:
    """What everybody saw last, where LUDUS_E2E_PICTURES names a folder: for whoever mends a test."""
    if folder := os.environ.get("LUDUS_E2E_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name[:60]}-{number}.png", full_page=True)
