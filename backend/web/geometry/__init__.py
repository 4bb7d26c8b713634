"""Where things stand in a small picture: pure functions from numbers to positions that templates write as SVG attributes."""

from backend.web.geometry.bump import Bump, Run, Tone, bump
from backend.web.geometry.lines import Chart, Series, line_chart, spread, ticks
from backend.web.geometry.meter import WIDTH, Meter, meter

__all__ = ["WIDTH", "Bump", "Chart", "Meter", "Run", "Series", "Tone", "bump", "line_chart", "meter", "spread", "ticks"]
