"""Talk: threads on ideas and the board, answers, help, calls by name, thanks, follows, the pace, asking who did it."""

from collections import Counter
from datetime import timedelta
from fractions import Fraction

import pytest
from django.utils.timezone import now

from games.ideas import actions as ideas
from games.ideas.models import Idea
from games.ideas.rules import Audience, IdeaRefused
from games.journal.models import JournalEntry
from games.learning.rules import Act
from games.organizations.models import Person
from games.permissions import allows
from games.playbooks.schema import PointRule
from games.recognition.rules import Act as Done
from games.recognition.rules import points_for
from games.recognition.rules.acts import effect_of
from games.talk import actions
from games.talk.models import Follow, Mention, Post, Thanks, Thread
from games.talk.queries import adopters_of, board_first, followed_by, follows, readers_of, reply_hours, with_counts
from games.talk.rules import (
    POSTS_AN_HOUR,
    TalkInvalid,
    TalkRefused,
    TooMuchTalk,
    check_rate,
    median_reply,
    names_in,
)
from tests.cast import Cast, actor
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.ideas import shared
from tests.factories.learning import finished
from tests.factories.talk import asked, said

pytestmark = pytest.mark.django_db


# --- Rules ----------------------------------------------------------------------------------------------------------------------------


def test_names_are_called_with_an_at_and_an_address_of_a_mail_calls_nobody():
    assert names_in("@red and @ada.lovelace, @red again. ben@example.org; (@blue)") == ["red", "ada.lovelace", "blue"]
    assert names_in("@one. @two-three! @") == ["one", "two-three"]
    assert len(names_in(" ".join(f"@n{one}" for one in range(30)))) == 10


def test_the_median_of_replies_is_in_hours():
    hours = [timedelta(hours=one) for one in (30, 1, 4)]
    assert (median_reply(hours), median_reply(hours[:2]), median_reply([])) == (4, Fraction(31, 2), None)


def test_the_pace_says_how_long_to_wait():
    at = now()
    check_rate(19, 20, at, at)
    with pytest.raises(TooMuchTalk, match="go on in 20 minutes"):
        check_rate(20, 20, at - timedelta(minutes=40), at)


# --- Threads and answers --------------------------------------------------------------------------------------------------------------


def test_a_question_is_asked_answered_and_the_answer_accepted_and_taken_back(cast: Cast):
    thread = asked(cast, shared(cast))
    first, second = said(cast, thread), said(cast, thread, "Or a ceramic filter.")
    thread = actions.accept(post=first, by=cast.ben.user)
    assert (thread.accepted, thread.answered_at is not None) == (first, True)
    assert actions.accept(post=second, by=cast.ben.user).accepted == second
    thread = actions.reopen(thread=thread, by=cast.ben.user)
    assert (thread.accepted, thread.answered_at) == (None, None)
    kinds = list(JournalEntry.objects.filter(subject=f"thread:{thread.pk}").order_by("pk").values_list("kind", flat=True))
    assert kinds == ["thread.opened", "post.said", "post.said", *["answer.accepted"] * 3]
    accepted = JournalEntry.objects.filter(kind="answer.accepted").first()
    assert accepted is not None
    assert accepted.group_id == cast.red.pk, "it stands with the team that answered"
    assert "cloth" not in str(JournalEntry.objects.values_list("payload", flat=True)).casefold(), "no words in the journal"


def test_ones_own_words_answer_nothing_and_talk_has_no_answer(cast: Cast):
    idea = shared(cast)
    thread = asked(cast, idea)
    own = said(cast, thread, "I found out.", who=cast.ben)
    for post in (own, thread.posts.get(number=1)):
        with pytest.raises(TalkRefused, match="What others said"):
            actions.accept(post=post, by=cast.ben.user)
    chat = asked(cast, idea, kind="talk")
    with pytest.raises(TalkRefused, match="Only questions"):
        actions.accept(post=said(cast, chat), by=cast.ben.user)


def test_a_barrier_is_answered_by_everything_that_helped(cast: Cast):
    thread = asked(cast)
    one, two = said(cast, thread), said(cast, thread, "We borrow the school's.")
    for post in (one, two):
        thread = actions.mark_helpful(post=post, by=cast.ben.user)
    assert thread.answered_at is not None
    with pytest.raises(TalkRefused, match="already"):
        actions.mark_helpful(post=one, by=cast.ben.user)
    assert actions.unmark_helpful(post=one, by=cast.ben.user).answered_at is not None
    assert actions.unmark_helpful(post=two, by=cast.ben.user).answered_at is None


def test_whoever_helped_and_whoever_asked_are_both_credited_and_it_is_taken_back(cast: Cast):
    rules = tuple(
        PointRule(key=key, event=event, points=points)
        for key, event, points in (("helped", "post.helped", 5), ("told", "barrier.solved", 3))
    )
    thread = asked(cast)
    assert thread.group == cast.blue
    one, two = (said(cast, thread, words) for words in ("Ask the school.", "Or the church."))
    for post in (one, two):
        actions.mark_helpful(post=post, by=cast.ben.user)
    assert _earned(rules) == {cast.red.pk: 10, cast.blue.pk: 3}
    actions.unmark_helpful(post=one, by=cast.ben.user)
    assert _earned(rules) == {cast.red.pk: 5, cast.blue.pk: 3}
    actions.unmark_helpful(post=two, by=cast.ben.user)
    assert _earned(rules) == {cast.red.pk: 0, cast.blue.pk: 0}
    actions.mark_helpful(post=two, by=cast.ben.user)
    assert _earned(rules) == {cast.red.pk: 5, cast.blue.pk: 3}
    ruling = actions.rule(what=two, verdict="hidden", why="Unkind.", by=cast.org.user)
    assert _earned(rules) == {cast.red.pk: 0, cast.blue.pk: 0}
    actions.appeal(ruling=ruling, text="It was meant kindly.", by=cast.ada.user)
    actions.answer_appeal(ruling=ruling, upheld=True, text="Seen so, yes.", by=cast.org.user)
    assert _earned(rules) == {cast.red.pk: 5, cast.blue.pk: 3}


def _earned(rules: tuple[PointRule, ...]) -> dict[int | None, int]:
    """What each group has by these rules, read from the journal."""
    acts = [
        Done(one.pk, one.kind, one.subject, one.at, one.at.date(), one.group_id, effect=effect_of(one.kind, one.payload))
        for one in JournalEntry.objects.order_by("pk")
    ]
    sums: Counter[int | None] = Counter()
    for award in points_for(rules, acts):
        sums[award.group] += award.amount
    return dict(sums)


def test_the_board_shows_what_waits_longest_first_and_what_is_answered_after(cast: Cast):
    threads = [asked(cast, title=f"Barrier {number}") for number in range(3)]
    actions.mark_helpful(post=said(cast, threads[0]), by=cast.ben.user)
    rows = board_first(with_counts(Thread.objects.all()))
    assert [(one.title, one.replies, one.helped) for one in rows] == [
        ("Barrier 1", 0, 0),
        ("Barrier 2", 0, 0),
        ("Barrier 0", 1, 1),
    ]


def test_each_kind_has_its_place(cast: Cast):
    for kind, idea in (("barrier", shared(cast)), ("talk", None), ("ask", None), ("best", None)):
        with pytest.raises(TalkInvalid, match="Expected one of"):
            asked(cast, idea, kind=kind)


@pytest.mark.parametrize(
    ("told", "where"), [({"title": " "}, "title"), ({"text": "\n"}, "text"), ({"text": "x" * 10_001}, "text")]
)
def test_what_says_nothing_or_too_much_is_refused_beside_its_field(cast: Cast, told, where):
    with pytest.raises(TalkInvalid) as refused:
        asked(cast, **told)
    assert refused.value.where == where


def test_a_correction_stands_beside_what_was_said(cast: Cast):
    thread = asked(cast)
    first = said(cast, thread)
    second = actions.correct_post(post=first, text="Cotton, folded eight times.", by=cast.ada.user)
    third = actions.correct_post(post=second, text="Cotton, folded six times.", by=cast.ada.user)
    assert (second.corrects, third.corrects, Post.objects.get(pk=first.pk).text) == (first, first, first.text)
    with pytest.raises(TalkRefused, match="Nothing changed"):
        actions.correct_post(post=first, text=third.text, by=cast.ada.user)
    row = with_counts(Thread.objects.filter(pk=thread.pk)).get()
    assert row.replies == 1, "a correction is no second reply"  # type: ignore[attr-defined] # annotated


def test_nothing_is_said_in_a_cycle_that_is_over_or_about_what_is_hidden(cast: Cast):
    idea = shared(cast)
    thread = asked(cast, idea)
    ideas.hide(idea=idea, why="It names a patient.", by=cast.org.user)
    with pytest.raises(TalkRefused, match="out of sight"):
        said(cast, thread)
    cast.cycle.state = "closed"
    cast.cycle.save(update_fields=["state"])
    with pytest.raises(IdeaRefused, match="closed"):
        asked(cast)


def test_somebody_who_speaks_too_much_is_asked_to_wait(cast: Cast):
    thread = asked(cast)
    begun = Post(thread=thread, author=cast.ben.person, group=cast.blue, text="And again.", at=now())
    Post.objects.bulk_create(
        [
            Post(thread=thread, author=begun.author, group=begun.group, text=begun.text, at=begun.at, number=number)
            for number in range(2, POSTS_AN_HOUR + 1)
        ]
    )
    with pytest.raises(TooMuchTalk, match="within an hour"):
        said(cast, thread, who=cast.ben)
    said(cast, thread)
    Post.objects.filter(author=cast.ben.person).update(at=now() - timedelta(hours=2))
    said(cast, thread, who=cast.ben)


# --- Who is called, who is asked ------------------------------------------------------------------------------------------------------


def test_only_those_are_called_by_name_who_may_read_it(cast: Cast):
    idea = shared(cast, audience="groups", readers=[cast.blue])
    other = GroupFactory(cycle=cast.cycle, key="green", state="active")
    zoe = actor("zoe")
    MembershipFactory(cycle=cast.cycle, group=other, person=zoe.person)
    thread = asked(cast, idea, text=f"@red @green @{cast.ada.person.key} @{zoe.person.key} @nobody, what do you think?")
    called = Mention.objects.filter(post__thread=thread)
    assert {one.group for one in called if one.group} == {cast.red}
    assert {one.person for one in called if one.person} == {cast.ada.person}


AUDIENCES = [one.value for one in Audience]


@pytest.mark.parametrize("kind", ["tactic", "failure-story"])
@pytest.mark.parametrize("audience", AUDIENCES)
def test_who_may_read_is_the_same_from_both_sides(cast: Cast, audience, kind):
    readers = [cast.blue] if audience == "groups" else []
    idea = shared(cast, audience=audience, readers=readers, kind=kind)
    pending = GroupFactory(cycle=cast.cycle, key="late", state="pending")
    sponsor, waiting = actor("sven"), actor("paul")
    MembershipFactory(cycle=cast.cycle, group=None, person=sponsor.person, role="sponsor", capabilities=["follow"])
    MembershipFactory(cycle=cast.cycle, group=pending, person=waiting.person)
    thread = asked(cast, idea, who=cast.ada, kind="talk")
    for hidden in (False, True):
        if hidden:
            ideas.hide(idea=idea, why="It names a patient.", by=cast.org.user)
            idea.refresh_from_db()
        told = set(readers_of(cast.cycle, idea).values_list("name", flat=True))
        people = [*cast.everybody()[:4], sponsor, waiting]
        assert told == {one.person.name for one in people if allows(one.access, "thread.view", thread)}, (audience, hidden)


def test_who_reads_the_board_is_the_same_from_both_sides(cast: Cast):
    thread = asked(cast)
    told = set(readers_of(cast.cycle, None).values_list("name", flat=True))
    assert told == {one.person.name for one in cast.everybody()[:5] if allows(one.access, "thread.view", thread)}
    actions.rule(what=thread.posts.get(), verdict="hidden", why="Rude.", by=cast.org.user)
    thread.refresh_from_db()
    assert not allows(cast.ada.access, "thread.view", thread)
    told = set(readers_of(cast.cycle, None, hidden_to=thread.group, hidden=True).values_list("name", flat=True))
    assert (
        told == {"Ben", "Org"} == {one.person.name for one in cast.everybody()[:5] if allows(one.access, "thread.view", thread)}
    )


def test_only_those_are_asked_whose_last_test_adopts(cast: Cast):
    idea = shared(cast)
    with pytest.raises(TalkRefused, match="nobody could say"):
        asked(cast, idea, kind="ask")
    third = GroupFactory(cycle=cast.cycle, key="green", state="active")
    finished(third, idea, Act.ADOPT)
    finished(cast.red, idea, Act.ADOPT)
    finished(cast.red, idea, Act.ABANDON)
    assert adopters_of(idea) == [third]
    assert adopters_of(idea, but=third) == []
    thread = asked(cast, idea, kind="ask")
    assert (list(thread.asked.all()), thread.due_at) == ([third], thread.opened_at + timedelta(days=5))
    said(cast, thread)
    thread.refresh_from_db()
    assert thread.replied_at is None, "the red team was not asked"
    gus = actor("gus")
    MembershipFactory(cycle=cast.cycle, group=third, person=gus.person, capabilities=["submit"])
    actions.say(thread=thread, text="Wash it first.", by=gus.user, group=third)
    thread.refresh_from_db()
    assert thread.replied_at is not None
    Thread.objects.filter(pk=thread.pk).update(replied_at=thread.opened_at + timedelta(hours=6))
    assert reply_hours(cast.cycle) == 6


# --- Thanks and follows ---------------------------------------------------------------------------------------------------------------


def test_thanks_are_given_once_to_others_and_taken_back(cast: Cast):
    idea = shared(cast)
    post = said(cast, asked(cast, idea))
    for what in (idea, post, cast.red):
        actions.thank(what=what, by=cast.ben.user)
        with pytest.raises(TalkRefused, match="already"):
            actions.thank(what=what, by=cast.ben.user)
        with pytest.raises(TalkRefused, match="your own"):
            actions.thank(what=what, by=cast.ada.user)
        actions.thank_back(what=what, by=cast.ben.user)
        with pytest.raises(TalkRefused, match="did not"):
            actions.thank_back(what=what, by=cast.ben.user)
    assert not Thanks.objects.exists()
    given = JournalEntry.objects.filter(kind="thanks.given", group_id=cast.red.pk)
    assert [one.payload["held"] for one in given.order_by("pk")] == [True, False] * 3


def test_what_somebody_follows_is_what_they_read_first(cast: Cast):
    idea = shared(cast)
    mine, other = asked(cast, idea, who=cast.ada, kind="talk"), asked(cast, title="A barrier of others")
    person: Person = cast.ben.person
    for _ in range(2):
        actions.follow(what=idea, by=cast.ben.user)
    followed = followed_by(cast.cycle, [person.pk])
    assert (followed.ideas, followed.threads) == ({idea.pk}, {other.pk}), "who opens a thread follows it"
    assert list(follows(Thread.objects.all(), followed)) == [other, mine]
    said(cast, mine, "More.")
    assert next(iter(follows(Thread.objects.all(), followed))) == mine
    for _ in range(2):
        actions.unfollow(what=idea, by=cast.ben.user)
    assert Follow.objects.filter(idea__isnull=False).count() == 0
    assert Idea.objects.filter(follows__isnull=False).count() == 0
