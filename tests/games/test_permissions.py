"""The permission table: who holds what before publication, after it, and in a cycle that is not public. Every row is here."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.changes.models import Appeal, ChangeSet
from games.coaching.models import Booking, SessionNote, Slot
from games.credentials.models import Credential
from games.cycles.actions import record_decision
from games.cycles.models import Design, Series
from games.cycles.rules import DecisionKind
from games.ideas.models import Idea, IdeaDraft, IdeaMerger, RiskAnswer
from games.journal.actions import record
from games.journal.rules import Kind
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
from games.notices.models import Announcement, Notice
from games.organizations.models import Organization
from games.partnerships.models import Partner, Partnership
from games.peers.models import PeerAsk
from games.permissions import PERMISSIONS, access_for, allows, visible
from games.progression.models import Carried, Draft
from games.recognition.models import EarnedBadge, Grant, GrantPass, LearningWeek, Points, PointsTotal, WatchFlag, Win
from games.results.models import ChallengeScore, ExternalResult, PanelAnalysis, RecomputeRun
from games.retrospectives.models import Adoption, Proposal, Retrospective
from games.rounds.models import Entrant, Extension
from games.submissions.models import Attempt, Submission, Upload, Version
from games.suggestions.models import Suggestion
from games.talk.models import Follow, Post, Report, Ruling, Thread
from leaderboards.models import Board, Snapshot, Standing
from tests.cast import Actor, Cast, actor, playing
from tests.factories.accounts import ApiTokenFactory, UserFactory
from tests.factories.cycles import CycleFactory
from tests.factories.groups import GroupFactory, JoinRequestFactory, MembershipFactory, RegistrationFactory
from tests.factories.kept import kept

pytestmark = pytest.mark.django_db
ALL = "ada ben judith org eve visitor"
NOBODY = ""

# permission → (who while the round is sealed, who once it is published in full). The row asked about is ada's.
TABLE: dict[str, tuple[str, str]] = {
    "instance.desk": (NOBODY, NOBODY),
    "cycle.launch": (NOBODY, NOBODY),
    "playbook.post": (NOBODY, NOBODY),
    "signed_in": ("ada ben judith org eve", "ada ben judith org eve"),
    "organization.view": (ALL, ALL),
    "cycle.view": (ALL, ALL),
    "cycle.read_whole": ("org", "org"),
    "cycle.break_glass": (NOBODY, NOBODY),
    "cycle.organize": ("org", "org"),
    "cycle.follow_up": ("", ""),  # org organizes, but may not launch here
    "cycle.follow": ("org", "org"),
    "ceremony.view": ("org", "org"),  # of the cast's cycle not every round is published
    "series.view": (ALL, ALL),
    "design.view": (ALL, ALL),
    "draft.view": ("org", "org"),
    "draft.write": ("org", "org"),
    "decision.view": ("org", ALL),
    "decision.revoke": ("org", "org"),
    "group.view": (ALL, ALL),
    "group.member": ("ada", "ada"),
    "group.manage": ("ada org", "ada org"),
    "group.submit": ("ada", "ada"),
    "group.appeal": ("ada", "ada"),
    "group.rhythm": ("ada org", "ada org"),
    "group.join_forces": ("ada", "ada"),
    "partnership.view": ("ada ben org", "ada ben org"),  # only proposed
    "partnership.act": ("ada ben", "ada ben"),
    "membership.view": ("ada org", "ada org"),
    "membership.end": ("ada org", "ada org"),
    "registration.view": ("ada org", "ada org"),
    "registration.complete": ("ada", "ada"),
    "registration.settle": ("org", "org"),
    "join_request.view": ("ada org", "ada org"),
    "join_request.settle": ("ada org", "ada org"),
    "person.view": ("ada org", "ada org"),
    "round.view": (ALL, ALL),
    "round.steer": ("org", "org"),
    "extension.view": ("ada org", "ada org"),
    "challenge.view": (ALL, ALL),
    "challenge.organize": ("org", "org"),
    "submission.view": ("ada judith org", ALL),
    "submission.edit": ("ada", "ada"),
    "submission.rule_on": ("org", "org"),
    "version.view": ("ada judith org", ALL),
    "upload.view": ("ada judith org", ALL),
    "upload.remove": ("ada", "ada"),
    "attempt.judge": ("org", "org"),
    "panelist.change": ("org", "org"),
    "panelist.own": ("judith", "judith"),
    "conflict.settle": ("org", "org"),
    "plan.view": ("org", "org"),
    "plan.settle": ("org", "org"),
    "concern.view": ("ada org", "ada org"),
    "concern.settle": ("org", "org"),
    "attempt.view": ("ada org", ALL),
    "idea.view": ("ada ben org", "ada ben org"),  # one for the teams
    "idea.tell": ("ada", "ada"),
    "idea.widen": ("ada", "ada"),
    "idea.split": ("ada", "ada"),
    "idea_merger.view": ("ada ben org", "ada ben org"),  # of an idea of ada's team and one of ben's
    "idea_merger.act": ("ada ben", "ada ben"),
    "idea.moderate": ("org", "org"),
    "cycle.barriers": ("ada ben org", "ada ben org"),
    "thread.view": ("ada ben org", "ada ben org"),  # of the idea for the teams
    "thread.say": ("ada ben org", "ada ben org"),
    "thread.heed": ("ada ben org", "ada ben org"),
    "post.heed": ("ada ben org", "ada ben org"),
    "idea.heed": ("ada ben org", "ada ben org"),
    "group.heed": ("ada ben judith org", "ada ben judith org"),
    "thread.settle": ("ada", "ada"),
    "post.view": ("ada ben org", "ada ben org"),
    "post.correct": ("ada", "ada"),
    "post.moderate": ("org", "org"),
    "follow.view": ("ada", "ada"),
    "report.view": ("ben org", "ben org"),  # ben's, of what ada said
    "ruling.view": ("ada org", "ada org"),
    "ruling.appeal": ("ada", "ada"),
    "ruling.answer": ("org", "org"),
    "idea_draft.view": ("ada", "ada"),
    "reading.view": ("ada org", "ada org"),
    "reading.read": ("ada", "ada"),
    "taken.view": ("ada org", "ada org"),
    "taken.drop": ("ada", "ada"),
    "cycle.office_hours": ("org", "org"),  # and experts
    "slot.view": ("ada ben org", "ada ben org"),
    "slot.book": ("ada ben", "ada ben"),
    "slot.withdraw": ("org", "org"),
    "booking.view": ("ada org", "ada org"),
    "booking.change": ("ada", "ada"),
    "booking.settle": ("org", "org"),
    "booking.note": (NOBODY, NOBODY),  # the expert alone
    "session_note.view": ("ada org", "ada org"),  # shared
    "peer_ask.view": ("ada ben org", "ada ben org"),  # of ada's group to ben's
    "peer_ask.known": ("ada ben org", "ada ben org"),  # accepted
    "peer_ask.answer": ("ben", "ben"),
    "peer_ask.withdraw": ("ada", "ada"),
    "cycle.safe_room": ("ada ben org", "ada ben org"),
    "cycle.tell_failure": ("ada ben org", "ada ben org"),
    "round.answer_risk": ("ada ben", "ada ben"),
    "risk_answer.view": ("ada ben org", "ada ben org"),  # in sight
    "panelist.view": ("judith org", "judith org"),
    "conflict.view": ("ben judith org", "ben judith org"),  # ben's team said so
    "sheet.view": ("judith org", ALL),
    "sheet.mark": ("judith", "judith"),
    "vote.cast": ("judith", "judith"),
    "list.rank": ("judith", "judith"),
    "sheet.reply": (NOBODY, "ada"),
    "ballot.view": ("ada org", "ada org"),  # ada's own, and flagged
    "ballot.settle": ("org", "org"),
    "voting.steer": ("org", "org"),
    "feedback_reply.view": ("judith org", "ada judith org"),
    "sheet.answer_flag": ("org", "org"),
    "sheet.reopen": ("org", "org"),
    "sheet.deliberate": ("org", "org"),
    "deliberation.view": ("judith org", "judith org"),
    "deliberation.speak": ("judith org", "judith org"),
    "deliberation.decide": ("org", "org"),
    "review.view": ("org", "org"),
    "review.answer": ("org", "org"),
    "calibration.view": ("judith org", "judith org"),
    "calibration.talk": ("judith org", "judith org"),
    "calibration.lead": ("org", "org"),  # judith is not the chair
    "stand.view": ("ada judith org", "ada judith org"),
    "stand.place": ("org", "org"),
    "stand.visit": ("judith", "judith"),  # who was sent there
    "stand.attend": ("ada judith org", "ada judith org"),
    "pitch.view": ("ada judith org", "ada judith org"),
    "pitch.move": ("org", "org"),
    "score.view": ("org", ALL),
    "analysis.view": ("org", ALL),
    "run.view": ("org", "org"),
    "external_result.view": (ALL, ALL),
    "board.view": (ALL, ALL),
    "standing.view": ("org", "org"),
    "snapshot.view": (ALL, ALL),
    "grant.view": ("ada org", ALL),
    "grant.move": ("org", "org"),
    "grant.decline": ("ada org", "ada org"),
    "grant.book": ("", "ada"),
    "grant.proof": ("ada org", "ada org"),
    "grant_pass.view": ("org", ALL),
    "credential.view": ("ada org", "ada org"),  # one of ada's own
    "credential.give_up": ("ada", "ada"),
    "credential.revoke": ("org", "org"),
    "points.view": (ALL, ALL),
    "points_total.view": (ALL, ALL),
    "earned_badge.view": (ALL, ALL),
    "win.view": ("ada ben judith org", "ada ben judith org"),  # about nothing that has readers of its own
    "win.cheer": ("ben judith org", "ben judith org"),
    "learning_week.view": ("ada org", "ada org"),
    "watch_flag.view": ("org", "org"),
    "watch_flag.settle": ("org", "org"),
    "entrant.view": (ALL, ALL),
    "announcement.view": ("ada ben org", "ada ben org"),  # one for the teams
    "announcement.withdraw": ("org", "org"),
    "notice.view": ("ada", "ada"),
    "appeal.view": ("ada org", "ada org"),
    "appeal.withdraw": ("ada", "ada"),
    "appeal.answer": ("org", "org"),
    "change_set.view": ("org", "org"),
    "change_set.write": ("org", "org"),
    "cycle.suggest": ("ada ben judith org", "ada ben judith org"),
    "suggestion.view": ("ada ben judith org", "ada ben judith org"),
    "suggestion.support": ("ben judith org", "ben judith org"),
    "suggestion.withdraw": ("ada", "ada"),
    "suggestion.decide": ("org", "org"),
    "retrospective.view": ("org", "org"),  # not published itself
    "retrospective.write": ("org", "org"),
    "proposal.view": ("org", "org"),
    "proposal.decide": ("org", "org"),
    "adoption.view": ("ada ben org", "ada ben org"),  # of an idea for all teams
    "carried.view": (ALL, ALL),  # points
    "observation.view": ("ada org", "ada org"),  # of ada's group
    "observation.correct": ("org", "org"),
    "change_test.view": ("ada org", ALL),  # finished in the round
    "change_test.write": ("ada", "ada"),
    "journal.view": ("org", "org"),
}


@dataclass(frozen=True)
class World:
    """One row of every model, about ada's group red; judith has a sheet on it."""

    cast: Cast
    rows: dict[type[Model], Model]

    def row(self, name: str) -> Model | None:
        model = PERMISSIONS[name].model
        return None if model is None else self.rows[model]

    def holders(self, name: str) -> str:
        return self.table([name])[name]

    def table(self, names: Iterable[str]) -> dict[str, str]:
        """Who holds each permission, facts about everybody loaded once."""
        facts = [(one.name, one.access) for one in self.cast.everybody()]
        return {name: " ".join(who for who, access in facts if allows(access, name, self.row(name))) for name in names}

    def publish(self) -> None:
        """What publication does: the round is shown, the grant given, the decision read by everybody."""
        self.cast.publish(self.cast.call)
        Grant.objects.update(state="granted")
        type(self.rows_of("decision.view"))._default_manager.update(published_at=now())

    def rows_of(self, name: str) -> Model:
        row = self.row(name)
        assert row is not None
        return row


@pytest.fixture
def world(db: None) -> World:
    return _world()


@kept
def _world() -> World:
    cast = playing()
    made = [*_people(cast), *_work(cast), *_results(cast)]
    return World(cast, {type(one): one for one in made})


def _people(cast: Cast) -> Iterator[Model]:
    yield cast.cycle
    cast.cycle.series = Series.objects.create(key="waters", name="Waters")
    cast.cycle.save(update_fields=["series"])
    yield cast.cycle.series
    yield cast.red
    yield cast.call
    yield cast.concept
    yield Organization.objects.create(key="school", name="School")
    yield cast.ada.person
    yield cast.red.memberships.get()
    yield Design.objects.get(cycle=cast.cycle)
    yield Draft.objects.create(cycle=cast.cycle, data={}, saved_at=now())
    yield RegistrationFactory(group=cast.red)
    yield JoinRequestFactory(group=cast.red, person=actor("zoe").person)
    yield record_decision(cast.cycle, DecisionKind.DISQUALIFY, by=None, group="red", reason="Late.", public=False)
    yield Extension.objects.create(
        round=cast.call, group=cast.red, until=cast.call.closes_at + timedelta(days=1), reason="illness"
    )
    yield Entrant.objects.create(round=cast.call, group=cast.red, at=now())
    yield record(Kind.SUBMISSION_RECEIVED, cycle_id=cast.cycle.pk, group_id=cast.red.pk)


def _partnership(cast: Cast) -> Partnership:
    one = Partnership.objects.create(cycle=cast.cycle, number=1, kind="merger", lead=cast.red, proposed_at=now())
    Partner.objects.create(partnership=one, group=cast.red, basis_points=6_000, answer="agreed")
    Partner.objects.create(partnership=one, group=cast.blue, basis_points=4_000)
    return one


def _idea_merger(cast: Cast, idea: Idea) -> IdeaMerger:
    other = Idea.objects.create(
        cycle=cast.cycle, number=2, kind="tactic", title="Cloth", group=cast.blue, audience="teams", shared_at=now()
    )
    return IdeaMerger.objects.create(source=idea, into=other, group=cast.red, asked_at=now())


def _work(cast: Cast) -> Iterator[Model]:
    at = now()
    entry = Submission.objects.create(challenge=cast.concept, group=cast.red, state="submitted")
    yield entry
    yield Version.objects.create(submission=entry, number=1, digest="0" * 64, at=at)
    yield Upload.objects.create(
        submission=entry, field="paper", name="a.pdf", size=1, content_type="application/pdf", digest="0" * 64
    )
    yield Attempt.objects.create(challenge=cast.concept, group=cast.red, number=1, at=at, elapsed_ms=1)
    idea = Idea.objects.create(
        cycle=cast.cycle, number=1, kind="tactic", title="Sieve", group=cast.red, audience="teams", shared_at=at
    )
    yield idea
    yield from _talk(cast, idea)
    yield IdeaDraft.objects.create(cycle=cast.cycle, person=cast.ada.person, group=cast.red)
    yield RiskAnswer.objects.create(round=cast.call, text="Nobody dares to ask.", shown=True)
    yield Reading.objects.create(round=cast.call, group=cast.red, idea=idea)
    yield Taken.objects.create(cycle=cast.cycle, number=1, round=cast.call, group=cast.red, text="Cloth", at=now())
    yield from _help(cast)
    yield _partnership(cast)
    yield _idea_merger(cast, idea)
    sheet = cast.assign(cast.judith, cast.red, state="final")
    yield sheet
    yield Vote.objects.create(challenge=cast.concept, judge=cast.judith.person, a=cast.red, b=cast.blue)
    yield RankedList.objects.create(challenge=cast.concept, judge=cast.judith.person, groups=[cast.red.pk])
    yield FeedbackReply.objects.create(sheet=sheet, kind="thanks")
    yield Ballot.objects.create(challenge=cast.concept, panel="crowd", person=cast.ada.person, group=cast.blue, flag="many")
    yield MarkReview.objects.create(sheet=sheet, distance=300)
    yield Deliberation.objects.create(challenge=cast.concept, panel=sheet.panel, group=cast.red, why="Far apart.")
    yield Panelist.objects.get()
    yield Calibration.objects.create(challenge=cast.concept, panel="jury")
    yield ConflictOfInterest.objects.create(person=cast.judith.person, group=cast.blue, source="team")
    yield AssignmentPlan.objects.create(challenge=cast.concept, panel="jury")
    yield Concern.objects.create(group=cast.red, words="Whoever works for the river board.")
    yield Stand.objects.create(round=cast.call, group=cast.red, number=1, busy_with=cast.judith.person)
    yield Pitch.objects.create(round=cast.call, group=cast.red, panel="jury", room="Aula", starts_at=at, minutes=5)


def _help(cast: Cast) -> Iterator[Model]:
    at, expert = now(), actor("xenia").person
    slot = Slot.objects.create(
        cycle=cast.cycle, number=1, expert=expert, starts_at=at, ends_at=at + timedelta(minutes=20), offered_at=at
    )
    yield slot
    booking = Booking.objects.create(cycle=cast.cycle, slot=slot, group=cast.red, question="How?", booked_at=at)
    yield booking
    yield SessionNote.objects.create(booking=booking, author=expert, text="Like this.", shared=True, at=at)
    yield PeerAsk.objects.create(
        cycle=cast.cycle, number=1, asker=cast.red, asked=cast.blue, words="How?", state="accepted", asked_at=at
    )


def _talk(cast: Cast, idea: Idea) -> Iterator[Model]:
    at, said = now(), {"group": cast.red, "author": cast.ada.person}
    thread = Thread.objects.create(
        cycle=cast.cycle, number=1, kind="question", idea=idea, title="Which cloth?", opened_at=at, last_at=at, **said
    )
    yield thread
    post = Post.objects.create(thread=thread, number=1, text="Cotton?", at=at, **said)
    yield post
    yield Follow.objects.create(cycle=cast.cycle, person=cast.ada.person, idea=idea, at=at)
    yield Report.objects.create(cycle=cast.cycle, post=post, person=cast.ben.person, why="Rude.", at=at)
    yield Ruling.objects.create(cycle=cast.cycle, post=post, verdict="hidden", why="Rude.", at=at)


def _results(cast: Cast) -> Iterator[Model]:
    cycle, red = cast.cycle, cast.red
    yield ChallengeScore.objects.create(challenge=cast.concept, group=red, status="scored", score="4")
    yield RecomputeRun.objects.create(cycle=cycle, kind="refresh", step="compute")
    yield PanelAnalysis.objects.create(challenge=cast.concept, panel="jury")
    yield ExternalResult.objects.create(cycle=cycle, kind="place", key="result")
    board = Board.objects.create(scope=cycle.pk, key="result", number=1, name="Result")
    yield board
    yield Standing.objects.create(board=board, entry="red", name="Red", rank=1)
    yield Snapshot.objects.create(board=board, number=1, design_number=1, rows=[], digest="0" * 64, published_at=now())
    yield Grant.objects.create(cycle=cycle, award="gold", kind="medal", name="Gold", group=red, state="verified")
    yield Credential.objects.create(
        cycle=cycle, group=red, person=cast.ada.person, source="grant", key="gold", title="Gold", name="Ada", asked_at=now()
    )
    yield GrantPass.objects.create(cycle=cycle, award="gold", group=red, place="1", why="declined")
    yield Points.objects.create(cycle=cycle, seal=1, rule="r", design_number=1, group=red, amount=1, at=now())
    yield PointsTotal.objects.create(cycle=cycle, group=red, amount=1)
    yield EarnedBadge.objects.create(cycle=cycle, badge="b", group=red, design_number=1, seal=1, at=now())
    yield Win.objects.create(cycle=cycle, group=red, kind="first_test", key="first", seal=1, at=now())
    yield LearningWeek.objects.create(cycle=cycle, group=red, week=now().date(), acts=1)
    yield WatchFlag.objects.create(cycle=cycle, number=1, kind="motion", key="x", found_at=now(), seen_at=now())
    yield Announcement.objects.create(cycle=cycle, title="Doors open at nine", audience="teams")
    yield Appeal.objects.create(round=cast.call, group=red, text="Please look again.")
    yield Observation.objects.create(cycle=cycle, group=red, period=now().date(), value=1, at=now())
    yield ChangeTest.objects.create(
        cycle=cycle, number=1, group=red, round=cast.call, title="Boil it", state="acted", act="adopt"
    )
    yield Suggestion.objects.create(
        cycle=cycle, number=1, author=cast.ada.person, group=red, title="More time", why="x", at=now()
    )
    yield ChangeSet.objects.create(cycle=cycle, number=1, reason="A slip of the pen.")
    looked_back = Retrospective.objects.create(cycle=cycle, asked_at=now())
    yield looked_back
    yield Proposal.objects.create(retrospective=looked_back, number=1, section="rules", code="rule_unused", about="r")
    yield Adoption.objects.create(cycle=cycle, idea=Idea.objects.filter(cycle=cycle).order_by("pk")[0], way="test", at=now())
    yield Carried.objects.create(cycle=cycle, group=red, kind="points", was=2, amount=1, at=now())
    yield Notice.objects.create(cycle=cycle, person=cast.ada.person, topic="news", key="n", text="Doors open at nine")


def test_every_row_of_the_table_is_told_here():
    assert set(TABLE) == set(PERMISSIONS)


def test_who_holds_what_while_the_round_is_sealed(world: World):
    assert world.table(TABLE) == {name: sealed for name, (sealed, _) in TABLE.items()}


def test_who_holds_what_once_the_round_is_published_in_full(world: World):
    world.publish()
    assert world.table(TABLE) == {name: published for name, (_, published) in TABLE.items()}


# What belongs to no cycle, so that being outside of one keeps nobody from it.
OUTSIDE = {"signed_in", "organization.view"}


@pytest.mark.parametrize("state", ["running", "closed"])
def test_eve_and_a_visitor_hold_nothing_of_a_cycle_that_is_not_public(world: World, state):
    world.publish()
    world.cast.cycle.public, world.cast.cycle.state = False, state
    world.cast.cycle.save(update_fields=["public", "state"])
    for name, held in world.table(set(TABLE) - OUTSIDE).items():
        assert not set(held.split()) & {"eve", "visitor"}, name


def test_a_draft_is_seen_by_its_organizers_alone(world: World):
    world.publish()
    world.cast.cycle.state = "draft"
    world.cast.cycle.save(update_fields=["state"])
    assert world.holders("cycle.view") == "org"
    for name in ("round.view", "challenge.view", "board.view", "design.view", "points.view"):
        assert world.holders(name) == "org", name


@pytest.mark.parametrize("name", sorted(name for name, row in PERMISSIONS.items() if row.model is not None))
def test_a_list_and_its_single_rows_agree_and_no_row_comes_twice(world: World, name):
    for publish in (False, True):
        if publish:
            world.publish()
        model = PERMISSIONS[name].model
        assert model is not None
        rows = model._default_manager.all()
        for someone in world.cast.everybody():
            access = someone.access
            listed = list(visible(access, name, rows).values_list("pk", flat=True))
            single = [row.pk for row in rows if allows(access, name, row)]
            assert sorted(listed) == sorted(single), (name, someone.name)


WIDENING = ["sealed", "scores", "summaries", "full", "forkable"]


def test_widening_a_round_never_takes_anything_from_anybody(world: World):
    names = [name for name, row in PERMISSIONS.items() if row.model is not None]
    before: dict[str, set[str]] = {}
    for level in WIDENING:
        world.cast.publish(world.cast.call, level)
        held = {name: set(who.split()) for name, who in world.table(names).items()}
        assert all(before.get(name, set()) <= held[name] for name in names)
        before = held


@pytest.mark.parametrize(
    ("level", "score", "entry"), [("sealed", "ada org", "ada judith org"), ("scores", ALL, "ada judith org"), ("full", ALL, ALL)]
)
def test_scores_are_shown_before_whole_entries(world: World, level, score, entry):
    world.cast.publish(world.cast.call, level)
    assert world.holders("score.view") == score
    assert world.holders("submission.view") == entry


def test_a_visibility_that_is_set_shows_nothing_before_publication(world: World):
    world.cast.call.visibility = "forkable"
    world.cast.call.save(update_fields=["visibility"])
    assert world.holders("submission.view") == "ada judith org"
    assert world.holders("score.view") == "org"


def test_a_draft_entry_is_the_groups_own(world: World):
    Submission.objects.update(state="draft")
    assert world.holders("submission.view") == "ada"
    world.publish()
    assert world.holders("submission.view") == "ada"


@pytest.mark.parametrize("state", ["withdrawn", "disqualified"])
def test_what_no_longer_counts_is_not_shown_to_everybody(world: World, state):
    Submission.objects.update(state=state)
    world.publish()
    assert set(world.holders("submission.view").split()) <= {"ada", "judith", "org"}


def test_a_judge_who_recused_sees_the_entry_no_more(world: World):
    world.rows_of("sheet.view").__class__._default_manager.update(state="recused")
    assert world.holders("submission.view") == "ada org"


CHAIRS = ("sheet.deliberate", "deliberation.view", "deliberation.speak", "deliberation.decide", "review.view", "review.answer")


def test_the_chair_leads_the_panel_unless_in_conflict_or_gone(world: World):
    cast = world.cast
    held = ["judge"]
    MembershipFactory.create(cycle=cast.cycle, group=None, person=cast.eve.person, role="judge", capabilities=held)
    seat = Panelist.objects.create(challenge=cast.concept, panel=Panelist.objects.get().panel, person=cast.eve.person, chair=True)
    assert all("eve" in world.holders(name).split() for name in CHAIRS)
    assert "eve" not in world.holders("sheet.view").split(), "leading is not reading: the mode of the round says that"
    conflict = ConflictOfInterest.objects.create(person=cast.eve.person, group=cast.red)
    assert not any("eve" in world.holders(name).split() for name in CHAIRS)
    ConflictOfInterest.objects.filter(pk=conflict.pk).update(lifted_at=now())
    assert all("eve" in world.holders(name).split() for name in CHAIRS)
    Panelist.objects.filter(pk=seat.pk).update(left_at=now())
    assert not any("eve" in world.holders(name).split() for name in CHAIRS)


def test_a_task_of_a_planned_round_is_hidden(world: World):
    hidden = [one.name for one in world.cast.everybody() if allows(one.access, "challenge.view", world.cast.prototype)]
    assert hidden == ["org"]


@pytest.mark.parametrize("state", ["pending"])
def test_a_group_that_is_not_in_yet_is_seen_by_itself_and_organizers(world: World, state):
    world.cast.red.state = state
    world.cast.red.save(update_fields=["state"])
    assert world.holders("group.view") == "ada org"


@pytest.mark.parametrize(("audience", "who"), [("public", ALL), ("judges", "judith org"), ("organizers", "org")])
def test_a_board_is_for_its_audience(world: World, audience, who):
    Board.objects.update(audience=audience)
    assert world.holders("board.view") == who
    assert world.holders("snapshot.view") == who


def test_a_live_board_shows_its_public_side_a_frozen_one_keeps_the_other(world: World):
    Board.objects.update(live=True)
    assert world.holders("standing.view") == ALL
    Standing.objects.update(audience="restricted")
    assert world.holders("standing.view") == "org"


def test_a_superuser_is_no_bypass_for_blindness(world: World):
    root = Actor("root", UserFactory(is_superuser=True, may_launch=True))
    held = {name for name in PERMISSIONS if allows(root.access, name, world.row(name))}
    assert held == {name for name, (sealed, _) in TABLE.items() if "eve" in sealed} | {
        "instance.desk",
        "cycle.launch",
        "playbook.post",
        "cycle.break_glass",  # tests/games/cycles/test_break_glass.py tells what that opens
    }


def test_who_may_launch_cycles_holds_that_and_no_more(world: World):
    starter = Actor("starter", UserFactory(may_launch=True))
    assert [name for name in ("instance.desk", "cycle.launch", "playbook.post") if allows(starter.access, name)] == [
        "cycle.launch",
        "playbook.post",
    ]


def test_an_ended_membership_and_a_suspended_user_hold_what_a_visitor_holds(world: World):
    cast = world.cast
    cast.red.memberships.update(until=now())
    assert not allows(cast.ada.access, "submission.view", world.row("submission.view"))
    cast.judith.user.is_active = False
    cast.judith.user.save(update_fields=["is_active"])
    table = world.table(TABLE)
    assert {name for name in TABLE if "judith" in table[name]} == {name for name in TABLE if "visitor" in table[name]}


def test_a_token_narrows_to_its_cycles_and_capabilities(world: World):
    cast = world.cast
    elsewhere = MembershipFactory(group=GroupFactory(cycle=CycleFactory()), person=cast.ada.person).cycle

    def holds(name: str, **scope: Any) -> bool:
        token = ApiTokenFactory.build(user=cast.ada.user, **scope)
        return allows(access_for(cast.ada.user, token=token), name, world.row(name))

    assert holds("submission.edit")
    assert holds("submission.edit", cycles=[cast.cycle.pk], capabilities=["submit"])
    assert not holds("submission.edit", cycles=[elsewhere.pk])
    assert not holds("submission.edit", capabilities=["judge"])
    assert not holds("group.manage", capabilities=["submit"])


def test_a_narrowed_token_neither_owns_nor_launches_nor_judges():
    owner = UserFactory(is_superuser=True, may_launch=True)
    whole, narrow = ApiTokenFactory.build(user=owner), ApiTokenFactory.build(user=owner, capabilities=["judge"])
    assert allows(access_for(owner, token=whole), "instance.desk")
    assert not allows(access_for(owner, token=narrow), "instance.desk")
    assert not allows(access_for(owner, token=narrow), "cycle.launch")


def test_a_token_for_other_cycles_does_not_mark_sheets_here(world: World):
    cast = world.cast
    elsewhere = ApiTokenFactory.build(user=cast.judith.user, cycles=[cast.cycle.pk + 1])
    players_only = ApiTokenFactory.build(user=cast.judith.user, capabilities=["submit"])
    for token in (elsewhere, players_only):
        access = access_for(cast.judith.user, token=token)
        assert not allows(access, "sheet.mark", world.row("sheet.mark"))
        assert not allows(access, "sheet.view", world.row("sheet.view"))
        assert not allows(access, "submission.view", world.row("submission.view"))


def test_the_facts_about_somebody_take_few_statements(world: World, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        access_for(world.cast.ada.user)
    with django_assert_max_num_queries(1):
        access_for(AnonymousUser())


def test_a_permission_is_asked_with_the_right_kind_of_thing(cast: Cast):
    with pytest.raises(TypeError, match="needs an object"):
        allows(cast.ada.access, "group.view")
    with pytest.raises(TypeError, match="is not a permission on Group"):
        visible(cast.ada.access, "cycle.view", type(cast.red)._default_manager.all())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=15)
@given(
    who=st.sampled_from(ALL.split()),
    level=st.sampled_from(WIDENING),
    published=st.booleans(),
    public=st.booleans(),
    cycle_state=st.sampled_from(["draft", "enrolling", "running", "paused", "closed"]),
    entry_state=st.sampled_from(["draft", "submitted", "locked", "published", "withdrawn", "disqualified"]),
    sheet_state=st.sampled_from(["assigned", "draft", "final", "recused"]),
)
def test_in_every_state_list_and_single_agree_and_outsiders_never_hold_more_than_a_visitor(
    world: World, who, level, published, public, cycle_state, entry_state, sheet_state
):
    cast = world.cast
    type(cast.cycle)._default_manager.filter(pk=cast.cycle.pk).update(public=public, state=cycle_state)
    type(cast.call)._default_manager.filter(pk=cast.call.pk).update(visibility=level, published_at=now() if published else None)
    Submission.objects.update(state=entry_state)
    type(world.rows_of("sheet.view"))._default_manager.update(state=sheet_state)
    access = next(one.access for one in cast.everybody() if one.name == who)
    outside = cast.visitor.access
    for name, row in PERMISSIONS.items():
        if row.model is None:
            continue
        rows = row.model._default_manager.all()
        listed = sorted(visible(access, name, rows).values_list("pk", flat=True))
        assert listed == sorted(one.pk for one in rows if allows(access, name, one)), name
        if who == "eve" and name not in OUTSIDE:
            seen = set(visible(outside, name, rows).values_list("pk", flat=True))
            own = {cast.eve.person.pk} if name == "person.view" else set()
            assert set(listed) - own <= seen, name
