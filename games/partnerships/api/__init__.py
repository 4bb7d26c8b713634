"""Mergers and joint entries over the API."""

from games.partnerships.api.partnerships import JoiningForces, Partnerships

__all__ = ["JoiningForces", "Partnerships"]
