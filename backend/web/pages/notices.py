"""What one was told: the list behind the bell, and the page behind the link with which a mail ends its kind."""

import hashlib
from typing import Any, Final

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import id_in, me, signed_in
from backend.accounts.rules import safe_path
from backend.web.paging import kept, page_of
from games.cycles.models import Cycle
from games.notices.actions import mark_read, read_stop, stop
from games.notices.actions.wishes import STOPPED
from games.notices.queries import notices_of, unread_of
from games.notices.rules import Pace, Topic

PAGE: Final = 30
NEWEST: Final = 5
TITLES: Final = {
    Topic.INVITATION: gettext_lazy("Invitation"),
    Topic.DEADLINE: gettext_lazy("Deadline"),
    Topic.ASSIGNED: gettext_lazy("To mark"),
    Topic.FEEDBACK: gettext_lazy("Feedback"),
    Topic.PUBLISHED: gettext_lazy("Results"),
    Topic.ADVANCED: gettext_lazy("Who goes on"),
    Topic.AWARD: gettext_lazy("Award"),
    Topic.TEAM: gettext_lazy("Team"),
    Topic.TALK: gettext_lazy("Talk"),
    Topic.NEWS: gettext_lazy("News"),
    Topic.WINS: gettext_lazy("Wins and credit"),
}


@require_safe
@never_cache
@signed_in
def notices_page(request: HttpRequest) -> HttpResponse:
    """Everything one was told, the newest first; `topic`, `cycle` and `unread` narrow it."""
    user = me(request)
    topic, cycle, unread = (request.GET.get(name, "").replace("\0", "") for name in ("topic", "cycle", "unread"))
    every = notices_of(user)
    cycles = Cycle.objects.filter(pk__in=every.order_by().values("cycle")).order_by("name").values_list("key", "name")
    rows = every
    if topic in set(Topic):
        rows = rows.filter(topic=topic)
    if cycle:
        rows = rows.filter(cycle__key=cycle)
    if unread:
        rows = rows.filter(read_at__isnull=True)
    page = page_of(request, rows, PAGE)
    context = {
        "page": page,
        "notices": [{"row": one, "topic": TITLES[Topic(one.topic)]} for one in page],
        "topics": [{"key": one.value, "name": name, "chosen": one.value == topic} for one, name in TITLES.items()],
        "cycles": [{"key": key, "name": name, "chosen": key == cycle} for key, name in cycles],
        "unread": unread,
        "narrowed": bool(topic or cycle or unread),
        "query": kept(request),
    }
    return render(request, "web/notices.html", context)


@require_safe
@signed_in
def new(request: HttpRequest) -> HttpResponse:
    """What waits, for a page that stands open: {unread, newest, notices: [{id, topic, text, url}]}, the newest first. Three statements."""
    user = me(request)
    unread = unread_of(user)
    rows = notices_of(user).filter(read_at__isnull=True)[:NEWEST] if unread.waiting else []
    notices = [
        {"id": one.pk, "topic": str(TITLES[Topic(one.topic)]), "text": one.text, "url": reverse("follow-notice", args=[one.pk])}
        for one in rows
    ]
    body = orjson.dumps({"unread": unread.waiting, "newest": unread.newest, "notices": notices})
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return HttpResponse(status=304, headers=headers)
    return HttpResponse(body, content_type="application/json", headers=headers)


@require_safe
@never_cache
@signed_in
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """Go where a notice leads; it is read then."""
    user = me(request)
    notice = get_object_or_404(notices_of(user), pk=pk)
    mark_read(user, [notice.pk])
    return redirect(safe_path(notice.path) or reverse("notices"))


@require_POST
@signed_in
def read(request: HttpRequest) -> HttpResponse:
    """Mark one notice (`notice`) or all as read, and stay."""
    chosen = request.POST.get("notice", "")
    mark_read(me(request), [id_in(chosen)] if chosen else None)
    back = safe_path(request.POST.get("next", ""))
    return redirect(back if back.startswith(reverse("notices")) else reverse("notices"))


@never_cache
def stop_page(request: HttpRequest, token: str) -> HttpResponse:
    """End mails of a kind, without signing in: the signed word in the address is all it takes.

    A GET only asks, since programs that scan mails open every link; the POST is the one click of RFC 8058, or of the button here.
    """
    found = read_stop(token)
    if found is None:
        raise Http404
    user_id, what = found
    again = request.POST.get("again") == "1"
    if request.method == "POST":
        stop(user_id, what, pace=Pace.NOW if again else Pace.NEVER)
    state = "asked" if request.method != "POST" else "again" if again else "stopped"
    context: dict[str, Any] = {
        "what": STOPPED[what],
        "state": state,
        "title": _("Mails about %(what)s") % {"what": STOPPED[what]},
    }
    return render(request, "web/stop.html", context)
