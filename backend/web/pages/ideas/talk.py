"""What stands about talk on the page of an idea: its threads, whether one follows it, how many say thanks."""

from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce

from backend.web.pages.talk.rows import thread_rows
from games.ideas.models import Idea
from games.permissions import Access, visible
from games.talk.models import Follow, Thanks, Thread
from games.talk.queries import with_counts

SHOWN: Final = 20


def heeded(access: Access) -> dict[str, Any]:
    """What the statement of an idea asks besides: `follows`, `thanked` (by this person), `thanks` (by how many)."""
    mine, all_ = sorted(access.persons), Thanks.objects.filter(idea=OuterRef("pk"))
    counted = all_.order_by().values("idea").annotate(count=Count("pk")).values("count")
    return {
        "followed": Exists(Follow.objects.filter(idea=OuterRef("pk"), person__in=mine)),
        "thanked": Exists(all_.filter(person__in=mine)),
        "thanked_by": Coalesce(Subquery(counted), 0),
    }


def talk_on(access: Access, idea: Any) -> dict[str, Any]:
    """The threads that this person may see, and what `heeded` found. One statement."""
    found: Idea = idea
    rows = visible(access, "thread.view", with_counts(Thread.objects.filter(idea=found)))
    here = found.cycle_id in access.member_of
    own = found.group_id in access.groups or (found.author_id is not None and found.author_id in access.persons)
    others = here and not own and found.hidden_at is None
    return {
        "rows": thread_rows(rows.order_by("-last_at", "-pk")[:SHOWN]),
        "count": idea.thanked_by,
        "follows": idea.followed,
        "thanked": idea.thanked,
        "here": here,
        "thanks": others,
        "reports": others and not access.organizes(found.cycle_id),
    }
