"""A cycle whose panel takes severities off comes in, goes out, comes in again and proves itself, number by number."""

import random
from pathlib import Path

import pytest

from games.bundles.actions import export_cycle, import_bundle
from games.bundles.reading import read_bundle, read_path
from games.bundles.verify import verify
from games.results.models import ChallengeScore, PanelAnalysis
from games.results.queries.analysis import analysis_of
from games.rounds.models import Round
from leaderboards.engine.numbers import parse
from leaderboards.models import Standing
from tests.games.bundles.conftest import Build
from worker.steps import recompute_now, settle_now

pytestmark = pytest.mark.django_db

RULES = """
format = 1
cycle = {{ key = "fair", timezone = "UTC" }}
rounds = [{{ key = "one", opens = 2024-01-01T09:00:00, closes = 2024-01-02T09:00:00 }}]
boards = [{{ key = "end" }}]
[[challenges]]
key = "task"
criteria = [{{ key = "idea", min = 0, max = 10 }}, {{ key = "craft", min = 0, max = 10 }}]
panels = [{{ key = "jury", {panel} }}]
"""
PANELS = {
    "severity": 'combine = "severity"',
    "sheets": 'combine = "severity", per = "sheet"',
    "clipped": 'combine = "severity_clip", band = { width = 1.5, around = "median" }',
}


def files(panel: str, judges: int = 5) -> dict[str, str]:
    """Ten groups, each read by three; the first judge marks two lower."""
    dice = random.Random(3)
    rows = ["round,challenge,group,judge,criterion,value"]
    for group in range(10):
        for judge in dice.sample(range(judges), 3):
            for criterion in ("idea", "craft"):
                value = min(10, max(0, 3 + group // 2 + dice.randint(-1, 1) - 2 * (judge == 0)))
                rows.append(f"one,task,g{group},j{judge},{criterion},{value}")
    names = "\n".join(f"g{group},Group {group}" for group in range(10))
    return {
        "cycle.toml": RULES.format(panel=PANELS[panel]),
        "groups.csv": f"group,name\n{names}\n",
        "marks.csv": "\n".join(rows) + "\n",
    }


def told(cycle) -> list:
    rows = Standing.objects.filter(board__scope=cycle.pk).order_by("audience", "rank")
    scores = ChallengeScore.objects.filter(challenge__round__cycle=cycle).order_by("group__key")
    return [
        list(rows.values_list("audience", "entry", "place", "score", "values")),
        list(scores.values_list("group__key", "score", "values", "explanation")),
        list(PanelAnalysis.objects.filter(challenge__round__cycle=cycle).values_list("panel", "digest", "body")),
    ]


@pytest.mark.parametrize("panel", list(PANELS))
def test_out_and_in_again_is_equal_and_verifies(panel: str, build: Build, tmp_path: Path) -> None:
    cycle = import_bundle(read_bundle(build(files(panel))))
    settle_now(Round.objects.get(cycle=cycle), by=None)
    export_cycle(cycle, tmp_path / "out")
    bundle = read_bundle(tmp_path / "out")
    found = verify(bundle)
    assert (found.differences, found.left_out) == ((), ())
    assert found.compared["snapshot digest"] == 1
    copy = import_bundle(bundle, key="again")
    assert told(copy) == told(cycle)
    recompute_now(copy)
    assert told(copy) == told(cycle)


def test_the_explanation_shows_what_was_given_and_what_was_used(build: Build) -> None:
    cycle = import_bundle(read_bundle(build(files("severity"))))
    recompute_now(cycle)
    score = ChallengeScore.objects.get(challenge__round__cycle=cycle, group__key="g4")
    analysis = analysis_of(score.challenge, "jury")
    assert analysis is not None
    assert analysis.applied
    assert [one.criterion for one in analysis.taken] == ["craft", "idea"]
    for panel in score.explanation["panels"]:
        taken = next(one.offsets for one in analysis.taken if one.criterion == panel["criterion"])
        assert all(parse(mark[1]) - taken[mark[0]] == parse(mark[2]) for mark in panel["marks"])
    marks = [mark for panel in score.explanation["panels"] for mark in panel["marks"]]
    assert {mark[3] for mark in marks} == {"adjusted"}
    assert all(mark[1] != mark[2] for mark in marks)
    assert all(len(mark[2].partition(".")[2]) <= 6 for mark in marks)


def test_an_import_that_cannot_be_adjusted_says_so(build: Build) -> None:
    warned = [str(one) for one in read_path(build(files("severity", judges=3))).warnings]
    assert warned == [
        (
            'cycle.toml: challenge "task" in round "one": panel "jury" (idea, craft): the judges\' severity is not taken off,'
            " because there are fewer than 4 judges (3): the mean counts"
        )
    ]
