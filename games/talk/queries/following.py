"""What a person follows and has thanked for, and the newest of what they follow."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet

from games.cycles.models import Cycle
from games.groups.models import Membership
from games.talk.models import Follow, Thanks, Thread


@dataclass(frozen=True, slots=True)
class Followed:
    """Ids of what a person follows."""

    ideas: frozenset[int] = field(default_factory=frozenset)
    threads: frozenset[int] = field(default_factory=frozenset)
    groups: frozenset[int] = field(default_factory=frozenset)


def followed_by(cycle: Cycle, persons: Collection[int]) -> Followed:
    """What these persons (one human) follow in a cycle. One statement, or none."""
    rows = (
        list(Follow.objects.filter(cycle=cycle, person__in=sorted(persons)).values_list("idea", "thread", "group"))
        if persons
        else []
    )
    parts = [frozenset(row[place] for row in rows if row[place] is not None) for place in range(3)]
    return Followed(*parts)


def follows(threads: QuerySet[Thread], followed: Followed) -> QuerySet[Thread]:
    """Of `threads` (those the person may see) what concerns what they follow, the last said first."""
    mine = Q(pk__in=followed.threads) | Q(idea__in=followed.ideas) | Q(group__in=followed.groups)
    return threads.filter(mine).order_by("-last_at", "-pk")


def thanked(persons: Collection[int], **what: object) -> bool:
    """Whether one of these persons thanked for it already (`idea`, `post` or `to_group`). One statement, or none."""
    return bool(persons) and Thanks.objects.filter(person__in=sorted(persons), **what).exists()


def place_in(cycle: Cycle, user: Any) -> Membership | None:
    """The place of a user in a cycle as which they thank, follow and report: in a team if they are in one. One statement."""
    if getattr(user, "pk", None) is None:
        return None
    held = Membership.objects.filter(cycle=cycle, person__user=user, until__isnull=True).select_related("person", "group")
    return held.order_by(F("group").asc(nulls_last=True), "pk").first()
