"""Entries over the API: read, write, rule on; files; attempts."""
