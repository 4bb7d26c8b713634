"""What the pages of talk share: words for kinds, rows of threads, as whom is spoken, which thread it is about."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest
from django.utils.translation import gettext_lazy

from backend.api.permissions import access_of
from backend.web.pages.ideas.frame import Place, places_of
from games.cycles.models import Cycle
from games.permissions import visible
from games.talk.models import Follow, Thread
from games.talk.queries import with_counts
from games.talk.rules import TEXT, TITLE, WHY


class OpeningForm(forms.Form):
    """What a thread begins with. `kinds`: (key, words) that can be chosen here."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), widget=forms.RadioSelect)
    title = forms.CharField(label=gettext_lazy("In one line"), max_length=TITLE)
    text = forms.CharField(
        label=gettext_lazy("What do you want to say?"),
        max_length=TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("What you tried and where it stuck helps others to help. @ and the key of a team calls them."),
    )

    def __init__(self, *args: Any, kinds: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined] # a choice field
        self.fields["kind"].initial = kinds[0][0]
        if len(kinds) == 1:
            self.fields["kind"].widget = forms.HiddenInput()


class SayForm(forms.Form):
    """What is said."""

    text = forms.CharField(
        label=gettext_lazy("Your reply"), max_length=TEXT, widget=forms.Textarea(attrs={"rows": 4}), help_text=""
    )


class WhyForm(forms.Form):
    """A reason."""

    why = forms.CharField(label=gettext_lazy("Why?"), max_length=WHY, widget=forms.Textarea(attrs={"rows": 3}))


def place_of(request: HttpRequest, cycle: Cycle) -> tuple[Place | None, list[Place]]:
    """As whom is spoken: `as` names a team, or nothing for the organizers; None where this person only reads."""
    access = access_of(request)
    places = places_of(access, cycle) if access.user_id is not None else []
    wanted = request.POST.get("as", request.GET.get("as"))
    return (next((one for one in places if one.key == wanted), places[0]) if places else None), places


def thread_seen(request: HttpRequest, cycle: str, number: int) -> Thread:
    """The thread, if this person may see what it is about; else 404: hidden and absent look alike."""
    access = access_of(request)
    mine = Follow.objects.filter(thread=OuterRef("pk"), person__in=sorted(access.persons))
    rows = with_counts(Thread.objects.filter(cycle__key=cycle, number=number)).annotate(followed=Exists(mine))
    rows = rows.select_related("cycle__series", "cycle__organization", "idea__author")
    found = visible(access, "thread.view", rows).first()
    if found is None:
        raise Http404
    return found
