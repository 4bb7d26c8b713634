"""What was said in a cycle, as rows. Whose the words were stays behind, with thanks, follows and reports: they are people's own."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from games.bundles.queries.shared import kept_ideas
from games.bundles.tables import Table
from games.bundles.talk_rows import PostRow, ThreadRow
from games.cycles.models import Cycle
from games.talk.models import Post, Thread


def talk_tables(cycle: Cycle, groups: Mapping[int, str]) -> dict[str, Table[Any]]:
    """threads.csv and posts.csv of a cycle, by the names of their tables."""
    return {"threads": Table(list(_threads(cycle, groups))), "posts": Table(list(_posts(cycle, groups)))}


def _kept(cycle: Cycle, groups: Mapping[int, str]) -> QuerySet[Thread]:
    """Threads of groups that are in the bundle, on the board or on ideas that are."""
    ideas = kept_ideas(cycle, groups).order_by().values("pk")
    inside = Thread.objects.filter(Q(group__isnull=True) | Q(group__in=list(groups)), cycle=cycle)
    return inside.filter(Q(idea__isnull=True) | Q(idea__in=ideas))


def _threads(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[ThreadRow]:
    rows = _kept(cycle, groups).select_related("idea", "accepted").prefetch_related("asked").order_by("number")
    for one in rows:
        answer = one.accepted
        known = answer is not None and (answer.group_id is None or answer.group_id in groups)
        yield ThreadRow(
            one.number,
            one.kind,
            one.title,
            groups[one.group_id] if one.group_id is not None else "",
            one.idea.number if one.idea is not None else 0,
            "|".join(sorted(groups[group.pk] for group in one.asked.all() if group.pk in groups)),
            *(one.opened_at.astimezone(UTC), _utc(one.due_at), _utc(one.replied_at), _utc(one.answered_at)),
            answer.number if answer is not None and known else 0,
            _utc(one.hidden_at),
        )


def _posts(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[PostRow]:
    there = _kept(cycle, groups).order_by().values("pk")
    rows = Post.objects.filter(Q(group__isnull=True) | Q(group__in=list(groups)), thread__in=there)
    for one in rows.select_related("thread", "corrects").order_by("thread__number", "number"):
        yield PostRow(
            one.thread.number,
            one.number,
            groups[one.group_id] if one.group_id is not None else "",
            one.text,
            one.at.astimezone(UTC),
            one.corrects.number if one.corrects is not None else 0,
            *(_utc(one.helpful_at), _utc(one.hidden_at)),
        )


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
