"""What teams of the demo share, ask, try and study: `commons.toml`, laid into a cycle at its days, in a few statements."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Final

from games.bundles.actions.landing import Landing
from games.bundles.actions.learned import load_studies, load_tests
from games.bundles.actions.shared import load_ideas
from games.bundles.actions.talked import load_talk
from games.bundles.bundle import Bundle
from games.bundles.learned_rows import ChangeTestRow, ReadingRow, TakenRow
from games.bundles.shared_rows import DerivationRow, IdeaRow, IdeaVersionRow, RiskAnswerRow
from games.bundles.tables import Table, Tables
from games.bundles.talk_rows import PostRow, ThreadRow
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group, Membership
from games.ideas.models import Idea
from games.ideas.rules import PARTS
from games.journal.queries import db_now
from games.learning.models import ChangeTest, Taken
from games.talk.models import Follow, Post, Thanks, Thread

STUDY_AFTER_CALL: Final = {"rounds": [{"key": "call", "study": {"begins": "+38d17:00", "ends": "+42d09:00", "reads": 2}}]}
"""What teams of an innovation competition do between its call and its build."""
STUDY_AFTER_WARMUP: Final = {
    "rounds": [{"key": "warmup", "closes": "+5d", "study": {"begins": "+5d", "ends": "+7d", "reads": 2}}]
}


@cache
def _told() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("commons.toml").read_text(encoding="utf-8"))


def commons_of(name: str, start: datetime, before: str = "") -> Tables:
    """What is told under `name`, as rows of a bundle. `before`: key of the cycle before, some of whose ideas are built upon."""
    told = _told()[name]

    def at(days: float | None) -> datetime | None:
        return None if days is None else start + timedelta(days=days)

    ideas = told["ideas"]
    return Tables(
        ideas=Table([_idea(one, at) for one in ideas]),
        idea_versions=Table([_version(one, at) for one in ideas]),
        derivations=Table(
            [
                DerivationRow(
                    one["n"], source["n"], source["kind"], source["reason"], at(one["day"]), before if "before" in source else ""
                )
                for one in ideas
                for source in one.get("from", ())
                if before or "before" not in source
            ]
        ),
        risk_answers=Table([RiskAnswerRow(one["round"], one["text"]) for one in told.get("risks", ())]),
        readings=Table(
            [
                ReadingRow(number, one["round"], one["group"], one["idea"], read=at(one.get("read")))
                for number, one in enumerate(told.get("readings", ()), 1)
            ]
        ),
        taken=Table(
            [
                TakenRow(one["n"], one["round"], one["group"], one["text"], one["prediction"], one["reading"], at(one["day"]))
                for one in told.get("taken", ())
            ]
        ),
        change_tests=Table([_test(one, at) for one in told.get("tests", ())]),
        threads=Table([_thread(one, at) for one in told["threads"]]),
        posts=Table(
            [_post(one["n"], number, post, at) for one in told["threads"] for number, post in enumerate(one["posts"], 1)]
        ),
    )


def _idea(one: Mapping[str, Any], at: Any) -> IdeaRow:
    """`helps`: round, task and step that it is a how-to of."""
    round_, task, step = one.get("helps", ("", "", ""))
    return IdeaRow(
        one["n"],
        one.get("kind", "failure-story"),
        one["title"],
        one.get("group", ""),
        round=round_,
        challenge=task,
        step=step,
        audience=one["audience"],
        licence=one.get("licence", ""),
        tags=one["tags"],
        shared=_told_at(one, at),
        room=one.get("room", ""),
    )


def _version(one: Mapping[str, Any], at: Any) -> IdeaVersionRow:
    parts = {key: one.get(key, "") for key in PARTS}
    return IdeaVersionRow(one["n"], 1, one["title"], one["summary"], **parts, at=_told_at(one, at))


def _told_at(one: Mapping[str, Any], at: Any) -> datetime:
    """Without a name only the day is kept."""
    told: datetime = at(one["day"])
    return told.replace(hour=0, minute=0, second=0, microsecond=0) if one.get("room") == "nameless" else told


def _test(one: Mapping[str, Any], at: Any) -> ChangeTestRow:
    """It is planned on its day, begun the day after where it says what was done, and finished after so many days."""
    act, began = one.get("act", ""), "done" in one
    return ChangeTestRow(
        one["n"],
        one["group"],
        one.get("idea", 0),
        one.get("round", ""),
        one["title"],
        one["prediction"],
        one.get("done", ""),
        one.get("data", ""),
        one.get("learned", ""),
        "acted" if act else one.get("state", "planned"),
        act,
        at(one["day"]),
        at(one["day"] + 1) if began else None,
        at(one["day"] + one["took"]) if act else None,
        one.get("taken", 0),
    )


def _thread(one: Mapping[str, Any], at: Any) -> ThreadRow:
    return ThreadRow(
        one["n"],
        one["kind"],
        one["title"],
        one["group"],
        one.get("idea", 0),
        one.get("asked", ""),
        at(one["day"]),
        at(one.get("due")),
        at(one.get("replied")),
        at(one.get("answered")),
        one.get("accepted", 0),
    )


def _post(thread: int, number: int, one: Mapping[str, Any], at: Any) -> PostRow:
    return PostRow(thread, number, one["group"], one["text"], at(one["day"]), helpful=at(one.get("helped")))


def commons_laid(cycle: Cycle, name: str, start: datetime, people: Mapping[str, Any]) -> None:
    """Lay what is told under `name` into a cycle whose teams are there. What `people`, who can sign in, said and wrote is theirs."""
    before = cycle.predecessor.key if cycle.predecessor is not None else ""
    landing = Landing.on(cycle, Bundle(design_of(cycle), commons_of(name, start, before)), db_now())
    landing.groups = dict(Group.objects.filter(cycle=cycle).values_list("key", "pk"))
    for load in (load_ideas, load_studies, load_tests, load_talk):
        load(landing)
    told = _told()[name]
    for one in told.get("taken", ()):
        if "test" in one:
            ChangeTest.objects.filter(cycle=cycle, number=one["test"]).update(
                taken=Taken.objects.get(cycle=cycle, number=one["n"])
            )
    places = _places(cycle, people)
    for place in places.values():
        mine = {"group": place.group_id} if place.group_id else {"group__isnull": True, "key_digest": "", "safe": True}
        Idea.objects.filter(cycle=cycle, **mine).update(author=place.person_id)
        if place.group_id:
            Thread.objects.filter(cycle=cycle, group=place.group_id).update(author=place.person_id)
            Post.objects.filter(thread__cycle=cycle, group=place.group_id).update(author=place.person_id)
    _thanked(cycle, told, places)


def _places(cycle: Cycle, people: Mapping[str, Any]) -> dict[str, Membership]:
    """As whom those who can sign in play here."""
    names = {user.pk: name for name, user in people.items() if name in ("olga", "ada", "ben")}
    held = Membership.objects.filter(cycle=cycle, person__user__in=names, until__isnull=True).select_related("person")
    return {names[one.person.user_id]: one for one in held.order_by("-pk") if one.person.user_id is not None}


def _thanked(cycle: Cycle, told: Mapping[str, Any], places: Mapping[str, Membership]) -> None:
    """Thanks and follows, each some hours after what it is for."""
    ideas = {one.number: one for one in Idea.objects.filter(cycle=cycle)}
    threads = {one.number: one for one in Thread.objects.filter(cycle=cycle)}
    posts = {(one.thread_id, one.number): one for one in Post.objects.filter(thread__cycle=cycle)}
    groups = {one.key: one for one in Group.objects.filter(cycle=cycle)}
    later = timedelta(hours=3)
    thanks, follows = [], []
    for one in told.get("thanks", ()):
        place = places[one["who"]]
        held = {"cycle": cycle, "person_id": place.person_id, "group_id": place.group_id}
        if "post" in one:
            post = posts[threads[one["post"][0]].pk, one["post"][1]]
            thanks.append(Thanks(**held, post=post, at=post.at + later))
        elif "idea" in one:
            idea = ideas[one["idea"]]
            thanks.append(Thanks(**held, idea=idea, at=idea.shared_at + later))
        else:
            thanks.append(Thanks(**held, to_group=groups[one["cheer"]], at=db_now() - later))
    for one in told.get("follows", ()):
        what = {
            "thread": threads.get(one.get("thread", 0)),
            "idea": ideas.get(one.get("idea", 0)),
            "group": groups.get(one.get("group", "")),
        }
        follows.append(Follow(cycle=cycle, person_id=places[one["who"]].person_id, at=db_now() - later, **what))
    Thanks.objects.bulk_create(thanks)
    Follow.objects.bulk_create(follows)
