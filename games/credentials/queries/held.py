"""Whose credentials are whose, and what somebody may have one for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from games.credentials.models import Credential
from games.credentials.rules import CredentialState, SourceKind
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Membership
from games.recognition.models import EarnedBadge, Grant
from games.recognition.rules import GrantState
from games.recognition.rules.asked import badge_words
from leaderboards.engine.language import gettext as _
from leaderboards.engine.words import award_rules

GIVEN: Final = (GrantState.GRANTED.value, GrantState.DELIVERED.value)
HELD: Final = (CredentialState.ASKED.value, CredentialState.ISSUED.value)


def credentials_of(groups: Collection[int], persons: Collection[int]) -> QuerySet[Credential]:
    """Those of these groups, and those that name these persons, the newest first; those of other members are theirs."""
    mine = Q(group__in=groups, person__isnull=True) | Q(person__in=persons)
    return Credential.objects.filter(mine).select_related("cycle", "group").defer("token").order_by("-asked_at", "-pk")


def given_grants() -> QuerySet[Grant]:
    """Awards that were given to a group, in cycles that were really played."""
    return Grant.objects.filter(state__in=GIVEN, group__isnull=False, cycle__rehearsal=False)


def without_credential() -> QuerySet[Grant]:
    """Awards given here for which the group has never had one. Imported cycles were played elsewhere: there, members ask."""
    had = Credential.objects.filter(grant=OuterRef("pk"), person__isnull=True)
    return given_grants().filter(~Exists(had), cycle__imported=False).order_by("pk")


def without_ground() -> QuerySet[Credential]:
    """Credentials whose award was taken back or declined since."""
    stands = Grant.objects.filter(cycle=OuterRef("cycle"), award=OuterRef("key"), group=OuterRef("group"), state__in=GIVEN)
    rows = Credential.objects.filter(~Exists(stands), source=SourceKind.GRANT.value, state__in=HELD)
    return rows.select_related("cycle").order_by("pk")


def waiting(before: datetime) -> list[int]:
    """Ids of credentials that were asked for before then and are not made yet: a message was lost, or a worker died."""
    rows = Credential.objects.filter(state=CredentialState.ASKED.value, asked_at__lt=before)
    return list(rows.order_by("asked_at").values_list("pk", flat=True)[:100])


def was_member(group_id: int, persons: Collection[int], at: datetime) -> Membership | None:
    """How one of these persons was in the group at that time, or is now and joined before the end of it."""
    rows = Membership.objects.filter(group=group_id, person__in=persons).filter(Q(until__isnull=True) | Q(until__gt=at))
    return rows.select_related("person").order_by("since", "pk").first()


def title_of(cycle: Cycle, source: SourceKind, key: str) -> str | None:
    """What an award or a badge is called by the rules that hold now; None where there is none. A surprise is told to nobody before."""
    design = design_of(cycle)
    if source is SourceKind.GRANT:
        return next((one.title for one in design.awards if one.key == key), None)
    return next((one.name or one.key for one in design.badges if one.key == key and not one.surprise), None)


def criteria_of(cycle: Cycle, source: SourceKind, key: str) -> str:
    """What had to be done for it, in the words of the rules that hold now."""
    design = design_of(cycle)
    if source is SourceKind.GRANT:
        return " ".join(award_rules(design, key)) or _("Given by a recorded decision.")
    badge = next((one for one in design.badges if one.key == key), None)
    if badge is None:
        return _("By rules that are no longer in force.")
    return " ".join(part for part in (badge.summary, badge_words(badge, design)) if part)


@dataclass(frozen=True, slots=True)
class Ground:
    """Something that a member may have a credential of their own for: an award given to the group, a badge earned."""

    source: SourceKind
    key: str
    title: str
    group: Any
    cycle: Any
    at: datetime
    person: int | None = None


def grounds_of(groups: Collection[int], persons: Collection[int]) -> list[Ground]:
    """Awards given to these groups and badges that they, or these persons in them, earned, the newest first. Two statements."""
    rows = given_grants().filter(group__in=groups).select_related("cycle", "group")
    found = [Ground(SourceKind.GRANT, one.award, one.name, one.group, one.cycle, one.changed_at) for one in rows]
    mine = Q(group__in=groups, person__isnull=True) | Q(person__in=persons, group__isnull=False)
    for one in EarnedBadge.objects.filter(mine, cycle__rehearsal=False).select_related("cycle", "group"):
        design = design_of(one.cycle, one.design_number)
        name = next((badge.name for badge in design.badges if badge.key == one.badge), "") or one.badge
        found.append(Ground(SourceKind.BADGE, one.badge, name, one.group, one.cycle, one.at, one.person_id))
    return sorted(found, key=lambda one: (one.at, one.key), reverse=True)
