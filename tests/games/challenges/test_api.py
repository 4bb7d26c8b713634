"""Challenges over the API: once their round has opened, and never an answer."""

from games.rounds.models import Round
from tests.factories.challenges import ChallengeFactory

ROOT = "/api/v1/challenges"


def keys(actor, query=""):
    return [row["key"] for row in actor.api.get(ROOT + query).json()["results"]]


def test_eve_reads_tasks_of_open_rounds_only_and_the_organizer_those_to_come(cast):
    assert keys(cast.eve) == keys(cast.ada) == keys(cast.visitor) == ["concept"]
    assert keys(cast.org) == ["concept", "prototype"]
    assert cast.eve.api.get(f"{ROOT}/{cast.prototype.pk}").status_code == 404
    assert keys(cast.org, f"?round={cast.final.pk}") == ["prototype"]
    assert keys(cast.org, f"?cycle={cast.cycle.pk + 1}") == []


def test_a_task_comes_with_its_brief_as_safe_html(cast):
    found = cast.eve.api.get(f"{ROOT}/{cast.concept.pk}").json()
    assert found["task"]["brief_html"] == "<p>Write <strong>one page</strong>.</p>\n"
    assert [one["key"] for one in found["task"]["criteria"]] == ["impact", "novelty"]
    assert (found["cycle"], found["round_key"]) == (cast.cycle.pk, "call")


def test_no_answer_leaves_by_this_door_not_even_for_organizers(cast):
    spec = {"key": "riddle", "format": "automatic", "answer": {"kind": "flag", "values": ["owl"]}}
    riddle = ChallengeFactory(round=Round.objects.get(key="call"), key="riddle", format="automatic", spec=spec)
    for someone in cast.everybody():
        answer = someone.api.get(f"{ROOT}/{riddle.pk}")
        assert answer.status_code == 200
        assert b"owl" not in answer.content
