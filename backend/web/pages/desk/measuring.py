"""The aim, measured: organizers enter what was measured on a day and where the number comes from, correct it, take it back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.pages.gate import attempt, refuse, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.settings import setting_tabs
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.learning import actions
from games.learning.models import Observation
from games.learning.queries import observations_of
from games.learning.rules import number_of
from games.learning.rules.measuring import NOTE_LENGTH
from games.permissions import visible
from leaderboards.engine import numbers

SHOWN = 200


class ObservationForm(forms.Form):
    """What was measured."""

    period = forms.DateField(label=gettext_lazy("Measured on"), widget=forms.DateInput(attrs={"type": "date"}))
    value = forms.CharField(
        label=gettext_lazy("Value"), max_length=60, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    note = forms.CharField(
        label=gettext_lazy("Where it comes from"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Who measured it and how: everybody who sees the cycle reads it."),
    )


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def measuring_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Where the aim stands, a form for what was measured, and all values with what they replaced."""
    found = organized(request, cycle)
    form = ObservationForm(request.POST) if request.method == "POST" else None
    if form is not None and _done(request, form, lambda sent: actions.record_observation(cycle=found, by=request.user, **sent)):
        return redirect("desk-measuring", found.key)
    return _page(request, found, form)


@signed_in
@require_POST
def correct(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Replace a value by another one; or take it back."""
    found = organized(request, cycle)
    row = seen(request, "observation.correct", observations_of(found), pk=pk)
    if "withdraw" in request.POST:
        attempt(request, lambda: actions.withdraw_observation(row, by=request.user), _("The value is taken back."))
        return redirect("desk-measuring", found.key)
    form = ObservationForm(request.POST, prefix=str(pk))
    if _done(request, form, lambda sent: actions.correct_observation(row, by=request.user, **sent)):
        return redirect("desk-measuring", found.key)
    return _page(request, found, None, correcting=(row.pk, form))


def _done(request: HttpRequest, form: ObservationForm, act: Any) -> bool:
    if not form.is_valid():
        return False
    try:
        act({**form.cleaned_data, "value": form.cleaned_data["value"].replace(",", ".")})
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, _("The value is written down. The bar of the aim has moved."))
    return True


def _page(
    request: HttpRequest, cycle: Cycle, form: ObservationForm | None, *, correcting: tuple[int, ObservationForm] | None = None
) -> HttpResponse:
    design = design_of(cycle)
    rows = list(visible(access_of(request), "observation.view", observations_of(cycle))[:SHOWN])
    latest = next((one for one in rows if one.replaced_at is None), None)
    refused = form is not None or correcting is not None
    context = {
        "tabs": setting_tabs(cycle, "measuring"),
        "aim": design.aim,
        "aim_by": shapes.moment(design.aim.date),
        "meter": shapes.aim_meter(design, latest),
        "latest": latest,
        "form": form or ObservationForm(initial={"period": access_of(request).now.date().isoformat()}),
        "refused": form is not None,
        "rows": [_row(one, correcting) for one in rows],
    }
    title = _("The aim, measured")
    return desk_page(request, "desk/measuring.html", cycle, "settings", context, title=title, status=422 if refused else 200)


def _row(one: Observation, correcting: tuple[int, ObservationForm] | None) -> dict[str, Any]:
    """A value with its form: as it stands, or as it was sent and refused."""
    text = numbers.text(number_of(one.value))
    sent = correcting[1] if correcting is not None and correcting[0] == one.pk else None
    first = {"period": one.period.isoformat(), "value": text, "note": one.note}
    form = sent or (ObservationForm(initial=first, prefix=str(one.pk)) if one.replaced_at is None else None)
    return {"one": one, "value": text, "form": form, "open": sent is not None}
