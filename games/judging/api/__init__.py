"""Judging over the API: a judge's queue and sheets; panels, conflicts and assignments; votes."""

from games.judging.api.ballots import Audience
from games.judging.api.calibrating import Calibrations, CalibrationSetUp
from games.judging.api.conflicts import Concerns, Conflicts, JudgeConflicts, TeamConflicts
from games.judging.api.deliberating import Deliberations, Reviews, SheetDeliberating
from games.judging.api.flagged import Ballots
from games.judging.api.hall import Halls, Stands
from games.judging.api.panels import JudgingSetUp, Panelists
from games.judging.api.pitching import Pitches, PitchPlanning
from games.judging.api.plans import Planning, Plans
from games.judging.api.sheets import SheetMarking, SheetRuling, Sheets
from games.judging.api.talk import FeedbackReplies, SheetTalk
from games.judging.api.votes import Pairs, RankedLists, Voting

__all__ = [
    "Audience",
    "Ballots",
    "CalibrationSetUp",
    "Calibrations",
    "Concerns",
    "Conflicts",
    "Deliberations",
    "FeedbackReplies",
    "Halls",
    "JudgeConflicts",
    "JudgingSetUp",
    "Pairs",
    "Panelists",
    "PitchPlanning",
    "Pitches",
    "Planning",
    "Plans",
    "RankedLists",
    "Reviews",
    "SheetDeliberating",
    "SheetMarking",
    "SheetRuling",
    "SheetTalk",
    "Sheets",
    "Stands",
    "TeamConflicts",
    "Voting",
]
