"""Questions that a study led to: what a group asked about the works that it was given to read, and whether it was answered."""

from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from games.groups.models import Group
from games.learning.models import Reading
from games.rounds.models import Round
from games.talk.models import Thread
from games.talk.rules import ThreadKind


class Asked(NamedTuple):
    """How much a group asked about its works, and how much of it is answered."""

    asked: int = 0
    answered: int = 0


def questions_on(rows: QuerySet[Thread], group: Group, readings: Collection[Reading]) -> dict[int, list[Thread]]:
    """Reading → what the group asked about that work, of `rows` (those the person may see), the first first. One statement, or none."""
    if not readings:
        return {}
    ideas = {one.idea_id: one.pk for one in readings if one.idea_id}
    entries = {one.submission_id: one.pk for one in readings if one.submission_id}
    about = Q(idea__in=list(ideas)) | Q(idea__submission__in=list(entries))
    found: dict[int, list[Thread]] = {}
    for one in rows.filter(about, group=group, kind=ThreadKind.QUESTION.value).select_related("idea").order_by("number"):
        idea = one.idea
        place = ideas.get(one.idea_id or 0) or (entries.get(idea.submission_id or 0) if idea is not None else None)
        if place is not None:
            found.setdefault(place, []).append(one)
    return found


def asked_in(round_: Round, groups: Iterable[int]) -> dict[int, Asked]:
    """Group → what it asked about the works given to it in the study after this round. One statement."""
    given = Reading.objects.filter(round=round_, group=OuterRef("group"))
    about = Q(Exists(given.filter(idea=OuterRef("idea")))) | Q(Exists(given.filter(submission=OuterRef("idea__submission"))))
    rows = Thread.objects.filter(about, cycle=round_.cycle_id, kind=ThreadKind.QUESTION.value, hidden_at__isnull=True)
    answered = Count("pk", filter=Q(answered_at__isnull=False))
    counted = rows.filter(group__in=list(groups)).order_by().values("group").annotate(asked=Count("pk"), answered=answered)
    return {one["group"]: Asked(one["asked"], one["answered"]) for one in counted}
