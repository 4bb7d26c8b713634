"""Entrants stand with the rounds, so that submissions may ask for them."""

from games.rounds.models import Entrant

__all__ = ["Entrant"]
