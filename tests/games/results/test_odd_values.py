"""Odd numbers and texts in addresses and bodies are refused or find nothing; they never break anything."""

import pytest

from tests.cast import Cast

pytestmark = pytest.mark.django_db
ODD = ["0", "-1", "99999999999999999999999", "1e400", "NaN", "x", "", "1.5", "%00", "٣"]
LISTS = ["boards", "snapshots", "scores", "runs", "external-results", "grants", "points", "point-totals"]


@pytest.mark.parametrize("value", ODD)
def test_odd_filters(cast: Cast, value: str) -> None:
    api = cast.org.api
    for name in LISTS:
        for key in ("cycle", "board", "group", "round", "limit", "cursor"):
            assert api.get(f"/api/v1/{name}?{key}={value}").status_code in {200, 400, 422}, (name, key)
        assert api.get(f"/api/v1/{name}/{value or 'x'}").status_code in {404, 405}, name
    assert api.get(f"/api/v1/points/rules?cycle={value}").status_code in {404, 422}
    assert api.get(f"/api/v1/cycles/{cast.cycle.pk}/events?after={value}").status_code in {200, 422}


@pytest.mark.parametrize("value", [0, -1, 10**30, "x", None, 1.5, [], {}, True])
def test_odd_bodies(cast: Cast, value: object) -> None:
    api = cast.org.api
    for body in ({"cycle": value}, {"round": value}, {"cycle": value, "round": value}, {"publish": value}, value):
        assert api.post("/api/v1/runs", body).status_code in {400, 404, 422}, body
    assert api.post("/api/v1/points/replay", {"cycle": value}).status_code in {400, 404, 422}
    answer = api.post("/api/v1/points/replay", {"cycle": cast.cycle.pk, "design_number": value})
    assert answer.status_code in {400, 404, 422}
    assert api.post("/api/v1/points/swap", {"cycle": cast.cycle.pk, "generation": value}).status_code in {400, 404, 409, 422}
