"""In a browser: a cycle is looked back on, what it proposes is taken, the next one begins from that, and its teams bring along what the rules say."""

import io
import secrets
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.commoning import OLGA
from tests.e2e.people import Visit
from tests.e2e.test_correcting import headers

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
LONG = 30_000
RULES = """
format = 1
cycle = {{ key = "{key}", name = "Weirs {tag}" }}
aim = {{ waived = "A trial." }}
checks = {{ will = "Yes.", offer = "An evening.", networks = "The valley." }}
boards = [{{ key = "weirs", name = "Weirs" }}]
[[rules]]
key = "shared"
name = "An idea shared"
event = "idea.shared"
points = 5
[[rules]]
key = "sung"
name = "A song sung"
event = "story.told"
points = 9
[[rounds]]
key = "call"
name = "Weirs"
opens = {opens}
closes = {closes}
visibility = "full"
[[challenges]]
key = "weir"
name = "A weir"
criteria = [{{ key = "flow", name = "Flow", min = 0, max = 5, step = 1 }}]
"""
POINTS = {"heron": 100, "otter": 41}


def bundle(key: str, tag: str) -> bytes:
    """Two teams with 100 and 41 points; a rule that nobody ever used."""
    now = datetime.now(UTC).replace(microsecond=0)
    opened, over = (now - timedelta(days=2)).isoformat(), (now - timedelta(hours=1)).isoformat()
    files = {
        "cycle.toml": RULES.format(key=key, tag=tag, opens=opened, closes=over),
        "groups.csv": "group,name\n" + "".join(f"{team},{team.title()} {tag}\n" for team in POINTS),
        "rounds.csv": f"round,opened,locked,published,visibility\ncall,{opened},{over},{over},full\n",
        "points.csv": "number,rule,group,person,amount,at,reverses\n"
        + "".join(f"{n},shared,{team},,{amount},{over},\n" for n, (team, amount) in enumerate(POINTS.items(), 1)),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        for name, text in files.items():
            folder.writestr(name, text)
    return packed.getvalue()


def until(page: Page, path: str, words: str) -> None:
    """Look again until a worker has written it: the page does not follow by itself."""
    for _ in range(40):
        page.goto(path)
        if words in page.content():
            return
        page.wait_for_timeout(500)
    expect(page.get_by_text(words).first).to_be_visible(timeout=LONG)


def test_the_next_cycle_begins_from_what_the_last_one_learned(visit: Visit) -> None:
    tag = secrets.token_hex(3)
    key, olga = f"weirs-{tag}", visit(OLGA)
    file = {"name": "weirs.zip", "mimeType": "application/zip", "buffer": bundle(key, tag)}
    answer = olga.request.post("/api/v1/bundles", multipart={"file": file}, headers=headers(olga, tag))
    assert answer.status == 201, answer.text()

    desk = f"/cycles/{key}/desk/retrospective/"
    olga.goto(desk)
    olga.get_by_role("button", name="Look back now").click()
    until(olga, desk, "Who came, who stayed")
    unused = olga.get_by_role("listitem").filter(has_text="Take away the rule “A song sung”").last
    expect(unused.get_by_text("Nobody ever did what it gives points for.")).to_be_visible()
    unused.get_by_role("button", name="Into the next cycle").click()
    expect(olga.locator(".retro-proposal.is-taken")).to_have_count(1)

    olga.get_by_role("link", name="Begin the next cycle").click()
    expect(olga.get_by_text("Take away the rule “A song sung”")).to_be_visible()
    olga.get_by_label("Points, in percent").fill("50")
    olga.get_by_label("Head start, in percent").fill("10")
    olga.get_by_role("button", name="Look what comes along").click()
    rows = olga.locator("table tbody tr")
    expect(rows.nth(0)).to_contain_text(f"Heron {tag}")
    expect(rows.nth(0).locator("td").nth(1)).to_have_text("50")
    expect(rows.nth(1).locator("td").nth(1)).to_have_text("20")
    expect(rows.nth(1).locator("td").nth(2)).to_have_text("5")
    olga.get_by_role("button", name="Draft the next cycle").click()
    expect(olga.get_by_text("is drafted from what this one learned")).to_be_visible()

    olga.goto(olga.url.replace("/name/", "/launch/"))
    olga.get_by_role("button", name="Launch the cycle").click()
    expect(olga.get_by_text("is launched. Now invite people.")).to_be_visible(timeout=LONG)
    after = olga.url.split("/cycles/")[1].split("/")[0]

    anybody = visit(None)
    anybody.goto(f"/cycles/{after}/brought/")
    expect(anybody.get_by_text("Teams begin with 50 % of the points")).to_be_visible()
    otter = anybody.locator("table tbody tr").filter(has_text=f"Otter {tag}")
    expect(otter.locator("td").nth(1)).to_have_text("20")
    anybody.goto(f"/cycles/{after}/rules/")
    expect(anybody.get_by_text("Who was behind gets a head start")).to_be_visible()
    expect(anybody.get_by_text("A song sung")).to_have_count(0)
    cycle = anybody.request.get(f"/api/v1/cycles?key={after}").json()["results"][0]["id"]
    for _ in range(40):
        totals = anybody.request.get(f"/api/v1/point-totals?cycle={cycle}").json()["results"]
        if len(totals) == len(POINTS):
            break
        anybody.wait_for_timeout(500)
    assert sorted(one["amount"] for one in totals) == [25, 50]
