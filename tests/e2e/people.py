"""Who is at the browser, and how they come in."""

import json
import re
import time
import urllib.request
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser, Locator, Page

PASSWORD = "demo"


class Visit(Protocol):
    """The fixture `visit`."""

    def __call__(
        self, who: str | None = None, *, width: int = 1280, height: int = 900, scheme: str = "light", **wishes: object
    ) -> Page: ...


def fits(page: Page) -> bool:
    """Whether nothing is wider than the window, asked when the styles have come: a click comes back before they have."""
    page.wait_for_load_state()
    room = page.viewport_size
    return room is not None and page.evaluate("document.documentElement.scrollWidth") <= room["width"]


def follow(target: Locator) -> None:
    """Click something that leads to another page, and wait for that page: a click alone comes back before the server has answered."""
    with target.page.expect_navigation():
        target.click()


@dataclass
class Stack:
    """A running demo: its address, and the folder with its mails."""

    address: str
    data: Path
    kept: dict[str, Any] = field(default_factory=dict)

    def signed_in(self, browser: Browser, who: str) -> Any:
        """The cookies of somebody who signed in by the form, once per run."""
        if who not in self.kept:
            context = browser.new_context(base_url=self.address)
            page = context.new_page()
            page.goto("/sign-in/")
            page.fill("input[name=email], input[name=username]", who)
            page.fill("input[name=password]", PASSWORD)
            page.click("main button[type=submit]")
            page.wait_for_url(lambda url: "sign-in" not in url)
            self.kept[who] = context.storage_state()
            context.close()
        return self.kept[who]

    def cycles(self, stem: str) -> list[str]:
        """Keys of the demo's cycles that begin so, the oldest first: it plays around today, so years stand in them."""
        with urllib.request.urlopen(f"{self.address}/api/v1/cycles") as answer:
            found = [one["key"] for one in json.load(answer)["results"]]
        return sorted(key for key in found if key.startswith(stem))

    def link_to(self, address: str, part: str, *, about: str = "", seconds: float = 60) -> str:
        """The path of the newest link with `part` in a mail to this address; waits until the worker has sent it.

        `about`: what the mail must name, for an address that other tests write to as well.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for path in sorted((self.data / "mail").glob("*.log"), key=lambda one: one.stat().st_mtime, reverse=True):
                for mail in mailbox_of(path.read_bytes()):
                    text = str(mail.get_payload(decode=True), "utf-8")
                    found = re.search(rf"{re.escape(part)}\S+", text)
                    if mail["To"] == address and about in text and found:
                        return found[0]
            time.sleep(0.5)
        message = f"no mail with {part} about {about!r} to {address} after {seconds:.0f} s"
        raise AssertionError(message)


def mailbox_of(written: bytes) -> list[Message]:
    """The mails in a file of the demo's mail folder, which stand below each other under a line of dashes."""
    return [message_from_bytes(part.strip() + b"\n") for part in re.split(rb"(?m)^-{79}$", written) if part.strip()]
