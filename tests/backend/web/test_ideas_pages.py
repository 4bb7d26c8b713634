"""The commons in pages: found, read, written, built on, traced; who is outside learns nothing."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from games.challenges.models import Challenge
from games.cycles.actions import add_design
from games.ideas import actions
from games.ideas.actions import Citation
from games.ideas.models import Derivation, Idea, IdeaDraft
from games.submissions.models import Submission, Version
from tests.cast import Cast
from tests.factories.cycles import small_design
from tests.factories.groups import MembershipFactory
from tests.factories.ideas import PARTS, shared, telling
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
IDEAS = "/cycles/water/ideas/"
TYPED: dict[str, Any] = {
    "kind": "tactic",
    "title": "Go upstream",
    "summary": "Ask who lives there.",
    "tags": "River, people",
    "audience": "teams",
    "how": "builds-on",
    "do": "share",
}


def main(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


# --- Reading --------------------------------------------------------------------------------------------------------------------------


def test_the_feed_shows_cards_and_is_narrowed(cast: Cast):
    first = shared(cast, tags=["cloth"])
    shared(cast, "Clay", kind="failure-story", parts={}, sources=[Citation(first)])
    client = cast.ben.client
    text = main(client.get(IDEAS))
    assert text.index("Clay") < text.index("Sieve with old saris")
    assert "summary only" in text
    assert "1 built on it" in text
    assert "#cloth" in text
    assert "Clay" not in main(client.get(IDEAS, {"tag": "cloth"}))
    assert "Sieve" not in main(client.get(IDEAS, {"kind": "failure-story"}))
    assert "No idea fits" in main(client.get(IDEAS, {"q": "nowhere"}))
    assert "No idea fits" in main(client.get(IDEAS, {"team": "blue"}))


def test_an_idea_tells_its_parts_its_sources_and_what_changed(cast: Cast):
    hidden = shared(cast, "Our secret", audience="own")
    idea = shared(cast, sources=[Citation(hidden, "adapts", "Half as much.")], licence="CC BY 4.0")
    actions.share_version(idea=idea, told=telling(parts=PARTS | {"cost": "One old shirt"}, note="Cheaper."), by=cast.ada.user)
    grown = shared(cast, "Grown", group=cast.blue, by=cast.ben.user, sources=[Citation(idea)])
    text = main(cast.ben.client.get(f"{IDEAS}{idea.number}/"))
    assert "an idea you cannot see" in text
    assert "Our secret" not in text
    for words in ("Half as much.", "Cheaper.", "Cut the cloth.", "Whom to ask", "Grown", f"from={idea.number}"):
        assert words in text
    compared = main(cast.ben.client.get(f"{IDEAS}{idea.number}/?compare=2"))
    assert "What version 2 changed" in compared
    assert "<ins>" in compared
    assert f"from={grown.number}" in main(cast.ada.client.get(f"{IDEAS}{grown.number}/"))


def test_lineage_is_drawn_told_and_a_table(cast: Cast):
    first = shared(cast, audience="everybody")
    second = shared(cast, "Second", audience="own", sources=[Citation(first)])
    third = shared(cast, "Third", audience="everybody", sources=[Citation(second), Citation(first, "rejects", "Too slow.")])
    text = main(cast.visitor.client.get(f"{IDEAS}{third.number}/lineage/"))
    assert "1 source is an idea you cannot see" in text
    assert "Second" not in text
    assert text.count("<circle") == 3
    assert "is-rejects" in text
    assert "leaves aside “Sieve with old saris”" in text
    assert "<table" in text


@pytest.mark.outsider
def test_who_is_outside_finds_neither_the_idea_nor_a_trace_of_it(cast: Cast):
    idea = shared(cast, "Unheard of", tags=["unheard"])
    for someone in (cast.eve, cast.visitor, cast.judith):
        assert "unheard" not in main(someone.client.get(IDEAS)).lower()
        assert "unheard" not in someone.client.get(f"{IDEAS}similar/", {"q": "Unheard of cloth germs"}).content.decode().lower()
        for path in ("", "lineage/"):
            hidden, absent = (someone.client.get(f"{IDEAS}{number}/{path}") for number in (idea.number, 9999))
            assert (hidden.status_code, absent.status_code) == (404, 404)
    for path in ("edit/", "widen/", "hide/"):
        assert cast.eve.client.post(f"{IDEAS}{idea.number}/{path}").status_code == 404
    assert cast.eve.client.get(f"{IDEAS}new/").status_code == 403
    assert cast.eve.client.post(f"{IDEAS}draft/", {"title": "x"}).status_code == 403


# --- Writing --------------------------------------------------------------------------------------------------------------------------


def test_a_team_shares_an_idea_and_builds_on_anothers(cast: Cast):
    sent = cast.ada.client.post(f"{IDEAS}new/", TYPED | PARTS)
    made = Idea.objects.get()
    assert sent["Location"] == f"{IDEAS}{made.number}/"
    assert (made.group, made.complete, made.audience) == (cast.red, 6, "teams")
    assert sorted(made.tags.values_list("word", flat=True)) == ["people", "river"]
    form = main(cast.ben.client.get(f"{IDEAS}new/?from={made.number}"))
    assert "It comes from" in form
    assert "Go upstream" in form
    cast.ben.client.post(f"{IDEAS}new/", TYPED | {"title": "Go downstream", "sources": "1", "how": "adapts"})
    link = Derivation.objects.get()
    assert (link.source, link.kind, link.target.group) == (made, "adapts", cast.blue)


def test_what_is_wrong_stays_as_typed_beside_its_field(cast: Cast):
    own = shared(cast, "Own", audience="own")
    text = main(cast.ben.client.post(f"{IDEAS}new/", TYPED | {"title": "", "summary": "Keep me"}))
    assert "Please look again" in text
    assert "Keep me" in text
    text = main(cast.ben.client.post(f"{IDEAS}new/", TYPED | {"sources": str(own.number)}))
    assert "There is no such idea that you can see" in text
    assert "Say why you leave it aside" in main(
        cast.ada.client.post(f"{IDEAS}new/", TYPED | {"sources": str(own.number), "how": "rejects"})
    )
    assert Idea.objects.count() == 1


def test_a_draft_keeps_itself_is_its_writers_alone_and_gone_once_shared(cast: Cast):
    client = cast.ada.client
    kept = client.post(f"{IDEAS}draft/", {"title": "Sie", "audience": "own", "as": "red"}).json()["draft"]
    assert (
        client.post(f"{IDEAS}draft/", {"title": "Sieve", "audience": "own", "as": "red", "draft": kept}).json()["draft"] == kept
    )
    assert IdeaDraft.objects.get().content == {"title": "Sieve", "audience": "own", "as": "red"}
    assert 'value="Sieve"' in main(client.get(f"{IDEAS}new/?draft={kept}"))
    assert "Sieve" not in main(cast.ben.client.get(f"{IDEAS}new/?draft={kept}"))
    assert "Your drafts" in main(client.get(f"{IDEAS}new/"))
    client.post(f"{IDEAS}new/", TYPED | {"draft": kept})
    assert not IdeaDraft.objects.exists()


def test_similar_ideas_appear_while_writing(cast: Cast):
    shared(cast)
    assert "Sieve with old saris" in cast.ben.client.get(f"{IDEAS}similar/", {"q": "cloth folded"}).content.decode()


def test_the_next_version_begins_with_the_last(cast: Cast):
    idea = shared(cast, tags=["cloth"])
    path = f"{IDEAS}{idea.number}/edit/"
    text = main(cast.ada.client.get(path))
    assert "Cut the cloth. Fold it four times." in text
    assert cast.ben.client.get(path).status_code == 403
    assert "Nothing changed" in main(
        cast.ada.client.post(path, {"title": idea.title, "summary": idea.summary, "tags": "cloth"} | PARTS)
    )
    cast.ada.client.post(path, {"title": "Anew", "summary": "Said better."})
    assert idea.versions.count() == 2


def test_an_author_lets_more_people_read_it_and_organizers_hide_it(cast: Cast):
    idea = shared(cast, audience="own")
    path = f"{IDEAS}{idea.number}/"
    assert "Let more people read it" in main(cast.ada.client.get(path))
    cast.ada.client.post(f"{path}widen/", {"audience": "groups", "readers": [cast.blue.pk]})
    assert cast.ben.client.get(path).status_code == 200
    assert cast.ben.client.post(f"{path}widen/", {"audience": "everybody"}).status_code == 403
    cast.org.client.post(f"{path}hide/", {"do": "hide", "why": "It names a patient."})
    assert cast.ben.client.get(path).status_code == 404
    assert "It names a patient." in main(cast.ada.client.get(path))
    cast.org.client.post(f"{path}hide/", {"do": "show"})
    assert cast.ben.client.get(path).status_code == 200


def test_a_published_entry_of_a_forkable_round_offers_to_be_built_on(cast: Cast):
    cast.concept.spec = {**cast.concept.spec, "form": [{"key": "title"}]}
    cast.concept.save(update_fields=["spec"])
    entry = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted", submitted_at=now())
    entry.pinned = Version.objects.create(submission=entry, number=1, data={"title": "Clay filters"}, digest="0" * 64, at=now())
    entry.save(update_fields=["pinned"])
    page, offer = "/cycles/water/groups/red/", f"{IDEAS}new/?entry={entry.pk}"
    cast.publish(cast.call, "full")
    assert offer not in main(cast.ben.client.get(page))
    cast.publish(cast.call, "forkable")
    assert offer in main(cast.ben.client.get(page))
    assert offer not in main(cast.visitor.client.get(page))
    assert "Clay filters" in main(cast.ben.client.get(offer))
    cast.ben.client.post(f"{IDEAS}new/", TYPED | {"entry": str(entry.pk)})
    source = Derivation.objects.get().source
    assert source.submission == entry
    assert "It stands for an entry to" in main(cast.visitor.client.get(f"{IDEAS}{source.number}/"))


@pytest.mark.parametrize(("visibility", "offered"), [("summaries", False), ("full", True), ("forkable", True)])
def test_a_published_entry_is_talked_about_and_tested_where_it_is_read_whole(cast: Cast, visibility: str, offered: bool):
    Challenge.objects.filter(pk=cast.concept.pk).update(spec={**cast.concept.spec, "form": [{"key": "title"}]})
    entry = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted", submitted_at=now())
    entry.pinned = Version.objects.create(submission=entry, number=1, data={"title": "Clay"}, digest="0" * 64, at=now())
    entry.save(update_fields=["pinned"])
    door = f"{IDEAS}of-entry/{entry.pk}/"
    for outsider in (cast.ben, cast.eve, cast.visitor):
        assert outsider.client.post(door).status_code in {302, 404}, "sealed"
    assert not Idea.objects.exists()
    cast.publish(cast.call, visibility)
    assert (door in main(cast.ben.client.get("/cycles/water/groups/red/"))) is offered
    for outsider in (cast.eve, cast.visitor):
        assert outsider.client.post(door).status_code in {302, 403, 404}
    assert not Idea.objects.exists()
    for _ in range(2):
        cast.ben.client.post(door)
    assert Idea.objects.filter(submission=entry, group=cast.red).count() == offered
    if offered:
        text = main(cast.ben.client.get(f"{IDEAS}1/"))
        assert "Test it" in text
        assert "Ask or say something" in text


def test_a_private_note_is_widened_by_its_author_alone_and_what_others_read_by_the_captain_once_the_author_has_left(cast: Cast):
    mate = MembershipFactory(cycle=cast.cycle, group=cast.red, person=cast.eve.person, capabilities=["submit"], role="member")
    note, private = shared(cast, audience="own", by=cast.eve.user), shared(cast, "Mine", audience="own", by=cast.eve.user)
    door, captain = f"{IDEAS}{note.number}/widen/", cast.ada.client
    assert note.author == mate.person
    captain.post(door, {"audience": "teams"})
    note.refresh_from_db()
    assert note.audience == "own"
    assert "Let more people read it" not in main(captain.get(f"{IDEAS}{note.number}/"))
    cast.eve.client.post(door, {"audience": "organizers"})
    mate.until = now()
    mate.save(update_fields=["until"])
    assert "Let more people read it" in main(captain.get(f"{IDEAS}{note.number}/"))
    captain.post(door, {"audience": "teams"})
    captain.post(f"{IDEAS}{private.number}/widen/", {"audience": "teams"})
    note.refresh_from_db()
    private.refresh_from_db()
    assert (note.audience, private.audience) == ("teams", "own")
    assert "Let more people read it" not in main(captain.get(f"{IDEAS}{private.number}/"))


def test_a_cycle_that_is_over_is_read_and_offers_nothing_that_it_would_refuse(cast: Cast):
    idea = shared(cast)
    pages = {IDEAS: "Share an idea", f"{IDEAS}{idea.number}/": "Build on this", "/cycles/water/barriers/": "Post a barrier"}
    for page, offer in pages.items():
        assert offer in main(cast.ben.client.get(page))
    cast.cycle.state = "closed"
    cast.cycle.save(update_fields=["state"])
    for page, offer in pages.items():
        text = main(cast.ben.client.get(page))
        for word in (offer, "Test it", "Tell a failure"):
            assert word not in text
    cast.ben.client.post(f"{IDEAS}new/", TYPED)
    assert Idea.objects.count() == 1


def test_no_entry_becomes_an_idea_in_a_cycle_that_is_over(cast: Cast):
    entry = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted", submitted_at=now())
    cast.publish(cast.call, "forkable")
    cast.cycle.state = "closed"
    cast.cycle.save(update_fields=["state"])
    cast.ben.client.post(f"{IDEAS}of-entry/{entry.pk}/")
    assert not Idea.objects.exists()


# --- Numbers --------------------------------------------------------------------------------------------------------------------------


def test_pages_take_as_many_statements_for_many_ideas_as_for_few(cast: Cast):
    client = cast.ben.client
    first = shared(cast, tags=["a"], challenge=cast.concept)
    second = shared(cast, "Second", sources=[Citation(first)])

    def counted() -> dict[str, int]:
        found = {}
        for path in ("", f"{second.number}/", f"{second.number}/lineage/", "new/"):
            with CaptureQueriesContext(connection) as told:
                assert client.get(f"{IDEAS}{path}").status_code == 200
            found[path] = len(without_designs(told))
        return found

    few = counted()
    for n in range(12):
        shared(cast, f"More {n}", tags=["a", f"t{n}"], sources=[Citation(second)], challenge=cast.concept)
    assert counted() == few
    assert {path: count for path, count in few.items() if count > 12} == {}


# --- What the cycle asks for --------------------------------------------------------------------------------------------------------------


def test_a_story_without_what_its_cycle_asks_for_says_so_and_the_list_shows_first_what_it_says(cast: Cast):
    add_design(cast.cycle, small_design(sharing={"required": ["went_wrong"], "first": "failures"}), by=None)
    failed = shared(cast, "Leaking lid", kind="failure-story")
    praised = shared(cast, "All went well", parts=PARTS | {"went_wrong": ""})
    Idea.objects.filter(pk=praised.pk).update(grade="B")
    shared(cast, "The newest")
    assert "summary only" in main(cast.ben.client.get(IDEAS, {"q": "well"}))
    assert "Incomplete. This cycle asks to tell: What went wrong." in main(cast.ben.client.get(f"{IDEAS}{praised.number}/"))
    assert "Incomplete" not in main(cast.ben.client.get(f"{IDEAS}{failed.number}/"))

    def order(**asked: str) -> list[str]:
        text = main(cast.ben.client.get(IDEAS, asked))
        return sorted(("Leaking lid", "All went well", "The newest"), key=text.index)

    assert order() == ["Leaking lid", "The newest", "All went well"]
    assert order(sort="newest") == ["The newest", "All went well", "Leaking lid"]
    assert order(sort="proven") == ["All went well", "The newest", "Leaking lid"]
    assert order(sort="nonsense") == order()


def test_nothing_is_ever_called_best_by_the_house(cast: Cast):
    idea = shared(cast, kind="practice-kit")
    Idea.objects.filter(pk=idea.pk).update(grade="A")
    for path in (IDEAS, f"{IDEAS}?sort=proven", f"{IDEAS}{idea.number}/", f"{IDEAS}{idea.number}/lineage/", f"{IDEAS}new/"):
        assert not re.search(r"\bbest\b", main(cast.ben.client.get(path)), re.IGNORECASE), path
