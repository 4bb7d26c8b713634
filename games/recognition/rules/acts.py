"""What an entry of the journal means to the rules of points: whether it does something, undoes it, or brings it back. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Final, NamedTuple

from games.journal.rules import Kind
from games.playbooks.schema.earning import EARNS, STUDIED
from games.playbooks.schema.points import PointRule


class Effect(StrEnum):
    """What an act does to points."""

    DOES = "does"  # it earns, and takes back what REVERSES says
    UNDOES = "undoes"  # it takes back what acts of the same kind earned
    RESTORES = "restores"  # it gives back what was taken back
    NOTHING = "nothing"


class Act(NamedTuple):
    """A sealed journal entry as the rules see it. `day` is in the cycle's time zone; `own`: the actor belongs to the group named.

    `partner`: the other team, of an act that is done to the group named.
    """

    seal: int
    kind: str
    subject: str
    at: datetime
    day: date
    group: int | None
    person: int | None = None
    persons_group: int | None = None
    own: bool = False
    round: str = ""
    challenge: str = ""
    partner: int | None = None
    effect: Effect = Effect.DOES


_ON_AN_IDEA: Final = frozenset({Kind.IDEA_SHARED, Kind.IDEA_REVISED, Kind.IDEA_TAKEN_UP, Kind.THANKS_GIVEN, Kind.STORY_TOLD})
_ON_A_POST: Final = frozenset({Kind.THREAD_OPENED, Kind.POST_SAID, Kind.POST_HELPED, Kind.THANKS_GIVEN})
REVERSES: Final[dict[str, frozenset[str]]] = {
    Kind.SUBMISSION_WITHDRAWN: frozenset({Kind.SUBMISSION_RECEIVED}),
    Kind.SUBMISSION_DISQUALIFIED: frozenset({Kind.SUBMISSION_RECEIVED}),
    Kind.SHEET_REOPENED: frozenset({Kind.SHEET_FINALIZED}),
    Kind.HELP_WITHDRAWN: frozenset({Kind.POST_HELPED}),
    Kind.BARRIER_REOPENED: frozenset({Kind.BARRIER_SOLVED}),
    Kind.ANSWER_ACCEPTED: frozenset({Kind.ANSWER_ACCEPTED}),  # a question has one accepted answer: the one before no longer is
    Kind.IDEA_HIDDEN: _ON_AN_IDEA,
    Kind.IDEA_MERGED: frozenset({Kind.IDEA_SHARED, Kind.IDEA_REVISED}),
    Kind.RULING_MADE: _ON_A_POST,
    Kind.STUDY_DROPPED: frozenset({Kind.STUDY_TAKEN}),
    Kind.OBSERVATION_CORRECTED: frozenset({Kind.OBSERVATION_RECORDED}),
    Kind.VOTE_UNDONE: frozenset({Kind.VOTE_CAST}),
    Kind.SESSION_CANCELLED: frozenset({Kind.SESSION_BOOKED}),
    Kind.SUGGESTION_WITHDRAWN: frozenset({Kind.SUGGESTION_MADE}),
    Kind.MEMBER_LEFT: frozenset({Kind.MEMBER_JOINED}),
}
"""An act of the first kind takes back what acts of the second earned for the same subject."""

RESTORED: Final[dict[str, frozenset[str]]] = {
    Kind.IDEA_HIDDEN: frozenset({Kind.IDEA_HIDDEN}),
    Kind.RULING_ANSWERED: frozenset({Kind.RULING_MADE}),
}
"""An act of the first kind (that restores) gives back what acts of the second took."""

MAY_COME_BACK: Final = frozenset(kind for causes in RESTORED.values() for kind in causes)

ON_A_GROUP: Final = frozenset(event for event, one in EARNS.items() if one.to_others)
"""Acts done to the group named in the entry, not by it: one's own group is left out unless the rule says otherwise."""

EARNS_NOTHING: Final = frozenset({Kind.POINTS_CHANGED, Kind.POINTS_TRIED, Kind.STANDINGS_CHANGED})
"""What the computer records about itself. A rule on it would feed itself."""


ALWAYS: Final = frozenset({"points.carried"})
"""What is read under whatever rules: what a team brought along when the cycle began."""


def event_of(kind: str, payload: Mapping[str, object]) -> str:
    """The event that rules name: the kind, but for a test whose result and lesson were written down."""
    return STUDIED if kind == Kind.TEST_CHANGED and payload.get("state") == "studied" else kind


def subject_of(kind: str, subject: str, payload: Mapping[str, object]) -> str:
    """What earns once, until it is taken back. What is said stands for itself, not for its thread: so each post can be hidden alone."""
    if kind in {Kind.POST_SAID, Kind.THREAD_OPENED} and "post_id" in payload:
        return f"post:{payload['post_id']}"
    return subject


def effect_of(kind: str, payload: Mapping[str, object]) -> Effect:
    """Some kinds tell in their payload whether something was done or undone."""
    said = _SAID.get(kind)
    if said is None:
        return Effect.DOES
    name, meanings, otherwise = said
    value = payload.get(name)
    return next((effect for meant, effect in meanings if value == meant), otherwise)


_SAID: Final[dict[str, tuple[str, tuple[tuple[object, Effect], ...], Effect]]] = {
    Kind.THANKS_GIVEN: ("held", ((False, Effect.UNDOES),), Effect.DOES),
    Kind.ANSWER_ACCEPTED: ("held", ((False, Effect.UNDOES),), Effect.DOES),
    Kind.IDEA_HIDDEN: ("hidden", ((False, Effect.RESTORES),), Effect.DOES),
    Kind.RULING_MADE: ("verdict", (("hidden", Effect.DOES),), Effect.NOTHING),
    Kind.RULING_ANSWERED: ("upheld", ((True, Effect.RESTORES),), Effect.NOTHING),
    Kind.SESSION_SETTLED: ("outcome", (("held", Effect.DOES),), Effect.UNDOES),
    Kind.PARTNERSHIP_SETTLED: ("state", (("agreed", Effect.DOES), ("withdrawn", Effect.UNDOES)), Effect.NOTHING),
    Kind.PEER_ANSWERED: ("state", (("accepted", Effect.DOES),), Effect.NOTHING),
    Kind.POST_SAID: ("corrects", ((None, Effect.DOES),), Effect.NOTHING),
}
"""Kind -> (part of the payload, what its values mean, what any other means). A post that corrects another one earns nothing again."""

FOR_GOOD: Final = (frozenset(map(str, REVERSES)) | frozenset(map(str, _SAID))) - MAY_COME_BACK
"""What may take points back that do not come back when something hidden is shown again."""


def told_by_payload(rules: Iterable[PointRule]) -> frozenset[str] | None:
    """Kinds whose payload such rules have to know; None: of all, since a rule asks for rounds or tasks."""
    if any(rule.rounds is not None or rule.challenges is not None for rule in rules):
        return None
    return frozenset({*map(str, _SAID), *ON_A_GROUP, Kind.POST_SAID, Kind.THREAD_OPENED, Kind.TEST_CHANGED, Kind.IDEA_MERGED})


def asked_of(rules: Iterable[PointRule]) -> list[str]:
    """The kinds of the journal that such rules have to read: what earns by them, what takes it back, what gives it back."""
    kinds = ALWAYS | {str(Kind.TEST_CHANGED) if rule.event == STUDIED else rule.event for rule in rules}
    kinds |= {str(kind) for kind, taken in REVERSES.items() if taken & kinds}
    kinds |= {str(kind) for kind, causes in RESTORED.items() if causes & kinds}
    return sorted(kinds | {str(Kind.POINTS_CARRIED)})
