"""What is told of appeals and corrections: that one came, what was answered, what a correction moved and why."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from games.changes.models import Appeal, ChangeSet
from games.changes.queries.looking import SEEN
from games.changes.rules import AppealState, ChangeSetState
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import members_by_group, members_of, organizers_of, with_address
from games.organizations.models import Person

FIELD: Final = ("joins", "leaves", "stays", "late")


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


# --- Corrections ----------------------------------------------------------------------------------------------------------------------


def on_changes_settled(entry: JournalEntry) -> int:
    """To everybody whose place, way or award a correction moved: what, and why. To the judges whose sheets it changed. A cancelled one is no news."""
    change_set = subject_of(entry, ChangeSet, "cycle")
    if change_set is None or change_set.state != ChangeSetState.APPLIED.value:
        return 0
    cycle = change_set.cycle
    context = {"change_set": change_set, "cycle": cycle}
    key = f"changes:{change_set.pk}"
    told = tell_all("changes.applied", _moved_people(change_set), key=key, context=context, cycle_id=cycle.pk)
    return told + tell_all("changes.sheet", _judges(change_set), key=f"{key}:sheet", context=context, cycle_id=cycle.pk)


def _moved_people(change_set: ChangeSet) -> list[Person]:
    """The members of the groups concerned, each with what moved for their group, and the link to it."""
    cycle, body = change_set.cycle, change_set.preview
    groups = Group.objects.filter(cycle=cycle, key__in=body.get("groups", ()))
    people: list[Any] = list(members_by_group(groups.values_list("pk", flat=True)))
    for one in people:
        one.moves = moves_of(body, one.group_key)
        one.link = absolute(f"/cycles/{cycle.key}/teams/{one.group_key}/standing/")
    return people


def moves_of(body: Mapping[str, Any], group: str) -> dict[str, Any]:
    """What a correction moves for one group: `boards` (name, was, now) as places, `rounds` (name, what), `awards` (title, what)."""
    boards = []
    for board in body.get("boards", ()):
        row = next((one for one in board["rows"] if one["group"] == group), None)
        if row is not None and row["was"] != row["now"]:
            boards.append((board["name"], _standing(row["was"]), _standing(row["now"])))
    rounds = [(one["name"], what) for one in body.get("fields", ()) for what in FIELD if group in one[what]]
    awards = [
        (one["title"], "changed" if one["after"] else "gone")
        for one in body.get("awards", ())
        if one["group"] == group and one["state"] in SEEN
    ]
    return {"boards": boards, "rounds": rounds, "awards": awards}


def _standing(row: Sequence[str] | None) -> dict[str, str] | None:
    return None if row is None else {"place": row[0], "score": row[1], "status": row[2]}


def _judges(change_set: ChangeSet) -> list[Person]:
    """Whose sheets were corrected or taken out, each with the link to the first of them."""
    sheets: dict[int, int] = {}
    for one in change_set.changes.order_by("position"):
        if "sheet" in one.target:
            sheets.setdefault(one.target["person"], one.target["sheet"])
    people: list[Any] = list(with_address(Person.objects.filter(pk__in=sheets)))
    for one in people:
        one.link = absolute(f"/desk/sheets/{sheets[one.pk]}/")
    return people
