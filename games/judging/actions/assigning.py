"""Who judges what: sheets to be filled, one by one, all at once, or from a table. All or nothing."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from django.db import transaction

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import Problem
from games.groups.models import Group
from games.groups.rules import GroupState
from games.journal.queries import db_now
from games.judging.actions.panels import check_panel, journal_assignment
from games.judging.conflicts import Bar, barred
from games.judging.models import Panelist, Sheet
from games.judging.queries import judges_in, panel_of
from games.judging.rules import AssignmentRefused, SheetRefused, SheetState
from games.judging.rules.sharing import shared_out
from games.judging.rules.table import Line, read_lines
from games.judging.seating import entries_to_mark
from games.organizations.models import Person
from games.submissions.queries import rules_of


class Wanted(NamedTuple):
    """One assignment. An empty panel means the task's first; `where` is how messages call it."""

    challenge: Challenge
    group: Group
    judge: Person
    panel: str = ""
    where: str = ""


class _Facts(NamedTuple):
    """Who judges in the cycle, and who must not judge whom ((group, judge) → why), loaded once for all assignments."""

    judges: set[int]
    barred: dict[tuple[int, int], Bar]


@transaction.atomic
def assign(*, cycle: Cycle, wanted: Sequence[Wanted], by: Any) -> int:
    """Give sheets to judges, who thereby are on the panel. One that exists already stays as it is. Returns how many are new.

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
    return _store(fitting, by=by)


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        msg = f"Nothing was assigned: {problems[0]}" + (f" (and {len(problems) - 1} more)" if len(problems) > 1 else "")
        raise AssignmentRefused(msg, where=problems[0].where, problems=problems)


def _panels(challenge: Challenge) -> list[str]:
    _, spec = rules_of(challenge)
    return [panel.key for panel in spec.judges_panels]


def _facts(cycle: Cycle, wanted: Iterable[Wanted]) -> _Facts:
    asked = list(wanted)
    judges = set(judges_in(cycle).values_list("person_id", flat=True))
    return _Facts(judges, barred({one.group.pk for one in asked}, {one.judge for one in asked}))


def _fault(cycle: Cycle, one: Wanted, panel: str, facts: _Facts) -> str:
    judge, group, challenge = one.judge, one.group, one.challenge
    if group.cycle_id != cycle.pk or challenge.round.cycle_id != cycle.pk:
        return "the group or the task is of another cycle"
    known = _panels(challenge)
    bar = facts.barred.get((group.pk, judge.pk))
    faults = (
        (judge.pk not in facts.judges, f'"{judge.key}" does not judge in this cycle'),
        (panel not in known, f'"{panel}" is not a panel of "{challenge.key}"; known: {", ".join(known)}'),
        (bar is not None and bar.own, f'"{judge.key}" belongs to "{group.key}": nobody judges their own group'),
        (bar is not None, f'"{judge.key}" has a conflict of interest with "{group.key}"'),
        (challenge.division and challenge.division != group.division, f'"{group.key}" is not in division "{challenge.division}"'),
        (group.state != GroupState.ACTIVE, f'"{group.key}" is {group.state}'),
    )
    return next((message for wrong, message in faults if wrong), "")


def _store(wanted: Sequence[Wanted], *, by: Any) -> int:
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
    Sheet.objects.bulk_create(
        [Sheet(**dict(zip(places, key, strict=True)), assigned_at=now) for key in new], batch_size=1000, ignore_conflicts=True
    )
    for (challenge, panel, judge), count in sorted(Counter((c, p, j) for c, _, p, j in new).items()):
        journal_assignment(challenges[challenge], judge, panel, count, by=by)
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
def share_out(*, challenge: Challenge, per_entry: int, by: Any, panel: str = "") -> tuple[int, int]:
    """Give every entry `per_entry` judges of the panel, loads as even as can be; sheets that are out are counted, not moved.

    Returns how many sheets are new, and how many entries have fewer judges than asked, because nobody else may mark them.
    """
    panel = panel or _panels(challenge)[0]
    check_panel(challenge, panel)
    judges = {one.pk: one for one in panel_of(challenge, panel)}
    if not 1 <= per_entry <= max(1, len(judges)):
        msg = f"Between 1 and {len(judges)} judges an entry: so many are on the panel."
        raise AssignmentRefused(msg, where="per_entry")
    groups = {one.pk: one for one in entries_to_mark(challenge)}
    live = Sheet.objects.filter(challenge=challenge, panel=panel)
    out = list(live.exclude(state=SheetState.RECUSED.value).values_list("group_id", "judge_id"))
    given_back = list(live.filter(state=SheetState.RECUSED.value).values_list("group_id", "judge_id"))
    no = {*barred(list(groups), list(judges.values())), *given_back}
    loads = Counter(judge for _, judge in out)
    found = shared_out(list(groups), list(judges), per_entry=per_entry, taken=out, barred=no, loads=loads)
    wanted = [Wanted(challenge, groups[group], judges[judge], panel) for group, judge in found.pairs]
    return assign(cycle=challenge.round.cycle, wanted=wanted, by=by), len(found.short)


@transaction.atomic
def rearrange(
    *, challenge: Challenge, panel: str, give: Sequence[Wanted], take: Collection[tuple[int, int]], by: Any
) -> tuple[int, int]:
    """Sheets given and sheets taken back, (group, judge) each, as one act. Returns how many of both.

    What a judge has begun meanwhile stays with them. Raises AssignmentRefused with every fault.
    """
    rows = Sheet.objects.filter(challenge=challenge, panel=panel, state=SheetState.ASSIGNED.value)
    gone = 0
    for judge in sorted({judge for _, judge in take}):
        mine = rows.filter(judge=judge, group__in=[group for group, own in take if own == judge])
        count, _ = mine.delete()
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
    challenges = {
        (one.round.key, one.key): one
        for one in Challenge.objects.filter(round__cycle=cycle).select_related("round__cycle").order_by("pk")
    }
    groups = {one.key: one for one in Group.objects.filter(cycle=cycle)}
    judges = _judges_by_key(cycle)
    wanted: list[Wanted] = []
    for line in lines:
        where = f"row {line.number}"
        challenge = _challenge(line, challenges, where, problems)
        judge = _judge(line, judges, where, problems)
        if line.group and line.group not in groups:
            problems.append(Problem(where, f'"{line.group}" is not a group of this cycle'))
            continue
        if challenge is not None and judge is not None:
            active = [one for one in groups.values() if one.state == GroupState.ACTIVE]
            chosen = [groups[line.group]] if line.group else active
            wanted += [Wanted(challenge, group, judge, line.panel, where) for group in chosen]
    if problems:
        _refuse(problems)
    return assign(cycle=cycle, wanted=wanted, by=by)


def _judges_by_key(cycle: Cycle) -> dict[str, list[Person]]:
    found: dict[str, list[Person]] = {}
    for person in Person.objects.filter(pk__in=judges_in(cycle).values("person_id")):
        found.setdefault(person.key, []).append(person)
    return found


def _challenge(line: Line, challenges: dict[tuple[str, str], Challenge], where: str, problems: list[Problem]) -> Challenge | None:
    fitting = [one for (at, key), one in challenges.items() if line.round in {"", at} and line.challenge in {"", key}]
    if len(fitting) == 1:
        return fitting[0]
    asked = f'challenge "{line.challenge}" in round "{line.round}"'
    known = ", ".join(f"{at}/{key}" for at, key in challenges) or "none"
    problems.append(Problem(where, f"{asked}: {'no such one' if not fitting else 'several fit'}; known: {known}"))
    return None


def _judge(line: Line, judges: dict[str, list[Person]], where: str, problems: list[Problem]) -> Person | None:
    found = judges.get(line.judge, [])
    if len(found) == 1:
        return found[0]
    problems.append(Problem(where, f'"{line.judge}" {"is no judge of this cycle" if not found else "names several judges"}'))
    return None


@transaction.atomic
def unassign(*, sheet: Sheet, by: Any) -> None:
    """Take an assignment back, as long as the judge has not begun."""
    gone, _ = Sheet.objects.filter(pk=sheet.pk, state=SheetState.ASSIGNED.value).delete()
    if not gone:
        raise SheetRefused("The judge has begun: the sheet can be given back or reopened, not taken away.")
    journal_assignment(sheet.challenge, sheet.judge_id, sheet.panel, -1, by=by)
