"""Every door of the house: health for probes, the API, the pages."""

from django.urls import URLPattern, URLResolver, path

from backend.health import health

urlpatterns: list[URLPattern | URLResolver] = [path("health/", health)]
