"""Who may mark an entry, and when."""

from dataclasses import dataclass
from datetime import datetime

from games.cycles.rules import CycleState
from games.judging.rules.calibrating import check_calibrated
from games.judging.rules.states import ConflictDeclared, JudgingClosed, JudgingNotOpen, NotOnPanel, OwnGroup
from games.rounds.rules import Clock, CycleNotRunning, RoundState, group_deadline, state_of
from games.submissions.rules.window import clock_text
from leaderboards.engine.language import gettext as _

JUDGED_IN = frozenset({CycleState.ENROLLING, CycleState.RUNNING, CycleState.AWARDING})


@dataclass(frozen=True, slots=True)
class Seat:
    """How a judge stands to a panel and a group. `holds`: the judge still judges in this cycle."""

    on_panel: bool = True
    holds: bool = True
    own: bool = False
    conflict: bool = False


def check_seat(seat: Seat, *, judge: str, panel: str) -> None:
    """Refuse a mark from outside the panel, on the own group, or in conflict. The names are keys, for the message."""
    if not seat.holds:
        msg = _('"{judge}" does not judge in this cycle.', judge=judge)
        raise NotOnPanel(msg)
    if not seat.on_panel:
        msg = _('"{judge}" is not on the panel "{panel}".', judge=judge, panel=panel)
        raise NotOnPanel(msg)
    if seat.own:
        msg = _('"{judge}" belongs to "{group}": nobody judges their own team.', judge=judge, group=_("this team"))
        raise OwnGroup(msg)
    if seat.conflict:
        msg = _('"{judge}" has a conflict of interest with "{group}".', judge=judge, group=_("this team"))
        raise ConflictDeclared(msg)


@dataclass(frozen=True, slots=True)
class Sitting:
    """All that decides whether an entry may be marked at one moment.

    `live`: the task takes no written entries, so it is marked as it happens. `handed_in`: there is an entry that counts. `until` is the
    group's own extension. `reopened`: an organizer opened the sheet again, which holds after the end too. `calibrates`: the rules ask the
    panel to calibrate; `calibration`: the state of its calibration, empty if none was begun; `anchor`: the entry is one of its anchors.
    """

    now: datetime
    cycle_state: str
    clock: Clock
    live: bool = False
    handed_in: bool = True
    until: datetime | None = None
    judging_closes_at: datetime | None = None
    published_at: datetime | None = None
    reopened: bool = False
    calibrates: bool = False
    calibration: str = ""
    anchor: bool = False


def check_sitting(at: Sitting) -> None:
    """Refuse unless the entry may be marked now. Raises CycleNotRunning, JudgingNotOpen or JudgingClosed, with the reason."""
    if at.cycle_state not in JUDGED_IN:
        msg = _("The cycle is {cycle_state}: nothing is marked in it now.", cycle_state=at.cycle_state)
        raise CycleNotRunning(msg)
    state = state_of(at.clock, at.now)
    if state is RoundState.PLANNED:
        raise JudgingNotOpen(_("The round has not begun."))
    if not at.live:
        _check_entry(at, state)
    check_calibrated(wanted=at.calibrates, state=at.calibration, anchor=at.anchor)
    if not at.reopened:
        _check_end(at, state)


def _check_entry(at: Sitting, state: RoundState) -> None:
    end = group_deadline(at.clock, at.until)
    if state is not RoundState.CLOSED and (end is None or end > at.now):
        when = _(" until {clock_text}", clock_text=clock_text(end)) if end else ""
        msg = _("The entry may still change{when}: it is marked after that.", when=when)
        raise JudgingNotOpen(msg)
    if not at.handed_in:
        raise JudgingNotOpen(_("There is no entry to mark: nothing was handed in, or it was taken back."))


def _check_end(at: Sitting, state: RoundState) -> None:
    if at.published_at is not None:
        raise JudgingClosed(_("The round is published: an organizer has to reopen the sheet, with a reason."))
    if at.judging_closes_at is not None and at.judging_closes_at <= at.now:
        msg = _(
            "Too late: judging closed at {clock_text}; this arrived at {clock_text2}.",
            clock_text=clock_text(at.judging_closes_at),
            clock_text2=clock_text(at.now),
        )
        raise JudgingClosed(msg)
    if state is RoundState.CLOSED:
        raise JudgingClosed(_("The round is closed: an organizer has to reopen the sheet, with a reason."))
