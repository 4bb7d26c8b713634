"""What the team has won, and its way to us: taken or declined by the captain, coaching booked, delivered with proof."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.db.models import F
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.pages.gate import id_in, refuse, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.workspace.frame import framed, team_seen
from games.coaching.models import Booking, Slot
from games.coaching.queries import slots_ahead
from games.coaching.rules import QUESTION
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups.models import Group
from games.permissions import Access, visible
from games.playbooks.files import KINDS as FILES
from games.playbooks.files import extension_of
from games.playbooks.rules import Capability
from games.playbooks.schema import Design
from games.recognition import actions
from games.recognition.models import Grant
from games.recognition.queries import sessions_used
from games.recognition.rules import GrantState, sessions_left

KINDS: Final = {
    "money": gettext_lazy("money"),
    "coaching": gettext_lazy("coaching"),
    "celebration": gettext_lazy("celebration"),
    "badge": gettext_lazy("badge"),
    "medal": gettext_lazy("medal"),
    "certificate": gettext_lazy("certificate"),
    "mention": gettext_lazy("mention"),
    "pilot": gettext_lazy("pilot"),
}
WAY: Final = (
    (GrantState.VERIFIED, gettext_lazy("verified")),
    (GrantState.GRANTED, gettext_lazy("granted")),
    (GrantState.DELIVERED, gettext_lazy("delivered")),
)
OPEN: Final = {GrantState.VERIFIED.value, GrantState.GRANTED.value}
SLOTS: Final = 50
REASON: Final = 2000


class DeclineForm(forms.Form):
    """Why the team does not take it."""

    reason = forms.CharField(
        label=gettext_lazy("Why do you not take it?"),
        max_length=REASON,
        help_text=gettext_lazy("Organizers read it, nobody else."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class SessionForm(forms.Form):
    """Which of the free times, and what about."""

    slot = forms.ChoiceField(label=gettext_lazy("When, and with whom"))
    question = forms.CharField(
        label=gettext_lazy("What do you want to talk about?"), max_length=QUESTION, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, slots: Iterable[Slot], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(str(one.number), f"{one.starts_at:%d %b, %H:%M} UTC · {one.expert.name}") for one in slots]
        self.fields["slot"].choices = named  # type: ignore[attr-defined]


@dataclass(slots=True)
class Forms:
    """The forms of one prize, as they stand on the page; None where there is nothing to fill in."""

    decline: DeclineForm | None = None
    session: SessionForm | None = None


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def won_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Each prize with what can be done about it; a refused form stands where it was, with what was typed."""
    found = team_seen(request, cycle, group)
    access, design = access_of(request), design_of(found.cycle)
    rows = list(visible(access, "grant.view", Grant.objects.filter(cycle=found.cycle, group=found)).order_by("award", "pk"))
    coached = [one.pk for one in rows if one.sessions]
    used = sessions_used(coached) if coached else {}
    leads, writes = (found.pk in access.groups_with(one) for one in (Capability.CAPTAIN, Capability.SUBMIT))
    slots = _free(access, found) if writes and any(_bookable(one, used) for one in rows) else []
    told = {one.pk: _forms(one, used, slots, leads=leads, number=number) for number, one in enumerate(rows)}
    if request.method == "POST" and _done(request, rows, slots, told):
        return redirect("team-won", found.cycle.key, found.key)
    booked = _booked(coached)
    context = framed(request, found, "team-won", _("Prizes")) | {
        "leads": leads,
        "prizes": [_prize(one, design, told[one.pk], used, booked.get(one.pk, [])) for one in rows],
        "writes": writes,
    }
    failed = any(form is not None and form.errors for one in told.values() for form in (one.decline, one.session))
    return render(request, "workspace/prizes.html", context, status=422 if failed else 200)


def _bookable(one: Grant, used: dict[int, int]) -> bool:
    return one.state == GrantState.GRANTED.value and sessions_left(one.sessions, used.get(one.pk, 0)) > 0


def _free(access: Access, group: Group) -> list[Slot]:
    """Times with a place left, of experts who may advise the team."""
    ahead = slots_ahead(group.cycle, access.now).filter(taken__lt=F("seats"))
    return list(visible(access, "slot.book", ahead)[:SLOTS])


def _forms(one: Grant, used: dict[int, int], slots: list[Slot], *, leads: bool, number: int) -> Forms:
    names = {"auto_id": f"p{number}_%s"}
    return Forms(
        decline=DeclineForm(**names) if leads and one.state in OPEN else None,  # type: ignore[arg-type]
        session=SessionForm(slots, **names) if slots and _bookable(one, used) else None,
    )


def _done(request: HttpRequest, rows: list[Grant], slots: list[Slot], told: dict[int, Forms]) -> bool:
    """Carry out what was asked of one prize; false when its form stays open with its faults."""
    grant = next((one for one in rows if one.pk == id_in(request.POST.get("grant", ""))), None)
    if grant is None:
        raise Http404
    shown, number = told[grant.pk], rows.index(grant)
    if request.POST.get("act") == "decline":
        require(request, "grant.decline", grant)
        declining = shown.decline = DeclineForm(request.POST, auto_id=f"p{number}_%s")
        return _tried(request, declining, lambda: _decline(request, grant, declining), _("Declined. Organizers know why."))
    if request.POST.get("act") != "book":
        raise Http404
    require(request, "grant.book", grant)
    booking = shown.session = SessionForm(slots, request.POST, auto_id=f"p{number}_%s")
    return _tried(request, booking, lambda: _book(request, grant, slots, booking), _("Booked. It stands in your calendar, too."))


def _tried(request: HttpRequest, form: forms.Form, act: Any, done: str) -> bool:
    if not form.is_valid():
        return False
    try:
        act()
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, done)
    return True


def _decline(request: HttpRequest, grant: Grant, form: DeclineForm) -> None:
    actions.decline(grant, by=request.user, reason=form.cleaned_data["reason"])


def _book(request: HttpRequest, grant: Grant, slots: list[Slot], form: SessionForm) -> None:
    slot = next(one for one in slots if str(one.number) == form.cleaned_data["slot"])
    actions.book_prize(grant, slot=slot, question=form.cleaned_data["question"], by=request.user)


def _booked(grants: list[int]) -> dict[int, list[Booking]]:
    """Sessions of these prizes in order of time. One statement, or none."""
    found: dict[int, list[Booking]] = {}
    if grants:
        rows = Booking.objects.filter(prize__grant__in=grants).select_related("slot__expert", "prize")
        for one in rows.order_by("slot__starts_at", "pk"):
            found.setdefault(one.prize.grant_id, []).append(one)
    return found


def _prize(one: Grant, design: Design, told: Forms, used: dict[int, int], booked: list[Booking]) -> dict[str, Any]:
    spec = next((spec for spec in design.awards if spec.key == one.award), None)
    states = [state for state, _label in WAY]
    reached = states.index(GrantState(one.state)) if one.state in states else -1
    return {
        "grant": one,
        "title": spec.title if spec else one.name,
        "kind": KINDS.get(one.kind, one.kind),
        "money": shapes.money(one.amount_cents, one.currency),
        "way": [{"label": label, "done": number <= reached} for number, (_state, label) in enumerate(WAY)],
        "declined": one.state == GrantState.DECLINED.value,
        "passes": spec is not None and spec.pass_on,
        "left": sessions_left(one.sessions, used.get(one.pk, 0)),
        "booked": booked,
        "decline": told.decline,
        "session": told.session,
        "waits": _bookable(one, used) and told.session is None,
    }


@never_cache
@signed_in
@require_safe
def proof_file(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """The file that shows a delivery, always as an attachment: for the group, organizers and sponsors."""
    found = seen(request, "grant.proof", Grant.objects.filter(cycle__key=cycle).exclude(proof_file=""), pk=pk)
    headers = {
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
    }
    return FileResponse(  # type: ignore[return-value]  # a response all the same; Django's two kinds share only their base
        found.proof_file.open("rb"),
        as_attachment=True,
        filename=found.proof_name,
        content_type=FILES[extension_of(found.proof_name)][1],
        headers=headers,
    )
