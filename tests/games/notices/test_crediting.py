"""Credit told: who was built upon hears how much came back and for which idea, by mail as they wish, and nobody else hears it."""

import pytest

from games.groups.models import Group
from games.ideas import actions
from games.ideas.models import Idea
from games.journal.models import JournalEntry
from games.notices.actions import react, set_wishes
from games.notices.actions.telling import MAILS_AN_HOUR
from games.notices.actions.wishes import STOPPED
from games.notices.models import Message, Notice
from games.notices.rules import CHOSEN, Pace, Topic
from games.recognition.actions import replay_points, swap_points
from tests.cast import Cast
from tests.games.recognition.crediting import built, read, rules

pytestmark = pytest.mark.django_db


def told(cast: Cast) -> list[Notice]:
    """What is told once the journal was read."""
    read(cast)
    for entry in JournalEntry.objects.filter(kind="points.changed").order_by("pk"):
        react(entry.pk)
    return list(Notice.objects.filter(key__startswith="credit:").order_by("pk"))


def test_who_was_built_upon_hears_how_much_came_back_and_nobody_else(cast: Cast) -> None:
    rules(cast)
    source = built(cast, "The sieve", cast.red)
    assert told(cast) == [], "points of one's own are no credit"
    built(cast, "Finer", cast.blue, source)
    [notice] = told(cast)
    assert (notice.person, notice.topic) == (cast.ada.person, "wins")
    assert notice.text == "Your idea “The sieve” was built upon: +25"
    assert notice.path == "/cycles/water/credit/"
    [mail] = Message.objects.filter(kind="credit.came")
    assert (mail.to, mail.state) == (cast.ada.user.email, "queued")
    assert "25 points came back to you" in mail.body
    assert "Finer" not in mail.body, "who built on it stands where one may read it"
    assert len(told(cast)) == 1, "told once, however often it is looked at"


def test_what_comes_together_is_told_together_and_what_was_taken_back_is_not(cast: Cast) -> None:
    rules(cast)
    sieve, cloth = built(cast, "The sieve", cast.red), built(cast, "The cloth", cast.red)
    read(cast)
    built(cast, "Both", cast.blue, sieve, cloth)
    gone = built(cast, "Gone", Group.objects.create(cycle=cast.cycle, key="green", name="Green"), sieve)
    actions.hide(idea=gone, why="Not yours.", by=cast.org.user)
    [notice] = told(cast)
    assert notice.text == "Your ideas were built upon: +25"


def test_the_kind_is_in_the_settings_and_other_rules_tell_nothing(cast: Cast) -> None:
    rules(cast)
    set_wishes(cast.ada.user, {Topic.WINS: Pace.DAILY})
    built(cast, "Finer", cast.blue, built(cast, "The sieve", cast.red))
    assert len(told(cast)) == 1
    assert [mail.state for mail in Message.objects.filter(kind="credit.came")] == ["held"]
    swap_points(cast.cycle, generation=replay_points(cast.cycle).generation, by=None)
    assert len(told(cast)) == 1
    set_wishes(cast.ada.user, {Topic.WINS: Pace.NEVER})
    built(
        cast,
        "Finer yet",
        Group.objects.create(cycle=cast.cycle, key="green", name="Green"),
        *Idea.objects.filter(title="The sieve"),
    )
    assert len(told(cast)) == 2
    assert Message.objects.filter(kind="credit.came").count() == 1


def test_a_popular_idea_brings_no_flood_of_mails(cast: Cast) -> None:
    rules(cast)
    sieve = built(cast, "The sieve", cast.red)
    for number in range(MAILS_AN_HOUR + 2):
        built(cast, f"Like it {number}", Group.objects.create(cycle=cast.cycle, key=f"g{number}", name=f"G{number}"), sieve)
        told(cast)
    states = list(Message.objects.filter(kind="credit.came").order_by("pk").values_list("state", flat=True))
    assert states == ["queued"] * MAILS_AN_HOUR + ["held"] * 2


def test_every_topic_that_can_be_chosen_can_be_ended_by_the_link_in_its_mails() -> None:
    assert {one.value for one in CHOSEN} <= STOPPED.keys()
