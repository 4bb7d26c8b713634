"""How much the judges of a round agree: Krippendorff's alpha over its panels, on its page and over the API, to whoever may know it."""

import re
from fractions import Fraction
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.challenges.models import Challenge
from games.results.agreement import PanelAgreement, agreement
from games.results.models import PanelAnalysis
from games.results.queries.agreement import agreement_in
from games.rounds.models import Round
from leaderboards.engine.severity.analysis import PanelTable, analyse
from leaderboards.engine.severity.ratings import Rating
from leaderboards.engine.severity.reliability import alpha
from tests.cast import Actor, actor
from tests.factories.groups import MembershipFactory
from tests.factories.pairs import expo
from tests.factories.results import Played, judge_final, water
from tests.factories.submissions import without_designs
from tests.leaderboards.engine.severity.test_uncertainty import ENCYCLOPAEDIA, KRIPPENDORFF, units
from worker.steps import settle_now

pytestmark = pytest.mark.django_db


def table(text: str, panel: str) -> PanelTable:
    """Krippendorff's tables as a panel: coders are judges, units are entries."""
    rows = text.split("|")
    sheets = [
        Rating(f"e{place:02}", f"j{judge}", Fraction(row[place]))
        for judge, row in enumerate(rows)
        for place in range(len(row))
        if row[place] != "."
    ]
    return PanelTable("call", "task", panel, "mean", True, sheets, {}, {}, {})


def test_the_value_of_a_round_is_that_of_its_panels_by_what_each_rests_on() -> None:
    """Oracles O-KA and O-KA2: interval .8491 on 40 marks that share a unit, .8108 on 26."""
    rows = [
        PanelAnalysis(challenge=Challenge(key=key), panel="jury", body=analyse(table(text, "jury")))
        for key, text in (("c", KRIPPENDORFF), ("encyclopaedia", ENCYCLOPAEDIA))
    ]
    one = agreement_in(rows[:1], public=False)
    assert one.alpha is not None
    assert (round(float(one.alpha), 4), one.alpha_over[0].paired) == (0.8491, 40)
    both = agreement_in(rows, public=False)
    assert [panel.paired for panel in both.alpha_over] == [40, 26]
    assert both.alpha is not None
    assert float(both.alpha) == pytest.approx((40 * 0.8491 + 26 * 0.8108) / 66, abs=1e-4)
    assert float(both.alpha) == pytest.approx(_pooled([units(KRIPPENDORFF), units(ENCYCLOPAEDIA)]), abs=1e-5)
    assert agreement_in(rows, public=True).alpha is None, "nothing is published"


def _pooled(tables: list[list[list[int]]]) -> float:
    """1 - observed / expected over all marks, where each table's marks are stretched so that it expects a disagreement of 1."""
    observed, whole = 0.0, 0
    for table_ in tables:
        paired = [unit for unit in table_ if len(unit) > 1]
        values = [value for unit in paired for value in unit]
        count = len(values)
        expected = sum((a - b) ** 2 for a in values for b in values) / (count * (count - 1))
        stretched = [[value / expected**0.5 for value in unit] for unit in paired]
        observed += sum(sum((a - b) ** 2 for a in unit for b in unit) / (len(unit) - 1) for unit in stretched)
        whole += count
    assert alpha(tables[0]) is not None
    return 1 - observed / whole


def test_a_panel_that_has_no_value_does_not_count_and_a_round_may_have_none() -> None:
    half = Fraction(1, 2)
    some = [PanelAgreement("a", "jury", half, 30, None, 10), PanelAgreement("b", "jury", None, 0, Fraction(9, 10), 10)]
    found = agreement(some)
    assert (found.alpha, [one.challenge for one in found.alpha_over]) == (half, ["a"])
    assert (found.reliability, [one.challenge for one in found.reliability_over]) == (Fraction(9, 10), ["b"])
    assert agreement([]) == agreement([PanelAgreement("a", "jury", None, 0, None, 0)])
    assert agreement([]).alpha is None


@pytest.fixture
def played() -> Played:
    found = water()
    judge_final(found)
    settle_now(found.rounds["call"], by=None)
    return found


def organizer(played: Played) -> Actor:
    someone = actor("org")
    MembershipFactory.create(cycle=played.cycle, group=None, person=someone.person, role="organizer", capabilities=["organize"])
    return someone


def read(played: Played, client: Any) -> tuple[str, str]:
    """The page of the round, and how sure we are of its task."""
    base = f"/cycles/{played.cycle.key}/rounds/call/"
    pages = [client.get(path).content.decode() for path in (base, f"{base}concept/certainty/")]
    return re.sub(r"\s+", " ", pages[0]), re.sub(r"\s+", " ", pages[1])


def test_pages_and_the_api_tell_it_and_what_it_is_over(played: Played, client: Any) -> None:
    answer = client.get(f"/api/v1/rounds/{played.rounds['call'].pk}/agreement")
    told = answer.json()
    assert [(one["challenge"], one["panel"]) for one in told["panels"]] == [("concept", "jury")]
    assert told["alpha"] == told["panels"][0]["alpha"] != ""
    assert told["reliability"] == told["panels"][0]["reliability"] != ""
    for text in read(played, client):
        assert f"Krippendorff’s alpha {round(float(told['alpha']), 2):.2f}, over 1 panel (" in text
        assert "Reliability of a score: " in text


@pytest.mark.outsider("round-agreement")
def test_before_publication_it_is_for_organizers_and_chairs_and_hidden_looks_absent(played: Played) -> None:
    Round.objects.filter(pk=played.rounds["call"].pk).update(published_at=None)
    address = f"/api/v1/rounds/{played.rounds['call'].pk}/agreement"
    empty = {"alpha": "", "reliability": "", "panels": []}
    for outsider in (actor("eve"), Actor("visitor")):
        assert outsider.api.get(address).json() == empty
        assert "Krippendorff" not in read(played, outsider.client)[0]
    assert organizer(played).api.get(address).json()["alpha"] != ""
    type(played.cycle).objects.filter(pk=played.cycle.pk).update(public=False)
    assert actor("stranger").api.get(address).status_code == 404


def test_comparisons_in_pairs_have_no_alpha_and_no_page_fails_for_it(client: Any) -> None:
    call = expo(2)
    row = PanelAnalysis(challenge=call.challenge, panel="jury", body={"pairs": {}, "reliability": "0.5", "entries": [{}, {}]})
    found = agreement_in([row], public=False)
    assert (found.alpha, found.reliability) == (None, Fraction(1, 2))
    assert client.get(f"/api/v1/rounds/{call.round.pk}/agreement").json()["panels"] == []


def test_it_takes_as_many_statements_for_one_panel_as_for_thirty(played: Played) -> None:
    org, costs = organizer(played), []
    paths = (f"/api/v1/rounds/{played.rounds['call'].pk}/agreement", f"/cycles/{played.cycle.key}/rounds/call/")
    kept = PanelAnalysis.objects.get(challenge=played.challenges["concept"])
    for more in (0, 30):
        rows = [PanelAnalysis(challenge=kept.challenge, panel=f"p{number}", body=kept.body) for number in range(more)]
        PanelAnalysis.objects.bulk_create(rows)
        for path in paths:
            client = org.client
            client.get(path)  # signed in, the rules read
            with CaptureQueriesContext(connection) as sent:
                assert client.get(path).status_code == 200
            costs.append(len(without_designs(sent)))
    assert costs[:2] == costs[2:]
    assert max(costs) <= 12, costs
