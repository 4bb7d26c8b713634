"""What a replayed feed is made of: its acts in order, the same counted by hand, a contest that takes them, and rebuilds from the journal."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from backend.cli.setup import ROOT

EXAMPLE: Final = ROOT / "examples" / "icpc-wf47"
FEED: Final = EXAMPLE / "event-feed.ndjson"
BOARD: Final = "standings"
SIDES: Final = ("public", "restricted")
MINUTE: Final = 60_000
FREEZE: Final = 240 * MINUTE
JUDGED_AFTER: Final = MINUTE
JUDGED: Final = "attempt.judged"
SHOWN: Final = ("group", "line", "bracket", "rank", "place", "score", "keys", "values", "status", "pending")

type Said = tuple[int, int, int]
"""What a board says of a team: solved, penalty, tries that wait."""


@dataclass(frozen=True, slots=True)
class Act:
    """A try (without a verdict), or the verdict on one, `at` ms after the start; `made`: when the try was made."""

    at: int
    made: int
    submission: str
    task: str
    group: str
    verdict: str = ""

    @property
    def body(self) -> dict[str, Any]:
        """What the API is asked."""
        if self.verdict:
            return {"verdict": self.verdict}
        return {"round": "contest", "challenge": self.task, "group": self.group, "elapsed_ms": self.made}


def acts(lines: Iterable[str], teams: Iterable[str], *, since: int, until: int) -> list[Act]:
    """Tries that these teams made between two minutes, and their verdicts, in order of time.

    The public feed tells no verdict of the last hour. Those are made up, the same ones each time, so that the two sides of the board differ.
    """
    competing = set(teams)
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in lines:
        event = json.loads(line)
        if event["type"] in {"problems", "submissions", "judgements"}:
            told[event["type"]].append(event["data"])
    labels = {one["id"]: one["label"] for one in told["problems"]}
    tries = {}
    for one in told["submissions"]:
        at = _ms(one["contest_time"])
        if one["team_id"] in competing and since * MINUTE <= at < until * MINUTE:
            tries[one["id"]] = Act(at, at, one["id"], labels[one["problem_id"]], one["team_id"])
    verdicts = {key: (act.at + JUDGED_AFTER, _made_up(key)) for key, act in tries.items()}
    verdicts |= {one["submission_id"]: (_ms(one["end_contest_time"]), one["judgement_type_id"]) for one in told["judgements"]}
    judged = [
        Act(at, tries[key].made, key, tries[key].task, tries[key].group, said)
        for key, (at, said) in verdicts.items()
        if key in tries
    ]
    return sorted([*tries.values(), *judged], key=lambda act: (act.at, bool(act.verdict), int(act.submission)))


def _ms(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return int(hours) * 60 * MINUTE + int(minutes) * MINUTE + round(Fraction(seconds) * 1000)


def _made_up(submission: str) -> str:
    return "AC" if hashlib.sha256(submission.encode()).digest()[0] % 3 == 0 else "WA"


# --- By hand --------------------------------------------------------------------------------------------------------------------------


class Hand:
    """One side of the board, counted act by act with other code than the engine's. `states`: the board after each number of acts."""

    def __init__(self, teams: Iterable[str], side: str) -> None:
        self.frozen = side == "public"
        self.tries: dict[str, dict[str, dict[str, tuple[int, str]]]] = {team: defaultdict(dict) for team in teams}
        self.board: dict[str, Said] = dict.fromkeys(self.tries, (0, 0, 0))
        self.states = [fingerprint(self.board)]

    def take(self, act: Act) -> None:
        """One more act."""
        hidden = self.frozen and act.made >= FREEZE
        self.tries[act.group][act.task][act.submission] = (act.made, "" if hidden else act.verdict)
        tasks = [_said(sorted(tries.values(), key=lambda one: one[0])) for tries in self.tries[act.group].values()]
        self.board[act.group] = (sum(one[0] for one in tasks), sum(one[1] for one in tasks), sum(one[2] for one in tasks))
        self.states.append(fingerprint(self.board))


def _said(tries: Sequence[tuple[int, str]]) -> Said:
    rejected = waiting = 0
    for made, verdict in tries:
        if verdict == "AC":
            return 1, made // MINUTE + 20 * rejected, waiting
        waiting += not verdict
        rejected += verdict not in {"", "CE"}
    return 0, 0, waiting


def said(rows: Iterable[Mapping[str, Any]]) -> dict[str, Said]:
    """The same of rows as the API and the sockets give them."""
    return {row["group"]: (int(row["keys"][0]), int(row["keys"][1]), row["pending"]) for row in rows}


def fingerprint(board: Mapping[str, Said]) -> int:
    """Equal for equal boards."""
    return hash(frozenset(board.items()))


def out_of_order(heard: Sequence[int], states: Sequence[int]) -> int:
    """How many of the boards that a watcher saw were none that the contest had been in, at or after the one it saw before."""
    at = wrong = 0
    for one in heard:
        found = next((number for number in range(at, len(states)) if states[number] == one), None)
        wrong += found is None
        at = at if found is None else found
    return wrong


# --- The contest ----------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Contest:
    """A contest under way without a try: its ids, teams, and an organizer: a token for the API, a session for sockets."""

    cycle: int
    board: int
    teams: list[str]
    token: str
    session: str

    def signed_in(self, side: str) -> tuple[str, str]:
        """Token and session of who sees this side; both empty for everybody."""
        return (self.token, self.session) if side == "restricted" else ("", "")


def contest_of_feed(key: str) -> Contest:
    """The rules and teams of the feed; everybody sees its board at once, frozen from minute 240."""
    from django.test import Client  # noqa: PLC0415 -- models need the services' addresses

    from backend.accounts.models import User  # noqa: PLC0415
    from bench.contests import begun  # noqa: PLC0415
    from bench.people import captains  # noqa: PLC0415
    from games.bundles.reading import read_bundle  # noqa: PLC0415
    from games.groups.models import Group, Membership  # noqa: PLC0415
    from leaderboards.models import Board  # noqa: PLC0415
    from worker.steps import recompute_now  # noqa: PLC0415

    bundle = read_bundle(EXAMPLE, "clics")
    made = begun(key, tasks=0, criteria=0, groups=0, judges=0, closed=False, design=bundle.design, main=BOARD)
    groups = Group.objects.bulk_create(Group(cycle=made.cycle, key=one.group, name=one.name) for one in bundle.tables.groups.rows)
    [token] = captains(made, groups[:1])
    Membership.objects.filter(cycle=made.cycle).update(group=None, role="organizer", capabilities=["organize"])
    recompute_now(made.cycle)
    board = Board.objects.get(scope=made.cycle.pk, key=BOARD)
    client = Client()
    client.force_login(User.objects.get(people__memberships__cycle=made.cycle))
    return Contest(made.cycle.pk, board.pk, [one.key for one in groups], token, client.cookies["sessionid"].value)


def journalled(cycle: int) -> int:
    """How many acts on tries the sealed journal holds."""
    from games.journal.queries import sealed  # noqa: PLC0415 -- models need the services' addresses

    return sealed(cycle).filter(kind=JUDGED).count()


def from_journal(cycle: int, counts: Iterable[int]) -> Iterator[dict[str, list[dict[str, Any]]]]:
    """Both sides of the board as the engine makes them from nothing but the first acts of the sealed journal, for each of these numbers of acts."""
    from games.cycles.models import Cycle  # noqa: PLC0415 -- models need the services' addresses
    from games.cycles.queries import design_of  # noqa: PLC0415
    from games.journal.queries import sealed  # noqa: PLC0415
    from games.results.rules import known_facts  # noqa: PLC0415
    from leaderboards.actions import stored_rows  # noqa: PLC0415
    from leaderboards.computing import compute  # noqa: PLC0415
    from leaderboards.engine.facts import Attempt, Attempts, Facts, Group  # noqa: PLC0415

    one = Cycle.objects.get(pk=cycle)
    design, names = design_of(one), dict(one.groups.values_list("pk", "key"))
    groups = tuple(Group(group.key, group.name) for group in one.groups.all())
    entries = list(sealed(cycle).filter(kind=JUDGED).order_by("seal"))
    for count in counts:
        tries: dict[str, Attempt] = {}
        for number, entry in enumerate(entries[:count]):
            said, earlier = entry.payload, tries.get(entry.subject)
            place = (said["round"], said["challenge"], names[entry.group_id or 0], said["elapsed_ms"], said["verdict"], None)
            tries[entry.subject] = Attempt(*place, earlier.sequence if earlier else number)
        whole = Facts(groups=groups, attempts=Attempts(tries.values()))
        facts = {"public": known_facts(design, whole, ()), "restricted": whole}
        rows = {side: stored_rows(compute(design, facts[side]).board(BOARD, frozen=side == "public").rows) for side in SIDES}
        yield {side: [{"group": group, "line": line, **row} for (group, line), row in rows[side].items()] for side in SIDES}


def versions(board: int) -> dict[str, int]:
    """Where the two sides of a board are."""
    from leaderboards.models import Board  # noqa: PLC0415 -- models need the services' addresses
    from leaderboards.queries import version_of  # noqa: PLC0415

    one = Board.objects.get(pk=board)
    return {side: version_of(one, side) for side in SIDES}


def shown(rows: Iterable[Mapping[str, Any]]) -> list[tuple[Any, ...]]:
    """Rows to be compared: without where a group stood before, which is a matter of who looked when."""
    return sorted(tuple(json.dumps(row[name], sort_keys=True) for name in SHOWN) for row in rows)


def by_line(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, int], list[Any]]:
    """The same by group and line, of rows that were all read from JSON."""
    return {(row["group"], row["line"]): [row[name] for name in SHOWN] for row in rows}


def feed_lines(path: Path = FEED) -> list[str]:
    """The events of the feed, one a line."""
    return path.read_text(encoding="utf-8").splitlines()
