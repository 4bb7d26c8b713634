"""Talk over the API: opened, continued, settled, thanked, followed, reported; outsiders find nothing; as many statements for many as for few."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.ideas.models import Idea
from games.talk import actions
from tests.cast import Cast
from tests.factories.ideas import shared
from tests.factories.talk import asked, said

pytestmark = pytest.mark.django_db
API = "/api/v1"
BODY: dict[str, Any] = {"kind": "question", "title": "Which cloth?", "text": "Ours lets the silt through. @red?"}


def test_a_question_from_its_opening_to_its_accepted_answer(cast: Cast):
    idea = shared(cast)
    opened = cast.ben.api.post(f"{API}/groups/{cast.blue.pk}/threads", BODY | {"idea": idea.pk}, format="json")
    assert opened.status_code == 201
    thread = opened.json()
    assert (thread["number"], thread["idea_number"], thread["group_key"], thread["replies"]) == (1, 1, "blue", 0)
    path = f"{API}/threads/{thread['id']}"
    for body, code in (
        ({"text": "Cotton."}, 403),
        ({"text": "Cotton.", "group": cast.blue.pk}, 404),
        ({"group": cast.red.pk}, 422),
    ):
        assert cast.ada.api.post(f"{path}/posts", body, format="json").status_code == code
    answer = cast.ada.api.post(f"{path}/posts", {"text": "Cotton.", "group": cast.red.pk}, format="json").json()
    assert (answer["number"], answer["mine"], answer["group_key"]) == (2, True, "red")
    assert cast.ada.api.post(f"{API}/posts/{answer['id']}/accept").status_code == 403
    settled = cast.ben.api.post(f"{API}/posts/{answer['id']}/accept").json()
    assert (settled["accepted"], settled["answered_at"] is not None, settled["replies"]) == (answer["id"], True, 1)
    assert cast.ben.api.get(f"{API}/threads", {"answered": True}).json()["results"] != []
    assert cast.ben.api.post(f"{path}/reopen").json()["accepted"] is None
    corrected = cast.ada.api.post(f"{API}/posts/{answer['id']}/correct", {"text": "Old cotton."}, format="json").json()
    assert (corrected["corrects"], corrected["text"]) == (answer["id"], "Old cotton.")
    assert cast.ben.api.post(f"{API}/posts/{answer['id']}/correct", {"text": "Mine."}, format="json").status_code == 403
    told = cast.ben.api.get(f"{API}/posts", {"thread": thread["id"]}).json()["results"]
    assert [(one["number"], one["mine"]) for one in told] == [(1, True), (2, False), (3, False)]
    assert "name" not in str(told), "people are named by their groups"


def test_help_thanks_and_follows(cast: Cast):
    thread = asked(cast)
    post = said(cast, thread)
    path = f"{API}/posts/{post.pk}"
    assert cast.ben.api.post(f"{path}/helpful").json()["helped"] == 1
    assert cast.ben.api.post(f"{path}/unhelpful").json()["helped"] == 0
    assert cast.ben.api.post(f"{path}/thank").json() == {"done": True}
    again = cast.ben.api.post(f"{path}/thank")
    assert (again.status_code, again.json()["code"]) == (409, "talk_refused")
    assert cast.ben.api.get(path).json()["thanked"] == 1
    assert cast.ben.api.post(f"{path}/thank-back").status_code == 200
    assert cast.ben.api.post(f"{API}/groups/{cast.red.pk}/cheer").status_code == 200
    assert cast.ben.api.post(f"{API}/groups/{cast.red.pk}/cheer-back").status_code == 200
    for address in (f"threads/{thread.pk}", f"groups/{cast.red.pk}", f"ideas/{shared(cast).pk}"):
        assert cast.ben.api.post(f"{API}/{address}/follow").status_code == 200
    assert len(cast.ben.api.get(f"{API}/follows").json()["results"]) == 3
    assert cast.ada.api.get(f"{API}/follows").json()["results"] == []
    assert cast.ben.api.post(f"{API}/threads/{thread.pk}/unfollow").status_code == 200
    assert cast.ben.api.post(f"{API}/ideas/{Idea.objects.get().pk}/thank").status_code == 200
    assert cast.ben.api.post(f"{API}/ideas/{Idea.objects.get().pk}/thank-back").status_code == 200


def test_a_report_its_ruling_and_the_one_appeal(cast: Cast):
    post = said(cast, asked(cast), "You never could fold.")
    path, why = f"{API}/posts/{post.pk}", {"why": "Rude."}
    assert cast.ben.api.post(f"{path}/report", why, format="json").status_code == 201
    assert cast.ada.api.get(f"{API}/reports").json()["results"] == [], "its author never learns of it"
    assert cast.ben.api.post(f"{path}/hide", why, format="json").status_code == 403
    ruling = cast.org.api.post(f"{path}/hide", why, format="json").json()
    assert cast.org.api.get(f"{API}/reports").json()["results"][0]["ruling"] == ruling["id"]
    assert cast.ben.api.get(path).status_code == 404
    assert cast.ada.api.get(path).json()["hidden"] is True
    assert cast.ben.api.get(f"{API}/rulings/{ruling['id']}").status_code == 404
    assert cast.org.api.post(f"{API}/rulings/{ruling['id']}/appeal", {"text": "x"}, format="json").status_code == 403
    assert cast.ada.api.post(f"{API}/rulings/{ruling['id']}/appeal", {"text": "Kindly meant."}, format="json").status_code == 200
    again = cast.ada.api.post(f"{API}/rulings/{ruling['id']}/appeal", {"text": "Please."}, format="json")
    assert (again.status_code, again.json()["code"]) == (409, "talk_refused")
    answer = {"upheld": True, "text": "Seen so, yes."}
    assert cast.ada.api.post(f"{API}/rulings/{ruling['id']}/answer", answer, format="json").status_code == 403
    assert cast.org.api.post(f"{API}/rulings/{ruling['id']}/answer", answer, format="json").json()["upheld"] is True
    assert cast.ben.api.get(path).status_code == 200


def test_too_much_in_an_hour_is_refused_with_how_long_to_wait(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("games.talk.actions.talking.POSTS_AN_HOUR", 1)
    thread = asked(cast)
    refused = cast.ben.api.post(f"{API}/threads/{thread.pk}/posts", {"text": "And", "group": cast.blue.pk}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (429, "too_much_talk")
    assert "go on in" in refused.json()["detail"]


@pytest.mark.outsider
def test_talk_is_seen_as_far_as_what_it_is_about_and_no_further(cast: Cast):
    kept, public = shared(cast), shared(cast, "For all", audience="everybody")
    inside, outside, barrier = asked(cast, kept), asked(cast, public), asked(cast)
    hidden = [(f"threads/{one.pk}", f"posts/{one.posts.get().pk}") for one in (inside, barrier)]
    for someone in (cast.eve, cast.visitor, cast.judith):
        assert [one["id"] for one in someone.api.get(f"{API}/threads").json()["results"]] == [outside.pk]
        assert someone.api.get(f"{API}/threads", {"idea": kept.pk}).json()["results"] == []
        for path in (path for pair in hidden for path in pair):
            absent = someone.api.get(f"{API}/{path.split('/')[0]}/999999")
            found = someone.api.get(f"{API}/{path}")
            assert (found.status_code, found.content) == (absent.status_code, absent.content) == (404, absent.content)
        assert someone.api.get(f"{API}/threads/{outside.pk}").status_code == 200
    for address in (f"groups/{cast.blue.pk}/threads", f"threads/{outside.pk}/posts", f"posts/{outside.posts.get().pk}/report"):
        body = BODY | {"why": "Rude.", "group": cast.blue.pk}
        assert cast.eve.api.post(f"{API}/{address}", body, format="json").status_code in {403, 404, 409}
        assert cast.visitor.api.post(f"{API}/{address}", body, format="json").status_code == 401
    actions.rule(what=kept, verdict="hidden", why="It names a patient.", by=cast.org.user)
    assert cast.ben.api.get(f"{API}/threads/{inside.pk}").status_code == 404, "not even who asked, once the idea is hidden"
    assert cast.ben.api.get(f"{API}/threads").json()["results"][-1]["id"] == outside.pk


def test_lists_take_as_many_statements_for_many_as_for_few(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("games.talk.actions.talking.POSTS_AN_HOUR", 1000)
    monkeypatch.setattr("games.talk.actions.talking.THREADS", ())
    thread, api = asked(cast, shared(cast)), cast.ben.api
    said(cast, thread)

    def counted() -> list[int]:
        found = []
        for path in ("threads", f"threads/{thread.pk}", f"posts?thread={thread.pk}", "follows", "reports", "rulings"):
            with CaptureQueriesContext(connection) as told:
                assert api.get(f"{API}/{path}").status_code == 200
            found.append(len(told))
        return found

    few = counted()
    for number in range(27):
        asked(cast, title=f"Barrier {number}")
        said(cast, thread)
    assert counted() == few
    assert max(few) <= 12
