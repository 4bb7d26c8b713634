"""In the hall: an organizer numbers the tables and watches, a judge is led by a phone, a team says that it is back and reads when it speaks."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit

pytestmark = [pytest.mark.browser]
ORGANIZER, JUDGE, TEAM = "olga@example.org", "judith@example.org", "ada@example.org"


@pytest.fixture
def hall(stack: Stack, visit: Visit) -> tuple[Page, str]:
    """The hall of the open round on the organizer's desk, all its teams at tables, and its address."""
    path = f"/cycles/{stack.cycles('clean-water-')[-1]}/desk/hall/call/"
    page = visit(ORGANIZER)
    page.goto(path)
    number = page.get_by_role("button", name=re.compile("^Number [0-9]+ team"))
    if number.count():
        number.click()
    expect(page.locator(".hall-table").first).to_be_visible()
    return page, path


def test_a_judge_is_led_from_table_to_table_and_the_desk_follows(hall: tuple[Page, str], visit: Visit) -> None:
    desk, _path = hall
    phone = visit(JUDGE, width=360, height=740)
    phone.goto("/desk/sheets/")
    phone.get_by_role("link", name="In the hall: where next?").click()
    if phone.locator(".way-halls").count():
        phone.locator(".way-halls a").first.click()
    phone.get_by_role("button", name="Where next?").click()
    table = phone.locator(".way-no").inner_text()
    busy = desk.locator(f"#table-{table}")
    expect(busy).to_have_attribute("data-state", "busy", timeout=30_000)
    expect(busy).to_contain_text("Judith")
    phone.get_by_role("button", name="Nobody is here").click()
    expect(phone.locator(".way-no")).not_to_have_text(table)
    expect(busy).to_have_attribute("data-state", "absent", timeout=30_000)
    busy.get_by_role("button", name="They are back").click()
    expect(desk.get_by_text(f"Judges come to table {table} again.")).to_be_visible()
    phone.locator(".way-now a.button").first.click()  # the sheet of this table
    phone.get_by_role("link", name="Back to the hall").click()  # entries are still coming in here: nothing is final yet
    phone.get_by_role("button", name="I take a break").click()
    expect(phone.get_by_role("button", name="Where next?")).to_be_visible()


def test_a_schedule_is_made_and_each_reads_their_own(hall: tuple[Page, str], visit: Visit) -> None:
    desk, path = hall
    desk.goto(f"{path}pitches/")
    anew = desk.get_by_text("Make the schedule anew")
    if anew.count():
        anew.click()
    desk.get_by_label("Rooms").fill("Aula\nLibrary")
    desk.get_by_role("button", name="Make the schedule").click()
    expect(desk.get_by_role("heading", name="Aula")).to_be_visible()
    first = desk.locator(".hall-pitches li").first
    name = first.locator(".hall-name").inner_text()
    first.get_by_role("link", name=f"Move {name}").click()
    desk.get_by_label("Room", exact=True).fill("Foyer")
    desk.get_by_role("button", name="Move it").click()
    expect(desk.get_by_role("heading", name="Foyer")).to_be_visible()
    team = visit(TEAM)
    team.goto(f"{path.partition('desk/')[0]}teams/spring-keepers/")
    expect(team.get_by_text(re.compile("You pitch for 5 minutes in"))).to_be_visible()
    expect(team.get_by_text("Your table is")).to_be_visible()
