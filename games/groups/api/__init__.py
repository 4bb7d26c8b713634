"""Groups, registrations, memberships and join requests over the API."""

from games.groups.api.entering import AcceptInvitation, CyclePeople, Registrations
from games.groups.api.groups import Groups, JoinRequests, Memberships
from games.groups.api.guests import GuestLists

__all__ = ["AcceptInvitation", "CyclePeople", "Groups", "GuestLists", "JoinRequests", "Memberships", "Registrations"]
