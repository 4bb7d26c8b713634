"""Lists of people over the API: first what they would do, then all or nothing."""

import pytest

from games.groups.models import Membership
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def sent(client, path, body):
    return client.post(f"/api/v1/cycles/{path}", body, format="json", headers={"Idempotency-Key": path})


@pytest.mark.outsider("guests-guests", "guests-guests-plan")
def test_a_list_is_planned_then_sent(cast: Cast):
    body = {"people": "Noor <noor@example.org>\njudith@example.org\nAmir;amir@example.org;Grey Seals", "role": "judge"}
    for someone in (cast.eve, cast.ada, cast.judith):
        assert sent(someone.api, f"{cast.cycle.pk}/guests", body).status_code == 404
    before = Membership.objects.count()
    plan = sent(cast.org.api, f"{cast.cycle.pk}/guests/plan", body).json()
    assert [(one["row"], one["fate"], one["role"], one["team"]) for one in plan["rows"]] == [
        (1, "invite", "judge", ""),
        (2, "here", "judge", ""),
        (3, "invite", "captain", "Grey Seals"),
    ]
    assert plan["problems"] == []
    assert Membership.objects.count() == before
    assert sent(cast.org.api, f"{cast.cycle.pk}/guests", body).json() == {"mailed": 2, "placed": 2, "founded": 1}


def test_with_one_fault_nothing_is_sent_and_every_fault_is_listed(cast: Cast):
    body = {"people": "noor@example.org\nnobody\nx@example.org;;jester", "role": "judge"}
    plan = sent(cast.org.api, f"{cast.cycle.pk}/guests/plan", body).json()
    assert [one["where"] for one in plan["problems"]] == ["row 2, email", "row 3, role"]
    answer = sent(cast.org.api, f"{cast.cycle.pk}/guests", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "guests_refused")
    assert not Membership.objects.filter(person__email="noor@example.org").exists()
