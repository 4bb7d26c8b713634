"""Desks: what waits for this person, and an organizer's desk of one cycle."""
