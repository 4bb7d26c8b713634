"""Scores that arrive, in a process of its own: `python -m bench.scoring <board> <per second> <file for notes>`, until it is ended.

Each score is one short transaction: a row of the board and its version, in plain SQL (what our own writes cost is another row of the
bench). Four times a second what is ready is swapped, as a worker does.
"""

import os
import random
import sys
import time
from pathlib import Path
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

import django

SWAPS: Final = 0.25  # seconds
PAUSED: Final = 2.0
VERSION: Final = "UPDATE leaderboards_board SET version = version + 1 WHERE id = %s"
SCORE: Final = (
    "UPDATE leaderboards_standing SET score = %s, changed_version = %s"
    " WHERE board_id = %s AND audience = 'public' AND bracket = '' AND rank = %s"
)


def main(board_id: int, rate: int, notes: Path) -> None:
    """Never ends by itself."""
    from django.db import connection, transaction  # noqa: PLC0415 -- after Django is set up

    from leaderboards.models import Standing  # noqa: PLC0415
    from leaderboards.pages import swap  # noqa: PLC0415
    from leaderboards.queries import PUBLIC  # noqa: PLC0415

    rows = Standing.objects.filter(board_id=board_id, audience=PUBLIC)
    most, dice = rows.count(), random.Random(7)
    swap(board_id, PUBLIC)  # loads the pages, once
    due = swapped = time.perf_counter()
    oldest, written, before, stale = 0.0, 0, 0, 0.0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(VERSION, [board_id])
            cursor.execute(SCORE, [str(written), written, board_id, dice.randint(1, most)])
        written, now = written + 1, time.perf_counter()
        oldest = oldest or now
        if now - swapped >= SWAPS:
            swap(board_id, PUBLIC)
            passed, swapped = time.perf_counter() - swapped, time.perf_counter()
            if passed < PAUSED:
                stale = max(stale, swapped - oldest)
                notes.write_text(f"{(written - before) / passed:.0f} scores/s arrived last; stale for at most {stale:.2f} s")
            oldest, before = 0.0, written
        due = max(due + 1 / rate, time.perf_counter() - SWAPS)  # stopped for a while, it does not catch up
        time.sleep(max(0.0, due - time.perf_counter()))


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]))
