"""Who acts as whom, what an entry is called as an idea, how credit stands."""

from typing import Any

from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.ideas.models import CreditShare, Idea
from games.ideas.rules import TITLE, WHOLE
from games.organizations.models import Person
from games.submissions.models import Submission


def acting_in(cycle: Cycle, group: Group | None, user: Any) -> Person | None:
    """As whom the user acts: a member of the group, or without one somebody with a place in the whole cycle."""
    if getattr(user, "pk", None) is None:
        return None
    held = Membership.objects.filter(cycle=cycle, group=group, person__user=user, until__isnull=True)
    found = held.select_related("person").order_by("pk").first()
    return found.person if found is not None else None


def groups_acting(cycle: Cycle, user: Any) -> set[int]:
    """Ids of the groups in which the user has a place now."""
    held = Membership.objects.filter(cycle=cycle, group__isnull=False, person__user=user, until__isnull=True)
    return {group for group in held.values_list("group_id", flat=True) if group is not None}


def entry_title(entry: Submission) -> str:
    """What an entry is called: its first short text that everybody may read; else its group and task."""
    data = entry.pinned.data if entry.pinned else {}
    for field in spec_of(entry.challenge).form:
        if field.type.value == "text" and field.lines == 1 and field.blind == "shown" and str(data.get(field.key, "")).strip():
            return str(data[field.key]).strip()[:TITLE]
    return f"{entry.group.name}: {entry.challenge.name}"[:TITLE]


def shares_of(idea: Idea) -> dict[int, int]:
    """Group → basis points of the credit. What nobody divided belongs to the group that shared it."""
    held = dict(CreditShare.objects.filter(idea=idea).values_list("group_id", "basis_points"))
    return held or ({idea.group_id: WHOLE} if idea.group_id is not None else {})
