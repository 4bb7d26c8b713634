"""The record of decisions as organizers read it: filtered, searched, taken back, taken out as a table."""

import csv
from collections.abc import Mapping
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, signed_in
from backend.api.permissions import access_of
from backend.templatetags.ludus import DECIDED
from backend.web.pages.desk.place import desk_page, organized
from backend.web.paging import page_of
from games.cycles.actions import revoke_decision
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import RESULT_KINDS, DecisionKind
from games.groups.models import Group
from games.permissions import visible

PAGE: Final = 40
COLUMNS: Final = (
    "number",
    "at",
    "kind",
    "round",
    "board",
    "group",
    "other",
    "value",
    "question",
    "reason",
    "decider",
    "published_at",
    "revoked_at",
)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def _asked(request: HttpRequest) -> dict[str, str]:
    """What the list is narrowed to."""
    return {name: request.GET.get(name, "").strip().replace("\0", "")[:100] for name in ("kind", "round", "group", "q", "state")}


def _rows(request: HttpRequest, cycle: Cycle, asked: Mapping[str, str]) -> QuerySet[Decision]:
    rows = visible(access_of(request), "decision.view", Decision.objects.filter(cycle=cycle)).order_by("-number")
    if asked["kind"] in set(DecisionKind):
        rows = rows.filter(kind=asked["kind"])
    if asked["round"]:
        rows = rows.filter(round=asked["round"])
    if asked["group"]:
        rows = rows.filter(Q(group=asked["group"]) | Q(other=asked["group"]))
    if asked["state"] == "waiting":
        rows = rows.filter(published_at__isnull=True, revoked_at__isnull=True, kind__in=[kind.value for kind in RESULT_KINDS])
    if asked["state"] == "revoked":
        rows = rows.filter(revoked_at__isnull=False)
    if asked["q"]:
        word = asked["q"]
        named = Group.objects.filter(cycle=cycle, name__icontains=word).values("key")
        rows = rows.filter(
            Q(reason__icontains=word)
            | Q(question__icontains=word)
            | Q(decider__icontains=word)
            | Q(value__icontains=word)
            | Q(group__in=named)
            | Q(other__in=named)
        )
    return rows


@never_cache
@signed_in
@require_safe
def decisions_log(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every decision of the cycle, the newest first: who, what about whom, why, and whether everybody reads it."""
    found = organized(request, cycle)
    asked = _asked(request)
    page = page_of(request, _rows(request, found, asked), PAGE)
    groups = dict(Group.objects.filter(cycle=found).order_by("name", "pk").values_list("key", "name"))
    kept = urlencode({name: value for name, value in asked.items() if value})
    context = {
        "page": page,
        "names": groups,
        "asked": asked,
        "narrowed": any(asked.values()),
        "kinds": [{"key": kind.value, "label": DECIDED.get(kind.value, kind.value)} for kind in DecisionKind],
        "rounds": [{"key": one.key, "label": one.title} for one in design_of(found).rounds],
        "groups": [{"key": key, "label": name} for key, name in groups.items()],
        "kept": kept,
        "download": f"{reverse('desk-decisions-csv', args=[found.key])}{f'?{kept}' if kept else ''}",
        "back": f"{reverse('desk-decisions', args=[found.key])}?{kept}",
        "taken_back": {kind.value for kind in RESULT_KINDS},
    }
    return desk_page(request, "desk/decisions.html", found, "decisions", context)


@never_cache
@signed_in
@require_safe
def decisions_csv(request: HttpRequest, cycle: str) -> HttpResponse:
    """The same decisions as a table for a spreadsheet. A cell that would be read as a formula there begins with an apostrophe."""
    found = organized(request, cycle)
    answer = HttpResponse(content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{found.key}-decisions.csv"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer.write("\ufeff")
    writer = csv.writer(answer)
    writer.writerow(COLUMNS)
    for row in _rows(request, found, _asked(request)).values_list(*COLUMNS):
        writer.writerow([_cell(value) for value in row])
    return answer


def _cell(value: Any) -> str:
    text = "" if value is None else value.isoformat() if hasattr(value, "isoformat") else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text


@signed_in
@require_POST
def revoke(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Take a decision about results back, with a reason."""
    found = organized(request, cycle)
    row = visible(access_of(request), "decision.revoke", Decision.objects.filter(cycle=found, pk=pk)).first()
    if row is None:
        raise Http404
    reason = request.POST.get("reason", "").strip()
    out = row.published_at is not None
    done = (
        _("The decision is taken back. Publish a correction, and it counts no more.") if out else _("The decision is taken back.")
    )
    attempt(request, lambda: revoke_decision(row, by=request.user, reason=reason), done)
    back, desk = request.POST.get("next", ""), reverse("cycle-desk", args=[found.key])
    safe = back.startswith(desk) and url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return redirect(back if safe else reverse("desk-decisions", args=[found.key]))
