"""The entry's form: save it as a draft, look at it, or hand in the next version. Works whole without scripts."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import refuse, signed_in
from backend.api.permissions import access_of
from backend.web.answers import NOTE, EntryForm, answered
from backend.web.pages.entering.shared import (
    SAVE,
    base_of,
    door,
    entry_of,
    form_of,
    fresh,
    me_in,
    opened,
    own_challenge,
    way_to,
    writable,
)
from backend.web.pages.entering.using import feedback_for, keep_uses, record_uses
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.errors import GameError
from games.groups.models import Group
from games.learning.queries import hypotheses_in
from games.organizations.models import Person
from games.submissions import actions
from games.submissions.models import Submission, Version
from games.submissions.rules import FileRefused, StaleDraft, SubmissionState

LOOK: Final = "look"


@never_cache
@signed_in
def entry_page(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Write the entry: save it as a draft, or hand in the next version."""
    row, group = own_challenge(request, cycle, key, challenge)
    entry = entry_of(request, row, group)
    form = form_of(request, row, entry)
    if request.method == "POST" and form.is_valid():
        answer = _write(request, form, row, group)
        if answer is not None:
            return answer
        entry = _kept(row, group, entry)
    context = _shown(request, form, row, group, entry)
    return render(request, "entries/write.html", context, status=422 if form.errors else 200)


def _shown(request: HttpRequest, form: EntryForm, row: Challenge, group: Group, entry: Submission | None) -> dict[str, Any]:
    access, spec = access_of(request), spec_of(row)
    shut, until = door(row, group, access)
    why = shut or writable(entry)
    look = request.GET.get(LOOK) is not None and entry is not None
    address = [row.round.cycle.key, row.round.key, row.key]
    return {
        "cycle": row.round.cycle,
        "round": row.round,
        "challenge": row,
        "spec": spec,
        "group": group,
        "entry": entry,
        "form": form,
        "fields": [form[field.key] for field in spec.form],
        "note": form[NOTE],
        "partners": getattr(row, "beside", None),
        "hypotheses": hypotheses_in(row.round, group.pk),
        "uses": feedback_for(request, row, group),
        "blind": form.blind,
        "why": why,
        "until": until,
        "now": access.now,
        "versions": versions_of(entry),
        "gone": None if entry else _taken_back(row, group),
        "look": answered(spec.form, entry.draft, {one.pk: one for one in form.uploads.values()}) if look and entry else None,
        "addresses": {name: reverse(f"entry-{name}", args=address) for name in ("draft", "files", "pulse", "preview")},
        "place": f"{request.user.pk}:{row.pk}:{group.pk}",
        "base": entry.draft_saved_at.isoformat() if entry and entry.draft_saved_at else "",
        "crumbs": way_to(row, _("Our entry")),
    }


def versions_of(entry: Submission | None) -> list[Version]:
    """What was handed in, the last one first."""
    return list(entry.versions.select_related("by").order_by("-number")) if entry else []


def _taken_back(row: Challenge, group: Group) -> Submission | None:
    """The entry that the group took back last, when it has no other."""
    state = SubmissionState.WITHDRAWN.value
    return Submission.objects.filter(challenge=row, group=group, state=state).order_by("-number").first()


def _kept(row: Challenge, group: Group, entry: Submission | None) -> Submission | None:
    """The entry as it stands after a refusal: fresh, also when it was only opened by the attempt."""
    if entry is not None:
        return fresh(entry)
    state = SubmissionState.DRAFT.value
    made = Submission.objects.filter(challenge=row, group=group, state=state).order_by("-number").first()
    return fresh(made) if made else None


def _write(request: HttpRequest, form: EntryForm, row: Challenge, group: Group) -> HttpResponse | None:
    """Store files and answers, as a draft or as a version. None when refused: the faults stand in the form."""
    person = me_in(access_of(request), group)
    entry: Submission | None = None
    try:
        entry = opened(request, row, group, person)
        _take_files(request, form, entry, person)
        if form.errors:
            _keep(request, form, entry, person)
            return None
        data, base = form.answers(), base_of(request)
        how = request.POST.get(SAVE)
        if how in {"draft", LOOK}:
            actions.save_draft(submission=entry, data=data, note=form.note, by=request.user, person=person, **base)
            keep_uses(request, row, group, person)
            return _saved(request, entry, look=how == LOOK)
        version = actions.submit(submission=entry, by=request.user, person=person, data=data, note=form.note, **base)
        record_uses(request, row, group, version, person)
    except GameError as refusal:
        if entry is not None and not isinstance(refusal, StaleDraft):
            _keep(request, form, entry, person)
        refuse(form, refusal)
        return None
    return redirect("receipt", entry.pk, version.number)


def _take_files(request: HttpRequest, form: EntryForm, entry: Submission, person: Person | None) -> None:
    """Keep the files that came with the form; a refused one stands beside its control, the others are kept all the same."""
    for field in form.spec.form:
        file = request.FILES.get(field.key) if field.type.value == "file" else None
        if file is None:
            continue
        try:
            kept = actions.upload(submission=entry, field=field.key, file=file, by=request.user, person=person)
        except FileRefused as refusal:
            form.add_error(field.key, refusal.message)
        else:
            form.uploads[field.key] = kept


def _keep(request: HttpRequest, form: EntryForm, entry: Submission, person: Person | None) -> None:
    """What was typed stays, even when handing in was refused. What somebody else saved meanwhile is not written over."""
    try:
        actions.save_draft(
            submission=entry, data=form.answers(), note=form.note, by=request.user, person=person, **base_of(request)
        )
    except GameError:
        return


def _saved(request: HttpRequest, entry: Submission, *, look: bool) -> HttpResponse:
    if not look:
        messages.success(request, _("The draft is saved. Nobody else sees it; hand it in before the deadline."))
    query = f"?entry={entry.number}" + (f"&{LOOK}#{LOOK}" if look else "")
    return redirect(request.path + query)
