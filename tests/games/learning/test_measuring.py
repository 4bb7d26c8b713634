"""What is measured of the aim: entered by organizers with its source, corrected without losing what was told, read by everybody."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.cycles.models import Cycle
from games.journal.models import JournalEntry
from games.learning.actions import correct_observation, record_observation, withdraw_observation
from games.learning.models import Observation
from games.learning.queries import latest_of, observations_of
from games.learning.rules import ObservationInvalid, ObservationRefused, number_of
from games.learning.rules.measuring import check_day
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design

pytestmark = pytest.mark.django_db
API = "/api/v1"


def measure(cast: Cast, value: object = "120", day: date = date(2026, 3, 1), **more: Any) -> Observation:
    asked: dict[str, Any] = {
        "cycle": cast.cycle,
        "value": value,
        "period": day,
        "note": "Counted by the board.",
        "by": cast.org.user,
    }
    return record_observation(**asked | more)


def test_the_newest_day_counts_whenever_it_was_entered(cast: Cast) -> None:
    measure(cast, "131.5", date(2026, 5, 1))
    measure(cast, "120", date(2026, 3, 1))
    latest = latest_of([cast.cycle])[cast.cycle.pk]
    assert (number_of(latest.value), latest.by) == (number_of(131_500_000), cast.org.person)
    assert [one.period.month for one in observations_of(cast.cycle)] == [5, 3]


def test_a_correction_keeps_what_was_told_before(cast: Cast) -> None:
    old = measure(cast)
    new = correct_observation(old, value="12", note="A slip: one nought too many.", by=cast.org.user)
    old.refresh_from_db()
    assert (old.value, old.note, old.replaced_at is None) == (120_000_000, "Counted by the board.", False)
    assert (new.value, new.period, new.replaced_at) == (12_000_000, old.period, None)
    assert latest_of([cast.cycle]) == {cast.cycle.pk: new}
    with pytest.raises(ObservationRefused, match="replaced already"):
        correct_observation(old, value="1", note="Again.", by=cast.org.user)
    moved = correct_observation(new, value="12", note="Of April.", by=cast.org.user, period=date(2026, 4, 1))
    assert [one.period.month for one in observations_of(cast.cycle) if one.replaced_at is None] == [4]
    withdraw_observation(moved, by=cast.org.user)
    assert latest_of([cast.cycle]) == {}
    assert Observation.objects.count() == 3


def test_a_refused_correction_leaves_the_value_standing(cast: Cast) -> None:
    old, other = measure(cast), measure(cast, "130", date(2026, 4, 1))
    with pytest.raises(ObservationRefused, match="A value of this day"):
        correct_observation(old, value="1", note="x", by=None, period=other.period)
    with pytest.raises(ObservationInvalid, match="where the number comes from"):
        correct_observation(old, value="1", note="  ", by=None)
    old.refresh_from_db()
    assert old.replaced_at is None


@pytest.mark.parametrize(
    ("value", "day", "note", "where"),
    [
        ("many", date(2026, 3, 1), "x", "value"),
        ("0.1234567", date(2026, 3, 1), "x", "value"),
        ("1e99", date(2026, 3, 1), "x", "value"),
        ("9" * 20, date(2026, 3, 1), "x", "value"),
        ("-1000000000000.5", date(2026, 3, 1), "x", "value"),
        ("1", date(2999, 1, 1), "x", "period"),
        ("1", date(1066, 10, 14), "x", "period"),
        ("1", date(2026, 3, 1), " ", "note"),
        ("1", date(2026, 3, 1), "x" * 1001, "note"),
    ],
)
def test_what_is_no_measured_value_is_refused_and_named(cast: Cast, value: str, day: date, note: str, where: str) -> None:
    with pytest.raises(ObservationInvalid) as refused:
        measure(cast, value, day, note=note)
    assert refused.value.where == where
    assert not Observation.objects.exists()


def test_today_is_where_the_cycle_is() -> None:
    late = now().replace(year=2026, month=5, day=1, hour=23, minute=0)
    check_day(date(2026, 5, 2), late, "Europe/Berlin")
    check_day(date(2026, 5, 2), late)
    with pytest.raises(ObservationInvalid):
        check_day(date(2026, 5, 2), late, "America/Lima")


def test_one_value_a_day_stands_and_a_waived_aim_has_none(cast: Cast) -> None:
    measure(cast)
    with pytest.raises(ObservationRefused, match="A value of this day"):
        measure(cast)
    waived = CycleFactory(
        key="play", design=small_design(aim={"measure": "", "baseline": None, "target": None, "waived": "For joy."})
    )
    with pytest.raises(ObservationRefused, match="no measure"):
        measure(cast, cycle=waived)
    with pytest.raises(ObservationRefused, match="not launched"):
        measure(cast, cycle=CycleFactory(key="draft", state="draft"))


def test_each_act_is_in_the_journal_without_its_words(cast: Cast) -> None:
    withdraw_observation(
        correct_observation(measure(cast), value="1", note="A secret source.", by=cast.org.user), by=cast.org.user
    )
    told = list(JournalEntry.objects.filter(subject__startswith="observation:").order_by("pk"))
    assert [one.kind for one in told] == ["observation.recorded", "observation.corrected", "observation.corrected"]
    assert "secret" not in str([one.payload for one in told])


def test_the_newest_of_many_cycles_is_one_statement(cast: Cast) -> None:
    cycles = [CycleFactory(design=small_design(cycle={"key": f"c{number}"})) for number in range(3)]
    for number, cycle in enumerate([cast.cycle, *cycles]):
        for month in (1, 2, 3):
            measure(cast, str(number * 10 + month), date(2026, month, 1), cycle=cycle)
    with CaptureQueriesContext(connection) as statements:
        found = latest_of([cast.cycle, *cycles])
    assert len(statements) == 1
    assert [int(number_of(found[one.pk].value)) for one in [cast.cycle, *cycles]] == [3, 13, 23, 33]


# --- Over the API ---------------------------------------------------------------------------------------------------------------------


def post(cast: Cast, path: str, body: dict[str, Any] | None = None, who: str = "org", key: str = "k") -> Any:
    return getattr(cast, who).api.post(f"{API}/{path}", body or {}, format="json", headers={"Idempotency-Key": key})


ASKED = {"value": "131.5", "period": "2026-05-01", "note": "The yearly count."}


@pytest.mark.outsider
def test_organizers_enter_values_and_everybody_who_sees_the_cycle_reads_them(cast: Cast) -> None:
    path = f"cycles/{cast.cycle.pk}/observations"
    for who in ("ada", "judith", "eve", "visitor"):
        assert post(cast, path, ASKED, who).status_code in {401, 403, 404}
    made, again = post(cast, path, ASKED), post(cast, path, ASKED)
    assert (made.status_code, made.json()["value"], again.json()) == (201, "131.5", made.json())
    assert again.headers["Idempotency-Replayed"] == "true"
    pk = made.json()["id"]
    for who in ("ada", "eve", "visitor"):
        assert getattr(cast, who).api.get(f"{API}/observations/{pk}").json()["note"] == "The yearly count."
        for act in ("correct", "withdraw"):
            assert post(cast, f"observations/{pk}/{act}", ASKED, who, act).status_code in {401, 403, 404}
    new = post(cast, f"observations/{pk}/correct", {"value": "130", "note": "Counted again."}, key="c")
    assert (new.status_code, new.json()["period"]) == (201, "2026-05-01")
    assert post(cast, f"observations/{pk}/withdraw", key="w").json()["code"] == "observation_refused"
    listed = cast.visitor.api.get(f"{API}/observations?cycle={cast.cycle.pk}&standing=true").json()["results"]
    assert [one["value"] for one in listed] == ["130"]
    assert post(cast, path, ASKED | {"value": "x"}, key="x").status_code == 422
    Cycle.objects.filter(pk=cast.cycle.pk).update(public=False)
    assert cast.eve.api.get(f"{API}/observations/{pk}").status_code == 404
    assert cast.eve.api.get(f"{API}/observations").json()["results"] == []


def test_what_a_group_measured_for_itself_is_read_by_itself_and_organizers(cast: Cast) -> None:
    own = measure(cast, group=cast.red, by=cast.ada.user)
    readers = [one.name for one in cast.everybody() if one.api.get(f"{API}/observations/{own.pk}").status_code == 200]
    assert (readers, own.by) == (["ada", "org"], cast.ada.person)
    assert latest_of([cast.cycle]) == {}


def test_the_list_takes_as_many_statements_for_thirty_as_for_three(cast: Cast) -> None:
    def read() -> int:
        with CaptureQueriesContext(connection) as statements:
            assert cast.visitor.api.get(f"{API}/observations").status_code == 200
        return len(statements)

    day = date(2026, 1, 1)
    for number in range(3):
        measure(cast, number, day + timedelta(days=number))
    few = read()
    for number in range(3, 30):
        measure(cast, number, day + timedelta(days=number))
    assert read() == few
