"""Talk in pages: threads on ideas, the board of barriers, what one follows, moderation."""

from backend.web.pages.talk.acting import on_post, on_thread
from backend.web.pages.talk.alike import alike_page
from backend.web.pages.talk.board import barriers_page, following_page
from backend.web.pages.talk.heeding import heed_group, heed_idea, report_idea
from backend.web.pages.talk.moderating import answer_page, moderation_page, rule_page, ruling_page
from backend.web.pages.talk.one import thread_page
from backend.web.pages.talk.opening import open_barrier, open_on_idea

__all__ = [
    "alike_page",
    "answer_page",
    "barriers_page",
    "following_page",
    "heed_group",
    "heed_idea",
    "moderation_page",
    "on_post",
    "on_thread",
    "open_barrier",
    "open_on_idea",
    "report_idea",
    "rule_page",
    "ruling_page",
    "thread_page",
]
