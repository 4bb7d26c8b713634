"""What an organizer should look at: activity beside learning, team by team, and flags that a person settles with a reason."""

from typing import Any, Final, NamedTuple

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.pages.gate import attempt, me, refuse, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.win_words import motion_shape, weeks_shape
from games.cycles.models import Cycle
from games.errors import GameError
from games.groups.models import Group
from games.permissions import visible
from games.recognition.actions.watching import REASON, raise_flags, settle_flag
from games.recognition.models import LearningWeek, WatchFlag
from games.recognition.queries.watching import flags_of, motion_of, weeks_of, whole_cycle
from games.recognition.rules.watching import FlagKind, FlagState, Motion, Week

TEAMS: Final = 60
LATELY: Final = 20
WHY: Final = {
    FlagKind.PAIR.value: gettext_lazy("Two teams that give mostly to each other"),
    FlagKind.RING.value: gettext_lazy("A small circle that gives mostly to itself"),
    FlagKind.MOTION.value: gettext_lazy("Motion without learning"),
}
STATES: Final = {
    FlagState.OPEN.value: gettext_lazy("to look at"),
    FlagState.DISMISSED.value: gettext_lazy("looked at: nothing to it"),
    FlagState.ACTED.value: gettext_lazy("looked at: something was done"),
}


SAYS: Final = {
    FlagKind.PAIR.value: gettext_lazy("%(there)d one way and %(back)d back: %(share)d %% of all that one of them gave."),
    FlagKind.RING.value: gettext_lazy(
        "%(exchanges)d of %(given)d thanks, cheers, adoptions and votes that they gave stayed among them (%(share)d %%)."
    ),
    FlagKind.MOTION.value: gettext_lazy(
        "In the week of %(week)s: %(acts)d acts, after %(acts_before)s a week; %(learned)d tests and adoptions, after %(learned_before)s."
    ),
}


class Row(NamedTuple):
    """A team in the list: its weeks, and motion without learning, if there is any."""

    name: str
    weeks: tuple[Week, ...]
    motion: Motion | None


class LookForm(forms.Form):
    """What somebody who looked says."""

    reason = forms.CharField(
        label=gettext_lazy("What did you find?"),
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("It stands in the record, for organizers only. Talk to the teams before you decide."),
    )


@never_cache
@signed_in
@require_safe
def attention_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Flags to look at first; then weeks of all teams together, and team by team; what was looked at lately."""
    found, access = organized(request, cycle), access_of(request)
    visible_weeks = visible(access, "learning_week.view", LearningWeek.objects.filter(cycle=found))
    groups = dict(Group.objects.filter(pk__in=visible_weeks.values("group")).values_list("pk", "name"))
    weeks = weeks_of(found, access.now, groups=groups)
    rows = [Row(groups[pk], told, motion_of(told)) for pk, told in weeks.items()]
    rows.sort(key=lambda row: (row.motion is None, -sum(one.acts for one in row.weeks[-2:]), row.name))
    flags = [flag_shape(one) for one in visible(access, "watch_flag.view", flags_of(found))[: TEAMS + LATELY]]
    context: dict[str, Any] = {
        "open": [one for one in flags if one["open"]],
        "lately": [one for one in flags if not one["open"]][:LATELY],
        "chart": weeks_shape(whole_cycle(weeks.values()), title=_("All teams together")) if weeks else None,
        "rows": [_row(one) for one in rows[:TEAMS]],
        "more": max(len(rows) - TEAMS, 0),
    }
    return desk_page(request, "desk/attention.html", found, "attention", context)


def _row(row: Row) -> dict[str, Any]:
    return {"name": row.name, "chart": weeks_shape(row.weeks[-8:], title=row.name), "motion": motion_shape(row.motion)}


def flag_shape(flag: WatchFlag) -> dict[str, Any]:
    """A flag as it is read: why, whom, the numbers in words, and how it was settled."""
    return {
        "flag": flag,
        "why": str(WHY[flag.kind]),
        "groups": sorted(one.name for one in flag.groups.all()),
        "says": _says(flag),
        "state": str(STATES[flag.state]),
        "open": flag.state == FlagState.OPEN.value,
        "url": reverse("desk-attention-flag", args=[flag.cycle.key, flag.number]),
    }


def _says(flag: WatchFlag) -> str:
    facts: dict[str, Any] = flag.facts
    return str(SAYS[flag.kind]) % facts


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def flag_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """One flag: what it says, and what somebody who looked decided."""
    found = organized(request, cycle)
    row = seen(request, "watch_flag.view", flags_of(found), number=number)
    form = LookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            state = FlagState.ACTED if request.POST.get("do") == "acted" else FlagState.DISMISSED
            settle_flag(flag=row, state=state, reason=form.cleaned_data["reason"], by=me(request))
        except GameError as refusal:
            refuse(form, refusal)
        else:
            return redirect("desk-attention", found.key)
    context = {"one": flag_shape(row), "form": form}
    return desk_page(request, "desk/attention_flag.html", found, "attention", context, title=str(WHY[row.kind]))


@signed_in
@require_http_methods(["POST"])
def look_again(request: HttpRequest, cycle: str) -> HttpResponse:
    """Look now instead of waiting for the clock."""
    found: Cycle = organized(request, cycle)
    attempt(request, lambda: raise_flags(found), _("Looked again just now."))
    return redirect("desk-attention", found.key)
