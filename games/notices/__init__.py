"""Listens and tells people; nobody imports it. Before it: everything."""
