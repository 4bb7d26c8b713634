"""Contest event feeds (CLICS, NDJSON) as rules and tables: teams that compete, problems, submissions with their last judgement."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from games.bundles.rows import AttemptRow, GroupRow
from games.bundles.rules import Faults
from games.bundles.sheets import slug
from games.bundles.tables import Table, Tables
from games.bundles.text import decoded
from games.errors import Problem
from games.playbooks.schema import Design
from games.playbooks.schema.reading import read_design
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import clock_ms, clock_text

FEED: Final = "event-feed.ndjson"
ROUND: Final = "contest"
SINGLE: Final = frozenset({"contest", "state"})
Thing = Mapping[str, Any]


@dataclass(slots=True)
class Feed:
    """The last state of everything a feed told."""

    single: dict[str, Thing] = field(default_factory=dict)
    many: dict[str, dict[str, Thing]] = field(default_factory=dict)

    def all(self, kind: str) -> dict[str, Thing]:
        """Things of one kind by id, in the order in which they appeared."""
        return self.many.get(kind, {})


@dataclass(frozen=True, slots=True)
class FeedRead:
    """Rules, groups and attempts of a feed, or what is wrong with it."""

    design: Design | None
    groups: Table[GroupRow]
    attempts: Table[AttemptRow]
    problems: list[Problem]


def feed_in(names: Iterable[str]) -> str | None:
    """The feed among the files of a bundle."""
    found = [name for name in names if name.endswith(".ndjson") and "/" not in name]
    return FEED if FEED in found else found[0] if len(found) == 1 else None


def add(read: FeedRead, tables: Tables) -> None:
    """Put what the feed told into the tables; groups.csv beside it wins over its teams."""
    tables.attempts = read.attempts
    if not tables.groups.rows:
        tables.groups = read.groups


def read_feed(content: bytes, name: str = FEED) -> FeedRead:
    """Read a feed. Hidden teams, teams of hidden groups, and submissions outside the contest are left out."""
    faults = Faults(name)
    feed = _events(content, faults)
    contest = feed.single.get("contest", {})
    if not contest and not faults.problems:
        faults.add(_("there is no contest in the feed"))
    if faults.problems:
        return FeedRead(None, Table(), Table(), faults.all())
    teams = {key: team for key, team in feed.all("teams").items() if _competes(team, feed.all("groups"))}
    labels = {key: str(problem.get("label") or key) for key, problem in _ordered(feed.all("problems"))}
    try:
        duration = clock_ms(contest.get("duration"))
        attempts = _attempts(feed, teams, labels, duration)
        written = _rules(feed, contest, labels, duration)
    except (ValueError, TypeError) as error:
        faults.add(str(error))
        return FeedRead(None, Table(), Table(), faults.all())
    design, problems = read_design(written, start=None, file=name)
    return FeedRead(design, _groups(feed, teams), attempts, problems)


def _events(content: bytes, faults: Faults) -> Feed:
    feed = Feed()
    text = decoded(content, faults)
    for number, line in enumerate((text or "").splitlines(), 1):
        if line.strip():
            try:
                event = json.loads(line)
                _apply(feed, event)
            except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
                faults.add(_("is no event of a CLICS feed; expected one JSON object with type and data a line"), row=number)
    return feed


def _apply(feed: Feed, event: dict[str, Any]) -> None:
    """One event: a thing is there, has changed, or is gone. Both spellings: data of null, and the older op of delete."""
    kind, data = event["type"], event["data"]
    if kind in SINGLE:
        feed.single[kind] = data or {}
        return
    things = feed.many.setdefault(kind, {})
    if isinstance(data, list):
        feed.many[kind] = {str(thing["id"]): thing for thing in data}
    elif data is None or event.get("op") == "delete":
        things.pop(str(event["id"] if data is None else data["id"]), None)
    else:
        things[str(data["id"])] = data


def _ordered(problems: Mapping[str, Thing]) -> list[tuple[str, Thing]]:
    return sorted(problems.items(), key=lambda item: (item[1].get("ordinal", 0), str(item[1].get("label", ""))))


def _competes(team: Thing, groups: Mapping[str, Thing]) -> bool:
    ours = [groups.get(str(key), {}) for key in team.get("group_ids") or ()]
    return not team.get("hidden") and not (ours and all(group.get("hidden") for group in ours))


def _groups(feed: Feed, teams: Mapping[str, Thing]) -> Table[GroupRow]:
    """Teams under the full name of their organization where that tells them apart."""
    organizations, regions = feed.all("organizations"), feed.all("groups")
    formal = {
        key: str(
            organizations.get(str(team.get("organization_id")), {}).get("formal_name") or team.get("display_name") or team["name"]
        )
        for key, team in teams.items()
    }
    shared = list(formal.values())
    rows = []
    for key, team in teams.items():
        alone = shared.count(formal[key]) == 1
        name = formal[key] if alone else f"{formal[key]} ({team['name']})"
        region = ", ".join(str(regions.get(str(one), {}).get("name", one)) for one in team.get("group_ids") or ())
        rows.append(GroupRow(key, name, (str(team.get("name", "")), region)))
    return Table(rows, ("team", "region"))


def _attempts(feed: Feed, teams: Mapping[str, Thing], labels: Mapping[str, str], duration: int) -> Table[AttemptRow]:
    """Every submission inside the contest; the last valid judgement is its verdict, none is pending."""
    verdicts: dict[str, str] = {}
    for judgement in feed.all("judgements").values():
        if judgement.get("valid", True) and judgement.get("current", True):
            verdicts[str(judgement["submission_id"])] = str(judgement.get("judgement_type_id") or "")
    rows = []
    for number, (key, one) in enumerate(feed.all("submissions").items(), 1):
        team, problem, at = str(one["team_id"]), str(one["problem_id"]), str(one["contest_time"])
        if team in teams and problem in labels and not at.startswith("-") and clock_ms(at) < duration:
            rows.append(AttemptRow(ROUND, labels[problem], team, clock_ms(at), verdicts.get(key, ""), None, (str(number),)))
    return Table(rows, ("number",))


def _rules(feed: Feed, contest: Thing, labels: Mapping[str, str], duration: int) -> dict[str, Any]:
    """The rules that the feed itself states: time, penalty, verdicts, freeze."""
    types = feed.all("judgement-types")
    opens = contest.get("start_time")
    times: dict[str, Any] = {}
    if opens:
        start = datetime.fromisoformat(str(opens))
        times = {"opens": start, "closes": datetime.fromtimestamp(start.timestamp() + duration / 1000, start.tzinfo)}
    board: dict[str, Any] = {"key": "standings", "name": "Standings", "order": ["solved high", "penalty low"]}
    frozen_for = contest.get("scoreboard_freeze_duration")
    if frozen_for:
        board["freeze"] = clock_text(duration - clock_ms(frozen_for))
    problems = feed.all("problems")
    task = {
        "format": "attempts",
        "penalty": int(contest.get("penalty_time") or 0),
        "accepted": [key for key, kind in types.items() if kind.get("solved")] or ["AC"],
        "ignored": [key for key, kind in types.items() if not kind.get("solved") and not kind.get("penalty")],
    }
    names = {label: str(problems[key].get("name") or label) for key, label in labels.items()}
    return {
        "format": 1,
        "cycle": {
            "key": slug(str(contest.get("id") or contest.get("name") or "contest")),
            "name": str(contest.get("formal_name") or contest.get("name") or ""),
        },
        "rounds": [{"key": ROUND, "name": "Contest", **times}],
        "challenges": [{"key": label, "name": name, **task} for label, name in names.items()],
        "boards": [board],
    }
