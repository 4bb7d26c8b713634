"""Looking back on a cycle, and the next one that begins from it."""
