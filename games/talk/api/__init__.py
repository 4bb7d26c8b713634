"""Views of talk: threads, posts, what is followed, moderation; backend/api/v1.py gives them their addresses."""

from games.talk.api.caring import Follows, GroupCare, IdeaCare, ThreadCare
from games.talk.api.moderating import Reports, Rulings
from games.talk.api.threads import GroupTalk, OrganizerTalk, Posts, Threads

__all__ = [
    "Follows",
    "GroupCare",
    "GroupTalk",
    "IdeaCare",
    "OrganizerTalk",
    "Posts",
    "Reports",
    "Rulings",
    "ThreadCare",
    "Threads",
]
