"""Recognition at full size: rules of points replayed over a long journal, and whatever else is read from it."""

from typing import Final

from bench.harness import Row
from bench.recognition import badges, changing, credit, replay

ROWS: Final[tuple[Row, ...]] = (*replay.ROWS, *changing.ROWS, *credit.ROWS, *badges.ROWS)
