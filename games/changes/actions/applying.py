"""Applying a correction: everything it says in one transaction, then one run that publishes the new versions and what follows."""

from collections.abc import Collection, Sequence
from typing import Any

from django.db import transaction

from games.changes.actions.appeals import answer_appeal
from games.changes.actions.preparing import expect_played, held_draft, settled
from games.changes.models import Change, ChangeSet
from games.changes.queries.corrections import changes_of, rules_of
from games.changes.queries.looking import moment_of
from games.changes.rules import AppealState, ChangeKind, ChangeSetState, ChangesMoved, ChangesRefused
from games.cycles.actions import record_decision, revoke_decision
from games.cycles.models import Cycle, Decision
from games.cycles.queries import decisions_in_force
from games.cycles.rules import DecisionKind
from games.journal.queries import db_now
from games.judging.actions.correcting import correct_sheet, put_back_sheet, take_out_sheet
from games.judging.models import Sheet
from games.judging.rules import Given, SheetState
from games.progression.actions import amend, decide
from games.recognition import actions as recognition
from games.recognition.models import Grant
from games.recognition.rules import GrantState
from games.results.actions import request_settle
from games.results.models import RecomputeRun
from games.results.rules import OPEN, RunKind, RunState
from games.rounds.models import Round
from games.submissions import actions as submissions
from games.submissions.models import Submission
from leaderboards.engine.facts import DecisionKind as Decided
from leaderboards.engine.language import gettext as _


def said(change_set: ChangeSet) -> str:
    """The reason as it stands on snapshots, decisions and former sheets."""
    return f"Correction {change_set.number}: {change_set.reason}"


@transaction.atomic
def apply(change_set: ChangeSet, *, by: Any, stamp: str, leave: Collection[int] = (), answer: str = "") -> ChangeSet:
    """Do everything the change set says, and ask for the run that publishes it. All or nothing.

    `stamp` is that of the preview that was looked at. Grants that people have acted on and that move are taken back with this reason,
    to be given anew by the corrected result; those in `leave` stay as they are. An open appeal behind it is upheld, in the words of
    `answer` or of the reason. Raises ChangesMoved when anything is different from what was looked at, ChangesRefused, SettleRunning.
    """
    row = held_draft(change_set)
    expect_played(row.cycle)
    changes = changes_of(row)
    _expect_looked_at(row, changes, stamp)
    run = _run(row, by=by) if row.preview["rounds"] else None
    _correct_marks(row, changes, by=by)
    for one in changes:
        if one.kind != ChangeKind.MARK.value:
            _carry_out(row, one, by=by)
    for kept in row.preview["kept"]:
        _keep(row, kept, by=by)
    row.preview["taken_back"] = _take_back(row, leave, by=by)
    _record(row, by=by)
    row.state, row.settled_at, row.run = ChangeSetState.APPLIED.value, db_now(), run
    row.save(update_fields=["state", "settled_at", "run", "preview"])
    if row.appeal is not None and row.appeal.state == AppealState.OPEN.value:
        answer_appeal(row.appeal, upheld=True, answer=answer.strip() or row.reason, by=by)
    if run is None:  # nothing of it is published: there is nothing to publish anew
        conclude(row, by=by)
    return row


def _expect_looked_at(row: ChangeSet, changes: Sequence[Change], stamp: str) -> None:
    if not changes:
        raise ChangesRefused(_("Nothing is changed by this correction."))
    if not row.stamp:
        error = row.preview.get("error", "")
        message = (
            _("There is no preview of this: {error}", error=error)
            if error
            else _("The preview is not computed yet: look at it, then apply.")
        )
        raise ChangesRefused(message)
    if row.preview["problems"]:
        raise ChangesRefused(row.preview["problems"][0])
    if stamp != row.stamp or moment_of(row.cycle).stamp() != row.stamp:
        message = _(
            "Something has changed since the preview: a mark, an entry, a decision, an award, a rule, or a round has begun. Look again, then apply."
        )
        raise ChangesMoved(message)


def _run(row: ChangeSet, *, by: Any) -> RecomputeRun:
    """The one run that publishes. No other publication of this cycle may be on its way meanwhile."""
    if RecomputeRun.objects.filter(cycle=row.cycle, kind=RunKind.SETTLE.value, state__in=OPEN).exists():
        raise ChangesRefused(_("Results of this cycle are being published at this moment: apply when that is done."))
    round_ = Round.objects.select_related("cycle").get(cycle=row.cycle, key=row.preview["rounds"][0])
    return request_settle(round_, by=by, reason=said(row), publish=True)


def _record(row: ChangeSet, *, by: Any) -> None:
    """The choice, which everybody may read; it names no group."""
    value = f"correction {row.number}"
    record_decision(row.cycle, DecisionKind.CHANGE_SET, by=by, reason=row.reason, value=value, public=True)


# --- Each change ----------------------------------------------------------------------------------------------------------------------


def _correct_marks(row: ChangeSet, changes: Sequence[Change], *, by: Any) -> None:
    """All marks of a sheet at once: it has one past."""
    marks: dict[int, list[Given]] = {}
    for one in changes:
        if one.kind == ChangeKind.MARK.value:
            given = Given(one.target["criterion"], one.after["value"], one.after["state"])
            marks.setdefault(one.target["sheet"], []).append(given)
    for pk, given_marks in marks.items():
        correct_sheet(sheet=_sheet(pk), marks=given_marks, by=by, reason=said(row))


def _carry_out(row: ChangeSet, one: Change, *, by: Any) -> None:
    """Any change but that of a mark."""
    reason = said(row)
    match ChangeKind(one.kind):
        case ChangeKind.RECUSE if one.after["state"] == SheetState.RECUSED:
            take_out_sheet(sheet=_sheet(one.target["sheet"]), by=by, reason=reason)
        case ChangeKind.RECUSE:
            marks = [Given(key, value, state) for key, (value, state) in one.after["marks"].items()]
            put_back_sheet(sheet=_sheet(one.target["sheet"]), marks=marks, by=by)
        case ChangeKind.RULE:
            rules = rules_of([one]) or {}
            amend(row.cycle, rules.get("changes"), design=rules.get("design"), by=by, reason=reason, correcting=True)
        case ChangeKind.DISQUALIFY | ChangeKind.REINSTATE if "submission" in one.target:
            verb = submissions.disqualify if one.kind == ChangeKind.DISQUALIFY.value else submissions.reinstate
            verb(submission=_entry(one), by=by, reason=reason)
        case ChangeKind.DISQUALIFY:
            where = {"group": one.target["group"], "round": one.target["round"]}
            decide(row.cycle, DecisionKind.DISQUALIFY, by=by, reason=reason, **where)
        case ChangeKind.REINSTATE:
            for decision in _holding(row.cycle, one):
                revoke_decision(decision, by=by, reason=reason)


def _sheet(pk: int) -> Sheet:
    found = Sheet.objects.filter(pk=pk).first()
    if found is None:
        raise ChangesRefused(_("A sheet of this correction is not there: leave it out."))
    return found


def _entry(one: Change) -> Submission:
    found = Submission.objects.filter(pk=one.target["submission"]).first()
    if found is None:
        raise ChangesRefused(_("An entry of this correction is not there: leave it out."))
    return found


def _holding(cycle: Cycle, one: Change) -> list[Decision]:
    kinds = (DecisionKind.DISQUALIFY, DecisionKind.WITHDRAW)
    return list(decisions_in_force(cycle, *kinds).filter(group=one.target["group"]))


def _keep(row: ChangeSet, one: dict[str, str], *, by: Any) -> None:
    """A round that has begun keeps its field: by a decision, with the reason why."""
    kind = DecisionKind(one["kind"])
    why = _WHY[Decided(one["kind"])]
    decide(row.cycle, kind, by=by, reason=f"{said(row)} {why}", group=one["group"], round=one["round"], board=one["board"])


_WHY = {
    Decided.ADVANCE: "The round had begun: nobody is taken out of it.",
    Decided.STOP: "The round took no more entries: nobody is added to it.",
}


def _take_back(row: ChangeSet, leave: Collection[int], *, by: Any) -> list[dict[str, Any]]:
    """Revoke the grants that move, but for those that stay. Returns what they were: {grant, award, group, state}."""
    moving = [one["grant"] for one in row.preview["awards"] if one["to_take_back"] and one["grant"] not in leave]
    found = []
    for grant in Grant.objects.filter(pk__in=moving, cycle=row.cycle).select_related("group").order_by("pk"):
        was = {"grant": grant.pk, "award": grant.award, "group": grant.group.key if grant.group else "", "state": grant.state}
        recognition.revoke(grant, by=by, reason=said(row))
        found.append(was)
    return found


# --- The run --------------------------------------------------------------------------------------------------------------------------


def published_by(run: RecomputeRun) -> ChangeSet | None:
    """The correction that a run publishes; None for any other run."""
    return ChangeSet.objects.filter(run=run).select_related("cycle").first()


def give_anew(change_set: ChangeSet, *, by: Any) -> int:
    """Awards that were taken back from a group and are nominated for it again stand where they stood: verified, or granted.

    What was delivered is granted: whether more has to be handed over, people see. Returns how many. Harmless when repeated.
    """
    given = 0
    for was in change_set.preview.get("taken_back", ()):
        fresh = Grant.objects.filter(
            cycle=change_set.cycle, award=was["award"], group__key=was["group"], state=GrantState.NOMINATED.value
        ).first()
        if fresh is None:
            continue
        recognition.verify(fresh, by=by, proof=said(change_set))
        if was["state"] != GrantState.VERIFIED.value:
            recognition.give_grant(fresh, by=by)
        given += 1
    return given


def conclude(change_set: ChangeSet, *, by: Any) -> None:
    """The new versions are out: those concerned are told."""
    settled(change_set, by=by)


@transaction.atomic
def carry_on(change_set: ChangeSet, *, by: Any) -> ChangeSet:
    """Ask for the run again that failed to publish an applied correction. Raises ChangesRefused unless it failed."""
    row = ChangeSet.objects.select_for_update(of=("self",), no_key=True).select_related("cycle", "run").get(pk=change_set.pk)
    if row.state != ChangeSetState.APPLIED.value or (row.run is not None and row.run.state != RunState.FAILED.value):
        raise ChangesRefused(_("Only an applied correction whose publication failed is published again."))
    row.run = _run(row, by=by)
    row.save(update_fields=["run"])
    return row
