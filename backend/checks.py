"""Checks that end the start: production never runs with a default secret, DEBUG, or SQLite under several web processes."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

SHORTEST_SECRET = 32


@register(Tags.security)
def production_is_safe(app_configs: Sequence[AppConfig] | None, **_kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001 -- Django's signature
    """Nothing outside production; there, one error for each thing that would put people at risk."""
    if not settings.PRODUCTION:
        return []
    errors: list[CheckMessage] = []
    if settings.SECRET_KEY == settings.DEFAULT_SECRET_KEY or len(settings.SECRET_KEY) < SHORTEST_SECRET:
        hint = "Set LUDUS_SECRET_KEY to 50 random characters: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        errors.append(Error("Production needs a secret key of its own, 32 characters or more.", hint=hint, id="ludus.E001"))
    if settings.DEBUG:
        errors.append(Error("Production does not run with DEBUG.", hint="Unset LUDUS_DEBUG.", id="ludus.E002"))
    engine = settings.DATABASES["default"]["ENGINE"]
    if settings.WEB_PROCESSES > 1 and engine == "django.db.backends.sqlite3":
        hint = "Set DATABASE_URL to a PostgreSQL server, or LUDUS_WEB_PROCESSES to 1."
        errors.append(Error("SQLite does not carry several web processes.", hint=hint, id="ludus.E003"))
    return errors
