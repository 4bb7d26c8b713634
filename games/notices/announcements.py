"""Reads of announcements: who hears one, and which a person reads on the page of a cycle."""

from typing import Any, Final

from django.db.models import QuerySet

from games.challenges.text import rendered
from games.cycles.models import Cycle
from games.groups.models import Membership
from games.groups.rules import GroupState
from games.judging.queries import judges_in
from games.notices.models import Announcement
from games.notices.queries import with_address
from games.notices.rules import Audience
from games.organizations.models import Person

SHOWN: Final = 20


def audience_of(cycle: Cycle, audience: str) -> QuerySet[Person]:
    """Those who hear an announcement, with `address`: everybody in the cycle, the members of its teams, or its judges."""
    held = Membership.objects.filter(cycle=cycle, until__isnull=True)
    if audience == Audience.TEAMS.value:
        held = held.filter(group__state=GroupState.ACTIVE.value)
    if audience == Audience.JUDGES.value:
        held = judges_in(cycle)
    return with_address(Person.objects.filter(pk__in=held.values("person_id")))


def announcements_of(cycle: Cycle) -> QuerySet[Announcement]:
    """All announcements of a cycle, the newest first; narrow them by the permission `announcement.view` before showing them."""
    return Announcement.objects.filter(cycle=cycle).select_related("by").order_by("-at", "-pk")


def shown(rows: QuerySet[Announcement], *, most: int = SHOWN) -> list[dict[str, Any]]:
    """Announcements as `components/announcements.html` takes them: {pk, title, html, audience, at, by}. One statement."""
    return [
        {"pk": one.pk, "title": one.title, "html": rendered(one.text), "audience": one.audience, "at": one.at, "by": one.by}
        for one in rows.filter(withdrawn_at__isnull=True)[:most]
    ]
