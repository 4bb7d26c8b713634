"""The commons over the API."""

from games.ideas.api.ideas import GroupSharing, Ideas, OrganizerSharing

__all__ = ["GroupSharing", "Ideas", "OrganizerSharing"]
