"""Breaking the glass: the owner of the instance reads one sealed cycle for a day, by a decision that its organizers see at once."""

from django import forms
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.accounts.pages.gate import attempt, me, refuse, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.paging import kept, page_of
from games.cycles.actions import break_glass, revoke_decision
from games.cycles.models import Cycle, Decision
from games.cycles.queries import glass_broken
from games.cycles.rules import GLASS_OPEN_FOR, DecisionKind
from games.errors import GameError
from games.notices.queries import organizers_of
from games.permissions import visible

PAGE = 50
REASON_LENGTH = 2000


class GlassForm(forms.Form):
    """Why the owner has to look."""

    reason = forms.CharField(
        label=gettext_lazy("Why you have to read it"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("The organizers of the cycle read this at once, under your name. It stays in the record."),
    )


@never_cache
@require_safe
@signed_in
def cycles(request: HttpRequest) -> HttpResponse:
    """Every cycle by name, newest first, also those that the owner cannot look into."""
    require(request, "instance.desk")
    search = request.GET.get("q", "").replace("\0", "").strip()
    access = access_of(request)
    rows = visible(access, "cycle.break_glass", Cycle.objects.order_by("-created_at", "-pk"))
    if search:
        rows = rows.filter(Q(name__icontains=search) | Q(key__icontains=search))
    page = page_of(request, rows, PAGE)
    context = {"page": page, "kept": kept(request), "search": search, "opened": access.opened}
    return render(request, "accounts/glass_cycles.html", context)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@signed_in
def cycle(request: HttpRequest, key: str) -> HttpResponse:
    """One cycle from outside: who organizes it, whether the owner reads it now, and the form to do so."""
    require(request, "instance.desk")
    found = seen(request, "cycle.break_glass", Cycle.objects.select_related("series"), key=key)
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            break_glass(found, by=me(request), reason=form.cleaned_data["reason"])
            return redirect("glass-cycle", key=found.key)
        except GameError as refusal:
            refuse(form, refusal)
    now = access_of(request).now
    context = {
        "cycle": found,
        "form": form,
        "hours": int(GLASS_OPEN_FOR.total_seconds() // 3600),
        "organizers": organizers_of(found.pk),
        "current": _current(request, found),
        "past": Decision.objects.filter(cycle=found, kind=DecisionKind.BREAK_GLASS.value, at__lte=now).order_by("-number")[:20],
    }
    return render(request, "accounts/glass_cycle.html", context)


def _current(request: HttpRequest, found: Cycle) -> Decision | None:
    """The decision by which this owner reads the cycle now, with the moment at which it ends."""
    decision = glass_broken(access_of(request).now).filter(cycle=found, by=me(request)).first()
    if decision is not None:
        decision.ends = decision.at + GLASS_OPEN_FOR  # type: ignore[attr-defined]  # read by the page
    return decision


@require_POST
@signed_in
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The owner closes it again, or an organizer of the cycle does."""
    rows = Decision.objects.filter(kind=DecisionKind.BREAK_GLASS.value).select_related("cycle")
    decision = seen(request, "decision.revoke", rows, pk=pk)
    reason = request.POST.get("reason", "").strip()[:REASON_LENGTH]
    attempt(
        request,
        lambda: revoke_decision(decision, by=me(request), reason=reason),
        _("Taken back: what is sealed is sealed again."),
    )
    if access_of(request).organizes(decision.cycle_id):
        return redirect("decisions", cycle=decision.cycle.key)
    return redirect("glass-cycle", key=decision.cycle.key)
