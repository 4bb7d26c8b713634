"""The desk of the instance: accounts, and the mail outbox."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts import actions
from backend.accounts.models import User
from backend.accounts.pages.gate import attempt, me, require, signed_in
from backend.accounts.queries import users
from backend.web.paging import kept, page_of
from games.notices.actions import mark_bounced, send_again
from games.notices.models import Message
from games.notices.queries import outbox, outbox_counts
from games.notices.rules import MessageState
from games.results.models import SelfCheck

PAGE = 50

type Act = tuple[Callable[[User, User], None], str]
ACTS: dict[str, Act] = {
    "suspend": (lambda user, by: actions.suspend(user, by=by), gettext_noop("Suspended: out everywhere, at once.")),
    "restore": (lambda user, by: actions.restore(user, by=by), gettext_noop("May sign in again.")),
    "allow": (lambda user, by: actions.allow_launching(user, allowed=True, by=by), gettext_noop("May launch cycles.")),
    "forbid": (lambda user, by: actions.allow_launching(user, allowed=False, by=by), gettext_noop("May launch no more cycles.")),
    "reset": (lambda user, by: actions.send_reset(user, by=by), gettext_noop("A link to set a new password is on its way.")),
}


@never_cache
@require_safe
@signed_in
def accounts(request: HttpRequest) -> HttpResponse:
    """Every account, newest first."""
    require(request, "instance.desk")
    search = request.GET.get("q", "")
    page = page_of(request, users(search), PAGE)
    last = SelfCheck.objects.order_by("-pk").first()
    context = {
        "page": page,
        "kept": kept(request),
        "search": search,
        "counts": outbox_counts(),
        "broken": len(last.faults) if last else 0,
    }
    return render(request, "accounts/desk.html", context)


@require_POST
@signed_in
def change_account(request: HttpRequest, pk: int) -> HttpResponse:
    """Suspend, restore, allow or forbid launching, send a reset."""
    require(request, "instance.desk")
    user = get_object_or_404(User, pk=pk)
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    do, done = act
    attempt(request, lambda: do(user, me(request)), f"{user.email}: {_(done)}")
    return redirect("instance-desk")


@never_cache
@require_safe
@signed_in
def mail(request: HttpRequest) -> HttpResponse:
    """The outbox: what waits, what went out, what failed, what came back."""
    require(request, "instance.desk")
    state = request.GET.get("state", "")
    search = request.GET.get("q", "")
    counts = outbox_counts()
    tabs = [{"label": _("All"), "url": "?", "current": not state, "count": sum(counts.values())}]
    tabs += [
        {"label": one.value.title(), "url": f"?state={one.value}", "current": state == one.value, "count": counts[one.value]}
        for one in MessageState
    ]
    page = page_of(request, outbox(state=state, search=search), PAGE)
    context = {"page": page, "kept": kept(request), "tabs": tabs, "state": state, "search": search}
    return render(request, "accounts/mail.html", context)


@require_POST
@signed_in
def change_mail(request: HttpRequest, pk: int) -> HttpResponse:
    """Send a mail again, or note that it came back."""
    require(request, "instance.desk")
    message = get_object_or_404(Message, pk=pk)
    if request.POST.get("do") == "bounced":
        attempt(request, lambda: mark_bounced(message, error="Noted at the desk."), _("Noted: it came back."))
    else:
        attempt(request, lambda: send_again(message, to=request.POST.get("to", "").strip()), _("Queued again."))
    return redirect("instance-mail")
