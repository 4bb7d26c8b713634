"""Grants and points over the API: who sees what, who may do what."""

from typing import Any

import pytest

from games.recognition.actions import nominate, read_journal
from games.recognition.models import Grant
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.games.recognition.test_grants import money
from tests.games.recognition.test_points import RULES, happen

pytestmark = pytest.mark.django_db


@pytest.fixture
def won(cast: Cast) -> Grant:
    return Grant.objects.create(
        cycle=cast.cycle, award="gold", kind="medal", name="Gold", group=cast.red, place="1", amount_cents=500, currency="EUR"
    )


def seen(someone: Any) -> list[str]:
    return [one["award"] for one in someone.api.get("/api/v1/grants").json()["results"]]


def test_a_grant_is_shown_to_more_people_step_by_step(cast: Cast, won: Grant) -> None:
    assert [bool(seen(one)) for one in (cast.org, cast.ada, cast.ben, cast.eve, cast.visitor)] == [
        True,
        False,
        False,
        False,
        False,
    ]
    assert cast.org.api.post(f"/api/v1/grants/{won.pk}/verify", {"proof": "checked"}).json()["state"] == "verified"
    assert [bool(seen(one)) for one in (cast.org, cast.ada, cast.ben, cast.eve, cast.visitor)] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert cast.org.api.post(f"/api/v1/grants/{won.pk}/grant").json()["state"] == "granted"
    assert all(seen(one) for one in cast.everybody())
    assert cast.org.api.post(f"/api/v1/grants/{won.pk}/deliver", {"proof": "By hand."}).json()["state"] == "delivered"


def test_only_organizers_move_a_grant(cast: Cast, won: Grant) -> None:
    Grant.objects.update(state="granted")
    for someone in (cast.ada, cast.judith, cast.eve):
        assert someone.api.post(f"/api/v1/grants/{won.pk}/deliver").status_code == 403
    assert cast.visitor.api.post(f"/api/v1/grants/{won.pk}/deliver").status_code == 401
    Grant.objects.update(state="nominated")
    assert cast.eve.api.post(f"/api/v1/grants/{won.pk}/verify").status_code == 404, "hidden looks absent"


def test_a_refused_move_says_why(cast: Cast, won: Grant) -> None:
    answer = cast.org.api.post(f"/api/v1/grants/{won.pk}/grant")
    assert (answer.status_code, answer.json()["code"]) == (409, "grant_refused")
    assert cast.org.api.post(f"/api/v1/grants/{won.pk}/revoke", {"reason": ""}).status_code in {400, 422}
    assert cast.org.api.post(f"/api/v1/grants/{won.pk}/revoke", {"reason": "Copied."}).json()["state"] == "revoked"


def test_points_totals_and_rules_are_read_by_everybody_and_replayed_by_organizers(cast: Cast) -> None:
    cycle = CycleFactory.create(design=small_design(rules=RULES))
    group = GroupFactory.create(cycle=cycle)
    MembershipFactory(group=None, cycle=cycle, person=cast.org.person, role="organizer", capabilities=["organize"])
    happen(cycle, ("submission.received", "submission:1", group, 0))
    read_journal(cycle)
    assert [one["amount"] for one in cast.visitor.api.get(f"/api/v1/points?cycle={cycle.pk}").json()["results"]] == [10]
    (total,) = cast.visitor.api.get(f"/api/v1/point-totals?cycle={cycle.pk}").json()["results"]
    assert (total["group_key"], total["amount"]) == (group.key, 10)
    rules = cast.visitor.api.get(f"/api/v1/points/rules?cycle={cycle.pk}").json()["rules"]
    assert [(one["key"], one["points"], one["cap_day"]) for one in rules] == [("entry", 10, 25), ("marked", 3, None)]
    assert cast.eve.api.post("/api/v1/points/replay", {"cycle": cycle.pk}).status_code == 403
    preview = cast.org.api.post("/api/v1/points/replay", {"cycle": cycle.pk}).json()
    assert preview["changes"] == []
    assert len(cast.visitor.api.get(f"/api/v1/points?cycle={cycle.pk}").json()["results"]) == 1, "a preview is not shown"
    swapped = cast.org.api.post("/api/v1/points/swap", {"cycle": cycle.pk, "generation": preview["generation"]})
    assert swapped.json() == {"generation": preview["generation"]}
    assert [one["amount"] for one in cast.visitor.api.get(f"/api/v1/points?cycle={cycle.pk}").json()["results"]] == [10]


def test_money_nobody_won_is_a_row_without_group(cast: Cast) -> None:
    from tests.factories.results import water

    played = water()
    nominate(played.cycle, money(("aqua", "1", 500), unallocated=250))
    Grant.objects.filter(group__isnull=False).update(state="granted")
    found = cast.visitor.api.get(f"/api/v1/grants?cycle={played.cycle.pk}").json()["results"]
    assert {(one["group_key"], one["amount_cents"]) for one in found} == {("aqua", 500), (None, 250)}


def test_badges_follow_from_acts_and_points(cast: Cast) -> None:
    badges = [
        {"key": "busy", "event": "submission.received", "count": 2},
        {"key": "rich", "points": 20},
        {"key": "far", "points": 500},
    ]
    cycle = CycleFactory.create(design=small_design(rules=RULES, badges=badges))
    busy, idle = GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)
    happen(cycle, *[("submission.received", f"submission:{n}", group, 0) for n, group in enumerate((busy, idle, busy))])
    read_journal(cycle)
    found = cast.visitor.api.get(f"/api/v1/points/badges?cycle={cycle.pk}").json()["badges"]
    assert [(one["key"], one["group"], one["reached"]) for one in found] == [("busy", busy.pk, 2), ("rich", busy.pk, 20)]
    for query in ("", "?cycle=x", "?cycle=-1"):
        assert cast.visitor.api.get(f"/api/v1/points/badges{query}").status_code == 422
    assert cast.visitor.api.get("/api/v1/points/badges?cycle=999999").status_code == 404
