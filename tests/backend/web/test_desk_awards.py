"""The desk's awards: one step at a time or all at once, with proof and reasons; a correction shows, never silently; outsiders find nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.recognition.actions import nominate
from games.recognition.models import Grant
from games.results.rules import AwardPlan, WinnerPlan
from tests.backend.web.test_cycle_pages import page
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.results import water

pytestmark = pytest.mark.django_db


@pytest.fixture
def won(cast):
    """Two nominations for the first award of the rules; org organizes."""
    played = water()
    MembershipFactory(cycle=played.cycle, group=None, person=cast.org.person, role="organizer", capabilities=["organize"])
    award = played.design.awards[0]
    for name in ("Aqua", "Bora"):
        group = GroupFactory(cycle=played.cycle, name=f"{name} team")
        Grant.objects.create(cycle=played.cycle, award=award.key, kind=award.kind, name=award.title, group=group, place="1")
    return played


def desk(won, more=""):
    return f"/cycles/{won.cycle.key}/desk/awards/{more}"


def test_outsiders_find_no_page_and_move_nothing(cast, won):
    pk = Grant.objects.values_list("pk", flat=True)[0]
    for outsider in (cast.eve, cast.ada, cast.judith):
        assert outsider.client.get(desk(won)).status_code == 404
        assert outsider.client.post(desk(won, f"{pk}/"), {"act": "verified"}).status_code == 404
        assert outsider.client.post(desk(won, "all/"), {"act": "verified"}).status_code == 404
    assert cast.visitor.client.get(desk(won)).status_code == 302
    assert set(Grant.objects.values_list("state", flat=True)) == {"nominated"}


def test_from_nominated_to_delivered_with_proof(cast, won):
    client = cast.org.client
    assert "Verify all nominated (2)" in page(client, desk(won))
    assert client.post(desk(won, "all/"), {"act": "verified"}).status_code == 302
    assert client.post(desk(won, "all/"), {"act": "granted"}).status_code == 302
    grant = Grant.objects.order_by("pk")[0]
    client.post(desk(won, f"{grant.pk}/"), {"act": "delivered", "proof": "Paid on 3 May, receipt 12"})
    grant.refresh_from_db()
    assert (grant.state, grant.proof) == ("delivered", "Paid on 3 May, receipt 12")
    assert "receipt 12" in page(client, desk(won))


def test_taking_back_needs_a_reason_and_an_unknown_act_is_none(cast, won):
    client, grant = cast.org.client, Grant.objects.order_by("pk")[0]
    answer = client.post(desk(won, f"{grant.pk}/"), {"act": "revoked", "reason": " "}, follow=True)
    assert "A reason is needed" in answer.content.decode()
    grant.refresh_from_db()
    assert grant.state == "nominated"
    client.post(desk(won, f"{grant.pk}/"), {"act": "revoked", "reason": "Built by somebody else."})
    grant.refresh_from_db()
    assert grant.state == "revoked"
    assert client.post(desk(won, f"{grant.pk}/"), {"act": "eaten"}).status_code == 404
    assert client.post(desk(won, "all/"), {"act": "delivered"}).status_code == 404


def test_a_correction_after_granting_is_shown_until_somebody_acts(cast, won):
    client, grant = cast.org.client, Grant.objects.order_by("pk")[0]
    client.post(desk(won, "all/"), {"act": "verified"})
    other = GroupFactory(cycle=won.cycle)
    winners = [WinnerPlan(group=other.key, place="1", cents=0)]
    nominate(won.cycle, [AwardPlan(key=grant.award, board="result", budget=0, unallocated=0, winners=winners)])
    words = "the results no longer give this award"
    assert page(client, desk(won)).count(words) == 2
    client.post(desk(won, f"{grant.pk}/"), {"act": "revoked", "reason": "The correction."})
    assert page(client, desk(won)).count(words) == 1


def test_as_many_statements_for_few_as_for_many(cast, won):
    client = cast.org.client

    def statements():
        with CaptureQueriesContext(connection) as sent:
            page(client, desk(won))
        return len(sent)

    statements()
    few = statements()
    for _ in range(30):
        Grant.objects.create(cycle=won.cycle, award="x", kind="badge", name="X", group=GroupFactory(cycle=won.cycle))
    assert statements() == few <= 12
