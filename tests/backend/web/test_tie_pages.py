"""Ties at a line in pages: the publish page offers to talk about those that the marks leave open; a chair in conflict reads who decides."""

import re
from typing import Any

import pytest

from games.judging.models import ConflictOfInterest, Deliberation
from games.progression import actions
from games.results.models import PanelAnalysis
from games.results.queries.ties import open_ties, ties_of
from tests.cast import Actor, actor
from tests.factories.groups import MembershipFactory
from tests.factories.results import Played, water
from worker.steps import recompute_now

pytestmark = pytest.mark.django_db
CUT = {"board": "call", "to": "final", "ties": "decide", "wildcards": 1}


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def joined(played: Played, name: str, held: str) -> Actor:
    someone = actor(name)
    MembershipFactory.create(cycle=played.cycle, group=None, person=someone.person, role=held, capabilities=[held])
    return someone


def close(played: Played) -> None:
    """As if the marks could not tell the first from the second, across a line after the first."""
    rows = [{"group": key, "place": at, "tied_with": with_} for at, (key, with_) in enumerate(APART, 1)]
    PanelAnalysis.objects.filter(challenge=played.challenges["concept"]).delete()
    PanelAnalysis.objects.create(challenge=played.challenges["concept"], panel="jury", body={"entries": rows})


APART = (("aqua", ["brook"]), ("brook", ["aqua"]), ("delta", []))


def test_the_publish_page_says_who_cannot_be_told_apart_across_the_line_and_offers_to_talk() -> None:
    played = water(cuts=[CUT | {"first": 1}])
    recompute_now(played.cycle)
    close(played)
    org = joined(played, "org", "organize")
    publish = f"/cycles/{played.cycle.key}/desk/publish/call/"
    text = words(org.client.get(publish))
    assert "The marks cannot tell these apart across the line to Pitch: " in text
    assert re.search(r"across the line to Pitch: (Aqua, Brook|Brook, Aqua)\.", text)
    begin = f"/cycles/{played.cycle.key}/desk/judging/doubts/tie/"
    assert f'action="{begin}"' in text
    sent = {"cut": "call:final", "why": "Level at the line.", "back": publish}
    assert org.client.post(begin, sent).status_code == 302
    talk = Deliberation.objects.latest("pk")
    text = words(org.client.get(publish))
    assert "They are talked about" in text
    assert f"/deliberations/{talk.pk}/" in text or "To the deliberation" in text
    actions.decide_tie(deliberation=talk, chosen=["aqua"], outcome="It stands.", by=org.user)
    assert ties_of(played.cycle)
    assert open_ties(played.cycle) == [], "talked about to the end"
    assert "The marks cannot tell these apart" not in words(org.client.get(f"{publish}?fresh=1"))


def test_a_chair_in_conflict_with_a_tied_entry_reads_that_the_organizers_decide() -> None:
    played = water(cuts=[CUT | {"first": 2}])
    recompute_now(played.cycle)
    chair, org = joined(played, "chair", "judge"), joined(played, "org", "organize")
    played.challenges["concept"].panelists.create(panel="jury", person=chair.person, chair=True)
    talks = actions.open_tie(cycle=played.cycle, tie=ties_of(played.cycle)[0], why="Level.", by=org.user)
    brook = next(one for one in talks if one.group and one.group.key == "brook")
    delta = next(one for one in talks if one.group and one.group.key == "delta")
    here, there = f"/deliberations/{delta.pk}/", f"/deliberations/{brook.pk}/"
    assert "Decide and close" in words(chair.client.get(here))
    ConflictOfInterest.objects.create(person=chair.person, group=played.groups["brook"], source="judge")
    text = words(chair.client.get(here))
    assert "Decide and close" not in text
    assert "So it is not you who decides this tie: the organizers do." in text
    assert "Brook" not in text, "which one it is, is not told"
    assert chair.client.get(there).status_code == 404
    decide = {"outcome": "Delta.", "go": [str(delta.pk)]}
    assert chair.client.post(f"{here}decide/", decide).status_code == 404
    assert "the organizers do." not in words(org.client.get(here))
    assert "Decide and close" in words(org.client.get(here))
