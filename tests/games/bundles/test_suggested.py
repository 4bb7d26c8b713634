"""Suggestions to the rules go out with a cycle for its organizers, and come in as they were decided."""

from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now

from games.bundles.actions import export_cycle, export_files, import_path
from games.bundles.queries.cycle import bundle_of
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.cycles.models import Cycle
from games.suggestions.models import Suggestion
from tests.factories.changes import Told, told
from tests.games.bundles.conftest import Build

pytestmark = pytest.mark.django_db
RULES = """
format = 1
cycle = { key = "talk", name = "Talk" }
rounds = [{ key = "one" }]
challenges = [{ key = "c", criteria = [{ key = "m", min = 0, max = 100 }] }]
boards = [{ key = "r" }]
"""
FILES = {"cycle.toml": RULES, "groups.csv": "group\na\nb\n", "marks.csv": "group,judge,value\na,j,70\n"}
HEAD = "number,title,why,state,at,group,change,diff,ruling,applied,version\n"
DAY = "2026-03-01T10:00:00Z"


@pytest.fixture
def story() -> Told:
    """One that is open, in words; one that became a rule in the organizers' own words; one whose author would not be named."""
    found = told()
    cycle, group = Cycle.objects.get(pk=found.played.cycle.pk), found.played.groups["aqua"]
    change, ruling = [{"path": "cycle.summary", "value": 'Água, "clear"'}], [{"path": "cycle.summary", "value": None}]
    diff = [{"path": "cycle.summary", "before": None, "after": "Água"}]
    common: dict[str, Any] = {"cycle": cycle, "why": "So\nbe it.", "at": now()}
    Suggestion.objects.create(number=1, title="Open", group=group, **common)
    Suggestion.objects.create(
        number=2,
        title="A rule",
        group=group,
        change=change,
        ruling=ruling,
        diff=diff,
        state="accepted",
        answer="Yes.",
        decided_at=now(),
        applied_at=now(),
        design_number=3,
        **common,
    )
    Suggestion.objects.create(number=4, title="Unnamed", named=False, state="declined", decided_at=now(), **common)
    return found


def kept(cycle: Cycle) -> list[Any]:
    """Everything that is told, without ids."""
    words = ("number", "title", "why", "state", "at", "group__key", "named", "change", "diff", "ruling", "answer")
    return list(
        Suggestion.objects.filter(cycle=cycle).order_by("number").values_list(*words, "decided_at", "applied_at", "design_number")
    )


def test_they_go_out_and_come_in_as_they_were(story: Told, tmp_path: Path) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    assert kept(copy) == kept(cycle)
    assert bundle_of(copy).tables.suggestions == read_bundle(tmp_path / "out.zip").tables.suggestions


def test_they_are_for_organizers_alone(story: Told) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    for audience in ("public", "judges"):
        assert "suggestions.csv" not in dict(export_files(cycle, audience=audience))


@pytest.mark.parametrize(
    ("rows", "column"),
    [
        (f"1,T,W,open,{DAY},,,,,,\n1,T,W,open,{DAY},,,,,,\n", "number"),
        (f"1,T,W,open,{DAY},nobody,,,,,\n", "group"),
        (f"1,T,W,open,{DAY},a,nonsense,,,,\n", "change"),
        (f'1,T,W,open,{DAY},a,"[{{""path"":""rounds[0]""}}]",,,,\n', "change"),
        (f'1,T,W,open,{DAY},a,,"[{{""path"":""x""}}]",,,\n', "diff"),
        (f"1,T,W,open,{DAY},a,,,,{DAY},2\n", "version"),
        (f"1,T,W,accepted,{DAY},a,,,,,2\n", "version"),
    ],
)
def test_a_fault_is_named_with_its_place(build: Build, rows: str, column: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        import_path(build(FILES | {"suggestions.csv": HEAD + rows}))
    assert [(one.where.split(",")[0].split(" ")[0], column in one.where) for one in refused.value.problems] == [
        ("suggestions.csv", True)
    ]
