"""The aim's measured value in pages: on the cycle, its series and the sponsor's desk; entered and corrected on the desk."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from games.learning.actions import record_observation
from games.learning.models import Observation
from tests.cast import Cast
from tests.factories.cycles import SeriesFactory
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
DESK = "/cycles/water/desk/settings/aim/"
SENT = {"period": "2026-05-01", "value": "175", "note": "The yearly count."}


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def measure(cast: Cast, value: str, day: date) -> Observation:
    return record_observation(cycle=cast.cycle, value=value, period=day, note=f"Count of {day:%B}.", by=cast.org.user)


def test_an_aim_that_nobody_measured_says_so(cast: Cast) -> None:
    text = words(cast.visitor.client.get("/cycles/water/"))
    assert "Nothing is measured yet" in text
    assert "Enter a measured value" not in text
    assert "Enter a measured value" in words(cast.org.client.get("/cycles/water/"))


def test_the_bar_stands_at_the_newest_value_with_its_day_and_source(cast: Cast) -> None:
    measure(cast, "175", date(2026, 5, 1))
    measure(cast, "130", date(2026, 3, 1))
    text = words(cast.visitor.client.get("/cycles/water/"))
    assert "Nothing is measured yet" not in text
    assert '<span class="meter-now">175</span>' in text
    assert "175 now, from 100 on the way to 250 (50 % of the way)" in text
    assert "1 May 2026</time>: Count of May." in text
    assert "How it moved" in text
    assert "Count of March." in text


def test_a_series_shows_what_was_measured_in_each_cycle(cast: Cast) -> None:
    Cycle.objects.filter(pk=cast.cycle.pk).update(series=SeriesFactory(key="waters"))
    assert "not yet" in words(cast.visitor.client.get("/series/waters/"))
    measure(cast, "175.5", date(2026, 5, 1))
    text = words(cast.visitor.client.get("/series/waters/"))
    assert "175.5" in text
    assert "1 May 2026" in text


def test_organizers_enter_correct_and_take_back(cast: Cast) -> None:
    text = words(cast.org.client.post(DESK, SENT, follow=True))
    assert "The value is written down." in text
    assert '<span class="meter-now">175</span>' in text
    one = Observation.objects.get()
    sent = {f"{one.pk}-{name}": value for name, value in SENT.items()}
    text = words(cast.org.client.post(f"{DESK}{one.pk}/", sent | {f"{one.pk}-value": "170,5"}, follow=True))
    assert '<span class="meter-now">170.5</span>' in text
    assert "<del>175</del>" in text
    standing = Observation.objects.get(replaced_at=None)
    text = words(cast.org.client.post(f"{DESK}{standing.pk}/", {"withdraw": "yes"}, follow=True))
    assert "The value is taken back." in text
    assert "Nothing is measured yet" in text


def test_what_was_typed_stays_when_it_is_refused(cast: Cast) -> None:
    answer = cast.org.client.post(DESK, SENT | {"value": "many", "note": "My long story."})
    text = words(answer)
    assert (answer.status_code, "My long story." in text, "expected a number" in text) == (422, True, True)
    one = measure(cast, "1", date(2026, 5, 1))
    answer = cast.org.client.post(
        f"{DESK}{one.pk}/", {f"{one.pk}-period": "2026-05-01", f"{one.pk}-value": "2", f"{one.pk}-note": ""}
    )
    assert answer.status_code == 422
    assert Observation.objects.get().replaced_at is None


@pytest.mark.outsider
def test_the_desk_of_the_aim_is_for_organizers(cast: Cast) -> None:
    one = measure(cast, "1", date(2026, 5, 1))
    for other in (cast.ada, cast.judith, cast.eve):
        assert other.client.get(DESK).status_code == 404
        assert other.client.post(DESK, SENT).status_code == 404
        assert other.client.post(f"{DESK}{one.pk}/", {"withdraw": "yes"}).status_code == 404
    assert cast.visitor.client.get(DESK).status_code == 302
    Cycle.objects.filter(pk=cast.cycle.pk).update(public=False)
    assert cast.eve.client.get("/cycles/water/").status_code == 404
    assert Observation.objects.get().replaced_at is None


@pytest.mark.parametrize("path", [DESK, "/cycles/water/"])
def test_pages_take_as_many_statements_for_thirty_values_as_for_three(cast: Cast, path: str) -> None:
    client = cast.org.client

    def read() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert client.get(path).status_code == 200
        return len(without_designs(statements))

    day = date(2026, 1, 1)
    for number in range(3):
        measure(cast, str(number), day + timedelta(days=number))
    read()
    few = read()
    for number in range(3, 30):
        measure(cast, str(number), day + timedelta(days=number))
    assert read() == few <= 12
