"""A competition from launch to publication by people who have no mouse: nothing is clicked, and the focus can always be seen."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.e2e.hands import Hands
from tests.e2e.people import Stack, Visit
from tests.e2e.story_rules import rules

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
LONG = 60_000


def launched(olga: Hands, key: str, name: str) -> None:
    """A playbook is chosen, its rules are written anew, the cycle is launched."""
    olga.go("/launch/")
    form = olga.page.locator("form", has=olga.page.locator("input[name=name]")).last
    olga.write(form.locator("input[name=name]"), name)
    olga.follow(form.get_by_role("button"))
    olga.follow(olga.page.get_by_role("link", name=re.compile("All rules")))
    olga.write(olga.page.locator("textarea[name=rules]"), rules(key, name))
    olga.follow(olga.button("Save and check"))
    olga.follow(olga.page.get_by_role("link", name=re.compile(r"Launch\s*$")).last)
    olga.follow(olga.button("Launch the cycle"))
    expect(olga.page).to_have_url(re.compile(f"/cycles/{key}/"))


def invited(olga: Hands, key: str, people: str) -> None:
    """Judges from a pasted list: the desk, its place for people, the list, a look at it, sent."""
    olga.go(f"/cycles/{key}/desk/")
    olga.follow(olga.page.get_by_role("navigation", name="Parts of the desk").get_by_role("link", name="People"))
    olga.follow(olga.link("Invite people"))
    olga.write(olga.page.locator("textarea[name=people]"), people)
    olga.choose(olga.page.locator("select[name=role]"), "Judge")
    olga.follow(olga.button("Look at what will happen"))
    olga.follow(olga.page.get_by_role("button", name=re.compile("^Send")))


def joined(who: Hands, stack: Stack, address: str, tag: str) -> None:
    """The place is taken by the link in the mail."""
    who.go(stack.link_to(address, "/invitations/", about=tag))
    who.follow(who.page.locator("main button[type=submit]"))


def registered(ada: Hands, key: str, team: str) -> None:
    """From the page of the cycle to the form of its door."""
    ada.go(f"/cycles/{key}/")
    ada.follow(ada.link("Register a team"))
    ada.write(ada.page.get_by_label("Name of the team"), team)
    for box in ada.page.get_by_role("checkbox").all():
        ada.press(box, "Space")
    ada.follow(ada.button("Register"))
    expect(ada.page.get_by_role("heading", level=1)).to_contain_text(team)


def steered(olga: Hands, key: str, round_: str, act: str) -> None:
    """One act on a round: the fold is opened, the reason written, the button pressed."""
    olga.go(f"/cycles/{key}/desk/rounds/{round_}/")
    fold = olga.page.locator("summary", has_text="Steer this round")
    olga.press(fold)
    button = olga.button(act).first
    expect(button).to_be_visible()
    reason = olga.page.locator("form", has=button).locator("[name=reason]")
    if reason.count():
        olga.write(reason, "As planned for tonight.")
    olga.follow(button)


def entered(ada: Hands, key: str, title: str) -> None:
    """Round, task, editor: written, saved by itself, handed in."""
    ada.go(f"/cycles/{key}/rounds/call/idea/entry/")
    ada.write(ada.page.get_by_label("Title"), title)
    ada.write(ada.page.get_by_label("Your idea"), "Mend the **one** loose cover that everybody hears.")
    ada.press(ada.page.get_by_role("button", name=re.compile("^Hand in")))
    expect(ada.page.get_by_text(re.compile("Version 1")).first).to_be_visible()


def seated(olga: Hands, key: str) -> None:
    """Every judge on the panel, every entry to every judge."""
    olga.go(f"/cycles/{key}/desk/judging/")
    olga.follow(
        olga.page.get_by_role("button", name="Add", exact=True).first
    )  # of several judges there would be “Add all judges”
    olga.follow(olga.button("Give every judge every entry"))


def marked(judge: Hands, cycle: str) -> None:
    """The queue, a sheet, a mark on each criterion by arrows, final."""
    judge.go("/desk/sheets/")
    mine = judge.page.get_by_role("region").filter(has_text=cycle)
    judge.follow(mine.locator("li a[href^='/desk/sheets/']"))
    expect(judge.page.get_by_role("heading", name="Your marks")).to_be_visible()
    for criterion in ("value", "proof"):
        stones = judge.page.locator(f"input[name=mark-{criterion}]")
        judge.press(stones, "Space")
        for _ in range(4):
            judge.page.keyboard.press("ArrowRight")
        expect(judge.page.locator(f"input[name=mark-{criterion}]:checked")).to_have_value("3")
    here = judge.page.url
    judge.press(judge.page.locator("[data-sheet] button", has_text="Final"))
    judge.page.wait_for_url(lambda url: url != here)


def published(olga: Hands, key: str) -> None:
    """The preview, the question, the run until it is done."""
    olga.go(f"/cycles/{key}/desk/publish/call/")
    olga.press(
        olga.page.get_by_role("link", name=re.compile("^Publish"))
        .or_(olga.page.get_by_role("button", name=re.compile("^Publish")))
        .last
    )
    olga.press(olga.button("Publish now"))
    expect(olga.link("See it as everybody does")).to_be_visible(timeout=LONG)


def test_a_competition_is_launched_entered_marked_and_published_without_a_mouse(visit: Visit, stack: Stack) -> None:
    tag = secrets.token_hex(3)
    key, name, team = f"still-streets-{tag}", f"Still Streets {tag}", f"Whisper {tag}"
    olga, ada = Hands(visit("olga@example.org")), Hands(visit("ada@example.org"))
    launched(olga, key, name)
    invited(olga, key, "Judith <judith@example.org>")
    registered(ada, key, team)
    steered(olga, key, "call", "Open now")
    entered(ada, key, "Loose covers")
    judith = Hands(visit("judith@example.org"))
    joined(judith, stack, "judith@example.org", tag)
    seated(olga, key)
    steered(olga, key, "call", "Close entries now")
    marked(judith, name)
    published(olga, key)
    somebody = visit()
    read(Hands(somebody), key, team)
    for one in (olga, ada, judith):
        one.assert_no_mouse()


def read(visitor: Hands, key: str, team: str) -> None:
    """A visitor finds the board from the page of the cycle, and the team from the board."""
    visitor.go(f"/cycles/{key}/")
    visitor.follow(visitor.page.locator("main").get_by_role("link", name="After the call").first)
    row = visitor.page.locator("tbody tr", has_text=team)
    expect(row).to_be_visible()
    visitor.follow(row.get_by_role("link", name=team))
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(team)
    visitor.assert_no_mouse()
