"""The bell in the head of every page."""

from typing import Any

from django import template

from games.notices.queries import Unread, unread_of

register = template.Library()


@register.simple_tag
def unread_notices(user: Any) -> Unread:
    """How many notices wait for whoever is signed in, and the newest of them: one statement, none for visitors and pages without a reader."""
    return unread_of(user) if getattr(user, "is_authenticated", False) else Unread(0, 0)
