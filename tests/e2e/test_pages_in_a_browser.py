"""What only a browser can say: nothing complains, times are told in the viewer's zone, a board follows what happens without a reload."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.people import Stack, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_times_are_told_in_the_viewers_zone_and_name_it(visit: Visit, stack: Stack) -> None:
    page = visit(timezone_id="Asia/Tokyo", locale="en-GB")
    page.goto(f"/cycles/{stack.cycles('clean-water')[0]}/")
    page.locator("main a[href*='/rounds/']").first.click()
    shown = page.locator("main time").first
    expect(shown).to_have_attribute("title", re.compile("UTC"))
    expect(shown).to_contain_text("GMT+9")


def test_a_zone_chosen_on_ones_page_wins_over_that_of_the_device(visit: Visit, stack: Stack) -> None:
    page = visit("eve@example.org", timezone_id="Asia/Tokyo", locale="en-GB")
    for chosen, told in (("Africa/Nairobi", "GMT+3"), ("UTC", "GMT+9")):
        page.goto("/me/")
        page.get_by_label("Time zone").select_option(chosen)
        page.locator("form", has=page.get_by_label("Time zone")).get_by_role("button").first.click()
        expect(page.locator(".messages")).to_contain_text("Saved")
        page.goto(f"/cycles/{stack.cycles('clean-water')[0]}/decisions/")
        expect(page.locator("main time[data-local=moment]").first).to_contain_text(told)


def test_a_board_follows_by_its_socket_and_a_closed_one_stands_still(visit: Visit, stack: Stack) -> None:
    page = visit()
    page.goto(f"/cycles/{stack.cycles('night-of-code')[0]}/boards/standings/")
    expect(page.locator("[data-link]").first).to_have_attribute("data-link", "live")
    page.goto(f"/cycles/{stack.cycles('clean-water')[0]}/boards/result/")
    expect(page.locator("[data-link]")).to_have_count(0)


def test_the_covered_board_is_opened_by_keyboard_until_the_winner_is_told(visit: Visit, stack: Stack) -> None:
    page = visit("olga@example.org", reduced_motion="reduce")
    page.goto(f"/cycles/{stack.cycles('night-of-code')[0]}/ceremony/")
    expect(page.locator("[data-playing]")).to_be_visible()
    page.keyboard.press("Space")
    expect(page.locator(".opening-row").first).to_be_visible()
    covered = page.locator('.opening-cell[data-state="covered"]')
    assert covered.count() > 0
    for _ in range(400):
        if page.locator(".scene-opening").is_hidden():
            break
        page.keyboard.press("ArrowRight")
    assert covered.count() == 0
    page.keyboard.press("End")
    expect(page.locator(".stage-podium li").first).to_be_visible()
    page.keyboard.press("ArrowLeft")
    winner = page.locator(".scene-award:not([hidden]) .winner")
    expect(winner).to_be_visible()
    assert winner.inner_text() == page.locator(".stage-podium li .podium-name").first.text_content()
