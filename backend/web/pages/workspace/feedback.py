"""How others saw our work: every score that is published, how it came about, what the judges wrote, and what we say to it."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, id_in, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.entering.shared import me_in
from backend.web.pages.groups import handed_in, rounds_of_group
from backend.web.pages.workspace.frame import framed, team_seen
from games.groups.models import Group
from games.judging.actions import feedback as said
from games.judging.models import FeedbackReply, Sheet
from games.judging.queries.feedback import feedback_sheets
from games.judging.queries.replies import Talk, judge_named_to_team, talks_of
from games.judging.rules import SheetState
from games.permissions import visible
from games.playbooks.rules import Capability
from games.submissions.models import Version
from games.submissions.queries import rules_of


@never_cache
@signed_in
@require_safe
def feedback_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Round by round, the newest first; beside each judge's words our thanks, our question, and what we did with them."""
    found = team_seen(request, cycle, group)
    access = access_of(request)
    versions = handed_in(access, found)
    rounds = rounds_of_group(access, found.cycle, found, versions=versions, said=False)
    voices = _voices(request, found, versions)
    for one in rounds:
        for part in one["challenges"]:
            part["voices"] = voices.get(part["challenge"].pk, [])
    context = framed(request, found, "team-feedback", _("Marks and feedback")) | {
        "published": [one for one in reversed(rounds) if one["round"].published_at],
        "waiting": [
            one["round"] for one in rounds if not one["round"].published_at and one["round"].state in {"locked", "closed"}
        ],
        "may_reply": found.pk in access.groups_with(Capability.SUBMIT),
    }
    return render(request, "workspace/feedback.html", context)


def _voices(request: HttpRequest, group: Group, versions: list[Version]) -> dict[int, list[dict[str, Any]]]:
    """Challenge → what each judge wrote, with what was said about it, and the group's `versions` since. Three statements."""
    rows = visible(access_of(request), "sheet.view", feedback_sheets(group)).select_related("challenge__round__cycle", "judge")
    sheets = list(rows.prefetch_related("marks"))
    seen_ = visible(access_of(request), "feedback_reply.view", FeedbackReply.objects.filter(sheet__in=sheets))
    talks = talks_of(seen_) if sheets else {}
    typed = request.session.pop(f"reply-{group.pk}", {})
    newest = sorted(versions, key=lambda one: (one.at, one.pk), reverse=True)
    found: dict[int, list[dict[str, Any]]] = {}
    for sheet in sheets:
        voices = found.setdefault(sheet.challenge_id, [])
        out = sheet.challenge.round.published_at
        later = [one for one in newest if out is not None and one.at >= out]
        voices.append(_voice(sheet, len(voices) + 1, talks.get(sheet.pk, Talk()), later, typed))
    return found


def _voice(sheet: Sheet, number: int, talk: Talk, versions: list[Version], typed: Mapping[str, Any]) -> dict[str, Any]:
    """What one judge wrote, and what can be said about it. The judge has a number here, or the name where the round names judges."""
    spec = rules_of(sheet.challenge)[1]
    whos = {one.key: one.who for one in spec.judges_panels}
    titles = {one.key: one.title for one in spec.marked_criteria}
    order = list(titles)
    remarks = sorted(
        (one for one in sheet.marks.all() if one.comment.strip() and one.criterion in titles),
        key=lambda one: order.index(one.criterion),
    )
    named = sheet.judge.name if judge_named_to_team(sheet) else ""
    label = _("A team, judge %(number)d") if whos.get(sheet.panel) == "peers" else _("Judge %(number)d")
    return {
        "sheet": sheet,
        "who": named or label % {"number": number},
        "named": named,
        "comment": sheet.comment,
        "remarks": [(titles[one.criterion], one.comment) for one in remarks],
        "talk": talk,
        "versions": versions,
        "typed": typed if typed.get("sheet") == sheet.pk else {},
    }


@signed_in
@require_POST
def reply(request: HttpRequest, cycle: str, group: str, pk: int) -> HttpResponse:
    """Thank a judge, ask one question, or say what was done with the feedback. What was typed comes back when it is refused."""
    found = team_seen(request, cycle, group)
    rows = Sheet.objects.filter(group=found, state=SheetState.FINAL.value).select_related("challenge__round__cycle", "group")
    sheet = seen(request, "sheet.reply", rows, pk=pk)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    acts = _acts(request, sheet, found, text)
    if kind not in acts:
        raise Http404
    act, done = acts[kind]
    if not attempt(request, act, done):
        request.session[f"reply-{found.pk}"] = {"sheet": sheet.pk, kind: text[:20_000]}
    return redirect(f"{reverse('team-feedback', args=[found.cycle.key, found.key])}#sheet-{sheet.pk}")


def _acts(request: HttpRequest, sheet: Sheet, group: Group, text: str) -> dict[str, tuple[Callable[[], object], str]]:
    by, person = me(request), me_in(access_of(request), group)

    def use() -> None:
        rows = Version.objects.filter(submission__group=group).select_related("submission")
        version = rows.filter(pk=id_in(request.POST.get("version", ""))).first()
        if version is None:
            messages.error(request, _("Choose a version."))
            raise Http404
        said.record_use(sheet=sheet, version=version, by=by, text=text, person=person)

    return {
        "thanks": (lambda: said.thank_judge(sheet=sheet, by=by, text=text, person=person), _("Your thanks are on their way.")),
        "question": (
            lambda: said.ask_judge(sheet=sheet, by=by, text=text, person=person),
            _("Your question is asked. The answer stands here, and you hear of it."),
        ),
        "used": (use, _("It stands beside the version now, for those who judge it.")),
    }
