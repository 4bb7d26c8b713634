"""A walk through everything that moves a board: one cycle with judged, tried, measured, compared and voted tasks, and acts drawn at random."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from random import Random
from time import sleep
from typing import Any, Final

from django.utils.timezone import now

from backend.accounts.models import User
from games.changes import actions as changes
from games.changes.actions import Wanted
from games.changes.rules import ChangeKind
from games.cycles.actions import revoke_decision
from games.cycles.models import Cycle, Decision
from games.cycles.rules import RESULT_KINDS, DecisionKind
from games.errors import GameError
from games.groups import actions as groups
from games.groups.models import Group, Membership, Registration
from games.journal.queries import db_now
from games.judging import actions as judging
from games.judging.actions import ballots as voting
from games.judging.models import Ballot, Sheet
from games.judging.rules import Given
from games.organizations.models import Person
from games.partnerships import actions as partnerships
from games.playbooks.schema import parse_design
from games.progression.actions import amend, apply_design, decide
from games.recognition.actions import replay_points, swap_points
from games.recognition.queries import point_facts
from games.results.actions import refresh_boards, sides_of
from games.rounds.models import Round
from games.submissions import actions as submissions
from games.submissions.models import Attempt, Submission
from leaderboards.models import Board
from leaderboards.queries import PUBLIC, RESTRICTED, RowData, latest, rows_of, snapshot_rows, standings
from tests.factories.accounts import UserFactory
from tests.factories.cycles import CycleFactory
from tests.flows.story import the_worker_works
from worker import correcting
from worker.steps import catch_up, settle_now

FORM: Final = [{"key": "title", "required": True}]
IMPACT: Final = {"key": "impact", "min": 1, "max": 5, "step": 1}
WALK: Final[dict[str, Any]] = {
    "format": 1,
    "cycle": {"key": "walk", "name": "Walk"},
    "registration": {"approval": True, "closes": "+90d"},
    "rounds": [{"key": key} for key in ("call", "fresh", "contest", "race", "expo", "later")],
    "challenges": [
        {
            "key": "essay",
            "rounds": ["call"],
            "form": [*FORM, {"key": "late_days", "type": "number", "min": 0}],
            "fields": [{"key": "late_days", "min": 0, "default": 0}],
            "adjust": [{"minus": "late_days"}],
            "criteria": [IMPACT, IMPACT | {"key": "novelty"}, {"key": "liked", "panel": "crowd", "optional": True}],
            "panels": [{"key": "jury"}, {"key": "crowd", "who": "audience", "ballots": 2, "combine": "sum"}],
        },
        {"key": "story", "rounds": ["fresh"], "form": FORM, "criteria": [IMPACT]},
        {"keys": ["A", "B"], "rounds": ["contest"], "format": "attempts"},
        {"key": "dash", "rounds": ["race"], "format": "measured", "better": "low", "keep": "best"},
        {"key": "stand", "rounds": ["expo"], "format": "pairwise"},
        {"key": "finale", "rounds": ["later"], "criteria": [IMPACT]},
    ],
    "boards": [
        {"key": "result", "rounds": ["call", "fresh"], "ranked": "enrolled"},
        {"key": "call", "rounds": ["call"]},
        {"key": "fresh", "rounds": ["fresh"], "ranked": "enrolled"},
        {
            "key": "contest",
            "rounds": ["contest"],
            "order": ["solved high", "penalty low"],
            "freeze": "1:00:00",
            "ranked": "enrolled",
        },
        {"key": "race", "rounds": ["race"], "order": ["score low"], "ranked": "enrolled"},
        {"key": "expo", "rounds": ["expo"]},
        {"key": "busy", "source": "points", "ranked": "enrolled"},
    ],
    "rules": [
        {"key": "entry", "event": "submission.received", "points": 10},
        {"key": "marked", "event": "sheet.finalized", "points": 3},
        {"key": "tried", "event": "attempt.judged", "points": 1, "cap_cycle": 5},
    ],
}

type Side = tuple[str, str]
"""(key of a board, which side)."""
type Seen = dict[Side, list[RowData]]


class Walk:
    """The cycle, its people, and what was shown after each act: (moment, act, rows of both sides of each board)."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.cycle = CycleFactory.create(state="running")
        apply_design(self.cycle, parse_design(WALK, start=now()), by=None)
        moment = now()
        Round.objects.filter(cycle=self.cycle).update(opens_at=moment - timedelta(hours=2), closes_at=moment + timedelta(hours=3))
        Round.objects.filter(cycle=self.cycle, key="contest").update(closes_at=moment + timedelta(minutes=30))
        Round.objects.filter(cycle=self.cycle, key="later").update(opens_at=moment + timedelta(days=9), closes_at=None)
        self.by = UserFactory.create(email="walker@example.org")
        self.judges = [self._person(f"judge-{number}", "judge", "judge") for number in range(3)]
        self.captains: dict[int, User] = {}
        for name in ("Aqua", "Brook", "Cloud", "Delta", "Elm"):
            self._captained(name)
        for group in self.groups[:4]:
            self._hand_in("essay", group)
        Round.objects.filter(cycle=self.cycle, key="call").update(closes_at=now() - timedelta(seconds=1))
        for judge in self.judges:
            judging.add_panelist(challenge=self.task("stand"), panel="jury", person=judge, by=None)
            wanted = [judging.Wanted(self.task("essay"), group, judge, "jury") for group in self.groups[:4]]
            judging.assign(cycle=self.cycle, wanted=wanted, by=None)
        self.voters = [
            UserFactory.create(email_confirmed_at=now(), date_joined=now(), email=f"voter{number}@example.org")
            for number in range(3)
        ]
        self.shown: list[tuple[datetime, str, Seen]] = []
        self.done: list[str] = []
        self._look("begin")

    # --- What is there --------------------------------------------------------------------------------------------------------------

    @property
    def groups(self) -> list[Group]:
        return list(Group.objects.filter(cycle=self.cycle).exclude(state="pending").order_by("pk"))

    def task(self, key: str) -> Any:
        from games.challenges.models import Challenge

        return Challenge.objects.select_related("round__cycle").get(round__cycle=self.cycle, key=key)

    def one(self, rows: Any) -> Any:
        """One of these rows."""
        found = list(rows.order_by("pk") if hasattr(rows, "order_by") else rows)
        if not found:
            raise LookupError
        return self.random.choice(found)

    def _person(self, name: str, role: str, *held: str, group: Group | None = None) -> Person:
        someone = Person.objects.create(key=f"{name}-{self.cycle.pk}", name=name)
        Membership.objects.create(cycle=self.cycle, group=group, person=someone, role=role, capabilities=list(held), since=now())
        return someone

    def _captained(self, name: str) -> Group:
        user = UserFactory.create(email=f"{name.lower()}@example.org")
        person = Person.objects.create(key=f"{name.lower()}-{self.cycle.pk}", name=name, user=user)
        group = groups.create_group(self.cycle, by=user, captain=person, name=name)
        self.captains[group.pk] = user
        return group

    def _hand_in(self, task: str, group: Group) -> None:
        entry = submissions.open_entry(challenge=self.task(task), group=group, by=None)
        submissions.submit(submission=entry, by=None, data={"title": "x"})

    # --- Acts -----------------------------------------------------------------------------------------------------------------------

    def entry(self) -> None:
        self._hand_in("story", self.one(self.groups))

    def version(self) -> None:
        entry = self.one(Submission.objects.filter(challenge__key="story", challenge__round__cycle=self.cycle))
        submissions.submit(submission=entry, by=None, data={"title": str(self.random.random())})

    def pinned(self) -> None:
        entry = self.one(Submission.objects.filter(challenge__round__cycle=self.cycle, pinned__number__gt=1))
        submissions.pin(submission=entry, number=self.random.randint(1, entry.pinned.number), by=None)

    def taken_back(self) -> None:
        submissions.withdraw(
            submission=self.one(Submission.objects.filter(challenge__key="story", challenge__round__cycle=self.cycle)), by=None
        )

    def restored(self) -> None:
        submissions.restore(submission=self.one(Submission.objects.filter(state="withdrawn")), by=None)

    def disqualified(self) -> None:
        verb = self.random.choice((submissions.disqualify, lambda **told: submissions.withdraw(**told, decided=True)))
        verb(submission=self.one(Submission.objects.filter(challenge__round__cycle=self.cycle)), by=None, reason="rules")

    def reinstated(self) -> None:
        rows = Submission.objects.filter(state__in=["withdrawn", "disqualified"])
        submissions.reinstate(submission=self.one(rows), by=None, reason="heard")

    def late(self) -> None:
        entry = self.one(Submission.objects.filter(challenge__key="essay", challenge__round__cycle=self.cycle))
        submissions.set_fields(submission=entry, fields={"late_days": self.random.randint(0, 2)}, by=None, reason="measured")

    def marked(self) -> None:
        sheet = self.one(Sheet.objects.filter(state__in=["assigned", "draft"], challenge__round__cycle=self.cycle))
        names = ("impact", "novelty") if sheet.challenge.key == "essay" else ("impact",)
        judging.finalize(sheet=sheet, by=None, marks=[Given(name, self.random.randint(1, 5)) for name in names])

    def drafted(self) -> None:
        sheet = self.one(Sheet.objects.filter(state__in=["assigned", "draft"], challenge__round__cycle=self.cycle))
        judging.save_sheet(sheet=sheet, by=None, marks=[Given("impact", self.random.randint(1, 5))])

    def reopened(self) -> None:
        judging.reopen(sheet=self.one(Sheet.objects.filter(state__in=["final", "recused"])), by=None, reason="again")

    def recused(self) -> None:
        judging.recuse(sheet=self.one(Sheet.objects.filter(state__in=["assigned", "draft"])), by=None, reason="a friend")

    def too_close(self) -> None:
        judging.declare_conflict(person=self.one(self.judges), group=self.one(self.groups), by=None, reason="a cousin")

    def corrected(self) -> None:
        sheet = self.one(Sheet.objects.filter(state="final", challenge__round__published_at__isnull=False))
        self._correct(Wanted(ChangeKind.MARK, sheet=sheet, criterion="impact", value=self.random.randint(1, 5)))

    def taken_out(self) -> None:
        rows = Sheet.objects.filter(state__in=["final", "recused"], challenge__round__published_at__isnull=False)
        self._correct(Wanted(ChangeKind.RECUSE, sheet=self.one(rows)))

    def weighed(self) -> None:
        task = {"key": "essay", "criteria": [{"key": "impact", "weight": self.random.randint(2, 9)}]}
        self._correct(Wanted(ChangeKind.RULE, changes={"challenges": [task]}))

    def _correct(self, *wanted: Wanted) -> None:
        draft = changes.prepare(Cycle.objects.get(pk=self.cycle.pk), reason="A slip.", by=self.by, changes=wanted)
        try:
            correcting.look_at(draft.pk)
            draft.refresh_from_db()
            changes.apply(draft, by=self.by, stamp=draft.stamp)
        except GameError:
            changes.cancel(draft, by=self.by, reason="no")
            raise
        the_worker_works()

    def tried(self) -> None:
        task = self.task(self.random.choice("AB"))
        if self.random.random() < 0.4:
            submissions.attempt(challenge=task, group=self.one(self.groups), by=None, answer="x")
        else:
            verdict = self.random.choice(("AC", "WA", ""))
            submissions.record_attempt(challenge=task, group=self.one(self.groups), by=None, verdict=verdict)

    def ran(self) -> None:
        submissions.attempt(challenge=self.task("dash"), group=self.one(self.groups), by=None, value=self.random.randint(10, 99))

    def judged(self) -> None:
        attempt = self.one(Attempt.objects.filter(challenge__round__cycle=self.cycle, verdict="", challenge__format="attempts"))
        submissions.judge_attempt(attempt=attempt, verdict=self.random.choice(("AC", "WA")), by=None)

    def rejudged(self) -> None:
        attempt = self.one(Attempt.objects.filter(challenge__round__cycle=self.cycle))
        if attempt.challenge.key == "dash":
            submissions.rejudge(attempt=attempt, verdict="valid", value=self.random.randint(10, 99), by=None, reason="the tape")
        else:
            submissions.rejudge(attempt=attempt, verdict=self.random.choice(("AC", "WA")), by=None, reason="a wrong test")

    def compared(self) -> None:
        pair = judging.ask_pair(challenge=self.task("stand"), person=self.one(self.judges), by=None)
        if pair is None:
            raise LookupError
        judging.answer(pair=pair, outcome=self.random.choice(("a", "b", "tie")), by=None)

    def undone(self) -> None:
        judging.undo(challenge=self.task("stand"), person=self.one(self.judges), by=None)

    def balloted(self) -> None:
        voting.cast(challenge=self.task("essay"), group=self.one(self.groups[:4]), by=self.one(self.voters))

    def unballoted(self) -> None:
        voting.take_back(challenge=self.task("essay"), group=self.one(self.groups[:4]), by=self.one(self.voters))

    def looked_at(self) -> None:
        ballot = self.one(Ballot.objects.filter(withdrawn_at__isnull=True).exclude(flag=""))
        verb = voting.keep_ballot if ballot.refused_at else voting.refuse_ballot
        verb(ballot=ballot, by=None, reason="looked")

    def voting_over(self) -> None:
        voting.close_voting(challenge=self.task("essay"), by=None, reason="enough")

    def decided(self) -> None:
        kind = self.random.choice((DecisionKind.DISQUALIFY, DecisionKind.WITHDRAW))
        where = {"group": self.one(self.groups).key, "round": self.random.choice(("call", "fresh", "contest", "expo"))}
        decide(Cycle.objects.get(pk=self.cycle.pk), kind, by=None, reason="so", **where)

    def revoked(self) -> None:
        kinds = [kind.value for kind in RESULT_KINDS]
        rows = Decision.objects.filter(cycle=self.cycle, kind__in=kinds, revoked_at__isnull=True)
        revoke_decision(self.one(rows), by=None, reason="heard")

    def registered(self) -> None:
        user = UserFactory.create()
        person = Person.objects.create(key=f"new-{user.pk}", name="New", user=user)
        groups.register(Cycle.objects.get(pk=self.cycle.pk), by=user, person=person, name=f"New {user.pk}")

    def accepted(self) -> None:
        rows = Registration.objects.filter(group__cycle=self.cycle, state="pending")
        groups.settle(self.one(rows), accept=self.random.random() < 0.7, by=None, reason="full")

    def brought_in(self) -> None:
        self._captained(f"Late {len(self.captains)}")

    def left(self) -> None:
        groups.withdraw_group(self.one(Group.objects.filter(cycle=self.cycle)), by=None)

    def merged(self) -> None:
        lead, other = self.random.sample(list(Group.objects.filter(cycle=self.cycle, state="active", pk__in=self.captains)), 2)
        asked = {"lead": lead, "shares": {lead.pk: 5000, other.pk: 5000}, "by": self.captains[lead.pk]}
        made = partnerships.propose_merger(group=lead, person=self.captains[lead.pk].people.get(), **asked)
        user = self.captains[other.pk]
        partnerships.answer(partnership=made, group=other, agree=True, by=user, person=user.people.get())

    def amended(self) -> None:
        rules = [{"key": "entry", "points": self.random.randint(1, 20)}]
        amend(Cycle.objects.get(pk=self.cycle.pk), {"rules": rules}, by=None, reason="fairer")
        self.cycle.refresh_from_db()
        catch_up(self.cycle)
        swap_points(self.cycle, generation=replay_points(self.cycle).generation, by=None)

    def locked(self) -> None:
        Round.objects.filter(cycle=self.cycle, key="fresh").update(closes_at=db_now() - timedelta(milliseconds=1))
        there = [
            one.group for one in Submission.objects.filter(challenge__key="story", state="submitted").select_related("group")
        ]
        wanted = [judging.Wanted(self.task("story"), group, self.judges[0], "jury") for group in there]
        judging.assign(cycle=self.cycle, wanted=wanted, by=None)

    def published(self) -> None:
        rows = Round.objects.filter(
            cycle=self.cycle, published_at__isnull=True, key__in=["call", "fresh", "contest", "race", "expo"]
        )
        round_ = self.one(rows)
        Round.objects.filter(pk=round_.pk, closes_at__gt=db_now()).update(closes_at=db_now() - timedelta(milliseconds=1))
        settle_now(Round.objects.select_related("cycle").get(pk=round_.pk), by=self.by)

    # --- Walking --------------------------------------------------------------------------------------------------------------------

    def go(self, acts: Sequence[str], steps: int) -> None:
        """So many acts that were taken; what is refused at its moment does nothing."""
        tries, until = 0, len(self.done) + steps
        while len(self.done) < until and tries < 10 * steps:
            tries += 1
            fresh = [one for one in acts if one not in self.done] if self.random.random() < 0.8 else []  # everything once
            name = self.random.choice(fresh or acts)
            act: Callable[[], None] = getattr(self, name)
            try:
                act()
            except (GameError, LookupError):
                continue
            self.done.append(name)
            self._look(name)

    def _look(self, act: str) -> None:
        """The worker works, and what is shown is written down, with a breath before and after: one clock knows milliseconds alone."""
        self.cycle.refresh_from_db()
        catch_up(self.cycle)
        refresh_boards(self.cycle, sides_of(self.cycle, points=point_facts(self.cycle)))
        sleep(0.003)
        moment = db_now()
        sleep(0.003)
        seen: Seen = {}
        for board in Board.objects.filter(scope=self.cycle.pk):
            seen[board.key, RESTRICTED] = rows_of(standings(board, RESTRICTED))
            if board.live:
                seen[board.key, PUBLIC] = rows_of(standings(board, PUBLIC))
            else:
                found = latest(board)
                seen[board.key, PUBLIC] = snapshot_rows(found) if found else []
        self.shown.append((moment, act, seen))
