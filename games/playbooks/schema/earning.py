"""What can earn points: one table, from which rules are checked, points are given, and the rules page and the docs speak."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Earning:
    """An act of the journal that a rule of points may name.

    `words`: what was done, as it stands after "for" (1 act). `to_others`: it is done to the group that earns, by somebody else: one's
    own team is left out, and each other team counts once for one object. `lost`: when points for it are taken back, in words.
    """

    event: str
    words: str
    to_others: bool = False
    lost: str = ""


STUDIED: Final = "test.studied"
"""Not a kind of the journal: a test of change whose result and lesson were written down (`test.changed` with that state)."""

_HIDDEN: Final = "organizers hide it"

EARNINGS: Final = (
    Earning("submission.received", "an entry handed in", lost="it is taken back or disqualified"),
    Earning("attempt.judged", "a try"),
    Earning("test.planned", "a test of change planned, with what is expected of it"),
    Earning(STUDIED, "what a test of change showed, and what was learned from it"),
    Earning("test.acted", "a test of change finished, whether it worked or not"),
    Earning("observation.recorded", "a measured value written down", lost="it is taken back"),
    Earning("study.taken", "something taken along from the study", lost="it is dropped"),
    Earning("idea.shared", "an idea shared", lost=f"{_HIDDEN}, or its team merges it into another idea of its own"),
    Earning("idea.revised", "an idea told better", lost=_HIDDEN),
    Earning("idea.taken_up", "an idea that another team took up", to_others=True, lost=_HIDDEN),
    Earning("story.told", "a failure told in the safe room", lost=_HIDDEN),
    Earning("thread.opened", "a question or a barrier posted", lost=_HIDDEN),
    Earning("post.said", "something said in a discussion", lost=_HIDDEN),
    Earning("post.helped", "help that another team confirmed", to_others=True, lost=f"they take it back, or {_HIDDEN}"),
    Earning("answer.accepted", "an answer that was accepted", to_others=True, lost=f"another is accepted, or {_HIDDEN}"),
    Earning("barrier.solved", "a barrier that was solved", lost="it is open again"),
    Earning("thanks.given", "thanks from others", to_others=True, lost=f"they take them back, or {_HIDDEN}"),
    Earning("feedback.written", "feedback that judges wrote", to_others=True),
    Earning("feedback.replied", "a reply to feedback"),
    Earning("sheet.finalized", "a sheet marked", to_others=True, lost="it is opened again"),
    Earning("vote.cast", "a comparison made", to_others=True, lost="it is undone"),
    Earning("session.booked", "a session with an expert booked", lost="it is cancelled"),
    Earning("session.settled", "a session with an expert held"),
    Earning("peer.answered", "another team's request for help answered"),
    Earning("suggestion.made", "a better rule suggested", lost="it is withdrawn"),
    Earning("suggestion.applied", "a suggested rule that was put in force"),
    Earning("partnership.settled", "an agreement with another team settled"),
    Earning("member.joined", "somebody joined", lost="they leave"),
    Earning("group.registered", "the team registered"),
    Earning("group.settled", "the registration was answered"),
    Earning("group.advanced", "the team went on"),
    Earning("quest.finished", "a quest finished"),
    Earning("goal.reached", "a goal that all teams reached together"),
)
EARNS: Final = {one.event: one for one in EARNINGS}
"""Each by the event that a rule names."""
