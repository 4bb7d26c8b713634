"""Points on the desk: what the rules say and gave so far, others tried on the whole journal, who would move, and the swap."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.accounts.pages.gate import attempt, refuse, signed_in
from backend.web.pages.desk.live import fragment
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.points.forms import forms_of, read_forms
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.playbooks.schema import Design
from games.progression.actions.pointing import put_in_force
from games.recognition import actions
from games.recognition.queries.trials import Trial, given_by, moves_between, trial_of
from games.recognition.rules.words import rule_words

SHOWN: Final = 50


class ReasonForm(forms.Form):
    """Why the rules change."""

    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("It is an amendment of the rules: everybody reads why."),
    )


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def points_desk(request: HttpRequest, cycle: str) -> HttpResponse:
    """The rules with what they gave, and a form to try others. POST tries them."""
    found = organized(request, cycle)
    if request.method != "POST":
        return _page(request, found)
    design, trial = design_of(found), trial_of(found)
    old, new = forms_of(trial.rules if trial is not None else design.rules, request.POST)
    rules = read_forms(old, new)
    if rules is None:
        return _page(request, found, sent=(old, new))
    if tuple(rules) == design.rules:
        messages.info(request, _("These are the rules as they are: nothing to try."))
        return _page(request, found, sent=(old, new))
    attempt(request, lambda: actions.try_points(found, by=request.user, rules=rules), _("The journal is read under these rules."))
    return redirect("desk-points", found.key)


@never_cache
@signed_in
@require_safe
def progress(request: HttpRequest, cycle: str) -> HttpResponse:
    """How far the journal is read: asked for again until it is done, then the page is loaded anew."""
    found = organized(request, cycle)
    trial = trial_of(found)
    waits = trial is not None and not trial.done
    answer = fragment(request, "desk/points_progress.html", {"cycle": found, "trial": trial, "waits": waits}, over=not waits)
    if not waits:
        answer["HX-Refresh"] = "true"
    return answer


@signed_in
@require_POST
def put(request: HttpRequest, cycle: str, generation: int) -> HttpResponse:
    """What was tried becomes the rules, and its points are shown."""
    found, form = organized(request, cycle), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, found, reason=form)
    try:
        put_in_force(found, generation=generation, reason=form.cleaned_data["reason"], by=request.user)
    except GameError as refusal:
        trial = trial_of(found)
        if trial is None or not trial.done:  # the form it would stand at is not there
            messages.error(request, refusal.message)
            return redirect("desk-points", found.key)
        refuse(form, refusal)
        return _page(request, found, reason=form)
    messages.success(request, _("These are the rules now. The points of all teams are those that they give."))
    return redirect("desk-points", found.key)


@signed_in
@require_POST
def drop(request: HttpRequest, cycle: str) -> HttpResponse:
    """Nothing changes."""
    found = organized(request, cycle)
    attempt(request, lambda: actions.drop_trial(found, by=request.user), _("Dropped: rules and points are as they were."))
    return redirect("desk-points", found.key)


def _page(
    request: HttpRequest, cycle: Cycle, *, sent: tuple[Any, Any] | None = None, reason: ReasonForm | None = None
) -> HttpResponse:
    design, trial = design_of(cycle), trial_of(cycle)
    old, new = sent or forms_of(trial.rules if trial is not None else design.rules)
    refused = reason is not None or (sent is not None and any(form.errors for form in (*(one for _rule, one in old), new)))
    context = {
        "rules": _rules(cycle, design),
        "forms": [{"words": rule_words(rule, design), "form": form, "open": bool(form.errors)} for rule, form in old],
        "new": new,
        "open": sent is not None,
        "trial": trial,
        "waits": trial is not None and not trial.done,
        "differs": _differs(design, trial) if trial is not None else [],
        "reason": reason or ReasonForm(),
        **(_moves(cycle, trial) if trial is not None and trial.done else {}),
    }
    return desk_page(request, "desk/points.html", cycle, "points", context, status=422 if refused else 200)


def _rules(cycle: Cycle, design: Design) -> list[dict[str, Any]]:
    """Each rule in words, with what it gave."""
    given = given_by(cycle)
    return [{"words": rule_words(one, design), "given": given.get(one.key)} for one in design.rules]


def _differs(design: Design, trial: Trial) -> list[dict[str, str]]:
    """Rule by rule, what the trial says otherwise."""
    before = {one.key: rule_words(one, design).sentence for one in design.rules}
    after = {one.key: rule_words(one, design).sentence for one in trial.rules}
    keys = dict.fromkeys([*before, *after])
    return [{"was": before.get(key, ""), "now": after.get(key, "")} for key in keys if before.get(key, "") != after.get(key, "")]


def _moves(cycle: Cycle, trial: Trial) -> dict[str, Any]:
    """Who would have more or fewer points, the most first, with the place by points before and after."""
    moves, groups = moves_between(cycle, trial.shown, trial.generation)
    told = ngettext("%(n)d of %(all)d team", "%(n)d of %(all)d teams", groups) % {"n": len(moves), "all": groups}
    return {"moves": moves[:SHOWN], "moved": len(moves), "told": told, "hidden": max(len(moves) - SHOWN, 0)}
