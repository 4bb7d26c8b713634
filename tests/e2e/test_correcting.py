"""A wrong mark found after publication: the team appeals, the organizer corrects it, board, way on and award move, and the team is told."""

import io
import re
import secrets
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.people import Stack, Visit
from tests.e2e.test_story import came

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
LONG = 60_000
RULES = """
format = 1
cycle = {{ key = "{key}", name = "Letters {tag}", currency = "EUR" }}
boards = [{{ key = "letters", name = "Letters", rounds = ["call"] }}]
cuts = [{{ board = "letters", to = "final", first = 2 }}]
awards = [{{ key = "silver", name = "Silver", board = "letters", places = [2, 2] }}]
[[rounds]]
key = "call"
name = "Letters"
opens = {opens}
closes = {closes}
visibility = "full"
appeal_days = 5
[[rounds]]
key = "final"
name = "Readings"
opens = {later}
[[challenges]]
key = "letter"
name = "A letter to the river"
rounds = ["call"]
combine = "mean"
criteria = [{{ key = "voice", name = "Voice", min = 0, max = 5, step = 1 }}]
[[challenges]]
key = "reading"
rounds = ["final"]
criteria = [{{ key = "voice", min = 0, max = 5, step = 1 }}]
"""
MARKS = {"weir": "554", "riffle": "444", "tarn": "441"}  # Petra's 1 for tarn was meant to be 5
JUDGES = ("Amina", "Marco", "Petra")


def bundle(key: str, tag: str) -> bytes:
    """Three letters, marked and published an hour ago; the two best go on to readings in ten days."""
    now = datetime.now(UTC).replace(microsecond=0)
    opened, over = (now - timedelta(days=2)).isoformat(), (now - timedelta(hours=1)).isoformat()
    rules = RULES.format(key=key, tag=tag, opens=opened, closes=over, later=(now + timedelta(days=10)).isoformat())
    judges = [f"{tag}-{name.lower()}" for name in JUDGES]
    marks = "".join(
        f"call,letter,{team},{judge},voice,{value}\n"
        for team, values in MARKS.items()
        for judge, value in zip(judges, values, strict=True)
    )
    files = {
        "cycle.toml": rules,
        "groups.csv": "group,name\n" + "".join(f"{team},{team.title()} {tag}\n" for team in MARKS),
        "rounds.csv": f"round,opened,locked,published,visibility\ncall,{opened},{over},{over},full\n",
        "people.csv": "person,name,role,group\n"
        + "".join(f"{judge},{name} {tag},judge,\n" for judge, name in zip(judges, JUDGES, strict=True)),
        "marks.csv": "round,challenge,group,judge,criterion,value\n" + marks,
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        for name, text in files.items():
            folder.writestr(name, text)
    return packed.getvalue()


def headers(page: Page, tag: str) -> dict[str, str]:
    page.goto("/desk/")
    token = next(one["value"] for one in page.context.cookies() if "csrf" in one["name"])
    return {"X-CSRFToken": token, "Idempotency-Key": tag}


def begun(olga: Page, key: str, tag: str) -> None:
    """The organizer brings the cycle in, and keeps a place in the team Tarn for Ada."""
    file = {"name": "letters.zip", "mimeType": "application/zip", "buffer": bundle(key, tag)}
    answer = olga.request.post("/api/v1/bundles", multipart={"file": file}, headers=headers(olga, tag))
    assert answer.status == 201, answer.text()
    groups = olga.request.get(f"/api/v1/groups?cycle={answer.json()['cycles'][0]['id']}&key=tarn").json()["results"]
    invited = olga.request.post(
        f"/api/v1/groups/{groups[0]['id']}/invite", data={"email": "ada@example.org"}, headers=headers(olga, f"{tag}-ada")
    )
    assert invited.status == 201, invited.text()


def appealed(ada: Page, key: str) -> None:
    """While the days last, the team says what is to be looked at again."""
    ada.goto(f"/cycles/{key}/rounds/call/")
    ada.get_by_role("link", name="Appeal", exact=True).click()
    expect(ada.get_by_text("Appeals are taken for another")).to_be_visible()
    ada.get_by_role("button", name="Send the appeal").click()
    expect(ada.get_by_text("Please look again")).to_be_visible()
    ada.get_by_label("What should be looked at again, and why").fill("Petra read our letter aloud and gave us a 1?")
    ada.get_by_role("button", name="Send the appeal").click()
    expect(ada.get_by_text("Your appeal is with the organizers.")).to_be_visible()


def prepared(olga: Page, key: str, tag: str) -> None:
    """From the appeal to the sheets, the mark as it should be, and everything it would move."""
    olga.goto(f"/cycles/{key}/desk/appeals/")
    expect(olga.get_by_text("gave us a 1?")).to_be_visible()
    olga.get_by_role("link", name="Correct a mark").click()
    box = olga.get_by_label(f"Petra {tag}, Voice")
    expect(box).to_have_value("1")
    box.fill("9")
    olga.get_by_label("Why", exact=True).fill("A 5 had been typed as a 1.")
    olga.get_by_role("button", name="Prepare the correction").click()
    expect(olga.get_by_text("9 is outside 0 to 5")).to_be_visible()
    expect(box).to_have_value("9")
    box.fill("5")
    olga.get_by_role("button", name="Prepare the correction").click()
    story = olga.get_by_role("region", name="What it would move", exact=True)
    expect(story).to_be_visible(timeout=LONG)
    row = story.get_by_role("row").filter(has_text=f"Tarn {tag}")
    expect(row).to_contain_text(re.compile(r"3\s*→\s*2"))
    expect(story.get_by_text(f"Tarn {tag}: in, by the corrected result.")).to_be_visible()
    expect(story.get_by_text(f"Riffle {tag}: no longer in.")).to_be_visible()
    expect(story.get_by_text("Silver").first).to_be_visible()


@pytest.mark.complaining  # forms are refused on purpose
def test_a_wrong_mark_is_appealed_corrected_and_told(visit: Visit, stack: Stack) -> None:
    tag = secrets.token_hex(3)
    key = f"letters-{tag}"
    olga = visit("olga@example.org")
    begun(olga, key, tag)
    ada = came(visit("ada@example.org", width=390, height=844), stack, "ada@example.org", tag)
    appealed(ada, key)
    prepared(olga, key, tag)
    before = olga.request.get(f"/cycles/{key}/boards/letters/").text()
    assert "A 5 had been typed" not in before, "nothing has moved yet"
    olga.get_by_label("Your answer to the appeal").fill("You were right: thank you for asking.")
    olga.get_by_role("button", name="Apply and publish").click()
    expect(olga.get_by_role("heading", name="Published", exact=True)).to_be_visible(timeout=LONG)

    anybody = visit()
    anybody.goto(f"/cycles/{key}/boards/letters/")
    expect(anybody.get_by_role("row").filter(has_text=f"Tarn {tag}")).to_contain_text("2")
    anybody.goto(f"/cycles/{key}/boards/letters/history/")
    expect(anybody.get_by_text("Correction 1: A 5 had been typed as a 1.")).to_be_visible()
    expect(anybody.get_by_role("link", name="Version 1", exact=True)).to_be_visible()

    ada.goto(f"/cycles/{key}/teams/tarn/appeals/")
    expect(ada.get_by_text("upheld", exact=True)).to_be_visible()
    expect(ada.get_by_text("You were right: thank you for asking.")).to_be_visible()
    told = ada.get_by_text(f"a correction concerns Tarn {tag}")
    for _ in range(40):
        ada.goto("/notices/")
        if told.count():
            break
        ada.wait_for_timeout(500)
    expect(told.first).to_be_visible()
    olga.goto(f"/cycles/{key}/desk/awards/")
    expect(olga.locator("li").filter(has_text="Silver").filter(has_text=f"Tarn {tag}")).to_contain_text("nominated")
