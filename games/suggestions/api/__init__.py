"""Suggestions over the API."""

from games.suggestions.api.suggestions import Suggesting, Suggestions

__all__ = ["Suggesting", "Suggestions"]
