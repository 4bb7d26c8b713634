"""What was measured and tried, over the API."""

from games.learning.api.measuring import Measuring, Observations
from games.learning.api.study import Dealing, Readings, Studying, Takings
from games.learning.api.testing import ChangeTesting, ChangeTests, IdeaEvidence

__all__ = [
    "ChangeTesting",
    "ChangeTests",
    "Dealing",
    "IdeaEvidence",
    "Measuring",
    "Observations",
    "Readings",
    "Studying",
    "Takings",
]
