"""The playbooks that come with Ludus are whole: they parse, they launch once an aim is given, what they promise is in them."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from games.journal.rules import Kind
from games.playbooks.expand import has_offsets, merged
from games.playbooks.schema import Design, design_problems, launch_problems, parse_design, read_toml
from leaderboards.engine.facts import Facts, Group
from leaderboards.engine.pipeline import compute

LIBRARY = sorted((Path(__file__).parents[3] / "games" / "playbooks" / "library").glob("*.toml"))
START = datetime(2027, 3, 1, 9, tzinfo=UTC)
AIM = {
    "aim": {"measure": "people with clean water", "unit": "people", "baseline": 0, "target": 1000, "date": "2027-12-31"},
    "checks": {
        "will": "Six partners asked for it.",
        "offer": "Three prizes and a pilot.",
        "networks": {"waived": "A new field."},
    },
}


def design(path: Path) -> Design:
    return parse_design(path.read_text(encoding="utf-8"), start=START)


def test_there_are_at_least_two() -> None:
    assert {path.stem for path in LIBRARY} >= {"innovation-competition", "gamification-season"}


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.stem)
class TestEachPlaybook:
    def test_has_no_fault_and_no_warning(self, path: Path) -> None:
        assert design_problems(path.read_text(encoding="utf-8"), start=START) == []

    def test_counts_its_times_from_the_launch(self, path: Path) -> None:
        assert has_offsets(read_toml(path.read_text(encoding="utf-8")))
        rounds = design(path).rounds
        assert all(one.opens and one.closes for one in rounds)
        assert rounds[0].opens == START

    def test_is_named_like_its_file_and_says_where_it_comes_from_and_how_it_ends(self, path: Path) -> None:
        found = design(path)
        assert found.playbook is not None
        assert found.playbook.key == path.stem
        assert found.playbook.summary
        assert found.playbook.source
        assert found.cycle.ends_when

    def test_asks_for_an_aim_and_three_checks_and_nothing_else(self, path: Path) -> None:
        written = read_toml(path.read_text(encoding="utf-8"))
        assert {one.where for one in launch_problems(design(path))} == {"aim", "checks.will", "checks.offer", "checks.networks"}
        assert launch_problems(parse_design(merged(written, AIM), start=START)) == []

    def test_every_task_serves_the_aim_and_has_a_brief(self, path: Path) -> None:
        assert [task.key for task in design(path).challenges if not task.aim or not task.brief] == []

    def test_every_criterion_says_what_its_marks_mean(self, path: Path) -> None:
        for task in design(path).challenges:
            for criterion in task.criteria:
                described = [level.value for level in criterion.levels]
                assert criterion.optional or described == list(range(int(criterion.min or 0), int(criterion.max or 0) + 1))

    def test_points_are_for_acts_that_the_journal_knows(self, path: Path) -> None:
        events = {one.event for one in (*design(path).rules, *design(path).badges) if one.event}
        assert events <= set(Kind)

    def test_the_engine_computes_it_before_anything_happened(self, path: Path) -> None:
        outcome = compute(design(path), Facts(groups=(Group("a", "Aqua"), Group("b", "Brook"))))
        assert set(outcome.entrants[design(path).rounds[0].key]) == {"a", "b"}
