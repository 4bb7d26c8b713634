"""Words of what is shared: kinds, audiences, kinds of derivation; how complete a story is. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


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


PARTS: Final = ("steps", "time", "cost", "people", "went_wrong", "ask")
"""What a story needs so that somebody else can do it: nuts and bolts, not a summary (features.md S3-TRD-2)."""
WHOLE_FROM: Final = 5
ORDER: Final = tuple(Audience)


def completeness(parts: Mapping[str, str]) -> int:
    """How many of the six parts say anything."""
    return sum(bool(parts.get(part, "").strip()) for part in PARTS)


def is_summary_only(parts: Mapping[str, str]) -> bool:
    """Whether the story is too thin to do it again: fewer than five of the six parts."""
    return completeness(parts) < WHOLE_FROM


def widens(held: Audience, asked: Audience) -> bool:
    """Whether `asked` lets in at least everybody that `held` lets in."""
    return ORDER.index(asked) >= ORDER.index(held)
