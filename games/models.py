"""Lists the slices' models for Django; nothing else."""

from games.challenges.models import Challenge
from games.cycles.models import Cycle, Decision, Design, Series
from games.groups.models import Group, JoinRequest, Membership, Registration, RegistrationFile
from games.journal.models import JournalEntry, Sealer
from games.judging.models import ConflictOfInterest, Mark, Panelist, Sheet, Vote
from games.notices.models import Announcement, Message, Notice, NoticeWish
from games.organizations.models import Invitation, Organization, Person
from games.playbooks.models import Playbook
from games.progression.models import Draft, Rehearsal
from games.recognition.models import Grant, Points, PointsCursor, PointsTotal
from games.results.models import ChallengeScore, ExternalResult, RecomputeRun
from games.rounds.models import Entrant, Extension, Round
from games.submissions.models import Attempt, Submission, Upload, Version

__all__ = [
    "Announcement",
    "Attempt",
    "Challenge",
    "ChallengeScore",
    "ConflictOfInterest",
    "Cycle",
    "Decision",
    "Design",
    "Draft",
    "Entrant",
    "Extension",
    "ExternalResult",
    "Grant",
    "Group",
    "Invitation",
    "JoinRequest",
    "JournalEntry",
    "Mark",
    "Membership",
    "Message",
    "Notice",
    "NoticeWish",
    "Organization",
    "Panelist",
    "Person",
    "Playbook",
    "Points",
    "PointsCursor",
    "PointsTotal",
    "RecomputeRun",
    "Registration",
    "RegistrationFile",
    "Rehearsal",
    "Round",
    "Sealer",
    "Series",
    "Sheet",
    "Submission",
    "Upload",
    "Version",
    "Vote",
]
