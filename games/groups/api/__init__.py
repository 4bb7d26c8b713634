"""Groups, registrations, memberships and join requests over the API."""
