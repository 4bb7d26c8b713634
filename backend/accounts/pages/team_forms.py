"""Forms of teams. The registration form is made from the Design: a field for each question, the terms, the consent."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from backend.web.answers import DROPPED, KEPT, file_attrs, help_of
from games.groups.models import RegistrationFile
from games.groups.rules import Consent
from games.playbooks.schema import FieldType, FormField, Registration

ANSWERS = "answers."


class RegisterForm(forms.Form):
    """Name, division, the questions of the cycle, and what is accepted. Faults of the game come back to the same fields."""

    name = forms.CharField(label=_("Name of the team"), max_length=300)

    def __init__(
        self, *args: Any, rules: Registration, kept: Mapping[str, RegistrationFile] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.rules, self.kept = rules, dict(kept or {})
        bounds = {"least": rules.names.min_length, "most": rules.names.max_length}
        self.fields["name"].help_text = _("As it shall stand on the board. %(least)d to %(most)d letters.") % bounds
        if rules.divisions:
            choices = [("", _("Choose …")), *((one.key, one.name or one.key) for one in rules.divisions)]
            self.fields["division"] = forms.ChoiceField(label=_("Division"), choices=choices)
        for one in rules.form:
            self.fields[ANSWERS + one.key] = self._file(one) if one.type is FieldType.FILE else _field(one)
        if rules.terms is not None:
            self.fields["terms_version"] = _consent(
                _("We accept the terms, version %(number)s") % {"number": rules.terms.version}
            )
        if rules.licence is not None:
            words = _("Others may reuse what we enter under: %(licence)s") % {"licence": rules.licence.version}
            self.fields["licence_version"] = _consent(words)
        if rules.min_age is not None:
            words = _("Everybody in the team is at least %(years)d years old") % {"years": rules.min_age}
            self.fields["age_confirmed"] = _consent(words, rules.consent)

    def _file(self, one: FormField) -> forms.Field:
        """The control for a file. What was sent before stays until another replaces it or it is removed."""
        widget = forms.FileInput(attrs=file_attrs(one))
        found = forms.FileField(label=one.name or one.key, help_text=help_of(one), required=False, widget=widget)
        found.needed = one.required  # type: ignore[attr-defined]  # read by components/upload.html
        if (kept := self.kept.get(one.key)) is not None:
            found.upload = kept  # type: ignore[attr-defined]
            found.upload_url = reverse("registration-file", args=[kept.pk])  # type: ignore[attr-defined]
        return found

    def _answers(self) -> dict[str, Any]:
        """What was typed and chosen, and the files that stay; new files go apart."""
        files = {one.key for one in self.rules.form if one.type is FieldType.FILE}
        answers = {key.removeprefix(ANSWERS): value for key, value in self.cleaned_data.items() if key.startswith(ANSWERS)}
        typed = {key: value for key, value in answers.items() if key not in files}
        stay = {
            key: one.pk
            for key, one in self.kept.items()
            if DROPPED + ANSWERS + key not in self.data and self.data.get(KEPT + ANSWERS + key, str(one.pk)) == str(one.pk)
        }
        return typed | stay

    @property
    def values(self) -> dict[str, Any]:
        """What `register` and `complete` take."""
        given, rules = self.cleaned_data, self.rules
        named = {"name": given["name"]} if "name" in given else {}
        return {
            **named,
            "division": given.get("division", ""),
            "answers": self._answers(),
            "files": {key.removeprefix(ANSWERS): file for key, file in self.files.items() if key.startswith(ANSWERS)},
            "consent": Consent(
                terms_version=rules.terms.version if rules.terms and given.get("terms_version") else "",
                licence_version=rules.licence.version if rules.licence and given.get("licence_version") else "",
                age_confirmed=bool(given.get("age_confirmed")),
            ),
        }


def _consent(label: str, otherwise: str = "") -> forms.BooleanField:
    return forms.BooleanField(
        label=label, required=False, help_text=_("Or: %(words)s") % {"words": otherwise} if otherwise else ""
    )


def _field(one: FormField) -> forms.Field:
    """The control for a question. The game checks the answer itself, so nothing is required here twice."""
    named: dict[str, Any] = {"label": one.name or one.key, "help_text": one.help, "required": one.required}
    match one.type:
        case FieldType.NUMBER:
            return forms.CharField(**named, max_length=60, widget=forms.TextInput(attrs={"inputmode": "decimal"}))
        case FieldType.CHOICE if one.many:
            return forms.MultipleChoiceField(
                **named, choices=[(each, each) for each in one.choices], widget=forms.CheckboxSelectMultiple
            )
        case FieldType.CHOICE:
            return forms.ChoiceField(**named, choices=[("", _("Choose …")), *((each, each) for each in one.choices)])
        case FieldType.URL:
            return forms.CharField(**named, max_length=one.max_length, widget=forms.URLInput())
        case _:
            widget = forms.Textarea(attrs={"rows": one.lines}) if one.lines > 1 else forms.TextInput()
            return forms.CharField(**named, max_length=one.max_length, widget=widget)


class OneOfSeveral(forms.Form):
    """A form beside others on one page: the ids of its controls begin with its own name."""

    def __init__(self, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial, auto_id=f"{type(self).__name__.removesuffix('Form').lower()}_%s")


class RenameForm(OneOfSeveral):
    name = forms.CharField(label=_("Name of the team"), max_length=300)


class InviteForm(OneOfSeveral):
    email = forms.EmailField(label=_("E-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    name = forms.CharField(label=_("Name"), max_length=300, required=False)


class AskForm(OneOfSeveral):
    message = forms.CharField(
        label=_("A word to the captain"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class WithdrawForm(OneOfSeveral):
    reason = forms.CharField(label=_("Why"), required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code of the team"),
        max_length=40,
        help_text=_("Ten letters and digits, from somebody in the team."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
