"""Disqualify or reinstate after publication: choose the group, then one of the things that can be said about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backend.accounts.pages.gate import me, refuse, signed_in
from backend.web.pages.desk.changes.place import IntoForm, appeal_asked, drafts_of, expect_played, ways
from backend.web.pages.desk.place import desk_page, organized
from games.changes.actions import Wanted
from games.changes.models import Appeal, ChangeSet
from games.changes.rules import ChangeKind
from games.cycles.models import Cycle
from games.cycles.queries import decisions_in_force, design_of
from games.cycles.rules import DecisionKind
from games.errors import GameError
from games.groups.models import Group
from games.results.queries import published_rounds
from games.submissions.models import Submission
from games.submissions.rules import COUNTS, SubmissionState


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing that can be decided about the group, in words."""

    key: str
    says: str
    wanted: Wanted


class OutForm(IntoForm):
    """What is decided, and into which correction it goes."""

    act = forms.ChoiceField(label=gettext_lazy("What is corrected"), widget=forms.RadioSelect)
    field_order = ("act", "into", "reason")

    def __init__(
        self, choices: Sequence[Choice], drafts: list[ChangeSet], data: Any = None, *, appeal: Appeal | None = None
    ) -> None:
        super().__init__(drafts, data, appeal=appeal)
        self.listed = {one.key: one for one in choices}
        self.fields["act"].choices = [(one.key, one.says) for one in choices]  # type: ignore[attr-defined]


def choices_for(cycle: Cycle, group: Group) -> list[Choice]:
    """Out as of a round, back again, one entry alone: what fits this group now. Three statements."""
    design, out_rounds = design_of(cycle), published_rounds(cycle)
    order = [one.key for one in design.rounds]
    last = max((order.index(key) for key in out_rounds if key in order), default=-1)
    held = list(decisions_in_force(cycle, DecisionKind.DISQUALIFY, DecisionKind.WITHDRAW).filter(group=group.key))
    found: list[Choice] = []
    if held:
        since = ", ".join(str(one.number) for one in held)
        says = _("Is reinstated: takes back decision %(numbers)s") % {"numbers": since}
        found.append(Choice("back", says, Wanted(ChangeKind.REINSTATE, group=group)))
    else:
        for one in design.rounds[: last + 1]:
            says = _("Is disqualified as of %(round)s: its marks stay in the record, it has no place") % {"round": one.title}
            found.append(Choice(f"out:{one.key}", says, Wanted(ChangeKind.DISQUALIFY, group=group, round=one.key)))
    return [*found, *_entries(group)]


def _entries(group: Group) -> list[Choice]:
    """Single entries to tasks of published rounds."""
    rows = Submission.objects.filter(group=group, challenge__round__published_at__isnull=False)
    found = []
    for one in rows.select_related("challenge__round__cycle", "group").order_by("challenge__round__number", "pk"):
        about = {"task": one.challenge.name or one.challenge.key, "round": one.challenge.round.name}
        if one.state in {state.value for state in COUNTS}:
            says = _("Only its entry to %(task)s (%(round)s) is disqualified") % about
            found.append(Choice(f"entry:{one.pk}", says, Wanted(ChangeKind.DISQUALIFY, submission=one)))
        elif one.state in {SubmissionState.DISQUALIFIED.value, SubmissionState.WITHDRAWN.value}:
            says = _("Its entry to %(task)s (%(round)s) counts again") % about
            found.append(Choice(f"entry:{one.pk}", says, Wanted(ChangeKind.REINSTATE, submission=one)))
    return found


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def out_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """First which group, then what."""
    found = organized(request, cycle)
    expect_played(found)
    appeal = appeal_asked(request, found)
    asked = request.POST if request.method == "POST" else request.GET
    key = asked.get("group", appeal.group.key if appeal else "")
    group = Group.objects.filter(cycle=found, key=key).first() if key else None
    choices = choices_for(found, group) if group is not None else []
    form = OutForm(choices, drafts_of(found), request.POST if request.method == "POST" else None, appeal=appeal)
    if request.method == "POST" and form.is_valid():
        try:
            made = form.carry_out(found, [form.listed[form.cleaned_data["act"]].wanted], by=me(request), appeal=appeal)
        except GameError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("The correction is prepared. Nothing has moved yet: look at what it would move."))
            return redirect("desk-change-set", found.key, made.number)
    context = {
        "ways": ways(found, "changes"),
        "groups": Group.objects.filter(cycle=found).order_by("name", "pk"),
        "group": group,
        "appeal": appeal,
        "choices": choices,
        "form": form,
    }
    title = _("Disqualify or reinstate")
    status = 422 if request.method == "POST" else 200
    return desk_page(request, "desk/changes_out.html", found, "publish", context, title=title, status=status)
