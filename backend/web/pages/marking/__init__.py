"""The judge's desk: what is to mark, how far one is, the sheet beside the rubric and the entry, past sheets; and all of it offline."""

from backend.web.pages.marking.calibration import calibration_page, revise, say, step
from backend.web.pages.marking.lists import compares_for, flagged, past, questions_waiting, queue
from backend.web.pages.marking.offline import unconnected, worker
from backend.web.pages.marking.pairs import pairs_answer, pairs_next, pairs_order, pairs_page, pairs_undo
from backend.web.pages.marking.panels import my_panels
from backend.web.pages.marking.sheet import flag, recuse, sheet_page
from backend.web.pages.marking.words import add_words, answer_team, from_teams

__all__ = [
    "add_words",
    "answer_team",
    "calibration_page",
    "compares_for",
    "flag",
    "flagged",
    "from_teams",
    "my_panels",
    "pairs_answer",
    "pairs_next",
    "pairs_order",
    "pairs_page",
    "pairs_undo",
    "past",
    "questions_waiting",
    "queue",
    "recuse",
    "revise",
    "say",
    "sheet_page",
    "step",
    "unconnected",
    "worker",
]
