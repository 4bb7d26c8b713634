"""Handing in: the entry's form with drafts and files, versions and receipts, tries at tasks that are solved or measured.

shared (who acts, on what) <- drafting (what scripts ask for while somebody writes) · writing (the form) · versions · trying
"""

from backend.web.pages.entering.drafting import draft, files, preview, pulse
from backend.web.pages.entering.shared import me_in, my_group
from backend.web.pages.entering.trying import attempt, hint, standing_in
from backend.web.pages.entering.versions import compare, pin, receipt, restore, withdraw
from backend.web.pages.entering.writing import entry_page

__all__ = [
    "attempt",
    "compare",
    "draft",
    "entry_page",
    "files",
    "hint",
    "me_in",
    "my_group",
    "pin",
    "preview",
    "pulse",
    "receipt",
    "restore",
    "standing_in",
    "withdraw",
]
