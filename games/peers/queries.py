"""What may be read of the groups of a cycle, and the peers that follow from it; asks, and the network of accepted ones."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group, Membership
from games.groups.rules import GroupState
from games.ideas.models import Derivation, Idea
from games.ideas.rules import DerivationKind
from games.learning.models import Observation
from games.peers.models import PeerAsk, PeerOptOut
from games.peers.rules import Match, PeerState, Placed, Track, matches
from games.playbooks.schema import Design
from games.results.models import ChallengeScore
from games.talk.models import Thread
from leaderboards.engine.spec import Source, board_rounds, expand_boards
from leaderboards.models import Board, Snapshot

MILLIONTHS: Final = 1_000_000


def asks_for_peers(design: Design) -> bool:
    """Whether the rules of the cycle match peers."""
    return design.peers


@dataclass(frozen=True, slots=True)
class Readable:
    """What the asking group may read: published states of boards, scores, measured values. The edge narrows each to that."""

    snapshots: QuerySet[Snapshot]
    scores: QuerySet[ChallengeScore]
    observations: QuerySet[Observation]


@dataclass(frozen=True, slots=True)
class Peers:
    """The peers of a group, best first; the groups of the cycle that take part, with organization and `aside`; whether it stands aside."""

    matches: list[Match]
    groups: Mapping[int, Any]
    aside: bool


def peers_for(group: Group, readable: Readable, asks: Iterable[PeerAsk] | None = None) -> Peers:
    """The peers of a group by what it may read. Seven statements at most, however many groups there are; `asks`: its own, where known."""
    cycle = group.cycle
    out = PeerOptOut.objects.filter(group=OuterRef("pk"))
    rows = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).select_related("organization")
    groups = {one.pk: one for one in rows.annotate(aside=Exists(out))}
    if group.pk not in groups:
        return Peers([], groups, aside=stands_aside(group))
    known = asks_of(group) if asks is None else asks
    waits = {one.asked_id for one in known if one.asker_id == group.pk and one.state == PeerState.ASKED.value}
    paired = {pk for one in known if one.state == PeerState.ACCEPTED.value for pk in (one.asker_id, one.asked_id)}
    avoid = (waits | paired) - {group.pk}
    avoid |= {pk for pk, one in groups.items() if one.aside}
    tracks = _tracks(cycle, groups, readable)
    asker = tracks.pop(group.pk)
    return Peers(matches(asker, tracks.values(), avoid=avoid), groups, aside=groups[group.pk].aside)


def _tracks(cycle: Cycle, groups: Mapping[int, Group], readable: Readable) -> dict[int, Track]:
    """What each group did, as far as it may be read."""
    places, tasks = _places(cycle, groups, readable.snapshots)
    for group, task in (
        readable.scores.filter(challenge__round__cycle=cycle).exclude(score="").values_list("group_id", "challenge_id")
    ):
        tasks[group].add(task)
    measured = _measured(cycle, readable.observations)
    people: dict[int | None, set[int]] = defaultdict(set)
    for group_id, person in Membership.objects.filter(group__in=groups, until__isnull=True).values_list("group_id", "person_id"):
        people[group_id].add(person)
    return {
        pk: Track(
            pk,
            organization=one.organization_id,
            tasks=frozenset(tasks[pk]),
            places=places.get(pk, ()),
            measured=measured.get(pk, {}),
            people=frozenset(people[pk]),
        )
        for pk, one in groups.items()
    }


def _places(
    cycle: Cycle, groups: Mapping[int, Group], snapshots: QuerySet[Snapshot]
) -> tuple[dict[int, list[Placed]], defaultdict[int, set[int]]]:
    """Group → its first and last published place, on one board that was published twice or on the boards of successive rounds; and the
    tasks that follow from a place: of a board that ranks by one task, whoever has a place took part in it. Boards of points and of credit
    tell how much was done, not how well.
    """
    keys = {one.key: pk for pk, one in groups.items() if not one.rank_hidden}
    of_rounds: dict[str, list[int]] = defaultdict(list)
    for pk, key in Challenge.objects.filter(round__cycle=cycle).values_list("pk", "round__key"):
        of_rounds[key].append(pk)
    design = design_of(cycle)
    specs = {one.id: one for one in expand_boards(design)}
    rounds = {key: tuple(each.key for each in board_rounds(design, one)) for key, one in specs.items()}
    tasks: defaultdict[int, set[int]] = defaultdict(set)
    by_board: dict[int, dict[int, list[Placed]]] = defaultdict(lambda: defaultdict(list))
    by_rounds: dict[int, dict[tuple[str, ...], Placed]] = defaultdict(dict)
    for one in _states(cycle, snapshots):
        board = one.board
        if board.key in specs and specs[board.key].source is not Source.ROUNDS:
            continue
        of = rounds.get(board.key, ())
        only = [task for key in of for task in of_rounds[key]]
        for entry, placed in _rows(board, one.rows):
            group = keys.get(entry)
            if group is None:
                continue
            by_board[group][board.number].append(placed)
            if len(of) == 1:
                by_rounds[group].setdefault(of, placed)
            if len(only) == 1:
                tasks[group].add(only[0])
    found = {group: _series(boards, list(by_rounds[group].values())) for group, boards in by_board.items()}
    return found, tasks


def _series(boards: Mapping[int, list[Placed]], over: list[Placed]) -> list[Placed]:
    """One board that was published twice, the first in the rules; else those of single rounds as they were published, if there are two; else
    the first of all, which tells no way yet. A board of all rounds and one of a single round are never put side by side.
    """
    inorder = [places for _, places in sorted(boards.items())]
    twice = [places for places in inorder if len(places) > 1]
    chosen = twice[0] if twice else over if len(over) > 1 else inorder[0]
    return [chosen[0], chosen[-1]] if len(chosen) > 1 else chosen


def _states(cycle: Cycle, snapshots: QuerySet[Snapshot]) -> Iterable[Snapshot]:
    """The first and the last published state of each public board, in order of publication. One statement."""
    newer = Snapshot.objects.filter(board=OuterRef("board"), audience="public", number__gt=OuterRef("number"))
    rows = snapshots.filter(board__scope=cycle.pk, board__audience="public", audience="public")
    chosen = rows.filter(Q(number=1) | ~Exists(newer))
    return chosen.select_related("board").order_by("published_at", "board__number", "number")


def _rows(board: Board, rows: Sequence[Mapping[str, Any]]) -> Iterable[tuple[str, Placed]]:
    """Whoever has a place: key, and the place in its bracket."""
    ranked = [row for row in rows if row["place"] and not row.get("line")]
    of: dict[str, int] = defaultdict(int)
    for row in ranked:
        of[row["bracket"]] += 1
    for row in ranked:
        place = int(row["place"]) if row["place"].isdigit() else int(row["rank"])
        yield row["entry"], Placed(board.name, place, of[row["bracket"]])


def _measured(cycle: Cycle, observations: QuerySet[Observation]) -> dict[int, dict[str, list[Fraction]]]:
    """Group → measure → its values by date, more is better: a measure whose target lies below its baseline is turned around."""
    aim = design_of(cycle).aim
    down = aim.baseline is not None and aim.target is not None and aim.target < aim.baseline
    found: dict[int, dict[str, list[Fraction]]] = defaultdict(lambda: defaultdict(list))
    standing = observations.filter(cycle=cycle, group__isnull=False, replaced_at__isnull=True).order_by("period", "pk")
    for group, measure, value in standing.values_list("group_id", "measure", "value"):
        sign = -1 if down and measure == "aim" else 1
        if group is not None:
            found[group][aim.measure or measure if measure == "aim" else measure].append(Fraction(sign * value, MILLIONTHS))
    return {group: dict(values) for group, values in found.items()}


# --- Asks, and the network -------------------------------------------------------------------------------------------------------------


def asks_of(group: Group) -> QuerySet[PeerAsk]:
    """What a group asked, and was asked, the newest first."""
    rows = PeerAsk.objects.filter(Q(asker=group) | Q(asked=group)).select_related("cycle", "asker", "asked", "challenge")
    return rows.order_by("-asked_at", "-pk")


def stands_aside(group: Group) -> bool:
    """Whether the group does not want to be found or asked."""
    return PeerOptOut.objects.filter(group=group).exists()


@dataclass(frozen=True, slots=True)
class Edge:
    """Two peers, since when, and what has flowed between them since: threads in which both spoke, ideas built on the other's."""

    asker: Group
    asked: Group
    task: str
    threads: int = 0
    derivations: int = 0


def edges_in(asks: QuerySet[PeerAsk], ideas: QuerySet[Idea], threads: QuerySet[Thread]) -> list[Edge]:
    """The accepted ones of `asks`, with what flowed, over the ideas and threads that may be seen. Three statements."""
    rows = list(
        asks.filter(state=PeerState.ACCEPTED.value)
        .select_related("asker", "asked", "challenge")
        .order_by("asker__name", "asked__name", "pk")
    )
    groups = {group for one in rows for group in (one.asker_id, one.asked_id)}
    if not groups:
        return []
    grown = _grown(ideas, groups)
    spoke: dict[frozenset[int], int] = defaultdict(int)
    said = threads.filter(posts__group__in=groups).order_by().values_list("pk", "posts__group").distinct()
    by_thread: dict[int, set[int]] = defaultdict(set)
    for thread, group in said:
        by_thread[thread].add(group)
    for among in by_thread.values():
        for pair in {frozenset((one.asker_id, one.asked_id)) for one in rows}:
            spoke[pair] += pair <= among
    found = []
    for one in rows:
        pair = frozenset((one.asker_id, one.asked_id))
        task = one.challenge.name if one.challenge is not None else ""
        found.append(Edge(one.asker, one.asked, task, threads=spoke[pair], derivations=grown[pair]))
    return found


def _grown(ideas: QuerySet[Idea], groups: set[int]) -> defaultdict[frozenset[int], int]:
    """Pair → how many ideas of one were built on the other's; refusals do not count."""
    seen = ideas.order_by().values("pk")
    rows = Derivation.objects.filter(source__in=seen, target__in=seen, source__group__in=groups, target__group__in=groups)
    counted = rows.exclude(kind=DerivationKind.REJECTS.value).exclude(source__group=F("target__group")).order_by()
    found: defaultdict[frozenset[int], int] = defaultdict(int)
    for source, target, count in counted.values_list("source__group", "target__group").annotate(count=Count("pk")):
        found[frozenset((source, target))] += count
    return found
