"""Calibration: begun with its anchors, discussed, done. Judges mark the anchors first, talk, and may mark them anew."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from games.challenges.models import Challenge
from games.errors import Problem
from games.groups.models import Group
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.actions.assigning import Wanted, assign
from games.judging.actions.panels import check_panel
from games.judging.actions.revising import open_again, own_final
from games.judging.conflicts import barred
from games.judging.models import Anchor, Calibration, Deliberation, Remark, Sheet
from games.judging.queries import sitting_of
from games.judging.queries.calibrating import calibration_on, calibrations, on_panel, sheets_on
from games.judging.rules import (
    CalibrationState,
    DeliberationState,
    SheetRefused,
    SheetState,
    check_sitting,
)
from games.judging.rules.calibrating import MOST, REMARK, CalibrationRefused, calibrates, check_step
from games.judging.seating import entries_to_mark
from games.organizations.models import Person
from games.submissions.queries import rules_of
from leaderboards.engine.language import gettext as _

REVISED = "calibration"


@transaction.atomic
def begin_calibration(*, challenge: Challenge, panel: str, groups: Sequence[Group], by: Any) -> Calibration:
    """Name the anchors; every judge of the panel gets a sheet on each that they may mark. The other entries open when it is done.

    Raises CalibrationRefused naming every fault: begun already, no such entry, a judge who may mark none of them, results published.
    """
    check_panel(challenge, panel)
    Challenge.objects.select_for_update().get(pk=challenge.pk)  # two who begin at once follow each other
    judges, wanted = on_panel(challenge, panel), {one.pk: one for one in groups}
    problems = [*_place_faults(challenge, panel, judges), *_anchor_faults(challenge, wanted)]
    no = barred(list(wanted), judges)
    problems += [
        Problem("anchors", _('"{name}" must not mark any of them: choose another anchor as well.', name=one.name))
        for one in judges
        if wanted and all((group, one.pk) in no for group in wanted)
    ]
    if problems:
        raise CalibrationRefused(problems[0].message, where=problems[0].where, problems=problems)
    begun = Calibration.objects.create(challenge=challenge, panel=panel)
    Anchor.objects.bulk_create([Anchor(calibration=begun, group=one) for one in wanted.values()])
    _journal(begun, by=by, anchors=len(wanted))
    _hand_out(begun, judges, by=by)
    return begun


def _place_faults(challenge: Challenge, panel: str, judges: Sequence[Person]) -> list[Problem]:
    __, spec = rules_of(challenge)
    faults = (
        (not calibrates(spec, panel), "panel", _("Only judges who mark criteria calibrate.")),
        (calibration_on(challenge, panel) is not None, "panel", _("The calibration of this panel has begun already.")),
        (challenge.round.published_at is not None, "round", _("The round is published.")),
        (not judges, "panel", _("Nobody is on the panel yet.")),
    )
    return [Problem(where, message) for wrong, where, message in faults if wrong]


def _anchor_faults(challenge: Challenge, wanted: dict[int, Group]) -> list[Problem]:
    if not 1 <= len(wanted) <= MOST:
        return [Problem("anchors", _("Choose 1 to {most} anchors.", most=MOST))]
    there = {one.pk for one in entries_to_mark(challenge)}
    return [
        Problem("anchors", _('"{key}" has no entry in "{challenge}" that counts.', key=one.key, challenge=challenge.key))
        for one in wanted.values()
        if one.pk not in there
    ]


def _hand_out(calibration: Calibration, judges: Sequence[Person], *, by: Any) -> int:
    """A sheet on each anchor for each of the judges, where there is none yet and nothing forbids it."""
    challenge = calibration.challenge
    groups = [one.group for one in Anchor.objects.filter(calibration=calibration).select_related("group").order_by("pk")]
    no = barred([one.pk for one in groups], judges)
    pairs = [(judge, group) for judge in judges for group in groups if (group.pk, judge.pk) not in no]
    wanted = [Wanted(challenge, group, judge, calibration.panel) for judge, group in pairs]
    return assign(cycle=challenge.round.cycle, wanted=wanted, by=by)


@transaction.atomic
def give_anchors(*, calibration: Calibration, by: Any) -> int:
    """Judges who came to the panel after the calibration began get the anchors too. Returns how many sheets are new; twice is once."""
    held = _locked(calibration)
    if held.state == CalibrationState.DONE.value:
        raise CalibrationRefused(_("The calibration is done."), where="state")
    return _hand_out(held, on_panel(held.challenge, held.panel), by=by)


@transaction.atomic
def discuss_calibration(*, calibration: Calibration, by: Any) -> Calibration:
    """The judges now see how they differ, and talk. What was marked until now is kept with the talk."""
    held = _step(calibration, CalibrationState.DISCUSSING)
    held.discussed_at = db_now()
    held.save(update_fields=["state", "discussed_at"])
    Deliberation.objects.get_or_create(
        challenge=held.challenge,
        panel=held.panel,
        group=None,
        state=DeliberationState.OPEN.value,
        defaults={"before": _marked(held)},
    )
    _journal(held, by=by)
    return held


@transaction.atomic
def close_calibration(*, calibration: Calibration, by: Any, outcome: str = "") -> Calibration:
    """The other entries open. `outcome`: what the panel agreed on, for all of them to read."""
    if len(outcome) > REMARK:
        msg = _("At most {remark} characters.", remark=REMARK)
        raise CalibrationRefused(msg, where="outcome")
    held = _step(calibration, CalibrationState.DONE)
    held.done_at = db_now()
    held.save(update_fields=["state", "done_at"])
    talks = Deliberation.objects.filter(challenge=held.challenge, panel=held.panel, group__isnull=True)
    talks.filter(state=DeliberationState.OPEN.value).update(
        state=DeliberationState.CLOSED.value, closed_at=held.done_at, after=_marked(held), outcome=outcome.strip()
    )
    _journal(held, by=by)
    return held


def _locked(calibration: Calibration) -> Calibration:
    rows = Calibration.objects.select_for_update(of=("self",)).select_related("challenge__round__cycle")
    return rows.get(pk=calibration.pk)


def _step(calibration: Calibration, wanted: CalibrationState) -> Calibration:
    held = _locked(calibration)
    check_step(held.state, wanted)
    held.state = wanted.value
    return held


def _marked(calibration: Calibration) -> dict[str, dict[str, dict[str, int | None]]]:
    """Group → judge → criterion → scaled value: the final marks on the anchors as they are now, ids as text."""
    found: dict[str, dict[str, dict[str, int | None]]] = {}
    for one in sheets_on(calibration).filter(state=SheetState.FINAL.value).prefetch_related("marks"):
        marks = {mark.criterion: mark.value for mark in one.marks.all()}
        found.setdefault(str(one.group_id), {})[str(one.judge_id)] = marks
    return found


def _journal(calibration: Calibration, *, by: Any, **more: object) -> None:
    round_ = calibration.challenge.round
    places = {"round": round_.key, "challenge": calibration.challenge.key, "panel": calibration.panel}
    record(
        Kind.CALIBRATION_CHANGED,
        cycle_id=round_.cycle_id,
        by=by,
        subject=f"calibration:{calibration.pk}",
        payload={**places, "state": calibration.state, **more},
    )


@transaction.atomic
def revise_anchor(*, sheet: Sheet, by: Any, person: Person | None = None) -> Sheet:
    """A judge opens their own final sheet on an anchor again, while the panel talks. What it said is kept.

    Raises SheetRefused, and why this judge may not mark now.
    """
    row = own_final(sheet, person)
    if not row.anchor or row.calibration != CalibrationState.DISCUSSING:
        raise SheetRefused(_("Only a sheet on an anchor is marked anew, while the panel talks about its calibration."))
    check_sitting(sitting_of(row, rules_of(row.challenge)[1]))
    return open_again(row, kept_as=REVISED, reason="", by=by)


@transaction.atomic
def remark_on_calibration(*, calibration: Calibration, person: Person, text: str, by: Any) -> Remark:  # noqa: ARG001 every action says who acts; a talk is not journalled
    """Say something to the panel while it talks about its calibration. Raises CalibrationRefused."""
    text = text.strip()
    if not 1 <= len(text) <= REMARK:
        msg = _("1 to {remark} characters.", remark=REMARK)
        raise CalibrationRefused(msg, where="text")
    talk = Deliberation.objects.select_for_update(of=("self",), no_key=True).filter(
        challenge=calibration.challenge_id, panel=calibration.panel, group__isnull=True, state=DeliberationState.OPEN.value
    )
    open_ = talk.first()
    if open_ is None:
        raise CalibrationRefused(_("The panel talks while its calibration is discussed, not before and not after."), where="text")
    return Remark.objects.create(deliberation=open_, person=person, text=text)


def follow_calibration(entry: JournalEntry) -> None:
    """What an act on a sheet or a panel means for a calibration that goes on.

    Newcomers get the anchors; once everybody on the panel has marked theirs, the talk begins.
    """
    places = {name: entry.payload.get(name, "") for name in ("round", "challenge", "panel")}
    rows = calibrations().filter(challenge__round__cycle=entry.cycle_id or 0, challenge__round__key=places["round"])
    going = (
        rows.filter(challenge__key=places["challenge"], panel=places["panel"]).exclude(state=CalibrationState.DONE.value).first()
    )
    if going is None:
        return
    if entry.kind in {Kind.SHEET_ASSIGNED, Kind.PANEL_CHANGED}:
        give_anchors(calibration=going, by=None)
    if going.state == CalibrationState.MARKING.value:
        judges = on_panel(going.challenge, going.panel)
        rows_left = sheets_on(going).filter(judge__in=judges)
        if rows_left.exists() and not rows_left.exclude(state=SheetState.FINAL.value).exists():
            discuss_calibration(calibration=going, by=None)
