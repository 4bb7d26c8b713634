"""The dates of a cycle as a calendar to subscribe to: registration, rounds, deadlines, judging, appeals, studies, the end; of one's own team the longer ones; the pitches
that one's team gives or that one hears as a judge; office hours of one's team, or that one gives.
"""

import hashlib
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from django.contrib.auth import get_user_model
from django.core import signing
from django.db.models import Count, Max, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web.icalendar import Event, calendar
from games.changes.queries import appeal_window
from games.coaching.models import Booking
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.judging.models import Pitch
from games.judging.queries.pitching import heard_by
from games.notices.actions.outbox import absolute
from games.permissions import Access, access_for, visible
from games.playbooks.schema import RoundDesign
from games.rounds.models import Extension, Round
from games.rounds.queries import rounds_of
from games.submissions.queries.seeing import eyes, label_of, with_ordinal

SALT: Final = "backend.web.calendar"
MOVES: Final = (
    *(Kind.CYCLE_LAUNCHED, Kind.CYCLE_IMPORTED, Kind.CYCLE_STATE_CHANGED, Kind.DESIGN_AMENDED),
    *(Kind.ROUND_OPENED, Kind.ROUND_LOCKED, Kind.ROUND_CLOSED, Kind.ROUND_EXTENDED),
)
"""What may move a date. How often that happened is the SEQUENCE of every event: it only grows."""


def calendar_url(cycle: Cycle, access: Access) -> str:
    """Where the calendar of a cycle is; for whoever is signed in with their name in it, signed, since calendar programs do not sign in."""
    url = reverse("calendar", args=[cycle.key])
    return f"{url}?for={signing.dumps([access.user_id, cycle.pk], salt=SALT)}" if access.user_id else url


@require_safe
def calendar_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The calendar. With a signed `for` it is that person's, as long as their account is alive and they may see the cycle."""
    access = _reader(request, cycle)
    found = visible(access, "cycle.view", Cycle.objects.filter(key=cycle)).first()
    if found is None:
        raise Http404
    changed = _moves(found, access).aggregate(number=Count("pk"), at=Max("at"))
    body = calendar(found.name, _events(found, access, changed["number"]), stamp=changed["at"] or found.created_at)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, max-age=300"}
    if tag in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    headers["Content-Disposition"] = f'inline; filename="{found.key}.ics"'
    return HttpResponse(body, content_type="text/calendar; charset=utf-8", headers=headers)


def _moves(cycle: Cycle, access: Access) -> QuerySet[JournalEntry]:
    """What has moved a date that this reader sees: nothing here tells of decisions that are not out, or of more time for others. Who takes
    part may have a place in the hall, which moves with anything there.
    """
    seen = Q(kind__in=[one.value for one in MOVES]) & (Q(group_id__isnull=True) | Q(group_id__in=access.groups_with()))
    if cycle.pk in access.cycles or Group.objects.filter(cycle=cycle, pk__in=access.groups_with()).exists():
        seen |= Q(kind=Kind.HALL_CHANGED.value)
    return JournalEntry.objects.filter(seen, cycle_id=cycle.pk)


def _reader(request: HttpRequest, key: str) -> Access:
    signed = request.GET.get("for", "")
    if not signed:
        return access_of(request)
    try:
        user_id, cycle_id = signing.loads(signed, salt=SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise Http404 from None
    user = get_user_model().objects.filter(pk=user_id, is_active=True).first()
    if user is None or not Cycle.objects.filter(pk=cycle_id, key=key).exists():
        raise Http404
    return access_for(user)


def _events(cycle: Cycle, access: Access, sequence: int) -> Iterator[Event]:
    """Every date of the cycle. Uids rest on ids, so a moved date moves in the calendar too."""
    told: dict[str, Any] = {"sequence": sequence, "cancelled": cycle.state == CycleState.CANCELLED.value}
    more, design, url = _extensions(cycle, access), design_of(cycle), absolute(reverse("cycle", args=[cycle.key]))
    if design.registration.closes is not None:
        title = _("%(cycle)s: registration closes") % {"cycle": cycle.name}
        yield Event(f"cycle-{cycle.pk}-registration@{_host()}", design.registration.closes, title, url=url, **told)
    for one in rounds_of(cycle, access.now):
        one.cycle, place = cycle, absolute(reverse("round", args=[cycle.key, one.key]))
        moments = {
            "opens": (one.opened_at or one.opens_at, _("%(round)s opens")),
            "closes": (one.ends_at, _("%(round)s: entries close")),
            "ours": (more.get(one.pk), _("%(round)s: entries of our team close")),
            "judged": (one.judging_closes_at, _("%(round)s: judging ends")),
            **_after(one, design.round(one.key)),
        }
        for name, (at, words) in moments.items():
            if at is not None:
                title = f"{words % {'round': one.name}} · {cycle.name}"
                yield Event(f"round-{one.pk}-{name}@{_host()}", at, title, url=place, **told)
    for pitch in _pitches(cycle, access):
        yield _pitch(pitch, cycle, access, told)
    for booking in _bookings(cycle, access):
        yield _booking(booking, cycle, access, told)
    if design.cycle.ends is not None:
        title = _("%(cycle)s: awards and the end") % {"cycle": cycle.name}
        yield Event(f"cycle-{cycle.pk}-ends@{_host()}", design.cycle.ends, title, design.cycle.ends_when, url, **told)
    if design.aim.date is not None and design.aim.measure:
        title = _("%(cycle)s: the aim is looked at") % {"cycle": cycle.name}
        yield Event(f"cycle-{cycle.pk}-aim@{_host()}", design.aim.date, title, design.aim.statement, url, **told)


def _after(round_: Round, spec: RoundDesign | None) -> dict[str, tuple[datetime | None, str]]:
    """What follows a round: the study of what others made, and until when its results may be appealed."""
    study, window = spec.study if spec is not None else None, appeal_window(round_)
    return {
        "study": (study.begins if study else None, _("%(round)s: the study of what others made begins")),
        "studied": (study.ends if study else None, _("%(round)s: the study ends")),
        "appeals": (window.closes if window else None, _("%(round)s: appeals end")),
    }


def _pitches(cycle: Cycle, access: Access) -> QuerySet[Pitch]:
    """What the reader's own team pitches, and what they hear as a judge. Organizers have the programme, not everything in their calendar."""
    own = Q(group_id__in=access.groups_with()) | heard_by(access.persons)
    rows = (
        visible(access, "pitch.view", Pitch.objects.filter(own, round__cycle=cycle)) if access.persons else Pitch.objects.none()
    )
    return with_ordinal(rows.select_related("group", "round__cycle").order_by("starts_at", "pk"))


def _pitch(one: Any, cycle: Cycle, access: Access, told: dict[str, Any]) -> Event:
    """A pitch: to its team as its own, to a judge under the name by which they know the entry."""
    title, url = _("We pitch"), reverse("team", args=[cycle.key, one.group.key])
    if one.group_id not in access.groups_with():
        label = label_of(eyes(access, one.round, one.group_id), one.round, one.group, one.ordinal)
        title, url = _("Pitch of %(entry)s") % {"entry": label}, reverse("hall")
    # A schedule made anew has new rows: the same pitch stays the same event. Hashed, since in a blind round nothing may tell whose it is.
    same = salted_hmac(SALT, f"{one.round_id}:{one.group_id}:{one.panel}", algorithm="sha256").hexdigest()[:24]
    uid, words = f"pitch-{same}@{_host()}", f"{title} · {cycle.name}"
    return Event(uid, one.starts_at, words, one.round.name, absolute(url), **told, minutes=one.minutes, place=one.room)


def _bookings(cycle: Cycle, access: Access) -> QuerySet[Booking]:
    """Office hours that the reader's own team booked, or that were booked with them as an expert. No statement where there are none."""
    if not access.persons or design_of(cycle).office_hours is None:
        return Booking.objects.none()
    own = Q(group_id__in=access.groups_with()) | Q(slot__expert_id__in=access.persons)
    rows = visible(access, "booking.view", Booking.objects.filter(own, cycle=cycle, cancelled_at__isnull=True))
    return rows.select_related("slot__expert", "group").order_by("slot__starts_at", "pk")


def _booking(one: Booking, cycle: Cycle, access: Access, told: dict[str, Any]) -> Event:
    """An office hour: to the team with its expert, to the expert with the team. A cancelled one is gone, so is its event."""
    name, url = one.group.name, reverse("office-hours-session", args=[cycle.key, one.pk])
    if one.slot.expert_id not in access.persons:
        name, url = one.slot.expert.name, reverse("team-hours", args=[cycle.key, one.group.key])
    title = f"{_('Office hour with %(name)s') % {'name': name}} · {cycle.name}"
    uid = f"booking-{one.pk}@{_host()}"
    return Event(
        uid, one.slot.starts_at, title, one.question, absolute(url), **told, minutes=one.slot.minutes, place=one.slot.place
    )


def _extensions(cycle: Cycle, access: Access) -> dict[int, datetime]:
    """Round → until when the reader's own team may hand in, where it was given more time."""
    mine = Extension.objects.filter(round__cycle=cycle, group__in=access.groups_with())
    found = dict(mine.order_by("until").values_list("round_id", "until"))
    ends: dict[int, datetime | None] = dict(Round.objects.filter(pk__in=found).values_list("pk", "closes_at")) if found else {}
    return {pk: until for pk, until in found.items() if (end := ends.get(pk)) is None or until > end}


def _host() -> str:
    return absolute("/").split("//", 1)[1].strip("/").partition(":")[0]
