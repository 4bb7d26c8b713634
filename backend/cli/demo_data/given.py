"""What teams of the demo's season gave each other, each thing at its own time, so that every part of the game has something to show."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from games.bundles.tables import Table
from games.bundles.won_rows import ExchangeRow, WeekRow
from games.cycles.models import Cycle
from games.groups.models import Membership
from games.ideas.models import Derivation
from games.journal.actions import record
from games.journal.rules import Kind
from games.recognition.actions.cheering import cheer_win
from games.recognition.actions.watching import raise_flags
from games.recognition.models import Cheer, Win
from games.recognition.rules.wins import WEEK, monday
from games.talk.models import Post, Thanks

NEIGHBOURS: Final = ("paper-cranes", "corridor-c")
BUSY: Final = "the-night-desk"


def counted(now: datetime) -> dict[str, Table[Any]]:
    """What was counted before: two neighbours who cheer mostly each other, and a team that does more and more and tests nothing."""
    one, other = NEIGHBOURS
    last = monday(now.date()) - WEEK
    return {
        "exchanges": Table([ExchangeRow(one, other, "cheer", 5), ExchangeRow(other, one, "cheer", 4)]),
        "weeks": Table([WeekRow(BUSY, last - WEEK, acts=4), WeekRow(BUSY, last, acts=9)]),
    }


def remember_given(cycle: Cycle) -> None:
    """Ideas taken up, help that was confirmed and thanks stand in the journal, and earn what they would have earned."""
    for one in Derivation.objects.filter(target__cycle=cycle, source__cycle=cycle).select_related("source", "target"):
        payload = {"idea": one.source.number, "by": one.target.number, "kind": one.kind}
        subject = f"idea:{one.source_id}"
        record(Kind.IDEA_TAKEN_UP, cycle_id=cycle.pk, group_id=one.source.group_id, subject=subject, payload=payload, at=one.at)
    for post in Post.objects.filter(thread__cycle=cycle, helpful_at__isnull=False).select_related("thread"):
        _helped(cycle, post)
    for thanks in Thanks.objects.filter(cycle=cycle).select_related("person__user", "post", "idea"):
        _thanked(cycle, thanks)


def _helped(cycle: Cycle, post: Post) -> None:
    """It counts for who helped, and for who dared to ask."""
    thread, at = post.thread, post.helpful_at
    asked = {"thread": thread.number, "kind": thread.kind, "post": post.number, "post_id": post.pk, "asker": thread.group_id}
    payload = {**asked, "held": True}
    record(Kind.POST_HELPED, cycle_id=cycle.pk, group_id=post.group_id, subject=f"post:{post.pk}", payload=payload, at=at)
    solved = {"thread": thread.number}
    subject = f"thread:{thread.pk}"
    record(Kind.BARRIER_SOLVED, cycle_id=cycle.pk, group_id=thread.group_id, subject=subject, payload=solved, at=at)


def _thanked(cycle: Cycle, thanks: Thanks) -> None:
    """For a post, an idea, or (a cheer) for all that a group does."""
    name, pk, group = "group", thanks.to_group_id, thanks.to_group_id
    if thanks.post is not None:
        name, pk, group = "post", thanks.post_id, thanks.post.group_id
    elif thanks.idea is not None:
        name, pk, group = "idea", thanks.idea_id, thanks.idea.group_id
    payload, subject = {"of": name, "held": True}, f"{name}:{pk}"
    by = thanks.person.user
    record(Kind.THANKS_GIVEN, cycle_id=cycle.pk, by=by, group_id=group, subject=subject, payload=payload, at=thanks.at)


def celebrate(cycle: Cycle, people: Mapping[str, Any]) -> None:
    """Small wins are cheered by the players of other teams, and what somebody should look at is raised. Once: a second start finds it."""
    if Cheer.objects.filter(win__cycle=cycle).exists():
        return
    for name in ("ada", "ben"):
        own = Membership.objects.filter(cycle=cycle, person__user=people[name], group__isnull=False).values("group")
        for win in Win.objects.filter(cycle=cycle).exclude(group__in=own).order_by("pk")[:3]:
            cheer_win(win=win, by=people[name])
    raise_flags(cycle)
