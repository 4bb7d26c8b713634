"""Suggestions in pages: what people would change in the rules, and the log of what was changed."""

from backend.web.pages.suggestions.making import new_page
from backend.web.pages.suggestions.showing import log_page, on_suggestion, suggestion_page, suggestions_page

__all__ = ["log_page", "new_page", "on_suggestion", "suggestion_page", "suggestions_page"]
