"""The study between two rounds in a team's workspace: what it was given to read, and what it takes from it into the next round."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.pages.gate import attempt, id_in, refuse, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.workspace.frame import framed, team_seen
from games.errors import GameError
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import Idea
from games.ideas.queries import entry_title
from games.ideas.rules import SHARED_IN
from games.learning import actions
from games.learning.actions.study import TITLE, WORDS
from games.learning.models import Reading, Taken
from games.learning.queries import Study, readings_of, studies_in, taken_of
from games.learning.rules.study import MOST_TAKEN, StudyState
from games.permissions import visible
from games.playbooks.rules import Capability
from games.submissions.models import Submission
from games.talk.models import Thread
from games.talk.queries import questions_on

SHOWN: Final = 60


class TakenForm(forms.Form):
    """What the team takes."""

    text = forms.CharField(
        label=gettext_lazy("What will we try?"),
        max_length=TITLE,
        help_text=gettext_lazy("One thing, in a few words. It comes back on the next round's entry and as a test of change."),
    )
    prediction = forms.CharField(
        label=gettext_lazy("What do we expect of it?"),
        required=False,
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    reading = forms.ChoiceField(label=gettext_lazy("From which work?"), required=False)

    def __init__(self, *args: Any, works: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["reading"].choices = [("", _("none in particular")), *works]


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def study_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """The study that is on, else the one that comes, else the last; its readings, and what was taken."""
    found = team_seen(request, cycle, group)
    access = access_of(request)
    study = _current(studies_in(found.cycle), access.now)
    state = study.state(access.now) if study else None
    rows = list(visible(access, "reading.view", readings_of(found))[:SHOWN]) if study else []
    works = _works(request, found, [one for one in rows if study and one.round_id == study.round.pk])
    writes = (
        state is StudyState.ON and found.state == GroupState.ACTIVE.value and found.pk in access.groups_with(Capability.SUBMIT)
    )
    form = None
    if writes and study is not None:
        choices = [(str(one["pk"]), f"{one['title']} ({one['whose']})") for one in works]
        form = TakenForm(request.POST or None, works=choices)
        if request.method == "POST" and _took(request, form, study, found, rows):
            return redirect("team-study", found.cycle.key, found.key)
    context = framed(request, found, "team-study", _("Study")) | {
        "study": study,
        "state": state.value if state else "",
        "works": works,
        "read": sum(one["read_at"] is not None for one in works),
        "taken": [_taken(one) for one in visible(access, "taken.view", taken_of(found))[:SHOWN]],
        "writes": writes,
        "asks": found.pk in access.groups_with(Capability.SUBMIT) and found.cycle.state in SHARED_IN,
        "form": form,
        "most": MOST_TAKEN,
    }
    return render(request, "workspace/study.html", context, status=422 if form is not None and form.errors else 200)


def _current(studies: list[Study], now: Any) -> Study | None:
    """The one that is on, else the next, else the last."""
    begun = [one for one in studies if one.state(now) is StudyState.ON]
    ahead = [one for one in studies if one.state(now) is StudyState.PLANNED]
    return next(iter([*begun, *ahead, *reversed(studies)]), None)


def _works(request: HttpRequest, group: Group, rows: list[Reading]) -> list[dict[str, Any]]:
    """What is read, as far as it can be read now, with what the team asked about it. Three statements at most."""
    access = access_of(request)
    entries, ideas = [one.submission_id for one in rows if one.submission_id], [one.idea_id for one in rows if one.idea_id]
    open_entries = set(visible(access, "submission.view", Submission.objects.filter(pk__in=entries)).values_list("pk", flat=True))
    open_ideas = (
        set(visible(access, "idea.view", Idea.objects.filter(pk__in=ideas)).values_list("pk", flat=True)) if ideas else set()
    )
    shown = [one for one in rows if one.submission_id in open_entries or one.idea_id in open_ideas]
    threads = visible(access, "thread.view", Thread.objects.filter(cycle=group.cycle_id))
    asked = questions_on(threads, group, shown)
    return [_work(one) | {"asked": asked.get(one.pk, [])} for one in shown]


def _work(one: Reading) -> dict[str, Any]:
    if one.submission is not None:
        entry = one.submission
        place = reverse("group", args=[entry.challenge.round.cycle.key, entry.group.key])
        told = {"title": entry_title(entry), "whose": entry.group.name, "url": f"{place}#round-{entry.challenge.round.key}"}
    else:
        idea: Any = one.idea
        told = {"title": idea.title, "whose": idea.group.name, "url": reverse("idea", args=[idea.cycle.key, idea.number])}
    return told | {"pk": one.pk, "read_at": one.read_at}


def _taken(one: Taken) -> dict[str, Any]:
    tests = list(one.change_tests.all())
    return {"one": one, "tests": [test.number for test in tests]}


def _took(request: HttpRequest, form: TakenForm, study: Study, group: Group, rows: list[Reading]) -> bool:
    if not form.is_valid():
        return False
    said = form.cleaned_data
    reading = next((one for one in rows if str(one.pk) == said["reading"]), None)
    words = {"text": said["text"], "prediction": said["prediction"]}
    try:
        actions.take(round=study.round, group=group, reading=reading, by=request.user, **words)
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, _("Taken. It comes back in the next round."))
    return True


@signed_in
@require_POST
def read(request: HttpRequest, cycle: str, group: str, pk: int) -> HttpResponse:
    """We have read it."""
    found = team_seen(request, cycle, group)
    reading = seen(request, "reading.read", Reading.objects.filter(group=found), pk=pk)
    attempt(request, lambda: actions.mark_read(reading, by=request.user), _("Read. What do you take from it?"))
    return redirect("team-study", cycle, group)


@signed_in
@require_POST
def drop(request: HttpRequest, cycle: str, group: str, number: int) -> HttpResponse:
    """Leave it after all."""
    found = team_seen(request, cycle, group)
    taken = seen(request, "taken.view", Taken.objects.filter(group=found).select_related("cycle"), number=number)
    require(request, "taken.drop", taken)
    attempt(request, lambda: actions.drop_taken(taken, by=request.user), _("Left."))
    return redirect("team-study", cycle, group)


def taken_asked(request: HttpRequest, group: Group) -> Taken | None:
    """What a test is to be planned from: named in the address or the form, and the team's own."""
    number = id_in(request.POST.get("taken", request.GET.get("taken", "")))
    rows = Taken.objects.filter(group=group, number=number).select_related("reading__idea")
    return visible(access_of(request), "taken.view", rows).first() if number else None
