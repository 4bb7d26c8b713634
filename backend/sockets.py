"""Every socket route on one screen: path -> consumer."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []
