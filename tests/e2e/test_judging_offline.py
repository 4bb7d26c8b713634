"""A judge on venue Wi-Fi: the connection goes, the page reloads, another device saves, the judge leaves. Nothing is lost, and the page says so."""

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import APIRequestContext, Browser, Dialog, Error, Page, Route, expect

from tests.e2e.people import PASSWORD, Stack, Visit, fits

pytestmark = [pytest.mark.browser, pytest.mark.complaining]  # the browser complains of every request that found no network
JUDGE, ORGANIZER = "judith@example.org", "olga@example.org"
PHONE: dict[str, Any] = {"width": 390, "height": 780, "has_touch": True}
NOTE = "Ask about the third chair."


def queue(page: Page) -> list[int]:
    """Ids of the sheets that can be marked, in the order of the page."""
    facts = page.evaluate("JSON.parse(document.getElementById('judging-facts').textContent)")
    return [int(one) for one in facts["queue"]]


def sheet(page: Page, pk: int) -> dict[str, Any]:
    """The sheet as the server has it."""
    answer = page.request.get(f"/api/v1/sheets/{pk}")
    assert answer.ok
    found: dict[str, Any] = answer.json()
    return found


def marks(page: Page, pk: int) -> dict[str, str]:
    return {one["criterion"]: one["value"] for one in sheet(page, pk)["marks"] if one["value"] is not None}


def until(page: Page, script: str) -> None:
    """Wait until the script says yes (the policy of the pages forbids what Playwright has for this)."""
    for _ in range(100):
        with suppress(Error):  # between two pages
            if page.evaluate(script):
                return
        page.wait_for_timeout(100)
    pytest.fail(f"never true: {script}")


def kept_pages(page: Page, least: int) -> None:
    """Wait until the service worker keeps so many sheets."""
    until(page, f"Number(document.documentElement.dataset.kept ?? 0) >= {least}")


def state(page: Page, name: str) -> None:
    """Wait until the line of the form says so."""
    expect(page.locator("[data-save-line]")).to_have_attribute("data-state", name)


def rubric(page: Page) -> None:
    if page.locator(".judge-switch").is_visible():
        page.locator(".judge-switch").get_by_role("link", name="Rubric").click()


def choose(page: Page, criterion: str, value: str) -> None:
    page.locator(f'input[name="mark-{criterion}"][value="{value}"]').check()


def criteria(page: Page) -> list[str]:
    return [str(one.get_attribute("data-criterion")) for one in page.locator("[data-criterion]").all()]


def choose_all(page: Page, value: str) -> None:
    for one in criteria(page):
        choose(page, one, value)


@pytest.fixture(autouse=True)
def afterwards(stack: Stack, browser: Browser) -> Iterator[None]:
    """The sheets are as empty as they were: an organizer opens the final ones again, and the judge wipes all of them."""
    with signed_in(stack, browser, JUDGE) as judge:
        open_ = [one["id"] for one in judge.get("/api/v1/sheets/queue").json()["results"]]
    yield
    with signed_in(stack, browser, JUDGE) as judge, signed_in(stack, browser, ORGANIZER) as organizer:
        for pk in open_:
            found = judge.get(f"/api/v1/sheets/{pk}").json()
            if found["state"] == "final":
                post(organizer, f"/api/v1/sheets/{pk}/reopen", {"reason": "The test is over."})
            if found["state"] != "assigned":
                nothing = [{"criterion": one["key"], "value": None} for one in found["criteria"]]
                post(judge, f"/api/v1/sheets/{pk}/marks", {"marks": nothing, "comment": "", "note": ""}, method="PUT")


@contextmanager
def signed_in(stack: Stack, browser: Browser, who: str) -> Iterator[APIRequestContext]:
    context = browser.new_context(base_url=stack.address, storage_state=stack.signed_in(browser, who))
    yield context.request
    context.close()


def post(request: APIRequestContext, path: str, body: dict[str, Any], method: str = "POST") -> None:
    cookies = request.storage_state()["cookies"]
    token = next(one["value"] for one in cookies if one["name"] == "csrftoken")
    assert request.fetch(path, method=method, data=body, headers={"X-CSRFToken": token}).ok, path


@pytest.fixture
def phone(visit: Visit) -> Page:
    """Judith's phone, at her queue, with the next entries kept."""
    page = visit(JUDGE, **PHONE)
    page.goto("/desk/sheets/")
    kept_pages(page, 1)
    return page


def test_a_lost_connection_loses_nothing(phone: Page) -> None:
    first, second = queue(phone)[:2]
    kept_pages(phone, 2)
    phone.locator("[data-next]").click()
    phone.wait_for_url(f"**/desk/sheets/{first}/")
    rubric(phone)
    one, *others = criteria(phone)
    choose(phone, one, "2")
    state(phone, "saved")
    assert marks(phone, first)[one] == "2"

    phone.context.set_offline(True)
    for other in others:
        choose(phone, other, "3")
    phone.fill("textarea[name=comment]", "Clear, and honest.")
    phone.fill("textarea[name=note]", NOTE)
    state(phone, "kept")
    expect(phone.locator("[data-save-words]")).to_contain_text("Kept on this device")

    phone.reload()  # while there is no network: the page comes from the shelf, what was typed from the device
    rubric(phone)
    expect(phone.locator("textarea[name=comment]")).to_have_value("Clear, and honest.")
    assert phone.locator(f'input[name="mark-{others[0]}"][value="3"]').is_checked()

    phone.get_by_role("button", name="Final, and next").click()
    phone.wait_for_url(re.compile(rf"/desk/sheets/{second}/"))
    expect(phone.locator("[data-outbox]")).to_contain_text("not yet handed in")
    rubric(phone)
    choose(phone, criteria(phone)[0], "1")
    state(phone, "kept")

    phone.goto("/desk/sheets/")
    expect(phone.locator(f'[data-line="{first}"] [data-local]')).to_have_text("not yet handed in")
    expect(phone.locator(f'[data-line="{second}"] [data-local]')).to_have_text("on this device")

    phone.context.set_offline(False)
    expect(phone.locator("[data-outbox]")).to_be_hidden()
    handed_in = sheet(phone, first)
    assert (handed_in["state"], handed_in["comment"], handed_in["note"]) == ("final", "Clear, and honest.", NOTE)
    assert set(marks(phone, first).values()) == {"2", "3"}
    assert (sheet(phone, second)["state"], list(marks(phone, second).values())) == ("draft", ["1"])


def test_what_is_chosen_before_the_script_is_there_counts(visit: Visit) -> None:
    page, held = visit(JUDGE), list[Route]()
    page.goto("/desk/sheets/")
    pk = queue(page)[0]
    page = visit(JUDGE)  # where nothing is kept yet
    page.route(re.compile(r"/js/judging(\.\w+)?\.js"), lambda route: held.append(route))  # noqa: PLW0108 Playwright writes on what it is given
    page.goto(f"/desk/sheets/{pk}/", wait_until="commit")
    choice = page.locator("input[name^=mark-][type=radio]:not(:checked):not([value=''])").first
    choice.wait_for(state="attached")
    criterion, value = str(choice.get_attribute("name")).removeprefix("mark-"), choice.get_attribute("value")
    choice.check(force=True)
    until(page, "document.readyState !== 'loading'")
    assert held, "the script is not there yet"
    for one in held:
        one.continue_()
    state(page, "saved")
    assert marks(page, pk)[criterion] == value


def test_what_two_devices_wrote_is_asked_about_only_where_it_differs(phone: Page, visit: Visit) -> None:
    pk = queue(phone)[0]
    laptop = visit(JUDGE)
    for page in (phone, laptop):
        page.goto(f"/desk/sheets/{pk}/")
    rubric(phone)
    one, other, *_ = criteria(phone)
    phone.context.set_offline(True)
    choose(phone, one, "3")
    phone.fill("textarea[name=note]", "From the phone.")
    state(phone, "kept")
    choose(laptop, one, "1")
    choose(laptop, other, "2")
    state(laptop, "saved")

    phone.context.set_offline(False)
    state(phone, "clash")
    expect(phone.locator(".clash")).to_have_count(1)
    expect(phone.locator(".clash")).to_contain_text("Elsewhere: 1. Here: 3.")
    assert phone.locator(f'input[name="mark-{other}"][value="2"]').is_checked()  # only the laptop wrote it: taken over
    phone.locator(".clash").get_by_role("button", name="Keep what is here").click()
    state(phone, "saved")
    found = marks(phone, pk)
    assert (found[one], found[other], sheet(phone, pk)["note"]) == ("3", "2", "From the phone.")

    laptop.locator(f'input[name="mark-{one}"][value="0"]').check()  # now the laptop is behind
    expect(laptop.locator(".clash")).to_contain_text("Elsewhere: 3. Here: 0.")
    laptop.locator(".clash").get_by_role("button", name="Take the other").click()
    state(laptop, "saved")
    assert laptop.locator(f'input[name="mark-{one}"][value="3"]').is_checked()
    assert marks(phone, pk)[one] == "3"


def test_an_answer_that_got_lost_is_no_conflict(phone: Page) -> None:
    pk = queue(phone)[0]
    phone.goto(f"/desk/sheets/{pk}/")
    rubric(phone)
    one = criteria(phone)[0]
    lost: list[str] = []

    def swallow(route: Any) -> None:
        if not lost:
            lost.append(route.fetch().text())  # the server saved it; the phone never hears
            route.abort()
        else:
            route.continue_()

    phone.route("**/api/v1/sheets/*/marks", swallow)
    before = marks(phone, pk).get(one)
    choose(phone, one, "0" if before != "0" else "1")
    state(phone, "saved")
    assert lost
    expect(phone.locator(".clash")).to_have_count(0)


def test_a_sheet_that_is_not_whole_is_not_handed_in_and_the_field_is_named(phone: Page) -> None:
    pk = queue(phone)[0]
    phone.goto(f"/desk/sheets/{pk}/")
    rubric(phone)
    one = criteria(phone)[0]
    choose(phone, one, "")
    phone.context.set_offline(True)  # found without asking anybody
    phone.get_by_role("button", name="Final, and next").click()
    expect(phone.locator(f'[data-error="mark-{one}"]')).to_have_text("A mark is needed")
    assert phone.evaluate("document.activeElement.name") == f"mark-{one}"
    choose(phone, one, "2")
    expect(phone.locator(f'[data-error="mark-{one}"]')).to_be_hidden()
    phone.context.set_offline(False)
    state(phone, "saved")


def test_who_signs_out_leaves_nothing_to_open_but_keeps_what_was_not_sent(visit: Visit) -> None:
    phone = visit(None, **PHONE)  # a session of its own: the others go on
    phone.goto("/sign-in/?next=/desk/sheets/")
    phone.fill("input[name=email]", JUDGE)
    phone.fill("input[name=password]", PASSWORD)
    phone.click("main button[type=submit]")
    kept_pages(phone, 1)
    pk = queue(phone)[0]
    phone.goto(f"/desk/sheets/{pk}/")
    assert phone.evaluate("caches.keys()")
    context = phone.context
    context.set_offline(True)
    rubric(phone)
    phone.fill("textarea[name=note]", "Not sent yet.")
    state(phone, "kept")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    phone.on("dialog", stay)
    phone.evaluate("document.querySelector('form[action*=sign-out]').requestSubmit()")
    for _ in range(50):
        if asked:
            break
        phone.wait_for_timeout(100)
    assert "only on this device" in asked[0]

    context.set_offline(False)
    state(phone, "saved")
    elsewhere = context.new_page()
    elsewhere.goto("/cycles/")  # a page that no worker rules
    with elsewhere.expect_navigation():
        elsewhere.evaluate("document.querySelector('form[action*=sign-out]').requestSubmit()")
    elsewhere.wait_for_load_state()
    until(elsewhere, "caches.keys().then((names) => names.length === 0)")
    context.set_offline(True)
    phone.goto("/desk/sheets/", wait_until="commit")
    expect(phone.locator("body")).not_to_contain_text("My sheets")


def test_after_a_session_that_ran_out_the_next_judge_in_the_same_browser_is_shown_nothing_that_was_kept(visit: Visit) -> None:
    phone = visit(None, **PHONE)
    phone.goto("/sign-in/?next=/desk/sheets/")
    phone.fill("input[name=email]", JUDGE)
    phone.fill("input[name=password]", PASSWORD)
    phone.click("main button[type=submit]")
    kept_pages(phone, 1)
    pk = queue(phone)[0]
    until(phone, "navigator.serviceWorker.getRegistrations().then((all) => all.length > 2)")
    phone.context.clear_cookies(name="sessionid")  # nobody signed out
    phone.goto("/sign-in/?next=/cycles/")
    phone.fill("input[name=email]", "ada@example.org")
    phone.fill("input[name=password]", PASSWORD)
    phone.click("main button[type=submit]")
    phone.wait_for_url("**/cycles/")
    phone.context.set_offline(True)
    for path in ("/desk/sheets/", f"/desk/sheets/{pk}/"):
        phone.goto(path, wait_until="commit")
        expect(phone.locator("body")).not_to_contain_text("Judith")
        expect(phone.locator("h1")).to_have_count(0)


def test_a_page_of_another_judge_takes_the_place_of_what_was_kept(visit: Visit) -> None:
    """Whatever way the other one came: the first page of theirs that arrives is the end of what was kept before."""
    phone = visit(JUDGE, **PHONE)
    phone.goto("/desk/sheets/")
    kept_pages(phone, 1)
    user = phone.evaluate("JSON.parse(document.getElementById('judging-facts').textContent).user")
    assert phone.evaluate(f"caches.keys().then((names) => names.some((one) => one.endsWith('files-{user}')))")
    other = visit("ada@example.org")
    other.goto("/cycles/")
    phone.context.clear_cookies()
    phone.context.add_cookies(other.context.cookies())  # type: ignore[arg-type]  # what one gives the other takes
    phone.goto("/desk/sheets/")
    until(phone, f"caches.keys().then((names) => !names.some((one) => one.endsWith('-{user}')))")
    phone.context.set_offline(True)
    phone.goto("/desk/sheets/", wait_until="commit")
    expect(phone.locator("body")).not_to_contain_text("Judith")


def test_what_came_too_late_can_still_be_read_and_copied(phone: Page, visit: Visit) -> None:
    pk = queue(phone)[0]
    phone.goto(f"/desk/sheets/{pk}/")
    rubric(phone)
    phone.context.set_offline(True)
    phone.fill("textarea[name=comment]", "Written in the cellar.")
    state(phone, "kept")

    laptop = visit(JUDGE)  # in the meantime, at the other desk
    laptop.goto(f"/desk/sheets/{pk}/")
    choose_all(laptop, "1")
    laptop.keyboard.press("Control+Enter")
    laptop.wait_for_url(lambda url: not url.endswith(f"/{pk}/"))

    phone.context.set_offline(False)
    state(phone, "stuck")
    expect(phone.locator("[data-save-words]")).to_contain_text("final")
    for _ in range(12):  # a slow server is not waited for: then it is the page that was kept, with the text in its field
        phone.reload()
        if not phone.locator("form[data-sheet]").count():
            break
        expect(phone.locator("textarea[name=comment]")).to_have_value("Written in the cellar.")
        phone.wait_for_timeout(4000)
    notice = phone.locator("[data-notice]")
    expect(notice).to_contain_text("Written in the cellar.")
    assert Axe().run(phone).violations_count == 0
    notice.get_by_role("button", name="Throw it away").click()
    expect(notice).to_be_hidden()
    phone.reload()
    expect(notice).to_be_hidden()


def test_what_the_server_has_needs_no_copy_on_the_device(phone: Page) -> None:
    pk = queue(phone)[0]
    phone.goto(f"/desk/sheets/{pk}/")
    rubric(phone)
    choose(phone, criteria(phone)[0], "3")
    state(phone, "saved")
    until(phone, "!Object.keys(localStorage).some((name) => /^ludus:judging:\\d+:\\d+$/.test(name))")
    choose(phone, criteria(phone)[1], "1")  # and it goes on from there
    state(phone, "saved")
    phone.context.set_offline(True)
    phone.reload()
    rubric(phone)
    for criterion, value in zip(criteria(phone), ("3", "1"), strict=False):
        assert phone.locator(f'input[name="mark-{criterion}"][value="{value}"]').is_checked()


def test_axe_finds_nothing_in_any_state_of_a_sheet(phone: Page, visit: Visit) -> None:
    pk, axe = queue(phone)[0], Axe()
    laptop = visit(JUDGE)
    for page in (phone, laptop):
        page.goto(f"/desk/sheets/{pk}/")
    rubric(phone)
    one, other, *_ = criteria(phone)
    laptop.keyboard.press("?")
    assert axe.run(laptop).violations_count == 0, "the list of keys"
    laptop.keyboard.press("Escape")
    choose(laptop, one, "1")
    state(laptop, "saved")
    phone.context.set_offline(True)
    choose(phone, one, "3")
    state(phone, "kept")
    phone.get_by_role("button", name="Final").click()
    expect(phone.locator(f'[data-error="mark-{other}"]')).to_have_text("A mark is needed")
    phone.context.set_offline(False)
    expect(phone.locator(".clash")).to_be_visible()
    for scheme in ("light", "dark"):
        phone.emulate_media(color_scheme=scheme)
        found = axe.run(phone)
        assert found.violations_count == 0, found.generate_report()
    assert fits(phone)


def test_the_whole_sheet_by_keyboard(visit: Visit) -> None:
    page = visit(JUDGE)
    page.goto("/desk/sheets/")
    keys, pk = page.keyboard, 0
    names: list[str] = []
    for pk in reversed(queue(page)):  # other stories leave sheets of one criterion
        page.goto(f"/desk/sheets/{pk}/")
        names = criteria(page)
        if len(names) > 1:
            break
    for number, _name in enumerate(names):
        keys.press("n")
        keys.press(str(min(number + 1, 3)))
    keys.press("p")
    assert page.evaluate("document.activeElement.name") == f"mark-{names[-2]}"
    page.focus("textarea[name=note]")
    keys.type("n1s?")  # in a field, keys only write
    expect(page.locator("textarea[name=note]")).to_have_value(re.compile("n1s\\?$"))
    page.locator("h1").click()
    keys.press("?")
    expect(page.locator("dialog[open]")).to_contain_text("By keyboard")
    keys.press("Escape")
    state(page, "saved")
    keys.press("Control+Enter")
    page.wait_for_url(lambda url: not url.endswith(f"/{pk}/"))
    expect(page.locator("[data-toasts]")).to_contain_text("final")
    assert sheet(page, pk)["state"] == "final"
    assert list(marks(page, pk).values()) == ["1", "2", "3"][: len(names)]


def files_of(page: Page) -> list[str]:
    """Addresses of the files of this browser's sheets that it keeps."""
    script = """async () => {
      const drawers = (await caches.keys()).filter((name) => name.includes("-files-"));
      const kept = await Promise.all(drawers.map(async (name) => (await (await caches.open(name)).keys()).map((one) => one.url)));
      return kept.flat();
    }"""
    found: list[str] = page.evaluate(script)
    return found


def test_the_files_of_the_next_entries_open_without_a_connection(phone: Page) -> None:
    sheets = [pk for pk in queue(phone) if phone.request.get(f"/desk/sheets/{pk}/").text().count("data-file")]
    pk = sheets[0]
    until(phone, f"Number(document.documentElement.dataset.files ?? 0) >= {len(sheets)}")
    expect(phone.locator("[data-kept-pages]")).to_contain_text(f"with {len(sheets)} of their files")

    phone.context.set_offline(True)
    phone.goto(f"/desk/sheets/{pk}/")  # for the first time
    link = phone.locator("#entry a[data-file]")
    expect(phone.locator("[data-file-state]")).to_contain_text("opens without a connection")
    with phone.expect_download() as coming:
        link.click()
    path = coming.value.path()
    assert coming.value.suggested_filename == (link.text_content() or "").strip()
    assert path.read_bytes()[:4] == b"\x89PNG"
    rubric(phone)
    choose(phone, criteria(phone)[0], "2")
    state(phone, "kept")  # the scripts of the sheet came from the device as well

    phone.evaluate(
        "(async () => { for (const name of await caches.keys()) if (name.includes('-files-')) await caches.delete(name); })()"
    )
    phone.reload()
    expect(phone.locator("[data-file-state]")).to_contain_text("only with the connection")
    phone.locator(".judge-switch").get_by_role("link", name="Entry").click()
    link.click()
    expect(phone.locator("[data-toasts]")).to_contain_text("needs the connection")
    assert phone.url.endswith(f"/desk/sheets/{pk}/")

    phone.context.set_offline(False)
    phone.reload()
    until(phone, f"Number(document.documentElement.dataset.files ?? 0) >= {len(sheets)}")
    assert len(files_of(phone)) == len(sheets)
    phone.locator(".judge-switch").get_by_role("link", name="Rubric").click()
    assert Axe().run(phone).violations_count == 0
