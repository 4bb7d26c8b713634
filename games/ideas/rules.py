"""Words of what is shared: kinds, audiences, kinds of derivation; how complete a story is; the safe room. Pure."""

import hashlib
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, get_args

import rfc8785

from games.cycles.rules import CycleState
from games.errors import Conflict, Invalid, Problem, TooMany
from games.playbooks.rules import Visibility
from games.playbooks.schema.sharing import Part
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop, ngettext

SHARED_IN: Final = frozenset(
    {CycleState.ENROLLING.value, CycleState.RUNNING.value, CycleState.PAUSED.value, CycleState.AWARDING.value}
)
"""States of a cycle in which ideas are shared; in any other what was shared stays to be read."""


class IdeaKind(StrEnum):
    """What an idea is to whoever meets it."""

    CONCEPT = "concept"  # a thought worth trying
    HOW_TO = "how-to"  # tacit knowledge: how one step is done
    PRACTICE_KIT = "practice-kit"  # everything another team needs to do it too
    FAILURE_STORY = "failure-story"  # tried, did not work, and why
    TACTIC = "tactic"  # a way of going about it
    CLUE = "clue"  # a piece that helps others to find the rest


class Audience(StrEnum):
    """Who may read an idea. It only widens, and only by whoever shared it. An idea of an entry is read by whoever may read the entry."""

    OWN = "own"  # the group, and nobody else: not even organizers
    ORGANIZERS = "organizers"  # and organizers
    GROUPS = "groups"  # and the groups it names
    TEAMS = "teams"  # every group of the cycle; no sponsor, no visitor
    EVERYBODY = "everybody"  # whoever may see the cycle


class DerivationKind(StrEnum):
    """What the newer idea did with the older one."""

    BUILDS_ON = "builds-on"
    COMBINES = "combines"
    ADAPTS = "adapts"
    ANSWERS = "answers"
    REJECTS = "rejects"  # considered, and left aside for a reason: no credit flows
    MERGES = "merges"  # two became one; history stays with both
    SPLITS = "splits"  # one became several


class MergeState(StrEnum):
    """What became of the wish that two ideas become one."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


PARTS: Final[tuple[str, ...]] = get_args(Part)
"""What a story needs so that somebody else can do it: nuts and bolts, not a summary (features.md S3-TRD-2)."""
WHOLE_FROM: Final = 5
ORDER: Final = tuple(Audience)


def told_by_organizers(author: int | None, *, safe: bool, key_digest: str) -> bool:
    """Whether an idea without a team is the organizers': its author is known, or it opened the safe room (whose nameless stories have a key)."""
    return author is not None or (safe and not key_digest)


def completeness(parts: Mapping[str, str], required: Collection[str] = ()) -> int:
    """How many of the six parts say anything; too few to be whole as long as one says nothing that the cycle asks for (`required`)."""
    told = sum(bool(parts.get(part, "").strip()) for part in PARTS)
    return told if not lacking(parts, required) else min(told, WHOLE_FROM - 1)


def lacking(parts: Mapping[str, str], required: Collection[str]) -> list[str]:
    """The parts a cycle asks for that say nothing, in the order of all six."""
    return [part for part in PARTS if part in required and not parts.get(part, "").strip()]


def is_summary_only(parts: Mapping[str, str]) -> bool:
    """Whether the story is too thin to do it again: fewer than five of the six parts."""
    return completeness(parts) < WHOLE_FROM


def widens(held: Audience, asked: Audience) -> bool:
    """Whether `asked` lets in at least everybody that `held` lets in."""
    return ORDER.index(asked) >= ORDER.index(held)


class IdeaRefused(Conflict):
    """The state of things does not allow it: the cycle is over, the round is not forkable, nothing changed."""

    code = "idea_refused"


class IdeaInvalid(Invalid):
    """What was told cannot be taken as it is. `problems` names each fault beside its field."""

    code = "idea_invalid"


class RoomClosed(Conflict):
    """The organizers have not told their own failure story yet: nobody is invited to go first."""

    code = "safe_room_closed"


class AudienceNarrowed(Conflict):
    """Who may read an idea only grows: what was read cannot be unread."""

    code = "audience_narrowed"


class TooFast(TooMany):
    """A team did so much of it lately that others shall have their turn."""

    code = "too_fast"


TITLE: Final = 200
TEXT: Final = 20_000
LINE: Final = 100
TAGS: Final = 12
TAG: Final = 50
SOURCES: Final = 50
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
TELLINGS: Final = ((HOUR, 30), (DAY, 100))
"""So many ideas, stories and new versions of them a team tells within a time."""
NAMELESS_A_DAY: Final = 100
"""So many stories without a name a cycle takes in a day: whose they are nobody can count."""
WHOLE: Final = 10_000
"""All of the credit of an idea, in basis points."""
NO_CREDIT: Final = frozenset({DerivationKind.REJECTS, DerivationKind.ANSWERS})
FORKING: Final = frozenset({DerivationKind.BUILDS_ON, DerivationKind.COMBINES, DerivationKind.ADAPTS})
"""Kinds that take over what the source made: of an entry only where its round lets others build on it."""
WRITTEN: Final = (*(one for one in DerivationKind if one in FORKING), DerivationKind.ANSWERS, DerivationKind.REJECTS)
"""Kinds a writer chooses; the others are made when ideas are merged and split."""
NAMELESS: Final = frozenset({Audience.ORGANIZERS, Audience.TEAMS, Audience.EVERYBODY})
"""Who may read a story without a name. Naming teams would tell whose it is: by who is named, and by who is not."""
ENOUGH: Final = 3
"""So many answers to the opening question come into sight together."""
ANSWER: Final = 2_000
KEY_LOST: Final = "-"
"""A story without a name whose key nobody holds any more: it came with an import."""
SHORTEST: Final = 4
COMPARED: Final = 12
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Telling:
    """What is told of an idea. `parts`: the six of `PARTS`, each may be missing. `note`: what changed, and why."""

    title: str
    kind: str = IdeaKind.CONCEPT.value
    summary: str = ""
    parts: Mapping[str, str] = field(default_factory=dict)
    tags: Sequence[str] = ()
    step: str = ""
    licence: str = ""
    note: str = ""


def cleaned(told: Telling) -> Telling:
    """The same without blanks around; parts that say nothing left out, tags in small letters and each once. Raises IdeaInvalid with every fault."""
    parts = {key: told.parts[key].strip() for key in PARTS if told.parts.get(key, "").strip()}
    tags = tuple(dict.fromkeys(tag for one in told.tags if (tag := " ".join(one.split()).strip("#").casefold())))
    clean = replace(
        told,
        title=" ".join(told.title.split()),
        summary=told.summary.strip(),
        parts=parts,
        tags=tags,
        step=told.step.strip(),
        licence=told.licence.strip(),
        note=told.note.strip(),
    )
    problems = list(_faults(clean, unknown=[key for key in told.parts if key not in PARTS]))
    if problems:
        raise IdeaInvalid(problems[0].message, where=problems[0].where, problems=problems)
    return clean


def _faults(told: Telling, *, unknown: Sequence[str]) -> Iterator[Problem]:
    if not told.title:
        yield Problem("title", _("Give it a name."))
    if told.kind not in set(IdeaKind):
        yield Problem("kind", _("Expected one of {names}.", names=", ".join(IdeaKind)))
    if not told.summary and not told.parts:
        yield Problem("summary", _("Say in a few words what it is about."))
    lines = {"title": (told.title, TITLE), "step": (told.step, LINE), "licence": (told.licence, LINE)}
    texts = {"summary": told.summary, "note": told.note, **told.parts}
    for where, (text, most) in (lines | {key: (text, TEXT) for key, text in texts.items()}).items():
        if len(text) > most:
            yield Problem(where, _("At most {most} characters.", most=most))
        if "\0" in text:
            yield Problem(where, _("No null character, please."))
    if len(told.tags) > TAGS or any(len(tag) > TAG or "\0" in tag for tag in told.tags):
        yield Problem("tags", _("At most {tags} words of {tag} characters.", tags=TAGS, tag=TAG))
    for key in unknown:
        yield Problem("parts", _('There is no part "{key}": expected {names}.', key=key, names=", ".join(PARTS)))


def digest_of(told: Telling) -> str:
    """SHA-256 of what a version says: equal digests, equal words. The note is about the version and not part of it."""
    said = {"title": told.title, "summary": told.summary, "parts": dict(told.parts)}
    return hashlib.sha256(rfc8785.dumps(said)).hexdigest()  # type: ignore[arg-type]


def folded(text: str) -> str:
    """Text as search compares it: compatible signs and cases are one, so that both databases find the same."""
    return unicodedata.normalize("NFKC", text).casefold().replace("\0", "")


def words_for_search(told: Telling) -> str:
    """Title, summary, parts and tags of a version in one text to be searched."""
    said = [told.title, told.summary, *(told.parts.get(key, "") for key in PARTS), *sorted(told.tags)]
    return folded("\n".join(text for text in said if text))


def telling_words(text: str) -> list[str]:
    """The words by which a text is compared with others: each once, the longest first, no short ones; at most `COMPARED`."""
    found = dict.fromkeys(word for word in _WORD.findall(folded(text)) if len(word) >= SHORTEST)
    return sorted(found, key=lambda word: (-len(word), word))[:COMPARED]


def may_take(kind: DerivationKind, visibility: Visibility) -> bool:
    """Whether a published entry of a round with this visibility may be cited so: answering takes sight, building on takes `forkable`."""
    return visibility is Visibility.FORKABLE or (visibility is Visibility.FULL and kind not in FORKING)


def check_split(held: Mapping[int, int], asked: Mapping[int, int], acting: Collection[int]) -> None:
    """Refuse a division of credit (group → basis points) that is not whole, or that takes from a group whose people do not act.

    `held`: as it stands. So a split is agreed: whoever loses some of it says so themselves.
    """
    if sum(asked.values()) != WHOLE or any(points < 1 for points in asked.values()):
        message = _(
            "The shares are {sum} basis points together: expected exactly {whole}, each at least 1.",
            sum=sum(asked.values()),
            whole=WHOLE,
        )
        raise IdeaInvalid(message, where="shares")
    robbed = [group for group, points in held.items() if asked.get(group, 0) < points and group not in acting]
    if robbed:
        raise IdeaRefused(_("The share of a team shrinks only by its own hand."), where="shares")


def check_story(told: Telling, audience: str, *, nameless: bool) -> None:
    """Refuse a failure story that does not say what went wrong, and one without a name for readers that would tell whose it is."""
    problems = []
    if not told.parts.get("went_wrong", "").strip():
        problems.append(Problem("went_wrong", _("Say what went wrong: that is what others learn from.")))
    if nameless and audience not in NAMELESS:
        words = _(
            "A story without a name is for the organizers, for every team, or for everybody: naming teams would tell whose it is."
        )
        problems.append(Problem("audience", words))
    if problems:
        raise IdeaInvalid(problems[0].message, where=problems[0].where, problems=problems)


def key_digest(key: str) -> str:
    """What is kept of the random key of a story without a name: its hash."""
    return hashlib.sha256(b"ludus.story\x00" + key.strip().encode()).hexdigest()


def check_pace(times: Iterable[datetime], limits: Iterable[tuple[timedelta, int]], now: datetime, *, what: str) -> None:
    """Refuse one more where a limit (within such a time, so many) is used up. `times`: of those before. Raises TooFast: when it goes on."""
    before = sorted(times, reverse=True)
    for span, most in limits:
        lately = [at for at in before if at > now - span]
        if len(lately) >= most:
            within = _("an hour") if span == HOUR else _("a day")
            left = lately[most - 1] + span - now
            text = gettext_noop("That is {most} {what} within {within}. Others shall have their turn: go on in {wait}.")
            message = _(text, most=most, what=what, within=within, wait=_wait(left))
            raise TooFast(message, retry_after=left.total_seconds())


def _wait(left: timedelta) -> str:
    """In whole minutes, and beyond two hours in whole hours; never less than the time that is left."""
    if left > 2 * HOUR:
        return _("{left} hours", left=-(-left // HOUR))
    minutes = max(-(-left // timedelta(minutes=1)), 1)
    return ngettext("1 minute", "{minutes} minutes", minutes, minutes=minutes)
