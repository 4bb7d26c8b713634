"""Suggestions over the API, from the first word to the rule it became; outsiders find nothing; as many statements for many as for few."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.suggestions.models import Suggestion
from tests.cast import Cast
from tests.factories.suggestions import between_rounds, suggested

pytestmark = pytest.mark.django_db
API = "/api/v1"
CHANGE = [{"path": 'rounds["final"].appeal_days', "value": 7}]
BODY: dict[str, Any] = {"title": "More time to appeal", "why": "The rains.", "change": CHANGE}


def test_a_suggestion_becomes_a_rule_with_credit(cast: Cast):
    cycle, ada, org = f"{API}/cycles/{cast.cycle.pk}", cast.ada.api, cast.org.api
    looked = ada.post(f"{cycle}/suggestions/preview", {"change": CHANGE}, format="json").json()
    assert looked["diff"] == [{"path": 'rounds["final"].appeal_days', "before": None, "after": 7}]
    made = ada.post(f"{cycle}/suggestions", BODY, format="json")
    assert made.status_code == 201
    row = made.json()
    assert (row["number"], row["state"], row["credit"], row["mine"]) == (1, "open", "Ada (Red Herons)", True)
    path = f"{API}/suggestions/{row['id']}"
    assert cast.ben.api.post(f"{path}/support").json()["supporters"] == 1
    twice = cast.ben.api.post(f"{path}/support")
    assert (twice.status_code, twice.json()["code"]) == (409, "suggestion_refused")
    assert ada.post(f"{path}/support").status_code == 403
    assert ada.post(f"{path}/accept", {}, format="json").status_code == 403
    assert org.post(f"{path}/decline", {}, format="json").status_code == 422
    assert org.post(f"{path}/accept", {"answer": "Fair."}, format="json").json()["at_the_gate"] is True
    refused = org.post(f"{cycle}/suggestions/apply", {"reason": "Now."}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "suggestion_refused")
    between_rounds(cast)
    passed = org.post(f"{API}/rounds/{cast.final.pk}/gate", {"choice": "go", "reason": "On we go."}, format="json")
    assert passed.status_code == 200
    rule = cast.visitor.api.get(path).json()
    assert (rule["design_number"], rule["at_the_gate"], rule["mine"]) == (2, False, False)
    log = cast.visitor.api.get(f"{cycle}/rules-log").json()["results"]
    assert [(one["number"], one["suggestion"], one["credit"]) for one in log] == [(2, 1, "Ada (Red Herons)"), (1, None, "")]
    decision = cast.visitor.api.get(f"{API}/decisions/{rule['decision']}").json()
    assert "suggested by Ada (Red Herons)" in decision["question"]


def test_what_would_not_hold_is_refused_with_its_code(cast: Cast):
    cycle, ada = f"{API}/cycles/{cast.cycle.pk}", cast.ada.api
    for change, code in (
        ([{"path": 'rounds["call"].blind', "value": True}], "amend_refused"),
        ([{"path": "rounds[0].name", "value": "x"}], "suggestion_invalid"),
        ([{"path": "cycle.name", "value": cast.cycle.name}], "nothing_changed"),
    ):
        answered = ada.post(f"{cycle}/suggestions", BODY | {"change": change}, format="json")
        assert answered.json()["code"] == code, answered.json()
    assert ada.post(f"{cycle}/suggestions", {"title": "x"}, format="json").status_code == 422


def test_without_a_gate_the_organizers_apply_and_hear_what_does_not_fit(cast: Cast):
    org = cast.org.api
    for who in (cast.ada, cast.ben):
        pk = suggested(cast, who=who, change=CHANGE).pk
        org.post(f"{API}/suggestions/{pk}/accept", {}, format="json")
    between_rounds(cast)
    done = org.post(f"{API}/cycles/{cast.cycle.pk}/suggestions/apply", {"reason": "Between rounds."}, format="json").json()
    assert ([one["number"] for one in done["applied"]], [one["number"] for one in done["stuck"]]) == ([1], [2])
    assert done["stuck"][0]["stuck"]


def test_taken_back_thought_over_and_withdrawn(cast: Cast):
    row = suggested(cast, change=CHANGE)
    path, ben, org = f"{API}/suggestions/{row.pk}", cast.ben.api, cast.org.api
    ben.post(f"{path}/support")
    assert ben.post(f"{path}/support-no-more").json()["supported"] is False
    assert org.post(f"{path}/decline", {"answer": "Not now."}, format="json").json()["state"] == "declined"
    assert org.post(f"{path}/reopen").json()["state"] == "open"
    assert cast.ada.api.post(f"{path}/withdraw").json()["state"] == "withdrawn"
    assert ben.get(path).status_code == 404


@pytest.mark.outsider
def test_outsiders_neither_find_nor_make_one(cast: Cast):
    row = suggested(cast)
    for someone in (cast.eve, cast.visitor):
        assert someone.api.get(f"{API}/suggestions").json()["results"] == []
        assert someone.api.get(f"{API}/suggestions/{row.pk}").status_code == 404
        for act in ("support", "support-no-more", "withdraw", "accept", "decline", "reopen"):
            assert someone.api.post(f"{API}/suggestions/{row.pk}/{act}").status_code in {401, 403, 404}
        for act in ("", "/preview", "/apply"):
            assert someone.api.post(f"{API}/cycles/{cast.cycle.pk}/suggestions{act}", BODY).status_code in {401, 403}
    assert Suggestion.objects.get().state == "open"


def test_the_same_key_makes_one(cast: Cast):
    path = f"{API}/cycles/{cast.cycle.pk}/suggestions"
    twice = [cast.ada.api.post(path, BODY, format="json", headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert [one.status_code for one in twice] == [201, 201]
    assert Suggestion.objects.count() == 1


def test_as_many_statements_for_many_as_for_few(cast: Cast):
    ben = cast.ben.api

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ben.get(f"{API}/suggestions").status_code == 200
        return len(found)

    _many(cast, 3)
    count()
    few = count()
    _many(cast, 30)
    assert (count(), few <= 12) == (few, True)


def _many(cast: Cast, more: int) -> None:
    last = Suggestion.objects.count()
    told = {"cycle": cast.cycle, "author": cast.ada.person, "group": cast.red, "why": "So.", "at": cast.call.opens_at}
    Suggestion.objects.bulk_create(
        Suggestion(number=one, title=f"Wish {one}", **told) for one in range(last + 1, last + more + 1)
    )
