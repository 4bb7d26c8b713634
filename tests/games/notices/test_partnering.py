"""Who hears of teams that join forces and of ideas that become one."""

import pytest

from games.ideas.actions import answer_merge, ask_merge
from games.journal.models import JournalEntry
from games.notices.actions import react
from games.notices.models import Message, Notice
from games.partnerships import actions
from tests.cast import Cast
from tests.factories.ideas import shared
from tests.factories.partnerships import between_rounds, joint, proposed

pytestmark = pytest.mark.django_db


def told(kind: str) -> list[tuple[str, str]]:
    """To whom, and the first words, of the newest entry of this kind."""
    Notice.objects.all().delete()
    react(JournalEntry.objects.filter(kind=kind).latest("pk").pk)
    return sorted(Notice.objects.values_list("person__name", "text"))


def test_captains_hear_what_is_proposed_and_everybody_what_became_of_it(cast: Cast):
    between_rounds(cast)
    made = proposed(cast, note="Come with us!", name="All Herons")
    assert told("partnership.proposed") == [("Ben", "Become one team: Red Herons and Blue Herons")]
    assert "part of the credit: 40 %" in Message.objects.get().body
    assert "Come with us!" in Message.objects.get().body
    actions.answer(partnership=made, group=cast.blue, agree=True, by=cast.ben.user)
    found = told("partnership.settled")
    assert [name for name, _ in found] == ["Ada", "Ben", "Org"]
    assert {text for _, text in found} == {"One team from now on: All Herons and Blue Herons"}
    assert told("partnership.proposed") == []


def test_a_joint_entry_that_is_declined_is_told_to_both(cast: Cast):
    made = joint(cast, agreed=False)
    assert told("partnership.proposed") == [("Ben", "Hand in together: Red Herons and Blue Herons")]
    actions.answer(partnership=made, group=cast.blue, agree=False, by=cast.ben.user)
    words = "Declined: Red Herons and Blue Herons do not join forces"
    assert told("partnership.settled") == [("Ada", words), ("Ben", words)]


def test_the_other_team_hears_that_two_ideas_shall_be_one(cast: Cast):
    red, blue = shared(cast), shared(cast, "Cloth", group=cast.blue, by=cast.ben.user)
    shares = {cast.red.pk: 5_000, cast.blue.pk: 5_000}
    made = ask_merge(source=red, into=blue, shares=shares, group=cast.red, by=cast.ada.user)
    assert told("idea.merge_asked") == [("Ben", "Shall two ideas become one? Sieve with old saris")]
    answer_merge(merger=made, agree=True, by=cast.ben.user)
    assert told("idea.merged") == [("Ada", "Two ideas are one: Cloth"), ("Ben", "Two ideas are one: Cloth")]
