"""Suggestions over the API."""

from games.suggestions.api.gate import Gates
from games.suggestions.api.suggestions import Suggesting, Suggestions

__all__ = ["Gates", "Suggesting", "Suggestions"]
