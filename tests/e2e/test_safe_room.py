"""A failure told in the safe room: the organizers first, hidden from the sponsor, widened by its author, cited by another team."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.commoning import begun, sponsor, told
from tests.e2e.people import Stack, Visit
from tests.e2e.test_story import press

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
DAY = timedelta(days=1)
CALL = {"opens": -DAY, "closes": DAY, "visibility": "sealed"}
FINAL = {"opens": 2 * DAY, "closes": 4 * DAY, "visibility": "full"}


def failed(page: Page, key: str, title: str, wrong: str) -> str:
    """A failure is told for all teams, under the name that is offered first; the address of its page."""
    page.goto(f"/cycles/{key}/safe-room/tell/")
    page.locator("[name=title]").fill(title)
    page.locator("[name=went_wrong]").fill(wrong)
    page.locator("[name=audience][value=teams]").check()
    press(page, "Tell it")
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return page.url


def test_a_failure_is_told_hidden_from_the_sponsor_widened_and_cited(visit: Visit, stack: Stack) -> None:
    key, _, olga, ada, ben = begun(visit, "failing", call=CALL, final=FINAL)
    sam = sponsor(visit, stack, olga, key)
    ben.goto(f"/cycles/{key}/safe-room/tell/")
    expect(ben.get_by_text("The organizers go first")).to_be_visible()
    expect(ben.locator("[name=went_wrong]")).to_have_count(0)
    failed(olga, key, "We asked too late", "The street was closed before anybody was asked.")

    story = failed(ben, key, "Rubber that melted", "In July it ran down the gutter.")
    assert sam.request.get(story).status == 404
    assert sam.request.get(f"/cycles/{key}/safe-room/").status == 404
    sam.goto(f"/cycles/{key}/ideas/")
    expect(sam.get_by_role("heading", level=1)).to_be_visible()
    expect(sam.get_by_text("Rubber that melted")).to_have_count(0)
    ada.goto(f"/cycles/{key}/safe-room/")
    ada.get_by_role("link", name="Rubber that melted").click()
    expect(ada.get_by_text("ran down the gutter")).to_be_visible()
    expect(ada.get_by_text("Let more people read it")).to_have_count(0)

    ben.get_by_text("Let more people read it").click()
    ben.get_by_label("Everybody who can see this cycle").check()
    press(ben, "Let them read it")
    expect(ben.get_by_text("More people can read it now.")).to_be_visible()
    sam.goto(story)
    expect(sam.get_by_text("ran down the gutter")).to_be_visible()

    ada.get_by_role("link", name="Build on this").click()
    told(ada, "Cork instead of rubber", summary="It does not melt.", reason="Your July is why we took cork.")
    source = ada.get_by_role("region", name="It came from")
    expect(source).to_contain_text(re.compile(r"builds on.*Rubber that melted.*Murmur.*why we took cork", re.DOTALL))
    ben.reload()
    expect(ben.get_by_role("region", name="What grew from it")).to_contain_text("Cork instead of rubber")
