"""Where a request comes from: only to notice bursts, never kept."""

from typing import Any

from django.conf import settings


def network_of(request: Any) -> str:
    """The address of a request, of IPv6 the /64 that one household has. Behind our proxy, what the proxy saw."""
    address: str = request.META.get("REMOTE_ADDR", "")
    if getattr(settings, "SECURE_PROXY_SSL_HEADER", None):
        forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2].strip()
        address = forwarded or address
    return ":".join(address.split(":")[:4]) if ":" in address else address
