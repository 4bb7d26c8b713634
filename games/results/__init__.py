"""Marks become entries of a board and published standings; the recompute run. Before it: judging. After it: recognition."""
