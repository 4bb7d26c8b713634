"""Who joins forces with whom, on the organizer's desk: proposals on their way, mergers, joint entries."""

from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.people import ways
from backend.web.pages.desk.place import desk_page, organized
from backend.web.paging import page_of
from backend.web.partners import partnership_shape
from games.cycles.queries import design_of
from games.partnerships.queries import partnerships_in
from games.permissions import visible

PAGE: Final = 30


@never_cache
@signed_in
@require_safe
def partners_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """All of them, the newest first."""
    found = organized(request, cycle)
    access = access_of(request)
    page = page_of(request, visible(access, "partnership.view", partnerships_in(found)), PAGE)
    rules = design_of(found).registration
    context = {
        "ways": ways(found, "partners"),
        "page": page,
        "cards": [partnership_shape(one, None, access) for one in page],
        "mergers": rules.mergers,
        "until": rules.mergers_until,
    }
    return desk_page(request, "desk/partners.html", found, "people", context, title=_("Teams that join forces"))
