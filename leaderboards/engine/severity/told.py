"""Computed numbers as text, the way they are kept and shown."""

import math

DECIMALS = 6


def told(value: float | None) -> str:
    """At most six decimals, no trailing zeros; "" for what cannot be told."""
    if value is None or not math.isfinite(value):
        return ""
    written = f"{value:.{DECIMALS}f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written
