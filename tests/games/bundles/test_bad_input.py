"""The bad input that must be tried, each way in: a clear error that names the place, and nothing half-written.

By the import and by the API. Beside it: a submission one second late in tests/games/submissions/test_actions.py, two at the same moment at
the cap in its test_races.py, a mark from outside the panel in tests/games/judging/test_actions.py, an outsider by every route in
tests/habits/test_api_doors.py and test_page_doors.py.
"""

import io
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model

from games.bundles.actions import import_path
from games.bundles.rules import BundleRefused
from games.bundles.writer import zipped
from tests.cast import actor
from tests.factories.cycles import small as small_design
from tests.games.bundles.conftest import MARKS, RULES, Build, small

pytestmark = pytest.mark.django_db
type Changes = Mapping[str, str | bytes]


def changed(old: str, new: str) -> dict[str, str | bytes]:
    assert old in RULES
    return {"cycle.toml": RULES.replace(old, new)}


def line(row: str) -> dict[str, str | bytes]:
    return {"marks.csv": MARKS + row + "\n"}


CIRCLE = '[{ board = "after", to = "two", first = 2 }, { board = "end", to = "one", first = 1 }]'
BAD: dict[str, tuple[Changes, str]] = {
    "broken TOML": (changed("format = 1", "format = = 1"), "cycle.toml: this is not valid TOML"),
    "unknown key": (changed('key = "small"', 'key = "small", nam = "x"'), "cycle.toml: cycle.nam: unknown key; known:"),
    "wrong type": (changed("min = 0, max = 100", 'min = "low", max = 100'), "expected a number"),
    "marks above their bounds": (line("one,c,a,l,m,101,"), "marks.csv row 6, column value: 101 is outside 0 to 100"),
    "marks off step": (line("one,c,a,l,m,19.19,"), "marks.csv row 6, column value: 19.19 is not on the step 1"),
    "a judge twice on one entry": (line("one,c,a,j,m,51,"), 'marks.csv row 6, column judge: judge "j" marks "m" of "a" twice'),
    "a mark for a criterion that is none": (line("one,c,a,l,q,5,"), 'column criterion: "q" is not a criterion of "c"'),
    "duplicate group": (
        {"groups.csv": "group,name\na,Aqua\na,Brook\nb,B\nd,D\n"},
        'groups.csv row 3, column group: "a" is there twice',
    ),
    "duplicate name": ({"groups.csv": "group,name\na,Aqua\nb,AQUA\nd,D\n"}, "groups.csv row 3, column name: another group"),
    "semicolons": ({"marks.csv": MARKS.replace(",", ";")}, 'marks.csv row 1: cells are separated by ";"; expected ","'),
    "tabs": ({"marks.csv": MARKS.replace(",", "\t")}, "marks.csv row 1: cells are separated by a tab"),
    "Latin-1": (
        {"groups.csv": "group,name\na,Äqua\nb,B\nd,D\n".encode("latin-1")},
        "groups.csv row 2: byte 0xC4 at place 3 is not UTF-8",
    ),
    "UTF-16": ({"groups.csv": "group,name\na,A\n".encode("utf-16")}, "groups.csv: the file is UTF-16"),
    "missing column": ({"marks.csv": MARKS.replace(",value,", ",worth,")}, "marks.csv row 1: missing column value; found:"),
    "a round that closes before it opens": (
        changed("opens = 2027-01-01T09:00:00", "opens = 2027-01-01T09:00:00, closes = 2026-01-01T09:00:00"),
        "before it opens",
    ),
    "overlapping rounds": (
        changed(
            '{ key = "one", opens = 2027-01-01T09:00:00 }, { key = "two" }',
            '{ key = "one", opens = 2027-01-01T09:00:00, closes = 2027-02-01T09:00:00 }, { key = "two", opens = 2027-01-15T09:00:00 }',
        ),
        "overlap = true allows it",
    ),
    "circular carry-over": (
        changed('[{ board = "after", to = "two", first = 2 }]', CIRCLE),
        'cut to "one": board "end" counts round "two", which is not before "one"',
    ),
    "a mark from outside the panel": (
        {
            **line("one,c,b,k,m,5,"),
            "people.csv": "person,role\nj,judge\nk,judge\n",
            "assignments.csv": "round,challenge,group,judge,panel\none,c,,j,\none,c,a,k,\n",
        },
        'marks.csv row 6, column judge: "k" is not on the panel',
    ),
    "a row too short": ({"marks.csv": MARKS + "one,c,a\n"}, "marks.csv row 6: 3 cells where the header has 7"),
}


def rows() -> dict[str, int]:
    """How many rows there are of everything."""
    models: list[type[Model]] = [*apps.get_app_config("games").get_models(), *apps.get_app_config("leaderboards").get_models()]
    return {model.__name__: model._default_manager.count() for model in models}


@pytest.fixture
def unwritten() -> Callable[[], None]:
    before = rows()

    def check() -> None:
        assert rows() == before

    return check


@pytest.mark.parametrize("name", BAD)
def test_import_names_the_place_and_writes_nothing(build: Build, unwritten: Callable[[], None], name: str) -> None:
    changes, said = BAD[name]
    with pytest.raises(BundleRefused) as refused:
        import_path(build(changes))
    assert any(said in str(one) for one in refused.value.problems), [str(one) for one in refused.value.problems]
    unwritten()


@pytest.mark.parametrize("name", BAD)
def test_the_api_answers_422_with_the_place_and_writes_nothing(name: str) -> None:
    changes, said = BAD[name]
    starter = actor("starter", may_launch=True)
    before = rows()
    content = zipped({file: text.encode() if isinstance(text, str) else text for file, text in {**small(), **changes}.items()})
    answer = starter.api.post("/api/v1/bundles", {"file": SimpleUploadedFile("b.zip", content)}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (422, "bundle_refused")
    assert any(said in f"{one['where']}: {one['message']}" for one in answer.json()["errors"]), answer.json()["errors"]
    assert rows() == before


def test_a_file_of_a_hundred_megabytes_is_refused_and_nothing_is_written(build: Build, unwritten: Callable[[], None]) -> None:
    folder = build()
    with (folder / "marks.csv").open("wb") as file:
        file.truncate(100 * 1024 * 1024)
    with pytest.raises(BundleRefused, match="100 MB; a file of a bundle has at most 64 MB"):
        import_path(folder)
    unwritten()


@pytest.mark.parametrize("name", ["../evil.csv", "/etc/evil.csv", "a/../../evil.csv", "C:\\evil.csv"])
def test_a_zip_that_leaves_its_folder_is_refused_and_nothing_is_written(
    tmp_path: Path, unwritten: Callable[[], None], name: str
) -> None:
    files = {file: text.encode() if isinstance(text, str) else text for file, text in small().items()}
    (tmp_path / "b.zip").write_bytes(zipped(files | {name: b"x"}))
    with pytest.raises(BundleRefused, match="a path that leaves the bundle"):
        import_path(tmp_path / "b.zip")
    unwritten()
    assert not (tmp_path.parent / "evil.csv").exists()


def test_a_bomb_is_refused_and_nothing_is_written(tmp_path: Path, unwritten: Callable[[], None]) -> None:
    files = {file: text.encode() if isinstance(text, str) else text for file, text in small().items()}
    (tmp_path / "b.zip").write_bytes(zipped(files | {"bomb.txt": b"\0" * 50_000_000}))
    with pytest.raises(BundleRefused, match="times its size"):
        import_path(tmp_path / "b.zip")
    unwritten()


HARMLESS: dict[str, Changes] = {
    "a byte order mark": {"marks.csv": b"\xef\xbb\xbf" + MARKS.encode()},
    "CRLF": {"marks.csv": MARKS.replace("\n", "\r\n")},
    "CR alone": {"marks.csv": MARKS.replace("\n", "\r")},
}


@pytest.mark.parametrize("name", HARMLESS)
def test_how_spreadsheets_write_is_no_fault(build: Build, name: str) -> None:
    cycle = import_path(build(HARMLESS[name]))[0]
    assert cycle.groups.count() == 3


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, 'no mark has the criterion "n"'),
        (changed("first = 2", "first = 20"), "20"),
    ],
    ids=["a criterion that no mark has", "a cut larger than the field"],
)
def test_what_is_only_strange_is_told_and_does_not_stop_the_import(build: Build, changes: Changes, said: str) -> None:
    from games.bundles.reading import read_path

    assert any(said in str(one) for one in read_path(build(changes)).warnings)
    assert import_path(build(changes))


LAUNCHES: dict[str, dict[str, Any]] = {
    "unknown key": {"cycle": {"key": "new", "nam": "x"}},
    "wrong type": {"rounds": [{"key": "call", "opens": 3}]},
    "a round that closes before it opens": {"rounds": [{"key": "call", "opens": "+9d", "closes": "+2d"}]},
    "overlapping rounds": {"rounds": [{"key": "call", "opens": "+1d", "closes": "+30d"}, {"key": "final", "opens": "+9d"}]},
    "circular carry-over": {"cuts": [{"board": "result", "to": "call", "first": 1}]},
}


@pytest.mark.parametrize("name", LAUNCHES)
def test_a_launch_of_it_is_refused_with_its_place_and_writes_nothing(name: str) -> None:
    starter = actor("starter", may_launch=True)
    before = rows()
    body = {"design": {**small_design(cycle={"key": "new"}), **LAUNCHES[name]}, "start": "2030-01-01T09:00:00Z"}
    answer = starter.api.post("/api/v1/cycles", body, format="json")
    assert answer.status_code == 422, answer.json()
    assert all(one["where"] for one in answer.json()["errors"]), answer.json()
    assert rows() == before


def test_a_text_that_is_no_zip_is_refused_over_the_api() -> None:
    starter = actor("starter", may_launch=True)
    before = rows()
    file = SimpleUploadedFile("b.zip", io.BytesIO(b"PK\x03\x04 not really").getvalue())
    answer = starter.api.post("/api/v1/bundles", {"file": file}, format="multipart")
    assert (answer.status_code, answer.json()["code"]) == (422, "bundle_refused")
    assert rows() == before
