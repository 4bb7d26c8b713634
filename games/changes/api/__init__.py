"""Corrections over the API."""

from games.changes.api.appeals import Appealing, Appeals

__all__ = ["Appealing", "Appeals"]
