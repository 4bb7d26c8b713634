"""When a group may appeal: some days after publication, as the rules of the round say."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from games.changes.rules.states import AppealsClosed, AppealsNotTaken
from games.submissions.rules.window import clock_text
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext


@dataclass(frozen=True, slots=True)
class Window:
    """From publication on, up to (and not at) the end."""

    opens: datetime
    closes: datetime

    def holds(self, now: datetime) -> bool:
        """Whether an appeal is taken at `now`."""
        return self.opens <= now < self.closes


def window_of(published_at: datetime | None, days: int | None) -> Window | None:
    """The window of a round: `days` (of 24 hours) after its publication. None: not published, or no appeals in its rules.

    A correction does not open it again: `published_at` is the first publication.
    """
    if published_at is None or days is None:
        return None
    return Window(published_at, published_at + timedelta(days=days))


def check_window(name: str, published_at: datetime | None, days: int | None, now: datetime) -> Window:
    """The window, if it is open at `now`. Raises AppealsNotTaken (no such rule, or not published yet) or AppealsClosed, with both times."""
    if days is None:
        message = _('The rules of "{name}" provide for no appeals.', name=name)
        raise AppealsNotTaken(message)
    if published_at is None or published_at > now:
        when = (
            _("with the publication of its results")
            if published_at is None
            else _("at {clock_text}", clock_text=clock_text(published_at))
        )
        message = _(
            'Appeals about "{name}" are taken {when}, and {days} from then on; it is {clock_text}.',
            name=name,
            when=when,
            days=_days(days),
            clock_text=clock_text(now),
        )
        raise AppealsNotTaken(message)
    found = Window(published_at, published_at + timedelta(days=days))
    if now >= found.closes:
        message = _(
            'Appeals about "{name}" were taken from {clock_text} to {clock_text2}; this arrived at {clock_text3}.',
            name=name,
            clock_text=clock_text(found.opens),
            clock_text2=clock_text(found.closes),
            clock_text3=clock_text(now),
        )
        raise AppealsClosed(message)
    return found


def _days(count: int) -> str:
    return ngettext("one day", "{count} days", count, count=count)
