"""A study between two rounds: work is dealt and read, and what is taken from it comes back as a test in the next round."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.commoning import begun, sent, shared
from tests.e2e.people import Visit
from tests.e2e.test_story import press

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
HOUR = timedelta(hours=1)
STUDY = {"begins": -1 * HOUR, "ends": 48 * HOUR, "reads": 2}
CALL = {"opens": -48 * HOUR, "closes": -2 * HOUR, "visibility": "sealed", "study": STUDY}
FINAL = {"opens": 72 * HOUR, "closes": 96 * HOUR, "visibility": "full"}


def test_what_is_read_in_the_study_is_tested_in_the_next_round(visit: Visit) -> None:
    key, rounds, olga, ada, ben = begun(visit, "study", call=CALL, final=FINAL)
    shared(ben, key, "Listen at night", summary="Two people and a torch.")
    sent(olga, f"/api/v1/rounds/{rounds['call']}/deal-readings", {})
    ada.goto(f"/cycles/{key}/teams/whisper/study/")
    ada.get_by_role("link", name="Listen at night").click()
    expect(ada.get_by_text("Two people and a torch.")).to_be_visible()
    ada.go_back()
    press(ada, "We have read it")
    expect(ada.get_by_text("1 of 1 read")).to_be_visible()
    ada.locator("[name=text]").fill("Listen at our own corner")
    ada.locator("[name=prediction]").fill("We hear which cover it is.")
    press(ada, "Take it")
    expect(ada.get_by_role("heading", name="What we take")).to_be_visible()

    sent(olga, f"/api/v1/rounds/{rounds['final']}/open", {"reason": "Everybody is ready."})
    ada.goto(f"/cycles/{key}/rounds/final/pitch/entry/")
    expect(ada.get_by_text("your hypotheses now")).to_be_visible()
    ada.get_by_role("link", name="Test it").click()
    expect(ada.locator("[name=title]")).to_have_value("Listen at our own corner")
    expect(ada.locator("[name=prediction]")).to_have_value("We hear which cover it is.")
    press(ada, "Plan it")
    expect(ada.get_by_role("heading", name="Listen at our own corner")).to_be_visible()
    ada.goto(f"/cycles/{key}/teams/whisper/study/")
    expect(ada.get_by_role("link", name="Test 1")).to_be_visible()
    olga.goto(f"/cycles/{key}/desk/study/")
    whisper = olga.get_by_role("row", name="Whisper")
    given, read, asked, answered, taken, tested = "1", "1", "0", "0", "1", "1"
    expect(whisper.get_by_role("cell")).to_have_text([given, read, asked, answered, taken, tested])
