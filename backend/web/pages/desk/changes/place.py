"""What the pages of corrections share: the ways inside the place "Publish", the correction of an address, where a new change goes."""

from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.pages.gate import id_in, seen
from games.changes import actions
from games.changes.actions import Wanted
from games.changes.actions.preparing import PLAYED, WORDS
from games.changes.models import Appeal, ChangeSet
from games.changes.queries.corrections import change_sets_of
from games.changes.rules import AppealState, ChangeSetState
from games.cycles.models import Cycle

NEW: Final = "new"


def ways(cycle: Cycle, current: str) -> list[dict[str, Any]]:
    """The parts of the place "Publish", with how many appeals wait. One statement."""
    open_ = Appeal.objects.filter(round__cycle=cycle, state=AppealState.OPEN.value).count()
    parts = (
        ("rounds", _("Rounds"), "desk-publish", 0),
        ("changes", _("Corrections"), "desk-changes", 0),
        ("appeals", _("Appeals"), "desk-appeals", open_),
    )
    return [
        {"label": label, "url": reverse(name, args=[cycle.key]), "current": key == current, "count": count or None}
        for key, label, name, count in parts
    ]


def correction(request: HttpRequest, cycle: Cycle, number: int) -> ChangeSet:
    """The correction with this number, for who may write it; 404 otherwise."""
    return seen(request, "change_set.write", change_sets_of(cycle), number=number)


def drafts_of(cycle: Cycle) -> list[ChangeSet]:
    """Corrections that are being prepared, the newest first."""
    return list(change_sets_of(cycle).filter(state=ChangeSetState.DRAFT.value).defer("preview"))


def appeal_asked(request: HttpRequest, cycle: Cycle) -> Appeal | None:
    """The appeal in the address from which a correction is prepared; 404 for one that is not of this cycle."""
    asked = request.POST.get("appeal") or request.GET.get("appeal")
    if not asked:
        return None
    rows = Appeal.objects.filter(round__cycle=cycle).select_related("round__cycle", "challenge", "group")
    return seen(request, "appeal.answer", rows, pk=id_in(asked))


class IntoForm(forms.Form):
    """Into which correction changes go: a new one, with its reason, or one that is being prepared."""

    into = forms.ChoiceField(label=gettext_lazy("Into which correction"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Everybody reads it beside the new version of the boards. Name no person."),
    )

    def __init__(self, drafts: list[ChangeSet], data: Any = None, *, appeal: Appeal | None = None) -> None:
        super().__init__(data)
        self.drafts = {str(one.number): one for one in drafts}
        choices = [(NEW, _("A new correction"))]
        choices += [
            (key, _("Correction %(number)s: %(reason)s") % {"number": key, "reason": one.reason[:60]})
            for key, one in self.drafts.items()
        ]
        self.fields["into"].choices = choices  # type: ignore[attr-defined]
        begun = [str(one.number) for one in drafts if appeal is not None and one.appeal_id == appeal.pk]
        self.fields["into"].initial = begun[0] if begun else NEW
        if not drafts:
            del self.fields["into"]
        self.fields["reason"].needed = True  # type: ignore[attr-defined]  # read by components/field.html

    def clean(self) -> dict[str, Any]:
        """A new correction needs its reason."""
        found: dict[str, Any] = super().clean() or {}
        if found.get("into", NEW) in {"", NEW} and not (found.get("reason") or "").strip() and "reason" not in self.errors:
            self.add_error("reason", _("A new correction needs a reason."))
        return found

    def carry_out(self, cycle: Cycle, changes: list[Wanted], *, by: Any, appeal: Appeal | None = None) -> ChangeSet:
        """Prepare a new correction with these changes, or add them. Raises what the game refuses."""
        into = self.drafts.get(self.cleaned_data.get("into", NEW))
        if into is None:
            return actions.prepare(cycle, reason=self.cleaned_data["reason"], by=by, changes=changes, appeal=appeal)
        return actions.add_changes(into, changes, by=by, appeal=appeal)


def expect_played(cycle: Cycle) -> None:
    """Pages that prepare corrections are not there in a cycle that is over, or has not begun."""
    if cycle.state not in PLAYED:
        raise Http404
