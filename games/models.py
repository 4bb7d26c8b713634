"""Lists the slices' models for Django; nothing else."""

from games.challenges.models import Challenge
from games.changes.models import Appeal, Change, ChangeSet
from games.cycles.models import Cycle, Decision, Design, Series
from games.groups.models import Group, JoinRequest, Membership, Registration, RegistrationFile
from games.ideas.models import CreditShare, Derivation, Idea, IdeaDraft, IdeaTag, IdeaVersion
from games.journal.models import JournalEntry, Sealer
from games.judging.models import (
    Anchor,
    AssignmentPlan,
    Ballot,
    Calibration,
    Concern,
    ConflictOfInterest,
    Deliberation,
    FeedbackReply,
    Mark,
    MarkReview,
    PairEntry,
    Panelist,
    PastSheet,
    Pitch,
    RankedList,
    Remark,
    Sheet,
    Stand,
    Vote,
)
from games.learning.models import ChangeTest, Observation
from games.notices.models import Announcement, Message, Notice, NoticeWish
from games.organizations.models import Invitation, Organization, Person
from games.playbooks.models import Playbook
from games.progression.models import Draft, Rehearsal
from games.recognition.models import Grant, Points, PointsCursor, PointsTotal
from games.results.models import ChallengeScore, ExternalResult, PanelAnalysis, RecomputeRun
from games.rounds.models import Entrant, Extension, Round
from games.submissions.models import Attempt, Submission, Upload, Version

__all__ = [
    "Anchor",
    "Announcement",
    "Appeal",
    "AssignmentPlan",
    "Attempt",
    "Ballot",
    "Calibration",
    "Challenge",
    "ChallengeScore",
    "Change",
    "ChangeSet",
    "ChangeTest",
    "Concern",
    "ConflictOfInterest",
    "CreditShare",
    "Cycle",
    "Decision",
    "Deliberation",
    "Derivation",
    "Design",
    "Draft",
    "Entrant",
    "Extension",
    "ExternalResult",
    "FeedbackReply",
    "Grant",
    "Group",
    "Idea",
    "IdeaDraft",
    "IdeaTag",
    "IdeaVersion",
    "Invitation",
    "JoinRequest",
    "JournalEntry",
    "Mark",
    "MarkReview",
    "Membership",
    "Message",
    "Notice",
    "NoticeWish",
    "Observation",
    "Organization",
    "PairEntry",
    "PanelAnalysis",
    "Panelist",
    "PastSheet",
    "Person",
    "Pitch",
    "Playbook",
    "Points",
    "PointsCursor",
    "PointsTotal",
    "RankedList",
    "RecomputeRun",
    "Registration",
    "RegistrationFile",
    "Rehearsal",
    "Remark",
    "Round",
    "Sealer",
    "Series",
    "Sheet",
    "Stand",
    "Submission",
    "Upload",
    "Version",
    "Vote",
]
