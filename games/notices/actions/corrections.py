"""What is told of appeals and corrections: that one came, what was answered, what a correction moved and why."""

from games.changes.models import Appeal
from games.changes.rules import AppealState
from games.journal.models import JournalEntry
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import members_of, organizers_of


def on_appeal_made(entry: JournalEntry) -> int:
    """To the organizers: a team asks to look at its result again."""
    appeal = _appeal(entry)
    if appeal is None or appeal.state != AppealState.OPEN.value:
        return 0
    cycle = appeal.round.cycle
    link = absolute(f"/cycles/{cycle.key}/desk/appeals/")
    context = {"appeal": appeal, "round": appeal.round, "group": appeal.group, "cycle": cycle, "link": link}
    return tell_all("appeal.made", organizers_of(cycle.pk), key=f"appeal:{appeal.pk}", context=context, cycle_id=cycle.pk)


def on_appeal_answered(entry: JournalEntry) -> int:
    """To the team: the answer, in the organizers' words. That a team took its appeal back the organizers hear."""
    appeal = _appeal(entry)
    if appeal is None or appeal.state == AppealState.OPEN.value:
        return 0
    cycle, group = appeal.round.cycle, appeal.group
    withdrawn = appeal.state == AppealState.WITHDRAWN.value
    path = f"/cycles/{cycle.key}/desk/appeals/" if withdrawn else f"/cycles/{cycle.key}/teams/{group.key}/appeals/"
    context = {"appeal": appeal, "round": appeal.round, "group": group, "cycle": cycle, "link": absolute(path)}
    people = organizers_of(cycle.pk) if withdrawn else members_of([group.pk])
    kind = "appeal.withdrawn" if withdrawn else "appeal.answered"
    return tell_all(kind, people, key=f"appeal:{appeal.pk}:{appeal.state}", context=context, cycle_id=cycle.pk)


def _appeal(entry: JournalEntry) -> Appeal | None:
    return subject_of(entry, Appeal, "round__cycle", "challenge", "group")
