"""The organizer's desk of a cycle: the next thing to do on top, then how it stands; and every round with what can be done about it."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.roll import bounced
from backend.web.pages.desk.steering import round_card
from backend.web.pages.desk.wording import worded
from games.coaching.queries import asks_for_hours
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import NEXT_STATES, CycleState, DecisionKind
from games.learning.queries import asks_to_study
from games.notices.announcements import announcements_of, shown
from games.progression.facts import facts_of
from games.progression.steps import CycleFacts, RoundFacts, next_step
from games.rounds.queries import rounds_of
from games.rounds.rules import RoundState

OVER: Final = frozenset({CycleState.CLOSED.value, CycleState.AWARDING.value})
DECIDED: Final = 4
STATES: Final = {
    CycleState.ENROLLING: gettext_lazy("Open to join"),
    CycleState.RUNNING: gettext_lazy("Run"),
    CycleState.PAUSED: gettext_lazy("Pause"),
    CycleState.AWARDING: gettext_lazy("Give awards"),
    CycleState.CLOSED: gettext_lazy("Close"),
    CycleState.CANCELLED: gettext_lazy("Cancel for good"),
}


@never_cache
@signed_in
@require_safe
def cycle_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """What is next, how each round stands, what was told and decided last."""
    found = organized(request, cycle)
    now = access_of(request).now
    facts = facts_of(found, now, also={"bounced": bounced(found, now)})
    context = {
        "step": worded(found, next_step(facts)),
        "now": now,
        "stats": _stats(found, facts),
        "rounds": [_round(found, one) for one in facts.rounds],
        "announcements": shown(announcements_of(found), most=3),
        "decisions": list(
            Decision.objects.filter(cycle=found).exclude(kind=DecisionKind.ROLE.value).order_by("-number")[:DECIDED]
        ),
        "states": [(one.value, STATES.get(one, one.value)) for one in sorted(NEXT_STATES[CycleState(found.state)])],
        "closed": found.state in OVER,
        "decisions_url": _maybe("desk-decisions", found) or reverse("decisions", args=[found.key]),
    }
    return desk_page(request, "desk/cycle.html", found, "overview", context)


def _maybe(name: str, cycle: Cycle) -> str:
    try:
        return reverse(name, args=[cycle.key])
    except NoReverseMatch:
        return ""


def _stats(cycle: Cycle, facts: CycleFacts) -> list[dict[str, Any]]:
    """A few numbers that matter, each leading to where they come from."""
    people = reverse("cycle-people", args=[cycle.key])
    found = [
        (facts.teams, ngettext("team", "teams", facts.teams), reverse("groups", args=[cycle.key])),
        (facts.judges, ngettext("judge", "judges", facts.judges), f"{people}?role=judge"),
        (facts.registrations, _("wait for an answer"), reverse("desk-registrations", args=[cycle.key])),
        (facts.bounced, ngettext("invitation came back", "invitations came back", facts.bounced), f"{people}?state=bounced"),
        (
            facts.flags,
            ngettext("question of a judge", "questions of judges", facts.flags),
            reverse("desk-flags", args=[cycle.key]),
        ),
    ]
    always = (found[0], found[1])
    return [{"value": one[0], "label": one[1], "url": one[2]} for one in found if one[0] or one in always]


def _round(cycle: Cycle, one: RoundFacts) -> dict[str, Any]:
    """A round in a line: its state, and how far entries or marks are."""
    words = shapes.PUBLISHED if one.published else shapes.ROUND_BADGES[RoundState(one.state)]
    whole = one.open + one.final
    done, of, what = (one.final, whole, _("sheets are final")) if whole and one.state != "open" else (0, 0, "")
    if one.state == "open" and one.entrants:
        done, of, what = one.entrants - one.missing, one.entrants, _("teams have handed in")
    return {
        "facts": one,
        "badge": shapes.badge(words),
        "url": reverse("round-desk", args=[cycle.key, one.key]),
        "done": done,
        "of": of,
        "what": what,
    }


@never_cache
@signed_in
@require_safe
def rounds_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every round with what can be done about it now."""
    found = organized(request, cycle)
    rounds = list(rounds_of(found, access_of(request).now))
    rules = design_of(found)
    context = {
        "rounds": [round_card(found, one) for one in rounds],
        "zone": rules.cycle.timezone or "UTC",
        "studies": asks_to_study(rules),
        "hours": asks_for_hours(rules),
        "peers": rules.peers,
    }
    return desk_page(request, "desk/rounds.html", found, "rounds", context)
