"""A small cycle for what teams learn from each other: its rules, and how it is begun, entered and steered."""

import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit
from tests.e2e.test_story import came, registered

OLGA, ADA, BEN, SAM = (f"{name}@example.org" for name in ("olga", "ada", "ben", "sam"))
ROLES = {"organizer": ["organize"], "sponsor": ["follow"], "captain": ["captain", "submit"], "member": ["submit"]}


def rules(
    key: str, name: str, *, call: dict[str, Any], final: dict[str, Any], more: Sequence[dict[str, Any]] = (), **tables: Any
) -> dict[str, Any]:
    """Two rounds, a short answer in each, no board; `call` and `final` say when they are and what follows them, in hours from now.

    `more`: further rules of points; `tables`: further tables of the rules.
    """
    now = datetime.now(UTC).replace(microsecond=0)

    def timed(one: Any) -> Any:
        if isinstance(one, dict):
            return {word: timed(value) for word, value in one.items()}
        return (now + one).isoformat() if isinstance(one, timedelta) else one

    form = [
        {"key": "title", "name": "Title", "required": True, "max_length": 100},
        {"key": "text", "name": "Your idea", "required": True, "lines": 5},
    ]
    task = {"name": "Idea", "form": form, "criteria": [{"key": "value", "min": 0, "max": 5, "step": 1}]}
    waived = {"waived": "Played in a browser."}
    return {
        "format": 1,
        "cycle": {"key": key, "name": name, "starts": timed(timedelta(days=-3))},
        "roles": [{"key": role, "name": role.title(), "capabilities": can} for role, can in ROLES.items()],
        "aim": waived,
        "checks": dict.fromkeys(("will", "offer", "networks"), waived),
        "registration": {"opens": timed(timedelta(days=-3)), "closes": timed(timedelta(days=20)), "min_members": 1},
        "rounds": [
            {"key": "call", "name": "Call", **timed(call)},
            {"key": "final", "name": "Final round", **timed(final)},
        ],
        "challenges": [{"key": "idea", "rounds": ["call"], **task}, {"key": "pitch", "rounds": ["final"], **task}],
        "rules": [
            {"key": "helped", "name": "It helped", "event": "post.helped", "points": 5},
            {"key": "barrier", "name": "A barrier told and solved", "event": "barrier.solved", "points": 3},
            *more,
        ],
        **tables,
    }


def sent(page: Page, path: str, data: dict[str, Any]) -> Any:
    """What the API answers to somebody who is signed in."""
    token = next(one["value"] for one in page.context.cookies() if "csrf" in one["name"])
    headers = {"X-CSRFToken": token, "Idempotency-Key": secrets.token_hex(8)}
    answer = page.request.post(path, data=data, headers=headers)
    assert answer.ok, answer.text()
    return answer.json()


def begun(
    visit: Visit, stem: str, *, more: Sequence[dict[str, Any]] = (), **tables: Any
) -> tuple[str, dict[str, int], Page, Page, Page]:
    """A cycle of its own in which Ada plays for Whisper and Ben for Murmur: key, ids of it and its rounds, pages of Olga, Ada, Ben."""
    tag = secrets.token_hex(3)
    key = f"{stem}-{tag}"
    olga, ada, ben = visit(OLGA), visit(ADA), visit(BEN)
    olga.goto("/desk/")
    made = sent(olga, "/api/v1/cycles", {"design": rules(key, f"Commons {tag}", more=more, **tables)})
    registered(ada, key, "Whisper")
    registered(ben, key, "Murmur")
    return key, {"cycle": made["id"]} | {one["key"]: one["id"] for one in made["rounds"]}, olga, ada, ben


def shared(page: Page, key: str, title: str, **words: str) -> str:
    """An idea for all teams is written and shared; the address of its page."""
    page.goto(f"/cycles/{key}/ideas/new/")
    return told(page, title, **words)


def told(page: Page, title: str, **words: str) -> str:
    """The form of an idea is filled in where it is open, and sent; the address of the idea's page."""
    page.locator("[name=title]").fill(title)
    for name, text in words.items():
        page.locator(f"[name={name}]").fill(text)
    page.get_by_role("button", name="Share it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    return re.sub(r"[?#].*", "", page.url)


def sponsor(visit: Visit, stack: Stack, olga: Page, key: str) -> Page:
    """Sam comes in as the sponsor of the cycle by the link in his mail."""
    olga.goto(f"/cycles/{key}/desk/people/invite/")
    olga.locator("textarea[name=people]:visible").fill(f"Sam <{SAM}>")
    olga.locator("select[name=role]").select_option("sponsor")
    olga.get_by_role("button", name="Look at what will happen").click()
    olga.get_by_role("button", name="Send").first.click()
    return came(visit(SAM), stack, SAM, key.rpartition("-")[2])
