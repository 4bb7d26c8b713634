"""What was handed in: the receipt, what changed between two versions, which one counts, taking an entry back and bringing it back."""

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt as doing
from backend.accounts.pages.gate import seen, signed_in
from backend.api.permissions import access_of
from backend.web.answers import answered
from backend.web.pages.entering.shared import number_in, way_to
from games.challenges.queries import spec_of
from games.judging.queries.replies import uses_in
from games.permissions import visible
from games.submissions import actions
from games.submissions.models import Submission, Upload, Version
from games.submissions.queries import rules_of
from games.submissions.rules import EDITABLE, FieldDiff, diff_answers
from leaderboards.engine.numbers import from_scaled, text

DRAFT: Final = "draft"
WITH_ROUND: Final = "challenge__round__cycle__series"


def _own_or_read(request: HttpRequest, entry: Submission) -> bool:
    """Whether it is the person's own entry; 404 for everybody who neither owns nor organizes."""
    access = access_of(request)
    own = entry.group_id in access.groups
    if not own and not access.reads(entry.challenge.round.cycle_id):
        raise Http404
    return own


@never_cache
@signed_in
@require_safe
def receipt(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """What was handed in: version, hash, the server's time, and the answers."""
    rows = Version.objects.select_related(f"submission__{WITH_ROUND}", "submission__group", "by")
    version = seen(request, "version.view", rows, submission=pk, number=number)
    entry = version.submission
    own = _own_or_read(request, entry)
    spec = spec_of(entry.challenge)
    counts = entry.pinned_id == version.pk and entry.state not in {"withdrawn", "disqualified"}
    context = {
        "cycle": entry.challenge.round.cycle,
        "round": entry.challenge.round,
        "challenge": entry.challenge,
        "entry": entry,
        "version": version,
        "counts": counts,
        "numbers": _numbers(version),
        "uses": list(uses_in(version)),
        "answers": answered(spec.form, version.data, {one.pk: one for one in entry.uploads.all()}),
        "crumbs": way_to(entry.challenge, _("Version %(number)d") % {"number": version.number}),
        "own": own,
        "editable": own and entry.state in {one.value for one in EDITABLE},
    }
    return render(request, "entries/receipt.html", context)


def _numbers(version: Version) -> list[dict[str, str]]:
    """Numbers that scoring reads and the form does not ask: those that organizers set."""
    design, spec = rules_of(version.submission.challenge)
    asked, names = {field.key for field in spec.form}, {field.key: field.title for field in spec.fields}
    return [
        {"name": names.get(key, key), "value": text(from_scaled(value, design.mark_decimals))}
        for key, value in version.fields.items()
        if key not in asked
    ]


# --- What changed ---------------------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
@require_safe
def compare(request: HttpRequest, pk: int) -> HttpResponse:
    """What changed between any two versions, or between a version and the draft: field by field, word by word."""
    rows = Submission.objects.select_related(WITH_ROUND, "group", "draft_by")
    entry = seen(request, "submission.view", rows, pk=pk)
    own = _own_or_read(request, entry)
    versions = list(visible(access_of(request), "version.view", Version.objects.filter(submission=entry)).order_by("number"))
    if not versions:
        raise Http404
    before, after = _pair(request, versions, draft=own)
    was, now = _side(entry, versions, before), _side(entry, versions, after)
    fields = _fields(entry, was["data"], now["data"])
    context = {
        "cycle": entry.challenge.round.cycle,
        "round": entry.challenge.round,
        "challenge": entry.challenge,
        "entry": entry,
        "own": own,
        "before": was,
        "after": now,
        "choices": [_choice(one) for one in versions] + ([{"value": DRAFT, "label": _("the draft")}] if own else []),
        "fields": fields,
        "changed": sum(1 for one in fields if one["changed"]),
        "unchanged": ", ".join(one["name"] for one in fields if not one["changed"]),
        "between": [one for one in versions if _between(one, was["number"], now["number"]) and one.note],
        "crumbs": way_to(entry.challenge, _("What changed")),
    }
    return render(request, "entries/compare.html", context)


def _choice(version: Version) -> dict[str, Any]:
    return {"value": str(version.number), "label": _("version %(number)d") % {"number": version.number}, "at": version.at}


def _pair(request: HttpRequest, versions: list[Version], *, draft: bool) -> tuple[str, str]:
    """Which two were asked for; else the last two versions, or the only one and the draft."""
    known = {str(one.number) for one in versions} | ({DRAFT} if draft else set())
    last = str(versions[-1].number)
    usual = (str(versions[-2].number), last) if len(versions) > 1 else (last, DRAFT if draft else last)
    asked = request.GET.get("from", ""), request.GET.get("to", "")
    first, second = (one if one in known else fallback for one, fallback in zip(asked, usual, strict=True))
    return first, second


def _side(entry: Submission, versions: list[Version], which: str) -> dict[str, Any]:
    if which == DRAFT:
        at, by = entry.draft_saved_at, entry.draft_by
        return {
            "value": DRAFT,
            "number": versions[-1].number + 1,
            "data": entry.draft,
            "note": entry.draft_note,
            "at": at,
            "by": by,
        }
    found = next(one for one in versions if str(one.number) == which)
    return {"value": which, "number": found.number, "data": found.data, "note": found.note, "at": found.at, "by": None}


def _between(version: Version, first: int, second: int) -> bool:
    low, high = sorted((first, second))
    return low < version.number <= high


def _fields(entry: Submission, was: dict[str, Any], now: dict[str, Any]) -> list[dict[str, Any]]:
    """Each answer of the form with what changed; files are compared by what is in them and shown by their names."""
    spec = spec_of(entry.challenge)
    titles = {field.key: field.title for field in spec.form}
    file_keys = [field.key for field in spec.form if field.type.value == "file"]
    uploads = {one.pk: one for one in entry.uploads.all()} if file_keys else {}
    was, now = (_with_names(data, file_keys, uploads) for data in (was, now))
    diffs = diff_answers([field.key for field in spec.form], was, now)
    return [_field(one, titles) for one in diffs]


def _with_names(data: dict[str, Any], keys: list[str], uploads: dict[int, Upload]) -> dict[str, Any]:
    named = dict(data)
    for key in keys:
        upload = uploads.get(data.get(key, 0))
        if upload is not None:
            named[key] = f"{upload.name} ({upload.digest[:8]})"
    return named


def _field(diff: FieldDiff, titles: dict[str, str]) -> dict[str, Any]:
    return {
        "name": titles.get(diff.key, diff.key),
        "changed": diff.changed,
        "pieces": diff.pieces,
        "added": diff.added,
        "removed": diff.removed,
    }


# --- Which one counts -----------------------------------------------------------------------------------------------------------------


def _edited(request: HttpRequest, pk: int) -> Submission:
    return seen(request, "submission.edit", Submission.objects.select_related("challenge__round__cycle"), pk=pk)


def _back(entry: Submission) -> HttpResponse:
    round_ = entry.challenge.round
    return redirect("challenge", round_.cycle.key, round_.key, entry.challenge.key)


@signed_in
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an entry back, until the deadline. It stays in the record, and can be brought back."""
    entry = _edited(request, pk)
    if request.POST.get("sure") != "yes":
        messages.error(request, _("Tick the box to say that you are sure."))
    else:
        done = _("The entry is taken back and counts no more. Until the deadline you can bring it back.")
        doing(request, lambda: actions.withdraw(submission=entry, by=request.user), done)
    return _back(entry)


@signed_in
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Undo taking an entry back: the version that counted counts again."""
    entry = _edited(request, pk)
    done = _("The entry is back.") if entry.pinned_id is None else _("The entry is back, and counts again.")
    doing(request, lambda: actions.restore(submission=entry, by=request.user), done)
    return _back(entry)


@signed_in
@require_POST
def pin(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an earlier version count, until the deadline."""
    entry = _edited(request, pk)
    number = number_in(request.POST, "number")
    done = _("Version %(number)d counts now. The next version you hand in counts again by itself.") % {"number": number}
    doing(request, lambda: actions.pin(submission=entry, number=number, by=request.user), done)
    round_ = entry.challenge.round
    return redirect(reverse("entry", args=[round_.cycle.key, round_.key, entry.challenge.key]) + f"?entry={entry.number}")
