"""Playbooks over the API."""

import pytest

from games.playbooks.actions import post_playbook
from games.playbooks.models import Playbook
from games.playbooks.queries import library
from tests.factories.cycles import small

ROOT = "/api/v1/playbooks"


@pytest.fixture
def launcher(cast):
    cast.org.user.may_launch = True
    cast.org.user.save()
    return cast.org.api


def body(**info):
    return {"design": small(playbook={"key": "calls", "name": "Calls"} | info)}


def test_everybody_reads_the_library_and_what_was_posted(cast):
    post_playbook(body()["design"], by=None)
    rows = cast.visitor.api.get(ROOT).json()["results"]
    assert [row["key"] for row in rows] == [*library(), "calls"]
    found = cast.visitor.api.get(f"{ROOT}/calls").json()
    assert (found["label"], found["rounds"], found["formats"]) == ("calls@1", ["Sealed call", "final"], ["rubric"])
    assert found["design"]["rounds"][0]["opens"] == "+1d"
    assert cast.visitor.api.get(f"{ROOT}/calls@1").json() == found
    for key in library():
        assert cast.visitor.api.get(f"{ROOT}/{key}").status_code == 200


@pytest.mark.parametrize("key", ["none", "calls@9", "%00", "a%2Fb"])
def test_what_is_not_there_is_absent(cast, key):
    assert cast.visitor.api.get(f"{ROOT}/{key}").status_code == 404


def test_who_may_launch_posts_playbooks(launcher):
    answer = launcher.post(ROOT, body(), format="json")
    assert (answer.status_code, answer.json()["label"]) == (201, "calls@1")
    assert launcher.post(ROOT, body(summary="Better."), format="json").json()["version"] == 2


@pytest.mark.parametrize(("who", "status"), [("eve", 403), ("ada", 403), ("org", 403), ("visitor", 401)])
def test_nobody_else_does(cast, who, status):
    assert getattr(cast, who).api.post(ROOT, body(), format="json").status_code == status
    assert not Playbook.objects.exists()


def test_every_fault_comes_back_with_its_place(launcher):
    bad = {
        "design": small(
            playbook={"key": "calls"}, cycle={"colour": "red"}, cuts=[{"board": "nowhere", "to": "final", "first": 2}]
        )
    }
    answer = launcher.post(ROOT, bad, format="json")
    assert (answer.status_code, answer.json()["code"]) == (422, "design_refused")
    assert "cycle.colour" in {one["where"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("data", [{}, {"toml": "x = ", "design": {}}, {"toml": "x = "}, {"design": []}, {"toml": 3}, []])
def test_what_is_no_playbook_is_refused(launcher, data):
    assert launcher.post(ROOT, data, format="json").status_code == 422


def test_weights_sent_as_json_numbers_stay_exact(launcher):
    design = small(playbook={"key": "calls"})
    design["boards"][0]["weights"] = {"call": 0.1, "final": 0.9}
    answer = launcher.post(ROOT, {"design": design}, format="json")
    assert answer.json()["design"]["boards"][0]["weights"] == {"call": "0.1", "final": "0.9"}


def test_the_list_takes_as_many_statements_for_one_as_for_three(cast, django_assert_num_queries):
    for n in range(3):
        post_playbook(body(key=f"calls-{n}")["design"], by=None)
    client = cast.visitor.api
    with django_assert_num_queries(2):  # who asks, and the playbooks
        client.get(ROOT)
