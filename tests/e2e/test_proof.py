"""A team takes the receipt of its place home and a stranger checks it there; visitors read why groups moved, and the board as it was."""

import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from backend.cli.setup import ROOT
from tests.e2e.commoning import begun, sent
from tests.e2e.people import Stack, Visit, fits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
NOWHERE = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing", "REDIS_URL": "redis://127.0.0.1:1"}
DAY = timedelta(days=1)
ROUNDS = {
    "call": {"opens": -DAY, "closes": DAY, "visibility": "full"},
    "final": {"opens": 2 * DAY, "closes": 4 * DAY, "visibility": "full"},
}
LONG = 60_000
TRIES = [("whisper", "WA", 5), ("whisper", "AC", 20), ("murmur", "AC", 30)]


def published(visit: Visit) -> tuple[str, Page]:
    """A round of tries is published: the path of its board, and Ada, whose team solved the task."""
    task = {"key": "idea", "name": "Idea", "rounds": ["call"], "format": "attempts", "penalty": 20, "accepted": ["AC"]}
    pitch = {"key": "pitch", "name": "Pitch", "rounds": ["final"], "format": "attempts"}
    boards = [{"key": "result", "rounds": ["call"], "order": ["solved high", "penalty low"]}]
    key, ids, olga, ada, _ = begun(visit, "proved", challenges=[task, pitch], boards=boards, **ROUNDS)
    for group, verdict, minute in TRIES:
        said = {"round": "call", "challenge": "idea", "group": group, "verdict": verdict, "elapsed_ms": minute * 60_000}
        sent(olga, f"/api/v1/cycles/{ids['cycle']}/attempts", said)
    sent(olga, f"/api/v1/rounds/{ids['call']}/lock", {"reason": "As planned for tonight."})
    run = sent(olga, f"/api/v1/rounds/{ids['call']}/publish", {})
    olga.goto(f"/cycles/{key}/desk/publish/call/?run={run['run']}")
    expect(olga.get_by_role("link", name="See it as everybody does")).to_be_visible(timeout=LONG)
    return f"/cycles/{key}/boards/result/", ada


def verified(receipt: Path, key: str) -> tuple[int, str]:
    """What the command says on a machine that reaches no house: exit code and words."""
    command = [sys.executable, "-m", "backend.cli", "verify", str(receipt), "--key", key]
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **NOWHERE}, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def asked_in_the_browser(page: Page, receipt: Path) -> str:
    """The word of the page that checks receipts."""
    page.goto("/verify/receipt/")
    page.locator("#file").set_input_files(receipt)
    page.get_by_role("button", name="Check it").click()
    return page.locator(".verdict-word").inner_text().strip()


def test_a_team_takes_its_receipt_home_and_a_stranger_checks_it(visit: Visit, tmp_path: Path) -> None:
    board, ada = published(visit)
    stranger = visit(width=360)
    ada.goto(board)
    ada.locator(".versions a").first.click()  # it goes on live: what is published stands in its versions
    with ada.expect_download() as coming:
        ada.get_by_role("link", name="Our receipt").click()
    receipt = tmp_path / coming.value.suggested_filename
    coming.value.save_as(receipt)
    said = json.loads(receipt.read_bytes())
    assert (said["statement"]["board"], said["leaf"]["entry"], said["leaf"]["keys"]) == ("result", "whisper", ["1", "40"])

    stranger.goto("/verify/receipt/")
    stranger.get_by_text("How to check it without believing this page").click()
    key = stranger.locator(".prose .hash").inner_text().strip()
    code, words = verified(receipt, key)
    assert (code, "NO" in words) == (0, False), words
    assert said["leaf"]["name"] in words
    assert "That key is the one that you pinned" in words
    assert asked_in_the_browser(stranger, receipt) == "It holds"

    changed = tmp_path / "changed.json"
    content = receipt.read_bytes()
    place = content.index(b'"40"') + 1  # one byte: a penalty of 30 would be the first place alone
    changed.write_bytes(content[:place] + b"3" + content[place + 1 :])
    code, words = verified(changed, key)
    assert (code, "The row is not in the published version" in words) == (1, True), words
    assert asked_in_the_browser(stranger, changed) == "It does not hold"
    assert verified(receipt, "0" * 43)[0] == 1, "another key was pinned"


def test_a_visitor_reads_why_a_group_moved_and_the_board_as_it_was(visit: Visit, stack: Stack) -> None:
    visitor = visit(width=360)
    visitor.goto(f"/cycles/{stack.cycles('clean-water-')[0]}/boards/favourite/")  # it was published twice
    visitor.get_by_role("link", name="Why teams moved").click()
    visitor.get_by_label("Key of the team").fill("night-shift")
    visitor.get_by_role("button", name="Show").click()
    expect(visitor.locator("#h-parts")).to_be_visible()
    expect(visitor.locator(".why-facts")).to_contain_text("Score")
    expect(visitor.locator("tfoot")).to_contain_text(re.compile("[+−±]"))
    assert fits(visitor)
    visitor.get_by_role("link", name="As it was").first.click()
    expect(visitor.locator("#h-then")).to_be_visible()
    expect(visitor.locator("section[aria-labelledby=h-then] tbody tr").first).to_be_visible()
    visitor.goto(visitor.url.partition("?")[0] + "?t=0")
    expect(visitor.locator("section[aria-labelledby=h-then] tbody tr")).to_have_count(0)
    assert fits(visitor)
