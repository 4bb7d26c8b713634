"""Rules of points over the API: in words, tried by organizers, absent for others; and what the journal of real acts earns."""

import pytest

from games.bundles.queries.kept import earned_tables
from games.cycles.models import Cycle
from games.journal.models import JournalEntry
from games.recognition.actions import read_journal, replay_points, replays_due, swap_points, try_points
from games.recognition.models import Points, PointsCursor
from games.recognition.rules import NoPreview
from tests.cast import Cast
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.games.recognition.test_points import START, happen, score_all, totals

pytestmark = pytest.mark.django_db
HELP = {"key": "help", "event": "post.helped", "points": 8, "ratio": "0.5", "partner_ratio": "0.25", "cap_week": 40, "pause": 5}
SHARE = {"key": "share", "event": "idea.shared", "points": 10, "ratio": "0.5", "cap_day": 17, "cap_cycle": 60}
REPLAY, SWAP = "/api/v1/points/replay", "/api/v1/points/swap"


@pytest.fixture
def played(cast: Cast) -> Cycle:
    """Two ideas of one group; org organizes."""
    cycle = CycleFactory.create(design=small_design(rules=[SHARE]))
    MembershipFactory(group=None, cycle=cycle, person=cast.org.person, role="organizer", capabilities=["organize"])
    group = GroupFactory.create(cycle=cycle)
    happen(cycle, ("idea.shared", "idea:1", group, 0), ("idea.shared", "idea:2", group, 1))
    read_journal(cycle)
    return cycle


def test_a_rule_says_itself_in_words_and_numbers(cast: Cast) -> None:
    cycle = CycleFactory.create(design=small_design(rules=[HELP]))
    (rule,) = cast.visitor.api.get(f"/api/v1/points/rules?cycle={cycle.pk}").json()["rules"]
    assert (rule["ratio"], rule["partner_ratio"], rule["cap_week"], rule["pause"]) == ("0.5", "0.25", 40, 5)
    assert rule["says"] == (
        "help: 8 points for help that another team confirmed; each further one of a day counts half of the one before (8, 4, 2, 1, …); "
        "from number 3 with the same other team on, each counts a quarter of the one before; at most 40 a week, Monday to Sunday; "
        "at least 5 minutes lie between two that count; only what another team does counts, not one's own. "
        "They are taken back if they take it back, or organizers hide it."
    )


@pytest.mark.outsider
def test_only_organizers_try_rules_and_see_what_is_tried(cast: Cast, played: Cycle) -> None:
    asked = {"cycle": played.pk, "rules": [SHARE | {"points": 20}]}
    for someone in (cast.eve, cast.ada, cast.judith):
        assert someone.api.post(REPLAY, asked).status_code == 403
        assert someone.api.get(f"/api/v1/points/preview?cycle={played.pk}").status_code == 403
    assert cast.visitor.api.get(f"/api/v1/points/preview?cycle={played.pk}").status_code == 401
    assert cast.org.api.get(f"/api/v1/points/preview?cycle={played.pk}").status_code == 404
    told = cast.org.api.post(REPLAY, asked).json()
    assert (told["done"], told["percent"]) == (True, 100)
    assert [(one["now"], one["then"]) for one in told["changes"]] == [(15, 17)]
    assert cast.org.api.get(f"/api/v1/points/preview?cycle={played.pk}").json() == told


def test_rules_on_trial_are_shown_only_once_they_are_the_rules(cast: Cast, played: Cycle) -> None:
    told = cast.org.api.post(REPLAY, {"cycle": played.pk, "rules": [SHARE | {"points": 20}]}).json()
    refused = cast.org.api.post(SWAP, {"cycle": played.pk, "generation": told["generation"]})
    assert (refused.status_code, refused.json()["code"]) == (409, "no_preview")


@pytest.mark.parametrize(
    ("wrong", "where"),
    [({"event": "points.changed"}, "rules[0].event"), ({"ratio": 2}, "rules[0]"), ({"points": "many"}, "rules[0].points")],
)
def test_a_fault_in_rules_on_trial_is_named(cast: Cast, played: Cycle, wrong: dict[str, object], where: str) -> None:
    answer = cast.org.api.post(REPLAY, {"cycle": played.pk, "rules": [SHARE | wrong]})
    assert answer.status_code == 422
    assert where in answer.content.decode()
    assert not PointsCursor.objects.filter(preview_generation__isnull=False).exists()


# --- Acts of the journal --------------------------------------------------------------------------------------------------------------


def test_the_ledger_in_any_portions_is_the_same_with_partners_pauses_and_reversals(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is recalled from the database says the same as one reading from the beginning."""
    cycle = CycleFactory.create(design=small_design(rules=[HELP, SHARE]))
    ours, theirs = GroupFactory.create(cycle=cycle), GroupFactory.create(cycle=cycle)
    kinds = (
        "idea.shared",
        "idea.shared",
        "post.helped",
        "idea.hidden",
        "idea.shared",
        "post.helped",
        "help.withdrawn",
        "post.helped",
    )
    for hour, kind in enumerate(kinds * 3):
        about = "post" if kind in {"post.helped", "help.withdrawn"} else "idea"
        number = hour if kind != "help.withdrawn" else hour - 1
        payload = {"asker": theirs.pk} if about == "post" else {}
        happen(cycle, (kind, f"{about}:{number if kind != 'idea.hidden' else hour - 2}", ours, hour), payload=payload)
    monkeypatch.setattr("games.recognition.actions.reading.BATCH", 3)
    score_all(cycle)
    assert totals(cycle)[ours.pk] > 0
    assert Points.objects.filter(reverses__isnull=False).count() >= 3
    monkeypatch.setattr("games.recognition.actions.replaying.AT_ONCE", 5)
    assert replay_points(cycle).changes == {}


def test_hidden_and_shown_again_in_portions_of_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.recognition.actions.reading.BATCH", 1)
    cycle = CycleFactory.create(design=small_design(rules=[SHARE]))
    group = GroupFactory.create(cycle=cycle)
    happen(cycle, ("idea.shared", "idea:1", group, 0))
    happen(cycle, ("idea.hidden", "idea:1", group, 1), payload={"hidden": True})
    score_all(cycle)
    assert totals(cycle) == {group.pk: 0}
    happen(cycle, ("idea.hidden", "idea:1", group, 100), payload={"hidden": False})
    score_all(cycle)
    assert totals(cycle) == {group.pk: 10}
    shown = JournalEntry.objects.filter(kind="idea.hidden").order_by("-seal").values_list("seal", flat=True)[0]
    again = Points.objects.get(reverses__isnull=True, seal=shown)
    assert again.day == START.date(), "for the day it was earned on: no cap is lost or won by it"


def test_a_replay_that_a_process_left_is_found_and_a_new_one_drops_the_old() -> None:
    cycle = CycleFactory.create(design=small_design(rules=[SHARE]))
    group = GroupFactory.create(cycle=cycle)
    happen(cycle, *[("idea.shared", f"idea:{n}", group, n) for n in range(3)])
    score_all(cycle)
    first = try_points(cycle, by=None)
    PointsCursor.objects.filter(cycle=cycle).update(preview_seal=1)
    assert replays_due(START) == [(cycle.pk, first.preview_generation)]
    second = try_points(cycle, by=None)
    assert replays_due(START) == []
    with pytest.raises(NoPreview):
        swap_points(cycle, generation=first.preview_generation or 0, by=None)
    swap_points(cycle, generation=second.preview_generation or 0, by=None)
    assert not Points.objects.filter(generation=first.preview_generation).exists()


def test_points_that_were_brought_along_stay_under_whatever_rules() -> None:
    cycle = CycleFactory.create(design=small_design(rules=[SHARE]))
    group = GroupFactory.create(cycle=cycle)
    Points.objects.create(cycle=cycle, seal=-3, rule="old", group=group, amount=7, at=START, design_number=1)
    happen(cycle, ("idea.shared", "idea:1", group, 0))
    score_all(cycle)
    preview = replay_points(cycle)
    swap_points(cycle, generation=preview.generation, by=None)
    assert totals(cycle, preview.generation) == {group.pk: 17}


def test_a_bundle_has_each_award_once_though_an_act_took_and_gave_back_many() -> None:
    """Two teams took an idea up; it was hidden and shown again: two awards, two reversals, two awards, each told apart."""
    cycle = CycleFactory.create(design=small_design(rules=[{"key": "adopted", "event": "idea.taken_up", "points": 20}]))
    group, *others = [GroupFactory.create(cycle=cycle) for _ in range(3)]
    for number, other in enumerate(others):
        happen(cycle, ("idea.taken_up", "idea:1", group, number), payload={"asker": other.pk})
    happen(cycle, ("idea.hidden", "idea:1", group, 5), payload={"hidden": True})
    happen(cycle, ("idea.hidden", "idea:1", group, 6), payload={"hidden": False})
    score_all(cycle)
    rows = earned_tables(cycle, {group.pk: "ours"}, {})["points"].rows
    given = [(one.number, one.rule, one.group) for one in rows if not one.reverses]
    taken = [(one.reverses, one.rule, one.group) for one in rows if one.reverses]
    assert [one.amount for one in rows] == [20, 20, -20, -20, 20, 20]
    assert (len(set(given)), len(set(taken))) == (4, 2)
    assert set(taken) <= set(given)
    assert all(one.reverses < one.number for one in rows)
