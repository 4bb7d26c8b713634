"""A tie at the cut: found on Second looks, talked about by two judges and the chair, decided with a reason, published; cut and record show it."""

import io
import re
import secrets
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.e2e.people import Stack, Visit, follow
from tests.e2e.test_correcting import headers
from tests.e2e.test_story import came, seated

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LONG = 60_000
RULES = """
format = 1
cycle = {{ key = "{key}", name = "Echoes {tag}" }}
boards = [{{ key = "echoes", name = "Echoes", rounds = ["call"] }}]
cuts = [{{ board = "echoes", to = "final", first = 1, ties = "decide" }}]
[[rounds]]
key = "call"
name = "Echoes"
opens = {opens}
closes = {closes}
visibility = "full"
others_marks = "after_final"
[[rounds]]
key = "final"
name = "The big hall"
opens = {later}
[[challenges]]
key = "echo"
name = "An echo"
rounds = ["call"]
combine = "mean"
criteria = [{{ key = "voice", name = "Voice", min = 0, max = 5, step = 1 }}]
form = [{{ key = "title", name = "Title" }}]
[[challenges]]
key = "hall"
rounds = ["final"]
criteria = [{{ key = "voice", min = 0, max = 5, step = 1 }}]
"""
TEAMS = ("riffle", "tarn", "weir")
MARKS = {"judith": {"riffle": 5, "tarn": 3, "weir": 1}, "eve": {"riffle": 3, "tarn": 5, "weir": 1}}
ANEW = {"judith": 4, "eve": 4}  # what both give Tarn after the talk: it is still level with Riffle
REASON = "Riffle is heard from the last row."


def bundle(key: str, tag: str) -> bytes:
    """Three echoes whose deadline has passed; one goes on to the big hall in ten days."""
    now = datetime.now(UTC).replace(microsecond=0)
    opened, over = (now - timedelta(days=2)).isoformat(), (now - timedelta(hours=1)).isoformat()
    files = {
        "cycle.toml": RULES.format(key=key, tag=tag, opens=opened, closes=over, later=(now + timedelta(days=10)).isoformat()),
        "groups.csv": "group,name\n" + "".join(f"{team},{team.title()} {tag}\n" for team in TEAMS),
        "submissions.csv": "round,challenge,group,title\n" + "".join(f"call,echo,{team},Hello\n" for team in TEAMS),
        "rounds.csv": f"round,opened,locked\ncall,{opened},{over}\n",
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        for name, text in files.items():
            folder.writestr(name, text)
    return packed.getvalue()


def panel(olga: Page, visit: Visit, stack: Stack, key: str, tag: str) -> dict[str, Page]:
    """The cycle, brought in; two judges and a chair on its panel, who came by mail."""
    file = {"name": "echoes.zip", "mimeType": "application/zip", "buffer": bundle(key, tag)}
    answer = olga.request.post("/api/v1/bundles", multipart={"file": file}, headers=headers(olga, tag))
    assert answer.status == 201, answer.text()
    olga.goto(f"/cycles/{key}/desk/people/invite/")
    people = ("judith", "eve", "ben")
    olga.locator("textarea[name=people]:visible").fill("\n".join(f"{one.title()} <{one}@example.org>" for one in people))
    olga.locator("select[name=role]").select_option("judge")
    olga.get_by_role("button", name="Look at what will happen").click()
    olga.get_by_role("button", name="Send").first.click()
    came_in = {one: came(visit(f"{one}@example.org"), stack, f"{one}@example.org", tag) for one in people}
    seated(olga, key, "An echo")
    olga.get_by_role("link", name="Judges and plans").first.click()
    seat = olga.locator("li[id^=seat-]").filter(has_text="Ben")
    seat.locator("summary").first.click()
    seat.get_by_label(re.compile("Leads this panel")).check()
    seat.get_by_role("button", name="Save").click()
    return came_in


def give(judge: Page, name: str, tag: str) -> None:
    """A judge's three sheets, by the way their device would send them."""
    for one in judge.request.get("/api/v1/sheets/queue").json()["results"]:
        sheet = judge.request.get(f"/api/v1/sheets/{one['id']}").json()
        team = next((team for team in TEAMS if f"{team.title()} {tag}" in str(sheet)), None)
        if team is not None:
            marks = [{"criterion": "voice", "value": str(MARKS[name][team])}]
            sent = judge.request.post(
                f"/api/v1/sheets/{one['id']}/finalize", data={"marks": marks}, headers=headers(judge, f"{tag}-{name}-{team}")
            )
            assert sent.ok, sent.text()


def until(page: Page, address: str, target: Locator) -> None:
    """Look again until a worker has computed it."""
    for _ in range(60):
        page.goto(address)
        if target.count():
            return
        page.wait_for_timeout(500)
    expect(target).to_be_visible()


def talked(judge: Page, name: str, label: str) -> None:
    """A judge comes from their queue, says something, and marks the entry anew."""
    judge.goto("/desk/sheets/")
    judge.get_by_role("region", name="To talk about").get_by_role("link", name=label).click()
    expect(judge.get_by_text("A tie at the line")).to_be_visible()
    judge.get_by_label("Say something to those who judge this entry").fill(f"{name} heard it twice.")
    follow(judge.get_by_role("button", name="Say it"))
    judge.get_by_role("button", name="Mark anew").click()
    expect(judge.get_by_role("heading", name="Your marks")).to_be_visible()
    judge.locator(f"input[name=mark-voice][value='{ANEW[name]}']").check(force=True)
    here = judge.url
    judge.locator("[data-sheet] button", has_text="Final").first.click()
    judge.wait_for_url(lambda url: url != here)


@pytest.mark.complaining  # a decision without a choice is refused on purpose
def test_a_tie_at_the_cut_is_deliberated_decided_and_published(visit: Visit, stack: Stack) -> None:
    tag = secrets.token_hex(3)
    key, olga = f"echoes-{tag}", visit("olga@example.org")
    jury = panel(olga, visit, stack, key, tag)
    for name in MARKS:
        give(jury[name], name, tag)

    ties = olga.get_by_role("region", name="Ties at the line")
    until(olga, f"/cycles/{key}/desk/judging/doubts/", ties)
    expect(ties).to_contain_text(f"Riffle {tag}, Tarn {tag}")
    ties.get_by_text("Let the judges talk").click()
    assert Axe().run(olga).violations_count == 0
    ties.get_by_placeholder("What is to be talked about").fill("Level on voice: which carries further?")
    ties.get_by_role("button", name="Begin").click()
    expect(olga.get_by_role("heading", name="The chair decides")).to_be_visible()
    assert Axe().run(olga).violations_count == 0
    for name in MARKS:
        talked(jury[name], name, f"Tarn {tag}")

    chair = jury["ben"]
    chair.goto("/desk/sheets/")
    chair.get_by_role("region", name="To talk about").get_by_role("link", name=f"Tarn {tag}").click()
    expect(chair.get_by_label("What came of it, and why")).to_be_visible()
    until(chair, chair.url, chair.locator("s.room-before").nth(1))  # the last judge's desk goes on before its sheet has arrived
    expect(chair.locator("s.room-before")).to_have_count(2)
    expect(chair.locator(".talk li")).to_have_count(2)
    chair.get_by_label("What came of it, and why").fill(REASON)
    chair.get_by_role("button", name="Decide and close").click()
    expect(chair.get_by_text(re.compile("choose 1 of them|being computed"))).to_be_visible()
    expect(chair.get_by_label("What came of it, and why")).to_have_value(REASON)
    for _ in range(20):
        chair.get_by_label(f"Riffle {tag}").check()
        follow(chair.get_by_role("button", name="Decide and close"))
        if chair.get_by_role("heading", name="Decided", exact=True).count():
            break
        chair.wait_for_timeout(500)
    expect(chair.get_by_role("heading", name="Decided", exact=True)).to_be_visible()

    olga.goto(f"/cycles/{key}/desk/publish/call/")
    goes_on = olga.get_by_role("region", name=re.compile("Goes on to The big hall"))
    expect(goes_on).to_contain_text(f"Riffle {tag}", timeout=LONG)
    expect(goes_on).not_to_contain_text(f"Tarn {tag}")
    olga.goto(f"/cycles/{key}/desk/publish/call/confirm/")
    olga.get_by_role("button", name="Publish now").click()
    expect(olga.get_by_role("link", name="See it as everybody does")).to_be_visible(timeout=LONG)
    anybody = visit()
    anybody.goto(f"/cycles/{key}/decisions/")
    expect(anybody.get_by_text(REASON).first).to_be_visible()
