"""Who is at the browser, and how they come in."""

import json
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Browser, Page

PASSWORD = "demo"  # noqa: S105 -- the demo prints it


class Visit(Protocol):
    """The fixture `visit`."""

    def __call__(
        self, who: str | None = None, *, width: int = 1280, height: int = 900, scheme: str = "light", **wishes: object
    ) -> Page: ...


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

    def mails(self) -> str:
        """Every mail that the demo sent so far, the newest last."""
        files = sorted((self.data / "mail").glob("*.log"), key=lambda path: path.stat().st_mtime)
        return "\n".join(path.read_text(errors="replace") for path in files)
