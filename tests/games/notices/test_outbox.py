"""The outbox: told once, sent once, tried again, given up, bounced."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st

from games.errors import Conflict
from games.notices.actions import deliver_pending, mark_bounced, send_again, tell
from games.notices.models import Message
from games.notices.queries import outbox, outbox_counts
from games.notices.rules import FORGOTTEN, LONGEST_WAIT, TRIES, letter_of, wait_after
from tests.factories.organizations import PersonFactory
from tests.races import at_once

TEMPLATE = "notices/join.settled.txt"


def test_the_first_line_is_the_subject_and_stays_one_line():
    letter = letter_of("\n Hello \t there \n\nBody\nmore\n")
    assert (letter.subject, letter.body) == ("Hello there", "Body\nmore\n")


@given(st.integers(1, 100))
def test_waits_grow_to_six_hours_and_end(tries):
    wait = wait_after(tries)
    assert (wait is None) == (tries >= TRIES)
    assert wait is None or timedelta(minutes=1) <= wait <= LONGEST_WAIT


def queue(key: str = "k", *, to: str = "ada@example.org", kind: str = "join.settled") -> Message:
    return tell(kind, to=to, key=key, template=TEMPLATE, context={"group": {"name": "Red"}, "person": PersonFactory()})


@pytest.mark.django_db
def test_the_same_key_is_told_once():
    assert queue("k") == queue("k", to="other@example.org")
    assert Message.objects.get().to == "ada@example.org"


@pytest.mark.django_db
def test_what_is_queued_is_sent_once_with_a_stable_id():
    message = queue()
    assert (deliver_pending(), deliver_pending()) == (1, 0)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["ada@example.org"], "Red said no")
    assert sent.extra_headers["Message-ID"].endswith("@localhost>")
    message.refresh_from_db()
    assert (message.state, message.tries) == ("sent", 1)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["account.sign_in", "person.invited"])
def test_a_link_that_opens_an_account_is_forgotten_once_sent(kind):
    message = queue(kind=kind)
    deliver_pending()
    message.refresh_from_db()
    assert message.body == FORGOTTEN
    mark_bounced(message, error="user unknown")
    with pytest.raises(Conflict):
        send_again(message)


def failing(monkeypatch: pytest.MonkeyPatch, fault: Exception) -> None:
    def refuse(self: EmailBackend, messages: object) -> int:
        raise fault

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


@pytest.mark.django_db
def test_a_mail_server_that_is_down_is_tried_again_later(monkeypatch):
    failing(monkeypatch, ConnectionRefusedError("nobody there"))
    message = queue()
    assert deliver_pending() == 0
    message.refresh_from_db()
    assert (message.state, message.tries, message.error) == ("queued", 1, "ConnectionRefusedError: nobody there")
    assert timedelta(seconds=50) < message.due_at - now() <= timedelta(minutes=1)
    assert deliver_pending() == 0
    message.refresh_from_db()
    assert message.tries == 1


@pytest.mark.django_db
def test_after_the_last_try_a_mail_has_failed_and_can_be_sent_again(monkeypatch):
    message = queue()
    Message.objects.update(tries=TRIES - 1)
    with monkeypatch.context() as patch:
        failing(patch, TimeoutError())
        deliver_pending()
    message.refresh_from_db()
    assert message.state == "failed"
    send_again(message, to="new@example.org")
    assert deliver_pending() == 1
    assert mail.outbox[0].to == ["new@example.org"]


@pytest.mark.django_db
@pytest.mark.parametrize(("code", "state"), [(550, "bounced"), (450, "queued")])
def test_an_address_refused_for_good_bounces_one_refused_for_now_waits(monkeypatch, code, state):
    failing(monkeypatch, smtplib.SMTPRecipientsRefused({"ada@example.org": (code, b"no such user")}))
    message = queue()
    deliver_pending()
    message.refresh_from_db()
    assert (message.state, message.error) == (state, f"{code} no such user")


@pytest.mark.django_db
def test_one_bad_letter_does_not_stop_the_others(monkeypatch):
    queue("one", to="broken\n@example.org")
    queue("two")
    assert deliver_pending() == 1
    assert [one.to for one in mail.outbox] == [["ada@example.org"]]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_each_mail_once():
    for number in range(6):
        queue(f"k{number}", to=f"p{number}@example.org")
    outcomes = at_once([deliver_pending] * 3)
    assert sum(outcomes) == 6
    assert sorted(one.to[0] for one in mail.outbox) == [f"p{number}@example.org" for number in range(6)]


@pytest.mark.django_db
def test_the_outbox_is_searched_and_counted():
    queue("one")
    mark_bounced(queue("two", to="gone@example.org"), error="550")
    assert [one.to for one in outbox(state="bounced")] == ["gone@example.org"]
    assert [one.to for one in outbox(search="GONE@")] == ["gone@example.org"]
    assert outbox_counts() == {"queued": 1, "sent": 0, "failed": 0, "bounced": 1, "held": 0}


@pytest.mark.django_db
def test_a_mail_that_waits_or_has_arrived_is_not_sent_again():
    message = queue()
    for _ in ("queued", "sent"):
        with pytest.raises(Conflict, match="only what failed or bounced"):
            send_again(message)
        deliver_pending()
        message.refresh_from_db()
    assert len(mail.outbox) == 1
