"""A timebox in a cycle: its state, visibility, extensions. Before it: groups. After it: challenges."""
