"""A season from the library: quests, puzzles, points with caps, a round that all teams play together."""

import json
from datetime import timedelta

import pytest

from games.journal.queries import db_now
from games.playbooks.queries import preset
from tests.flows.story import Refused, Somebody, Story, the_worker_works

pytestmark = pytest.mark.django_db
GIVEN = {
    "aim": {"measure": "minutes waited", "baseline": 25, "target": 10, "date": "+49d"},
    "checks": {"will": "yes", "offer": "yes", "networks": "yes"},
    "registration": {"min_members": 1},
}
ACCEPTED = {"terms_version": "1", "licence_version": "1"}
RIGHT = {
    "failed": "As much as one that worked",
    "points": "No place at all",
    "borrow": ["Say whose idea it is", "Tell them how it went"],
}
REPORT = dict.fromkeys(("title", "expected", "happened", "learned"), "told")


@pytest.fixture
def story():
    story = Story(Somebody("org", may_launch=True))
    start = (db_now() - timedelta(hours=1)).isoformat()
    story.launch(playbook="gamification-season", key="season-1", name="Season 1", start=start, changes=GIVEN)
    the_worker_works()
    for name in ("owls", "larks", "wrens"):
        story.register(name, answers={"place": "Ward 3"}, **ACCEPTED)
    story.appoint("rita")
    return story


def tries(story, team, round_key, key, **asked):
    captain, group = story.teams[team]
    return captain.do(f"/groups/{group}/attempts", challenge=story.challenge(round_key, key), **asked)


def over(story, key):
    """The round ends and its results are out; the next one begins."""
    story.steer(key, "lock")
    story.publish(key)
    keys = [one["key"] for one in story.org.list(f"/rounds?cycle={story.cycle}")]
    following = keys[keys.index(key) + 1 :]
    if following:
        story.steer(following[0], "open")


def points(story):
    return {row["group_key"]: row["amount"] for row in story.org.list(f"/point-totals?cycle={story.cycle}")}


def test_a_season_is_played_to_its_end(story):
    assert tries(story, "owls", "warmup", "rules", answer=json.dumps(RIGHT))["verdict"] == "AC"
    tries(story, "larks", "warmup", "rules", answer=json.dumps(RIGHT | {"points": "Who stays in the game"}))
    over(story, "warmup")

    quest = story.challenge("week1", "quest")
    for team in story.teams:
        story.enter(team, quest, **REPORT)
    assert tries(story, "wrens", "week1", "puzzle", answer="8")["verdict"] == "AC"
    story.seat(quest, story.judges[0])
    story.steer("week1", "lock")
    three = dict.fromkeys(("clear", "honest", "counted"), 3)
    story.judge(quest, {"owls": three, "larks": three | {"counted": 2}, "wrens": three | {"clear": 1}})
    with pytest.raises(Refused, match="locked"):
        story.steer("week1", "lock")
    story.publish("week1")
    # weight 5 x the sum of three means, the quiz's points, a puzzle worth 3 and first by 3
    assert story.snapshot("season") == [("1", "owls", "48"), ("2", "larks", "42"), ("3", "wrens", "41")]
    earned = points(story)
    assert earned["wrens"] == earned["owls"] == 5 + 10 + 2  # the captain joined, a report, a try

    story.steer("week2", "open")
    for key in ("week2", "week3", "week4"):
        over(story, key)
    for team, number in (("owls", "180"), ("larks", "150"), ("larks", "170"), ("wrens", "160")):
        tries(story, team, "together", "helped", value=number)
    the_worker_works()
    over(story, "together")
    assert sum(int(score) for _, _, score in story.snapshot("together")) == 510
    over(story, "finals")
    story.org.do(f"/cycles/{story.cycle}/state", state="closed", reason="The habits stay.")

    after = story.org.do(f"/cycles/{story.cycle}/next", start=(db_now() + timedelta(days=100)).isoformat(), carry=["teams"])
    assert (after["key"], after["name"], after["series_key"]) == ("season-2", "Season 2", "season")
    assert story.org.ask(f"/series/{after['series']}/standings?by=place&points=10,6,3")["results"][0]["name"] == "Owls"


def test_nobody_reads_the_answers_of_the_quiz(story):
    warmup = story.challenge("warmup", "rules")
    owls = story.teams["owls"][0]
    assert "correct" not in json.dumps(owls.ask(f"/challenges/{warmup}"))
    assert "correct" not in json.dumps(owls.ask(f"/cycles/{story.cycle}/design"))
    assert "correct" in json.dumps(preset("gamification-season").data)
