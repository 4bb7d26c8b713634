"""The form of an idea: what is told, who may read it, what it came from. A draft holds it as it was typed."""

import re
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.web.pages.ideas.frame import AUDIENCES, KIND_HINTS, KINDS, LINKS
from games.ideas.models import Idea
from games.ideas.rules import LINE, PARTS, SOURCES, TEXT, TITLE, WRITTEN, Audience, DerivationKind, IdeaKind, Telling

TAGS: Final = 600


def _long(label: Any, help_text: Any = "", rows: int = 3) -> forms.CharField:
    return forms.CharField(
        label=label, help_text=help_text, required=False, max_length=TEXT, widget=forms.Textarea(attrs={"rows": rows})
    )


class TellingForm(forms.Form):
    """What is told: the next version of an idea, and the first part of a new one."""

    title = forms.CharField(label=gettext_lazy("What is it called?"), max_length=TITLE)
    summary = _long(gettext_lazy("In short"), gettext_lazy("Two or three sentences: what it is, and what it is good for."))
    steps = _long(gettext_lazy("Steps"), gettext_lazy("One after the other, so that somebody else can do it without you."), 6)
    time = _long(gettext_lazy("How much time does it take?"), rows=2)
    cost = _long(gettext_lazy("What does it cost?"), rows=2)
    people = _long(gettext_lazy("Who does it take?"), rows=2)
    went_wrong = _long(gettext_lazy("What went wrong?"), gettext_lazy("The part others learn most from."))
    ask = _long(gettext_lazy("Whom can others ask?"), gettext_lazy("A name or a role. Whoever may read the idea reads it."), 2)
    tags = forms.CharField(
        label=gettext_lazy("Words it is found by"),
        required=False,
        max_length=TAGS,
        help_text=gettext_lazy("With commas between them: cloth, filter, household."),
    )
    step = forms.CharField(label=gettext_lazy("Which step of the work does it help with?"), required=False, max_length=LINE)
    licence = forms.CharField(
        label=gettext_lazy("Licence"),
        required=False,
        max_length=LINE,
        help_text=gettext_lazy("What others may do with it, such as CC BY 4.0."),
    )

    def telling(self, kind: str) -> Telling:
        """What was typed as the words of an idea."""
        said = self.cleaned_data
        return Telling(
            title=said["title"],
            kind=kind,
            summary=said["summary"],
            parts={key: said[key] for key in PARTS if said[key]},
            tags=said["tags"].split(","),
            step=said["step"],
            licence=said["licence"],
            note=said.get("note", ""),
        )


class VersionForm(TellingForm):
    """The next version."""

    note = _long(gettext_lazy("What changed, and why?"), rows=2)


class Named(NamedTuple):
    """An idea by its number, and the key of its cycle where it is of another one."""

    cycle: str
    number: int


_NAMED: Final = re.compile(r"(?:([a-z0-9][a-z0-9_-]{0,99}):)?(\d{1,9})", re.ASCII)


def named_in(typed: str) -> list[Named | None]:
    """The ideas that were typed, one by one: "3, #7, clean-water-2025:12"; None for what is no such name."""
    found = [_NAMED.fullmatch(one) for one in re.split(r"[\s,;#]+", typed) if one]
    return [Named(one[1] or "", int(one[2])) if one else None for one in found]


class IdeaForm(TellingForm):
    """A new idea."""

    field_order = ("kind", "title", "summary", "challenge", "step", *PARTS, "sources", "how", "reason", "tags", "licence")

    kind = forms.ChoiceField(label=gettext_lazy("What kind of idea is it?"))
    challenge = forms.ChoiceField(label=gettext_lazy("Which task does it help with?"), required=False)
    sources = forms.CharField(
        label=gettext_lazy("Numbers of the ideas it comes from"),
        required=False,
        max_length=400,
        help_text=gettext_lazy(
            "As they stand on their pages, with commas: 3, 7. Of another cycle: the last part of its address, a colon, the number."
        ),
    )
    how = forms.ChoiceField(label=gettext_lazy("What does it do with them?"), required=False)
    reason = _long(gettext_lazy("How, or why?"), gettext_lazy("Leaving an idea aside takes a reason: its authors read it."), 2)
    audience = forms.ChoiceField(
        label=gettext_lazy("Who may read it?"),
        widget=forms.RadioSelect,
        help_text=gettext_lazy("You can let in more people later, never fewer."),
    )
    readers = forms.MultipleChoiceField(
        label=gettext_lazy("Teams that may read it"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, tasks: Sequence[tuple[str, str]], teams: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [(key, f"{words}: {KIND_HINTS[key]}") for key, words in KINDS.items()]
        fields["challenge"].choices = [("", _("none in particular")), *tasks]
        fields["how"].choices = [(one.value, LINKS[one.value]) for one in WRITTEN]
        fields["audience"].choices = [(key, words) for key, words in AUDIENCES.items() if teams or key != Audience.GROUPS.value]
        fields["readers"].choices = teams
        if not teams:
            del fields["readers"]
        if not tasks:
            del fields["challenge"]

    def clean_sources(self) -> list[Named]:
        """What is named; whether they are ideas is looked up where the person is known."""
        found = named_in(self.cleaned_data["sources"])
        if None in found or len(found) > SOURCES:
            raise forms.ValidationError(_("Numbers, please, with commas between them."))
        return [one for one in dict.fromkeys(found) if one is not None]


FIRST: Final[dict[str, Any]] = {
    "kind": IdeaKind.HOW_TO.value,
    "audience": Audience.TEAMS.value,
    "how": DerivationKind.BUILDS_ON.value,
}
"""What a new form begins with."""


def of_version(idea: Idea) -> dict[str, Any]:
    """The newest version as a form begins with it."""
    last = idea.versions.order_by("-number").first()
    said: dict[str, Any] = {"title": idea.title, "summary": idea.summary, "step": idea.step, "licence": idea.licence}
    tags = ", ".join(sorted(tag.word for tag in idea.tags.all()))
    return said | (dict(last.parts) if last else {}) | {"tags": tags}
