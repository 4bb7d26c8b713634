"""A full house: at least three rows of everything the API lists, all of them seen by `org`, who owns the instance and organizes.

One competition is judged and published, in another entries are open: ada and ben captain its teams, judith judges, eve is outside.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils.timezone import now

from games.changes.models import Appeal, ChangeSet
from games.coaching.models import Booking, SessionNote, Slot
from games.cycles.actions import record_decision
from games.cycles.models import Cycle, Series
from games.cycles.rules import DecisionKind
from games.groups.models import Group, Membership
from games.ideas.models import Idea, IdeaDraft, IdeaMerger
from games.judging.models import (
    AssignmentPlan,
    Ballot,
    Calibration,
    Concern,
    ConflictOfInterest,
    Deliberation,
    FeedbackReply,
    MarkReview,
    Panelist,
    Pitch,
    Sheet,
    Stand,
)
from games.learning.models import ChangeTest, Observation, Reading, Taken
from games.notices.models import Announcement, Message, Notice
from games.partnerships.models import Partnership
from games.peers.models import PeerAsk
from games.progression.models import Draft
from games.results.models import ExternalResult
from games.rounds.models import Extension, Round
from games.submissions.models import Attempt, Upload
from games.suggestions.models import Suggestion
from games.talk.models import Follow, Post, Report, Ruling, Thread
from tests.cast import Actor, actor
from tests.factories.accounts import ApiTokenFactory
from tests.factories.groups import JoinRequestFactory, MembershipFactory, RegistrationFactory
from tests.factories.house_recognized import looked_back, recognized
from tests.factories.judging import sheet_for
from tests.factories.kept import kept
from tests.factories.organizations import OrganizationFactory, PersonFactory
from tests.factories.results import Played, judge_final, water
from tests.factories.submissions import ESSAY, Scene, entry, scene
from worker.steps import settle_now

QUIZ: dict[str, Any] = {
    "key": "riddle",
    "format": "exact",
    "answers": ["42"],
    "hints": [{"key": "first", "text": "Even.", "cost": 1}],
}


@dataclass(frozen=True)
class House:
    """The people, what was played and what is open. `secrets`: name -> token."""

    people: dict[str, Actor]
    played: Played
    open: Scene
    secrets: dict[str, str] = field(default_factory=dict)


@kept
def full_house() -> House:
    """All rows."""
    people = {name: actor(name) for name in ("ada", "ben", "judith", "eve")}
    people["org"] = actor("org", is_superuser=True, may_launch=True)
    played, call = water(), scene(ESSAY, groups=3)
    judge_final(played)
    for round_ in played.rounds.values():
        settle_now(round_, by=people["org"].user)
    settle_now(played.rounds["final"], by=people["org"].user, reason="A slip of the pen.")
    _roles(people, played, call)
    _entries(people, call)
    _around(people, played, call)
    secrets = {}
    for name, someone in people.items():
        secrets[name] = f"ludus_a-token-of-{name}-that-only-tests-know"
        for number in range(3):
            ApiTokenFactory.create(user=someone.user, secret=secrets[name] + str(number) * bool(number))
    return House(people, played, call, secrets)


def _roles(people: dict[str, Actor], played: Played, call: Scene) -> None:
    for cycle in (played.cycle, call.cycle):
        for name, role, held in (("org", "organizer", ["organize"]), ("judith", "judge", ["judge"])):
            MembershipFactory.create(cycle=cycle, group=None, person=people[name].person, role=role, capabilities=held)
    for name, group in zip(("ada", "ben"), call.groups, strict=False):
        held = ["captain", "submit"]
        MembershipFactory.create(cycle=call.cycle, group=group, person=people[name].person, role="captain", capabilities=held)
    for group in call.groups:
        RegistrationFactory.create(group=group)
        JoinRequestFactory.create(group=group)
        MembershipFactory.create(cycle=call.cycle, group=group)


def _entries(people: dict[str, Actor], call: Scene) -> None:
    for number, group in enumerate(call.groups, 1):
        made, _ = entry(call, group)
        file = ContentFile(b"%PDF-1.4", name="paper.pdf")
        kept = {"name": "paper.pdf", "size": 8, "content_type": "application/pdf", "digest": "0" * 64}
        Upload.objects.create(submission=made, field="paper", file=file, **kept)
        Attempt.objects.create(challenge=call.challenge, group=group, number=number, elapsed_ms=1000 * number, at=now())
        sheet = sheet_for(call, people["judith"].person, group)
        Ballot.objects.create(challenge=call.challenge, panel="jury", person=PersonFactory.create(), group=group, flag="too fast")
        Deliberation.objects.create(challenge=call.challenge, panel="jury", group=group, why="The same")
        MarkReview.objects.create(sheet=sheet, distance=300)
        _judged(call, group, number)
        Extension.objects.create(round=call.round, group=group, until=now() + timedelta(days=3), reason="illness")
        ConflictOfInterest.objects.create(person=PersonFactory.create(), group=group)
        Panelist.objects.create(challenge=call.challenge, panel="jury", person=PersonFactory.create())


def _judged(call: Scene, group: Group, number: int) -> None:
    """What stands around judging: a row each."""
    panel, at = f"panel-{number}", now() + timedelta(hours=number)
    Calibration.objects.create(challenge=call.challenge, panel=panel, state="done")
    AssignmentPlan.objects.create(challenge=call.challenge, panel="jury", state="dropped")
    Concern.objects.create(group=group, words="The same")
    Stand.objects.create(round=call.round, group=group, number=number)
    Pitch.objects.create(round=call.round, group=group, panel="jury", room="Hall", starts_at=at, minutes=10)
    sheet = Sheet.objects.filter(challenge=call.challenge, group=group).latest("pk")
    FeedbackReply.objects.create(sheet=sheet, kind="thanks", text="The same")


def learned(round_: Round, group: Group, number: int) -> None:
    """What is shared, studied, tried and measured: a row each."""
    cycle = round_.cycle
    idea = Idea.objects.create(cycle=cycle, number=number, kind="tactic", title="The same", group=group, shared_at=now())
    ChangeTest.objects.create(cycle=cycle, number=number, group=group, title="The same")
    Observation.objects.create(cycle=cycle, period=now().date() - timedelta(days=number), value=1_000_000, at=now())
    reading = Reading.objects.create(round=round_, group=group, idea=idea)
    Taken.objects.create(cycle=cycle, number=number, round=round_, group=group, reading=reading, text="The same", at=now())
    Suggestion.objects.create(cycle=cycle, number=number, group=group, title="The same", why="The same", at=now())
    recognized(idea, group, number)
    _helped(group, number)
    _joined(idea, group, number)
    _talked(idea, number)


def _joined(idea: Idea, group: Group, number: int) -> None:
    """Two teams that think about one entry, and an idea asked to go into another."""
    other = Idea.objects.create(
        cycle=idea.cycle, number=number + 1_000, kind="tactic", title="The same", group=group, shared_at=now()
    )
    IdeaMerger.objects.create(source=idea, into=other, group=group, shares={str(group.pk): 10_000}, asked_at=now())
    Partnership.objects.create(cycle=idea.cycle, number=number, kind="merger", lead=group, proposed_at=now())


def _helped(group: Group, number: int) -> None:
    """An office hour that is booked, a note on it, and an ask between peers."""
    cycle, at = group.cycle, now()
    organizer = Membership.objects.get(cycle=cycle, role="organizer").person
    ends = at + timedelta(minutes=20)
    slot = Slot.objects.create(cycle=cycle, number=number, expert=organizer, starts_at=at, ends_at=ends, offered_at=at)
    booking = Booking.objects.create(cycle=cycle, slot=slot, group=group, question="The same", booked_at=at)
    SessionNote.objects.create(booking=booking, author=organizer, text="The same", shared=True, at=at)
    other = Group.objects.filter(cycle=cycle).exclude(pk=group.pk).order_by("pk")[0]
    PeerAsk.objects.create(cycle=cycle, number=number, asker=group, asked=other, words="The same", asked_at=at)


def _talked(idea: Idea, number: int) -> None:
    """What is said about it, followed, reported and ruled on: a row each, and the organizer follows all."""
    cycle, at = idea.cycle, now()
    thread = Thread.objects.create(
        cycle=cycle, number=number, kind="barrier", title="The same", group=idea.group, opened_at=at, last_at=at
    )
    post = Post.objects.create(thread=thread, number=1, group=idea.group, text="The same", at=at)
    organizer = Membership.objects.get(cycle=cycle, role="organizer").person
    IdeaDraft.objects.create(cycle=cycle, person=organizer, content={"title": "The same"})
    Follow.objects.create(cycle=cycle, person=organizer, idea=idea, at=at)
    Report.objects.create(cycle=cycle, post=post, person=organizer, why="The same", at=at)
    Ruling.objects.create(cycle=cycle, post=post, verdict="left", why="The same", at=at)


def _around(people: dict[str, Actor], played: Played, call: Scene) -> None:
    cycle = call.cycle
    for number in range(3):
        Cycle.objects.filter(pk=played.cycle.pk).update(series=Series.objects.create(key=f"series-{number}", name="The same"))
        OrganizationFactory.create(name="The same")
        Message.objects.create(to="ada@example.org", kind="test", key=f"message-{number}", subject="Hello", body="Hello.")
        record_decision(cycle, DecisionKind.BREAK, by=people["org"].user, reason="A draw.", board="result", group="team-1")
        ExternalResult.objects.create(cycle=cycle, kind="board", key="result", group=f"team-{number}", name="score", value="1.5")
        learned(call.round, call.groups[number], number + 1)
        Announcement.objects.create(cycle=cycle, title="The same", at=now())
        Appeal.objects.create(round=call.round, group=call.groups[number], text="The same")
        ChangeSet.objects.create(cycle=cycle, number=number + 1, reason="The same")
        person = people["org"].person
        Notice.objects.create(cycle=cycle, person=person, topic="news", key=f"the-same-{number}", text="The same")
        Cycle.objects.create(
            key=f"other-{number}", name="Other", series=Series.objects.get(key=f"series-{number}"), state="running"
        )
        written = Cycle.objects.create(key=f"draft-{number}", name="The same", state="draft")
        MembershipFactory.create(cycle=written, group=None, person=person, role="organizer", capabilities=["organize"])
        Draft.objects.create(cycle=written, data={}, saved_at=now())
    looked_back(*Cycle.objects.filter(key__startswith="draft-").order_by("pk"))
