"""The judged round with something in every list that a page can show, so that a crowd can be made of it."""

from copy import copy
from datetime import timedelta
from typing import Any, Final

from django.core.files.base import ContentFile
from django.db.models.base import ModelState
from django.utils.timezone import now

from games.changes.models import Appeal, Change, ChangeSet
from games.credentials.actions import issue
from games.credentials.models import Credential
from games.cycles.actions import record_decision
from games.cycles.models import Cycle, Design, Series
from games.cycles.rules import DecisionKind
from games.groups.models import Membership
from games.ideas.models import CreditShare, Derivation, Idea, IdeaTag, RiskTicket
from games.journal.models import JournalEntry
from games.judging.models import Anchor, AssignmentPlan, Calibration, FeedbackReply, MarkReview, Pitch, Sheet, Stand
from games.learning.models import Observation
from games.organizations.models import Invitation
from games.partnerships.models import Partner, Partnership
from games.progression.models import Draft
from games.recognition.models import (
    Cheer,
    EarnedBadge,
    Exchange,
    GoalReached,
    Grant,
    GroupWeek,
    Points,
    PointsTotal,
    QuestFinished,
    Tally,
    WatchFlag,
    Win,
)
from games.results.models import ExternalResult
from games.retrospectives.models import Proposal, Retrospective
from games.rounds.models import Entrant, Extension
from games.submissions.models import Attempt
from games.suggestions.models import Suggestion, Support
from games.talk.models import Mention, Post, Thanks
from tests.factories.accounts import ApiTokenFactory
from tests.factories.crowd import MANY
from tests.factories.cycles import small
from tests.factories.groups import JoinRequestFactory, RegistrationFactory
from tests.factories.house import learned
from tests.habits.judged import TASK, Mode, Scene, judged

NUMBER: Final = 20
"""What the rows here are numbered by, so that they are none of those that the scene has."""
RULES: Final[dict[str, Any]] = {
    "challenges": [TASK, {"key": "dash", "format": "attempts"}],
    "roles": [
        {"key": "organizer", "capabilities": ["organize"]},
        {"key": "judge", "capabilities": ["judge"]},
        {"key": "sponsor", "capabilities": ["follow"]},
        {"key": "expert", "capabilities": ["advise"]},
        {"key": "captain", "capabilities": ["captain", "submit"]},
        {"key": "member", "capabilities": ["submit"]},
    ],
    "office_hours": {"quota": 100},
    "peers": True,
    "awards": [{"key": "gold", "places": [1, 1]}],
    "rules": [
        {"key": "entry", "event": "submission.received", "points": 10},
        {"key": "enter", "event": "idea.shared", "points": 100, "flows": True},
    ],
    "badges": [{"key": "steady", "event": "submission.received"}, {"key": "rich", "points": 30}],
    "quests": [{"key": "three", "steps": [{"key": "try", "event": "test.acted"}, {"key": "tell", "event": "idea.shared"}]}],
    "together": [{"key": "all", "event": "test.acted", "each": 1}],
    "streak": {},
    "league": {},
}


def stuffed(mode: Mode) -> Scene:
    """The whole scene in one mode."""
    found = judged(mode, **RULES)
    Membership.objects.filter(role="org").update(role="organizer")
    for model in (Points, PointsTotal, EarnedBadge, GroupWeek, Tally, QuestFinished, GoalReached, Observation):
        model._default_manager.all().delete()  # what the pulse counted: the rows below are told, not earned
    learned(found.rows["round"], found.rows["red"], NUMBER)
    _people(found)
    _shared(found)
    _judging(found)
    _game(found)
    _cycles(found)
    return found


def _people(found: Scene) -> None:
    red, ada, org, at = found.rows["red"], found.who["ada"], found.who["org"], now()
    registration = RegistrationFactory.create(group=red)
    what = {"name": "paper.pdf", "size": 8, "content_type": "application/pdf", "digest": "0" * 64}
    registration.files.create(field="paper", file=ContentFile(b"%PDF-1.4", name="paper.pdf"), **what)
    JoinRequestFactory.create(group=red)
    JoinRequestFactory.create(group=red, person=found.who["eve"].person)
    for one in (ada, org):
        ApiTokenFactory.create(user=one.user, secret=f"ludus_{one.name}-token-that-only-tests-know")
    Appeal.objects.create(round=found.rows["round"], group=red, text="The same", state="rejected", answer="No.", answered_at=at)
    change = ChangeSet.objects.get()
    target = {"group": red.key, "round": "call"}
    Change.objects.create(change_set=change, position=1, kind="disqualify", target=target, before={}, after={})
    Extension.objects.create(round=found.rows["round"], group=red, until=at + timedelta(days=3), reason="illness")
    Entrant.objects.create(round=found.rows["round"], group=red, at=at)
    Invitation.objects.create(person=ada.person, digest="0" * 64, expires_at=at + timedelta(days=9))
    record_decision(found.rows["cycle"], DecisionKind.BREAK, by=org.user, reason="A draw.", board="result", group=red.key)


def _shared(found: Scene) -> None:
    cycle, red, blue, at = found.rows["cycle"], found.rows["red"], found.rows["blue"], now()
    Idea.objects.filter(number__in=[NUMBER, NUMBER + 1_000]).update(audience="teams")
    idea = Idea.objects.get(number=NUMBER)
    source = Idea.objects.order_by("pk")[0]
    Derivation.objects.create(source=source, target=idea, kind="adapts", at=at)
    IdeaTag.objects.create(idea=idea, word="water")
    CreditShare.objects.create(idea=idea, group=red, basis_points=10_000)
    RiskTicket.objects.create(digest="0" * 64, round=found.rows["round"])
    post = Post.objects.get(thread__number=NUMBER)
    Mention.objects.create(post=post, group=red)
    Thanks.objects.create(cycle=cycle, person=found.who["ben"].person, group=blue, post=post, at=at)
    Thanks.objects.create(cycle=cycle, person=found.who["ben"].person, group=blue, idea=idea, at=at)
    Support.objects.create(suggestion=Suggestion.objects.get(number=NUMBER), person=found.who["ben"].person, at=at)
    agreed = {"state": "agreed", "kind": "merger", "proposed_at": at, "settled_at": at}
    Partnership.objects.create(cycle=cycle, number=NUMBER + 1, lead=red, **agreed)
    for partnership in Partnership.objects.filter(number__in=[NUMBER, NUMBER + 1]):
        for group in (red, blue):
            Partner.objects.create(partnership=partnership, group=group, basis_points=5_000)


def _judging(found: Scene) -> None:
    round_, task, red = (found.rows[one] for one in ("round", "task", "red"))
    Stand.objects.create(round=round_, group=red, number=1)
    Pitch.objects.create(round=round_, group=red, panel="jury", room="Hall", starts_at=now(), minutes=10)
    AssignmentPlan.objects.create(challenge=task, panel="jury", state="dropped")
    Anchor.objects.create(calibration=Calibration.objects.get(), group=red)
    sheet = Sheet.objects.filter(group=red, state="final").order_by("pk")[0]
    FeedbackReply.objects.create(sheet=sheet, kind="question", text="Why?")
    MarkReview.objects.get_or_create(sheet=sheet, criterion="impact", defaults={"distance": 300})
    dash = round_.challenges.get(key="dash")
    Attempt.objects.create(challenge=dash, group=red, number=1, elapsed_ms=1000, at=now())
    ExternalResult.objects.create(cycle=found.rows["cycle"], kind="board", key="result", group=red.key, name="score", value="1")


def _game(found: Scene) -> None:
    cycle, red, blue, at = found.rows["cycle"], found.rows["red"], found.rows["blue"], now()
    what: dict[str, Any] = {"cycle": cycle, "group": red}
    monday = at.date() - timedelta(days=at.weekday())
    for back in (0, 7):
        GroupWeek.objects.create(**what, week=monday - timedelta(days=back), acts=1, points=10)
    Tally.objects.create(**what, key="badge:steady", number=1, since=at, last_at=at)
    QuestFinished.objects.create(**what, quest="three", seal=1, at=at)
    GoalReached.objects.create(cycle=cycle, goal="all", groups=1, seal=1, at=at)
    Exchange.objects.create(cycle=cycle, giver=red, receiver=blue, kind="credit", count=1)
    Cheer.objects.create(win=Win.objects.order_by("pk")[0], person=found.who["ben"].person, group=blue, at=at)
    said = {"kind": "medal", "name": "Gold", "state": "granted", "place": "1", "board": "result", "snapshot": 1}
    Grant.objects.get_or_create(cycle=cycle, award="gold", group=red, defaults=said)
    WatchFlag.objects.filter(number=NUMBER).update(facts=WatchFlag.objects.get(number=1).facts)
    Credential.objects.update(state="asked")
    assert issue(Credential.objects.order_by("pk")[0].pk)


def _cycles(found: Scene) -> None:
    cycle, org = found.rows["cycle"], found.who["org"]
    series = Series.objects.create(key="spring", name="Spring fairs")
    Cycle.objects.filter(pk=cycle.pk).update(series=series, embeddable=True)
    type(org.user).objects.filter(pk=org.user.pk).update(may_launch=True)
    row = Retrospective.objects.create(cycle=cycle, state="ready", asked_at=now(), made_at=now(), published_at=now())
    Proposal.objects.create(retrospective=row, number=1, section="rounds", code="longer", about="call")
    Proposal.objects.create(retrospective=row, number=2, section="rounds", code="longer", about="call2", state="taken")
    draft = Cycle.objects.create(key="draft", name="The same", state="draft")
    Membership.objects.create(cycle=draft, person=org.person, role="organizer", capabilities=["organize"], since=now())
    Draft.objects.create(cycle=draft, data=small(), saved_at=now())


def go_on(found: Scene, many: int = MANY) -> None:
    """As many running cycles of the series beside this one, for those who organize and judge; and a journal as long."""
    series = Series.objects.get(key="spring")
    rows = Cycle.objects.bulk_create(
        Cycle(key=f"other-{n}", name=f"Other {n}", state="running", series=series, design_number=1) for n in range(many)
    )
    rules = Design.objects.values("data", "digest").get(cycle=found.rows["cycle"], number=1)
    Design.objects.bulk_create(Design(cycle=one, number=1, **rules) for one in rows)
    Membership.objects.bulk_create(
        Membership(cycle=one, person=found.who[who].person, role=role, capabilities=[held], since=now())
        for one in rows
        for who, role, held in (("org", "organizer", "organize"), ("judith", "judge", "judge"))
    )
    told = list(JournalEntry.objects.exclude(seal=None).order_by("seal"))
    for number in range(many):
        one = copy(told[number % len(told)])
        one.pk, one.key, one.seal, one._state = None, None, told[-1].seal + 1 + number, ModelState()
        told.append(one)
    JournalEntry.objects.bulk_create(told[-many:])
