"""Writes of what is shared: share, tell anew, widen, hide, divide the credit; drafts."""

from games.ideas.actions.citing import Citation, name_attempt, name_entry
from games.ideas.actions.crediting import split_credit
from games.ideas.actions.drafting import drop_draft, save_draft
from games.ideas.actions.merging import answer_merge, ask_merge, withdraw_merge
from games.ideas.actions.moderating import hide, show_again
from games.ideas.actions.room import answer_risk, tell_story, widen_by_key
from games.ideas.actions.sharing import share_idea, share_version
from games.ideas.actions.splitting import split_idea
from games.ideas.actions.widening import widen

__all__ = [
    "Citation",
    "answer_merge",
    "answer_risk",
    "ask_merge",
    "drop_draft",
    "hide",
    "name_attempt",
    "name_entry",
    "save_draft",
    "share_idea",
    "share_version",
    "show_again",
    "split_credit",
    "split_idea",
    "tell_story",
    "widen",
    "widen_by_key",
    "withdraw_merge",
]
