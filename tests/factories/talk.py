"""Talk for tests: threads, posts and what comes of them, made by the game's own acts."""

from typing import Any

from games.groups.models import Group
from games.ideas.models import Idea
from games.talk import actions
from games.talk.models import Post, Thread
from tests.cast import Actor, Cast


def asked(cast: Cast, idea: Idea | None = None, *, who: Actor | None = None, **changes: Any) -> Thread:
    """A question about an idea; without one a barrier on the board. By ben of the blue team."""
    told = {"kind": "question" if idea else "barrier", "title": "Which cloth?", "text": "Ours lets the silt through."}
    someone = who or cast.ben
    group = group_of(cast, someone)
    return actions.open_thread(cycle=cast.cycle, idea=idea, by=someone.user, group=group, **(told | changes))


def said(cast: Cast, thread: Thread, text: str = "Cotton, folded four times.", *, who: Actor | None = None) -> Post:
    """A post by ada of the red team."""
    someone = who or cast.ada
    return actions.say(thread=thread, text=text, by=someone.user, group=group_of(cast, someone))


def group_of(cast: Cast, who: Actor) -> Group | None:
    """For whom somebody of the cast speaks; organizers for none."""
    return {cast.ada.name: cast.red, cast.ben.name: cast.blue}.get(who.name)
