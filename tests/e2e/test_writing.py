"""The editor of an entry where only a browser can tell: a lost connection, a crash, the end of a session, two who write at once, files."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.people import Stack, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ADA = "ada@example.org"
SLOW = 20_000


def editor(page: Page, stack: Stack) -> Page:
    page.goto(f"/cycles/{stack.cycles('clean-water')[-1]}/rounds/call/concept/entry/")
    expect(page.locator("[data-plain-save]")).to_be_hidden()  # the script is there
    return page


def title(page: Page) -> Locator:
    return page.locator("[name=title]")


def says(page: Page, words: str) -> None:
    expect(page.locator("[data-save-state]")).to_contain_text(words, timeout=SLOW)


@pytest.mark.complaining  # the browser says itself that it was offline
def test_what_is_typed_without_a_connection_is_kept_and_saved_when_it_is_back(visit: Visit, stack: Stack):
    page = editor(visit(ADA), stack)
    page.context.set_offline(True)
    title(page).fill("Springs, written in a tunnel")
    says(page, "Not saved: no connection")
    page.context.set_offline(False)
    says(page, "Saved")
    page.reload()
    expect(title(page)).to_have_value("Springs, written in a tunnel")


@pytest.mark.complaining
def test_after_a_crash_the_unsaved_words_are_back_in_their_place(visit: Visit, stack: Stack):
    page = editor(visit(ADA), stack)
    page.route("**/entry/draft/**", lambda route: route.abort())
    title(page).fill("Springs, typed before the crash")
    says(page, "Not saved")
    page.goto("/")
    page.unroute("**/entry/draft/**")
    editor(page, stack)
    expect(title(page)).to_have_value("Springs, typed before the crash")
    expect(page.locator("[data-told]")).to_be_visible()
    says(page, "Saved")


@pytest.mark.complaining
def test_the_end_of_a_session_loses_nothing(visit: Visit, stack: Stack):
    page = editor(visit(ADA), stack)
    held = page.context.cookies()
    page.context.clear_cookies()
    title(page).fill("Springs, after the session")
    says(page, "you are signed out")
    page.context.add_cookies([{key: one[key] for key in ("name", "value", "domain", "path")} for one in held])  # type: ignore[misc]
    says(page, "Saved")
    page.reload()
    expect(title(page)).to_have_value("Springs, after the session")


@pytest.mark.complaining  # a refusal is an answer with 409, and the browser says so
def test_two_who_write_at_once_meet_and_nothing_is_overwritten(visit: Visit, stack: Stack):
    one, two = editor(visit(ADA), stack), editor(visit(ADA), stack)
    title(two).fill("Springs, by the second")
    says(two, "Saved")
    summary = one.locator("textarea[name=summary]")
    summary.fill("By the first.")
    expect(title(one)).to_have_value("Springs, by the second", timeout=SLOW)  # what only the other changed is taken over
    says(one, "Saved")
    title(two).fill("Springs, two ways: second")
    title(one).fill("Springs, two ways: first")
    late = None
    for _ in range(SLOW // 200):  # whoever is saved second is told, and has to choose
        one.wait_for_timeout(200)
        late = next((page for page in (one, two) if page.locator(".torn").count()), None)
        if late is not None:
            break
    assert late is not None, "nobody was told"
    says(late, "two of you changed the same answer")
    late.get_by_role("button", name="Take theirs").click()
    says(late, "Saved")
    one.reload()
    two.reload()
    assert title(one).input_value() == title(two).input_value()
    assert title(one).input_value().startswith("Springs, two ways")


def test_a_file_is_looked_at_sent_kept_and_removed(visit: Visit, stack: Stack):
    page = editor(visit(ADA), stack)
    control, field = page.locator("input[type=file]").first, page.locator("[data-upload]").first
    control.set_input_files({"name": "plan.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"})
    expect(field.locator("[data-fault]")).to_contain_text("is not taken here")
    control.set_input_files({"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n" + b"x" * 90_000})
    expect(field.locator("[data-kept]")).to_contain_text("plan.pdf", timeout=SLOW)
    says(page, "Saved")
    page.reload()
    expect(field.locator("[data-kept]")).to_contain_text("plan.pdf")
    field.locator("[data-remove]").click()
    says(page, "Saved")
    page.wait_for_timeout(2500)  # what it says may still be about what was kept before
    says(page, "Saved")
    page.reload()
    expect(field.locator("[data-kept]")).to_be_hidden()


def test_a_text_is_looked_at_in_place(visit: Visit, stack: Stack):
    page = editor(visit(ADA), stack)
    page.locator("textarea[name=idea]").fill("A **clear** spring")
    field = page.locator(".field", has=page.locator("textarea[name=idea]"))
    field.get_by_role("button", name="How it will look").click()
    expect(field.locator(".preview strong")).to_have_text("clear")
    field.get_by_role("button", name="Go on writing").click()
    expect(page.locator("textarea[name=idea]")).to_be_focused()
    says(page, "Saved")


def test_the_invite_link_is_copied(visit: Visit, stack: Stack):
    page = visit(ADA, permissions=["clipboard-read", "clipboard-write"])
    page.goto(f"/cycles/{stack.cycles('clean-water')[-1]}/teams/spring-keepers/")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "/join/?code=" in page.evaluate("navigator.clipboard.readText()")
