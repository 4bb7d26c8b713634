"""What a change set would move, computed with its changes applied in memory; nothing is written. For a worker: it may take seconds."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from games.changes.models import Change, ChangeSet
from games.changes.queries.corrections import changes_of, corrections_of, design_after, rounds_touched, set_digest
from games.changes.rules import ChangeKind
from games.changes.rules.corrections import GroupBack, GroupOut, Kept, applied
from games.changes.rules.moves import AwardMove, Field, Held, award_moves, field_moves, rest_moves, with_fields_kept
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group, Membership
from games.journal.queries import db_now
from games.playbooks.schema import Design
from games.progression.rules import decided_after
from games.recognition.models import Grant
from games.recognition.rules import GrantState
from games.results.queries import facts_of, judge_keys
from games.results.queries.planning import BETWEEN, boards_to_publish, planned, undecided_cuts
from games.results.queries.preview import PreviewBoard, preview_boards
from games.results.rules import Plan, known_facts
from games.rounds.models import Round
from games.rounds.rules import RoundState, state_of
from leaderboards.computing import compute
from leaderboards.engine import facts
from leaderboards.engine.language import gettext as _
from leaderboards.engine.outcome import Outcome
from leaderboards.engine.spec import Source, board_rounds, expand_boards


@dataclass(frozen=True, slots=True)
class Moment:
    """A cycle as it is now, as far as a correction rests on it."""

    cycle: Cycle
    design: Design
    facts: facts.Facts
    rounds: tuple[Round, ...]
    grants: tuple[Grant, ...]
    now: datetime

    @property
    def published(self) -> list[str]:
        """Keys of the rounds whose results are out, in order of time."""
        return [one.key for one in self.rounds if one.published_at is not None]

    def settled(self) -> dict[str, RoundState]:
        """The rounds whose fields are settled by results that are out, in order of time, with their states."""
        keys = {key for one in self.published for key in decided_after(self.design, one)}
        return {one.key: state_of(one.clock, self.now) for one in self.rounds if one.key in keys}

    def stamp(self) -> str:
        """SHA-256 over all that a preview of a correction rests on: rules, groups, decisions, states of rounds, grants, and what was done in published rounds."""
        published = set(self.published)
        told = hashlib.sha256(f"design {self.cycle.design_number}".encode())
        for rows in _told(self.facts, published):
            for line in sorted(repr(row) for row in rows):
                told.update(line.encode(errors="surrogatepass") + BETWEEN)
            told.update(BETWEEN)
        for round_ in self.rounds:
            told.update(repr((round_.key, round_.published_at, state_of(round_.clock, self.now).value)).encode())
        for one in self.grants:
            told.update(repr((one.pk, one.state, one.place, one.amount_cents)).encode())
        return told.hexdigest()


def _told(found: facts.Facts, published: Collection[str]) -> Iterator[Iterator[object]]:
    yield iter(found.groups)
    yield iter(found.decisions)
    for rows in (found.submissions, found.marks, found.attempts, found.votes):
        yield (row for row in rows if row.round in published)


def moment_of(cycle: Cycle, *, points: Sequence[facts.Points] = ()) -> Moment:
    """Read it: a dozen statements, whatever the size."""
    return Moment(
        cycle=cycle,
        design=design_of(cycle),
        facts=facts_of(cycle, points=points),
        rounds=tuple(Round.objects.filter(cycle=cycle).order_by("number")),
        grants=tuple(
            Grant.objects.filter(cycle=cycle).exclude(state=GrantState.REVOKED.value).select_related("group").order_by("pk")
        ),
        now=db_now(),
    )


# --- Looking --------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Look:
    """What was found: `body` is plain JSON (see `_body`), `stamp` the state of the cycle it was computed from, `of` the change set it is about."""

    body: dict[str, Any]
    stamp: str
    of: str


@dataclass(frozen=True, slots=True)
class After:
    """The cycle as it would be."""

    design: Design
    outcome: Outcome
    kept: tuple[Kept, ...]
    plan: Plan
    boards: list[PreviewBoard]
    fields: list[Field]
    awards: list[AwardMove]


def look(change_set: ChangeSet, *, points: Sequence[facts.Points] = ()) -> Look:
    """Everything that applying the change set now would move. Raises what its rules refuse (DesignRefused, AmendRefused, NothingChanged)."""
    moment = moment_of(change_set.cycle, points=points)
    changes = changes_of(change_set)
    before = compute(moment.design, known_facts(moment.design, moment.facts, moment.published))
    after = _after(moment, changes, before)
    return Look(_body(moment, changes, before, after), moment.stamp(), set_digest(change_set, changes))


def _after(moment: Moment, changes: Sequence[Change], before: Outcome) -> After:
    design = design_after(moment.cycle, changes)
    corrections = corrections_of(moment.cycle, changes, judge_keys(moment.cycle))
    known = known_facts(design, applied(moment.facts, corrections), moment.published)
    states = moment.settled()
    outcome, kept = with_fields_kept(
        lambda decided: compute(design, applied(known, (), decided)),
        before.entrants,
        states,
        out={one.group for one in corrections if isinstance(one, GroupOut)},
        back={one.group for one in corrections if isinstance(one, GroupBack)},
    )
    plan = planned(design, outcome, moment.published)
    among = [one for one in boards_to_publish(moment.cycle, *moment.published) if one.key not in _by_points(design)]
    held = [Held(one.pk, one.award, one.group.key, one.state, one.place, one.amount_cents) for one in moment.grants if one.group]
    return After(
        design=design,
        outcome=outcome,
        kept=kept,
        plan=plan,
        boards=list(preview_boards(moment.cycle, design, among, outcome, moment.published)),
        fields=field_moves(before.entrants, outcome.entrants, states, kept),
        awards=award_moves(held, plan["awards"]),
    )


def _by_points(design: Design) -> set[str]:
    """Boards that rank by points: these follow acts, not results."""
    return {one.id for one in expand_boards(design) if one.source is not Source.ROUNDS}


# --- As it is kept --------------------------------------------------------------------------------------------------------------------


def _body(moment: Moment, changes: Sequence[Change], before: Outcome, after: After) -> dict[str, Any]:
    """What is kept of a look, as plain JSON.

    `rounds`: published rounds whose boards get a new version; `boards`: each with its rows side by side (see `_row`); `fields`, `kept`,
    `awards`, `rest`: see `rules.moves`; `groups`, `people`, `judges`: who is told; `names`; `problems` stand against applying, `warnings`
    do not.
    """
    boards = [_board(one) for one in after.boards]
    touched = rounds_touched(moment.cycle, changes, moment.published)
    beside = {one["key"] for one in boards if one["moved"] and not _counts(after.design, one["key"], touched)}
    rounds = [key for key in moment.published if key in touched or _counted(after.design, key, beside)]
    groups = _concerned(changes, after, boards)
    return {
        "rounds": rounds,
        "boards": [one for one in boards if one["moved"] or _counts(after.design, one["key"], rounds)],
        "fields": [asdict(one) | {"name": _title(after.design, one.round)} for one in after.fields],
        "kept": [asdict(one) for one in after.kept],
        "awards": [_award(after.design, one) for one in after.awards],
        "rest": _rest(moment, after),
        "groups": groups,
        "people": _people(moment.cycle, groups),
        "judges": sorted({one.target["person"] for one in changes if "person" in one.target}),
        "names": {one.key: one.name or one.key for one in moment.facts.groups},
        "problems": _problems(after, moment.published, moment.settled()),
        "warnings": [str(one) for one in after.outcome.problems if one not in before.problems],
    }


def _board(one: PreviewBoard) -> dict[str, Any]:
    """A board with every row as it is published and as it would be. `moved`: how many differ in place, score or status."""
    changed = {(change.group, change.bracket): change for change in one.changes}
    rows = [
        _row(row["group"], row["name"], row["bracket"], _now(row), changed.pop((row["group"], row["bracket"]), None))
        for row in one.rows
        if not row["line"]
    ]
    rows += [_row(group, change.name, bracket, None, change) for (group, bracket), change in changed.items()]
    return {"key": one.key, "name": one.name, "before": one.before, "moved": len(one.changes), "rows": rows}


def _now(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return (row["place"], row["score"], row["status"])


def _row(group: str, name: str, bracket: str, now: tuple[str, str, str] | None, change: Any) -> dict[str, Any]:
    """A group on a board: `was` and `now` are (place, score, status), None where it is not on it; alike where nothing moves."""
    was = now if change is None else change.before
    return {"group": group, "name": name, "bracket": bracket, "was": was, "now": now if change is None else change.after}


def _counted(design: Design, key: str, boards: Collection[str]) -> bool:
    return any(_counts(design, board, [key]) for board in boards)


def _counts(design: Design, board: str, rounds: Collection[str]) -> bool:
    """Whether the board counts one of these rounds."""
    spec = next((one for one in expand_boards(design) if one.id == board), None)
    return spec is not None and any(one.key in rounds for one in board_rounds(design, spec))


def _title(design: Design, key: str) -> str:
    spec = design.round(key)
    return spec.title if spec is not None else key


def _award(design: Design, one: AwardMove) -> dict[str, Any]:
    title = next((spec.title for spec in design.awards if spec.key == one.award), one.award)
    return {
        "award": one.award,
        "title": title,
        "group": one.group,
        "grant": one.grant,
        "state": one.state,
        "before": list(one.before) if one.before else None,
        "after": list(one.after) if one.after else None,
        "acted_on": one.acted_on,
        "to_take_back": one.to_take_back,
    }


def _rest(moment: Moment, after: After) -> dict[str, list[int]]:
    free = {one.award: one.amount_cents or 0 for one in moment.grants if one.state == GrantState.UNALLOCATED.value}
    return {key: list(cents) for key, cents in rest_moves(free, after.plan["awards"]).items()}


def _concerned(changes: Sequence[Change], after: After, boards: Sequence[Mapping[str, Any]]) -> list[str]:
    """The groups that are told: whose sheet or entry is corrected, whose place or way moves, and an award that they know of."""
    found = {one.target["group"] for one in changes if one.target.get("group") and one.kind != ChangeKind.RULE.value}
    for board in boards:
        for row in board["rows"]:
            was, now = row["was"], row["now"]
            if was is None or now is None or (was[0], was[2]) != (now[0], now[2]):
                found.add(row["group"])
    for field in after.fields:
        found |= field.moved
    return sorted(found | {one.group for one in after.awards if one.state in SEEN})


SEEN = frozenset({GrantState.VERIFIED, GrantState.GRANTED, GrantState.DELIVERED})
"""States in which a group knows of its award: nominations are nobody's news."""


def _people(cycle: Cycle, groups: Sequence[str]) -> int:
    """How many people with an account are in these groups now."""
    here = Group.objects.filter(cycle=cycle, key__in=groups)
    held = Membership.objects.filter(group__in=here, until__isnull=True, person__user__is_active=True)
    return held.values("person__user").distinct().count()


def _problems(after: After, published: Collection[str], settled: Mapping[str, RoundState]) -> list[str]:
    """What stands against publishing: a tie at a cut that only people decide."""
    found = []
    for cut in undecided_cuts(after.design, after.outcome, published):
        if cut.to in settled:
            groups = ", ".join(cut.undecided)
            found.append(
                _(
                    'The cut to "{to}" falls into a tie of {groups}: decide who goes on, then look again.',
                    to=cut.to,
                    groups=groups,
                )
            )
    return found
