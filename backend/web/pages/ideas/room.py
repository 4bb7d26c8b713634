"""The safe room: failures among those who play, the opening question of each round, and the organizers' own story before anybody's.

What is told without a name is answered on the spot: a message for the next page would be kept under the name of who reads it.
"""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import me, refuse, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.ideas.frame import AUDIENCES, READ_BY, Place, frame, idea_url, is_on, places_of, tabs_of, whose
from games.cycles.models import Cycle
from games.errors import GameError
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas import actions
from games.ideas.models import Idea, RiskAnswer
from games.ideas.queries import answered_by, answers_in, organizers_story, stories
from games.ideas.rules import ANSWER, ENOUGH, NAMELESS, PARTS, TEXT, TITLE, Audience, IdeaKind, Telling
from games.permissions import visible
from games.rounds.models import Round
from games.rounds.queries import with_state
from games.rounds.rules import RoundState

SHOWN: Final = 40
NOBODY: Final = "-"
"""In the form: told without a name."""
ON: Final = frozenset({RoundState.OPEN.value, RoundState.LOCKED.value})


def _long(label: Any, help_text: Any = "", rows: int = 3, *, required: bool = False) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, help_text=help_text, required=required, max_length=TEXT, widget=area)


class StoryForm(forms.Form):
    """A failure, told so that others need not repeat it."""

    title = forms.CharField(label=gettext_lazy("In one line: what did not work?"), max_length=TITLE)
    summary = _long(gettext_lazy("What did you try, and what for?"))
    went_wrong = _long(gettext_lazy("What went wrong?"), gettext_lazy("The part others learn most from."), 4, required=True)
    steps = _long(gettext_lazy("What would you do otherwise?"))
    teller = forms.ChoiceField(label=gettext_lazy("Under whose name?"), widget=forms.RadioSelect)
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may read it?"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("You can let in more people later, never fewer."),
    )
    readers = forms.MultipleChoiceField(
        label=gettext_lazy("Teams that may read it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, places: list[Place], teams: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        nobody = (NOBODY, _("Nobody's: we keep neither your name nor your team, not even for the organizers"))
        fields["teller"].choices = [*((one.key or "organizers", one.name) for one in places), nobody]
        fields["audience"].choices = [(key, words) for key, words in AUDIENCES.items() if teams or key != Audience.GROUPS.value]
        fields["readers"].choices = teams
        if not teams:
            del fields["readers"]

    def telling(self) -> Telling:
        """What was typed as the words of a story."""
        said = self.cleaned_data
        parts = {key: said[key] for key in PARTS if said.get(key)}
        return Telling(title=said["title"], kind=IdeaKind.FAILURE_STORY.value, summary=said["summary"], parts=parts)


def _room(request: HttpRequest, cycle: str, *more: tuple[str, str] | str) -> dict[str, Any]:
    """The frame of the room for whoever is in it; for everybody else there is no such page."""
    found = seen(request, "cycle.safe_room", Cycle.objects.select_related("series", "organization"), key=cycle)
    way = ((_("Safe room"), reverse("safe-room", args=[found.key])), *more) if more else (_("Safe room"),)
    first = organizers_story(found)
    return frame(request, found, *way) | {"first": _story(first) if first else None}


def _story(one: Idea) -> dict[str, Any]:
    return {"idea": one, "url": idea_url(one), "whose": _("Nobody's name") if one.key_digest else whose(one)}


@never_cache
@require_safe
def room_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The organizers' story, the opening question with what was answered, and every story this person may read."""
    context = _room(request, cycle)
    return _shown(request, context, answered=request.GET.get("answered", ""))


def _shown(request: HttpRequest, context: dict[str, Any], **more: Any) -> HttpResponse:
    access, found = access_of(request), context["cycle"]
    places = places_of(access, found)
    seen_ = visible(access, "idea.view", Idea.objects.filter(cycle=found))
    first = context["first"]
    told = stories(seen_.exclude(pk=first["idea"].pk) if first else seen_)[: SHOWN + 1]
    listed = [_story(one) for one in told]
    context |= {
        "tabs": tabs_of(request, found),
        "stories": listed[:SHOWN],
        "all": f"{reverse('ideas', args=[found.key])}?kind={IdeaKind.FAILURE_STORY.value}" if len(listed) > SHOWN else "",
        "tells": bool(places) and is_on(found),
        "keeps": bool(places),
        "first_to_tell": is_on(found) and any(one.group is None for one in places),
        "rounds": _rounds(request, found, plays=any(one.group is not None for one in places)),
        "enough": ENOUGH,
        "longest": ANSWER,
        "wider": [(one.value, READ_BY[one.value]) for one in Audience if one in NAMELESS],
    }
    return render(request, "ideas/safe_room.html", context | more)


def _rounds(request: HttpRequest, cycle: Cycle, *, plays: bool) -> list[dict[str, Any]]:
    """Rounds in which the question is or was asked, the newest first. Three statements."""
    access = access_of(request)
    rows: list[Any] = list(
        with_state(visible(access, "round.view", Round.objects.filter(cycle=cycle)), access.now).order_by("-number")
    )
    answers = answers_in(rows, visible(access, "risk_answer.view", RiskAnswer.objects.all()))
    given = answered_by(rows, me(request)) if plays else set()
    return [
        {
            "round": one,
            "answers": answers[one.pk],
            "asked": plays and one.state in ON and one.pk not in given,
            "given": one.pk in given,
        }
        for one in rows
        if one.state in ON or answers[one.pk]
    ]


@never_cache
@signed_in
@require_POST
def answer_page(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """An answer to the opening question of a round. Refused, it stays as it was typed."""
    context = _room(request, cycle)
    round_ = seen(request, "round.view", Round.objects.filter(cycle=context["cycle"]), key=key)
    require(request, "round.answer_risk", round_)
    text = request.POST.get("text", "")
    try:
        actions.answer_risk(round_=round_, text=text, by=me(request))
    except GameError as refusal:
        return _shown(request, context, typed=text, refused=refusal.message, refused_in=round_.key)
    return redirect(f"{reverse('safe-room', args=[cycle])}?answered={round_.key}#q-{round_.key}")


@never_cache
@signed_in
def tell_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Tell a failure, under the name of the team or under none."""
    context = _room(request, cycle, _("Tell a failure"))
    found = context["cycle"]
    require(request, "cycle.tell_failure", found)
    access = access_of(request)
    places = places_of(access, found)
    open_to = places if context["first"] else [one for one in places if one.group is None]
    others = Group.objects.filter(cycle=found, state=GroupState.ACTIVE.value).order_by("name")
    teams = [(str(pk), name) for pk, name in visible(access, "group.view", others).values_list("pk", "name")]
    begun = {"audience": Audience.TEAMS.value, "teller": (places[0].key or "organizers") if places else NOBODY}
    form = StoryForm(request.POST or None, places=places, teams=teams, initial=begun)
    context |= {"form": form, "closed": not context["first"] and not open_to}
    if request.method == "POST" and form.is_valid():
        try:
            return _tell(request, context, form, places)
        except GameError as refusal:
            refuse(form, refusal)
    return render(request, "ideas/safe_room_tell.html", context)


def _tell(request: HttpRequest, context: dict[str, Any], form: StoryForm, places: list[Place]) -> HttpResponse:
    said, found = form.cleaned_data, context["cycle"]
    nameless = said["teller"] == NOBODY
    place = next((one for one in places if (one.key or "organizers") == said["teller"]), None)
    wanted = [int(one) for one in said.get("readers", ())]
    story, key = actions.tell_story(
        cycle=found,
        told=form.telling(),
        by=me(request),
        group=place.group if place and not nameless else None,
        audience=said["audience"],
        readers=list(visible(access_of(request), "group.view", Group.objects.filter(cycle=found, pk__in=wanted))),
        nameless=nameless,
    )
    if nameless:
        return render(request, "ideas/safe_room_told.html", context | {"key": key, "read_by": READ_BY[story.audience]})
    messages.success(request, _("Told. Thank you for going first.") if place and place.group is None else _("Told."))
    return redirect("idea", found.key, story.number)


@never_cache
@signed_in
@require_POST
def key_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """With the key of a story without a name: let more people read it."""
    context = _room(request, cycle)
    key, audience = request.POST.get("key", ""), request.POST.get("audience", "")
    try:
        actions.widen_by_key(cycle=context["cycle"], key=key, audience=audience, by=me(request))
    except GameError as refusal:
        return _shown(request, context, key_typed=key[:100], key_refused=refusal.message)
    return _shown(request, context, widened=True)
