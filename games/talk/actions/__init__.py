"""Writes of talk: one verb each, journalled. Whether a person may see the object, or act for a group, the edge asks."""

from games.talk.actions.caring import follow, thank, thank_back, unfollow
from games.talk.actions.moderating import answer_appeal, appeal, report, rule
from games.talk.actions.settling import accept, mark_helpful, reopen, unmark_helpful
from games.talk.actions.talking import correct_post, open_thread, say

__all__ = [
    "accept",
    "answer_appeal",
    "appeal",
    "correct_post",
    "follow",
    "mark_helpful",
    "open_thread",
    "reopen",
    "report",
    "rule",
    "say",
    "thank",
    "thank_back",
    "unfollow",
    "unmark_helpful",
]
