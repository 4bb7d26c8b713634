"""A Design is read whole, or every fault is named at once with its path."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from games.errors import Problem
from games.playbooks.schema import WARNING, Design, DesignRefused, design_problems, json_schema, launch_problems, parse_design
from games.playbooks.upgraders import PRESENT, UPGRADERS, upgraded

ROOT = Path(__file__).parents[3]
SMALL = """
format = 1
cycle = { key = "c" }
rounds = [{ key = "r" }]
boards = [{ key = "b" }]
challenges = [{ key = "t", criteria = [{ key = "m", min = 0, max = 10 }] }]
"""
CYCLES = sorted((ROOT / "examples").glob("**/cycle.toml"))


def faults(text: str) -> list[str]:
    return [str(problem) for problem in design_problems(text) if problem.code != WARNING]


def with_line(line: str) -> str:
    return SMALL + line


@pytest.mark.parametrize("path", CYCLES, ids=lambda path: path.parent.name)
def test_every_example_is_a_design_that_json_gives_back_equal(path: Path) -> None:
    design = parse_design(path.read_text(encoding="utf-8"))
    assert Design.model_validate(json.loads(json.dumps(design.data()))) == design


def test_numbers_are_exact_and_rounding_stands_in_the_cycle() -> None:
    text = SMALL.replace('{ key = "c" }', '{ key = "c", rounding = "half_even", mark_decimals = 2 }')
    design = parse_design(text.replace("min = 0", "min = 0.1"))
    assert design.challenges[0].criteria[0].min == Fraction(1, 10)
    assert (design.rounding.value, design.mark_decimals) == ("half_even", 2)
    assert "rounding" not in design.data()
    assert Design.model_validate(design.data()) == design


def test_all_faults_are_named_at_once() -> None:
    text = """
format = 1
cycle = { key = "x", nam = "y" }
rounds = [{ keys = ["a", "b"], closez = 3 }]
boards = [{ key = "x", places = "3", weights = { a = "q" } }]
[[challenges]]
key = "p"
criteria = [{ key = "m", maximum = 3 }]
form = [{ key = "t", type = "txt" }, { key = "u", type = "number", choices = ["a"] }]
[[challenges]]
like = "pp"
key = "q"
[checks]
offer = { waved = "" }
"""
    found = faults(text)
    starts = [
        'cycle.toml: challenges[1].like = "pp": no earlier challenge has this key; earlier keys: p',
        "cycle.toml: cycle.nam: unknown key; known: key, name, summary, ",
        'cycle.toml: rounds[0] (key "a").closez: unknown key; known: key, name, opens, closes, ',
        'cycle.toml: rounds[0] (key "b").closez: unknown key',
        "cycle.toml: challenges[0].criteria[0].maximum: unknown key; known: key, name, panel, optional, min, max, step",
        "cycle.toml: challenges[0].form[0].type: expected 'text', 'number', 'choice', 'url' or 'file', found \"txt\"",
        "cycle.toml: challenges[0].form[1]: choices is not for a field of type number; for this type: max, min, step, unit",
        'cycle.toml: boards[0].weights.a: expected a number like 3, -0.25 or 1/3, found "q"',
        "cycle.toml: boards[0].places: expected '1224', '1223' or 'fractional', found \"3\"",
        "cycle.toml: checks.offer.waived: missing key",
        "cycle.toml: checks.offer.waved: unknown key; known: waived",
    ]
    assert [start for start in starts if not any(line.startswith(start) for line in found)] == []
    assert len(found) == len(starts)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("rounding = 'half_even'", "cycle.toml: rounding: unknown key here; it belongs into [cycle]"),
        ("aim = { baseline = 0.5, target = true }", "cycle.toml: aim.target: expected a number, found true"),
        ("tasks = 3", "cycle.toml: tasks: unknown key; known: "),
        ("rules = [{ key = 'p', event = 'Submission', points = 3 }]", "cycle.toml: rules[0].event: expected a text like "),
        ("rules = [{ key = 'p', event = 'a.b', points = 1.5 }]", "cycle.toml: rules[0].points: "),
        ("rules = [{ keys = ['p', 'p'], event = 'a', points = 1 }]", 'cycle.toml: rules: the key "p" is used 2 times'),
        (
            "rules = [{ key = 'p', event = 'a', points = 1, rounds = ['x'] }]",
            'cycle.toml: rules[0].rounds: "x" is not a round; known: r',
        ),
        ("badges = [{ key = 'p' }]", "cycle.toml: badges[0]: exactly one of event, points, streak is needed"),
        ("roles = [{ key = 'x', capabilities = ['fly'] }]", "cycle.toml: roles[0].capabilities[0]: expected 'organize', "),
        ("registration = { min_members = 3, max_members = 2 }", "cycle.toml: registration.max_members: 2 is below min_members 3"),
        (
            "registration = { eligibility = [{ field = 'x', min = 1, message = 'no' }] }",
            'cycle.toml: registration.eligibility[0].field: "x" is not a field of the form; known: none',
        ),
        (
            "registration = { opens = 2027-01-02T00:00:00Z, closes = 2027-01-01T00:00:00Z }",
            "cycle.toml: registration.closes: registration closes 2027-01-01 00:00:00+00:00 before it opens",
        ),
    ],
)
def test_a_fault_is_named_with_its_place(line: str, expected: str) -> None:
    assert any(found.startswith(expected) for found in faults(with_line(line))), faults(with_line(line))


def test_broken_toml_names_line_and_column() -> None:
    assert faults("format = 1\n[cycle\n") == [
        "cycle.toml: this is not valid TOML: Expected ']' at the end of a table declaration (at line 2, column 7)"
    ]


@pytest.mark.parametrize(
    ("times", "message"),
    [
        ("opens = 2027-01-02T00:00:00Z, closes = 2027-01-01T00:00:00Z", "before it opens"),
        ("opens = 2027-01-02, closes = 2027-01-03", "opens"),
        ("opens = 2027-01-02T00:00:00", "has no offset"),
        ("closes = 2027-01-02T00:00:00Z, judging_closes = 2027-01-01T00:00:00Z", "before entries close"),
        ("opens = '+14d'", "counts from a start"),
        ("goal = 5", "only a collective round has a goal"),
    ],
)
def test_times_that_make_no_sense_are_refused(times: str, message: str) -> None:
    found = faults(SMALL.replace('[{ key = "r" }]', f'[{{ key = "r", {times} }}]'))
    assert any(message in line for line in found), found


def test_rounds_may_overlap_only_where_it_is_allowed() -> None:
    rounds = """[{ key = "r", opens = 2027-01-01T00:00:00Z, closes = 2027-02-01T00:00:00Z },
      { key = "s", opens = 2027-01-15T00:00:00Z, closes = 2027-02-15T00:00:00Z }]"""
    text = SMALL.replace('[{ key = "r" }]', rounds)
    assert any('before round "r" closes' in line for line in faults(text))
    assert faults(text.replace('key = "s",', 'key = "s", overlap = true,')) == []


@pytest.mark.parametrize(
    ("challenge", "message"),
    [
        ("format = 'automatic'", "needs an answer"),
        ("answer = { kind = 'flag', values = ['x'] }", "only a challenge of format automatic has an answer"),
        ("format = 'automatic', answer = { kind = 'flag' }", "values or hashes is needed"),
        ("format = 'automatic', answer = { kind = 'flag', hashes = ['x'] }", "expected a text like ^sha256"),
        ("format = 'automatic', answer = { value = 3 }", "the key kind is missing"),
        ("format = 'automatic', answer = { kind = 'number', value = 'x' }", "expected a number like"),
        (
            "format = 'automatic', answer = { kind = 'quiz', questions = [{ key = 'q', name = 'Q', choices = ['a', 'b'], correct = ['c'] }] }",
            '"c" is not among the choices',
        ),
        ("max_attempts = 3", "only attempts, measured and automatic challenges have attempts"),
        ("criteria = [{ key = 'm', min = 1, max = 5, levels = [{ value = 6, text = 'x' }] }]", "the value 6 is outside 1 to 5"),
        ("form = [{ keys = ['a', 'a'] }]", 'the key "a" is used 2 times'),
        ("form = [{ key = 'a', type = 'choice' }]", "needs choices"),
        ("form = [{ key = 'a', type = 'number', min = 3, max = 2 }]", "min is above max"),
    ],
)
def test_a_task_that_cannot_be_done_is_refused(challenge: str, message: str) -> None:
    text = SMALL.replace("challenges = [", f"challenges = [{{ key = 'x', {challenge} }}, ")
    assert any(message in line for line in faults(text)), faults(text)


def test_the_public_design_holds_no_answers() -> None:
    text = SMALL.replace(
        "challenges = [", "challenges = [{ key = 'x', format = 'automatic', answer = { kind = 'flag', values = ['secret'] } }, "
    )
    design = parse_design(text)
    assert "secret" in json.dumps(design.data())
    assert "secret" not in json.dumps(design.public())


def test_refusal_carries_every_problem() -> None:
    with pytest.raises(DesignRefused, match=r"The design has 2 faults: cycle\.toml: cycle\.key: missing key") as refused:
        parse_design("format = 1\ncycle = { nam = 'x' }\nrounds = [{ key = 'r' }]\n")
    assert [type(problem) for problem in refused.value.problems] == [Problem, Problem]


def test_a_launch_needs_an_aim_and_three_checks_or_a_reason_without() -> None:
    where = [problem.where for problem in launch_problems(parse_design(SMALL))]
    assert where == ["aim", "aim", "aim", "aim", "challenges", "checks.will", "checks.offer", "checks.networks"]
    waived = """
aim = { waived = "A rehearsal; nothing is to be reached." }
checks = { will = "The six partners asked for it.", offer = { waived = "A rehearsal." }, networks = "The partners' own lists." }
"""
    assert launch_problems(parse_design(SMALL + waived)) == []


def test_the_aim_counts_when_a_challenge_serves_it() -> None:
    aim = "aim = { measure = 'wells', baseline = 0, target = 0.5, date = 2027-06-01 }"
    text = SMALL.replace('key = "t",', 'key = "t", aim = "Adds wells.",') + aim
    design = parse_design(text)
    assert design.aim.gaps == ()
    assert design.aim.date == date(2027, 6, 1)
    assert [problem.where for problem in launch_problems(design)] == ["checks.will", "checks.offer", "checks.networks"]


def test_offsets_become_times_at_launch() -> None:
    text = SMALL.replace('[{ key = "r" }]', '[{ key = "r", opens = "+0d", closes = "+14d17:00" }]')
    design = parse_design(text, start=datetime(2027, 1, 4, 9, tzinfo=UTC))
    assert design.rounds[0].closes == datetime(2027, 1, 18, 17, tzinfo=UTC)


def test_plain_data_reads_like_toml() -> None:
    data: dict[str, Any] = {"format": 1, "cycle": {"key": "c"}, "rounds": [{"key": "r"}], "boards": [{"key": "b"}]}
    data["challenges"] = [{"key": "t", "criteria": [{"key": "m", "min": 0, "max": 10, "step": Decimal("0.5")}]}]
    assert parse_design(data).challenges[0].criteria[0].step == Fraction(1, 2)


def test_format_0_is_still_read() -> None:
    old = SMALL.replace("format = 1", 'format = 0\ntitle = "Old days"').replace("boards =", "rankings =")
    design = parse_design(old)
    assert (design.format, design.cycle.name, design.boards[0].key) == (1, "Old days", "b")


def test_every_older_format_has_an_upgrader() -> None:
    assert sorted(UPGRADERS) == list(range(PRESENT))


@pytest.mark.parametrize("written", [{}, {"format": 2}, {"format": "1"}, {"format": True}, {"format": -1}])
def test_an_unknown_format_is_refused(written: dict[str, object]) -> None:
    assert [problem.where for problem in upgraded(written)[1]] == ["format"]


def test_the_json_schema_in_the_docs_is_current() -> None:
    path = ROOT / "docs" / "bundle.schema.json"
    assert json.loads(path.read_text(encoding="utf-8")) == json_schema(), (
        "run: python -m games.playbooks.schema docs/bundle.schema.json"
    )
