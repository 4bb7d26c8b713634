"""Who is too close to whom, found from what is known: the same organization, past team-mates, mentors. Pure."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from games.judging.rules.states import ConflictKind

type Human = tuple[str, int]
"""("user", id) of somebody with an account, else ("person", id): one human may be known under several names."""

NO_PLACE: Final = frozenset(
    {"", "-", "none", "n/a", "independent", "freelance", "freelancer", "self-employed", "retired", "private"}
)
"""Affiliations that bind nobody together."""

TEAM: Final = 30
"""People: a larger group is a community, and to have been in it together makes nobody a team-mate."""


@dataclass(slots=True)
class Judging:
    """A judge: `organizations` (compared → written) and `was_in` (group → only as a mentor) of the human, under whatever name."""

    person: int
    human: Human
    organizations: dict[str, str] = field(default_factory=dict)
    was_in: dict[int, bool] = field(default_factory=dict)


@dataclass(slots=True)
class Playing:
    """A group with its people of today; `before`: the groups that it continues. Everybody who ever was in it judges it never."""

    group: int
    organizations: dict[str, str] = field(default_factory=dict)
    humans: set[Human] = field(default_factory=set)
    ever: set[Human] = field(default_factory=set)
    before: list[int] = field(default_factory=list)


class Found(NamedTuple):
    """Something that speaks against a judge marking a group. `where`: the organization, or the id of the group they shared."""

    person: int
    group: int
    kind: ConflictKind
    where: str


def named(organization: str) -> str:
    """An organization's name as it is compared: case and spaces do not count."""
    return " ".join(organization.split()).casefold()


def binding(names: Iterable[str], *, host: str) -> dict[str, str]:
    """The organizations that bind people together: not that of the host, to whom everybody belongs in a competition of its own."""
    return {name: one.strip() for one in names if (name := named(one)) not in NO_PLACE and name != named(host)}


def found_between(
    judges: Iterable[Judging], groups: Collection[Playing], *, shared: Mapping[int, Collection[Human]]
) -> list[Found]:
    """What speaks against which pair; the gravest reason only. `shared`: group → everybody who ever was in it."""
    plays, follows, houses = _places(groups)
    known = {one.group: one for one in groups}
    found: list[Found] = []
    for judge in judges:
        together: dict[int, set[int]] = {}
        for place in judge.was_in:
            people = shared.get(place, ())
            for group in {*follows.get(place, ()), *_played_by(people if len(people) <= TEAM else (), plays)}:
                together.setdefault(group, set()).add(place)
        for name in judge.organizations:
            for group in houses.get(name, ()):
                together.setdefault(group, set())
        found += [
            _why(judge, known[group], sorted(places))
            for group, places in sorted(together.items())
            if judge.human not in known[group].ever
        ]
    return found


def _places(groups: Iterable[Playing]) -> tuple[dict[Human, list[int]], dict[int, list[int]], dict[str, list[int]]]:
    """Where to look: human, earlier group, organization → groups of today."""
    plays: dict[Human, list[int]] = {}
    follows: dict[int, list[int]] = {}
    houses: dict[str, list[int]] = {}
    for one in groups:
        for human in one.humans:
            plays.setdefault(human, []).append(one.group)
        for before in one.before:
            follows.setdefault(before, []).append(one.group)
        for name in one.organizations:
            houses.setdefault(name, []).append(one.group)
    return plays, follows, houses


def _played_by(people: Iterable[Human], plays: Mapping[Human, list[int]]) -> set[int]:
    return {group for one in people for group in plays.get(one, ())}


def _why(judge: Judging, group: Playing, places: list[int]) -> Found:
    if places:
        played = [one for one in places if not judge.was_in[one]]
        kind = ConflictKind.TEAMMATE if played else ConflictKind.MENTOR
        return Found(judge.person, group.group, kind, str((played or places)[0]))
    same = sorted(judge.organizations.keys() & group.organizations.keys())
    return Found(judge.person, group.group, ConflictKind.ORGANIZATION, group.organizations[same[0]])
