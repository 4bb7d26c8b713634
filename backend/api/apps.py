"""Tells Django of the API: the record of repeated requests is its only table."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "backend.api"
    label = "api"
    verbose_name = "API"
