"""Retrospectives over the API."""
