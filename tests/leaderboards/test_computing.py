"""A web process computes everything that pages need, and never loads the heavy libraries."""

import subprocess
import sys
from pathlib import Path

import pytest

from leaderboards import computing
from leaderboards.engine import pipeline
from leaderboards.engine.facts import Facts
from tests.leaderboards.engine.building import groups, read
from tests.leaderboards.engine.severity.test_pipeline import EIGHT, marked, scoring

ROOT = Path(__file__).parents[2]
SERVING = """
import sys
import {entry}
from games.playbooks.schema import parse_design
from leaderboards import computing
from leaderboards.engine.facts import Facts
from tests.leaderboards.engine.building import groups
from tests.leaderboards.engine.severity.test_pipeline import EIGHT, JURY, marked
import tomllib
rules = tomllib.loads("format = 1\\ncycle = {{ key = 'c' }}" + JURY.format(combine="sum", fold="severity", more=""))
design = parse_design(rules, file="")
outcome = computing.compute(design, Facts(groups=groups(*EIGHT), marks=marked(strict=4)))
print(outcome.boards["b"].rows[0].score, outcome.offsets["r", "c", "jury", "x"].offsets["j0"])
print(*[name for name in ("numpy", "scipy", "ortools") if name in sys.modules])
"""


@pytest.mark.parametrize("entry", ["backend.wsgi", "backend.asgi"])
def test_a_web_process_leaves_statistics_to_a_child_and_gets_the_same(entry):
    done = subprocess.run(
        [sys.executable, "-c", SERVING.format(entry=entry)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    told, heavy = done.stdout.split("\n")[:2]
    here = pipeline.compute(scoring(), Facts(groups=groups(*EIGHT), marks=marked(strict=4)))
    assert told == f"{here.boards['b'].rows[0].score} {here.offsets['r', 'c', 'jury', 'x'].offsets['j0']}"
    assert heavy == ""


def test_the_child_is_asked_only_for_statistics_and_only_by_who_stays_light(monkeypatch):
    asked = []
    monkeypatch.setattr(computing, "_elsewhere", lambda work, *_rest: asked.append(work))
    facts = Facts(groups=groups(*EIGHT), marks=marked())
    computing.compute(scoring(), facts)
    monkeypatch.setattr(computing, "_light", [True])
    computing.compute(scoring("mean"), facts)
    computing.reveal(scoring("mean"), facts, "b")
    assert asked == []
    computing.compute(scoring(), facts)
    computing.reveal(scoring(), facts, "b")
    assert asked == ["compute", "reveal"]


def test_pairs_and_severities_are_statistics_and_means_are_not():
    pairs = read('rounds = [{ key = "r" }]\nchallenges = [{ key = "c", format = "pairwise" }]\nboards = [{ key = "b" }]')
    assert [computing.is_statistical(one) for one in (pairs, scoring(), scoring("mean"))] == [True, True, False]
