"""The commons over the API."""
