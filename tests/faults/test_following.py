"""The client that follows a board in benches and tests does what docs/api.md asks of one."""

import json
from typing import Any

import pytest

from bench import following
from bench.following import Copy, follow


def row(score: int) -> dict[str, Any]:
    return {"group": "otters", "line": 0, "bracket": "", "rank": 1, "score": str(score)}


def test_an_answer_of_before_is_asked_for_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "WAIT", 0.0)
    answers = [(4, [row(4)]), (4, [row(4)]), (6, [row(6)])]
    copy = Copy({("otters", 0): row(3)}, version=3)
    follow(copy, json.dumps({"version": 6, "from": -1, "rows": [], "gone": []}), lambda: answers.pop(0))
    assert (copy.version, copy.shown(), answers) == (6, [row(6)], [])


def test_what_never_comes_is_not_waited_for_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "WAIT", 0.0)
    copy = Copy()
    follow(copy, json.dumps({"version": 6, "from": -1, "rows": [], "gone": []}), lambda: (4, [row(4)]))
    assert (copy.version, copy.fetched) == (4, following.ASKS)
