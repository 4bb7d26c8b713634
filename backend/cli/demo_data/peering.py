"""Teams of the demo's season ask who does better for help: one waits for an answer, one was answered."""

from datetime import datetime, timedelta
from typing import Final

from games.bundles.helped_rows import PeerRow
from games.bundles.tables import Table

LEADS: Final = "ward-seven"
REASON: Final = 'On "Season" they are 1st of 6, you are {place}. There is no trend yet.'
"""As the game itself would say once the first two rounds count."""
WAITS: Final = ("the-night-desk", "Your quiz and your quest both went well. Who of you does the counting, and when in the shift?")
ANSWERED: Final = ("corridor-c", "How did you get the night shift to join in? Ours reads the sheet and goes home.")
ANSWER: Final = "We asked them what annoys them most and began there. Come on Thursday at seven, before the handover."


def peer_rows(start: datetime) -> Table[PeerRow]:
    """What they asked in the third week."""
    told, day = start + timedelta(days=12, hours=9), timedelta(days=1)
    sixth, fifth = (REASON.format(place=place) for place in ("6th", "5th"))
    task = ("warmup", "rules")
    return Table(
        [
            PeerRow(1, ANSWERED[0], LEADS, ANSWERED[1], "accepted", *task, sixth, ANSWER, told, told + day),
            PeerRow(2, WAITS[0], LEADS, WAITS[1], "asked", *task, fifth, at=told + 2 * day),
        ]
    )
