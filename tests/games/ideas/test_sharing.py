"""Sharing, telling anew, building on: versions stay, sources are older, what may not be cited is refused."""

from itertools import pairwise
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas import actions
from games.ideas.actions import Citation
from games.ideas.models import Derivation, Idea, IdeaDraft, IdeaVersion
from games.ideas.queries import FeedAsked, built_on, feed, lineage_of, shares_of, similar, tags_in
from games.ideas.rules import ORDER, Audience, AudienceNarrowed, IdeaInvalid, IdeaRefused, widens
from games.journal.models import JournalEntry
from games.permissions import allows, visible
from games.playbooks.schema.reading import DesignRefused
from games.rounds.models import Round
from games.submissions.models import Attempt, Submission, Version
from tests.cast import Cast
from tests.factories.cycles import CycleFactory
from tests.factories.ideas import shared, telling
from tests.factories.submissions import design_with, entry, scene

pytestmark = pytest.mark.django_db


def entry_of(cast: Cast) -> Submission:
    """A handed in entry of the red herons."""
    cast.concept.spec = {**cast.concept.spec, "form": [{"key": "secret", "blind": "hidden"}, {"key": "title"}]}
    cast.concept.save(update_fields=["spec"])
    made = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted", submitted_at=now())
    made.pinned = Version.objects.create(
        submission=made, number=1, data={"secret": "Herons", "title": "Clay filters"}, digest="0" * 64, at=now()
    )
    made.save(update_fields=["pinned"])
    return made


def readers(cast: Cast, idea: Idea) -> str:
    return " ".join(one.name for one in cast.everybody() if allows(one.access, "idea.view", idea))


# --- Telling --------------------------------------------------------------------------------------------------------------------------


def test_an_idea_is_shared_with_its_first_version_and_journalled_without_its_words(cast: Cast):
    idea = shared(cast, tags=["Water", "cloth"], challenge=cast.concept)
    assert (idea.number, idea.kind, idea.complete, idea.author, idea.group) == (1, "how-to", 6, cast.ada.person, cast.red)
    assert [one.number for one in idea.versions.all()] == [1]
    assert set(idea.tags.values_list("word", flat=True)) == {"water", "cloth"}
    entry = JournalEntry.objects.get(kind="idea.shared")
    assert entry.payload == {"idea": 1, "kind": "how-to", "version": 1, "audience": "teams", "sources": []}
    assert entry.group_id == cast.red.pk
    assert shared(cast, "Another").number == 2


def test_a_new_version_leaves_the_old_ones_as_they_were(cast: Cast):
    idea = shared(cast, tags=["cloth"])
    actions.share_version(
        idea=idea, told=telling("Sieve with any cloth", tags=["cotton"], note="Tried others."), by=cast.ada.user
    )
    idea.refresh_from_db()
    assert [one.title for one in idea.versions.all()] == ["Sieve with old saris", "Sieve with any cloth"]
    assert idea.title == "Sieve with any cloth"
    assert list(idea.tags.values_list("word", flat=True)) == ["cotton"]
    with pytest.raises(IdeaRefused, match="Nothing changed"):
        actions.share_version(idea=idea, told=telling("Sieve with any cloth", tags=["cotton"], note="Again."), by=cast.ada.user)
    assert IdeaVersion.objects.count() == 2


@pytest.mark.parametrize("state", ["draft", "closed", "cancelled"])
def test_nothing_is_added_to_a_cycle_that_is_not_on(cast: Cast, state: str):
    idea = shared(cast)
    Cycle.objects.filter(pk=cast.cycle.pk).update(state=state)
    with pytest.raises(IdeaRefused):
        shared(cast, "Another")
    with pytest.raises(IdeaRefused):
        actions.share_version(idea=idea, told=telling("Anew"), by=cast.ada.user)


def test_only_groups_that_take_part_share_and_only_in_their_cycle(cast: Cast):
    Group.objects.filter(pk=cast.red.pk).update(state="pending")
    cast.red.refresh_from_db()
    with pytest.raises(IdeaRefused, match="take part"):
        shared(cast)
    with pytest.raises(IdeaInvalid, match="another cycle"):
        actions.share_idea(cycle=CycleFactory(), group=cast.red, told=telling(), by=cast.ada.user)


# --- Who may read ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("own", "ada"),
        ("organizers", "ada org"),
        ("groups", "ada ben org"),
        ("teams", "ada ben org"),
        ("everybody", "ada ben judith org eve visitor"),
    ],
)
def test_exactly_the_audience_reads_an_idea(cast: Cast, audience: str, expected: str):
    idea = shared(cast, audience=audience, readers=[cast.blue] if audience == "groups" else [])
    assert readers(cast, idea) == expected


def test_a_team_that_was_not_accepted_reads_nothing_meant_for_teams(cast: Cast):
    teams, named = shared(cast), shared(cast, "Named", audience="groups", readers=[cast.blue])
    Group.objects.filter(pk=cast.blue.pk).update(state="pending")
    assert readers(cast, teams) == readers(cast, named) == "ada org"


def test_a_failure_story_stays_hidden_from_sponsors_until_everybody_may_read_it(cast: Cast):
    story, tactic = shared(cast, kind="failure-story"), shared(cast, "Tactic", kind="tactic")
    cast.cycle.memberships.create(
        person=cast.ben.person, role="sponsor", capabilities=["follow"], since=now()
    )  # ben is of a team and a sponsor
    assert "ben" not in readers(cast, story)
    assert "ben" in readers(cast, tactic)
    actions.widen(idea=story, audience="everybody", by=cast.ada.user)
    assert "ben" in readers(cast, story)


@pytest.mark.parametrize(("audience", "may"), [("own", False), ("organizers", True), ("teams", True)])
def test_a_private_note_never_widens_but_by_its_author(cast: Cast, audience: str, may: bool):
    idea = shared(cast, audience=audience)
    assert allows(cast.ada.access, "idea.widen", idea)
    Idea.objects.filter(pk=idea.pk).update(author=cast.eve.person)  # who wrote it is in the team no more; ada is its captain
    idea.refresh_from_db()
    assert allows(cast.ada.access, "idea.widen", idea) is may
    assert not allows(cast.eve.access, "idea.widen", idea)
    assert not allows(cast.org.access, "idea.widen", idea)


def test_an_audience_widens_and_never_narrows(cast: Cast):
    idea = shared(cast, audience="own")
    actions.widen(idea=idea, audience="groups", by=cast.ada.user, readers=[cast.blue])
    assert readers(cast, idea) == "ada ben org"
    with pytest.raises(AudienceNarrowed):
        actions.widen(idea=idea, audience="organizers", by=cast.ada.user)
    actions.widen(idea=idea, audience="teams", by=cast.ada.user)
    with pytest.raises(AudienceNarrowed):
        actions.widen(idea=idea, audience="groups", by=cast.ada.user, readers=[cast.blue])
    with pytest.raises(IdeaInvalid, match="at least one team"):
        actions.share_idea(cycle=cast.cycle, group=cast.red, told=telling(), by=cast.ada.user, audience="groups")


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(asked=st.lists(st.sampled_from(ORDER), max_size=6))
def test_whatever_is_asked_nobody_loses_sight_of_an_idea(cast: Cast, asked: list[Audience]):
    idea = shared(cast, audience="own")
    held = Audience.OWN
    for one in asked:
        before = set(readers(cast, idea).split())
        named = [cast.blue] if one is Audience.GROUPS else []
        if widens(held, one):
            actions.widen(idea=idea, audience=one.value, by=cast.ada.user, readers=named)
            held = one
        else:
            with pytest.raises(AudienceNarrowed):
                actions.widen(idea=idea, audience=one.value, by=cast.ada.user, readers=named)
        assert before <= set(readers(cast, idea).split())


def test_hidden_with_a_reason_its_group_reads_it_and_others_find_nothing(cast: Cast):
    idea = shared(cast, audience="everybody")
    with pytest.raises(IdeaInvalid):
        actions.hide(idea=idea, why=" ", by=cast.org.user)
    actions.hide(idea=idea, why="It names a patient.", by=cast.org.user)
    assert readers(cast, idea) == "ada org"
    with pytest.raises(IdeaRefused):
        actions.hide(idea=idea, why="Twice.", by=cast.org.user)
    with pytest.raises(IdeaRefused, match="hidden"):
        shared(cast, "On it", sources=[Citation(idea)])
    actions.show_again(idea=idea, by=cast.org.user)
    assert "visitor" in readers(cast, idea)


def test_an_organizer_does_not_moderate_what_they_may_not_read(cast: Cast):
    assert not allows(cast.org.access, "idea.moderate", shared(cast, audience="own"))


# --- What came from what --------------------------------------------------------------------------------------------------------------


def test_building_on_names_the_source_and_tells_its_group(cast: Cast):
    source = shared(cast)
    made = shared(
        cast, "Cloth and sun", group=cast.blue, by=cast.ben.user, sources=[Citation(source, "combines", "Twice as clean.")]
    )
    link = Derivation.objects.get()
    assert (link.source, link.target, link.kind, link.by) == (source, made, "combines", cast.ben.person)
    taken = JournalEntry.objects.get(kind="idea.taken_up")
    assert (taken.group_id, taken.payload) == (cast.red.pk, {"idea": 1, "by": 2, "kind": "combines"})
    assert built_on([source.pk], Idea.objects.all()) == {source.pk: 1}


def test_leaving_something_aside_takes_a_reason_and_counts_as_no_building_on(cast: Cast):
    source = shared(cast)
    with pytest.raises(IdeaInvalid, match="why"):
        shared(cast, "No cloth", group=cast.blue, by=cast.ben.user, sources=[Citation(source, "rejects")])
    shared(cast, "No cloth", group=cast.blue, by=cast.ben.user, sources=[Citation(source, "rejects", "Our water is too muddy.")])
    assert built_on([source.pk], Idea.objects.all()) == {}
    with pytest.raises(IdeaInvalid, match="Expected one of"):
        shared(cast, "Merged by hand", sources=[Citation(source, "merges")])


def test_an_entry_becomes_an_idea_when_somebody_first_builds_on_it(cast: Cast):
    entered = entry_of(cast)
    with pytest.raises(IdeaRefused, match="not open"):
        actions.name_entry(entered, by=cast.ben.user)
    cast.publish(cast.call, "full")
    with pytest.raises(IdeaRefused, match="not open"):
        shared(cast, "On clay", group=cast.blue, by=cast.ben.user, sources=[Citation(entered)])
    cast.publish(cast.call, "forkable")
    made = shared(cast, "On clay", group=cast.blue, by=cast.ben.user, sources=[Citation(entered)])
    source = Derivation.objects.get(target=made).source
    assert (source.submission_id, source.group_id, source.title) == (entered.pk, cast.red.pk, "Clay filters")
    assert source.pk < made.pk
    assert actions.name_entry(entered, by=cast.ada.user).pk == source.pk
    with pytest.raises(IdeaRefused, match="stands for an entry"):
        actions.share_version(idea=source, told=telling(), by=cast.ada.user)
    with pytest.raises(IdeaRefused, match="stands for an entry"):
        actions.widen(idea=source, audience="everybody", by=cast.ada.user)


@pytest.mark.parametrize(
    ("names", "said", "licence"),
    [
        ("reuse", "CC BY 4.0", "CC BY 4.0"),
        ("reuse", "", "the licence for reuse of this cycle, version 2026-1"),
        (None, "", "the licence for reuse of this cycle, version 2026-1"),
    ],
)
def test_the_idea_of_an_entry_says_how_others_may_reuse_it(names: str | None, said: str, licence: str):
    form = [{"key": "title"}, {"key": "reuse", "type": "choice", "choices": ["CC BY 4.0", "CC BY-SA 4.0"]}]
    door = {"licence": {"text": "Say whose it is.", "version": "2026-1"}}
    call = scene(
        {"key": "essay", "form": form, "criteria": [{"key": "a"}]} | ({"licence": names} if names else {}), registration=door
    )
    one, _version = entry(call, title="On clay", **({"reuse": said} if said else {}))
    Round.objects.filter(pk=call.round.pk).update(published_at=now(), visibility="forkable")
    assert actions.name_entry(one, by=None).licence == licence


def test_a_task_names_a_question_with_choices_for_the_licence():
    with pytest.raises(DesignRefused, match="not a choice field"):
        design_with({"key": "essay", "form": [{"key": "reuse"}], "criteria": [{"key": "a"}], "licence": "reuse"})


@pytest.mark.parametrize("hidden", [False, True])
def test_the_idea_of_an_entry_is_read_as_the_entry(cast: Cast, hidden: bool):
    entered = entry_of(cast)
    cast.publish(cast.call, "forkable")
    idea = actions.name_entry(entered, by=cast.ben.user)
    assert readers(cast, idea) == "ada ben judith org eve visitor"
    if hidden:
        Cycle.objects.filter(pk=cast.cycle.pk).update(public=False)
        assert readers(cast, idea) == "ada ben judith org"
    else:
        Submission.objects.filter(pk=entered.pk).update(state="disqualified")
        assert readers(cast, idea) == "ada org"


def test_an_attempt_that_is_out_can_be_built_on(cast: Cast):
    tried = Attempt.objects.create(challenge=cast.concept, group=cast.red, number=3, at=now(), elapsed_ms=1)
    cast.publish(cast.call, "forkable")
    idea = actions.name_attempt(tried, by=cast.ben.user)
    assert idea.title.endswith("attempt 3")
    assert allows(cast.visitor.access, "idea.view", idea)
    Group.objects.filter(pk=cast.red.pk).update(rank_hidden=True)
    assert readers(cast, idea) == "ada org"


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_a_ring_cannot_be_made_whoever_writes(cast: Cast, pairs: list[tuple[int, int]]):
    ideas = [Idea.objects.create(cycle=cast.cycle, number=100 + n, kind="clue", title=str(n), shared_at=now()) for n in range(6)]
    for a, b in pairs:
        try:
            with transaction.atomic():
                Derivation.objects.create(source=ideas[a], target=ideas[b], kind="builds-on", at=now())
        except IntegrityError:
            assert a >= b or Derivation.objects.filter(source=ideas[a], target=ideas[b]).exists()
    ahead: dict[int, set[int]] = {}
    for source, target in Derivation.objects.values_list("source_id", "target_id"):
        ahead.setdefault(source, set()).add(target)

    def reaches(start: int, seen: frozenset[int] = frozenset()) -> set[int]:
        return {far for near in ahead.get(start, ()) for far in {near} | (reaches(near) if near not in seen else set())}

    assert not any(one.pk in reaches(one.pk) for one in ideas)
    Idea.objects.filter(number__gte=100).delete()


# --- Lineage --------------------------------------------------------------------------------------------------------------------------


def chain(cast: Cast, length: int) -> list[Idea]:
    made: list[Idea] = []
    for n in range(length):
        made.append(shared(cast, f"Step {n}", sources=[Citation(made[-1])] if made else [], audience="everybody"))
    return made


def test_lineage_tells_sources_before_what_grew_from_them(cast: Cast):
    made = chain(cast, 5)
    told = lineage_of(made[2], Idea.objects.all())
    assert [node.key for node in told.nodes] == [one.pk for one in made]
    assert [(link.source, link.target) for link in told.links] == [(a.pk, b.pk) for a, b in pairwise(made)]
    near = lineage_of(made[2], Idea.objects.all(), depth=1)
    assert [node.key for node in near.nodes] == [one.pk for one in made[1:4]]
    assert lineage_of(made[0], Idea.objects.all(), most=2).more


def test_a_source_that_may_not_be_seen_is_a_mask_and_nothing_beyond_it_is_told(cast: Cast):
    made = chain(cast, 4)
    Idea.objects.filter(pk=made[1].pk).update(audience="own")
    told = lineage_of(made[3], visible(cast.visitor.access, "idea.view", Idea.objects.all()))
    assert (told.nodes[0].key, told.nodes[0].idea) == (-1, None)
    assert [node.key for node in told.nodes] == [-1, made[2].pk, made[3].pk]
    assert (told.links[0].source, told.links[0].target) == (-1, made[2].pk)
    assert told.hidden == 1


def test_what_others_make_of_an_idea_in_private_does_not_appear(cast: Cast):
    made = chain(cast, 3)
    Idea.objects.filter(pk=made[1].pk).update(audience="own")
    seen = visible(cast.visitor.access, "idea.view", Idea.objects.all())
    assert [node.key for node in lineage_of(made[0], seen).nodes] == [made[0].pk]
    assert built_on([made[0].pk], seen) == {}


def test_lineage_takes_as_many_statements_for_many_ideas_as_for_few(cast: Cast, django_assert_num_queries: Any):
    made = chain(cast, 12)
    for idea in (made[0], made[6]):
        with django_assert_num_queries(4):
            assert lineage_of(idea, Idea.objects.all()).nodes


def test_all_the_way_each_idea_is_walked_once_however_many_ways_lead_to_it(cast: Cast, django_assert_num_queries: Any):
    made: list[Idea] = []
    for n in range(14):
        made.append(shared(cast, f"Step {n}", sources=[Citation(one) for one in made[-3:]], audience="everybody"))
    with django_assert_num_queries(4) as statements:
        told = lineage_of(made[6], Idea.objects.all(), depth=None)
    assert [node.key for node in told.nodes] == [one.pk for one in made]
    assert not any("depth" in one["sql"] for one in statements.captured_queries)
    near = lineage_of(made[6], Idea.objects.all(), depth=None, most=2)
    assert ([node.key for node in near.nodes], near.more) == ([one.pk for one in made[4:9]], True)


# --- Finding --------------------------------------------------------------------------------------------------------------------------


def test_the_feed_is_narrowed_by_kind_tag_task_and_every_word(cast: Cast):
    cloth = shared(cast, tags=["cloth"], challenge=cast.concept)
    clay = shared(cast, "Öfen aus Lehm", kind="tactic")
    rows = Idea.objects.all()
    assert list(feed(rows, FeedAsked())) == [clay, cloth]
    assert list(feed(rows, FeedAsked(kind="tactic"))) == [clay]
    assert list(feed(rows, FeedAsked(tag="#Cloth".strip("#")))) == [cloth]
    assert list(feed(rows, FeedAsked(challenge=cast.concept.pk))) == [cloth]
    assert list(feed(rows, FeedAsked(words="LEHM öfen"))) == [clay]
    assert list(feed(rows, FeedAsked(words="lehm saris"))) == []
    assert tags_in(rows) == ["cloth"]


def test_a_search_looks_for_so_many_different_words_and_no_more(cast: Cast):
    cloth = shared(cast)
    sought = feed(Idea.objects.all(), FeedAsked(words=" ".join(["cloth", *(f"w{n}" for n in range(300))])))
    assert str(sought.query).count("LIKE") == 20
    assert list(feed(Idea.objects.all(), FeedAsked(words="cloth " * 300))) == [cloth]


def test_similar_ideas_share_words_and_the_most_alike_comes_first(cast: Cast):
    cloth, other = shared(cast), shared(cast, "Cloth against flies", summary="Nets of cloth.", parts={})
    assert similar(Idea.objects.all(), "folded cloth as a sieve against germs")[0] == cloth
    assert similar(Idea.objects.all(), "cloth") == [other, cloth]
    assert similar(Idea.objects.all(), "a b c") == []
    assert similar(Idea.objects.all(), "cloth", but=other.pk) == [cloth]


# --- Credit and drafts ----------------------------------------------------------------------------------------------------------------


def test_credit_is_divided_by_agreement(cast: Cast):
    idea = shared(cast)
    assert shares_of(idea) == {cast.red.pk: 10_000}
    actions.split_credit(idea=idea, shares={cast.red.pk: 6_000, cast.blue.pk: 4_000}, by=cast.ada.user)
    assert shares_of(idea) == {cast.red.pk: 6_000, cast.blue.pk: 4_000}
    with pytest.raises(IdeaRefused, match="own hand"):
        actions.split_credit(idea=idea, shares={cast.red.pk: 10_000}, by=cast.ada.user)
    with pytest.raises(IdeaInvalid, match="10000"):
        actions.split_credit(idea=idea, shares={cast.red.pk: 6_000, cast.blue.pk: 3_000}, by=cast.ben.user)
    actions.split_credit(idea=idea, shares={cast.red.pk: 10_000}, by=cast.ben.user)
    assert shares_of(idea) == {cast.red.pk: 10_000}


def test_a_draft_is_its_writers_and_gone_once_shared(cast: Cast):
    draft = actions.save_draft(
        cycle=cast.cycle, person=cast.ada.person, group=cast.red, content={"title": "Sie"}, by=cast.ada.user
    )
    draft = actions.save_draft(
        cycle=cast.cycle, person=cast.ada.person, draft=draft, content={"title": "Sieve"}, by=cast.ada.user
    )
    assert [one.name for one in cast.everybody() if allows(one.access, "idea_draft.view", draft)] == ["ada"]
    assert draft.content == {"title": "Sieve"}
    with pytest.raises(IdeaRefused, match="gone"):
        actions.save_draft(cycle=cast.cycle, person=cast.ben.person, draft=draft, content={}, by=cast.ben.user)
    with pytest.raises(IdeaInvalid):
        actions.save_draft(
            cycle=cast.cycle, person=cast.ada.person, draft=draft, content={"title": "x" * 300_000}, by=cast.ada.user
        )
    shared(cast, draft=draft)
    assert not IdeaDraft.objects.exists()


def test_a_draft_holds_no_null_character(cast: Cast):
    typed = {"title": "Sie\0ve", "readers": ["\0", "3"], "kind": "tactic"}
    draft = actions.save_draft(cycle=cast.cycle, person=cast.ada.person, content=typed, by=cast.ada.user)
    draft.refresh_from_db()
    assert draft.content == {"title": "Sieve", "readers": ["", "3"], "kind": "tactic"}
