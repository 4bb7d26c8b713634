"""The leaderboards app: entries in, standings out."""

from django.apps import AppConfig


class LeaderboardsConfig(AppConfig):
    """Boards, standings, snapshots."""

    name = "leaderboards"
