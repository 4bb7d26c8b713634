"""Warnings before a deadline: two days and four hours ahead, only to those who still have something to do, each once."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.queries import db_now
from games.judging.models import Sheet
from games.judging.queries import judgeable
from games.judging.rules import OPEN_SHEETS
from games.judging.rules.window import JUDGED_IN
from games.notices.actions.outbox import absolute
from games.notices.actions.telling import tell_all
from games.notices.models import Notice
from games.notices.queries import members_of, with_address
from games.notices.rules import WARNINGS, warning_due
from games.organizations.models import Person
from games.rounds.models import Extension, Round
from games.rounds.queries import TAKES_ENTRIES, entrants_of, extensions_of, with_state
from games.rounds.rules import RoundState, accepts, group_deadline
from games.submissions.models import Submission
from games.submissions.queries import counting

AHEAD = max(WARNINGS)


def warn_of_deadlines(*, now: datetime | None = None) -> int:
    """Warn teams that handed in nothing and judges with open sheets. Returns how many were told. Run it as often as you like."""
    now = now or db_now()
    return sum(_warn_teams(one, now) for one in _closing(now)) + sum(_warn_judges(one, now) for one in _judging_ends(now))


def _closing(now: datetime) -> list[Round]:
    """Rounds in which somebody's time for entries ends soon."""
    live = Round.objects.filter(
        cycle__state__in=TAKES_ENTRIES, cycle__rehearsal=False, published_at__isnull=True, closed_at__isnull=True
    )
    soon = Q(ends_at__gt=now, ends_at__lte=now + AHEAD)
    more = Exists(Extension.objects.filter(round=OuterRef("pk"), until__gt=now, until__lte=now + AHEAD))
    return list(with_state(live, now).filter(soon | more).exclude(Q(state=RoundState.PLANNED.value)).select_related("cycle"))


def _warn_teams(round_: Round, now: datetime) -> int:
    design = design_of(round_.cycle, round_.design_number)
    if not any(one.form and one.in_round(round_.key) for one in design.challenges):
        return 0  # nothing is handed in here: tries and live marks are counted as they happen
    there = counting(Submission.objects.filter(challenge__round=round_, group=OuterRef("pk")))
    extended, clock = extensions_of(round_), round_.clock
    waiting: dict[tuple[datetime, timedelta], list[int]] = defaultdict(list)
    for group in _without(entrants_of(round_), there):
        until = extended.get(group)
        end = group_deadline(clock, until)
        lead = warning_due(clock.opened_at or clock.opens_at, end, now) if end and accepts(clock, until, now) else None
        if end is not None and lead is not None:
            waiting[end, lead].append(group)
    link = absolute(f"/cycles/{round_.cycle.key}/rounds/{round_.key}/")
    told = 0
    for (end, lead), groups in waiting.items():
        key = f"deadline:{round_.pk}:{end:%Y%m%d%H%M}:{hours(lead)}"
        context = {"round": round_, "cycle": round_.cycle, "ends": end, "hours": hours(lead), "link": link}
        people = unwarned(members_of(groups), key)
        told += tell_all("deadline.entry", people, key=key, context=context, cycle_id=round_.cycle_id)
    return told


def _without(groups: QuerySet[Group], entries: QuerySet[Submission]) -> Iterable[int]:
    return groups.exclude(Exists(entries)).values_list("pk", flat=True)


def _judging_ends(now: datetime) -> QuerySet[Round]:
    """Rounds whose judging ends soon, with `ends_at` of their entries."""
    soon = Round.objects.filter(
        judging_closes_at__gt=now,
        judging_closes_at__lte=now + AHEAD,
        published_at__isnull=True,
        closed_at__isnull=True,
        cycle__state__in=JUDGED_IN,
        cycle__rehearsal=False,
    )
    return with_state(soon, now).select_related("cycle")


def _warn_judges(round_: Round, now: datetime) -> int:
    ends = round_.judging_closes_at
    lead = warning_due(round_.ends_at, ends, now) if ends else None
    if ends is None or lead is None:
        return 0
    states = [state.value for state in OPEN_SHEETS]
    sheets = judgeable(Sheet.objects.filter(challenge__round=round_, state__in=states))
    old = sheets.filter(Q(assigned_at__isnull=True) | Q(assigned_at__lte=ends - lead))
    key = f"judging:{round_.pk}:{ends:%Y%m%d%H%M}:{hours(lead)}"
    people = unwarned(with_address(Person.objects.filter(pk__in=old.values("judge_id"))), key)
    context = {"round": round_, "cycle": round_.cycle, "ends": ends, "hours": hours(lead), "link": absolute("/desk/sheets/")}
    return tell_all("deadline.marks", people, key=key, context=context, cycle_id=round_.cycle_id)


def hours(lead: timedelta) -> int:
    """A warning's name: how many hours before the end."""
    return int(lead.total_seconds() // 3600)


def unwarned(people: QuerySet[Person], key: str) -> QuerySet[Person]:
    """Those who have not been told under this key, so that looking every minute writes no letter twice."""
    told = Notice.objects.filter(key__startswith=f"{key}:").values("person_id")
    return people.exclude(pk__in=told)
