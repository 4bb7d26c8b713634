"""What the judges of a panel hear of its calibration: it begins, they talk, it is done."""

from typing import Final

from games.journal.models import JournalEntry
from games.judging.models import Calibration
from games.judging.queries.calibrating import on_panel
from games.judging.rules import CalibrationState
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import with_address
from games.organizations.models import Person

KINDS: Final = {
    CalibrationState.MARKING.value: "calibration.begun",
    CalibrationState.DISCUSSING.value: "calibration.discussed",
    CalibrationState.DONE.value: "calibration.done",
}


def on_calibration_changed(entry: JournalEntry) -> int:
    """To every judge of the panel: mark the anchors first; look how you differ and talk; all entries are open. No entry is named."""
    one = subject_of(entry, Calibration, "challenge__round__cycle")
    kind = KINDS.get(str(entry.payload.get("state")))
    if one is None or kind is None:
        return 0
    round_ = one.challenge.round
    done = one.state == CalibrationState.DONE.value and kind == KINDS[CalibrationState.DONE.value]
    context = {
        "calibration": one,
        "challenge": one.challenge,
        "round": round_,
        "cycle": round_.cycle,
        "anchors": entry.payload.get("anchors"),
        "link": absolute("/desk/sheets/" if done else f"/desk/sheets/calibrations/{one.pk}/"),
    }
    people = with_address(Person.objects.filter(pk__in=[judge.pk for judge in on_panel(one.challenge, one.panel)]))
    return tell_all(kind, people, key=f"{kind}:{one.pk}", context=context, cycle_id=round_.cycle_id)
