"""A suggestion is written: looked at as a change of the rules before it is sent, if it names a setting."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import me, refuse, require, signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import cycle_seen
from backend.web.pages.launching.words import changed_words
from backend.web.pages.suggestions.forms import SuggestionForm
from backend.web.pages.suggestions.frame import data_now, frame, suggestion_url
from backend.web.pages.suggestions.settings_named import settings_of
from games.cycles.models import Cycle
from games.errors import GameError
from games.suggestions import actions
from games.suggestions.models import Suggestion


@never_cache
@signed_in
def new_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The form. `do=look` shows the change in words and sends nothing."""
    found = cycle_seen(request, cycle)
    require(request, "cycle.suggest", found)
    data, access = data_now(request, found), access_of(request)
    form = SuggestionForm(request.POST or None, settings=settings_of(found, access.now), data_now=data)
    looked: list[dict[str, Any]] | None = None
    if request.method == "POST" and form.is_valid():
        if request.POST.get("do") == "look":
            looked = _looked(found, form, data)
        elif (made := _made(request, found, form)) is not None:
            messages.success(request, _("Thank you. The organizers read it, and others may support it."))
            return redirect(suggestion_url(made))
    listed = reverse("suggestions", args=[found.key])
    context = frame(request, found, (_("Suggestions"), listed), _("Suggest a change"))
    return render(request, "suggestions/new.html", context | {"form": form, "looked": looked, "back": listed})


def _looked(cycle: Cycle, form: SuggestionForm, data: dict[str, Any]) -> list[dict[str, Any]] | None:
    if not form.change:
        form.add_error("path", _("Choose a setting to see what would change."))
        return None
    try:
        return changed_words(actions.previewed(cycle, form.change), data, data)
    except GameError as refusal:
        refuse(form, refusal)
        return None


def _made(request: HttpRequest, cycle: Cycle, form: SuggestionForm) -> Suggestion | None:
    told = form.cleaned_data
    try:
        return actions.suggest(
            cycle=cycle, title=told["title"], why=told["why"], named=told["named"], change=form.change, by=me(request)
        )
    except GameError as refusal:
        refuse(form, refusal)
        return None
