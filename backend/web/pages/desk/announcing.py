"""Announcements on the organizer's desk: write, look, tell; withdraw."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, me, refuse, seen, signed_in
from backend.web.pages.desk.place import desk_page, organized
from games.challenges.text import rendered
from games.cycles.models import Cycle
from games.errors import GameError
from games.notices import actions
from games.notices.actions.announcing import TEXT, TITLE
from games.notices.announcements import announcements_of, audience_of
from games.notices.models import Announcement
from games.notices.rules import Audience

AUDIENCES: Final = {
    Audience.PUBLIC.value: gettext_lazy("Everybody: on the public page, and told to all in the cycle"),
    Audience.TEAMS.value: gettext_lazy("Teams: only their members read it"),
    Audience.JUDGES.value: gettext_lazy("Judges: only they read it"),
}
WORDS: Final = {
    Audience.PUBLIC.value: gettext_lazy("everybody"),
    Audience.TEAMS.value: gettext_lazy("teams"),
    Audience.JUDGES.value: gettext_lazy("judges"),
}
SHOWN: Final = 50


class AnnouncementForm(forms.Form):
    """What is told, and to whom."""

    title = forms.CharField(label=gettext_lazy("Title"), max_length=TITLE)
    text = forms.CharField(
        label=gettext_lazy("Text"),
        required=False,
        max_length=TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 7}),
        help_text=gettext_lazy("Markdown: **bold**, lists with a dash, [words](https://example.org) for a link."),
    )
    audience = forms.ChoiceField(label=gettext_lazy("To"), widget=forms.RadioSelect, initial=Audience.PUBLIC.value)

    def __init__(self, *args: Any, cycle: Cycle, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["audience"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, f"{words} ({audience_of(cycle, key).count()})") for key, words in AUDIENCES.items()]


@never_cache
@signed_in
def announcements_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What was announced, and a place to write. `do`: look (how it will read) or tell."""
    found = organized(request, cycle)
    form = AnnouncementForm(request.POST if request.method == "POST" else None, cycle=found)
    look = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        if request.POST.get("do") == "tell" and _told(request, found, form):
            return redirect("desk-announcements", found.key)
        if not form.errors:
            look = {
                "title": given["title"],
                "html": rendered(given["text"]),
                "people": audience_of(found, given["audience"]).count(),
            }
    rows = announcements_of(found)[:SHOWN]
    context = {
        "form": form,
        "look": look,
        "announcements": [
            {"row": one, "html": rendered(one.text), "audience": WORDS.get(one.audience, one.audience)} for one in rows
        ],
    }
    return desk_page(request, "desk/announcements.html", found, "announcements", context, status=422 if form.errors else 200)


def _told(request: HttpRequest, cycle: Cycle, form: AnnouncementForm) -> bool:
    try:
        _made, told = actions.make_announcement(cycle, by=me(request), **form.cleaned_data)
    except GameError as refusal:
        refuse(form, refusal)
        return False
    said = ngettext("Announced, and told to %(count)d person.", "Announced, and told to %(count)d people.", told)
    messages.success(request, said % {"count": told})
    return True


@signed_in
@require_POST
def withdraw_announcement(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Take an announcement off the page."""
    found = organized(request, cycle)
    one = seen(request, "announcement.withdraw", Announcement.objects.filter(cycle=found), pk=pk)
    done = _("The announcement is withdrawn. Mails that went out stay out.")
    attempt(request, lambda: actions.withdraw_announcement(one, by=me(request)), done)
    return redirect("desk-announcements", found.key)
