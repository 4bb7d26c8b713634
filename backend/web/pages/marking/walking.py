"""Where next: a judge in the hall, on a phone. One table at a time, held for a few minutes; the list of all that are left; the pitches."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import attempt, id_in, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from games.errors import GameError
from games.judging.actions import hall
from games.judging.models import Stand
from games.judging.queries.hall import halls_of, judge_in, pairs_in_hall, stands_of, to_visit, todo_at
from games.judging.queries.pitching import pitches_for
from games.organizations.models import Person
from games.permissions import visible
from games.rounds.models import Round
from games.submissions.queries import eyes, label_of, with_ordinal

PITCHES: Final = 40
LATE: Final = timedelta(hours=1)
"""So long a pitch that began stands in the list."""


@never_cache
@signed_in
@require_safe
def hall_of_judge(request: HttpRequest) -> HttpResponse:
    """The round in whose hall this judge has something to do; a choice if there are several. Pitches they hear stand here as well."""
    rounds = list(halls_of(access_of(request).persons))
    pitches = _pitches(request)
    if len(rounds) == 1 and not pitches:
        return redirect("hall-round", rounds[0].pk)
    context = {"rounds": rounds, "pitches": pitches, "crumbs": _crumbs()}
    return render(request, "judging/halls.html", context)


def _crumbs(round_: Round | None = None) -> Any:
    ways: list[tuple[str, str] | str] = [(_("My desk"), reverse("desk"))]
    if round_ is None:
        return shapes.crumbs(*ways, _("In the hall"))
    return shapes.crumbs(*ways, (_("In the hall"), reverse("hall")), round_.name)


def _pitches(request: HttpRequest, round_: Round | None = None) -> list[dict[str, Any]]:
    """What is still to be heard, under the names that this judge may see."""
    access = access_of(request)
    if not access.persons:
        return []
    rows = with_ordinal(visible(access, "pitch.view", pitches_for(access.persons)))
    if round_ is not None:
        rows = rows.filter(round=round_)
    coming = rows.filter(round__published_at__isnull=True, starts_at__gte=access.now - LATE)
    return [{"pitch": one, "label": _label(request, one)} for one in coming[:PITCHES]]


def _label(request: HttpRequest, row: Any) -> str:
    return label_of(eyes(access_of(request), row.round, row.group_id), row.round, row.group, row.ordinal)


@never_cache
@signed_in
def hall_round(request: HttpRequest, pk: int) -> HttpResponse:
    """The table where this judge is, or the way to the next."""
    round_, person = _mine(request, pk)
    if request.method == "POST":
        return _go(request, round_, person)
    access = access_of(request)
    rows = with_ordinal(visible(access, "stand.visit", stands_of(round_).select_related("round__cycle")))
    here = rows.filter(busy_with__in=sorted(access.persons), busy_until__gt=access.now).order_by("-busy_until").first()
    left = [one for one in rows.filter(to_visit(access.persons)) if here is None or one.pk != here.pk]
    context = {
        "round": round_,
        "here": {"stand": here, "label": _label(request, here), "sheets": todo_at(here, access.persons)} if here else None,
        "left": [_line(request, one) for one in left],
        "free_at": _free_at(request, left),
        "pair": pairs_in_hall(access.persons).filter(challenge__round=round_).select_related("challenge").first(),
        "pitches": _pitches(request, round_),
        "now": access.now,
        "crumbs": _crumbs(round_),
    }
    return render(request, "judging/hall.html", context)


def _mine(request: HttpRequest, pk: int) -> tuple[Round, Person]:
    """The round, and as whom the person judges there; to others there is no such page."""
    access = access_of(request)
    round_ = seen(request, "round.view", Round.objects.select_related("cycle"), pk=pk)
    person = judge_in(round_, access.persons) if access.persons else None
    if person is None or not Stand.objects.filter(round=round_).exists():
        raise Http404
    return round_, person


def _busy(request: HttpRequest, stand: Stand) -> bool:
    """Whether another judge is there."""
    access = access_of(request)
    return stand.busy_until is not None and stand.busy_until > access.now and stand.busy_with_id not in access.persons


def _line(request: HttpRequest, stand: Stand) -> dict[str, Any]:
    state, label = "planned", _("waits for you")
    if stand.absent_at is not None:
        state, label = "alert", _("nobody was there")
    elif _busy(request, stand):
        state, label = "judging", _("a judge is there")
    return {
        "stand": stand,
        "label": _label(request, stand),
        "badge": {"state": state, "label": label},
        "go": not _busy(request, stand),
    }


def _free_at(request: HttpRequest, left: Iterable[Stand]) -> datetime | None:
    """When the first table is free, if at all that are left there is another judge."""
    there = [one for one in left if one.absent_at is None]
    until = [one.busy_until for one in there if one.busy_until is not None and _busy(request, one)]
    return min(until, default=None) if len(until) == len(there) else None


# --- What is done there -----------------------------------------------------------------------------------------------------------------


def _go(request: HttpRequest, round_: Round, person: Person) -> HttpResponse:
    access, by = access_of(request), me(request)
    match request.POST.get("do"):
        case "next":
            _next(request, round_, person)
        case "go":
            try:
                hall.go_to(stand=_stand(request, round_), person=person, persons=access.persons, by=by)
            except GameError as refusal:
                messages.error(request, refusal.message)
        case "stay":
            stand = _stand(request, round_)
            attempt(request, lambda: hall.stay(stand=stand, person=person, by=by), _("The table stays yours a few minutes more."))
        case "leave":
            hall.leave_table(stand=_stand(request, round_), person=person, by=by)
        case "absent":
            stand = _stand(request, round_)
            hall.mark_absent(stand=stand, by=by)
            messages.info(request, _("Noted: nobody was at table %(number)d.") % {"number": stand.number})
            _next(request, round_, person)
        case _:
            raise Http404
    return redirect("hall-round", round_.pk)


def _stand(request: HttpRequest, round_: Round) -> Stand:
    rows = Stand.objects.filter(round=round_).select_related("round")
    return seen(request, "stand.visit", rows, pk=id_in(request.POST.get("stand", "")))


def _next(request: HttpRequest, round_: Round, person: Person) -> None:
    sent = hall.go_on(round_=round_, person=person, persons=access_of(request).persons, by=me(request))
    if sent.stand is None and not (sent.way.free_at or sent.way.absent):
        messages.success(request, _("There is no table left for you."))
