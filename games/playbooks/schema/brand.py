"""How a cycle looks: an accent out of a small palette, a motto, its partners. The colours are in static/css/brand.css, light and dark."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from leaderboards.engine.spec.base import Spec

MOST_PARTNERS = 40
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500, pattern=r"^(https?://[^\s<>\"]+)?$")]


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


class Partner(Spec):
    """Who carries the cycle along: a sponsor, a school, a newspaper. Named on its page, with a link if there is one."""

    name: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
    url: Address = Field(default="", description="where its name leads: http:// or https://")
    part: Line = Field(default="", description="what it is to the cycle, such as Sponsor; partners of one part stand together")


class Brand(Spec):
    """What the pages of a cycle look like. Its logo is a file, and stands beside the rules, not in them."""

    accent: Accent = Accent.INK
    motto: Line = ""
    partners: tuple[Partner, ...] = Field(default=(), max_length=MOST_PARTNERS)
