"""Capabilities, states of groups and registrations, what a registration has to satisfy. Pure."""

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from games.errors import Conflict, Invalid, Problem
from games.playbooks.rules import Capability
from games.playbooks.schema.cycle import DEFAULT_ROLES, Role
from games.playbooks.schema.registration import Eligibility, NameRules, Registration
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _

UNNAMED: Final = "A team that keeps its name to itself"
UNNAMED_KEY: Final = "unnamed-"
CODE_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH: Final = 10


CYCLE_WIDE = frozenset({Capability.ORGANIZE, Capability.JUDGE, Capability.ADVISE, Capability.FOLLOW})


def new_unnamed() -> str:
    """A key for public results of a group that keeps its name to itself: it tells nothing, and nothing leads back from it."""
    return f"{UNNAMED_KEY}{secrets.token_hex(5)}"


def is_unnamed(key: str) -> bool:
    """Whether a key of public results stands for a group that keeps its name to itself: no page of a group is behind it."""
    return key.startswith(UNNAMED_KEY)


class GroupState(StrEnum):
    """Whether a group takes part. A pending one (asked, waiting, refused) is seen by itself and the organizers only."""

    PENDING = "pending"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    DISQUALIFIED = "disqualified"
    MERGED = "merged"


class RegistrationState(StrEnum):
    """pending → accepted, waiting or refused; a waiting one moves up when a place is free."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    WAITING = "waiting"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class JoinState(StrEnum):
    """A request to join a group."""

    ASKED = "asked"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class GroupRefused(Conflict):
    """The group, its members or its place in the cycle do not allow it now."""

    code = "group_refused"


class DoorClosed(Conflict):
    """Registration is not open."""

    code = "registration_closed"


class RegistrationRefused(Invalid):
    """Something in the registration is wrong; every fault is listed with its field."""

    code = "registration_refused"


class NotEligible(Invalid):
    """A rule about who may take part does not hold; the rule is cited."""

    code = "not_eligible"


class NameTaken(Conflict):
    """Another group of the division has this name, whatever the case it is written in."""

    code = "name_taken"


class CycleFull(Conflict):
    """All places are taken and there is no waiting list."""

    code = "cycle_full"


class GroupFull(Conflict):
    """The group has as many members as the rules allow."""

    code = "group_full"


class CodeUnknown(Invalid):
    """No group can be joined with this code."""

    code = "code_unknown"


@dataclass(frozen=True, slots=True)
class Door:
    """Whether groups can register now; if not, why and (when known) when."""

    open: bool
    why: str = ""
    opens: datetime | None = None
    closes: datetime | None = None


@dataclass(frozen=True, slots=True)
class Consent:
    """What whoever registers accepted: the versions they were shown, and that everybody is old enough."""

    terms_version: str = ""
    licence_version: str = ""
    age_confirmed: bool = False


def door(rules: Registration, *, state: str, enrolling: bool, now: datetime) -> Door:
    """Whether the door is open. Without a time it is open while the cycle enrols; with times also while it runs.

    At `closes` itself it is closed. `state` is the cycle's, `enrolling` whether that state is the one before the start.
    """
    if state not in {"enrolling", "running"}:
        return Door(
            open=False, why=_("The cycle is {state}: no teams are taken.", state=state), opens=rules.opens, closes=rules.closes
        )
    if rules.opens is not None and now < rules.opens:
        return Door(
            open=False,
            why=_("Registration opens on {moment}.", moment=_moment(rules.opens)),
            opens=rules.opens,
            closes=rules.closes,
        )
    if rules.closes is not None and rules.closes <= now:
        return Door(
            open=False,
            why=_("Registration closed on {moment}.", moment=_moment(rules.closes)),
            opens=rules.opens,
            closes=rules.closes,
        )
    if rules.closes is None and not enrolling:
        return Door(open=False, why=_("Registration ended when the cycle began."), opens=rules.opens)
    return Door(open=True, opens=rules.opens, closes=rules.closes)


def _moment(at: datetime) -> str:
    return _("{astimezone:%-d %B %Y, %H:%M} UTC", astimezone=at.astimezone(UTC))


def clean_group_name(name: str, rules: NameRules) -> str:
    """The name without control signs and doubled spaces. Raises RegistrationRefused when the rules for names do not take it."""
    kept = "".join(sign for sign in unicodedata.normalize("NFC", name) if sign.isspace() or unicodedata.category(sign)[0] != "C")
    clean = " ".join(kept.split())
    problem = ""
    if not rules.min_length <= len(clean) <= rules.max_length:
        problem = _(
            "A name has {min_length} to {max_length} letters; this one has {count}.",
            min_length=rules.min_length,
            max_length=rules.max_length,
            count=len(clean),
        )
    elif not any(sign.isalnum() for sign in clean):
        problem = _("A name has at least one letter or digit.")
    else:
        folded = same_name(clean)
        bad = next((word for word in rules.forbidden if word and same_name(word) in folded), None)
        problem = _('"{bad}" may not be part of a name.', bad=bad) if bad else ""
    if problem:
        raise RegistrationRefused(problem, where="name")
    return clean


def same_name(name: str) -> str:
    """Two names are the same when this is equal: case and written form do not matter."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).split())


def consent_problems(rules: Registration, consent: Consent) -> list[Problem]:
    """What has not been accepted, or not in the version that holds now."""
    found = []
    for field, document, given, words in (
        ("terms_version", rules.terms, consent.terms_version, _("the terms")),
        ("licence_version", rules.licence, consent.licence_version, _("the licence for reuse")),
    ):
        if document is None or given == document.version:
            continue
        if given:
            found.append(
                Problem(
                    field,
                    _(
                        "Version {given} of {words} no longer holds: read and accept version {version}.",
                        given=given,
                        words=words,
                        version=document.version,
                    ),
                    "outdated",
                )
            )
        else:
            found.append(
                Problem(field, _("Accept {words}, version {version}.", words=words, version=document.version), "required")
            )
    if rules.min_age is not None and not consent.age_confirmed:
        rest = _(", or: {consent}", consent=rules.consent) if rules.consent else ""
        found.append(
            Problem(
                "age_confirmed",
                _("Confirm that everybody is at least {min_age} years old{rest}.", min_age=rules.min_age, rest=rest),
                "required",
            )
        )
    return found


def eligibility_problems(rules: Sequence[Eligibility], answers: Mapping[str, Any]) -> list[Problem]:
    """Which rules about who may take part do not hold, each cited. An unanswered question breaks every rule about it."""
    return [
        Problem(f"answers.{rule.field}", rule.message, "not_eligible")
        for rule in rules
        if not _holds(rule, answers.get(rule.field))
    ]


def _holds(rule: Eligibility, answer: Any) -> bool:
    if answer is None:
        return False
    given = [str(one) for one in answer] if isinstance(answer, list) else [str(answer)]
    if rule.among is not None and not set(given) <= set(rule.among):
        return False
    if rule.excludes is not None and set(given) & set(rule.excludes):
        return False
    if rule.min is None and rule.max is None:
        return True
    try:
        number = numbers.parse(given[0])
    except ValueError:
        return False
    return (rule.min is None or number >= rule.min) and (rule.max is None or number <= rule.max)


def outcome(rules: Registration, *, taken: int, approved: bool) -> RegistrationState:
    """Where a registration goes when `taken` groups are in: pending until organizers approve, in, or onto the waiting list.

    Raises CycleFull when there is neither a place nor a waiting list.
    """
    if rules.approval and not approved:
        return RegistrationState.PENDING
    if rules.capacity is None or taken < rules.capacity:
        return RegistrationState.ACCEPTED
    if not rules.waiting_list:
        message = _("All {capacity} places are taken.", capacity=rules.capacity)
        raise CycleFull(message)
    return RegistrationState.WAITING


def role_with(roles: Sequence[Role], capability: Capability, *, without: Capability | None = None) -> Role:
    """The first role of the Design that has `capability` (and has not `without`); if it has none such, the house's own."""
    for one in (*roles, *DEFAULT_ROLES):
        held = {str(each) for each in one.capabilities}
        if capability.value in held and (without is None or without.value not in held):
            return one
    message = f"no role has the capability {capability}"  # the house's own roles cover every capability
    raise LookupError(message)


def room_for(count: int, *, members: int, rules: Registration) -> bool:
    """Whether `count` more people fit into a group of `members`."""
    return rules.max_members is None or members + count <= rules.max_members


def missing_members(rules: Registration, members: int) -> int:
    """How many people the group still lacks."""
    return max(0, rules.min_members - members)


def new_invite_code() -> str:
    """Ten letters and digits that cannot be mistaken for each other: 50 bits, to be read out or typed."""
    return "".join(secrets.choice(CODE_LETTERS) for __ in range(CODE_LENGTH))


def clean_code(code: str) -> str:
    """The code as typed, in capitals, without spaces and hyphens, with the letters people take for others."""
    return "".join(sign for sign in code.upper() if sign.isalnum()).translate(str.maketrans("OIL", "011"))
