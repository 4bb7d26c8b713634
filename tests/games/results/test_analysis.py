"""Analyses are kept beside the standings: made once for the same marks, forgotten with them, read typed."""

from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.bundles.actions import import_path
from games.challenges.models import Challenge
from games.judging.models import Mark, Sheet
from games.judging.rules import SheetState
from games.results.actions import analyses as making
from games.results.actions import recompute_now, request_refresh
from games.results.models import PanelAnalysis
from games.results.queries.analysis import analysed_panels, analyses_of, analysis_of
from leaderboards import computing
from tests.factories.results import water
from tests.games.bundles.test_examples import EXAMPLES
from worker.steps import do_step

pytestmark = pytest.mark.django_db


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The panels that were analysed, in order."""
    done: list[str] = []
    real = making.analyse

    def analyse(table, **options):
        done.append(f"{table.challenge}.{table.panel}")
        return real(table, **options)

    monkeypatch.setattr(making, "analyse", analyse)
    return done


def test_every_panel_with_sheets_is_analysed_once_for_the_same_marks(counted: list[str]) -> None:
    played = water()
    recompute_now(played.cycle)
    assert counted == ["concept.jury"]
    recompute_now(played.cycle)
    assert counted == ["concept.jury"]
    Mark.objects.filter(sheet__group__key="cloud", criterion="impact").update(value=50_000)
    recompute_now(played.cycle)
    assert counted == ["concept.jury"] * 2


def test_a_refresh_by_a_worker_leaves_them_too() -> None:
    played = water()
    run = request_refresh(played.cycle)
    assert do_step(run.pk) is not None
    assert analysed_panels(played.cycle) == [(played.challenges["concept"].pk, "jury")]


def test_what_nobody_marks_any_more_is_forgotten() -> None:
    played = water()
    recompute_now(played.cycle)
    PanelAnalysis.objects.create(challenge=played.challenges["concept"], panel="gone", body={})
    Sheet.objects.filter(challenge=played.challenges["concept"]).update(state=SheetState.DRAFT.value)
    recompute_now(played.cycle)
    assert not PanelAnalysis.objects.exists()


def test_it_is_read_typed_in_one_statement() -> None:
    played = water()
    recompute_now(played.cycle)
    with CaptureQueriesContext(connection) as statements:
        found = analysis_of(played.challenges["concept"], "jury")
    assert len(statements) == 1
    assert found is not None
    assert (found.method, found.applied, found.why) == ("mean", False, "there are fewer than 4 judges (3)")
    aqua = found.entry("aqua")
    assert aqua is not None
    assert (aqua.place, aqua.place_raw, aqua.moved, aqua.sheets) == (1, 1, 0, 3)
    assert aqua.raw == Fraction("81.666667")
    assert 0 < aqua.top[1] <= 1
    assert {one.judge for one in found.judges} == {one.key for one in played.judges[:3]}
    assert found.judge(played.judges[0].key) is not None
    assert (found.judge("nobody"), found.entry("nobody"), analysis_of(played.challenges["prototype"], "jury")) == (
        None,
        None,
        None,
    )


@pytest.mark.parametrize(("name", "panels"), [("chopin-2025", 2), ("skating-worlds-2017", 8)])
def test_an_import_leaves_the_analyses_of_real_competitions(name: str, panels: int) -> None:
    [cycle] = import_path(EXAMPLES / name)
    found = analyses_of(cycle)
    assert len(found) == panels
    for one in found:
        assert (one.why, one.components, one.applied) == ("", 1, False)
        assert one.reliability is not None
        assert 0 < one.reliability < 1
        assert all(each.low <= each.place <= each.high for each in one.entries)


def test_chopin_stage_one_says_who_is_mild() -> None:
    [cycle] = import_path(EXAMPLES / "chopin-2025")
    recital = Challenge.objects.get(round__cycle=cycle, round__key="stage1")
    found = analysis_of(recital, "jury")
    assert found is not None
    mild = max(found.judges, key=lambda one: one.offset)
    strict = min(found.judges, key=lambda one: one.offset)
    assert (mild.judge, f"{float(mild.offset):.2f}") == ("sa-chen", "1.98")
    assert (strict.judge, f"{float(strict.offset):.2f}") == ("krzysztof-jablonski", "-2.02")
    assert found.entries[0].group == "29"


def test_the_example_of_the_docs_is_true() -> None:
    """docs/judges.md explains pianist 28."""
    [cycle] = import_path(EXAMPLES / "chopin-2025")
    found = analysis_of(Challenge.objects.get(round__cycle=cycle, round__key="stage1"), "jury")
    assert found is not None
    one = found.entry("28")
    assert one is not None
    assert (f"{float(one.raw):.2f}", one.place_raw, f"{float(one.adjusted):.2f}", one.place) == ("19.69", 36, "19.64", 39)
    assert (one.low, one.high) == (pytest.approx(22, abs=1), pytest.approx(56, abs=1))
    assert float(one.top[40]) == pytest.approx(0.6, abs=0.03)
    assert sum(each.sheets for each in found.judges) == 1395
    absent = found.judge("dang-thai-son")
    assert absent is not None
    assert f"{float(absent.offset):.2f}" == "-0.69"


def test_a_web_process_leaves_the_analyses_of_an_import_to_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computing, "_light", [True])
    [cycle] = import_path(EXAMPLES / "chopin-2025")
    assert not PanelAnalysis.objects.exists()
    monkeypatch.setattr(computing, "_light", [])
    run = cycle.runs.get()
    assert do_step(run.pk) is not None
    assert len(analysed_panels(cycle)) == 2
