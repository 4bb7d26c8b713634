"""Office hours in a team's workspace: how many are left, what is booked, what is free, with whom."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import F, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.pages.gate import attempt, id_in, refuse, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.workspace.frame import framed, team_seen
from backend.web.paging import kept, page_of
from games.coaching import actions
from games.coaching.models import Booking, SessionNote, Slot
from games.coaching.queries import bookings_of, period_of, slots_ahead, used_by
from games.coaching.rules import QUESTION, given_back
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups.models import Group
from games.groups.rules import GroupState
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.playbooks.schema.cycle import OfficeHours

PAGE: Final = 20


class BookingForm(forms.Form):
    """What the team wants to talk about."""

    question = forms.CharField(
        label=gettext_lazy("What do you want to talk about?"),
        max_length=QUESTION,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("A question or two, so that the expert can think about it before."),
    )


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def hours_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """What is booked and what is free, each page by page; `?slot=` opens the form of one, `?move=` chooses another time for a booking."""
    found = team_seen(request, cycle, group)
    access, rules = access_of(request), design_of(found.cycle).office_hours
    context = framed(request, found, "team-hours", _("Office hours")) | {"rules": rules}
    if rules is None:
        return render(request, "workspace/hours.html", context)
    writes = found.state == GroupState.ACTIVE.value and found.pk in access.groups_with(Capability.SUBMIT)
    chosen = _chosen(request, found) if writes else None
    form = BookingForm(request.POST or None) if chosen is not None else None
    if request.method == "POST" and (form is None or chosen is None or _booked(request, form, chosen, found)):
        return redirect("team-hours", found.cycle.key, found.key)
    page = page_of(request, visible(access, "booking.view", bookings_of(found, access.now)), PAGE)
    booked = [_told(one, rules, access) for one in page]
    _with_notes(access, booked)
    context |= {
        "used": used_by(found, period_of(found.cycle, access.now)),
        "writes": writes,
        "chosen": chosen,
        "form": form,
        "moving": _moving(request, found) if writes else None,
        "page": page,
        "page_kept": kept(request),
        "booked": booked,
        **_free(request, found),
    }
    return render(request, "workspace/hours.html", context, status=422 if form is not None and form.errors else 200)


def _chosen(request: HttpRequest, group: Group) -> Slot | None:
    """The slot named in the address: one the team may book, else none. A slot that is gone is one, so that the refusal has its words."""
    number = id_in(request.POST.get("slot", request.GET.get("slot", "")))
    if not number:
        return None
    rows = Slot.objects.filter(cycle=group.cycle, number=number).select_related("expert", "cycle")
    found = visible(access_of(request), "slot.book", rows).first()
    if found is None:
        raise Http404
    return found


def _moving(request: HttpRequest, group: Group) -> Booking | None:
    """The booking for which another time is chosen; 404 for one that cannot be changed."""
    pk = id_in(request.GET.get("move", ""))
    if not pk:
        return None
    rows = Booking.objects.filter(group=group).select_related("group", "slot__expert", "cycle")
    booking = seen(request, "booking.view", rows, pk=pk)
    require(request, "booking.change", booking)
    return booking


def _booked(request: HttpRequest, form: BookingForm, slot: Slot, group: Group) -> bool:
    if not form.is_valid():
        return False
    try:
        actions.book(slot, group=group, question=form.cleaned_data["question"], by=request.user)
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, _("Booked. It stands in your calendar, too."))
    return True


def _told(one: Booking, rules: OfficeHours, access: Access) -> dict[str, Any]:
    begun = one.slot.starts_at <= access.now
    return {
        "one": one,
        "ahead": one.cancelled_at is None and not begun,
        "free": given_back(one.slot.starts_at, access.now, rules.cancel_hours),
        "notes": [],
    }


def _with_notes(access: Access, booked: list[dict[str, Any]]) -> None:
    """What experts wrote for the team. One statement."""
    by_booking = {row["one"].pk: row["notes"] for row in booked}
    rows = SessionNote.objects.filter(booking__in=by_booking, shared=True).select_related("author").order_by("at", "pk")
    for note in visible(access, "session_note.view", rows):
        by_booking.get(note.booking_id, []).append(note)


def _free(request: HttpRequest, group: Group) -> dict[str, Any]:
    """What has a place left and is not the team's already, by expert or topic (`q`); experts who are not for it without a way to book.
    Three statements.
    """
    access, query = access_of(request), request.GET.get("q", "").replace("\0", "").strip()
    ours = Booking.objects.filter(group=group, cancelled_at__isnull=True).values("slot")
    rows = slots_ahead(group.cycle, access.now).filter(taken__lt=F("seats")).exclude(pk__in=ours)
    rows = rows.filter(Q(expert__name__icontains=query) | Q(topics__icontains=query)) if query else rows
    page = page_of(request, visible(access, "slot.view", rows), PAGE, name="free")
    may_book = visible(access, "slot.book", Slot.objects.filter(cycle=group.cycle, pk__in=[one.pk for one in page]))
    bookable = set(may_book.values_list("pk", flat=True))
    return {
        "slots": [{"slot": one, "left": one.seats - one.taken, "bookable": one.pk in bookable} for one in page],
        "free": page,
        "free_kept": kept(request, "free", "slot"),
        "query": query,
    }


def _own(request: HttpRequest, cycle: str, group: str, pk: int) -> tuple[Group, Booking]:
    found = team_seen(request, cycle, group)
    rows = Booking.objects.filter(group=found).select_related("group", "slot", "cycle")
    booking = seen(request, "booking.view", rows, pk=pk)
    require(request, "booking.change", booking)
    return found, booking


@signed_in
@require_POST
def cancel(request: HttpRequest, cycle: str, group: str, pk: int) -> HttpResponse:
    """We do not come."""
    _found, booking = _own(request, cycle, group, pk)
    attempt(request, lambda: actions.cancel(booking, by=request.user), _("Cancelled."))
    return redirect("team-hours", cycle, group)


@signed_in
@require_POST
def move(request: HttpRequest, cycle: str, group: str, pk: int) -> HttpResponse:
    """We come at another time."""
    found, booking = _own(request, cycle, group, pk)
    number = id_in(request.POST.get("slot", ""))
    slot = seen(request, "slot.book", Slot.objects.filter(cycle=found.cycle), number=number)
    attempt(request, lambda: actions.move(booking, slot=slot, by=request.user), _("Moved."))
    return redirect("team-hours", cycle, group)
