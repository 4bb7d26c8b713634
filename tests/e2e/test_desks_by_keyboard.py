"""The organizer's desks of the hall, of plans, of deliberations and of corrections by somebody who has no mouse."""

import io
import re
import secrets
import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.hands import Hands
from tests.e2e.people import Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]
LONG = 60_000
RULES = """
format = 1
cycle = {{ key = "{key}", name = "Ferries {tag}" }}
boards = [{{ key = "ferries", name = "Ferries", rounds = ["call"] }}]
[[rounds]]
key = "call"
name = "Letters"
opens = {opens}
closes = {closes}
visibility = "full"
[[rounds]]
key = "show"
name = "Showing"
overlap = true
opens = {opens}
closes = {closes}
[[challenges]]
key = "letter"
name = "A letter"
rounds = ["call"]
criteria = [{{ key = "voice", name = "Voice", min = 0, max = 5, step = 1 }}]
[[challenges]]
key = "scene"
name = "A scene"
rounds = ["show"]
criteria = [{{ key = "voice", name = "Voice", min = 0, max = 5, step = 1 }}]
form = [{{ key = "title", name = "Title" }}]
"""
TEAMS = ("riffle", "tarn", "weir")
JUDGES = ("Amina", "Marco", "Petra")


def bundle(key: str, tag: str) -> bytes:
    """Letters that are published, and scenes behind their deadline: one of them is marked by two judges."""
    now = datetime.now(UTC).replace(microsecond=0)
    opened, over = (now - timedelta(days=2)).isoformat(), (now - timedelta(hours=1)).isoformat()
    judges = [f"{tag}-{name.lower()}" for name in JUDGES]
    marks = [f"call,letter,{team},{judge},voice,{4 - at}" for at, team in enumerate(TEAMS) for judge in judges]
    marks += [f"show,scene,riffle,{judge},voice,{1 + 3 * at}" for at, judge in enumerate(judges[:2])]
    files = {
        "cycle.toml": RULES.format(key=key, tag=tag, opens=opened, closes=over),
        "groups.csv": "\n".join(["group,name", *(f"{team},{team.title()} {tag}" for team in TEAMS)]),
        "rounds.csv": f"round,opened,locked,published\ncall,{opened},{over},{over}\nshow,{opened},{over},\n",
        "people.csv": "\n".join(
            ["person,name,role,group", *(f"{one},{name} {tag},judge," for one, name in zip(judges, JUDGES, strict=True))]
        ),
        "submissions.csv": "\n".join(["round,challenge,group,title", *(f"show,scene,{team},Ahoy" for team in TEAMS)]),
        "assignments.csv": "\n".join(
            ["round,challenge,group,judge,panel", *(f"show,scene,,{one},jury" for one in judges)],
        ),
        "marks.csv": "\n".join(["round,challenge,group,judge,criterion,value", *marks]),
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as folder:
        for name, text in files.items():
            folder.writestr(name, f"{text}\n")
    return packed.getvalue()


def begun(olga: Hands, key: str, tag: str) -> None:
    """The cycle is there, and the judges are asked to talk about the scene of Riffle."""
    olga.go("/desk/")
    page = olga.page
    token = next(one["value"] for one in page.context.cookies() if "csrf" in one["name"])
    packed = bundle(key, tag)
    answer = page.request.post(
        "/api/v1/bundles",
        multipart={"file": {"name": "ferries.zip", "mimeType": "application/zip", "buffer": packed}},
        headers={"X-CSRFToken": token, "Idempotency-Key": tag},
    )
    assert answer.status == 201, answer.text()
    sheets = page.request.get(f"/api/v1/sheets?cycle={answer.json()['cycles'][0]['id']}&round=show").json()["results"]
    asked = page.request.post(
        f"/api/v1/sheets/{sheets[0]['id']}/deliberate",
        data={"why": "Far apart."},
        headers={"X-CSRFToken": token, "Idempotency-Key": f"{tag}-talk"},
    )
    assert asked.status == 201, asked.text()


def in_the_hall(olga: Hands, key: str) -> None:
    """Tables are numbered, one team is away and comes back, the pitches get an order."""
    olga.go(f"/cycles/{key}/desk/hall/show/")
    olga.follow(olga.page.get_by_role("button", name=re.compile("^Number 3 teams")))
    table = olga.page.locator("#table-2")
    olga.follow(table.get_by_role("button", name="Nobody there"))
    expect(table).to_have_attribute("data-state", "absent")
    olga.follow(table.get_by_role("button", name="They are back"))
    expect(table).not_to_have_attribute("data-state", "absent")
    olga.follow(olga.page.locator("main").get_by_role("link", name="Pitches"))
    olga.write(olga.page.get_by_label("Rooms"), "Pier")
    olga.follow(olga.button("Make the schedule"))
    expect(olga.page.get_by_role("heading", name="Pier")).to_be_visible()


def planned(olga: Hands, key: str) -> None:
    """Who judges what is worked out, looked at and given out."""
    olga.go(f"/cycles/{key}/desk/judging/")
    scene = olga.page.locator(".card", has=olga.page.get_by_role("heading", name="A scene"))
    olga.follow(scene.get_by_role("link", name="Judges and plans"))
    olga.write(olga.page.get_by_label("Judges for each entry"), "2")
    olga.follow(olga.button("Work it out"))
    give = olga.button("Give these sheets out")
    expect(give).to_be_visible(timeout=LONG)
    olga.follow(give)
    expect(olga.page.get_by_text("The sheets are given out as planned.")).to_be_visible()


def deliberated(olga: Hands, key: str, tag: str) -> None:
    """From the second looks to the talk: something is said, and it is decided."""
    olga.go(f"/cycles/{key}/desk/judging/doubts/")
    talks = olga.page.get_by_role("region", name="Deliberations")
    olga.follow(talks.get_by_role("link", name=f"Riffle {tag}"))
    olga.write(olga.page.get_by_label("Say something to those who judge this entry"), "Which of the two heard the horn?")
    olga.follow(olga.button("Say it"))
    expect(olga.page.get_by_text("Which of the two heard the horn?")).to_be_visible()
    olga.write(olga.page.get_by_label("What came of it, and why"), "Both did.")
    olga.follow(olga.button("Decide and close"))
    expect(olga.page.get_by_role("heading", name="Decided", exact=True)).to_be_visible()


def corrected(olga: Hands, key: str, tag: str) -> None:
    """A published mark: the team is chosen, the mark typed, what it would move is read, and it is published."""
    olga.go(f"/cycles/{key}/desk/changes/marks/")
    olga.choose(olga.page.get_by_label("Team", exact=True), f"Weir {tag}")
    olga.follow(olga.button("Show the sheets"))
    olga.write(olga.page.get_by_label(f"Petra {tag}, Voice"), "5")
    olga.write(olga.page.get_by_label("Why", exact=True), "A 5 had been typed as a 2.")
    olga.follow(olga.button("Prepare the correction"))
    expect(olga.page.get_by_role("region", name="What it would move", exact=True)).to_be_visible(timeout=LONG)
    olga.press(olga.button("Apply and publish"))
    expect(olga.page.get_by_role("heading", name="Published", exact=True)).to_be_visible(timeout=LONG)


def test_hall_plan_deliberation_and_correction_are_done_without_a_mouse(visit: Visit) -> None:
    tag = secrets.token_hex(3)
    key, olga = f"ferries-{tag}", Hands(visit("olga@example.org"))
    begun(olga, key, tag)
    in_the_hall(olga, key)
    planned(olga, key)
    deliberated(olga, key, tag)
    corrected(olga, key, tag)
    olga.assert_no_mouse()
