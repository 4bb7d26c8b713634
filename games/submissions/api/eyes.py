"""What the person who asks may know of an entry: whose it is, and how files are called."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery
from rest_framework import serializers
from rest_framework.request import Request

from games.groups.models import Group, Membership
from games.organizations.models import Person
from games.playbooks.rules import Capability
from games.rounds.models import Round
from games.submissions.queries import is_blind, label_for

if TYPE_CHECKING:
    from games.permissions import Access


def access_in(request: Request) -> "Access":
    """Who asks, loaded once by the permission layer."""
    return request.access  # type: ignore[attr-defined, no-any-return]


def asked_for(shape: type[serializers.Serializer[Any]], data: Any) -> dict[str, Any]:
    """What was sent, in the shape that is expected; every fault is answered with 422."""
    asked = shape(data=data)
    asked.is_valid(raise_exception=True)
    return dict(asked.validated_data)


class IdField(serializers.IntegerField):
    """Id of a row, in the bounds that a database knows."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=1, max_value=2**63 - 1, **options)


@dataclass(frozen=True, slots=True)
class Eyes:
    """How one person sees one entry. `names`: whose it is. `own`: it is their group's."""

    own: bool
    organizes: bool
    names: bool


def eyes(access: "Access", round_: Round, group_id: int) -> Eyes:
    """In a blind round nobody but the group and organizers sees names, until the round is published."""
    own = group_id in access.groups
    organizes = round_.cycle_id in access.cycles_with(Capability.ORGANIZE)
    return Eyes(own=own, organizes=organizes, names=own or organizes or not is_blind(round_))


def label_of(seen: Eyes, round_: Round, group: Group, ordinal: int) -> str:
    """What the entry is called: the group's name, or Entry 7."""
    return group.name if seen.names else label_for(round_, ordinal)


def named_rows(access: "Access", round_: str, group: str = "group") -> Q:
    """Rows whose group the person may know for sure, whether or not their round is blind: a filter by group sees only these."""
    return (
        Q(**{f"{group}__in": access.groups_with()})
        | Q(**{f"{round_}__cycle__in": access.cycles_with(Capability.ORGANIZE)})
        | Q(**{f"{round_}__published_at__isnull": False})
    )


def acting(access: "Access", group: str = "group_id") -> Subquery:
    """Id of the person as whom the user acts for the row's group."""
    mine = Membership.objects.filter(group=OuterRef(group), person__in=sorted(access.persons), until__isnull=True)
    return Subquery(mine.order_by("pk").values("person_id")[:1])


def person_of(row: Any) -> Person | None:
    """The person in the annotation `me`, by id alone: enough to name them in a foreign key."""
    return None if row.me is None else Person(pk=row.me)
