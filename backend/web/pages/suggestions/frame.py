"""What the pages of suggestions share: words for states, a row, the change in words."""

from collections.abc import Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.api.permissions import access_of
from backend.web.pages.cycle import boards_seen, crumbs_of, cycle_seen, tabs
from backend.web.pages.launching.words import changed_words
from backend.web.pages.suggestions.settings_named import public_data
from games.cycles.models import Cycle
from games.permissions import visible
from games.progression.drafting import begun_rounds
from games.suggestions.models import Suggestion
from games.suggestions.queries import credit_of, with_support
from games.suggestions.rules import SuggestionState

OPEN, ACCEPTED = SuggestionState.OPEN.value, SuggestionState.ACCEPTED.value
STATES: Final[dict[str, Any]] = {
    OPEN: gettext_lazy("open"),
    ACCEPTED: gettext_lazy("accepted: waits for the gate"),
    SuggestionState.DECLINED.value: gettext_lazy("declined"),
    SuggestionState.WITHDRAWN.value: gettext_lazy("withdrawn"),
    "rule": gettext_lazy("a rule now"),
}


def suggestion_url(row: Suggestion) -> str:
    """Where it is read."""
    return reverse("suggestion", args=[row.cycle.key, row.number])


def standing(row: Suggestion) -> str:
    """Its state, or `rule` once it is one."""
    return "rule" if row.design_number is not None else row.state


def told(row: Suggestion, data: Mapping[str, Any]) -> dict[str, Any]:
    """A suggestion as a page shows it."""
    at = standing(row)
    return {
        "row": row,
        "url": suggestion_url(row),
        "credit": credit_of(row),
        "state": at,
        "label": str(STATES[at]),
        "changes": changed_words(row.diff, data, data),
    }


def data_now(request: HttpRequest, cycle: Cycle) -> dict[str, Any]:
    """The rules as everybody may read them now."""
    return public_data(cycle, frozenset(begun_rounds(cycle, access_of(request).now)))


def suggestion_seen(request: HttpRequest, cycle: str, number: int) -> Suggestion:
    """The suggestion, if this person may see it; else 404."""
    found, access = cycle_seen(request, cycle), access_of(request)
    rows = with_support(Suggestion.objects.filter(cycle=found, number=number), access.persons)
    row: Suggestion | None = visible(access, "suggestion.view", rows).first()
    if row is None:
        raise Http404
    row.cycle = found
    return row


def frame(request: HttpRequest, cycle: Cycle, *way: tuple[str, str] | str) -> dict[str, Any]:
    """What every page of suggestions brings along."""
    access = access_of(request)
    inside: list[tuple[str, str] | str] = [(_("Rules"), reverse("rules", args=[cycle.key])), *way]
    main = boards_seen(access, cycle).first()
    return {"cycle": cycle, "crumbs": crumbs_of(cycle, *inside), "tabs": tabs(cycle, "rules", main=main, access=access)}
