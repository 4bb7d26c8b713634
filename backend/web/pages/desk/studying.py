"""The study between two rounds on the organizer's desk: which team has read what it was given, and what it takes from it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.place import desk_page, organized
from games.groups.models import Group
from games.groups.rules import GroupState
from games.learning import actions
from games.learning.models import Taken
from games.learning.queries import Study, studied_in, studies_in
from games.learning.rules.study import StudyState
from games.permissions import visible
from games.rounds.models import Round
from games.talk.queries import Asked, asked_in, reply_hours

SHOWN = 200


@never_cache
@signed_in
@require_safe
def study_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """Each study in one table: given, read, taken, tested; and the newest of what was taken."""
    found = organized(request, cycle)
    groups = list(Group.objects.filter(cycle=found, state=GroupState.ACTIVE.value).order_by("name"))
    access = access_of(request)
    asked = request.GET.get("round", "")
    studies = studies_in(found)
    chosen = next((one for one in studies if one.round.key == asked), None) or _newest(studies, access.now)
    context: dict[str, Any] = {"studies": studies, "chosen": chosen}
    if chosen is not None:
        rows, hours = studied_in(chosen.round, groups), reply_hours(found)
        questions = asked_in(chosen.round, [one.pk for one in groups])
        taken = visible(
            access, "taken.view", Taken.objects.filter(round=chosen.round).select_related("group").order_by("-number")
        )
        context |= {
            "state": chosen.state(access.now).value,
            "rows": [(one, questions.get(one.group.pk, Asked())) for one in rows],
            "median": max(round(hours), 1) if hours is not None else None,
            "undealt": chosen.state(access.now) is StudyState.ON and not any(one.given for one in rows),
            "taken": list(taken[:SHOWN]),
        }
    return desk_page(request, "desk/study.html", found, "rounds", context, title=_("Study between rounds"))


def _newest(studies: list[Study], now: Any) -> Study | None:
    """The last that has begun, else the first."""
    begun = [one for one in studies if one.state(now) is not StudyState.PLANNED]
    return begun[-1] if begun else next(iter(studies), None)


@signed_in
@require_POST
def deal(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Deal the reading now."""
    found = organized(request, cycle)
    round_ = Round.objects.filter(cycle=found, key=key).select_related("cycle").first()
    if round_ is not None:
        attempt(request, lambda: actions.deal_readings(round_, by=request.user), _("Every team has something to read."))
    return redirect("desk-study", cycle)
