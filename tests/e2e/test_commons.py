"""What is sealed until it is published, and then read, asked about, tested and built on; a barrier solved by another team."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.commoning import begun, sent, told
from tests.e2e.people import Visit
from tests.e2e.test_story import entered, press

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
DAY = timedelta(days=1)
CALL = {"opens": -DAY, "closes": DAY, "visibility": "forkable"}
FINAL = {"opens": 2 * DAY, "closes": 4 * DAY, "visibility": "full"}
LONG = 60_000
LOOKS = 30


def published(olga: Page, key: str, round_: int) -> None:
    """The call is locked and published; the run says when it is done."""
    sent(olga, f"/api/v1/rounds/{round_}/lock", {"reason": "As planned for tonight."})
    run = sent(olga, f"/api/v1/rounds/{round_}/publish", {})
    olga.goto(f"/cycles/{key}/desk/publish/call/?run={run['run']}")
    expect(olga.get_by_role("link", name="See it as everybody does")).to_be_visible(timeout=LONG)


def tried(page: Page, title: str) -> None:
    """A test of change from the idea that is open, walked to its end."""
    page.get_by_role("link", name="Test it").click()
    page.locator("[name=title]").fill(title)
    page.locator("[name=prediction]").fill("Two of three nights are quiet.")
    press(page, "Plan it")
    page.locator("[name=done]").fill("Screwed down one cover.")
    press(page, "Write it down")
    page.locator("[name=data]").fill("Quiet on three of three nights.")
    page.locator("[name=learned]").fill("It was one cover alone.")
    press(page, "Write it down")
    page.get_by_role("button", name="Adopt").click()
    expect(page.get_by_text("Adopted: we keep doing it.")).to_be_visible()


def test_a_sealed_entry_is_published_read_asked_about_tested_and_built_on(visit: Visit) -> None:
    key, rounds, olga, ada, ben = begun(visit, "sealed", call=CALL, final=FINAL)
    entered(ada, key, "call", "idea", "Loose covers")
    [mine] = ada.request.get(f"/api/v1/submissions?cycle={rounds['cycle']}").json()["results"]
    theirs = f"/cycles/{key}/groups/whisper/"
    for where in (f"/cycles/{key}/entries/", theirs, f"/cycles/{key}/rounds/call/"):
        ben.goto(where)
        expect(ben.get_by_role("heading", level=1)).to_be_visible()
        expect(ben.get_by_text("Loose covers")).to_have_count(0)
    assert ben.request.get(f"/api/v1/submissions/{mine['id']}").status == 404
    assert ben.request.get(f"/cycles/{key}/ideas/new/?entry={mine['id']}").status == 404
    published(olga, key, rounds["call"])

    ben.goto(f"/cycles/{key}/entries/")
    ben.get_by_role("link", name="Loose covers").click()
    ben.get_by_text("The entry, version 1").click()
    expect(ben.get_by_text("that everybody hears")).to_be_visible()
    press(ben, "Ask about it, or test it")
    expect(ben.get_by_role("heading", level=1)).to_have_text("Loose covers")
    source = ben.url
    ben.get_by_role("link", name="Ask or say something").click()
    ben.locator("[name=title]").fill("Which covers?")
    ben.locator("[name=text]").fill("The round ones only?")
    press(ben, "Send it")
    expect(ben.get_by_role("heading", level=1)).to_have_text("Which covers?")
    ada.goto(ben.url)
    ada.locator("[name=text]").fill("Whatever rocks.")
    press(ada, "Reply as Whisper")
    ben.reload()
    press(ben, "This answers it")
    expect(ben.get_by_text("accepted answer")).to_be_visible()

    ben.goto(source)
    tried(ben, "One cover at our corner")
    ben.goto(source)
    expect(ben.get_by_text("tested elsewhere")).to_be_visible()
    ben.get_by_role("link", name="Build on this").click()
    fork = told(ben, "Covers with rubber", summary="A ring of old tyre below each.", reason="They rock less on rubber.")
    ben.get_by_role("link", name="Tell it anew").click()
    ben.locator("[name=cost]").fill("One old tyre.")
    ben.locator("[name=note]").fill("Somebody asked what it costs.")
    press(ben, "Share it")
    expect(ben.get_by_text("Version 2")).to_be_visible()
    ada.goto(f"{fork}lineage/")
    line = ada.locator(".lineage-row")
    expect(line).to_have_text(
        [re.compile("Loose covers.*Whisper", re.DOTALL), re.compile("Covers with rubber.*Murmur", re.DOTALL)]
    )
    ada.goto(source)
    grown = ada.get_by_role("region", name="What grew from it")
    expect(grown).to_contain_text(re.compile(r"builds on.*Covers with rubber.*Murmur.*rock less on rubber", re.DOTALL))


def credited(page: Page, key: str, team: str, rule: str) -> None:
    """The ledger of a team tells the rule: looked at anew until the worker has read the journal."""
    page.goto(f"/cycles/{key}/teams/{team}/points/")
    line = page.get_by_role("region", name="How they came").get_by_text(rule)
    for _ in range(LOOKS):
        try:
            expect(line).to_be_visible(timeout=1000)
        except AssertionError:
            page.reload()
        else:
            return
    expect(line).to_be_visible()


def test_a_barrier_is_solved_by_another_team_and_both_are_credited(visit: Visit) -> None:
    key, _, _, ada, ben = begun(visit, "barrier", call=CALL, final=FINAL)
    ada.goto(f"/cycles/{key}/barriers/")
    ada.get_by_role("link", name="Post a barrier").first.click()
    ada.locator("[name=title]").fill("Nobody may open a cover")
    ada.locator("[name=text]").fill("Only the works department has the key.")
    press(ada, "Post it")
    expect(ada.get_by_text("still open")).to_be_visible()
    ben.goto(f"/cycles/{key}/barriers/")
    ben.get_by_role("link", name="Nobody may open a cover").click()
    ben.locator("[name=text]").fill("Ask them for an hour on a Sunday: they came with us.")
    press(ben, "Reply as Murmur")
    expect(ben.get_by_role("button", name="This helped")).to_have_count(0)
    ada.reload()
    press(ada, "This helped")
    expect(ada.get_by_text("this helped", exact=True)).to_be_visible()
    ben.goto(f"/cycles/{key}/barriers/")
    expect(ben.get_by_role("heading", name="What helped")).to_be_visible()
    credited(ada, key, "whisper", "A barrier told and solved")
    credited(ben, key, "murmur", "It helped")
