"""Scores that arrive, in a process of its own: `python -m bench.scoring <board> <per second> <file for notes>`, until it is ended.

Each score is one short transaction: a row of the board and its version, in prepared statements (what our own writes cost is another row of
the bench). Four times a second what is ready is swapped, as a worker does.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

import django

SWAPS: Final = 0.25  # seconds
VERSION: Final = "UPDATE leaderboards_board SET version = version + 1 WHERE id = %s"
SCORE: Final = (
    "UPDATE leaderboards_standing SET score = %s, changed_version = %s"
    " WHERE board_id = %s AND audience = 'public' AND bracket = '' AND rank = %s"
)


def main(board_id: int, rate: int, notes: Path) -> None:
    """Never ends by itself."""
    from django.db import connection  # noqa: PLC0415 -- after Django is set up
    from psycopg import Connection, Cursor  # noqa: PLC0415

    from leaderboards.models import Standing  # noqa: PLC0415
    from leaderboards.pages import swap  # noqa: PLC0415
    from leaderboards.queries import PUBLIC  # noqa: PLC0415

    rows = Standing.objects.filter(board_id=board_id, audience=PUBLIC)
    most, dice = rows.count(), random.Random(7)
    swap(board_id, PUBLIC)  # loads the pages, once
    connection.ensure_connection()
    plain: Connection = connection.connection
    due = swapped = time.perf_counter()
    oldest, written, before, stale = 0.0, 0, 0, 0.0
    resumed: list[int] = []
    signal.signal(signal.SIGCONT, lambda *_: resumed.append(written))
    while True:
        if resumed:  # what passed while it was stopped is nobody's delay
            before, oldest, swapped = resumed.pop(), 0.0, time.perf_counter()
        with plain.transaction(), Cursor(plain) as cursor:
            cursor.execute(VERSION, [board_id], prepare=True)
            cursor.execute(SCORE, [str(written), written, board_id, dice.randint(1, most)], prepare=True)
        written, now = written + 1, time.perf_counter()
        oldest = oldest or now
        if now - swapped >= SWAPS:
            swap(board_id, PUBLIC)
            passed, swapped = time.perf_counter() - swapped, time.perf_counter()
            stale = max(stale, swapped - oldest) if not resumed else stale
            notes.write_text(f"{(written - before) / passed:.0f} scores/s arrived last; stale for at most {stale:.2f} s")
            oldest, before = 0.0, written
        due = max(due + 1 / rate, time.perf_counter() - SWAPS)  # stopped for a while, it does not catch up
        time.sleep(max(0.0, due - time.perf_counter()))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
