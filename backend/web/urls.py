"""Every page on one screen."""

from django.urls import URLPattern, URLResolver, path

from backend.web import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("", pages.home, name="home"),
    path("style/", pages.style, name="style"),
]
