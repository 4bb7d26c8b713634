"""Results over the API: boards with their rows, snapshots, scores with their explanation, runs, official results."""

from games.results.api.boards import Boards, Snapshots
from games.results.api.proof import Receipts
from games.results.api.runs import Runs
from games.results.api.scores import ExternalResults, Scores

__all__ = ["Boards", "ExternalResults", "Receipts", "Runs", "Scores", "Snapshots"]
