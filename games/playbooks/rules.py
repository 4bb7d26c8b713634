"""Words a Design uses and the slices above act on. Pure."""

from enum import StrEnum


class Capability(StrEnum):
    """What a role allows. Capabilities are checked, role names never."""

    ORGANIZE = "organize"
    JUDGE = "judge"
    SUBMIT = "submit"
    CAPTAIN = "captain"
    FOLLOW = "follow"


class Visibility(StrEnum):
    """What of a round others see once it is locked. It only widens."""

    SEALED = "sealed"
    SCORES = "scores"
    SUMMARIES = "summaries"
    FULL = "full"
    FORKABLE = "forkable"
