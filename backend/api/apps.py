"""Tells Django of the API: the record of repeated requests is its only table."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "backend.api"
    label = "api"
    verbose_name = "API"

    def ready(self) -> None:
        from backend.api import openapi  # noqa: F401, PLC0415 -- registers the schema's extensions; apps are ready only now
