"""Judges' severities: estimated by REML, taken off where the gates allow it, with how sure that makes us. numpy loads on first use."""

from leaderboards.engine.severity.offsets import judge_offsets, taken_off

__all__ = ["judge_offsets", "taken_off"]
