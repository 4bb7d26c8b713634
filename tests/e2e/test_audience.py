"""An audience votes in the browser: by the hall's code and a link in a mail, by tap and by keys; nothing is told before the vote is closed."""

import io
import re
import secrets
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.hands import Hands
from tests.e2e.people import Stack, Visit, fits
from tests.e2e.test_correcting import headers
from tests.e2e.test_story import came, published

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
TEAMS = ("Weir", "Riffle", "Tarn")
RULES = """
format = 1
cycle = {{ key = "{key}", name = "Talks {tag}" }}
boards = [{{ key = "crowd", name = "The audience's board", rounds = ["call"] }}]
[[rounds]]
key = "call"
name = "Talks"
opens = {opens}
closes = {closes}
visibility = "full"
[[challenges]]
key = "talk"
name = "A talk by the river"
rounds = ["call"]
criteria = [{{ key = "liked", name = "Liked", panel = "crowd" }}]
panels = [{{ key = "crowd", name = "Audience", who = "audience", ballots = 2, combine = "sum" }}]
"""


def begun(olga: Page, key: str, tag: str) -> None:
    """Three teams have spoken, the audience votes; Ada has a place in the team Tarn."""
    now = datetime.now(UTC).replace(microsecond=0)
    opened, over = (now - timedelta(hours=3)).isoformat(), (now - timedelta(minutes=5)).isoformat()
    files = {
        "cycle.toml": RULES.format(key=key, tag=tag, opens=opened, closes=over),
        "groups.csv": "group,name\n" + "".join(f"{team.lower()},{team} {tag}\n" for team in TEAMS),
        "rounds.csv": f"round,opened,locked,visibility\ncall,{opened},{over},full\n",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        for name, text in files.items():
            folder.writestr(name, text)
    file = {"name": "talks.zip", "mimeType": "application/zip", "buffer": packed.getvalue()}
    answer = olga.request.post("/api/v1/bundles", multipart={"file": file}, headers=headers(olga, tag))
    assert answer.status == 201, answer.text()
    group = olga.request.get(f"/api/v1/groups?cycle={answer.json()['cycles'][0]['id']}&key=tarn").json()["results"][0]["id"]
    invited = olga.request.post(
        f"/api/v1/groups/{group}/invite", data={"email": "ada@example.org"}, headers=headers(olga, f"{tag}-ada")
    )
    assert invited.status == 201, invited.text()


def voted(page: Page, team: str, says: str, *, given: bool = True) -> None:
    """A stone lies there, or is taken away, once the server has said so."""
    button = page.locator("[data-choice]").filter(has_text=team).get_by_role("button")
    expect(page.locator("[data-says]")).to_have_text(says)
    expect(button).to_have_attribute("aria-pressed", "true" if given else "false")


def arrived(visit: Visit, stack: Stack, key: str, tag: str) -> Page:
    """From the screen in the hall to the entries, and by the link in a mail to a vote of one's own."""
    address = f"{tag}-vera@example.net"
    hall = visit()
    hall.goto(f"/cycles/{key}/rounds/call/talk/vote/hall/")
    expect(hall.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
    vera = visit(width=360, height=740, has_touch=True)
    vera.goto("http://" + hall.locator(".vote-hall-address").inner_text())
    assert Axe().run(vera).violations_count == 0
    vera.get_by_label("E-mail address").fill(address)
    vera.get_by_role("button", name="Mail me the link").tap()
    expect(vera.get_by_role("heading", name="Look into your mail")).to_be_visible()
    vera.goto(stack.link_to(address, "/sign-in/link/"))
    vera.locator("main button[type=submit]").first.tap()
    expect(vera.get_by_role("heading", name="Give your 2 votes")).to_be_visible()
    return vera


def chosen(vera: Page, tag: str) -> None:
    """One vote by tap, one by keys, one taken back and given to somebody else."""
    vera.get_by_role("button", name=f"Vote for Weir {tag}").tap()
    voted(vera, f"Weir {tag}", "1 of 2 votes left")
    hands = Hands(vera)
    hands.press(vera.get_by_role("button", name=f"Vote for Riffle {tag}"), "Space")
    voted(vera, f"Riffle {tag}", "Your 2 votes are given")
    vera.get_by_role("button", name=f"Vote for Tarn {tag}").tap()
    expect(vera.locator("[data-says]")).to_have_text("Your 2 votes are given: take one back first.")
    hands.press(vera.get_by_role("button", name=f"Vote for Weir {tag}"))
    voted(vera, f"Weir {tag}", "1 of 2 votes left", given=False)
    vera.get_by_role("button", name=f"Vote for Tarn {tag}").tap()
    voted(vera, f"Tarn {tag}", "Your 2 votes are given")
    assert hands.unseen == []
    vera.reload()
    expect(vera.locator(".ballot.is-mine")).to_have_count(2)
    assert Axe().run(vera).violations_count == 0
    assert fits(vera)


@pytest.mark.complaining  # the third vote is refused on purpose
def test_an_audience_votes_and_its_board_is_told_after_the_close(visit: Visit, stack: Stack) -> None:
    tag = secrets.token_hex(3)
    key = f"talks-{tag}"
    olga = visit("olga@example.org")
    begun(olga, key, tag)
    chosen(arrived(visit, stack, key, tag), tag)
    ada = came(visit("ada@example.org", width=390, height=844), stack, "ada@example.org", tag)
    ada.goto(f"/cycles/{key}/rounds/call/talk/vote/")
    own = ada.locator("[data-choice]").filter(has_text=f"Tarn {tag}")
    expect(own).to_contain_text("Your team, or your team-mates’")
    expect(own.get_by_role("button")).to_have_count(0)
    ada.get_by_role("button", name=f"Vote for Riffle {tag}").click()
    voted(ada, f"Riffle {tag}", "1 of 2 votes left")

    desk = f"/cycles/{key}/desk/judging/votes/"
    olga.goto(desk)
    expect(olga.locator(".poll .stats")).to_contain_text(re.compile(r"people voted\s*2\s*votes count\s*3"))
    expect(olga.get_by_text("Until then nobody reads for whom a vote is")).to_be_visible()
    expect(olga.get_by_text(f"Riffle {tag}")).to_have_count(0)
    board = olga.request.get(f"/cycles/{key}/boards/crowd/").text()
    assert re.findall(r'class="score">(.*?)</td>', board) == ["–"] * 3, "no standing before the vote is over"
    olga.goto(f"/cycles/{key}/desk/publish/call/")
    expect(olga.get_by_text("The audience still votes.")).to_be_visible()
    olga.get_by_role("link", name="Close the vote").click()

    olga.locator("summary", has_text="Close the vote now").click()
    olga.get_by_label("Why", exact=True).first.fill("The hall is leaving.")
    assert Axe().run(olga).violations_count == 0
    olga.get_by_role("button", name="Close the vote", exact=True).click()
    expect(olga.get_by_text("Voting is over.")).to_be_visible()
    expect(olga.get_by_role("row").filter(has_text=f"Riffle {tag}")).to_contain_text("2")
    olga.get_by_role("checkbox").first.check()
    olga.get_by_role("button", name="These count", exact=True).click()
    expect(olga.get_by_text("1 ballot counts.")).to_be_visible()
    published(olga, key, "call")

    anybody = visit()
    anybody.goto(f"/cycles/{key}/boards/crowd/")
    expect(anybody.get_by_role("row").nth(1)).to_contain_text(f"Riffle {tag}")
    anybody.goto(f"/cycles/{key}/rounds/call/talk/vote/")
    expect(anybody.get_by_role("heading", name="The audience has voted")).to_be_visible()
