"""What follows from numbers: each proposal where its numbers say so, none where they do not, and settings that the rules take."""

from datetime import datetime, timedelta

import pytest

from games.playbooks.schema import parse_design
from games.retrospectives.rules.proposing import proposed
from games.suggestions.rules import rewritten
from tests.factories.cycles import START, small

pytestmark = pytest.mark.any_database
RULES = [
    {"key": key, "name": key.title(), "event": event, "points": points}
    for key, event, points in (("shared", "idea.shared", 5), ("help", "post.helped", 9), ("story", "story.told", 3))
]
ROUND = {"key": "call", "name": "Call", "field": 10, "active": 9, "entries": 9, "late": 0, "extended": 0}
JUDGED = {"key": "call", "name": "Call", "reliability": "0.91", "final": 20, "open": 0}
RULE = {"key": "shared", "name": "Shared", "event": "idea.shared", "points": 40, "acts": 8, "before": "", "after": ""}


def design(**changes):
    return parse_design(small(**changes), start=START).data()


def codes(data, **changes):
    rules = changes.pop("written", None) or design(**changes)
    return {(one.code, one.about): one for one in proposed(data, rules)}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"aim": {"baseline": "100", "target": "250", "latest": "180", "unit": ""}}, [("aim_from_here", "")]),
        ({"aim": {"baseline": "100", "target": "250", "latest": "", "unit": ""}}, []),
        ({"rounds": [ROUND]}, []),
        ({"rounds": [ROUND | {"active": 5}]}, [("few_entered", "call")]),
        ({"rounds": [ROUND | {"field": 3, "active": 1}]}, []),
        ({"rounds": [ROUND | {"late": 5}]}, [("late_rush", "call")]),
        ({"rounds": [ROUND | {"extended": 2}]}, [("more_time", "call")]),
        ({"judging": [JUDGED]}, []),
        ({"judging": [JUDGED | {"reliability": "0.59"}]}, [("unsure", "call")]),
        ({"judging": [JUDGED | {"reliability": ""}]}, []),
        ({"judging": [JUDGED | {"open": 3}]}, [("unfinished", "call")]),
        ({"ideas": {"shared": 10, "sources": 1, "failures": 1}}, [("stayed_at_home", "")]),
        ({"ideas": {"shared": 10, "sources": 2, "failures": 0}}, [("no_failures", "")]),
        ({"learning": {"of": 5, "planned": 4, "finished": 4, "tempo": "0.2"}}, [("slow", "")]),
        ({"learning": {"of": 5, "planned": 9, "finished": 4, "tempo": "1", "taken": 3, "taken_tried": 1}}, [("untried", "")]),
        ({"rules": {"rows": [RULE | {"acts": 0, "points": 0}], "total": 0}}, [("rule_unused", "shared")]),
        ({"rules": {"rows": [RULE | {"before": "1.5", "after": "1.5"}], "total": 40}}, [("rule_moved_nothing", "shared")]),
        ({"rules": {"rows": [RULE | {"before": "1.5", "after": "1.6"}], "total": 40}}, []),
        ({"rules": {"rows": [RULE | {"acts": 0}], "total": 40}}, []),
        ({"rules": {"rows": [RULE | {"event": "", "acts": 0, "points": 0}], "total": 40}}, []),
        ({"rules": {"rows": [], "total": 9, "top": "60"}, "people": {"teams": 12}}, [("top_heavy", "")]),
        ({"rules": {"rows": [], "total": 9, "top": "60"}, "people": {"teams": 9}}, []),
        ({}, []),
    ],
)
def test_numbers_propose_what_they_should_and_nothing_else(data, expected):
    assert sorted(codes(data)) == sorted(expected)


def test_more_judges_are_proposed_for_every_panel_of_judges_also_where_its_key_is_the_usual_one():
    panels = [{"quorum": 2}, {"key": "second"}, {"key": "crowd", "who": "audience"}]
    tasks = [{"key": "pitch", "rounds": ["call"], "panels": panels}]
    found = codes({"judging": [JUDGED | {"reliability": "0.3"}]}, written={"challenges": tasks})
    assert found["unsure", "call"].change == [
        {"path": 'challenges["pitch"].panels["jury"].quorum', "value": 3},
        {"path": 'challenges["pitch"].panels["second"].quorum', "value": 2},
    ]


def test_one_rule_that_gave_more_than_half_is_halved_where_there_are_several():
    rows = [RULE, RULE | {"key": "help", "points": 5}, RULE | {"key": "story", "points": 4}]
    found = codes({"rules": {"rows": rows, "total": 49}}, rules=RULES)
    assert found["rule_heavy", "shared"].change == [{"path": 'rules["shared"].points', "value": 2}]


@pytest.mark.parametrize(
    "data",
    [
        {"aim": {"baseline": "100", "target": "250", "latest": "180.5", "unit": ""}},
        {"rounds": [ROUND | {"extended": 5}]},
        {"ideas": {"shared": 10, "sources": 1, "failures": 1}},
        {"learning": {"of": 5, "planned": 9, "finished": 4, "tempo": "0.1", "taken": 3, "taken_tried": 1}},
        {"rules": {"rows": [RULE | {"acts": 0, "points": 0}], "total": 9, "top": "90"}, "people": {"teams": 30}},
    ],
)
def test_every_setting_that_is_proposed_is_one_that_the_rules_take(data):
    written = design(rules=RULES)
    found = [one for one in proposed(data, written) if one.change]
    assert found
    for one in found:
        after = rewritten(written, one.change)
        assert after != written
        parse_design(after, start=START)


def test_more_time_is_no_setting_where_something_stands_in_its_way():
    data = {"rounds": [ROUND | {"extended": 5}]}
    free = codes(data)["more_time", "call"].change
    assert [one["path"] for one in free] == ['rounds["call"].closes']
    assert datetime.fromisoformat(free[0]["value"]) == START + timedelta(days=18)
    rounds = small()["rounds"]
    rounds[1]["opens"] = "+17d"
    assert codes(data, rounds=rounds)["more_time", "call"].change == []


def test_what_is_taken_already_is_not_proposed_again():
    learning = {"of": 5, "planned": 9, "finished": 4, "tempo": "1", "taken": 3, "taken_tried": 1}
    assert not codes({"learning": learning}, carry={"commitments": True})
    top = {"rules": {"rows": [], "total": 9, "top": "60"}, "people": {"teams": 12}}
    assert not codes(top, rules=RULES, carry={"handicap": "0.5"})
