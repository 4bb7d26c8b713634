"""Words for the teams on a judge's desk: what a round promises, words added to final sheets, what teams say back."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.marking.lists import PAGE, line, mine, said_to, tabs
from backend.web.pages.marking.offline import facts
from backend.web.paging import page_of, place_of
from games.cycles.rules import CycleState
from games.errors import GameError
from games.judging.actions import feedback as said
from games.judging.models import FeedbackReply, Sheet
from games.judging.queries import judgeable, progress_by_task, to_mark
from games.judging.queries.feedback import promise_in, said_by_others
from games.judging.queries.others import judges_named
from games.judging.queries.replies import Talk, judge_named_to_team, talks_of, unanswered, uses_in
from games.judging.rules import SheetState
from games.judging.rules.feedback import Promise, is_said, promised_criteria
from games.permissions import visible
from games.submissions.queries import is_blind, rules_of
from leaderboards.engine.spec import Criterion

OVER: Final = {CycleState.CLOSED.value, CycleState.CANCELLED.value}


def words_on(request: HttpRequest, sheet: Any, asked: Sequence[Criterion], kept: Mapping[str, str]) -> dict[str, Any]:
    """What a sheet's page says about words for the team: the promise, and where words can still be added. `sheet` of `with_facts`."""
    promise = promise_of_sheet(sheet, sheet.version_id or sheet.judged)
    typed = request.session.pop(f"words-{sheet.pk}", {})
    return {"promise": promise, "words_form": open_words(sheet, asked, kept, promise["each"]), "typed_words": typed}


def promise_of_sheet(sheet: Sheet, version: int | None) -> dict[str, Any]:
    """What a sheet's page shows of the promise: `each` (keys of criteria), `whole` (on the entry), `named`, and how the team used feedback."""
    round_, spec = sheet.challenge.round, rules_of(sheet.challenge)[1]
    promise = promise_in(round_)
    each = [one.key for one in promised_criteria(spec, sheet.panel)] if promise is Promise.CRITERION else []
    whos = {one.key: one.who for one in spec.judges_panels}
    return {
        "each": each,
        "whole": promise is Promise.ENTRY,
        "peers": whos.get(sheet.panel) == "peers",
        "named": judges_named(round_) and whos.get(sheet.panel) == "judges",
        # while it is judged blind nothing: what was said before is known by name
        "uses": list(uses_in(version)) if version is not None and not is_blind(round_) else [],
    }


def open_words(sheet: Sheet, asked: Sequence[Criterion], kept: Mapping[str, str], each: Sequence[str]) -> dict[str, Any] | None:
    """Where words can still be added to a final sheet; None if nowhere. `owed`: promised, and nobody has written any yet."""
    if sheet.state != SheetState.FINAL or sheet.challenge.round.cycle.state in OVER:
        return None
    blank = [one for one in asked if not is_said(kept.get(f"remark-{one.key}", ""))]
    comment = not is_said(sheet.comment)
    if not blank and not comment:
        return None
    wanted = {one.key for one in blank} & set(each)
    owed = wanted - said_by_others(sheet) if wanted else set()
    return {
        "blank": [{"key": one.key, "name": one.title, "owed": one.key in owed} for one in blank],
        "comment": comment,
        "owed": [one.title for one in blank if one.key in owed],
    }


def warn_of_owed(request: HttpRequest, sheet: Sheet) -> None:
    """After finalizing: on which criteria words are promised and nobody has written any."""
    owed: Sequence[Criterion] = getattr(sheet, "words_owed", ())
    if owed:
        names = ", ".join(one.title for one in owed)
        messages.warning(
            request,
            _("Words for the team are still promised on: %(names)s. Open the sheet under “Past” to write them; your marks stay.")
            % {"names": names},
        )


@signed_in
@require_POST
def add_words(request: HttpRequest, pk: int) -> HttpResponse:
    """Add words to one's own final sheet, where there are none. What was typed comes back with what is wrong with it."""
    rows = judgeable(Sheet.objects.select_related("challenge__round__cycle", "judge", "group"))
    sheet = seen(request, "sheet.mark", rows, pk=pk)
    typed = request.POST.dict()
    remarks = {key.removeprefix("remark-"): str(text) for key, text in typed.items() if key.startswith("remark-")}
    try:
        said.add_words(sheet=sheet, by=request.user, comment=request.POST.get("comment", ""), remarks=remarks)
    except GameError as refusal:
        messages.error(request, refusal.message)
        request.session[f"words-{sheet.pk}"] = {
            key: text[:20_000] for key, text in request.POST.items() if key != "csrfmiddlewaretoken"
        }
    else:
        messages.success(request, _("Your words are added. The team reads them once results are published."))
    return redirect(f"{reverse('sheet', args=[sheet.pk])}#words")


# --- What teams say ---------------------------------------------------------------------------------------------------------------------


@never_cache
@signed_in
@require_safe
def from_teams(request: HttpRequest) -> HttpResponse:
    """Thanks, questions and what teams did with this judge's feedback: what waits for an answer first, then the latest."""
    sheets = mine(request)
    ids = list(sheets.filter(pk__in=said_to(request).values("sheet")).order_by("-pk").values_list("pk", flat=True))
    waiting = set(said_to(request).filter(unanswered()).values_list("sheet_id", flat=True))
    order = sorted(ids, key=lambda pk: (pk not in waiting, -pk))
    page = page_of(request, order, PAGE, holding=place_of(request, "sheet", order))
    shown = list(page)
    talks = talks_of(visible(access_of(request), "feedback_reply.view", FeedbackReply.objects.filter(sheet__in=shown)))
    rows = {one.pk: one for one in to_mark(Sheet.objects.filter(pk__in=shown)).prefetch_related("marks")}
    typed = request.session.pop("answer", {})
    context = {
        "lines": [_line(request, rows[pk], talks.get(pk, Talk()), typed) for pk in shown if pk in rows],
        "page": page,
        "tabs": tabs("from-teams", progress_by_task(sheets), questions=len(waiting)),
        "facts": facts(request, []),
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), (_("My sheets"), reverse("queue")), _("From teams")),
    }
    return render(request, "judging/from_teams.html", context)


def _line(request: HttpRequest, sheet: Sheet, talk: Talk, typed: Mapping[str, Any]) -> dict[str, Any]:
    """One sheet with what was said about it; an answer that was refused is still there."""
    titles = {one.key: one.title for one in rules_of(sheet.challenge)[1].marked_criteria}
    remarks = [(titles.get(one.criterion, one.criterion), one.comment) for one in sheet.marks.all() if is_said(one.comment)]
    return line(request, sheet) | {
        "talk": talk,
        "remarks": remarks,
        "named": judge_named_to_team(sheet),
        "typed": typed.get("text", "") if typed.get("sheet") == sheet.pk else "",
    }


@signed_in
@require_POST
def answer_team(request: HttpRequest, pk: int) -> HttpResponse:
    """Answer the one question of a team."""
    rows = judgeable(Sheet.objects.select_related("challenge__round__cycle", "group"))
    sheet, text = seen(request, "sheet.mark", rows, pk=pk), request.POST.get("text", "")
    done = _("Your answer is with the team.")
    if not attempt(request, lambda: said.answer_question(sheet=sheet, by=request.user, text=text), done):
        request.session["answer"] = {"sheet": sheet.pk, "text": text[:20_000]}
    return redirect(f"{reverse('from-teams')}?sheet={sheet.pk}#sheet-{sheet.pk}")
