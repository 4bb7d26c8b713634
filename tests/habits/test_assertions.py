"""Every test can fail."""

import ast

import pytest

from tests.habits.house import functions, name_of, sources

SAYS = ("assert", "raises", "warns", "fail", "expect", "validate")


def can_fail(test: ast.AST) -> bool:
    """It asserts, or calls something that is named after what it expects."""
    for node in ast.walk(test):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call) and any(word in ast.unparse(node.func).lower() for word in SAYS):
            return True
    return False


def test_every_test_has_an_assertion():
    idle = [
        f"{name_of(path)}:{test.name}"
        for path in sources("tests")
        for test in functions(path)
        if test.name.startswith("test_") and not can_fail(test)
    ]
    assert idle == []


def test_no_test_is_skipped_for_good():
    skipped = {
        name_of(path)
        for path in sources("tests")
        if path.name != "test_assertions.py" and "pytest.mark.skip(" in path.read_text(encoding="utf-8")
    }
    assert skipped == set()


@pytest.mark.parametrize(
    ("source", "expected"), [("def t(): assert x", True), ("def t(): run()", False), ("def t():\n with raises(E): f()", True)]
)
def test_the_finder_itself(source, expected):
    assert can_fail(ast.parse(source)) is expected
