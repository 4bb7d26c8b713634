"""An audience's votes as links: for the pages of a round and of its tasks, and for the desk."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from games.challenges.queries import spec_of
from games.judging.queries.ballots import Vote
from games.judging.rules.voting import VotingState, audience_panels


def vote_url(vote: Vote, name: str = "vote") -> str:
    """The address of a vote, or of another page about it; it names the panel where the task has several."""
    round_ = vote.challenge.round
    several = len(audience_panels(spec_of(vote.challenge))) > 1
    query = f"?{urlencode({'panel': vote.panel.key})}" if several else ""
    return reverse(name, args=[round_.cycle.key, round_.key, vote.challenge.key]) + query


def voting_now(votes: Iterable[Vote]) -> list[dict[str, Any]]:
    """The votes that are open."""
    return [
        {"name": one.challenge.name, "panel": one.panel.title, "url": vote_url(one), "until": one.poll.until}
        for one in votes
        if one.state is VotingState.OPEN
    ]
