"""An audience's vote: when it is open, in which order entries stand, what makes a human look at a ballot. Pure."""

import hashlib
import hmac
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from games.cycles.rules import CycleState
from games.errors import Conflict, NotAllowed
from games.judging.rules.window import JUDGED_IN
from games.playbooks.schema import ChallengeDesign
from games.rounds.rules import Clock, RoundState, state_of
from games.submissions.rules.window import clock_text
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import Criterion, Panel

AUDIENCE: Final = "audience"
OPENED: Final = "vote-open"
CLOSED: Final = "vote-close"
NEW_ACCOUNT: Final = timedelta(hours=24)
WINDOW: Final = timedelta(minutes=10)
MANY: Final = 10  # voters from one network within the window


class VotingState(StrEnum):
    """not yet → open → over; an organizer may open and close it by decision at any moment before publication."""

    NOT_YET = "not_yet"
    OPEN = "open"
    OVER = "over"


class BallotRefused(Conflict):
    """The vote cannot be given, changed or settled now."""

    code = "ballot_refused"


class VoterUnverified(NotAllowed):
    """Only who has confirmed their address votes: one person, one set of votes."""

    code = "voter_unverified"


class VotingOpen(Conflict):
    """The audience is still voting: results are not published before it is over."""

    code = "voting_open"


@dataclass(frozen=True, slots=True)
class Poll:
    """All that decides whether an audience may vote at one moment. `decided`: the last decision to open or close, and when."""

    now: datetime
    cycle_state: str
    clock: Clock
    live: bool = False
    closes_at: datetime | None = None
    published_at: datetime | None = None
    decided: tuple[str, datetime] | None = None

    @property
    def state(self) -> VotingState:
        """Whether the vote is open. Without a decision it opens when entries are closed (or, where nothing is handed in, with the round)."""
        if self.cycle_state == CycleState.DRAFT:
            return VotingState.NOT_YET
        if self.published_at is not None or self.cycle_state in {CycleState.CLOSED, CycleState.CANCELLED}:
            return VotingState.OVER
        by_clock = self._by_clock()
        if self.decided is None:
            return by_clock
        kind, at = self.decided
        if kind == CLOSED:
            return VotingState.OVER
        ended = self.closes_at is not None and at < self.closes_at <= self.now
        return VotingState.OVER if ended else VotingState.OPEN

    def _by_clock(self) -> VotingState:
        state = state_of(self.clock, self.now)
        begun = state in {RoundState.LOCKED, RoundState.CLOSED} or (self.live and state is RoundState.OPEN)
        if not begun:
            return VotingState.NOT_YET
        ended = state is RoundState.CLOSED or (self.closes_at is not None and self.closes_at <= self.now)
        return VotingState.OVER if ended else VotingState.OPEN

    @property
    def until(self) -> datetime | None:
        """When it closes by itself; None: when an organizer says so, or by publication."""
        late = (
            self.decided is not None
            and self.decided[0] == OPENED
            and self.closes_at is not None
            and self.decided[1] >= self.closes_at
        )
        return None if late else self.closes_at


def check_open(poll: Poll) -> None:
    """Refuse a vote outside the time for it, with the reason."""
    state = poll.state
    if poll.cycle_state not in JUDGED_IN:
        msg = _("The cycle is {cycle_state}: nobody votes in it now.", cycle_state=poll.cycle_state)
        raise BallotRefused(msg)
    if state is VotingState.NOT_YET:
        raise BallotRefused(_("Voting has not begun."))
    if state is VotingState.OVER:
        when = (
            _(" since {clock_text}", clock_text=clock_text(poll.until))
            if poll.until is not None and poll.until <= poll.now
            else ""
        )
        msg = _("Voting is over{when}.", when=when)
        raise BallotRefused(msg)


def audience_panels(challenge: ChallengeDesign) -> tuple[Panel, ...]:
    """The panels of a task on which the audience votes."""
    return tuple(one for one in challenge.judges_panels if one.who == AUDIENCE)


def voted_criterion(challenge: ChallengeDesign, panel: str) -> Criterion | None:
    """What the audience of a panel votes on."""
    return next((one for one in challenge.marked_criteria if challenge.panel_of(one) == panel), None)


def shuffled[K: Hashable](keys: Iterable[K], seed: bytes) -> list[K]:
    """The keys in an order of its own for each seed: the same voter sees the same order again, and no entry is always first."""
    return sorted(keys, key=lambda key: hmac.digest(seed, str(key).encode(), hashlib.sha256))


def flags_of(*, joined: datetime | None, now: datetime, network: int, same_mailbox: bool) -> Sequence[str]:
    """Why somebody should look at a ballot, in words; it counts all the same until a human decides.

    `network`: so many voters came from the same network within the window.
    """
    found = []
    if joined is not None and now - joined < NEW_ACCOUNT:
        found.append(_("the account was made less than 24 hours before"))
    if network > MANY:
        minutes = int(WINDOW.total_seconds() // 60)
        found.append(_("more than {many} voters from one network within {minutes} minutes", many=MANY, minutes=minutes))
    if same_mailbox:
        found.append(_("the same mailbox as another voter"))
    return found


def mailbox(email: str) -> tuple[str, str]:
    """An address without what stands behind a plus sign: (name, host). Both spellings reach the same person."""
    name, __, host = email.strip().lower().rpartition("@")
    return name.partition("+")[0], host
