"""The desk of a cycle as a place: who may be here, the ways inside it, and the frame that all its pages share.

A page of the desk calls `organized` first and answers with `desk_page`; its template extends `desk/base.html`.
"""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.pages.gate import seen
from backend.web import shapes
from backend.web.drafts import StillWritten
from backend.web.pages.cycle import crumbs_of
from games.cycles.models import Cycle
from games.cycles.rules import CycleState

PLACES: Final = (
    ("overview", gettext_lazy("Overview"), "cycle-desk"),
    ("rounds", gettext_lazy("Rounds"), "desk-rounds"),
    ("people", gettext_lazy("People"), "cycle-people"),
    ("judging", gettext_lazy("Judging"), "desk-judging"),
    ("announcements", gettext_lazy("Announcements"), "desk-announcements"),
    ("talk", gettext_lazy("Reports"), "desk-talk"),
    ("attention", gettext_lazy("What to look at"), "desk-attention"),
    ("publish", gettext_lazy("Publish"), "desk-publish"),
    ("points", gettext_lazy("Points"), "desk-points"),
    ("awards", gettext_lazy("Awards"), "desk-awards"),
    ("rules", gettext_lazy("Rules"), "desk-rules"),
    ("decisions", gettext_lazy("Decisions"), "desk-decisions"),
    ("retrospective", gettext_lazy("Looking back"), "desk-retrospective"),
    ("settings", gettext_lazy("Settings"), "desk-settings"),
)


def organized(request: HttpRequest, key: str) -> Cycle:
    """The cycle, which the person must organize: to others its desk does not exist. Raises StillWritten for a draft."""
    found = seen(request, "cycle.organize", Cycle.objects.select_related("series", "organization"), key=key)
    if found.state == CycleState.DRAFT.value:
        raise StillWritten(found.pk)
    return found


def places(cycle: Cycle, current: str) -> list[dict[str, Any]]:
    """The parts of the desk, the current one marked; what has no page (yet) is left out."""
    found = []
    for key, label, name in PLACES:
        try:
            url = reverse(name, args=[cycle.key])
        except NoReverseMatch:
            continue
        found.append({"key": key, "label": label, "url": url, "current": key == current})
    return found


def desk_page(
    request: HttpRequest,
    template: str,
    cycle: Cycle,
    place: str,
    context: dict[str, Any],
    *,
    title: str = "",
    status: int = 200,
) -> HttpResponse:
    """A page of the desk in its frame. `place`: key of one of PLACES; `title`: the page's own, where it is not the place itself."""
    known = {key: (label, name) for key, label, name in PLACES}
    label, name = known[place]
    inside: list[tuple[str, str] | str] = [(_("Organizer's desk"), reverse("cycle-desk", args=[cycle.key]))]
    if place == "overview" and not title:
        inside = [_("Organizer's desk")]
    elif title:
        inside += [title] if place == "overview" else [(str(label), reverse(name, args=[cycle.key])), title]
    else:
        inside.append(str(label))
    frame = {
        "cycle": cycle,
        "badge": shapes.cycle_badge(cycle),
        "crumbs": crumbs_of(cycle, *inside),
        "places": places(cycle, place),
        "title": title or str(label),
    }
    return render(request, template, frame | context, status=status)


def back(request: HttpRequest, otherwise: str) -> HttpResponse:
    """To the page the form stood on, if it is one of ours."""
    wanted = request.POST.get("back", "")
    safe = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return redirect(wanted if safe else otherwise)
