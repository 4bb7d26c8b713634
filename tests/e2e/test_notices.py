"""A notice that comes while a page stands open: a toast that can be followed or dismissed, and the bell counts on."""

import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit

pytestmark = [pytest.mark.browser]


def announced(page: Page, cycle: str, title: str) -> None:
    page.goto(f"/cycles/{cycle}/desk/announcements/")
    form = page.locator("form", has=page.locator("[name=title]"))
    form.locator("[name=title]").fill(title)
    form.get_by_role("button", name="Announce it").click()
    expect(page.get_by_text(title).first).to_be_visible()


def until_told(page: Page, title: str) -> None:
    """The worker tells it; the page asks for it now and not in half a minute."""
    toast = page.locator(".toast", has_text=title)
    for _ in range(60):
        page.evaluate("document.querySelector('[data-bell]').dispatchEvent(new Event('notices:ask'))")
        page.wait_for_timeout(500)
        if toast.count():
            break
    expect(toast).to_be_visible()


def test_a_notice_comes_as_a_toast_that_is_dismissed_by_keyboard_and_stays_under_the_bell(visit: Visit, stack: Stack) -> None:
    cycle = stack.cycles("clean-water-")[-1]
    ada, title = visit("ada@example.org"), f"The room is another one {time.time_ns()}"
    ada.goto(f"/cycles/{cycle}/")
    announced(visit("olga@example.org"), cycle, title)
    until_told(ada, title)
    expect(ada.locator("[data-bell-count]")).to_be_visible()
    toast = ada.locator(".toast", has_text=title)
    toast.get_by_role("link").focus()
    ada.keyboard.press("Tab")
    expect(toast.get_by_role("button", name="Dismiss")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(toast).to_have_count(0)
    expect(ada.locator("[data-bell]")).to_be_focused()
    ada.keyboard.press("Enter")
    expect(ada.get_by_role("link", name=title).first).to_be_visible()
    assert ada.locator(".toast").count() == 0  # told once
