"""Cycles, rounds and series over the API: they are read, launched, steered and followed up here."""

from games.progression.api.cycles import Cycles
from games.progression.api.decisions import BreakGlass, Decisions
from games.progression.api.drafts import Drafts
from games.progression.api.rounds import Entrants, Extensions, Rounds
from games.progression.api.series import SeriesViews
from games.progression.api.ties import RoundTies, TieTalks

__all__ = [
    "BreakGlass",
    "Cycles",
    "Decisions",
    "Drafts",
    "Entrants",
    "Extensions",
    "RoundTies",
    "Rounds",
    "SeriesViews",
    "TieTalks",
]
