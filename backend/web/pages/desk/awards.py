"""What was won, on its way: verified, granted, delivered with proof; declined or taken back with a reason. The ceremony starts here."""

from collections import Counter
from collections.abc import Callable, Container, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.desk.place import back, desk_page, organized
from backend.web.paging import kept, page_of
from games.cycles.queries import design_of
from games.permissions import visible
from games.playbooks.schema import Design
from games.recognition import actions
from games.recognition.models import Grant, GrantPass
from games.recognition.queries import differences_of, grants_of, passes_of, sessions_used
from games.recognition.rules import NEXT_GRANT_STATES, GrantState
from leaderboards.engine.outcome import PassWhy

PAGE: Final = 30
DIFFERS: Final = "differs"
"""Narrows the list to what the results no longer say: no state of a grant."""
BADGES: Final = {
    GrantState.NOMINATED: ("planned", gettext_lazy("nominated")),
    GrantState.VERIFIED: ("judging", gettext_lazy("verified")),
    GrantState.GRANTED: ("published", gettext_lazy("granted")),
    GrantState.DELIVERED: ("closed", gettext_lazy("delivered")),
    GrantState.DECLINED: ("locked", gettext_lazy("declined")),
    GrantState.REVOKED: ("alert", gettext_lazy("taken back")),
    GrantState.UNALLOCATED: ("planned", gettext_lazy("nobody won it")),
}
# The step that is usual, in words; declining and taking back ask for a reason and stand apart.
USUAL: Final = {
    GrantState.NOMINATED: (GrantState.VERIFIED, gettext_lazy("Verified")),
    GrantState.VERIFIED: (GrantState.GRANTED, gettext_lazy("Grant it")),
    GrantState.GRANTED: (GrantState.DELIVERED, gettext_lazy("Delivered")),
}
PASSED: Final = {
    PassWhy.HAS.value: gettext_lazy("has another prize of the same set"),
    PassWhy.DECLINED.value: gettext_lazy("does not take it, or a decision says so"),
}
APART: Final = {GrantState.DECLINED: gettext_lazy("They do not take it"), GrantState.REVOKED: gettext_lazy("Take it back")}


@never_cache
@signed_in
@require_safe
def awards(request: HttpRequest, cycle: str) -> HttpResponse:
    """Grants with their next step, page by page, the whole lists in one click; `q` searches awards and teams, `state` narrows."""
    found = organized(request, cycle)
    design, rows = design_of(found), list(grants_of(found))
    differing = differences_of(found)
    states = Counter(one.state for one in rows) + Counter({DIFFERS: sum(one.pk in differing for one in rows)})
    asked = {"q": request.GET.get("q", "").strip(), "state": request.GET.get("state", "")}
    chosen = [one for one in sorted(rows, key=_in_order(design)) if _fits(one, asked, design, differing)]
    page = page_of(request, chosen, PAGE)
    sessions = [one.pk for one in page if one.sessions]
    used = sessions_used(sessions) if sessions else {}
    passed = page_of(request, passes_of(found), PAGE, name="passed")
    context = {
        "page": page,
        "page_kept": kept(request),
        "here": request.get_full_path(),
        "asked": asked,
        "narrowed": any(asked.values()),
        "many": len(rows) > PAGE,
        "states": [(key, label, states[key]) for key, label in _labels() if states[key] or key == asked["state"]],
        "rows": [_row(one, design, differing.get(one.pk), used.get(one.pk, 0)) for one in page],
        "differing": states[DIFFERS],
        "sums": _sums(rows, design),
        "passes": passed,
        "passes_kept": kept(request, "passed"),
        "passed": [_passed(one, design) for one in passed],
        "all": _lists(states),
        "told": any(one.state in {GrantState.GRANTED.value, GrantState.DELIVERED.value} for one in rows),
    }
    return desk_page(request, "desk/awards.html", found, "awards", context)


def _lists(states: Counter[str]) -> list[dict[str, Any]]:
    """What can be done with a whole list at once."""
    steps = (
        (GrantState.NOMINATED, GrantState.VERIFIED, _("Verify all nominated")),
        (GrantState.VERIFIED, GrantState.GRANTED, _("Grant all verified")),
    )
    counted = ((after, label, states[before.value]) for before, after, label in steps)
    return [{"act": after.value, "label": label, "count": count} for after, label, count in counted if count]


def _labels() -> list[tuple[str, str]]:
    return [
        *((state.value, str(words)) for state, (_kind, words) in BADGES.items()),
        (DIFFERS, _("not what the results say now")),
    ]


def _fits(one: Grant, asked: Mapping[str, str], design: Design, differing: Container[int]) -> bool:
    """Whether a grant is what was searched for."""
    of_state = asked["state"] in {"", one.state} or (asked["state"] == DIFFERS and one.pk in differing)
    team = (one.group.name, one.group.key) if one.group is not None else ()
    return of_state and any(asked["q"].casefold() in name.casefold() for name in (_title(one, design), *team))


def _title(one: Grant | GrantPass, design: Design) -> str:
    titles = {spec.key: spec.title for spec in design.awards}
    return titles.get(one.award) or (one.name if isinstance(one, Grant) else one.award)


def _in_order(design: Design) -> Callable[[Grant], tuple[int, Fraction, int]]:
    """As the rules name the awards, by place, and as they were won."""
    numbers = {spec.key: number for number, spec in enumerate(design.awards)}
    return lambda one: (numbers.get(one.award, len(numbers)), shapes.place_order(one.place), one.pk)


def _sums(rows: Sequence[Grant], design: Design) -> list[dict[str, str]]:
    """What becomes of the money: all of it, and how far it is on its way. Nothing where no award has money."""
    sums: dict[str, int] = {}
    for one in rows:
        sums[one.state] = sums.get(one.state, 0) + (one.amount_cents or 0)
    gone = (GrantState.DECLINED, GrantState.REVOKED)
    whole = sum(cents for state, cents in sums.items() if state not in gone)
    currency = design.cycle.currency
    if not whole:
        return []
    parts = [(str(words), sums.get(state, 0)) for state, (_kind, words) in BADGES.items() if state not in gone]
    return [{"name": name, "value": shapes.money(cents, currency)} for name, cents in [(_("in all"), whole), *parts] if cents]


def _passed(one: GrantPass, design: Design) -> dict[str, Any]:
    return {"title": _title(one, design), "group": one.group, "place": one.place, "why": str(PASSED[one.why])}


def _row(one: Grant, design: Design, differs: dict[str, Any] | None, used: int) -> dict[str, Any]:
    state = GrantState(one.state)
    usual = USUAL.get(state)
    return {
        "grant": one,
        "title": _title(one, design),
        "money": shapes.money(one.amount_cents, one.currency or design.cycle.currency),
        "badge": shapes.badge(BADGES[state]),
        "step": {"act": usual[0].value, "label": usual[1], "proof": usual[0] is GrantState.DELIVERED} if usual else None,
        "apart": [
            {"act": to.value, "label": label} for to, label in APART.items() if to in NEXT_GRANT_STATES[state] and one.group_id
        ],
        "differs": _differs(differs, design) if differs else "",
        "follows": bool(differs) and GrantState.REVOKED in NEXT_GRANT_STATES[state],
        "used": used,
    }


def _differs(said: dict[str, Any], design: Design) -> str:
    """What the results say now of a grant that people have acted on already."""
    now = said["now"]
    if now is None:
        return _("After the last correction the results no longer give this award to this team.")
    money = shapes.money(now["cents"], design.cycle.currency)
    return _("The results now say: place %(place)s %(money)s") % {"place": now["place"] or "–", "money": money}


@signed_in
@require_POST
def move(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """One step of one grant."""
    found = organized(request, cycle)
    grant = visible(access_of(request), "grant.move", Grant.objects.filter(cycle=found, pk=pk)).first()
    if grant is None:
        raise Http404
    words = {name: request.POST.get(name, "").strip()[:2000] for name in ("reason", "proof")}
    file: Any = request.FILES.get("file")
    act = _acts(grant, by=request.user, file=file, **words).get(request.POST.get("act", ""))
    if act is None:
        raise Http404
    attempt(request, act, _("Noted."))
    return back(request, reverse("desk-awards", args=[found.key]))


def _acts(grant: Grant, *, by: Any, reason: str, proof: str, file: Any = None) -> dict[str, Callable[[], object]]:
    return {
        GrantState.VERIFIED.value: lambda: actions.verify(grant, by=by, proof=proof),
        GrantState.GRANTED.value: lambda: actions.give_grant(grant, by=by),
        GrantState.DELIVERED.value: lambda: actions.deliver(grant, by=by, proof=proof, file=file),
        GrantState.DECLINED.value: lambda: actions.decline(grant, by=by, reason=reason),
        GrantState.REVOKED.value: lambda: actions.revoke(grant, by=by, reason=reason),
        "follow": lambda: actions.follow_results(grant, by=by, reason=_("The results no longer give it as it stood.")),
    }


@signed_in
@require_POST
def move_all(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every grant that is nominated is verified, or every verified one granted. What somebody else moved meanwhile is left."""
    found = organized(request, cycle)
    act = request.POST.get("act", "")
    before = {GrantState.VERIFIED.value: GrantState.NOMINATED, GrantState.GRANTED.value: GrantState.VERIFIED}.get(act)
    if before is None:
        raise Http404
    done = actions.move_all(found, before, GrantState(act), by=request.user)
    said = ngettext("%(count)d award moved on.", "%(count)d awards moved on.", done) % {"count": done}
    messages.success(request, said)
    return redirect(reverse("desk-awards", args=[found.key]))
