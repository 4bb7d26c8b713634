"""Two teams become one in the browser: one proposes, the other agrees, and what each did before stays under its own name."""

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.people import Visit, fits
from tests.e2e.test_story import registered

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def rules(key: str) -> dict[str, Any]:
    """Registration is open, the first round begins in two days: a time between rounds."""
    now = datetime.now(UTC).replace(microsecond=0)
    day = timedelta(days=1)
    waived = {"waived": "Played in a browser."}
    return {
        "format": 1,
        "cycle": {"key": key, "name": "Two rivers", "starts": (now - day).isoformat()},
        "aim": waived,
        "checks": dict.fromkeys(("will", "offer", "networks"), waived),
        "registration": {"opens": (now - day).isoformat(), "closes": (now + day).isoformat(), "min_members": 1},
        "rounds": [{"key": "call", "opens": (now + 2 * day).isoformat(), "closes": (now + 9 * day).isoformat()}],
        "challenges": [{"key": "idea", "name": "Idea", "rounds": ["call"], "criteria": [{"key": "value", "min": 0, "max": 5}]}],
        "boards": [{"key": "result"}],
    }


def sent(page: Page, path: str, data: dict[str, Any]) -> Any:
    """What the API answers to somebody who is signed in."""
    token = next(one["value"] for one in page.context.cookies() if "csrf" in one["name"])
    headers = {"X-CSRFToken": token, "Idempotency-Key": secrets.token_hex(8)}
    answer = page.request.post(path, data=data, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()


def shared(page: Page, cycle: int, team: str, title: str) -> int:
    """An idea of the team for everybody; its number."""
    group = page.request.get(f"/api/v1/groups?cycle={cycle}&key={team}").json()["results"][0]["id"]
    told = {"kind": "tactic", "title": title, "summary": "Ask who lives there.", "audience": "everybody"}
    return int(sent(page, f"/api/v1/groups/{group}/ideas", told)["number"])


def proposed(ada: Page, key: str) -> None:
    """Step one: with whom. Step two: who gets which part; what is not whole is refused and stays."""
    ada.goto(f"/cycles/{key}/teams/whisper/")
    ada.get_by_role("link", name="Partners").click()
    assert Axe().run(ada).violations_count == 0
    ada.get_by_label("With whom").select_option(label="Murmur")
    ada.get_by_role("button", name="Go on: who gets which part").click()
    expect(ada.get_by_role("heading", name="One team from now on")).to_be_visible()
    ada.get_by_label("Whisper", exact=True).first.fill("60")
    ada.get_by_label("A new name").fill("Confluence")
    ada.get_by_role("button", name="Propose it").click()
    expect(ada.get_by_text("110 % together")).to_be_visible()
    assert Axe().run(ada).violations_count == 0
    ada.get_by_label("Murmur", exact=True).first.fill("40")
    ada.get_by_role("button", name="Propose it").click()
    expect(ada.get_by_role("heading", name="Waits for others")).to_be_visible()


@pytest.mark.complaining  # parts that are not whole are refused on purpose
def test_two_teams_become_one_and_each_keeps_its_history(visit: Visit) -> None:
    key = f"rivers-{secrets.token_hex(3)}"
    olga, ada, ben = visit("olga@example.org"), visit("ada@example.org"), visit("ben@example.org", width=360, height=740)
    olga.goto("/desk/")
    cycle = sent(olga, "/api/v1/cycles", {"design": rules(key)})["id"]
    registered(ada, key, "Whisper")
    registered(ben, key, "Murmur")
    ours, theirs = shared(ada, cycle, "whisper", "Go upstream"), shared(ben, cycle, "murmur", "Go downstream")
    proposed(ada, key)
    ben.goto(f"/cycles/{key}/teams/murmur/partners/")
    expect(ben.get_by_text("Under the name “Confluence”.")).to_be_visible()
    expect(ben.get_by_text("40 %")).to_be_visible()
    assert fits(ben)
    ben.get_by_role("button", name="We agree").click()
    expect(ben.get_by_role("heading", level=1)).to_have_text("Confluence")
    expect(ben.get_by_role("heading", name="One team with Murmur")).to_be_visible()
    ada.goto(f"/cycles/{key}/ideas/{theirs}/")
    expect(ada.locator("main")).to_contain_text("Murmur")
    ada.goto(f"/cycles/{key}/groups/murmur/")
    expect(ada.locator("main")).to_contain_text("goes on as Confluence")
    ben.goto(f"/cycles/{key}/ideas/{ours}/")
    expect(ben.locator("main")).to_contain_text("Confluence")
    ben.goto(f"/cycles/{key}/groups/whisper/")
    expect(ben.locator("main")).to_contain_text("One team with Murmur")
    ben.goto(f"/cycles/{key}/teams/murmur/")
    expect(ben.locator("main")).to_contain_text("The team was merged into another.")
    together = shared(ben, cycle, "whisper", "Go both ways")
    ada.goto(f"/cycles/{key}/ideas/{together}/")
    expect(ada.locator("main")).to_contain_text("40")
    olga.goto(f"/cycles/{key}/desk/partners/")
    expect(olga.get_by_role("heading", name="One team: Confluence and Murmur")).to_be_visible()
