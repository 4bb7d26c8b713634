"""Suggestions for tests: made through the action."""

from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from games.suggestions import actions
from games.suggestions.models import Suggestion
from tests.cast import Actor, Cast


def suggested(cast: Cast, *, who: Actor | None = None, **changes: Any) -> Suggestion:
    """By ada of the red herons, in words only."""
    told: dict[str, Any] = {"title": "More time to appeal", "why": "Three days pass quickly in the rains."}
    return actions.suggest(cycle=cast.cycle, by=(who or cast.ada).user, **(told | changes))


def between_rounds(cast: Cast) -> None:
    """The first round is over, the second has not begun."""
    cast.call.closes_at = now() - timedelta(minutes=1)
    cast.call.save(update_fields=["closes_at"])
