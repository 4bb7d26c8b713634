"""Credit arrives when another team improves on our idea: in our feed with its reason, on the idea, in the table of the cycle."""

import re
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests.e2e.commoning import begun, shared, told
from tests.e2e.people import Visit
from tests.e2e.test_commons import credited

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
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
    back.get_by_role("link", name="All credit").click()
    expect(ada.get_by_role("heading", level=1)).to_have_text("Credit")
    rows = ada.get_by_role("region", name="Who was built upon, and who builds").get_by_role("row")
    expect(rows).to_have_text(
        [re.compile("Team"), re.compile(r"Whisper\s*5\s*1\s*0\s*0"), re.compile(r"Murmur\s*0\s*0\s*20\s*1")]
    )
    assert Axe().run(ada).violations_count == 0
