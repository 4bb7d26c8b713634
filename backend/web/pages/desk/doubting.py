"""Second looks: marks far from the others, entries that may fall on either side of a line, and what is talked about."""

from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.certainty import DECIMALS
from backend.web.pages.desk.place import back, desk_page, organized
from backend.web.pages.desk.reading import third_shape
from backend.web.pages.desk.tying import tie_rows
from backend.web.pages.desk.ways import ways
from games.errors import GameError
from games.judging.actions.deliberating import open_deliberation
from games.judging.actions.reviewing import answer_review
from games.judging.models import MarkReview, Sheet
from games.judging.queries.talk import deliberations_of, reviews_of
from games.judging.rules import DeliberationState
from games.judging.third import Third, thirds_in
from games.organizations.models import Person
from games.results.doubts import Why
from games.results.queries.doubtful import Doubted, PanelDoubts, doubtful
from games.submissions.queries import rules_of
from leaderboards.engine.numbers import fixed

type Place = tuple[int, str, int]
"""Task, panel, group."""

SHOWN: Final = 30
REASONS: Final = {
    Why.LINE: gettext_lazy("could be on either side of the line"),
    Why.TIED: gettext_lazy("cannot be told apart from somebody across the line"),
    Why.APART: gettext_lazy("judges are far apart"),
    Why.FEW: gettext_lazy("fewer sheets than asked"),
}


@never_cache
@signed_in
@require_safe
def doubts_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What deserves another look before results are published: marks, entries, talks."""
    found = organized(request, cycle)
    talks = list(deliberations_of(found)[: 2 * SHOWN])
    open_ = [one for one in talks if one.state == DeliberationState.OPEN.value]
    open_on = {(one.challenge_id, one.panel, one.group_id or 0): one for one in open_}
    reviews = list(reviews_of(found)[: SHOWN + 1])
    listed = doubtful(found)
    thirds = thirds_in({one.challenge.pk for one in listed})
    context = {
        "ways": ways(found, "doubts"),
        "reviews": [_review(one) for one in reviews[:SHOWN]],
        "more_reviews": len(reviews) > SHOWN,
        "ties": tie_rows(found, talks),
        "panels": [_panel(one, open_on, thirds) for one in listed],
        "talks": talks,
        "typed": request.session.pop(f"doubts-{found.pk}", {}),
        "here": request.get_full_path(),
    }
    return desk_page(request, "desk/doubts.html", found, "judging", context, title=_("Second looks"))


def _review(one: MarkReview) -> dict[str, Any]:
    sheet = one.sheet
    spec = rules_of(sheet.challenge)[1]
    titles = {each.key: each.title for each in spec.marked_criteria}
    return {
        "review": one,
        "sheet": sheet,
        "where": titles.get(one.criterion, one.criterion) if one.criterion else _("the whole sheet"),
        "distance": f"{abs(one.distance) / 100:.1f}",
        "above": one.distance > 0,
    }


def _panel(found: PanelDoubts, open_on: dict[Place, Any], thirds: dict[Place, Third]) -> dict[str, Any]:
    task, cycle = found.challenge, found.challenge.round.cycle.key
    places = [((task.pk, found.panel, one.group.pk), one) for one in found.entries[:SHOWN]]
    rows = [_doubt(one, open_on.get(at), third_shape(thirds.get(at), cycle)) for at, one in places]
    return {
        "challenge": found.challenge,
        "panel": found.panel,
        "whole": found.whole,
        "count": len(found.entries),
        "rows": rows,
        "more": max(0, len(found.entries) - SHOWN),
        "says": ngettext(
            "%(count)d entry deserves another look, of %(whole)d",
            "%(count)d entries deserve another look, of %(whole)d",
            len(found.entries),
        )
        % {"count": len(found.entries), "whole": found.whole},
    }


def _doubt(one: Doubted, talk: Any, third: dict[str, Any] | None) -> dict[str, Any]:
    line = one.doubt.line
    return {
        "group": one.group,
        "place": one.judged.place,
        "interval": (one.judged.low, one.judged.high) if one.judged.low != one.judged.high else None,
        "score": one.values.get("adjusted") or one.values.get("raw"),
        "spread": fixed(one.judged.spread, DECIMALS) if one.judged.spread is not None else "",
        "sheets": one.judged.sheets,
        "reasons": [REASONS[why] for why in one.doubt.reasons],
        "line": line,
        "talk": talk,
        "sheet": one.sheet,
        "third": third,
    }


@signed_in
@require_POST
def deliberate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let those who judge an entry talk about it. `pk` is one of its sheets."""
    rows = Sheet.objects.select_related("challenge__round__cycle", "group")
    sheet = seen(request, "sheet.deliberate", rows, pk=pk)
    why = str(request.POST.get("why", ""))[:20_000]
    try:
        begun = open_deliberation(challenge=sheet.challenge, panel=sheet.panel, group=sheet.group, why=why, by=me(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
        request.session[f"doubts-{sheet.challenge.round.cycle_id}"] = {"sheet": sheet.pk, "why": why}
        return back(request, reverse("queue"))
    messages.success(request, _("Those who judge this entry are told, and can talk about it here."))
    return redirect("deliberation", pk=begun.pk)


@signed_in
@require_POST
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """A human has looked at a mark: it stands, or its judge is asked to look again."""
    rows = MarkReview.objects.select_related("sheet__challenge__round__cycle")
    review = seen(request, "review.answer", rows, pk=pk)
    cycle = review.sheet.challenge.round.cycle
    words = str(request.POST.get("answer", ""))[:20_000]
    again = request.POST.get("do") == "reopen"
    person = Person.objects.filter(pk__in=sorted(access_of(request).persons)).order_by("pk").first()
    done = _("The judge is asked to look again; the sheet is open.") if again else _("The mark stands.")
    fine = attempt(
        request, lambda: answer_review(review=review, changed=again, answer=words, by=me(request), person=person), done
    )
    if not fine:
        request.session[f"doubts-{cycle.pk}"] = {"review": review.pk, "answer": words}
    return back(request, reverse("desk-doubts", args=[cycle.key]))
