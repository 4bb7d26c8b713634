"""How many judges are enough, asked while the rules are written."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.web.enough import checked
from backend.web.pages.launching.place import page, place_at


@never_cache
@signed_in
@require_safe
def enough_judges(request: HttpRequest, pk: int) -> HttpResponse:
    """So many entries, so many judges: how sure places will be with one judge for each entry, two, and so on."""
    place = place_at(request, pk)
    design = place.written.design
    expected = (design.registration.capacity or 0) if design is not None else 0
    context = checked(place.cycle, request.GET.dict(), entries=expected, judges=0, fresh=request.GET.get("fresh") == "1")
    words = {
        "heading": _("How many judges are enough"),
        "lead": _("Before you ask them: what one judge more for each entry brings."),
    }
    return page(request, "launch/enough.html", place, "challenges", context | words, status=422 if context["faults"] else 200)
