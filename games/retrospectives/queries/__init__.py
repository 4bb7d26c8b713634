"""What a cycle's own data tell of it; and reads of what was made of that."""

from games.retrospectives.queries.reading import proposals_of, retrospective_of, waiting, winning_ideas
from games.retrospectives.queries.telling import told_by_data

__all__ = ["proposals_of", "retrospective_of", "told_by_data", "waiting", "winning_ideas"]
