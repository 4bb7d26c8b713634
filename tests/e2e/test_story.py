"""A whole competition through pages only: launch, teams, judges, publication, cut, next round, ceremony."""

import re
import secrets

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit
from tests.e2e.story_rules import rules

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]
JUDGES = ("Judith <judith@example.org>", "Max Berg <{tag}-max@example.net>", "Ida Holm <{tag}-ida@example.net>")
LONG = 60_000


def press(page: Page, name: str) -> None:
    """Press a button by its words."""
    page.get_by_role("button", name=name).first.click()


def launched(page: Page, key: str, name: str) -> None:
    """The organizer begins with a playbook, writes all rules anew, and launches."""
    page.goto("/launch/")
    form = page.locator("form", has=page.locator("input[name=name]")).last
    form.locator("input[name=name]").fill(name)
    form.get_by_role("button").click()
    page.get_by_role("link", name=re.compile("All rules")).click()
    page.locator("textarea[name=rules]").fill(rules(key, name))
    press(page, "Save and check")
    page.get_by_role("link", name=re.compile(r"Launch\s*$")).last.click()
    press(page, "Launch the cycle")
    page.wait_for_url(f"**/cycles/{key}/**")


def judges_invited(page: Page, key: str, tag: str) -> None:
    """Three judges from a pasted list, looked at before anything is sent."""
    page.goto(f"/cycles/{key}/desk/people/invite/")
    page.locator("textarea[name=people]:visible").fill("\n".join(one.format(tag=tag) for one in JUDGES))
    page.locator("select[name=role]").select_option("judge")
    press(page, "Look at what will happen")
    press(page, "Send")
    expect(page.get_by_text("Max Berg").first).to_be_visible()


def registered(page: Page, key: str, team: str) -> None:
    """A team comes in by the form of the cycle."""
    page.goto(f"/cycles/{key}/register/")
    page.get_by_label("Name of the team").fill(team)
    for box in page.get_by_role("checkbox").all():
        box.check()
    press(page, "Register")
    expect(page.get_by_role("heading", level=1)).to_contain_text(team)


def steered(page: Page, key: str, round_: str, act: str) -> None:
    """One act on a round, from its own page at the desk."""
    page.goto(f"/cycles/{key}/desk/rounds/{round_}/")
    page.locator("summary", has_text="Steer this round").first.click()
    button = page.get_by_role("button", name=act).first
    reason = page.locator("form", has=button).locator("[name=reason]")
    if reason.count():
        reason.first.fill("As planned for tonight.")
    button.click()
    page.wait_for_load_state()


def entered(page: Page, key: str, round_: str, task: str, title: str) -> None:
    """An entry is written and handed in."""
    page.goto(f"/cycles/{key}/rounds/{round_}/{task}/entry/")
    page.get_by_label("Title").fill(title)
    page.get_by_label("Your idea").fill("Mend the **one** loose cover that everybody hears.")
    page.get_by_role("button", name=re.compile("^Hand in")).first.click()
    expect(page.get_by_text(re.compile("Version 1")).first).to_be_visible()


def came(page: Page, stack: Stack, address: str, tag: str) -> Page:
    """Somebody, with an account or without, takes the place by the link in the mail; `tag` stands in the name of the cycle."""
    page.goto(stack.link_to(address, "/invitations/", about=tag))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_load_state()
    return page


def seated(page: Page, key: str, task: str) -> None:
    """Every judge of the cycle sits on the jury of a task, and has every entry."""
    page.goto(f"/cycles/{key}/desk/judging/")
    card = page.locator(".card", has=page.get_by_role("heading", name=task))
    card.get_by_role("button", name="Add all judges").click()
    card.get_by_role("button", name="Give every judge every entry").click()
    expect(card.get_by_text("without a judge")).to_have_count(0)


def marked(page: Page, cycle: str, marks: dict[str, int]) -> None:
    """A judge marks every sheet of the cycle in the order of the queue, each entry by its title, and goes on to the next."""
    page.goto("/desk/sheets/")
    mine = page.get_by_role("region").filter(has_text=cycle)
    mine.locator("li a[href^='/desk/sheets/']").first.click()
    for _ in marks:
        page.wait_for_url(re.compile(r"/desk/sheets/\d+/"))
        expect(page.get_by_role("heading", name="Your marks")).to_be_visible()
        value = next(mark for title, mark in marks.items() if page.locator("#entry").get_by_text(title).count())
        for criterion in ("value", "proof"):
            page.locator("label.stone-mark", has=page.locator(f"input[name=mark-{criterion}][value='{value}']")).click()
        here = page.url
        page.locator("[data-sheet] button", has_text="Final").first.click()
        page.wait_for_url(lambda url, here=here: url != here)


def published(page: Page, key: str, round_: str) -> None:
    """Looked at before it counts, then published; the run reports its steps until it is done."""
    page.goto(f"/cycles/{key}/desk/publish/{round_}/confirm/")
    press(page, "Publish now")
    expect(page.get_by_role("link", name="See it as everybody does")).to_be_visible(timeout=LONG)


def test_a_competition_from_launch_to_ceremony(visit: Visit, stack: Stack) -> None:
    tag = secrets.token_hex(3)
    key, name, whisper, murmur = f"quiet-streets-{tag}", f"Quiet Streets {tag}", f"Whisper {tag}", f"Murmur {tag}"
    olga, ada, ben = visit("olga@example.org"), visit("ada@example.org"), visit("ben@example.org")
    launched(olga, key, name)
    judges_invited(olga, key, tag)
    registered(ada, key, whisper)
    registered(ben, key, murmur)
    steered(olga, key, "call", "Open now")
    entered(ada, key, "call", "idea", "Loose covers")
    entered(ben, key, "call", "idea", "Slow lorries")
    seated(olga, key, "Idea")
    jury = [came(visit("judith@example.org"), stack, "judith@example.org", tag)]
    jury += [came(visit(), stack, f"{tag}-{who}@example.net", tag) for who in ("max", "ida")]
    steered(olga, key, "call", "Close entries now")
    for judge in jury:
        marked(judge, name, {"Loose covers": 5, "Slow lorries": 2})
    published(olga, key, "call")

    everybody = visit()
    everybody.goto(f"/cycles/{key}/boards/first/")
    expect(everybody.locator("[data-row], tbody tr").first).to_contain_text(whisper)
    steered(olga, key, "final", "Open now")
    ben.goto(f"/cycles/{key}/rounds/final/pitch/entry/")
    expect(ben.get_by_role("button", name="Hand in").first).to_be_disabled()  # the cut let one team through
    entered(ada, key, "final", "pitch", "Quieter still")
    seated(olga, key, "Pitch")
    steered(olga, key, "final", "Close entries now")
    for judge in jury:
        marked(judge, name, {"Quieter still": 4})

    assert everybody.request.get(f"/cycles/{key}/ceremony/").status == 404
    olga.goto(f"/cycles/{key}/ceremony/")
    expect(olga.locator("[data-playing]")).to_be_visible()
    olga.keyboard.press("Space")
    expect(olga.get_by_role("heading", name="The Quiet Prize")).to_be_visible()
    expect(olga.locator(".scene-award .winner")).to_be_hidden()
    olga.keyboard.press("Space")
    expect(olga.locator(".scene-award .winner")).to_have_text(whisper)
    published(olga, key, "final")

    olga.goto(f"/cycles/{key}/desk/awards/")
    press(olga, "Verify all nominated")
    press(olga, "Grant all verified")
    everybody.goto(f"/cycles/{key}/")
    expect(everybody.locator(".award")).to_contain_text(whisper)
    everybody.goto(f"/cycles/{key}/ceremony/")
    expect(everybody.locator("[data-playing]")).to_be_visible()
