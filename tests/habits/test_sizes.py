"""A file is read in one go, a function is seen at one glance: 300 lines, 40 lines."""

from tests.habits.house import PACKAGES, functions, name_of, sources

FILE, FUNCTION = 300, 40
MEASURED = (*PACKAGES, "bench", "examples")
# path, or path:function -> why it may be longer. Declarative files and one cohesive algorithm may; anything else is split by concept.
LONGER = {
    "games/permissions.py": "the table: every permission on one page",
    "backend/web/urls.py": "the routes: every page of the game in one place",
    "games/bundles/tables.py": "declares every column of every table",
    "examples/convert.py": "five converters in a row, each read and run by itself: no one calls another",
}


def test_no_file_is_longer_than_300_lines():
    long = {name_of(path): path.read_text(encoding="utf-8").count("\n") for path in sources(*MEASURED)}
    assert {name: lines for name, lines in long.items() if lines > FILE and name not in LONGER} == {}


def test_no_function_is_longer_than_40_lines():
    long = {
        f"{name_of(path)}:{node.name}": lines
        for path in sources(*MEASURED)
        for node in functions(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > FUNCTION
    }
    assert {name: lines for name, lines in long.items() if name not in LONGER} == {}


def test_every_exception_is_still_needed():
    long = {name_of(path) for path in sources(*MEASURED) if path.read_text(encoding="utf-8").count("\n") > FILE}
    long |= {
        f"{name_of(path)}:{node.name}"
        for path in sources(*MEASURED)
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno >= FUNCTION
    }
    assert set(LONGER) - long == set()


def test_nothing_is_called_utils_helpers_or_services():
    vague = {"utils", "helpers", "services", "common", "misc"}
    named = {name_of(path) for path in sources(*MEASURED) if vague & {path.stem, path.parent.name}}
    assert {name for name in named if not name.startswith("backend/services/")} == set()  # there it means Valkey and PostgreSQL
