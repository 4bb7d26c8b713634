"""Talk in pages: read, asked, answered, thanked, followed, reported; what was typed stays; who is outside learns nothing."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.talk import actions
from games.talk.models import Post, Report, Ruling, Thanks, Thread
from tests.cast import Cast
from tests.factories.ideas import shared
from tests.factories.learning import finished
from tests.factories.talk import asked, said

pytestmark = pytest.mark.django_db
CYCLE = "/cycles/water/"


def main(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


def test_a_question_is_asked_on_an_idea_answered_accepted_and_thanked(cast: Cast):
    idea = shared(cast)
    page, ben, ada = f"{CYCLE}ideas/{idea.number}/", cast.ben.client, cast.ada.client
    assert "Nobody has asked anything yet" in main(ben.get(page))
    refused = ben.post(f"{page}talk/", {"kind": "question", "title": "Which cloth?", "text": ""})
    assert (refused.status_code, 'value="Which cloth?"' in main(refused), "still here" in main(refused)) == (200, True, True)
    opened = ben.post(f"{page}talk/", {"kind": "question", "title": "Which cloth?", "text": "Silk <b>lets</b> it through."})
    thread = Thread.objects.get()
    assert opened.headers["Location"] == f"{CYCLE}threads/1/"
    assert "Which cloth?" in main(ada.get(page))
    replied = ada.post(f"{CYCLE}threads/1/", {"text": "Cotton.", "as": "red"})
    post = thread.posts.get(number=2)
    assert replied.headers["Location"] == f"{CYCLE}threads/1/?post={post.pk}#post-{post.pk}"
    text = main(ben.get(f"{CYCLE}threads/1/"))
    assert "Silk &lt;b&gt;lets&lt;/b&gt; it through." in text
    assert "This answers it" in text
    assert "This answers it" not in main(ada.get(f"{CYCLE}threads/1/"))
    act = f"{CYCLE}threads/1/posts/{post.pk}/"
    assert ada.post(act, {"do": "accept"}).status_code == 403
    for do in ("accept", "thank"):
        assert ben.post(act, {"do": do}).status_code == 302
    text = main(ben.get(f"{CYCLE}threads/1/"))
    assert "accepted answer" in text
    assert "Thanked · 1" in text
    ben.post(act, {"do": "thank-back"})
    ben.post(f"{CYCLE}threads/1/do/", {"do": "reopen"})
    thread.refresh_from_db()
    assert (thread.accepted, Thanks.objects.count()) == (None, 0)
    ada.post(act, {"do": "correct", "text": "Old cotton."})
    text = main(ben.get(f"{CYCLE}threads/1/"))
    assert text.index("Old cotton.") < text.index("corrected") < text.index(">Cotton.<")
    assert ben.post(act, {"do": "sing"}).status_code == 404


def test_the_board_shows_what_is_open_first_and_our_own_alone(cast: Cast):
    ben, ada = cast.ben.client, cast.ada.client
    assert "No barriers yet" in main(ben.get(f"{CYCLE}barriers/"))
    ben.post(f"{CYCLE}barriers/new/", {"kind": "barrier", "title": "No cloth", "text": "Where from?"})
    asked(cast, title="No fuel", who=cast.ada)
    post = said(cast, Thread.objects.get(title="No cloth"))
    ben.post(f"{CYCLE}threads/1/posts/{post.pk}/", {"do": "helpful"})
    text = main(ada.get(f"{CYCLE}barriers/"))
    assert text.index("Still open") < text.index("No fuel") < text.index("What helped") < text.index("No cloth")
    assert "No cloth" not in main(ada.get(f"{CYCLE}barriers/", {"mine": "1"}))
    assert "this helped" in main(ada.get(f"{CYCLE}threads/1/"))


def test_who_did_it_is_asked_and_stands_beside_the_form_with_the_time(cast: Cast):
    idea = shared(cast, group=cast.blue, by=cast.ben.user)
    form = f"{CYCLE}ideas/1/talk/"
    assert "Ask somebody who did it" not in main(cast.ben.client.get(form))
    finished(cast.red, idea)
    text = main(cast.ben.client.get(form))
    assert "Ask somebody who did it" in text
    assert "1 team that adopted it" in text, "whose test is still inside is not named"
    cast.ben.client.post(form, {"kind": "ask", "title": "How long?", "text": "Do you boil it?"})
    assert "A reply is hoped for in" in main(cast.ben.client.get(f"{CYCLE}threads/1/"))
    said(cast, Thread.objects.get())
    assert "Somebody who did it replied" in main(cast.ben.client.get(f"{CYCLE}threads/1/"))


def test_an_idea_a_thread_and_a_team_are_followed_and_read_together(cast: Cast):
    idea, ben = shared(cast), cast.ben.client
    asked(cast, idea, who=cast.ada, kind="talk", title="We found thicker cloth")
    barrier = asked(cast, who=cast.ada, title="No fuel")
    for path in ("ideas/1/heed/", f"threads/{barrier.number}/do/", "groups/red/heed/"):
        assert ben.post(f"{CYCLE}{path}", {"do": "follow"}).status_code == 302
    ben.post(f"{CYCLE}groups/red/heed/", {"do": "thank"})
    assert "Cheered · 1" in main(ben.get(f"{CYCLE}groups/red/"))
    ben.post(f"{CYCLE}groups/red/heed/", {"do": "thank-back"})
    text = main(ben.get(f"{CYCLE}following/"))
    for words in ("We found thicker cloth", "No fuel", idea.title, cast.red.name):
        assert words in text
    for path in ("ideas/1/heed/", f"threads/{barrier.number}/do/", "groups/red/heed/"):
        ben.post(f"{CYCLE}{path}", {"do": "unfollow"})
    assert "Nothing was said yet" in main(ben.get(f"{CYCLE}following/"))
    for do in ("thank", "thank-back"):
        assert ben.post(f"{CYCLE}ideas/1/heed/", {"do": do}).status_code == 302
        assert ben.post(f"{CYCLE}groups/red/heed/", {"do": do}).status_code == 302


def test_a_report_is_looked_at_hidden_appealed_and_shown_again(cast: Cast):
    idea = shared(cast)
    post = said(cast, asked(cast, idea), "You never could fold.")
    ben, org, ada = cast.ben.client, cast.org.client, cast.ada.client
    ben.post(f"{CYCLE}threads/1/posts/{post.pk}/", {"do": "report", "why": "Rude."})
    ben.post(f"{CYCLE}ideas/1/report/", {"why": "It names a patient."})
    assert Report.objects.count() == 2
    text = main(org.get(f"{CYCLE}desk/talk/"))
    assert "Rude." in text
    assert "It names a patient." in text
    org.post(f"{CYCLE}desk/talk/rule/", {"what": f"idea-{idea.pk}", "verdict": "left", "why": "She agreed."})
    org.post(f"{CYCLE}desk/talk/rule/", {"what": f"post-{post.pk}", "verdict": "hidden", "why": "Unkind."})
    assert "You never could fold." not in main(ben.get(f"{CYCLE}threads/1/"))
    assert "Hidden by the organizers" in main(ada.get(f"{CYCLE}threads/1/"))
    ruling = Ruling.objects.get(verdict="hidden")
    page = f"{CYCLE}talk/rulings/{ruling.pk}/"
    assert "Unkind." in main(ada.get(page))
    assert "Say why it should be seen" in main(ada.post(page, {"text": " "}))
    assert ada.post(page, {"text": "Kindly meant."}).status_code == 302
    assert "have not answered yet" in main(ada.get(page))
    assert "Kindly meant." in main(org.get(f"{CYCLE}desk/talk/"))
    org.post(f"{CYCLE}desk/talk/appeals/{ruling.pk}/", {"do": "show", "text": "Seen so, yes."})
    assert "It is seen again" in main(ada.get(page))
    assert "You never could fold." in main(ben.get(f"{CYCLE}threads/1/"))
    for path in ("desk/talk/", f"talk/rulings/{ruling.pk}/"):
        assert ben.get(f"{CYCLE}{path}").status_code == 404
    for what in ("post-0", "idea-x", "cloud-1"):
        assert org.post(f"{CYCLE}desk/talk/rule/", {"what": what, "verdict": "left", "why": "x"}).status_code == 404


@pytest.mark.outsider
def test_who_is_outside_finds_no_talk_but_of_what_everybody_reads(cast: Cast):
    kept, public = shared(cast), shared(cast, "For all", audience="everybody")
    inside, outside, barrier = asked(cast, kept), asked(cast, public), asked(cast)
    for someone in (cast.eve, cast.visitor, cast.judith):
        client = someone.client
        absent = client.get(f"{CYCLE}threads/999/").status_code
        for thread in (inside, barrier):
            assert client.get(f"{CYCLE}threads/{thread.number}/").status_code == absent == 404
        assert client.get(f"{CYCLE}barriers/").status_code == 404
        assert "Your reply" not in main(client.get(f"{CYCLE}threads/{outside.number}/"))
    for path in (
        "barriers/new/",
        "following/",
        "desk/talk/",
        f"threads/{inside.number}/do/",
        "ideas/1/heed/",
        "groups/red/heed/",
    ):
        assert cast.eve.client.post(f"{CYCLE}{path}", {"do": "follow"}).status_code in {403, 404, 405}
        assert cast.visitor.client.post(f"{CYCLE}{path}", {"do": "follow"}).status_code in {302, 404}
    sent = cast.visitor.client.post(f"{CYCLE}threads/{outside.number}/", {"text": "Hello"})
    assert sent.headers["Location"].startswith("/sign-in/")
    assert cast.eve.client.post(f"{CYCLE}threads/{outside.number}/", {"text": "Hello"}).status_code == 403
    actions.rule(what=kept, verdict="hidden", why="It names a patient.", by=cast.org.user)
    assert cast.ben.client.get(f"{CYCLE}threads/{inside.number}/").status_code == 404
    assert Post.objects.count() == 3


def test_pages_take_as_many_statements_for_many_as_for_few(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("games.talk.actions.talking.POSTS_AN_HOUR", 1000)
    idea = shared(cast, group=cast.blue, by=cast.ben.user)
    finished(cast.red, idea)
    thread = asked(cast, idea, kind="ask")
    first = said(cast, thread)
    asked(cast)
    actions.report(what=first, why="Rude.", by=cast.ben.user)
    pages = {
        "ben": ["ideas/1/", "ideas/1/talk/", "threads/1/", "barriers/", "barriers/new/", "following/"],
        "org": ["desk/talk/", "threads/1/"],
    }
    clients = {"ben": cast.ben.client, "org": cast.org.client}

    def counted() -> dict[str, int]:
        found = {}
        for who, paths in pages.items():
            for path in paths:
                with CaptureQueriesContext(connection) as told:
                    assert clients[who].get(f"{CYCLE}{path}").status_code == 200
                found[f"{who} {path}"] = len(told)
        return found

    few = counted()
    for number in range(9):
        asked(cast, title=f"Barrier {number}")
        asked(cast, idea, title=f"Question {number}")
        post = said(cast, thread)
        actions.correct_post(post=post, text=f"Better {number}", by=cast.ada.user)
        actions.report(what=post, why="Rude.", by=cast.ben.user)
        actions.thank(what=post, by=cast.ben.user)
    assert counted() == few
    assert max(few.values()) <= 12, few
