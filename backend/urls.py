"""Every door of the house: health for probes, the API, the pages."""

from django.urls import URLPattern, URLResolver, include, path

from backend.health import health, ready

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health),
    path("health/ready/", ready),
    path("api/v1/", include("backend.api.v1")),
    path("", include("backend.accounts.urls")),
    path("", include("backend.web.urls")),
]

handler400 = "backend.web.errors.bad_request"
handler403 = "backend.web.errors.forbidden"
handler404 = "backend.web.errors.not_found"
handler500 = "backend.web.errors.server_error"
