"""The whole Design: scoring as the engine takes it, and everything around it. Checks that need more than one table are here."""

from collections import Counter
from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, Self

from pydantic import Field, model_validator

from games.errors import Problem
from games.playbooks.rules import Capability
from games.playbooks.schema.badges import Badge, League, Quest, Recognition, SharedGoal, Streak
from games.playbooks.schema.brand import Brand
from games.playbooks.schema.credit import CreditSpec
from games.playbooks.schema.cycle import DEFAULT_ROLES, Aim, Checks, CycleSpec, OfficeHours, PlaybookInfo, Role
from games.playbooks.schema.dates import date_faults
from games.playbooks.schema.earning import EARNS
from games.playbooks.schema.points import PointRule
from games.playbooks.schema.registration import Registration
from games.playbooks.schema.retention import Retention
from games.playbooks.schema.sharing import Sharing
from games.playbooks.schema.succession import Carry, Season
from games.playbooks.schema.tasks import ChallengeDesign, RoundDesign
from leaderboards.engine.freezes import held_back
from leaderboards.engine.language import gettext as _
from leaderboards.engine.numbers import Rounding
from leaderboards.engine.spec import Scoring
from leaderboards.engine.spec.base import Decimals, Switch

FORMAT: Final = 1
Path = tuple[str | int, ...]


class Design(Scoring):
    """The rules of one cycle, immutable. Give it to the engine as it is: it is a `Scoring`."""

    format: Literal[1] = FORMAT
    cycle: CycleSpec
    playbook: PlaybookInfo | None = None
    aim: Aim = Aim()
    checks: Checks = Checks()
    roles: tuple[Role, ...] = DEFAULT_ROLES
    office_hours: OfficeHours | None = Field(default=None, description="teams book office hours with experts")
    peers: Switch = Field(default=False, description="teams find peers of other organizations, and ask them for help")
    reply_days: Annotated[int, Field(strict=True, ge=1, le=60)] = Field(
        default=5, description="days within which who adopted an idea is hoped to reply to somebody who asks how it is done"
    )
    sharing: Sharing = Sharing()
    registration: Registration = Registration()
    rounds: tuple[RoundDesign, ...] = ()
    challenges: tuple[ChallengeDesign, ...] = ()
    rules: tuple[PointRule, ...] = ()
    credit: CreditSpec = CreditSpec()
    badges: tuple[Badge, ...] = ()
    quests: tuple[Quest, ...] = ()
    streak: Streak | None = Field(default=None, description="weeks in a row are counted")
    together: tuple[SharedGoal, ...] = ()
    league: League | None = Field(default=None, description="small boards of groups that are about as active")
    recognition: Recognition = Recognition()
    carry: Carry = Carry()
    season: Season | None = Field(default=None, description="how the cycles of the series add up")
    brand: Brand = Brand()
    retention: Retention = Retention()
    rounding: Rounding = Field(default=Rounding.HALF_UP, exclude=True)
    mark_decimals: Decimals = Field(default=4, exclude=True)

    @model_validator(mode="after")
    def _numbers_of_the_cycle(self) -> Self:
        """`rounding` and `mark_decimals` are written in [cycle]; the engine reads them on the whole."""
        object.__setattr__(self, "rounding", self.cycle.rounding)
        object.__setattr__(self, "mark_decimals", self.cycle.mark_decimals)
        return self

    def round(self, key: str) -> RoundDesign | None:
        """The round with this key."""
        return next((one for one in self.rounds if one.key == key), None)

    def challenge(self, round_key: str, key: str) -> ChallengeDesign | None:
        """The challenge with this key as it is set in this round."""
        return next((one for one in self.challenges if one.key == key and one.in_round(round_key)), None)

    def data(self) -> dict[str, Any]:
        """The Design as JSON data, short: what is default is left out. `Design.model_validate` reads it back equal."""
        return self.model_dump(mode="json", exclude_defaults=True) | {"format": FORMAT}

    def public(self) -> dict[str, Any]:
        """`data` without what entrants must not see: the answers of automatic challenges, the words of hints."""
        found = self.data()
        for challenge in found.get("challenges", ()):
            challenge.pop("answer", None)
            for hint in challenge.get("hints", ()):
                hint["text"] = "withheld"
        return found

    def faults(self) -> Iterator[tuple[Path, str]]:
        """What no single table shows (scoring apart: that is `leaderboards.engine.checks`), as (path, message)."""
        yield from date_faults(self)
        if self.office_hours is not None and not any(Capability.ADVISE in role.capabilities for role in self.roles):
            yield ("office_hours",), _('nobody can offer office hours: give a role the capability "advise"')
        for number, challenge in enumerate(self.challenges):
            for path, message in challenge.faults():
                yield ("challenges", number, *path), message
        for path, message in self.registration.faults():
            yield ("registration", *path), message
        for path, message in self.carry.faults():
            yield ("carry", *path), message
        if (self.carry.points is not None or self.carry.handicap is not None) and not self.rules:
            yield ("carry",), _("points come along only where rules give points")
        for path, message in self.season.faults() if self.season is not None else ():
            yield ("season", *path), message
        yield from _repeated(self)
        yield from _miscounted(self)
        yield from _told_too_early(self)
        yield from _unknown(self)


def launch_problems(design: Design) -> list[Problem]:
    """What a launch still needs: an aim that challenges link to, and three checks, each given or openly waived."""
    found = [
        Problem("aim", _("{gap} is missing: give measure, baseline, target and date, or waived = REASON", gap=gap), f"gap_{gap}")
        for gap in design.aim.gaps
    ]
    if not design.aim.waived.strip() and not any(challenge.aim.strip() for challenge in design.challenges):
        found.append(Problem("challenges", _("no challenge says in its key aim how it serves the aim"), "gap"))
    found += [
        Problem(f"checks.{gap}", _("neither answered nor waived: give a text, or { waived = REASON }"), "gap")
        for gap in design.checks.gaps
    ]
    if not design.rounds:
        found.append(Problem("rounds", _("a cycle needs at least one round")))
    if not design.challenges:
        found.append(Problem("challenges", _("a cycle needs at least one challenge")))
    return found


def _repeated(design: Design) -> Iterator[tuple[Path, str]]:
    """A key used twice where the engine does not look."""
    for name in ("roles", "rules", "badges", "quests", "together"):
        yield from _twice((name,), [one.key for one in getattr(design, name)])
    for name in ("form", "divisions"):
        yield from _twice(("registration", name), [one.key for one in getattr(design.registration, name)])
    for number, challenge in enumerate(design.challenges):
        yield from _twice(("challenges", number, "form"), [field.key for field in challenge.form])
        yield from _twice(("challenges", number, "hints"), [hint.key for hint in challenge.hints])


def _twice(path: Path, keys: list[str]) -> Iterator[tuple[Path, str]]:
    for key, times in Counter(keys).items():
        if times > 1:
            yield path, _('the key "{key}" is used {times} times', key=key, times=times)


def _counted(design: Design) -> Iterator[tuple[Path, Any]]:
    """What counts acts beside the rules of points, with the rounds and challenges in which they count."""
    for name in ("badges", "together"):
        for number, one in enumerate(getattr(design, name)):
            yield (name, number), one
    for number, quest in enumerate(design.quests):
        for step, one in enumerate(quest.steps):
            yield ("quests", number, "steps", step), one


def _miscounted(design: Design) -> Iterator[tuple[Path, str]]:
    """Rounds, challenges and kinds of acts that do not exist: they would never count."""
    known = {"rounds": [one.key for one in design.rounds]}
    known["challenges"] = list(dict.fromkeys(one.key for one in design.challenges))
    for path, counted in _counted(design):
        for event in counted.events:
            if event not in EARNS:
                yield (
                    (*path, "event" if event == counted.event else "also"),
                    _('"{event}" is not counted; known: {names}', event=event, names=", ".join(EARNS)),
                )
        for name, keys in known.items():
            for key in getattr(counted, name) or ():
                if key not in keys:
                    yield (
                        (*path, name),
                        _(
                            '"{key}" is not a {thing}; known: {names}',
                            key=key,
                            thing=name.removesuffix("s"),
                            names=", ".join(keys),
                        ),
                    )


def _told_too_early(design: Design) -> Iterator[tuple[Path, str]]:
    """Recognition that counts verdicts while a frozen board holds them back: whoever gets it would know them."""
    hidden = held_back(design)
    for path, counted in _counted(design):
        if "attempt.judged" not in counted.events or not {"verdict", "before"} & set(counted.where):
            continue
        for round_, challenge in hidden:
            if round_ in (counted.rounds or (round_,)) and challenge in (counted.challenges or (challenge,)):
                yield (
                    (*path, "where"),
                    _(
                        'would tell verdicts of "{challenge}" that a frozen board holds back; count tries, or name other'
                        " rounds or challenges",
                        challenge=challenge,
                    ),
                )
                break


def _unknown(design: Design) -> Iterator[tuple[Path, str]]:
    rounds = [one.key for one in design.rounds]
    challenges = list(dict.fromkeys(one.key for one in design.challenges))
    divisions = [one.key for one in design.registration.divisions]
    for number, rule in enumerate(design.rules):
        for path, message in rule.faults():
            yield ("rules", number, *path), message
        for name, known in (("rounds", rounds), ("challenges", challenges)):
            for key in getattr(rule, name) or ():
                if key not in known:
                    yield (
                        ("rules", number, name),
                        _(
                            '"{key}" is not a {thing}; known: {names}',
                            key=key,
                            thing=name.removesuffix("s"),
                            names=", ".join(known),
                        ),
                    )
    for number, challenge in enumerate(design.challenges):
        if divisions and challenge.division is not None and challenge.division not in divisions:
            yield (
                ("challenges", number, "division"),
                _('"{division}" is not a division; known: {names}', division=challenge.division, names=", ".join(divisions)),
            )
