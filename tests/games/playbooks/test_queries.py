from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.playbooks.actions import post_playbook
from games.playbooks.queries import PlaybookMissing, exact, library, preset, presets
from games.playbooks.schema import launch_problems
from tests.factories.cycles import small


@pytest.mark.parametrize("key", sorted(library()))
def test_every_playbook_of_the_library_can_be_launched_as_soon_as_its_aim_is_given(key):
    found = library()[key]
    design = found.sample()
    assert found.name
    assert found.summary
    assert design.playbook is not None
    assert design.playbook.key == key
    assert {one.where.partition(".")[0] for one in launch_problems(design)} <= {"aim", "checks"}


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_a_float_becomes_the_text_that_means_it(value):
    assert float(Decimal(exact(value))) == value
    assert exact({"a": [value, 1, True, "x", None]}) == {"a": [exact(value), 1, True, "x", None]}


def test_weights_written_as_json_numbers_are_exact():
    assert exact({"w": [0.1, 0.35, 1e-7, Decimal("0.30")]}) == {"w": ["0.1", "0.35", "0.0000001", "0.30"]}


@pytest.mark.django_db
def test_the_newest_version_is_found_unless_one_is_named():
    post_playbook(small(playbook={"key": "calls", "name": "One"}), by=None)
    post_playbook(small(playbook={"key": "calls", "name": "Two"}), by=None)
    assert (preset("calls").name, preset("calls", 1).name, preset("calls@1").label) == ("Two", "One", "calls@1")
    assert [one.label for one in presets() if one.source == "posted"] == ["calls@2"]


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["nothing", "nothing@1", "@", "x@y"])
def test_what_is_not_there_is_missing(key):
    with pytest.raises(PlaybookMissing, match="There is no playbook"):
        preset(key)


@pytest.mark.django_db
def test_the_list_takes_one_statement(django_assert_num_queries):
    for key in ("a", "b", "c"):
        post_playbook(small(playbook={"key": key}), by=None)
    with django_assert_num_queries(1):
        presets()
