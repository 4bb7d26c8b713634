"""Ideas for tests: shared through the action, with what the test leaves open filled in."""

from typing import Any

from games.groups.models import Group
from games.ideas import actions
from games.ideas.models import Idea
from games.ideas.rules import Telling
from tests.cast import Cast

PARTS = {
    "steps": "Cut the cloth. Fold it four times.",
    "time": "Ten minutes",
    "cost": "Nothing: an old sari",
    "people": "One",
    "went_wrong": "Synthetic cloth lets everything through.",
    "ask": "Ada",
}


def telling(title: str = "Sieve with old saris", **changes: Any) -> Telling:
    """A whole story."""
    said: dict[str, Any] = {"kind": "how-to", "summary": "Cloth folded four times holds back most germs.", "parts": PARTS}
    return Telling(title=title, **(said | changes))


def shared(
    cast: Cast, title: str = "Sieve with old saris", *, group: Group | None = None, by: Any = None, **changes: Any
) -> Idea:
    """An idea of the red herons, by ada, for all teams."""
    frame = {name: changes.pop(name) for name in ("audience", "readers", "sources", "challenge", "draft") if name in changes}
    return actions.share_idea(
        cycle=cast.cycle,
        group=group or cast.red,
        told=telling(title, **changes),
        by=by or cast.ada.user,
        **({"audience": "teams"} | frame),
    )
