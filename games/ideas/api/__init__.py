"""The commons over the API."""

from games.ideas.api.drafts import GroupDrafting, IdeaDrafts, OrganizerDrafting
from games.ideas.api.ideas import GroupSharing, Ideas, OrganizerSharing
from games.ideas.api.joining import IdeaJoining, IdeaMergers
from games.ideas.api.room import RiskAnswering, SafeRoom

__all__ = [
    "GroupDrafting",
    "GroupSharing",
    "IdeaDrafts",
    "IdeaJoining",
    "IdeaMergers",
    "Ideas",
    "OrganizerDrafting",
    "OrganizerSharing",
    "RiskAnswering",
    "SafeRoom",
]
