"""Suggestions in pages: written, looked at, supported, answered on the desk, made a rule at the gate, read in the log with credit."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.suggestions import actions
from games.suggestions.models import Suggestion
from tests.cast import Actor, Cast
from tests.factories.groups import MembershipFactory
from tests.factories.suggestions import between_rounds, suggested

pytestmark = pytest.mark.django_db
CYCLE = "/cycles/water/"
PATH = 'rounds["final"].appeal_days'
FORM = {"title": "More time to appeal", "why": "The <b>rains</b> come.", "path": PATH, "value": "7", "named": "on"}


def main(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


def test_a_suggestion_is_written_looked_at_and_sent(cast: Cast):
    ada, page = cast.ada.client, f"{CYCLE}suggestions/new/"
    assert "No open suggestion" in main(ada.get(f"{CYCLE}suggestions/"))
    assert "Days to appeal" in main(ada.get(page))
    looked = main(ada.post(page, FORM | {"do": "look"}))
    assert ("This would change" in looked, "<ins>" in looked, Suggestion.objects.count()) == (True, True, 0)
    refused = main(ada.post(page, FORM | {"do": "send", "value": "soon"}))
    assert ("still here" in refused, 'value="More time to appeal"' in refused, Suggestion.objects.count()) == (True, True, 0)
    unknown = main(ada.post(page, FORM | {"do": "send", "path": "", "other": "rounds[0].name"}))
    assert "names no setting" in unknown
    sent = ada.post(page, FORM | {"do": "send"})
    assert sent.headers["Location"] == f"{CYCLE}suggestions/1/"
    text = main(ada.get(f"{CYCLE}suggestions/1/"))
    for words in ("The &lt;b&gt;rains&lt;/b&gt; come.", "Days to appeal", "Ada (Red Herons)", "Withdraw it"):
        assert words in text
    assert "I support it" not in text
    assert Suggestion.objects.get().change == [{"path": PATH, "value": 7}]


def test_it_is_supported_answered_and_becomes_a_rule_at_the_gate(cast: Cast):
    suggested(cast, change=[{"path": PATH, "value": 7}])
    one, desk, org, ben = f"{CYCLE}suggestions/1/", f"{CYCLE}desk/suggestions/", cast.org.client, cast.ben.client
    assert ben.post(f"{one}do/", {"do": "support"}).status_code == 302
    assert "I support it no more" in main(ben.get(one))
    assert "More time to appeal" in main(org.get(desk))
    unsaid = main(org.post(f"{desk}1/", {"do": "decline", "answer": ""}))
    assert "Say why" in unsaid
    assert org.post(f"{desk}1/", {"do": "accept", "answer": "Fair enough."}).headers["Location"] == desk
    text = main(org.get(desk))
    assert ("is open: rules change between rounds" in text, "Make them rules" in text) == (True, False)
    between_rounds(cast)
    assert "Make them rules" in main(org.get(desk))
    gate = main(org.get(f"{CYCLE}desk/rounds/final/"))
    assert "1 accepted suggestion becomes a rule when the gate is passed" in gate
    assert f'<a href="{one}">More time to appeal</a>' in gate
    org.post(f"{CYCLE}desk/rounds/final/steer/", {"act": "go", "reason": "All is ready."})
    assert Suggestion.objects.get().design_number == 2
    assert "becomes a rule when" not in main(org.get(f"{CYCLE}desk/rounds/final/"))
    log = main(cast.visitor.client.get(f"{CYCLE}rules/log/"))
    for words in ("Version 2", "Suggested by Ada (Red Herons)", "decided by Org", "Fair enough.", "Days to appeal"):
        assert words in log
    assert "Version 2 of the rules" in main(cast.visitor.client.get(one))
    assert "Rules now" in main(cast.visitor.client.get(f"{CYCLE}suggestions/?show=rules"))


def test_without_a_gate_what_waits_is_applied_between_rounds(cast: Cast):
    actions.accept(suggestion=suggested(cast, change=[{"path": "cycle.summary", "value": "Anew."}]), by=cast.org.user)
    org, apply = cast.org.client, f"{CYCLE}desk/suggestions/apply/"
    org.post(apply, {"reason": "Now."})
    assert not Suggestion.objects.filter(design_number__isnull=False).exists(), "a round is open"
    between_rounds(cast)
    org.post(apply, {"reason": "Between rounds."})
    assert Suggestion.objects.get().design_number == 2


def test_organizers_accept_in_their_own_words_and_think_again(cast: Cast):
    suggested(cast)
    org, page = cast.org.client, f"{CYCLE}desk/suggestions/1/"
    assert "name the setting" in main(org.post(page, {"do": "accept", "answer": ""})).casefold()
    org.post(page, {"do": "accept", "answer": "", "path": PATH, "value": "5"})
    assert (Suggestion.objects.get().state, Suggestion.objects.get().ruling) == ("accepted", [{"path": PATH, "value": 5}])
    org.post(page, {"do": "reopen"})
    assert Suggestion.objects.get().state == "open"


@pytest.mark.outsider
def test_outsiders_find_nothing_that_is_not_a_rule(cast: Cast):
    suggested(cast)
    for someone in (cast.eve, cast.visitor):
        assert someone.client.get(f"{CYCLE}suggestions/1/").status_code == 404
        assert "More time" not in main(someone.client.get(f"{CYCLE}suggestions/"))
        assert someone.client.post(f"{CYCLE}suggestions/1/do/", {"do": "support"}).status_code in {302, 404}
    assert cast.eve.client.get(f"{CYCLE}suggestions/new/").status_code == 403
    for path in ("desk/suggestions/", "desk/suggestions/1/"):
        assert cast.ada.client.get(f"{CYCLE}{path}").status_code == 404
    assert cast.ada.client.post(f"{CYCLE}desk/suggestions/apply/").status_code == 404
    assert cast.ben.client.post(f"{CYCLE}suggestions/1/do/", {"do": "withdraw"}).status_code == 404
    assert cast.ada.client.post(f"{CYCLE}suggestions/1/do/", {"do": "support"}).status_code == 404
    assert not Suggestion.objects.get().supports.exists()


@pytest.mark.parametrize("path", ["suggestions/", "desk/suggestions/", "rules/log/", "suggestions/1/", "suggestions/new/"])
def test_as_many_statements_for_many_as_for_few(cast: Cast, path: str):
    org = cast.org.client

    def count() -> int:
        org.get(f"{CYCLE}{path}")
        with CaptureQueriesContext(
            connection,
        ) as found:
            assert org.get(f"{CYCLE}{path}").status_code == 200
        return len(found)

    _many(cast, 3)
    few = count()
    _many(cast, 30)
    assert (count(), few <= 14) == (few, True), few


def _many(cast: Cast, count: int) -> None:
    last = Suggestion.objects.count()
    for number in range(last + 1, last + count + 1):
        row = Suggestion.objects.create(
            cycle=cast.cycle,
            number=number,
            author=cast.ada.person,
            group=cast.red,
            title=f"Wish {number}",
            why="So.",
            diff=[{"path": PATH, "before": None, "after": number}],
            at=cast.call.opens_at,
            state="accepted" if number % 3 == 0 else "open",
        )
        row.supports.create(person=cast.ben.person, at=cast.call.opens_at)


def test_a_sponsor_and_a_judge_suggest_too(cast: Cast):
    MembershipFactory(cycle=cast.cycle, group=None, person=cast.eve.person, role="sponsor", capabilities=["follow"])
    for number, someone in enumerate((cast.eve, cast.judith), 1):
        assert _sends(someone).headers["Location"] == f"{CYCLE}suggestions/{number}/"


def _sends(who: Actor) -> Any:
    return who.client.post(f"{CYCLE}suggestions/new/", {"title": "Less paper", "why": "Trees.", "do": "send"})
