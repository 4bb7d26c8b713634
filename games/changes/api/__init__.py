"""Corrections over the API."""

from games.changes.api.appeals import Appealing, Appeals
from games.changes.api.change_sets import ChangeSets, Preparing

__all__ = ["Appealing", "Appeals", "ChangeSets", "Preparing"]
