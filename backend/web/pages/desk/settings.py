"""Settings of a cycle: how it looks, where else its boards are shown, what is kept and for how long."""

from typing import Any, Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.csp import CSP
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, refuse, signed_in
from backend.web.keeping_words import listed_words, retention_rules
from backend.web.pages.desk.place import desk_page, organized
from games.cycles.looks import MOST, remove_logo, set_embeddable, set_logo
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.playbooks.schema import Accent, Brand, Retention
from games.playbooks.schema.brand import MOST_PARTNERS, Partner
from games.progression.actions.designs import AMENDABLE, amend
from leaderboards.models import Board
from leaderboards.queries import PUBLIC
from worker.retention import listed

NAMES: Final = {
    Accent.INK: gettext_lazy("School ink"),
    Accent.PINE: gettext_lazy("Pine"),
    Accent.LAKE: gettext_lazy("Lake"),
    Accent.PLUM: gettext_lazy("Plum"),
    Accent.CLAY: gettext_lazy("Clay"),
    Accent.MOSS: gettext_lazy("Moss"),
    Accent.ROSE: gettext_lazy("Rose"),
    Accent.SLATE: gettext_lazy("Slate"),
}
REASON: Final = gettext_lazy("It is an amendment of the rules: everybody reads why.")
FRAMES: Final[dict[str, Any]] = settings.SECURE_CSP | {"frame-src": [CSP.SELF]}
HEIGHT: Final = 620
MOST_DAYS: Final = 36_500


class BrandForm(forms.Form):
    """The accent and the motto."""

    accent = forms.ChoiceField(
        label=gettext_lazy("Accent"), choices=[(one.value, name) for one, name in NAMES.items()], widget=forms.RadioSelect
    )
    motto = forms.CharField(
        label=gettext_lazy("Motto"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("One line under the name, on every page of the cycle."),
    )
    partners = forms.CharField(
        label=gettext_lazy("Partners"),
        max_length=20_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=gettext_lazy(
            "One per line: name | what it is to you | web address. Such as: River Trust | Sponsor | https://…"
        ),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why"), max_length=2000, help_text=REASON, initial=gettext_lazy("The look of the cycle.")
    )

    def clean_partners(self) -> list[dict[str, str]]:
        """The lines as the rules have them. What stands in a line is told by what it looks like: an address may come second."""
        found = []
        for line in filter(None, (one.strip() for one in self.cleaned_data["partners"].splitlines())):
            name, *more = (cell.strip() for cell in line.split("|"))
            url = next((one for one in more if one.startswith(("http://", "https://"))), "")
            part = next((one for one in more if one and one != url), "")
            row = {"name": name, "part": part, "url": url}
            try:
                Partner.model_validate(row)
            except ValueError:
                raise forms.ValidationError(_("This line cannot be read: %(line)s") % {"line": line[:80]}) from None
            found.append({key: value for key, value in row.items() if value})
        if len(found) > MOST_PARTNERS:
            raise forms.ValidationError(_("At most %(count)d partners.") % {"count": MOST_PARTNERS})
        return found

    def brand(self) -> dict[str, Any]:
        """What was asked for, as the rules have it."""
        return {name: self.cleaned_data[name] for name in Brand.model_fields}


def _partner_lines(brand: Brand) -> str:
    return "\n".join(" | ".join(filter(None, (one.name, one.part, one.url))) for one in brand.partners)


class RetentionForm(forms.Form):
    """Days after closing; empty: kept."""

    drafts_days = forms.IntegerField(
        label=gettext_lazy("What was never handed in"), min_value=1, max_value=MOST_DAYS, required=False
    )
    files_days = forms.IntegerField(label=gettext_lazy("Uploaded files"), min_value=1, max_value=MOST_DAYS, required=False)
    contacts_days = forms.IntegerField(
        label=gettext_lazy("Contacts and registration answers"), min_value=1, max_value=MOST_DAYS, required=False
    )
    notes_days = forms.IntegerField(label=gettext_lazy("Judges' private notes"), min_value=1, max_value=MOST_DAYS, required=False)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=2000, help_text=REASON)

    def rule(self) -> dict[str, int]:
        """What was asked for, as the rules have it."""
        return {part: days for part in Retention.model_fields if (days := self.cleaned_data[f"{part}_days"]) is not None}


def setting_tabs(cycle: Cycle, current: str) -> list[dict[str, Any]]:
    """The pages of the settings."""
    pages = (
        ("looks", _("Looks and embedding"), "desk-settings"),
        ("retention", _("What is kept"), "desk-retention"),
        ("measuring", _("The aim, measured"), "desk-measuring"),
        ("keeping", _("Export, verify, clone"), "desk-keeping"),
    )
    return [{"label": label, "url": reverse(name, args=[cycle.key]), "current": key == current} for key, label, name in pages]


def _amendable(cycle: Cycle) -> bool:
    return bool(cycle.design_number) and cycle.state in AMENDABLE


def _amended(request: HttpRequest, cycle: Cycle, form: forms.Form, changes: dict[str, Any], done: str) -> bool:
    """Change the rules by decision; false with the reason in the form when that is refused."""
    try:
        amend(cycle, design=design_of(cycle).data() | changes, by=request.user, reason=form.cleaned_data["reason"])
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, done)
    return True


# --- Looks ----------------------------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
@csp_override(FRAMES)
@require_safe
def settings_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Accent, motto, logo, and the boards for other sites."""
    return _looks(request, organized(request, cycle))


def _looks(request: HttpRequest, cycle: Cycle, form: BrandForm | None = None) -> HttpResponse:
    brand = design_of(cycle).brand if cycle.design_number else Brand()
    refused = form is not None
    form = form or BrandForm(initial={"accent": brand.accent.value, "motto": brand.motto, "partners": _partner_lines(brand)})
    boards = list(Board.objects.filter(scope=cycle.pk, audience=PUBLIC).order_by("number"))
    chosen = next((one for one in boards if one.key == request.GET.get("board")), boards[0] if boards else None)
    chosen_accent = str(form["accent"].value() or brand.accent.value)
    context = {
        "tabs": setting_tabs(cycle, "looks"),
        "form": form,
        "amendable": _amendable(cycle),
        "accents": [{"key": one.value, "name": name, "chosen": one.value == chosen_accent} for one, name in NAMES.items()],
        "brand": {"accent": chosen_accent, "motto": form["motto"].value() or ""},
        "most": MOST // 1024,
        "boards": [{"key": one.key, "name": one.name, "current": one is chosen} for one in boards],
        "embed": _embed(cycle, chosen) if chosen and cycle.embeddable else None,
        "embeddable": cycle.embeddable,
        "listed": cycle.public and not cycle.rehearsal,
    }
    return desk_page(request, "desk/settings.html", cycle, "settings", context, status=422 if refused else 200)


def _embed(cycle: Cycle, board: Board) -> dict[str, str]:
    """The snippet for another site, and the same page to look at here."""
    path = reverse("embed-board", args=[cycle.key, board.key])
    address, title = escape(f"{settings.PUBLIC_URL}{path}"), escape(f"{board.name} · {cycle.name}")
    snippet = f'<iframe src="{address}" title="{title}" width="100%" height="{HEIGHT}" frameborder="0" loading="lazy"></iframe>'
    return {"path": path, "snippet": snippet, "title": board.name}


@signed_in
@csp_override(FRAMES)
@require_POST
def save_brand(request: HttpRequest, cycle: str) -> HttpResponse:
    """Amend the look."""
    found = organized(request, cycle)
    form = BrandForm(request.POST)
    if (
        _amendable(found)
        and form.is_valid()
        and _amended(request, found, form, {"brand": form.brand()}, _("The look is changed."))
    ):
        return redirect("desk-settings", found.key)
    return _looks(request, found, form)


@signed_in
@require_POST
def save_logo(request: HttpRequest, cycle: str) -> HttpResponse:
    """Take a picture as the logo, or take it away."""
    found = organized(request, cycle)
    if "remove" in request.POST:
        attempt(request, lambda: remove_logo(found, by=request.user), _("The logo is gone."))
    elif (file := request.FILES.get("logo")) is None:
        messages.error(request, _("Choose a picture first."))
    else:
        attempt(request, lambda: set_logo(found, file, by=request.user), _("The logo is there."))
    return redirect(f"{reverse('desk-settings', args=[found.key])}#logo")


@signed_in
@require_POST
def save_embedding(request: HttpRequest, cycle: str) -> HttpResponse:
    """Let other sites show the public boards, or no longer."""
    found = organized(request, cycle)
    on = request.POST.get("on") == "yes"
    done = _("Other sites may show the boards now.") if on else _("Other sites no longer show the boards.")
    attempt(request, lambda: set_embeddable(found, on=on, by=request.user), done)
    return redirect(f"{reverse('desk-settings', args=[found.key])}#embedding")


# --- What is kept ---------------------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
@require_safe
def retention_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The retention rule in words, and what will be deleted when."""
    return _retention(request, organized(request, cycle))


def _retention(request: HttpRequest, cycle: Cycle, form: RetentionForm | None = None) -> HttpResponse:
    launched = bool(cycle.design_number)
    rule = design_of(cycle).retention if launched else Retention()
    refused = form is not None
    context = {
        "tabs": setting_tabs(cycle, "retention"),
        "form": form or RetentionForm(initial={f"{part}_days": days for part, days in rule.parts.items()}),
        "amendable": _amendable(cycle),
        "rules": retention_rules(design_of(cycle)) if launched else [],
        "listed": listed_words(listed(cycle)) if launched else [],
        "purged_at": cycle.purged_at,
    }
    title = _("What is kept")
    return desk_page(
        request, "desk/settings_retention.html", cycle, "settings", context, title=title, status=422 if refused else 200
    )


@signed_in
@require_POST
def save_retention(request: HttpRequest, cycle: str) -> HttpResponse:
    """Amend the retention rule."""
    found = organized(request, cycle)
    form = RetentionForm(request.POST)
    if (
        _amendable(found)
        and form.is_valid()
        and _amended(request, found, form, {"retention": form.rule()}, _("The rule is changed."))
    ):
        return redirect("desk-retention", found.key)
    return _retention(request, found, form)
