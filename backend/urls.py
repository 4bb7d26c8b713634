"""Every door of the house: health and metrics for those who keep it, the API, the pages."""

from django.urls import URLPattern, URLResolver, include, path

from backend.health import health, ready
from backend.metrics import metrics

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health),
    path("health/ready/", ready),
    path("metrics", metrics),
    path("api/v1/", include("backend.api.v1")),
    path("", include("backend.accounts.urls")),
    path("", include("backend.web.urls")),
]

handler400 = "backend.web.errors.bad_request"
handler403 = "backend.web.errors.forbidden"
handler404 = "backend.web.errors.not_found"
handler500 = "backend.web.errors.server_error"
