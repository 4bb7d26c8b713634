"""A form from its schema, and the answers to one for reading."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django import forms
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _

from games.challenges.text import rendered
from games.playbooks.schema import ChallengeDesign, FormField
from games.submissions.models import Upload
from leaderboards.engine import numbers

LONG = 2  # lines from which a text is shown as a text of its own
WEB: Final = ("https://", "http://")
# Names of the form's own controls. A dot, because no key of a schema has one.
NOTE: Final = "our.note"
KEPT: Final = "our.file."
DROPPED: Final = "our.drop."


def is_given(value: Any) -> bool:
    """Whether something was answered: an empty text or no choice is no answer."""
    return value is not None and value not in ("", [], ())


def answered(form: Iterable[FormField], data: Mapping[str, Any], uploads: Mapping[int, Upload]) -> list[dict[str, Any]]:
    """The answers to the questions of a form, in their order: {name, text | html | url | items}; a file also with its `bytes`."""
    return [_answer(field, data[field.key], uploads) for field in form if is_given(data.get(field.key))]


def content_of(upload: int) -> str:
    """Where the API gives the file: written out, as no name leads to an address of the API (`backend.api.mounting`)."""
    return f"/api/v1/uploads/{upload}/content"


def _answer(field: FormField, value: Any, uploads: Mapping[int, Upload]) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.title}
    match field.type.value:
        case "url":
            found |= {"url": value if str(value).startswith(WEB) else "", "text": value}  # a draft may hold anything
        case "file":
            upload = uploads.get(value)
            name = upload.name if upload else _("a file")
            found |= {"url": content_of(upload.pk) if upload else "", "text": name}
            found |= {"bytes": upload.size} if upload else {}
        case "text" if field.lines >= LONG:
            found["html"] = rendered(str(value))
        case "choice" if isinstance(value, list):
            found["text"] = ", ".join(value)
        case _:
            found["text"] = f"{value} {field.unit}".rstrip()
    return found


class EntryForm(forms.Form):
    """The entry form of a challenge, as its schema says. What is checked here is only the shape; the action checks the rules.

    `uploads`: the files of the entry that its draft names, by field. What was sent may keep another of the entry's files (`known`) or
    drop the one that is there. In a round that is judged `blind` each question says what judges see of its answer.
    """

    def __init__(
        self,
        spec: ChallengeDesign,
        *args: Any,
        uploads: Mapping[str, Upload] | None = None,
        known: Mapping[int, Upload] | None = None,
        blind: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.spec, self.blind, self.uploads = spec, blind, dict(uploads or {})
        if self.is_bound:
            self._take_over({one.pk: one for one in self.uploads.values()} | dict(known or {}))
        for field in spec.form:
            self.fields[field.key] = _field(field, blind=blind)
            self.fields[field.key].needed = field.required  # type: ignore[attr-defined]  # read by components/field.html
            if (upload := self.uploads.get(field.key)) is not None:  # read by components/upload.html
                self.fields[field.key].upload = upload  # type: ignore[attr-defined]
                self.fields[field.key].upload_url = content_of(upload.pk)  # type: ignore[attr-defined]
        self.fields[NOTE] = forms.CharField(
            label=_("What we changed and why"),
            widget=forms.Textarea(attrs={"rows": 3}),
            required=False,
            max_length=5000,
            strip=False,
            help_text=_("Stands beside the version. Those who read later see how the entry grew."),
        )

    def _take_over(self, known: Mapping[int, Upload]) -> None:
        """The files that what was sent keeps: a control that is not there leaves the draft's file as it is."""
        for field in self.spec.form:
            if field.type.value != "file":
                continue
            if DROPPED + field.key in self.data:
                self.uploads.pop(field.key, None)
            elif KEPT + field.key in self.data:
                number = str(self.data[KEPT + field.key])
                kept = known.get(int(number)) if number.isascii() and number.isdigit() else None
                self.uploads.pop(field.key, None)
                if kept is not None and kept.field == field.key:
                    self.uploads[field.key] = kept

    def answers(self) -> dict[str, Any]:
        """What was typed, by field, and the files that are kept. Numbers stay text: nothing is lost on the way."""
        typed = {
            field.key: self.cleaned_data[field.key]
            for field in self.spec.form
            if field.type.value != "file" and is_given(self.cleaned_data.get(field.key))
        }
        return typed | {field: upload.pk for field, upload in self.uploads.items()}

    @property
    def note(self) -> str:
        """What we changed and why."""
        return str(self.cleaned_data.get(NOTE, ""))


def _field(field: FormField, *, blind: bool = False) -> forms.Field:
    """A schema field as a form field. Nothing is `required` for the browser's sake: a draft may lack it."""
    told: dict[str, Any] = {"label": field.title, "required": False, "help_text": help_of(field, blind=blind)}
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
            return forms.FileField(**told, widget=forms.FileInput(attrs=file_attrs(field)))
        case _:
            counted = {"data-most": field.max_length} if field.max_length else {}
            long = field.lines >= LONG
            widget = (
                forms.Textarea(attrs={"rows": field.lines, "data-markdown": "", **counted})
                if long
                else forms.TextInput(attrs=counted)
            )
            return forms.CharField(**told, widget=widget, strip=False)


def _seen_by_judges(field: FormField) -> str:
    """What judges who must not know names see of an answer."""
    file = field.type.value == "file"
    if field.blind == "hidden":
        return _("Judges do not see this.")
    if field.blind == "only":
        if file:
            return _(
                "For judges only: a copy without names, also in the file's own properties (author of a document, place of a photo)."
            )
        return _("For judges only: the same without names.")
    if file:
        return _(
            "Judges see this file under another name. Take names out of it, also out of its properties (author of a document)."
        )
    return ""


def file_attrs(field: FormField) -> dict[str, str]:
    """What the browser needs to know of a file before it sends it."""
    attrs = {"data-most-bytes": str(min(field.max_bytes, settings.UPLOAD_MAX_BYTES))}
    return attrs | ({"accept": ",".join(f".{one}" for one in field.types)} if field.types else {})


def help_of(field: FormField, *, blind: bool = False) -> str:
    """What a question asks for, in words; where judging is blind also what judges see of the answer."""
    parts = [field.help, _seen_by_judges(field) if blind else ""]
    if field.required:
        parts.append(_("Needed to hand in."))
    if field.max_length:
        parts.append(_("At most %(count)d characters.") % {"count": field.max_length})
    if field.min is not None and field.max is not None:
        parts.append(f"{numbers.text(field.min)} – {numbers.text(field.max)} {field.unit}".rstrip() + ".")
    if field.type.value == "file":
        size = filesizeformat(min(field.max_bytes, settings.UPLOAD_MAX_BYTES))
        types = ", ".join(field.types)
        parts.append(
            (_("%(types)s, up to %(size)s.") % {"types": types, "size": size}) if types else _("Up to %(size)s.") % {"size": size}
        )
    if field.type.value == "text" and field.lines >= LONG:
        parts.append(_("You may use Markdown."))
    return " ".join(part.strip() for part in parts if part.strip())
