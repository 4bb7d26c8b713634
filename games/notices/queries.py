"""Reads of the outbox, and who is to be told."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from games.groups.models import Group, Membership
from games.groups.rules import GroupState
from games.notices.models import Message
from games.notices.rules import MessageState
from games.organizations.models import Person
from games.playbooks.rules import Capability
from games.rounds.models import Entrant, Round


def outbox(*, state: str = "", search: str = "") -> QuerySet[Message]:
    """Messages, newest first, narrowed to a state or to an address or kind."""
    found = Message.objects.select_related("cycle").order_by("-created_at", "-pk")
    if state in set(MessageState):
        found = found.filter(state=state)
    word = search.replace("\0", "").strip()
    if word:
        found = found.filter(Q(to__icontains=word) | Q(kind__icontains=word) | Q(subject__icontains=word))
    return found


def outbox_counts() -> dict[str, int]:
    """How many messages are in each state."""
    counted = dict(Message.objects.values_list("state").annotate(Count("pk")))
    return {state.value: counted.get(state.value, 0) for state in MessageState}


def due(now: datetime) -> QuerySet[Message]:
    """Queued messages whose time has come, oldest first."""
    return Message.objects.filter(state=MessageState.QUEUED.value, due_at__lte=now).order_by("due_at", "pk")


def with_address(people: QuerySet[Person]) -> QuerySet[Person]:
    """People who have an account that is not suspended, with `address`. Who was imported or invited hears nothing but the invitation."""
    return people.filter(user__is_active=True).annotate(address=F("user__email")).exclude(address="")


def members_of(groups: Iterable[int]) -> QuerySet[Person]:
    """Everybody who is in one of the groups now, each once."""
    held = Membership.objects.filter(group_id__in=groups, until__isnull=True)
    return with_address(Person.objects.filter(pk__in=held.values("person_id")))


def captains_of(group: Group) -> QuerySet[Person]:
    """Who speaks for the group. Capabilities are compared here, not in SQL: SQLite cannot look into a JSON list."""
    held = Membership.objects.filter(group=group, until__isnull=True).values_list("person_id", "capabilities")
    return with_address(Person.objects.filter(pk__in=[who for who, can in held if Capability.CAPTAIN in can]))


def organizers_of(cycle_id: int) -> QuerySet[Person]:
    """Who steers the cycle."""
    held = Membership.objects.filter(cycle_id=cycle_id, group__isnull=True, until__isnull=True)
    wanted = [who for who, can in held.values_list("person_id", "capabilities") if Capability.ORGANIZE in can]
    return with_address(Person.objects.filter(pk__in=wanted))


def entrants_of(round_: Round) -> list[int]:
    """Ids of the groups in a round; without recorded entrants all that take part."""
    chosen = list(Entrant.objects.filter(round=round_).values_list("group_id", flat=True))
    taking_part = Group.objects.filter(cycle_id=round_.cycle_id, state=GroupState.ACTIVE.value)
    return chosen or list(taking_part.values_list("pk", flat=True))
