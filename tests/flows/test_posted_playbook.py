"""A playbook nobody here has heard of is posted by API and runs to its close: no code knows its name."""

from datetime import timedelta

import pytest

from games.journal.queries import db_now
from tests.flows.story import Refused, Somebody, Story, the_worker_works

pytestmark = pytest.mark.django_db
RELAY = """
format = 1
playbook = { key = "repair-relay", name = "Repair relay", summary = "Fix it faster each week; neighbours choose the neatest repair." }
cycle = { key = "repair-relay", name = "Repair relay", timezone = "Europe/Vilnius" }
rounds = [
  { key = "bench", name = "Bench", opens = "+0d", closes = "+7d", visibility = "full" },
  { key = "street", name = "Street", opens = "+8d", closes = "+14d", visibility = "full", gate = true },
]
boards = [
  { key = "relay", weights = { bench = 1, street = 0.5 }, challenges = ["riddle", "neat"] },
  { key = "fastest", rounds = ["bench"], challenges = ["stopwatch"], order = ["score low"] },
]
cuts = [{ board = "fastest", to = "street", first = 2, ties = "decide" }]
awards = [{ key = "spanner", name = "Golden spanner", places = [1, 1] }]
rules = [{ key = "tried", event = "attempt.judged", points = 3, cap_cycle = 6 }]

[[roles]]
key = "host"
capabilities = ["organize"]
[[roles]]
key = "neighbour"
capabilities = ["judge"]
[[roles]]
key = "fixer"
capabilities = ["captain", "submit"]

[[challenges]]
key = "stopwatch"
name = "Against the clock"
rounds = ["bench"]
format = "measured"
better = "low"
keep = "best"
unit = "minutes"
max_attempts = 3
aim = "Faster repairs mean fewer things thrown away."

[[challenges]]
key = "riddle"
name = "What is loose?"
rounds = ["bench"]
format = "automatic"
worth = 30
max_attempts = 2
answer = { kind = "flag", values = ["the screw"], case = false }

[[challenges]]
key = "neat"
name = "Neatest repair"
rounds = ["street"]
format = "ranking"
panels = [{ key = "neighbours", points = [10, 6, 3] }]
"""
GIVEN = {
    "aim": {"measure": "things repaired", "baseline": 10, "target": 60, "date": "+60d"},
    "checks": {"will": "yes", "offer": "coffee", "networks": "the street"},
}


@pytest.fixture
def story():
    return Story(Somebody("org", may_launch=True))


def tries(story, team, key, **asked):
    captain, group = story.teams[team]
    return captain.do(f"/groups/{group}/attempts", challenge=story.challenge("bench", key), **asked)


def test_a_playbook_posted_by_api_runs_to_its_close(story):
    assert story.org.do("/playbooks", toml=RELAY)["label"] == "repair-relay@1"
    with pytest.raises(Refused, match="measure is missing"):
        story.launch(playbook="repair-relay", key="relay-1")
    start = (db_now() - timedelta(hours=2)).isoformat()
    launched = story.launch(playbook="repair-relay@1", key="relay-1", name="Relay 1", start=start, changes=GIVEN)
    assert launched["playbook"] == "repair-relay@1"
    the_worker_works()
    # a new version of the playbook leaves the running cycle alone
    assert story.org.do("/playbooks", toml=RELAY.replace("worth = 30", "worth = 99"))["version"] == 2
    changes = {"registration": {"opens": start, "closes": (db_now() + timedelta(days=5)).isoformat()}}
    story.org.do(f"/cycles/{story.cycle}/amend", reason="The door stays open for a week.", changes=changes)
    for name in ("ada", "ben", "cleo"):
        story.register(name)

    for team, minutes in (("ada", "12.5"), ("ben", "9.25"), ("ben", "11"), ("cleo", "12.5")):
        tries(story, team, "stopwatch", value=minutes)
    assert tries(story, "ada", "riddle", answer="The screw")["verdict"] == "AC"
    tries(story, "cleo", "riddle", answer="the nut")
    tries(story, "cleo", "riddle", answer="the bolt")
    with pytest.raises(Refused):
        tries(story, "cleo", "riddle", answer="the screw")
    the_worker_works()
    totals = {row["group_key"]: row["amount"] for row in story.org.list(f"/point-totals?cycle={story.cycle}")}
    assert totals == {"ada": 6, "ben": 6, "cleo": 6}

    story.steer("bench", "lock")
    story.steer("bench", "publish")
    with pytest.raises(AssertionError, match="decide who goes on"):
        the_worker_works()
    drawn = {"kind": "advance", "board": "fastest", "round": "street", "group": "ada", "reason": "Drawn from a hat."}
    story.org.do(f"/cycles/{story.cycle}/decisions", **drawn)
    story.steer("bench", "publish")
    the_worker_works()
    assert [row[:2] for row in story.snapshot("fastest")] == [("1", "ben"), ("2", "ada"), ("2", "cleo")]
    assert [row["group_key"] for row in story.org.list(f"/entrants?round={story.round('street')['id']}")] == ["ada", "ben"]

    story.steer("street", "gate", choice="go", reason="The street is dry.")
    story.steer("street", "open")
    neat = story.challenge("street", "neat")
    nora = story.appoint("nora", role="neighbour")
    story.seat(neat, nora)
    story.steer("street", "lock")
    story.judge(neat, {"ada": {"rank": 1}, "ben": {"rank": 2}})
    story.publish("street")
    # ada: 30 + 0.5 x 10; ben: 0.5 x 6
    assert story.snapshot("relay") == [("1", "ada", "35"), ("2", "ben", "3")]
    grant = next(one for one in story.org.list(f"/grants?cycle={story.cycle}") if one["award"] == "spanner")
    story.org.do(f"/grants/{grant['id']}/verify")
    story.org.do(f"/grants/{grant['id']}/grant")
    closed = story.org.do(f"/cycles/{story.cycle}/state", state="closed", reason="Coffee.")
    assert closed["state"] == "closed"
    with pytest.raises(Refused):
        story.org.do(f"/cycles/{story.cycle}/amend", reason="late", changes={"awards": []})
