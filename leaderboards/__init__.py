"""Leaderboards: entries in, standings out.

The engine is pure Python: a scoring description and facts go in, places, who goes on and awards come out, exactly. Around it stand boards,
published snapshots and live changes. Nothing here knows what a competition is made of: `games` fills it, and is never imported.
"""
