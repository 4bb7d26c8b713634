"""The parts of the place "Judging"."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from games.cycles.models import Cycle


def ways(cycle: Cycle, current: str) -> list[dict[str, Any]]:
    """The parts of this place."""
    parts = (
        ("panels", _("Panels"), "desk-judging"),
        ("conflicts", _("Conflicts"), "desk-conflicts"),
        ("calibrations", _("Calibration"), "desk-calibrations"),
        ("hall", _("Hall"), "desk-hall"),
        ("votes", _("Votes and peers"), "desk-votes"),
        ("flags", _("Questions"), "desk-flags"),
        ("doubts", _("Second looks"), "desk-doubts"),
        ("feedback", _("Feedback"), "desk-feedback"),
    )
    return [{"label": label, "url": reverse(name, args=[cycle.key]), "current": key == current} for key, label, name in parts]
