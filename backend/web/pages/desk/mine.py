"""My desk: what waits for this person, over all their cycles."""

from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.cycle import OVER
from backend.web.pages.marking.lists import compares_for, mine, questions_waiting
from games.cycles.models import Cycle
from games.groups.models import Group
from games.judging.queries.desk import marked_from, open_on, refusal
from games.permissions import visible
from games.rounds.models import Round
from games.rounds.queries import with_state


@never_cache
@signed_in
@require_safe
def my_desk(request: HttpRequest) -> HttpResponse:
    """What waits for this person, over all their cycles."""
    access = access_of(request)
    cycles = {
        one.pk: one
        for one in visible(access, "cycle.view", Cycle.objects.filter(pk__in=sorted(access.member_of), rehearsal=False))
    }
    rounds: dict[int, list[Round]] = {}
    for one in rounds_in(cycles, access.now):
        rounds.setdefault(one.cycle_id, []).append(one)
    teams = list(Group.objects.filter(pk__in=access.groups_with()).select_related("cycle").order_by("-cycle_id", "name"))
    context = {
        "now": access.now,
        "marks": _marks(request),
        "to_compare": compares_for(request),
        "questions": questions_waiting(request),
        "teams": _soonest([_team(one, rounds.get(one.cycle_id, []), access.now) for one in teams]),
        "organized": _soonest(
            [
                {"cycle": one, "badge": shapes.cycle_badge(one), "until": shapes.next_deadline(rounds.get(pk, []), access.now)}
                for pk, one in cycles.items()
                if access.organizes(pk)
            ]
        ),
        "may_launch": access.may_launch or access.owner,
    }
    return render(request, "desk/mine.html", context)


def _soonest(cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What ends or opens next first, then what goes on without a date, what is over last."""
    last = datetime.max.replace(tzinfo=UTC)

    def urgency(card: dict[str, Any]) -> tuple[bool, datetime]:
        cycle = card["cycle"] if "cycle" in card else card["group"].cycle
        return cycle.state in OVER, card["until"][1] if card["until"] else last

    return sorted(cards, key=urgency)


def _marks(request: HttpRequest) -> dict[str, Any]:
    """What this person can mark now and until when, what can be marked later and from when, how much waits for something else.

    One statement, none for whoever is no person.
    """
    ready, due, blocked = 0, list[datetime](), 0
    later: dict[tuple[int, datetime], dict[str, Any]] = {}
    for one in open_on(mine(request)) if access_of(request).persons else ():
        round_, opens = one.challenge.round, marked_from(one)
        if not refusal(one):
            ready += 1
            due += [round_.judging_closes_at] if round_.judging_closes_at else []
        elif opens is not None:
            later.setdefault((round_.pk, opens), {"round": round_, "at": opens, "count": 0})["count"] += 1
        elif round_.published_at is None and round_.cycle.state not in OVER:
            blocked += 1
    opening = sorted(later.values(), key=lambda one: (one["at"], one["round"].pk))
    return {"ready": ready, "due": min(due, default=None), "later": opening, "blocked": blocked}


def rounds_in(cycles: dict[int, Cycle], now: datetime) -> list[Round]:
    """The rounds of several cycles, with their states, in one statement."""
    return list(with_state(Round.objects.filter(cycle__in=cycles), now).order_by("cycle_id", "number"))


def _team(group: Group, rounds: list[Round], now: datetime) -> dict[str, Any]:
    until = shapes.next_deadline(rounds, now)
    return {"group": group, "badge": shapes.cycle_badge(group.cycle), "until": until}
