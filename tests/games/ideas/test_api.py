"""The commons over the API: found, shared, told anew, widened, hidden; outsiders find nothing; as many statements for many as for few."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.groups.models import Group
from games.ideas.models import CreditShare, Idea
from tests.cast import Cast
from tests.factories.ideas import PARTS, shared

pytestmark = pytest.mark.django_db
API = "/api/v1"
BODY: dict[str, Any] = {"kind": "tactic", "title": "Go upstream", "summary": "Ask who lives there.", "audience": "teams"}


def test_a_team_shares_an_idea_and_another_builds_on_it(cast: Cast):
    first = cast.ada.api.post(f"{API}/groups/{cast.red.pk}/ideas", BODY | {"parts": PARTS, "tags": ["River"]}, format="json")
    assert first.status_code == 201
    made = first.json()
    assert (made["number"], made["tags"], made["complete"], made["summary_only"]) == (1, ["river"], 6, False)
    assert made["shares"] == [{"group": cast.red.pk, "basis_points": 10_000}]
    second = cast.ben.api.post(
        f"{API}/groups/{cast.blue.pk}/ideas", BODY | {"sources": [{"idea": made["id"], "kind": "adapts"}]}, format="json"
    )
    assert second.json()["summary_only"] is True
    assert second.json()["sources"] == [{"idea": made["id"], "number": 1, "title": "Go upstream", "kind": "adapts", "reason": ""}]
    assert cast.ada.api.get(f"{API}/ideas/{made['id']}").json()["built_on"] == 1
    lineage = cast.ada.api.get(f"{API}/ideas/{made['id']}/lineage").json()
    assert [node["number"] for node in lineage["nodes"]] == [1, 2]
    assert lineage["links"][0]["kind"] == "adapts"


def test_a_source_that_may_not_be_seen_is_not_found_and_shown_without_its_name(cast: Cast):
    own = shared(cast, "Own", audience="own")
    asked = BODY | {"sources": [{"idea": own.pk}]}
    assert cast.ben.api.post(f"{API}/groups/{cast.blue.pk}/ideas", asked, format="json").status_code == 404
    made = cast.ada.api.post(f"{API}/groups/{cast.red.pk}/ideas", asked, format="json").json()
    seen = cast.ben.api.get(f"{API}/ideas/{made['id']}").json()
    assert seen["sources"] == [{"idea": None, "number": None, "title": None, "kind": "builds-on", "reason": ""}]
    nodes = cast.ben.api.get(f"{API}/ideas/{made['id']}/lineage").json()["nodes"]
    assert nodes[0] == {"key": -1, "idea": None, "number": None, "title": None, "kind": None, "group": None}
    assert cast.ben.api.get(f"{API}/ideas/{made['id']}/lineage").json()["links"][0]["source"] == -1
    two = BODY | {"sources": [{"idea": made["id"], "attempt": 1}]}
    assert cast.ben.api.post(f"{API}/groups/{cast.blue.pk}/ideas", two, format="json").status_code == 422


def test_the_list_is_filtered_by_cycle_kind_tag_task_and_words(cast: Cast):
    shared(cast, tags=["cloth"], challenge=cast.concept)
    shared(cast, "Clay", kind="tactic")

    def found(**query: Any) -> list[str]:
        return [one["title"] for one in cast.ben.api.get(f"{API}/ideas", query).json()["results"]]

    assert found(cycle=cast.cycle.pk) == ["Clay", "Sieve with old saris"]
    assert found(kind="tactic") == ["Clay"]
    assert found(tag="cloth") == found(challenge=cast.concept.pk) == found(q="SARIS sieve") == ["Sieve with old saris"]
    assert cast.ben.api.get(f"{API}/ideas", {"kind": "best"}).status_code == 422


def test_versions_audience_credit_and_moderation_have_their_own_doors(cast: Cast):
    idea = shared(cast)
    path = f"{API}/ideas/{idea.pk}"
    told = {"title": "Sieve", "summary": "Anew."}
    assert cast.ben.api.post(f"{path}/versions", told, format="json").status_code == 403
    assert cast.ada.api.post(f"{path}/versions", told, format="json").json()["number"] == 2
    assert cast.ben.api.post(f"{path}/widen", {"audience": "everybody"}, format="json").status_code == 403
    narrowed = cast.ada.api.post(f"{path}/widen", {"audience": "own"}, format="json")
    assert (narrowed.status_code, narrowed.json()["code"]) == (409, "audience_narrowed")
    shares = {"shares": [{"group": cast.red.pk, "basis_points": 7_500}, {"group": cast.blue.pk, "basis_points": 2_500}]}
    assert cast.ben.api.put(f"{path}/credit", shares, format="json").status_code == 403
    assert cast.ada.api.put(f"{path}/credit", shares, format="json").json()["shares"] == shares["shares"]
    assert cast.ada.api.post(f"{path}/hide", {"why": "x"}, format="json").status_code == 403
    assert cast.org.api.post(f"{path}/hide", {"why": "It names a patient."}, format="json").json()["hidden"] is True
    assert cast.ben.api.get(path).status_code == 404
    assert cast.ada.api.get(path).json()["hidden_why"] == "It names a patient."
    assert cast.org.api.post(f"{path}/show", {}, format="json").json()["hidden"] is False


@pytest.mark.outsider
def test_a_share_for_a_team_one_may_not_know_of_is_as_one_for_nobody(cast: Cast):
    idea = shared(cast)
    Group.objects.filter(pk=cast.blue.pk).update(state="pending")
    told = []
    for group in (cast.blue.pk, 99_999):
        shares = [{"group": cast.red.pk, "basis_points": 7_500}, {"group": group, "basis_points": 2_500}]
        told.append(cast.ada.api.put(f"{API}/ideas/{idea.pk}/credit", {"shares": shares}, format="json"))
    assert [(one.status_code, one.json()["code"]) for one in told] == [(404, "not_found")] * 2
    assert not CreditShare.objects.exists()


def test_organizers_share_their_own_failure_first(cast: Cast):
    body = BODY | {"kind": "failure-story"}
    assert cast.ada.api.post(f"{API}/cycles/{cast.cycle.pk}/ideas", body, format="json").status_code == 403
    made = cast.org.api.post(f"{API}/cycles/{cast.cycle.pk}/ideas", body, format="json")
    assert made.status_code == 201
    assert (made.json()["group"], made.json()["shares"]) == (None, [])
    assert (
        cast.org.api.post(f"{API}/ideas/{made.json()['id']}/widen", {"audience": "everybody"}, format="json").status_code == 200
    )


def test_sent_twice_with_one_key_it_is_shared_once(cast: Cast):
    for _ in range(2):
        sent = cast.ada.api.post(f"{API}/groups/{cast.red.pk}/ideas", BODY, format="json", headers={"Idempotency-Key": "one"})
        assert sent.status_code == 201
    assert Idea.objects.count() == 1


@pytest.mark.outsider
def test_who_is_outside_reads_what_everybody_may_and_nothing_else(cast: Cast):
    kept, public = shared(cast, tags=["cloth"]), shared(cast, "For all", audience="everybody")
    for someone in (cast.eve, cast.visitor, cast.judith):
        listed = someone.api.get(f"{API}/ideas").json()["results"]
        assert [one["id"] for one in listed] == [public.pk]
        assert someone.api.get(f"{API}/ideas", {"tag": "cloth"}).json()["results"] == []
        for path in (f"/ideas/{kept.pk}", f"/ideas/{kept.pk}/lineage"):
            absent = someone.api.get(f"{API}/ideas/999999{path.removeprefix(f'/ideas/{kept.pk}')}")
            hidden = someone.api.get(f"{API}{path}")
            assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
        assert someone.api.get(f"{API}/ideas/{public.pk}").status_code == 200


def test_lists_and_single_ideas_take_as_many_statements_for_many_as_for_few(cast: Cast):
    api = cast.ben.api
    first = shared(cast, tags=["a"])

    def counted() -> tuple[int, int]:
        found = []
        for path in (f"{API}/ideas", f"{API}/ideas/{first.pk}"):
            with CaptureQueriesContext(connection) as told:
                assert api.get(path).status_code == 200
            found.append(len(told))
        return found[0], found[1]

    few = counted()
    for n in range(8):
        shared(cast, f"More {n}", tags=["a", f"t{n}"], sources=[])
    assert counted() == few
    assert max(few) <= 12
