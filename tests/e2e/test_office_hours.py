"""Office hours in a browser: an expert offers an afternoon, a team books two, the third is refused over the quota; cancelled, one is free again."""

import secrets
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.commoning import ADA, OLGA, rules, sent
from tests.e2e.people import Visit
from tests.e2e.test_story import press, registered

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.complaining]  # the refusal answers 422
HOUR = timedelta(hours=1)


def begun(visit: Visit) -> tuple[str, Page, Page]:
    """A cycle whose organizer is its expert, in which Ada plays for Whisper: its key, the pages of Olga and Ada."""
    tag = secrets.token_hex(3)
    key = f"hours-{tag}"
    design = rules(key, f"Hours {tag}", call={"opens": -1 * HOUR, "closes": 48 * HOUR}, final={"opens": 72 * HOUR})
    design["roles"][0]["capabilities"] = ["organize", "advise"]
    design["office_hours"] = {"quota": 2}
    olga, ada = visit(OLGA), visit(ADA)
    olga.goto("/desk/")
    sent(olga, "/api/v1/cycles", {"design": design})
    registered(ada, key, "Whisper")
    return key, olga, ada


def booked(page: Page, question: str) -> None:
    """The first free office hour is asked for."""
    page.get_by_role("region", name="Free").get_by_role("link", name="Book").first.click()
    page.locator("[name=question]").fill(question)
    press(page, "Book it")


def test_a_team_books_two_and_the_third_is_refused_over_the_quota(visit: Visit) -> None:
    key, olga, ada = begun(visit)
    olga.goto(f"/cycles/{key}/office-hours/")
    day = datetime.now(UTC) + timedelta(days=7 + secrets.randbelow(2000))  # whoever plays this twice is not in two places at once
    for name, value in {
        "day": day.date().isoformat(),
        "begin": "14:00",
        "end": "15:20",
        "place": "Room 4",
        "topics": "Money",
    }.items():
        olga.locator(f"[name={name}]").fill(value)
    press(olga, "Offer")
    expect(olga.get_by_text("4 office hours are offered.").first).to_be_visible()

    ada.goto(f"/cycles/{key}/teams/whisper/")
    ada.get_by_role("link", name="Office hours").first.click()
    expect(ada.get_by_role("heading", name="0 of 2 used")).to_be_visible()
    booked(ada, "How do we price it?")
    expect(ada.get_by_role("heading", name="1 of 2 used")).to_be_visible()
    expect(ada.get_by_text("Room 4")).to_be_visible()
    booked(ada, "Whom do we ask first?")
    expect(ada.get_by_role("heading", name="2 of 2 used")).to_be_visible()
    booked(ada, "And one more?")
    expect(ada.get_by_text("Every team has 2 office hours in this competition, and yours are booked.")).to_be_visible()
    expect(ada.locator("[name=question]")).to_have_value("And one more?")
    ada.get_by_role("link", name="Choose another").click()
    ada.get_by_role("button", name="Cancel it").last.click()
    expect(ada.get_by_text("Cancelled, and given back.")).to_be_visible()
    expect(ada.get_by_role("heading", name="1 of 2 used")).to_be_visible()

    olga.goto(f"/cycles/{key}/office-hours/")
    olga.get_by_role("link", name="Whisper").click()
    expect(olga.get_by_text("How do we price it?")).to_be_visible()
    olga.locator("[name=text]").fill("Ask the harbour what it pays now.")
    olga.get_by_label("Share it with the team").check()
    press(olga, "Write it down")
    ada.reload()
    expect(ada.get_by_text("Ask the harbour what it pays now.")).to_be_visible()
    olga.goto(f"/cycles/{key}/desk/office-hours/")
    expect(olga.get_by_role("row", name="Whisper").get_by_role("cell")).to_have_text(["1", "1 / 2", "0", "0"])
