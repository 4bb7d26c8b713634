"""Who judges, what they wrote, what was said about it."""

from games.judging.models.hall import Pitch, Stand
from games.judging.models.panels import Anchor, AssignmentPlan, Calibration, Concern, ConflictOfInterest, Panelist
from games.judging.models.sheets import Mark, MarkReview, PastSheet, Sheet
from games.judging.models.talk import Deliberation, FeedbackReply, Remark
from games.judging.models.votes import Ballot, PairEntry, RankedList, Vote

__all__ = [
    "Anchor",
    "AssignmentPlan",
    "Ballot",
    "Calibration",
    "Concern",
    "ConflictOfInterest",
    "Deliberation",
    "FeedbackReply",
    "Mark",
    "MarkReview",
    "PairEntry",
    "Panelist",
    "PastSheet",
    "Pitch",
    "RankedList",
    "Remark",
    "Sheet",
    "Stand",
    "Vote",
]
