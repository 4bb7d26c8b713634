"""Who judges what, in the browser: planned, given out; a conflict recused mid-round and re-planned; a judge who drops out."""

import io
import re
import secrets
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit, follow
from tests.e2e.test_story import came

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LONG = 60_000
TEAMS = ("Upstream", "Weir Ones", "Meander", "Ox-bow", "Tarn", "Riffle", "Sluice", "Brook")
JUDGES = ("Amina", "Marco", "Noor", "Petra")
RULES = """
format = 1
cycle = {{ key = "{key}", name = "Letters {tag}" }}
boards = [{{ key = "letters" }}]
[[rounds]]
key = "call"
name = "Letters"
opens = {opens}
closes = {closes}
[[challenges]]
key = "letter"
name = "A letter to the river"
criteria = [{{ key = "m", min = 0, max = 5, step = 1 }}]
form = [{{ key = "title", name = "Title" }}]
"""


def bundle(key: str, tag: str) -> bytes:
    """Eight letters behind their deadline, four judges without an account."""
    now = datetime.now(UTC).replace(microsecond=0)
    rules = RULES.format(
        key=key, tag=tag, opens=(now - timedelta(days=2)).isoformat(), closes=(now - timedelta(hours=1)).isoformat()
    )
    keys = [team.lower().replace(" ", "-") for team in TEAMS]
    people = "".join(f"{tag}-{name.lower()},{name} {tag},judge,\n" for name in JUDGES)
    files = {
        "cycle.toml": rules,
        "groups.csv": "group,name\n" + "".join(f"{team},{name}\n" for team, name in zip(keys, TEAMS, strict=True)),
        "rounds.csv": f"round,opened,locked\ncall,{(now - timedelta(days=2)).isoformat()},{(now - timedelta(hours=1)).isoformat()}\n",
        "people.csv": "person,name,role,group\n" + people,
        "submissions.csv": "round,challenge,group,title\n" + "".join(f"call,letter,{team},Dear river\n" for team in keys),
        "assignments.csv": "round,challenge,group,judge,panel\n"
        + "".join(f"call,letter,,{tag}-{name.lower()},jury\n" for name in JUDGES),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        for name, text in files.items():
            folder.writestr(name, text)
    return packed.getvalue()


def imported(page: Page, key: str, tag: str) -> None:
    """The organizer brings the cycle in."""
    page.goto("/desk/")
    token = next(one["value"] for one in page.context.cookies() if "csrf" in one["name"])
    file = {"name": "letters.zip", "mimeType": "application/zip", "buffer": bundle(key, tag)}
    headers = {"X-CSRFToken": token, "Idempotency-Key": tag}
    answer = page.request.post("/api/v1/bundles", multipart={"file": file}, headers=headers)
    assert answer.status == 201, answer.text()


def invited(page: Page, key: str, who: str) -> None:
    """One more judge, by mail."""
    page.goto(f"/cycles/{key}/desk/people/invite/")
    page.locator("textarea[name=people]:visible").fill(who)
    page.locator("select[name=role]").select_option("judge")
    page.get_by_role("button", name="Look at what will happen").click()
    page.get_by_role("button", name="Send").first.click()
    page.goto(f"/cycles/{key}/desk/judging/")
    page.get_by_role("button", name="Add", exact=True).first.click()
    expect(page.get_by_text("is on the panel.")).to_be_visible()


def planned(page: Page, key: str, each: int) -> str:
    """A plan from the panel's page: worked out by a worker, looked at, given out. Returns the address of the panel."""
    page.goto(f"/cycles/{key}/desk/judging/")
    follow(page.get_by_role("link", name="Judges and plans").first)
    panel = page.url
    page.get_by_label("Judges for each entry").fill(str(each))
    page.get_by_role("button", name="Work it out").click()
    give = page.get_by_role("button", name="Give these sheets out")
    expect(give).to_be_visible(timeout=LONG)
    expect(page.get_by_text("The judges are")).to_be_visible()
    give.click()
    expect(page.get_by_text("The sheets are given out as planned.")).to_be_visible()
    return panel


@pytest.fixture
def letters(visit: Visit, stack: Stack) -> tuple[Page, Page, str]:
    """Olga's and Judith's pages, and the key of a cycle in which Judith is one of five judges."""
    tag = secrets.token_hex(3)
    olga, key = visit("olga@example.org"), f"letters-{tag}"
    imported(olga, key, tag)
    invited(olga, key, "Judith <judith@example.org>")
    judith = came(visit("judith@example.org"), stack, "judith@example.org", tag)
    return olga, judith, key


def test_a_conflict_recused_mid_round_is_replanned_from_the_notice(letters: tuple[Page, Page, str]) -> None:
    olga, judith, key = letters
    panel = planned(olga, key, 2)
    judith.goto(f"/desk/sheets/?cycle={key}")
    mine = judith.get_by_role("region").filter(has_text="A letter to the river")
    follow(mine.locator("li a[href^='/desk/sheets/']").first)
    team = judith.get_by_role("heading", level=1).inner_text().strip()
    judith.get_by_text("I cannot judge this entry").click()
    judith.get_by_label("Why", exact=True).fill("My brother is in it.")
    judith.get_by_label(re.compile("I have a conflict of interest")).check()
    here = judith.url
    judith.get_by_role("button", name="Give the sheet back").click()
    judith.wait_for_url(lambda url: url != here)

    for _ in range(40):
        olga.goto("/notices/")
        missing = olga.get_by_text("A judge is missing: A letter to the river").first
        if missing.count():
            break
        olga.wait_for_timeout(500)
    missing.click()
    expect(olga.get_by_role("heading", name="1 judge is missing")).to_be_visible()
    olga.get_by_role("button", name="Fill the gaps").click()
    row = olga.get_by_role("table").get_by_role("row", name=team)
    expect(row).to_be_visible(timeout=LONG)
    assert "Judith" not in row.inner_text()
    expect(olga.get_by_text("given out", exact=True)).to_be_visible()
    olga.goto(panel)
    expect(olga.get_by_text("is missing")).to_have_count(0)
    olga.goto(f"/cycles/{key}/desk/judging/conflicts/")
    said = olga.get_by_role("table").get_by_role("row", name=team)
    expect(said).to_contain_text("My brother is in it.")
    expect(said).to_contain_text("the judge")


def test_a_judge_drops_out_and_others_take_over_what_is_open(letters: tuple[Page, Page, str]) -> None:
    olga, judith, key = letters
    panel = planned(olga, key, 2)
    olga.goto(panel)
    olga.get_by_role("button", name=re.compile("Drops out.*Judith")).click()
    expect(olga.get_by_role("heading", name=re.compile(r"\d judges are missing"))).to_be_visible()
    olga.get_by_role("button", name="Fill the gaps").click()
    expect(olga.get_by_text(re.compile(r"\d open sheets of somebody who is gone are taken over"))).to_be_visible(timeout=LONG)
    judith.goto("/desk/sheets/")
    expect(judith.get_by_role("heading", name="My sheets")).to_be_visible()
    expect(judith.get_by_role("main").get_by_text(key.replace("letters-", "Letters "))).to_have_count(0)
    olga.goto(panel)
    expect(olga.get_by_text("are missing")).to_have_count(0)
    olga.get_by_role("button", name=re.compile("Is back.*Judith")).click()
    expect(olga.get_by_text(re.compile("Judith.* is back"))).to_be_visible()


def test_what_cannot_be_says_why_and_what_else_could_be_asked(letters: tuple[Page, Page, str]) -> None:
    olga, _judith, key = letters
    olga.goto(f"/cycles/{key}/desk/judging/")
    olga.get_by_role("link", name="Judges and plans").first.click()
    olga.get_by_label("Judges for each entry").fill("3")
    olga.get_by_label(re.compile("Sheets of a judge at most")).fill("2")
    olga.get_by_role("button", name="Work it out").click()
    expect(olga.get_by_role("heading", name="It cannot be done like this")).to_be_visible(timeout=LONG)
    olga.get_by_role("button", name="Without the limit of 2 sheets").click()
    expect(olga.get_by_role("button", name="Give these sheets out")).to_be_visible(timeout=LONG)
    olga.get_by_role("button", name="Drop this plan").click()
    expect(olga.get_by_text("The plan is dropped; nothing was given out.")).to_be_visible()
