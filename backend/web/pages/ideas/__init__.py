"""The commons of a cycle: what is shared, one idea, its editor, its lineage."""

from backend.web.pages.ideas.editor import draft, edit_page, new_page, similar_page
from backend.web.pages.ideas.feed import ideas_page
from backend.web.pages.ideas.moving import hide, widen
from backend.web.pages.ideas.one import idea_page
from backend.web.pages.ideas.tracing import lineage_page

__all__ = ["draft", "edit_page", "hide", "idea_page", "ideas_page", "lineage_page", "new_page", "similar_page", "widen"]
