"""Who judges what: sheets to be filled, one by one, all at once, or from a table. All or nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from random import SystemRandom
from typing import Any, NamedTuple

from django.db import transaction

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import Problem
from games.groups.models import Group
from games.groups.rules import GroupState
from games.journal.queries import db_now
from games.judging.actions.panels import check_panel, journal_assignment
from games.judging.actions.peers import reciprocal
from games.judging.conflicts import Bar, barred
from games.judging.models import Panelist, Sheet
from games.judging.queries import judges_in, panel_of
from games.judging.queries.peers import PEERS, groups_of_peers, who_judges
from games.judging.rules import AssignmentRefused, SheetRefused, SheetState
from games.judging.rules.table import read_lines
from games.judging.rules.voting import AUDIENCE
from games.judging.seating import entries_to_mark, judge_named, judges_by_key, task_named, tasks_by_place
from games.organizations.models import Person
from games.submissions.queries import is_blind, rules_of
from leaderboards.engine.language import gettext as _


class Wanted(NamedTuple):
    """One assignment. An empty panel means the task's first; `where` is how messages call it."""

    challenge: Challenge
    group: Group
    judge: Person
    panel: str = ""
    where: str = ""


class _Facts(NamedTuple):
    """Who judges in the cycle, who left which panel (task, panel, judge), who must not judge whom (group, judge): loaded once.

    `peers`: on a panel of peers (task, panel) who sits there; `mutual`: pairs that would make two teams judge each other.
    """

    judges: set[int]
    left: set[tuple[int, str, int]]
    barred: dict[tuple[int, int], Bar]
    peers: dict[tuple[int, str], set[int]]
    mutual: set[tuple[int, str, int, int]]


@transaction.atomic
def assign(*, cycle: Cycle, wanted: Sequence[Wanted], by: Any, third: bool = False) -> int:
    """Give sheets to judges, who thereby are on the panel. One that exists already stays as it is. Returns how many are new.

    `third`: as further readers of what others have marked; they are told so.

    Raises AssignmentRefused with every fault: no judge of the cycle, own group, conflict, unknown panel, wrong division, other cycle.
    """
    facts = _facts(cycle, wanted)
    problems: list[Problem] = []
    fitting: list[Wanted] = []
    for number, one in enumerate(wanted):
        where = one.where or f"assignments.{number}"
        panel = one.panel or _panels(one.challenge)[0]
        if fault := _fault(cycle, one, panel, facts):
            problems.append(Problem(where, fault))
        else:
            fitting.append(one._replace(panel=panel, where=where))
    _refuse(problems)
    return _store(fitting, by=by, third=third)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        msg = _("Nothing was assigned: {problems}", problems=problems[0]) + (
            _(" (and {count} more)", count=len(problems) - 1) if len(problems) > 1 else ""
        )
        raise AssignmentRefused(msg, where=problems[0].where, problems=problems)


def _panels(challenge: Challenge) -> list[str]:
    __, spec = rules_of(challenge)
    return [panel.key for panel in spec.judges_panels]


def _facts(cycle: Cycle, wanted: Iterable[Wanted]) -> _Facts:
    asked = list(wanted)
    judges = set(judges_in(cycle).values_list("person_id", flat=True))
    seats = Panelist.objects.filter(challenge__in={one.challenge.pk for one in asked}, left_at__isnull=False)
    left = set(seats.values_list("challenge_id", "panel", "person_id"))
    peers, mutual = _peers(asked)
    return _Facts(judges, left, barred({one.group.pk for one in asked}, {one.judge for one in asked}), peers, mutual)


def _peers(asked: Sequence[Wanted]) -> tuple[dict[tuple[int, str], set[int]], set[tuple[int, str, int, int]]]:
    """What is to be known of panels of peers among what is wanted; nothing is read where there is none."""
    places: dict[tuple[int, str], list[Wanted]] = {}
    for one in asked:
        panel = one.panel or _panels(one.challenge)[0]
        if who_judges(one.challenge, panel) == PEERS:
            places.setdefault((one.challenge.pk, panel), []).append(one)
    seated: dict[tuple[int, str], set[int]] = {}
    mutual: set[tuple[int, str, int, int]] = set()
    for (task, panel), rows in places.items():
        challenge = rows[0].challenge
        seated[task, panel] = set(groups_of_peers(challenge, panel))
        out = Sheet.objects.filter(challenge=task, panel=panel).exclude(state=SheetState.RECUSED.value)
        there = list(out.values_list("group_id", "judge_id"))
        new = [(one.group.pk, one.judge.pk) for one in rows]
        mutual |= {(task, panel, *pair) for pair in reciprocal(challenge, panel, new, there) if pair not in there}
    return seated, mutual


def _fault(cycle: Cycle, one: Wanted, panel: str, facts: _Facts) -> str:
    judge, group, challenge = one.judge, one.group, one.challenge
    if group.cycle_id != cycle.pk or challenge.round.cycle_id != cycle.pk:
        return _("the team or the task is of another cycle")
    known = _panels(challenge)
    bar, place = facts.barred.get((group.pk, judge.pk)), (challenge.pk, panel)
    faults = (
        (place not in facts.peers and judge.pk not in facts.judges, _('"{judge}" does not judge in this cycle', judge=judge.key)),
        (place in facts.peers and judge.pk not in facts.peers[place], _no_peer(judge, panel)),
        (
            who_judges(challenge, panel) == AUDIENCE,
            _('on the panel "{panel}" the audience votes: nobody has sheets', panel=panel),
        ),
        (
            (*place, group.pk, judge.pk) in facts.mutual,
            _('"{judge}" and "{group}": no two teams judge each other', judge=judge.key, group=group.key),
        ),
        (
            panel not in known,
            _('"{panel}" is not a panel of "{task}"; known: {names}', panel=panel, task=challenge.key, names=", ".join(known)),
        ),
        (
            (challenge.pk, panel, judge.pk) in facts.left,
            _('"{judge}" has left the panel "{panel}"', judge=judge.key, panel=panel),
        ),
        (
            bar is not None and bar.own,
            _('"{judge}" belongs to "{group}": nobody judges their own team', judge=judge.key, group=group.key),
        ),
        (bar is not None, _('"{judge}" has a conflict of interest with "{group}"', judge=judge.key, group=group.key)),
        (
            challenge.division and challenge.division != group.division,
            _('"{group}" is not in division "{division}"', group=group.key, division=challenge.division),
        ),
        (group.state != GroupState.ACTIVE, _('"{group}" is {state}', group=group.key, state=group.state)),
    )
    return next((message for wrong, message in faults if wrong), "")


def _no_peer(judge: Person, panel: str) -> str:
    return _('"{judge}" is no peer on the panel "{panel}"', judge=judge.key, panel=panel)


def _store(wanted: Sequence[Wanted], *, by: Any, third: bool = False) -> int:
    now = db_now()
    challenges = {one.challenge.pk: one.challenge for one in wanted}
    places = ("challenge_id", "group_id", "panel", "judge_id")
    there = set(Sheet.objects.filter(challenge__in=challenges).values_list(*places))
    new = {key: one for one in wanted if (key := (one.challenge.pk, one.group.pk, one.panel, one.judge.pk)) not in there}
    seats = {(one.challenge.pk, one.panel, one.judge.pk) for one in wanted}
    Panelist.objects.bulk_create(
        [Panelist(challenge_id=challenge, panel=panel, person_id=judge) for challenge, panel, judge in sorted(seats)],
        ignore_conflicts=True,
    )
    order = list(new)
    if any(
        is_blind(one.round) for one in challenges.values()
    ):  # entries come by name: numbers of sheets in that order would tell it
        SystemRandom().shuffle(order)
    Sheet.objects.bulk_create(
        [Sheet(**dict(zip(places, key, strict=True)), assigned_at=now) for key in order], batch_size=1000, ignore_conflicts=True
    )
    for (challenge, panel, judge), count in sorted(Counter((c, p, j) for c, __, p, j in new).items()):
        journal_assignment(challenges[challenge], judge, panel, count, by=by, third=third)
    return len(new)


@transaction.atomic
def assign_all(*, challenge: Challenge, by: Any, panel: str = "") -> int:
    """Every judge of the panel gets every entry, except the own group's and those in conflict. Returns how many sheets are new.

    Entries are those that count; of a task without written entries, all groups that are in the round.
    """
    panel = panel or _panels(challenge)[0]
    check_panel(challenge, panel)
    cycle = challenge.round.cycle
    groups, judges = entries_to_mark(challenge), panel_of(challenge, panel)
    pairs = [Wanted(challenge, group, judge, panel) for judge in judges for group in groups]
    facts = _facts(cycle, pairs)
    return _store([one for one in pairs if not _fault(cycle, one, panel, facts)], by=by)


@transaction.atomic
def rearrange(
    *, challenge: Challenge, panel: str, give: Sequence[Wanted], take: Collection[tuple[int, int]], by: Any
) -> tuple[int, int]:
    """Sheets given and sheets taken back, (group, judge) each, as one act. Returns how many of both.

    What a judge has begun meanwhile stays with them. Raises AssignmentRefused with every fault.
    """
    rows = Sheet.objects.filter(challenge=challenge, panel=panel, state=SheetState.ASSIGNED.value)
    gone = 0
    for judge in sorted({judge for __, judge in take}):
        mine = rows.filter(judge=judge, group__in=[group for group, own in take if own == judge])
        count, __ = mine.delete()
        if count:
            journal_assignment(challenge, judge, panel, -count, by=by)
        gone += count
    return assign(cycle=challenge.round.cycle, wanted=give, by=by), gone


@transaction.atomic
def assign_csv(*, cycle: Cycle, content: bytes, by: Any) -> int:
    """Assignments from a table with the columns round, challenge, group, judge, panel. Returns how many sheets are new.

    An empty cell means the only one there is; an empty group every active group. Raises AssignmentRefused with row numbers.
    """
    lines, problems = read_lines(content)
    challenges, judges = tasks_by_place(cycle), judges_by_key(cycle)
    groups = {one.key: one for one in Group.objects.filter(cycle=cycle)}
    wanted: list[Wanted] = []
    for line in lines:
        where = f"row {line.number}"
        challenge = task_named(line.round, line.challenge, challenges, where, problems)
        judge = judge_named(line.judge, judges, where, problems)
        if line.group and line.group not in groups:
            problems.append(Problem(where, _('"{group}" is not a team of this cycle', group=line.group)))
            continue
        if challenge is not None and judge is not None:
            active = [one for one in groups.values() if one.state == GroupState.ACTIVE]
            chosen = [groups[line.group]] if line.group else active
            wanted += [Wanted(challenge, group, judge, line.panel, where) for group in chosen]
    if problems:
        _refuse(problems)
    return assign(cycle=cycle, wanted=wanted, by=by)


@transaction.atomic
def unassign(*, sheet: Sheet, by: Any) -> None:
    """Take an assignment back, as long as the judge has not begun."""
    gone, __ = Sheet.objects.filter(pk=sheet.pk, state=SheetState.ASSIGNED.value).delete()
    if not gone:
        raise SheetRefused(_("The judge has begun: the sheet can be given back or reopened, not taken away."))
    journal_assignment(sheet.challenge, sheet.judge_id, sheet.panel, -1, by=by)
