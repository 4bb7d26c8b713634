"""An innovation competition from the library, from launch to the next cycle, by API: nothing here reaches into the database."""

from datetime import timedelta

import pytest

from games.journal.queries import broken_links, db_now
from tests.flows.story import Refused, Somebody, Story, the_worker_works

pytestmark = pytest.mark.django_db
GIVEN = {
    "aim": {"measure": "solutions in use", "baseline": 0, "target": 3, "date": "+98d"},
    "checks": {"will": "The council asked.", "offer": "A prize and a pilot.", "networks": {"waived": "None yet."}},
}
ANSWERS = {"country": "Lithuania", "background": "Students", "employees": "No"}
ACCEPTED = {"terms_version": "1", "licence_version": "1", "age_confirmed": True}
CONCEPT = {name: f"our {name}" for name in ("title", "summary", "who", "idea", "estimate", "new", "test")}
SHORT = {  # three go on, then two; entries without files
    "cuts": [{"board": "shortlist", "to": "build", "first": 2}, {"board": "finalists", "to": "final", "first": 1}],
    "challenges": [{"key": "prototype", "form": []}, {"key": "pitch", "form": []}],
}


def marks(problem, impact, novelty, feasibility):
    return {"problem": problem, "impact": impact, "novelty": novelty, "feasibility": feasibility}


@pytest.fixture
def story():
    story = Story(Somebody("org", may_launch=True))
    start = (db_now() - timedelta(days=1)).isoformat()
    story.launch(playbook="innovation-competition", key="water", name="Clean water", start=start, changes=GIVEN | SHORT)
    return story


def registered(story):
    the_worker_works()
    for name in ("aqua", "brook", "cloud", "delta"):
        assert story.register(name, answers=ANSWERS, **ACCEPTED)["state"] == "accepted"
    for name in ("judith", "jonas"):
        story.appoint(name)


def played_call(story):
    registered(story)
    concept = story.challenge("call", "concept")
    for name in story.teams:
        story.enter(name, concept, **CONCEPT)
    for judge in story.judges:
        story.seat(concept, judge)
    story.steer("call", "lock")
    call = {"aqua": marks(4, 4, 3, 3), "brook": marks(3, 3, 3, 3), "cloud": marks(2, 2, 1, 2), "delta": marks(1, 1, 1, 1)}
    story.judge(concept, call, comment="Test it with ten households.")
    story.publish("call")


def test_a_competition_runs_from_launch_to_the_next_cycle(story):
    played_call(story)
    assert story.snapshot("shortlist") == [
        ("1", "aqua", "87.5"),
        ("2", "brook", "75"),
        ("3", "cloud", "43.75"),
        ("4", "delta", "25"),
    ]
    build = story.round("build")
    listed = [(row["group_key"], row["via"]) for row in story.org.list(f"/entrants?round={build['id']}")]
    assert listed == [("aqua", "cut"), ("brook", "cut")]

    with pytest.raises(Refused, match="only after its gate"):
        story.steer("build", "open")
    story.steer("build", "gate", choice="go", reason="Two ideas are worth building.")
    story.steer("build", "open")
    prototype = story.challenge("build", "prototype")
    for name in ("aqua", "brook"):
        story.enter(name, prototype)
    with pytest.raises(Refused) as refused:
        story.enter("cloud", prototype)
    assert refused.value.code == "not_entrant"
    for judge in story.judges:
        story.seat(prototype, judge)
    story.steer("build", "lock")
    story.judge(
        prototype, {"aqua": {"evidence": 2, "craft": 4, "learning": 2}, "brook": {"evidence": 4, "craft": 3, "learning": 4}}
    )
    story.publish("build")

    story.steer("final", "gate", choice="go", reason="One is ready.")
    story.steer("final", "open")
    pitch = story.challenge("final", "pitch")
    story.enter("brook", pitch)
    for judge in story.judges:
        story.seat(pitch, judge, "jury")
    story.steer("final", "lock")
    story.judge(pitch, {"brook": {"promise": 4, "answers": 3}})
    story.publish("final")
    cycle = story.org.ask(f"/cycles/{story.cycle}")
    assert (cycle["state"], [one["state"] for one in cycle["rounds"]]) == ("awarding", ["locked"] * 3)
    assert story.snapshot("result")[0][:2] == ("1", "brook")

    visitor = Somebody("visitor")
    assert not any(grant["group"] for grant in visitor.list(f"/grants?cycle={story.cycle}"))
    for grant in story.org.list(f"/grants?cycle={story.cycle}"):
        if grant["state"] == "nominated":
            story.org.do(f"/grants/{grant['id']}/verify")
            story.org.do(f"/grants/{grant['id']}/grant")
    won = {(grant["award"], grant["amount_cents"]) for grant in visitor.list(f"/grants?cycle={story.cycle}") if grant["group"]}
    assert {("gold", None), ("prize", 1_000_000)} <= won
    story.org.do(f"/cycles/{story.cycle}/state", state="closed", reason="The sponsor has decided.")

    after = story.org.do(f"/cycles/{story.cycle}/next", start=(db_now() + timedelta(days=200)).isoformat())
    assert (after["key"], after["name"], after["state"], after["predecessor"]) == (
        "water-2",
        "Clean water 2",
        "enrolling",
        story.cycle,
    )
    teams = {one["key"] for one in story.org.list(f"/groups?cycle={after['id']}")}
    assert teams == {"aqua", "brook", "cloud", "delta"}
    assert after["series"] is not None
    standings = visitor.ask(f"/series/{after['series']}/standings")["results"]
    assert standings[0]["name"] == "Brook"
    the_worker_works()
    assert list(broken_links()) == []


def test_nobody_reads_the_sealed_call_before_it_is_published(story):
    registered(story)
    concept = story.challenge("call", "concept")
    for name in story.teams:
        story.enter(name, concept, **CONCEPT)
    eve, brook = Somebody("eve"), story.teams["brook"][0]
    the_worker_works()
    for outsider in (eve, brook):
        entries = outsider.list(f"/submissions?cycle={story.cycle}")
        assert {one["group"]["key"] for one in entries} <= {"brook"}
        assert outsider.list(f"/sheets?cycle={story.cycle}") == []
        assert outsider.list(f"/scores?cycle={story.cycle}") == []
        assert outsider.list(f"/snapshots?cycle={story.cycle}") == []


def test_the_door_refuses_citing_the_rule(story):
    the_worker_works()
    with pytest.raises(Refused, match="Rule 2") as refused:
        story.register("sponsor", answers=ANSWERS | {"employees": "Yes"}, **ACCEPTED)
    assert refused.value.status == 422
    with pytest.raises(Refused) as refused:
        story.register("hasty", answers={}, terms_version="0")
    assert {"answers.country", "terms_version"} <= {one["where"] for one in refused.value.body["errors"]}


def test_a_round_with_promised_feedback_is_not_closed_without_it(story):
    registered(story)
    concept = story.challenge("call", "concept")
    story.enter("aqua", concept, **CONCEPT)
    story.steer("call", "lock")
    with pytest.raises(Refused, match="promised feedback") as refused:
        story.steer("call", "close")
    assert refused.value.code == "feedback_missing"


def test_a_paused_cycle_takes_no_entries(story):
    registered(story)
    concept = story.challenge("call", "concept")
    story.org.do(f"/cycles/{story.cycle}/state", state="paused", reason="storm")
    with pytest.raises(Refused) as refused:
        story.enter("aqua", concept, **CONCEPT)
    assert refused.value.code == "cycle_not_running"
    story.org.do(f"/cycles/{story.cycle}/state", state="running", reason="calm")
    assert story.enter("aqua", concept, **CONCEPT)["number"] == 1
