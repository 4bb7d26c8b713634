"""Suggestions listed and read one by one; supported and withdrawn; and the log of the rules with whom each version is owed to."""

from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, may, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import cycle_seen
from backend.web.pages.launching.words import changed_words
from backend.web.pages.suggestions.frame import (
    ACCEPTED,
    OPEN,
    data_now,
    frame,
    suggestion_seen,
    suggestion_url,
    told,
)
from backend.web.paging import page_of
from games.permissions import visible
from games.progression.drafting import begun_rounds
from games.suggestions import actions
from games.suggestions.models import Suggestion
from games.suggestions.queries import credit_of, log_of, with_support

PAGE: Final = 30
LOGGED: Final = 50
FILTERS: Final[dict[str, tuple[Any, Q]]] = {
    "": (gettext_lazy("Open"), Q(state=OPEN)),
    "gate": (gettext_lazy("At the gate"), Q(state=ACCEPTED, design_number__isnull=True)),
    "rules": (gettext_lazy("Rules now"), Q(design_number__isnull=False)),
    "others": (gettext_lazy("Declined"), Q(state__in=("declined", "withdrawn"))),
}


@never_cache
@require_safe
def suggestions_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What people would change, what most support first."""
    found, access = cycle_seen(request, cycle), access_of(request)
    chosen = request.GET.get("show", "")
    chosen = chosen if chosen in FILTERS else ""
    rows = visible(access, "suggestion.view", Suggestion.objects.filter(FILTERS[chosen][1], cycle=found))
    page = page_of(request, _ordered(with_support(rows, access.persons)), PAGE)
    data = data_now(request, found)
    filters = [{"key": key, "label": label, "current": key == chosen} for key, (label, _where) in FILTERS.items()]
    context = frame(request, found, _("Suggestions")) | {
        "rows": [told(one, data) for one in page],
        "page": page,
        "filters": filters,
        "query": f"show={chosen}" if chosen else "",
        "writes": may(request, "cycle.suggest", found),
        "steers": access.organizes(found.pk),
    }
    return render(request, "suggestions/list.html", context)


def _ordered(rows: QuerySet[Any]) -> QuerySet[Any]:
    return rows.order_by("-supporters", "-at", "-number")


@never_cache
@require_safe
def suggestion_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """One suggestion: why, what it changes, who stands behind it, how it was decided."""
    row, access = suggestion_seen(request, cycle, number), access_of(request)
    is_open = row.state == OPEN
    context = frame(
        request, row.cycle, (_("Suggestions"), reverse("suggestions", args=[row.cycle.key])), f"{row.number} · {row.title}"
    )
    return render(
        request,
        "suggestions/one.html",
        context
        | {
            "one": told(row, data_now(request, row.cycle)),
            "supports": is_open and may(request, "suggestion.support", row),
            "withdraws": is_open and may(request, "suggestion.withdraw", row),
            "steers": access.organizes(row.cycle_id),
        },
    )


@signed_in
@require_POST
def on_suggestion(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Support it, or no more; withdraw one's own."""
    row, wanted = suggestion_seen(request, cycle, number), request.POST.get("do", "")
    acts = {
        "support": ("suggestion.support", actions.support, _("You support it.")),
        "support-no-more": ("suggestion.support", actions.support_no_more, _("You support it no more.")),
        "withdraw": ("suggestion.withdraw", actions.withdraw, _("It is withdrawn.")),
    }
    if wanted not in acts:
        raise Http404
    name, act, done = acts[wanted]
    own = seen(request, name, Suggestion.objects.select_related("cycle"), pk=row.pk)
    attempt(request, lambda: act(suggestion=own, by=me(request)), done)
    return redirect(suggestion_url(row))


@never_cache
@require_safe
def log_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every version of the rules: when, who decided, why, what changed, and whose suggestion it was."""
    found, access = cycle_seen(request, cycle), access_of(request)
    data = data_now(request, found)
    rows = log_of(found, frozenset(begun_rounds(found, access.now)), most=LOGGED)
    versions = [
        {
            "version": one,
            "changes": changed_words(one.diff, data, data),
            "credit": credit_of(one.suggestion) if one.suggestion else "",
            "url": reverse("suggestion", args=[found.key, one.suggestion.number]) if one.suggestion else "",
        }
        for one in rows
    ]
    context = frame(request, found, _("What was changed")) | {"versions": versions}
    return render(request, "suggestions/log.html", context)
