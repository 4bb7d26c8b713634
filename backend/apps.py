"""Tells Django of the shell: its templates, static files and start-up checks."""

from django.apps import AppConfig


class BackendConfig(AppConfig):
    name = "backend"
    verbose_name = "Ludus"

    def ready(self) -> None:
        from backend import checks  # noqa: F401, PLC0415 -- importing registers the checks; apps are ready only now
