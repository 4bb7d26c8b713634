"""What waits for a human on the way to publication: far marks, deliberations that are not decided; going on without by decision."""

from collections.abc import Iterable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, me, signed_in
from backend.web.pages.desk.place import back, organized
from backend.web.pages.rounds import round_seen
from games.cycles.models import Decision
from games.judging.queries.looks import Look, waits_in
from games.progression import actions as steering
from games.rounds.models import Round

SHOWN: Final = 12


def looks_part(round_: Round, overrides: Iterable[Decision] | None = None) -> dict[str, Any]:
    """What waits in a round, in words; `blocks`: nothing is published before it is looked at, or waived. Two or three statements."""
    found = waits_in(round_, overrides)
    marks = ngettext(
        "%(count)d mark is far from the others, and nobody has looked at it",
        "%(count)d marks are far from the others, and nobody has looked at them",
        len(found.marks),
    )
    talks = ngettext("%(count)d deliberation is still open", "%(count)d deliberations are still open", len(found.talks))
    return {
        "round": round_,
        "count": len(found.all),
        "says": [says % {"count": len(listed)} for says, listed in ((marks, found.marks), (talks, found.talks)) if listed],
        "rows": [_row(one) for one in found.all[:SHOWN]],
        "more": max(0, len(found.all) - SHOWN),
        "ties": {(one.tie["board"], one.tie["to"]): one.pk for one in found.talks if one.tie},
        "waived": found.waived,
        "blocks": found.blocks and round_.published_at is None,
    }


def _row(one: Look) -> dict[str, Any]:
    if one.judge is None:
        return {"look": one, "text": _("is talked about, and nothing is decided"), "url": reverse("deliberation", args=[one.pk])}
    far = {"judge": one.judge.name, "distance": f"{abs(one.distance) / 100:.1f}"}
    says = (
        _("%(judge)s marked %(distance)s deviations above what is expected")
        if one.distance > 0
        else _("%(judge)s marked %(distance)s deviations below what is expected")
    )
    url = f"{reverse('desk-doubts', args=[one.challenge.round.cycle.key])}#review-row-{one.pk}"
    return {"look": one, "text": says % far, "where": one.where or _("the whole sheet"), "url": url}


@signed_in
@require_POST
def waive_looks(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Let the round count although something waits for a human, with a reason that everybody reads."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    reason = request.POST.get("reason", "").strip()[:5000]
    done = _("Decided: the round can be published without these looks. The reason stands in the record, for everybody.")
    attempt(request, lambda: steering.waive_looks(round_, by=me(request), reason=reason), done)
    return back(request, reverse("desk-publish-round", args=[found.key, round_.key]))
