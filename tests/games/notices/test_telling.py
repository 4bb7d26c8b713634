"""On the page and by mail: what a person wishes, the daily digest, the way out of every mail."""

import re
from datetime import UTC, datetime, timedelta
from email.policy import SMTP
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st

from games.errors import Invalid
from games.journal.queries import db_now
from games.notices.actions import (
    compose_digests,
    deliver_pending,
    mark_read,
    read_stop,
    set_wishes,
    stop,
    stop_token,
    tell,
    tell_all,
)
from games.notices.models import Message, Notice
from games.notices.queries import notices_of, organizers_of, unread_of, wishes_of, with_address
from games.notices.rules import (
    CHOSEN,
    SUBJECT_LENGTH,
    TOPICS,
    Letter,
    MessageState,
    Pace,
    Topic,
    digest_due,
    digest_letter,
    path_of,
    state_for,
)
from games.organizations.models import Person
from tests.cast import Cast
from tests.factories.organizations import OrganizationFactory, PersonFactory
from tests.races import at_once

ZONES = sorted(available_timezones())


def published(cast: Cast, key: str = "k") -> int:
    """Everybody of the cast with an account hears that a round is out."""
    context = {"round": cast.call, "cycle": cast.cycle, "link": "http://localhost:8000/cycles/water/rounds/call/"}
    return tell_all("round.published", with_address(Person.objects.all()), key=key, context=context, cycle_id=cast.cycle.pk)


# --- Rules ----------------------------------------------------------------------------------------------------------------------------


@given(st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)), st.sampled_from(ZONES))  # noqa: DTZ001
def test_a_digest_comes_at_seven_in_the_morning_within_a_day(now, zone):
    due = digest_due(now, zone)
    assert (due.astimezone(ZoneInfo(zone)).hour, due.astimezone(ZoneInfo(zone)).minute) == (7, 0)
    assert now < due <= now + timedelta(hours=49)


def test_an_unknown_zone_is_utc():
    assert digest_due(datetime(2026, 3, 1, 7, tzinfo=UTC), "Nowhere/Land") == datetime(2026, 3, 2, 7, tzinfo=UTC)


@pytest.mark.parametrize("pace", list(Pace))
@pytest.mark.parametrize("kind", ["account.password", "account.sign_in", "person.invited", "glass.broken"])
def test_keys_to_an_account_and_opened_seals_are_never_held_back(kind, pace):
    assert state_for(kind, pace) is MessageState.QUEUED


@pytest.mark.parametrize("kind", sorted(set(TOPICS) - {"person.invited", "glass.broken"}))
def test_every_other_kind_follows_the_wish(kind):
    assert [state_for(kind, pace) for pace in Pace] == [MessageState.QUEUED, MessageState.HELD, None]


def test_a_link_leads_within_the_site():
    assert path_of("https://ludus.example/cycles/a/?x=1#y") == "/cycles/a/?x=1#y"
    assert path_of("") == ""


def test_a_digest_of_one_is_that_letter_and_of_several_names_them_all():
    one, two = Letter("First", "Body one.\n"), Letter("Second", "Body two.\n")
    assert digest_letter([one]) == one
    both = digest_letter([one, two])
    assert both.subject == "First and 1 more"
    assert both.body.startswith("- First\n- Second\n")
    assert "Body one." in both.body
    assert "Body two." in both.body
    assert len(digest_letter([Letter("x" * 300, "")] * 2).subject) <= SUBJECT_LENGTH


# --- Telling --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_notice_stands_on_the_page_and_a_mail_follows_each_once(cast: Cast):
    assert published(cast) == published(cast) == 5
    notice = notices_of(cast.ada.user).get()
    assert (notice.topic, notice.text, notice.path) == (
        "published",
        "Results: Call, Clean water" if cast.call.name == "Call" else notice.text,
        "/cycles/water/rounds/call/",
    )
    assert Notice.objects.count() == Message.objects.count() == 5


@pytest.mark.django_db
def test_telling_three_or_thirty_takes_as_many_statements(cast: Cast, django_assert_num_queries):
    with django_assert_num_queries(5):
        published(cast, "few")
    for number in range(30):
        actor_person = PersonFactory(key=f"p{number}")
        assert actor_person.pk
    with django_assert_num_queries(5):
        published(cast, "more")


@pytest.mark.django_db
def test_one_human_who_is_several_people_is_told_once(cast: Cast):
    PersonFactory(user=cast.ada.user, key="ada-2", organization=OrganizationFactory())
    assert published(cast) == 5
    assert unread_of(cast.ada.user).waiting == 1


@pytest.mark.django_db
def test_the_wish_decides_about_the_mail_never_about_the_page(cast: Cast):
    set_wishes(cast.ada.user, {Topic.PUBLISHED: Pace.NEVER})
    set_wishes(cast.ben.user, {Topic.PUBLISHED: Pace.DAILY, Topic.NEWS: Pace.NEVER})
    published(cast)
    mails = dict(Message.objects.values_list("to", "state"))
    assert "ada@example.org" not in mails
    assert (mails["ben@example.org"], mails["judith@example.org"]) == ("held", "queued")
    assert unread_of(cast.ada.user).waiting == 1
    assert wishes_of(cast.ben.user)[Topic.NEWS] is Pace.NEVER
    assert wishes_of(cast.ben.user)[Topic.AWARD] is Pace.NOW


@pytest.mark.django_db
def test_an_invitation_cannot_be_switched_off(cast: Cast):
    assert Topic.INVITATION not in CHOSEN
    with pytest.raises(Invalid, match="always come at once"):
        set_wishes(cast.ada.user, {Topic.INVITATION: Pace.NEVER})


@pytest.mark.django_db
def test_times_in_a_mail_stand_in_the_zone_of_the_reader(cast: Cast):
    cast.ada.user.timezone = "Asia/Tokyo"
    cast.ada.user.save(update_fields=["timezone"])
    cast.call.judging_closes_at = datetime(2027, 1, 1, 20, tzinfo=UTC)
    context = {"round": cast.call, "cycle": cast.cycle, "link": "/desk/sheets/"}
    tell_all("sheet.assigned", with_address(Person.objects.all()), key="k", context=context, cycle_id=None)
    assert "2 January 2027, 05:00 JST" in Message.objects.get(to="ada@example.org").body
    assert "1 January 2027, 20:00 UTC" in Message.objects.get(to="ben@example.org").body


@pytest.mark.django_db
def test_reading_marks_ones_own_notices_only(cast: Cast):
    published(cast)
    theirs = notices_of(cast.ben.user).get()
    assert mark_read(cast.ada.user, [theirs.pk]) == 0
    assert (mark_read(cast.ada.user), mark_read(cast.ada.user)) == (1, 0)
    assert (unread_of(cast.ada.user).waiting, unread_of(cast.ben.user).waiting) == (0, 1)


# --- The digest -----------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ben_reads_daily(cast: Cast) -> Cast:
    set_wishes(cast.ben.user, dict.fromkeys(CHOSEN, Pace.DAILY))
    return cast


@pytest.mark.django_db
def test_what_was_held_goes_out_as_one_mail_in_the_morning_once(ben_reads_daily: Cast):
    cast = ben_reads_daily
    published(cast, "one")
    published(cast, "two")
    Message.objects.exclude(to="ben@example.org").delete()
    assert compose_digests() == 0
    morning = digest_due(db_now(), "UTC")
    assert (compose_digests(now=morning), compose_digests(now=morning)) == (1, 0)
    deliver_pending()
    Message.objects.filter(kind="digest").update(due_at=db_now())
    deliver_pending()
    (sent,) = mail.outbox
    assert sent.to == ["ben@example.org"]
    assert sent.subject.endswith("and 1 more")
    assert sorted(Message.objects.values_list("kind", "state")) == [
        ("digest", "sent"),
        ("round.published", "sent"),
        ("round.published", "sent"),
    ]


@pytest.mark.django_db
def test_what_comes_due_after_todays_digest_waits_for_tomorrows(ben_reads_daily: Cast):
    cast = ben_reads_daily
    morning = digest_due(db_now(), "UTC")
    published(cast, "one")
    assert compose_digests(now=morning) == 1
    published(cast, "two")
    assert compose_digests(now=morning + timedelta(hours=1)) == 0
    assert Message.objects.get(key=f"two:{cast.ben.person.pk}").due_at == morning + timedelta(days=1)
    assert compose_digests(now=morning + timedelta(days=1)) == 1


@pytest.mark.django_db
def test_what_is_wished_no_more_by_the_morning_is_dropped(ben_reads_daily: Cast):
    published(ben_reads_daily)
    stop(ben_reads_daily.ben.user.pk, "digest")
    assert compose_digests(now=digest_due(db_now(), "UTC")) == 0
    assert not Message.objects.filter(kind="digest").exists()
    assert not Message.objects.filter(state="held").exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_write_one_digest(ben_reads_daily: Cast):
    published(ben_reads_daily)
    morning = digest_due(db_now(), "UTC")
    outcomes = at_once([lambda: compose_digests(now=morning)] * 3)
    assert sum(outcomes) == 1
    assert Message.objects.filter(kind="digest").count() == 1


@pytest.mark.django_db
def test_a_worker_killed_while_it_writes_a_digest_leaves_everything_to_the_next(ben_reads_daily: Cast, monkeypatch):
    published(ben_reads_daily)
    morning = digest_due(db_now(), "UTC")
    with monkeypatch.context() as patch:
        patch.setattr("games.notices.actions.digest.digest_letter", lambda letters: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            compose_digests(now=morning)
    assert Message.objects.filter(state="held").count() == 1
    assert compose_digests(now=morning) == 1


# --- The way out ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_every_mail_of_a_topic_ends_with_a_link_that_stops_it(cast: Cast):
    published(cast)
    deliver_pending()
    letter = next(one for one in mail.outbox if one.to == ["ada@example.org"])
    found = re.search(r"http://localhost:8000/notices/stop/(\S+)/", letter.body)
    assert found is not None
    assert letter.extra_headers["List-Unsubscribe"] == f"<{found.group(0)}>"
    assert letter.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert read_stop(found.group(1)) == (cast.ada.user.pk, "published")
    sent = letter.message(policy=SMTP).as_bytes().decode()
    assert f"\r\nList-Unsubscribe: <{found.group(0)}>\r\n" in sent, "a mail program must find the address as it is"


@pytest.mark.django_db
def test_a_key_to_an_account_has_no_such_link(cast: Cast):
    template = "notices/round.published.txt"
    context = {"round": cast.call, "cycle": cast.cycle, "person": cast.ada.person}
    for kind in ("account.password", "person.invited"):
        tell(kind, to="ada@example.org", person=cast.ada.person, key=kind, template=template, context=context)
    deliver_pending()
    assert len(mail.outbox) == 2
    assert all("List-Unsubscribe" not in one.extra_headers and "/notices/stop/" not in one.body for one in mail.outbox)


def test_a_link_we_did_not_sign_says_nothing():
    good = stop_token(1, "news")
    assert read_stop(good) == (1, "news")
    for bad in ("", "x", good[:-1], good + "x", stop_token(1, "everything"), "a:b:c"):
        assert read_stop(bad) is None


@pytest.mark.django_db
def test_stopping_for_somebody_who_is_gone_does_no_harm(cast: Cast):
    stop(cast.ada.user.pk, "news")
    stop(cast.ada.user.pk, "news")
    assert wishes_of(cast.ada.user)[Topic.NEWS] is Pace.NEVER
    assert list(organizers_of(cast.cycle.pk)) == [cast.org.person]
