"""The desk's points: the rules in words, others tried on the real journal, and swapped."""

from backend.web.pages.desk.points.page import drop, points_desk, progress, put

__all__ = ["drop", "points_desk", "progress", "put"]
