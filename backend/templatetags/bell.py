"""The bell in the head of every page."""

from typing import Any

from django import template

from games.notices.queries import unread_count

register = template.Library()


@register.simple_tag
def unread_notices(user: Any) -> int:
    """How many notices wait for whoever is signed in: one statement, none for visitors and pages without a reader."""
    return unread_count(user) if getattr(user, "is_authenticated", False) else 0
