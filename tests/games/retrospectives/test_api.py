"""Looking back over the API, from asking to the next cycle; outsiders find nothing; as many statements for many as for few."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle
from games.progression.models import Carried
from games.retrospectives import actions
from games.retrospectives.models import Proposal, Retrospective
from games.retrospectives.queries import proposals_of
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.retrospectives import looked_back, won
from tests.factories.suggestions import suggested

pytestmark = pytest.mark.django_db
API = "/api/v1"


def test_from_asking_to_the_next_cycle(cast: Cast):
    cast.org.user.may_launch = True
    cast.org.user.save()
    org, cycle = cast.org.api, f"{API}/cycles/{cast.cycle.pk}"
    suggested(cast, change=[{"path": 'rounds["final"].appeal_days', "value": 7}])
    asked = org.post(f"{cycle}/look-back")
    assert (asked.status_code, asked.json()["state"]) == (202, "wanted")
    path = f"{API}/retrospectives/{asked.json()['id']}"
    assert actions.look_back(asked.json()["id"])
    said = org.post(f"{path}/say", {"section": "people", "text": "The flood."}, format="json").json()
    assert (said["state"], said["words"][0]["text"], said["sections"]["people"]["teams"]) == ("ready", "The flood.", 2)
    assert org.post(f"{path}/say", {"section": "weather", "text": "x"}, format="json").status_code == 422
    proposals = org.get(f"{API}/proposals?retrospective={said['id']}&code=suggestion").json()["results"]
    one = f"{API}/proposals/{proposals[0]['id']}"
    refused = org.post(f"{one}/leave", {}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (422, "retrospective_invalid")
    assert org.post(f"{one}/leave", {"reason": "No."}, format="json").json()["state"] == "left"
    assert org.post(f"{one}/reconsider").json()["state"] == "open"
    assert org.post(f"{one}/take", {}, format="json").json()["state"] == "taken"
    assert cast.visitor.api.get(path).status_code == 404
    assert org.post(f"{path}/publish").json()["published_at"] is not None
    assert cast.visitor.api.get(path).status_code == 200
    assert org.post(f"{path}/unpublish").json()["published_at"] is None
    wrong = org.post(f"{cycle}/look-back/next", {"carry": {"points": 2}}, format="json")
    assert wrong.status_code == 422
    begun = org.post(f"{cycle}/look-back/next", {"carry": {"commitments": True}}, format="json")
    assert (begun.status_code, begun.json()["stuck"]) == (201, [])
    draft = Cycle.objects.get(pk=begun.json()["cycle"])
    assert draft.draft.data["rounds"][1]["appeal_days"] == 7
    assert org.post(f"{cycle}/look-back/next", {}, format="json").status_code == 409


def test_the_winners_idea_is_decided(cast: Cast):
    idea = won(cast)
    looked_back(cast)
    path, body = f"{API}/cycles/{cast.cycle.pk}/look-back/adopt", {"idea": idea.pk, "way": "test", "reason": "It works."}
    assert cast.org.api.post(path, body, format="json").json()["code"] == "retrospective_invalid"
    made = cast.org.api.post(path, body | {"prediction": "Half fall ill."}, format="json")
    assert (made.status_code, made.json()["way"]) == (201, "test")
    assert cast.visitor.api.get(f"{API}/adoptions?cycle={cast.cycle.pk}").json()["results"][0]["idea"] == idea.pk
    unknown = cast.org.api.post(path, body | {"idea": 999_999}, format="json")
    assert (unknown.status_code, unknown.json()["code"]) == (409, "adoption_refused")


@pytest.mark.outsider(
    "looking-back-look-back", "looking-back-begin-next", "looking-back-adopt", "proposal-take", "retrospective-say"
)
@pytest.mark.parametrize("who", ["ada", "judith", "eve", "visitor"])
def test_others_do_nothing_of_it(cast: Cast, who: str):
    suggested(cast)
    row = looked_back(cast)
    api, cycle = getattr(cast, who).api, f"{API}/cycles/{cast.cycle.pk}"
    one = proposals_of(row)[0]
    for path in (
        *(f"{cycle}/look-back{rest}" for rest in ("", "/next", "/adopt")),
        *(f"{API}/retrospectives/{row.pk}/{act}" for act in ("say", "publish", "unpublish")),
        *(f"{API}/proposals/{one.pk}/{act}" for act in ("take", "leave", "reconsider")),
    ):
        assert api.post(path, {}, format="json").status_code in {401, 403, 404}, path
    for path in (f"{API}/retrospectives", f"{API}/proposals"):
        assert api.get(path).json()["results"] == []
    assert Retrospective.objects.get().published_at is None


def test_what_a_team_means_to_try_is_its_own(cast: Cast):
    at = cast.cycle.created_at
    Carried.objects.create(cycle=cast.cycle, group=cast.red, kind="points", was=4, amount=2, at=at)
    Carried.objects.create(cycle=cast.cycle, group=cast.red, kind="commitment", key="test:1", name="Two taps", at=at)
    told = {
        who: [row["kind"] for row in getattr(cast, who).api.get(f"{API}/carried").json()["results"]] for who in ("ada", "ben")
    }
    assert told == {"ada": ["commitment", "points"], "ben": ["points"]}


@pytest.mark.parametrize("path", ["retrospectives", "proposals", "carried"])
def test_many_rows_take_no_more_statements_than_few(cast: Cast, path: str):
    row, api, counts = looked_back(cast), cast.org.api, []
    for start, end in ((0, 3), (3, 30)):
        for number in range(start, end):
            group = GroupFactory(cycle=cast.cycle, key=f"t{number}")
            Carried.objects.create(cycle=cast.cycle, group=group, kind="points", amount=1, at=cast.cycle.created_at)
            Proposal.objects.create(retrospective=row, number=100 + number, section="rules", code="x", about=str(number))
        api.get(f"{API}/{path}")
        with CaptureQueriesContext(connection) as found:
            assert api.get(f"{API}/{path}").status_code == 200
        counts.append(len(found))
    assert counts[0] == counts[1]
