"""A panel calibrates in the browser: the organizer names an anchor, the judge marks it, sees how the panel differs, talks, marks anew; all opens."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.e2e.people import Stack, Visit, follow
from tests.e2e.test_judging_offline import criteria, post, signed_in

pytestmark = pytest.mark.browser
JUDGE, ORGANIZER = "judith@example.org", "olga@example.org"


@pytest.fixture
def desk(stack: Stack) -> str:
    return f"/cycles/{stack.cycles('small-improvements')[-1]}/desk/judging/calibrations/"


@pytest.fixture(autouse=True)
def afterwards(stack: Stack, browser: Browser) -> Iterator[None]:
    """The judge's sheets are as empty as they were."""
    with signed_in(stack, browser, JUDGE) as judge:
        open_ = [one["id"] for one in judge.get("/api/v1/sheets/queue").json()["results"]]
    yield
    with signed_in(stack, browser, JUDGE) as judge, signed_in(stack, browser, ORGANIZER) as organizer:
        for pk in open_:
            found: dict[str, Any] = judge.get(f"/api/v1/sheets/{pk}").json()
            if found["state"] == "final":
                post(organizer, f"/api/v1/sheets/{pk}/reopen", {"reason": "The test is over."})
            if found["state"] != "assigned":
                nothing = [{"criterion": one["key"], "value": None} for one in found["criteria"]]
                post(judge, f"/api/v1/sheets/{pk}/marks", {"marks": nothing, "comment": "", "note": ""}, method="PUT")


def begin(organizer: Page, desk: str, entry: str) -> None:
    """Name one anchor, unless a try before did."""
    organizer.goto(desk)
    follow(organizer.get_by_role("link", name=re.compile("Choose anchors|Look at it")).first)
    begin = organizer.get_by_role("button", name="Begin the calibration")
    if begin.is_visible():
        for box in organizer.locator("input[name=anchor]").all():
            box.uncheck()
        organizer.get_by_label(entry).check()
        assert Axe().run(organizer).violations_count == 0
        begin.click()
    expect(organizer.get_by_role("heading", name="How far the judges are")).to_be_visible()


def give(page: Page, value: str) -> None:
    """Mark everything alike and make it final."""
    for one in criteria(page):
        page.locator(f'input[name="mark-{one}"][value="{value}"]').check()
    follow(page.get_by_role("button", name=re.compile("^Final")))


def test_a_panel_calibrates_and_then_everything_opens(visit: Visit, desk: str) -> None:
    judge, organizer = visit(JUDGE, width=390, height=780, has_touch=True), visit(ORGANIZER)
    judge.goto("/desk/sheets/")
    season = judge.locator(".task").filter(has_text="Season of small improvements")
    anchor, other = (season.locator(".sheet-line > a").nth(at).inner_text() for at in (0, 1))
    begin(organizer, desk, anchor)
    at_desk = organizer.url

    judge.goto("/desk/sheets/")
    expect(season.locator(".sheet-line").filter(has_text=other)).to_contain_text("Opens after calibration")
    judge.get_by_role("link", name=other, exact=True).click()
    expect(judge.get_by_text("This entry cannot be marked now")).to_be_visible()
    judge.get_by_role("link", name="To the calibration").click()
    judge.get_by_role("link", name="Mark it").click()
    judge.locator(".judge-switch").get_by_role("link", name="Rubric").click()
    give(judge, "1")

    organizer.goto(at_desk)
    talk = organizer.get_by_role("button", name="Begin the talk now")
    if talk.is_visible():  # it has begun by itself where nobody else had an anchor to mark
        talk.click()
    judge.goto("/desk/sheets/")
    judge.get_by_role("region", name="Calibration").get_by_role("link").first.click()
    expect(judge.get_by_role("heading", name="Who is who")).to_be_visible()
    assert Axe().run(judge).violations_count == 0
    judge.get_by_label("Say something to the panel").fill("I looked for what was counted.")
    judge.get_by_role("button", name="Say it").click()
    expect(judge.locator(".cal-remark")).to_contain_text("I looked for what was counted.")
    judge.get_by_role("button", name="Mark it anew").click()
    judge.locator(".judge-switch").get_by_role("link", name="Rubric").click()
    give(judge, "2")

    organizer.goto(at_desk)
    expect(organizer.locator(".cal-remark")).to_contain_text("I looked for what was counted.")
    assert Axe().run(organizer).violations_count == 0
    organizer.get_by_label("What the panel agreed on").fill("A one needs a number.")
    organizer.get_by_role("button", name="Close, and open all entries").click()
    expect(organizer.get_by_text("The calibration is done: all entries are open.")).to_be_visible()
    judge.goto("/desk/sheets/")
    expect(season.locator(".sheet-line").filter(has_text=other)).not_to_contain_text("Opens after calibration")
