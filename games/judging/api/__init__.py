"""Judging over the API: a judge's queue and sheets; panels, conflicts and assignments; votes."""
