"""Retrospectives over the API."""

from games.retrospectives.api.looking import Adoptions, CarriedViews, LookingBack, Proposals, Retrospectives

__all__ = ["Adoptions", "CarriedViews", "LookingBack", "Proposals", "Retrospectives"]
