"""What is filled in: a suggestion, and how organizers answer one."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from backend.web.pages.suggestions.settings_named import Choices, value_typed
from games.suggestions.rules import PATH, TITLE, WORDS


class SettingForm(forms.Form):
    """A setting and its new value: chosen by its words, or named as in the rules."""

    path = forms.ChoiceField(
        label=gettext_lazy("Which setting?"),
        required=False,
        help_text=gettext_lazy("If you know it. What a round that has begun runs by stays, and is not in the list."),
    )
    other = forms.CharField(
        label=gettext_lazy("Or name it as the rules do"),
        required=False,
        max_length=PATH,
        help_text=gettext_lazy('For example rounds["final"].appeal_days'),
    )
    value = forms.CharField(
        label=gettext_lazy("Its new value"),
        required=False,
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("A number, words, yes or no; left empty the setting is taken away."),
    )

    def __init__(self, *args: Any, settings: Choices, data_now: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = data_now
        self.fields["path"].choices = [("", self.unchosen), *settings]  # type: ignore[attr-defined] # a choice field

    unchosen = gettext_lazy("None: in words only")

    @property
    def change(self) -> list[dict[str, Any]]:
        """The setting as the action takes it; none where none is named."""
        path = self.cleaned_data.get("other", "").strip() or self.cleaned_data.get("path", "")
        return [{"path": path, "value": value_typed(self.cleaned_data.get("value", ""), path, self._now)}] if path else []


class SuggestionForm(SettingForm):
    """A suggestion."""

    title = forms.CharField(label=gettext_lazy("What should change?"), max_length=TITLE, help_text=gettext_lazy("In one line."))
    why = forms.CharField(
        label=gettext_lazy("Why would it be better?"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 5})
    )
    named = forms.BooleanField(
        label=gettext_lazy("Name me as who suggested it"),
        required=False,
        initial=True,
        help_text=gettext_lazy("If it becomes a rule, the log of the rules gives you the credit, for all to read."),
    )
    field_order = ("title", "why", "path", "other", "value", "named")


class AnswerForm(SettingForm):
    """How organizers answer: with the setting that was suggested, or their own."""

    unchosen = gettext_lazy("As it was suggested")
    answer = forms.CharField(
        label=gettext_lazy("What you say to it"),
        required=False,
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("Its author and everybody who supports it read this. To decline it, say why."),
    )
    field_order = ("answer", "path", "other", "value")
