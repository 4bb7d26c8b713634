from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from games.errors import Invalid
from games.playbooks.actions import MOST_BYTES, PlaybookRefused, post_playbook
from games.playbooks.models import Playbook
from games.playbooks.queries import library
from games.playbooks.schema import DesignRefused
from tests.factories.cycles import small

pytestmark = pytest.mark.django_db
TOML = """
format = 1
cycle = { key = "x" }
playbook = { key = "tiny", name = "Tiny", summary = "As small as it gets." }
rounds = [{ key = "r", opens = "+0d", closes = "+7d" }]
boards = [{ key = "b" }]
challenges = [{ key = "t", criteria = [{ key = "m", min = 0, max = 10, weight = 0.5 }] }]
"""


def posted(**info):
    return small(playbook={"key": "calls"} | info)


def test_a_playbook_is_posted_as_toml_or_as_data_times_kept_as_offsets():
    found = post_playbook(TOML, by=None)
    assert (found.label, found.name, found.summary) == ("tiny@1", "Tiny", "As small as it gets.")
    assert found.data["rounds"][0]["closes"] == "+7d"
    assert found.data["challenges"][0]["criteria"][0]["weight"] == "0.5"
    assert found.sample().rounds[0].closes is not None


def test_a_change_is_a_new_version_and_the_same_again_is_none():
    assert post_playbook(posted(), by=None).version == 1
    assert post_playbook(posted(), by=None).version == 1
    assert post_playbook(posted(summary="Better."), by=None).version == 2
    assert post_playbook(posted(), by=None).version == 3
    assert list(Playbook.objects.order_by("version").values_list("version", "data__playbook__version")) == [
        (1, 1),
        (2, 2),
        (3, 3),
    ]


def test_every_fault_is_named_and_nothing_is_stored():
    with pytest.raises(DesignRefused) as refused:
        post_playbook(
            small(playbook={"key": "Not A Key"}, cycle={"colour": "red"}, rounds=[{"key": "call", "closes": "+zd"}]), by=None
        )
    assert {"playbook.key", "cycle.colour"} <= {one.where for one in refused.value.problems}
    assert len(refused.value.problems) > 2
    assert not Playbook.objects.exists()


@pytest.mark.parametrize("source", ["format = ", "", {}, {"playbook": []}, {"playbook": {"key": 3}}])
def test_what_is_no_playbook_is_refused(source):
    with pytest.raises(DesignRefused):
        post_playbook(source, by=None)


def test_a_playbook_has_a_size():
    with pytest.raises(Invalid, match="at most"):
        post_playbook("#" * (MOST_BYTES + 1), by=None)
    with pytest.raises(Invalid, match="at most"):
        post_playbook({"x": "#" * (MOST_BYTES + 1)}, by=None)


def test_keys_of_the_library_are_taken(monkeypatch):
    monkeypatch.setattr("games.playbooks.actions.library", lambda: {"calls": object()} | library())
    with pytest.raises(PlaybookRefused, match="of the library"):
        post_playbook(posted(), by=None)


@pytest.mark.django_db(transaction=True)
def test_two_posted_at_once_are_two_versions_or_one_is_told():
    def post(name):
        try:
            return post_playbook(posted(name=name), by=None).version
        except PlaybookRefused:
            return None
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        versions = list(pool.map(post, ["a", "b", "c"]))
    stored = sorted(Playbook.objects.values_list("version", flat=True))
    assert sorted(version for version in versions if version) == stored == list(range(1, len(stored) + 1))
