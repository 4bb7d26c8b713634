"""Cheers for small wins: once each, and never for one's own team."""

from typing import Any

from django.db import IntegrityError, transaction

from games.ideas.queries import groups_acting
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.recognition.models import Cheer, Win
from games.recognition.rules.wins import CheerRefused
from games.talk.actions.caring import placed
from games.talk.actions.talking import check_on
from games.talk.rules import HOUR, THANKS_AN_HOUR, check_rate
from leaderboards.engine.language import gettext as _


@transaction.atomic
def cheer_win(*, win: Win, by: Any) -> Cheer:
    """Cheer a win of another team, once. Whether `by` sees it the edge asks. Raises CheerRefused, TalkRefused, TooMuchTalk."""
    check_on(win.cycle)
    place = placed(win.cycle, by)
    if win.group_id in groups_acting(win.cycle, by):
        raise CheerRefused(_("Cheers go to others: this is your own."))
    now = db_now()
    given = list(Cheer.objects.filter(person__user=by, at__gt=now - HOUR).order_by("at").values_list("at", flat=True))
    check_rate(len(given), THANKS_AN_HOUR, given[0] if given else None, now)
    if Cheer.objects.filter(win=win, person__user=by).exists():
        raise CheerRefused(_("You cheered it already."))
    try:
        with transaction.atomic():
            made = Cheer.objects.create(win=win, person=place.person, group=place.group, at=now)
    except IntegrityError as twice:
        raise CheerRefused(_("You cheered it already.")) from twice
    _journal(win, by=by, held=True)
    return made


@transaction.atomic
def cheer_back(*, win: Win, by: Any) -> None:
    """Take one's cheer back. Raises CheerRefused without one."""
    count, __ = Cheer.objects.filter(win=win, person__user=by).delete()
    if not count:
        raise CheerRefused(_("You did not cheer it."))
    _journal(win, by=by, held=False)


def _journal(win: Win, *, by: Any, held: bool) -> None:
    payload = {"of": "win", "held": held}
    record(Kind.CHEER_GIVEN, cycle_id=win.cycle_id, by=by, group_id=win.group_id, subject=f"win:{win.pk}", payload=payload)
