"""Weeks of groups: what each did, for its streak and its league."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from games.cycles.models import Cycle
from games.playbooks.schema import Streak
from games.recognition.models import GroupWeek, Points
from games.recognition.rules.acts import ON_A_GROUP, Act, Effect
from games.recognition.rules.game import monday
from games.recognition.rules.streaks import Doing, in_time, streak_of


@dataclass(slots=True)
class Weeks:
    """The weeks of the groups that a batch touches. `grew`: (group, longest stretch, act) whenever the stretch of a group grew."""

    cycle: Cycle
    rows: dict[int, dict[date, GroupWeek]] = field(default_factory=dict)
    changed: set[tuple[int, date]] = field(default_factory=set)
    grew: list[tuple[int, int, Act]] = field(default_factory=list)

    def row(self, group: int, day: date) -> GroupWeek:
        """The week of a group in which the day lies; it will be written."""
        week = monday(day)
        of_group = self.rows.setdefault(group, {})
        if week not in of_group:
            of_group[week] = GroupWeek(cycle=self.cycle, group_id=group, week=week)
        self.changed.add((group, week))
        return of_group[week]

    def longest(self, spec: Streak, group: int, day: date) -> int:
        """The longest stretch of a group so far."""
        return streak_of(spec, doings(self.rows.get(group, {}).values()), day).longest


def doings(rows: Iterable[GroupWeek]) -> Mapping[date, Doing]:
    """Rows of weeks as the rule of streaks takes them."""
    return {row.week: Doing(row.acts, row.early) for row in rows}


def counts_for_streak(spec: Streak | None, act: Act) -> bool:
    """Whether the act keeps the streak of its group going. What is done to a group by its own members does not."""
    if spec is None or act.kind not in spec.events or act.effect is not Effect.DOES or act.group is None:
        return False
    return not (act.kind in ON_A_GROUP and act.own)


def keep_weeks(cycle: Cycle, spec: Streak | None, acts: Sequence[Act], points: Sequence[Points], zone: ZoneInfo) -> Weeks:
    """Add acts and points to the weeks of their groups, and write them: two statements to read and write, however long the history."""
    doing = [act for act in acts if counts_for_streak(spec, act)]
    weeks = Weeks(cycle)
    groups = {act.group for act in doing} | {row.group_id for row in points}
    if not groups:
        return weeks
    for row in GroupWeek.objects.filter(cycle=cycle, group__in=[one for one in groups if one is not None]):
        weeks.rows.setdefault(row.group_id, {})[row.week] = row
    for act in doing:
        _do(weeks, spec, act)
    for one in points:
        if one.group_id is not None:
            weeks.row(one.group_id, one.at.astimezone(zone).date()).points += one.amount
    _write(weeks)
    return weeks


def _do(weeks: Weeks, spec: Streak | None, act: Act) -> None:
    if spec is None or act.group is None:
        return
    before = weeks.longest(spec, act.group, act.day)
    row = weeks.row(act.group, act.day)
    row.acts += 1
    row.early += in_time(spec, act.day)
    after = weeks.longest(spec, act.group, act.day)
    if after > before:
        weeks.grew.append((act.group, after, act))


def _write(weeks: Weeks) -> None:
    changed = [weeks.rows[group][week] for group, week in weeks.changed]
    GroupWeek.objects.bulk_create([one for one in changed if one.pk is None], batch_size=500)
    GroupWeek.objects.bulk_update([one for one in changed if one.pk is not None], ["acts", "early", "points"], batch_size=500)
