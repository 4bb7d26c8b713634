"""What an act means for whom: the right people are told, once."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import resolve
from django.utils.timezone import now

from games.groups import actions as groups
from games.groups.models import Registration
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.notices.actions import HANDLERS, react
from games.notices.models import Message, Notice
from games.organizations.actions import invite
from games.recognition.models import Grant
from games.rounds.models import Entrant
from games.submissions.models import Submission, Version
from tests.cast import Cast
from tests.factories.groups import MembershipFactory
from tests.factories.organizations import PersonFactory

pytestmark = pytest.mark.django_db


def entry(kind: Kind, subject: str = "", **payload: Any) -> JournalEntry:
    return record(kind, cycle_id=None, subject=subject, payload=payload)


def told(act: JournalEntry) -> list[tuple[str, str, str]]:
    """Who is told what by this act; telling it twice adds nothing."""
    react(act.pk)
    react(act.pk)
    return [(one.kind, one.to, one.subject) for one in Message.objects.order_by("to")]


def test_an_invitation_is_mailed_with_the_link_that_opens_it(cast: Cast):
    person = PersonFactory(name="Dr. No", email="dr@example.org")
    _, secret = invite(person, by=cast.org.user)
    act = JournalEntry.objects.get(kind="person.invited")
    assert told(act) == [("person.invited", "dr@example.org", "Org invites you to Ludus")]
    assert f"/invitations/{secret}/" in Message.objects.get().body


def test_an_invitation_names_what_it_is_for(cast: Cast):
    invite(PersonFactory(email="dr@example.org"), by=cast.org.user, cycle_id=cast.cycle.pk, group_id=cast.red.pk)
    told(JournalEntry.objects.get(kind="person.invited"))
    mail = Message.objects.get()
    assert mail.subject == f"Org invites you to {cast.cycle.name}"
    assert f"a place for you in the team {cast.red} in “{cast.cycle.name}”" in mail.body


def test_an_invitation_accepted_meanwhile_is_not_mailed(cast: Cast):
    _, secret = invite(PersonFactory(email="dr@example.org"), by=cast.org.user)
    groups.accept_invitation(secret, by=cast.eve.user)
    assert told(JournalEntry.objects.get(kind="person.invited")) == []


def test_an_invitation_withdrawn_before_it_was_written_is_not_mailed(cast: Cast):
    invitation, _ = invite(PersonFactory(email="dr@example.org"), by=cast.org.user)
    type(invitation).objects.filter(pk=invitation.pk).update(expires_at=invitation.created_at)
    assert told(JournalEntry.objects.get(kind="person.invited")) == []


@pytest.mark.parametrize(
    ("state", "subject"),
    [
        ("accepted", "Red Herons is in: Clean water"),
        ("waiting", "Red Herons is on the waiting list of Clean water"),
        ("refused", "Red Herons was not accepted for Clean water"),
        ("withdrawn", "Red Herons has left Clean water"),
    ],
)
def test_the_group_hears_how_its_registration_was_settled(cast: Cast, state, subject):
    registration = Registration.objects.create(group=cast.red, state=state, reason="Section 4.", asked_at=now())
    act = entry(Kind.GROUP_SETTLED, f"registration:{registration.pk}")
    assert told(act) == [("group.settled", "ada@example.org", subject)]
    assert ("Section 4." in Message.objects.get().body) is (state == "refused")


def test_organizers_hear_of_a_registration_that_waits_for_them(cast: Cast):
    registration = Registration.objects.create(group=cast.red, state="pending", asked_at=now())
    act = entry(Kind.GROUP_REGISTERED, f"registration:{registration.pk}")
    assert [(kind, to) for kind, to, _ in told(act)] == [("group.registered", "org@example.org")]


def test_the_captain_hears_who_asks_and_who_asked_hears_the_answer(cast: Cast):
    request = groups.ask_to_join(cast.red, by=cast.eve.user, person=cast.eve.person, message="I can weld & <paint>.")
    assert [to for _, to, _ in told(JournalEntry.objects.get(kind="join.asked"))] == ["ada@example.org"]
    assert "I can weld & <paint>." in Message.objects.get().body
    groups.settle_request(request, accept=True, by=cast.ada.user)
    react(JournalEntry.objects.get(kind="join.settled").pk)
    assert Message.objects.get(kind="join.settled").to == "eve@example.org"


def test_a_receipt_names_version_digest_and_server_time(cast: Cast):
    submission = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted")
    at = now()
    for number in (1, 2):
        Version.objects.create(submission=submission, number=number, digest=f"{number}" * 64, at=at, by=cast.ada.person)
    act = entry(Kind.SUBMISSION_RECEIVED, f"submission:{submission.pk}", version=2)
    assert [(kind, to) for kind, to, _ in told(act)] == [("submission.received", "ada@example.org")]
    body = Message.objects.get().body
    assert "2" * 64 in body
    assert f"{at:%Y-%m-%d %H:%M:%S} UTC" in body
    assert "Version:     2" in body


def test_a_judge_hears_once_a_day_that_entries_wait(cast: Cast):
    for count in (3, 2):
        payload = {"round": "call", "count": count}
        act = record(Kind.SHEET_ASSIGNED, cycle_id=cast.cycle.pk, subject=f"person:{cast.judith.person.pk}", payload=payload)
        react(act.pk)
    assert [(one.kind, one.to) for one in Message.objects.all()] == [("sheet.assigned", "judith@example.org")]


@pytest.mark.parametrize(
    "payload", [{"round": "call", "count": 0}, {"round": "call", "count": -2}, {"round": "gone", "count": 1}, {}]
)
def test_a_judge_who_was_given_nothing_hears_nothing(cast: Cast, payload):
    act = record(Kind.SHEET_ASSIGNED, cycle_id=cast.cycle.pk, subject=f"person:{cast.judith.person.pk}", payload=payload)
    assert told(act) == []


def test_everybody_in_the_round_hears_that_it_is_published_and_nobody_before(cast: Cast):
    act = entry(Kind.ROUND_PUBLISHED, f"round:{cast.call.pk}")
    assert told(act) == []
    cast.publish(cast.call)
    assert [to for _, to, _ in told(act)] == ["ada@example.org", "ben@example.org"]


@pytest.mark.parametrize(("state", "heard"), [("nominated", 0), ("verified", 0), ("granted", 1), ("revoked", 0)])
def test_a_group_hears_of_a_grant_once_it_is_granted(cast: Cast, state, heard):
    grant = Grant.objects.create(cycle=cast.cycle, award="gold", kind="medal", name="Gold", group=cast.red, state=state)
    assert len(told(entry(Kind.GRANT_CHANGED, f"grant:{grant.pk}"))) == heard


def test_feedback_is_told_when_it_can_be_read_and_only_to_those_who_got_words(cast: Cast):
    cast.assign(cast.judith, cast.red, state="final", comment="Lovely.")
    cast.assign(cast.judith, cast.blue, state="final")
    cast.publish(cast.call)
    act = entry(Kind.ROUND_PUBLISHED, f"round:{cast.call.pk}")
    assert [(kind, to) for kind, to, _ in told(act) if kind == "feedback.available"] == [
        ("feedback.available", "ada@example.org")
    ]
    assert Notice.objects.get(topic="feedback").path == "/cycles/water/groups/red/"


def test_a_sheet_written_after_publication_is_new_feedback_and_one_before_is_nobodys_business(cast: Cast):
    sheet = cast.assign(cast.judith, cast.red, state="final", comment="Lovely.")
    act = entry(Kind.SHEET_FINALIZED, f"sheet:{sheet.pk}")
    assert told(act) == []
    cast.publish(cast.call, at=now() - timedelta(days=1))
    assert [(kind, to) for kind, to, _ in told(act)] == [("feedback.available", "ada@example.org")]


def test_who_goes_on_hears_it_and_who_does_not_hears_it_kindly_once(cast: Cast):
    cast.publish(cast.call)
    Entrant.objects.create(round=cast.final, group=cast.red, via="cut", at=now())
    values = {"cycle_id": cast.cycle.pk, "group_id": cast.red.pk, "subject": f"round:{cast.final.pk}", "at": now()}
    acts = [record(Kind.GROUP_ADVANCED, payload={"round": "final", "group": "red", "via": "cut"}, **values) for _ in range(2)]
    for act in acts:
        told(act)
    assert [(one.kind, one.to) for one in Message.objects.order_by("kind")] == [
        ("group.advanced", "ada@example.org"),
        ("group.stopped", "ben@example.org"),
    ]
    assert Notice.objects.get(person=cast.ben.person).path == "/cycles/water/groups/blue/"
    assert "Blue Herons" in Message.objects.get(kind="group.stopped").subject


def test_a_round_everybody_is_in_is_no_news(cast: Cast):
    payload = {"round": "final", "group": "red", "via": "all"}
    act = record(
        Kind.GROUP_ADVANCED, cycle_id=cast.cycle.pk, group_id=cast.red.pk, subject=f"round:{cast.final.pk}", payload=payload
    )
    assert told(act) == []


def test_who_is_invited_and_has_an_account_finds_it_on_their_page_without_the_key(cast: Cast):
    _, secret = invite(PersonFactory(name="Eve", email="EVE@example.org"), by=cast.org.user)
    cast.eve.user.email_confirmed_at = now()
    cast.eve.user.save(update_fields=["email_confirmed_at"])
    told(JournalEntry.objects.get(kind="person.invited"))
    notice = Notice.objects.get(person=cast.eve.person)
    assert (notice.topic, notice.path) == ("invitation", "/me/#invitations")
    assert secret not in notice.text


def test_imported_and_invited_people_hear_nothing_but_their_invitation(cast: Cast):
    MembershipFactory(group=cast.red, person=PersonFactory(email="imported@example.org"))
    cast.publish(cast.call)
    assert [to for _, to, _ in told(entry(Kind.ROUND_PUBLISHED, f"round:{cast.call.pk}"))] == [
        "ada@example.org",
        "ben@example.org",
    ]


def test_suspended_people_are_left_out(cast: Cast):
    cast.ada.user.is_active = False
    cast.ada.user.save(update_fields=["is_active"])
    cast.publish(cast.call)
    assert [to for _, to, _ in told(entry(Kind.ROUND_PUBLISHED, f"round:{cast.call.pk}"))] == ["ben@example.org"]


@pytest.mark.parametrize("kind", sorted(HANDLERS))
@pytest.mark.parametrize("subject", ["", "gone:999999999", "nonsense", "a:b:c"])
def test_an_act_whose_row_is_gone_tells_nobody(kind, subject):
    assert told(entry(kind, subject)) == []


def test_a_kind_that_concerns_nobody_and_an_entry_that_is_gone_tell_nobody(cast: Cast):
    assert react(entry(Kind.CYCLE_LAUNCHED, f"cycle:{cast.cycle.pk}").pk) == 0
    assert react(0) == 0


def test_every_link_in_a_mail_leads_to_a_page_there_is(cast: Cast):
    """The mails know addresses, not names of routes: this keeps the two together."""
    submission = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted")
    Version.objects.create(submission=submission, number=1, digest="1" * 64, at=now(), by=cast.ada.person)
    registration = Registration.objects.create(group=cast.red, state="accepted", asked_at=now())
    grant = Grant.objects.create(cycle=cast.cycle, award="gold", kind="medal", name="Gold", group=cast.red, state="granted")
    cast.publish(cast.call)
    invite(PersonFactory(email="dr@example.org"), by=cast.org.user)
    judge = f"person:{cast.judith.person.pk}"
    record(Kind.SHEET_ASSIGNED, cycle_id=cast.cycle.pk, subject=judge, payload={"round": "call", "count": 1})
    for kind, subject in (
        (Kind.SUBMISSION_RECEIVED, f"submission:{submission.pk}"),
        (Kind.GROUP_SETTLED, f"registration:{registration.pk}"),
        (Kind.GRANT_CHANGED, f"grant:{grant.pk}"),
        (Kind.ROUND_PUBLISHED, f"round:{cast.call.pk}"),
    ):
        entry(kind, subject)
    for act in JournalEntry.objects.all():
        react(act.pk)
    links = re.findall(r"http://localhost:8000(/\S+)", "\n".join(Message.objects.values_list("body", flat=True)))
    assert len(links) >= 6
    for link in links:
        resolve(link)
