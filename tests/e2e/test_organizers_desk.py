"""An organizer at work: people invited from a list, a round that follows by itself, reminders, a connection that is lost and comes back."""

import re
import time

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit

pytestmark = [pytest.mark.browser, pytest.mark.complaining]  # a connection is lost on purpose, a list is refused
ORGANIZER = "olga@example.org"
OPEN_ROUND = re.compile(r"/rounds/call/$")


@pytest.fixture
def desk(stack: Stack) -> str:
    """The desk of the cycle whose call is open."""
    return f"/cycles/{stack.cycles('clean-water-')[-1]}/desk"


def invite(page: Page, desk: str, people: str) -> None:
    page.goto(f"{desk}/people/invite/")
    page.get_by_label("People", exact=True).fill(people)
    page.get_by_role("button", name="Look at what will happen").click()


def test_a_list_is_mended_after_a_fault_then_sent_and_its_mails_are_counted(visit: Visit, desk: str) -> None:
    page, word = visit(ORGANIZER), f"{time.time_ns()}"
    invite(page, desk, f"Noor <noor-{word}@example.net>\nnobody")
    expect(page.get_by_role("heading", name="Please look again: nothing was sent")).to_be_visible()
    box = page.get_by_label("People", exact=True)
    expect(box).to_have_value(re.compile("nobody"))
    box.fill(f"Noor <noor-{word}@example.net>")
    page.get_by_role("button", name="Look again").click()
    page.get_by_role("button", name="Send 1 invitation").click()
    expect(page.get_by_text("1 mail is on its way.")).to_be_visible()
    page.goto(f"{desk}/people/?q=noor-{word}")
    for _ in range(40):
        if page.get_by_role("table").get_by_text("invited", exact=True).count():
            break
        page.wait_for_timeout(500)
        page.reload()
    expect(page.get_by_role("table").get_by_text("invited", exact=True)).to_be_visible()


def test_a_round_follows_by_itself_and_keeps_what_was_ticked(visit: Visit, desk: str) -> None:
    page, other, team = visit(ORGANIZER), visit(ORGANIZER), f"Team {time.time_ns()}"
    page.goto(f"{desk}/rounds/call/")
    page.get_by_label("Tick all teams").check()
    ticked = page.locator("input[name=who][form=remind-entries]:checked")
    before = ticked.count()
    assert before > 0
    invite(other, desk, f"{team.replace(' ', '')}@example.net; {team}")
    other.get_by_role("button", name="Send 1 invitation").click()
    expect(page.get_by_role("link", name=team, exact=True)).to_be_visible(timeout=30_000)
    assert ticked.count() == before
    page.locator(f"[data-choose='{team.lower().replace(' ', '-')}']").click()
    expect(page.get_by_label("Team", exact=True)).to_have_value(team.lower().replace(" ", "-"))
    expect(page.get_by_label("Until", exact=True)).to_be_focused()


def test_a_lost_connection_is_said_and_mended(visit: Visit, desk: str) -> None:
    page = visit(ORGANIZER)
    page.goto(f"{desk}/rounds/call/")
    clock = page.locator("[data-live-clock]")
    page.context.set_offline(True)
    expect(clock).to_contain_text("The connection is lost", timeout=30_000)
    page.context.set_offline(False)
    expect(clock).to_contain_text("Last looked", timeout=60_000)


def test_those_who_are_behind_are_reminded_in_one_click(visit: Visit, desk: str) -> None:
    page = visit(ORGANIZER)
    page.goto(f"{desk}/rounds/call/")
    page.get_by_role("button", name=re.compile("with open sheets|Remind 1 judge")).click()
    expect(page.locator(".messages")).to_contain_text(re.compile("reminded|cannot be told"))
    expect(page).to_have_url(OPEN_ROUND)
