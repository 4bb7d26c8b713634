"""Out of the house and over again: export for whom, verify what was published, clone the rules into a new draft."""

from typing import Any, Final, cast

from django import forms
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import may, refuse, signed_in
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.settings import setting_tabs
from games.bundles.audience import Audience
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.errors import GameError
from games.journal.models import JournalEntry
from games.judging.models import Mark
from games.progression.actions.drafts import draft_cycle, draft_next
from games.progression.actions.succession import moved
from games.submissions.models import Attempt
from leaderboards.computing import is_statistical
from worker import desk as work

READERS: Final = (
    (Audience.PUBLIC.value, gettext_lazy("Everybody"), gettext_lazy("What is published; people under pseudonyms.")),
    (
        Audience.JUDGES.value,
        gettext_lazy("Judges"),
        gettext_lazy("What judges may know; blind rounds stay blind, without addresses."),
    ),
    (Audience.ORGANIZERS.value, gettext_lazy("Organizers"), gettext_lazy("Everything, with names and addresses: keep it safe.")),
)
SHOWN: Final = 40


class CloneForm(forms.Form):
    """A new draft with these rules."""

    what = forms.ChoiceField(
        label=gettext_lazy("What comes along"),
        choices=(
            ("next", gettext_lazy("The next cycle of the series: rules, and at the launch teams and judges")),
            ("rules", gettext_lazy("The rules alone, as a cycle of its own")),
        ),
        widget=forms.RadioSelect,
        initial="next",
    )
    start = forms.DateTimeField(
        label=gettext_lazy("Begins"),
        help_text=gettext_lazy("In UTC. All times move with it, by whole days of the wall clock. Empty: now."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        required=False,
    )


@never_cache
@signed_in
@require_safe
def keeping_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Export, verify, clone; with what came of the job asked for last."""
    found = organized(request, cycle)
    return _page(request, found, CloneForm())


def _page(request: HttpRequest, cycle: Cycle, form: CloneForm, status: int = 200) -> HttpResponse:
    job = work.look(request.GET.get("job", ""), cycle) if request.GET.get("job") else None
    launched = bool(cycle.design_number)
    context = {
        "tabs": setting_tabs(cycle, "keeping"),
        "readers": [{"key": key, "name": name, "text": text} for key, name, text in READERS],
        "job": job,
        "running": job is not None and not job.over,
        "verified": _verified(job),
        "exported": job if job and job.work == "export" and job.state == "done" else None,
        "launched": launched,
        "form": form if launched and may(request, "cycle.launch") and cycle.state != CycleState.CANCELLED.value else None,
        "clone": reverse("desk-clone", args=[cycle.key]),
    }
    return desk_page(request, "desk/keeping.html", cycle, "settings", context, title=_("Export, verify, clone"), status=status)


def _verified(job: work.Job | None) -> dict[str, Any] | None:
    """What was proved, in words."""
    if job is None or job.work != "verify" or job.state != "done":
        return None
    found = job.result
    words = {
        "snapshot digest": _("digests of published states follow from their rows and the digest before"),
        "snapshot row": _("rows published last were computed again from marks, entries and decisions"),
    }
    return {
        "holds": not found["differences"],
        "nothing": not found["total"],
        "equal": found["equal"],
        "total": found["total"],
        "proved": [f"{count} {words.get(kind, kind)}" for kind, count in sorted(found["compared"].items())],
        "left_out": found["left_out"],
        "differences": found["differences"][:SHOWN],
        "more": max(0, len(found["differences"]) - SHOWN),
        "reader": next((name for key, name, _text in READERS if key == found["audience"]), ""),
    }


def _little(cycle: Cycle, what: str) -> bool:
    """Whether it is done while the page is loading. Proving statistics again is for a worker."""
    if what == "verify" and is_statistical(design_of(cycle)):
        return False
    marks = Mark.objects.filter(sheet__challenge__round__cycle=cycle).count()
    return marks + Attempt.objects.filter(challenge__round__cycle=cycle).count() <= work.BIG


def _asked(request: HttpRequest, cycle: Cycle, what: str) -> work.Job:
    """The job for an audience that exists; the same while nothing has happened in the cycle."""
    audience = request.POST.get("for", "")
    if audience not in list(Audience) or not cycle.design_number:
        raise Http404
    last = JournalEntry.objects.filter(cycle_id=cycle.pk).order_by("-pk").values_list("pk", flat=True).first()
    key = f"{what}-{cycle.pk}-{audience}-{last}"
    if what == "verify":
        work.forget(key)
    return work.ask(what, cycle, audience, here=_little(cycle, what), key=key)


@signed_in
@require_POST
def export(request: HttpRequest, cycle: str) -> HttpResponse:
    """Write the zip: sent at once if it is small, else made ready by a worker."""
    found = organized(request, cycle)
    job = _asked(request, found, "export")
    if job.state == "done":
        return _sent(job)
    return redirect(f"{reverse('desk-keeping', args=[found.key])}?job={job.key}")


@signed_in
@require_POST
def verify(request: HttpRequest, cycle: str) -> HttpResponse:
    """Compute what would be exported and compare it with what was published."""
    found = organized(request, cycle)
    job = _asked(request, found, "verify")
    return redirect(f"{reverse('desk-keeping', args=[found.key])}?job={job.key}")


@never_cache
@signed_in
@require_safe
def export_file(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """The zip that was written."""
    found = organized(request, cycle)
    job = work.look(key, found)
    if job is None or job.work != "export" or job.state != "done":
        raise Http404
    return _sent(job)


def _sent(job: work.Job) -> HttpResponse:
    if not default_storage.exists(job.result["path"]):
        work.forget(job.key)
        raise Http404
    headers = {"X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"}
    file = default_storage.open(job.result["path"], "rb")
    answer: Any = FileResponse(
        file, as_attachment=True, filename=job.result["name"], content_type="application/zip", headers=headers
    )
    return cast("HttpResponse", answer)


@signed_in
@require_POST
def clone(request: HttpRequest, cycle: str) -> HttpResponse:
    """Begin a new draft with these rules, for whoever may launch cycles here."""
    found = organized(request, cycle)
    if not may(request, "cycle.launch") or not found.design_number:
        raise Http404
    form = CloneForm(request.POST)
    if form.is_valid():
        start = form.cleaned_data["start"]
        try:
            if form.cleaned_data["what"] == "next":
                new = draft_next(found, by=request.user, start=start)
            else:
                data = moved(design_of(found), start) if start else design_of(found).data()
                data["cycle"].pop("series", None)
                name = _("%(cycle)s, a copy") % {"cycle": found.name}
                new = draft_cycle(
                    data, by=request.user, key=f"{found.key[:56]}-copy", name=name, start=start, public=found.public
                )
        except GameError as refusal:
            refuse(form, refusal)
        else:
            return redirect(_written_at(new))
    return _page(request, found, form, status=422)


def _written_at(cycle: Cycle) -> str:
    """Where the rules of a draft are written."""
    for name in ("desk-rules", "draft", "cycle-desk"):
        try:
            return reverse(name, args=[cycle.key])
        except NoReverseMatch:
            continue
    return reverse("desk")
