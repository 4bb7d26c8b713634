"""Peers: groups of other organizations that do better at the same task, asked to be of help."""
