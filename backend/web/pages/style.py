"""The living page of the visual language."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from backend.web import samples


class StyleForm(forms.Form):
    """One field of each kind, for the style page."""

    name = forms.CharField(label="Team name", max_length=60, help_text="As it shall stand on the board.")
    track = forms.ChoiceField(label="Division", choices=[("open", "Open"), ("school", "School"), ("alumni", "Alumni")])
    score = forms.DecimalField(label="Mark for clarity", min_value=0, max_value=10, help_text="0 to 10, steps of 0.5.")
    story = forms.CharField(label="What we changed and why", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="We come as", choices=[("team", "a team"), ("solo", "alone")], widget=forms.RadioSelect)
    attachment = forms.FileField(label="Attachment", required=False, help_text="PDF, up to 10 MB.")
    agree = forms.BooleanField(label="We accept the rules, version 2")


class FilesForm(forms.Form):
    """A file that is there, and one that is still wanted."""

    plan = forms.FileField(label="Plan of the reed bed", help_text="PDF, up to 10 MB.")
    photo = forms.FileField(label="A photograph", required=False, help_text="PNG or JPEG, up to 5 MB.")


def _files() -> FilesForm:
    form = FilesForm(auto_id="files_%s")
    form.fields["plan"].upload = {"pk": 7, "name": "reed-bed-plan-v3.pdf", "size": 1_482_190}  # type: ignore[attr-defined]
    form.fields["plan"].upload_url = "#files"  # type: ignore[attr-defined]
    return form


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """The living page of the visual language: every component with every state."""
    asked = StyleForm({"name": "Blue Herons", "score": "11", "track": "open"}) if request.GET.get("faults") else StyleForm()
    return render(request, "web/style.html", {**samples.everything(now()), "form": asked, "files": _files()})
