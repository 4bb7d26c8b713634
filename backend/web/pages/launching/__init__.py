"""Launching: a playbook becomes a draft, a draft a cycle; rules are amended; the next cycle begins from the last; all of it can be tried."""

from backend.web.pages.launching.choosing import begin_amendment, begin_next, launch
from backend.web.pages.launching.editing import draft, move, step, task
from backend.web.pages.launching.ending import discard, draft_launch, dry_run, rehearse, remove_dry_run
from backend.web.pages.launching.enough import enough_judges
from backend.web.pages.launching.previewing import preview
from backend.web.pages.launching.ruling import rules_desk

__all__ = [
    "begin_amendment",
    "begin_next",
    "discard",
    "draft",
    "draft_launch",
    "dry_run",
    "enough_judges",
    "launch",
    "move",
    "preview",
    "rehearse",
    "remove_dry_run",
    "rules_desk",
    "step",
    "task",
]
