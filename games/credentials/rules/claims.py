"""What a credential says, as data that is hashed, signed and printed: one claim, three forms. Pure.

A claim holds texts, whole numbers and nothing else, so its canonical JSON (RFC 8785) is the same everywhere.
"""

import hashlib
import unicodedata
from collections.abc import Mapping
from typing import Any, Final, NotRequired, TypedDict
from uuid import UUID

import rfc8785

from games.credentials.rules.states import NAME_LONGEST, NameInvalid
from leaderboards.engine.language import gettext as _

VERSION: Final = 1


class Place(TypedDict):
    """What was published: the place on a board, the snapshot that shows it and its SHA-256."""

    place: str
    board: str
    snapshot: int
    digest: str
    address: str


class Claim(TypedDict):
    """Who won what, where, and what shows it. Addresses are absolute; `issued` is a day and time in UTC, to the second."""

    version: int
    id: str
    address: str
    recipient: str
    group: str
    group_address: str
    personal: bool
    fingerprint: NotRequired[str]
    title: str
    kind: str
    source: str
    achievement: str
    criteria: str
    cycle: str
    cycle_address: str
    organization: str
    issuer: str
    issuer_name: str
    issuer_address: str
    issued: str
    result: NotRequired[Place]


def digest_of(claim: Mapping[str, Any]) -> str:
    """SHA-256 in hex of the canonical JSON of a claim: what is printed on the certificate."""
    return hashlib.sha256(rfc8785.dumps(dict(claim))).hexdigest()


def clean_name(text: str) -> str:
    """A name as it may stand on a certificate: one line, composed, no control characters. Raises NameInvalid."""
    name = " ".join(unicodedata.normalize("NFC", text).split())
    if not name:
        message = _("Write the name that is to stand on it.")
        raise NameInvalid(message, where="name")
    if len(name) > NAME_LONGEST:
        message = _("At most {name_longest} characters fit.", name_longest=NAME_LONGEST)
        raise NameInvalid(message, where="name")
    if any(unicodedata.category(one) in {"Cc", "Co", "Cs", "Cn"} or one in HIDDEN for one in name):
        message = _("This name has characters that cannot be printed.")
        raise NameInvalid(message, where="name")
    return name


HIDDEN: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Marks that turn text around: with them a name could read like another one."""


def fingerprint_of(email: str, credential: UUID) -> str:
    """A salted SHA-256 of an address, as Open Badges write it: whoever knows the address can check it, nobody can read it.

    The salt is the credential's own id, so that two credentials of a person cannot be joined by it.
    """
    return "sha256$" + hashlib.sha256((email.strip().lower() + credential.hex).encode()).hexdigest()
