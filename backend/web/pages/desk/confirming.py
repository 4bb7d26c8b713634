"""Publish, confirmed: what will happen in words, the run step by step, and how far anything is that a page of the desk waits for."""

from typing import Any, Final

from django.contrib import messages
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.rounds import SHOWS, round_seen
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups.models import Group
from games.groups.rules import GroupState
from games.journal.queries import db_now
from games.notices.queries import members_of
from games.permissions import visible
from games.playbooks.rules import Visibility
from games.playbooks.schema import Design
from games.progression.rules import decided_after
from games.results.actions import request_settle
from games.results.models import RecomputeRun
from games.results.queries.planning import boards_to_publish
from games.results.queries.preview import Preview, missing
from games.results.rules import OPEN, RunKind, RunState, Step, steps_of
from games.rounds.models import Entrant, Extension, Round
from leaderboards.models import Snapshot
from leaderboards.queries import PUBLIC
from worker import desk as work

STEPS: Final = {
    Step.LOCK: gettext_lazy("Entries are locked"),
    Step.RESULTS: gettext_lazy("Scores are computed"),
    Step.STANDINGS: gettext_lazy("Boards are brought up to date, and compared with what you saw"),
    Step.SNAPSHOT: gettext_lazy("The boards are published"),
    Step.AWARDS: gettext_lazy("Awards are nominated"),
    Step.CUT: gettext_lazy("Who goes on is written down"),
    Step.NOTIFY: gettext_lazy("People are told"),
}


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def publish_confirm(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """Says what publishing will do, and does it when confirmed. In a dialog where there is script, else a page of its own."""
    found = organized(request, cycle)
    round_ = round_seen(request, found, key)
    job = work.kept_preview(round_, missing(round_)) if round_.state != "planned" else None
    if job is None or job.state != "done":
        return redirect("desk-publish-round", found.key, round_.key)
    shown: Preview = job.result
    context = {
        "round": round_,
        "preview": shown,
        "will": _will(found, round_, shown),
        "correction": round_.published_at is not None,
        "reason": request.POST.get("reason", ""),
        "error": "",
    }
    if request.method == "POST":
        answer = _publish(request, found, round_, context)
        if answer is not None:
            return answer
    status = 422 if context["error"] else 200
    if request.headers.get("HX-Request"):
        return render(request, "desk/publish_confirm.html", context | {"cycle": found, "dialog": True})
    title = _("Publish %(round)s") % {"round": round_.name}
    return desk_page(request, "desk/publish_confirm_page.html", found, "publish", context, title=title, status=status)


def _publish(request: HttpRequest, cycle: Cycle, round_: Round, context: dict[str, Any]) -> HttpResponse | None:
    """Ask for the run; None if that was refused, with the reason in the context."""
    reason = request.POST.get("reason", "").strip()
    expected = request.POST.get("expected", "")
    if context["correction"] and not reason:
        context["error"] = _("A correction needs a reason: everybody reads it beside the new version.")
        return None
    here = reverse("desk-publish-round", args=[cycle.key, round_.key])
    if expected != context["preview"].digest:
        text = _("Something has changed since you looked: please look at the preview again. Nothing was published.")
        messages.warning(request, text)
        return redirect(here)
    try:
        run = request_settle(round_, by=request.user, reason=reason, publish=True, expected=expected)
    except GameError as refusal:
        context["error"] = refusal.message
        return None
    return redirect(f"{here}?run={run.pk}")


def _will(cycle: Cycle, round_: Round, found: Preview) -> list[str]:
    """What publishing does, in words."""
    design = design_of(cycle)
    versions = [_("%(board)s (version %(number)d)") % {"board": one.name, "number": one.before + 1} for one in found.boards]
    said = [_("Published, never to change again: %(boards)s.") % {"boards": ", ".join(versions)}]
    said += (
        _told(cycle, round_)
        if found.first
        else [_("Nobody gets a mail. The new version stands on the boards with your reason; the versions before stay readable.")]
    )
    said += [_goes_on(design, key, groups) for key, groups in found.entrants.items()]
    winners = sum(len(plan["winners"]) for plan in found.awards)
    if winners:
        text = ngettext(
            "%(count)d award is nominated. Nobody else sees it until you grant it.",
            "%(count)d awards are nominated. Nobody else sees them until you grant them.",
            winners,
        )
        said.append(text % {"count": winners})
    said.append(_("The decisions behind these results can be read by everybody, with their reasons."))
    return said + _too_early(round_, found)


def _told(cycle: Cycle, round_: Round) -> list[str]:
    """Who reads what from then on, and who gets news of it."""
    spec = design_of(cycle, round_.design_number).round(round_.key)
    people = members_of(_in(round_).values_list("pk", flat=True)).count()
    told = ngettext(
        "%(people)d person with an account is told, on their page and by mail as they wish.",
        "%(people)d people with an account are told, on their page and by mail as they wish.",
        people,
    )
    return [
        str(SHOWS[Visibility(spec.visibility.value if spec else round_.visibility)]),
        _("Every team reads its marks and its written feedback."),
        told % {"people": people},
    ]


def _in(round_: Round) -> QuerySet[Group]:
    """The groups of a round: those on its list, or all that take part where there is none. To be used as a subquery."""
    listed = Entrant.objects.filter(round=round_)
    return Group.objects.filter(
        Exists(listed.filter(group=OuterRef("pk"))) | (Q(state=GroupState.ACTIVE.value) & ~Exists(listed)), cycle=round_.cycle_id
    )


def _too_early(round_: Round, found: Preview) -> list[str]:
    """A group that still has time: the run would be refused."""
    if not found.first or round_.closed_at is not None or round_.ends_at is None:
        return []
    until = Extension.objects.filter(round=round_, until__gt=db_now()).order_by("-until").values_list("until", flat=True).first()
    if until is None:
        return []
    return [
        _("But a team has more time until %(until)s UTC: before that, publishing is refused.")
        % {"until": f"{until:%Y-%m-%d %H:%M}"}
    ]


def _goes_on(design: Design, key: str, groups: list[str]) -> str:
    spec = design.round(key)
    text = ngettext("%(count)d team goes on to %(round)s.", "%(count)d teams go on to %(round)s.", len(groups))
    return text % {"count": len(groups), "round": spec.title if spec else key}


@never_cache
@signed_in
@require_safe
def run_progress(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """How far a run is: asked for by the page every second until it is over."""
    found = organized(request, cycle)
    rows = visible(access_of(request), "run.view", RecomputeRun.objects.filter(cycle=found, pk=pk, round__isnull=False))
    run = rows.select_related("round").first()
    if run is None or run.round is None:
        raise Http404
    return render(request, "desk/publish_run.html", {"cycle": found, "round": run.round} | run_shape(found, run.round, run))


def run_shape(cycle: Cycle, round_: Round, run: RecomputeRun) -> dict[str, Any]:
    """The steps of a run with where it is, and what came of it."""
    steps = steps_of(RunKind(run.kind), publish=run.publish)
    at = len(steps) if run.state == RunState.DONE.value else steps.index(Step(run.step))
    listed = [
        {"label": STEPS[one], "state": "done" if number < at else "now" if number == at else "next"}
        for number, one in enumerate(steps)
    ]
    if run.state == RunState.FAILED.value and at < len(listed):
        listed[at]["state"] = "failed"
    done = run.state == RunState.DONE.value
    return {
        "run": run,
        "steps": listed,
        "over": run.state not in OPEN,
        "published": _published(cycle, round_) if done else [],
        "entrants": _entered(cycle, round_, run) if done else [],
        "nominated": sum(len(one["winners"]) for one in run.plan.get("awards", [])) if done else 0,
    }


def _entered(cycle: Cycle, round_: Round, run: RecomputeRun) -> list[dict[str, Any]]:
    """The rounds whose field was settled, with how many go on."""
    design = design_of(cycle)
    listed = []
    for key in decided_after(design, round_.key):
        spec = design.round(key)
        if key in run.plan.get("entrants", {}):
            listed.append({"name": spec.title if spec else key, "count": len(run.plan["entrants"][key])})
    return listed


def _published(cycle: Cycle, round_: Round) -> list[dict[str, Any]]:
    """The boards as they are published now, with their version, in one statement."""
    found: dict[int, dict[str, Any]] = {}
    boards = boards_to_publish(cycle, round_.key)
    rows = Snapshot.objects.filter(board__in=boards, audience=PUBLIC).defer("rows").select_related("board")
    for one in rows.order_by("board__number", "number"):
        url = reverse("snapshot", args=[cycle.key, one.board.key, one.number])
        found[one.board_id] = {"name": one.board.name, "number": one.number, "url": url, "digest": one.digest}
    return list(found.values())


@never_cache
@signed_in
@require_safe
def job_progress(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """How far something is that the page waits for; when it is over, the page is asked for again."""
    found = organized(request, cycle)
    job = work.look(key, found)
    if job is None:
        raise Http404
    answer = render(request, "desk/job.html", {"cycle": found, "job": job})
    if job.over:
        answer["HX-Refresh"] = "true"
    return answer
