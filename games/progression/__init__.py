"""Who moves on: entrants of a round, the next round, the next cycle. Before it: recognition."""
