"""Words of partnerships; splits that are whole; how the credit of a team is shared with those that went into it. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from games.errors import Conflict, Invalid
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext

WHOLE: Final = 10_000
"""All of the credit, in basis points."""
NOTE: Final = 2_000
NAME: Final = 300
MOST: Final = 20
"""So many teams in one partnership."""


class PartnershipKind(StrEnum):
    """merger: one team from now on. joint: one entry to one task."""

    MERGER = "merger"
    JOINT = "joint"


class PartnershipState(StrEnum):
    """proposed → agreed by all, declined by one, or withdrawn; an agreed joint entry may be withdrawn while its round takes entries."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class AnswerState(StrEnum):
    """What a team said to a proposal. The one that made it has agreed."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


class PartnershipRefused(Conflict):
    """The state of things does not allow it: a round is on, the team would be too large, it was answered before."""

    code = "partnership_refused"


class PartnershipInvalid(Invalid):
    """What was proposed cannot be taken as it is."""

    code = "partnership_invalid"


class PartnersNeeded(Conflict):
    """The task is for entries of several organizations, and this is one of fewer."""

    code = "partners_needed"


@dataclass(frozen=True, slots=True)
class Merged:
    """An agreed merger: whose credit is shared from `at` on. `split`: group → basis points, the lead among them."""

    lead: int
    split: Mapping[int, int]
    at: datetime


def check_parts(lead: int, split: Mapping[int, int]) -> None:
    """Refuse a split (group → basis points) that is not whole, names fewer than two teams or too many, or leaves out the lead."""
    if len(split) < 2:  # noqa: PLR2004 one team alone joins nobody
        raise PartnershipInvalid(_("Name at least one other team."), where="partners")
    if len(split) > MOST:
        message = _("At most {most} teams join forces at once.", most=MOST)
        raise PartnershipInvalid(message, where="partners")
    if lead not in split:
        raise PartnershipInvalid(_("The team that goes on is one of those that join forces."), where="lead")
    total = sum(split.values())
    if total != WHOLE or any(points < 1 for points in split.values()):
        message = _("The shares are {total} together: expected exactly 100 %, each above 0.", total=percent(total))
        raise PartnershipInvalid(message, where="shares")


def percent(points: int) -> str:
    """Basis points in words: 2,550 → "25.5 %"."""
    whole, rest = divmod(points, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + " %"


def divided(points: int, split: Mapping[int, int]) -> dict[int, int]:
    """`points` by a split of 10,000, in whole points that add up exactly: what is left over goes to the largest remainders.

    Of equal remainders the lower id is first. Who would get nothing is left out.
    """
    exact = {group: divmod(points * part, WHOLE) for group, part in split.items()}
    left = points - sum(whole for whole, __ in exact.values())
    order = sorted(exact, key=lambda group: (-exact[group][1], group))
    more = frozenset(order[:left])
    return {group: found for group in sorted(exact) if (found := exact[group][0] + (group in more))}


def shared_credit(own: Mapping[int, int], mergers: Sequence[Merged], at: datetime) -> dict[int, int]:
    """`own` (group → basis points, 10,000 together) with each team's part shared among the teams it was merged of before `at`.

    A team that merged twice shares by the later split first, then its part of that by the one before.
    """
    before = sorted((one for one in mergers if one.at <= at), key=lambda one: one.at, reverse=True)
    found = dict(own)
    for one in before:
        points = found.pop(one.lead, 0)
        for group, part in divided(points, one.split).items():
            found[group] = found.get(group, 0) + part
    return dict(sorted(found.items()))


def check_sizes(members: int, most: int | None) -> None:
    """Refuse a merged team that is larger than the rules allow."""
    if most is not None and members > most:
        message = _("Together you are {members}: a team has at most {most} members.", members=members, most=most)
        raise PartnershipRefused(message)


def check_deadline(*, allowed: bool, until: datetime | None, now: datetime) -> None:
    """Refuse where the rules of the cycle have no mergers, or none any more."""
    if not allowed:
        raise PartnershipRefused(_("Teams do not merge in this cycle: its rules say so."))
    if until is not None and until <= now:
        message = _("Teams could merge until {astimezone:%-d %B %Y, %H:%M} UTC.", astimezone=until.astimezone(UTC))
        raise PartnershipRefused(message)


def check_organizations(least: int, behind: Collection[str]) -> None:
    """Refuse an entry with fewer organizations behind it than the task asks for."""
    if len(behind) < least:
        there = ngettext("1 organization stands", "{count} organizations stand", len(behind), count=len(behind))
        message = _(
            "This task is for entries of at least {least} organizations; {there} behind yours. Find a team of another"
            " organization and hand in together.",
            least=least,
            there=there,
        )
        raise PartnersNeeded(message)
