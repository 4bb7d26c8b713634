"""The team's workspace: what is next, what is handed in and what is missing, how others saw our work, where we stand and why, points.

frame (which team, the tabs) <- work (what there is to do: pure) · overview · feedback · standing · points
The members' own page, with everything a captain does, is in backend/accounts/pages/leading.
"""

from backend.web.pages.workspace.appeals import appeals_page, withdraw_appeal
from backend.web.pages.workspace.feedback import feedback_page, reply
from backend.web.pages.workspace.frame import framed, team_tabs
from backend.web.pages.workspace.judges import judges_page
from backend.web.pages.workspace.overview import outdated, overview
from backend.web.pages.workspace.points import points_page
from backend.web.pages.workspace.standing import standing_page

__all__ = [
    "appeals_page",
    "feedback_page",
    "framed",
    "judges_page",
    "outdated",
    "overview",
    "points_page",
    "reply",
    "standing_page",
    "team_tabs",
    "withdraw_appeal",
]
