"""A form from its schema, and the answers to one for reading."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.urls import reverse
from django.utils.translation import gettext as _

from games.challenges.text import rendered
from games.playbooks.schema import ChallengeDesign, FormField
from games.submissions.models import Upload
from leaderboards.engine import numbers

LONG = 2  # lines from which a text is shown as a text of its own


def answered(spec: ChallengeDesign, data: Mapping[str, Any], uploads: Mapping[int, Upload]) -> list[dict[str, Any]]:
    """The answers in the order of the form: {name, text | html | url | items}."""
    return [_answer(field, data[field.key], uploads) for field in spec.form if data.get(field.key) not in {None, ""}]


def _answer(field: FormField, value: Any, uploads: Mapping[int, Upload]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.title}
    match field.type.value:
        case "url":
            found |= {"url": value, "text": value}
        case "file":
            upload = uploads.get(value)
            name = upload.name if upload else _("a file")
            found |= {"url": reverse("upload-content", args=[value]) if upload else "", "text": name}
        case "text" if field.lines >= LONG:
            found["html"] = rendered(str(value))
        case "choice" if isinstance(value, list):
            found["text"] = ", ".join(value)
        case _:
            found["text"] = f"{value} {field.unit}".rstrip()
    return found


class EntryForm(forms.Form):
    """The entry form of a challenge, as its schema says. What is checked here is only the shape; the action checks the rules."""

    def __init__(self, spec: ChallengeDesign, *args: Any, uploads: Mapping[str, Upload] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec, self.uploads = spec, uploads or {}
        for field in spec.form:
            self.fields[field.key] = _field(field, self.uploads.get(field.key))
            self.fields[field.key].needed = field.required  # type: ignore[attr-defined]  # read by components/field.html
        self.fields["note"] = forms.CharField(
            label=_("What we changed and why"),
            widget=forms.Textarea,
            required=False,
            max_length=5000,
            help_text=_("Stands beside the version. Those who read later see how the entry grew."),
        )

    def answers(self) -> dict[str, Any]:
        """What was typed, by field; files are not among them. Numbers stay text: nothing is lost on the way."""
        return {
            field.key: self.cleaned_data[field.key]
            for field in self.spec.form
            if field.type.value != "file" and self.cleaned_data.get(field.key) not in {None, "", ()}
        }


def _field(field: FormField, upload: Upload | None) -> forms.Field:
    """A schema field as a form field. Nothing is `required` for the browser's sake: a draft may lack it."""
    told: dict[str, Any] = {"label": field.title, "required": False, "help_text": _help(field, upload)}
    match field.type.value:
        case "number":
            return forms.CharField(**told, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        case "choice":
            pairs = [(one, one) for one in field.choices]
            if field.many:
                return forms.MultipleChoiceField(**told, choices=pairs, widget=forms.CheckboxSelectMultiple)
            return forms.ChoiceField(**told, choices=[("", "–"), *pairs])
        case "url":
            return forms.CharField(**told, widget=forms.URLInput(attrs={"inputmode": "url"}))
        case "file":
            accept = {"accept": ",".join(f".{one}" for one in field.types)} if field.types else {}
            return forms.FileField(**told, widget=forms.FileInput(attrs=accept))
        case _:
            widget = forms.Textarea(attrs={"rows": field.lines}) if field.lines >= LONG else forms.TextInput()
            return forms.CharField(**told, widget=widget, strip=False)


def _help(field: FormField, upload: Upload | None) -> str:
    parts = [field.help]
    if field.required:
        parts.append(_("Needed to hand in."))
    if field.max_length:
        parts.append(_("At most %(count)d characters.") % {"count": field.max_length})
    if field.min is not None and field.max is not None:
        parts.append(f"{numbers.text(field.min)} – {numbers.text(field.max)} {field.unit}".rstrip() + ".")
    if field.type.value == "file":
        types = ", ".join(field.types)
        parts.append(_("Up to %(size)d MB. %(types)s") % {"size": max(field.max_bytes // 2**20, 1), "types": types})
    if upload is not None:
        parts.append(_("There is already: %(name)s. A new file replaces it.") % {"name": upload.name})
    return " ".join(part.strip() for part in parts if part.strip())
