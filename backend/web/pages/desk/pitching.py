"""In the hall, pitches: the schedule of a round, made at once, moved by hand, shifted when the day runs late; and on paper."""

from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import id_in, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.hall import hall_frame
from backend.web.pages.desk.pitch_forms import hour, moment, move_form, rooms_form, schedule_form, whole
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.rounds import round_seen
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.judging.actions import pitching
from games.judging.models import Pitch
from games.judging.queries.pitching import Programme, benches_of, programme_of
from games.judging.rules.pitching import Clash, Times, Timetable
from games.rounds.models import Round


def zone_of(cycle: Cycle) -> str:
    """The zone in which times of the cycle are written."""
    return design_of(cycle).cycle.timezone or "UTC"


@never_cache
@signed_in
def pitches_page(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The schedule as it stands, what is to be known of it, and how it is made or moved."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    if request.method == "POST":
        return _act(request, found, round_)
    return _page(request, found, round_)


def _page(
    request: HttpRequest,
    cycle: Cycle,
    round_: Round,
    *,
    typed: Mapping[str, str] | None = None,
    moving: Pitch | None = None,
    faults: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """`typed` and `faults`: a form that was refused, as it was filled, and why, by field. `moving`: the pitch that is to be moved."""
    programme = programme_of(round_)
    zone = zone_of(cycle)
    if moving is None and (pk := id_in(request.GET.get("move", ""))):
        moving = next((one for one in programme.pitches if one.pk == pk), None)
    context = {
        **hall_frame(cycle, round_, "pitches"),
        "zone": zone,
        "days": days_of(programme, zone),
        "count": len(programme.pitches),
        "clashes": [_clash(one, programme, zone) for one in programme.clashes],
        "leaving": [_line(one, programme) for one in programme.pitches if programme.out_of(one)],
        "benches": rooms_form(programme, typed or {}),
        "form": schedule_form(next(iter(programme.pitches), None), zone, typed, access_of(request).now),
        "faults": faults or {},
        "moving": moving,
        "move": move_form(moving, zone, typed) if moving else None,
        "rooms_used": sorted({one.room for one in programme.pitches}),
        "unsheeted": any(not bench.sheets for bench in programme.benches.values()),
    }
    return desk_page(request, "desk/hall_pitches.html", cycle, "judging", context, title=_("In the hall"), status=status)


def _line(pitch: Pitch, programme: Programme) -> dict[str, Any]:
    return {
        "pitch": pitch,
        "group": pitch.group,
        "ends": pitch.starts_at + timedelta(minutes=pitch.minutes),
        "judges": programme.judges_at(pitch),
        "out": programme.out_of(pitch),
        "panel": programme.benches[pitch.panel].title if pitch.panel in programme.benches else pitch.panel,
    }


def days_of(programme: Programme, zone: str) -> list[dict[str, Any]]:
    """Day by day, room by room, in order of time."""
    where = ZoneInfo(zone)

    def day(pitch: Pitch) -> date:
        return pitch.starts_at.astimezone(where).date()

    found = []
    for at, of_day in groupby(programme.pitches, key=day):
        rooms: dict[tuple[str, str], list[Pitch]] = {}
        for pitch in of_day:
            rooms.setdefault((pitch.panel, pitch.room), []).append(pitch)
        lists = [
            {"room": room, "panel": lines[0]["panel"], "lines": lines}
            for (_panel, room), pitches in sorted(rooms.items())
            for lines in [[_line(one, programme) for one in pitches]]
        ]
        found.append({"day": at, "rooms": lists})
    return found


def _clash(clash: Clash, programme: Programme, zone: str) -> str:
    """What cannot be, in words."""
    by_pk = {one.pk: one for one in programme.pitches}
    one, other = by_pk[clash.one.pitch], by_pk[clash.other.pitch]
    people = {person.pk: person.name for bench in programme.benches.values() for person in bench.judges}
    words = {
        "at": other.starts_at.astimezone(ZoneInfo(zone)).strftime("%H:%M"),
        "room": other.room,
        "one": one.group.name,
        "other": other.group.name,
        "who": ", ".join(sorted(people.get(pk, "?") for pk in clash.judges)),
        "rooms": f"{one.room}, {other.room}",
    }
    if clash.room:
        return _("%(at)s: %(one)s and %(other)s are both in %(room)s.") % words
    if clash.group:
        return _("%(at)s: %(one)s speaks in two rooms (%(rooms)s).") % words
    return _("%(at)s: %(who)s would be in two rooms: with %(one)s and with %(other)s (%(rooms)s).") % words


# --- What is done there -----------------------------------------------------------------------------------------------------------------


def _act(request: HttpRequest, cycle: Cycle, round_: Round) -> HttpResponse:
    typed = {name: request.POST.get(name, "").strip() for name in request.POST}
    match request.POST.get("do"):
        case "schedule":
            return _schedule(request, cycle, round_, typed)
        case "move":
            return _move(request, cycle, round_, typed)
        case "shift":
            return _shift(request, cycle, round_, typed)
        case "clear":
            count = pitching.drop_pitches(round_=round_, by=me(request))
            said = ngettext("%(count)d pitch is taken back.", "%(count)d pitches are taken back.", count)
            messages.success(request, said % {"count": count})
        case _:
            raise Http404
    return redirect("desk-pitches", cycle.key, round_.key)


def _schedule(request: HttpRequest, cycle: Cycle, round_: Round, typed: dict[str, str]) -> HttpResponse:
    zone = zone_of(cycle)
    start = moment(typed.get("start", ""), zone)
    if start is None:
        faults = {"start": _("Say when the first pitch begins: a day and a time.")}
        return _page(request, cycle, round_, typed=typed, faults=faults, status=422)
    times = Times(
        start,
        whole(typed.get("minutes", "")),
        whole(typed.get("rest", ""), 0),
        hour(typed.get("pause", "")),
        whole(typed.get("pause_minutes", ""), 0),
        hour(typed.get("until", "")),
    )
    rooms = {
        key: [line.strip() for line in typed.get(f"rooms-{key}", "").splitlines() if line.strip()] for key in benches_of(round_)
    }
    wished = pitching.Asked(times, rooms, typed.get("order", "name"), hand_out=bool(typed.get("hand_out")))
    try:
        made = pitching.schedule_pitches(round_=round_, asked=wished, by=me(request))
    except GameError as refusal:
        faults = {one.where: one.message for one in refusal.problems} or {refusal.where: refusal.message}
        return _page(request, cycle, round_, typed=typed, faults=faults, status=422)
    _tell(request, made)
    return redirect("desk-pitches", cycle.key, round_.key)


def _tell(request: HttpRequest, made: Timetable) -> None:
    count = len(made.slots)
    said = ngettext("%(count)d pitch has its place and time.", "%(count)d pitches have their place and time.", count)
    messages.success(request, said % {"count": count})
    if made.homeless:
        words = ngettext("%(count)d has no room or no time.", "%(count)d have no room or no time.", len(made.homeless))
        messages.warning(request, words % {"count": len(made.homeless)})


def _move(request: HttpRequest, cycle: Cycle, round_: Round, typed: dict[str, str]) -> HttpResponse:
    zone = zone_of(cycle)
    pitch = seen(
        request,
        "pitch.move",
        Pitch.objects.filter(round=round_).select_related("round", "group"),
        pk=id_in(typed.get("pitch", "")),
    )
    at, minutes = moment(typed.get("starts_at", ""), zone), whole(typed.get("minutes", ""))
    try:
        if at is None:
            raise pitching.PitchesRefused(_("Say when it begins: a day and a time."), where="starts_at")
        pitching.move_pitch(pitch=pitch, room=typed.get("room", ""), starts_at=at, minutes=minutes, by=me(request))
    except GameError as refusal:
        faults = {f"move-{refusal.where}": refusal.message}
        return _page(request, cycle, round_, typed=typed, moving=pitch, faults=faults, status=422)
    messages.success(request, _("%(team)s is moved.") % {"team": pitch.group.name})
    return redirect("desk-pitches", cycle.key, round_.key)


def _shift(request: HttpRequest, cycle: Cycle, round_: Round, typed: dict[str, str]) -> HttpResponse:
    since = moment(typed.get("since", ""), zone_of(cycle))
    sign = -1 if typed.get("way") == "earlier" else 1
    minutes = whole(typed.get("by", ""))
    if since is None or minutes < 1:
        messages.error(request, _("Say from when on, and by how many minutes."))
        return redirect("desk-pitches", cycle.key, round_.key)
    try:
        count = pitching.shift_pitches(round_=round_, minutes=sign * minutes, since=since, by=me(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
    else:
        said = ngettext("%(count)d pitch is moved.", "%(count)d pitches are moved.", count) % {"count": count}
        messages.success(request, said)
    return redirect("desk-pitches", cycle.key, round_.key)


@never_cache
@signed_in
@require_safe
def pitches_print(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The schedule to hang up: a list for each room and day. Without judges: teams read it too."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    zone = zone_of(found)
    context = {**hall_frame(found, round_, "pitches"), "zone": zone, "days": days_of(programme_of(round_), zone)}
    return desk_page(request, "desk/hall_programme.html", found, "judging", context, title=_("Order of pitches"))
