"""Reads of badges."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.playbooks.schema import Badge, Design
from games.recognition.models import EarnedBadge
from games.recognition.rules.game import game_of


@dataclass(frozen=True, slots=True)
class Earned:
    """A badge that a group (or, with `person`, a member of it) has earned: how far it was, and when."""

    badge: Badge
    group: int | None
    reached: int
    at: datetime
    id: int
    person: int | None = None


def badges_in(cycle: Cycle) -> QuerySet[EarnedBadge]:
    """The badges of groups, the first earned first; none where badges are switched off. Nobody hands them out."""
    on = design_of(cycle).recognition.badges
    rows = EarnedBadge.objects.filter(cycle=cycle, person__isnull=True).select_related("group")
    return rows.order_by("at", "seal", "pk") if on else rows.none()


def badges_of(cycle: Cycle, *, group: int | None = None) -> list[Earned]:
    """The badges earned in a cycle (or by a group of it) that its rules still have. Badges of persons are not among them."""
    rows = badges_in(cycle)
    return told(rows.filter(group=group) if group is not None else rows, design_of(cycle))


def badges_of_person(cycle: Cycle, person: int) -> list[Earned]:
    """The badges that a person has earned: for their own eyes."""
    design = design_of(cycle)
    rows = EarnedBadge.objects.filter(cycle=cycle, person=person).order_by("at", "seal", "pk")
    return told(rows, design) if design.recognition.badges else []


def told(rows: Iterable[EarnedBadge], design: Design) -> list[Earned]:
    """Rows with the badge as the rules tell it now; without those whose badge is no longer there."""
    badges = {one.key: one for one in game_of(design).badges}
    return [
        Earned(badges[row.badge], row.group_id, row.reached, row.at, row.pk, row.person_id) for row in rows if row.badge in badges
    ]


def badge_of(row: EarnedBadge, design: Design) -> Badge | None:
    """The badge of a row, as the rules of its cycle tell it now; None when they no longer have it, or badges are switched off."""
    return next((one for one in game_of(design).badges if one.key == row.badge), None)
