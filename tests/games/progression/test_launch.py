from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.challenges.models import Challenge
from games.cycles.models import Cycle, Decision
from games.cycles.models import Design as DesignRow
from games.cycles.queries import design_of
from games.groups.models import Membership
from games.journal.models import JournalEntry
from games.permissions import access_for, allows
from games.playbooks.actions import post_playbook
from games.playbooks.queries import PlaybookMissing, Preset
from games.progression import actions
from games.progression.rules import CycleKeyTaken, LaunchRefused
from games.rounds.models import Round
from leaderboards.models import Board
from tests.factories.accounts import UserFactory
from tests.factories.cycles import START, small, small_design

pytestmark = pytest.mark.django_db


@pytest.fixture
def org():
    return UserFactory(name="Org")


def launch(org, **changes):
    return actions.launch(small(**changes), by=org, start=START)


def test_a_launch_writes_the_design_and_what_it_projects(org):
    cycle = launch(org)
    assert (cycle.key, cycle.state, cycle.design_number) == ("water", "enrolling", 1)
    assert (cycle.starts_at, cycle.ends_at) == (START + timedelta(days=1), START + timedelta(days=40))
    assert design_of(cycle) == small_design()
    assert list(Round.objects.values_list("key", "number", "gated", "design_number", "visibility")) == [
        ("call", 1, False, 1, "sealed"),
        ("final", 2, True, 1, "sealed"),
    ]
    assert list(Challenge.objects.values_list("round__key", "key", "format")) == [
        ("call", "concept", "rubric"),
        ("final", "prototype", "rubric"),
    ]
    assert list(Board.objects.values_list("scope", "key", "number", "live")) == [
        (cycle.pk, "result", 1, False),
        (cycle.pk, "call", 2, False),
    ]


def test_who_launches_organizes(org):
    cycle = launch(org)
    assert allows(access_for(org), "cycle.organize", cycle)
    assert Membership.objects.get(cycle=cycle).role == "organizer"


def test_what_is_waived_stands_open_in_the_record(org):
    launch(org)
    assert list(Decision.objects.values_list("kind", "value", "reason")) == [
        ("launch", "", "Clean water"),
        ("waive", "checks.networks", "There is none yet."),
    ]
    assert not Decision.objects.filter(published_at__isnull=True).exists()
    assert DesignRow.objects.get().decision.kind == "launch"
    assert JournalEntry.objects.filter(kind="cycle.launched").count() == 1


def test_everything_that_is_missing_is_named_at_once_and_nothing_is_written(org):
    written = small()
    written["aim"] = {"measure": "households"}
    written["checks"] = {"will": "yes"}
    written["challenges"][0].pop("aim")
    written["challenges"][0]["criteria"][0]["maximum"] = 3
    with pytest.raises(LaunchRefused) as refused:
        actions.launch(written, by=org, start=START)
    found = [(problem.where, problem.message.split(" ")[0]) for problem in refused.value.problems]
    assert ("challenges[0].criteria[0].maximum", "unknown") in found
    assert [where for where, _ in found if where == "aim"] == ["aim"] * 3
    assert {"checks.offer", "checks.networks"} <= {where for where, _ in found}
    assert not Cycle.objects.exists()


def test_an_aim_may_be_waived_with_a_reason(org):
    written = small()
    written["aim"] = {"waived": "A game among friends."}
    assert actions.launch(written, by=org, start=START).state == "enrolling"
    assert Decision.objects.filter(kind="waive", value="aim").exists()


def test_two_cycles_cannot_have_one_key(org):
    launch(org)
    with pytest.raises(CycleKeyTaken, match='"water"'):
        launch(org)
    assert Cycle.objects.count() == 1


def test_a_launch_from_a_posted_playbook_remembers_its_version(org):
    posted = small(playbook={"key": "calls", "name": "Calls"})
    post_playbook(posted, by=org)
    post_playbook(small(playbook={"key": "calls", "name": "Better calls"}), by=org)
    start = datetime(2027, 5, 3, 9, tzinfo=UTC)
    cycle = actions.launch("calls@1", by=org, key="spring", name="Spring", start=start, series="seasons")
    assert (cycle.playbook, cycle.key, cycle.name) == ("calls@1", "spring", "Spring")
    assert (cycle.series.key, cycle.starts_at) == ("seasons", start + timedelta(days=1))
    assert actions.launch("calls", by=org, key="autumn").playbook == "calls@2"
    with pytest.raises(PlaybookMissing, match='no playbook "calls@3"'):
        actions.launch("calls@3", by=org)


def test_changes_are_merged_into_the_playbook_tables_by_key(org):
    cycle = launch(org, awards=[{"key": "gold", "places": [1, 2]}], registration={"capacity": 5})
    design = design_of(cycle)
    assert design.awards[0].places == (1, 2)
    assert design.registration.capacity == 5


names = st.sampled_from(
    ["cycle", "aim", "checks", "rounds", "challenges", "boards", "cuts", "awards", "playbook", "key", "like", "keys", "opens"]
)
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=5)
    | st.sampled_from(["+1d", "call", "concept"])
)
whatever = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3), max_leaves=8
)


@given(st.dictionaries(names, whatever, max_size=3))
def test_whatever_is_asked_for_is_a_design_or_a_refusal(changes):
    preset = Preset("calls", 1, "Calls", "", "posted", small())
    try:
        design = actions.prepared(preset, changes=changes, start=START)
    except LaunchRefused:
        return
    assert type(design).model_validate(design.data()) == design
