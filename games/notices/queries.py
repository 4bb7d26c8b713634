"""Reads of the outbox, of notices and wishes, and who is to be told."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from django.db.models import Count, F, Max, Q, QuerySet, Value

from games.groups.models import Group, Membership
from games.groups.rules import GroupState
from games.notices.models import Message, Notice, NoticeWish
from games.notices.rules import CHOSEN, TOPICS, MessageState, Pace, Topic
from games.organizations.models import Person
from games.playbooks.rules import Capability
from games.rounds.models import Entrant, Round
from leaderboards.kept import Kept


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


def held(now: datetime) -> QuerySet[Message, tuple[int, str, int]]:
    """Messages that wait for a digest whose time has come, as (user, zone, id), by user, oldest first."""
    waiting = Message.objects.filter(state=MessageState.HELD.value, due_at__lte=now, person__user__isnull=False)
    return waiting.order_by("person__user_id", "pk").values_list("person__user_id", "person__user__timezone", "pk")


# --- What a person reads on the page --------------------------------------------------------------------------------------------------


def notices_of(user: Any) -> QuerySet[Notice]:
    """Everything a user was told, newest first, with its cycle."""
    return Notice.objects.filter(person__user=user.pk).select_related("cycle").order_by("-created_at", "-pk")


class Unread(NamedTuple):
    """How many notices a user has not read yet, and the id of the newest of them (0: none)."""

    waiting: int
    newest: int


def unread_of(user: Any) -> Unread:
    """One statement."""
    [(waiting, newest)] = _unread(user.pk)
    return Unread(waiting, newest or 0)


def _unread_by(user: int) -> QuerySet[Notice, tuple[int, int | None]]:
    unread = Notice.objects.filter(person__user=user, read_at__isnull=True).order_by()
    whole = unread.annotate(whole=Value(1)).values("whole")  # all of them are one group
    return whole.annotate(waiting=Count("pk"), newest=Max("pk")).values_list("waiting", "newest")


_unread: Final[Kept[Notice, tuple[int, int | None]]] = Kept(_unread_by, int)
"""Asked by every page for somebody who is signed in."""


def wishes_of(user: Any) -> dict[Topic, Pace]:
    """How a user wants to hear of each topic that can be chosen."""
    chosen = dict(NoticeWish.objects.filter(user=user.pk).values_list("topic", "pace"))
    return {topic: Pace(chosen.get(topic.value, Pace.NOW.value)) for topic in CHOSEN}


def paces(users: Collection[int], topic: Topic | None) -> Mapping[int, Pace]:
    """User → how soon, for those who said something about the topic."""
    if topic is None or not users:
        return {}
    said = NoticeWish.objects.filter(user_id__in=users, topic=topic.value).values_list("user_id", "pace")
    return {user: Pace(pace) for user, pace in said}


def mailed_since(users: Collection[int], topic: Topic, since: datetime) -> Mapping[int, int]:
    """User → how many mails about the topic were written to them at once since then; none: not there."""
    kinds = [kind for kind, about in TOPICS.items() if about is topic]
    sent = Message.objects.filter(person__user__in=users, kind__in=kinds, created_at__gt=since)
    counted = sent.exclude(state=MessageState.HELD.value).order_by().values("person__user").annotate(count=Count("pk"))
    return dict(counted.values_list("person__user", "count"))


# --- Who is to be told ----------------------------------------------------------------------------------------------------------------


def with_address(people: QuerySet[Person]) -> QuerySet[Person]:
    """People with an account that is not suspended, with `address` and `zone`. Who was imported or invited hears nothing but the invitation."""
    active = people.filter(user__is_active=True)
    return active.annotate(address=F("user__email"), zone=F("user__timezone")).exclude(address="")


def members_of(groups: Iterable[int]) -> QuerySet[Person]:
    """Everybody who is in one of the groups now, each once."""
    held_now = Membership.objects.filter(group_id__in=groups, until__isnull=True)
    return with_address(Person.objects.filter(pk__in=held_now.values("person_id")))


def members_by_group(groups: Iterable[int]) -> QuerySet[Person]:
    """The same, with `group_key` and `group_name`; who is in two of the groups comes twice."""
    here = Person.objects.filter(memberships__group_id__in=groups, memberships__until__isnull=True)
    named = here.annotate(group_key=F("memberships__group__key"), group_name=F("memberships__group__name"))
    return with_address(named).order_by("pk", "memberships__group__key")


def known_at(address: str) -> QuerySet[Person]:
    """Those who have an account under an address they confirmed: of each their own person."""
    confirmed = Person.objects.filter(user__email__iexact=address, user__email_confirmed_at__isnull=False)
    return with_address(confirmed.filter(organization__isnull=True, claimed_at__isnull=True))


def captains_of(group: Group) -> QuerySet[Person]:
    """Who speaks for the group. Capabilities are compared here, not in SQL: SQLite cannot look into a JSON list."""
    held_now = Membership.objects.filter(group=group, until__isnull=True).values_list("person_id", "capabilities")
    return with_address(Person.objects.filter(pk__in=[who for who, can in held_now if Capability.CAPTAIN in can]))


def organizers_of(cycle_id: int) -> QuerySet[Person]:
    """Who steers the cycle."""
    held_now = Membership.objects.filter(cycle_id=cycle_id, group__isnull=True, until__isnull=True)
    wanted = [who for who, can in held_now.values_list("person_id", "capabilities") if Capability.ORGANIZE in can]
    return with_address(Person.objects.filter(pk__in=wanted))


def entrants_of(round_: Round) -> list[int]:
    """Ids of the groups in a round; without recorded entrants all that take part."""
    chosen = list(Entrant.objects.filter(round=round_).values_list("group_id", flat=True))
    taking_part = Group.objects.filter(cycle_id=round_.cycle_id, state=GroupState.ACTIVE.value)
    return chosen or list(taking_part.values_list("pk", flat=True))
