"""Tries at tasks that are solved, measured or checked automatically; hints with their price; what a group has in a challenge."""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web.explained import clock
from backend.web.pages.entering.shared import door, me_in, my_group, own_challenge
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.errors import GameError
from games.groups.models import Group
from games.playbooks.schema import ChallengeDesign, QuizAnswer
from games.submissions import actions
from games.submissions.actions.entries import ENTERED
from games.submissions.models import Attempt, Submission
from games.submissions.queries import attempts_of, rules_of
from games.submissions.rules import SubmissionState
from games.submissions.rules.answers import HINT, SPECIAL
from leaderboards.engine.numbers import from_scaled, text


def standing_in(request: HttpRequest, challenge: Challenge) -> dict[str, Any] | None:
    """What the person's group has in a challenge, and whether more is taken now; None for whoever hands in nothing."""
    access = access_of(request)
    group = my_group(access, challenge) if access.groups else None
    if group is None:
        return None
    spec = spec_of(challenge)
    why, until = door(challenge, group, access)
    found: dict[str, Any] = {
        "group": group,
        "why": why,
        "until": until,
        "url": reverse("entry", args=[challenge.round.cycle.key, challenge.round.key, challenge.key]),
        "tried": challenge.format not in ENTERED,
    }
    if found["tried"]:
        return found | _tried(challenge, group, spec)
    entries = Submission.objects.filter(challenge=challenge, group=group).select_related("pinned").order_by("number")
    return found | _entered(list(entries), spec)


def _entered(entries: list[Submission], spec: ChallengeDesign) -> dict[str, Any]:
    held = [one for one in entries if one.state != SubmissionState.WITHDRAWN.value]
    return {"entries": entries, "held": held, "more": len(held) < spec.submissions}


def _tried(challenge: Challenge, group: Group, spec: ChallengeDesign) -> dict[str, Any]:
    """Tries apart from hints: a hint costs points, never a try."""
    design, _spec = rules_of(challenge)
    made = list(attempts_of(challenge, group))
    tries = [one for one in made if one.verdict not in SPECIAL]
    left = None if spec.max_attempts is None else max(spec.max_attempts - len(tries), 0)
    solved = any(one.verdict in spec.accepted for one in tries)
    # A quiz may be taken again for more points; a flag or a number is right once and for all.
    over = solved and spec.format.value == "automatic" and not isinstance(spec.answer, QuizAnswer)
    return {
        "attempts": [_try(number, one, design.mark_decimals, spec) for number, one in enumerate(tries, start=1)],
        "left": left,
        "solved": solved,
        "over": over,
        "form": TryForm(spec),
        "hints": hints_of(spec, made),
    }


def _try(number: int, one: Attempt, decimals: int, spec: ChallengeDesign) -> dict[str, Any]:
    """A try as it is listed; `number` counts tries, not hints."""
    value = "" if one.value is None else f"{text(from_scaled(one.value, decimals))} {spec.unit}".rstrip()
    return {"number": number, "after": clock(one.elapsed_ms), "at": one.at, "words": verdict_words(one, spec), "value": value}


def verdict_words(one: Attempt, spec: ChallengeDesign) -> str:
    """What came of a try, in words."""
    if one.verdict in spec.accepted:
        return _("right")
    if not one.verdict:
        return "" if spec.format.value == "measured" else _("waiting for a verdict")
    return _("wrong") if one.verdict == "WA" else one.verdict


def hints_of(spec: ChallengeDesign, made: list[Attempt]) -> list[dict[str, Any]]:
    """The hints of a task: words only of those that the group has taken."""
    taken = {one.answer for one in made if one.verdict == HINT}
    return [
        {
            "key": one.key,
            "name": one.title,
            "cost": text(one.cost) if one.cost else "",
            "taken": one.key in taken,
            "text": one.text if one.key in taken else "",
        }
        for one in spec.hints
    ]


class TryForm(forms.Form):
    """One try: an answer, the questions of a quiz, or a measured value."""

    def __init__(self, spec: ChallengeDesign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        if isinstance(spec.answer, QuizAnswer):
            for one in spec.answer.questions:
                pairs = [(choice, choice) for choice in one.choices]
                many = len(one.correct) > 1
                kind = forms.MultipleChoiceField if many else forms.ChoiceField
                widget = forms.CheckboxSelectMultiple if many else forms.RadioSelect
                self.fields[f"q-{one.key}"] = kind(label=one.name, choices=pairs, widget=widget, required=False)
        elif spec.format.value == "measured":
            self.fields["value"] = forms.CharField(
                label=_("Measured value"), help_text=spec.unit, widget=forms.TextInput(attrs={"inputmode": "decimal"})
            )
        else:
            self.fields["answer"] = forms.CharField(
                label=_("Answer"),
                widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}),
            )

    def sent(self) -> Mapping[str, Any]:
        """What the action takes."""
        if isinstance(self.spec.answer, QuizAnswer):
            chosen = {one.key: self.cleaned_data.get(f"q-{one.key}") or [] for one in self.spec.answer.questions}
            return {"answer": json.dumps(chosen)}
        return self.cleaned_data


@signed_in
@require_POST
def attempt(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """One try at a task; what came of it is said on the task's page."""
    row, group = own_challenge(request, cycle, key, challenge)
    spec = spec_of(row)
    form = TryForm(spec, request.POST)
    if form.is_valid():
        person = me_in(access_of(request), group)
        try:
            made = actions.attempt(challenge=row, group=group, by=request.user, person=person, **form.sent())
        except GameError as refusal:
            messages.error(request, refusal.message)
        else:
            _say(request, made, spec)
    else:
        messages.error(request, _("Please fill in an answer."))
    return _back(row)


def _say(request: HttpRequest, made: Attempt, spec: ChallengeDesign) -> None:
    right = made.verdict in spec.accepted
    words = verdict_words(made, spec) or _("received")
    tell = messages.success if right else messages.warning if made.verdict else messages.info
    tell(request, _("Your try: %(verdict)s.") % {"verdict": words})


def _back(row: Challenge) -> HttpResponse:
    return redirect(reverse("challenge", args=[row.round.cycle.key, row.round.key, row.key]) + "#ours")


@signed_in
@require_POST
def hint(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Take a hint: its price is lost once. Only on purpose: the box says so."""
    row, group = own_challenge(request, cycle, key, challenge)
    wanted = request.POST.get("hint", "")
    spec = next((one for one in spec_of(row).hints if one.key == wanted), None)
    if spec is not None and spec.cost and request.POST.get("sure") != "yes":
        messages.error(request, _("Tick the box to say that you are sure: a hint cannot be given back."))
        return _back(row)
    try:
        actions.buy_hint(challenge=row, group=group, key=wanted, by=request.user, person=me_in(access_of(request), group))
    except GameError as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The hint is yours. It stands below."))
    return _back(row)
