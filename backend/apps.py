"""Tells Django of the shell: its templates, static files and start-up checks."""

from django.apps import AppConfig


class BackendConfig(AppConfig):
    name = "backend"
    verbose_name = "Ludus"

    def ready(self) -> None:
        from backend import checks  # noqa: F401, PLC0415 -- importing registers the checks; apps are ready only now
        from worker.reactions import connect  # noqa: PLC0415 -- the models it listens to are ready only now

        connect()
