"""What one cycle learned, the next builds on: sources of another cycle, who is credited, and what stays unseen."""

import pytest
from django.utils.timezone import now

from games.cycles.models import Cycle
from games.groups.models import Group
from games.groups.queries import as_now
from games.ideas.actions import Citation
from games.ideas.models import Derivation, Idea
from games.ideas.rules import IdeaRefused
from games.journal.models import JournalEntry
from games.recognition.models import Exchange, Points
from games.submissions.models import Attempt
from tests.cast import Cast
from tests.factories.challenges import ChallengeFactory
from tests.factories.cycles import CycleFactory
from tests.factories.groups import GroupFactory
from tests.factories.ideas import shared
from tests.factories.rounds import RoundFactory
from tests.games.recognition.crediting import built, read, rules

pytestmark = pytest.mark.django_db


@pytest.fixture
def before(cast: Cast) -> Cycle:
    """The cycle before, closed, with blue's team in it under another name."""
    old = CycleFactory.create(key="before", name="The year before", state="closed")
    team = GroupFactory.create(cycle=old, key="old-blue", name="Old Blue")
    Group.objects.filter(pk=cast.blue.pk).update(predecessor=team)
    Cycle.objects.filter(pk=cast.cycle.pk).update(predecessor=old)
    cast.cycle.refresh_from_db()
    return old


def of_before(before: Cycle, number: int = 1, audience: str = "everybody", team: str = "old-blue") -> Idea:
    group = Group.objects.filter(cycle=before, key=team).first()
    return Idea.objects.create(
        cycle=before, number=number, kind="how-to", title="Sun through glass", group=group, audience=audience, shared_at=now()
    )


def test_an_idea_of_an_earlier_cycle_is_built_upon_and_its_team_named_as_it_plays_now(cast: Cast, before: Cycle) -> None:
    old = of_before(before)
    new = shared(cast, sources=[Citation(old)])
    assert Derivation.objects.get(target=new).source == old
    entry = JournalEntry.objects.get(kind="idea.taken_up")
    assert (entry.cycle_id, entry.group_id, entry.subject) == (cast.cycle.pk, cast.blue.pk, f"idea:{old.pk}")
    assert entry.payload == {"elsewhere": old.pk, "by": new.number, "kind": "builds-on"}
    assert not JournalEntry.objects.filter(cycle_id=before.pk).exists()  # a cycle that is over stays as it is


def test_a_team_that_plays_no_more_is_named_by_the_idea_alone(cast: Cast, before: Cycle) -> None:
    Group.objects.filter(pk=cast.blue.pk).update(predecessor=None)
    shared(cast, sources=[Citation(of_before(before))])
    assert JournalEntry.objects.get(kind="idea.taken_up").group_id is None


def test_the_same_number_of_another_cycle_is_not_mistaken_for_one_of_this(cast: Cast, before: Cycle) -> None:
    """Idea 1 of this cycle is blue's; red builds on idea 1 of the cycle before: nothing went from blue's idea to red."""
    rules(cast)
    here = shared(cast, "Here", group=cast.blue, by=cast.ben.user)
    old = of_before(before, number=here.number)
    Group.objects.filter(pk=cast.blue.pk).update(predecessor=None)
    shared(cast, sources=[Citation(old)])
    read(cast)
    assert not Exchange.objects.filter(cycle=cast.cycle, kind="built").exists()


def test_credit_flows_to_the_team_as_it_takes_part_now(cast: Cast, before: Cycle) -> None:
    rules(cast)
    built(cast, "New", cast.red, of_before(before))
    assert read(cast) == {cast.red.key: 100, cast.blue.key: 25}


def test_credit_of_a_team_that_plays_no_more_is_nobodys(cast: Cast, before: Cycle) -> None:
    rules(cast)
    Group.objects.filter(pk=cast.blue.pk).update(predecessor=None)
    built(cast, "New", cast.red, of_before(before))
    assert read(cast) == {cast.red.key: 100}
    assert not Points.objects.filter(group__cycle=before).exists()


def test_a_team_earns_no_credit_from_its_own_idea_of_the_cycle_before(cast: Cast, before: Cycle) -> None:
    rules(cast)
    Group.objects.filter(pk=cast.blue.pk).update(predecessor=None)
    Group.objects.filter(pk=cast.red.pk).update(predecessor=Group.objects.get(cycle=before))
    built(cast, "New", cast.red, of_before(before))
    assert read(cast) == {cast.red.key: 100}


def test_a_try_of_a_closed_cycle_is_cited_without_a_word_in_its_journal(cast: Cast, before: Cycle) -> None:
    round_ = RoundFactory.create(cycle=before, key="r", published_at=now(), visibility="forkable")
    task = ChallengeFactory.create(round=round_, key="t")
    tried = Attempt.objects.create(challenge=task, group=Group.objects.get(cycle=before), number=1, at=now(), elapsed_ms=1)
    new = shared(cast, sources=[Citation(tried)])
    assert Derivation.objects.get(target=new).source.cycle == before
    assert not JournalEntry.objects.filter(cycle_id=before.pk).exists()
    round_.visibility = "sealed"
    round_.save()
    with pytest.raises(IdeaRefused, match="not open to be built on"):
        shared(cast, "Another", sources=[Citation(tried)])


def test_teams_are_followed_over_several_cycles_and_mergers(cast: Cast) -> None:
    cycles = [CycleFactory.create() for _ in range(3)]
    first = GroupFactory.create(cycle=cycles[0])
    second = GroupFactory.create(cycle=cycles[1], predecessor=first)
    third = GroupFactory.create(cycle=cycles[2], predecessor=second)
    assert as_now(cycles[2], {first.pk}) == {first.pk: third.pk}
    assert as_now(cycles[1], {first.pk}) == {first.pk: second.pk}
    assert as_now(cycles[0], {second.pk}) == {}
    other = GroupFactory.create(cycle=cycles[2])
    Group.objects.filter(pk=third.pk).update(merged_into=other, state="merged")
    assert as_now(cycles[2], {first.pk, second.pk}) == {first.pk: other.pk, second.pk: other.pk}


# --- Pages ----------------------------------------------------------------------------------------------------------------------------


def form(**changes: str) -> dict[str, str]:
    return {
        "kind": "how-to",
        "title": "Better glass",
        "summary": "Two panes.",
        "audience": "teams",
        "how": "builds-on",
        "as": "red",
    } | changes


def test_a_member_builds_in_the_new_cycle_from_the_page_of_the_old_idea(cast: Cast, before: Cycle) -> None:
    old = of_before(before)
    page = cast.ada.client.get(f"/cycles/before/ideas/{old.number}/").content.decode()
    address = f"/cycles/{cast.cycle.key}/ideas/new/?from=before:{old.number}"
    assert f'href="{address}"' in page
    assert "?from=" not in cast.visitor.client.get(f"/cycles/before/ideas/{old.number}/").content.decode()
    editor = cast.ada.client.get(address).content.decode()
    assert f'value="before:{old.number}"' in editor
    assert "Old Blue, The year before" in editor
    cast.ada.client.post(address, form(sources=f"before:{old.number}"))
    made = Idea.objects.get(title="Better glass")
    assert [one.source for one in made.came_from.all()] == [old]
    shown = cast.ada.client.get(f"/cycles/{cast.cycle.key}/ideas/{made.number}/").content.decode()
    assert "Old Blue, The year before" in shown
    assert (
        "Old Blue, The year before"
        in cast.ada.client.get(f"/cycles/{cast.cycle.key}/ideas/{made.number}/lineage/").content.decode()
    )


@pytest.mark.parametrize("typed", ["before:1", "nowhere:1", "before:99"])
def test_what_the_person_may_not_see_is_not_there(cast: Cast, before: Cycle, typed: str) -> None:
    of_before(before, audience="teams")
    answer = cast.ada.client.post(f"/cycles/{cast.cycle.key}/ideas/new/", form(sources=typed))
    assert "There is no such idea that you can see" in answer.content.decode()
    assert not Derivation.objects.exists()


@pytest.mark.parametrize("typed", ["before:", ":1", "be fore:1", "1:before", "a" * 101 + ":1", "١"])
def test_what_is_no_name_of_an_idea_is_refused_beside_the_field(cast: Cast, typed: str) -> None:
    answer = cast.ada.client.post(f"/cycles/{cast.cycle.key}/ideas/new/", form(sources=typed))
    assert "Numbers, please" in answer.content.decode()
    assert not Idea.objects.exists()


def test_the_commons_lead_to_what_the_cycle_before_found_out(cast: Cast, before: Cycle) -> None:
    address = f"/cycles/{cast.cycle.key}/ideas/"
    assert "What The year before found out" in cast.visitor.client.get(address).content.decode()
    Cycle.objects.filter(pk=before.pk).update(public=False)
    assert "The year before" not in cast.visitor.client.get(address).content.decode()


def test_the_api_takes_a_source_of_another_cycle_that_is_seen(cast: Cast, before: Cycle) -> None:
    old, hidden = of_before(before), of_before(before, number=2, audience="teams")
    asked = {
        "kind": "how-to",
        "title": "By hand",
        "summary": "Ground by hand.",
        "audience": "teams",
        "sources": [{"idea": old.pk}],
    }
    path = f"/api/v1/groups/{cast.red.pk}/ideas"
    made = cast.ada.api.post(path, asked, format="json")
    assert made.status_code == 201, made.content
    assert [one["idea"] for one in made.json()["sources"]] == [old.pk]
    refused = cast.ada.api.post(path, asked | {"sources": [{"idea": hidden.pk}]}, format="json")
    assert refused.status_code == 404
