"""Suggestions over the API."""
