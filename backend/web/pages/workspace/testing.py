"""Tests of change of a team: how often it tests, a plan for the next one, and one test from what was expected to what is done now."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.pages.gate import id_in, refuse, seen, signed_in
from backend.api.permissions import access_of
from backend.web.learned import idea_choices, rhythm_shape, steps, test_shape
from backend.web.pages.cycle import crumbs_of, cycle_seen
from backend.web.pages.workspace.frame import framed, team_seen
from backend.web.pages.workspace.studying import taken_asked
from backend.web.paging import page_of
from games.errors import GameError
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import Idea
from games.learning import actions
from games.learning.actions.testing import OPEN, TITLE, WORDS
from games.learning.models import ChangeTest, Taken
from games.learning.queries import group_tests, rhythm_of
from games.learning.rules import NEEDS, Act, ChangeState
from games.permissions import Access, visible
from games.playbooks.rules import Capability

PAGE: Final = 30
SHOWN: Final = ("cycle", "group", "idea", "round", "by")


def _words(label: Any, help_text: Any, rows: int = 3) -> forms.CharField:
    return forms.CharField(label=label, max_length=WORDS, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text)


class ChangeTestForm(forms.Form):
    """Every part of a test; `parts` are kept, the others left out."""

    title = forms.CharField(
        label=gettext_lazy("What do we change?"), max_length=TITLE, help_text=gettext_lazy("One small thing, in a few words.")
    )
    prediction = _words(
        gettext_lazy("What do we expect to happen?"),
        gettext_lazy("As exactly as you dare: how many, by when. Only who expected something can be surprised."),
    )
    done = _words(
        gettext_lazy("What did we do?"), gettext_lazy("Where, with whom, how long; also what went otherwise than planned.")
    )
    data = _words(  # type: ignore[assignment]  # a field, which the library takes out of the class
        gettext_lazy("What did we see?"), gettext_lazy("Numbers, or words that somebody else would agree with.")
    )
    learned = _words(
        gettext_lazy("What did we learn?"),
        gettext_lazy("Compare it with what you expected. That it did not work is worth as much."),
    )
    idea = forms.ChoiceField(
        label=gettext_lazy("Whose idea is it?"),
        required=False,
        help_text=gettext_lazy("If it is somebody else's, your test counts for it, and they can learn from you."),
    )

    def __init__(self, parts: tuple[str, ...], data: Any = None, *, ideas: Any = None, **options: Any) -> None:
        super().__init__(data, **options)
        for name in [one for one in self.fields if one not in parts]:
            del self.fields[name]
        if "idea" in self.fields:
            self.fields["idea"].choices = ideas  # type: ignore[attr-defined]


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tests_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """How often we test, a form for the next test, the ones on their way, and what we learned before."""
    found = team_seen(request, cycle, group)
    access = access_of(request)
    writes = _writes(access, found)
    ideas = idea_choices(access, found, asked=id_in(request.GET.get("idea", ""))) if writes else []
    form = (
        ChangeTestForm(("title", "prediction", "idea"), request.POST, ideas=ideas)
        if request.method == "POST" and writes
        else None
    )
    if form is not None and (made := _planned(request, form, found)):
        return redirect("team-test", found.cycle.key, found.key, made.number)
    tests = visible(access, "change_test.view", group_tests(found).select_related(*SHOWN))
    open_ = list(tests.exclude(state=ChangeState.ACTED.value))
    taken = taken_asked(request, found)
    first = _begun(request, taken)
    context = framed(request, found, "team-tests", _("Tests of change")) | {
        "writes": writes,
        "form": form or (ChangeTestForm(("title", "prediction", "idea"), ideas=ideas, initial=first) if writes else None),
        "planning": form is not None or bool(first["idea"]) or taken is not None or not open_,
        "taken": taken,
        "rhythm": rhythm_shape(rhythm_of(found.cycle, access.now, groups=[found.pk], shared=True).get(found.pk)),
        "open": [test_shape(one, _url(one)) for one in open_],
        "page": (page := page_of(request, tests.filter(state=ChangeState.ACTED.value), PAGE)),
        "finished": [test_shape(one, _url(one)) for one in page],
    }
    return render(request, "workspace/tests.html", context, status=422 if form is not None else 200)


def _begun(request: HttpRequest, taken: Taken | None) -> dict[str, str]:
    """What the form begins with: an idea that was asked for, or what the team took from a study."""
    if taken is None:
        return {"idea": request.GET.get("idea", "")}
    idea = taken.reading.idea if taken.reading is not None else None
    return {"title": taken.text, "prediction": taken.prediction, "idea": str(idea.number) if idea is not None else ""}


def _writes(access: Access, group: Group) -> bool:
    takes_part = group.state == GroupState.ACTIVE.value and group.cycle.state in OPEN
    return takes_part and group.pk in access.groups_with(Capability.SUBMIT)


def _url(test: ChangeTest) -> str:
    return reverse("team-test", args=[test.cycle.key, test.group.key, test.number])


def _planned(request: HttpRequest, form: ChangeTestForm, group: Group) -> ChangeTest | None:
    """The test that was planned; None with the reason in the form."""
    if not form.is_valid():
        return None
    sent = form.cleaned_data
    idea = None
    if sent["idea"]:
        rows = visible(access_of(request), "idea.view", Idea.objects.filter(cycle=group.cycle, number=id_in(sent["idea"])))
        idea = rows.first()
    try:
        words = {"title": sent["title"], "prediction": sent["prediction"]}
        made = actions.plan_test(group=group, idea=idea, taken=taken_asked(request, group), by=request.user, **words)
    except GameError as refusal:
        refuse(form, refusal)
        return None
    messages.success(request, _("Planned. Now try it, and come back with what you did."))
    return made


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def test_page(request: HttpRequest, cycle: str, group: str, number: int) -> HttpResponse:
    """One test: what was expected, done, seen and learned, with a form for the step that comes next."""
    found = team_seen(request, cycle, group)
    test = _test(request, found, number)
    access = access_of(request)
    writes = _writes(access, found) and test.state != ChangeState.ACTED.value
    sent: tuple[str, ChangeTestForm] | None = None
    if request.method == "POST":
        if not writes:
            raise Http404
        sent = _sent(request, test)
        if sent is not None and _taken(request, test, *sent):
            return redirect("team-test", found.cycle.key, found.key, number)
    test.group = found
    context = framed(request, found, "team-tests", test.title) | {
        "test": test_shape(test, _url(test)),
        "steps": steps(test),
        "writes": writes,
        "form": _form(test, sent) if writes else None,
        "better": _better(test, sent) if writes else None,
        "acts": bool(writes and test.state == ChangeState.STUDIED.value),
    }
    return render(request, "workspace/test.html", context, status=422 if sent is not None else 200)


def _test(request: HttpRequest, group: Group, number: int) -> ChangeTest:
    return seen(request, "change_test.view", group_tests(group).select_related(*SHOWN), number=number)


NEXT: Final[dict[str, tuple[str, ...]]] = {
    ChangeState.PLANNED.value: ("done",),
    ChangeState.DOING.value: ("data", "learned"),
}
"""The parts that the step after a state asks for."""


def _form(test: ChangeTest, sent: tuple[str, ChangeTestForm] | None) -> ChangeTestForm | None:
    if sent is not None and sent[0] == "step":
        return sent[1]
    parts = NEXT.get(test.state)
    return ChangeTestForm(parts) if parts else None


def _better(test: ChangeTest, sent: tuple[str, ChangeTestForm] | None) -> ChangeTestForm:
    if sent is not None and sent[0] == "revise":
        return sent[1]
    parts = NEEDS[ChangeState(test.state)]
    return ChangeTestForm(parts, prefix="better", initial={name: getattr(test, name) for name in parts})


def _sent(request: HttpRequest, test: ChangeTest) -> tuple[str, ChangeTestForm] | None:
    """What was sent: the words of the next step, better words, or what we do from now on. None: a step that is over already."""
    if "revise" in request.POST:
        return "revise", ChangeTestForm(NEEDS[ChangeState(test.state)], request.POST, prefix="better")
    if request.POST.get("act") in set(Act) and test.state == ChangeState.STUDIED.value:
        return "act", ChangeTestForm((), request.POST)
    if test.state in NEXT:
        return "step", ChangeTestForm(NEXT[test.state], request.POST)
    return None


def _taken(request: HttpRequest, test: ChangeTest, what: str, form: ChangeTestForm) -> bool:
    if not form.is_valid():
        return False
    words, by = form.cleaned_data, request.user
    doing = test.state == ChangeState.PLANNED.value
    ways: dict[str, tuple[Callable[[], object], Any]] = {
        "revise": (lambda: actions.revise_test(test, by=by, **words), _("The words are changed.")),
        "act": (
            lambda: actions.act_on_test(test, act=Act(request.POST["act"]), by=by),
            _("That test is finished. What do you try next?"),
        ),
        "step": (
            (lambda: actions.do_test(test, by=by, **words)) if doing else (lambda: actions.study_test(test, by=by, **words)),
            _("Written down. Next: what did you see?") if doing else _("Written down. One thing is left: what do you do now?"),
        ),
    }
    act, done = ways[what]
    try:
        act()
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, done)
    return True


@require_safe
def finished_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """A test as others read it, once it is finished and its round is open to all; the team itself goes to its workspace."""
    found = cycle_seen(request, cycle)
    rows = ChangeTest.objects.filter(cycle=found).select_related(*SHOWN)
    test = seen(request, "change_test.view", rows, number=number)
    if test.group_id in access_of(request).groups:
        return redirect("team-test", found.key, test.group.key, test.number)
    idea = test.idea
    if idea is not None and not visible(access_of(request), "idea.view", Idea.objects.filter(pk=idea.pk)).exists():
        test.idea = None
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Tests of change"), test.title),
        "test": test_shape(test, ""),
        "steps": steps(test),
    }
    return render(request, "cycles/test.html", context)
