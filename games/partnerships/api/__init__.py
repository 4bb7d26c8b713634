"""Mergers and joint entries over the API."""
