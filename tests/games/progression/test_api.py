"""Cycles, rounds, decisions and series over the API: what each may do, and eve may not."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.accounts.models import User
from games.cycles.actions import add_design, record_decision
from games.cycles.models import Cycle, Decision, Series
from games.cycles.rules import DecisionKind
from games.journal.queries import db_now
from games.playbooks.schema import Design
from games.progression.actions import apply_design
from games.results.models import RecomputeRun
from games.rounds.models import Entrant, Extension, Round
from leaderboards.models import Board, Snapshot
from tests.factories.cycles import CycleFactory, small, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.rounds import RoundFactory

ROOT = "/api/v1"
DAY = timedelta(days=1)
REASON = {"reason": "as announced"}


def steering(cast):
    """Every address that changes something: (path, body, permitted status)."""
    soon = (db_now() + 30 * DAY).isoformat()
    cycle, call, final = cast.cycle.pk, cast.call.pk, cast.final.pk
    stop = record_decision(cast.cycle, DecisionKind.STOP, by=None, reason="left", round="final", group="red")
    return [
        (f"/cycles/{cycle}/amend", REASON | {"changes": {"awards": [{"key": "gold", "places": [1, 2]}]}}, 201),
        (f"/cycles/{cycle}/decisions", REASON | {"kind": "stop", "round": "final", "group": "blue"}, 201),
        (f"/decisions/{stop.pk}/revoke", REASON, 200),
        (f"/rounds/{call}/extend", REASON | {"until": soon}, 201),
        (f"/rounds/{call}/extend", REASON | {"until": soon, "group": cast.red.pk}, 422),
        (f"/rounds/{call}/widen", REASON | {"visibility": "full"}, 200),
        (f"/rounds/{call}/lock", REASON, 200),
        (f"/rounds/{call}/publish", {}, 202),
        (f"/rounds/{call}/reopen", REASON | {"until": soon}, 200),
        (f"/rounds/{call}/lock", REASON, 200),
        (f"/rounds/{call}/close", REASON, 200),
        (f"/rounds/{final}/gate", REASON | {"choice": "go"}, 200),
        (f"/rounds/{final}/open", REASON, 200),
        (f"/cycles/{cycle}/state", REASON | {"state": "paused"}, 200),
    ]


def test_the_organizer_steers_a_cycle_from_amendment_to_pause(cast):
    for path, body, expected in steering(cast):
        answer = cast.org.api.post(ROOT + path, body, format="json")
        assert (path, answer.status_code) == (path, expected), answer.content
    assert Cycle.objects.get().state == "paused"
    assert RecomputeRun.objects.get().publish


@pytest.mark.parametrize(("who", "status"), [("eve", 403), ("ada", 403), ("judith", 403), ("visitor", 401)])
def test_nobody_else_steers_anything(cast, who, status):
    before = Decision.objects.count()
    for path, body, _ in steering(cast):
        answer = getattr(cast, who).api.post(ROOT + path, body, format="json")
        assert (path, answer.status_code) in {(path, status), (path, 404)}
    assert Decision.objects.count() == before + 1


def test_what_eve_may_not_see_looks_absent(cast):
    Cycle.objects.update(public=False)
    equal = record_decision(cast.cycle, DecisionKind.EQUAL, by=None, reason="x", board="call", group="red", other="blue")
    hidden = [
        f"/cycles/{cast.cycle.pk}",
        f"/cycles/{cast.cycle.pk}/design",
        f"/cycles/{cast.cycle.pk}/designs",
        f"/cycles/{cast.cycle.pk}/rules",
        f"/rounds/{cast.call.pk}",
        f"/challenges/{cast.concept.pk}",
        f"/decisions/{equal.pk}",
    ]
    absent = cast.eve.api.get(f"{ROOT}/cycles/999999").content
    for path in hidden:
        answer = cast.eve.api.get(ROOT + path)
        assert (path, answer.status_code, answer.content) == (path, 404, absent)
        assert cast.org.api.get(ROOT + path).status_code == 200
    for name in ("cycles", "rounds", "challenges", "decisions", "entrants"):
        assert cast.eve.api.get(f"{ROOT}/{name}").json()["results"] == []


def test_a_launch_by_api_gives_the_cycle_with_its_rounds(cast):
    cast.org.user.may_launch = True
    cast.org.user.save()
    body = {"design": small(), "key": "spring", "name": "Spring", "start": "2027-05-03T09:00:00Z", "series": "seasons"}
    answer = cast.org.api.post(f"{ROOT}/cycles", body, format="json")
    assert answer.status_code == 201, answer.content
    found = answer.json()
    assert answer.headers["Location"].endswith(f"/api/v1/cycles/{found['id']}")
    assert (found["key"], found["name"], found["state"], found["series_key"]) == ("spring", "Spring", "enrolling", "seasons")
    assert [(one["key"], one["state"], one["opens_at"]) for one in found["rounds"]] == [
        ("call", "planned", "2027-05-04T09:00:00Z"),
        ("final", "planned", "2027-05-23T09:00:00Z"),
    ]
    assert found["aim"]["target"] == 250


def test_nobody_launches_into_the_series_of_others(cast):
    Cycle.objects.update(series=Series.objects.create(key="waters", name="Waters"))
    User.objects.update(may_launch=True)
    body = {"design": small(), "key": "spring", "series": "waters"}
    answer = cast.eve.api.post(f"{ROOT}/cycles", body, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "series_taken")
    assert not Cycle.objects.filter(key="spring").exists()
    draft = cast.eve.api.post(
        f"{ROOT}/drafts", {"design": small(cycle={"key": "spring", "series": "waters"})}, format="json"
    ).json()
    answer = cast.eve.api.post(f"{ROOT}/drafts/{draft['id']}/launch", {}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (409, "series_taken")
    assert Cycle.objects.get(key="spring").state == "draft"
    assert cast.org.api.post(f"{ROOT}/cycles", body | {"key": "summer"}, format="json").json()["series_key"] == "waters"


def test_a_launch_names_everything_that_is_missing(cast):
    cast.org.user.may_launch = True
    cast.org.user.save()
    written = small()
    del written["aim"], written["checks"]
    answer = cast.org.api.post(f"{ROOT}/cycles", {"design": written, "key": "spring"}, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "launch_refused")
    assert [one["where"] for one in answer.json()["errors"]] == ["aim"] * 4 + ["checks.will", "checks.offer", "checks.networks"]
    assert not Cycle.objects.filter(key="spring").exists()


@pytest.mark.parametrize("body", [{}, {"playbook": "x", "design": {}}, {"playbook": "x", "key": "not a key!"}])
def test_a_launch_takes_one_source(cast, body):
    cast.org.user.may_launch = True
    cast.org.user.save()
    answer = cast.org.api.post(f"{ROOT}/cycles", body, format="json")
    assert answer.status_code == 422


@pytest.mark.parametrize(("who", "status"), [("eve", 403), ("org", 403), ("visitor", 401)])
def test_who_may_not_launch_does_not(cast, who, status):
    answer = getattr(cast, who).api.post(f"{ROOT}/cycles", {"design": small(), "key": "spring"}, format="json")
    assert answer.status_code == status
    answer = getattr(cast, who).api.post(f"{ROOT}/cycles/{cast.cycle.pk}/next", {}, format="json")
    assert answer.status_code == status
    assert Cycle.objects.count() == 1


def test_an_organizer_who_may_launch_follows_up(cast):
    cast.org.user.may_launch = True
    cast.org.user.save()
    answer = cast.org.api.post(
        f"{ROOT}/cycles/{cast.cycle.pk}/next", {"start": "2028-01-03T09:00:00Z", "carry": ["teams"]}, format="json"
    )
    assert answer.status_code == 201, answer.content
    assert (answer.json()["key"], answer.json()["predecessor"]) == ("water-2", cast.cycle.pk)
    assert sorted(Cycle.objects.get(key="water-2").groups.values_list("key", flat=True)) == ["blue", "red"]


RIDDLE = {
    "key": "riddle",
    "rounds": ["final"],
    "format": "automatic",
    "name": "Riddle",
    "answer": {"kind": "flag", "values": ["owl"]},
}


def test_nobody_but_organizers_reads_answers_or_tasks_to_come(cast):
    design = small_design(challenges=[RIDDLE])
    add_design(cast.cycle, design, by=None, decision=record_decision(cast.cycle, DecisionKind.AMEND, by=None, reason="more"))
    for path in ("design", "designs", "rules", "rules?round=final", "design?number=2"):
        for someone in (cast.ada, cast.judith, cast.eve, cast.visitor):
            answer = someone.api.get(f"{ROOT}/cycles/{cast.cycle.pk}/{path}")
            assert answer.status_code == 200
            assert b"owl" not in answer.content
            assert b"Riddle" not in answer.content
            assert b"Build it." not in answer.content
    whole = cast.org.api.get(f"{ROOT}/cycles/{cast.cycle.pk}/design").json()
    assert Design.model_validate(whole["design"]) == design
    assert b"owl" in cast.org.api.get(f"{ROOT}/cycles/{cast.cycle.pk}/designs").content


def test_each_number_of_the_rules_tells_what_it_changed_and_why(cast):
    cast.org.api.post(
        f"{ROOT}/cycles/{cast.cycle.pk}/amend",
        REASON | {"changes": {"awards": [{"key": "gold", "places": [1, 2]}]}},
        format="json",
    )
    rows = cast.eve.api.get(f"{ROOT}/cycles/{cast.cycle.pk}/designs").json()["results"]
    assert [(row["number"], row["reason"], row["changes"]) for row in rows] == [
        (2, "as announced", [{"path": 'awards["gold"].places', "before": [1, 1], "after": [1, 2]}]),
        (1, "", []),
    ]


def test_the_rules_come_in_words(cast):
    found = cast.eve.api.get(f"{ROOT}/cycles/{cast.cycle.pk}/rules").json()
    assert found["number"] == 1
    assert "Board result" in found["rules"]
    one = cast.eve.api.get(f"{ROOT}/cycles/{cast.cycle.pk}/rules?round=call").json()
    assert list(one["rules"]) == ["call"]
    assert one["rules"]["call"]
    assert cast.eve.api.get(f"{ROOT}/cycles/{cast.cycle.pk}/rules?number=x").status_code == 422
    assert cast.eve.api.get(f"{ROOT}/cycles/{cast.cycle.pk}/rules?number=99").status_code == 404


def test_after_an_amendment_a_round_that_has_begun_tells_the_rules_it_runs_under(cast):
    Round.objects.filter(pk=cast.call.pk).update(design_number=1)
    url = f"{ROOT}/cycles/{cast.cycle.pk}/rules"
    before = cast.eve.api.get(url).json()
    changes = {"awards": [{"key": "gold", "places": [1, 7]}]}
    assert (
        cast.org.api.post(f"{ROOT}/cycles/{cast.cycle.pk}/amend", REASON | {"changes": changes}, format="json").status_code == 201
    )
    after = cast.eve.api.get(url).json()
    assert (before["number"], after["number"]) == (1, 2)
    assert before["rules"] != after["rules"]
    assert cast.eve.api.get(f"{url}?number=1").json() == before
    assert [cast.eve.api.get(f"{url}?round={key}").json()["number"] for key in ("call", "final")] == [1, 2]


def test_a_decision_that_does_not_fit_is_refused_naming_every_part(cast):
    body = REASON | {"kind": "equal", "board": "nowhere", "group": "green", "other": "green"}
    answer = cast.org.api.post(f"{ROOT}/cycles/{cast.cycle.pk}/decisions", body, format="json")
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["errors"]] == ["board", "group", "other", "other"]
    assert not Decision.objects.exists()


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ({"kind": "stop"}, ["round"]),
        ({"kind": "break", "board": "call", "value": "first"}, ["value"]),
        ({"kind": "award", "value": "silver"}, ["value"]),
        ({"kind": "advance", "round": "final", "board": "call"}, ["board"]),
        ({"kind": "advance", "round": "final", "board": "result"}, ["board"]),
        ({"kind": "publish"}, ["kind"]),
    ],
)
def test_each_kind_of_decision_needs_its_parts(cast, body, where):
    answer = cast.org.api.post(f"{ROOT}/cycles/{cast.cycle.pk}/decisions", REASON | {"group": "red"} | body, format="json")
    assert (answer.status_code, [one["where"] for one in answer.json()["errors"]]) == (422, where)


def test_decisions_about_results_are_read_once_published(cast):
    record_decision(cast.cycle, DecisionKind.EQUAL, by=None, reason="a draw", board="call", group="red", other="blue")
    record_decision(cast.cycle, DecisionKind.STATE, by=None, reason="storm", value="paused")
    listed = [row["kind"] for row in cast.eve.api.get(f"{ROOT}/decisions?cycle={cast.cycle.pk}").json()["results"]]
    assert listed == ["state"]
    assert [row["kind"] for row in cast.org.api.get(f"{ROOT}/decisions").json()["results"]] == ["equal", "state"]


def test_a_group_of_elsewhere_gets_no_extension(cast):
    body = REASON | {"until": (db_now() + 30 * DAY).isoformat(), "group": GroupFactory().pk}
    assert cast.org.api.post(f"{ROOT}/rounds/{cast.call.pk}/extend", body, format="json").status_code == 404


@pytest.mark.parametrize("path", ["cycles", "rounds", "decisions", "entrants", "extensions", "series", "challenges"])
def test_a_list_takes_as_many_statements_for_one_as_for_three(cast, path):
    cast.cycle.series = Series.objects.create(key="one", name="One")
    cast.cycle.save()
    client = cast.org.api
    with CaptureQueriesContext(connection) as few:
        one = len(client.get(f"{ROOT}/{path}").json()["results"])
    for n in range(3):
        cycle = CycleFactory(design=small_design(), series=Series.objects.create(key=f"s{n}", name=f"S{n}"))
        apply_design(cycle, small_design(cycle={"name": "Other"}), by=None)
        record_decision(cycle, DecisionKind.STATE, by=None, reason="x")
        group, round_ = GroupFactory(cycle=cycle), Round.objects.filter(cycle=cycle).first()
        Entrant.objects.create(round=round_, group=group, at=db_now())
        Extension.objects.create(round=round_, group=group, until=db_now(), reason="ill")
        MembershipFactory(cycle=cycle, group=None, person=cast.org.person, capabilities=["organize"])
    Round.objects.update(opened_at=db_now() - DAY, gated=False)
    with CaptureQueriesContext(connection) as many:
        assert len(client.get(f"{ROOT}/{path}").json()["results"]) >= one + 3
    assert len(many) == len(few) <= 8


def snapshot(cycle, **scores):
    board, _ = Board.objects.get_or_create(scope=cycle.pk, key="result", number=1, name="Result", spec={"key": "result"})
    rows = [
        {
            "entry": key,
            "line": 0,
            "name": key,
            "bracket": "",
            "rank": n,
            "place": str(n),
            "score": score,
            "keys": [],
            "values": {},
        }
        for n, (key, score) in enumerate(scores.items(), 1)
    ]
    Snapshot.objects.create(board=board, number=1, design_number=1, rows=rows, digest="x", published_at=db_now())


def test_series_standings_follow_teams_through_the_cycles(cast, django_assert_max_num_queries):
    series = Series.objects.create(key="waters", name="Waters")
    Cycle.objects.update(series=series, starts_at=db_now() - 100 * DAY)
    later = CycleFactory(series=series, starts_at=db_now(), state="closed")
    GroupFactory(cycle=later, key="scarlet", name="Scarlet Herons", predecessor=cast.red)
    GroupFactory(cycle=later, key="green", name="Green Herons")
    snapshot(cast.cycle, red="10.5", blue="7")
    snapshot(later, green="12", scarlet="4.25")
    with django_assert_max_num_queries(12):
        rows = cast.visitor.api.get(f"{ROOT}/series/{series.pk}/standings").json()["results"]
    assert [(row["place"], row["name"], row["score"]) for row in rows] == [
        ("1", "Scarlet Herons", "14.75"),
        ("2", "Green Herons", "12"),
        ("3", "Blue Herons", "7"),
    ]
    assert rows[0]["results"] == {str(cast.cycle.pk): "10.5", str(later.pk): "4.25"}
    by_place = cast.visitor.api.get(f"{ROOT}/series/{series.pk}/standings?by=place&points=10,6").json()["results"]
    assert [(row["place"], row["name"], row["score"]) for row in by_place] == [
        ("1", "Scarlet Herons", "16"),
        ("2", "Green Herons", "10"),
        ("3", "Blue Herons", "6"),
    ]
    best = cast.visitor.api.get(f"{ROOT}/series/{series.pk}/standings?best=1").json()["results"]
    assert [row["score"] for row in best] == ["12", "10.5", "7"]
    assert cast.visitor.api.get(f"{ROOT}/series/{series.pk}/standings?best=0").status_code == 422


def test_a_series_without_a_visible_cycle_is_absent(cast):
    series = Series.objects.create(key="waters", name="Waters")
    assert cast.eve.api.get(f"{ROOT}/series/{series.pk}").status_code == 404
    Cycle.objects.update(series=series)
    assert cast.eve.api.get(f"{ROOT}/series/{series.pk}").status_code == 200
    assert cast.eve.api.get(f"{ROOT}/series/{series.pk}/standings").json()["results"] == []


def test_entrants_are_read_by_everybody_who_sees_the_cycle(cast):
    Entrant.objects.create(round=cast.final, group=cast.red, via="cut", at=db_now())
    RoundFactory(cycle=cast.cycle, key="x", number=9)
    rows = cast.eve.api.get(f"{ROOT}/entrants?round={cast.final.pk}").json()["results"]
    assert [(row["group_key"], row["via"]) for row in rows] == [("red", "cut")]


def test_an_extension_is_read_by_the_group_and_organizers_alone(cast):
    cast.org.api.post(
        f"{ROOT}/rounds/{cast.call.pk}/extend",
        {"until": (db_now() + 30 * DAY).isoformat(), "group": cast.red.pk, "reason": "illness"},
        format="json",
    )
    read = {one.name: [row["reason"] for row in one.api.get(f"{ROOT}/extensions").json()["results"]] for one in cast.everybody()}
    assert read == {"ada": ["illness"], "org": ["illness"], "ben": [], "judith": [], "eve": [], "visitor": []}
    shown = [
        cast.eve.api.get(f"{ROOT}/{path}").content for path in (f"decisions?cycle={cast.cycle.pk}", f"rounds/{cast.call.pk}")
    ]
    assert not any(b"illness" in one for one in shown)


def test_a_launch_sent_twice_is_one(cast):
    cast.org.user.may_launch = True
    cast.org.user.save()
    client, body = cast.org.api, {"design": small(), "key": "spring"}
    first, second = (client.post(f"{ROOT}/cycles", body, format="json", headers={"Idempotency-Key": "once"}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert second.headers["Location"] == first.headers["Location"]
    assert Cycle.objects.filter(key="spring").count() == 1
