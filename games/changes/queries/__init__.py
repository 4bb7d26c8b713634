"""Reads of corrections: appeals, when they are taken."""

from games.changes.queries.appeals import appeal_days, appeal_window, appeals_by, appeals_of, occasions

__all__ = ["appeal_days", "appeal_window", "appeals_by", "appeals_of", "occasions"]
