"""Ideas become one, and one becomes several, over the API; who is outside hears nothing of it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.ideas.models import Idea, IdeaMerger
from tests.cast import Cast
from tests.factories.ideas import shared
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
API = "/api/v1"


def two(cast: Cast) -> tuple[Idea, Idea]:
    return shared(cast), shared(cast, "Cloth", group=cast.blue, by=cast.ben.user)


def body(cast: Cast, into: Idea) -> dict[str, Any]:
    shares = [{"group": cast.red.pk, "basis_points": 5_000}, {"group": cast.blue.pk, "basis_points": 5_000}]
    return {"into": into.pk, "shares": shares}


def test_one_captain_asks_and_the_other_answers(cast: Cast):
    red, blue = two(cast)
    made = cast.ada.api.post(f"{API}/ideas/{red.pk}/merge", body(cast, blue), format="json")
    assert (made.status_code, made.json()["state"], made.json()["group"]) == (201, "asked", cast.red.pk)
    path = f"{API}/idea-mergers/{made.json()['id']}"
    assert cast.ada.api.post(f"{path}/answer", {"agree": True}, format="json").status_code == 403
    assert cast.ben.api.post(f"{path}/withdraw", {}, format="json").status_code == 403
    assert cast.ben.api.post(f"{path}/answer", {"agree": True}, format="json").json()["state"] == "agreed"
    told = cast.ada.api.get(f"{API}/ideas/{red.pk}").json()
    assert told["merged_into"] == blue.pk
    again = cast.ben.api.post(f"{path}/answer", {"agree": True}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "idea_refused")


def test_what_is_for_the_own_team_is_first_opened_to_the_other(cast: Cast):
    own, blue = shared(cast, audience="own"), shared(cast, "Cloth", group=cast.blue, by=cast.ben.user)
    refused = cast.ada.api.post(f"{API}/ideas/{own.pk}/merge", body(cast, blue), format="json")
    assert (refused.status_code, "let them read it first" in refused.json()["detail"]) == (409, True)
    assert cast.ben.api.post(f"{API}/ideas/{blue.pk}/merge", body(cast, own), format="json").status_code == 404


def test_one_is_split_into_parts(cast: Cast):
    idea = shared(cast)
    parts = {"parts": [{"title": "Fold", "summary": "Four times."}, {"title": "Wash", "summary": "In the river."}]}
    assert cast.ben.api.post(f"{API}/ideas/{idea.pk}/split", parts, format="json").status_code == 403
    made = cast.ada.api.post(f"{API}/ideas/{idea.pk}/split", parts, format="json")
    assert (made.status_code, [one["title"] for one in made.json()]) == (201, ["Fold", "Wash"])
    alone = cast.ada.api.post(f"{API}/ideas/{idea.pk}/split", {"parts": parts["parts"][:1]}, format="json")
    assert alone.status_code == 422


@pytest.mark.outsider
def test_who_is_outside_hears_nothing_of_it(cast: Cast):
    red, blue = two(cast)
    made = cast.ada.api.post(f"{API}/ideas/{red.pk}/merge", body(cast, blue), format="json").json()
    path = f"{API}/idea-mergers/{made['id']}"
    for other in (cast.judith, cast.eve, cast.visitor):
        assert other.api.get(f"{API}/idea-mergers").json()["results"] == []
        assert other.api.get(path).status_code == 404
        assert other.api.post(f"{path}/answer", {"agree": True}, format="json").status_code in {401, 404}
        assert other.api.post(f"{API}/ideas/{red.pk}/merge", body(cast, blue), format="json").status_code in {401, 404}
        assert other.api.post(f"{API}/ideas/{red.pk}/split", {}, format="json").status_code in {401, 404}
    assert cast.org.api.get(path).status_code == 200
    assert cast.org.api.post(f"{path}/answer", {"agree": True}, format="json").status_code == 403


def test_the_list_takes_as_many_statements_for_thirty_as_for_three(cast: Cast):
    target, client, counts = shared(cast), cast.ada.api, []
    for many in (3, 30):
        for number in range(IdeaMerger.objects.count() + 2, many + 2):
            one = Idea.objects.create(
                cycle=cast.cycle, number=number, kind="tactic", title="Same", group=cast.red, shared_at=now()
            )
            IdeaMerger.objects.create(source=one, into=target, group=cast.red, asked_at=now())
        client.get(f"{API}/idea-mergers")
        with CaptureQueriesContext(connection) as statements:
            assert client.get(f"{API}/idea-mergers").status_code == 200
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 12
