"""Two ideas become one by the word of both teams; one becomes several; history stays where it was."""

from typing import Any

import pytest

from games.ideas.actions import answer_merge, ask_merge, share_version, split_credit, split_idea, withdraw_merge
from games.ideas.models import CreditShare, Derivation, Idea, IdeaMerger
from games.ideas.queries import lineage_of, shares_of
from games.ideas.rules import IdeaInvalid, IdeaRefused
from games.journal.models import JournalEntry
from games.learning.models import ChangeTest
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.ideas import shared, telling
from worker.reactions import regrade

pytestmark = pytest.mark.django_db


def half(cast: Cast) -> dict[int, int]:
    return {cast.red.pk: 5_000, cast.blue.pk: 5_000}


def two(cast: Cast) -> tuple[Idea, Idea]:
    """An idea of the red herons, and a younger one of the blue ones."""
    return shared(cast), shared(cast, "Cloth, folded", group=cast.blue, by=cast.ben.user)


def asked(cast: Cast, source: Idea, into: Idea, **values: Any) -> IdeaMerger:
    said = {"source": source, "into": into, "shares": half(cast), "group": cast.red, "by": cast.ada.user}
    return ask_merge(**(said | values))


def test_the_other_team_agrees_and_the_older_idea_goes_into_the_younger(cast: Cast):
    red, blue = two(cast)
    ChangeTest.objects.create(cycle=cast.cycle, number=1, group=cast.blue, idea=red, title="Try", prediction="Clean")
    made = asked(cast, red, blue)
    assert (made.state, Idea.objects.get(pk=red.pk).merged_into) == ("asked", None)
    answer_merge(merger=made, agree=True, by=cast.ben.user)
    red.refresh_from_db()
    assert (red.merged_into, red.group, red.change_tests.count(), red.versions.count()) == (blue, cast.red, 1, 1)
    assert shares_of(blue) == half(cast)
    assert list(Derivation.objects.values_list("source", "target", "kind")) == [(red.pk, blue.pk, "merges")]
    assert [one.key for one in lineage_of(blue, Idea.objects.all()).nodes] == [red.pk, blue.pk]
    with pytest.raises(IdeaRefused, match="merged into another"):
        share_version(idea=red, told=telling("Anew"), by=cast.ada.user)
    kinds = set(JournalEntry.objects.values_list("kind", flat=True))
    assert {"idea.merge_asked", "idea.merged", "idea.credited"} <= kinds


def test_a_younger_idea_goes_into_an_older_one_without_turning_time_around(cast: Cast):
    red, blue = two(cast)
    answer_merge(merger=asked(cast, blue, red), agree=True, by=cast.ben.user)
    blue.refresh_from_db()
    assert blue.merged_into == red
    assert not Derivation.objects.exists()


def test_declined_or_taken_back_both_stay_as_they_are(cast: Cast):
    red, blue = two(cast)
    declined = answer_merge(merger=asked(cast, red, blue), agree=False, by=cast.ben.user)
    back = withdraw_merge(merger=asked(cast, red, blue), by=cast.ada.user)
    assert (declined.state, back.state) == ("declined", "withdrawn")
    assert not Idea.objects.filter(merged_into__isnull=False).exists()
    with pytest.raises(IdeaRefused, match="withdrawn already"):
        answer_merge(merger=back, agree=True, by=cast.ben.user)


def test_ideas_of_one_team_are_one_at_once(cast: Cast):
    red, other = shared(cast), shared(cast, "The same again")
    made = asked(cast, other, red, shares={cast.red.pk: 10_000})
    assert made.state == "agreed"
    assert Idea.objects.get(pk=other.pk).merged_into == red


def test_a_chain_leads_to_the_idea_that_goes_on(cast: Cast):
    first, second, third = (shared(cast, f"Story {number}") for number in range(3))
    asked(cast, first, second, shares={cast.red.pk: 10_000})
    asked(cast, second, third, shares={cast.red.pk: 10_000})
    assert set(Idea.objects.filter(merged_into=third)) == {first, second}
    with pytest.raises(IdeaRefused, match="went into another idea already"):
        asked(cast, third, first, shares={cast.red.pk: 10_000})


def test_what_cannot_become_one_is_refused(cast: Cast):
    red, blue = two(cast)
    with pytest.raises(IdeaInvalid, match="Two different ideas"):
        asked(cast, red, red)
    with pytest.raises(IdeaInvalid, match="Both teams keep a part"):
        asked(cast, red, blue, shares={cast.red.pk: 10_000})
    with pytest.raises(IdeaInvalid, match="expected exactly"):
        asked(cast, red, blue, shares={cast.red.pk: 5_000, cast.blue.pk: 4_999})
    green = GroupFactory(cycle=cast.cycle, key="green")
    with pytest.raises(IdeaInvalid, match="your own team"):
        asked(cast, red, blue, group=green)
    CreditShare.objects.create(idea=blue, group=cast.blue, basis_points=6_000)
    CreditShare.objects.create(idea=blue, group=green, basis_points=4_000)
    with pytest.raises(IdeaRefused, match="shrinks only by its own hand"):
        asked(cast, red, blue)
    three = {cast.red.pk: 3_000, cast.blue.pk: 3_000, green.pk: 4_000}
    asked(cast, red, blue, shares=three)
    with pytest.raises(IdeaRefused, match="asked already"):
        asked(cast, red, blue, shares=three)


def test_one_becomes_several_that_came_from_it(cast: Cast):
    origin = shared(cast, audience="teams")
    split_credit(idea=origin, shares={cast.red.pk: 7_000, cast.blue.pk: 3_000}, by=cast.ada.user)
    made = split_idea(idea=origin, parts=[telling("Fold it"), telling("Wash it")], by=cast.ada.user)
    assert [(one.title, one.audience, shares_of(one)) for one in made] == [
        (title, "teams", {cast.red.pk: 7_000, cast.blue.pk: 3_000}) for title in ("Fold it", "Wash it")
    ]
    assert set(Derivation.objects.values_list("source", "kind")) == {(origin.pk, "splits")}
    assert Idea.objects.get(pk=origin.pk).versions.count() == 1
    with pytest.raises(IdeaInvalid, match="2 to 10 parts"):
        split_idea(idea=origin, parts=[telling()], by=cast.ada.user)


def test_the_evidence_is_read_again_when_credit_is_divided(cast: Cast):
    idea = shared(cast)
    test = ChangeTest.objects.create(cycle=cast.cycle, number=1, group=cast.blue, idea=idea, title="Try", prediction="Clean")
    from games.learning.actions import act_on_test, do_test, study_test
    from games.learning.rules import Act

    do_test(test, done="Boiled it.", by=None)
    study_test(test, data="3", learned="It works.", by=None)
    act_on_test(test, act=Act.ADOPT, by=None)
    assert Idea.objects.get().grade == "C"
    split_credit(idea=idea, shares={cast.red.pk: 7_000, cast.blue.pk: 3_000}, by=cast.ada.user)
    regrade(JournalEntry.objects.get(kind="idea.credited"))
    assert Idea.objects.get().grade == ""
