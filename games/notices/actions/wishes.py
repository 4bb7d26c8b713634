"""What a person wishes about mails, what they have read, and the link in every mail that ends it without signing in."""

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core import signing
from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from games.errors import Invalid
from games.journal.queries import db_now
from games.notices.models import Notice, NoticeWish
from games.notices.queries import notices_of
from games.notices.rules import ALWAYS, CHOSEN, DIGEST_KIND, Pace, Topic, topic_of
from leaderboards import readers
from leaderboards.engine.language import gettext as said

SALT: Final = "games.notices.stop"
EVERY_DIGEST: Final = "digest"

# What a link in a mail ends, in words.
STOPPED: Final[Mapping[str, str | Promise]] = {
    Topic.DEADLINE.value: _("deadlines that come near"),
    Topic.ASSIGNED.value: _("entries that wait for your marks"),
    Topic.FEEDBACK.value: _("feedback on your entries"),
    Topic.PUBLISHED.value: _("published results"),
    Topic.ADVANCED.value: _("who goes on"),
    Topic.AWARD.value: _("awards"),
    Topic.TEAM.value: _("your team: registration, members, receipts"),
    Topic.TALK.value: _("talk: questions, answers, what you follow"),
    Topic.NEWS.value: _("announcements of organizers"),
    Topic.WINS.value: _("small wins, and credit for your ideas"),
    EVERY_DIGEST: _("everything in the daily digest"),
}


def end_of(kind: str) -> str:
    """What the link in a mail of this kind ends: a topic, every digest, or nothing."""
    if kind == DIGEST_KIND:
        return EVERY_DIGEST
    topic = topic_of(kind)
    return topic.value if topic in CHOSEN and kind not in ALWAYS else ""


def stop_token(user_id: int, what: str) -> str:
    """A signed word that ends mails about `what` for this user, and can do nothing else. It holds as long as the house keeps its key."""
    return signing.dumps([user_id, what], salt=SALT)


def read_stop(token: str) -> tuple[int, str] | None:
    """(user, what) of a link; None if we did not sign it."""
    try:
        user_id, what = signing.loads(token, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return (user_id, what) if isinstance(user_id, int) and what in STOPPED else None


@transaction.atomic
def stop(user_id: int, what: str, *, pace: Pace = Pace.NEVER) -> None:
    """End mails about `what` (or, with another `pace`, have them again). Harmless when repeated; nothing for a user who is gone."""
    wished = NoticeWish.objects.filter(user=user_id)
    if what == EVERY_DIGEST:
        wished.filter(pace=Pace.DAILY.value).update(pace=pace.value)
        return
    if get_user_model().objects.filter(pk=user_id).exists():
        _wish({Topic(what): pace}, user_id)


@transaction.atomic
def set_wishes(user: Any, wished: Mapping[Topic, Pace]) -> None:
    """Set how soon a user hears of topics by mail. Raises Invalid for a topic that nobody can switch off."""
    strange = [topic.value for topic in wished if topic not in CHOSEN]
    if strange:
        message = said("Mails about {topics} always come at once.", topics=", ".join(strange))
        raise Invalid(message, where=strange[0])
    _wish(wished, user.pk)


def _wish(wished: Mapping[Topic, Pace], user_id: int) -> None:
    rows = [NoticeWish(user_id=user_id, topic=topic.value, pace=pace.value) for topic, pace in wished.items()]
    NoticeWish.objects.bulk_create(rows, update_conflicts=True, unique_fields=["user", "topic"], update_fields=["pace"])


def mark_read(user: Any, notices: Collection[int] | None = None) -> int:
    """Note that the user has read these notices, or all. Returns how many were unread; those of others stay as they are."""
    mine = Notice.objects.filter(pk__in=notices_of(user).order_by().values("pk"), read_at__isnull=True)
    if notices is not None:
        mine = mine.filter(pk__in=list(notices))
    read = mine.update(read_at=db_now())
    transaction.on_commit(lambda: readers.changed([user.pk]))
    return read
