"""One session for its expert: who comes, what they ask, their entry as far as the expert may read it, notes, and how it was."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backend.accounts.pages.gate import attempt, may, refuse, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.coaching.place import place_seen
from backend.web.pages.cycle import crumbs_of
from games.coaching import actions
from games.coaching.models import Booking, SessionNote
from games.coaching.rules import NOTE, Outcome
from games.errors import GameError
from games.ideas.queries import entry_title
from games.permissions import visible
from games.submissions.models import Submission

ENTRIES: Final = 10


class NoteForm(forms.Form):
    """What the expert writes down."""

    text = forms.CharField(label=gettext_lazy("Note"), max_length=NOTE, widget=forms.Textarea(attrs={"rows": 4}))
    shared = forms.BooleanField(
        label=gettext_lazy("Share it with the team"),
        required=False,
        help_text=gettext_lazy("Without this only you read it, not even the organizers."),
    )


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def session_page(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """The session; posted: `outcome`, or a note."""
    found = place_seen(request, cycle)
    rows = Booking.objects.filter(cycle=found).select_related("cycle", "slot__expert", "group__organization", "round")
    booking = seen(request, "booking.view", rows, pk=pk)
    notes_here = may(request, "booking.note", booking)
    form = NoteForm(request.POST if "text" in request.POST else None) if notes_here else None
    if request.method == "POST" and _done(request, booking, form):
        return redirect("office-hours-session", found.key, pk)
    access = access_of(request)
    notes = visible(access, "session_note.view", SessionNote.objects.filter(booking=booking))
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, (_("Office hours"), reverse("office-hours", args=[found.key])), booking.group.name),
        "booking": booking,
        "begun": booking.slot.starts_at <= access.now,
        "entries": _entries(request, booking),
        "notes": list(notes.order_by("at", "pk")),
        "form": form,
    }
    return render(request, "coaching/session.html", context, status=422 if form is not None and form.errors else 200)


def _done(request: HttpRequest, booking: Booking, form: NoteForm | None) -> bool:
    if "outcome" in request.POST:
        require(request, "booking.settle", booking)
        wanted = request.POST["outcome"]
        outcome = Outcome(wanted) if wanted in set(Outcome) else Outcome.OPEN
        attempt(request, lambda: actions.settle(booking, outcome=outcome, by=request.user), _("Written down."))
        return True
    require(request, "booking.note", booking)
    if form is None or not form.is_valid():
        return False
    try:
        actions.note(booking, text=form.cleaned_data["text"], shared=form.cleaned_data["shared"], by=request.user)
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, _("The team can read it.") if form.cleaned_data["shared"] else _("Kept for you."))
    return True


def _entries(request: HttpRequest, booking: Booking) -> list[dict[str, Any]]:
    """The entries of the group that this person may read, at whatever visibility they have."""
    rows = Submission.objects.filter(group=booking.group).select_related("challenge__round", "pinned", "group")
    seen_here = visible(access_of(request), "submission.view", rows).order_by(
        "-challenge__round__number", "challenge__key", "number"
    )
    return [
        {"title": entry_title(one), "task": one.challenge.name, "url": reverse("receipt", args=[one.pk, one.pinned.number])}
        for one in seen_here[:ENTRIES]
        if one.pinned is not None
    ]
