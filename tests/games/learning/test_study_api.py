"""The study over the API: read, taken, left; outsiders find nothing."""

import pytest

from games.journal.models import JournalEntry
from games.learning import actions
from games.learning.models import Reading, Taken
from tests.cast import Cast
from tests.factories.studying import entered, studying

pytestmark = pytest.mark.django_db
API = "/api/v1"


def test_a_group_reads_what_it_was_given_and_says_what_it_takes(cast: Cast):
    studying(cast)
    entered(cast, cast.blue)
    assert cast.ada.api.post(f"{API}/rounds/{cast.call.pk}/deal-readings").status_code == 403
    assert cast.org.api.post(f"{API}/rounds/{cast.call.pk}/deal-readings").json() == {"given": 1}
    assert cast.org.api.post(f"{API}/rounds/{cast.call.pk}/deal-readings").json() == {"given": 0}
    api = cast.ada.api
    [reading] = api.get(f"{API}/readings", {"group": cast.red.pk}).json()["results"]
    acts = JournalEntry.objects.count()
    assert api.post(f"{API}/readings/{reading['id']}/read").json()["read_at"] is not None
    assert JournalEntry.objects.count() == acts
    body = {"round": cast.call.pk, "text": "Fire the clay", "reading": reading["id"]}
    taken = api.post(f"{API}/groups/{cast.red.pk}/taken", body, format="json")
    assert (taken.status_code, taken.json()["number"]) == (201, 1)
    assert [one["text"] for one in cast.org.api.get(f"{API}/taken").json()["results"]] == ["Fire the clay"]
    assert api.post(f"{API}/taken/{taken.json()['id']}/drop").status_code == 204
    refused = api.post(f"{API}/groups/{cast.red.pk}/taken", body | {"round": cast.final.pk, "reading": None}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "study_refused")


@pytest.mark.outsider
def test_who_is_outside_finds_neither_what_is_read_nor_what_is_taken(cast: Cast):
    studying(cast)
    entered(cast, cast.blue)
    actions.deal_what_is_due()
    reading = Reading.objects.get(group=cast.red)
    taken = actions.take(round=cast.call, group=cast.red, text="Fire the clay", by=cast.ada.user)
    for someone in (cast.ben, cast.judith, cast.eve):
        api = someone.api
        assert api.get(f"{API}/readings").json()["results"] == api.get(f"{API}/taken").json()["results"] == []
        for path in (f"readings/{reading.pk}", f"taken/{taken.pk}"):
            hidden, absent = api.get(f"{API}/{path}"), api.get(f"{API}/{path.split('/')[0]}/999999")
            assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content) == (404, absent.content)
        assert api.post(f"{API}/readings/{reading.pk}/read").status_code == 404
        assert api.post(f"{API}/taken/{taken.pk}/drop").status_code == 404
        assert (
            api.post(f"{API}/groups/{cast.red.pk}/taken", {"round": cast.call.pk, "text": "x"}, format="json").status_code == 403
        )
    body = {"round": cast.call.pk, "text": "x", "reading": reading.pk}
    assert cast.ben.api.post(f"{API}/groups/{cast.blue.pk}/taken", body, format="json").status_code == 404
    assert Taken.objects.count() == 1
