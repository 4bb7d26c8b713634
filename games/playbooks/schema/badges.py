"""The game beside the points: badges, quests, the weekly streak, shared goals, leagues, and what of all this is switched off."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from games.playbooks.schema.cycle import Name, Text
from games.playbooks.schema.points import Cap, EventKind, Receiver
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec.base import Key, Keyed, Spec, Switch

Word = Annotated[str, Field(max_length=100)] | Annotated[int, Field(strict=True)] | Annotated[bool, Field(strict=True)]


class Counted(StrEnum):
    """What of the acts is counted."""

    THINGS = "things"  # what they are about, each once: an entry handed in five times is one
    ACTS = "acts"
    DAYS = "days"
    WEEKS = "weeks"
    PARTNERS = "partners"  # other groups whose members did it to this one, or for whom it was done
    ROUNDS = "rounds"
    CHALLENGES = "challenges"


class Counting(Spec):
    """Acts of some kinds that the journal records, and what of them is counted."""

    event: EventKind | None = None
    also: tuple[EventKind, ...] = Field(default=(), description="acts of these kinds count as well")
    count: Cap = 1
    of: Counted = Field(default=Counted.THINGS, description="what is counted")
    where: dict[Key, Word] = Field(default={}, description="only acts of which the journal says this, as NAME = VALUE")
    rounds: tuple[Key, ...] | None = Field(default=None, description="only in these rounds")
    challenges: tuple[Key, ...] | None = Field(default=None, description="only for these challenges")

    @property
    def events(self) -> tuple[str, ...]:
        """All kinds of act that count."""
        return (self.event, *self.also) if self.event is not None else self.also


class Badge(Counting, Keyed):
    """A sign of something done: after so many acts, from so many points on, or after so many weeks in a row."""

    name: Name = ""
    summary: Text = ""
    points: Cap | None = None
    streak: Cap | None = Field(default=None, description="so many weeks in a row")
    first: Cap | None = Field(default=None, description="only the first so many groups that get there")
    most: Switch = Field(
        default=False, description="whoever has the most of it when the cycle ends, and at least count; equals share"
    )
    surprise: Switch = Field(default=False, description="told to nobody before it is earned")
    receiver: Receiver = Receiver.GROUP

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(one is not None for one in (self.event, self.points, self.streak)) != 1:
            msg = _("exactly one of event, points, streak is needed")
            raise ValueError(msg)
        if self.most and (self.first is not None or self.event is None or self.receiver is Receiver.PERSON):
            msg = _("most goes with event, not with first, and is for groups")
            raise ValueError(msg)
        if self.event is None and self.receiver is Receiver.PERSON:
            msg = _("points and streaks belong to groups")
            raise ValueError(msg)
        return self


class QuestStep(Counting, Keyed):
    """One thing to do for a quest."""

    name: Name = ""

    @model_validator(mode="after")
    def _some_act(self) -> Self:
        if self.event is None:
            msg = _("a step names the act it asks for, in event")
            raise ValueError(msg)
        return self


class Quest(Keyed):
    """A set of small things to do, three or so. Nobody has to."""

    name: Name = ""
    summary: Text = ""
    steps: Annotated[tuple[QuestStep, ...], Field(min_length=1, max_length=12)]
    needs: Cap | None = Field(default=None, description="so many of the steps are enough; without: all")

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.needs is not None and self.needs > len(self.steps):
            msg = _("needs {needs} of {count} steps", needs=self.needs, count=len(self.steps))
            raise ValueError(msg)
        if len({one.key for one in self.steps}) < len(self.steps):
            msg = _("two steps have the same key")
            raise ValueError(msg)
        return self

    @property
    def enough(self) -> int:
        """How many steps finish it."""
        return self.needs or len(self.steps)


class Streak(Spec):
    """Weeks in a row in which a group did something. A week off costs nothing as long as freezes are left, and can be made good."""

    events: tuple[EventKind, ...] = Field(
        default=(
            "submission.received",
            "attempt.judged",
            "observation.recorded",
            "idea.shared",
            "idea.revised",
            "study.taken",
            "test.planned",
            "test.studied",
            "test.acted",
            "post.helped",
        ),
        description="the acts that count",
    )
    acts: Cap = Field(default=1, description="so many in a week keep it going")
    freezes: Annotated[int, Field(strict=True, ge=0, le=52)] = Field(
        default=2, description="weeks off that are forgiven by themselves"
    )
    repair_days: Annotated[int, Field(strict=True, ge=0, le=7)] = Field(
        default=7, description="so long after a week off it can be made good, by doing its acts on top of those of the new week"
    )


class SharedGoal(Counting, Keyed):
    """A goal for all groups together. When it is reached, each of them is credited, once."""

    name: Name = ""
    summary: Text = ""
    each: Cap | None = Field(default=None, description="every group that takes part has so many")
    total: Cap | None = Field(default=None, description="all groups have so many together")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.event is None or (self.each is None) == (self.total is None):
            msg = _("event is needed, and exactly one of each, total")
            raise ValueError(msg)
        return self


class League(Spec):
    """Small boards of groups that are about as active: each sees neighbours, not a far top."""

    size: Annotated[int, Field(strict=True, ge=3, le=50)] = Field(default=30, description="at most so many groups on one board")
    weeks: Annotated[int, Field(strict=True, ge=1, le=12)] = Field(
        default=4, description="groups are put together by what they did in so many weeks before this one"
    )


class Recognition(Spec):
    """What of the recognition is on. What is off is neither computed nor shown."""

    points: Switch = True
    badges: Switch = True
    levels: Switch = True
    streaks: Switch = True
    quests: Switch = True
    together: Switch = Field(default=True, description="shared goals and their bonus")
    leagues: Switch = True
    wins: Switch = Field(default=True, description="small wins, found and told the same day")
