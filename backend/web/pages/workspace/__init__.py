"""The team's workspace: what is next, what is handed in and what is missing, how others saw our work, where we stand and why, points.

frame (which team, the tabs) <- work (what there is to do: pure) · overview · feedback · standing · points
The members' own page, with everything a captain does, is in backend/accounts/pages/leading.
"""
