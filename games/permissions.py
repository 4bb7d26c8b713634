"""The permission table: who may see or do what, each row declared once, as a filter.

`visible` narrows a queryset to what the person may have, `allows` asks the same filter about one object, so lists and single objects
cannot disagree. API, pages, sockets, files and exports all ask here. Fetch through `visible`: what is hidden then looks absent.
A superuser is no bypass: the owner of the instance sees a sealed entry only after a journalled decision (break glass), for a day.
"Organizers" who may view something means these owners too; whoever steers, decides or settles something is an organizer.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final, cast

from django.contrib.auth import get_user_model
from django.db.models import Exists, F, FilteredRelation, Model, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from games.challenges.models import Challenge
from games.changes.models import Appeal, ChangeSet
from games.coaching.models import Booking, SessionNote, Slot
from games.credentials.models import Credential
from games.credentials.rules import CredentialState
from games.cycles.models import Cycle, Decision, Design, Series
from games.cycles.queries import opened_by
from games.cycles.rules import CycleState, DecisionKind
from games.groups.models import Group, JoinRequest, Membership, Registration
from games.groups.rules import GroupState
from games.ideas.models import CreditShare, Idea, IdeaDraft, IdeaMerger, RiskAnswer
from games.ideas.rules import Audience as IdeaAudience
from games.ideas.rules import IdeaKind
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import PUBLIC_KINDS
from games.judging.conflicts import in_force, of_team
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
    Sheet,
    Stand,
    Vote,
)
from games.judging.queries.hall import to_visit
from games.judging.queries.pitching import heard_by
from games.judging.rules import ConflictKind, ConflictSource, ReplyKind, SheetState
from games.learning.models import ChangeTest, Observation, Reading, Taken
from games.learning.rules import ChangeState
from games.notices.models import Announcement, Notice
from games.notices.rules import Audience
from games.organizations.models import Organization, Person
from games.partnerships.models import Partner, Partnership
from games.partnerships.rules import PartnershipState
from games.peers.models import PeerAsk
from games.peers.rules import PeerState
from games.playbooks.rules import Capability, Visibility
from games.progression.models import Carried, Draft
from games.progression.succeeding import CarriedKind
from games.recognition.models import EarnedBadge, Grant, GrantPass, LearningWeek, Points, PointsTotal, WatchFlag, Win
from games.recognition.rules import GrantState
from games.results.models import ChallengeScore, ExternalResult, PanelAnalysis, RecomputeRun
from games.retrospectives.models import Adoption, Proposal, Retrospective
from games.rounds.models import Entrant, Extension, Round
from games.submissions.models import Attempt, Submission, Upload, Version
from games.submissions.rules import COUNTS, SubmissionState
from games.suggestions.models import Suggestion
from games.suggestions.rules import SuggestionState
from games.talk.models import Follow, Post, Report, Ruling, Thread
from leaderboards import ready
from leaderboards.kept import Kept
from leaderboards.models import Board, Snapshot, Standing

NEVER = Q(pk__in=())
LISTED = [s.value for s in CycleState if s is not CycleState.DRAFT]
SCORES_SHOWN = [v.value for v in (Visibility.SCORES, Visibility.SUMMARIES, Visibility.FULL, Visibility.FORKABLE)]
HELD: Final = ("asked_at", "held_person", "held_cycle", "held_group", "held_capabilities")
WORK_SHOWN = [v.value for v in (Visibility.FULL, Visibility.FORKABLE)]

type Held = tuple[datetime, int | None, int | None, int | None, list[str]]
"""(database's now, person, cycle, group, capabilities) of one thing that somebody holds; of nothing, but for the person, if they hold nothing."""


@dataclass(frozen=True, slots=True)
class Access:
    """What is known of the person who asks, loaded once per request. `cycles`, `groups`: id → capabilities.

    `opened`: cycles that the owner of the instance may read now, by a decision to break the glass.
    """

    now: datetime
    user_id: int | None = None
    owner: bool = False
    may_launch: bool = False
    persons: frozenset[int] = frozenset()
    cycles: Mapping[int, frozenset[str]] = field(default_factory=dict)
    groups: Mapping[int, frozenset[str]] = field(default_factory=dict)
    member_of: frozenset[int] = frozenset()
    opened: frozenset[int] = frozenset()

    def cycles_with(self, capability: Capability) -> list[int]:
        """Ids of the cycles in which the person holds `capability`."""
        return sorted(cycle for cycle, held in self.cycles.items() if capability in held)

    def organizes(self, cycle_id: int) -> bool:
        """Whether the person steers this cycle."""
        return Capability.ORGANIZE in self.cycles.get(cycle_id, frozenset())

    def reads_whole(self) -> list[int]:
        """Ids of the cycles of which the person may read everything that its organizers may."""
        return sorted({*self.cycles_with(Capability.ORGANIZE), *self.opened})

    def reads(self, cycle_id: int) -> bool:
        """Whether the person may read of this cycle what its organizers may. Steering takes `organizes`."""
        return cycle_id in self.opened or self.organizes(cycle_id)

    def view(self, cycle_id: int) -> str | None:
        """As whom this person is shown the boards of a cycle: all who have the same view are shown the same, "" what anybody is shown.

        None while the glass is broken: that ends with the day, and nobody else's does.
        """
        if cycle_id in self.opened:
            return None
        if self.organizes(cycle_id):
            return ready.ORGANIZERS
        return "m" if cycle_id in self.member_of else ""

    def groups_with(self, capability: Capability | None = None) -> list[int]:
        """Ids of the groups the person is in, or in which the person holds `capability`."""
        return sorted(group for group, held in self.groups.items() if capability is None or capability in held)

    def shape(self) -> Hashable:
        """What two persons have in common who are asked about by the same statement, with other values."""
        cycles = tuple((self.cycles.get(one), one in self.member_of, one in self.opened) for one in self._named())
        groups = tuple(self.groups[one] for one in sorted(self.groups))
        return (self.user_id is None, self.owner, self.may_launch, len(self.persons), cycles, groups)

    def values(self) -> list[int | datetime]:
        """What else such a statement is made of: the time, the user, and the ids of persons, cycles and groups."""
        return [self.now, self.user_id or 0, *sorted(self.persons), *self._named(), *sorted(self.groups)]

    def with_values(self, values: Sequence[Any]) -> "Access":
        """Somebody of the same shape."""
        now, user, *ids = values
        persons, cycles = sorted(self.persons), self._named()
        person = dict(zip(persons, ids, strict=False))
        cycle = dict(zip(cycles, ids[len(persons) :], strict=False))
        group = dict(zip(sorted(self.groups), ids[len(persons) + len(cycles) :], strict=True))
        return replace(
            self,
            now=now,
            user_id=None if self.user_id is None else user,
            persons=frozenset(person.values()),
            cycles={cycle[one]: held for one, held in self.cycles.items()},
            groups={group[one]: held for one, held in self.groups.items()},
            member_of=frozenset(cycle[one] for one in self.member_of),
            opened=frozenset(cycle[one] for one in self.opened),
        )

    def _named(self) -> list[int]:
        return sorted({*self.cycles, *self.member_of, *self.opened})


def with_held[M: Model](rows: QuerySet[M, M], user: str = "") -> QuerySet[M, M]:
    """The same rows, each once for everything that its user holds, and once if that is nothing. `user`: the path to the user, ending in __."""
    held = FilteredRelation(f"{user}people__memberships", condition=Q(**{f"{user}people__memberships__until__isnull": True}))
    columns = {"held_person": F(f"{user}people__pk"), "held_cycle": F("held__cycle_id"), "held_group": F("held__group_id")}
    found: Any = rows.annotate(held=held, asked_at=Now(), **columns, held_capabilities=F("held__capabilities"))
    return cast("QuerySet[M, M]", found)


def held_in(rows: Iterable[Any]) -> list[Held]:
    """What `access_for` makes of such rows."""
    return [tuple(getattr(row, name) for name in HELD) for row in rows]


def _holding(user_id: int) -> QuerySet[Any, Any]:
    return with_held(get_user_model()._default_manager.filter(pk=user_id)).values_list(*HELD)


_held_by: Final[Kept[Any, Held]] = Kept(_holding, int)


def access_for(user: Any, *, token: Any = None, now: datetime | None = None, held: Iterable[Held] | None = None) -> Access:
    """The facts about `user` (a User or AnonymousUser) in one statement (the owner of the instance: two); a token narrows them.

    `held`: what they hold, if it has come with them (`with_held`); then a statement less.
    """
    if not getattr(user, "is_authenticated", False) or not user.is_active:
        return Access(now=now or db_now())
    cycles: dict[int, frozenset[str]] = {}
    groups: dict[int, frozenset[str]] = {}
    members: set[int] = set()
    persons: set[int] = set()
    only_cycles = set(token.cycles) if token is not None and token.cycles else None
    only = frozenset(token.capabilities) if token is not None and token.capabilities else None
    for at, person_id, cycle_id, group_id, capabilities in _held_by(user.pk) if held is None else held:
        now = now or at
        if person_id is not None:
            persons.add(person_id)
        if cycle_id is None or (only_cycles is not None and cycle_id not in only_cycles):
            continue
        granted = frozenset(capabilities) if only is None else frozenset(capabilities) & only
        members.add(cycle_id)
        if group_id is None:
            cycles[cycle_id] = cycles.get(cycle_id, frozenset()) | granted
        else:
            groups[group_id] = groups.get(group_id, frozenset()) | granted
    whole = token is None or (only_cycles is None and only is None)
    now, owner = now or db_now(), user.is_superuser and whole
    return Access(
        now=now,
        user_id=user.pk,
        owner=owner,
        may_launch=user.may_launch and whole,
        persons=frozenset(persons),
        cycles=cycles,
        groups=groups,
        member_of=frozenset(members),
        opened=opened_by(user.pk, now) if owner else frozenset(),
    )


def _all_published() -> Q:
    rounds = Round.objects.filter(cycle=OuterRef("pk"))
    return Q(Exists(rounds)) & ~Q(Exists(rounds.filter(published_at__isnull=True)))


def _organizes(access: Access, cycle_id: str) -> Q:
    return Q(**{f"{cycle_id}__in": access.cycles_with(Capability.ORGANIZE)})


def _reads(access: Access, cycle_id: str) -> Q:
    """Organizers, and the owner of the instance while a decision lets them."""
    return Q(**{f"{cycle_id}__in": access.reads_whole()})


def _cycle_open(access: Access, cycle: str = "") -> Q:
    """The cycle itself may be seen: listed and public, or the person belongs to it. `cycle` is the path to it, ending in __."""
    listed = Q(**{f"{cycle}public": True, f"{cycle}state__in": LISTED})
    members = Q(**{f"{cycle}pk__in": sorted(access.member_of)}) & Q(**{f"{cycle}state__in": LISTED})
    return listed | members | Q(**{f"{cycle}pk__in": access.reads_whole()})


def _started(access: Access, round_: str) -> Q:
    """The round is no longer planned: SQL twin of `state_of` for that one question. `round_` is the path to it, ending in __."""
    begun = Q(**{f"{round_}opened_at__lte": access.now}) | Q(
        **{f"{round_}opened_at__isnull": True, f"{round_}opens_at__lte": access.now}
    )
    passed = Q(**{f"{round_}gated": False}) | Q(**{f"{round_}passed_at__lte": access.now})
    return (begun & passed) | Q(**{f"{round_}closed_at__lte": access.now})


def _shown(round_: str, levels: list[str]) -> Q:
    return Q(**{f"{round_}published_at__isnull": False, f"{round_}visibility__in": levels})


def _mine(access: Access, group_id: str = "group_id") -> Q:
    return Q(**{f"{group_id}__in": access.groups_with()})


def _judges(access: Access, person_id: str, cycle_id: str) -> Q:
    """The row is the person's own as a judge, and they (and the token) hold the capability in its cycle."""
    return Q(**{f"{person_id}__in": sorted(access.persons), f"{cycle_id}__in": access.cycles_with(Capability.JUDGE)})


def _marks(access: Access, path: str = "") -> Q:
    """Sheets (at `path`, ending in __) that the person marks: as a judge of the cycle, or as a peer as long as they play in it."""
    cycle, judge = f"{path}challenge__round__cycle_id", f"{path}judge_id"
    if not access.persons:
        return NEVER
    seat = Panelist.objects.filter(
        challenge=OuterRef(f"{path}challenge_id"), panel=OuterRef(f"{path}panel"), person=OuterRef(judge), peer=True, left_at=None
    )
    own = {f"{judge}__in": sorted(access.persons), f"{cycle}__in": sorted(access.member_of)}
    return _judges(access, judge, cycle) | Q(Exists(seat), **own)


def _ballot_seen(access: Access) -> Q:
    """One's own. A ballot is secret: organizers see those that are flagged, to look at them, and nobody else's."""
    return Q(person_id__in=sorted(access.persons)) | (_reads(access, "challenge__round__cycle_id") & ~Q(flag=""))


def _chairs(access: Access, cycle_id: str, path: str = "") -> Q:
    """Rows about a panel (and an entry) of which the person is the chair, not of their own group and not in conflict."""
    if not access.persons:
        return NEVER
    mine = sorted(access.persons)
    seat = Panelist.objects.filter(
        challenge=OuterRef(f"{path}challenge_id"), panel=OuterRef(f"{path}panel"), person__in=mine, chair=True, left_at=None
    )
    return Q(Exists(seat), **{f"{cycle_id}__in": access.cycles_with(Capability.JUDGE)}) & ~_barred(mine, path)


def _chairs_panel(access: Access) -> Q:
    """Rows about a whole panel that the person chairs."""
    if not access.persons:
        return NEVER
    mine = {"person__in": sorted(access.persons), "chair": True, "left_at": None}
    seat = Panelist.objects.filter(challenge=OuterRef("challenge_id"), panel=OuterRef("panel"), **mine)
    return Q(Exists(seat), challenge__round__cycle_id__in=access.cycles_with(Capability.JUDGE))


def _barred(persons: list[int], path: str = "") -> Q:
    """Rows about a group that is or was the person's own, or with which they are in conflict; teams merged into it are part of it."""
    team = of_team(f"{path}group_id")
    own = Membership.objects.filter(team, person__in=persons)
    conflict = in_force().filter(team, person__in=persons)
    return Q(Exists(own)) | Q(Exists(conflict))


def _in_the_room(access: Access) -> Q:
    """Deliberations on entries that the person judges, or whose panel they chair."""
    if not access.persons:
        return NEVER
    mine = sorted(access.persons)
    sheets = Sheet.objects.filter(
        challenge=OuterRef("challenge_id"), panel=OuterRef("panel"), group=OuterRef("group_id"), judge__in=mine
    ).exclude(state=SheetState.RECUSED.value)
    judging = Q(Exists(sheets), challenge__round__cycle_id__in=access.cycles_with(Capability.JUDGE)) & ~_barred(mine)
    return judging | _chairs(access, "challenge__round__cycle_id")


def _to_judge(access: Access, path: str) -> Q:
    """Entries (at `path`) on which the person has a sheet, unless recused."""
    mine = _marks(access)
    sheets = Sheet.objects.filter(mine, challenge_id=OuterRef("challenge_id"), group_id=OuterRef("group_id")).exclude(
        state=SheetState.RECUSED.value
    )
    return Q(**{f"{path}pk__in": Submission.objects.filter(Exists(sheets)).values("pk")}) if access.persons else NEVER


def _to_compare(access: Access, path: str) -> Q:
    """Entries (what hangs on them at `path`) that the person was shown in a pair, unless own or in conflict."""
    cycles = access.cycles_with(Capability.JUDGE)
    if not access.persons or not cycles:
        return NEVER
    mine, group = sorted(access.persons), OuterRef(f"{path}group_id")
    shown = Vote.objects.filter(Q(a=group) | Q(b=group), judge__in=mine, challenge=OuterRef(f"{path}challenge_id"))
    shown = shown.filter(challenge__format="pairwise")
    return Q(Exists(shown), **{f"{path}challenge__round__cycle_id__in": cycles}) & ~_barred(mine, path)


def _entry_seen(access: Access, path: str = "") -> Q:
    """An entry (a submission, or what hangs on it at `path`, ending in __)."""
    round_ = f"{path}challenge__round__"
    handed_in = ~Q(**{f"{path}state": SubmissionState.DRAFT.value})
    counts = Q(**{f"{path}state__in": [s.value for s in COUNTS]})
    return (
        _mine(access, f"{path}group_id")
        | ((_reads(access, f"{round_}cycle_id") | _to_judge(access, path) | _to_compare(access, path)) & handed_in)
        | (_cycle_open(access, f"{round_}cycle__") & _shown(round_, WORK_SHOWN) & counts)
    )


def _named() -> Q:
    """The group of the row shows its results under its name. What has no group (unallocated money) names nobody."""
    return Q(group__rank_hidden=False) | Q(group__isnull=True)


def _attempt_seen(access: Access) -> Q:
    return (
        _mine(access)
        | _reads(access, "challenge__round__cycle_id")
        | (_cycle_open(access, "challenge__round__cycle__") & _shown("challenge__round__", WORK_SHOWN) & _named())
    )


def _entry_out(access: Access) -> Q:
    """An entry with the name of its group: its own, organizers, everybody once it is published. Judges of a sealed round know no names."""
    handed_in, counts = ~Q(state=SubmissionState.DRAFT.value), Q(state__in=[s.value for s in COUNTS])
    shown = _cycle_open(access, "challenge__round__cycle__") & _shown("challenge__round__", WORK_SHOWN)
    return _mine(access) | (_reads(access, "challenge__round__cycle_id") & handed_in) | (shown & counts)


def _idea_of_own(access: Access) -> Q:
    return _mine(access) | Q(group__isnull=True, author_id__in=sorted(access.persons), cycle_id__in=sorted(access.member_of))


def _idea_seen(access: Access) -> Q:
    """Exactly its audience; what stands for an entry or attempt as that. Hidden by organizers: its group and they alone.

    Failure stories stay hidden from sponsors unless everybody may read them.
    """
    own, reads = _idea_of_own(access), _reads(access, "cycle_id")
    playing = Group.objects.filter(pk__in=access.groups_with()).exclude(state=GroupState.PENDING.value)
    named = Exists(Idea.readers.through.objects.filter(idea=OuterRef("pk"), group__in=playing.values("pk")))
    to_teams = Q(audience=IdeaAudience.TEAMS.value, cycle_id__in=playing.values("cycle_id"))
    to_some = Q(named, audience=IdeaAudience.GROUPS.value)
    safe = ~Q(kind=IdeaKind.FAILURE_STORY.value, cycle_id__in=access.cycles_with(Capability.FOLLOW))
    everybody = Q(audience=IdeaAudience.EVERYBODY.value) & _cycle_open(access, "cycle__")
    inside = (to_some | to_teams) & safe if access.groups else NEVER
    told = own | (reads & ~Q(audience=IdeaAudience.OWN.value)) | inside | everybody
    free = Q(submission__isnull=True, attempt__isnull=True)
    entry = Q(submission__in=Submission.objects.filter(_entry_out(access)).values("pk"))
    attempt = Q(attempt__in=Attempt.objects.filter(_attempt_seen(access)).values("pk"))
    return ((free & told) | entry | attempt) & (Q(hidden_at__isnull=True) | own | reads)


def _author_there() -> Q:
    """Whoever wrote the idea is in its group still: then nobody else decides who else reads it."""
    return Q(Exists(Membership.objects.filter(group=OuterRef("group"), person=OuterRef("author"), until__isnull=True)))


def _in_safe_room(access: Access, cycle: str = "pk") -> Q:
    """Members of the teams of the cycle and its organizers; no sponsor, even one who plays too. `cycle` is the path to its id."""
    playing = Group.objects.filter(pk__in=access.groups_with()).exclude(state=GroupState.PENDING.value)
    inside = Q(**{f"{cycle}__in": playing.values("cycle_id")}) if access.groups else NEVER
    return (inside | _organizes(access, cycle)) & ~Q(**{f"{cycle}__in": access.cycles_with(Capability.FOLLOW)})


def _tells(access: Access, cycle: str = "pk") -> Q:
    """Cycles in which the person is in a team that takes part and may act for it."""
    playing = Group.objects.filter(pk__in=access.groups_with(Capability.SUBMIT), state=GroupState.ACTIVE.value)
    return Q(**{f"{cycle}__in": playing.values("cycle_id")}) if access.groups else NEVER


def _on_board(access: Access, cycle: str = "pk") -> Q:
    """Cycles (the path to their id) whose board of barriers the person reads: in a team that takes part, or organizing."""
    playing = Group.objects.filter(pk__in=access.groups_with()).exclude(state=GroupState.PENDING.value)
    return _organizes(access, cycle) | (Q(**{f"{cycle}__in": playing.values("cycle_id")}) if access.groups else NEVER)


def _advises(access: Access, path: str = "") -> Q:
    """Slots (at `path`, ending in __) that the person offers as an expert of their cycle."""
    return Q(**{f"{path}expert_id__in": sorted(access.persons), f"{path}cycle_id__in": access.cycles_with(Capability.ADVISE)})


def _too_close(access: Access) -> Q:
    """Slots whose expert is in a team of the person, is in conflict with it, or judges it. To have advised it before is no such thing."""
    mine = access.groups_with(Capability.SUBMIT)
    same = Q(person_id=OuterRef("expert_id")) | Q(person__user_id=OuterRef("expert__user_id"))
    judge = Q(judge_id=OuterRef("expert_id")) | Q(judge__user_id=OuterRef("expert__user_id"))
    own = Membership.objects.filter(same, group_id__in=mine)
    conflict = in_force().filter(same, group_id__in=mine).exclude(kind=ConflictKind.MENTOR.value)
    judges = Sheet.objects.filter(judge, group_id__in=mine).exclude(state=SheetState.RECUSED.value)
    return Q(Exists(own)) | Q(Exists(conflict)) | Q(Exists(judges))


def _slot_seen(access: Access) -> Q:
    return _on_board(access, "cycle_id") | _reads(access, "cycle_id") | _advises(access)


def _of_both(access: Access, *capabilities: Capability) -> Q:
    """Asks between peers of which one is the person's group."""
    mine = [pk for one in capabilities for pk in access.groups_with(one)] if capabilities else access.groups_with()
    return Q(asker_id__in=mine) | Q(asked_id__in=mine)


def _thread_seen(access: Access) -> Q:
    """Talk is seen with what it is about: never further. Hidden by organizers: whose it is and they alone."""
    about = Q(idea__in=Idea.objects.filter(_idea_seen(access)).values("pk"))
    inside = about | (Q(idea__isnull=True) & _on_board(access, "cycle_id"))
    return inside & (Q(hidden_at__isnull=True) | _mine(access) | _reads(access, "cycle_id"))


def _post_seen(access: Access) -> Q:
    there = Q(thread__in=Thread.objects.filter(_thread_seen(access)).values("pk"))
    return there & (Q(hidden_at__isnull=True) | _mine(access) | _reads(access, "thread__cycle_id"))


def _here(access: Access, cycle_id: str = "cycle_id") -> Q:
    """Rows of cycles in which the person has a place."""
    return Q(**{f"{cycle_id}__in": sorted(access.member_of)}) if access.member_of else NEVER


def _post_own(access: Access) -> Q:
    """What the person said, as long as they are in the group for which they said it."""
    here = _mine(access) | Q(group__isnull=True, thread__cycle_id__in=access.cycles_with(Capability.ORGANIZE))
    return Q(author_id__in=sorted(access.persons)) & here


def _ruled(access: Access, *capabilities: Capability) -> Q:
    """Rulings on what the person, or a group of theirs (in which they hold one of the capabilities), said."""
    groups = [pk for one in capabilities for pk in access.groups_with(one)] if capabilities else access.groups_with()
    persons = sorted(access.persons)
    own = Q(post__author_id__in=persons) | Q(idea__author_id__in=persons)
    return (own & Q(cycle_id__in=sorted(access.member_of))) | Q(post__group_id__in=groups) | Q(idea__group_id__in=groups)


def _idea_split(access: Access) -> Q:
    """Captains of its group, and of a group that has a share of it."""
    mine = access.groups_with(Capability.CAPTAIN)
    return Q(group_id__in=mine) | Q(Exists(CreditShare.objects.filter(idea=OuterRef("pk"), group__in=mine)))


def _sheet_seen(access: Access) -> Q:
    """A judge's own sheets; an organizer's cycle; the entrant's after publication; everybody's when the work is shown."""
    final = Q(state=SheetState.FINAL.value)
    published = Q(challenge__round__published_at__isnull=False)
    return (
        _marks(access)
        | _reads(access, "challenge__round__cycle_id")
        | (_mine(access) & final & published)
        | (_cycle_open(access, "challenge__round__cycle__") & _shown("challenge__round__", WORK_SHOWN) & final & _named())
    )


def _reply_seen(access: Access) -> Q:
    """The judge of the sheet, organizers and the group; of what was done with it in a version, whoever judges that entry. Drafts: the group."""
    round_ = "sheet__challenge__round__"
    used, drafted = Q(kind=ReplyKind.USED.value), Q(kind=ReplyKind.USED.value, version__isnull=True)
    inside = _marks(access, "sheet__") | _reads(access, f"{round_}cycle_id")
    published = Q(**{"sheet__state": SheetState.FINAL.value, f"{round_}published_at__isnull": False})
    return (
        (inside & ~drafted) | (used & _to_judge(access, "version__submission__")) | (_mine(access, "sheet__group_id") & published)
    )


def _replies(access: Access) -> Q:
    """Sheets on which the person's group may say something."""
    published = Q(state=SheetState.FINAL.value, challenge__round__published_at__isnull=False)
    return Q(group_id__in=access.groups_with(Capability.SUBMIT)) & published


def _score_seen(access: Access) -> Q:
    published = Q(challenge__round__published_at__isnull=False)
    return (
        _reads(access, "challenge__round__cycle_id")
        | (_mine(access) & published)
        | (_cycle_open(access, "challenge__round__cycle__") & _shown("challenge__round__", SCORES_SHOWN) & _named())
    )


def _group_seen(access: Access) -> Q:
    taking_part = ~Q(state=GroupState.PENDING.value)
    return Q(pk__in=access.groups_with()) | _reads(access, "cycle_id") | (_cycle_open(access, "cycle__") & taking_part)


def _board_seen(access: Access, path: str = "") -> Q:
    """A board by its audience; boards know their cycle only as `scope`."""
    seen = Cycle.objects.filter(_cycle_open(access)).values("pk")
    organized = access.reads_whole()
    insiders = sorted({*organized, *access.cycles_with(Capability.JUDGE)})
    return (
        Q(**{f"{path}audience": "public", f"{path}scope__in": seen})
        | Q(**{f"{path}audience": "judges", f"{path}scope__in": insiders})
        | Q(**{f"{path}scope__in": organized})
    )


def _standing_seen(access: Access) -> Q:
    """Live rows: of a live board its public side, for organizers both sides of every board."""
    organized = Q(board__scope__in=access.reads_whole())
    return organized | (_board_seen(access, "board__") & Q(board__live=True, audience="public"))


OWN_GRANTS = [GrantState.VERIFIED.value, GrantState.GRANTED.value, GrantState.DELIVERED.value, GrantState.DECLINED.value]


def _credential_seen(access: Access) -> Q:
    """Where credentials are listed. Whoever has the address of one reads its page without this."""
    mine = Q(person_id__in=sorted(access.persons)) | (Q(person_id__isnull=True) & _mine(access))
    shown = Q(person_id__isnull=True, state=CredentialState.ISSUED.value, group__rank_hidden=False)
    return mine | _reads(access, "cycle_id") | (_cycle_open(access, "cycle__") & shown)


def _grant_seen(access: Access) -> Q:
    won = Q(state__in=[GrantState.GRANTED.value, GrantState.DELIVERED.value, GrantState.UNALLOCATED.value])
    own = _mine(access) & Q(state__in=OWN_GRANTS)
    return _reads(access, "cycle_id") | own | (_cycle_open(access, "cycle__") & won & _named())


def _pass_seen(access: Access) -> Q:
    """Whom an award passed by is told with whoever has it."""
    given = Grant.objects.filter(cycle=OuterRef("cycle"), award=OuterRef("award"))
    told = Q(Exists(given.filter(state__in=[GrantState.GRANTED.value, GrantState.DELIVERED.value])))
    return _reads(access, "cycle_id") | (_cycle_open(access, "cycle__") & told & (_named() | _mine(access)))


def _points_seen(access: Access) -> Q:
    return _cycle_open(access, "cycle__") & (_named() | _mine(access) | _reads(access, "cycle_id"))


def _win_seen(access: Access) -> Q:
    """Its group and organizers; of a group that shows its name who takes part, everybody if it is about something that they may see.

    With an idea, an attempt or a board it is seen no further than that.
    """
    idea, attempt, board = Q(idea__isnull=True), Q(attempt__isnull=True), Q(board__isnull=True)
    about = (
        (idea | Q(idea__in=Idea.objects.filter(_idea_seen(access)).values("pk")))
        & (attempt | Q(attempt__in=Attempt.objects.filter(_attempt_seen(access)).values("pk")))
        & (board | Q(board__in=Board.objects.filter(_board_seen(access)).values("pk")))
    )
    open_ = _cycle_open(access, "cycle__") & (~(idea & attempt & board) | _takes_part(access, "cycle_id"))
    return about & (_mine(access) | _reads(access, "cycle_id") | (open_ & _named()))


def _badge_seen(access: Access) -> Q:
    """A group's badges as its points; a member's own badge only by that member."""
    return (Q(person_id__isnull=True) & _points_seen(access)) | Q(person_id__in=sorted(access.persons))


def _on_panel(access: Access, **held: Any) -> Q:
    """What hangs on a panel (challenge, panel) on which the person judges and has not dropped out; `held`: what the seat must be besides."""
    mine = _judges(access, "person_id", "challenge__round__cycle_id")
    seats = Panelist.objects.filter(mine, left_at__isnull=True, **held)
    return Q(Exists(seats.filter(challenge_id=OuterRef("challenge_id"), panel=OuterRef("panel")))) if access.persons else NEVER


def _visits(access: Access) -> Q:
    """Tables at which the person still has something to judge, or which they were sent to."""
    if not access.persons:
        return NEVER
    mine = sorted(access.persons)
    there = to_visit(mine) | Q(busy_with__in=mine)
    return Q(round__cycle_id__in=access.cycles_with(Capability.JUDGE)) & there & ~_barred(mine)


def _stand_seen(access: Access) -> Q:
    """Organizers, the group, and whoever judges it."""
    sheets = Sheet.objects.filter(
        judge__in=sorted(access.persons), challenge__round=OuterRef("round_id"), group=OuterRef("group_id")
    ).exclude(state=SheetState.RECUSED.value)
    judges = Q(Exists(sheets), round__cycle_id__in=access.cycles_with(Capability.JUDGE)) & ~_barred(sorted(access.persons))
    return _reads(access, "round__cycle_id") | _mine(access) | (judges if access.persons else NEVER) | _visits(access)


def _hears(access: Access) -> Q:
    """Pitches that the person hears as a judge."""
    if not access.persons:
        return NEVER
    mine = sorted(access.persons)
    return Q(round__cycle_id__in=access.cycles_with(Capability.JUDGE)) & heard_by(mine) & ~_barred(mine)


def _change_test_seen(access: Access) -> Q:
    """The group's own and organizers; finished ones open with the round they were made in. Without a round they stay inside."""
    finished = Q(state=ChangeState.ACTED.value)
    shown = _cycle_open(access, "cycle__") & _shown("round__", WORK_SHOWN) & finished & _named()
    return _mine(access) | _reads(access, "cycle_id") | shown


def _announcement_seen(access: Access) -> Q:
    """Until it is withdrawn: one for everybody with the cycle, one for teams by their members, one for judges by them."""
    teams = Group.objects.filter(pk__in=access.groups_with()).values("cycle_id")
    heard = (
        (_cycle_open(access, "cycle__") & Q(audience=Audience.PUBLIC.value))
        | Q(audience=Audience.TEAMS.value, cycle_id__in=teams)
        | Q(audience=Audience.JUDGES.value, cycle_id__in=access.cycles_with(Capability.JUDGE))
    )
    return _reads(access, "cycle_id") | (heard & Q(withdrawn_at__isnull=True))


def _journal_seen(access: Access) -> Q:
    listed = Cycle.objects.filter(_cycle_open(access)).values("pk")
    public = Q(cycle_id__in=listed, kind__in=[kind.value for kind in PUBLIC_KINDS])
    return _reads(access, "cycle_id") | public


def _takes_part(access: Access, cycle: str = "pk") -> Q:
    """Cycles (the path to their id) in which the person plays in a team that is in, judges, coaches, sponsors or organizes."""
    playing = Group.objects.filter(pk__in=access.groups_with()).exclude(state=GroupState.PENDING.value)
    inside = Q(**{f"{cycle}__in": playing.values("cycle_id")}) if access.groups else NEVER
    return inside | Q(**{f"{cycle}__in": sorted(access.cycles)})


def _suggestion_seen(access: Access) -> Q:
    """What became a rule whoever sees the cycle; before that who takes part; what was withdrawn its author and organizers."""
    rule = Q(design_number__isnull=False) & _cycle_open(access, "cycle__")
    kept = ~Q(state=SuggestionState.WITHDRAWN.value)
    return rule | (_takes_part(access, "cycle_id") & kept) | _suggestion_own(access) | _reads(access, "cycle_id")


def _proposal_seen(access: Access) -> Q:
    """What somebody suggested is told with their suggestion, to whom it may be told."""
    published = _cycle_open(access, "retrospective__cycle__") & Q(retrospective__published_at__isnull=False)
    return _reads(access, "retrospective__cycle_id") | (published & ~Q(section="suggestions"))


def _carried_seen(access: Access) -> Q:
    """What a team means to try is its own; what it begins with counts in front of everybody."""
    counts = _cycle_open(access, "cycle__") & _named() & ~Q(kind=CarriedKind.COMMITMENT.value)
    return _mine(access) | _reads(access, "cycle_id") | counts


def _suggestion_own(access: Access) -> Q:
    return Q(author_id__in=sorted(access.persons), cycle_id__in=sorted(access.member_of))


def _of_either(groups: list[int]) -> Q:
    """Mergers of ideas of which one is an idea of the groups."""
    return Q(source__group_id__in=groups) | Q(into__group_id__in=groups)


def _partner(groups: list[int]) -> Q:
    """Partnerships in which one of the groups is."""
    return Q(Exists(Partner.objects.filter(partnership=OuterRef("pk"), group__in=groups))) if groups else NEVER


def _partnership_seen(access: Access) -> Q:
    """What is only proposed is between the teams. A joint entry would tell whose sealed work is whose."""
    out = Q(challenge__isnull=True) | Q(challenge__round__published_at__isnull=False)
    agreed = Q(state=PartnershipState.AGREED.value) & out & _cycle_open(access, "cycle__")
    return _partner(access.groups_with()) | _reads(access, "cycle_id") | agreed


def _own_glass(access: Access) -> Q:
    """The decisions by which this person, owner of the instance, opened a cycle to themselves."""
    return Q(kind=DecisionKind.BREAK_GLASS.value, by_id=access.user_id) if access.owner else NEVER


def _decision_seen(access: Access) -> Q:
    """What is decided about a group that keeps its name to itself would tell how it fared: it reads that itself, others do not."""
    about = Q(key=OuterRef("group")) | Q(key=OuterRef("other"))
    unnamed = Group.objects.filter(about, cycle=OuterRef("cycle_id"), rank_hidden=True).exclude(pk__in=access.groups_with())
    public = _cycle_open(access, "cycle__") & Q(published_at__isnull=False) & ~Q(Exists(unnamed))
    return _reads(access, "cycle_id") | _own_glass(access) | public


@dataclass(frozen=True, slots=True)
class Permission:
    """One row. With a `model`: `seen` filters it. Without: `held` answers for the person as such. `says` is the rule in words."""

    says: str
    model: type[Model] | None = None
    seen: Callable[[Access], Q] | None = None
    held: Callable[[Access], bool] | None = None


def _row(says: str, model: type[Model], seen: Callable[[Access], Q]) -> Permission:
    return Permission(says=says, model=model, seen=seen)


def _of_cycle(says: str, model: type[Model]) -> Permission:
    return _row(says, model, lambda a: _cycle_open(a, "cycle__"))


def _of_organizer(says: str, model: type[Model], cycle_id: str = "cycle_id") -> Permission:
    return _row(says, model, lambda a: _organizes(a, cycle_id))


PERMISSIONS: dict[str, Permission] = {
    "instance.desk": Permission("The owner of this instance.", held=lambda a: a.owner),
    "cycle.launch": Permission("Whoever was allowed to launch cycles here.", held=lambda a: a.may_launch or a.owner),
    "playbook.post": Permission("Whoever may launch cycles.", held=lambda a: a.may_launch or a.owner),
    "signed_in": Permission("Anybody signed in.", held=lambda a: a.user_id is not None),
    "organization.view": _row("Anybody: names of organizations are public.", Organization, lambda _: Q()),
    "cycle.view": _row("Anybody, once launched; members only if not public; organizers always.", Cycle, _cycle_open),
    "cycle.read_whole": _row(
        "Organizers; the owner of this instance while a decision lets them.", Cycle, lambda a: _reads(a, "pk")
    ),
    "cycle.break_glass": _row("The owner of this instance.", Cycle, lambda a: Q() if a.owner else NEVER),
    "cycle.organize": _row("Organizers of the cycle.", Cycle, lambda a: _organizes(a, "pk")),
    "cycle.follow_up": _row(
        "Organizers of the cycle who may launch cycles here.",
        Cycle,
        lambda a: _organizes(a, "pk") if a.may_launch or a.owner else NEVER,
    ),
    "cycle.follow": _row(
        "Sponsors, coaches and observers of the cycle, and its organizers.",
        Cycle,
        lambda a: Q(pk__in=a.cycles_with(Capability.FOLLOW), state__in=LISTED) | _organizes(a, "pk"),
    ),
    "ceremony.view": _row(
        "Organizers; whoever may see the cycle once the results of all its rounds are published.",
        Cycle,
        lambda a: _organizes(a, "pk") | (_cycle_open(a) & _all_published()),
    ),
    "series.view": _row(
        "Whoever may see one of its cycles.", Series, lambda a: Q(pk__in=Cycle.objects.filter(_cycle_open(a)).values("series_id"))
    ),
    "design.view": _of_cycle("Whoever may see the cycle.", Design),
    "draft.view": _of_organizer("Organizers: what is being written is theirs alone.", Draft),
    "draft.write": _of_organizer("Organizers.", Draft),
    "decision.view": _row(
        "Organizers; everybody once published, unless it names a group that keeps its name; who broke the glass, that decision.",
        Decision,
        _decision_seen,
    ),
    "decision.revoke": _row(
        "Organizers; who broke the glass, that decision.", Decision, lambda a: _organizes(a, "cycle_id") | _own_glass(a)
    ),
    "group.view": _row("Whoever may see the cycle, once the group takes part; itself and organizers always.", Group, _group_seen),
    "group.member": _row("Members of the group.", Group, lambda a: Q(pk__in=a.groups_with())),
    "group.manage": _row(
        "Its captain, and organizers.", Group, lambda a: Q(pk__in=a.groups_with(Capability.CAPTAIN)) | _organizes(a, "cycle_id")
    ),
    "group.submit": _row("Members who may submit.", Group, lambda a: Q(pk__in=a.groups_with(Capability.SUBMIT))),
    "group.appeal": _row(
        "Its captain, and members who may submit.",
        Group,
        lambda a: Q(pk__in=[*a.groups_with(Capability.CAPTAIN), *a.groups_with(Capability.SUBMIT)]),
    ),
    "group.rhythm": _row(
        "Members of the group, and organizers.", Group, lambda a: Q(pk__in=a.groups_with()) | _reads(a, "cycle_id")
    ),
    "membership.view": _row(
        "The members of the same group, and organizers.",
        Membership,
        lambda a: _mine(a) | _reads(a, "cycle_id") | Q(person_id__in=sorted(a.persons), cycle_id__in=sorted(a.member_of)),
    ),
    "membership.end": _row(
        "Oneself, the captain of the group, and organizers.",
        Membership,
        lambda a: (
            Q(person_id__in=sorted(a.persons), group_id__in=a.groups_with())
            | Q(group_id__in=a.groups_with(Capability.CAPTAIN))
            | _organizes(a, "cycle_id")
        ),
    ),
    "group.join_forces": _row(
        "Its captain: whoever speaks for the team to other teams.", Group, lambda a: Q(pk__in=a.groups_with(Capability.CAPTAIN))
    ),
    "partnership.view": _row(
        "The teams in it, and organizers; once agreed whoever may see the cycle, of a joint entry once its round is published.",
        Partnership,
        _partnership_seen,
    ),
    "partnership.act": _row("Captains of the teams in it.", Partnership, lambda a: _partner(a.groups_with(Capability.CAPTAIN))),
    "registration.view": _row(
        "The group itself, and organizers.", Registration, lambda a: _mine(a) | _reads(a, "group__cycle_id")
    ),
    "registration.complete": _row("Its captain.", Registration, lambda a: Q(group_id__in=a.groups_with(Capability.CAPTAIN))),
    "registration.settle": _of_organizer("Organizers.", Registration, "group__cycle_id"),
    "join_request.view": _row(
        "Who asked, the captain, organizers.",
        JoinRequest,
        lambda a: (
            Q(person_id__in=sorted(a.persons)) | Q(group_id__in=a.groups_with(Capability.CAPTAIN)) | _reads(a, "group__cycle_id")
        ),
    ),
    "join_request.settle": _row(
        "The captain, and organizers.",
        JoinRequest,
        lambda a: Q(group_id__in=a.groups_with(Capability.CAPTAIN)) | _organizes(a, "group__cycle_id"),
    ),
    "person.view": _row(
        "Oneself, and organizers of a cycle the person is in.",
        Person,
        lambda a: Q(pk__in=sorted(a.persons)) | Q(pk__in=Membership.objects.filter(_reads(a, "cycle_id")).values("person_id")),
    ),
    "round.view": _of_cycle("Whoever may see the cycle.", Round),
    "round.steer": _of_organizer("Organizers.", Round),
    "extension.view": _row("The group it is for, and organizers.", Extension, lambda a: _mine(a) | _reads(a, "round__cycle_id")),
    "challenge.view": _row(
        "Whoever may see the cycle, once the round has opened; organizers always.",
        Challenge,
        lambda a: _reads(a, "round__cycle_id") | (_cycle_open(a, "round__cycle__") & _started(a, "round__")),
    ),
    "challenge.organize": _of_organizer("Organizers.", Challenge, "round__cycle_id"),
    "submission.view": _row(
        "The group; once handed in its judges and organizers; everybody when the published round shows whole entries.",
        Submission,
        _entry_seen,
    ),
    "submission.edit": _row(
        "Members of the group who may submit.", Submission, lambda a: Q(group_id__in=a.groups_with(Capability.SUBMIT))
    ),
    "submission.rule_on": _of_organizer("Organizers (disqualify).", Submission, "challenge__round__cycle_id"),
    "version.view": _row("As the submission.", Version, lambda a: _entry_seen(a, "submission__")),
    "upload.view": _row("As the submission.", Upload, lambda a: _entry_seen(a, "submission__")),
    "upload.remove": _row(
        "Members who may submit.", Upload, lambda a: Q(submission__group_id__in=a.groups_with(Capability.SUBMIT))
    ),
    "attempt.view": _row(
        "The group and organizers; everybody when the published round shows whole entries.",
        Attempt,
        _attempt_seen,
    ),
    "attempt.judge": _of_organizer(
        "Organizers, and judges from outside with an organizer's token.", Attempt, "challenge__round__cycle_id"
    ),
    "idea.view": _row(
        "Exactly its audience; of an entry or attempt whoever may see that; hidden: its group and organizers.", Idea, _idea_seen
    ),
    "idea.tell": _row(
        "Members of its group who may submit; its author, an organizer, where it has none.",
        Idea,
        lambda a: Q(group_id__in=a.groups_with(Capability.SUBMIT)) | (_idea_of_own(a) & _organizes(a, "cycle_id") & ~_mine(a)),
    ),
    "idea.widen": _row(
        "Its author as long as they are in the group; the captain, once its author is not, what more than the group reads already.",
        Idea,
        lambda a: (
            (Q(group_id__in=a.groups_with(Capability.CAPTAIN)) & ~Q(audience=IdeaAudience.OWN.value) & ~_author_there())
            | (_mine(a) & Q(author_id__in=sorted(a.persons)))
            | (_idea_of_own(a) & _organizes(a, "cycle_id") & ~_mine(a))
        ),
    ),
    "idea.split": _row("Captains of its group, and of groups that have a share.", Idea, _idea_split),
    "idea_merger.view": _row(
        "The teams of both ideas, and organizers.",
        IdeaMerger,
        lambda a: _of_either(a.groups_with()) | _reads(a, "source__cycle_id"),
    ),
    "idea_merger.act": _row(
        "Captains of the teams of both ideas.", IdeaMerger, lambda a: _of_either(a.groups_with(Capability.CAPTAIN))
    ),
    "idea.moderate": _row(
        "Organizers, of what they may read.",
        Idea,
        lambda a: _organizes(a, "cycle_id") & ~Q(audience=IdeaAudience.OWN.value),
    ),
    "cycle.safe_room": _row("Members of its teams, and organizers; no sponsor.", Cycle, _in_safe_room),
    "cycle.tell_failure": _row(
        "Members of its teams who may submit, and organizers; no sponsor.",
        Cycle,
        lambda a: (_tells(a) | _organizes(a, "pk")) & _in_safe_room(a),
    ),
    "round.answer_risk": _row(
        "Members of its teams who may submit: the question is theirs, not the organizers'.",
        Round,
        lambda a: _tells(a, "cycle_id") & _in_safe_room(a, "cycle_id"),
    ),
    "risk_answer.view": _row(
        "Who is in the safe room, once enough were given; those that wait nobody.",
        RiskAnswer,
        lambda a: Q(shown=True) & _in_safe_room(a, "round__cycle_id"),
    ),
    "cycle.barriers": _row("Members of teams that take part, and organizers.", Cycle, _on_board),
    "thread.view": _row(
        "Whoever may see the idea; on the board teams and organizers; hidden: whose it is and organizers.", Thread, _thread_seen
    ),
    "thread.say": _row(
        "Of those who see it: members of teams that take part who may submit, and organizers.",
        Thread,
        lambda a: _thread_seen(a) & (_tells(a, "cycle_id") | _organizes(a, "cycle_id")),
    ),
    "thread.heed": _row("Who sees it and has a place in the cycle (follow).", Thread, lambda a: _thread_seen(a) & _here(a)),
    "post.heed": _row(
        "Who sees it and has a place in the cycle (thank, report).", Post, lambda a: _post_seen(a) & _here(a, "thread__cycle_id")
    ),
    "idea.heed": _row(
        "Who sees it and has a place in the cycle (follow, thank, report).", Idea, lambda a: _idea_seen(a) & _here(a)
    ),
    "group.heed": _row("Who sees it and has a place in the cycle (follow, cheer).", Group, lambda a: _group_seen(a) & _here(a)),
    "thread.settle": _row(
        "Members of the asking group who may submit; organizers, where organizers asked.",
        Thread,
        lambda a: Q(group_id__in=a.groups_with(Capability.SUBMIT)) | (Q(group__isnull=True) & _organizes(a, "cycle_id")),
    ),
    "post.view": _row("As its thread; hidden: whose it is and organizers.", Post, _post_seen),
    "post.correct": _row("Its author, as long as they are in the group.", Post, _post_own),
    "post.moderate": _of_organizer("Organizers.", Post, "thread__cycle_id"),
    "follow.view": _row("Who follows.", Follow, lambda a: Q(person_id__in=sorted(a.persons), cycle_id__in=sorted(a.member_of))),
    "report.view": _row(
        "Who reported it, and organizers: never whose it is.",
        Report,
        lambda a: Q(person_id__in=sorted(a.persons), cycle_id__in=sorted(a.member_of)) | _reads(a, "cycle_id"),
    ),
    "ruling.view": _row("Whose it is, and organizers.", Ruling, lambda a: _ruled(a) | _reads(a, "cycle_id")),
    "ruling.appeal": _row("Its author, and members of its group who may submit.", Ruling, lambda a: _ruled(a, Capability.SUBMIT)),
    "ruling.answer": _of_organizer("Organizers.", Ruling),
    "cycle.office_hours": _row(
        "Experts of the cycle, and its organizers.",
        Cycle,
        lambda a: Q(pk__in=a.cycles_with(Capability.ADVISE)) | _organizes(a, "pk"),
    ),
    "slot.view": _row("Members of teams that take part, its expert, organizers.", Slot, _slot_seen),
    "slot.book": _row(
        "Members who may submit, of teams that take part; not with an expert who is too close to theirs, or judges it.",
        Slot,
        lambda a: _tells(a, "cycle_id") & Q(withdrawn_at__isnull=True) & ~_too_close(a),
    ),
    "slot.withdraw": _row("Its expert, and organizers.", Slot, lambda a: _advises(a) | _organizes(a, "cycle_id")),
    "booking.view": _row(
        "The group, the expert, organizers.", Booking, lambda a: _mine(a) | _advises(a, "slot__") | _reads(a, "cycle_id")
    ),
    "booking.change": _row(
        "Members of the group who may submit.", Booking, lambda a: Q(group_id__in=a.groups_with(Capability.SUBMIT))
    ),
    "booking.settle": _row("Its expert, and organizers.", Booking, lambda a: _advises(a, "slot__") | _organizes(a, "cycle_id")),
    "booking.note": _row("Its expert.", Booking, lambda a: _advises(a, "slot__")),
    "session_note.view": _row(
        "Its author; once shared the group and organizers.",
        SessionNote,
        lambda a: (
            Q(author_id__in=sorted(a.persons), booking__cycle_id__in=a.cycles_with(Capability.ADVISE))
            | (Q(shared=True) & (_mine(a, "booking__group_id") | _reads(a, "booking__cycle_id")))
        ),
    ),
    "peer_ask.view": _row("Both groups, and organizers.", PeerAsk, lambda a: _of_both(a) | _reads(a, "cycle_id")),
    "peer_ask.known": _row(
        "That two are peers, once accepted: members of teams that take part, and organizers.",
        PeerAsk,
        lambda a: Q(state=PeerState.ACCEPTED.value) & _on_board(a, "cycle_id"),
    ),
    "peer_ask.answer": _row(
        "Members of the asked group who may submit.", PeerAsk, lambda a: Q(asked_id__in=a.groups_with(Capability.SUBMIT))
    ),
    "peer_ask.withdraw": _row(
        "Members of the asking group who may submit.", PeerAsk, lambda a: Q(asker_id__in=a.groups_with(Capability.SUBMIT))
    ),
    "idea_draft.view": _row(
        "Its writer alone.",
        IdeaDraft,
        lambda a: Q(person_id__in=sorted(a.persons), cycle_id__in=sorted(a.member_of)),
    ),
    "panelist.view": _row(
        "Organizers, and the judge.",
        Panelist,
        lambda a: _reads(a, "challenge__round__cycle_id") | _judges(a, "person_id", "challenge__round__cycle_id"),
    ),
    "panelist.change": _of_organizer("Organizers.", Panelist, "challenge__round__cycle_id"),
    "panelist.own": _row("The judge.", Panelist, lambda a: _judges(a, "person_id", "challenge__round__cycle_id")),
    "plan.view": _row("Organizers.", AssignmentPlan, lambda a: _reads(a, "challenge__round__cycle_id")),
    "plan.settle": _of_organizer("Organizers.", AssignmentPlan, "challenge__round__cycle_id"),
    "conflict.view": _row(
        "Organizers, the judge, and the group what it said itself.",
        ConflictOfInterest,
        lambda a: (
            _reads(a, "group__cycle_id")
            | _judges(a, "person_id", "group__cycle_id")
            | (_mine(a) & Q(source=ConflictSource.TEAM.value))
        ),
    ),
    "conflict.settle": _of_organizer("Organizers.", ConflictOfInterest, "group__cycle_id"),
    "concern.view": _row("The group that said it, and organizers.", Concern, lambda a: _mine(a) | _reads(a, "group__cycle_id")),
    "concern.settle": _of_organizer("Organizers.", Concern, "group__cycle_id"),
    "sheet.view": _row(
        "The judge; organizers; the entrant once published; everybody when the published round shows whole entries.",
        Sheet,
        _sheet_seen,
    ),
    "sheet.mark": _row("The judge it is assigned to, or the peer as long as they play.", Sheet, _marks),
    "ballot.view": _row("The voter; organizers those that are flagged.", Ballot, _ballot_seen),
    "ballot.settle": _row(
        "Organizers: ballots that are flagged.", Ballot, lambda a: _organizes(a, "challenge__round__cycle_id") & ~Q(flag="")
    ),
    "voting.steer": _of_organizer("Organizers.", Challenge, "round__cycle_id"),
    "vote.cast": _row("The judge who was shown the pair.", Vote, lambda a: _judges(a, "judge_id", "challenge__round__cycle_id")),
    "list.rank": _row(
        "The judge who was shown the list.", RankedList, lambda a: _judges(a, "judge_id", "challenge__round__cycle_id")
    ),
    "sheet.reply": _row("Members of the judged group who may submit, once the round is published.", Sheet, _replies),
    "feedback_reply.view": _row(
        "The judge, organizers, the group once published; what was done with feedback also the judges of that entry.",
        FeedbackReply,
        _reply_seen,
    ),
    "sheet.answer_flag": _of_organizer("Organizers: what a judge flagged.", Sheet, "challenge__round__cycle_id"),
    "sheet.reopen": _of_organizer("Organizers, with a reason.", Sheet, "challenge__round__cycle_id"),
    "calibration.view": _row(
        "Organizers, and the judges of the panel.",
        Calibration,
        lambda a: _reads(a, "challenge__round__cycle_id") | _on_panel(a),
    ),
    "calibration.talk": _row(
        "The judges of the panel, and organizers.",
        Calibration,
        lambda a: _organizes(a, "challenge__round__cycle_id") | _on_panel(a),
    ),
    "calibration.lead": _row(
        "Organizers, and the chair of the panel.",
        Calibration,
        lambda a: _organizes(a, "challenge__round__cycle_id") | _on_panel(a, chair=True),
    ),
    "sheet.deliberate": _row(
        "Organizers, and the chair of its panel unless in conflict.",
        Sheet,
        lambda a: _organizes(a, "challenge__round__cycle_id") | _chairs(a, "challenge__round__cycle_id"),
    ),
    "deliberation.view": _row(
        "Organizers, the chair, and who judges the entry; nobody on their own group or in conflict.",
        Deliberation,
        lambda a: _reads(a, "challenge__round__cycle_id") | _in_the_room(a),
    ),
    "deliberation.speak": _row(
        "Organizers, the chair, and who judges the entry; nobody on their own group or in conflict.",
        Deliberation,
        lambda a: _organizes(a, "challenge__round__cycle_id") | _in_the_room(a),
    ),
    "deliberation.decide": _row(
        "Organizers, and the chair unless in conflict.",
        Deliberation,
        lambda a: _organizes(a, "challenge__round__cycle_id") | _chairs(a, "challenge__round__cycle_id"),
    ),
    "review.view": _row(
        "Organizers, and the chair of the panel.",
        MarkReview,
        lambda a: _reads(a, "sheet__challenge__round__cycle_id") | _chairs(a, "sheet__challenge__round__cycle_id", "sheet__"),
    ),
    "review.answer": _row(
        "Organizers, and the chair of the panel.",
        MarkReview,
        lambda a: _organizes(a, "sheet__challenge__round__cycle_id") | _chairs(a, "sheet__challenge__round__cycle_id", "sheet__"),
    ),
    "stand.view": _row("Organizers, the group, and who judges it.", Stand, _stand_seen),
    "stand.place": _of_organizer("Organizers.", Stand, "round__cycle_id"),
    "stand.visit": _row("Judges who have something to do there, or were sent there.", Stand, _visits),
    "stand.attend": _row(
        "Organizers, the group itself, and judges who are to go there: who is absent, who is back.",
        Stand,
        lambda a: _organizes(a, "round__cycle_id") | _mine(a) | _visits(a),
    ),
    "pitch.view": _row(
        "Organizers, the group, and the judges who hear it.",
        Pitch,
        lambda a: _reads(a, "round__cycle_id") | _mine(a) | _hears(a),
    ),
    "pitch.move": _of_organizer("Organizers.", Pitch, "round__cycle_id"),
    "score.view": _row(
        "Organizers; the entrant once published; everybody when the published round shows scores.", ChallengeScore, _score_seen
    ),
    "analysis.view": _row(
        "Organizers, the chair of the panel; everybody when the published round shows scores.",
        PanelAnalysis,
        lambda a: (
            _reads(a, "challenge__round__cycle_id")
            | _chairs_panel(a)
            | (_cycle_open(a, "challenge__round__cycle__") & _shown("challenge__round__", SCORES_SHOWN))
        ),
    ),
    "run.view": _row("Organizers.", RecomputeRun, lambda a: _reads(a, "cycle_id")),
    "external_result.view": _of_cycle("Whoever may see the cycle.", ExternalResult),
    "board.view": _row("Its audience.", Board, _board_seen),
    "standing.view": _row("Its audience while live; organizers always.", Standing, _standing_seen),
    "snapshot.view": _row(
        "Its board's audience; the restricted side organizers only.",
        Snapshot,
        lambda a: Q(board__scope__in=a.reads_whole()) | (_board_seen(a, "board__") & Q(audience="public")),
    ),
    "grant.view": _row("Organizers; the group once verified; everybody once granted.", Grant, _grant_seen),
    "grant.move": _of_organizer("Organizers.", Grant),
    "grant.decline": _row(
        "The captain of the group, once it knows of it; organizers.",
        Grant,
        lambda a: (Q(group_id__in=a.groups_with(Capability.CAPTAIN)) & Q(state__in=OWN_GRANTS)) | _organizes(a, "cycle_id"),
    ),
    "grant.book": _row(
        "Members of the group who may submit, once it is granted.",
        Grant,
        lambda a: Q(group_id__in=a.groups_with(Capability.SUBMIT), state=GrantState.GRANTED.value),
    ),
    "grant.proof": _row(
        "The group, organizers, and sponsors of the cycle.",
        Grant,
        lambda a: (
            (_mine(a) & Q(state__in=OWN_GRANTS))
            | _reads(a, "cycle_id")
            | Q(cycle_id__in=a.cycles_with(Capability.FOLLOW), state=GrantState.DELIVERED.value)
        ),
    ),
    "grant_pass.view": _row(
        "Organizers; everybody once the award is granted to another, with the names that are shown.", GrantPass, _pass_seen
    ),
    "credential.view": _row(
        "The group its own, members those that name them; organizers; of groups that keep no name back everybody, once issued.",
        Credential,
        _credential_seen,
    ),
    "credential.give_up": _row(
        "Whom it names.", Credential, lambda a: Q(person_id__in=sorted(a.persons), person_id__isnull=False)
    ),
    "credential.revoke": _of_organizer("Organizers.", Credential),
    "points.view": _row("Whoever may see the cycle; of a group without its name itself and organizers.", Points, _points_seen),
    "points_total.view": _row(
        "Whoever may see the cycle; of a group without its name itself and organizers.", PointsTotal, _points_seen
    ),
    "earned_badge.view": _row(
        "Whoever may see the cycle; of a group without its name itself and organizers; of a person that person.",
        EarnedBadge,
        _badge_seen,
    ),
    "win.view": _row(
        "Its group and organizers; who takes part, of a group that shows its name; with an idea, attempt or board no further than it.",
        Win,
        _win_seen,
    ),
    "win.cheer": _row(
        "Who takes part and sees it: not its own group.",
        Win,
        lambda a: _takes_part(a, "cycle_id") & _win_seen(a) & ~_mine(a),
    ),
    "learning_week.view": _row("The group and organizers.", LearningWeek, lambda a: _mine(a) | _reads(a, "cycle_id")),
    "watch_flag.view": _row("Organizers.", WatchFlag, lambda a: _reads(a, "cycle_id")),
    "watch_flag.settle": _of_organizer("Organizers.", WatchFlag),
    "entrant.view": _row("Whoever may see the cycle.", Entrant, lambda a: _cycle_open(a, "round__cycle__")),
    "announcement.view": _row("Its audience, until it is withdrawn; organizers always.", Announcement, _announcement_seen),
    "notice.view": _row("Whom it was told.", Notice, lambda a: Q(person_id__in=sorted(a.persons))),
    "announcement.withdraw": _of_organizer("Organizers.", Announcement),
    "appeal.view": _row("The group itself, and organizers.", Appeal, lambda a: _mine(a) | _reads(a, "round__cycle_id")),
    "appeal.withdraw": _row(
        "Its captain, and members who may submit.",
        Appeal,
        lambda a: Q(group_id__in=[*a.groups_with(Capability.CAPTAIN), *a.groups_with(Capability.SUBMIT)]),
    ),
    "appeal.answer": _of_organizer("Organizers.", Appeal, "round__cycle_id"),
    "change_set.view": _row("Organizers.", ChangeSet, lambda a: _reads(a, "cycle_id")),
    "change_set.write": _of_organizer("Organizers.", ChangeSet),
    "cycle.suggest": _row(
        "Whoever takes part: members of teams that are in, judges, coaches, sponsors, organizers.",
        Cycle,
        lambda a: _takes_part(a) & Q(state__in=LISTED),
    ),
    "suggestion.view": _row(
        "Who takes part; everybody once it is a rule; withdrawn: its author and organizers.", Suggestion, _suggestion_seen
    ),
    "suggestion.support": _row(
        "Who takes part and sees it: not its author.",
        Suggestion,
        lambda a: _takes_part(a, "cycle_id") & _suggestion_seen(a) & ~Q(author_id__isnull=False, author_id__in=sorted(a.persons)),
    ),
    "suggestion.withdraw": _row("Its author, as long as they take part.", Suggestion, _suggestion_own),
    "suggestion.decide": _of_organizer("Organizers.", Suggestion),
    "retrospective.view": _row(
        "Organizers; everybody who may see the cycle, once it is published.",
        Retrospective,
        lambda a: _reads(a, "cycle_id") | (_cycle_open(a, "cycle__") & Q(published_at__isnull=False)),
    ),
    "retrospective.write": _of_organizer("Organizers.", Retrospective),
    "proposal.view": _row(
        "Organizers; everybody once the retrospective is published, but for suggestions.", Proposal, _proposal_seen
    ),
    "proposal.decide": _of_organizer("Organizers.", Proposal, "retrospective__cycle_id"),
    "adoption.view": _row(
        "Whoever may see the idea that it is about.",
        Adoption,
        lambda a: _cycle_open(a, "cycle__") & Q(idea__in=Idea.objects.filter(_idea_seen(a)).values("pk")),
    ),
    "carried.view": _row(
        "The team and organizers; of teams that keep no name back everybody, but for what they mean to try.",
        Carried,
        _carried_seen,
    ),
    "observation.view": _row(
        "Of the whole cycle whoever may see it; of a group itself and organizers.",
        Observation,
        lambda a: (_cycle_open(a, "cycle__") & Q(group__isnull=True)) | _mine(a) | _reads(a, "cycle_id"),
    ),
    "observation.correct": _of_organizer("Organizers.", Observation),
    "reading.view": _row("The group that reads, and organizers.", Reading, lambda a: _mine(a) | _reads(a, "round__cycle_id")),
    "reading.read": _row("Members of the group that reads.", Reading, _mine),
    "taken.view": _row("The group that took it, and organizers.", Taken, lambda a: _mine(a) | _reads(a, "cycle_id")),
    "taken.drop": _row("Members of the group who may submit.", Taken, lambda a: Q(group_id__in=a.groups_with(Capability.SUBMIT))),
    "change_test.view": _row(
        "The group and organizers; once finished everybody, when the published round it was made in shows whole entries.",
        ChangeTest,
        _change_test_seen,
    ),
    "change_test.write": _row(
        "Members of the group who may submit.", ChangeTest, lambda a: Q(group_id__in=a.groups_with(Capability.SUBMIT))
    ),
    "journal.view": _row("Organizers all of their cycle; everybody its public kinds.", JournalEntry, _journal_seen),
}


def access_of(request: Any) -> Access:
    """Who asks: what the edge loaded once for this request."""
    found: Access = request.access
    return found


def sees_cycle(access: Access, cycle_id: int) -> bool:
    """Whether the cycle exists for this person: for edges that know its id only."""
    return visible(access, "cycle.view", Cycle.objects.filter(pk=cycle_id)).exists()


def visible[M: Model](access: Access, name: str, rows: QuerySet[M]) -> QuerySet[M]:
    """The part of `rows` that the person may have under permission `name`."""
    row = PERMISSIONS[name]
    if row.seen is None or row.model is not rows.model:
        message = f"{name} is not a permission on {rows.model.__name__}"
        raise TypeError(message)
    return rows.filter(row.seen(access))


def allows(access: Access, name: str, obj: Model | None = None) -> bool:
    """Whether the person holds permission `name` (on `obj`, when it is one about objects)."""
    row = PERMISSIONS[name]
    if row.held is not None:
        return row.held(access)
    if obj is None:
        message = f"{name} needs an object"
        raise TypeError(message)
    return visible(access, name, type(obj)._default_manager.filter(pk=obj.pk)).exists()
