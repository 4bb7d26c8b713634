"""Tells Django of the shell: its templates, static files and start-up checks; and the engine, the rules and refusals who translates."""

from django.apps import AppConfig
from django.utils.translation import gettext, ngettext

from leaderboards.engine.language import speak_with


class BackendConfig(AppConfig):
    name = "backend"
    verbose_name = "Ludus"

    def ready(self) -> None:
        from backend import checks  # noqa: F401, PLC0415 -- importing registers the checks; apps are ready only now
        from worker.waking import connect  # noqa: PLC0415 -- the models it listens to are ready only now

        connect()
        speak_with(gettext, ngettext)
