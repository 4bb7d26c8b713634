"""Rules being written: kept at each step, launched whole, thrown away."""

from datetime import UTC, datetime, timedelta

import pytest

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Membership
from games.permissions import access_for, allows, visible
from games.progression import actions
from games.progression.drafting import draft_of, read_draft
from games.progression.models import Draft
from games.progression.paths import path_of, written
from games.progression.rules import DraftMoved, DraftRefused, LaunchRefused
from games.rounds.models import Round
from tests.factories.accounts import UserFactory
from tests.factories.cycles import START, small

pytestmark = pytest.mark.django_db


@pytest.fixture
def org():
    return UserFactory(name="Org")


@pytest.fixture
def draft(org):
    return draft_of(actions.draft_cycle(small(), by=org, start=START))


def test_a_draft_has_its_dates_and_is_seen_by_its_organizer_alone(org, draft):
    cycle = draft.cycle
    assert (cycle.state, cycle.design_number, cycle.name) == ("draft", 0, "Clean water")
    assert not Round.objects.exists()
    assert allows(access_for(org), "cycle.organize", cycle)
    assert not visible(access_for(UserFactory()), "cycle.view", Cycle.objects.all()).exists()


def test_what_is_wrong_is_kept_and_named_at_its_place(org, draft):
    data = draft.data
    data["challenges"][0]["criteria"][0]["min"] = "lots"
    data["aim"] = {}
    kept = actions.edit_draft(draft, data, by=org, revision=1)
    assert kept.revision == 2
    assert kept.data["challenges"][0]["criteria"][0]["min"] == "lots"
    problems = read_draft(kept.cycle, kept.data).problems
    places = {written(path_of(one.where, kept.data)) for one in problems}
    assert {"challenges[0].criteria[0].min", "aim"} <= places


def test_two_devices_do_not_overwrite_each_other(org, draft):
    actions.edit_draft(draft, {**draft.data, "aim": {"measure": "here"}}, by=org, revision=1)
    with pytest.raises(DraftMoved):
        actions.edit_draft(draft, {**draft.data, "aim": {"measure": "there"}}, by=org, revision=1)
    assert Draft.objects.get().data["aim"] == {"measure": "here"}


def test_moving_the_start_moves_every_date_by_whole_days(org, draft):
    moved = actions.move_draft(draft, datetime(2027, 3, 1, 9, tzinfo=UTC) + timedelta(days=1), by=org)
    opens = [datetime.fromisoformat(one["opens"]) for one in moved.data["rounds"]]
    assert opens[0] == datetime(2027, 3, 2, 9, tzinfo=UTC)
    assert opens[1] - opens[0] == timedelta(days=19)


def test_a_draft_is_launched_as_it_is_written(org, draft):
    cycle = actions.launch_draft(draft.cycle, by=org)
    assert (cycle.state, cycle.design_number) == ("enrolling", 1)
    assert design_of(cycle).round("call").opens == START + timedelta(days=1)
    assert not Draft.objects.exists()
    assert list(Membership.objects.filter(cycle=cycle).values_list("role", flat=True)) == ["organizer"]


def test_what_is_missing_stops_the_launch_and_the_draft_stays(org, draft):
    actions.edit_draft(draft, {**draft.data, "checks": {}}, by=org)
    with pytest.raises(LaunchRefused) as refused:
        actions.launch_draft(draft.cycle, by=org)
    assert {one.where for one in refused.value.problems} == {"checks.will", "checks.offer", "checks.networks"}
    draft.cycle.refresh_from_db()
    assert draft.cycle.state == "draft"


def test_a_launched_cycle_is_no_draft_any_more(org, draft):
    actions.launch_draft(draft.cycle, by=org)
    with pytest.raises(DraftRefused):
        actions.launch_draft(draft.cycle, by=org)


def test_a_discarded_draft_leaves_nothing(org, draft):
    actions.discard_draft(draft.cycle, by=org)
    assert not Cycle.objects.exists()
    assert not Membership.objects.exists()


def test_two_drafts_of_one_playbook_have_two_keys(org):
    first = actions.draft_cycle("innovation-competition", by=org)
    second = actions.draft_cycle("innovation-competition", by=org)
    assert [first.key, second.key] == ["innovation-competition", "innovation-competition-2"]
    assert first.playbook == "innovation-competition@1"


def test_an_amendment_is_written_first_and_holds_by_decision(org, draft):
    cycle = actions.launch_draft(draft.cycle, by=org)
    amendment = actions.draft_amendment(cycle, by=org)
    data = amendment.data
    data["rounds"][1]["name"] = "Grand final"
    actions.edit_draft(amendment, data, by=org)
    read = read_draft(cycle, draft_of(cycle).data)
    assert [one["path"] for one in read.diff] == ['rounds["final"].name']
    row = actions.amend_as_written(cycle, by=org, reason="It deserves the name.")
    assert (row.number, row.decision.reason) == (2, "It deserves the name.")
    assert not Draft.objects.exists()


def test_the_next_cycle_is_drafted_from_the_last_with_its_lineage(org, draft):
    cycle = actions.launch_draft(draft.cycle, by=org)
    after = actions.draft_next(cycle, by=org, start=START + timedelta(days=366), carry={"teams"})
    assert (after.key, after.name, after.predecessor) == ("water-2", "Clean water 2", cycle)
    launched = actions.launch_draft(after, by=org)
    cycle.refresh_from_db()
    assert launched.series == cycle.series
    assert launched.series.key == "water"


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ('board "result".order', "boards[0].order"),
        ('challenge "prototype".criterion "evidence".step', "challenges[1].criteria[0].step"),
        ('rounds["final"].closes', "rounds[1].closes"),
        ('cut to "final".board', "cuts[0].board"),
        ('challenges["prototype"].criteria[0].min', "challenges[1].criteria[0].min"),
        ('award "gold".places', "awards[0].places"),
        ('rounds["final"].challenges.prototype.criteria["evidence"].weight', "challenges[1].criteria[0].weight"),
    ],
)
def test_places_are_found_however_they_are_named(where, place):
    assert written(path_of(where, small())) == place
