"""Tables and pitches go out with a cycle, for organizers and for judges, come in again as they stood, and are checked."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from games.bundles.actions import export_cycle, export_files, import_bundle, import_path
from games.bundles.queries.cycle import bundle_of
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.judging.models import Pitch, Stand
from tests.games.bundles.conftest import Build

pytestmark = pytest.mark.django_db
RULES = """
format = 1
cycle = { key = "fair", name = "Fair" }
rounds = [{ key = "expo" }, { key = "stage"%s }]
boards = [{ key = "r" }]
[[challenges]]
key = "c"
criteria = [{ key = "m", min = 0, max = 100 }, { key = "liked", panel = "crowd", min = 0, max = 1 }]
panels = [{ key = "jury" }, { key = "crowd", who = "audience" }]
"""
FILES: dict[str, Any] = {
    "marks.csv": None,
    "cycle.toml": RULES % "",
    "groups.csv": "group,name\naqua,Aqua\nbrook,Brook\n",
    "stands.csv": 'round,table,group,location,absent\nexpo,12,aqua,"Hall B, by the door",\nexpo,3,brook,,2026-11-02T10:15:00+00:00\n',
    "pitches.csv": (
        "round,group,panel,room,at,minutes\n"
        "stage,aqua,jury,Aula,2026-11-03T09:00:00+01:00,8\n"
        "stage,brook,jury,Aula,2026-11-03T09:10:00+01:00,8\n"
    ),
}


def rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode())))


def stood(cycle: Any) -> list[Any]:
    stands = Stand.objects.filter(round__cycle=cycle).order_by("number")
    pitches = Pitch.objects.filter(round__cycle=cycle).order_by("starts_at")
    return [
        list(stands.values_list("round__key", "number", "group__key", "location", "absent_at")),
        list(pitches.values_list("round__key", "group__key", "panel", "room", "starts_at", "minutes")),
    ]


def test_the_hall_comes_in_and_goes_out_as_it_stood(build: Build, tmp_path: Path) -> None:
    cycle = import_bundle(read_bundle(build(FILES)))
    stands, pitches = stood(cycle)
    assert [one[:4] for one in stands] == [("expo", 3, "brook", ""), ("expo", 12, "aqua", "Hall B, by the door")]
    assert [(one[1], one[3], one[5]) for one in pitches] == [("aqua", "Aula", 8), ("brook", "Aula", 8)]
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="fair-again")
    assert stood(copy) == [stands, pitches]
    first, second = bundle_of(cycle).tables, bundle_of(copy).tables
    assert (first.stands, first.pitches) == (second.stands, second.pitches)


def test_judges_have_the_hall_and_everybody_else_has_not(build: Build) -> None:
    cycle = import_bundle(read_bundle(build(FILES)))
    for_judges = export_files(cycle, audience="judges")
    assert {one["table"] for one in rows(for_judges["stands.csv"])} == {"3", "12"}
    assert len(rows(for_judges["pitches.csv"])) == 2
    assert not {"stands.csv", "pitches.csv"} & export_files(cycle, audience="public").keys()


def test_who_judges_blind_finds_the_numbers_of_entries_in_the_hall_and_no_name(build: Build) -> None:
    cycle = import_bundle(read_bundle(build(FILES | {"cycle.toml": RULES % ", blind = true"})))
    found = export_files(cycle, audience="judges")
    known = {one["group"] for one in rows(found["groups.csv"])}
    assert {one["group"] for one in rows(found["pitches.csv"])} <= known
    assert "stands.csv" not in found  # of a round whose groups these judges know by name
    told = b"\n".join(found[name] for name in ("groups.csv", "pitches.csv")).decode()
    assert "aqua" not in told
    assert "brook" not in told


@pytest.mark.parametrize(
    ("name", "row", "message"),
    [
        ("stands.csv", "expo,12,brook,,", '12 is there twice in round "expo"'),
        ("stands.csv", "expo,4,aqua,,", '"aqua" has two tables in round "expo"'),
        ("stands.csv", "expo,100000,brook,,", "expected a number from 1 to 99999"),
        ("stands.csv", "expo,0,brook,,", "expected a whole number from 1 on"),
        ("stands.csv", "expo,4,creek,,", '"creek" is not in groups.csv'),
        ("stands.csv", "park,4,brook,,", '"park" is not a round; known: expo, stage'),
        ("pitches.csv", "stage,brook,crowd,Aula,2026-11-03T12:00:00Z,8", '"crowd" is no panel of round "stage"; known: jury'),
        ("pitches.csv", "stage,brook,jury,Aula,2026-11-03T08:07:00Z,8", '"Aula" is taken by the pitch of "aqua"'),
        ("pitches.csv", "stage,aqua,jury,Foyer,2026-11-03T12:00:00Z,8", '"aqua" pitches twice before "jury"'),
        ("pitches.csv", "stage,brook,jury,,2026-11-03T12:00:00Z,8", "is empty; expected where they speak"),
        ("pitches.csv", "stage,brook,jury,Aula,2026-11-03T12:00:00Z,900", "a pitch takes 1 to 240 minutes"),
        ("pitches.csv", "stage,brook,jury,Aula,1026-11-03T12:00:00Z,8", "expected a day of these years"),
        ("pitches.csv", "stage,brook,jury,Aula,2026-11-03T12:00:00,8", "expected a time with its offset"),
    ],
)
def test_a_wrong_row_is_named(build: Build, name: str, row: str, message: str) -> None:
    header, first, *_ = FILES[name].splitlines()
    with pytest.raises(BundleRefused) as refused:
        read_bundle(build(FILES | {name: f"{header}\n{first}\n{row}\n"}))
    assert any(message in str(one) for one in refused.value.problems)


def test_a_group_cannot_speak_in_two_rooms_at_once(build: Build) -> None:
    two = RULES.replace('{ key = "jury" }', '{ key = "jury" }, { key = "guests" }') % ""
    two = two.replace("criteria = [", 'criteria = [{ key = "g", panel = "guests", min = 0, max = 9 }, ')
    more = FILES["pitches.csv"] + "stage,aqua,guests,Foyer,2026-11-03T09:05:00+01:00,8\n"
    with pytest.raises(BundleRefused, match="is taken by the pitch of") as refused:
        read_bundle(build(FILES | {"cycle.toml": two, "pitches.csv": more}))
    assert [one.where for one in refused.value.problems] == ["pitches.csv row 4, column at"]
