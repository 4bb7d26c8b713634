"""One round while it runs: a page that follows what happens, reminders in one click, more time for one team."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, id_in, me, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.desk.live import fragment
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.steering import round_card, when_typed
from backend.web.pages.rounds import round_seen
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.notices import actions as notices
from games.progression import actions as steering
from games.progression.watching import EntryRow, TeamRow, Watch, watch
from games.rounds.models import Round
from games.rounds.rules import accepts

SHOWN: Final = 50
"""So many rows of each list, those that are behind first; all of them where that is asked for."""
BEHIND: Final = {"nothing": 0, "begun": 1, "part": 2, "all": 3}


@never_cache
@signed_in
@require_safe
def round_desk(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Who has handed in what, how far judges are, what lacks marks, what judges ask; and what can be done about it."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    seen = _seen(request, found, round_)
    context = seen | {
        "badge_of_round": shapes.round_badge(round_),
        "step": round_card(found, round_),
        "zone": design_of(found).cycle.timezone or "UTC",
        "groups": [row.group for row in seen["watch"].teams],
        "chosen": request.GET.get("team", ""),
        "live": f"{reverse('desk-live', args=[found.key, round_.key])}{'?all=1' if seen['whole'] else ''}",
    }
    return desk_page(request, "desk/round.html", found, "rounds", context, title=round_.name)


@never_cache
@signed_in
@require_safe
def round_live(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The part of that page that changes by itself."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    return fragment(request, "desk/round_live.html", _seen(request, found, round_))


def _seen(request: HttpRequest, cycle: Cycle, round_: Round) -> dict[str, Any]:
    now = access_of(request).now
    seen = watch(round_)
    whole = request.GET.get("all") == "1"
    teams = sorted(seen.teams, key=lambda row: (BEHIND[row.standing], row.group.name.casefold()))
    behind = [row for row in teams if row.standing != "all"]
    lacking = [row for row in seen.entries if row.lacks]
    judges = sorted(seen.judges, key=lambda row: not row.to_do)
    return {
        "cycle": cycle,
        "round": round_,
        "now": now,
        "watch": seen,
        "whole": whole,
        "teams": [_team(row, round_, now) for row in (teams if whole else teams[:SHOWN])],
        "more_teams": 0 if whole else max(0, len(teams) - SHOWN),
        "behind": sum(1 for row in behind if accepts(round_.clock, row.until, now)),
        "judges": judges if whole else judges[:SHOWN],
        "more_judges": 0 if whole else max(0, len(judges) - SHOWN),
        "flags": seen.flags if whole else seen.flags[:SHOWN],
        "more_flags": 0 if whole else max(0, len(seen.flags) - SHOWN),
        "judges_behind": sum(1 for row in seen.judges if row.to_do),
        "lacking": lacking if whole else lacking[:SHOWN],
        "more_lacking": 0 if whole else max(0, len(lacking) - SHOWN),
        "stats": _stats(seen, lacking, round_),
    }


def _team(row: TeamRow, round_: Round, now: Any) -> dict[str, Any]:
    open_ = accepts(round_.clock, row.until, now)
    return {"row": row, "remind": open_ and row.standing != "all", "standing": row.standing}


def _stats(seen: Watch, lacking: list[EntryRow], round_: Round) -> list[dict[str, Any]]:
    """The round in a few numbers; those that say nothing yet are left out."""
    final, whole = sum(one.final for one in seen.judges), sum(one.whole for one in seen.judges)
    of = _("%(count)d of %(whole)d")
    found: list[tuple[int | str, str]] = [
        (of % {"count": seen.teams_in("all"), "whole": len(seen.teams)}, _("teams have handed in"))
    ]
    if round_.state == "open":
        found += [(seen.teams_in("begun", "part"), _("have begun")), (seen.teams_in("nothing"), _("have nothing yet"))]
    if whole:
        found.append((of % {"count": final, "whole": whole}, _("sheets are final")))
    if seen.entries and (whole or round_.state in {"locked", "closed"}):
        found.append((len(lacking), _("entries lack marks")))
    if seen.flags:
        found.append((len(seen.flags), _("questions of judges")))
    return [{"value": value, "label": label} for value, label in found]


# --- What can be done about it ----------------------------------------------------------------------------------------------------------


@signed_in
@require_POST
def remind(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Remind teams that are behind, or judges with open sheets: those chosen, or all of them."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    what, everybody = request.POST.get("what"), request.POST.get("do") == "all"
    chosen = [number for one in request.POST.getlist("who") if (number := id_in(one))]
    if not chosen and not everybody:
        messages.error(request, _("Nobody is chosen."))
    elif what == "entries":
        say_reminded(request, notices.remind_entries(round_, by=me(request), groups=None if everybody else chosen))
    elif what == "marks":
        say_reminded(request, notices.remind_marks(round_, by=me(request), judges=None if everybody else chosen))
    else:
        raise Http404
    return redirect("round-desk", found.key, round_.key)


def say_reminded(request: HttpRequest, done: notices.Reminded) -> None:
    """Whom it reached, and whom it did not, and why."""
    said = []
    if done.people:
        said.append(
            ngettext("%(count)d person is reminded.", "%(count)d people are reminded.", done.people) % {"count": done.people}
        )
    if done.before:
        words = ngettext("%(count)d was reminded today already.", "%(count)d were reminded today already.", done.before)
        said.append(words % {"count": done.before})
    if done.silent:
        words = ngettext(
            "%(count)d cannot be told: nobody there has an account.",
            "%(count)d cannot be told: nobody there has an account.",
            done.silent,
        )
        said.append(words % {"count": done.silent})
    (messages.success if done.people else messages.info)(request, " ".join(said) or _("Nobody is behind."))


@signed_in
@require_POST
def more_time(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """More time for one team, with the reason; nobody else learns of it."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    group = Group.objects.filter(cycle=found, key=request.POST.get("group", "")).first()
    until = when_typed(request, design_of(found).cycle.timezone or "UTC")
    reason = request.POST.get("reason", "").strip()
    if group is None or until is None:
        messages.error(request, _("Choose a team and say until when: a day and a time."))
    else:
        done = _("%(team)s has more time now.") % {"team": group.name}
        attempt(request, lambda: steering.extend(round_, until, by=me(request), reason=reason, group=group), done)
    return redirect("round-desk", found.key, round_.key)
