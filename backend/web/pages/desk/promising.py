"""The feedback contract on the organizer's desk: which promised words are missing, a reminder in one click, going on without by decision."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, id_in, me, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.desk.place import back, desk_page, organized
from backend.web.pages.desk.watching import say_reminded
from backend.web.pages.desk.ways import ways
from backend.web.pages.rounds import round_seen
from games.cycles.models import Decision
from games.judging.queries.feedback import WAIVED, Owed, is_waived, owed_in, promise_in
from games.judging.rules.feedback import Promise, promised_criteria
from games.notices import actions as notices
from games.progression import actions as steering
from games.rounds.models import Round
from games.rounds.queries import rounds_of
from games.submissions.queries import rules_of

SHOWN: Final = 200
ON_PUBLISH: Final = 12


def owed_part(
    round_: Round,
    *,
    most: int = ON_PUBLISH,
    owed: Sequence[Owed] | None = None,
    overrides: Iterable[Decision] | None = None,
) -> dict[str, Any]:
    """What of a round's promise is missing, entry by entry; `blocks`: nothing is published before it is there, or waived.

    `owed` and `overrides` (decisions in force to go on without something) for whoever has asked already.
    """
    owed = owed_in(round_) if owed is None else owed
    entries = _entries(owed)
    waived = bool(owed) and (is_waived(round_) if overrides is None else any(one.value == WAIVED for one in overrides))
    return {
        "round": round_,
        "promise": promise_in(round_).value,
        "entries": entries[:most],
        "more": max(0, len(entries) - most),
        "count": len(entries),
        "judges": _judges(entries),
        "waived": waived,
        "blocks": bool(owed) and not waived and round_.published_at is None,
    }


def _entries(owed: Sequence[Owed]) -> list[dict[str, Any]]:
    """An entry with the criteria it lacks, and each judge who could write."""
    found = []
    for (task, _group), rows in groupby(owed, key=lambda one: (one.challenge.pk, one.group.pk)):
        lacking = list(rows)
        first = lacking[0]
        round_ = first.challenge.round
        places = [round_.cycle.key, round_.key, first.challenge.key]
        found.append(
            {
                "challenge": first.challenge,
                "group": first.group,
                "criteria": [one.criterion.title for one in lacking if one.criterion is not None],
                "every": len(lacking) == len(promised_criteria(rules_of(first.challenge)[1])),
                "judges": list({judge.pk: judge for one in lacking for judge in one.judges}.values()),
                "matrix": f"{reverse('desk-matrix', args=places)}?{urlencode({'q': first.group.name})}",
                "task": task,
            }
        )
    return found


def _judges(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Who could write, with how many entries each: who could write most first."""
    found: dict[int, dict[str, Any]] = {}
    for one in entries:
        for judge in one["judges"]:
            found.setdefault(judge.pk, {"judge": judge, "count": 0})["count"] += 1
    return sorted(found.values(), key=lambda row: (-row["count"], row["judge"].name))


@never_cache
@signed_in
@require_safe
def feedback_owed(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every round that promises feedback: what is written, what is missing, by entry, criterion and judge."""
    found = organized(request, cycle)
    rounds = list(rounds_of(found, access_of(request).now))
    for one in rounds:
        one.cycle = found
    promising = [one for one in rounds if promise_in(one) is not Promise.NOTHING and one.state != "planned"]
    context = {
        "ways": ways(found, "feedback"),
        "parts": [owed_part(one, most=SHOWN) | {"badge": shapes.round_badge(one)} for one in promising],
        "promises": any(promise_in(one) is not Promise.NOTHING for one in rounds),
        "here": request.get_full_path(),
    }
    return desk_page(request, "desk/feedback.html", found, "judging", context, title=_("Promised feedback"))


@signed_in
@require_POST
def remind_words(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Remind one judge, or all, of the words that are missing."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    chosen = [number for one in request.POST.getlist("who") if (number := id_in(one))]
    everybody = request.POST.get("do") == "all"
    if chosen or everybody:
        say_reminded(request, notices.remind_words(round_, by=me(request), judges=None if everybody else chosen))
    else:
        messages.error(request, _("Nobody is chosen."))
    return back(request, reverse("desk-feedback", args=[found.key]))


@signed_in
@require_POST
def waive_feedback(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Let the round count although promised feedback is missing, with a reason that everybody reads."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    reason = request.POST.get("reason", "").strip()[:5000]
    done = _("Decided: the round can be published without it. The reason stands in the record, for everybody.")
    attempt(request, lambda: steering.waive_feedback(round_, by=me(request), reason=reason), done)
    return back(request, reverse("desk-publish-round", args=[found.key, round_.key]))
