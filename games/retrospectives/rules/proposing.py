"""What follows from the numbers of a cycle for its next one: proposals, each with its facts and, where it can be said so, the setting.

Every threshold stands here. A proposal is for people to weigh: nothing changes by itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any, Final

from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _

type Data = Mapping[str, Any]
type Change = list[dict[str, Any]]

FEW: Final = 4
"""Below so many teams or entries nothing is concluded."""
STAYED: Final = Fraction(3, 5)
RUSH: Final = Fraction(1, 2)
EXTENDED: Final = Fraction(1, 5)
UNSURE: Final = Fraction(3, 5)
UNDONE: Final = Fraction(1, 10)
BUILT_ON: Final = Fraction(1, 5)
SLOW: Final = Fraction(1, 2)
"""Finished tests of a team in a week."""
TOP: Final = 50
"""Percent of all points in the hands of the best tenth."""
TEAMS_FOR_TOP: Final = 10
RULES: Final = 3
"""Of fewer rules one always gives most."""
HEAD_START: Final = "0.25"
FOR_A_TEST: Final = 10
CLOSED_LEVELS: Final = frozenset({"", "sealed", "scores", "summaries"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to change: which section says so, why (`code` with its `facts`), about what, and the settings, if any."""

    section: str
    code: str
    about: str = ""
    facts: dict[str, Any] = field(default_factory=dict)
    change: Change = field(default_factory=list)


def proposed(data: Data, design: Data) -> list[Wanted]:
    """What the numbers (`told_by_data`) propose to change in these rules (the Design as data), in the order of the sections."""
    return [
        *_of_aim(data.get("aim", {})),
        *(one for row in data.get("rounds", ()) for one in _of_round(row, design)),
        *(one for row in data.get("judging", ()) for one in _of_judging(row, design)),
        *_of_ideas(data.get("ideas", {}), design),
        *_of_learning(data.get("learning", {}), design),
        *_of_rules(data.get("rules", {}), design, teams=int(data.get("people", {}).get("teams", 0))),
    ]


def _of_aim(aim: Data) -> Iterator[Wanted]:
    if aim.get("latest") and aim["latest"] != aim.get("baseline"):
        reached = _reached(aim)
        facts = {name: aim.get(name, "") for name in ("baseline", "target", "latest", "unit")} | {"reached": reached}
        yield Wanted("aim", "aim_from_here", facts=facts, change=[{"path": "aim.baseline", "value": aim["latest"]}])


def _reached(aim: Data) -> bool:
    if not aim.get("target") or not aim.get("baseline"):
        return False
    target, latest, began = (numbers.parse(aim[name]) for name in ("target", "latest", "baseline"))
    return latest >= target if target >= began else latest <= target


def _of_round(row: Data, design: Data) -> Iterator[Wanted]:
    held, active, entries = int(row["field"]), int(row["active"]), int(row["entries"])
    about = str(row["key"])
    if held >= FEW and Fraction(active, held) < STAYED:
        yield Wanted("rounds", "few_entered", about, {"name": row["name"], "active": active, "of": held})
    if entries >= FEW and Fraction(int(row["late"]), entries) > RUSH:
        yield Wanted("rounds", "late_rush", about, {"name": row["name"], "late": row["late"], "of": entries})
    if held >= FEW and Fraction(int(row["extended"]), held) >= EXTENDED:
        facts = {"name": row["name"], "extended": row["extended"], "of": held, "days": 3}
        yield Wanted("rounds", "more_time", about, facts, _later(design, about, "closes", 3))


def _of_judging(row: Data, design: Data) -> Iterator[Wanted]:
    about, name = str(row["key"]), row["name"]
    if row["reliability"] and numbers.parse(row["reliability"]) < UNSURE:
        yield Wanted(
            "judging", "unsure", about, {"name": name, "reliability": row["reliability"]}, _one_more_judge(design, about)
        )
    wanted = int(row["final"]) + int(row["open"])
    if wanted and Fraction(int(row["open"]), wanted) > UNDONE:
        facts = {"name": name, "open": row["open"], "of": wanted, "days": 3}
        yield Wanted("judging", "unfinished", about, facts, _later(design, about, "judging_closes", 3))


def _later(design: Data, key: str, name: str, days: int) -> Change:
    """A moment of a round so many days later, where nothing of this or the next round stands in its way; else no setting."""
    rounds = list(design.get("rounds", ()))
    at = next((number for number, one in enumerate(rounds) if one.get("key") == key), None)
    if at is None or not rounds[at].get(name):
        return []
    moved = datetime.fromisoformat(rounds[at][name]) + timedelta(days=days)
    after = rounds[at + 1] if at + 1 < len(rounds) else {}
    study = rounds[at].get("study") or {}
    beyond = [after.get("opens"), study.get("begins"), rounds[at].get("judging_closes") if name == "closes" else None]
    if any(one and datetime.fromisoformat(one) < moved for one in beyond):
        return []
    return [{"path": f'rounds["{key}"].{name}', "value": moved.isoformat()}]


def _one_more_judge(design: Data, key: str) -> Change:
    """A mark counts only from one sheet more: where the panels of the round are written out, and the task is this round's alone."""
    tasks = [one for one in design.get("challenges", ()) if key in (one.get("rounds") or ())]
    names = [one.get("key") for one in design.get("challenges", ())]
    return [
        {
            "path": f'challenges["{task["key"]}"].panels["{panel.get("key", "jury")}"].quorum',
            "value": int(panel.get("quorum", 1)) + 1,
        }
        for task in tasks
        if names.count(task["key"]) == 1
        for panel in task.get("panels", ())
        if panel.get("who", "judges") == "judges"
    ]


def _of_ideas(ideas: Data, design: Data) -> Iterator[Wanted]:
    shared, sources = int(ideas.get("shared", 0)), int(ideas.get("sources", 0))
    if shared >= FEW and Fraction(sources, shared) < BUILT_ON:
        rounds = list(design.get("rounds", ()))[:-1]
        shut = next((one["key"] for one in rounds if one.get("visibility", "") in CLOSED_LEVELS), None)
        change = [] if shut is None else [{"path": f'rounds["{shut}"].visibility', "value": "full"}]
        yield Wanted("ideas", "stayed_at_home", facts={"shared": shared, "sources": sources}, change=change)
    if shared >= 2 * FEW and not int(ideas.get("failures", 0)):
        yield Wanted("ideas", "no_failures", facts={"shared": shared})


def _of_learning(learning: Data, design: Data) -> Iterator[Wanted]:
    teams, rules = int(learning.get("of", 0)), list(design.get("rules", ()))
    asked = int(learning.get("planned", 0)) > 0 or any(one.get("tests") for one in design.get("rounds", ()))
    slow = learning.get("tempo") and numbers.parse(learning["tempo"]) < SLOW
    if asked and slow and teams >= FEW:
        earns = any(one.get("event") == "test.acted" for one in rules)
        rule: dict[str, Any] = {"name": _("A test finished"), "event": "test.acted", "points": FOR_A_TEST}
        change = [{"path": 'rules["test-finished"]', "value": rule}] if rules and not earns else []
        yield Wanted("learning", "slow", facts={"tempo": learning["tempo"], "finished": learning["finished"]}, change=change)
    left = int(learning.get("taken", 0)) - int(learning.get("taken_tried", 0))
    open_ = int(learning.get("planned", 0)) - int(learning.get("finished", 0))
    if left + open_ > 0 and not (design.get("carry") or {}).get("commitments"):
        kept: Change = [{"path": "carry.commitments", "value": True}]
        yield Wanted("learning", "untried", facts={"taken": left, "tests": open_}, change=kept)


def _of_rules(rules: Data, design: Data, *, teams: int) -> Iterator[Wanted]:
    rows, total = list(rules.get("rows", ())), int(rules.get("total", 0))
    written = {one.get("key"): one for one in design.get("rules", ())}
    for row in rows:
        key, points = str(row["key"]), int(row["points"])
        facts = {name: row[name] for name in ("name", "points", "acts", "before", "after")} | {"total": total}
        if not row["event"]:
            continue
        if not int(row["acts"]) and not points:
            yield Wanted("rules", "rule_unused", key, facts, [{"path": f'rules["{key}"]', "value": None}])
        elif len(rows) >= RULES and points * 2 > total > 0:
            half = max(1, int(written.get(key, {}).get("points", 1)) // 2)
            yield Wanted("rules", "rule_heavy", key, facts, [{"path": f'rules["{key}"].points', "value": half}])
        if row["before"] and row["after"] and numbers.parse(row["after"]) <= numbers.parse(row["before"]):
            yield Wanted("rules", "rule_moved_nothing", key, facts)
    top, carried = rules.get("top"), design.get("carry") or {}
    if top and int(top) >= TOP and teams >= TEAMS_FOR_TOP and not carried.get("handicap"):
        yield Wanted("rules", "top_heavy", facts={"top": top}, change=[{"path": "carry.handicap", "value": HEAD_START}])
