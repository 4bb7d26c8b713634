"""An expo of forty stands in pairs: eight judges compare, one of them on a phone by tap and by keyboard; the organizer sees when it is enough, and publishes."""

import io
import re
import secrets
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit, fits
from tests.e2e.test_correcting import headers
from tests.e2e.test_story import came

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LONG = 60_000
STANDS = 40
OTHERS = ("amina", "boris", "chen", "dora", "emeka", "freya", "goran")  # with Judith on the phone eight
TURNS = 12  # of each
ALIKE = 0.4
"""How like the truth the board must be (Spearman). Where the seven say what is true and Judith presses at random, 800 made-up expos came to .50 to
.90, half of them above .73; a board drawn by lot is above .4 once in two hundred."""
RULES = """
format = 1
cycle = {{ key = "{key}", name = "Fair {tag}" }}
boards = [{{ key = "hall", name = "In the hall", rounds = ["hall"], order = ["score", "strength"] }}]
cuts = [{{ board = "hall", to = "stage", first = 6 }}]
[[rounds]]
key = "hall"
name = "In the hall"
opens = {opens}
closes = {closes}
judging_closes = {judged}
visibility = "full"
[[rounds]]
key = "stage"
name = "On stage"
opens = {later}
[[challenges]]
key = "stand"
name = "The stand"
rounds = ["hall"]
format = "pairwise"
scale = 100
decimals = 1
form = [{{ key = "summary", name = "What is it?", required = true }}]
[[challenges]]
key = "talk"
name = "On stage"
rounds = ["stage"]
criteria = [{{ key = "told", min = 0, max = 5, step = 1 }}]
"""


def bundle(key: str, tag: str) -> bytes:
    """Forty stands, handed in until an hour ago. The higher its number, the better a stand."""
    now = datetime.now(UTC).replace(microsecond=0)
    opened, over = (now - timedelta(days=2)).isoformat(), (now - timedelta(hours=1)).isoformat()
    judged, later = ((now + timedelta(days=days)).isoformat() for days in (1, 3))
    rules = RULES.format(key=key, tag=tag, opens=opened, closes=over, judged=judged, later=later)
    names = [f"s{number:02}" for number in range(STANDS)]
    files = {
        "cycle.toml": rules,
        "groups.csv": "group,name\n" + "".join(f"{one},Stand {one[1:]} {tag}\n" for one in names),
        "rounds.csv": f"round,opened,locked\nhall,{opened},{over}\n",
        "submissions.csv": "round,challenge,group,at,status,summary\n"
        + "".join(f"hall,stand,{one},{opened},submitted,What stand {one[1:]} shows.\n" for one in names),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        for name, text in files.items():
            folder.writestr(name, text)
    return packed.getvalue()


def address(who: str, tag: str) -> str:
    """Judith is known to the house; the others come to it by the mail."""
    return f"{who}@example.org" if who == "judith" else f"{tag}-{who}@example.net"


def begun(olga: Page, key: str, tag: str) -> int:
    """The organizer brings the expo in and invites eight judges. Returns the id of the task."""
    file = {"name": "fair.zip", "mimeType": "application/zip", "buffer": bundle(key, tag)}
    sent = headers(olga, tag)
    answer = olga.request.post("/api/v1/bundles", multipart={"file": file}, headers=sent, timeout=60_000)
    assert answer.status == 201, answer.text()
    cycle = answer.json()["cycles"][0]["id"]
    for who in ("judith", *OTHERS):
        wanted = {"email": address(who, tag), "role": "judge"}
        invited = olga.request.post(
            f"/api/v1/cycles/{cycle}/invite", data=wanted, headers=sent | {"Idempotency-Key": f"{tag}-{who}"}
        )
        assert invited.status == 201, invited.text()
    return int(olga.request.get(f"/api/v1/challenges?cycle={cycle}&key=stand").json()["results"][0]["id"])


@dataclass
class Judge:
    """A judge without a screen: comes by the link in the mail, asks and says what is true, over the API."""

    page: Page
    sent: dict[str, str]
    met: set[frozenset[str]] = field(default_factory=set)

    def posted(self, path: str, turn: str, **data: str) -> Any:
        """One request in their name; `turn` tells it from their others."""
        key = f"{self.sent['Idempotency-Key']}-{turn}"
        answer = self.page.request.post(f"/api/v1/{path}", data=data, headers=self.sent | {"Idempotency-Key": key})
        assert answer.ok, answer.text()
        return answer.json() if answer.body() else None

    def asks(self, task: int, turn: int) -> dict[str, Any]:
        """The next pair: never one that they met."""
        pair: dict[str, Any] = self.posted(f"challenges/{task}/pairs", f"{turn}")
        keys = frozenset(one["group"]["key"] for one in pair["entries"])
        assert keys not in self.met, "a pair is shown once"
        self.met.add(keys)
        return pair

    def says(self, pair: dict[str, Any], turn: int) -> None:
        """The stand with the higher number is the better one."""
        one, other = (entry["group"]["key"] for entry in pair["entries"])
        self.posted(f"pairs/{pair['id']}/answer", f"{turn}-said", outcome="a" if one > other else "b")


def alike(stands: list[int]) -> float:
    """The rank correlation of a board with the truth: 1 where the highest number stands first, and so on."""
    assert sorted(stands) == list(range(STANDS))
    apart = sum((place - (STANDS - 1 - number)) ** 2 for place, number in enumerate(stands))
    return 1 - 6 * apart / (STANDS * (STANDS**2 - 1))


def judged(judges: list[Judge], task: int) -> None:
    """All have a pair before the first of them answers: nobody waits for anybody."""
    for turn in range(TURNS):
        waiting = [(one, one.asks(task, turn)) for one in judges]
        for one, pair in reversed(waiting):
            one.says(pair, turn)


def shown(phone: Page) -> list[str]:
    """The names that stand on both buttons."""
    return phone.locator(".pairs-pick .pairs-name").all_inner_texts()


def done(phone: Page, words: str) -> None:
    expect(phone.locator(".pairs-said")).to_contain_text(words, timeout=15_000)
    assert fits(phone), "nothing is wider than the phone"


def tapped(phone: Page) -> None:
    """A, B, too close, skip, undo, under the thumb."""
    phone.get_by_role("button", name="Begin").tap()
    phone.locator(".pairs-pick[data-letter=A]").tap()
    done(phone, "Saved: A is better.")
    phone.locator(".pairs-pick[data-letter=B]").tap()
    done(phone, "Saved: B is better.")
    phone.get_by_role("button", name="Too close").tap()
    done(phone, "Saved: too close")
    before = shown(phone)
    phone.get_by_role("button", name="Skip").tap()
    done(phone, "Skipped.")
    assert shown(phone) != before
    phone.get_by_role("button", name="Undo").tap()
    done(phone, "Taken back")
    assert shown(phone) == before
    phone.locator(".pairs-pick[data-letter=A]").tap()
    done(phone, "Saved: A is better.")


def typed(phone: Page) -> None:
    """The same by keys."""
    for key, words in (
        ("ArrowLeft", "Saved: A"),
        ("ArrowRight", "Saved: B"),
        ("ArrowUp", "Saved: too close"),
        ("ArrowDown", "Skipped"),
    ):
        phone.keyboard.press(key)
        done(phone, words)
    phone.keyboard.press("u")
    done(phone, "Taken back")
    phone.keyboard.press("ArrowRight")
    done(phone, "Saved: B is better.")


def ordered(phone: Page) -> None:
    """Four in order: one dragged to the top, another moved up by keys; skipped ones come no more."""
    phone.get_by_label("Or put a few in order:").select_option("4")
    phone.get_by_role("button", name="Go").tap()
    items = phone.locator(".order-item")
    expect(items).to_have_count(4)
    names = items.locator("h3").all_inner_texts()
    phone.evaluate("scrollTo(0, 0)")
    grip, first = items.nth(1).locator(".order-grip").bounding_box(), items.nth(0).bounding_box()
    assert grip is not None
    assert first is not None
    phone.mouse.move(grip["x"] + 20, grip["y"] + 20)
    phone.mouse.down()
    phone.mouse.move(grip["x"] + 20, first["y"] + first["height"] / 2, steps=6)
    phone.mouse.move(grip["x"] + 20, first["y"] + 4, steps=3)
    phone.mouse.up()
    expect(items.nth(0).locator("h3")).to_have_text(names[1])
    items.nth(3).focus()
    phone.keyboard.press("Alt+ArrowUp")
    assert items.locator("h3").all_inner_texts() == [names[1], names[0], names[3], names[2]]
    phone.get_by_role("button", name="This is my order").tap()
    done(phone, "Saved: your order of 4 entries.")
    phone.get_by_role("button", name="Two at a time").tap()


def test_forty_stands_are_compared_in_pairs_until_it_is_enough(visit: Visit, stack: Stack) -> None:
    tag = secrets.token_hex(3)
    key = f"fair-{tag}"
    olga = visit("olga@example.org")
    task = begun(olga, key, tag)
    phone = came(visit("judith@example.org", width=360, height=740, has_touch=True), stack, "judith@example.org", tag)
    others = [came(visit(), stack, address(who, tag), tag) for who in OTHERS]

    desk = f"/cycles/{key}/desk/judging/pairs/{task}/"
    olga.goto(f"/cycles/{key}/desk/judging/")
    olga.get_by_role("link", name=re.compile("How far it is")).click()
    olga.get_by_role("button", name="Give all judges a seat").click()
    expect(olga.get_by_text("8 judges may vote.")).to_be_visible()

    judged([Judge(page, headers(page, f"{tag}-{who}")) for page, who in zip(others, OTHERS, strict=True)], task)
    phone.goto("/desk/sheets/")
    phone.locator("li").filter(has_text=f"Fair {tag}").get_by_role("link", name="A or B").tap()
    tapped(phone)
    typed(phone)
    ordered(phone)
    expect(phone.locator(".pairs-far")).to_contain_text("compared")

    olga.goto(desk)
    expect(olga.locator(".pairing-judges li").filter(has_text="Judith")).to_contain_text("1 list")
    expect(olga.locator(".pairing-judges li")).to_have_count(1 + len(OTHERS))
    expect(olga.get_by_text("Go on: about")).to_be_visible(timeout=LONG)
    expect(olga.get_by_text("between 6 and 7")).to_be_visible()
    expect(olga.get_by_text("All entries are linked by comparisons")).to_be_visible()

    olga.get_by_role("link", name="Look at the result and publish").click()
    publish = olga.get_by_role("link", name="Publish…")
    expect(publish).to_be_visible(timeout=LONG)  # a worker computes what will be published
    publish.click()
    olga.get_by_role("button", name="Publish now").click()
    expect(olga.get_by_role("link", name="See it as everybody does")).to_be_visible(timeout=LONG)

    anybody = visit()
    anybody.goto(f"/cycles/{key}/boards/hall/")
    rows = anybody.locator(".board tbody tr")
    expect(rows).to_have_count(STANDS)
    found = [re.search(r"Stand (\d+)", text) for text in rows.all_inner_texts()]
    assert alike([int(one[1]) for one in found if one]) > ALIKE
    olga.goto(desk)
    expect(olga.get_by_text("The results are published: nobody is asked any more.")).to_be_visible()
    phone.reload()
    expect(phone.get_by_text("Nothing can be compared now")).to_be_visible()
