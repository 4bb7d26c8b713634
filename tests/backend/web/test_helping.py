"""How-to knowledge reaches whoever needs it: what was told for a task stands on its page, for the step one is at first. And how teams
learn from each other stands among the rules in words.
"""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.web.learning_words import learning_rules
from games.cycles.actions import add_design
from games.ideas.models import Idea
from tests.cast import Cast
from tests.factories.cycles import small_design
from tests.factories.ideas import shared
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
TASK = "/cycles/water/rounds/call/concept/"
HEAD = "How others do it"


def main(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


def order(text: str, *titles: str) -> list[str]:
    return sorted((one for one in titles if one in text), key=text.index)


def test_the_cards_of_a_step_come_first_and_how_tos_before_thoughts(cast: Cast) -> None:
    sieve = shared(cast, "Sieve with old saris", challenge=cast.concept, step="Filter", audience="everybody")
    shared(cast, "Count at the gate", challenge=cast.concept, step="Measure", audience="everybody")
    shared(cast, "What if we asked?", kind="concept", challenge=cast.concept, audience="everybody")
    shared(cast, "The pipe sings at two", kind="clue", challenge=cast.concept, step="Measure", audience="everybody")
    shared(cast, "Something else", audience="everybody")
    titles = ("Sieve with old saris", "Count at the gate", "What if we asked?", "The pipe sings at two", "Something else")
    text = main(cast.ben.client.get(TASK))
    assert order(text, *titles) == ["The pipe sings at two", "Count at the gate", "Sieve with old saris", "What if we asked?"]
    assert text.index('href="?step=Filter#others"') < text.index('href="?step=Measure#others"')
    text = main(cast.ben.client.get(TASK, {"step": "filter"}))
    assert order(text, *titles)[0] == "Sieve with old saris"
    assert 'href="?step=Filter#others" aria-current="true"' in text
    Idea.objects.filter(pk=sieve.pk).update(grade="B")
    text = main(cast.ben.client.get(TASK))
    assert order(text, *titles)[0] == "Sieve with old saris"
    assert "B: proven elsewhere" in text


@pytest.mark.outsider
def test_a_task_names_no_idea_that_one_may_not_read(cast: Cast, client: Any) -> None:
    assert HEAD not in main(cast.ben.client.get(TASK))
    ours = shared(cast, "Only ours", challenge=cast.concept, audience="own", step="Our secret step")
    shared(cast, "For the teams", challenge=cast.concept, audience="teams")
    shared(cast, "It leaked", kind="failure-story", challenge=cast.concept, audience="everybody")
    for reader, seen in (
        (cast.ben.client, ["For the teams", "It leaked"]),
        (client, ["It leaked"]),
        (cast.eve.client, ["It leaked"]),
    ):
        text = main(reader.get(TASK))
        assert order(text, "Only ours", "Our secret step", "For the teams", "It leaked") == seen
    assert ours.title in main(cast.ada.client.get(TASK))


def test_a_task_takes_as_many_statements_for_many_cards_as_for_few(cast: Cast) -> None:
    def counted() -> int:
        with CaptureQueriesContext(connection) as told:
            assert HEAD in main(cast_client.get(TASK))
        return len(without_designs(told))

    cast_client = cast.ben.client
    shared(cast, challenge=cast.concept, step="One")
    few = counted()
    for n in range(12):
        shared(cast, f"More {n}", challenge=cast.concept, step=f"Step {n}", tags=["a"])
    assert counted() == few <= 12


def test_how_teams_learn_from_each_other_stands_among_the_rules_in_words(cast: Cast, client: Any) -> None:
    design = small_design(
        sharing={"required": ["went_wrong"]},
        reply_days=3,
        office_hours={"quota": 2, "per": "round"},
        peers=True,
        registration={"mergers_until": "2027-03-02T08:00:00Z"},
        challenges=[{"key": "concept", "organizations": 2}],
    )
    said = learning_rules(design)
    assert said[0] == "No idea is whole that does not tell: what went wrong."
    assert "within 3 days" in said[1]
    assert (
        said[2] == "Every team books at most 2 office hours with experts in each round; one is given back until 24 hours before."
    )
    assert said[3].startswith("Teams find peers of other organizations")
    assert said[4] == "Two teams may become one between rounds, until Tue 2 March 2027, 09:00, with an agreed split of credit."
    assert said[5].endswith("at least 2 organizations stand behind an entry; teams hand in together.")
    assert learning_rules(small_design(registration={"mergers": False}))[-1] == "Teams do not merge."
    add_design(cast.cycle, design, by=None)
    text = main(client.get("/cycles/water/rules/"))
    assert said[2] in text
    assert text.index("Learning from each other") < text.index(said[2])
