"""What the nightly self-check found, and the keys of this house: for whoever runs it."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import require, signed_in
from games.credentials.queries.keys import key_chain
from games.cycles.models import Cycle
from games.results.models import SelfCheck

NIGHTS: Final = 30
WORDS: Final = {
    "chain": gettext_lazy("does not follow the version before it"),
    "digest": gettext_lazy("its rows are not those that were published"),
    "root": gettext_lazy("its rows do not have the root that was signed"),
    "journal": gettext_lazy("is not the one that the journal says was published"),
    "missing": gettext_lazy("was published, as the journal says, and is not there"),
    "unsigned": gettext_lazy("was never signed"),
    "statement": gettext_lazy("was signed as something else"),
    "signature": gettext_lazy("its signature does not hold"),
    "recomputed": gettext_lazy("does not follow from the facts as they are now"),
    "unreadable": gettext_lazy("could not be read"),
    "not computed": gettext_lazy("could not be computed anew"),
}


@never_cache
@require_safe
@signed_in
def checks(request: HttpRequest) -> HttpResponse:
    """The last nights, what the last one found, and which keys sign. At most ten statements."""
    require(request, "instance.desk")
    nights = list(SelfCheck.objects.order_by("-pk")[:NIGHTS])
    faults: list[dict[str, Any]] = list(nights[0].faults) if nights else []
    names = dict(Cycle.objects.filter(pk__in={one["cycle"] for one in faults}).values_list("pk", "name"))
    context = {
        "nights": nights,
        "faults": [one | {"name": names.get(one["cycle"], "?"), "says": WORDS.get(one["what"], one["what"])} for one in faults],
        "keys": key_chain(),
    }
    return render(request, "accounts/checks.html", context)
