"""A kind question to teams that have tested nothing for eight days, in a round that asks for tests."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.queries import db_now
from games.learning.queries import silent_in
from games.learning.rules.testing import SILENCE
from games.notices.actions.outbox import absolute
from games.notices.actions.telling import tell_all
from games.notices.models import Notice
from games.notices.queries import members_of
from games.rounds.models import Round
from games.rounds.queries import TAKES_ENTRIES, entrants_of, in_state
from games.rounds.rules import RoundState

MOST: Final = 2
"""So often one silence is asked about: after eight days, and after sixteen. Then the team has heard it."""


def ask_the_silent(*, now: datetime | None = None) -> int:
    """Ask the teams that have fallen silent what they try next. Returns how many people were told. Run it as often as you like."""
    now = now or db_now()
    return sum(_ask(one, now) for one in _asking(now))


def _asking(now: datetime) -> Iterable[Round]:
    """The open rounds whose rules ask for tests, one of each cycle: the first."""
    live = Round.objects.filter(cycle__state__in=TAKES_ENTRIES, cycle__rehearsal=False).select_related("cycle")
    found: dict[int, Round] = {}
    for one in in_state(live, RoundState.OPEN, now).order_by("cycle_id", "number"):
        rules = design_of(one.cycle, one.design_number).round(one.key)
        if rules is not None and rules.tests:
            found.setdefault(one.cycle_id, one)
    return found.values()


def _ask(round_: Round, now: datetime) -> int:
    began = round_.clock.opened_at or round_.clock.opens_at or now
    groups = {one.pk: one for one in entrants_of(round_)}
    silent = silent_in(round_, groups, began, now)
    before = f"silent:{round_.cycle_id}:"
    asked = {key.rpartition(":")[0] for key in Notice.objects.filter(key__startswith=before).values_list("key", flat=True)}
    told = 0
    for group, last in silent:
        times = (now - last) // SILENCE
        key = f"{before}{group}:{last:%Y%m%d%H%M}:{times}"
        if times <= MOST and key not in asked:
            told += _tell(round_, groups[group], key=key, days=(now - last).days)
    return told


def _tell(round_: Round, group: Group, *, key: str, days: int) -> int:
    link = absolute(f"/cycles/{round_.cycle.key}/teams/{group.key}/tests/")
    context = {"round": round_, "cycle": round_.cycle, "group": group, "days": days, "link": link}
    return tell_all("tests.silent", members_of([group.pk]), key=key, context=context, cycle_id=round_.cycle_id)
