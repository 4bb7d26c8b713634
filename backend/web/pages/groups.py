"""A group's work and its marks, as far as they are published: scores and how they came about, entries, feedback, places, awards."""

from itertools import count
from operator import itemgetter
from typing import Any

from django.db.models import BigIntegerField, CharField, FilteredRelation, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.answers import answered
from backend.web.explained import clock, explained
from backend.web.pages.cycle import crumbs_of
from backend.web.pages.playing import badges_shown
from backend.web.pages.talk.heeding import told_of_group
from backend.web.partners import partnership_shape
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.credentials.models import Credential
from games.credentials.rules import CredentialState, SourceKind
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.queries import public_key
from games.judging.models import Sheet
from games.judging.rules import SheetState
from games.partnerships.queries import AGREED, partnerships_of, with_their_partners
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.playbooks.schema import ChallengeDesign, Design
from games.recognition.models import EarnedBadge, Grant
from games.recognition.queries.badges import badges_in
from games.results.api.scores import without_judges
from games.results.models import ChallengeScore
from games.rounds.models import Round
from games.rounds.queries import timed
from games.submissions.models import Attempt, Upload, Version
from games.submissions.queries import eyes, files_in, named_rows
from games.submissions.rules.answers import HINT, SPECIAL
from leaderboards.engine.numbers import from_scaled, text
from leaderboards.engine.spec import LIVE_FORMATS
from leaderboards.engine.words import challenge_rules
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC
from leaderboards.slices import FirstLine


@require_safe
def group_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Everything of a group that this person may see, round by round."""
    access = access_of(request)
    rows = Group.objects.filter(cycle__key=cycle, key=group).select_related(
        "organization", "merged_into", "cycle__series", "cycle__organization"
    )
    rows = rows.annotate(**told_of_group(access))
    row = visible(access, "group.view", rows.filter(cycle__in=visible(access, "cycle.view", Cycle.objects.all()))).first()
    if row is None:
        raise Http404
    found = row.cycle
    grants, earned = _honours(access, row)
    context = {
        "cycle": found,
        "group": row,
        "crumbs": crumbs_of(found, (_("Teams"), reverse("groups", args=[found.key])), row.name),
        "own": row.pk in access.groups,
        "here": found.pk in access.member_of,
        "builds": access.organizes(found.pk) or (found.pk in access.member_of and bool(access.groups_with(Capability.SUBMIT))),
        "facts": _facts(row),
        "together": together_of(access, row),
        "grants": grants,
        "earned": earned,
        "places": _places(access, row),
        "rounds": rounds_of_group(access, found, row),
    }
    return render(request, "entries/group.html", context)


def _honours(access: Access, row: Group) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The group's awards and its badges, as far as this person may see them, each with its credential. One statement for both."""
    grants = visible(access, "grant.view", Grant.objects.filter(cycle=row.cycle, group=row)).order_by()
    badges = visible(access, "earned_badge.view", badges_in(row.cycle).filter(group=row)).order_by()
    won = grants.annotate(of=certificate_of(access, SourceKind.GRANT, "award"))
    held = badges.annotate(of=certificate_of(access, SourceKind.BADGE, "badge"))
    nothing, none = Value("", CharField()), Cast(Value(None), BigIntegerField())
    rows = won.values_list("award", "name", "place", "amount_cents", "currency", "changed_at", "pk", "of", none)
    rows = rows.union(held.values_list("badge", nothing, nothing, none, nothing, "at", "pk", "of", "seal"), all=True)
    awards, earned = list[dict[str, Any]](), list[tuple[Any, ...]]()
    for key, name, place, cents, currency, at, pk, certificate, seal in sorted(rows, key=lambda one: one[0]):
        if seal is None:
            awards.append({"title": name, "under": shapes.money(cents, currency), "place": place, "certificate": certificate})
        else:
            earned.append((at, seal, pk, key, certificate))
    told = [EarnedBadge(pk=pk, badge=key, at=at) for at, _seal, pk, key, _of in sorted(earned, key=itemgetter(0, 1, 2))]
    proofs = {pk: certificate for _at, _seal, pk, _key, certificate in earned}
    return awards, [one | {"certificate": proofs[one["id"]]} for one in badges_shown(told, design_of(row.cycle))]


def certificate_of(access: Access, source: SourceKind, key: str) -> Subquery:
    """Id of the group's own credential, as far as it is listed for this person. `key`: the column that names the award or the badge."""
    of = {"cycle": OuterRef("cycle"), "group": OuterRef("group"), "key": OuterRef(key), "source": source.value}
    rows = Credential.objects.filter(**of, person__isnull=True, state=CredentialState.ISSUED.value)
    return Subquery(visible(access, "credential.view", rows).order_by("pk").values("public_id")[:1])


def together_of(access: Access, row: Group) -> list[dict[str, Any]]:
    """With whom the group became one team or handed in together, as far as it may be known. One statement."""
    agreed = visible(access, "partnership.view", partnerships_of([row.pk]).filter(state=AGREED))
    return [partnership_shape(one, row, access, teams) for one, teams in with_their_partners(agreed)]


def _facts(row: Group) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if row.organization:
        found.append({"name": _("From"), "value": row.organization.name})
    if row.division:
        found.append({"name": _("Division"), "value": row.division})
    found += [{"name": name.replace("_", " ").capitalize(), "value": value} for name, value in row.columns.items() if value]
    return found


def _places(access: Access, row: Group) -> list[dict[str, Any]]:
    """The group's place on each board in its last published state, and in the states before: one statement."""
    stored = Snapshot.objects.filter(board__scope=row.cycle_id, audience=PUBLIC).select_related("board").defer("rows")
    seen = visible(access, "snapshot.view", stored.filter(board__in=visible(access, "board.view", Board.objects.all())))
    history: dict[int, list[dict[str, Any]]] = {}
    boards: dict[int, Board] = {}
    keys = {row.key} | ({public_key(row)} if row.pk in access.groups or access.reads(row.cycle_id) else set())
    for one in seen.annotate(line=FirstLine(keys)).order_by("board__number", "number"):
        if one.line is not None:
            boards[one.board_id] = one.board
            told = {"number": one.number, "place": one.line["place"], "score": one.line["score"]}
            history.setdefault(one.board_id, []).append(told)
    return [{"board": boards[pk], "now": states[-1], "before": states[:-1], "of": ""} for pk, states in history.items()]


# --- Round by round -------------------------------------------------------------------------------------------------------------------


def rounds_of_group(
    access: Access, cycle: Cycle, row: Group, *, versions: list[Version] | None = None, said: bool = True
) -> list[dict[str, Any]]:
    """Rounds in which there is something to see of this group, each with its challenges. At most five statements.

    `versions`: what `handed_in` gave, for whoever has asked already; `said`: with what the judges wrote.
    """
    tasks, parts = _parts(access, cycle, row, handed_in(access, row) if versions is None else versions, said=said)
    rounds: dict[int, Round] = {}
    found: dict[int, list[dict[str, Any]]] = {}
    for task in sorted(tasks.values(), key=lambda one: (one.round.number, one.number, one.pk)):
        task.round = rounds.setdefault(task.round_id, timed(task.round, access.now))
        task.round.cycle = cycle
        shown = _challenge(task, parts, design_of(cycle, task.round.design_number))
        if shown is not None:
            found.setdefault(task.round_id, []).append(shown)
    return [
        {"round": rounds[pk], "badge": shapes.round_badge(rounds[pk]), "challenges": challenges}
        for pk, challenges in found.items()
    ]


def handed_in(access: Access, row: Group) -> list[Version]:
    """Every version of the group's entries that this person may see, entry by entry, the newest of each first. One statement."""
    named = named_rows(access, "submission__challenge__round", "submission__group")
    rows = Version.objects.filter(named, submission__group=row).select_related("submission__challenge__round__cycle")
    return list(visible(access, "version.view", rows).order_by("submission__number", "submission_id", "-number"))


def _parts(
    access: Access, cycle: Cycle, row: Group, versions: list[Version], *, said: bool
) -> tuple[dict[int, Challenge], dict[str, dict[int, Any]]]:
    """What there is by challenge: scores, entries with files, feedback, attempts; one statement each, where there may be any."""
    named = named_rows(access, "challenge__round")  # this page names the group, so a judge must not find a blind entry on it
    tasks: dict[int, Challenge] = {}
    parts: dict[str, dict[int, Any]] = {"score": {}, "entries": {}, "sheets": {}, "attempts": {}}
    scores = visible(access, "score.view", ChallengeScore.objects.filter(group=row)).select_related("challenge__round")
    for score in scores:
        if not access.reads(cycle.pk):
            score.explanation = without_judges(score.explanation)
        parts["score"][score.challenge_id] = score
        tasks[score.challenge_id] = score.challenge
    for entry in _entries(access, row, versions):
        parts["entries"].setdefault(entry["entry"].challenge_id, []).append(entry)
        tasks[entry["entry"].challenge_id] = entry["entry"].challenge
    final = Sheet.objects.filter(named, group=row, state=SheetState.FINAL.value)
    for sheet in _sheets(visible(access, "sheet.view", final)) if said else ():
        parts["sheets"].setdefault(sheet["challenge"], []).append(sheet)
    tried = any(one.format in LIVE_FORMATS for one in design_of(cycle).challenges)
    attempts = visible(access, "attempt.view", Attempt.objects.filter(group=row)).select_related("challenge__round")
    for attempt in attempts.order_by("number") if tried else ():
        parts["attempts"].setdefault(attempt.challenge_id, []).append(attempt)
        tasks[attempt.challenge_id] = attempt.challenge
    return tasks, parts


def _entries(access: Access, row: Group, versions: list[Version]) -> list[dict[str, Any]]:
    """What was handed in, in versions, the one that counts answered: one statement for files if there are any."""
    found: dict[int, dict[str, Any]] = {}
    for version in versions:
        entry = found.setdefault(version.submission_id, {"entry": version.submission, "versions": [], "pinned": None})
        entry["versions"].append(version)
        if version.pk == version.submission.pinned_id:
            entry["pinned"] = entry["entry"].pinned = version
    kept = [one for one in found.values() if one["pinned"] is not None]
    for one in kept:
        task = one["entry"].challenge
        one["form"] = eyes(access, task.round, row.pk).form(spec_of(task))
    used = frozenset[int]().union(*(files_in(one["pinned"].data, spec_of(one["entry"].challenge)) for one in kept))
    uploads = {one.pk: one for one in Upload.objects.filter(pk__in=used)} if used else {}
    for one in kept:
        one["answers"] = answered(one["form"], one["pinned"].data, uploads)
    return kept


def _sheets(rows: QuerySet[Sheet]) -> list[dict[str, Any]]:
    """What judges wrote, sheet by sheet: the words on the whole, and those on single criteria. One statement."""
    said = FilteredRelation("marks", condition=~Q(marks__comment=""))
    values = rows.annotate(said=said).order_by("panel", "pk", "said__pk")
    sheets: dict[int, dict[str, Any]] = {}
    for pk, challenge, comment, criterion, words in values.values_list(
        "pk", "challenge_id", "comment", "said__criterion", "said__comment"
    ):
        sheet = sheets.setdefault(pk, {"challenge": challenge, "comment": comment, "marks": []})
        if words:
            sheet["marks"].append((criterion, words))
    return list(sheets.values())


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
        "how": explained(spec, score.explanation, status=score.status, values=score.values) if score else None,
        "rules": challenge_rules(design, spec) if score else [],
        "entries": entries if spec.form else [],
        "feedback": [
            {"comment": one["comment"], "marks": [(criteria.get(key, key), words) for key, words in one["marks"]]}
            for one in sheets
            if one["comment"] or one["marks"]
        ],
        "attempts": _attempts(attempts, spec),
    }


def _attempts(attempts: list[Attempt], spec: ChallengeDesign) -> dict[str, Any] | None:
    """Tries in a table. A hint stands among them with its price, and has no number."""
    if not attempts:
        return None
    columns = [
        {"label": _("Try"), "number": True},
        {"label": _("At")},
        {"label": _("Verdict")},
        {"label": _("Value"), "number": True},
    ]
    pending = "" if spec.format.value == "measured" else _("waiting")
    numbers = count(1)
    rows = [
        {
            "cells": [
                "–" if one.verdict in SPECIAL else next(numbers),
                clock(one.elapsed_ms),
                _("hint") if one.verdict == HINT else one.verdict or pending,
                "" if one.value is None else text(from_scaled(one.value, 4)),
            ]
        }
        for one in attempts
    ]
    return {"columns": columns, "rows": rows}
