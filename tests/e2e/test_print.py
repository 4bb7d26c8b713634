"""Boards and sheets on paper: no ways to other pages, every row and column, black on white, also for whoever reads in the dark."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(60)]
WAYS = ".site-header, .site-footer, .skip, nav, form, button, .button, .toasts"
UNREADABLE = """() => {
  const numbers = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number), found = [];
  for (const one of document.querySelectorAll("main, main *")) {
    if (!one.getClientRects().length || !one.checkVisibility({ visibilityProperty: true })) continue;
    const style = getComputedStyle(one), [r, g, b] = numbers(style.color), [x, y, z, filled = 1] = numbers(style.backgroundColor);
    const writes = [...one.childNodes].some((part) => part.nodeType === Node.TEXT_NODE && part.textContent.trim());
    if (writes && Math.max(r, g, b) > 110) found.push(`pale: ${one.outerHTML.slice(0, 120)} ${style.color}`);
    if (filled && Math.min(x, y, z) < 250) found.push(`filled: ${one.outerHTML.slice(0, 120)} ${style.backgroundColor}`);
  }
  return found;
}"""
"""Printers leave backgrounds away: what is written in pale ink on a dark ground would be lost, and a dark ground would eat the ink."""
CUT = """() => [document.documentElement, ...document.querySelectorAll(".board-scroll, .table-scroll")]
  .filter((one) => one.scrollWidth > one.clientWidth + 1 || (one.matches("div") && getComputedStyle(one).overflowX !== "visible"))
  .map((one) => one.className)"""
ROWS = "() => [...document.querySelectorAll('.board tbody tr')].filter((one) => one.getClientRects().length).length"


def printed(page: Page, path: str) -> None:
    """The page as it goes to a sheet of A4."""
    page.goto(path)
    page.emulate_media(media="print")
    ways = page.locator(WAYS).evaluate_all("all => all.filter((one) => one.getClientRects().length).map((one) => one.outerHTML)")
    assert ways == []
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.evaluate(UNREADABLE) == []
    assert page.evaluate(CUT) == []


def test_a_board_is_printed_whole_in_black_on_white(visit: Visit, stack: Stack) -> None:
    page = visit(scheme="dark", width=794, height=1123)
    printed(page, "/cycles/chopin-2025/boards/stage2/")
    assert page.evaluate(ROWS) >= 40
    assert (
        page.locator(".board thead th:not(.moved)").evaluate_all(
            "all => all.filter((one) => !one.getClientRects().length).length"
        )
        == 0
    )
    printed(page, f"/cycles/{stack.cycles('clean-water')[0]}/boards/result/")
    assert page.evaluate(ROWS) >= 3


def test_a_judges_sheet_is_printed_in_black_on_white(visit: Visit) -> None:
    page = visit("judith@example.org", scheme="dark", width=794, height=1123)
    page.goto("/desk/sheets/past/")
    links = page.locator("main a").evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    sheet = next((one for one in links if re.fullmatch(r"/desk/sheets/\d+/", one or "")), None)
    assert sheet is not None
    printed(page, sheet)
