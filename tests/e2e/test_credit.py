"""Credit arrives when another team improves on our idea: in our feed with its reason, on the idea, in the table of the cycle, in the bell.

It is a small win too, which the other team cheers.
"""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.e2e.commoning import begun, shared, told
from tests.e2e.people import Visit
from tests.e2e.test_commons import LOOKS, credited
from tests.e2e.test_story import press

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]
DAY = timedelta(days=1)
ROUNDS = {
    "call": {"opens": -DAY, "closes": DAY, "visibility": "full"},
    "final": {"opens": 2 * DAY, "closes": 4 * DAY, "visibility": "full"},
}
SHARED = {"key": "shared", "name": "An idea shared", "event": "idea.shared", "points": 20, "flows": True}


def test_credit_arrives_when_another_team_improves_on_our_idea(visit: Visit) -> None:
    key, _, _, ada, ben = begun(visit, "credit", more=[SHARED], **ROUNDS)
    ours = shared(ada, key, "Loose covers", summary="They rock, and everybody hears it.")
    ben.goto(ours)
    ben.get_by_role("link", name="Build on this").click()
    told(ben, "Covers with rubber", summary="A ring of old tyre below each.", reason="They rock less on rubber.")
    credited(ada, key, "whisper", "Credit: An idea shared")
    feed = ada.get_by_role("region", name="How they came")
    expect(feed).to_contain_text(re.compile(r"\+5.*Loose covers.*Murmur:\s*Covers with rubber.*1 step", re.DOTALL))
    assert Axe().run(ada).violations_count == 0

    feed.get_by_role("link", name="Loose covers").click()
    back = ada.get_by_role("region", name="What came back")
    expect(back).to_contain_text(re.compile(r"5\s+points of credit, from 1 work that builds on it"))
    _cheered(ada, ben, key)
    ada.goto("/notices/")
    expect(seen(ada, ada.get_by_text("Your idea “Loose covers” was built upon: +5").first)).to_be_visible()
    ada.goto(ours)
    back.get_by_role("link", name="All credit").click()
    expect(ada.get_by_role("heading", level=1)).to_have_text("Credit")
    rows = ada.get_by_role("region", name="Who was built upon, and who builds").get_by_role("row")
    expect(rows).to_have_text(
        [re.compile("Team"), re.compile(r"Whisper\s*5\s*1\s*0\s*0"), re.compile(r"Murmur\s*0\s*0\s*20\s*1")]
    )
    assert Axe().run(ada).violations_count == 0


def seen(page: Page, what: Locator) -> Locator:
    """Looked at anew until a worker has brought it."""
    for _ in range(LOOKS):
        if what.count():
            break
        page.wait_for_timeout(1000)
        page.reload()
    return what


def _cheered(ours: Page, others: Page, key: str) -> None:
    """Our win stands where all teams read it; another team cheers it, and we do not cheer our own."""
    others.goto(f"/cycles/{key}/wins/")
    win = seen(others, others.get_by_role("listitem").filter(has_text="had an idea that others build on"))
    expect(win).to_contain_text(re.compile(r"Whisper.*Loose covers", re.DOTALL))
    press(others, "Cheer")
    expect(win.get_by_role("button", name="Cheered")).to_have_attribute("aria-pressed", "true")
    assert Axe().run(others).violations_count == 0
    ours.goto(f"/cycles/{key}/teams/whisper/wins/")
    expect(ours.get_by_role("listitem").filter(has_text="had an idea that others build on")).to_contain_text("cheer")
    expect(ours.get_by_role("button", name="Cheer")).to_have_count(0)
