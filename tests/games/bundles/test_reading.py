"""Folders, zips, series and feeds: what is read, and what is refused as a whole."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from games.bundles.clics import read_feed
from games.bundles.reading import read_bundle, read_path, read_source
from games.bundles.rules import BundleRefused
from games.bundles.source import open_zip
from tests.games.bundles.conftest import GROUPS, MARKS, RULES, Build, refused

SHEETS = """
[[sheets]]
file = "jury.csv"
round = "one"
challenge = "c"
criterion = "m"
skip = ["name"]
"""


def test_blank_cells_mean_the_only_one_there_is(build: Build) -> None:
    rules = """
format = 1
cycle = { key = "c" }
rounds = [{ key = "r" }]
boards = [{ key = "b" }]
challenges = [{ key = "t", criteria = [{ key = "m" }] }]
"""
    bundle = read_bundle(build({"cycle.toml": rules, "marks.csv": "group,judge,value\na,j,5\n"}))
    assert [(row.round, row.challenge, row.criterion) for row in bundle.tables.marks.rows] == [("r", "t", "m")]


def test_times_are_counted_from_the_opening_in_the_zone_of_the_cycle(build: Build) -> None:
    attempts = (
        "round,challenge,group,at,value\none,run,a,2027-01-01T09:00:01.5,5\none,run,b,2027-01-01T08:00:02Z,5\none,run,d,3,5\n"
    )
    bundle = read_bundle(build({"attempts.csv": attempts}))
    assert [row.at for row in bundle.tables.attempts.rows] == [1_500, 2_000, 3_000]


def test_a_sheet_per_jury_becomes_marks_and_people(build: Build) -> None:
    jury = "group,name,Ann Lee,Bo Żak\na,Aqua,50,s\nb,Brook,,60\nd,Delta,1,2\n"
    bundle = read_bundle(build({"cycle.toml": RULES + SHEETS, "marks.csv": None, "jury.csv": jury}))
    assert [(row.group, row.judge, row.value, row.state) for row in bundle.tables.marks.rows][:4] == [
        ("a", "ann-lee", 50, ""),
        ("a", "bo-zak", None, "recused"),
        ("b", "ann-lee", None, "absent"),
        ("b", "bo-zak", 60, ""),
    ]
    assert [(row.person, row.name, row.role) for row in bundle.tables.people.rows] == [
        ("ann-lee", "Ann Lee", "judge"),
        ("bo-zak", "Bo Żak", "judge"),
    ]


@pytest.mark.parametrize(
    ("sheet", "expected"),
    [
        ("group,Ann\na,50.5\n", 'jury.csv row 2, column value: 50.5 is not on the step 1 of criterion "m"'),
        ("group,Ann\na,x\n", "jury.csv row 2, column Ann: expected a number like"),
        ("group,Ann\na,5,5\n", 'jury.csv row 2: 3 cells where the header has 2; last cell "5"'),
        ("team,Ann\na,5\n", "jury.csv row 1: missing column group; found: team, Ann"),
        ("group;Ann\n", 'jury.csv row 1: cells are separated by ";"'),
        (None, "jury.csv: is named in cycle.toml but is not there"),
    ],
)
def test_a_faulty_sheet_is_refused_under_its_own_name(build: Build, sheet: str | None, expected: str) -> None:
    problems = refused(build({"cycle.toml": RULES + SHEETS, "marks.csv": None, "jury.csv": sheet}))
    assert str(problems[0]).startswith(expected), problems


def test_a_sheet_is_declared_rightly(build: Build) -> None:
    problems = refused(build({"cycle.toml": RULES + "[[sheets]]\nfiles = 'x'\n"}))
    assert [str(one) for one in problems] == [
        "cycle.toml: sheets[0].file: missing key",
        "cycle.toml: sheets[0].files: unknown key; known: file, round, challenge, criterion, group, skip, empty, recused",
    ]


def series(tmp_path: Path, toml: str = 'format = 1\nseries = { key = "s", name = "S" }\n', of: str = "s") -> Path:
    for key in ("s-1", "s-2"):
        folder = tmp_path / "series" / "cycles" / key
        folder.mkdir(parents=True)
        (folder / "cycle.toml").write_text(RULES.replace('key = "small"', f'key = "{key}", series = "{of}"'))
        (folder / "groups.csv").write_text(GROUPS)
        (folder / "marks.csv").write_text(MARKS)
    (tmp_path / "series" / "series.toml").write_text(toml)
    return tmp_path / "series"


def test_a_series_is_read_with_its_cycles(tmp_path: Path) -> None:
    read = read_path(series(tmp_path))
    assert read.series is not None
    assert (read.series.name, [bundle.design.cycle.key for bundle in read.bundles]) == ("S", ["s-1", "s-2"])
    with pytest.raises(BundleRefused, match="is a series of 2 cycles"):
        read_bundle(tmp_path / "series")


@pytest.mark.parametrize(
    ("toml", "expected"),
    [
        ("format = 1\n", "series.toml: series: expected a table, found None"),
        ("format = 1\nseries = { name = 'S' }\n", "series.toml: series.key: missing key"),
        ("format = 1\nseries = { key = 's', nam = 'S' }\n", "series.toml: series.nam: unknown key; known: key, name"),
        ("format = 1\nseries = { key = 's' }\ncycle = { key = 'x' }\n", "series.toml: cycle: unknown key; known: format, series"),
        ("format = \n", "series.toml: this is not valid TOML"),
    ],
)
def test_a_faulty_series_is_refused(tmp_path: Path, toml: str, expected: str) -> None:
    assert str(refused(series(tmp_path, toml))[0]).startswith(expected), refused(tmp_path / "series")


def test_faults_in_a_cycle_of_a_series_name_its_folder(tmp_path: Path) -> None:
    folder = series(tmp_path, of="other")
    assert str(refused(folder)[0]) == 'cycles/s-1/cycle.toml: cycle.series: expected "s", found "other"'


def test_an_upload_is_read_from_its_bytes(build: Build) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in build().iterdir():
            archive.write(path, f"small/{path.name}")
    buffer.seek(0)
    assert read_source(open_zip(buffer)).bundles == read_path(build()).bundles


def test_an_unknown_format_is_refused(build: Build) -> None:
    assert str(refused(build(), "excel")[0]).endswith('the format "excel" is not known; known: bundle, clics')
    assert str(refused(build(), "clics")[0]) == "bundle: no event feed (*.ndjson) was found"


def event(kind: str, **data: Any) -> dict[str, Any]:
    return {"type": kind, "id": data.get("id"), "data": data}


FEED = [
    event(
        "contest",
        id="cup",
        name="The Cup",
        start_time="2027-01-01T09:00:00+01:00",
        duration="5:00:00",
        penalty_time=10,
        scoreboard_freeze_duration="1:00:00",
    ),
    event("judgement-types", id="AC", solved=True, penalty=False),
    event("judgement-types", id="WA", solved=False, penalty=True),
    event("judgement-types", id="CE", solved=False, penalty=False),
    event("groups", id="staff", name="Staff", hidden=True),
    event("groups", id="west", name="West"),
    event("organizations", id="u", formal_name="University of U"),
    event("teams", id="1", name="First", organization_id="u", group_ids=["west"]),
    event("teams", id="2", name="Second", organization_id="u"),
    event("teams", id="3", name="Jury", group_ids=["staff"]),
    event("teams", id="4", name="Ghost", hidden=True),
    event("teams", id="5", name="Gone"),
    {"type": "teams", "id": "5", "data": None},
    event("problems", id="p2", label="B", name="Beta", ordinal=1),
    event("problems", id="p1", label="A", name="Alpha", ordinal=0),
    *(
        event("submissions", id=str(number), team_id=team, problem_id="p1", contest_time=at)
        for number, (team, at) in enumerate(
            [
                ("1", "0:10:00.500"),
                ("1", "0:20:00"),
                ("3", "0:01:00"),
                ("5", "0:01:00"),
                ("2", "-0:01:00"),
                ("2", "5:00:00"),
                ("2", "4:30:00"),
            ]
        )
    ),
    event("judgements", id="j0", submission_id="0", judgement_type_id="AC"),
    event("judgements", id="j1", submission_id="0", judgement_type_id="WA"),
    event("judgements", id="j2", submission_id="1", judgement_type_id="AC"),
]


def feed(events: list[dict[str, Any]]) -> bytes:
    return "\n".join(json.dumps(one) for one in events).encode()


def test_a_feed_gives_rules_contestants_and_attempts_inside_the_contest() -> None:
    read = read_feed(feed(FEED))
    assert read.problems == []
    assert read.design is not None
    board, tasks = read.design.boards[0], read.design.challenges
    assert (read.design.cycle.key, board.freeze, [task.key for task in tasks]) == ("cup", 4 * 3_600_000, ["A", "B"])
    assert (tasks[0].accepted, tasks[0].ignored, tasks[0].penalty) == (("AC",), ("CE",), 10)
    assert [(row.group, row.name, row.extra) for row in read.groups.rows] == [
        ("1", "University of U (First)", ("First", "West")),
        ("2", "University of U (Second)", ("Second", "")),
    ]
    assert [(row.group, row.challenge, row.at, row.verdict) for row in read.attempts.rows] == [
        ("1", "A", 600_500, "WA"),
        ("1", "A", 1_200_000, "AC"),
        ("2", "A", 16_200_000, ""),
    ]


def test_the_older_spelling_of_events_is_read_too() -> None:
    older = [
        {"id": f"e{n}", "type": one["type"], "op": "create", "data": one["data"] or {"id": one["id"]}}
        for n, one in enumerate(FEED)
    ]
    older[12]["op"] = "delete"
    assert read_feed(feed(older)).attempts == read_feed(feed(FEED)).attempts


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"{}\n", "event-feed.ndjson row 1: is no event of a CLICS feed"),
        (b"not json\n", "event-feed.ndjson row 1: is no event of a CLICS feed"),
        (b"[1]\n", "event-feed.ndjson row 1: is no event of a CLICS feed"),
        (b"\n", "event-feed.ndjson: there is no contest in the feed"),
        (feed([event("contest", id="c", duration="long")]), "event-feed.ndjson: expected a time since opening like"),
        (feed([event("contest", id="c", duration="5:00:00")]), "event-feed.ndjson"),
        (b"\xff\xfe{}", "event-feed.ndjson: the file is UTF-16; expected UTF-8"),
    ],
)
def test_a_faulty_feed_is_refused(content: bytes, expected: str) -> None:
    problems = [one for one in read_feed(content).problems if one.code != "warning"]
    assert str(problems[0]).startswith(expected), problems
