"""Words a Design uses and the slices above act on. Pure."""

from enum import StrEnum


class Capability(StrEnum):
    """What a role allows. Capabilities are checked, role names never."""

    ORGANIZE = "organize"  # steer the cycle: people, rounds, publication, decisions
    JUDGE = "judge"  # mark what is assigned
    SUBMIT = "submit"  # enter and edit the group's entries
    CAPTAIN = "captain"  # invite, remove, rename, withdraw
    ADVISE = "advise"  # an expert: offer office hours to teams
    FOLLOW = "follow"  # read as a member (sponsor, coach, observer)


class Visibility(StrEnum):
    """What of a round others see once it is locked. It only widens."""

    SEALED = "sealed"  # the team, its judges, organizers
    SCORES = "scores"  # boards and scores
    SUMMARIES = "summaries"  # titles, summaries, feedback in short
    FULL = "full"  # whole entries and marks
    FORKABLE = "forkable"  # and others may build on them
