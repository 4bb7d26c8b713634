"""A group's work and its marks, as far as they are published: scores and how they came about, entries, feedback, places, awards."""

from typing import Any

from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.answers import answered
from backend.web.explained import clock, explained
from backend.web.pages.cycle import boards_seen, crumbs_of, cycle_seen, tabs
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.queries import public_key
from games.judging.models import Mark, Sheet
from games.judging.rules import SheetState
from games.permissions import Access, visible
from games.playbooks.schema import Design
from games.recognition.models import Grant
from games.results.api.scores import without_judges
from games.results.models import ChallengeScore
from games.rounds.queries import rounds_of
from games.submissions.models import Attempt, Submission, Version
from games.submissions.queries import named_rows
from leaderboards.engine.numbers import from_scaled, text
from leaderboards.engine.words import challenge_rules
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC


@require_safe
def group_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Everything of a group that this person may see, round by round."""
    found = cycle_seen(request, cycle)
    access = access_of(request)
    row = visible(access, "group.view", Group.objects.filter(cycle=found, key=group)).select_related("organization").first()
    if row is None:
        raise Http404
    boards = list(boards_seen(access, found))
    grants = visible(access, "grant.view", Grant.objects.filter(cycle=found, group=row)).order_by("award")
    context = {
        "cycle": found,
        "group": row,
        "crumbs": crumbs_of(found, (_("Groups"), reverse("groups", args=[found.key])), row.name),
        "tabs": tabs(found, "groups", main=boards[0] if boards else None, access=access),
        "own": row.pk in access.groups,
        "facts": _facts(row),
        "grants": [
            {"title": one.name, "under": shapes.money(one.amount_cents, one.currency), "place": one.place} for one in grants
        ],
        "places": _places(access, boards, row),
        "rounds": _rounds(access, found, row),
    }
    return render(request, "entries/group.html", context)


def _facts(row: Group) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if row.organization:
        found.append({"name": _("From"), "value": row.organization.name})
    if row.division:
        found.append({"name": _("Division"), "value": row.division})
    found += [{"name": name.replace("_", " ").capitalize(), "value": value} for name, value in row.columns.items() if value]
    return found


def _places(access: Access, boards: list[Board], row: Group) -> list[dict[str, Any]]:
    """The group's place on each board in its last published state, and in the states before: one statement."""
    stored = visible(access, "snapshot.view", Snapshot.objects.filter(board__in=boards, audience=PUBLIC)).order_by("number")
    history: dict[int, list[dict[str, Any]]] = {}
    keys = {row.key} | ({public_key(row)} if row.pk in access.groups or access.reads(row.cycle_id) else set())
    for one in stored:
        line = next((line for line in one.rows if line["entry"] in keys and not line["line"]), None)
        if line is not None:
            history.setdefault(one.board_id, []).append({"number": one.number, "place": line["place"], "score": line["score"]})
    return [
        {"board": board, "now": history[board.pk][-1], "before": history[board.pk][:-1], "of": ""}
        for board in boards
        if board.pk in history
    ]


# --- Round by round -------------------------------------------------------------------------------------------------------------------


def _rounds(access: Access, cycle: Cycle, row: Group) -> list[dict[str, Any]]:
    """Rounds in which there is something to see of this group, each with its challenges."""
    rounds = {one.pk: one for one in rounds_of(cycle, access.now)}
    tasks = Challenge.objects.filter(round__cycle=cycle)
    found: dict[int, list[dict[str, Any]]] = {}
    parts = _parts(access, cycle, row)
    for task in visible(access, "challenge.view", tasks).order_by("round__number", "number", "pk"):
        task.round = rounds[task.round_id]
        shown = _challenge(task, parts, design_of(cycle, task.round.design_number))
        if shown is not None:
            found.setdefault(task.round_id, []).append(shown)
    return [
        {"round": rounds[pk], "badge": shapes.round_badge(rounds[pk]), "challenges": challenges}
        for pk, challenges in found.items()
    ]


def _parts(access: Access, cycle: Cycle, row: Group) -> dict[str, dict[int, Any]]:
    """What there is by challenge: scores, entries, feedback, attempts; one statement each, and one for versions and marks."""
    named = named_rows(access, "challenge__round")  # this page names the group, so a judge must not find a blind entry on it
    scores = visible(access, "score.view", ChallengeScore.objects.filter(group=row)).select_related("challenge")
    versions = Prefetch("versions", Version.objects.order_by("-number"))
    entries = visible(access, "submission.view", Submission.objects.filter(named, group=row)).select_related("pinned")
    sheets = visible(access, "sheet.view", Sheet.objects.filter(named, group=row, state=SheetState.FINAL.value))
    commented = Prefetch("marks", Mark.objects.exclude(comment=""), to_attr="commented")
    attempts = visible(access, "attempt.view", Attempt.objects.filter(group=row)).order_by("number")
    whole = access.reads(cycle.pk)
    parts: dict[str, dict[int, Any]] = {"score": {}, "entries": {}, "sheets": {}, "attempts": {}}
    for score in scores:
        if not whole:
            score.explanation = without_judges(score.explanation)
        parts["score"][score.challenge_id] = score
    for entry in entries.prefetch_related(versions, "uploads").order_by("number"):
        parts["entries"].setdefault(entry.challenge_id, []).append(entry)
    for sheet in sheets.prefetch_related(commented).order_by("panel", "pk"):
        parts["sheets"].setdefault(sheet.challenge_id, []).append(sheet)
    for attempt in attempts:
        parts["attempts"].setdefault(attempt.challenge_id, []).append(attempt)
    return parts


def _challenge(task: Challenge, parts: dict[str, dict[int, Any]], design: Design) -> dict[str, Any] | None:
    score = parts["score"].get(task.pk)
    entries, sheets = parts["entries"].get(task.pk, []), parts["sheets"].get(task.pk, [])
    attempts = parts["attempts"].get(task.pk, [])
    if score is None and not entries and not attempts:
        return None
    spec = spec_of(task)
    criteria = {one.key: one.title for one in spec.marked_criteria}
    return {
        "challenge": task,
        "score": score,
        "how": explained(spec, score.explanation, status=score.status) if score else None,
        "rules": challenge_rules(design, spec) if score else [],
        "entries": [_entry(spec, one) for one in entries if spec.form],
        "feedback": [
            {"comment": sheet.comment, "marks": [(criteria.get(m.criterion, m.criterion), m.comment) for m in sheet.commented]}
            for sheet in sheets
            if sheet.comment or sheet.commented
        ],
        "attempts": _attempts(attempts),
    }


def _entry(spec: Any, entry: Submission) -> dict[str, Any]:
    return {
        "entry": entry,
        "answers": answered(spec, entry.pinned.data, {one.pk: one for one in entry.uploads.all()}) if entry.pinned else [],
        "versions": list(entry.versions.all()),
    }


def _attempts(attempts: list[Attempt]) -> dict[str, Any] | None:
    if not attempts:
        return None
    columns = [
        {"label": _("Try"), "number": True},
        {"label": _("At")},
        {"label": _("Verdict")},
        {"label": _("Value"), "number": True},
    ]
    rows = [
        {
            "cells": [
                one.number,
                clock(one.elapsed_ms),
                one.verdict or _("waiting"),
                "" if one.value is None else text(from_scaled(one.value, 4)),
            ]
        }
        for one in attempts
    ]
    return {"columns": columns, "rows": rows}
