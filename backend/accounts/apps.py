"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Users, tokens, sign-in links."""

    name = "backend.accounts"
    label = "accounts"
