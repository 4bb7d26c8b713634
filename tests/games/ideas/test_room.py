"""The safe room: organizers go first, without a name means without a trace, answers are nobody's and come into sight together."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from backend.api.models import IdempotencyRecord
from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas import actions
from games.ideas.models import Idea, IdeaDraft, RiskAnswer, RiskTicket
from games.ideas.rules import ENOUGH, AudienceNarrowed, IdeaInvalid, IdeaRefused, RoomClosed
from games.journal.models import JournalEntry
from games.permissions import allows
from games.rounds.models import Round
from tests.cast import Cast, actor
from tests.factories.groups import MembershipFactory
from tests.factories.ideas import shared, telling

pytestmark = pytest.mark.django_db
API = "/api/v1"
STORY: dict[str, Any] = {
    "title": "The pump stood still",
    "summary": "We bought it first.",
    "parts": {"went_wrong": "Nobody owned it."},
}


def opened(cast: Cast) -> Idea:
    """The organizers tell theirs."""
    return actions.tell_story(cycle=cast.cycle, told=telling("We judged too late"), by=cast.org.user)[0]


def told(cast: Cast, title: str = "The pump stood still", **changes: Any) -> tuple[Idea, str]:
    return actions.tell_story(cycle=cast.cycle, told=telling(title), by=cast.ada.user, **({"group": cast.red} | changes))


def rows() -> Iterator[tuple[str, str]]:
    """Every row of every table: what it is, and its values as text."""
    for model in apps.get_models(include_auto_created=True):
        for row in model._default_manager.order_by().values():
            yield model._meta.label, repr(sorted(row.items()))


def traces(before: set[tuple[str, str]], *ids: object) -> list[tuple[str, str]]:
    """What came into the database since then and has one of these ids in it."""
    return [(name, text) for name, text in rows() if (name, text) not in before and any(repr(one) in text for one in ids)]


# --- Who goes first -------------------------------------------------------------------------------------------------------------------


def test_the_organizers_own_story_comes_first_else_nobody_is_invited(cast: Cast):
    for nameless, group in ((False, cast.red), (True, None)):
        with pytest.raises(RoomClosed, match="go first"):
            told(cast, group=group, nameless=nameless)
    with pytest.raises(RoomClosed):
        actions.answer_risk(round_=cast.call, text="Everybody laughs.", by=cast.ada.user)
    refused = cast.ada.api.post(f"{API}/cycles/{cast.cycle.pk}/safe-room/stories", STORY | {"nameless": True}, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "safe_room_closed")
    opened(cast)
    assert told(cast)[0].group == cast.red
    assert cast.ben.api.get(f"{API}/cycles/{cast.cycle.pk}/safe-room").json()["open"] is True


def test_a_story_that_teams_cannot_read_or_that_was_hidden_opens_nothing(cast: Cast):
    kept, _ = actions.tell_story(cycle=cast.cycle, told=telling("Ours"), by=cast.org.user, audience="organizers")
    with pytest.raises(RoomClosed):
        told(cast)
    actions.widen(idea=kept, audience="teams", by=cast.org.user)
    told(cast)
    actions.hide(idea=kept, why="It names a sponsor.", by=cast.org.user)
    with pytest.raises(RoomClosed):
        told(cast, "Another")


def test_one_without_a_name_by_an_organizer_is_not_their_own_story(cast: Cast):
    first = opened(cast)
    actions.tell_story(cycle=cast.cycle, told=telling("Hidden hand"), by=cast.org.user, nameless=True)
    actions.hide(idea=first, why="x", by=cast.org.user)
    with pytest.raises(RoomClosed):
        told(cast)


# --- Stories --------------------------------------------------------------------------------------------------------------------------


def test_a_story_says_what_went_wrong(cast: Cast):
    opened(cast)
    with pytest.raises(IdeaInvalid, match="what went wrong") as refused:
        actions.tell_story(cycle=cast.cycle, told=telling(parts={"steps": "One."}), by=cast.ada.user, group=cast.red)
    assert [one.where for one in refused.value.problems] == ["went_wrong"]


def test_its_author_chooses_who_reads_it_and_sponsors_do_not_unless_everybody_does(cast: Cast):
    opened(cast)
    MembershipFactory(cycle=cast.cycle, person=cast.eve.person, role="sponsor", capabilities=["follow"])
    story, _ = told(cast)
    assert (story.kind, story.audience, story.safe) == ("failure-story", "teams", True)
    readers = [one.name for one in cast.everybody() if allows(one.access, "idea.view", story)]
    assert readers == ["ada", "ben", "org"]
    named, _ = told(cast, "Named", audience="groups", readers=[cast.blue])
    assert allows(cast.ben.access, "idea.view", named)
    assert allows(cast.eve.access, "idea.view", actions.widen(idea=story, audience="everybody", by=cast.ada.user))


def test_telling_stands_on_no_board_and_earns_nothing(cast: Cast):
    opened(cast)
    told(cast)
    assert not JournalEntry.objects.filter(kind="story.told").exclude(group_id=None).exists()
    assert not JournalEntry.objects.filter(kind="idea.shared").exists()


def test_a_story_without_a_name_leaves_no_trace_of_its_author_anywhere(cast: Cast, caplog: pytest.LogCaptureFixture):
    opened(cast)
    api = cast.ada.api
    api.get(f"{API}/cycles/{cast.cycle.pk}")
    before, ada = set(rows()), cast.ada
    path, headers = f"{API}/cycles/{cast.cycle.pk}/safe-room/stories", {"Idempotency-Key": "mine"}
    with caplog.at_level(logging.DEBUG):
        made = api.post(path, STORY | {"nameless": True, "audience": "organizers"}, format="json", headers=headers)
    assert made.status_code == 201
    story = Idea.objects.get(pk=made.json()["story"]["id"])
    assert (story.group, story.author, story.versions.get().by) == (None, None, None)
    assert (story.shared_at.hour, story.shared_at.minute, story.shared_at.microsecond) == (0, 0, 0)
    assert not IdempotencyRecord.objects.exists()
    assert not IdeaDraft.objects.exists()
    entry = JournalEntry.objects.get(kind="story.told", payload__nameless=True)
    assert (entry.actor, entry.group_id, entry.at) == (None, None, story.shared_at)
    assert traces(before, ada.user.pseudonym, ada.user.email, ada.user.name, ada.person.key, made.json()["key"]) == []
    new = [(name, text) for name, text in rows() if (name, text) not in before]
    assert {name for name, _ in new} == {"games.Idea", "games.IdeaVersion", "games.JournalEntry"}
    assert not any(f"'{column}', {ada.person.pk})" in text for _, text in new for column in ("author_id", "by_id", "person_id"))
    said = " ".join(one.getMessage() for one in caplog.records if not one.name.startswith("django.db"))
    assert ada.user.email not in said
    assert str(ada.user.pseudonym) not in said
    assert made.json()["key"] not in cast.org.api.get(f"{API}/ideas/{story.pk}").content.decode()


def test_nobody_but_who_holds_its_key_widens_a_story_without_a_name_and_it_is_nobodys_to_tell_anew(cast: Cast):
    opened(cast)
    story, key = told(cast, group=None, nameless=True, audience="organizers")
    for someone in cast.everybody():
        for name in ("idea.widen", "idea.tell", "idea.split"):
            assert not allows(someone.access, name, story), (someone.name, name)
    with pytest.raises(IdeaInvalid, match="this key"):
        actions.widen_by_key(cycle=cast.cycle, key="another", audience="teams", by=cast.ada.user)
    assert actions.widen_by_key(cycle=cast.cycle, key=f" {key} ", audience="teams", by=cast.ada.user).audience == "teams"
    assert JournalEntry.objects.get(kind="idea.widened").actor is None
    with pytest.raises(AudienceNarrowed):
        actions.widen_by_key(cycle=cast.cycle, key=key, audience="organizers", by=cast.ada.user)
    with pytest.raises(IdeaInvalid):
        actions.widen_by_key(cycle=cast.cycle, key=key, audience="groups", by=cast.ada.user)


def test_naming_teams_would_tell_whose_it_is(cast: Cast):
    opened(cast)
    for audience in ("own", "groups"):
        with pytest.raises(IdeaInvalid, match="naming teams"):
            told(cast, group=None, nameless=True, audience=audience, readers=[cast.blue])


def test_a_story_is_cited_by_others_and_one_without_a_name_too(cast: Cast):
    opened(cast)
    named, (nameless, _) = told(cast)[0], told(cast, "Nobody's", group=None, nameless=True)
    made = shared(
        cast, "Own the pump", group=cast.blue, by=cast.ben.user, sources=[actions.Citation(named), actions.Citation(nameless)]
    )
    assert made.came_from.count() == 2


# --- Answers --------------------------------------------------------------------------------------------------------------------------


def people(cast: Cast, count: int) -> list[Any]:
    found = [cast.ada, cast.ben]
    for n in range(count - 2):
        one = actor(f"more{n}")
        MembershipFactory(group=cast.blue, cycle=cast.cycle, person=one.person, role="member", capabilities=["submit"])
        found.append(one)
    return found


def test_answers_come_into_sight_three_at_a_time_and_are_nobodys(cast: Cast):
    opened(cast)
    seen = []
    for n, one in enumerate(people(cast, 7)):
        assert one.api.post(f"{API}/rounds/{cast.call.pk}/risks", {"text": f"Answer {n}"}, format="json").status_code == 204
        room = cast.org.api.get(f"{API}/cycles/{cast.cycle.pk}/safe-room").json()
        seen.append(len(room["rounds"][0]["answers"]))
    assert seen == [0, 0, 3, 3, 3, 6, 6]
    assert set(room["rounds"][0]) == {"round", "key", "answers"}
    assert ENOUGH == 3


def test_an_answer_leaves_no_trace_of_who_gave_it_nor_when(cast: Cast):
    opened(cast)
    api, headers = cast.ada.api, {"Idempotency-Key": "mine"}
    before = set(rows())
    sent = api.post(f"{API}/rounds/{cast.call.pk}/risks", {"text": "They laugh."}, format="json", headers=headers)
    assert sent.status_code == 204
    new = {(name, text) for name, text in rows() if (name, text) not in before}
    assert {name for name, _ in new} == {"games.RiskAnswer", "games.RiskTicket"}
    assert traces(before, cast.ada.user.pseudonym, cast.ada.user.email, cast.ada.person.key, cast.red.key) == []
    assert {one.name for one in RiskAnswer._meta.fields} == {"id", "round", "text", "shown"}
    assert {one.name for one in RiskTicket._meta.fields} == {"digest", "round"}


def test_everybody_answers_once_in_a_round_that_is_on(cast: Cast):
    opened(cast)
    actions.answer_risk(round_=cast.call, text="They laugh.", by=cast.ada.user)
    with pytest.raises(IdeaRefused, match="have answered"):
        actions.answer_risk(round_=cast.call, text="And again.", by=cast.ada.user)
    with pytest.raises(IdeaRefused, match="while the round is on"):
        actions.answer_risk(round_=cast.final, text="Too early.", by=cast.ada.user)
    for text in ("  ", "x" * 2001, "a\0b"):
        with pytest.raises(IdeaInvalid):
            actions.answer_risk(round_=cast.call, text=text, by=cast.ben.user)
    assert RiskAnswer.objects.count() == 1


def test_the_order_of_answers_is_that_of_their_random_keys(cast: Cast):
    texts = [f"Answer {n:02}" for n in range(30)]
    RiskAnswer.objects.bulk_create([RiskAnswer(round=cast.call, text=text, shown=True) for text in texts])
    opened(cast)
    first, again = (cast.ada.api.get(f"{API}/cycles/{cast.cycle.pk}/safe-room").json()["rounds"][0]["answers"] for _ in range(2))
    assert sorted(first) == texts != first
    assert first == again


# --- Doors ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.outsider
def test_outsiders_judges_and_sponsors_find_no_door(cast: Cast):
    opened(cast)
    MembershipFactory(cycle=cast.cycle, person=cast.eve.person, role="sponsor", capabilities=["follow"])
    room = f"{API}/cycles/{cast.cycle.pk}/safe-room"
    doors = [
        ("get", room, None),
        ("post", f"{room}/stories", STORY),
        ("post", f"{room}/widen", {"key": "x", "audience": "teams"}),
    ]
    for someone in (cast.eve, cast.judith, cast.visitor, actor("stranger")):
        for way, path, body in doors:
            answer = getattr(someone.api, way)(path, body, format="json")
            absent = getattr(someone.api, way)(path.replace(str(cast.cycle.pk), "999999", 1), body, format="json")
            assert (answer.status_code, answer.content) == (absent.status_code, absent.content)
            assert answer.status_code in {401, 404}, (someone.name, path)
        sent = someone.api.post(f"{API}/rounds/{cast.call.pk}/risks", {"text": "x"}, format="json")
        assert sent.status_code in {401, 403}
    assert cast.org.api.post(f"{API}/rounds/{cast.call.pk}/risks", {"text": "x"}, format="json").status_code == 403
    assert not RiskAnswer.objects.exists()


@pytest.mark.outsider
def test_one_tells_for_a_team_of_ones_own_and_for_no_other(cast: Cast):
    opened(cast)
    path = f"{API}/cycles/{cast.cycle.pk}/safe-room/stories"

    def sent(api: APIClient, **more: Any) -> int:
        return api.post(path, STORY | more, format="json").status_code

    assert sent(cast.ada.api, group=cast.blue.pk) == sent(cast.ada.api) == 422
    assert sent(cast.ada.api, group=cast.red.pk, nameless=True) == 422
    assert sent(cast.ada.api, group=cast.red.pk) == sent(cast.org.api) == 201
    Group.objects.filter(pk=cast.red.pk).update(state="pending")
    assert sent(cast.ada.api, nameless=True) == 404
    Cycle.objects.filter(pk=cast.cycle.pk).update(state="closed")
    assert sent(cast.ben.api, nameless=True) == 409


def test_the_room_takes_as_many_statements_for_many_as_for_few(cast: Cast):
    opened(cast)
    told(cast)

    api = cast.ben.api

    def counted() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert api.get(f"{API}/cycles/{cast.cycle.pk}/safe-room").status_code == 200
        return len(asked)

    few = counted()
    for n in range(8):
        told(cast, f"More {n}")
    RiskAnswer.objects.bulk_create(
        [RiskAnswer(round=one, text="x", shown=True) for one in Round.objects.all() for _ in range(20)]
    )
    assert counted() == few <= 12
