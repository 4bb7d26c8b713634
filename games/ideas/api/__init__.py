"""The commons over the API."""

from games.ideas.api.ideas import GroupSharing, Ideas, OrganizerSharing
from games.ideas.api.room import RiskAnswering, SafeRoom

__all__ = ["GroupSharing", "Ideas", "OrganizerSharing", "RiskAnswering", "SafeRoom"]
