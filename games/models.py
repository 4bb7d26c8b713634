"""Lists the slices' models for Django; nothing else."""

from games.challenges.models import Challenge
from games.changes.models import Appeal, Change, ChangeSet
from games.coaching.models import Booking, SessionNote, Slot
from games.cycles.models import Cycle, Decision, Design, Series
from games.groups.models import Group, JoinRequest, Membership, Registration, RegistrationFile
from games.ideas.models import (
    CreditShare,
    Derivation,
    Idea,
    IdeaDraft,
    IdeaMerger,
    IdeaTag,
    IdeaVersion,
    RiskAnswer,
    RiskTicket,
)
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
from games.learning.models import ChangeTest, Observation, Reading, Taken
from games.notices.models import Announcement, Message, Notice, NoticeWish
from games.organizations.models import Invitation, Organization, Person
from games.partnerships.models import Partner, Partnership
from games.peers.models import PeerAsk, PeerOptOut
from games.playbooks.models import Playbook
from games.progression.models import Draft, Rehearsal
from games.recognition.models import Grant, Points, PointsCursor, PointsTotal
from games.results.models import ChallengeScore, ExternalResult, PanelAnalysis, RecomputeRun
from games.rounds.models import Entrant, Extension, Round
from games.submissions.models import Attempt, Submission, Upload, Version
from games.suggestions.models import Suggestion, Support
from games.talk.models import Follow, Mention, Post, Report, Ruling, Thanks, Thread

__all__ = [
    "Anchor",
    "Announcement",
    "Appeal",
    "AssignmentPlan",
    "Attempt",
    "Ballot",
    "Booking",
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
    "Follow",
    "Grant",
    "Group",
    "Idea",
    "IdeaDraft",
    "IdeaMerger",
    "IdeaTag",
    "IdeaVersion",
    "Invitation",
    "JoinRequest",
    "JournalEntry",
    "Mark",
    "MarkReview",
    "Membership",
    "Mention",
    "Message",
    "Notice",
    "NoticeWish",
    "Observation",
    "Organization",
    "PairEntry",
    "PanelAnalysis",
    "Panelist",
    "Partner",
    "Partnership",
    "PastSheet",
    "PeerAsk",
    "PeerOptOut",
    "Person",
    "Pitch",
    "Playbook",
    "Points",
    "PointsCursor",
    "PointsTotal",
    "Post",
    "RankedList",
    "Reading",
    "RecomputeRun",
    "Registration",
    "RegistrationFile",
    "Rehearsal",
    "Remark",
    "Report",
    "RiskAnswer",
    "RiskTicket",
    "Round",
    "Ruling",
    "Sealer",
    "Series",
    "SessionNote",
    "Sheet",
    "Slot",
    "Stand",
    "Submission",
    "Suggestion",
    "Support",
    "Taken",
    "Thanks",
    "Thread",
    "Upload",
    "Version",
    "Vote",
]
