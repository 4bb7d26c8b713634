"""A certificate and a badge in the hands of a stranger: verified, refused when changed, and read as taken back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit, fits

pytestmark = [pytest.mark.browser]
NAME = "Ada Wanjirũ Ñjoroge 王"


def until(page: Page, selector: str) -> None:
    """A worker prints and signs: look again until it has."""
    for _ in range(60):
        if page.locator(selector).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    expect(page.locator(selector)).to_be_visible()


def shown(page: Page, name: str, content: bytes, verdict: str) -> None:
    """Give a file to the page that verifies; it says so."""
    page.goto("/verify/")
    page.locator("#file").set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": content})
    page.get_by_role("button", name="Verify it").click()
    expect(page.locator("#verdict .verdict-word")).to_have_text(verdict)


def test_a_stranger_verifies_the_certificate_of_a_winner(visit: Visit, stack: Stack) -> None:
    stranger = visit(width=360)
    stranger.goto(f"/cycles/{stack.cycles('clean-water-')[0]}/")
    until(stranger, ".award-winners a[href^='/verify/']")
    stranger.locator(".award-winners a[href^='/verify/']").first.click()
    expect(stranger.locator("#verdict .verdict-word")).to_have_text("Valid")
    assert fits(stranger)
    address = stranger.url
    page = stranger.request.get(f"{address}certificate.pdf").body()
    assert page.startswith(b"%PDF-")
    shown(stranger, "certificate.pdf", page, "Valid")
    shown(stranger, "certificate.pdf", page + b"%", "Not what was issued")
    stranger.goto("/verify/")
    stranger.locator("#text").fill(address)
    stranger.get_by_role("button", name="Verify it").click()
    expect(stranger).to_have_url(address)


def test_a_member_shows_a_badge_in_the_name_they_wish_and_gives_it_back(visit: Visit) -> None:
    ada, stranger = visit("ada@example.org"), visit(scheme="dark")
    ada.goto("/me/")
    ada.get_by_role("link", name="Certificates and badges").first.click()
    offer = ada.locator(".credential", has=ada.locator("input[name=name]")).first
    offer.locator("summary").click()
    offer.locator("input[name=name]").fill(NAME)
    offer.get_by_role("button", name="Ask for it").click()
    expect(ada.locator(".credential-whom", has_text=NAME).first).to_be_visible()
    until(ada, f".credential:not(.is-over):has-text('{NAME}') .credential-files")
    mine = ada.locator(".credential:not(.is-over)", has_text=NAME).first
    address = mine.get_by_role("link", name="Address to show").get_attribute("href")

    stranger.goto(address or "")
    expect(stranger.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(stranger.locator("#verdict .verdict-word")).to_have_text("Valid")
    drawn = stranger.request.get(f"{stranger.url}badge.svg").body()
    token = stranger.request.get(f"{stranger.url}badge.jwt").text()
    shown(stranger, "badge.svg", drawn, "Valid")
    shown(stranger, "badge.svg", drawn.replace(NAME[:3].encode(), b"Eve"), "Not what was issued")
    head, body, signature = token.split(".")
    changed = ("A" if body[40] != "A" else "B").join((body[:40], body[41:]))
    for text, verdict in ((token, "Valid"), (f"{head}.{changed}.{signature}", "Not what was issued")):
        stranger.goto("/verify/")
        stranger.locator("#text").fill(text)
        stranger.get_by_role("button", name="Verify it").click()
        expect(stranger.locator("#verdict .verdict-word")).to_have_text(verdict)

    mine.locator("summary").click()
    mine.get_by_role("button", name=re.compile("Take it back")).click()
    expect(ada.get_by_text("You may ask for another one.")).to_be_visible()
    shown(stranger, "badge.svg", drawn, "Taken back")
