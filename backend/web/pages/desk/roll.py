"""The roll of a cycle: everybody with their role, team and how far their invitation is; filtered, sorted, as a page or as CSV."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Case, Count, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.utils.translation import gettext_lazy

from games.cycles.models import Cycle
from games.groups.models import Membership
from games.notices.models import Message
from games.notices.rules import MessageState
from games.organizations.models import Invitation

STATES: Final = {
    "joined": ("published", gettext_lazy("has joined")),
    "invited": ("open", gettext_lazy("invited")),
    "sending": ("planned", gettext_lazy("mail on its way")),
    "bounced": ("alert", gettext_lazy("mail came back")),
    "expired": ("locked", gettext_lazy("link has run out")),
    "known": ("closed", gettext_lazy("not invited")),
}
"""State of a person in the roll → badge and word."""
SORTS: Final = {
    "name": ("person__name", "pk"),
    "team": ("group__name", "person__name", "pk"),
    "role": ("role", "person__name", "pk"),
    "since": ("-since", "-pk"),
}
PROBLEMS: Final = [MessageState.BOUNCED.value, MessageState.FAILED.value]
INVITED: Final = "person.invited"


def roll_of(cycle: Cycle, now: datetime) -> QuerySet[Membership, Any]:
    """Everybody in the cycle now, a row per place, with `standing` (key of STATES), `expires` and `mail_error`. One statement."""
    latest = Invitation.objects.filter(person=OuterRef("person_id"), accepted_at__isnull=True).order_by("-expires_at", "-pk")
    mail = Message.objects.filter(person=OuterRef("person_id"), kind=INVITED).order_by("-pk")
    rows = Membership.objects.filter(cycle=cycle, until__isnull=True).select_related("person", "group")
    known = rows.annotate(
        expires=Subquery(latest.values("expires_at")[:1]),
        invited_at=Subquery(latest.values("created_at")[:1]),
        mail=Subquery(mail.values("state")[:1]),
        mailed_at=Subquery(mail.values("created_at")[:1]),
        mail_error=Subquery(mail.values("error")[:1]),
    )
    fresh = Q(mailed_at__gte=F("invited_at"))  # the mail of an earlier invitation says nothing about this one
    standing = Case(
        When(person__user__isnull=False, then=Value("joined")),
        When(expires__isnull=True, then=Value("known")),
        When(expires__lte=now, then=Value("expired")),
        When(fresh & Q(mail__in=PROBLEMS), then=Value("bounced")),
        When(fresh & Q(mail=MessageState.SENT.value), then=Value("invited")),
        default=Value("sending"),
    )
    return known.annotate(standing=standing)


def narrowed(rows: QuerySet[Membership, Any], asked: Mapping[str, str]) -> QuerySet[Membership, Any]:
    """Only those that fit: `q` in name, address or team, `role`, `state`; in the order `sort` names. Unknown values narrow nothing."""
    word = asked.get("q", "").replace("\0", "").strip()
    if word:
        rows = rows.filter(Q(person__name__icontains=word) | Q(person__email__icontains=word) | Q(group__name__icontains=word))
    if role := asked.get("role", "").replace("\0", ""):
        rows = rows.filter(role=role)
    if (state := asked.get("state", "")) in STATES:
        rows = rows.filter(Q(standing=state))
    return rows.order_by(*SORTS.get(asked.get("sort", ""), SORTS["name"]))


def bounced(cycle: Cycle, now: datetime) -> QuerySet[Membership, Any]:
    """Places whose invitation came back."""
    rows: Any = roll_of(cycle, now)
    found: QuerySet[Membership, Any] = rows.filter(standing="bounced")
    return found


def counted(rows: QuerySet[Membership, Any]) -> dict[str, int]:
    """How many places of the roll are in each state."""
    unordered: Any = rows.order_by()
    found = dict(unordered.values_list("standing").annotate(Count("pk")).order_by())
    return {state: found.get(state, 0) for state in STATES}


def table(rows: QuerySet[Membership, Any]) -> Iterator[list[str]]:
    """The roll for a spreadsheet, with a header. Addresses are in it: for organizers only."""
    yield ["name", "email", "role", "team", "division", "state", "since"]
    for one in rows.iterator(chunk_size=500):
        group = one.group
        team = (group.name, group.division) if group else ("", "")
        cells = (one.person.name, one.person.email, one.role, *team)
        yield [*(_safe(cell) for cell in cells), str(one.standing), f"{one.since:%Y-%m-%dT%H:%M:%SZ}"]


def _safe(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell
