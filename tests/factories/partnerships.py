"""Teams of the cast between two rounds, and what they agree."""

from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from games.cycles.actions import add_design
from games.partnerships import actions
from games.partnerships.models import Partnership
from games.rounds.models import Entrant
from tests.cast import Cast
from tests.factories.cycles import small_design


def between_rounds(cast: Cast, *sent: Any, **design: Any) -> None:
    """The call is over and published; `sent` (default: both teams) go on to the final, which has not begun."""
    if design:
        add_design(cast.cycle, small_design(**design), by=None)
    ended = now() - timedelta(hours=1)
    cast.call.closes_at = cast.call.locked_at = cast.call.published_at = ended
    cast.call.opens_at = ended - timedelta(days=7)
    cast.call.save()
    for group in sent or (cast.red, cast.blue):
        Entrant.objects.create(round=cast.final, group=group, via="cut", at=ended)


def split(cast: Cast, red: int = 6_000) -> dict[int, int]:
    """The credit of both teams."""
    return {cast.red.pk: red, cast.blue.pk: 10_000 - red}


def proposed(cast: Cast, **values: Any) -> Partnership:
    """The red herons propose that both become one, and go on as themselves."""
    asked = {"group": cast.red, "lead": cast.red, "shares": split(cast), "by": cast.ada.user, "person": cast.ada.person}
    return actions.propose_merger(**(asked | values))


def merged(cast: Cast, **values: Any) -> Partnership:
    """And the blue ones agree."""
    made = proposed(cast, **values)
    return actions.answer(partnership=made, group=cast.blue, agree=True, by=cast.ben.user, person=cast.ben.person)


def joint(cast: Cast, *, agreed: bool = True, **values: Any) -> Partnership:
    """The entry of the red herons to the concept is that of both."""
    asked = {"group": cast.red, "lead": cast.red, "challenge": cast.concept, "shares": split(cast), "by": cast.ada.user}
    made = actions.propose_joint(**(asked | values))
    return actions.answer(partnership=made, group=cast.blue, agree=True, by=cast.ben.user) if agreed else made
