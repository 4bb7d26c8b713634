"""The place of an expert: who comes today, what is still free, and a form to offer times. Organizers have it of all experts."""

from datetime import date, time, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.pages.gate import attempt, refuse, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import boards_seen, crumbs_of, tabs
from games.coaching import actions
from games.coaching.models import Booking, Slot
from games.coaching.queries import asks_for_hours, experts_of, sessions_of, slots_ahead
from games.coaching.rules import LONGEST, MOST_SEATS, MOST_WEEKS, PLACE, SHORTEST, TOPICS, weekly
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.organizations.models import Person
from games.permissions import Access, visible

SHOWN: Final = 100
TODAY: Final = timedelta(hours=18)
"""So far ahead a session is one of today's, in whatever zone the expert is."""


class OfferForm(forms.Form):
    """When, how long, how often, for how many, where, about what."""

    expert = forms.ChoiceField(label=gettext_lazy("With whom?"))
    day = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    begin = forms.TimeField(label=gettext_lazy("From"), widget=forms.TimeInput(attrs={"type": "time"}))
    end = forms.TimeField(label=gettext_lazy("Until"), widget=forms.TimeInput(attrs={"type": "time"}))
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes each"),
        initial=20,
        min_value=int(SHORTEST.total_seconds()) // 60,
        max_value=int(LONGEST.total_seconds()) // 60,
    )
    weeks = forms.IntegerField(
        label=gettext_lazy("For how many weeks, on the same day?"),
        initial=1,
        min_value=1,
        max_value=MOST_WEEKS,
    )
    seats = forms.IntegerField(label=gettext_lazy("Teams at once"), initial=1, min_value=1, max_value=MOST_SEATS)
    place = forms.CharField(
        label=gettext_lazy("Where?"),
        required=False,
        max_length=PLACE,
        help_text=gettext_lazy("A link or a room. Only teams that book read it."),
    )
    topics = forms.CharField(label=gettext_lazy("About what?"), required=False, max_length=TOPICS)

    def __init__(self, *args: Any, experts: list[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["expert"].choices = [(str(one.pk), one.name) for one in experts]
        if len(experts) == 1:
            fields["expert"].initial, fields["expert"].widget = str(experts[0].pk), forms.HiddenInput()


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hours_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Sessions to come and what is free, of the expert or (for organizers) of all."""
    found = place_seen(request, cycle)
    access = access_of(request)
    experts = offering(found, access)
    zone = design_of(found).cycle.timezone or "UTC"
    form = None
    if experts and asks_for_hours(design_of(found)):
        form = OfferForm(request.POST or None, experts=experts, initial={"day": access.now.date() + timedelta(days=7)})
        if request.method == "POST" and _offered(request, form, found, experts, zone):
            return redirect("office-hours", found.key)
    mine = [one.pk for one in experts]
    rows = list(visible(access, "booking.view", sessions_of(found, mine))[:SHOWN])
    slots = visible(access, "slot.view", slots_ahead(found, access.now).filter(expert__in=mine))
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Office hours")),
        "tabs": tabs(found, "hours", main=boards_seen(access, found).first(), access=access),
        "asks": asks_for_hours(design_of(found)),
        "several": access.organizes(found.pk),
        "organizes": access.organizes(found.pk),
        "slots": list(slots[:SHOWN]),
        "form": form,
        "zone": zone,
        **_sorted(rows, access),
    }
    return render(request, "coaching/place.html", context, status=422 if form is not None and form.errors else 200)


def place_seen(request: HttpRequest, cycle: str) -> Cycle:
    """The cycle, for its experts and organizers; for others there is no such page."""
    rows = Cycle.objects.select_related("series", "organization")
    return seen(request, "cycle.office_hours", rows, key=cycle)


def offering(cycle: Cycle, access: Access) -> list[Person]:
    """The experts in whose name the person offers: themselves, or as organizer all."""
    experts = experts_of(cycle)
    return list(experts if access.organizes(cycle.pk) else experts.filter(pk__in=access.persons))


def _sorted(rows: list[Booking], access: Access) -> dict[str, list[Booking]]:
    """What is on today, what comes later, what waits to be told how it was."""
    over = [one for one in rows if one.slot.ends_at <= access.now]
    ahead = [one for one in rows if one.slot.ends_at > access.now]
    today = [one for one in ahead if one.slot.starts_at <= access.now + TODAY]
    return {
        "today": today,
        "later": [one for one in ahead if one not in today],
        "untold": [one for one in over if not one.outcome],
        "told": [one for one in over if one.outcome][::-1],
    }


def _offered(request: HttpRequest, form: OfferForm, cycle: Cycle, experts: list[Person], zone: str) -> bool:
    if not form.is_valid():
        return False
    said: dict[str, Any] = form.cleaned_data
    expert = next(one for one in experts if str(one.pk) == said["expert"])
    try:
        spans = _spans(said["day"], said["begin"], said["end"], minutes=said["minutes"], weeks=said["weeks"], zone=zone)
        told = {name: said[name] for name in ("seats", "place", "topics")}
        made = actions.offer(cycle, expert=expert, spans=spans, by=request.user, **told)
    except GameError as refusal:
        refuse(form, refusal)
        return False
    words = ngettext("%(count)d office hour is offered.", "%(count)d office hours are offered.", len(made))
    messages.success(request, words % {"count": len(made)})
    return True


def _spans(day: date, begin: time, end: time, *, minutes: int, weeks: int, zone: str) -> Any:
    return weekly(day, begin, end, minutes=minutes, weeks=weeks, zone=ZoneInfo(zone))


@signed_in
@require_POST
def withdraw(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Take an offer back."""
    found = place_seen(request, cycle)
    slot = seen(request, "slot.view", Slot.objects.filter(cycle=found), number=number)
    require(request, "slot.withdraw", slot)
    attempt(request, lambda: actions.withdraw_slot(slot, by=request.user), _("Taken back. Whoever had booked it is told."))
    return redirect("office-hours", cycle)
