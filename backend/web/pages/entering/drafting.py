"""What the editor's scripts ask for while somebody writes: save the draft, send a file, who else writes, how it will look.

Everything here also works by the plain form of the page; these answers only spare the reload. Faults are JSON {code, message}.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.api.permissions import access_of
from backend.web.pages.entering.shared import base_of, entry_of, form_of, fresh, me_in, opened, own_challenge, saved_state
from backend.web.pages.entering.using import keep_uses, uses_written
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.challenges.text import rendered
from games.errors import GameError
from games.groups.models import Group
from games.groups.queries import members
from games.organizations.models import Person
from games.submissions import actions
from games.submissions.models import Submission, Upload
from games.submissions.queries import files_in
from games.submissions.rules import FileRefused, StaleDraft

HERE_FOR: Final = 45  # seconds that somebody counts as writing after their page was heard of
FORM_OVERHEAD: Final = 64 * 1024
MOST_PREVIEWED: Final = 200_000


def for_scripts(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Answer scripts in JSON also when nobody is signed in any more, or when the game refuses."""

    @wraps(page)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return JsonResponse({"code": "signed_out", "message": _("You are signed out.")}, status=401)
        try:
            return page(request, *args, **kwargs)
        except GameError as refusal:
            return JsonResponse({"code": refusal.code, "message": refusal.message}, status=refusal.status)
        except RequestDataTooBig:
            return JsonResponse({"code": "too_large", "message": _("This is more than can be taken at once.")}, status=413)

    return inner


@never_cache
@require_POST
@for_scripts
def draft(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Save what is written so far. If somebody saved meanwhile (409 stale_draft) the answer carries what they wrote."""
    row, group = own_challenge(request, cycle, key, challenge)
    entry = entry_of(request, row, group)
    form = form_of(request, row, entry)
    form.is_valid()  # a draft may be faulty: what cannot be read is left out, and stays in the browser
    person = me_in(access_of(request), group)
    entry = entry or opened(request, row, group, person)
    try:
        saved = actions.save_draft(
            submission=entry, data=form.answers(), note=form.note, by=request.user, person=person, **base_of(request)
        )
    except StaleDraft as refusal:
        theirs = fresh(entry)
        written = _written(theirs) | {"used": uses_written(group, row)}
        answer = {"code": refusal.code, "message": refusal.message, "theirs": saved_state(theirs) | written}
        return JsonResponse(answer, status=refusal.status)
    keep_uses(request, row, group, person)
    return JsonResponse(saved_state(saved))


def _written(entry: Submission) -> dict[str, Any]:
    """The draft, by the names of the form's controls: texts, lists of choices, {id, name} of a file."""
    spec = spec_of(entry.challenge)
    used = files_in(entry.draft, spec)
    names = dict(Upload.objects.filter(submission=entry, pk__in=used).values_list("pk", "name")) if used else {}
    files = {one.key for one in spec.form if one.type.value == "file"}
    values: dict[str, Any] = {}
    for field in spec.form:
        value = entry.draft.get(field.key)
        if field.key in files:
            values[field.key] = {"id": value, "name": names.get(value, "")} if value in names else None
        else:
            values[field.key] = value if isinstance(value, list) else "" if value is None else str(value)
    return {"values": values, "note": entry.draft_note}


@never_cache
@require_POST
@for_scripts
def files(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Take one file for a field of the form. It belongs to the draft once the draft is saved with its id."""
    row, group = own_challenge(request, cycle, key, challenge)
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MAX_BYTES + FORM_OVERHEAD:
        msg = _("A file may have at most %(most)d bytes.") % {"most": settings.UPLOAD_MAX_BYTES}
        raise FileRefused(msg, where="file")
    file = request.FILES.get("file")
    if file is None:
        msg = _("No file arrived.")
        raise FileRefused(msg, where="file")
    person = me_in(access_of(request), group)
    entry = opened(request, row, group, person)
    kept = actions.upload(submission=entry, field=request.POST.get("field", ""), file=file, by=request.user, person=person)
    return JsonResponse({"id": kept.pk, "name": kept.name, "size": kept.size, "entry": entry.number}, status=201)


@never_cache
@require_safe
@for_scripts
def pulse(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Whether the draft is still the one that the page knows, and who else has it open."""
    row, group = own_challenge(request, cycle, key, challenge)
    entry = entry_of(request, row, group)
    state = saved_state(entry) if entry else {"entry": None, "base": "", "by": "", "state": ""}
    return JsonResponse(state | {"others": _others(request, row, group, entry)})


def _others(request: HttpRequest, row: Challenge, group: Group, entry: Submission | None) -> list[str]:
    """Names of the other members who were heard of a moment ago. Kept in the cache alone: it is nobody's record."""
    place = f"writing:{row.pk}:{group.pk}:{entry.number if entry else 'new'}"
    mine = access_of(request).persons
    people: list[Person] = [one.person for one in members(group)]
    for person in people:
        if person.pk in mine:
            cache.set(f"{place}:{person.pk}", 1, HERE_FOR)
    here = cache.get_many([f"{place}:{person.pk}" for person in people if person.pk not in mine])
    return [person.name for person in people if f"{place}:{person.pk}" in here]


@never_cache
@require_POST
@for_scripts
def preview(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """A text as readers will see it."""
    own_challenge(request, cycle, key, challenge)
    return HttpResponse(rendered(request.POST.get("text", "")[:MOST_PREVIEWED]))
