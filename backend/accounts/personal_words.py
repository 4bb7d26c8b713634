"""What one person said and asked in the commons, and what they arranged with others, as data to take away."""

from collections.abc import Iterable
from typing import Any

from backend.accounts.personal_rows import rows
from games.coaching.models import Booking, SessionNote, Slot
from games.learning.models import Taken
from games.partnerships.models import Partner, Partnership
from games.peers.models import PeerAsk
from games.suggestions.models import Suggestion, Support
from games.talk.models import Follow, Post, Report, Ruling, Thanks, Thread


def talk_of(persons: Iterable[int]) -> dict[str, Any]:
    """Threads, posts, thanks, follows, reports. Nine statements at most, however many there are."""
    mine, about = list(persons), {"idea": "idea__number", "post": "post_id"}
    where = {"cycle": "thread__cycle__key", "thread": "thread__title"}
    of = {"cycle": "cycle__key"}
    asked_again = Ruling.objects.filter(post__author__in=mine).exclude(appeal="").order_by("pk")
    return {
        "threads": rows(Thread.objects.filter(author__in=mine).order_by("pk"), "kind", "title", "opened_at", **of),
        "posts": rows(Post.objects.filter(author__in=mine).order_by("pk"), "text", "at", "helpful_at", "hidden_at", **where),
        "thanks": rows(Thanks.objects.filter(person__in=mine).order_by("pk"), "at", to="to_group__name", **about, **of),
        "follows": rows(
            Follow.objects.filter(person__in=mine).order_by("pk"),
            "at",
            idea="idea__title",
            thread="thread__title",
            group="group__name",
            **of,
        ),
        "reports": rows(Report.objects.filter(person__in=mine).order_by("pk"), "why", "at", **about, **of),
        "appeals": rows(asked_again, "appeal", "appealed_at", "answer", "answered_at", **of),
    }


def arranged_by(persons: Iterable[int]) -> dict[str, Any]:
    """Office hours, suggestions to the rules, partnerships, questions to peers, what was taken from a study."""
    mine, of = list(persons), {"cycle": "cycle__key"}
    held = {"cycle": "booking__cycle__key", "group": "booking__group__name"}
    joined = {"cycle": "partnership__cycle__key", "kind": "partnership__kind", "group": "group__name"}
    between = {"asker": "asker__name", "asked": "asked__name"}
    taken = Taken.objects.filter(by__in=mine).order_by("pk")
    return {
        "offered": rows(
            Slot.objects.filter(expert__in=mine).order_by("pk"), "starts_at", "ends_at", "place", "topics", "withdrawn_at", **of
        ),
        "booked": rows(
            Booking.objects.filter(by__in=mine).order_by("pk"),
            "question",
            "booked_at",
            "cancelled_at",
            "outcome",
            group="group__name",
            starts_at="slot__starts_at",
            **of,
        ),
        "notes": rows(SessionNote.objects.filter(author__in=mine).order_by("pk"), "text", "shared", "at", **held),
        "suggestions": rows(
            Suggestion.objects.filter(author__in=mine).order_by("pk"), "title", "why", "named", "state", "at", "answer", **of
        ),
        "supported": rows(
            Support.objects.filter(person__in=mine).order_by("pk"),
            "at",
            suggestion="suggestion__title",
            cycle="suggestion__cycle__key",
        ),
        "proposed": rows(
            Partnership.objects.filter(by__in=mine).order_by("pk"), "kind", "name", "note", "state", "proposed_at", **of
        ),
        "agreed": rows(Partner.objects.filter(by__in=mine).order_by("pk"), "answer", "answered_at", **joined),
        "asked": rows(PeerAsk.objects.filter(by__in=mine).order_by("pk"), "words", "asked_at", "state", **between, **of),
        "answered": rows(PeerAsk.objects.filter(answered_by__in=mine).order_by("pk"), "answer", "answered_at", **between, **of),
        "taken": rows(taken, "text", "at", cycle="group__cycle__key", group="group__name"),
    }
