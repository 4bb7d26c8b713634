"""Ties at a cut on the organizer's desk: who is tied, the talk about them, and what came of it."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, me, signed_in
from backend.web.pages.desk.place import back, organized
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.judging.models import Deliberation
from games.judging.rules import DeliberationState
from games.progression import actions as steering
from games.results.queries.ties import CutTie, ties_of


def tie_rows(cycle: Cycle, talks: Iterable[Deliberation]) -> list[dict[str, Any]]:
    """The ties that wait, each with the talk about it; those that were talked about and decided are left out. Five statements at most."""
    about = [(CutTie.of(one.tie), one) for one in talks if one.tie]
    found = []
    for tie in ties_of(cycle):
        known = [one for what, one in about if what.same(tie)]
        talk = next((one for one in known if one.state == DeliberationState.OPEN.value), None)
        if talk is not None or tie.exact or not known:
            found.append((tie, talk))
    wanted = {key for tie, _talk in found for key in tie.groups}
    names = dict(Group.objects.filter(cycle=cycle, key__in=wanted).values_list("key", "name")) if wanted else {}
    rounds = {one.key: one.title for one in design_of(cycle).rounds}
    return [
        {
            "tie": tie,
            "cut": f"{tie.board}:{tie.to}",
            "to": rounds.get(tie.to, tie.to),
            "names": [names.get(key, key) for key in tie.groups],
            "talk": talk,
            "publish": reverse("desk-publish-round", args=[cycle.key, tie.round]),
        }
        for tie, talk in found
    ]


@signed_in
@require_POST
def begin_tie(request: HttpRequest, cycle: str) -> HttpResponse:
    """Let those who judged the tied entries talk about them."""
    found = organized(request, cycle)
    cut, why = request.POST.get("cut", ""), str(request.POST.get("why", ""))[:20_000]
    tie = next((one for one in ties_of(found) if f"{one.board}:{one.to}" == cut), None)
    if tie is None:
        messages.info(
            request, _("This tie is not there any more, or the places are being computed. Look again in a few seconds.")
        )
        return back(request, reverse("desk-doubts", args=[found.key]))
    begun: list[Deliberation] = []
    done = _("Those who judged these entries are told, and can talk about them here.")
    if not attempt(request, lambda: begun.extend(steering.open_tie(cycle=found, tie=tie, why=why, by=me(request))), done):
        request.session[f"doubts-{found.pk}"] = {"cut": cut, "why": why}
        return back(request, reverse("desk-doubts", args=[found.key]))
    return redirect("deliberation", pk=begun[0].pk)
