"""The outbox: tell (a row), deliver (a mail)."""

import hashlib
import logging
import smtplib
from collections.abc import Mapping
from datetime import datetime
from email.policy import SMTP, Policy
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import F
from django.template.loader import render_to_string
from django.utils import translation

from games.errors import Conflict
from games.journal.queries import db_now
from games.notices.actions.wishes import STOPPED, end_of, stop_token
from games.notices.models import Message
from games.notices.queries import due
from games.notices.rules import (
    FORGOTTEN,
    LEASE,
    SECRET_KINDS,
    Letter,
    MessageState,
    is_permanent,
    letter_of,
    wait_after,
)
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _

logger = logging.getLogger(__name__)
LONGEST_LINE: Final = 998  # characters, RFC 5322 2.1.1


def absolute(path: str) -> str:
    """The address of a page, as it stands in a mail."""
    return f"{settings.PUBLIC_URL}/{path.lstrip('/')}"


def written(template: str, context: Mapping[str, Any]) -> Letter:
    """A text template as a letter: its first line is the subject."""
    return letter_of(_said(template, {**context, "site": settings.PUBLIC_URL}))


def _said(template: str, context: Mapping[str, Any]) -> str:
    """A part of a mail in the language of the house, whoever acts: the one place that knows in which language a mail is written."""
    with translation.override(settings.LANGUAGE_CODE):
        return render_to_string(template, context)


def tell(
    kind: str,
    *,
    to: str,
    key: str,
    template: str = "",
    context: Mapping[str, Any] | None = None,
    person: Person | None = None,
    cycle_id: int | None = None,
) -> Message:
    """Queue a mail; the worker sends it. The same `key` is told once, however often this is called.

    `template` is a text template (default `notices/KIND.txt`), its first line the subject. Call it inside the transaction of the
    act: the mail then exists if and only if the act does.
    """
    letter = written(template or f"notices/{kind}.txt", context or {})
    row = Message(
        to=to, person=person, cycle_id=cycle_id, kind=kind, key=key, subject=letter.subject, body=letter.body, due_at=db_now()
    )
    Message.objects.bulk_create([row], ignore_conflicts=True)
    return Message.objects.get(key=key)


def deliver_pending(*, limit: int = 200) -> int:
    """Send what is due, oldest first; returns how many were sent. Safe beside other workers, and after one was killed.

    A message is claimed by moving its `due_at` one lease on: only one UPDATE finds it still due. A worker that dies between the
    mail server's yes and our note of it leaves a mail that goes out twice, with the same Message-ID, five minutes later.
    """
    sent = 0
    for message in list(due(db_now()).select_related("person")[:limit]):
        now = db_now()
        claimed = due(now).order_by().filter(pk=message.pk).update(due_at=now + LEASE, tries=F("tries") + 1)
        if claimed:
            sent += _deliver(message)
    return sent


def _deliver(message: Message) -> int:
    message.refresh_from_db(fields=["tries"])
    try:
        _mail(message)
    except smtplib.SMTPRecipientsRefused as refusal:
        code, said = next(iter(refusal.recipients.values()), (None, b""))
        _missed(message, f"{code} {_readable(said)}", permanent=is_permanent(code))
        return 0
    except Exception as fault:
        logger.warning("mail %s could not be sent", message.pk, exc_info=True)
        _missed(message, f"{type(fault).__name__}: {fault}", permanent=False)
        return 0
    message.state, message.sent_at, message.error = MessageState.SENT.value, db_now(), ""
    if message.kind in SECRET_KINDS:
        message.body = FORGOTTEN
    message.save(update_fields=["state", "sent_at", "error", "body"])
    return 1


class _Posted(EmailMessage):
    """A mail whose headers stay on one line: a folded address would be encoded, and no mail program finds its way out of that."""

    def message(self, *, policy: "Policy[Any] | None" = None) -> Any:
        """The mail, with lines as long as RFC 5322 lets them be."""
        return super().message(policy=(policy or SMTP).clone(max_line_length=LONGEST_LINE))


def _mail(message: Message) -> None:
    host = urlsplit(settings.PUBLIC_URL).hostname or "localhost"
    stable = hashlib.sha256(f"{message.pk}|{message.key}".encode()).hexdigest()[:32]
    headers = {"Message-ID": f"<{stable}@{host}>", "Auto-Submitted": "auto-generated"}
    foot, more = _way_out(message)
    _Posted(subject=message.subject, body=message.body + foot, to=[message.to], headers=headers | more).send()


def _way_out(message: Message) -> tuple[str, dict[str, str]]:
    """How to hear no more of this: the foot of the mail, and what mail programs read (RFC 8058). Nothing for keys to an account."""
    user, what = message.person.user_id if message.person else None, end_of(message.kind)
    if user is None or not what:
        return "", {}
    link = absolute(f"/notices/stop/{stop_token(user, what)}/")
    foot = _said("notices/foot.txt", {"link": link, "wishes": absolute("/me/#notices"), "what": STOPPED[what]})
    return "\n" + foot, {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _missed(message: Message, error: str, *, permanent: bool) -> None:
    wait = None if permanent else wait_after(message.tries)
    message.error = error[:2000]
    if permanent:
        message.state = MessageState.BOUNCED.value
    elif wait is None:
        message.state = MessageState.FAILED.value
    else:
        message.due_at = db_now() + wait
    message.save(update_fields=["state", "error", "due_at"])


def _readable(said: bytes | str) -> str:
    return said.decode(errors="replace") if isinstance(said, bytes) else said


def mark_bounced(message: Message, *, error: str) -> None:
    """Note that a mail came back. `error` is what the other side said."""
    message.state, message.error = MessageState.BOUNCED.value, error[:2000]
    message.save(update_fields=["state", "error"])


def send_again(message: Message, *, to: str = "", now: datetime | None = None) -> None:
    """Queue a failed or bounced mail once more, to a corrected address if one is given.

    Raises Conflict for a mail that is on its way or has arrived, and for one whose link was forgotten: that is asked for anew.
    """
    if message.state not in {MessageState.FAILED.value, MessageState.BOUNCED.value}:
        text = _("This mail is {state}: only what failed or bounced is sent again.", state=message.state)
        raise Conflict(text)
    if message.body == FORGOTTEN:
        text = _("This mail held a one-time link that is not kept. Let the person ask for a new one.")
        raise Conflict(text)
    message.to = to or message.to
    message.state, message.tries, message.error, message.due_at = MessageState.QUEUED.value, 0, "", now or db_now()
    message.save(update_fields=["to", "state", "tries", "error", "due_at"])
