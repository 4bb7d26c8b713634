"""A task in a round: brief, entry form, rubric, format. Before it: rounds. After it: submissions."""
