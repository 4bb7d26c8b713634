"""The game: a team hears on the page what it has earned, finished, and reached together with all. A person's own badge is told to that person."""

from collections.abc import Sequence

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.notices.actions.outbox import absolute, written
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import notify
from games.notices.queries import members_of
from games.organizations.models import Person
from games.recognition.models import EarnedBadge, GoalReached, QuestFinished
from games.recognition.queries.badges import badge_of
from games.recognition.rules.game import game_of


def on_badge_earned(entry: JournalEntry) -> int:
    """To the team, or to the one who earned it."""
    row = subject_of(entry, EarnedBadge, "cycle", "group", "person")
    badge = badge_of(row, design_of(row.cycle)) if row is not None else None
    if row is None or badge is None or row.group is None:
        return 0
    people = [row.person] if row.person is not None else list(members_of([row.group.pk]))
    return _tell("badge.earned", row.cycle, row.group, people, badge.title, key=f"badge:{row.pk}")


def on_quest_finished(entry: JournalEntry) -> int:
    """To the team."""
    row = subject_of(entry, QuestFinished, "cycle", "group")
    if row is None:
        return 0
    quest = next((one for one in game_of(design_of(row.cycle)).quests if one.key == row.quest), None)
    if quest is None:
        return 0
    return _tell("quest.finished", row.cycle, row.group, list(members_of([row.group_id])), quest.title, key=f"quest:{row.pk}")


def on_goal_reached(entry: JournalEntry) -> int:
    """To each team, by the entry that credits it."""
    row = subject_of(entry, GoalReached, "cycle")
    group = Group.objects.filter(pk=entry.group_id).first() if entry.group_id is not None else None
    goal = next((one for one in game_of(design_of(row.cycle)).together if one.key == row.goal), None) if row is not None else None
    if row is None or group is None or goal is None:
        return 0
    return _tell("goal.reached", row.cycle, group, list(members_of([group.pk])), goal.title, key=f"goal:{row.pk}:{group.pk}")


def _tell(kind: str, cycle: Cycle, group: Group, people: Sequence[Person], title: str, *, key: str) -> int:
    path = f"/cycles/{cycle.key}/teams/{group.key}/game/"
    letter = written(f"notices/{kind}.txt", {"title": title, "cycle": cycle, "group": group, "link": absolute(path)})
    notify(kind, people, key=key, text=letter.subject, path=path, cycle_id=cycle.pk)
    return len(people)


HANDLERS = {Kind.BADGE_EARNED: on_badge_earned, Kind.QUEST_FINISHED: on_quest_finished, Kind.GOAL_REACHED: on_goal_reached}
