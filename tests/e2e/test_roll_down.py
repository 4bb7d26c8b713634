"""A team declines its prize in a browser: it passes to the next, the money stays to the cent, everybody reads it, and it is handed over with proof."""

import io
import secrets
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.commoning import ADA, OLGA
from tests.e2e.people import Stack, Visit
from tests.e2e.test_correcting import headers
from tests.e2e.test_story import came

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
LONG = 30_000
RULES = """
format = 1
cycle = {{ key = "{key}", name = "Lanterns {tag}", currency = "EUR" }}
roles = [{{ key = "organizer", capabilities = ["organize"] }}, {{ key = "judge", capabilities = ["judge"] }}, {{ key = "captain", capabilities = ["captain", "submit"] }}]
boards = [{{ key = "lanterns", name = "Lanterns" }}]
[[awards]]
key = "prize"
name = "Prize money"
kind = "money"
pass_on = true
amounts = [50000, 25000]
[[rounds]]
key = "call"
name = "Lanterns"
opens = {opens}
closes = {closes}
visibility = "full"
[[challenges]]
key = "lantern"
combine = "mean"
criteria = [{{ key = "light", name = "Light", min = 0, max = 5, step = 1 }}]
"""
MARKS = {"weir": 5, "riffle": 4, "tarn": 3}


def bundle(key: str, tag: str) -> bytes:
    """Three lanterns, marked and published an hour ago: Weir has won 500, Riffle 250."""
    now = datetime.now(UTC).replace(microsecond=0)
    opened, over = (now - timedelta(days=2)).isoformat(), (now - timedelta(hours=1)).isoformat()
    files = {
        "cycle.toml": RULES.format(key=key, tag=tag, opens=opened, closes=over),
        "groups.csv": "group,name\n" + "".join(f"{team},{team.title()} {tag}\n" for team in MARKS),
        "rounds.csv": f"round,opened,locked,published,visibility\ncall,{opened},{over},{over},full\n",
        "people.csv": f"person,name,role,group\n{tag}-petra,Petra {tag},judge,\n",
        "marks.csv": "round,challenge,group,judge,criterion,value\n"
        + "".join(f"call,lantern,{team},{tag}-petra,light,{value}\n" for team, value in MARKS.items()),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        for name, text in files.items():
            folder.writestr(name, text)
    return packed.getvalue()


def begun(olga: Page, ada: Page, stack: Stack, key: str, tag: str) -> None:
    """The organizer brings the cycle in, and Ada comes to speak for Weir."""
    file = {"name": "lanterns.zip", "mimeType": "application/zip", "buffer": bundle(key, tag)}
    answer = olga.request.post("/api/v1/bundles", multipart={"file": file}, headers=headers(olga, tag))
    assert answer.status == 201, answer.text()
    groups = olga.request.get(f"/api/v1/groups?cycle={answer.json()['cycles'][0]['id']}&key=weir").json()["results"]
    weir = f"/api/v1/groups/{groups[0]['id']}"
    assert olga.request.post(f"{weir}/invite", data={"email": ADA}, headers=headers(olga, f"{tag}-ada")).status == 201
    came(ada, stack, ADA, tag)
    member = olga.request.get(f"/api/v1/memberships?group={groups[0]['id']}").json()["results"][0]["id"]
    led = olga.request.post(f"{weir}/hand-over", data={"to": member}, headers=headers(olga, f"{tag}-led"))
    assert led.status == 200, led.text()


def test_a_prize_that_is_declined_rolls_down_and_everybody_reads_it(visit: Visit, stack: Stack) -> None:
    tag = secrets.token_hex(3)
    key = f"lanterns-{tag}"
    olga, ada = visit(OLGA), visit(ADA)
    begun(olga, ada, stack, key, tag)

    ada.goto(f"/cycles/{key}/teams/weir/won/")
    prize = ada.get_by_role("listitem").filter(has=ada.get_by_role("heading", name="Prize money"))
    expect(prize.get_by_text("500 EUR")).to_be_visible()
    prize.get_by_text("We do not take it").click()
    prize.get_by_label("Why do you not take it?").fill("We work for the sponsor.")
    prize.get_by_role("button", name="Decline it").click()
    expect(ada.get_by_text("and the prize passes to the next")).to_be_visible()

    desk = f"/cycles/{key}/desk/awards/"
    riffle = olga.get_by_role("listitem").filter(has=olga.get_by_role("link", name=f"Riffle {tag}", exact=True))
    tarn = olga.get_by_role("listitem").filter(has=olga.get_by_role("link", name=f"Tarn {tag}", exact=True))
    until(olga, desk, "Passed to the next")
    expect(olga.get_by_text("We work for the sponsor.")).to_be_visible()
    expect(tarn.get_by_text("250 EUR")).to_be_visible()
    olga.get_by_role("button", name="Take it back and follow the results").click()  # Riffle's 250 were given, and are 500 now
    until(olga, desk, "Verify all nominated (2)")
    expect(riffle.get_by_text("500 EUR").first).to_be_visible()
    olga.get_by_role("button", name="Verify all nominated (2)").click()
    olga.get_by_role("button", name="Grant all verified (2)").click()
    expect(olga.get_by_text("in all")).to_be_visible()
    expect(olga.locator(".sums")).to_contain_text("750 EUR")

    anybody = visit(None)
    anybody.goto(f"/cycles/{key}/")
    expect(anybody.get_by_text(f"Passed to the next by Weir {tag}, place 1")).to_be_visible()

    receipt = {"name": "receipt.txt", "mimeType": "text/plain", "buffer": b"Paid on 3 May."}
    open_ = riffle.filter(has=olga.get_by_role("button", name="Delivered"))
    open_.locator("input[type=file]").set_input_files(files=[receipt])  # type: ignore[list-item]
    open_.get_by_role("button", name="Delivered").click()
    expect(olga.get_by_role("link", name="receipt.txt")).to_be_visible()


def until(page: Page, path: str, words: str) -> None:
    """Look again until a worker has done its part: the page does not follow by itself."""
    expect(page.locator("body")).to_be_visible()
    for _ in range(30):
        page.goto(path)
        if words in page.content():
            return
        page.wait_for_timeout(500)
    expect(page.get_by_text(words).first).to_be_visible(timeout=LONG)
