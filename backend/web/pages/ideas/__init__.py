"""The commons of a cycle: what is shared, one idea, its editor, its lineage, how ideas flow."""

from backend.web.pages.ideas.editor import draft, edit_page, new_page, similar_page
from backend.web.pages.ideas.feed import ideas_page
from backend.web.pages.ideas.flowing import flow_page
from backend.web.pages.ideas.moving import hide, of_entry, widen
from backend.web.pages.ideas.one import idea_page
from backend.web.pages.ideas.room import answer_page, key_page, room_page, tell_page
from backend.web.pages.ideas.together import together_page
from backend.web.pages.ideas.tracing import lineage_page

__all__ = [
    "answer_page",
    "draft",
    "edit_page",
    "flow_page",
    "hide",
    "idea_page",
    "ideas_page",
    "key_page",
    "lineage_page",
    "new_page",
    "of_entry",
    "room_page",
    "similar_page",
    "tell_page",
    "together_page",
    "widen",
]
