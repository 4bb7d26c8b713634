"""What was measured and tried goes out with a cycle for its organizers, and comes in as it was told."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.utils.timezone import now

from games.bundles.actions import export_cycle, export_files, import_path
from games.bundles.queries.cycle import bundle_of
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.cycles.models import Cycle
from games.ideas.models import Idea
from games.learning.models import ChangeTest, Observation, Reading, Taken
from games.learning.queries import latest_of
from games.learning.rules import Act
from games.rounds.models import Round
from games.submissions.models import Submission, Version
from tests.factories.changes import Told, told
from tests.factories.learning import an_idea, finished, planned, studied
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


@pytest.fixture
def story() -> Told:
    """Three values, one of them corrected, one a group's own; a test that is planned, one that is studied, one that is finished."""
    found = told()
    cycle = Cycle.objects.get(pk=found.played.cycle.pk)
    group = found.played.groups["aqua"]
    for month, value, note, extra in (
        (3, 120_250_000, "The first count.", {"replaced_at": now()}),
        (3, 121_000_000, "Counted again.", {}),
        (4, 130_000_000, "The second count.", {}),
        (4, 7_000_000, "Our own count.", {"group": group}),
    ):
        Observation.objects.create(cycle=cycle, period=date(2026, month, 1), value=value, note=note, at=now(), **extra)
    planned(group, title="Planned secretly")
    studied(found.played.groups["brook"])
    finished(group, act=Act.ADAPT, by=found.ada.user)
    return found


def kept(cycle: Cycle) -> list[Any]:
    """Everything that is told, without ids."""
    values = Observation.objects.filter(cycle=cycle).order_by("period", "value")
    tests = ChangeTest.objects.filter(cycle=cycle).order_by("number")
    words = ("number", "group__key", "round__key", "title", "prediction", "done", "data", "learned", "state", "act")
    return [
        list(values.values_list("measure", "group__key", "period", "value", "note", "at", "replaced_at")),
        list(tests.values_list(*words, "created_at", "began_at", "acted_at")),
    ]


def test_they_go_out_and_come_in_as_they_were(story: Told, tmp_path: Path) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    assert kept(copy) == kept(cycle)
    assert (len(kept(copy)[0]), len(kept(copy)[1])) == (4, 3)
    tables, again = bundle_of(cycle).tables, bundle_of(copy).tables
    assert (again.observations, again.change_tests) == (tables.observations, tables.change_tests)
    assert latest_of([copy])[copy.pk].value == latest_of([cycle])[cycle.pk].value


def test_the_evidence_for_an_idea_comes_in_with_its_tests(tmp_path: Path) -> None:
    found = told()
    idea = an_idea(found.played.groups["brook"])
    finished(found.played.groups["aqua"], idea)
    cycle = Cycle.objects.get(pk=found.played.cycle.pk)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    assert Idea.objects.get(cycle=copy).grade == Idea.objects.get(pk=idea.pk).grade == "C"


def test_everybody_gets_the_values_of_the_aim_and_nobody_a_teams_tests(story: Told) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    for audience in ("public", "judges"):
        files = export_files(cycle, audience=audience)
        assert "change_tests.csv" not in files
        values = files["observations.csv"].decode()
        assert "The second count." in values
        assert "Our own count." not in values
        assert "Planned secretly" not in "\n".join(content.decode(errors="replace") for content in files.values())


@pytest.mark.parametrize(
    ("name", "table", "found"),
    [
        ("observations", "measure,period,value,at\naim,2026-13-01,1,2026-03-01T00:00:00Z\n", "row 2, column period"),
        ("observations", "measure,period,value,at\naim,2026-03-01,0.1234567,2026-03-01T00:00:00Z\n", "at most 6 decimals"),
        ("observations", "measure,period,value,at\naim,2026-03-01,,2026-03-01T00:00:00Z\n", "column value"),
        ("observations", "measure,period,value,at,group\naim,2026-03-01,1,2026-03-01T00:00:00Z,x\n", '"x" is not in groups.csv'),
        (
            "observations",
            "measure,period,value,at\naim,2026-03-01,1,2026-03-01T00:00:00Z\naim,2026-03-01,2,2026-03-02T00:00:00Z\n",
            "row 3, column period: two values",
        ),
        (
            "change_tests",
            "number,group,title,prediction,state,at\n1,x,t,p,planned,2026-03-01T00:00:00Z\n",
            '"x" is not in groups.csv',
        ),
        ("change_tests", "number,group,title,prediction,state,at\n1,a,t,p,doing,2026-03-01T00:00:00Z\n", "column done"),
        (
            "change_tests",
            "number,group,title,prediction,state,at,act\n1,a,t,p,planned,2026-03-01T00:00:00Z,adopt\n",
            "column act",
        ),
        ("change_tests", "number,group,title,prediction,state,at,idea\n1,a,t,p,planned,2026-03-01T00:00:00Z,4\n", "ideas.csv"),
        (
            "change_tests",
            "number,group,title,prediction,state,at,round\n1,a,t,p,planned,2026-03-01T00:00:00Z,x\n",
            "column round",
        ),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_written(build: Build, name: str, table: str, found: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        read_bundle(build(FILES | {f"{name}.csv": table}))
    assert any(found in str(problem) for problem in refused.value.problems), [str(one) for one in refused.value.problems]


def studied_of(cycle: Cycle) -> list[Any]:
    """What was read and taken, without ids."""
    given = Reading.objects.filter(round__cycle=cycle).order_by("pk")
    words = ("number", "round__key", "group__key", "text", "prediction", "reading__submission__group__key", "at")
    return [
        list(
            given.values_list(
                "round__key", "group__key", "idea__number", "submission__group__key", "submission__number", "read_at"
            )
        ),
        list(Taken.objects.filter(cycle=cycle).order_by("number").values_list(*words)),
        list(ChangeTest.objects.filter(cycle=cycle).order_by("number").values_list("number", "taken__number")),
    ]


def test_a_study_goes_out_for_organizers_and_comes_in_as_it_was(story: Told, tmp_path: Path) -> None:
    cycle, (aqua, brook) = Cycle.objects.get(pk=story.played.cycle.pk), (story.played.groups[key] for key in ("aqua", "brook"))
    round_, task = Round.objects.get(cycle=cycle, key="call"), story.played.challenges["concept"]
    entry = Submission.objects.create(challenge=task, group=brook, state="submitted", submitted_at=now())
    entry.pinned = Version.objects.create(submission=entry, number=1, data={"text": "Clay"}, digest="0" * 64, at=now())
    entry.save(update_fields=["pinned"])
    reading = Reading.objects.create(round=round_, group=aqua, submission=entry, read_at=now())
    Reading.objects.create(round=round_, group=brook, idea=an_idea(aqua, title="Shared"))
    taken = Taken.objects.create(cycle=cycle, number=1, round=round_, group=aqua, reading=reading, text="Fire the clay", at=now())
    ChangeTest.objects.filter(cycle=cycle, group=aqua, title="Planned secretly").update(taken=taken)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    assert studied_of(copy) == studied_of(cycle)
    assert len(studied_of(copy)[0]) == 2
    for audience in ("public", "judges"):
        files = export_files(cycle, audience=audience)
        assert not {"readings.csv", "taken.csv"} & files.keys()
        assert not [name for name, content in files.items() if b"Fire the clay" in content]


def test_rows_of_a_study_are_checked(build: Build) -> None:
    more = {
        "readings.csv": "number,round,group,idea,challenge,of,entry\n1,one,a,7,,,\n1,two,x,,,,\n3,one,a,,c,nobody,1\n",
        "taken.csv": "number,round,group,text,at,reading\n1,one,a,Try,2026-03-01T00:00:00Z,9\n",
    }
    with pytest.raises(BundleRefused) as refused:
        read_bundle(build(FILES | more))
    said = " ".join(str(one) for one in refused.value.problems)
    for words in (
        "7 is not in ideas.csv",
        "1 is there twice",
        '"two" is not a round',
        '"nobody" is not in groups.csv',
        "9 is not in readings.csv",
    ):
        assert words in said
    assert "expected the number of an entry, or of an idea" in said
