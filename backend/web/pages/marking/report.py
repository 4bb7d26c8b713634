"""A judge reads how they mark: beside the others on the same entries, kindly, once the results are out."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web.geometry.intervals import offset_bar, reach_of
from backend.web.pages.certainty import DECIMALS, signed
from backend.web.pages.marking.lists import mine, tabs
from games.judging.models import Panelist
from games.judging.queries import progress_by_task
from games.permissions import visible
from games.results.models import PanelAnalysis
from games.results.queries.analysis import JudgeAnalysis, reports_on
from leaderboards.engine.numbers import fixed

LED: Final = 40
CLEAR: Final = 2  # standard errors: what is nearer to zero may be chance


@never_cache
@signed_in
@require_safe
def report_page(request: HttpRequest) -> HttpResponse:
    """Every panel on which this person judged and whose results are out."""
    sheets = mine(request)
    panels = [{"challenge": one.challenge, "panel": one.panel, **report(one.judge, one.everybody)} for one in reports_on(sheets)]
    context = {"tabs": tabs("judge-report", progress_by_task(sheets)), "panels": panels, "led": _led(request)}
    return render(request, "judging/report.html", context)


def _led(request: HttpRequest) -> list[PanelAnalysis]:
    """The panels that this person chairs, whose judges they read one by one. One statement."""
    access = access_of(request)
    mine = Panelist.objects.filter(
        challenge=OuterRef("challenge"), panel=OuterRef("panel"), person__in=sorted(access.persons), chair=True, left_at=None
    )
    rows = visible(access, "analysis.view", PanelAnalysis.objects.filter(Exists(mine), challenge__format="rubric"))
    return list(rows.defer("body", "shown").select_related("challenge__round__cycle").order_by("-computed_at", "pk")[:LED])


def report(one: JudgeAnalysis, everybody: Sequence[JudgeAnalysis]) -> dict[str, Any]:
    """One judge's line with what it means in plain words; `everybody`: the panel, for the scale."""
    reach = reach_of([(each.offset, CLEAR * (each.error or Fraction(0))) for each in everybody])
    half = CLEAR * (one.error or Fraction(0))
    return {
        "sheets": one.sheets,
        "offset": signed(one.offset),
        "error": "" if one.error is None else fixed(one.error, DECIMALS),
        "bar": offset_bar(one.offset, half, reach=reach),
        "says": [_severity(one, half), *_manner(one)],
    }


def _severity(one: JudgeAnalysis, half: Fraction) -> str:
    value = fixed(abs(one.offset), DECIMALS)
    if abs(one.offset) <= half or not value.strip("0."):
        return _("You mark about as the others do on the same entries.")
    if one.offset > 0:
        return _("You mark about %(value)s higher than the others on the same entries. That is a style, not a fault.") % {
            "value": value
        }
    return _("You mark about %(value)s lower than the others on the same entries. That is a style, not a fault.") % {
        "value": value
    }


def _manner(one: JudgeAnalysis) -> list[str]:
    words = {
        "few": _("You had few sheets here, so all of this may be chance."),
        "unpredictable": _(
            "Your marks differ from the others' now this way, now that: perhaps you look at something they do not. Worth a talk."
        ),
        "predictable": _("Your marks are very close to the others'."),
        "constant": _("You gave every entry nearly the same: the marks cannot tell them apart."),
        "central": _("You use a small part of the scale: its ends are there to be used."),
        "halo": _(
            "Your marks on different criteria go together closely: it may help to mark one criterion over all entries at a time."
        ),
    }
    return [words[flag] for flag in one.flags if flag in words]
