"""The sponsor's desk, read only: reach, participation, published results, what was awarded and delivered."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.cycle import crumbs_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.learning.queries import latest_of
from games.permissions import visible
from games.playbooks.schema import Design
from games.recognition.models import Grant
from games.recognition.rules import GrantState
from games.results.queries.reach import participation_of, reach_of
from games.results.queries.winners import first_places

STATES = {
    GrantState.VERIFIED.value: ("judging", gettext_lazy("verified")),
    GrantState.GRANTED.value: ("published", gettext_lazy("granted")),
    GrantState.DELIVERED.value: ("closed", gettext_lazy("delivered")),
    GrantState.UNALLOCATED.value: ("planned", gettext_lazy("nobody won it")),
}


@never_cache
@require_safe
def sponsor_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """What became of the support, on one page that prints."""
    found = seen(request, "cycle.follow", Cycle.objects.select_related("series", "organization"), key=cycle)
    design, reach, measured = design_of(found), reach_of(found), latest_of([found]).get(found.pk)
    grants = list(
        visible(access_of(request), "grant.view", Grant.objects.filter(cycle=found, state__in=STATES))
        .select_related("group")
        .order_by("award", "pk")
    )
    ranks = {spec.key: number for number, spec in enumerate(design.awards)}
    context = {
        "cycle": found,
        "badge": shapes.cycle_badge(found),
        "crumbs": crumbs_of(found, _("Sponsor's desk")),
        "meter": shapes.aim_meter(design, measured),
        "measured": measured,
        "aim": design.aim,
        "stats": [
            {"value": value, "label": label}
            for value, label in (
                (reach.groups, _("teams")),
                (reach.people, _("people playing")),
                (reach.organizations, _("organizations")),
                (reach.judges, _("judges")),
            )
            if value
        ],
        "rounds": participation_of(found, reach.groups),
        "firsts": first_places([found.pk]).get(found.pk, []),
        "grants": [_grant(one, design) for one in sorted(grants, key=lambda one: (ranks.get(one.award, len(ranks)), one.pk))],
        "money": _money(grants, design),
        "board": reverse("board", args=[found.key, design.boards[0].id]) if design.boards and design.boards[0].id else "",
    }
    return render(request, "sponsor/desk.html", context)


def _grant(one: Grant, design: Design) -> dict[str, Any]:
    titles = {spec.key: spec.title for spec in design.awards}
    return {
        "award": titles.get(one.award, one.name),
        "name": one.group.name if one.group else "",
        "amount": shapes.money(one.amount_cents, one.currency or design.cycle.currency),
        "badge": shapes.badge(STATES[one.state]),
        "proof": one.proof if one.state == GrantState.DELIVERED.value else "",
        "file": one if one.state == GrantState.DELIVERED.value and one.proof_file else None,
    }


def _money(grants: Iterable[Grant], design: Design) -> list[dict[str, str]]:
    """Sums by what became of the money, in the cycle's currency; nothing where no award has money."""
    sums: dict[str, int] = {}
    for one in grants:
        sums[one.state] = sums.get(one.state, 0) + (one.amount_cents or 0)
    return [
        {"name": str(words), "value": shapes.money(sums[state], design.cycle.currency)}
        for state, (_kind, words) in STATES.items()
        if sums.get(state)
    ]
