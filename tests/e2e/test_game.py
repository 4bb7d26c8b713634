"""A failure story earns recognition: told in the browser, it brings its team a badge, a step of a quest, and a word on the page of the cycle."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.e2e.commoning import begun, told
from tests.e2e.people import Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
DAY = timedelta(days=1)
ROUNDS = {
    "call": {"opens": -DAY, "closes": DAY, "visibility": "full"},
    "final": {"opens": 2 * DAY, "closes": 4 * DAY, "visibility": "full"},
}
BRAVE = {
    "key": "brave",
    "name": "Brave",
    "summary": "Told what did not work.",
    "event": "idea.shared",
    "where": {"kind": "failure-story"},
}
DARE = {
    "key": "dare",
    "name": "Dare",
    "steps": [
        {"key": "tell", "name": "Tell a failure", "event": "idea.shared", "where": {"kind": "failure-story"}},
        {"key": "test", "name": "Finish a test", "event": "test.acted"},
    ],
}
LOOKS = 30


def looked(page: Page, path: str, what: Locator) -> None:
    """The page is looked at anew until the worker has read the journal."""
    page.goto(path)
    for _ in range(LOOKS):
        try:
            expect(what).to_be_visible(timeout=1000)
        except AssertionError:
            page.reload()
        else:
            return
    expect(what).to_be_visible()


def test_a_failure_story_earns_recognition(visit: Visit) -> None:
    key, _, _, ada, ben = begun(visit, "daring", badges=[BRAVE], quests=[DARE], streak={}, **ROUNDS)
    ada.goto(f"/cycles/{key}/teams/whisper/game/")
    badges = ada.get_by_role("region", name="Badges")
    expect(badges).to_contain_text("None yet")
    expect(badges).to_contain_text("An idea shared, the story of a failure.")

    ada.goto(f"/cycles/{key}/ideas/new/")
    ada.locator("select[name=kind]").select_option("failure-story")
    told(ada, "The second box stood empty", summary="Nobody filled it.", went_wrong="It was everybody's job, so nobody's.")
    earned = badges.locator("[data-earned]").filter(has_text="Brave")
    looked(ada, f"/cycles/{key}/teams/whisper/game/", earned)
    expect(earned).to_contain_text("Told what did not work.")
    quest = ada.get_by_role("region", name="Quests")
    expect(quest).to_contain_text(re.compile(r"Tell a failure.*\(done\)", re.DOTALL))
    expect(quest).to_contain_text("1 of 2 done")
    expect(ada.get_by_role("region", name="Weeks in a row")).to_contain_text(re.compile(r"^\s*Weeks in a row\s*1"))
    assert Axe().run(ada).violations_count == 0

    ben.goto(f"/cycles/{key}/game/")
    expect(ben.get_by_role("region", name="Earned last")).to_contain_text(re.compile(r"Whisper\s*Brave"))
    assert Axe().run(ben).violations_count == 0
    ben.get_by_role("link", name="Whisper").first.click()
    expect(ben.get_by_role("region", name="Badges")).to_contain_text("Brave")
