"""How a cycle looks: an accent out of a small palette, and a motto. The colours themselves are in static/css/brand.css, light and dark."""

from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from leaderboards.engine.spec.base import Spec


class Accent(StrEnum):
    """The accents there are, each readable on paper and on ink. `ink` is that of the house."""

    INK = "ink"
    PINE = "pine"
    LAKE = "lake"
    PLUM = "plum"
    CLAY = "clay"
    MOSS = "moss"
    ROSE = "rose"
    SLATE = "slate"


class Brand(Spec):
    """What the pages of a cycle look like. Its logo is a file, and stands beside the rules, not in them."""

    accent: Accent = Accent.INK
    motto: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
