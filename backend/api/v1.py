"""Every route of the API, version 1, on one screen. Each slice brings its views; here they get their address and the layers over all of them.

Order as in the game: who, what, when, entries, marks, results, what was won. No trailing slashes.
"""

from typing import Any, Final

from django.urls import URLPattern, URLResolver, path
from rest_framework.routers import SimpleRouter
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from backend.accounts.api import Me, Messages, Tokens, Users
from backend.api.description import Description, documentation
from backend.api.enough import Enough
from backend.api.gates import Gates
from backend.api.mounting import Addresses, once
from games.bundles.api import BundleExport, Bundles, ScoreImport
from games.challenges.api import Challenges
from games.changes.api import Appealing, Appeals, ChangeSets, Preparing
from games.coaching.api import Bookings, CycleHours, GroupHours, SessionNotes, Slots
from games.credentials.api import Credentials, GroupCredentials, Verifying
from games.groups.api import AcceptInvitation, CyclePeople, Groups, GuestLists, JoinRequests, Memberships, Registrations
from games.ideas.api import (
    GroupDrafting,
    GroupSharing,
    IdeaDrafts,
    IdeaJoining,
    IdeaMergers,
    Ideas,
    OrganizerDrafting,
    OrganizerSharing,
    RiskAnswering,
    SafeRoom,
)
from games.journal.api import Events
from games.judging.api import (
    Audience,
    Ballots,
    Calibrations,
    CalibrationSetUp,
    Concerns,
    Conflicts,
    Deliberations,
    FeedbackReplies,
    Halls,
    JudgeConflicts,
    JudgingSetUp,
    Pairs,
    Panelists,
    Pitches,
    PitchPlanning,
    Planning,
    Plans,
    RankedLists,
    Reviews,
    SheetDeliberating,
    SheetMarking,
    SheetRuling,
    Sheets,
    SheetTalk,
    Stands,
    TeamConflicts,
    Voting,
)
from games.learning.api import (
    ChangeTesting,
    ChangeTests,
    Dealing,
    IdeaEvidence,
    Measuring,
    Observations,
    Readings,
    Studying,
    Takings,
)
from games.notices.api import Announcements, Announcing, Notices, Reminding
from games.organizations.api import Organizations, People
from games.partnerships.api import JoiningForces, Partnerships
from games.peers.api import GroupPeers, PeerAsks
from games.playbooks.api import Playbooks
from games.progression.api import (
    BreakGlass,
    Cycles,
    Decisions,
    Drafts,
    Entrants,
    Extensions,
    Rounds,
    RoundTies,
    SeriesViews,
    TieTalks,
)
from games.recognition.api import (
    CreditViews,
    GameViews,
    GrantPasses,
    Grants,
    LearningWeeks,
    PointsViews,
    PointTotals,
    WatchFlags,
    Wins,
)
from games.recognition.api.replays import BoardsPast
from games.results.api import Boards, ExternalResults, Receipts, Runs, Scores, Snapshots
from games.retrospectives.api import Adoptions, CarriedViews, LookingBack, Proposals, Retrospectives
from games.submissions.api import (
    AttemptJudging,
    AttemptRecording,
    Attempts,
    Entering,
    Entries,
    EntryRuling,
    EntryWriting,
    Uploads,
    UploadWriting,
    Versions,
)
from games.suggestions.api import Suggesting, Suggestions
from games.talk.api import (
    Follows,
    GroupCare,
    GroupTalk,
    IdeaCare,
    OrganizerTalk,
    Posts,
    Reports,
    Rulings,
    ThreadCare,
    Threads,
)

# (address, view set, name of its routes: name-list, name-detail, name-<action>)
RESOURCES: Final[tuple[tuple[str, type[GenericViewSet[Any]], str], ...]] = (
    ("tokens", Tokens, "token"),
    ("desk/users", Users, "user"),
    ("desk/messages", Messages, "message"),
    ("organizations", Organizations, "organization"),
    ("people", People, "person"),
    ("playbooks", Playbooks, "playbook"),
    ("series", SeriesViews, "series"),
    ("cycles", Cycles, "cycle"),
    ("cycles", CyclePeople, "cycle-people"),
    ("cycles", BundleExport, "bundle"),
    ("cycles", BreakGlass, "glass"),
    ("bundles", Bundles, "bundle-import"),
    ("cycles", GuestLists, "guests"),
    ("registrations", Registrations, "registration"),
    ("groups", Groups, "group"),
    ("groups", JoiningForces, "joining-forces"),
    ("partnerships", Partnerships, "partnership"),
    ("memberships", Memberships, "membership"),
    ("join-requests", JoinRequests, "join-request"),
    ("decisions", Decisions, "decision"),
    ("drafts", Drafts, "draft"),
    ("rounds", Rounds, "round"),
    ("rounds", Gates, "gate"),
    ("suggestions", Suggestions, "suggestion"),
    ("cycles", Suggesting, "suggesting"),
    ("retrospectives", Retrospectives, "retrospective"),
    ("proposals", Proposals, "proposal"),
    ("adoptions", Adoptions, "adoption"),
    ("carried", CarriedViews, "carried"),
    ("cycles", LookingBack, "looking-back"),
    ("entrants", Entrants, "entrant"),
    ("extensions", Extensions, "extension"),
    ("challenges", Challenges, "challenge"),
    ("groups", Entering, "entering"),
    ("submissions", Entries, "submission"),
    ("submissions", EntryWriting, "submission-write"),
    ("submissions", UploadWriting, "submission-file"),
    ("submissions", EntryRuling, "submission-rule"),
    ("versions", Versions, "version"),
    ("uploads", Uploads, "upload"),
    ("attempts", Attempts, "attempt"),
    ("attempts", AttemptJudging, "attempt-judge"),
    ("cycles", AttemptRecording, "attempt-record"),
    ("cycles", Measuring, "measuring"),
    ("observations", Observations, "observation"),
    ("groups", ChangeTesting, "change-testing"),
    ("change-tests", ChangeTests, "change-test"),
    ("groups", Studying, "studying"),
    ("readings", Readings, "reading"),
    ("taken", Takings, "taken"),
    ("rounds", Dealing, "dealing"),
    ("cycles", CycleHours, "office-hours"),
    ("groups", GroupHours, "group-hours"),
    ("slots", Slots, "slot"),
    ("bookings", Bookings, "booking"),
    ("session-notes", SessionNotes, "session-note"),
    ("groups", GroupPeers, "group-peers"),
    ("peer-asks", PeerAsks, "peer-ask"),
    ("ideas", IdeaEvidence, "idea-evidence"),
    ("ideas", Ideas, "idea"),
    ("idea-drafts", IdeaDrafts, "idea-draft"),
    ("groups", GroupDrafting, "group-drafting"),
    ("cycles", OrganizerDrafting, "cycle-drafting"),
    ("ideas", IdeaJoining, "idea-joining"),
    ("idea-mergers", IdeaMergers, "idea-merger"),
    ("groups", GroupSharing, "group-sharing"),
    ("cycles", OrganizerSharing, "cycle-sharing"),
    ("threads", Threads, "thread"),
    ("threads", ThreadCare, "thread-care"),
    ("posts", Posts, "post"),
    ("groups", GroupTalk, "group-talk"),
    ("cycles", OrganizerTalk, "cycle-talk"),
    ("ideas", IdeaCare, "idea-care"),
    ("groups", GroupCare, "group-care"),
    ("follows", Follows, "follow"),
    ("reports", Reports, "report"),
    ("rulings", Rulings, "ruling"),
    ("cycles", SafeRoom, "safe-room"),
    ("rounds", RiskAnswering, "risk"),
    ("cycles", JudgingSetUp, "judging"),
    ("cycles", Enough, "enough"),
    ("panelists", Panelists, "panelist"),
    ("conflicts", Conflicts, "conflict"),
    ("cycles", JudgeConflicts, "judge-conflict"),
    ("groups", TeamConflicts, "team-conflict"),
    ("concerns", Concerns, "concern"),
    ("challenges", Planning, "planning"),
    ("plans", Plans, "plan"),
    ("challenges", ScoreImport, "score-import"),
    ("cycles", CalibrationSetUp, "calibration-set-up"),
    ("calibrations", Calibrations, "calibration"),
    ("sheets", SheetDeliberating, "sheet-deliberate"),
    ("rounds", RoundTies, "round-tie"),
    ("deliberations", TieTalks, "tie-talk"),
    ("deliberations", Deliberations, "deliberation"),
    ("mark-reviews", Reviews, "mark-review"),
    ("sheets", SheetMarking, "sheet-mark"),  # before the next: sheets/queue is no sheet
    ("sheets", Sheets, "sheet"),
    ("sheets", SheetRuling, "sheet-rule"),
    ("sheets", SheetTalk, "sheet-talk"),
    ("feedback-replies", FeedbackReplies, "feedback-reply"),
    ("challenges", Audience, "audience"),
    ("ballots", Ballots, "ballot"),
    ("challenges", Voting, "voting"),
    ("rounds", Halls, "hall"),
    ("stands", Stands, "stand"),
    ("rounds", PitchPlanning, "pitch-planning"),
    ("pitches", Pitches, "pitch"),
    ("pairs", Pairs, "pair"),
    ("ranked-lists", RankedLists, "ranked-list"),
    ("scores", Scores, "score"),
    ("boards", Boards, "board"),
    ("boards", BoardsPast, "board-past"),
    ("snapshots", Snapshots, "snapshot"),
    ("snapshots", Receipts, "receipt"),
    ("runs", Runs, "run"),
    ("external-results", ExternalResults, "external-result"),
    ("cycles", Announcing, "announcing"),
    ("announcements", Announcements, "announcement"),
    ("notices", Notices, "notice"),
    ("rounds", Reminding, "reminding"),
    ("groups", Appealing, "appealing"),
    ("appeals", Appeals, "appeal"),
    ("cycles", Preparing, "change-set-prepare"),
    ("change-sets", ChangeSets, "change-set"),
    ("grants", Grants, "grant"),
    ("grant-passes", GrantPasses, "grant-pass"),
    ("credentials", Verifying, "verifying"),  # before the next: credentials/verify is no credential
    ("credentials", Credentials, "credential"),
    ("groups", GroupCredentials, "group-credentials"),
    ("credit", CreditViews, "credit"),
    ("points", PointsViews, "points"),
    ("game", GameViews, "game"),
    ("point-totals", PointTotals, "point-total"),
    ("wins", Wins, "win"),
    ("learning-weeks", LearningWeeks, "learning-week"),
    ("watch-flags", WatchFlags, "watch-flag"),
)
# (address, view, name)
SINGLES: Final[tuple[tuple[str, type[APIView], str], ...]] = (
    ("me", Me, "me"),
    ("invitations/accept", AcceptInvitation, "invitation-accept"),
    ("cycles/<int:cycle>/events", Events, "cycle-events"),
)


router = SimpleRouter(trailing_slash=False, use_regex_path=False)
for address, resource, name in RESOURCES:
    router.register(address, once(resource), basename=name)


routes: list[URLPattern | URLResolver] = [
    path("schema", Description.as_view(), name="api-schema"),
    path("docs", documentation, name="api-docs"),
    *(path(address, once(view).as_view(), name=name) for address, view, name in SINGLES),
    *router.urls,
]
urlpatterns: list[URLPattern | URLResolver] = [Addresses(routes)]
