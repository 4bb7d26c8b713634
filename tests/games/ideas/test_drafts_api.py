"""Drafts of ideas over the API: begun, kept, thrown away, read by nobody but their writer."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.ideas.models import IdeaDraft
from tests.cast import Cast
from tests.factories.groups import MembershipFactory
from tests.factories.ideas import shared

pytestmark = pytest.mark.django_db
API = "/api/v1"
BODY = {"content": {"title": "Sieve", "steps": "Cut.\nFold.", "readers": ["2"]}}


def test_a_draft_is_begun_kept_and_thrown_away(cast: Cast):
    ada = cast.ada.api
    begun = ada.post(f"{API}/groups/{cast.red.pk}/idea-drafts", BODY, format="json")
    assert begun.status_code == 201
    draft = begun.json()
    assert (draft["content"], draft["group"], draft["idea"]) == (BODY["content"], cast.red.pk, None)
    path = f"{API}/idea-drafts/{draft['id']}"
    kept = ada.post(f"{path}/save", {"content": {"title": "Sieve twice"}}, format="json").json()
    assert kept["content"] == {"title": "Sieve twice"}
    assert [one["id"] for one in ada.get(f"{API}/idea-drafts", {"cycle": cast.cycle.pk}).json()["results"]] == [draft["id"]]
    assert ada.post(f"{path}/throw").status_code == 204
    assert not IdeaDraft.objects.exists()


def test_the_next_version_of_an_idea_is_drafted_by_its_own_team_alone(cast: Cast):
    idea = shared(cast)
    body = {"idea": idea.pk, "content": {"title": "Sieve, anew"}}
    assert cast.ada.api.post(f"{API}/groups/{cast.red.pk}/idea-drafts", body, format="json").json()["idea"] == idea.pk
    assert cast.ben.api.post(f"{API}/groups/{cast.blue.pk}/idea-drafts", body, format="json").status_code == 404
    assert cast.org.api.post(f"{API}/cycles/{cast.cycle.pk}/idea-drafts", BODY, format="json").json()["group"] is None


@pytest.mark.outsider
def test_nobody_but_its_writer_finds_it_neither_team_mates_nor_organizers(cast: Cast):
    MembershipFactory(cycle=cast.cycle, group=cast.red, person=cast.eve.person, role="member", capabilities=["submit"])
    pk = cast.ada.api.post(f"{API}/groups/{cast.red.pk}/idea-drafts", BODY, format="json").json()["id"]
    for someone in (cast.eve, cast.ben, cast.org, cast.judith, cast.visitor):
        assert someone.api.get(f"{API}/idea-drafts").json().get("results", []) == []
        assert someone.api.get(f"{API}/idea-drafts/{pk}").status_code in {401, 404}
        for act in ("save", "throw"):
            assert someone.api.post(f"{API}/idea-drafts/{pk}/{act}", BODY, format="json").status_code in {401, 404}
    for address in (f"groups/{cast.red.pk}", f"cycles/{cast.cycle.pk}"):
        assert cast.ben.api.post(f"{API}/{address}/idea-drafts", BODY, format="json").status_code == 403
    assert IdeaDraft.objects.get().content == BODY["content"]


def test_as_many_statements_for_many_as_for_few(cast: Cast):
    ada = cast.ada.api

    def count() -> int:
        with CaptureQueriesContext(connection) as found:
            assert ada.get(f"{API}/idea-drafts").status_code == 200
        return len(found)

    def more(count: int) -> None:
        rows = [IdeaDraft(cycle=cast.cycle, person=cast.ada.person, group=cast.red, content={}) for _ in range(count)]
        IdeaDraft.objects.bulk_create(rows)

    more(3)
    few = count()
    more(25)
    assert (count(), few <= 8) == (few, True)
