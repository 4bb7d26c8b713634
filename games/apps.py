"""The games app: one Django app, sliced by concept."""

from django.apps import AppConfig


class GamesConfig(AppConfig):
    """The competition."""

    name = "games"
