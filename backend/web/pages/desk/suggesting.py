"""Suggestions on the organizer's desk: what is open, how each is answered, what waits at the gate and is applied between rounds."""

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import me, refuse, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.suggestions.forms import AnswerForm
from backend.web.pages.suggestions.frame import OPEN, data_now, told
from backend.web.pages.suggestions.settings_named import settings_of
from games.cycles.models import Cycle
from games.errors import GameError
from games.permissions import visible
from games.progression.actions.designs import AMENDABLE
from games.suggestions import actions
from games.suggestions.actions.gate import open_round_of
from games.suggestions.models import Suggestion
from games.suggestions.queries import at_the_gate, with_support

SHOWN: Final = 100


@never_cache
@signed_in
@require_safe
def suggestions_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """What waits for an answer, what most support first; what waits at the gate; what was answered lately."""
    found = organized(request, cycle)
    access, data = access_of(request), data_now(request, found)
    rows = visible(access, "suggestion.decide", Suggestion.objects.filter(cycle=found))
    waiting = with_support(rows.filter(state=OPEN), access.persons).order_by("-supporters", "at", "number")
    gate = with_support(at_the_gate(found), access.persons)
    lately = with_support(rows.filter(decided_at__isnull=False).exclude(pk__in=at_the_gate(found).values("pk")))
    running = open_round_of(found)
    context: dict[str, Any] = {
        "waiting": [told(one, data) for one in waiting[:SHOWN]],
        "gate": [told(one, data) for one in gate],
        "lately": [told(one, data) for one in lately.order_by("-decided_at")[:20]],
        "running": running,
        "applies": running is None and found.state in AMENDABLE,
    }
    return desk_page(request, "suggestions/desk.html", found, "rules", context, title=_("Suggestions"))


@never_cache
@signed_in
def answer_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """One suggestion is answered: accepted as it is or with the organizers' own setting, declined, or thought of again."""
    found = organized(request, cycle)
    rows = with_support(Suggestion.objects.filter(cycle=found, number=number))
    row = visible(access_of(request), "suggestion.decide", rows).first()
    if row is None:
        raise Http404
    data = data_now(request, found)
    form = AnswerForm(request.POST or None, settings=settings_of(found, access_of(request).now), data_now=data)
    if request.method == "POST" and form.is_valid() and _answered(request, row, form):
        return redirect("desk-suggestions", found.key)
    context = {"one": told(row, data), "form": form, "is_open": row.state == OPEN}
    title = f"{_('Suggestion')} {row.number}"
    return desk_page(request, "suggestions/answer.html", found, "rules", context, title=title)


def _answered(request: HttpRequest, row: Suggestion, form: AnswerForm) -> bool:
    by, answer = me(request), form.cleaned_data["answer"]
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "accept": (
            lambda: actions.accept(suggestion=row, by=by, answer=answer, change=form.change),
            _("Accepted. It waits for the gate, and its author reads it."),
        ),
        "decline": (lambda: actions.decline(suggestion=row, by=by, answer=answer), _("Declined, with your reason.")),
        "reopen": (lambda: actions.reopen(suggestion=row, by=by), _("It is open again.")),
    }
    if (wanted := request.POST.get("do", "")) not in acts:
        raise Http404
    act, done = acts[wanted]
    try:
        act()
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, done)
    return True


@signed_in
@require_POST
def apply_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Where no gate stands: what waits becomes rules now, by decision."""
    found = organized(request, cycle)
    try:
        done = actions.apply_accepted(found, by=me(request), reason=request.POST.get("reason", ""))
    except GameError as refusal:
        messages.error(request, refusal.message)
    else:
        _say(request, found, len(done))
    return redirect(reverse("desk-suggestions", args=[found.key]))


def _say(request: HttpRequest, cycle: Cycle, count: int) -> None:
    if count:
        said = ngettext("%(count)d suggestion is a rule now.", "%(count)d suggestions are rules now.", count) % {"count": count}
        messages.success(request, said)
    if at_the_gate(cycle).exists():
        messages.warning(request, _("Not all fit any more: each says why."))
