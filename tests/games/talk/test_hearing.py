"""Who hears of talk: asked, called, following; nobody who may not read it; and how organizers moderate."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from games.ideas import actions as ideas
from games.journal.models import JournalEntry
from games.notices.actions import react, remind_of_asks
from games.notices.actions.telling import MAILS_AN_HOUR
from games.notices.models import Message, Notice
from games.talk import actions
from games.talk.models import Report, Thread
from games.talk.queries import open_reports, waiting_appeals
from games.talk.rules import REPORTS_AN_HOUR, TalkInvalid, TalkRefused, TooMuchTalk
from tests.cast import Cast
from tests.factories.ideas import shared, telling
from tests.factories.learning import finished
from tests.factories.talk import asked, said

pytestmark = pytest.mark.django_db


def heard(twice: bool = True) -> set[tuple[str, str]]:
    """What the whole journal tells whom: (name, first word of the notice's key). Said twice, it is told once."""
    for entry in JournalEntry.objects.order_by("pk"):
        for _ in range(2 if twice else 1):
            react(entry.pk)
    return {(person, text) for person, text in Notice.objects.values_list("person__name", "text")}


def test_a_question_is_heard_by_the_team_of_the_idea_and_the_answer_by_who_asked(cast: Cast):
    thread = asked(cast, shared(cast))
    said(cast, thread)
    told = heard()
    assert told == {("Ada", f"{cast.blue.name} begins: Which cloth?"), ("Ben", f"{cast.red.name} replies: Which cloth?")}
    reply = thread.posts.get(number=2).pk
    assert Notice.objects.get(person=cast.ben.person).path == f"/cycles/water/threads/1/?post={reply}#post-{reply}"
    assert Notice.objects.count() == 2


def test_who_adopted_is_asked_and_once_reminded_a_day_before_the_time_is_up(cast: Cast):
    idea = shared(cast, group=cast.blue, by=cast.ben.user)
    finished(cast.red, idea)
    thread = asked(cast, idea, kind="ask")
    assert ("Ada", f"{cast.blue.name} asks you how you do it: Which cloth?") in heard()
    assert remind_of_asks() == 0
    Thread.objects.filter(pk=thread.pk).update(due_at=now() + timedelta(hours=20))
    assert (remind_of_asks(), remind_of_asks()) == (1, 0)
    assert Notice.objects.filter(person=cast.ada.person, text="Somebody waits for your answer: Which cloth?").count() == 1


def test_who_is_called_hears_that_and_not_the_same_again(cast: Cast):
    thread = asked(cast, text="@red, @ada: how?")
    told = heard()
    assert told == {("Ada", f"{cast.blue.name} calls you: Which cloth?")}
    assert thread.posts.get().mentions.count() == 2


def test_calling_somebody_again_and_again_sends_a_few_mails_and_the_rest_in_the_digest(cast: Cast):
    thread = asked(cast)
    for number in range(MAILS_AN_HOUR + 2):
        said(cast, thread, f"@ada, @red: {number}", who=cast.ben)
    heard()
    mails = Message.objects.filter(person=cast.ada.person)
    assert mails.filter(state="queued").count() == MAILS_AN_HOUR
    assert mails.filter(state="held").count() == 2
    assert Notice.objects.filter(person=cast.ada.person).count() == MAILS_AN_HOUR + 2, "on the page stands all of it"
    Message.objects.update(created_at=now() - timedelta(hours=1))
    said(cast, thread, "@ada: once more", who=cast.ben)
    heard()
    assert mails.filter(state="queued").count() == MAILS_AN_HOUR + 1


def test_followers_hear_and_nobody_hears_of_what_they_may_no_longer_read(cast: Cast):
    idea = shared(cast)
    actions.follow(what=idea, by=cast.ben.user)
    actions.follow(what=cast.red, by=cast.ben.user)
    actions.follow(what=idea, by=cast.judith.user)
    asked(cast, idea, who=cast.ada, kind="talk")
    second = shared(cast, "Clay")
    ideas.share_version(idea=idea, told=telling("Sieve", summary="Anew."), by=cast.ada.user)
    assert heard() == {
        ("Ben", "New from whom you follow: Sieve"),
        ("Ben", f"{cast.red.name} begins: Which cloth?"),
        ("Ben", f"New from whom you follow: {second.title}"),
        ("Ben", "Told anew: Sieve"),
    }, "judith follows too, but may not read it"
    Notice.objects.all().delete()
    ideas.hide(idea=idea, why="It names a patient.", by=cast.org.user)
    assert all("Clay" in text for _, text in heard())


def test_an_answer_that_helped_is_thanked_in_words(cast: Cast):
    thread = asked(cast)
    actions.mark_helpful(post=said(cast, thread), by=cast.ben.user)
    assert ("Ada", "What you said helped: Which cloth?") in heard()


# --- Moderation -----------------------------------------------------------------------------------------------------------------------


def test_a_report_is_answered_the_post_hidden_and_an_appeal_shows_it_again(cast: Cast):
    thread = asked(cast)
    post = said(cast, thread, "You never could fold.")
    actions.correct_post(post=post, text="You never could fold cloth.", by=cast.ada.user)
    thread = actions.mark_helpful(post=post, by=cast.ben.user)
    report = actions.report(what=post, why="Rude.", by=cast.ben.user)
    assert list(open_reports(cast.cycle)) == [report]
    with pytest.raises(TalkRefused, match="already"):
        actions.report(what=post, why="Rude again.", by=cast.ben.user)
    ruling = actions.rule(what=post, verdict="hidden", why="Unkind.", by=cast.org.user)
    thread.refresh_from_db()
    assert (thread.answered_at, thread.posts.filter(hidden_at__isnull=False).count()) == (None, 2)
    assert (list(open_reports(cast.cycle)), Report.objects.get().ruling) == ([], ruling)
    actions.appeal(ruling=ruling, text="It was meant kindly.", by=cast.ada.user)
    assert list(waiting_appeals(cast.cycle)) == [ruling]
    with pytest.raises(TalkRefused, match="appealed already"):
        actions.appeal(ruling=ruling, text="Please.", by=cast.ada.user)
    ruling = actions.answer_appeal(ruling=ruling, upheld=True, text="Seen so, yes.", by=cast.org.user)
    assert (thread.posts.filter(hidden_at__isnull=False).count(), list(waiting_appeals(cast.cycle))) == (0, [])
    thread.refresh_from_db()
    assert thread.answered_at is not None, "what helped is seen again, so the barrier is solved again"
    with pytest.raises(TalkRefused, match="No appeal waits"):
        actions.answer_appeal(ruling=ruling, upheld=False, text="No.", by=cast.org.user)
    told = {who: [text for name, text in sorted(heard()) if name == who] for who in ("Ada", "Org")}
    assert told["Org"] == ["An appeal against hiding: Clean water", "Somebody asks you to look at something: Clean water"]
    assert "What you wrote is seen again: Which cloth?" in told["Ada"]
    assert "The organizers hid what you wrote: Which cloth?" in told["Ada"]
    assert JournalEntry.objects.get(kind="report.made").actor is None, "who reported is nobody's business"


def test_with_its_opening_the_thread_goes_and_an_idea_is_reported_and_hidden_too(cast: Cast):
    idea = shared(cast)
    thread = asked(cast, idea)
    actions.rule(what=thread.posts.get(), verdict="hidden", why="Spam.", by=cast.org.user)
    thread.refresh_from_db()
    assert thread.hidden_at is not None
    with pytest.raises(TalkRefused, match="out of sight"):
        said(cast, thread)
    actions.report(what=idea, why="It names a patient.", by=cast.ben.user)
    left = actions.rule(what=idea, verdict="left", why="She agreed.", by=cast.org.user)
    with pytest.raises(TalkRefused, match="not hidden"):
        actions.appeal(ruling=left, text="Why?", by=cast.ada.user)
    hidden = actions.rule(what=idea, verdict="hidden", why="She no longer does.", by=cast.org.user)
    idea.refresh_from_db()
    assert idea.hidden_at is not None
    actions.answer_appeal(
        ruling=actions.appeal(ruling=hidden, text="She does.", by=cast.ada.user), upheld=True, text="Well.", by=cast.org.user
    )
    idea.refresh_from_db()
    assert idea.hidden_at is None


def test_a_report_takes_a_reason_and_has_a_pace_and_nobody_reports_themselves(cast: Cast):
    threads = [asked(cast, title=f"B {number}") for number in range(REPORTS_AN_HOUR + 1)]
    posts = [one.posts.get() for one in threads]
    with pytest.raises(TalkRefused, match="your own"):
        actions.report(what=posts[0], why="Mine.", by=cast.ben.user)
    with pytest.raises(TalkInvalid, match="what is wrong"):
        actions.report(what=posts[0], why=" ", by=cast.ada.user)
    for post in posts[:-1]:
        actions.report(what=post, why="Rude.", by=cast.ada.user)
    with pytest.raises(TooMuchTalk):
        actions.report(what=posts[-1], why="Rude.", by=cast.ada.user)
