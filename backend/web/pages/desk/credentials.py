"""Every credential of a cycle on the organizers' desk: what is out, and taking one back."""

from typing import Any, Final

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.desk.place import desk_page, organized
from backend.web.paging import kept, page_of
from games.credentials import actions
from games.credentials.models import Credential
from games.credentials.queries import HELD
from games.credentials.rules import CredentialState
from games.permissions import visible

PAGE: Final = 60
BADGES: Final = {
    CredentialState.ASKED: ("judging", gettext_lazy("being made")),
    CredentialState.ISSUED: ("published", gettext_lazy("valid")),
    CredentialState.REVOKED: ("alert", gettext_lazy("taken back")),
}


@never_cache
@signed_in
@require_safe
def credentials(request: HttpRequest, cycle: str) -> HttpResponse:
    """What was issued, the newest first; `q` searches names and titles."""
    found = organized(request, cycle)
    query = request.GET.get("q", "").replace("\0", "").strip()
    rows = visible(access_of(request), "credential.view", Credential.objects.filter(cycle=found)).select_related("group")
    if query:
        rows = rows.filter(Q(name__icontains=query) | Q(title__icontains=query) | Q(group__name__icontains=query))
    page = page_of(request, rows.defer("token", "claim").order_by("-asked_at", "-pk"), PAGE)
    context = {"rows": [_row(one) for one in page], "page": page, "kept": kept(request), "query": query}
    return desk_page(request, "desk/credentials.html", found, "awards", context, title=_("Certificates and badges"))


def _row(one: Credential) -> dict[str, Any]:
    return {"row": one, "badge": shapes.badge(BADGES[CredentialState(one.state)]), "held": one.state in HELD}


@signed_in
@require_POST
def revoke(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Take one back, with a reason that everybody reads who verifies it."""
    found = organized(request, cycle)
    row = seen(request, "credential.revoke", Credential.objects.filter(cycle=found), pk=pk)
    attempt(request, lambda: actions.revoke(row, by=request.user, reason=request.POST.get("reason", "")), _("Taken back."))
    return redirect("desk-credentials", found.key)
