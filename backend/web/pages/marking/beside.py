"""What stands beside a judge's own marks: those of the others as the round's rule lets them be seen, what the sheet said before, the calibration."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import F, Q
from django.http import HttpRequest
from django.utils.translation import gettext as _

from backend.api.permissions import access_of
from backend.web.calibrated import badge_of, called
from games.challenges.models import Challenge
from games.judging.models import Calibration, Sheet
from games.judging.queries.others import Before, Others, Said, before_of, others_on
from games.judging.rules import MarkState, SheetState
from games.permissions import visible
from leaderboards.engine.numbers import text
from leaderboards.engine.spec import Criterion


def beside(sheet: Any, criteria: Iterable[Criterion]) -> dict[str, Any]:
    """`sheet` from `with_facts`. No statement for a sheet that nobody opened again, in a round that shows no others' marks."""
    asked = list(criteria)
    reopened = sheet.revision > 1 and sheet.state != SheetState.ASSIGNED
    return {
        "others": _others(others_on(sheet), asked),
        "earlier": [_earlier(one, asked) for one in before_of(sheet)] if reopened else [],
        "calibration": _calibration(sheet),
    }


def shown(mark: Said | None) -> dict[str, str]:
    """A mark in a table: its value, or in words that there is none."""
    if mark is None:
        return {"value": "–", "comment": ""}
    none = _("no mark") if mark.state == MarkState.ABSENT else "–"
    return {"value": none if mark.value is None else text(mark.value), "comment": mark.comment}


def _others(found: Others, criteria: list[Criterion]) -> dict[str, Any]:
    return {
        "mode": found.mode,
        "shown": found.shown,
        "names": [called(one.who) for one in found.sheets],
        "rows": [{"name": one.title, "cells": [shown(sheet.marks.get(one.key)) for sheet in found.sheets]} for one in criteria],
        "words": [{"name": called(one.who), "text": one.comment} for one in found.sheets if one.comment],
    }


def _earlier(one: Before, criteria: list[Criterion]) -> dict[str, Any]:
    marks: Mapping[str, Said] = one.marks
    return {
        "row": one.row,
        "why": _("marked anew after the calibration") if one.row.reason == "calibration" else one.row.reason,
        "marks": [{"name": each.title, **shown(marks.get(each.key))} for each in criteria],
    }


def _calibration(sheet: Any) -> dict[str, Any] | None:
    """The calibration that this sheet belongs to or waits for."""
    if not sheet.calibration or (sheet.calibration == "done" and not sheet.anchor):
        return None
    rows = Calibration.objects.filter(challenge=sheet.challenge_id, panel=sheet.panel)
    pk = rows.values_list("pk", flat=True).first()
    final = sheet.state == SheetState.FINAL
    return {
        "pk": pk,
        "anchor": sheet.anchor,
        "state": sheet.calibration,
        "revisable": sheet.anchor and final and sheet.calibration == "discussing",
    }


def going_on(request: HttpRequest, challenges: Iterable[Challenge]) -> list[dict[str, Any]]:
    """Calibrations of one's panels that are not done, for the queue: {pk, challenge, badge, talks}. One statement."""
    known = {one.pk: one for one in challenges}
    rows = visible(access_of(request), "calibration.view", Calibration.objects.filter(challenge__in=known))
    mine = Q(challenge__panelists__person__in=sorted(access_of(request).persons), challenge__panelists__panel=F("panel"))
    return [
        {"pk": one.pk, "challenge": known[one.challenge_id], "badge": badge_of(one), "talks": one.state == "discussing"}
        for one in rows.filter(mine)
        .exclude(state="done")
        .distinct()
        .order_by("challenge__round__number", "challenge__number", "pk")
    ]


def earlier_on(sheet: Sheet, criteria: Iterable[Criterion]) -> list[dict[str, Any]]:
    """What a sheet said before, for organizers. One statement."""
    asked = list(criteria)
    return [_earlier(one, asked) for one in before_of(sheet)]
