"""Handing in: the entry's form with drafts and versions, the receipt, tries at tasks that are solved or measured, taking an entry back."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt as doing
from backend.accounts.pages.gate import refuse, seen, signed_in
from backend.api.permissions import access_of
from backend.web.answers import EntryForm, answered
from backend.web.explained import clock
from backend.web.pages.cycle import crumbs_of, cycle_seen
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.errors import GameError
from games.groups.models import Group, Membership
from games.organizations.models import Person
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.playbooks.schema import ChallengeDesign, QuizAnswer
from games.rounds.queries import check_entry, deadline_for
from games.submissions import actions
from games.submissions.actions.entries import ENTERED
from games.submissions.models import Submission, Upload, Version
from games.submissions.queries import attempts_of, files_in
from games.submissions.rules import EDITABLE, StaleDraft, SubmissionState

SPECIAL: Final = "save"


def my_group(access: Access, challenge: Challenge) -> Group | None:
    """The group for which this person may hand in here; the one of the task's division, if the task has one."""
    mine = Group.objects.filter(pk__in=access.groups_with(Capability.SUBMIT), cycle_id=challenge.round.cycle_id)
    if challenge.division:
        mine = mine.filter(division=challenge.division)
    return mine.order_by("pk").first()


def me_in(access: Access, group: Group) -> Person | None:
    """As whom this person acts in the group."""
    rows = Membership.objects.filter(group=group, person__in=sorted(access.persons), until__isnull=True)
    found = rows.select_related("person").order_by("pk").first()
    return found.person if found else None


def standing_in(request: HttpRequest, challenge: Challenge) -> dict[str, Any] | None:
    """What the person's group has in a challenge, and whether more is taken now; None for whoever hands in nothing."""
    access = access_of(request)
    group = my_group(access, challenge) if access.groups else None
    if group is None:
        return None
    spec = spec_of(challenge)
    found: dict[str, Any] = {
        "group": group,
        "why": _why_not(challenge, group, access),
        "until": deadline_for(challenge.round, group),
        "url": reverse("entry", args=[challenge.round.cycle.key, challenge.round.key, challenge.key]),
        "tried": challenge.format not in ENTERED,
    }
    if found["tried"]:
        tries = list(attempts_of(challenge, group))
        left = None if spec.max_attempts is None else max(spec.max_attempts - len(tries), 0)
        rows = [(one.number, clock(one.elapsed_ms), one.verdict or _("waiting")) for one in tries]
        return found | {"attempts": rows, "left": left, "form": TryForm(spec)}
    entries = Submission.objects.filter(challenge=challenge, group=group).select_related("pinned").order_by("number")
    return found | {"entries": list(entries.prefetch_related("versions"))}


def _why_not(challenge: Challenge, group: Group, access: Access) -> str:
    """Why the round takes nothing from the group now; empty if it does."""
    try:
        check_entry(challenge.round, group, now=access.now)
    except GameError as refusal:
        return refusal.message
    return ""


def _own_challenge(request: HttpRequest, cycle: str, key: str, challenge: str) -> tuple[Challenge, Group]:
    """The challenge and the person's group; 404 for whoever may not hand in."""
    found = cycle_seen(request, cycle)
    rows = Challenge.objects.filter(round__cycle=found, round__key=key, key=challenge).select_related("round__cycle")
    row = visible(access_of(request), "challenge.view", rows).first()
    group = my_group(access_of(request), row) if row is not None else None
    if row is None or group is None:
        raise Http404
    return row, group


# --- The entry ------------------------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
def entry_page(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Write the entry: save it as a draft, or hand in the next version."""
    row, group = _own_challenge(request, cycle, key, challenge)
    access, spec = access_of(request), spec_of(row)
    entry = _entry_of(request, row, group)
    uploads = _uploads(spec, entry)
    values = dict(entry.draft) if entry else {}
    form = EntryForm(spec, request.POST or None, request.FILES or None, initial=values, uploads=uploads)
    if request.method == "POST" and form.is_valid():
        answer = _write(request, form, row, group, entry)
        if answer is not None:
            return answer
        entry = _kept(row, group, entry)
    context = {
        "cycle": row.round.cycle,
        "round": row.round,
        "challenge": row,
        "group": group,
        "entry": entry,
        "form": form,
        "why": _why_not(row, group, access),
        "until": deadline_for(row.round, group),
        "now": access.now,
        "versions": list(entry.versions.order_by("-number")) if entry else [],
        "crumbs": _way(row, _("Our entry")),
    }
    return render(request, "entries/write.html", context, status=422 if form.errors else 200)


def _way(row: Challenge, last: str) -> list[dict[str, str]]:
    cycle, round_ = row.round.cycle, row.round
    to_round = (round_.name, reverse("round", args=[cycle.key, round_.key]))
    return crumbs_of(cycle, to_round, (row.name, reverse("challenge", args=[cycle.key, round_.key, row.key])), last)


def _entry_of(request: HttpRequest, row: Challenge, group: Group) -> Submission | None:
    """The entry asked for by number, else the last one that was not taken back; None for a new one."""
    entries = Submission.objects.filter(challenge=row, group=group).exclude(state=SubmissionState.WITHDRAWN.value)
    number = request.GET.get("entry", "")
    if number == "new":
        return None
    if number.isascii() and number.isdigit() and len(number) < 7:  # noqa: PLR2004 no group has that many entries
        entries = entries.filter(number=int(number))
    return entries.order_by("-number").first()


def _kept(row: Challenge, group: Group, entry: Submission | None) -> Submission | None:
    """The entry as it stands after a refusal: fresh, also when it was only opened by the attempt."""
    if entry is not None:
        return Submission.objects.get(pk=entry.pk)
    return Submission.objects.filter(challenge=row, group=group, state=SubmissionState.DRAFT.value).order_by("-number").first()


def _uploads(spec: ChallengeDesign, entry: Submission | None) -> dict[str, Upload]:
    """The files that the draft refers to, by field."""
    if entry is None or not (used := files_in(entry.draft, spec)):
        return {}
    return {one.field: one for one in Upload.objects.filter(submission=entry, pk__in=used)}


def _write(request: HttpRequest, form: EntryForm, row: Challenge, group: Group, entry: Submission | None) -> HttpResponse | None:
    """Store files and answers, as a draft or as a version. None when refused: the faults stand in the form."""
    person = me_in(access_of(request), group)
    try:
        entry = entry or actions.open_entry(challenge=row, group=group, by=request.user)
        data = form.answers() | {field: upload.pk for field, upload in form.uploads.items()}
        for field in form.spec.form:
            if field.type.value == "file" and (file := request.FILES.get(field.key)) is not None:
                kept = actions.upload(submission=entry, field=field.key, file=file, by=request.user, person=person)
                data[field.key] = kept.pk
        if request.POST.get(SPECIAL) == "draft":
            base = parse_datetime(request.POST.get("base", "").replace(" ", "+"))
            actions.save_draft(submission=entry, data=data, by=request.user, base=base, check_base="base" in request.POST)
            messages.success(request, _("The draft is saved. Nobody else sees it; hand it in before the deadline."))
            return redirect(request.get_full_path().replace("entry=new", f"entry={entry.number}"))
        version = actions.submit(
            submission=entry, by=request.user, person=person, data=data, note=form.cleaned_data.get("note", "")
        )
    except GameError as refusal:
        if entry is not None and not isinstance(refusal, StaleDraft):
            _keep(entry, form, request)
        refuse(form, refusal)
        return None
    return redirect("receipt", entry.pk, version.number)


def _keep(entry: Submission, form: EntryForm, request: HttpRequest) -> None:
    """What was typed stays, even when handing in was refused."""
    files = {one.field: one.pk for one in Upload.objects.filter(submission=entry).order_by("pk")}
    try:
        actions.save_draft(submission=entry, data=form.answers() | files, by=request.user, check_base=False)
    except GameError:
        return


@never_cache
@signed_in
@require_safe
def receipt(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was handed in: version, hash, the server's time, and the answers."""
    rows = Version.objects.select_related("submission__challenge__round__cycle", "submission__group", "by")
    version = seen(request, "version.view", rows, submission=pk, number=number)
    entry = version.submission
    own = entry.group_id in access_of(request).groups
    if not own and not access_of(request).reads(entry.challenge.round.cycle_id):
        raise Http404
    spec = spec_of(entry.challenge)
    context = {
        "cycle": entry.challenge.round.cycle,
        "round": entry.challenge.round,
        "challenge": entry.challenge,
        "entry": entry,
        "version": version,
        "counts": entry.pinned_id == version.pk and entry.state != SubmissionState.WITHDRAWN.value,
        "answers": answered(spec, version.data, {one.pk: one for one in entry.uploads.all()}),
        "crumbs": _way(entry.challenge, _("Version %(number)d") % {"number": version.number}),
        "own": own,
        "editable": own and entry.state in {one.value for one in EDITABLE},
    }
    return render(request, "entries/receipt.html", context)


@signed_in
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry back, until the deadline. It stays in the record."""
    entry = seen(request, "submission.edit", Submission.objects.select_related("challenge__round__cycle"), pk=pk)
    if request.POST.get("sure") != "yes":
        messages.error(request, _("Tick the box to say that you are sure."))
    else:
        doing(request, lambda: actions.withdraw(submission=entry, by=request.user), _("The entry is taken back."))
    round_ = entry.challenge.round
    return redirect("challenge", round_.cycle.key, round_.key, entry.challenge.key)


# --- Tries ----------------------------------------------------------------------------------------------------------------------------


class TryForm(forms.Form):
    """One try: an answer, the questions of a quiz, or a measured value."""

    def __init__(self, spec: ChallengeDesign, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.spec = spec
        if isinstance(spec.answer, QuizAnswer):
            for one in spec.answer.questions:
                pairs = [(choice, choice) for choice in one.choices]
                many = len(one.correct) > 1
                kind = forms.MultipleChoiceField if many else forms.ChoiceField
                widget = forms.CheckboxSelectMultiple if many else forms.RadioSelect
                self.fields[f"q-{one.key}"] = kind(label=one.name, choices=pairs, widget=widget, required=False)
        elif spec.format.value == "measured":
            self.fields["value"] = forms.CharField(
                label=_("Measured value"), help_text=spec.unit, widget=forms.TextInput(attrs={"inputmode": "decimal"})
            )
        else:
            self.fields["answer"] = forms.CharField(label=_("Answer"), widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def sent(self) -> Mapping[str, Any]:
        """What the action takes."""
        if isinstance(self.spec.answer, QuizAnswer):
            chosen = {one.key: self.cleaned_data.get(f"q-{one.key}") or [] for one in self.spec.answer.questions}
            return {"answer": json.dumps(chosen)}
        return self.cleaned_data


@signed_in
@require_POST
def attempt(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """One try at a task; what came of it is said on the task's page."""
    row, group = _own_challenge(request, cycle, key, challenge)
    form = TryForm(spec_of(row), request.POST)
    if form.is_valid():
        person = me_in(access_of(request), group)
        try:
            made = actions.attempt(challenge=row, group=group, by=request.user, person=person, **form.sent())
        except GameError as refusal:
            messages.error(request, refusal.message)
        else:
            words = made.verdict or _("received; a verdict will follow")
            messages.success(request, _("Try %(number)d: %(verdict)s.") % {"number": made.number, "verdict": words})
    else:
        messages.error(request, _("Please fill in an answer."))
    return redirect("challenge", row.round.cycle.key, row.round.key, row.key)
