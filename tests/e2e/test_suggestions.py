"""A suggestion becomes a rule: written by a team, supported by another, accepted in the organizers' words, applied at the gate with credit."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.commoning import begun, sent
from tests.e2e.people import Visit
from tests.e2e.test_story import press, steered

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
DAY = timedelta(days=1)


def test_a_suggestion_becomes_a_rule_at_the_gate(visit: Visit) -> None:
    final = {"opens": 2 * DAY, "closes": 4 * DAY, "gate": True}
    key, rounds, olga, ada, ben = begun(visit, "learns", call={"opens": -DAY, "closes": DAY}, final=final)
    ada.goto(f"/cycles/{key}/rules/")
    ada.get_by_role("link", name="Suggestions").click()
    ada.get_by_role("link", name="Suggest the first").click()
    ada.locator("[name=title]").fill("More time to appeal")
    ada.locator("[name=why]").fill("Results come before a holiday.")
    ada.locator("[name=path]").select_option('rounds["final"].appeal_days')
    ada.locator("[name=value]").fill("soon")
    press(ada, "Send it")
    expect(ada.get_by_text("What you typed is still here.")).to_be_visible()
    ada.locator("[name=value]").fill("7")
    press(ada, "See what would change")
    expect(ada.locator(".wish-looked ins")).to_contain_text("7")
    press(ada, "Send it")
    expect(ada.get_by_role("heading", level=1)).to_have_text("More time to appeal")

    ben.goto(ada.url)
    press(ben, "I support it")
    expect(ben.get_by_text("1 other supports it.")).to_be_visible()

    olga.goto(f"/cycles/{key}/desk/rules/")
    olga.get_by_role("link", name="What those who take part would change").click()
    olga.get_by_role("link", name="More time to appeal").click()
    olga.locator("[name=answer]").fill("A week is fair.")
    press(olga, "Accept it")
    expect(olga.get_by_text("is open: rules change between rounds")).to_be_visible()

    sent(olga, f"/api/v1/rounds/{rounds['call']}/lock", {"reason": "The call is over."})
    steered(olga, key, "final", "Pass the gate")
    everybody = visit()
    everybody.goto(f"/cycles/{key}/rules/log/")
    newest = everybody.locator(".versions-log > li").first
    expect(newest).to_contain_text("Version 2")
    expect(newest).to_contain_text("(Whisper)")
    expect(newest).to_contain_text("A week is fair.")
    expect(newest.locator("ins")).to_contain_text("7")
