"""What can earn points: one table, from which rules are checked, points are given, and the rules page and the docs speak."""

from dataclasses import dataclass
from typing import Final

from leaderboards.engine.language import gettext_noop


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

_HIDDEN: Final = gettext_noop("organizers hide it")

EARNINGS: Final = (
    Earning("submission.received", gettext_noop("an entry handed in"), lost=gettext_noop("it is taken back or disqualified")),
    Earning("attempt.judged", gettext_noop("a try")),
    Earning("test.planned", gettext_noop("a test of change planned, with what is expected of it")),
    Earning(STUDIED, gettext_noop("what a test of change showed, and what was learned from it")),
    Earning("test.acted", gettext_noop("a test of change finished, whether it worked or not")),
    Earning("observation.recorded", gettext_noop("a measured value written down"), lost=gettext_noop("it is taken back")),
    Earning("study.taken", gettext_noop("something taken along from the study"), lost=gettext_noop("it is dropped")),
    Earning(
        "idea.shared",
        gettext_noop("an idea shared"),
        lost=gettext_noop("organizers hide it, or its team merges it into another idea of its own"),
    ),
    Earning("idea.revised", gettext_noop("an idea told better"), lost=_HIDDEN),
    Earning("idea.taken_up", gettext_noop("an idea that another team took up"), to_others=True, lost=_HIDDEN),
    Earning("story.told", gettext_noop("a failure told in the safe room"), lost=_HIDDEN),
    Earning("thread.opened", gettext_noop("a question or a barrier posted"), lost=_HIDDEN),
    Earning("post.said", gettext_noop("something said in a discussion"), lost=_HIDDEN),
    Earning(
        "post.helped",
        gettext_noop("help that another team confirmed"),
        to_others=True,
        lost=gettext_noop("they take it back, or organizers hide it"),
    ),
    Earning(
        "answer.accepted",
        gettext_noop("an answer that was accepted"),
        to_others=True,
        lost=gettext_noop("another is accepted, or organizers hide it"),
    ),
    Earning("barrier.solved", gettext_noop("a barrier that was solved"), lost=gettext_noop("it is open again")),
    Earning(
        "thanks.given",
        gettext_noop("thanks from others"),
        to_others=True,
        lost=gettext_noop("they take them back, or organizers hide it"),
    ),
    Earning("feedback.written", gettext_noop("feedback that judges wrote"), to_others=True),
    Earning("feedback.replied", gettext_noop("a reply to feedback")),
    Earning("sheet.finalized", gettext_noop("a sheet marked"), to_others=True, lost=gettext_noop("it is opened again")),
    Earning("vote.cast", gettext_noop("a comparison made"), to_others=True, lost=gettext_noop("it is undone")),
    Earning("session.booked", gettext_noop("a session with an expert booked"), lost=gettext_noop("it is cancelled")),
    Earning("session.settled", gettext_noop("a session with an expert held")),
    Earning("peer.answered", gettext_noop("another team's request for help answered")),
    Earning("suggestion.made", gettext_noop("a better rule suggested"), lost=gettext_noop("it is withdrawn")),
    Earning("suggestion.applied", gettext_noop("a suggested rule that was put in force")),
    Earning("partnership.settled", gettext_noop("an agreement with another team settled")),
    Earning("member.joined", gettext_noop("somebody joined"), lost=gettext_noop("they leave")),
    Earning("group.registered", gettext_noop("the team registered")),
    Earning("group.settled", gettext_noop("the registration was answered")),
    Earning("group.advanced", gettext_noop("the team went on")),
    Earning("quest.finished", gettext_noop("a quest finished")),
    Earning("goal.reached", gettext_noop("a goal that all teams reached together")),
)
EARNS: Final = {one.event: one for one in EARNINGS}
"""Each by the event that a rule names."""
