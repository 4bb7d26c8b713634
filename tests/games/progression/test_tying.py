"""A tie at a cut: found in the standings, talked about by those who judged, decided with a reason; the cut takes it as it is."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Decision
from games.errors import GameError
from games.judging.actions.deliberating import close_deliberation, open_deliberation
from games.judging.models import Deliberation, Sheet
from games.judging.rules.talking import DeliberationRefused, LooksMissing
from games.progression import actions
from games.results.models import PanelAnalysis, RecomputeRun
from games.results.queries.ties import CutTie, ties_of
from games.rounds.models import Entrant
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.results import Played, water
from tests.factories.submissions import without_designs
from worker.steps import recompute_now, settle_now

pytestmark = pytest.mark.django_db
API = "/api/v1"
DECIDE = [{"board": "call", "to": "final", "first": 2, "ties": "decide", "wildcards": 1}]


@pytest.fixture
def played() -> Played:
    found = water(cuts=DECIDE)
    recompute_now(found.cycle)
    return found


def tie(played: Played) -> CutTie:
    return ties_of(played.cycle)[0]


def begun(played: Played, why: str = "Level at the line.") -> list[Deliberation]:
    return actions.open_tie(cycle=played.cycle, tie=tie(played), why=why, by=None)


def advanced() -> set[str]:
    return set(Decision.objects.filter(kind="advance", board="call", revoked_at=None).values_list("group", flat=True))


def test_who_shares_the_place_at_the_line_is_found(played: Played) -> None:
    assert tie(played) == CutTie("call", "call", "final", 1, ("brook", "delta"))
    actions.settle_tie(cycle=played.cycle, tie=tie(played), chosen=["delta"], reason="Drawn by lot.", by=None)
    assert ties_of(played.cycle) == []
    assert advanced() == {"delta", "estuary"}


def test_each_tied_entry_is_talked_about_with_its_marks_kept_and_all_are_decided_at_once(played: Played) -> None:
    talks = begun(played)
    assert {one.group.key for one in talks if one.group} == {"brook", "delta"}
    assert all(one.before and one.tie["slots"] == 1 for one in talks)
    with pytest.raises(DeliberationRefused, match="talked about already"):
        begun(played)
    with pytest.raises(DeliberationRefused, match="belongs to a tie"):
        close_deliberation(deliberation=talks[0], outcome="Only this one.", by=None)
    with pytest.raises(LooksMissing):
        actions.publish_round(played.rounds["call"], by=None)
    for chosen, says in (([], "choose 1 of them"), (["brook", "delta"], "Choose 1"), (["aqua"], "Choose 1")):
        with pytest.raises(DeliberationRefused, match=says):
            actions.decide_tie(deliberation=talks[0], chosen=chosen, outcome="Why not.", by=None)
    assert not Deliberation.objects.filter(state="closed").exists()
    closed = actions.decide_tie(deliberation=talks[0], chosen=["delta"], outcome="Delta measured longer.", by=None)
    assert {(one.state, one.outcome, bool(one.after)) for one in closed} == {("closed", "Delta measured longer.", True)}
    assert Decision.objects.get(kind="advance", group="delta").reason == "Delta measured longer."
    assert Decision.objects.filter(kind="deliberate").count() == 2
    settle_now(played.rounds["call"], by=None)
    assert set(Entrant.objects.values_list("group__key", flat=True)) == {"aqua", "delta", "estuary"}
    assert Decision.objects.get(kind="advance", group="delta").published_at is not None


def test_nothing_is_decided_while_a_sheet_is_marked_anew_or_places_are_computed(played: Played) -> None:
    talks = begun(played)
    sheet = Sheet.objects.filter(group__key="delta", state="final").first()
    Sheet.objects.filter(pk=sheet.pk if sheet else 0).update(state="draft")
    with pytest.raises(DeliberationRefused, match="marked anew"):
        actions.decide_tie(deliberation=talks[0], chosen=["delta"], outcome="Delta.", by=None)
    Sheet.objects.filter(pk=sheet.pk if sheet else 0).update(state="final")
    run = RecomputeRun.objects.create(cycle=played.cycle, kind="refresh", step="results")
    with pytest.raises(DeliberationRefused, match="being computed"):
        actions.decide_tie(deliberation=talks[0], chosen=["delta"], outcome="Delta.", by=None)
    run.delete()
    assert actions.decide_tie(deliberation=talks[0], chosen=["delta"], outcome="Delta.", by=None)


def test_a_tie_that_the_marks_have_undone_is_closed_without_choosing(played: Played) -> None:
    talks = begun(played)
    sheet = Sheet.objects.filter(group__key="delta", state="final").first()
    assert sheet is not None
    sheet.marks.filter(criterion="impact").update(value=50_000)
    recompute_now(played.cycle)
    with pytest.raises(DeliberationRefused, match="tied no more"):
        actions.decide_tie(deliberation=talks[0], chosen=["delta"], outcome="Delta.", by=None)
    actions.decide_tie(deliberation=talks[0], chosen=[], outcome="Marked anew: no tie.", by=None)
    assert advanced() == {"estuary"}


def test_who_cannot_be_told_apart_across_the_line_changes_places_only_by_decision() -> None:
    played = water(cuts=[{"board": "call", "to": "final", "first": 1, "ties": "decide", "wildcards": 1}])
    recompute_now(played.cycle)
    rows = [{"group": key, "place": at, "tied_with": with_} for at, (key, with_) in enumerate(CLOSE, 1)]
    PanelAnalysis.objects.filter(challenge=played.challenges["concept"]).delete()
    PanelAnalysis.objects.create(challenge=played.challenges["concept"], panel="jury", body={"entries": rows})
    found = tie(played)
    assert (found.exact, found.slots, found.inside, set(found.groups)) == (False, 1, ("aqua",), {"aqua", "brook"})
    talks = begun(played)
    actions.decide_tie(deliberation=talks[0], chosen=["brook"], outcome="Brook's method holds.", by=None)
    taken = Decision.objects.filter(reason="Brook's method holds.", kind__in=["advance", "stop"])
    assert set(taken.values_list("kind", "group", "board")) == {("advance", "brook", ""), ("stop", "aqua", "")}
    settle_now(played.rounds["call"], by=None)
    assert set(Entrant.objects.values_list("group__key", flat=True)) == {"brook", "estuary"}


def test_a_line_across_what_several_panels_add_up_to_is_close_too() -> None:
    played = water(cuts=[{"board": "call", "to": "final", "first": 1, "ties": "decide", "wildcards": 1}])
    recompute_now(played.cycle)
    PanelAnalysis.objects.filter(challenge=played.challenges["concept"]).delete()
    boards = {"call": {"tied": dict(CLOSE), "why": ""}}
    for panel, body in (("crowd", {"entries": []}), ("jury", {"entries": [], "boards": boards})):
        PanelAnalysis.objects.create(challenge=played.challenges["concept"], panel=panel, body=body)
    found = tie(played)
    assert (found.exact, found.inside, set(found.groups)) == (False, ("aqua",), {"aqua", "brook"})


CLOSE = (("aqua", ["brook"]), ("brook", ["aqua"]), ("delta", []))


def test_the_order_may_stand_after_a_talk() -> None:
    played = water(cuts=[{"board": "call", "to": "final", "first": 1, "ties": "decide", "wildcards": 1}])
    recompute_now(played.cycle)
    rows = [{"group": key, "place": at, "tied_with": with_} for at, (key, with_) in enumerate(CLOSE, 1)]
    PanelAnalysis.objects.filter(challenge=played.challenges["concept"]).delete()
    PanelAnalysis.objects.create(challenge=played.challenges["concept"], panel="jury", body={"entries": rows})
    talks = begun(played)
    actions.decide_tie(deliberation=talks[0], chosen=["aqua"], outcome="It stands.", by=None)
    assert not Decision.objects.filter(kind__in=["advance", "stop"], reason="It stands.").exists()
    assert Decision.objects.filter(kind="deliberate", reason="It stands.").count() == 2


def test_one_that_was_talked_about_before_becomes_part_of_the_tie(played: Played) -> None:
    task, group = played.challenges["concept"], played.groups["delta"]
    before = open_deliberation(challenge=task, panel="jury", group=group, why="Far apart.", by=None)
    assert before in begun(played)
    assert Deliberation.objects.count() == 2


def test_looking_takes_the_same_statements_for_few_and_many(played: Played) -> None:
    def count() -> int:
        with CaptureQueriesContext(connection) as sent:
            ties_of(played.cycle)
        return len(without_designs(sent))

    few = count()
    for number in range(30):
        group = played.cycle.groups.create(key=f"g{number}", name=f"Group {number}")
        played.groups[group.key] = group
        played.sheet("concept", group.key, "jury", 0, {"impact": 1, "novelty": 1, "feasibility": 1})
    recompute_now(played.cycle)
    assert count() == few <= 5


@pytest.mark.outsider("round-tie-ties", "round-tie-begin", "tie-talk-settle")
def test_over_the_api(played: Played) -> None:
    org, chair, judge, eve = (actor(name) for name in ("org", "chair", "judge", "eve"))
    held: dict[str, Any] = {"group": None, "cycle": played.cycle}
    MembershipFactory.create(person=org.person, role="organizer", capabilities=["organize"], **held)
    for someone in (chair, judge):
        MembershipFactory.create(person=someone.person, role="judge", capabilities=["judge"], **held)
    task = played.challenges["concept"]
    task.panelists.create(panel="jury", person=chair.person, chair=True)
    Sheet.objects.create(challenge=task, panel="jury", group=played.groups["delta"], judge=judge.person)
    path = f"{API}/rounds/{played.rounds['call'].pk}/ties"
    listed = org.api.get(path).json()
    assert [(one["groups"], one["slots"], one["deliberations"]) for one in listed] == [(["brook", "delta"], 1, [])]
    asked = {"board": "call", "to": "final", "why": "Level."}
    for other in (chair, judge, eve):
        assert other.api.get(path).status_code == 404
        assert other.api.post(path, asked).status_code == 404
    assert org.api.post(path, asked | {"board": "result"}).status_code == 409
    tied = org.api.post(path, asked).json()
    assert len(tied["deliberations"]) == 2
    settle = f"{API}/deliberations/{tied['deliberations'][0]}/settle"
    decided = {"go": ["delta"], "outcome": "Delta measured longer."}
    for other in (judge, eve):
        assert other.api.post(settle, decided, format="json").status_code == 404
    refused = chair.api.post(settle, decided | {"go": []}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "deliberation_refused")
    assert chair.api.post(settle, decided, format="json").json() == {"deliberations": tied["deliberations"]}
    assert Decision.objects.get(kind="advance", group="delta").reason == "Delta measured longer."
    with pytest.raises(GameError):
        actions.decide_tie(deliberation=Deliberation.objects.all()[0], chosen=[], outcome="Again.", by=None)
