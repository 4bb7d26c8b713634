"""Sockets, and in the demo pages too: HTTP goes to Django, /ws to what backend/sockets.py names."""

import os

from channels.auth import AuthMiddlewareStack
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator
from django.core.asgi import get_asgi_application

from leaderboards.computing import stay_light

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

stay_light()
pages = get_asgi_application()  # loads the apps, so it comes before anything that needs models

from backend.sockets import AtTheDoor, websocket_urlpatterns  # noqa: E402 -- consumers need the apps loaded

application = ProtocolTypeRouter(
    {
        "http": pages,
        "websocket": AtTheDoor(AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(websocket_urlpatterns)))),
    }
)
