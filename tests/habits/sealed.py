"""A cycle that is not public, with one row of every kind in it: what nobody outside may learn anything of."""

from datetime import timedelta
from typing import Any

from django.db.models import Model
from django.utils.timezone import now

from games.changes.models import Appeal, ChangeSet
from games.coaching.models import Booking, SessionNote, Slot
from games.credentials.models import Credential
from games.cycles.models import Decision, Series
from games.groups.models import Membership
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
    RankedList,
    Stand,
    Vote,
)
from games.learning.models import ChangeTest, Observation, Reading, Taken
from games.notices.models import Announcement, Message, Notice
from games.partnerships.models import Partner, Partnership
from games.peers.models import PeerAsk
from games.progression.models import Carried, Draft
from games.recognition.models import EarnedBadge, Grant, GrantPass, LearningWeek, Points, PointsTotal, WatchFlag, Win
from games.results.models import ChallengeScore, ExternalResult, RecomputeRun
from games.retrospectives.models import Adoption, Proposal, Retrospective
from games.rounds.models import Entrant, Extension
from games.submissions.models import Attempt, Submission, Upload, Version
from games.suggestions.models import Suggestion
from games.talk.models import Follow, Post, Report, Ruling, Thread
from leaderboards.models import Board, Snapshot, Standing
from tests.cast import Cast
from tests.factories.accounts import ApiTokenFactory
from tests.factories.groups import JoinRequestFactory, RegistrationFactory
from tests.factories.organizations import PersonFactory


def seal(cast: Cast) -> dict[type[Model], Model]:
    """Close the cast's cycle to the public and put one row of every kind into it; the row of each kind by its model."""
    cycle, today = cast.cycle, now()
    cycle.public, cycle.series = False, Series.objects.create(key="quiet", name="Quiet")
    cycle.save(update_fields=["public", "series"])
    rows: list[Model] = [
        cycle,
        cycle.series,
        cycle.designs.get(),
        cast.red,
        cast.call,
        cast.concept,
        cast.ada.person,
        cast.ada.user,
    ]
    rows += [Membership.objects.get(person=cast.ada.person), *_entry(cast, today), *_judging(cast), *_results(cast, today)]
    rows += [
        Draft.objects.create(cycle=cycle, data={"cycle": {"key": "water"}}, saved_at=today),
        RegistrationFactory(group=cast.red),
        JoinRequestFactory(group=cast.red, person=cast.ben.person),
        Decision.objects.create(cycle=cycle, number=90, at=today, kind="launch", decider="Org"),
        Extension.objects.create(round=cast.call, group=cast.red, until=today, reason="a storm"),
        Entrant.objects.create(round=cast.call, group=cast.red, at=today),
        Message.objects.create(to="ada@example.org", cycle=cycle, kind="receipt", key="one", subject="Received", body="."),
        ApiTokenFactory(user=cast.ada.user),
        Announcement.objects.create(cycle=cycle, title="Doors open at nine", audience="teams"),
        Appeal.objects.create(round=cast.call, group=cast.red, text="Please look at the sealed marks again."),
        ChangeSet.objects.create(cycle=cycle, number=1, reason="A sealed slip of the pen."),
        Idea.objects.create(
            cycle=cycle, number=1, kind="tactic", title="The quiet sieve", group=cast.red, audience="everybody", shared_at=today
        ),
        IdeaDraft.objects.create(cycle=cycle, person=cast.ada.person, group=cast.red, content={"title": "The quiet filter"}),
        Observation.objects.create(cycle=cycle, period=today.date(), value=1, note="A quiet count.", at=today),
        ChangeTest.objects.create(
            cycle=cycle, number=1, group=cast.red, round=cast.call, title="The quiet test", state="acted", act="adopt"
        ),
        Reading.objects.create(round=cast.call, group=cast.red, idea=Idea.objects.get(cycle=cycle)),
        Taken.objects.create(cycle=cycle, number=1, round=cast.call, group=cast.red, text="The quiet trial", at=today),
        _partnership(cast, today),
        Notice.objects.create(cycle=cycle, person=cast.ada.person, topic="news", key="n", text="Doors open at nine"),
    ]
    rows.append(
        Suggestion.objects.create(cycle=cycle, number=1, author=cast.ada.person, title="The quiet rule", why=".", at=today)
    )
    looked_back = Retrospective.objects.create(cycle=cycle, asked_at=today)
    rows += [
        looked_back,
        Proposal.objects.create(retrospective=looked_back, number=1, section="rules", code="rule_unused", about="quiet"),
        Adoption.objects.create(
            cycle=cycle, idea=Idea.objects.get(cycle=cycle), way="test", prediction="A quiet hope.", at=today
        ),
        Carried.objects.create(cycle=cycle, group=cast.red, kind="badge", key="quiet", name="The quiet badge", at=today),
    ]
    rows += [*_talk(cast, today), *_help(cast, today)]
    rows.append(_idea_merger(cast, today))
    return {type(row): row for row in rows}


def _idea_merger(cast: Cast, today: Any) -> IdeaMerger:
    other = Idea.objects.create(
        cycle=cast.cycle, number=2, kind="tactic", title="The quiet cloth", group=cast.blue, audience="own", shared_at=today
    )
    source = Idea.objects.get(cycle=cast.cycle, number=1)
    return IdeaMerger.objects.create(source=source, into=other, group=cast.red, asked_at=today)


def _partnership(cast: Cast, today: Any) -> Partnership:
    one = Partnership.objects.create(
        cycle=cast.cycle, number=1, kind="merger", lead=cast.red, note="The quiet wish", proposed_at=today
    )
    Partner.objects.create(partnership=one, group=cast.red, basis_points=6_000, answer="agreed")
    Partner.objects.create(partnership=one, group=cast.blue, basis_points=4_000)
    return one


def _help(cast: Cast, today: Any) -> list[Model]:
    expert = PersonFactory(name="The quiet expert")
    slot = Slot.objects.create(
        cycle=cast.cycle,
        number=1,
        expert=expert,
        starts_at=today + timedelta(days=3),
        ends_at=today + timedelta(days=3, minutes=20),
        place="The quiet room",
        offered_at=today,
    )
    booking = Booking.objects.create(cycle=cast.cycle, slot=slot, group=cast.red, question="The quiet doubt?", booked_at=today)
    note = SessionNote.objects.create(booking=booking, author=expert, text="The quiet advice", shared=True, at=today)
    asks = {"cycle": cast.cycle, "asker": cast.red, "asked": cast.blue, "asked_at": today}
    return [slot, booking, note, PeerAsk.objects.create(number=1, words="The quiet wish", **asks)]


def _talk(cast: Cast, today: Any) -> list[Model]:
    said: dict[str, Any] = {"group": cast.red, "author": cast.ada.person}
    idea, by = Idea.objects.get(cycle=cast.cycle), {"person": cast.ada.person, "at": today}
    thread = Thread.objects.create(
        cycle=cast.cycle, number=1, kind="question", idea=idea, title="The quiet question", opened_at=today, last_at=today, **said
    )
    post = Post.objects.create(thread=thread, number=1, text="The quiet word", at=today, **said)
    return [
        thread,
        post,
        Follow.objects.create(cycle=cast.cycle, idea=idea, **by),
        Report.objects.create(cycle=cast.cycle, post=post, why="The quiet reason", **by),
        Ruling.objects.create(cycle=cast.cycle, post=post, verdict="hidden", why="The quiet ruling", at=today),
    ]


def _entry(cast: Cast, today: Any) -> list[Model]:
    submission = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted", submitted_at=today)
    by: dict[str, Any] = {"submission": submission, "by": cast.ada.person, "digest": "0" * 64}
    return [
        submission,
        Version.objects.create(number=1, data={"text": "secret"}, at=today, **by),
        Upload.objects.create(field="plan", name="plan.pdf", file="uploads/x", size=1, content_type="application/pdf", **by),
        Attempt.objects.create(challenge=cast.concept, group=cast.red, number=1, elapsed_ms=5, verdict="accepted"),
    ]


def _judging(cast: Cast) -> list[Model]:
    sheet = cast.assign(cast.judith, cast.red)
    return [
        sheet,
        Ballot.objects.create(
            challenge=cast.concept, panel="crowd", person=cast.ada.person, group=cast.red, flag="a sealed burst"
        ),
        FeedbackReply.objects.create(sheet=sheet, kind="question", text="A sealed question."),
        Panelist.objects.get(person=cast.judith.person),
        ConflictOfInterest.objects.create(person=cast.judith.person, group=cast.blue, reason="cousins"),
        Concern.objects.create(group=cast.red, words="The man from the quiet river board."),
        AssignmentPlan.objects.create(challenge=cast.concept, panel="jury"),
        Calibration.objects.create(challenge=cast.concept, panel="jury", state="done"),
        Stand.objects.create(round=cast.call, group=cast.red, number=1, location="The quiet corner"),
        Pitch.objects.create(round=cast.call, group=cast.red, panel="jury", room="The quiet room", starts_at=now(), minutes=5),
        Deliberation.objects.create(challenge=cast.concept, panel="jury", group=cast.red, why="Sealed words."),
        MarkReview.objects.create(sheet=sheet, distance=300),
        Vote.objects.create(challenge=cast.concept, judge=cast.judith.person, a=cast.red, b=cast.blue),
        RankedList.objects.create(challenge=cast.concept, judge=cast.judith.person, groups=[cast.red.pk]),
    ]


def _results(cast: Cast, today: Any) -> list[Model]:
    cycle = cast.cycle
    board = Board.objects.create(scope=cycle.pk, key="result", number=1, name="Result", live=True)
    return [
        board,
        Standing.objects.create(board=board, entry="red", name="Red Herons", rank=1, place="1", score="4"),
        Snapshot.objects.create(board=board, number=1, design_number=1, rows=[], digest="0" * 64, published_at=today),
        ChallengeScore.objects.create(challenge=cast.concept, group=cast.red, status="scored", score="4"),
        RecomputeRun.objects.create(cycle=cycle, kind="refresh", step="lock"),
        ExternalResult.objects.create(cycle=cycle, kind="place", key="result", group="red", value="1"),
        Grant.objects.create(cycle=cycle, award="gold", kind="medal", name="Gold", group=cast.red, state="granted"),
        GrantPass.objects.create(cycle=cycle, award="gold", group=cast.red, place="1", why="declined"),
        Credential.objects.create(
            cycle=cycle, group=cast.red, source="grant", key="gold", title="Gold", name="The quiet winner", asked_at=today
        ),
        Points.objects.create(cycle=cycle, seal=1, rule="first", design_number=1, group=cast.red, amount=5, at=today),
        PointsTotal.objects.create(cycle=cycle, group=cast.red, amount=5),
        EarnedBadge.objects.create(cycle=cycle, badge="first", group=cast.red, design_number=1, seal=1, at=today),
        Win.objects.create(cycle=cycle, group=cast.red, kind="first_test", key="first", seal=1, at=today),
        LearningWeek.objects.create(cycle=cycle, group=cast.red, week=today.date(), acts=1),
        WatchFlag.objects.create(cycle=cycle, number=1, kind="motion", key="first", found_at=today, seen_at=today),
    ]
