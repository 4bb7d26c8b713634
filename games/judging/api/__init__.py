"""Judging over the API: a judge's queue and sheets; panels, conflicts and assignments; votes."""

from games.judging.api.panels import Conflicts, JudgingSetUp, Panelists
from games.judging.api.sheets import SheetMarking, SheetRuling, Sheets
from games.judging.api.votes import Voting

__all__ = ["Conflicts", "JudgingSetUp", "Panelists", "SheetMarking", "SheetRuling", "Sheets", "Voting"]
